/* The shipped rules. RULES is their folder. */
#ifndef LAPSED_UNIT_RULES_H
#define LAPSED_UNIT_RULES_H

#include "unit.h"

#include "../../daemon/core/rules/ruleset.h"

static inline void add_shipped(struct ruleset *ruleset)
{
	static const char *const names[] = {"reasons", "sdks", "signals", "verdicts"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		static char text[1 << 16];
		struct fault fault;
		char path[1024], words[900];
		FILE *file;
		size_t size;

		snprintf(path, sizeof path, "%s/%s.json", RULES, names[i]);
		file = fopen(path, "r");
		assert_non_null(file);
		size = fread(text, 1, sizeof text, file);
		fclose(file);
		if (ruleset_add(ruleset, path, (struct span){text, size}, &fault))
			fail_msg("%s", fault_describe(&fault, words, sizeof words));
	}
}

/* Only these, ready to be asked; yours. */
static inline struct ruleset *shipped_rules(void)
{
	struct ruleset *rules = ruleset_new();
	struct fault fault;

	assert_non_null(rules);
	add_shipped(rules);
	assert_int_equal(ruleset_compile(rules, &fault), 0);
	return rules;
}

#endif
