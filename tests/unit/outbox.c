#include "unit.h"

#include "../../daemon/host/outbox.h"

static void push(struct outbox *outbox, int number, bool expected)
{
	char text[16];

	snprintf(text, sizeof text, "%d", number);
	assert_int_equal(outbox_push(outbox, text, strlen(text)), expected);
}

/* Sends the next one whole. */
static int send_next(struct outbox *outbox)
{
	size_t size;
	const char *data = outbox_next(outbox, &size);
	char text[16];

	if (!data)
		return -1;
	snprintf(text, sizeof text, "%.*s", (int)size, data);
	outbox_sent(outbox, size);
	return atoi(text);
}

static void test_what_is_not_confirmed_is_sent_again_in_order(void **state)
{
	struct outbox outbox;

	assert_true(outbox_begin(&outbox));
	for (int i = 0; i < 5; i++)
		push(&outbox, i, true);
	assert_int_equal(send_next(&outbox), 0);
	assert_int_equal(send_next(&outbox), 1);
	outbox_confirm(&outbox);
	assert_int_equal(send_next(&outbox), 2);
	assert_int_equal(send_next(&outbox), 3);
	outbox_rewind(&outbox);
	for (int i = 2; i < 5; i++)
		assert_int_equal(send_next(&outbox), i);
	assert_int_equal(send_next(&outbox), -1);
	outbox_confirm(&outbox);
	assert_int_equal(outbox.count, 0);
	assert_int_equal(outbox.taken, 5);
	assert_int_equal(outbox.lost, 0);
	outbox_end(&outbox);
}

static void test_one_sent_in_part_is_not_confirmed(void **state)
{
	struct outbox outbox;
	size_t size;

	assert_true(outbox_begin(&outbox));
	outbox_push(&outbox, "first", 5);
	outbox_push(&outbox, "second", 6);
	assert_int_equal(send_next(&outbox), 0);
	assert_non_null(outbox_next(&outbox, &size));
	outbox_sent(&outbox, 2);
	outbox_confirm(&outbox);
	assert_int_equal(outbox.taken, 1);
	assert_memory_equal(outbox_next(&outbox, &size), "cond", 4);
	assert_int_equal(size, 4);
	outbox_rewind(&outbox);
	assert_memory_equal(outbox_next(&outbox, &size), "second", 6);
	assert_int_equal(size, 6);
	outbox_end(&outbox);
}

static void test_a_full_one_drops_the_oldest_that_waits(void **state)
{
	struct outbox outbox;

	assert_true(outbox_begin(&outbox));
	for (int i = 0; i < OUTBOX_MAX; i++)
		push(&outbox, i, true);
	for (int i = 0; i < OUTBOX_WINDOW; i++)
		assert_int_equal(send_next(&outbox), i);
	assert_int_equal(send_next(&outbox), -1); /* the window is full */
	for (int i = 0; i < 10; i++)
		push(&outbox, OUTBOX_MAX + i, false);
	assert_int_equal(outbox.lost, 10);
	outbox_rewind(&outbox);
	for (int i = 0; i < OUTBOX_WINDOW; i++)
		assert_int_equal(send_next(&outbox), i);
	outbox_confirm(&outbox);
	assert_int_equal(send_next(&outbox), OUTBOX_WINDOW + 10);
	outbox_end(&outbox);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_confirmed_is_sent_again_in_order),
		cmocka_unit_test(test_one_sent_in_part_is_not_confirmed),
		cmocka_unit_test(test_a_full_one_drops_the_oldest_that_waits),
	};

	return RUN(tests);
}
