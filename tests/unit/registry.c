#include "unit.h"

#include "../../daemon/core/judge/registry.h"

enum { MANY = 100000 };

static struct device *find(struct registry *registry, uint16_t hub, const char *id, const char *module, bool create)
{
	return registry_device(registry, hub, span_of(id), span_of(module), create);
}

static void test_a_device_is_only_made_when_asked_for(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	uint16_t hub = registry_hub(registry, SPAN("contoso"));
	struct device *device;

	assert_null(find(registry, hub, "pump-1", NULL, false));
	device = find(registry, hub, "pump-1", NULL, true);
	assert_non_null(device);
	assert_ptr_equal(find(registry, hub, "pump-1", NULL, false), device);
	assert_ptr_equal(find(registry, hub, "pump-1", "", true), device);
	assert_int_equal(registry_devices(registry), 1);
	registry_free(registry);
}

static void test_a_hundred_thousand_devices_are_found_again_where_they_were(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct device **devices = calloc(MANY, sizeof *devices);
	char id[64];

	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof id, i % 3 ? "pump-%d" : "a-much-longer-name-of-a-pump-%d", i);
		devices[i] = find(registry, (uint16_t)(i % 7), id, i % 5 ? NULL : "filter", true);
		assert_non_null(devices[i]);
	}
	assert_int_equal(registry_devices(registry), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof id, i % 3 ? "pump-%d" : "a-much-longer-name-of-a-pump-%d", i);
		assert_ptr_equal(find(registry, (uint16_t)(i % 7), id, i % 5 ? NULL : "filter", false), devices[i]);
		assert_ptr_equal(registry_at(registry, (size_t)i), devices[i]);
		assert_span_equal(device_id(devices[i]), id);
	}
	assert_null(find(registry, 0, "pump-x", NULL, false));
	free(devices);
	registry_free(registry);
}

static void test_hub_device_and_module_each_make_another_device(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	uint16_t contoso = registry_hub(registry, SPAN("contoso")), fabrikam = registry_hub(registry, SPAN("fabrikam"));
	const struct device *device = find(registry, contoso, "edge-1", NULL, true);

	assert_ptr_not_equal(find(registry, fabrikam, "edge-1", NULL, true), device);
	assert_ptr_not_equal(find(registry, contoso, "edge-1", "filter", true), device);
	assert_ptr_not_equal(find(registry, contoso, "edge-2", NULL, true), device);
	assert_int_equal(registry_devices(registry), 4);
	registry_free(registry);
}

static void test_where_an_id_ends_and_a_module_begins_counts(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);

	assert_ptr_not_equal(find(registry, 0, "ab", "c", true), find(registry, 0, "a", "bc", true));
	assert_ptr_not_equal(find(registry, 0, "abc", NULL, true), find(registry, 0, "ab", "c", true));
	assert_int_equal(registry_devices(registry), 3);
	registry_free(registry);
}

static void test_ids_are_kept_verbatim(void **state)
{
	static const char *const ids[] = {"pump-1", "PUMP-1", "Pump-1", "pump-1 ", "00:11:22:aa", "p\xC3\xBCmpe", "",
					  "exactly-twenty-four-byte", "exactly-twenty-five-bytes"};
	struct registry *registry = registry_new(1, SIZE_MAX);

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		assert_span_equal(device_id(find(registry, 0, ids[i], "Filter", true)), ids[i]);
		assert_span_equal(device_module(find(registry, 0, ids[i], "Filter", true)), "Filter");
		assert_int_equal(registry_devices(registry), i + 1);
	}
	registry_free(registry);
}

static void test_the_longest_ids_are_kept(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	char id[256] = "", module[256] = "";
	const struct device *device;

	memset(id, 'i', 255);
	memset(module, 'm', 255);
	device = find(registry, 0, id, module, true);
	assert_span_equal(device_id(device), id);
	assert_span_equal(device_module(device), module);
	registry_free(registry);
}

static void test_an_id_that_just_fits_the_entry_is_kept(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);

	assert_span_equal(device_id(find(registry, 0, "exactly-twenty-four-byte", NULL, true)), "exactly-twenty-four-byte");
	assert_span_equal(device_id(find(registry, 0, "exactly-twenty-five-bytes", NULL, true)),
			  "exactly-twenty-five-bytes");
	registry_free(registry);
}

static void test_a_hub_is_one_in_whatever_case(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	uint16_t hub = registry_hub(registry, SPAN("CONTOSO"));

	assert_int_equal(registry_hub(registry, SPAN("Contoso")), hub);
	assert_int_equal(registry_hub(registry, SPAN("contoso")), hub);
	assert_string_equal(registry_hub_at(registry, hub)->name, "contoso");
	assert_int_not_equal(registry_hub(registry, SPAN("contos")), hub);
	assert_int_equal(registry_hubs(registry), 2);
	registry_free(registry);
}

static void test_records_without_a_hub_share_one_without_a_name(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	uint16_t hub = registry_hub(registry, SPAN(""));

	assert_int_equal(registry_hub(registry, (struct span){NULL, 0}), hub);
	assert_null(registry_hub_at(registry, hub)->name);
	assert_int_not_equal(registry_hub(registry, SPAN("x")), hub);
	registry_free(registry);
}

static void test_more_hubs_than_fit_are_refused(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	char name[32];
	int count = 0;

	for (uint16_t hub = 0; hub != UINT16_MAX; count++) {
		snprintf(name, sizeof name, "hub-%d", count);
		hub = registry_hub(registry, span_of(name));
		assert_true(count < 100000);
	}
	assert_int_equal(registry_hubs(registry), count - 1);
	assert_int_equal(registry_hub(registry, SPAN("HUB-0")), 0);
	for (int hub = 0; hub < count - 1; hub++) {
		snprintf(name, sizeof name, "Hub-%d", hub);
		assert_int_equal(registry_hub(registry, span_of(name)), hub);
	}
	registry_free(registry);
}

/* Its name goes into the key of a device's row. */
static void test_so_is_a_hub_with_too_long_a_name(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	char name[HUB_NAME_MAX + 1];

	memset(name, 'h', sizeof name);
	assert_int_equal(registry_hub(registry, (struct span){name, HUB_NAME_MAX + 1}), UINT16_MAX);
	assert_int_equal(registry_hub(registry, (struct span){name, HUB_NAME_MAX}), 0);
	registry_free(registry);
}

static void test_a_full_registry_refuses_and_still_finds(void **state)
{
	struct registry *registry = registry_new(1, 3);
	struct device *first = find(registry, 0, "pump-0", NULL, true);

	assert_non_null(find(registry, 0, "pump-1", NULL, true));
	assert_non_null(find(registry, 0, "pump-2", NULL, true));
	assert_null(find(registry, 0, "pump-3", NULL, true));
	assert_ptr_equal(find(registry, 0, "pump-0", NULL, true), first);
	assert_int_equal(registry_devices(registry), 3);
	registry_free(registry);
}

static void test_an_sdk_is_named_without_its_machine(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	uint16_t sdk = registry_sdk(registry, SPAN(".NET/1.38.1 (.NET Core; Linux; X64)"));

	assert_string_equal(registry_sdk_name(registry, sdk), ".NET/1.38.1");
	assert_int_equal(registry_sdk(registry, SPAN(".NET/1.38.1 (Windows)")), sdk);
	assert_int_not_equal(registry_sdk(registry, SPAN(".NET/1.38.2 (Windows)")), sdk);
	assert_string_equal(registry_sdk_name(registry, registry_sdk(registry, SPAN("C + (OSSimplified = x)"))), "C +");
	assert_int_equal(registry_sdk(registry, SPAN("")), 0);
	assert_null(registry_sdk_name(registry, 0));
	registry_free(registry);
}

/* --- rest ----------------------------------------------------------------------- */

static struct life lived(void)
{
	struct life life;

	life_begin(&life);
	life.heard_ns = moment("2026-03-02T12:00:00Z");
	life.since_ns = moment("2026-03-02T11:00:05Z");
	life.expelled_ns = life.expelled_last_ns = life.signal_ns = moment("2026-03-02T11:00:00Z");
	life.renewals = (struct recent){{life.expelled_ns}, 1};
	life.live = life.begun = life.known = life.expelled_closed = life.expelled_ended = life.expelled_back = true;
	life.standing = STANDING_ONLINE;
	life.protocol = PROTOCOL_HTTP;
	life.authentication = AUTHENTICATION_X509;
	life.sdk = 700;
	return life;
}

static void assert_same_life(const struct life *a, const struct life *b)
{
	assert_int_equal(a->heard_ns, b->heard_ns);
	assert_int_equal(a->since_ns, b->since_ns);
	assert_int_equal(a->expelled_ns, b->expelled_ns);
	assert_int_equal(a->expelled_last_ns, b->expelled_last_ns);
	assert_int_equal(a->signal_ns, b->signal_ns);
	assert_int_equal(a->closed_ahead_ns, b->closed_ahead_ns);
	assert_int_equal(a->live, b->live);
	assert_int_equal(a->begun, b->begun);
	assert_int_equal(a->known, b->known);
	assert_int_equal(a->expelled_closed, b->expelled_closed);
	assert_int_equal(a->expelled_ended, b->expelled_ended);
	assert_int_equal(a->expelled_back, b->expelled_back);
	assert_int_equal(a->standing, b->standing);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->authentication, b->authentication);
	assert_int_equal(a->sdk, b->sdk);
	assert_memory_equal(&a->loops, &b->loops, sizeof a->loops);
	assert_memory_equal(&a->displaced, &b->displaced, sizeof a->displaced);
	assert_memory_equal(&a->renewals, &b->renewals, sizeof a->renewals);
	assert_memory_equal(a->returns_ns, b->returns_ns, sizeof a->returns_ns);
}

/* Whether it needed more than the compact entry. */
static bool rests(struct device *device, const struct life *life)
{
	struct settings settings;
	struct life woken;
	struct habits *habits;

	settings_default(&settings);
	free(device_open_file(device, &woken));
	assert_ptr_equal(device_file(device), &woken);
	device_close_file(device, device_rest(device, life, &settings));
	assert_null(device_file(device));
	habits = device->has_habits ? device->habits : NULL;
	device_wake(device, habits, &woken);
	assert_same_life(&woken, life);
	return habits;
}

static void test_a_device_never_at_rest_wakes_to_a_new_life(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct life fresh, woken;

	life_begin(&fresh);
	device_wake(find(registry, 0, "pump-1", NULL, true), NULL, &woken);
	assert_same_life(&woken, &fresh);
	registry_free(registry);
}

static void test_a_quiet_life_rests_in_the_entry_and_wakes_the_same(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct life life = lived();

	assert_false(rests(find(registry, 0, "pump-1", NULL, true), &life));
	registry_free(registry);
}

static void test_a_life_that_was_never_expelled_rests_too(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct life life;

	life_begin(&life);
	life.heard_ns = moment("2026-03-02T12:00:00Z");
	assert_false(rests(find(registry, 0, "pump-1", NULL, true), &life));
	registry_free(registry);
}

static void test_what_does_not_fit_the_entry_is_kept_beside_it(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct device *device = find(registry, 0, "pump-1", NULL, true);
	struct life life = lived();

	life.loops = (struct recent){{life.heard_ns - 60 * STAMP_SECOND}, 1};
	assert_true(rests(device, &life));
	life = lived();
	life.displaced = (struct recent){{life.heard_ns}, 1};
	assert_true(rests(device, &life));
	life = lived();
	life.returns_ns[0] = 3600 * STAMP_SECOND;
	life.return_count = 1;
	assert_true(rests(device, &life));
	life = lived();
	life.closed_ahead_ns = life.heard_ns;
	assert_true(rests(device, &life));
	registry_free(registry);
}

static void test_habits_are_dropped_when_they_fit_again(void **state)
{
	struct registry *registry = registry_new(1, SIZE_MAX);
	struct device *device = find(registry, 0, "pump-1", NULL, true);
	struct life life = lived();

	life.displaced = (struct recent){{life.heard_ns}, 1};
	assert_true(rests(device, &life));
	life = lived();
	assert_false(rests(device, &life));
	registry_free(registry);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_device_is_only_made_when_asked_for),
		cmocka_unit_test(test_a_hundred_thousand_devices_are_found_again_where_they_were),
		cmocka_unit_test(test_hub_device_and_module_each_make_another_device),
		cmocka_unit_test(test_where_an_id_ends_and_a_module_begins_counts),
		cmocka_unit_test(test_ids_are_kept_verbatim),
		cmocka_unit_test(test_the_longest_ids_are_kept),
		cmocka_unit_test(test_an_id_that_just_fits_the_entry_is_kept),
		cmocka_unit_test(test_a_hub_is_one_in_whatever_case),
		cmocka_unit_test(test_records_without_a_hub_share_one_without_a_name),
		cmocka_unit_test(test_more_hubs_than_fit_are_refused),
		cmocka_unit_test(test_so_is_a_hub_with_too_long_a_name),
		cmocka_unit_test(test_a_full_registry_refuses_and_still_finds),
		cmocka_unit_test(test_an_sdk_is_named_without_its_machine),
		cmocka_unit_test(test_a_device_never_at_rest_wakes_to_a_new_life),
		cmocka_unit_test(test_a_quiet_life_rests_in_the_entry_and_wakes_the_same),
		cmocka_unit_test(test_a_life_that_was_never_expelled_rests_too),
		cmocka_unit_test(test_what_does_not_fit_the_entry_is_kept_beside_it),
		cmocka_unit_test(test_habits_are_dropped_when_they_fit_again),
	};

	return RUN(tests);
}
