#include "unit.h"

#include "../../daemon/core/rules/jsonc.h"

static json_t *reads(const char *text)
{
	struct fault fault = {0};
	json_t *value = NULL;

	if (jsonc_parse(&(struct jsonc){"file.json", span_of(text), &fault}, &value))
		fail_msg("%s: %d:%d: %s", text, fault.line, fault.column, fault.text);
	return value;
}

static void means(const char *text, const char *plain)
{
	json_t *value = reads(text), *same = json_loads(plain, 0, NULL);

	assert_non_null(same);
	assert_true(json_equal(value, same));
	json_decref(value);
	json_decref(same);
}

static struct fault refuses(const char *text)
{
	struct fault fault = {0};
	json_t *value = NULL;

	if (jsonc_parse(&(struct jsonc){"file.json", span_of(text), &fault}, &value) != FAULT)
		fail_msg("%s was read", text);
	assert_string_equal(fault.file, "file.json");
	assert_true(fault.text[0]);
	return fault;
}

static void stands(const char *text, const char *path, int line, int column)
{
	struct fault fault = {0};

	assert_int_equal(jsonc_fault(&(struct jsonc){"file.json", span_of(text), &fault}, path, "wrong: %d", 42), FAULT);
	assert_string_equal(fault.text, "wrong: 42");
	if (fault.line != line || fault.column != column)
		fail_msg("%s in %s: %d:%d, expected %d:%d", path, text, fault.line, fault.column, line, column);
}

static void test_plain_json_is_jsonc(void **state)
{
	means("{\"a\": [1, 2, {\"b\": null}]}", "{\"a\":[1,2,{\"b\":null}]}");
}

static void test_comments_of_three_kinds_are_blanks(void **state)
{
	means("// begin\n{\"a\": 1 /* one\n more */, # two\n\"b\": 2 // end\n}\n# after", "{\"a\":1,\"b\":2}");
	means("{/**/\"a\":/***/1}//", "{\"a\":1}");
}

static void test_what_looks_like_a_comment_in_a_string_is_text(void **state)
{
	means("{\"a\": \"http://x # y /* z */\", \"b\\\"//\": 1}", "{\"a\":\"http://x # y /* z */\",\"b\\\"//\":1}");
}

static void test_one_trailing_comma_is_allowed(void **state)
{
	means("{\"a\": [1, 2,], \"b\": {\"c\": 3,},}", "{\"a\":[1,2],\"b\":{\"c\":3}}");
	means("{\"a\": [1, // one\n 2, /* two */ // and\n # three\n ]}", "{\"a\":[1,2]}");
}

static void test_two_trailing_commas_are_not(void **state)
{
	refuses("{\"a\": 1,,}");
	refuses("[1,,2]");
}

static void test_a_comma_in_a_string_is_no_trailing_comma(void **state)
{
	means("[\",\"]", "[\",\"]");
	means("{\"a\": \"x,\" }", "{\"a\":\"x,\"}");
}

static void test_a_syntax_fault_stands_where_it_is(void **state)
{
	struct fault fault = refuses("{\n  // a comment\n  \"a\": 1,\n  \"b\": oops\n}");

	assert_int_equal(fault.line, 4);
	assert_in_range(fault.column, 8, 12);
}

static void test_a_comment_that_never_ends_is_shown_where_it_begins(void **state)
{
	struct fault fault = refuses("{\n  \"a\": 1 /* and so on\n}\n");

	assert_int_equal(fault.line, 2);
	assert_int_equal(fault.column, 10);
	assert_non_null(strstr(fault.text, "never ends"));
	refuses("/*");
	refuses("{} /*/");
}

static void test_a_key_twice_is_a_fault(void **state)
{
	struct fault fault = refuses("{\"a\": 1,\n \"a\": 2}");

	assert_int_equal(fault.line, 2);
	assert_non_null(strstr(fault.text, "duplicate"));
}

static void test_what_is_cut_off_or_empty_is_a_fault(void **state)
{
	refuses("");
	refuses("// nothing");
	refuses("{\"a\": 1");
	refuses("{\"a");
	refuses("{\"a\\");
	refuses("{} {}");
}

static void test_a_path_leads_to_its_value(void **state)
{
	static const char text[] = "{\n  \"settings\": {\"settle\": 5},\n  \"sources\": [\n    {\"path\": \"a\"},\n"
				   "    {\"kind\": {\"x\": [1, 2]}, \"path\": \"b\"},\n  ],\n}\n";

	stands(text, "settings", 2, 15);
	stands(text, "settings.settle", 2, 26);
	stands(text, "sources", 3, 14);
	stands(text, "sources[0]", 4, 5);
	stands(text, "sources[1].path", 5, 37);
	stands(text, "sources[1].kind.x[1]", 5, 24);
}

static void test_a_path_with_an_equals_sign_leads_to_the_key(void **state)
{
	static const char text[] = "{\n  \"settings\": {\"settle\": 5, \"odd\": 6},\n}\n";

	stands(text, "settings=", 2, 3);
	stands(text, "settings.odd=", 2, 29);
	stands(text, ".settings=", 2, 3);
}

static void test_comments_and_odd_strings_do_not_lead_astray(void **state)
{
	static const char text[] = "{ // \"b\": 0\n  /* { [ */ \"a\": \"]}\\\"{,\",\n  \"b\": [[], {}, \"[\", -1.5e3, true],\n"
				   "  \"c\": 7\n}";

	stands(text, "b[3]", 3, 22);
	stands(text, "b[4]", 3, 30);
	stands(text, "c", 4, 8);
}

static void test_a_path_that_leads_nowhere_does_no_harm(void **state)
{
	static const char *const paths[] = {"", ".", "x", "x=", "a[7]", "a[", "a[x]", "[", "]", "a.b.c", "a[0][0][0]", "=", "..="};
	static const char *const texts[] = {"{\"a\": [1]}", "", "{\"a"};
	struct fault fault;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
			assert_int_equal(jsonc_fault(&(struct jsonc){"f", span_of(texts[j]), &fault}, paths[i], "x"), FAULT);
}

static void test_a_fault_is_described_in_one_line(void **state)
{
	struct fault fault;
	char text[64];

	fault_set(&fault, "a.json", 3, 7, "expected %s", "more");
	assert_string_equal(fault_describe(&fault, text, sizeof text), "a.json:3:7: expected more");
	fault_set(&fault, "a.json", 0, 0, "not there");
	assert_string_equal(fault_describe(&fault, text, sizeof text), "a.json: not there");
	fault_set(&fault, NULL, 0, 0, "not there");
	assert_string_equal(fault_describe(&fault, text, sizeof text), "not there");
}

static void test_the_nearest_word_is_found(void **state)
{
	static const char *const words[] = {"settle", "return_within", "return_max", "refusals"};

	assert_string_equal(jsonc_nearest("return_witin", words, 4), "return_within");
	assert_string_equal(jsonc_nearest("setle", words, 4), "settle");
	assert_string_equal(jsonc_nearest("refusal", words, 4), "refusals");
	assert_string_equal(jsonc_nearest("return_mx", words, 4), "return_max");
}

static void test_a_word_far_from_all_has_no_nearest(void **state)
{
	static const char *const words[] = {"settle", "refusals"};

	assert_null(jsonc_nearest("devices_max", words, 2));
	assert_null(jsonc_nearest("", words, 2));
	assert_null(jsonc_nearest("settle", words, 0));
	assert_null(jsonc_nearest("a very long word, longer than any that could be meant by anybody at all", words, 2));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_json_is_jsonc),
		cmocka_unit_test(test_comments_of_three_kinds_are_blanks),
		cmocka_unit_test(test_what_looks_like_a_comment_in_a_string_is_text),
		cmocka_unit_test(test_one_trailing_comma_is_allowed),
		cmocka_unit_test(test_two_trailing_commas_are_not),
		cmocka_unit_test(test_a_comma_in_a_string_is_no_trailing_comma),
		cmocka_unit_test(test_a_syntax_fault_stands_where_it_is),
		cmocka_unit_test(test_a_comment_that_never_ends_is_shown_where_it_begins),
		cmocka_unit_test(test_a_key_twice_is_a_fault),
		cmocka_unit_test(test_what_is_cut_off_or_empty_is_a_fault),
		cmocka_unit_test(test_a_path_leads_to_its_value),
		cmocka_unit_test(test_a_path_with_an_equals_sign_leads_to_the_key),
		cmocka_unit_test(test_comments_and_odd_strings_do_not_lead_astray),
		cmocka_unit_test(test_a_path_that_leads_nowhere_does_no_harm),
		cmocka_unit_test(test_a_fault_is_described_in_one_line),
		cmocka_unit_test(test_the_nearest_word_is_found),
		cmocka_unit_test(test_a_word_far_from_all_has_no_nearest),
	};

	return RUN(tests);
}
