/* Configuration and rules, read, compiled and verified together: start, check
 * and the offline tools share it. Either all of it is good, or nothing is. */
#ifndef LAPSED_PLAN_H
#define LAPSED_PLAN_H

#include "../core/rules/ruleset.h"
#include "config.h"

struct plan {
	struct config config;
	struct ruleset *rules;
	char *rules_folder; /* the shipped ones */
};

struct plan_options {
	const char *config;       /* NULL: the installed one, if it is there */
	const char *rules;        /* NULL: found by plan_load() */
	const char *sets[64];     /* "key=value" */
	size_t set_count;
};

/* Returns 0 or FAULT. Clear it in any case. */
int plan_load(struct plan *ret, const struct plan_options *options, struct fault *fault);
void plan_clear(struct plan *plan);

/* The daemon has nothing to do without sources; the offline tools have. Returns
 * 0 or FAULT. */
int plan_needs_sources(const struct plan *plan, struct fault *fault);

#endif
