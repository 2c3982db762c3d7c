#include "unit.h"

#include "../../daemon/core/judge/event.h"

enum { MANY = 200 };

/* An event whose details follow from what it is, so that any two that are the
 * same record differ only in what merging has to choose from. */
static struct event any_event(uint32_t *seed)
{
	struct event event = {
		.time_ns = dice(seed) % 20,
		.signal = (uint8_t)(SIGNAL_EXPELLED + dice(seed) % 3),
		.code = dice(seed) % 2 ? 401003 : 401002,
		.operation = OPERATION_DISCONNECT,
		.kind = (uint16_t)(dice(seed) % 2),
		.source = (uint16_t)(dice(seed) % 3),
		.line = dice(seed) % 1000,
		.message_size = (uint16_t)(dice(seed) % 5),
		.protocol = (uint8_t)(dice(seed) % PROTOCOL_COUNT),
		.authentication = (uint8_t)(dice(seed) % AUTHENTICATION_COUNT),
		.sdk = (uint16_t)(dice(seed) % 2),
		.reason = (reason_id)(dice(seed) % 3),
		.address = 1,
	};

	event.message = (uint8_t)(event.message_size * 3 + event.reason);
	event.wording = (uint32_t)event.message * 4 + event.sdk;
	return event;
}

static void assert_same_events(const struct event *a, const struct event *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(event_compare(&a[i], &b[i]), 0);
		assert_int_equal(a[i].message_size, b[i].message_size);
		assert_int_equal(a[i].message, b[i].message);
		assert_int_equal(a[i].reason, b[i].reason);
		assert_int_equal(a[i].protocol, b[i].protocol);
		assert_int_equal(a[i].authentication, b[i].authentication);
		assert_int_equal(a[i].sdk, b[i].sdk);
		assert_int_equal(a[i].source, b[i].source);
		assert_int_equal(a[i].line, b[i].line);
	}
}

static void test_events_are_ordered_by_time_then_by_cause_and_effect(void **state)
{
	static const struct event rising[] = {
		{.time_ns = 5, .signal = SIGNAL_CONNECTED},
		{.time_ns = 6, .signal = SIGNAL_ALIVE},
		{.time_ns = 6, .signal = SIGNAL_EXPELLED, .code = 401002},
		{.time_ns = 6, .signal = SIGNAL_EXPELLED, .code = 401003},
		{.time_ns = 6, .signal = SIGNAL_REFUSED},
		{.time_ns = 6, .signal = SIGNAL_CLOSED},
		{.time_ns = 6, .signal = SIGNAL_CONNECTED, .operation = 0, .kind = 1},
		{.time_ns = 6, .signal = SIGNAL_CONNECTED, .operation = 1, .kind = 0},
		{.time_ns = 7, .signal = SIGNAL_ALIVE},
	};
	int count = sizeof rising / sizeof *rising;

	for (int i = 0; i < count; i++)
		for (int j = 0; j < count; j++)
			assert_int_equal(event_compare(&rising[i], &rising[j]), (i > j) - (i < j));
}

static void test_the_same_record_compares_equal_however_it_is_worded(void **state)
{
	struct event a = {.time_ns = 6, .signal = SIGNAL_REFUSED, .code = 401003, .line = 7, .message_size = 3};
	struct event b = {.time_ns = 6, .signal = SIGNAL_REFUSED, .code = 401003, .source = 2, .reason = 4};

	assert_true(event_same(&a, &b));
	assert_int_equal(event_compare(&a, &b), 0);
	b.code = 401002;
	assert_false(event_same(&a, &b));
}

static void test_of_two_the_longer_message_counts(void **state)
{
	struct event shorter = {.message_size = 3, .message = 1, .reason = 9};
	struct event longer = {.message_size = 8, .message = 2, .reason = 4};
	struct event one = shorter, other = longer;

	event_merge(&one, &longer);
	event_merge(&other, &shorter);
	assert_int_equal(one.message, 2);
	assert_int_equal(one.reason, 4);
	assert_int_equal(other.message, 2);
	assert_int_equal(other.reason, 4);
}

static void test_what_one_knows_and_the_other_does_not_is_kept(void **state)
{
	struct event a = {.protocol = PROTOCOL_MQTT, .source = 1, .line = 2};
	struct event b = {.authentication = AUTHENTICATION_X509, .sdk = 3, .address = 4, .source = 0, .line = 9};

	event_merge(&a, &b);
	assert_int_equal(a.protocol, PROTOCOL_MQTT);
	assert_int_equal(a.authentication, AUTHENTICATION_X509);
	assert_int_equal(a.sdk, 3);
	assert_int_equal(a.address, 4);
	assert_int_equal(a.source, 0);
	assert_int_equal(a.line, 9);
}

static void test_of_two_copies_the_first_place_is_told(void **state)
{
	struct event early = {.source = 1, .line = 2}, late = {.source = 1, .line = 9};
	struct event one = early, other = late;

	event_merge(&one, &late);
	event_merge(&other, &early);
	assert_int_equal(one.line, 2);
	assert_int_equal(other.line, 2);
}

static void test_arranging_nothing_leaves_nothing(void **state)
{
	assert_int_equal(events_arrange(NULL, 0), 0);
}

static void test_arranged_events_rise_and_hold_no_duplicate(void **state)
{
	struct event events[MANY];
	uint32_t seed = 1;
	size_t count;

	for (int i = 0; i < MANY; i++)
		events[i] = any_event(&seed);
	count = events_arrange(events, MANY);
	assert_in_range(count, 50, MANY - 10);
	for (size_t i = 1; i < count; i++)
		assert_int_equal(event_compare(&events[i - 1], &events[i]), -1);
}

static void test_any_order_of_insertion_gives_what_arranging_gives(void **state)
{
	uint32_t seed = 2;

	for (int round = 0; round < 50; round++) {
		struct event events[MANY], inserted[MANY];
		size_t count = 0;
		int changed;

		for (int i = 0; i < MANY; i++)
			events[i] = any_event(&seed);
		for (int i = 0; i < MANY; i++)
			events_insert(inserted, &count, &events[i], &changed);
		assert_int_equal(events_arrange(events, MANY), count);
		assert_same_events(inserted, events, count);
	}
}

static void test_any_order_of_arranging_gives_the_same(void **state)
{
	struct event one[MANY], other[MANY];
	uint32_t seed = 3;
	size_t count;

	for (int i = 0; i < MANY; i++)
		one[i] = other[MANY - 1 - i] = any_event(&seed);
	count = events_arrange(one, MANY);
	assert_int_equal(events_arrange(other, MANY), count);
	assert_same_events(one, other, count);
}

/* As logs come: in order, but for some that are late by a few, and some that come twice. */
static void test_what_is_nearly_in_order_is_arranged_like_any_other(void **state)
{
	uint32_t seed = 4;

	for (int round = 0; round < 50; round++) {
		struct event late[MANY], inserted[MANY], event;
		size_t count = 0;
		int changed;

		for (int i = 0; i < MANY; i++) {
			late[i] = any_event(&seed);
			late[i].time_ns = i / 2;
		}
		for (int i = 0; i < round; i++) {
			int at = (int)(dice(&seed) % (MANY - 4)), other = at + (int)(dice(&seed) % 4);

			event = late[at];
			late[at] = late[other];
			late[other] = event;
		}
		for (int i = 0; i < MANY; i++)
			events_insert(inserted, &count, &late[i], &changed);
		assert_int_equal(events_arrange(late, MANY), count);
		assert_same_events(inserted, late, count);
	}
}

static void test_insertion_says_where_and_whether_something_changed(void **state)
{
	struct event events[4], event = {.time_ns = 10, .signal = SIGNAL_CONNECTED};
	size_t count = 0;
	int changed = 0;

	assert_int_equal(events_insert(events, &count, &event, &changed), 0);
	assert_int_equal(changed, 1);
	event.time_ns = 30;
	assert_int_equal(events_insert(events, &count, &event, &changed), 1);
	event.time_ns = 20;
	assert_int_equal(events_insert(events, &count, &event, &changed), 1);
	assert_int_equal(count, 3);
	assert_int_equal(events_insert(events, &count, &event, &changed), -1);
	assert_int_equal(changed, 0);
	event.protocol = PROTOCOL_AMQP;
	assert_int_equal(events_insert(events, &count, &event, &changed), -1);
	assert_int_equal(changed, 1);
	assert_int_equal(events[1].protocol, PROTOCOL_AMQP);
	assert_int_equal(count, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_are_ordered_by_time_then_by_cause_and_effect),
		cmocka_unit_test(test_the_same_record_compares_equal_however_it_is_worded),
		cmocka_unit_test(test_of_two_the_longer_message_counts),
		cmocka_unit_test(test_what_one_knows_and_the_other_does_not_is_kept),
		cmocka_unit_test(test_of_two_copies_the_first_place_is_told),
		cmocka_unit_test(test_arranging_nothing_leaves_nothing),
		cmocka_unit_test(test_arranged_events_rise_and_hold_no_duplicate),
		cmocka_unit_test(test_any_order_of_insertion_gives_what_arranging_gives),
		cmocka_unit_test(test_any_order_of_arranging_gives_the_same),
		cmocka_unit_test(test_what_is_nearly_in_order_is_arranged_like_any_other),
		cmocka_unit_test(test_insertion_says_where_and_whether_something_changed),
	};

	return RUN(tests);
}
