#include "unit.h"

#include "../../daemon/core/decode/splitter.h"

enum { RECORD_MAX = 200, STORY_SIZE = 1 << 16 };

/* What a splitter made of its input: "LINE BYTES", "LINE BYTES of COLUMNS" or
 * "! KIND", each with a newline. */
struct story {
	char text[STORY_SIZE];
	size_t length, held;
};

static void tell(struct story *story, const struct document *document)
{
	story->length += (size_t)snprintf(story->text + story->length, sizeof story->text - story->length,
					  "%llu %.*s%s%.*s\n", (unsigned long long)document->line,
					  (int)document->bytes.size, document->bytes.data,
					  document->columns.size ? " of " : "", (int)document->columns.size,
					  document->columns.size ? document->columns.data : "");
	assert_true(story->length < sizeof story->text);
}

static void drain(struct splitter *splitter, struct story *story)
{
	struct document document;
	enum malformed why;
	enum split split;

	while ((split = splitter_next(splitter, &document, &why)) != SPLIT_MORE) {
		if (split == SPLIT_DOCUMENT)
			tell(story, &document);
		else
			story->length += (size_t)snprintf(story->text + story->length,
							  sizeof story->text - story->length, "! %s\n",
							  malformed_names[why]);
	}
	if (splitter_held(splitter) > story->held)
		story->held = splitter_held(splitter);
}

/* Feeds input in pieces of a size; 0: of random sizes. Every piece is a copy
 * of its own, so that reading beyond it or keeping it is found out. */
static void feed(struct splitter *splitter, struct story *story, struct span input, size_t step)
{
	uint32_t seed = (uint32_t)input.size;

	*story = (struct story){.length = 0};
	story->text[0] = '\0';
	for (size_t at = 0; at < input.size;) {
		size_t size = step ? step : 1 + dice(&seed) % 90;
		char *piece;

		size = size < input.size - at ? size : input.size - at;
		piece = malloc(size);
		memcpy(piece, input.data + at, size);
		splitter_feed(splitter, (struct span){piece, size});
		drain(splitter, story);
		free(piece);
		at += size;
		assert_true(story->held <= RECORD_MAX + size);
	}
	splitter_end(splitter);
	drain(splitter, story);
	assert_int_equal(splitter_held(splitter), 0);
}

/* The same for every way to cut the input into pieces, and for a splitter
 * that has already read something. */
static void splits_bytes(struct span input, const char *expected)
{
	static const size_t steps[] = {SIZE_MAX, 1, 2, 3, 7, 64, 0};
	struct splitter *used = splitter_new(RECORD_MAX);
	static struct story story;

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct splitter *fresh = splitter_new(RECORD_MAX);

		feed(fresh, &story, input, steps[i]);
		splitter_free(fresh);
		if (strcmp(story.text, expected) != 0)
			fail_msg("in pieces of %zd:\n%.*s\nsplit to\n%sinstead of\n%s", (ssize_t)steps[i],
				 (int)input.size, input.data, story.text, expected);
		feed(used, &story, input, steps[i]);
		assert_string_equal(story.text, expected);
	}
	splitter_free(used);
}

static void splits(const char *input, const char *expected)
{
	splits_bytes(span_of(input), expected);
}

/* --- good input ------------------------------------------------------------- */

static void test_nothing_is_no_record(void **state)
{
	splits("", "");
	splits("\n\r\n \t\n", "");
}

static void test_every_line_of_json_lines_is_a_record(void **state)
{
	splits("{\"a\":1}\n{\"a\":2}\n", "1 {\"a\":1}\n2 {\"a\":2}\n");
}

static void test_the_last_line_needs_no_end(void **state)
{
	splits("{\"a\":1}\n{\"a\":2}", "1 {\"a\":1}\n2 {\"a\":2}\n");
}

static void test_lines_may_end_in_carriage_returns(void **state)
{
	splits("{\"a\":1}\r\n{\"a\":2}\r\n", "1 {\"a\":1}\n2 {\"a\":2}\n");
}

static void test_a_byte_order_mark_is_no_record(void **state)
{
	splits("\xEF\xBB\xBF{\"a\":1}\n", "1 {\"a\":1}\n");
	splits("\xEF\xBB\xBF[{\"a\":1}]", "1 {\"a\":1}\n");
}

static void test_blank_lines_are_counted_as_lines_only(void **state)
{
	splits("\n\n{\"a\":1}\n  \n\r\n{\"a\":2}\n\n", "3 {\"a\":1}\n6 {\"a\":2}\n");
}

static void test_records_may_follow_each_other_without_a_comma(void **state)
{
	splits("{\"a\":1}{\"a\":2} {\"a\":3},{\"a\":4}\n", "1 {\"a\":1}\n1 {\"a\":2}\n1 {\"a\":3}\n1 {\"a\":4}\n");
}

static void test_a_record_may_be_printed_over_many_lines(void **state)
{
	splits("{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n{\n  \"b\": null\n}\n",
	       "1 {\n  \"a\": [\n    1,\n    {}\n  ]\n}\n7 {\n  \"b\": null\n}\n");
}

static void test_an_array_is_opened(void **state)
{
	splits("[{\"a\":1},{\"a\":2}]", "1 {\"a\":1}\n1 {\"a\":2}\n");
	splits("[\n  {\"a\":1},\n  {\"a\":2}\n]\n", "2 {\"a\":1}\n3 {\"a\":2}\n");
	splits("[]\n[[{\"a\":1}]]\n", "2 {\"a\":1}\n");
}

static void test_an_envelope_is_opened(void **state)
{
	splits("{\"records\":[{\"a\":1},{\"a\":2}]}", "1 {\"a\":1}\n1 {\"a\":2}\n");
	splits("{ \"records\" : [ {\"a\":1} ] }\n", "1 {\"a\":1}\n");
	splits("{\n \"records\":\n [\n  {\"a\":1}\n ]\n}\n", "4 {\"a\":1}\n");
	splits("{\"records\":[]}\n{\"a\":1}", "2 {\"a\":1}\n");
}

static void test_many_envelopes_follow_each_other(void **state)
{
	splits("{\"records\":[{\"a\":1},{\"a\":2}]}\n{\"records\":[{\"a\":3}]}\n{\"a\":4}\n",
	       "1 {\"a\":1}\n1 {\"a\":2}\n2 {\"a\":3}\n3 {\"a\":4}\n");
	splits("{\"records\":[{\"a\":1}]}{\"records\":[{\"a\":2}]}", "1 {\"a\":1}\n1 {\"a\":2}\n");
	splits("[{\"records\":[{\"a\":1}]},{\"records\":[{\"a\":2}]}]", "1 {\"a\":1}\n1 {\"a\":2}\n");
}

static void test_what_else_an_envelope_holds_is_passed_over(void **state)
{
	splits("{\"count\":2,\"records\":[{\"a\":1}],\"next\":\"http://x/{[\\\"\",\"n\":-1.5e3,\"t\":true}\n{\"a\":2}",
	       "1 {\"a\":1}\n2 {\"a\":2}\n");
}

static void test_only_an_array_of_that_name_makes_an_envelope(void **state)
{
	splits("{\"records\":1,\"a\":[{\"b\":1}]}", "1 {\"records\":1,\"a\":[{\"b\":1}]}\n");
	splits("{\"x\":{\"records\":[{\"b\":1}]}}", "1 {\"x\":{\"records\":[{\"b\":1}]}}\n");
	splits("{\"records\":{\"a\":[{\"b\":1}]}}", "1 {\"records\":{\"a\":[{\"b\":1}]}}\n");
	splits("{\"my records\":[1],\"recordsets\":[2]}", "1 {\"my records\":[1],\"recordsets\":[2]}\n");
	splits("{\"x\":\"records\",\"y\":[1]}", "1 {\"x\":\"records\",\"y\":[1]}\n");
}

static void test_the_rows_of_a_table_come_with_their_columns(void **state)
{
	splits("{\"tables\":[{\"name\":\"T\",\"columns\":[{\"name\":\"A\"}],\"rows\":[[1],[\"x\"]]}]}\n{\"a\":1}\n",
	       "1 [1] of {\"name\":\"T\",\"columns\":[{\"name\":\"A\"}],\"rows\":null}\n"
	       "1 [\"x\"] of {\"name\":\"T\",\"columns\":[{\"name\":\"A\"}],\"rows\":null}\n"
	       "2 {\"a\":1}\n");
}

static void test_a_table_may_be_printed_over_many_lines(void **state)
{
	splits("{\"tables\":[\n{\"columns\":[\n{\"name\":\"A\"}],\n\"rows\":[\n[\n1,\n[2]\n],\n[3]]}\n]\n}\n",
	       "5 [\n1,\n[2]\n] of {\"columns\":[\n{\"name\":\"A\"}],\n\"rows\":null}\n"
	       "9 [3] of {\"columns\":[\n{\"name\":\"A\"}],\n\"rows\":null}\n");
}

static void test_every_table_has_its_own_columns(void **state)
{
	struct splitter *splitter = splitter_new(RECORD_MAX);
	struct document document;
	enum malformed why;
	uint64_t first;

	splitter_feed(splitter, SPAN("{\"tables\":[{\"columns\":[1],\"rows\":[[1],[2]]},"
				     "{\"columns\":[2],\"rows\":[[3]]}]}{\"a\":1}"));
	assert_int_equal(splitter_next(splitter, &document, &why), SPLIT_DOCUMENT);
	first = document.columns_id;
	assert_int_equal(splitter_next(splitter, &document, &why), SPLIT_DOCUMENT);
	assert_int_equal(document.columns_id, first);
	assert_int_equal(splitter_next(splitter, &document, &why), SPLIT_DOCUMENT);
	assert_int_not_equal(document.columns_id, first);
	assert_span_equal(document.columns, "{\"columns\":[2],\"rows\":null}");
	assert_int_equal(splitter_next(splitter, &document, &why), SPLIT_DOCUMENT);
	assert_int_equal(document.columns.size, 0);
	splitter_free(splitter);
}

static void test_braces_and_quotes_in_strings_are_text(void **state)
{
	splits("{\"a\":\"}{][\\\"}\\\\\"}{\"b\":\"\\\\\\\"\"}\n", "1 {\"a\":\"}{][\\\"}\\\\\"}\n1 {\"b\":\"\\\\\\\"\"}\n");
	splits("{\"p\":\"{\\\"records\\\":[{\\\"x\\\":1}]}\"}\n", "1 {\"p\":\"{\\\"records\\\":[{\\\"x\\\":1}]}\"}\n");
}

static void test_empty_objects_are_records(void **state)
{
	splits("{},{}{}\n", "1 {}\n1 {}\n1 {}\n");
}

/* --- broken input ----------------------------------------------------------- */

static void test_a_line_that_is_no_json_is_counted_once(void **state)
{
	splits("{\"a\":1}\nNov 22 04:31:07 host app[1]: {\"x\":1} \"quoted\nnull\n42\n\"text\"\n{\"a\":2}\n",
	       "1 {\"a\":1}\n! not-json\n! not-json\n! not-json\n! not-json\n6 {\"a\":2}\n");
	splits("garbage", "! not-json\n");
}

static void test_a_stray_bracket_is_no_json(void **state)
{
	splits("}\n{\"a\":1}\n]\n{\"a\":2}\n", "! not-json\n2 {\"a\":1}\n! not-json\n4 {\"a\":2}\n");
}

static void test_a_broken_line_costs_only_itself(void **state)
{
	splits("{\"a\":1}\n{\"a\":oops!}\n{\"a\":3}\n", "1 {\"a\":1}\n! syntax\n3 {\"a\":3}\n");
	splits("{\"a\" 1}\n{1:2}\n{\"a\":[1}\n{\"a\":1,}\n{\"a\":9}\n",
	       "! syntax\n! syntax\n! syntax\n! syntax\n5 {\"a\":9}\n");
}

static void test_a_record_cut_short_costs_only_itself(void **state)
{
	splits("{\"a\":1,\"b\":\"tex\n{\"a\":2}\n", "! syntax\n2 {\"a\":2}\n");
	splits("{\"a\":1,\"b\"\n{\"a\":2}\n{\"a\":3}\n", "! syntax\n2 {\"a\":2}\n3 {\"a\":3}\n");
	splits("{\"a\":1,\n{\"a\":2}\n{\"a\":3}\n", "! syntax\n2 {\"a\":2}\n3 {\"a\":3}\n");
	splits("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "! syntax\n2 {\"a\":2}\n3 {\"a\":3}\n");
}

static void test_two_records_cut_short_are_both_survived(void **state)
{
	splits("{\"a\":1,\n{\"a\":\"x\n{\"a\":3}\n{\"a\":4\n{\"a\":5}\n",
	       "! syntax\n3 {\"a\":3}\n! syntax\n5 {\"a\":5}\n");
}

static void test_a_broken_record_in_an_envelope_costs_only_itself(void **state)
{
	splits("{\"records\":[{\"a\":1},{\"a\":oops!},{\"a\":3},{\"a\":4}]}\n{\"a\":5}\n",
	       "1 {\"a\":1}\n! syntax\n1 {\"a\":3}\n1 {\"a\":4}\n2 {\"a\":5}\n");
	splits("{\"records\":[{\"a\":oops!,\"b\":{\"c\":1}},{\"a\":2}]}\n", "! syntax\n1 {\"a\":2}\n");
	splits("[{\"a\" 1},{\"a\":2}]\n{\"a\":3}\n", "! syntax\n1 {\"a\":2}\n2 {\"a\":3}\n");
}

static void test_a_broken_record_over_many_lines_costs_only_itself(void **state)
{
	splits("{\n  \"a\": 1,\n  \"b\": oops!\n}\n{\n  \"a\": 2\n}\n", "! syntax\n5 {\n  \"a\": 2\n}\n");
	splits("{\"records\": [\n  {\n    \"a\": oops!\n  },\n  {\n    \"a\": 2\n  }\n]}\n",
	       "! syntax\n5 {\n    \"a\": 2\n  }\n");
}

static void test_a_broken_row_costs_only_itself(void **state)
{
	splits("{\"tables\":[{\"columns\":[1],\"rows\":[[1],[oops!],[3]]}]}\n{\"a\":5}\n",
	       "1 [1] of {\"columns\":[1],\"rows\":null}\n! syntax\n1 [3] of {\"columns\":[1],\"rows\":null}\n"
	       "2 {\"a\":5}\n");
}

static void test_an_array_after_a_broken_table_is_none_of_its_rows(void **state)
{
	splits("{\"tables\":[{\"columns\":[1],\"rows\":[[1],[2\n[{\"a\":1},{\"a\":2}]\n",
	       "1 [1] of {\"columns\":[1],\"rows\":null}\n! syntax\n2 {\"a\":1}\n2 {\"a\":2}\n");
}

static void test_an_end_within_a_record_is_counted(void **state)
{
	splits("{\"a\":1}\n{\"a\":2,\"b", "1 {\"a\":1}\n! truncated\n");
	splits("{", "! truncated\n");
	splits("{\"a\":\"\\", "! truncated\n");
	splits("{\"records\":[{\"a\":1},{\"a\":", "1 {\"a\":1}\n! truncated\n");
	splits("{\"a\":1,\n\"b\":\n{\"c\":2}\n", "! truncated\n3 {\"c\":2}\n");
}

static void test_an_end_within_an_envelope_is_counted(void **state)
{
	splits("{\"records\":[{\"a\":1},", "1 {\"a\":1}\n! truncated\n");
	splits("[{\"a\":1}\n", "1 {\"a\":1}\n! truncated\n");
}

static void test_envelopes_cut_short_one_after_the_other_lose_no_record(void **state)
{
	struct splitter *splitter = splitter_new(RECORD_MAX);
	static struct story story;
	size_t count = 0;

	for (int i = 0; i < 100; i++) {
		splitter_feed(splitter, SPAN("{\"records\":[{\"a\":1},\n"));
		drain(splitter, &story);
	}
	splitter_free(splitter);
	for (const char *at = story.text; (at = strstr(at, "{\"a\":1}\n")); at++)
		count++;
	assert_int_equal(count, 100);
}

/* A record of so many bytes. */
static const char *padded(size_t size)
{
	static char text[1024];

	memset(text, 'x', sizeof text);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + size - 2, "\"}", 3);
	return text;
}

static void test_a_record_as_long_as_allowed_is_read(void **state)
{
	char input[2048], expected[2048];

	snprintf(input, sizeof input, "%s\n{\"a\":2}\n", padded(RECORD_MAX));
	snprintf(expected, sizeof expected, "1 %s\n2 {\"a\":2}\n", padded(RECORD_MAX));
	splits(input, expected);
}

static void test_a_longer_record_is_counted_and_skipped(void **state)
{
	char input[2048];

	snprintf(input, sizeof input, "{\"a\":1}\n%s\n{\"a\":2}\n", padded(RECORD_MAX + 1));
	splits(input, "1 {\"a\":1}\n! too-long\n3 {\"a\":2}\n");
	snprintf(input, sizeof input, "{\"a\":1}\n%s\n{\"a\":2}\n", padded(RECORD_MAX + 500));
	splits(input, "1 {\"a\":1}\n! too-long\n3 {\"a\":2}\n");
	snprintf(input, sizeof input, "{\"records\":[{\"a\":1},%s,{\"a\":2}]}", padded(RECORD_MAX + 500));
	splits(input, "1 {\"a\":1}\n! too-long\n1 {\"a\":2}\n");
}

static void test_a_long_record_cut_short_is_survived(void **state)
{
	char input[2048];

	snprintf(input, sizeof input, "%.*s\n{\"a\":2}\n", RECORD_MAX + 300, padded(RECORD_MAX + 500));
	splits(input, "! syntax\n2 {\"a\":2}\n");
	snprintf(input, sizeof input, "{\"a\":1}%.*s", RECORD_MAX + 300, padded(RECORD_MAX + 500));
	splits(input, "1 {\"a\":1}\n! truncated\n");
}

static void test_a_long_line_that_is_no_json_is_counted_once(void **state)
{
	char input[2048];

	memset(input, 'x', 1500);
	snprintf(input + 1500, 100, "\n{\"a\":2}\n");
	splits(input, "! not-json\n2 {\"a\":2}\n");
}

static void test_a_record_nested_too_deeply_is_counted_and_skipped(void **state)
{
	static char input[4096] = "";
	size_t length = 0;

	for (int i = 0; i < 70; i++)
		length += (size_t)snprintf(input + length, sizeof input - length, "{\"a\":");
	snprintf(input + length, sizeof input - length, "\n{\"a\":2}\n");
	splits(input, "! too-deep\n2 {\"a\":2}\n");
}

static void test_brackets_without_end_are_counted_once_a_line(void **state)
{
	static char input[40000];

	memset(input, '[', 30000);
	memcpy(input + 30000, "\n{\"a\":2}\n", 10);
	splits(input, "! too-deep\n2 {\"a\":2}\n");
}

static void test_nul_bytes_are_no_json(void **state)
{
	splits_bytes(SPAN("\0\0\0\n{\"a\":1}\n"), "! not-json\n2 {\"a\":1}\n");
	splits_bytes(SPAN("\0\0\0{\"a\":1}\n{\"a\":2}\n"), "! not-json\n1 {\"a\":1}\n2 {\"a\":2}\n");
	splits_bytes(SPAN("\0\0[{\"a\":1},{\"a\":2}]\0oops\n"),
		     "! not-json\n1 {\"a\":1}\n1 {\"a\":2}\n! not-json\n! not-json\n");
	splits_bytes(SPAN("{\"a\":\"x\0y\"}\n{\"a\":2}\n"), "! syntax\n2 {\"a\":2}\n");
	splits_bytes(SPAN("{\"a\":\0}\n{\"a\":2}\n"), "! syntax\n2 {\"a\":2}\n");
	splits_bytes(SPAN("{\"a\":1}\0\n{\"a\":2}\n"), "1 {\"a\":1}\n! not-json\n2 {\"a\":2}\n");
}

/* --- any input --------------------------------------------------------------- */

/* Pieces of good and bad input, thrown together. */
static size_t scramble(uint32_t *seed, char *input, size_t size)
{
	static const char *const pieces[] = {
		"{\"a\":1}", "{\"a\":\"}{\\\"\"}", "{\"records\":[", "{\"tables\":[{\"columns\":[],", "\"rows\":[", "[1,2]",
		"]}", "]", "}", "[", "{", ",", ":", "\"", "\\", "\n", "\r\n", " ", "oops", "\xEF\xBB\xBF", "\xFF", "null",
		"{\n\"a\":\n[1,\n{}]\n}", "\"key\":", "{\"records\":[{\"a\":1},{\"b\":2}]}\n",
		"{\"long\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	size_t length = 0, count = 1 + dice(seed) % 60;

	while (count--) {
		const char *piece = pieces[dice(seed) % (sizeof pieces / sizeof *pieces)];

		if (dice(seed) % 50 == 0 && length + 1 < size)
			input[length++] = '\0';
		if (length + strlen(piece) >= size)
			break;
		memcpy(input + length, piece, strlen(piece));
		length += strlen(piece);
	}
	return length;
}

static void test_it_never_matters_in_what_pieces_input_comes(void **state)
{
	static struct story whole;
	uint32_t seed = 1;

	for (int round = 0; round < 3000; round++) {
		struct splitter *splitter = splitter_new(RECORD_MAX);
		char input[2000];
		size_t length = scramble(&seed, input, sizeof input);

		feed(splitter, &whole, (struct span){input, length}, SIZE_MAX);
		splitter_free(splitter);
		splits_bytes((struct span){input, length}, whole.text);
	}
}

static void test_a_good_line_after_anything_is_read_in_the_end(void **state)
{
	static struct story story;
	uint32_t seed = 2;

	for (int round = 0; round < 3000; round++) {
		struct splitter *splitter = splitter_new(RECORD_MAX);
		char input[4000];
		size_t length = scramble(&seed, input, 2000);

		/* The first of these may still end what the scramble began. */
		length += (size_t)snprintf(input + length, sizeof input - length, "\n{\"x\":1}\n{\"x\":2}\n{\"x\":3}\n");
		feed(splitter, &story, (struct span){input, length}, SIZE_MAX);
		splitter_free(splitter);
		if (!strstr(story.text, "{\"x\":3}\n"))
			fail_msg("lost after\n%.*s\nwhich split to\n%s", (int)length, input, story.text);
	}
}

static void test_an_end_lets_the_next_file_begin_at_its_first_line(void **state)
{
	struct splitter *splitter = splitter_new(RECORD_MAX);
	static struct story story;

	feed(splitter, &story, SPAN("\n\n{\"records\":[{\"a\":1},{\"a"), 5);
	feed(splitter, &story, SPAN("{\"a\":1}\n"), 5);
	assert_string_equal(story.text, "1 {\"a\":1}\n");
	splitter_free(splitter);
}

static void test_no_more_than_a_record_is_ever_held(void **state)
{
	struct splitter *splitter = splitter_new(RECORD_MAX);
	static struct story story;
	char piece[64];

	memset(piece, 'x', sizeof piece);
	splitter_feed(splitter, SPAN("{\"a\":\""));
	drain(splitter, &story);
	for (int i = 0; i < 10000; i++) {
		splitter_feed(splitter, (struct span){piece, sizeof piece});
		drain(splitter, &story);
		assert_true(splitter_held(splitter) <= RECORD_MAX + sizeof piece);
	}
	splitter_feed(splitter, SPAN("\"}\n{\"a\":1}"));
	drain(splitter, &story);
	assert_string_equal(story.text, "! too-long\n2 {\"a\":1}\n");
	splitter_free(splitter);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_no_record),
		cmocka_unit_test(test_every_line_of_json_lines_is_a_record),
		cmocka_unit_test(test_the_last_line_needs_no_end),
		cmocka_unit_test(test_lines_may_end_in_carriage_returns),
		cmocka_unit_test(test_a_byte_order_mark_is_no_record),
		cmocka_unit_test(test_blank_lines_are_counted_as_lines_only),
		cmocka_unit_test(test_records_may_follow_each_other_without_a_comma),
		cmocka_unit_test(test_a_record_may_be_printed_over_many_lines),
		cmocka_unit_test(test_an_array_is_opened),
		cmocka_unit_test(test_an_envelope_is_opened),
		cmocka_unit_test(test_many_envelopes_follow_each_other),
		cmocka_unit_test(test_what_else_an_envelope_holds_is_passed_over),
		cmocka_unit_test(test_only_an_array_of_that_name_makes_an_envelope),
		cmocka_unit_test(test_the_rows_of_a_table_come_with_their_columns),
		cmocka_unit_test(test_a_table_may_be_printed_over_many_lines),
		cmocka_unit_test(test_every_table_has_its_own_columns),
		cmocka_unit_test(test_braces_and_quotes_in_strings_are_text),
		cmocka_unit_test(test_empty_objects_are_records),
		cmocka_unit_test(test_a_line_that_is_no_json_is_counted_once),
		cmocka_unit_test(test_a_stray_bracket_is_no_json),
		cmocka_unit_test(test_a_broken_line_costs_only_itself),
		cmocka_unit_test(test_a_record_cut_short_costs_only_itself),
		cmocka_unit_test(test_two_records_cut_short_are_both_survived),
		cmocka_unit_test(test_a_broken_record_in_an_envelope_costs_only_itself),
		cmocka_unit_test(test_a_broken_record_over_many_lines_costs_only_itself),
		cmocka_unit_test(test_a_broken_row_costs_only_itself),
		cmocka_unit_test(test_an_array_after_a_broken_table_is_none_of_its_rows),
		cmocka_unit_test(test_an_end_within_a_record_is_counted),
		cmocka_unit_test(test_an_end_within_an_envelope_is_counted),
		cmocka_unit_test(test_envelopes_cut_short_one_after_the_other_lose_no_record),
		cmocka_unit_test(test_a_record_as_long_as_allowed_is_read),
		cmocka_unit_test(test_a_longer_record_is_counted_and_skipped),
		cmocka_unit_test(test_a_long_record_cut_short_is_survived),
		cmocka_unit_test(test_a_long_line_that_is_no_json_is_counted_once),
		cmocka_unit_test(test_a_record_nested_too_deeply_is_counted_and_skipped),
		cmocka_unit_test(test_brackets_without_end_are_counted_once_a_line),
		cmocka_unit_test(test_nul_bytes_are_no_json),
		cmocka_unit_test(test_it_never_matters_in_what_pieces_input_comes),
		cmocka_unit_test(test_a_good_line_after_anything_is_read_in_the_end),
		cmocka_unit_test(test_an_end_lets_the_next_file_begin_at_its_first_line),
		cmocka_unit_test(test_no_more_than_a_record_is_ever_held),
	};

	return RUN(tests);
}
