/* What the engine says of itself. */
#include "rules.h"

#include "../../daemon/core/engine.h"

#define RECORD \
	"{\"time\":\"2026-03-02T10:00:00Z\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\"," \
	"\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\",\"resultType\":\"401003\"," \
	"\"properties\":{\"deviceId\":\"pump-1\",\"errorMessage\":\"%s\"}}\n"
#define BOMB \
	"{\"schema\": \"lapsed.rules/1\", \"reasons\": [{\"id\": \"bomb\", \"title\": \"t\", \"remedy\": \"r\", " \
	"\"pattern\": \"(a+)+$\", \"samples\": {\"match\": [\"aaa\"], \"differ\": [\"b\"]}}]}"

static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static struct moment now;
static struct engine *engine;

static int begin(void **state)
{
	struct fault fault;

	(void)state;
	settings_default(&settings);
	now = (struct moment){.wall_ns = moment("2026-03-02T10:00:01Z"), .mono_ns = STAMP_SECOND};
	rules = ruleset_new();
	add_shipped(rules);
	assert_int_equal(ruleset_add(rules, "bomb.json", span_of(BOMB), &fault), 0);
	assert_int_equal(ruleset_compile(rules, &fault), 0);
	engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);
	assert_true(engine && engine_source(engine, "log", 0) && engine_stream(engine, 0));
	return 0;
}

static int end(void **state)
{
	(void)state;
	engine_free(engine);
	ruleset_free(rules);
	return 0;
}

/* Returns how many words about a limit that brought, which all name the reason. */
static int limits_told(const char *message)
{
	struct output output;
	char text[1024];
	int told = 0;

	snprintf(text, sizeof text, RECORD, message);
	engine_step(engine, &(struct input){.type = INPUT_BYTES, .now = now, .bytes = span_of(text)}, &output);
	for (size_t i = 0; i < output.count; i++)
		if (output.notices[i].kind == NOTICE_LIMIT) {
			assert_non_null(strstr(output.notices[i].sentence, "\"bomb\""));
			told++;
		}
	return told;
}

static void test_a_pattern_that_is_given_up_is_told_once_and_counted(void **state)
{
	static const char bomb[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
	struct engine_status status;

	assert_int_equal(limits_told("Unauthorized"), 0);
	assert_int_equal(limits_told(bomb), 1);
	assert_int_equal(limits_told(bomb), 0);
	engine_status(engine, &status);
	assert_int_equal(status.counts.limited, 2);
}

static void test_it_is_told_again_when_the_rules_have_been_read_again(void **state)
{
	assert_int_equal(limits_told("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"), 1);
	engine_adopt(engine, rules, &settings, &nobody, &nobody);
	assert_int_equal(limits_told("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad"), 1);
}

/* What a tick so many seconds after the start says of the silence of sources; returns after how many seconds the
 * next is due. */
static int64_t ticks(int64_t after_s, const char *expected)
{
	const struct moment then = {now.wall_ns + after_s * STAMP_SECOND, now.mono_ns + after_s * STAMP_SECOND};
	struct output output;
	char told[400] = "";

	engine_step(engine, &(struct input){.type = INPUT_TICK, .now = then}, &output);
	for (size_t i = 0; i < output.count; i++)
		if (output.notices[i].kind == NOTICE_STALLED)
			snprintf(told + strlen(told), sizeof told - strlen(told), "%s: %.30s\n",
				 state_names[output.notices[i].state], output.notices[i].sentence);
	assert_string_equal(told, expected);
	return output.wait_ns / STAMP_SECOND;
}

static void test_a_source_that_has_ended_is_not_told_as_silent(void **state)
{
	struct output output;

	assert_true(engine_source(engine, "other", 0));
	engine_step(engine, &(struct input){.type = INPUT_CAUGHT_UP, .now = now}, &output);
	engine_source_end(engine, 0);
	assert_int_equal(ticks(3599, ""), 1);
	assert_true(ticks(3600, "raised: nothing came from other for 1 \n") > 1);
	engine_source_end(engine, 1);
	assert_true(ticks(3601, "cleared: other is no longer followed\n") > 1);
	ticks(9000, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_pattern_that_is_given_up_is_told_once_and_counted, begin, end),
		cmocka_unit_test_setup_teardown(test_it_is_told_again_when_the_rules_have_been_read_again, begin, end),
		cmocka_unit_test_setup_teardown(test_a_source_that_has_ended_is_not_told_as_silent, begin, end),
	};

	return RUN(tests);
}
