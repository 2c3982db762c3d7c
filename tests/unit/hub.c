#include "unit.h"

#include "../../daemon/core/judge/hub.h"

static const int64_t hold = 600;

static void clear(struct hub *hub)
{
	free(hub->troubles);
	*hub = (struct hub){0};
}

static void note(struct hub *hub, const int64_t *times, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hub_note_trouble(hub, times[i], hold);
}

static void test_a_hub_without_trouble_delays_nothing(void **state)
{
	struct hub hub = {0};

	assert_int_equal(hub_delay(&hub, 5000, hold), 5000);
}

static void test_a_deadline_waits_until_the_hold_is_over(void **state)
{
	struct hub hub = {0};

	assert_true(hub_note_trouble(&hub, 1000, hold));
	assert_int_equal(hub_delay(&hub, 1000, hold), 1600);
	assert_int_equal(hub_delay(&hub, 1599, hold), 1600);
	clear(&hub);
}

static void test_a_deadline_before_or_after_the_trouble_stays(void **state)
{
	struct hub hub = {0};

	hub_note_trouble(&hub, 1000, hold);
	assert_int_equal(hub_delay(&hub, 999, hold), 999);
	assert_int_equal(hub_delay(&hub, 1600, hold), 1600);
	assert_int_equal(hub_delay(&hub, 1601, hold), 1601);
	clear(&hub);
}

static void test_signals_closer_than_the_hold_are_one_trouble(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 1599, 2100}, 3);
	assert_int_equal(hub.trouble_count, 1);
	assert_int_equal(hub_delay(&hub, 1200, hold), 2700);
	clear(&hub);
}

static void test_a_deadline_pushed_into_the_next_trouble_waits_for_that_too(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 1600}, 2);
	assert_int_equal(hub.trouble_count, 2);
	assert_int_equal(hub_delay(&hub, 1100, hold), 2200);
	clear(&hub);
}

static void test_signals_a_whole_hold_apart_stay_apart_in_any_order(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){2200, 1000, 1600}, 3);
	assert_int_equal(hub.trouble_count, 3);
	note(&hub, (int64_t[]){2800, 400}, 2);
	assert_int_equal(hub.trouble_count, 5);
	hub_note_trouble(&hub, 2801, hold);
	hub_note_trouble(&hub, 4001, hold);
	hub_note_trouble(&hub, 3401, hold);
	assert_int_equal(hub.trouble_count, 7);
	clear(&hub);
}

static void test_a_signal_that_reaches_to_a_whole_hold_before_the_next_joins_nothing(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 2000, 1400}, 3); /* 1000 to 1400, and 2000 */
	assert_int_equal(hub.trouble_count, 2);
	clear(&hub);
}

static void test_a_signal_between_two_troubles_joins_them(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 2000}, 2);
	assert_int_equal(hub.trouble_count, 2);
	assert_true(hub_note_trouble(&hub, 1500, hold));
	assert_int_equal(hub.trouble_count, 1);
	assert_int_equal(hub.troubles[0].first_ns, 1000);
	assert_int_equal(hub.troubles[0].last_ns, 2000);
	clear(&hub);
}

static void test_a_signal_within_a_trouble_changes_nothing(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 1500}, 2);
	assert_false(hub_note_trouble(&hub, 1000, hold));
	assert_false(hub_note_trouble(&hub, 1200, hold));
	assert_false(hub_note_trouble(&hub, 1500, hold));
	assert_int_equal(hub.trouble_count, 1);
	clear(&hub);
}

static void test_any_order_of_signals_gives_the_same_troubles(void **state)
{
	uint32_t seed = 1;

	for (int round = 0; round < 300; round++) {
		struct hub sorted = {0}, mixed = {0};
		int64_t times[40];

		for (int i = 0; i < 40; i++)
			times[i] = dice(&seed) % 16000;
		note(&mixed, times, 40);
		for (int i = 1; i < 40; i++)
			for (int j = i; j > 0 && times[j - 1] > times[j]; j--) {
				int64_t other = times[j];

				times[j] = times[j - 1];
				times[j - 1] = other;
			}
		note(&sorted, times, 40);
		assert_int_equal(mixed.trouble_count, sorted.trouble_count);
		for (size_t i = 0; i < sorted.trouble_count; i++) {
			assert_int_equal(mixed.troubles[i].first_ns, sorted.troubles[i].first_ns);
			assert_int_equal(mixed.troubles[i].last_ns, sorted.troubles[i].last_ns);
		}
		clear(&sorted);
		clear(&mixed);
	}
}

/* The rule itself, signal by signal, without any folding. */
static int64_t delay_by_rule(const int64_t *times, size_t count, int64_t deadline)
{
	for (bool moved = true; moved;) {
		moved = false;
		for (size_t i = 0; i < count; i++)
			if (times[i] <= deadline && deadline < times[i] + hold) {
				deadline = times[i] + hold;
				moved = true;
			}
	}
	return deadline;
}

static void test_folding_delays_as_every_signal_by_itself_would(void **state)
{
	uint32_t seed = 2;

	for (int round = 0; round < 300; round++) {
		struct hub hub = {0};
		int64_t times[12];

		for (int i = 0; i < 12; i++)
			times[i] = dice(&seed) % 100 * 100;
		note(&hub, times, 12);
		for (int64_t deadline = 0; deadline < 11000; deadline += 50)
			assert_int_equal(hub_delay(&hub, deadline, hold), delay_by_rule(times, 12, deadline));
		clear(&hub);
	}
}

static void test_old_trouble_is_forgotten_and_newer_kept(void **state)
{
	struct hub hub = {0};

	note(&hub, (int64_t[]){1000, 3000, 3100, 9000}, 4);
	assert_int_equal(hub.trouble_count, 3);
	hub_forget(&hub, 3);
	assert_int_equal(hub.trouble_count, 3);
	hub_forget(&hub, 2);
	assert_int_equal(hub.trouble_count, 2);
	assert_int_equal(hub.troubles[0].first_ns, 3000);
	hub_forget(&hub, 1);
	assert_int_equal(hub.trouble_count, 1);
	assert_int_equal(hub.troubles[0].first_ns, 9000);
	clear(&hub);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hub_without_trouble_delays_nothing),
		cmocka_unit_test(test_a_deadline_waits_until_the_hold_is_over),
		cmocka_unit_test(test_a_deadline_before_or_after_the_trouble_stays),
		cmocka_unit_test(test_signals_closer_than_the_hold_are_one_trouble),
		cmocka_unit_test(test_a_deadline_pushed_into_the_next_trouble_waits_for_that_too),
		cmocka_unit_test(test_signals_a_whole_hold_apart_stay_apart_in_any_order),
		cmocka_unit_test(test_a_signal_that_reaches_to_a_whole_hold_before_the_next_joins_nothing),
		cmocka_unit_test(test_a_signal_between_two_troubles_joins_them),
		cmocka_unit_test(test_a_signal_within_a_trouble_changes_nothing),
		cmocka_unit_test(test_any_order_of_signals_gives_the_same_troubles),
		cmocka_unit_test(test_folding_delays_as_every_signal_by_itself_would),
		cmocka_unit_test(test_old_trouble_is_forgotten_and_newer_kept),
	};

	return RUN(tests);
}
