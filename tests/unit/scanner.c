/* What is not all there is not read, whatever lies behind it in memory: the
 * bytes of an earlier read, which may well go on as a record, or nothing. And
 * what the scanner expects because it stood there before changes nothing. */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "../../daemon/core/decode/scanner.h"

#define RECORD(inner) \
	"{\"time\":\"2026-11-22T04:31:07.1234567Z\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\"," \
	"\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"resultDescription\":\"\",\"own\":null," \
	"\"properties\":" inner "}"

/* The end of a page behind which nobody may read: who does is killed. */
static char *last_page(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED && mprotect(pages + page, page, PROT_NONE) == 0);
	return pages + page;
}

static void reads_only_whole(const char *text)
{
	struct scanner *scanner = scanner_new();
	size_t size = strlen(text);
	char *end = last_page();

	assert_int_equal(scanner_read(scanner, (struct span){text, size}), size);
	for (size_t part = 1; part < size; part++) {
		assert_int_equal(scanner_read(scanner, (struct span){text, part}), 0);
		memcpy(end - part, text, part);
		assert_int_equal(scanner_read(scanner, (struct span){end - part, part}), 0);
	}
	scanner_free(scanner);
}

static void test_a_record_that_is_not_all_there_is_left(void **state)
{
	reads_only_whole(RECORD("{\"deviceId\":\"pump-1\",\"authType\":{\"type\":\"sas\"},\"maskedIpAddress\":\"10.1.2.XXX\"}"));
}

static void test_nor_is_one_within_a_string(void **state)
{
	reads_only_whole(RECORD("\"{\\\"deviceId\\\":\\\"pump-1\\\",\\\"authType\\\":\\\"{\\\\\\\"scope\\\\\\\":"
				"\\\\\\\"device\\\\\\\",\\\\\\\"type\\\\\\\":\\\\\\\"sas\\\\\\\"}\\\"}\""));
}

/* --- expectations ------------------------------------------------------- */

static struct scanner *scanner;

static size_t scan(const char *text)
{
	return scanner_read(scanner, span_of(text));
}

static bool holds(enum part part, enum field field, const char *text)
{
	const struct value *value = &scanner->fields.value[part][field];

	return value->kind == VALUE_STRING && span_equal((struct span){value->text, value->size}, span_of(text));
}

#define REST ",\"location\":\"somewhere in the west of Europe\",\"level\":\"Information\"}"
#define QUOTED RECORD("\"{\\\"deviceId\\\":\\\"pump-1\\\",\\\"protocol\\\":\\\"Mqtt\\\"}\"" REST "                  ")
#define OPEN RECORD("{\"deviceId\":\"pump-2\",\"protocol\":\"Amqp\"}" REST "                  ")

static void begin_scanner(void)
{
	scanner = scanner_new();
	assert_true(scan(QUOTED) > 0 && scan(OPEN) > 0 && scan(QUOTED) > 0 && scan(OPEN) > 0);
}

/* Within a string a key is written in another way. */
static void test_what_is_expected_in_a_string_counts_there_alone(void **state)
{
	begin_scanner();
	assert_int_equal(scan(RECORD("{\\\"deviceId\\\":\"pump-2\",\"protocol\":\"Amqp\"}" REST)), 0);
	assert_int_equal(scan(RECORD("\"{\"deviceId\":\\\"pump-1\\\",\\\"protocol\\\":\\\"Mqtt\\\"}\"" REST)), 0);
	assert_int_equal(scan(RECORD("{\"deviceId\":\"pump-2\",\\\"protocol\\\":\"Amqp\"}" REST)), 0);
	assert_true(scan(QUOTED) > 0);
	assert_true(holds(PART_INNER, FIELD_DEVICE, "pump-1") && holds(PART_INNER, FIELD_PROTOCOL, "Mqtt"));
	assert_true(scan(OPEN) > 0);
	assert_true(holds(PART_INNER, FIELD_DEVICE, "pump-2") && holds(PART_INNER, FIELD_PROTOCOL, "Amqp"));
	scanner_free(scanner);
}

static void test_a_key_twice_is_left_expected_or_not(void **state)
{
	begin_scanner();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(scan("{\"level\":\"a\",\"time\":\"b\",\"level\":\"c\",\"time\":\"d\"" REST), 0);
		assert_int_equal(scan("{\"own\":\"a\",\"time\":\"b\",\"own\":\"c\",\"category\":\"d\"}          "), 0);
		assert_int_equal(scan("{\"statusCode\":1,\"time\":\"b\",\"statusCode\":1,\"category\":\"d\"}          "), 0);
	}
	scanner_free(scanner);
}

static void test_what_stands_between_names_and_values_is_looked_at(void **state)
{
	static const char *const wrong[] = {
		"{,\"time\":\"a\",\"category\":\"b\"" REST, "{\"time\":\"a\" \"category\":\"b\"" REST,
		"{\"time\" \"a\",\"category\":\"b\"" REST,  "{\"time\":\"a\",,\"category\":\"b\"" REST,
		"{\"time\":,\"category\":\"b\"" REST,       "{\"time\":\"a\",\"category\":\"b\",}          ",
		"{\"time\":\"a\"{\"category\":\"b\"" REST,  "{{\"time\":\"a\",\"category\":\"b\"" REST,
		"{\"time\"::\"a\",\"category\":\"b\"" REST, "[\"time\":\"a\",\"category\":\"b\"" REST,
		"{\"own\"=\"a\",\"category\":\"b\"" REST,    "{\"own\":\"a\";\"category\":\"b\"" REST,
		"{\"ow\x01n\":\"a\"" REST,                  "{\"own\":\"a\x01\"" REST,
		"{\"\xc3\xb6wn\":\"a\"" REST,               "{\"own\":\"\xc3\xb6\"" REST,
	};

	begin_scanner();
	assert_true(scan("{\"time\":\"a\",\"category\":\"b\"" REST) > 0);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		for (int turn = 0; turn < 3; turn++)
			if (scan(wrong[i]) != 0)
				fail_msg("read: %s", wrong[i]);
	scanner_free(scanner);
}

/* However far apart: in one look or step by step. */
static void test_blanks_of_any_number_and_names_of_any_size_are_read(void **state)
{
	char text[4096], blanks[101], name[101];

	begin_scanner();
	for (unsigned count = 0; count <= 100; count++) {
		memset(blanks, ' ', count);
		memset(name, 'n', count);
		blanks[count] = name[count] = 0;
		snprintf(text, sizeof text,
			 "{%s\"time\"%s:%s\"t\"%s,%s\"x%s\"%s:%s17%s,%s\"properties\"%s:%s"
			 "\"{%s\\\"deviceId\\\"%s:%s\\\"d\\\"%s,%s\\\"x%s\\\"%s:%snull%s}\"%s,%s\"level\":\"l\"%s}",
			 blanks, blanks, blanks, blanks, blanks, name, blanks, blanks, blanks, blanks, blanks, blanks, blanks,
			 blanks, blanks, blanks, blanks, name, blanks, blanks, blanks, blanks, blanks, blanks);
		assert_int_equal(scan(text), strlen(text));
		assert_true(holds(PART_OUTER, FIELD_TIME, "t") && holds(PART_OUTER, FIELD_LEVEL, "l"));
		assert_true(holds(PART_INNER, FIELD_DEVICE, "d"));
	}
	scanner_free(scanner);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_record_that_is_not_all_there_is_left),
		cmocka_unit_test(test_nor_is_one_within_a_string),
		cmocka_unit_test(test_what_is_expected_in_a_string_counts_there_alone),
		cmocka_unit_test(test_a_key_twice_is_left_expected_or_not),
		cmocka_unit_test(test_what_stands_between_names_and_values_is_looked_at),
		cmocka_unit_test(test_blanks_of_any_number_and_names_of_any_size_are_read),
	};

	return RUN(tests);
}
