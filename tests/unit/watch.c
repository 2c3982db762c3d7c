#include "unit.h"

#include <stdlib.h>

#include "../../daemon/core/judge/watch.h"

static void test_of_episodes_that_are_folded_nothing_is_kept(void **state)
{
	struct life base = {.heard_ns = 10};
	struct watch watch = {.base = &base};

	(void)state;
	base.episodes[SCOPE_CONNECTION] = (struct episode){.open = true, .opened_ns = 5};
	watch_mention(&watch, SCOPE_CONNECTION, 4); /* which late events have made another one */
	watch_mention(&watch, SCOPE_CONNECTION, 5);
	watch_mention(&watch, SCOPE_REQUEST, 5);
	watch_mention(&watch, SCOPE_REQUEST, 11);
	watch_move_base(&watch, &base, NULL);
	assert_int_equal(watch.mention_count, 2);
	assert_true(watch_unmention(&watch, SCOPE_CONNECTION, 5));
	assert_true(watch_unmention(&watch, SCOPE_REQUEST, 11));
	free(watch.mentions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_episodes_that_are_folded_nothing_is_kept),
	};

	return RUN(tests);
}
