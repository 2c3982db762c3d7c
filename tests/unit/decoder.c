/* Three ways to read a record. The first look at one goes through the scanner
 * and the second finds its shape; jansson is asked behind their backs. */
#include "unit.h"

#include <malloc.h>

#include "../../daemon/core/decode/decoder.h"
#include "../../daemon/core/decode/document.h"

#define TIME "\"time\":\"2026-11-22T04:31:07.1234567Z\""
#define HUB "\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\""
#define HEAD "{" TIME "," HUB ",\"operationName\":\"deviceConnect\",\"category\":\"Connections\","
#define RECORD(properties) HEAD "\"properties\":\"{" properties "}\"}"
#define DEVICE "\\\"deviceId\\\":\\\"pump-1\\\""

static struct decoder *decoder;

static int begin(void **state)
{
	(void)state;
	decoder = decoder_new();
	return !decoder;
}

static int end(void **state)
{
	(void)state;
	decoder_free(decoder);
	return 0;
}

static struct record by_jansson(const char *text)
{
	struct documents *documents = documents_new();
	struct document document = {.bytes = span_of(text)};
	static struct record record;
	static struct fields fields;
	struct recall recall = {0};
	enum malformed why;

	record = (struct record){0};
	assert_true(documents_read(documents, &document, &fields, &why));
	record_finish(&fields, &recall, record_begin(&fields, &recall, &record), &record, &why);
	/* What it holds goes with the documents: the caller only compares numbers. */
	documents_free(documents);
	return record;
}

/* Reads it at a glance, twice: as something new, and as something known. */
static struct record glances(const char *text)
{
	struct record record, expected = by_jansson(text);
	enum malformed why;
	size_t size;

	for (int i = 0; i < 2; i++) {
		if (decoder_glance(decoder, span_of(text), &size, &record, &why) != DECODED_RECORD)
			fail_msg("not at a glance: %s", text);
		assert_int_equal(size, strlen(text));
		assert_int_equal(record.time_ns, expected.time_ns);
		assert_int_equal(record.code, expected.code);
		assert_int_equal(record.protocol, expected.protocol);
		assert_int_equal(record.authentication, expected.authentication);
		assert_int_equal(record.device.size, expected.device.size);
	}
	return record;
}

static void leaves(const char *text)
{
	struct record record;
	enum malformed why;
	size_t size;

	if (decoder_glance(decoder, span_of(text), &size, &record, &why) != DECODED_UNSEEN)
		fail_msg("this is for jansson to judge: %s", text);
}

static void test_what_hubs_write_is_read_at_a_glance(void **state)
{
	(void)state;
	assert_span_equal(glances(RECORD(DEVICE)).device, "pump-1");
	assert_span_equal(glances(RECORD(DEVICE ",\\\"authType\\\":null")).hub, "PLANT");
	glances(RECORD(DEVICE ",\\\"authType\\\":\\\"{\\\\\\\"scope\\\\\\\":\\\\\\\"device\\\\\\\",\\\\\\\"type\\\\\\\":"
			      "\\\\\\\"x509Certificate\\\\\\\"}\\\""));
	glances(HEAD "\"properties\":{\"deviceId\":\"pump-1\",\"authType\":{\"type\":\"sas\"}},\"resultType\":401003}");
	glances(HEAD "\"properties\":null,\"deviceId\":\"pump-1\",\"durationMs\":17,\"x\":[1,{},\"]\",-0.5]}");
}

static void test_blanks_do_not_matter(void **state)
{
	(void)state;
	glances("{ \t" TIME " , " HUB ",\r\"category\" :\t\"Connections\" , \"properties\": \"{ \\t\\\"deviceId\\\" "
		": \\r\\n\\\"pump-1\\\" \\t}\" }");
}

static void test_escapes_are_decoded_at_every_level(void **state)
{
	struct record record;

	(void)state;
	record = glances(RECORD("\\\"deviceId\\\":\\\"a\\\\\\\"b\\\\\\\\c\\\\u00e9\\\\/\\\""));
	assert_span_equal(record.device, "a\"b\\c\xC3\xA9/");
	record = glances(HEAD "\"level\":\"\\u0045rror\",\"properties\":{\"deviceId\":\"\\u20ac\\n\"}}");
	assert_span_equal(record.device, "\xE2\x82\xAC\n");
	assert_int_equal(record.code, UINT32_MAX); /* an error of which nothing is known */
}

static void test_a_new_value_is_not_the_old_one(void **state)
{
	(void)state;
	glances(RECORD(DEVICE ",\\\"errorMessage\\\":\\\"first\\\""));
	assert_span_equal(glances(RECORD(DEVICE ",\\\"errorMessage\\\":\\\"\\\"")).message, "");
	assert_span_equal(glances(RECORD("\\\"deviceId\\\":\\\"\\\"")).device, "");
	assert_span_equal(glances(RECORD(DEVICE ",\\\"errorMessage\\\":\\\"sec\\\\\\\"ond\\\"")).message, "sec\"ond");
}

static void test_records_of_a_kind_are_kin(void **state)
{
	uint64_t connect, refused;

	(void)state;
	connect = glances(RECORD(DEVICE)).kin;
	refused = glances(HEAD "\"resultType\":\"401003\",\"properties\":\"{" DEVICE "}\"}").kin;
	assert_true(connect && refused && connect != refused);
	assert_int_equal(glances(RECORD("\\\"deviceId\\\":\\\"gate-7\\\"")).kin, connect);
	assert_int_not_equal(glances(RECORD(DEVICE ",\\\"protocol\\\":\\\"Amqp\\\"")).kin, connect);
}

static void test_many_hubs_are_told_apart(void **state)
{
	char text[512], name[16];
	struct record record;
	uint64_t kin = 0; /* of the hub before */

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 200; i++) {
			snprintf(name, sizeof name, "hub-%d", i);
			snprintf(text, sizeof text,
				 "{" TIME ",\"category\":\"Connections\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/"
				 "IOTHUBS/%s\",\"properties\":\"{" DEVICE "}\"}",
				 name);
			record = glances(text);
			assert_span_equal(record.hub, name);
			assert_true(record.kin == 0 || record.kin != kin);
			kin = record.kin;
		}
}

/* Few protocols stay few, below however many hubs and operations. */
static void test_a_few_values_are_few_at_every_hub(void **state)
{
	static const char *const protocols[] = {"Mqtt", "MqttWs", "Amqp", "Https"};
	char text[512];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 30 * 4; i++) {
			snprintf(text, sizeof text,
				 "{" TIME ",\"category\":\"Connections\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/"
				 "IOTHUBS/hub-%d\",\"properties\":\"{\\\"protocol\\\":\\\"%s\\\"," DEVICE "}\"}",
				 i / 4, protocols[i % 4]);
			assert_true(glances(text).kin != 0);
		}
}

/* So many protocols that they become a slot: the rest is settled all the same. */
static void test_a_protocol_that_varies_unsettles_nothing_else(void **state)
{
	char text[512];
	struct record record;

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof text, HEAD "\"properties\":\"{\\\"protocol\\\":\\\"own-%d\\\"," DEVICE "}\"}", i);
		assert_int_equal(glances(text).protocol, PROTOCOL_UNKNOWN);
	}
	record = glances(HEAD "\"properties\":\"{\\\"protocol\\\":\\\"Amqp\\\"," DEVICE "}\"}");
	assert_true(record.kin != 0);
	assert_int_equal(record.protocol, PROTOCOL_AMQP);
	assert_span_equal(record.category, "Connections");
	record = glances(HEAD "\"properties\":\"{\\\"protocol\\\":\\\"Mqtt\\\"," DEVICE "}\"}");
	assert_int_equal(record.protocol, PROTOCOL_MQTT);
}

static void test_what_is_unusual_is_left_to_jansson(void **state)
{
	(void)state;
	leaves(HEAD "\"a\":1,\"a\":2}");
	leaves(RECORD(DEVICE "," DEVICE));
	leaves(RECORD("\\\"deviceId\\\":\\\"p\xC3\xBC\\\""));
	leaves(RECORD("\\\"deviceId\\\":\\\"\\\\ud83d\\\\ude00\\\""));
	leaves(RECORD("\\\"deviceId\\\":\\\"\\\\u0000\\\""));
	leaves(RECORD("\\\"device\\\\u0049d\\\":1"));
	leaves(HEAD "\n\"a\":1}");
	leaves(HEAD "\"a\":1e5}");
	leaves(HEAD "\"a\":1234567890123456789}");
	leaves(HEAD "\"a\":01}");
	leaves(HEAD "\"properties\":\"oops\"}");
	leaves(HEAD "\"properties\":7}");
	leaves(HEAD "\"properties\":\"{\\u0022a\\u0022:1}\"}");
	leaves("{\"records\":[{" TIME "}]}");
}

static void test_what_is_not_all_there_is_left(void **state)
{
	const char *text = RECORD(DEVICE ",\\\"authType\\\":null");
	struct record record;
	enum malformed why;
	size_t size;

	(void)state;
	glances(text); /* its shape is known: that must not tempt anybody */
	for (size_t length = 1; length < strlen(text); length++) {
		char *part = malloc(length); /* so that a checker sees whoever reads beyond it */

		memcpy(part, text, length);
		assert_int_equal(decoder_glance(decoder, (struct span){part, length}, &size, &record, &why),
				 DECODED_UNSEEN);
		free(part);
	}
}

static void test_a_known_shape_does_not_excuse_what_is_wrong(void **state)
{
	(void)state;
	glances(RECORD(DEVICE ",\\\"count\\\":7"));
	leaves(RECORD(DEVICE ",\\\"count\\\":07"));
	leaves(RECORD(DEVICE ",\\\"count\\\":"));
	leaves(RECORD("\\\"deviceId\\\":\\\"pump\x01\\\",\\\"count\\\":7"));
	leaves(RECORD("\\\"deviceId\\\":\\\"pump\\\\x\\\",\\\"count\\\":7"));
	leaves(RECORD("\\\"deviceId\\\":\\\"pump\\n\\\",\\\"count\\\":7"));
}

static void test_records_that_are_never_alike_are_read_all_the_same(void **state)
{
	char text[512], name[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "pump-%d", i);
		snprintf(text, sizeof text, HEAD "\"x%d\":null,\"properties\":\"{\\\"y%d\\\":\\\"\\\",\\\"deviceId\\\":\\\"%s\\\"}\"}",
			 i % 7919, i, name);
		assert_span_equal(glances(text).device, name);
	}
}

/* Whatever stands there may be a document: it is never just any value. */
static void test_where_a_document_may_stand_no_text_is_taken_for_granted(void **state)
{
	char text[512];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof text, RECORD(DEVICE ",\\\"authType\\\":\\\"kind-%d\\\""), i);
		glances(text);
	}
	glances(RECORD(DEVICE ",\\\"authType\\\":\\\"sas\\\""));
	glances(RECORD(DEVICE ",\\\"authType\\\":\\\"{\\\\\\\"scope\\\\\\\":\\\\\\\"sas\\\\\\\",\\\\\\\"type\\\\\\\":\\\\\\\"none\\\\\\\"}\\\""));
	leaves(RECORD(DEVICE ",\\\"authType\\\":\\\" {}\\\""));
}

static void test_properties_are_no_text_however_often_they_are_empty(void **state)
{
	char text[512];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof text, HEAD "\"x%d\":1,\"properties\":%s}", i / 2, i % 2 ? "\"\"" : "\"{}\"");
		glances(text);
	}
	glances(HEAD "\"properties\":\"\"}");
	leaves(HEAD "\"properties\":\"oops\"}");
	assert_span_equal(glances(RECORD(DEVICE)).device, "pump-1");
}

/* A decoder is had for each file that is followed, and there may be thousands. */
static void test_what_is_learned_of_hostile_records_is_bounded(void **state)
{
	enum { RECORDS = 3000, SIZE = 4000, BYTES_MAX = 2 << 20 };
	size_t before = mallinfo2().uordblks, size;
	static char text[SIZE + 64];
	struct record record;
	enum malformed why;

	(void)state;
	for (int i = 0; i < RECORDS; i++) {
		snprintf(text, sizeof text, "{\"x%d\":null,\"%0*d\":1}", i, SIZE, 0);
		for (int twice = 0; twice < 2; twice++) /* a hit for each miss: it goes on to learn */
			decoder_glance(decoder, span_of(text), &size, &record, &why);
		assert_true(mallinfo2().uordblks - before < BYTES_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_hubs_write_is_read_at_a_glance, begin, end),
		cmocka_unit_test_setup_teardown(test_blanks_do_not_matter, begin, end),
		cmocka_unit_test_setup_teardown(test_escapes_are_decoded_at_every_level, begin, end),
		cmocka_unit_test_setup_teardown(test_a_new_value_is_not_the_old_one, begin, end),
		cmocka_unit_test_setup_teardown(test_records_of_a_kind_are_kin, begin, end),
		cmocka_unit_test_setup_teardown(test_many_hubs_are_told_apart, begin, end),
		cmocka_unit_test_setup_teardown(test_a_few_values_are_few_at_every_hub, begin, end),
		cmocka_unit_test_setup_teardown(test_a_protocol_that_varies_unsettles_nothing_else, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_unusual_is_left_to_jansson, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_not_all_there_is_left, begin, end),
		cmocka_unit_test_setup_teardown(test_a_known_shape_does_not_excuse_what_is_wrong, begin, end),
		cmocka_unit_test_setup_teardown(test_records_that_are_never_alike_are_read_all_the_same, begin, end),
		cmocka_unit_test_setup_teardown(test_where_a_document_may_stand_no_text_is_taken_for_granted, begin, end),
		cmocka_unit_test_setup_teardown(test_properties_are_no_text_however_often_they_are_empty, begin, end),
		cmocka_unit_test_setup_teardown(test_what_is_learned_of_hostile_records_is_bounded, begin, end),
	};

	return RUN(tests);
}
