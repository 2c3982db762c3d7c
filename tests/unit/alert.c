#include "unit.h"

#include "../../daemon/core/basic/hash.h"
#include "../../daemon/core/tell/alert.h"

/* Receivers pair alerts by it: it may never change. */
static void test_an_id_is_what_it_always_was(void **state)
{
	char id[ALERT_ID];

	alert_id("fleethub", SPAN("dev-000001"), (struct span){NULL, 0}, "token-expiry",
		 moment("2026-11-01T00:08:37.5857655Z"), id);
	assert_string_equal(id, "4ef785dcd1655029");
}

static void test_names_of_any_length_have_one(void **state)
{
	static char name[700];
	const int64_t opened_ns = 5;

	memset(name, 'x', sizeof name - 1);
	for (size_t device = 1; device < 600; device += 17)
		for (size_t module = 0; module < 400; module += 31) {
			char id[ALERT_ID], expected[ALERT_ID];
			struct hash hash;

			hash_begin(&hash, 0, 0);
			hash_add(&hash, name, sizeof name);
			hash_add(&hash, name, device);
			hash_add(&hash, "", 1);
			hash_add(&hash, name, module);
			hash_add(&hash, "", 1);
			hash_add(&hash, "recovered", sizeof "recovered");
			hash_add(&hash, &opened_ns, sizeof opened_ns);
			snprintf(expected, sizeof expected, "%016llx", (unsigned long long)hash_end(&hash));
			alert_id(name, (struct span){name, device}, (struct span){name, module}, "recovered", opened_ns,
				 id);
			assert_string_equal(id, expected);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_id_is_what_it_always_was),
		cmocka_unit_test(test_names_of_any_length_have_one),
	};

	return RUN(tests);
}
