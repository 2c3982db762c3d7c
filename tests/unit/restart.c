/* A state that was stored bit by bit is what the engine was, whatever numbers
 * things have had in its runs. */
#include "rules.h"

#include "../../daemon/core/engine_parts.h"
#include "../../daemon/core/snapshot.h"

enum { ROWS_MAX = 1000, KEY_BYTES = 64, VALUE_BYTES = 8192 };

/* As a database keeps them: in the order of kinds and keys. */
static struct row {
	enum row_kind kind;
	size_t key_size, value_size;
	char key[KEY_BYTES], value[VALUE_BYTES];
} *rows;

static size_t row_count;
static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static struct moment now;

static int compare(enum row_kind kind, struct span key, const struct row *row)
{
	int r = memcmp(key.data, row->key, key.size < row->key_size ? key.size : row->key_size);

	return kind != row->kind ? (kind < row->kind ? -1 : 1) : r ? r : (int)key.size - (int)row->key_size;
}

static void put(void *owner, enum row_kind kind, struct span key, struct span value)
{
	size_t at = 0;
	int r = -1;

	(void)owner;
	while (at < row_count && (r = compare(kind, key, &rows[at])) > 0)
		at++;
	if (at < row_count && r == 0)
		memmove(&rows[at], &rows[at + 1], (--row_count - at) * sizeof *rows);
	if (value.size == 0)
		return;
	assert_true(row_count < ROWS_MAX && key.size <= KEY_BYTES && value.size <= VALUE_BYTES);
	memmove(&rows[at + 1], &rows[at], (row_count++ - at) * sizeof *rows);
	rows[at] = (struct row){.kind = kind, .key_size = key.size, .value_size = value.size};
	memcpy(rows[at].key, key.data, key.size);
	memcpy(rows[at].value, value.data, value.size);
}

static int begin(void **state)
{
	(void)state;
	rules = shipped_rules();
	settings_default(&settings);
	now = (struct moment){moment("2026-03-02T10:00:00Z"), 0};
	rows = calloc(ROWS_MAX, sizeof *rows);
	assert_non_null(rows);
	row_count = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(rows);
	ruleset_free(rules);
	return 0;
}

static void pass(struct engine *engine, enum input_type type, uint16_t stream, const char *text)
{
	struct output output;

	now.wall_ns += STAMP_SECOND;
	now.mono_ns += STAMP_SECOND;
	engine_step(engine, &(struct input){.type = type, .now = now, .stream = stream, .bytes = span_of(text)},
		    &output);
}

/* Its sources have names of one letter. */
static struct engine *start(const char *sources)
{
	struct engine *engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);

	assert_non_null(engine);
	for (uint16_t i = 0; sources[i]; i++)
		assert_true(engine_source(engine, (char[]){sources[i], '\0'}, 0) && engine_stream(engine, i));
	for (size_t i = 0; i < row_count; i++)
		assert_true(engine_load(engine, rows[i].kind, (struct span){rows[i].key, rows[i].key_size},
					(struct span){rows[i].value, rows[i].value_size}));
	engine_loaded(engine);
	return engine;
}

static void stop(struct engine *take_engine)
{
	assert_true(engine_save(take_engine, put, NULL));
	engine_free(take_engine);
}

static void report(struct engine *engine, uint16_t stream, const char *hub, const char *device, const char *more)
{
	char text[1024], stamp[STAMP_TEXT];

	snprintf(text, sizeof text,
		 "{\"time\":\"%s\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/%s\",\"operationName\":"
		 "\"deviceConnect\",\"category\":\"Connections\",%s}}\n", stamp_format(now.wall_ns, stamp), hub, more);
	snprintf(strchr(text, '\n') - 2, 100, ",\"deviceId\":\"%s\"}}\n", device);
	pass(engine, INPUT_BYTES, stream, text);
}

static void refuse(struct engine *engine, uint16_t stream, const char *hub, const char *device)
{
	report(engine, stream, hub, device, 
	       "\"resultType\":\"401003\",\"properties\":{\"errorMessage\":\"Authorization header missing\"");
}

static const struct watch *watch_of(const struct engine *engine, const char *device)
{
	for (const struct watch *watch = engine->watches; watch; watch = watch->next)
		if (span_equal(device_id(watch->device), span_of(device)))
			return watch;
	fail_msg("%s is not watched", device);
	return NULL;
}

static const char *source_of(const struct engine *engine, const char *device)
{
	return engine->sources[watch_of(engine, device)->source].name;
}

static void test_a_source_that_goes_and_comes_again_is_one(void **state)
{
	struct engine *engine = start("ab");

	pass(engine, INPUT_CAUGHT_UP, 0, "");
	refuse(engine, 1, "plant", "old");
	engine_source_end(engine, 1);
	assert_true(engine_source(engine, "b", 0) && engine_stream(engine, 2));
	refuse(engine, 2, "plant", "new");
	stop(engine);
	engine = start("ab");
	assert_string_equal(source_of(engine, "old"), "b");
	assert_string_equal(source_of(engine, "new"), "b");
	engine_free(engine);
}

static void test_devices_stay_with_their_sources_whatever_number_those_have(void **state)
{
	struct engine *engine = start("ab");

	pass(engine, INPUT_CAUGHT_UP, 0, "");
	refuse(engine, 0, "plant", "pump-a");
	refuse(engine, 1, "plant", "pump-b");
	stop(engine);
	stop(start("cb")); /* it has read nothing yet */
	stop(start("b"));
	engine = start("abc");
	assert_string_equal(source_of(engine, "pump-b"), "b");
	engine_free(engine);
}

static void test_the_time_of_a_source_is_not_that_of_an_older_one(void **state)
{
	struct engine *engine = start("ab");
	int64_t watermark_ns;

	pass(engine, INPUT_CAUGHT_UP, 0, "");
	refuse(engine, 1, "plant", "pump");
	stop(engine);
	engine = start("b");
	pass(engine, INPUT_CAUGHT_UP, 0, "");
	refuse(engine, 0, "plant", "pump");
	watermark_ns = engine->sources[0].watermark_ns;
	stop(engine);
	engine = start("b");
	assert_int_equal(engine->sources[0].watermark_ns, watermark_ns);
	assert_int_equal(engine->sources[0].lags.noted, 2);
	engine_free(engine);
}

/* Devices of one hub that fail alike. */
static void refuse_many(struct engine *engine, const char *hub)
{
	for (char i = '0'; i < '3'; i++)
		refuse(engine, 0, hub, (char[]){hub[0], i, '\0'});
}

static size_t fleets_of(const struct engine *engine)
{
	size_t count = 0;

	for (const struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		count++;
	return count;
}

/* These hubs have fleets, each of its three devices; NULL: one less. */
static void expect_fleets(const struct engine *engine, const char *first, const char *second, const char *third)
{
	const char *hubs[] = {first, second, third};

	assert_int_equal(fleets_of(engine), second ? 3 : 2);
	for (int i = 0; i < 3; i++)
		for (char n = '0'; hubs[i] && n < '3'; n++) {
			const struct watch *watch = watch_of(engine, (char[]){hubs[i][0], n, '\0'});
			const struct fleet *fleet = watch->told[SCOPE_CONNECTION].fleet;

			assert_non_null(fleet);
			assert_string_equal(registry_hub_at(engine->registry, fleet->hub)->name, hubs[i]);
			assert_int_equal(fleet->members, 3);
		}
}

/* After a crash: what was stored is all that there is. */
static void test_devices_stay_with_their_fleets_whatever_number_those_have(void **state)
{
	const char *hubs[] = {"north", "south", "west"};
	struct engine *engine = start("a");

	settings.value[SETTING_FLEET_LEAST] = settings.value[SETTING_FLEET_ENOUGH] = 3;
	pass(engine, INPUT_CAUGHT_UP, 0, "");
	for (int i = 0; i < 3; i++) {
		refuse_many(engine, hubs[i]);
		assert_true(engine_save(engine, put, NULL));
	}
	engine_free(engine);
	engine = start("a");
	expect_fleets(engine, "north", "south", "west");
	pass(engine, INPUT_CAUGHT_UP, 0, "");
	for (char n = '0'; n < '3'; n++)
		report(engine, 0, "south", (char[]){'s', n, '\0'}, "\"properties\":{\"a\":1");
	assert_true(engine_save(engine, put, NULL));
	now.wall_ns += 3600 * STAMP_SECOND;
	now.mono_ns += 3600 * STAMP_SECOND;
	pass(engine, INPUT_TICK, 0, "");
	expect_fleets(engine, "north", NULL, "west");
	assert_true(engine_save(engine, put, NULL));
	refuse_many(engine, "east");
	assert_true(engine_save(engine, put, NULL));
	engine_free(engine);
	engine = start("a");
	expect_fleets(engine, "north", "east", "west");
	engine_free(engine);
}

static void test_devices_keep_their_sdks_however_many_there_are(void **state)
{
	struct engine *engine = start("a");
	char name[16], text[200];

	pass(engine, INPUT_CAUGHT_UP, 0, "");
	for (int i = 1; i <= 300; i++) {
		snprintf(name, sizeof name, "d%d", i);
		snprintf(text, sizeof text, "\"properties\":{\"sdkVersion\":\"sdk/%d\"", i);
		report(engine, 0, "plant", name, text);
	}
	now.wall_ns += STAMP_DAY;
	now.mono_ns += STAMP_DAY;
	pass(engine, INPUT_TICK, 0, "");
	stop(engine);
	stop(start("a"));
	engine = start("a");
	assert_int_equal(registry_devices(engine->registry), 300);
	for (size_t i = 0; i < 300; i++) {
		const struct device *device = registry_at(engine->registry, i);

		snprintf(name, sizeof name, "%.*s", (int)device_id(device).size, device_id(device).data);
		snprintf(text, sizeof text, "sdk/%s", name + 1);
		assert_string_equal(registry_sdk_name(engine->registry, device->sdk), text);
	}
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_source_that_goes_and_comes_again_is_one, begin, end),
		cmocka_unit_test_setup_teardown(test_devices_stay_with_their_sources_whatever_number_those_have, begin,
						end),
		cmocka_unit_test_setup_teardown(test_the_time_of_a_source_is_not_that_of_an_older_one, begin, end),
		cmocka_unit_test_setup_teardown(test_devices_stay_with_their_fleets_whatever_number_those_have, begin,
						end),
		cmocka_unit_test_setup_teardown(test_devices_keep_their_sdks_however_many_there_are, begin, end),
	};

	return RUN(tests);
}
