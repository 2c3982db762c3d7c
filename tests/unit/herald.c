/* What is told of episodes: each once, in words that are true of it. */
#include "rules.h"

#include "../../daemon/core/engine.h"

#define DENIED "Authorization rule 'fleet' does not allow access for 'PLANT/devices/p'"

static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static struct engine *engine;
static int64_t begin_ns;
static char told[4096]; /* all alerts in brief, a line each */
static const char *device, *message;
static int64_t ahead_ns; /* of the wall clock */

static int begin(void **state)
{
	(void)state;
	begin_ns = moment("2026-03-02T10:00:00Z");
	settings_default(&settings);
	rules = shipped_rules();
	engine = engine_new(rules, &settings, &nobody, &nobody, 1, (struct moment){begin_ns, 0});
	assert_true(engine && engine_source(engine, "log", 0) && engine_stream(engine, 0));
	told[0] = '\0';
	device = "p";
	message = DENIED;
	ahead_ns = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	engine_free(engine);
	ruleset_free(rules);
	return 0;
}

static void step(enum input_type type, int second, const char *text)
{
	const struct moment now = {begin_ns + second * STAMP_SECOND + ahead_ns, second * STAMP_SECOND};
	struct output output;

	engine_step(engine, &(struct input){.type = type, .now = now, .bytes = span_of(text)}, &output);
	for (size_t i = 0; i < output.count; i++)
		if (output.notices[i].kind == NOTICE_ALERT || output.notices[i].kind == NOTICE_FLEET)
			snprintf(told + strlen(told), sizeof told - strlen(told), "%s %s\n",
				 state_names[output.notices[i].state], output.notices[i].sentence);
}

/* A record of the device so many seconds after the begin; code 0: none. */
static const char *record(int second, const char *operation, int code, char text[1024])
{
	char stamp[STAMP_TEXT], result[40] = "";

	if (code)
		snprintf(result, sizeof result, "\"resultType\":\"%d\",", code);
	snprintf(text, 1024,
		 "{\"time\":\"%s\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\",\"operationName\":\"%s\","
		 "\"category\":\"Connections\",%s\"properties\":{\"deviceId\":\"%s\",\"errorMessage\":\"%s\"}}\n",
		 stamp_format(begin_ns + second * STAMP_SECOND, stamp), operation, result, device, message);
	return text;
}

static void feed(int second, const char *operation, int code)
{
	char text[1024];

	step(INPUT_BYTES, second, record(second, operation, code, text));
}

/* The second trouble begins before the end of the first is firm. */
static void test_an_alert_is_told_once_and_its_end_is_its_own(void **state)
{
	step(INPUT_CAUGHT_UP, 0, "");
	feed(0, "deviceConnect", 0);
	feed(1000, "deviceDisconnect", 401003);
	feed(1060, "deviceConnect", 0);
	feed(1430, "deviceDisconnect", 401003);
	feed(1500, "deviceConnect", 0);
	for (int second = 1600; second < 9000; second += 200)
		step(INPUT_TICK, second, "");
	assert_string_equal(
		told,
		"raised the access policy lacks the permission; 1 expulsion, not back\n"
		"cleared over: the device is connected again and settled (the access policy lacks the permission)\n"
		"raised the access policy lacks the permission; 1 expulsion, not back\n"
		"cleared over: the device is connected again and settled (the access policy lacks the permission)\n");
}

static void test_a_failure_that_is_read_at_once_with_its_end_is_told(void **state)
{
	char text[3 * 1024], one[1024];

	step(INPUT_CAUGHT_UP, 0, "");
	snprintf(text, sizeof text, "%s", record(0, "deviceConnect", 0, one));
	snprintf(text + strlen(text), sizeof text - strlen(text), "%s", record(1000, "deviceDisconnect", 401003, one));
	snprintf(text + strlen(text), sizeof text - strlen(text), "%s", record(1060, "deviceConnect", 0, one));
	snprintf(text + strlen(text), sizeof text - strlen(text), "%s", record(1500, "deviceConnect", 0, one));
	step(INPUT_BYTES, 1501, text);
	for (int second = 1600; second < 9000; second += 200)
		step(INPUT_TICK, second, "");
	assert_string_equal(
		told,
		"raised the access policy lacks the permission; 1 expulsion\n"
		"cleared over: the device is connected again and settled (the access policy lacks the permission)\n");
}

static void test_a_fleet_of_which_all_are_back_is_over_whatever_became_of_each(void **state)
{
	settings.value[SETTING_FLEET_LEAST] = settings.value[SETTING_FLEET_ENOUGH] = 2;
	message = "";
	step(INPUT_CAUGHT_UP, 0, "");
	for (int i = 0; i < 2; i++) {
		device = i ? "p" : "q";
		feed(0, "deviceConnect", 0);
		feed(1000, "deviceDisconnect", 401003);
	}
	step(INPUT_TICK, 2000, "");
	assert_string_equal(told, "raised 2 devices of hub plant fail alike within 0 s; look at the hub, not at the devices\n");
	told[0] = '\0';
	/* Late, so that it was not so. */
	for (int i = 0; i < 2; i++) {
		device = i ? "p" : "q";
		feed(1010, "deviceConnect", 0);
	}
	assert_string_equal(told, "cleared over: of the 2 devices that failed alike none is left\n");
}

/* Every minute; if one is awake, it says so. */
static void pass(int from, int until, bool awake)
{
	for (int second = from; second < until; second += 60) {
		device = "awake";
		if (awake)
			feed(second, "deviceConnect", 0);
		step(INPUT_TICK, second, "");
	}
	device = "p";
}

/* An expulsion that calls for a return. */
static void expel(int second)
{
	message = "";
	step(INPUT_CAUGHT_UP, 0, "");
	feed(0, "deviceConnect", 0);
	feed(second, "deviceDisconnect", 401003);
}

#define AWAY "raised the token lapsed and the device stayed away; 1 expulsion, not back\n"

static void test_a_clock_that_goes_forward_makes_nobody_late(void **state)
{
	expel(1000);
	ahead_ns = STAMP_DAY;
	step(INPUT_TICK, 1010, "");
	feed(1060, "deviceConnect", 0);
	pass(1070, 5000, false);
	assert_string_equal(told, "");
	feed(5000, "deviceDisconnect", 401003);
	pass(5010, 7000, true);
	assert_string_equal(told, AWAY);
}

static void test_a_clock_that_goes_back_keeps_no_deadline_waiting(void **state)
{
	expel(1000);
	ahead_ns = -3600 * STAMP_SECOND;
	pass(1010, 2500, false);
	assert_string_equal(told, AWAY);
}

static void test_and_makes_nobody_late_either(void **state)
{
	expel(1000);
	step(INPUT_TICK, 1010, "");
	ahead_ns = -3600 * STAMP_SECOND;
	device = "awake";
	feed(1050, "deviceConnect", 0);
	device = "p";
	feed(1060, "deviceConnect", 0);
	pass(1070, 5000, false);
	assert_string_equal(told, "");
}

static void test_it_keeps_none_waiting_if_records_go_on_either(void **state)
{
	expel(1000);
	ahead_ns = -3600 * STAMP_SECOND;
	pass(1010, 2500, true);
	assert_string_equal(told, AWAY);
}

static void test_a_clock_that_is_set_right_again_is_as_before(void **state)
{
	step(INPUT_CAUGHT_UP, 0, "");
	message = "";
	feed(0, "deviceConnect", 0);
	ahead_ns = STAMP_DAY;
	pass(10, 1000, true);
	ahead_ns = 0;
	feed(1000, "deviceDisconnect", 401003);
	pass(1010, 2500, false);
	assert_string_equal(told, AWAY);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_alert_is_told_once_and_its_end_is_its_own, begin, end),
		cmocka_unit_test_setup_teardown(test_a_failure_that_is_read_at_once_with_its_end_is_told, begin, end),
		cmocka_unit_test_setup_teardown(test_a_fleet_of_which_all_are_back_is_over_whatever_became_of_each, begin,
						end),
		cmocka_unit_test_setup_teardown(test_a_clock_that_goes_forward_makes_nobody_late, begin, end),
		cmocka_unit_test_setup_teardown(test_a_clock_that_goes_back_keeps_no_deadline_waiting, begin, end),
		cmocka_unit_test_setup_teardown(test_and_makes_nobody_late_either, begin, end),
		cmocka_unit_test_setup_teardown(test_it_keeps_none_waiting_if_records_go_on_either, begin, end),
		cmocka_unit_test_setup_teardown(test_a_clock_that_is_set_right_again_is_as_before, begin, end),
	};

	return RUN(tests);
}
