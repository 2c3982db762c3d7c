/* What every unit test begins with: cmocka, and a few words of its own. */
#ifndef LAPSED_UNIT_H
#define LAPSED_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../daemon/core/basic/span.h"
#include "../../daemon/core/basic/stamp.h"

#define RUN(tests) \
	(cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, NULL, NULL))

/* Fails with both texts where they differ. */
#define assert_span_equal(span, text) assert_span_equal_at(span, text, __FILE__, __LINE__)

static inline void assert_span_equal_at(struct span span, const char *text, const char *file, int line)
{
	char copy[1024];

	snprintf(copy, sizeof copy, "%.*s", (int)span.size, span.data ? span.data : "");
	_assert_string_equal(copy, text, file, line);
}

/* A moment as people write it. */
static inline int64_t moment(const char *text)
{
	int64_t ns;

	assert_true(stamp_parse(span_of(text), &ns));
	return ns;
}

/* Numbers that are the same in every run. */
static inline uint32_t dice(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

#endif
