#include "unit.h"

#include "../../daemon/core/rules/roster.h"

static bool holds(const char *pattern, const char *hub, const char *device, const char *module)
{
	struct roster roster = {0};
	bool held;

	assert_true(roster_add(&roster, pattern));
	held = roster_holds(&roster, hub, span_of(device), span_of(module));
	roster_clear(&roster);
	assert_int_equal(roster.count, 0);
	return held;
}

static void test_an_empty_roster_holds_nobody(void **state)
{
	struct roster roster = {0};

	assert_false(roster_holds(&roster, "contoso", SPAN("pump-7"), SPAN("")));
}

static void test_a_device_is_named_with_or_without_its_hub(void **state)
{
	assert_true(holds("pump-7", "contoso", "pump-7", NULL));
	assert_true(holds("contoso/pump-7", "contoso", "pump-7", NULL));
	assert_true(holds("pump-7", NULL, "pump-7", NULL));
	assert_false(holds("fabrikam/pump-7", "contoso", "pump-7", NULL));
	assert_false(holds("pump-7", "contoso", "pump-77", NULL));
	assert_false(holds("pump-7", "contoso", "my-pump-7", NULL));
}

static void test_a_pattern_names_many(void **state)
{
	assert_true(holds("pump-*", "contoso", "pump-7", NULL));
	assert_true(holds("*/pump-?", "contoso", "pump-7", NULL));
	assert_true(holds("pump-[0-9]", "contoso", "pump-7", NULL));
	assert_true(holds("*", "contoso", "pump-7", NULL));
	assert_false(holds("pump-?", "contoso", "pump-77", NULL));
}

static void test_the_case_of_a_device_counts(void **state)
{
	assert_false(holds("PUMP-7", "contoso", "pump-7", NULL));
}

static void test_a_module_is_named_behind_its_device(void **state)
{
	assert_true(holds("edge-1/filter", "contoso", "edge-1", "filter"));
	assert_true(holds("contoso/edge-1/filter", "contoso", "edge-1", "filter"));
	assert_true(holds("edge-1/*", "contoso", "edge-1", "filter"));
	assert_false(holds("edge-1", "contoso", "edge-1", "filter"));
	assert_false(holds("edge-1/*", "contoso", "edge-1", NULL));
}

static void test_one_of_several_patterns_is_enough(void **state)
{
	struct roster roster = {0};

	assert_true(roster_add(&roster, "pump-1"));
	assert_true(roster_add(&roster, "pump-2"));
	assert_true(roster_holds(&roster, "contoso", SPAN("pump-2"), SPAN("")));
	assert_false(roster_holds(&roster, "contoso", SPAN("pump-3"), SPAN("")));
	roster_clear(&roster);
}

static void test_the_longest_ids_fit(void **state)
{
	char id[256] = {0};

	memset(id, 'x', 255);
	memcpy(id + 251, "last", 4);
	assert_true(holds("*last", id, id, id));
	assert_true(holds("*/last", id, id, "last"));
	assert_false(holds("*/last", id, id, id));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_roster_holds_nobody),
		cmocka_unit_test(test_a_device_is_named_with_or_without_its_hub),
		cmocka_unit_test(test_a_pattern_names_many),
		cmocka_unit_test(test_the_case_of_a_device_counts),
		cmocka_unit_test(test_a_module_is_named_behind_its_device),
		cmocka_unit_test(test_one_of_several_patterns_is_enough),
		cmocka_unit_test(test_the_longest_ids_fit),
	};

	return RUN(tests);
}
