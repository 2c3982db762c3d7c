/* What was stored as it lay in memory, when it is read again: whether it can be
 * what was written. The file may be damaged, or somebody else's work, and the
 * rest of the program trusts these: an index is below its bound, a time is one
 * that can be reckoned with. That they make sense together is not looked at. */
#ifndef LAPSED_SOUND_H
#define LAPSED_SOUND_H

#include "engine_parts.h"

/* A time that a record may have, or that follows from one. */
bool sound_time(int64_t time_ns);
/* The same, or STAMP_NONE. */
bool sound_time_or_none(int64_t time_ns);

bool sound_lags(const struct lags *lags);
bool sound_trouble(const struct trouble *trouble);
bool sound_fleet(const struct fleet *fleet);
bool sound_device(const struct device *device);
bool sound_habits(const struct habits *habits, const struct device *device);
bool sound_life(const struct life *life);
bool sound_told(const struct told *told);
bool sound_mention(const struct mention *mention);

/* In their order, too. */
bool sound_events(const struct event *events, size_t count);

/* A truth value is 0 or 1: no other may even be read as one. */
bool sound_truth(const bool *truth);

#endif
