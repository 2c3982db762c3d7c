#include "unit.h"

#include "../../daemon/core/rules/settings.h"

static void reads(enum setting setting, const char *text, int64_t expected)
{
	int64_t value = -1;
	const char *fault = settings_read(setting, span_of(text), &value);

	if (fault)
		fail_msg("\"%s\": %s", text, fault);
	assert_int_equal(value, expected);
}

static void refuses(enum setting setting, const char *text)
{
	int64_t value = 42;

	if (!settings_read(setting, span_of(text), &value))
		fail_msg("\"%s\" was read as %lld", text, (long long)value);
	assert_int_equal(value, 42);
}

static void test_every_default_is_within_its_range(void **state)
{
	struct settings settings;

	settings_default(&settings);
	for (int i = 0; i < SETTING_COUNT; i++) {
		assert_true(setting_rows[i].least <= settings.value[i]);
		assert_true(settings.value[i] <= setting_rows[i].most);
		assert_true(setting_rows[i].help[0]);
	}
}

static void test_every_setting_is_found_by_its_key(void **state)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		assert_int_equal(settings_find(span_of(setting_rows[i].key)), i);
}

static void test_a_key_that_is_none_is_not_found(void **state)
{
	assert_int_equal(settings_find(SPAN("")), SETTING_COUNT);
	assert_int_equal(settings_find(SPAN("return_withi")), SETTING_COUNT);
	assert_int_equal(settings_find(SPAN("Return_Within")), SETTING_COUNT);
}

static void test_a_duration_may_bear_a_unit(void **state)
{
	reads(SETTING_RETURN_WITHIN, "900", 900);
	reads(SETTING_RETURN_WITHIN, "900s", 900);
	reads(SETTING_RETURN_WITHIN, "15min", 900);
	reads(SETTING_RETURN_WITHIN, "15m", 900);
	reads(SETTING_RETURN_WITHIN, "26h", 93600);
	reads(SETTING_RETURN_WITHIN, "7d", 604800);
}

static void test_a_count_bears_none(void **state)
{
	reads(SETTING_REFUSALS, "5", 5);
	refuses(SETTING_REFUSALS, "5s");
	refuses(SETTING_RECORD_MAX, "2h");
	refuses(SETTING_FLEET_SHARE, "30%");
}

static void test_a_range_holds_both_its_ends(void **state)
{
	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];
		char text[32];

		snprintf(text, sizeof text, "%lld", (long long)row->least);
		reads((enum setting)i, text, row->least);
		snprintf(text, sizeof text, "%lld", (long long)row->most);
		reads((enum setting)i, text, row->most);
		snprintf(text, sizeof text, "%lld", (long long)row->most + 1);
		refuses((enum setting)i, text);
		snprintf(text, sizeof text, "%lld", (long long)row->least - 1);
		refuses((enum setting)i, text);
	}
}

static void test_the_range_is_meant_in_seconds_whatever_the_unit(void **state)
{
	refuses(SETTING_RETURN_WITHIN, "8d");
	refuses(SETTING_STALL_AFTER, "0min");
	reads(SETTING_STALL_AFTER, "1min", 60);
}

static void test_what_is_no_number_is_refused(void **state)
{
	static const char *const none[] = {"", " 90", "90 s", "-90", "+90", "9e1", "90.0", "0x10", "s", "ten",
					   "90ss", "90S", "1min30s", "min"};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		refuses(SETTING_PAIR_WITHIN, none[i]); /* whose range begins at 0 */
}

static void test_a_number_too_large_for_anything_is_refused(void **state)
{
	refuses(SETTING_DEVICES_MAX, "99999999999999999999999999999999");
	refuses(SETTING_RETURN_WITHIN, "18446744073709551617");
	refuses(SETTING_RETURN_WITHIN, "106751991167301d");
}

static void test_a_refusal_says_what_was_expected(void **state)
{
	int64_t value;

	assert_string_equal(settings_read(SETTING_RETURN_WITHIN, SPAN("x"), &value),
			    "expected a whole number from 1 to 604800 (s), or with min, h or d");
	assert_string_equal(settings_read(SETTING_REFUSALS, SPAN("x"), &value),
			    "expected a whole number from 1 to 1000 (times)");
}

static void test_seconds_become_nanoseconds(void **state)
{
	struct settings settings;

	settings_default(&settings);
	assert_int_equal(settings_ns(&settings, SETTING_PAIR_WITHIN), 30 * STAMP_SECOND);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_default_is_within_its_range),
		cmocka_unit_test(test_every_setting_is_found_by_its_key),
		cmocka_unit_test(test_a_key_that_is_none_is_not_found),
		cmocka_unit_test(test_a_duration_may_bear_a_unit),
		cmocka_unit_test(test_a_count_bears_none),
		cmocka_unit_test(test_a_range_holds_both_its_ends),
		cmocka_unit_test(test_the_range_is_meant_in_seconds_whatever_the_unit),
		cmocka_unit_test(test_what_is_no_number_is_refused),
		cmocka_unit_test(test_a_number_too_large_for_anything_is_refused),
		cmocka_unit_test(test_a_refusal_says_what_was_expected),
		cmocka_unit_test(test_seconds_become_nanoseconds),
	};

	return RUN(tests);
}
