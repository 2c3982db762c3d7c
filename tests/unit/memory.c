/* Memory that runs out at any one place: neither engine nor survey fails, and a
 * device in trouble is told of, or counted as not judged. */
#include "rules.h"

#include "../../daemon/core/engine.h"
#include "../../daemon/core/snapshot.h"
#include "../../daemon/core/survey.h"

enum { DEVICES = 12 };

static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static long left = -1; /* allocations that are still granted; -1: all */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

/* Only one is refused. */
static bool refuse(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	return refuse() ? NULL : __real_realloc(block, size);
}

static int begin(void **state)
{
	(void)state;
	settings_default(&settings);
	settings.value[SETTING_FLEET_LEAST] = 1000; /* each is told of by itself */
	rules = shipped_rules();
	return 0;
}

static int end(void **state)
{
	(void)state;
	ruleset_free(rules);
	return 0;
}

static void step(struct engine *engine, const struct input *input, bool told[DEVICES])
{
	struct output output;

	engine_step(engine, input, &output);
	for (size_t i = 0; i < output.count; i++) {
		const struct notice *notice = &output.notices[i];

		if (notice->kind == NOTICE_ALERT && notice->state == STATE_RAISED)
			told[notice->device.data[0] - 'a'] = true;
		/* All that failed by then, and those that follow. */
		if (notice->kind == NOTICE_FLEET && notice->state == STATE_RAISED)
			memset(told, true, DEVICES * sizeof *told);
	}
}

static struct span expulsion(int device, char text[400])
{
	snprintf(text, 400,
		 "{\"time\":\"2026-03-02T10:00:%02dZ\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\","
		 "\"operationName\":\"deviceDisconnect\",\"category\":\"Connections\",\"level\":\"Error\","
		 "\"resultType\":\"401003\",\"properties\":{\"deviceId\":\"%c\"}}\n", device, 'a' + device);
	return span_of(text);
}

static struct span refusal(int device, char text[400])
{
	snprintf(text, 400,
		 "{\"time\":\"2026-03-02T10:00:%02dZ\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\","
		 "\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"resultType\":\"401003\","
		 "\"properties\":{\"deviceId\":\"%c\",\"errorMessage\":\"Authorization header missing\"}}\n",
		 device, 'a' + device);
	return span_of(text);
}

/* Devices of which such a record is read, and nothing more; what is known of them
 * when the ticks have passed. Returns false once no allocation was refused any more. */
static bool play(long granted, struct span (*record)(int device, char text[400]), int ticks, int64_t tick_ns)
{
	struct moment now = {.wall_ns = moment("2026-03-02T10:00:30Z"), .mono_ns = STAMP_SECOND};
	struct engine *engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);
	struct engine_status status;
	bool told[DEVICES] = {false}, refused;
	uint64_t untold = 0;

	assert_true(engine && engine_source(engine, "log", 0) && engine_source(engine, "other", 0) &&
		    engine_stream(engine, 0) && engine_stream(engine, 1));
	step(engine, &(struct input){.type = INPUT_CAUGHT_UP, .now = now}, told);
	left = granted;
	for (int i = 0; i < DEVICES; i++) {
		char text[400];
		struct span bytes = record(i, text);

		step(engine, &(struct input){.type = INPUT_BYTES, .now = now, .stream = 1, .bytes = bytes}, told);
	}
	for (int i = 0; i < ticks; i++) {
		now.wall_ns += tick_ns;
		now.mono_ns += tick_ns;
		step(engine, &(struct input){.type = INPUT_TICK, .now = now}, told);
	}
	refused = left < 0;
	left = -1;
	engine_status(engine, &status);
	for (int i = 0; i < DEVICES; i++)
		untold += !told[i];
	/* A record may have been lost to malformed, too. */
	if (untold > status.unjudged + status.counts.malformed + (status.counts.events < DEVICES))
		fail_msg("allocation %ld: %d of %d devices are not told of, and %d are counted", granted, (int)untold, DEVICES,
			 (int)status.unjudged);
	engine_free(engine);
	return refused;
}

static void test_a_device_is_told_of_or_counted_whatever_memory_is_refused(void **state)
{
	long granted = 0;

	while (play(granted, expulsion, 48, 3600 * STAMP_SECOND))
		granted++;
	assert_true(granted > 20);
}

/* As where the machine was asleep: then it has expired. */
static void test_an_alert_that_there_was_no_memory_for_is_told_though_it_is_over(void **state)
{
	long granted = 0;

	while (play(granted, refusal, 1, 9 * STAMP_DAY))
		granted++;
	assert_true(granted > 20);
}

/* Five, for there is room for four notices in a step at first. */
static void test_devices_that_fail_alike_are_told_of_one_by_one_if_not_as_one(void **state)
{
	long granted = 0;

	settings.value[SETTING_FLEET_LEAST] = settings.value[SETTING_FLEET_ENOUGH] = 5;
	while (play(granted, refusal, 1, 9 * STAMP_DAY))
		granted++;
	assert_true(granted > 20);
	settings.value[SETTING_FLEET_LEAST] = 1000;
}

struct stored {
	bool kinds[ROW_COUNT], devices[DEVICES];
};

static void note_row(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct stored *stored = owner;

	stored->kinds[kind] = true;
	if (kind == ROW_DEVICE)
		stored->devices[key.data[key.size - 1] - 'a'] = true;
}

/* The same devices, and what of them is given to be stored. Returns false once no
 * allocation was refused. */
static bool save_them(long granted)
{
	struct moment now = {.wall_ns = moment("2026-03-02T10:00:30Z"), .mono_ns = STAMP_SECOND};
	struct engine *engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);
	struct stored stored;
	bool told[DEVICES], refused, whole;
	struct engine_status status;
	size_t count = 0;

	assert_true(engine && engine_source(engine, "log", 0) && engine_stream(engine, 0));
	step(engine, &(struct input){.type = INPUT_CAUGHT_UP, .now = now}, told);
	assert_true(engine_save(engine, note_row, &stored));
	stored = (struct stored){{false}, {false}};
	left = granted;
	for (int i = 0; i < DEVICES; i++) {
		char text[400];

		step(engine, &(struct input){.type = INPUT_BYTES, .now = now, .bytes = expulsion(i, text)}, told);
	}
	whole = engine_save(engine, note_row, &stored);
	refused = left < 0;
	left = -1;
	if (!whole) {
		stored = (struct stored){{false}, {false}};
		engine_save_again(engine);
		assert_true(engine_save(engine, note_row, &stored));
	}
	engine_status(engine, &status);
	for (int i = 0; i < DEVICES; i++)
		count += stored.devices[i];
	if (!stored.kinds[ROW_SOURCE] || !stored.kinds[ROW_ENGINE] || count + status.unjudged < status.devices)
		fail_msg("allocation %ld: %zu of %zu devices were given, or not all of the rest", granted,
			 count, status.devices);
	engine_free(engine);
	return refused;
}

static void test_what_is_given_to_be_stored_is_whole_whatever_memory_is_refused(void **state)
{
	long granted = 0;

	while (save_them(granted))
		granted++;
	assert_true(granted > 20);
}

/* The same devices in a log. Returns false once no allocation was refused. */
static bool survey_them(long granted)
{
	struct survey *survey;
	bool refused, opened;
	size_t found = 0;

	left = granted;
	survey = survey_new(rules, &settings, &nobody, 1);
	opened = survey && survey_source(survey, "log");
	if (opened) {
		for (int i = 0; i < DEVICES; i++) {
			char text[400];

			survey_feed(survey, expulsion(i, text));
		}
		survey_source_end(survey);
		survey_close(survey);
	}
	/* As explain does, which judges each device by itself. */
	for (size_t i = 0; opened && i < survey_devices(survey); i++) {
		struct finding_of_device finding;

		survey_judge(survey, i, &settings, NULL, &finding);
		found += finding.episode_count;
	}
	refused = left < 0;
	left = -1;
	if (opened && !survey_lacked_memory(survey) &&
	    found + survey_unjudged(survey) + survey_counts(survey)->malformed < DEVICES)
		fail_msg("allocation %ld: %zu of %d devices were found", granted, found, DEVICES);
	survey_free(survey);
	return refused;
}

static void test_a_device_is_found_or_counted_whatever_memory_is_refused(void **state)
{
	long granted = 0;

	while (survey_them(granted))
		granted++;
	assert_true(granted > 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_device_is_told_of_or_counted_whatever_memory_is_refused),
		cmocka_unit_test(test_an_alert_that_there_was_no_memory_for_is_told_though_it_is_over),
		cmocka_unit_test(test_devices_that_fail_alike_are_told_of_one_by_one_if_not_as_one),
		cmocka_unit_test(test_what_is_given_to_be_stored_is_whole_whatever_memory_is_refused),
		cmocka_unit_test(test_a_device_is_found_or_counted_whatever_memory_is_refused),
	};

	return (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, begin, end));
}
