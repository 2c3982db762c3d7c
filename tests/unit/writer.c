/* The writer writes what jansson writes: compared with it on everything here. */
#include "unit.h"

#include <jansson.h>

#include "../../daemon/command/writer.h"

static struct writer writer;
static char *written;
static size_t written_size;

static struct writer *begin(void)
{
	writer_begin(&writer, open_memstream(&written, &written_size));
	return &writer;
}

static void end(void)
{
	writer_flush(&writer);
	assert_int_equal(fclose(writer.file), 0);
}

/* Takes value. */
static void assert_written(json_t *value)
{
	char *expected = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	end();
	assert_non_null(expected);
	assert_int_equal(written_size, strlen(expected));
	assert_string_equal(written, expected);
	free(written);
	free(expected);
	json_decref(value);
}

/* jansson has no string for what is no UTF-8. */
static void writes_like_jansson(struct span text)
{
	json_t *value = json_stringn(text.data, text.size);

	writer_span(begin(), NULL, text);
	assert_written(value ? value : json_null());
}

static void test_a_text_is_written_as_it_is(void **state)
{
	writes_like_jansson(SPAN("pump-7"));
	writes_like_jansson(SPAN(""));
	writes_like_jansson(SPAN("exactly sixteen."));
	writes_like_jansson(SPAN("one more than 16."));
	writes_like_jansson(SPAN("a / and a \x7F stay"));
}

static void test_every_character_is_escaped_like_jansson_at_every_place(void **state)
{
	char text[40];

	for (int c = 0; c < 0x80; c++)
		for (size_t size = 1; size < sizeof text; size++)
			for (size_t at = 0; at < size; at += 1 + at / 18) {
				memset(text, 'x', sizeof text);
				text[at] = (char)c;
				writes_like_jansson((struct span){text, size});
			}
}

static void test_what_is_not_ascii_is_escaped_by_code_units(void **state)
{
	writes_like_jansson(SPAN("P\xC3\xBCmpe \xE6\xB0\xB4 \xF0\x9F\x92\xA7"));
	writes_like_jansson(SPAN("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80"));
	writes_like_jansson(SPAN("the last: \xF4\x8F\xBF\xBF"));
}

static void test_what_is_no_utf8_becomes_null(void **state)
{
	static const char *const wrong[] = {
		"\x80",         "\xC3",         "\xC0\xAF",         "\xC1\xBF",         "\xE0\x80\xAF",
		"\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		"\xFE",         "\xFF",         "\xE6\xB0",         "\xF0\x9F\x92",     "\xC3x",
		"\xE6\xB0x",    "a plain begin of more than sixteen \xFF",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		writer_text(begin(), NULL, wrong[i]);
		assert_written(json_null());
		writes_like_jansson(span_of(wrong[i]));
	}
}

static void test_any_bytes_are_written_like_jansson(void **state)
{
	static const char *const pieces[] = {"a",        "\"",           "\\",           "\n",   "\x1F", "\xC3\xA4",
					     "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "\xFF", "\xC3", "plain "};
	uint32_t seed = 1;

	for (int round = 0; round < 20000; round++) {
		size_t size = 0, count = dice(&seed) % 12;
		char text[12 * 8];

		for (size_t i = 0; i < count; i++) {
			/* Mostly good pieces, so that many of the texts are. */
			const char *piece = pieces[dice(&seed) % (dice(&seed) % 8 ? 8 : 12)];

			memcpy(text + size, piece, strlen(piece));
			size += strlen(piece);
		}
		if (size > 0 && dice(&seed) % 4 == 0)
			text[dice(&seed) % size] = (char)dice(&seed);
		writes_like_jansson((struct span){text, size});
	}
}

static void test_no_text_is_too_long(void **state)
{
	static char text[3 * WRITER_BUFFER];
	static const size_t sizes[] = {4095, 4096, 4097, WRITER_BUFFER - 2, WRITER_BUFFER, sizeof text};

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(text, 'x', sizeof text);
		writes_like_jansson((struct span){text, sizes[i]});
		memset(text, '\n', sizeof text);
		writes_like_jansson((struct span){text, sizes[i]});
		text[sizes[i] - 1] = '\xFF';
		writes_like_jansson((struct span){text, sizes[i]});
	}
}

static void test_numbers_to_the_ends_of_their_scale(void **state)
{
	static const int64_t numbers[] = {0, 7, 10, -1, 401003, UINT32_MAX, INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		writer_number(begin(), NULL, numbers[i]);
		assert_written(json_integer(numbers[i]));
	}
}

static void test_an_object_with_one_of_each(void **state)
{
	struct writer *into = begin();

	writer_open(into, NULL, '{');
	writer_text(into, "text", "a \"text\"");
	writer_text(into, "no text", NULL);
	writer_word(into, "word", "expelled");
	writer_word(into, "no word", NULL);
	writer_truth(into, "true", true);
	writer_truth(into, "false", false);
	writer_time(into, "time", 5 * STAMP_SECOND / 2);
	writer_time(into, "no time", STAMP_NONE);
	writer_open(into, "empty", '[');
	writer_close(into, ']');
	writer_open(into, "list", '[');
	writer_number(into, NULL, 1);
	writer_null(into, NULL);
	writer_open(into, NULL, '{');
	writer_close(into, '}');
	writer_close(into, ']');
	writer_number(into, "last", 2);
	writer_close(into, '}');
	assert_written(json_pack("{s:s, s:n, s:s, s:n, s:b, s:b, s:s, s:n, s:[], s:[i,n,{}], s:i}", "text", "a \"text\"",
				 "no text", "word", "expelled", "no word", "true", 1, "false", 0, "time",
				 "1970-01-01T00:00:02.5Z", "no time", "empty", "list", 1, "last", 2));
}

/* Large enough that the buffer is handed over at every kind of place. */
static void test_a_long_list_is_written_whole(void **state)
{
	struct writer *into = begin();
	json_t *expected = json_array();

	writer_open(into, NULL, '[');
	for (int i = 0; i < 20000; i++) {
		writer_open(into, NULL, '{');
		writer_number(into, "number", i);
		writer_text(into, "text", i % 3 ? "plain, of more than sixteen" : "one \xC3\xA4");
		writer_close(into, '}');
		json_array_append_new(expected, json_pack("{s:i, s:s}", "number", i, "text",
							  i % 3 ? "plain, of more than sixteen" : "one \xC3\xA4"));
	}
	writer_close(into, ']');
	assert_written(expected);
}

static void test_lines_break_behind_commas(void **state)
{
	struct writer *into = begin();

	writer_open(into, NULL, '[');
	writer_line(into);
	writer_number(into, NULL, 1);
	writer_line(into);
	writer_number(into, NULL, 2);
	writer_close(into, ']');
	writer_end(into);
	writer_number(into, NULL, 3);
	writer_end(into);
	end();
	assert_string_equal(written, "[\n1,\n2]\n3\n");
	free(written);
}

static void test_a_memo_is_written_again_for_its_key_only(void **state)
{
	struct writer *into = begin();
	struct writer_memo memo = {0};

	writer_open(into, NULL, '{');
	writer_number(into, "a", 1);
	assert_false(writer_recall(into, &memo, 0));
	writer_mark(into);
	writer_text(into, "b", "\xC3\xA4");
	writer_remember(into, &memo, 0);
	assert_false(writer_recall(into, &memo, 1));
	assert_true(writer_recall(into, &memo, 0));
	writer_close(into, '}');
	end();
	assert_string_equal(written, "{\"a\":1,\"b\":\"\\u00E4\",\"b\":\"\\u00E4\"}");
	free(written);
}

static void test_what_does_not_fit_is_no_memo(void **state)
{
	static char text[2 * WRITER_BUFFER];
	struct writer_memo memo = {0};

	memset(text, 'x', sizeof text);
	for (size_t size = WRITER_MEMO - 20; size < sizeof text; size += size / 3) {
		struct writer *into = begin();

		writer_number(into, "a", 1);
		writer_mark(into);
		writer_span(into, "b", (struct span){text, size});
		writer_remember(into, &memo, size);
		assert_int_equal(writer_recall(into, &memo, size), size + strlen(",\"b\":\"\"") <= WRITER_MEMO);
		end();
		free(written);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_written_as_it_is),
		cmocka_unit_test(test_every_character_is_escaped_like_jansson_at_every_place),
		cmocka_unit_test(test_what_is_not_ascii_is_escaped_by_code_units),
		cmocka_unit_test(test_what_is_no_utf8_becomes_null),
		cmocka_unit_test(test_any_bytes_are_written_like_jansson),
		cmocka_unit_test(test_no_text_is_too_long),
		cmocka_unit_test(test_numbers_to_the_ends_of_their_scale),
		cmocka_unit_test(test_an_object_with_one_of_each),
		cmocka_unit_test(test_a_long_list_is_written_whole),
		cmocka_unit_test(test_lines_break_behind_commas),
		cmocka_unit_test(test_a_memo_is_written_again_for_its_key_only),
		cmocka_unit_test(test_what_does_not_fit_is_no_memo),
	};

	return RUN(tests);
}
