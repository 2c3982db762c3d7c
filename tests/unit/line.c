#include "unit.h"

#include "../../daemon/core/basic/line.h"

static void test_a_line_is_cut_where_its_room_ends(void **state)
{
	char buffer[8];
	struct line line = line_begin(buffer, sizeof buffer);

	assert_string_equal(buffer, "");
	line_words(&line, "abc");
	assert_false(line_put_whole(&line, SPAN("12345")));
	assert_string_equal(buffer, "abc");
	assert_true(line_put_whole(&line, SPAN("1234")));
	assert_string_equal(buffer, "abc1234");
	line_words(&line, "x");
	assert_int_equal(line.length, 7);
	line = line_begin(buffer, sizeof buffer);
	line_words(&line, "abcdefghij");
	assert_string_equal(buffer, "abcdefg");
	line_words(&line, NULL);
	assert_string_equal(buffer, "abcdefg");
}

static void test_a_line_that_is_longer_than_its_room_stays_as_it_is(void **state)
{
	char buffer[8];
	struct line line = line_begin(buffer, sizeof buffer);

	line_words(&line, "abcd");
	line.size = 3;
	line_words(&line, "xyz");
	assert_false(line_put_whole(&line, SPAN("x")));
	assert_string_equal(buffer, "abcd");
	line.size = sizeof buffer;
	line_words(&line, "efgh");
	assert_string_equal(buffer, "abcdefg");
}

static void test_numbers_of_all_lengths(void **state)
{
	static const uint64_t numbers[] = {0, 9, 10, 401003, UINT32_MAX, UINT64_MAX};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		char buffer[32], expected[32];
		struct line line = line_begin(buffer, sizeof buffer);

		snprintf(expected, sizeof expected, "%llu", (unsigned long long)numbers[i]);
		line_number(&line, numbers[i]);
		assert_string_equal(buffer, expected);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_is_cut_where_its_room_ends),
		cmocka_unit_test(test_a_line_that_is_longer_than_its_room_stays_as_it_is),
		cmocka_unit_test(test_numbers_of_all_lengths),
	};

	return RUN(tests);
}
