/* Many devices of one hub that fail alike are one alert. */
#ifndef LAPSED_FLEET_H
#define LAPSED_FLEET_H

#include "../judge/watch.h"
#include "notice.h"

/* One alert that may be raised. */
struct candidate {
	struct watch *watch;
	enum scope scope;
	int64_t decided_ns;
};

struct fleet {
	uint16_t hub;
	uint8_t verdict;
	bool raised;
	int64_t first_ns, last_ns; /* decided */
	uint32_t members, most;    /* told under it and still standing; ever */
	char id[ALERT_ID];
	int64_t repeat_mono_ns;
	uint32_t number;           /* see snapshot.c */
	struct fleet *next;
};

/* Whether so many failing devices, with so many others online, are a fleet. */
bool fleet_is_enough(const struct settings *settings, size_t failing, size_t online);

/* What the members share, in words: "reason rule-denied, policy fleet-policy". */
void fleet_shared(const struct candidate *members, size_t count, const struct ruleset *rules,
		  const struct registry *registry, char *buffer, size_t size);

#endif
