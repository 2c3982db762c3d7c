#include "rules.h"

#define SCHEMA "\"schema\": \"lapsed.rules/1\""

/* The shipped rules, with another file behind them; NULL: alone. */
static struct ruleset *good(const char *more)
{
	struct ruleset *ruleset = ruleset_new();
	struct fault fault;
	char words[900];

	add_shipped(ruleset);
	if ((more && ruleset_add(ruleset, "more.json", span_of(more), &fault)) || ruleset_compile(ruleset, &fault))
		fail_msg("%s", fault_describe(&fault, words, sizeof words));
	return ruleset;
}

/* Another file at fault, whether it shows on reading or on compiling. */
static void faulty(const char *more, int line, int column, const char *words)
{
	struct ruleset *ruleset = ruleset_new();
	struct fault fault = {0};

	add_shipped(ruleset);
	if (ruleset_add(ruleset, "more.json", span_of(more), &fault) == 0 && ruleset_compile(ruleset, &fault) == 0)
		fail_msg("no fault was found in %s", more);
	ruleset_free(ruleset);
	assert_string_equal(fault.file, "more.json");
	if (fault.line != line || fault.column != column || !strstr(fault.text, words))
		fail_msg("%d:%d: %s, expected %d:%d: %s\n%s", fault.line, fault.column, fault.text, line, column, words,
			 more);
}

static struct span text(const char *words)
{
	return span_of(words);
}

/* --- what the shipped rules say ----------------------------------------------- */

static void test_the_shipped_rules_are_good(void **state)
{
	struct ruleset *ruleset = good(NULL);
	unsigned signals, reasons, samples;

	ruleset_count(ruleset, &signals, &reasons, &samples);
	assert_in_range(signals, 9, 100);
	assert_in_range(reasons, 14, 100);
	assert_in_range(samples, 40, 1000);
	ruleset_free(ruleset);
}

static void test_every_code_is_the_signal_that_the_manual_says(void **state)
{
	static const struct {
		const char *category, *operation;
		uint32_t code;
		enum signal signal;
	} rows[] = {
		{"Connections", "deviceDisconnect", 401000, SIGNAL_EXPELLED},
		{"Connections", "deviceDisconnect", 401002, SIGNAL_EXPELLED},
		{"Connections", "deviceDisconnect", 401003, SIGNAL_EXPELLED},
		{"Connections", "deviceConnect", 401000, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 401002, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 401003, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 403012, SIGNAL_REFUSED},
		{"Connections", "deviceDisconnect", 403012, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 404001, SIGNAL_REFUSED},
		{"Connections", "deviceDisconnect", 404001, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 404008, SIGNAL_REFUSED},
		{"Connections", "deviceDisconnect", 404008, SIGNAL_REFUSED},
		{"Connections", "deviceConnect", 400035, SIGNAL_REFUSED},
		{"Connections", "deviceDisconnect", 400035, SIGNAL_REFUSED},
		{"DirectMethods", "send", 401003, SIGNAL_DENIED},
		{"D2CTwinOperations", "update", 401003, SIGNAL_DENIED},
		{"FileUploadOperations", "ingress", 403012, SIGNAL_DENIED},
		{"Connections", "deviceDisconnect", 400027, SIGNAL_DISPLACED},
		{"Connections", "deviceConnect", 409002, SIGNAL_DISPLACED},
		{"Connections", "deviceDisconnect", 400029, SIGNAL_PLATFORM},
		{"Connections", "deviceConnect", 400030, SIGNAL_PLATFORM},
		{"Connections", "deviceConnect", 404012, SIGNAL_PLATFORM},
		{"Connections", "deviceConnect", 429000, SIGNAL_PLATFORM},
		{"Connections", "deviceConnect", 429999, SIGNAL_PLATFORM},
		{"Connections", "deviceDisconnect", 500001, SIGNAL_PLATFORM},
		{"Connections", "deviceDisconnect", 503008, SIGNAL_PLATFORM},
		{"Connections", "deviceDisconnect", 404104, SIGNAL_CLOSED},
		{"Connections", "deviceDisconnect", 0, SIGNAL_LEFT},
		{"Connections", "deviceConnect", 0, SIGNAL_CONNECTED},
		{"D2CTwinOperations", "read", 0, SIGNAL_ALIVE},
		{"FileUploadOperations", "ingress", 0, SIGNAL_ALIVE},
		{"CONNECTIONS", "DEVICECONNECT", 0, SIGNAL_CONNECTED},
		/* and what says nothing of a device's connection */
		{"Connections", "deviceConnect", 404104, SIGNAL_NONE},
		{"Connections", "deviceConnect", 401001, SIGNAL_NONE},
		{"Connections", "deviceDisconnect", 401004, SIGNAL_NONE},
		{"Connections", "deviceConnect", 430000, SIGNAL_NONE},
		{"Connections", "deviceConnect", 428999, SIGNAL_NONE},
		{"Connections", "deviceConnect", UINT32_MAX, SIGNAL_NONE},
		{"Connections", "deviceRename", 0, SIGNAL_NONE},
		{"C2DTwinOperations", "read", 0, SIGNAL_NONE},
		{"DirectMethods", "send", 0, SIGNAL_NONE},
		{"DirectMethods", "send", 404104, SIGNAL_NONE},
		{"D2CTwinOperations", "update", 400004, SIGNAL_NONE},
		{"", "", 0, SIGNAL_NONE},
	};
	struct ruleset *ruleset = good(NULL);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum signal signal =
			ruleset_classify(ruleset, text(rows[i].category), text(rows[i].operation), rows[i].code);

		if (signal != rows[i].signal)
			fail_msg("%s/%s %u is %s, not %s", rows[i].category, rows[i].operation, rows[i].code,
				 signal_names[signal], signal_names[rows[i].signal]);
	}
	ruleset_free(ruleset);
}

static void test_a_code_proves_its_reason(void **state)
{
	static const struct {
		uint32_t code;
		const char *id;
	} rows[] = {{403012, "device-disabled"}, {404001, "device-not-registered"}, {404008, "certificate-not-found"},
		    {400035, "invalid-policy-key"}};
	struct ruleset *ruleset = good(NULL);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct reason *reason = ruleset_reason(ruleset, ruleset_reason_of_code(ruleset, rows[i].code));

		assert_string_equal(reason->id, rows[i].id);
		assert_true(reason->decisive);
	}
	assert_int_equal(ruleset_reason_of_code(ruleset, 401003), 0);
	assert_int_equal(ruleset_reason_of_code(ruleset, 0), 0);
	ruleset_free(ruleset);
}

static void test_a_message_tells_its_reason_and_what_it_names(void **state)
{
	static const struct {
		const char *message, *id, *captures;
		bool decisive;
	} rows[] = {
		{"Authorization header missing", "missing-authorization-header", "", true},
		{"IotHub 'contoso' does not contain the specified device 'pump-7'", "device-not-registered",
		 "device=pump-7; hub=contoso", true},
		{"authorization RULE 'fleet' does not allow access for 'CONTOSO/devices/p'", "rule-denied",
		 "policy=fleet; resource=CONTOSO/devices/p", true},
		{"Thumbprint does not match configuration: Thumbprint: SHA1Hash=AB, SHA2Hash=CD; Configuration: "
		 "PrimaryThumbprint=EF, SecondaryThumbprint=01",
		 "thumbprint-mismatch", "primary=EF; secondary=01; sha1=AB; sha2=CD", true},
		{"Principal 3f2a is not authorized for GET on /devices/p due to no assigned permissions",
		 "principal-denied", "operation=GET on /devices/p; principal=3f2a", true},
		{"{\"Message\":\"The specified SAS token has an invalid signature. It does not match\"}",
		 "invalid-signature", "", true},
		{"The specified SAS token is expired", "clock-drift", "", false},
		{"Authentication failed for this device, renew token or certificate and reconnect",
		 "renew-credentials", "", false},
	};
	struct ruleset *ruleset = good(NULL);
	struct finding finding;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ruleset_match(ruleset, text(rows[i].message), &finding);
		if (!finding.reason)
			fail_msg("nothing was found in: %s", rows[i].message);
		assert_string_equal(ruleset_reason(ruleset, finding.reason)->id, rows[i].id);
		assert_string_equal(finding.captures, rows[i].captures);
		assert_int_equal(ruleset_reason(ruleset, finding.reason)->decisive, rows[i].decisive);
	}
	ruleset_free(ruleset);
}

static void test_a_message_that_says_nothing_has_no_reason(void **state)
{
	static const char *const messages[] = {
		"", "Unauthorized", "IoTHubUnauthorized",
		"Device disconnected, see cause and resolution at https://aka.ms/iothub404104",
		"{\"Message\":\"ErrorCode:IotHubUnauthorizedAccess;Unauthorized\",\"ExceptionMessage\":\"Tracking ID:1\"}"};
	struct ruleset *ruleset = good(NULL);
	struct finding finding;

	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		ruleset_match(ruleset, text(messages[i]), &finding);
		assert_int_equal(finding.reason, 0);
		assert_string_equal(finding.captures, "");
	}
	ruleset_free(ruleset);
}

static void test_a_decisive_message_goes_before_one_that_is_not(void **state)
{
	struct ruleset *ruleset = good(NULL);
	struct finding finding;

	ruleset_match(ruleset,
		      text("Authentication failed for this device, renew token or certificate and reconnect: The "
			   "specified SAS token is expired; Authorization header missing"),
		      &finding);
	assert_string_equal(ruleset_reason(ruleset, finding.reason)->id, "missing-authorization-header");
	ruleset_free(ruleset);
}

static void test_captures_are_redacted_and_bounded(void **state)
{
	struct ruleset *ruleset = good(NULL);
	struct finding finding;
	char message[2000];

	ruleset_match(ruleset, text("Authorization rule 'sig=abcdef' does not allow access for 'x'"), &finding);
	assert_string_equal(finding.captures, "policy=sig=[redacted]; resource=x");
	snprintf(message, sizeof message, "Authorization rule '%0900d' does not allow access for '%0900d'", 1, 2);
	ruleset_match(ruleset, text(message), &finding);
	assert_true(strlen(finding.captures) < sizeof finding.captures);
	ruleset_free(ruleset);
}

static void test_the_longest_prefix_names_the_sdk(void **state)
{
	static const struct {
		const char *version, *name;
	} rows[] = {{"azure-iot-device-iothub-py/2.12.0", "Python"}, {"azure-iot-device/1.17.3", "Node.js"},
		    {".NET/1.38.1", ".NET"}, {"microsoft.azure.devices.client/1.0", ".NET"},
		    {"iothubclient/1.3.5", "C"}, {"C + (OSSimplified = x)", "embedded C"},
		    {"com.microsoft.azure.sdk.iot.iot-device-client/1.30", "Java"}};
	struct ruleset *ruleset = good(NULL);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(ruleset_sdk(ruleset, text(rows[i].version))->name, rows[i].name);
	assert_null(ruleset_sdk(ruleset, text("paho/1.6")));
	assert_null(ruleset_sdk(ruleset, text("")));
	ruleset_free(ruleset);
}

static void test_every_verdict_has_its_words(void **state)
{
	struct ruleset *ruleset = good(NULL);

	for (int i = VERDICT_RECOVERED; i < VERDICT_COUNT; i++) {
		assert_non_null(ruleset_verdict(ruleset, (enum verdict)i)->msgid);
		assert_non_null(ruleset_verdict(ruleset, (enum verdict)i)->title);
	}
	assert_int_equal(ruleset_verdict(ruleset, VERDICT_AUTH_FAILURE)->severity, 3);
	assert_null(ruleset_reason(ruleset, 0)->id);
	assert_null(ruleset_reason(ruleset, 250));
	ruleset_free(ruleset);
}

/* --- a later file ----------------------------------------------------------------- */

static void test_a_later_file_replaces_a_reason_of_the_same_id(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"reasons\": [{\"id\": \"missing-authorization-header\", \"title\":"
				       "\"ours\", \"remedy\": \"call us\", \"pattern\": \"no header\", \"samples\": "
				       "{\"match\": [\"no header\"], \"differ\": [\"Authorization header missing\"]}}]}");
	struct finding finding;

	ruleset_match(ruleset, text("there is no header"), &finding);
	assert_string_equal(ruleset_reason(ruleset, finding.reason)->remedy, "call us");
	assert_false(ruleset_reason(ruleset, finding.reason)->decisive);
	ruleset_match(ruleset, text("Authorization header missing"), &finding);
	assert_int_equal(finding.reason, 0);
	ruleset_free(ruleset);
}

static void test_a_later_file_adds_a_reason(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"reasons\": [{\"id\": \"quota\", \"title\": \"t\", \"remedy\": \"r\","
				       "\"codes\": [403002, \"4031xx\"]}]}");
	reason_id id = ruleset_find(ruleset, "quota");

	assert_int_not_equal(id, 0);
	assert_int_equal(ruleset_reason_of_code(ruleset, 403002), id);
	assert_int_equal(ruleset_reason_of_code(ruleset, 403199), id);
	assert_int_equal(ruleset_reason_of_code(ruleset, 403200), 0);
	assert_int_equal(ruleset_find(ruleset, "nothing"), 0);
	ruleset_free(ruleset);
}

static void test_signals_of_a_later_file_go_before(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"signals\": [{\"signal\": \"alive\", \"category\": \"Mine\", "
				       "\"success\": true, \"samples\": {}}, {\"signal\": \"platform\", \"category\": "
				       "\"C2DCommands\", \"codes\": [\"401003\"], \"samples\": {}}]}");

	assert_int_equal(ruleset_classify(ruleset, text("Mine"), text("x"), 0), SIGNAL_ALIVE);
	assert_int_equal(ruleset_classify(ruleset, text("C2DCommands"), text("x"), 401003), SIGNAL_PLATFORM);
	assert_int_equal(ruleset_classify(ruleset, text("DirectMethods"), text("x"), 401003), SIGNAL_DENIED);
	ruleset_free(ruleset);
}

static void test_sdks_of_a_later_file_go_before(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"sdks\": [{\"prefix\": \".NET/1.38\", \"name\": \"ours\", "
				       "\"rhythm_s\": [60, 120]}]}");

	assert_string_equal(ruleset_sdk(ruleset, text(".NET/1.38.1"))->name, "ours");
	assert_int_equal(ruleset_sdk(ruleset, text(".NET/1.38.1"))->most_s, 120);
	assert_string_equal(ruleset_sdk(ruleset, text(".NET/1.39"))->name, ".NET");
	ruleset_free(ruleset);
}

static void test_a_verdict_may_be_reworded(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"verdicts\": [{\"verdict\": \"not-returned\", \"msgid\": \"GONE\", "
				       "\"severity\": \"crit\", \"title\": \"t\"}]}");

	assert_string_equal(ruleset_verdict(ruleset, VERDICT_NOT_RETURNED)->msgid, "GONE");
	assert_int_equal(ruleset_verdict(ruleset, VERDICT_NOT_RETURNED)->severity, 2);
	ruleset_free(ruleset);
}

/* --- faults -------------------------------------------------------------------------- */

static void test_a_file_that_is_no_json_is_at_fault(void **state)
{
	faulty("{\n \"schema\": \"lapsed.rules/1\"\n \"reasons\": []}", 3, 10, "expected");
}

static void test_a_file_of_another_schema_is_at_fault(void **state)
{
	faulty("{\n  \"schema\": \"lapsed.rules/2\"}", 2, 13, "lapsed.rules/1");
	faulty("{}", 1, 1, "schema");
	faulty("[]", 1, 1, "expected an object");
}

static void test_an_unknown_key_is_at_fault_with_the_nearest(void **state)
{
	faulty("{" SCHEMA ",\n  \"reason\": []}", 2, 3, "did you mean \"reasons\"");
	faulty("{" SCHEMA ", \"sdks\": [\n  {\"prefix\": \"x\", \"nam\": \"y\"}]}", 2, 19, "did you mean \"name\"");
}

static void test_a_member_of_another_kind_is_at_fault(void **state)
{
	faulty("{" SCHEMA ",\n  \"reasons\": {}}", 2, 14, "expected an array");
	faulty("{" SCHEMA ",\n  \"reasons\": [{\"id\": 7}]}", 2, 22, "expected a string");
	faulty("{" SCHEMA ",\n  \"reasons\": [7]}", 2, 15, "expected an object");
}

static void test_a_missing_member_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [\n\n  {\"id\": \"x\", \"title\": \"t\"}]}", 3, 3, "\"remedy\"");
	faulty("{" SCHEMA ", \"sdks\": [\n  {\"name\": \"x\"}]}", 2, 3, "\"prefix\"");
}

static void test_a_code_that_is_none_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"codes\": [\n"
	       "  \"401003\",\n  \"40103\"]}]}", 3, 3, "six digits");
	faulty("{" SCHEMA ", \"signals\": [{\"signal\": \"left\", \"samples\": {}, \"codes\": [\n  4010033]}]}", 2, 3,
	       "six digits");
}

static void test_a_signal_that_is_none_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"signals\": [\n  {\"signal\": \"gone\", \"success\": true, \"samples\": {}}]}", 2, 14,
	       "expected alive");
	faulty("{" SCHEMA ", \"signals\": [\n  {\"signal\": \"moved\", \"success\": true, \"samples\": {}}]}", 2, 14,
	       "expected alive");
	faulty("{" SCHEMA ", \"signals\": [\n  {\"signal\": \"left\", \"samples\": {}}]}", 2, 3, "\"success\"");
}

static void test_a_verdict_that_is_none_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"verdicts\": [\n  {\"verdict\": \"gone\", \"msgid\": \"A\", \"severity\": \"info\", "
	       "\"title\": \"t\"}]}", 2, 15, "verdict");
	faulty("{" SCHEMA ", \"verdicts\": [\n  {\"verdict\": \"recovered\", \"msgid\": \"A\", \"severity\": \"bad\", "
	       "\"title\": \"t\"}]}", 2, 54, "expected emerg");
}

/* It stands in the header of a message, between blanks. */
static void test_a_message_id_that_no_header_can_hold_is_at_fault(void **state)
{
	static const char *const ids[] = {"", "A B", "A\\n", "\xc3\x84", "ABCDEFGHIJKLMNOPQRSTUVWXYZ_123456"};
	char more[300];

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		snprintf(more, sizeof more, "{" SCHEMA ", \"verdicts\": [\n  {\"verdict\": \"recovered\", \"msgid\": "
			 "\"%s\", \"severity\": \"info\", \"title\": \"t\"}]}", ids[i]);
		faulty(more, 2, 37, "printable characters");
	}
}

static void test_a_pattern_that_does_not_compile_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\",\n  \"pattern\": \"a(b\", "
	       "\"samples\": {\"match\": [\"ab\"], \"differ\": [\"x\"]}}]}", 2, 14, "PCRE2");
}

static void test_a_pattern_without_samples_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [\n  {\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"a\"}]}", 2,
	       3, "samples.match");
	faulty("{" SCHEMA ", \"reasons\": [\n  {\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"a\", "
	       "\"samples\": {\"match\": [\"a\"]}}]}", 2, 3, "samples.differ");
}

static void test_a_sample_that_does_not_match_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"a+b\", "
	       "\"samples\": {\"match\": [\n  \"ab\",\n  \"ba\"], \"differ\": [\"x\"]}}]}", 3, 3, "must match it");
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"a+b\", "
	       "\"samples\": {\"match\": [\"ab\"], \"differ\": [\n  \"aab\"]}}]}", 2, 3, "must not match it");
}

static void test_a_sample_that_another_reason_takes_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"x\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"header\", "
	       "\"samples\": {\"match\": [\n  \"Authorization header missing\"], \"differ\": [\"x\"]}}]}", 2, 3,
	       "missing-authorization-header");
}

static void test_a_signal_s_sample_that_is_another_signal_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"signals\": [{\"signal\": \"left\", \"category\": \"X\", \"codes\": [\"401003\"], "
	       "\"samples\": {\"match\": [\n  [\"X\", \"y\", 401002]]}}]}", 2, 3, "signal left");
	faulty("{" SCHEMA ", \"signals\": [{\"signal\": \"left\", \"category\": \"X\", \"codes\": [\"401003\"], "
	       "\"samples\": {\"differ\": [\n  [\"X\", \"y\", 401003]]}}]}", 2, 3, "signal left");
	faulty("{" SCHEMA ", \"signals\": [{\"signal\": \"left\", \"category\": \"X\", \"codes\": [\"401003\"], "
	       "\"samples\": {\"match\": [\n  [\"X\", 401003]]}}]}", 2, 3, "expected [category");
}

static void test_rules_without_a_reason_that_the_core_gives_are_at_fault(void **state)
{
	struct ruleset *ruleset = ruleset_new();
	struct fault fault = {0};

	assert_int_equal(ruleset_compile(ruleset, &fault), FAULT);
	assert_non_null(strstr(fault.text, "reason"));
	ruleset_free(ruleset);
}

static void test_odd_keys_are_at_fault_and_do_no_harm(void **state)
{
	static const char *const keys[] = {"", ".", "[", "a[0]", "a.b", "=", "]", "x=y"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct ruleset *ruleset = ruleset_new();
		struct fault fault = {0};
		char more[200];

		snprintf(more, sizeof more, "{" SCHEMA ", \"%s\": 1}", keys[i]);
		assert_int_equal(ruleset_add(ruleset, "more.json", span_of(more), &fault), FAULT);
		assert_non_null(strstr(fault.text, "unknown key"));
		ruleset_free(ruleset);
	}
}

/* --- limits --------------------------------------------------------------------------- */

static void test_a_pattern_bomb_is_stopped_and_named(void **state)
{
	struct ruleset *ruleset = good("{" SCHEMA ", \"reasons\": [{\"id\": \"bomb\", \"title\": \"t\", \"remedy\": \"r\", "
				       "\"pattern\": \"(a+)+$\", \"samples\": {\"match\": [\"aaa\"], \"differ\": "
				       "[\"b\"]}}]}");
	struct finding finding;
	char message[4097];

	memset(message, 'a', sizeof message);
	message[sizeof message - 2] = 'b';
	message[sizeof message - 1] = '\0';
	for (int i = 0; i < 20; i++) {
		ruleset_match(ruleset, text(message), &finding);
		assert_int_equal(finding.reason, 0);
		assert_int_equal(finding.limited, ruleset_find(ruleset, "bomb"));
	}
	ruleset_match(ruleset, text("Authorization header missing"), &finding);
	assert_int_not_equal(finding.reason, 0);
	assert_int_equal(finding.limited, 0);
	ruleset_free(ruleset);
}

static void test_a_bomb_in_a_sample_is_at_fault(void **state)
{
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"bomb\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"(a+)+$|b\", "
	       "\"samples\": {\"match\": [\n  \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"], \"differ\": [\"x\"]}}]}",
	       2, 3, "bomb: its pattern takes too long on this sample");
	faulty("{" SCHEMA ", \"reasons\": [{\"id\": \"bomb\", \"title\": \"t\", \"remedy\": \"r\", \"pattern\": \"(a+)+$\", "
	       "\"samples\": {\"match\": [\"a\"], \"differ\": [\n  \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"]}}]}",
	       2, 3, "bomb: its pattern takes too long on this sample");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_shipped_rules_are_good),
		cmocka_unit_test(test_every_code_is_the_signal_that_the_manual_says),
		cmocka_unit_test(test_a_code_proves_its_reason),
		cmocka_unit_test(test_a_message_tells_its_reason_and_what_it_names),
		cmocka_unit_test(test_a_message_that_says_nothing_has_no_reason),
		cmocka_unit_test(test_a_decisive_message_goes_before_one_that_is_not),
		cmocka_unit_test(test_captures_are_redacted_and_bounded),
		cmocka_unit_test(test_the_longest_prefix_names_the_sdk),
		cmocka_unit_test(test_every_verdict_has_its_words),
		cmocka_unit_test(test_a_later_file_replaces_a_reason_of_the_same_id),
		cmocka_unit_test(test_a_later_file_adds_a_reason),
		cmocka_unit_test(test_signals_of_a_later_file_go_before),
		cmocka_unit_test(test_sdks_of_a_later_file_go_before),
		cmocka_unit_test(test_a_verdict_may_be_reworded),
		cmocka_unit_test(test_a_file_that_is_no_json_is_at_fault),
		cmocka_unit_test(test_a_file_of_another_schema_is_at_fault),
		cmocka_unit_test(test_an_unknown_key_is_at_fault_with_the_nearest),
		cmocka_unit_test(test_a_member_of_another_kind_is_at_fault),
		cmocka_unit_test(test_a_missing_member_is_at_fault),
		cmocka_unit_test(test_a_code_that_is_none_is_at_fault),
		cmocka_unit_test(test_a_signal_that_is_none_is_at_fault),
		cmocka_unit_test(test_a_verdict_that_is_none_is_at_fault),
		cmocka_unit_test(test_a_message_id_that_no_header_can_hold_is_at_fault),
		cmocka_unit_test(test_a_pattern_that_does_not_compile_is_at_fault),
		cmocka_unit_test(test_a_pattern_without_samples_is_at_fault),
		cmocka_unit_test(test_a_sample_that_does_not_match_is_at_fault),
		cmocka_unit_test(test_a_sample_that_another_reason_takes_is_at_fault),
		cmocka_unit_test(test_a_signal_s_sample_that_is_another_signal_is_at_fault),
		cmocka_unit_test(test_rules_without_a_reason_that_the_core_gives_are_at_fault),
		cmocka_unit_test(test_odd_keys_are_at_fault_and_do_no_harm),
		cmocka_unit_test(test_a_pattern_bomb_is_stopped_and_named),
		cmocka_unit_test(test_a_bomb_in_a_sample_is_at_fault),
	};

	return RUN(tests);
}
