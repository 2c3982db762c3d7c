/* A row of the state that is damaged is left out, whole. */
#include "rules.h"

#include "../../daemon/core/snapshot.h"

#define RECORD \
	"{\"time\":\"2026-03-02T10:00:00Z\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\"," \
	"\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\",\"resultType\":\"401003\"," \
	"\"properties\":\"{\\\"deviceId\\\":\\\"pump-1\\\",\\\"errorMessage\\\":\\\"Thumbprint does not match " \
	"configuration: Thumbprint: SHA1Hash=0A1B, SHA2Hash=2C3D; Configuration: PrimaryThumbprint=4E5F, " \
	"SecondaryThumbprint=6071\\\"}\"}\n"

enum { ROWS_MAX = 100, ROW_BYTES = 8192 };

static struct row {
	enum row_kind kind;
	char key[64], value[ROW_BYTES];
	size_t key_size, value_size;
} rows[ROWS_MAX];

static size_t row_count;
static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static struct moment now;

static void put(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct row *row = &rows[row_count++];

	(void)owner;
	assert_true(row_count <= ROWS_MAX && key.size <= sizeof row->key && value.size <= sizeof row->value);
	*row = (struct row){.kind = kind, .key_size = key.size, .value_size = value.size};
	memcpy(row->key, key.data, key.size);
	memcpy(row->value, value.data, value.size);
}

static struct engine *begin(void)
{
	struct engine *engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);

	assert_true(engine && engine_source(engine, "log", 0) && engine_stream(engine, 0));
	return engine;
}

static void step(struct engine *engine, enum input_type type, const char *text)
{
	struct output output;

	engine_step(engine, &(struct input){.type = type, .now = now, .bytes = span_of(text)}, &output);
}

/* An engine in which one alert stands, as rows. */
static int save(void **state)
{
	struct engine *engine;
	struct fault fault;

	(void)state;
	rules = ruleset_new();
	add_shipped(rules);
	assert_int_equal(ruleset_compile(rules, &fault), 0);
	settings_default(&settings);
	now = (struct moment){.wall_ns = moment("2026-03-02T10:00:01Z"), .mono_ns = STAMP_SECOND};
	engine = begin();
	step(engine, INPUT_CAUGHT_UP, "");
	step(engine, INPUT_BYTES, RECORD);
	engine_save(engine, put, NULL);
	engine_free(engine);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	ruleset_free(rules);
	return 0;
}

/* Loads all, of the device only so many bytes; then time passes. */
static struct engine_status load(size_t device_bytes)
{
	struct engine *engine = begin();
	struct engine_status status;

	for (int kind = 0; kind < ROW_COUNT; kind++)
		for (size_t i = 0; i < row_count; i++) {
			const struct row *row = &rows[i];
			size_t size = row->kind == ROW_DEVICE && device_bytes < row->value_size ? device_bytes
												: row->value_size;
			char *value = malloc(size + 1); /* so that a checker sees whoever reads beyond it */

			memcpy(value, row->value, size);
			if ((int)row->kind == kind)
				assert_int_equal(engine_load(engine, row->kind, (struct span){row->key, row->key_size},
							     (struct span){value, size}),
						 size == row->value_size);
			free(value);
		}
	engine_loaded(engine);
	step(engine, INPUT_CAUGHT_UP, "");
	engine_status(engine, &status);
	now.wall_ns += STAMP_DAY;
	now.mono_ns += STAMP_DAY;
	step(engine, INPUT_TICK, "");
	engine_free(engine);
	return status;
}

static void test_a_whole_row_brings_its_alert_back(void **state)
{
	struct engine_status status = load(SIZE_MAX);

	assert_int_equal(status.devices, 1);
	assert_int_equal(status.watched, 1);
	assert_int_equal(status.alerts, 1);
}

static void test_of_half_a_row_nothing_is_watched(void **state)
{
	size_t size = 0;

	for (size_t i = 0; i < row_count; i++)
		if (rows[i].kind == ROW_DEVICE)
			size = rows[i].value_size;
	assert_true(size > 100);
	for (size_t bytes = 0; bytes < size; bytes++) {
		struct engine_status status = load(bytes);

		assert_int_equal(status.watched, 0);
		assert_int_equal(status.alerts, 0);
	}
}

static void put_hub(void *owner, enum row_kind kind, struct span key, struct span value)
{
	(void)key;
	if (kind == ROW_HUB)
		*(size_t *)owner = value.size;
}

/* It is stored with every commit. */
static void test_a_hub_that_is_in_trouble_for_years_does_not_grow(void **state)
{
	struct engine *engine = begin();
	size_t bytes = 0;

	step(engine, INPUT_CAUGHT_UP, "");
	for (int i = 0; i < 5000; i++) {
		char text[512], stamp[STAMP_TEXT];

		now.wall_ns += 3600 * STAMP_SECOND;
		snprintf(text, sizeof text,
			 "{\"time\":\"%s\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\",\"operationName\":"
			 "\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\",\"resultType\":\"500001\","
			 "\"properties\":{\"deviceId\":\"pump-1\"}}\n", stamp_format(now.wall_ns, stamp));
		step(engine, INPUT_BYTES, text);
	}
	engine_save(engine, put_hub, &bytes);
	assert_in_range(bytes, 100 * sizeof(struct trouble), 1025 * sizeof(struct trouble));
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_row_brings_its_alert_back),
		cmocka_unit_test(test_of_half_a_row_nothing_is_watched),
		cmocka_unit_test(test_a_hub_that_is_in_trouble_for_years_does_not_grow),
	};

	return (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, save, forget));
}
