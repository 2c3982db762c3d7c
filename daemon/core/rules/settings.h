/* Every number that a verdict or an alert depends on, one row each: the
 * parser, --help, --print-effective-config and the documentation read these
 * rows. A row: NAME, key in the configuration, unit, default, least, most,
 * help. */
#ifndef LAPSED_SETTINGS_H
#define LAPSED_SETTINGS_H

#include <stdint.h>

#include "../basic/span.h"
#include "../basic/stamp.h"

#define SETTINGS(X) \
	X(PAIR_WITHIN, "pair_within", "s", 30, 0, 600, \
	  "a closure this close to an expulsion belongs to it") \
	X(SETTLE, "settle", "s", 360, 1, 86400, \
	  "a connection that nothing ends by expulsion or refusal for this long is settled") \
	X(RETURN_WITHIN, "return_within", "s", 600, 1, 604800, \
	  "a device is expected back this long after it was expelled or refused") \
	X(RETURN_MAX, "return_max", "s", 93600, 60, 2592000, \
	  "the longest deadline that may be learned from a device's returns") \
	X(PLATFORM_HOLD, "platform_hold", "s", 600, 0, 86400, \
	  "deadlines of a hub wait until this long after its own trouble") \
	X(KEEPALIVE_MAX, "keepalive_max", "s", 1800, 0, 86400, \
	  "the hub closes a dead session at most this long after its device has gone") \
	X(INSIDE_WITHIN, "inside_within", "s", 3600, 1, 604800, \
	  "deadline of a refusal while the hub still holds a settled session") \
	X(REFUSALS, "refusals", "times", 3, 1, 1000, \
	  "refusals without a connection between that prove a wrong credential") \
	X(LOOP_COUNT, "loop_count", "times", 3, 2, 8, \
	  "unsettled sessions ended by expulsion that make a reconnect-loop") \
	X(LOOP_WITHIN, "loop_within", "s", 3600, 1, 86400, \
	  "window of loop_count") \
	X(DENIED_COUNT, "denied_count", "times", 3, 1, 8, \
	  "denied requests that make an auth-failure") \
	X(DENIED_WITHIN, "denied_within", "s", 600, 1, 86400, \
	  "window of denied_count") \
	X(DISPLACED_COUNT, "displaced_count", "times", 3, 2, 8, \
	  "displacements that make an identity-conflict") \
	X(DISPLACED_WITHIN, "displaced_within", "s", 600, 1, 86400, \
	  "window of displaced_count") \
	X(QUIET_AFTER, "quiet_after", "s", 3600, 1, 604800, \
	  "denied requests and displacements end when none came for this long") \
	X(X509_WITHIN, "x509_within", "s", 86400, 1, 604800, \
	  "a second expulsion of an X.509 device within this time is an auth-failure") \
	X(EXPIRE_AFTER, "expire_after", "s", 604800, 3600, 31536000, \
	  "an episode ends when nothing was heard of its device for this long") \
	X(CHURN_EVERY, "churn_every", "s", 900, 1, 86400, \
	  "token renewals by expulsion more often than this are excessive") \
	X(CHURN_OVER, "churn_over", "s", 3600, 60, 86400, \
	  "window over which churn_every is taken") \
	X(FLEET_WITHIN, "fleet_within", "s", 300, 1, 86400, \
	  "devices of one hub that fail alike within this time are one fleet alert") \
	X(FLEET_LEAST, "fleet_least", "devices", 3, 2, 1000000, \
	  "fewer failing devices than this are never a fleet alert") \
	X(FLEET_ENOUGH, "fleet_enough", "devices", 20, 2, 1000000, \
	  "this many failing devices are always a fleet alert") \
	X(FLEET_SHARE, "fleet_share", "%", 30, 1, 100, \
	  "between the two: this share of the hub's devices that were online") \
	X(LATENESS, "lateness", "s", 60, 0, 86400, \
	  "how far records may come behind newer ones without a change of verdict") \
	X(AHEAD_MAX, "ahead_max", "s", 300, 0, 86400, \
	  "a record stamped further ahead of the wall clock moves no watermark") \
	X(DELAY_AZURE, "delay_azure", "s", 180, 0, 86400, \
	  "how late records of an Azure source may be when it is quiet") \
	X(DELAY_LOCAL, "delay_local", "s", 10, 0, 86400, \
	  "the same for a local source") \
	X(STALL_AFTER, "stall_after", "s", 3600, 10, 2592000, \
	  "a source silent for this long says so") \
	X(REPEAT_EVERY, "repeat_every", "s", 86400, 0, 2592000, \
	  "an alert that stands is repeated this often; 0: never") \
	X(DIGEST_EVERY, "digest_every", "s", 86400, 60, 2592000, \
	  "how often the digest of what needed nobody is told") \
	X(EVENTS_MAX, "events_max", "events", 256, 16, 65536, \
	  "events kept of one device in trouble; older ones are folded") \
	X(DEVICES_MAX, "devices_max", "devices", 1000000, 1, 100000000, \
	  "devices remembered by the daemon; more are counted and not judged") \
	X(RECORD_MAX, "record_max", "bytes", 1048576, 1024, 16777216, \
	  "a longer record is counted and skipped")

enum setting {
#define X(name, ...) SETTING_##name,
	SETTINGS(X)
#undef X
	SETTING_COUNT
};

struct setting_row {
	const char *key, *unit;
	int64_t fallback, least, most;
	const char *help;
};

extern const struct setting_row setting_rows[SETTING_COUNT];

struct settings {
	int64_t value[SETTING_COUNT]; /* in the unit of the row */
};

void settings_default(struct settings *ret);

/* The row of a key, or SETTING_COUNT. */
enum setting settings_find(struct span key);

/* Reads "900", "900s", "15min", "26h", "7d" (a unit only where the row's unit
 * is seconds) within the row's range. Returns NULL, or what was expected. */
const char *settings_read(enum setting setting, struct span text, int64_t *ret_value);

static inline int64_t settings_ns(const struct settings *settings, enum setting setting)
{
	return settings->value[setting] * STAMP_SECOND;
}

#endif
