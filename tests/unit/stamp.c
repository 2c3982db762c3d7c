#include "unit.h"

static const int64_t second = STAMP_SECOND;

static void reads(const char *text, int64_t expected)
{
	int64_t ns = -1;

	if (!stamp_parse(span_of(text), &ns))
		fail_msg("\"%s\" was not read", text);
	if (ns != expected)
		fail_msg("\"%s\" was read as %lld, not %lld", text, (long long)ns, (long long)expected);
}

static void refuses(const char *text)
{
	int64_t ns = 42;

	if (stamp_parse(span_of(text), &ns))
		fail_msg("\"%s\" was read", text);
	assert_int_equal(ns, 42);
}

static void formats(int64_t ns, const char *expected)
{
	char text[STAMP_TEXT];

	assert_string_equal(stamp_format(ns, text), expected);
}

static void test_the_epoch_is_zero(void **state)
{
	reads("1970-01-01T00:00:00Z", 0);
	reads("1970-01-02T00:00:01Z", 86401 * second);
}

static void test_a_moment_can_be_written_in_many_ways(void **state)
{
	static const char *const same[] = {
		"2021-09-21T22:33:34Z",	     "2021-09-21t22:33:34z",	  "2021-09-21 22:33:34Z",
		"2021-09-21T22:33:34",	     "2021-09-21T22:33:34 Z",	  "2021-09-21T22:33:34+00:00",
		"2021-09-21T22:33:34-00:00", "2021-09-21T22:33:34+0000", "2021-09-21 22:33:34 +00:00",
		"09/21/2021 22:33:34",	     "09/21/2021 22:33:34Z",	  "2021-09-21T22:33:34.0000000Z",
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		reads(same[i], INT64_C(1632263614) * second);
}

static void test_an_offset_is_taken_off(void **state)
{
	reads("1970-01-01T05:30:00+05:30", 0);
	reads("2021-09-21T14:33:34-08:00", INT64_C(1632263614) * second);
	reads("2021-09-22T04:03:34.5 +05:30", INT64_C(1632263614) * second + second / 2);
	reads("2021-09-21T22:33:34-0130", INT64_C(1632269014) * second);
}

static void test_a_fraction_has_up_to_nine_digits(void **state)
{
	reads("1970-01-01T00:00:00.5Z", second / 2);
	reads("1970-01-01T00:00:00,5Z", second / 2);
	reads("1970-01-01T00:00:00.1234567Z", 123456700);
	reads("1970-01-01T00:00:00.123456789Z", 123456789);
	reads("1970-01-01T00:00:00.1234567+00:00", 123456700);
	reads("1970-01-01T00:00:00.000000001", 1);
}

static void test_more_digits_are_cut_not_rounded(void **state)
{
	reads("1970-01-01T00:00:00.1234567899Z", 123456789);
	reads("1970-01-01T00:00:00.99999999999999999999Z", 999999999);
}

static void test_a_leap_day_exists_in_leap_years_only(void **state)
{
	reads("2024-02-29T00:00:00Z", INT64_C(1709164800) * second);
	reads("2000-02-29T00:00:00Z", INT64_C(951782400) * second);
	refuses("2023-02-29T00:00:00Z");
	refuses("2100-02-29T00:00:00Z");
	refuses("2024-02-30T00:00:00Z");
}

static void test_the_day_after_february_is_right_in_every_kind_of_year(void **state)
{
	reads("2024-03-01T00:00:00Z", INT64_C(1709251200) * second);
	reads("2023-03-01T00:00:00Z", INT64_C(1677628800) * second);
	reads("2100-03-01T00:00:00Z", INT64_C(4107542400) * second);
	reads("2000-12-31T23:59:59Z", INT64_C(978307199) * second);
}

static void test_second_60_is_read_as_59(void **state)
{
	reads("2016-12-31T23:59:60Z", INT64_C(1483228799) * second);
	refuses("2016-12-31T23:59:61Z");
}

static void test_years_end_where_nanoseconds_do(void **state)
{
	reads("2199-12-31T23:59:59.999999999Z", INT64_C(7258118399) * second + 999999999);
	refuses("2200-01-01T00:00:00Z");
	refuses("1969-12-31T23:59:59Z");
	refuses("0001-01-01T00:00:00Z");
	refuses("9999-12-31T23:59:59Z");
}

static void test_what_is_no_time_is_refused(void **state)
{
	static const char *const none[] = {
		"",			     "2021",		       "2021-09-21",
		"T22:33:34Z",		     "2021-09-21T22:33Z",      "2021-13-01T00:00:00Z",
		"2021-00-01T00:00:00Z",	     "2021-01-00T00:00:00Z",   "2021-04-31T00:00:00Z",
		"2021-01-01T24:00:00Z",	     "2021-01-01T00:60:00Z",   "2021-01-01T00:00:00.Z",
		"2021-01-01T00:00:00ZZ",     "2021-01-01T00:00:00Zx",  "2021-01-01T00:00:00+24:00",
		"2021-01-01T00:00:00+05:60", "2021-01-01T00:00:00+5",  "2021-01-01T00:00:00 CET",
		"2021-1-1T00:00:00Z",	     "21-01-01T00:00:00Z",     "2021/01/01 00:00:00",
		"1632263614",		     "13/21/2021 22:33:34",    "09/21/21 22:33:34",
		"2021-01-01X00:00:00Z",	     "-021-01-01T00:00:00Z",   "None",
	};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		refuses(none[i]);
}

static void test_a_nul_byte_is_no_part_of_a_time(void **state)
{
	int64_t ns;

	assert_false(stamp_parse((struct span){NULL, 0}, &ns));
	assert_false(stamp_parse(SPAN("2021-09-21T22:33:34\0"), &ns));
	assert_false(stamp_parse(SPAN("2021-09-21\0" "22:33:34Z"), &ns));
}

static void test_a_format_is_as_long_as_its_fraction_needs(void **state)
{
	formats(0, "1970-01-01T00:00:00Z");
	formats(second / 2, "1970-01-01T00:00:00.5Z");
	formats(123456700, "1970-01-01T00:00:00.1234567Z");
	formats(1, "1970-01-01T00:00:00.000000001Z");
	formats(-1, "1969-12-31T23:59:59.999999999Z");
	formats(INT64_C(1709164800) * second, "2024-02-29T00:00:00Z");
}

static void test_what_is_formatted_is_read_back(void **state)
{
	uint32_t seed = 1;

	for (int i = 0; i < 20000; i++) {
		int64_t days = dice(&seed) % 84000, nanoseconds = dice(&seed) % 1000 * (i % 2 ? 1000000 : 1001);
		int64_t ns = (days * 86400 + dice(&seed) % 86400) * second + nanoseconds;
		char text[STAMP_TEXT];

		reads(stamp_format(ns, text), ns);
	}
}

/* Steps of any size and direction, so that days, seconds and fractions change or stay. */
static void test_a_stamp_after_another_is_the_same_as_alone(void **state)
{
	static const int64_t steps[] = {0, 1, -1, 1001000, STAMP_SECOND, 86399 * STAMP_SECOND, STAMP_DAY, -STAMP_DAY};
	struct stamp_day day = {0};
	char end[STAMP_TEXT];
	int64_t ns = -1;
	uint32_t seed = 2;

	for (int i = 0; i < 20000; i++) {
		char alone[STAMP_TEXT], text[STAMP_TEXT];
		size_t size = stamp_write(&day, ns, text);

		assert_string_equal(text, stamp_format(ns, alone));
		assert_int_equal(size, strlen(text));
		ns += steps[dice(&seed) % 8] * (int64_t)(dice(&seed) % 3);
	}
	stamp_write(&day, STAMP_NEVER, end);
	assert_string_equal(end, "2262-04-11T23:47:16.854775807Z");
	stamp_write(&day, 0, end);
	assert_string_equal(end, "1970-01-01T00:00:00Z");
	stamp_write(&day, STAMP_NONE + 1, end);
	assert_string_equal(end, "1677-09-21T00:12:43.145224193Z");
}

static void test_the_end_of_the_scale_can_be_formatted(void **state)
{
	formats(STAMP_NEVER, "2262-04-11T23:47:16.854775807Z");
}

static void test_a_duration_is_told_for_people(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {{0, "0 s"}, {59, "59 s"}, {60, "1 min"}, {65, "1 min 5 s"}, {720, "12 min"},
		    {3600, "1 h 0 min"}, {12000, "3 h 20 min"}, {187200, "2 d 4 h"}};
	char text[STAMP_TEXT];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(stamp_span(rows[i].seconds * second, text), rows[i].text);
}

static void test_a_sum_stays_at_the_ends_of_the_scale(void **state)
{
	assert_int_equal(stamp_add(STAMP_NEVER, 1), STAMP_NEVER);
	assert_int_equal(stamp_add(STAMP_NONE, -1), STAMP_NONE);
	assert_int_equal(stamp_add(40, 2), 42);
}

static void reads_alike(struct stamp_recall *recall, const char *text, size_t size)
{
	/* Memory of its own: a checker sees whoever reads beyond it. */
	char *copy = malloc(size + !size);
	struct span span = {copy, size};
	int64_t near = 42, expected = 42;
	bool known;

	memcpy(copy, text, size);
	known = stamp_parse(span, &expected);
	if (stamp_parse_near(recall, span, &near) != known || near != expected)
		fail_msg("\"%.*s\" was read as %lld, not %lld", (int)size, text, (long long)near, (long long)expected);
	free(copy);
}

/* The quick way says what the thorough one says, whatever stands at any place. */
static void test_near_a_known_day_it_is_the_same(void **state)
{
	static const char *const texts[] = {
		"2026-11-22T04:31:07Z",	       "2026-11-22T23:59:59.9Z",	"2026-11-22T00:00:00.0000001Z",
		"2026-11-22T10:20:30.1234567Z", "2026-11-22T10:20:30.12345678Z", "2026-11-22T10:20:30.123456789Z",
	};
	struct stamp_recall recall = {0};
	char text[64] = "";

	/* No day is known yet: one of NULs is none. */
	strcpy(text + strlen("2026-11-22T"), "04:31:07Z");
	reads_alike(&recall, text, strlen("2026-11-22T04:31:07Z"));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t at = 0; at < strlen(texts[i]); at++)
			for (int byte = 0; byte < 256; byte++) {
				strcpy(text, texts[i]);
				text[at] = (char)byte;
				reads_alike(&recall, text, strlen(texts[i]));
			}
	for (size_t size = 0; size <= strlen(texts[5]); size++)
		reads_alike(&recall, texts[5], size);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_epoch_is_zero),
		cmocka_unit_test(test_a_moment_can_be_written_in_many_ways),
		cmocka_unit_test(test_an_offset_is_taken_off),
		cmocka_unit_test(test_a_fraction_has_up_to_nine_digits),
		cmocka_unit_test(test_more_digits_are_cut_not_rounded),
		cmocka_unit_test(test_a_leap_day_exists_in_leap_years_only),
		cmocka_unit_test(test_the_day_after_february_is_right_in_every_kind_of_year),
		cmocka_unit_test(test_second_60_is_read_as_59),
		cmocka_unit_test(test_years_end_where_nanoseconds_do),
		cmocka_unit_test(test_what_is_no_time_is_refused),
		cmocka_unit_test(test_a_nul_byte_is_no_part_of_a_time),
		cmocka_unit_test(test_a_format_is_as_long_as_its_fraction_needs),
		cmocka_unit_test(test_what_is_formatted_is_read_back),
		cmocka_unit_test(test_a_stamp_after_another_is_the_same_as_alone),
		cmocka_unit_test(test_the_end_of_the_scale_can_be_formatted),
		cmocka_unit_test(test_a_duration_is_told_for_people),
		cmocka_unit_test(test_a_sum_stays_at_the_ends_of_the_scale),
		cmocka_unit_test(test_near_a_known_day_it_is_the_same),
	};

	return RUN(tests);
}
