#include "unit.h"

#include "../../daemon/core/basic/text.h"

#define KEY "cGl6emEgcGl6emEgcGl6emEgcGl6emEgcGl6emEgcGE=" /* 32 bytes in Base64 */

static void redacts(const char *text, const char *expected)
{
	char buffer[512];

	text_redact(span_of(text), buffer, sizeof buffer);
	assert_string_equal(buffer, expected);
}

static void keeps(const char *text)
{
	redacts(text, text);
}

static void escapes(struct span text, const char *also, const char *expected)
{
	char buffer[256];

	text_escape(text, also, buffer, sizeof buffer);
	assert_string_equal(buffer, expected);
}

/* --- redaction ------------------------------------------------------------ */

static void test_a_signature_is_redacted_and_the_rest_of_the_token_kept(void **state)
{
	redacts("SharedAccessSignature sr=hub%2Fdevices%2Fp&sig=aB3%2Fx%2B9%3D&se=1700000000&skn=device",
		"SharedAccessSignature sr=hub%2Fdevices%2Fp&sig=[redacted]&se=1700000000&skn=device");
	redacts("sig=abc", "sig=[redacted]");
	redacts("SIG=abc;", "SIG=[redacted];");
}

static void test_a_token_with_escapes_of_its_own_is_redacted(void **state)
{
	redacts("\\u0026sig\\u003DaB3\\u002Bx\\/yZ\\u003d\\u0026se=1", "\\u0026sig\\u003D[redacted]\\u0026se=1");
	redacts("{\\u0022sig\\u0022:\\u0022aB3xYz\\u0022}", "{\\u0022sig\\u0022:\\u0022[redacted]\\u0022}");
	redacts("SharedAccessKey=aB3\\u002fxYz=;", "SharedAccessKey=[redacted];");
	redacts("rejected:\\nkey=aB3xYz", "rejected:\\nkey=[redacted]");
	redacts("sr%3Dcontoso.azure-devices.net%2Fdevices%2Fpump-station-0042-north-west%26sig%3DaB3xYz%26se%3D1",
		"sr%3Dcontoso.azure-devices.net%2Fdevices%2Fpump-station-0042-north-west%26sig%3D[redacted]%26se%3D1");
	redacts("a%2526password%253DaB3xYz", "a%2526password%253D[redacted]");
	redacts("sr%253Dhub%2526sig%253DaB3xYz", "sr%253Dhub%2526sig%253D[redacted]");
	redacts("the key 0123456789abcdefghij\\u002Bklmnopqrstuvwxyz0123456\\u003d is wrong",
		"the key [redacted] is wrong");
	redacts("the key 0123456789abcdefghijklmnopqrstuvwxyz01234567%253D is wrong", "the key [redacted] is wrong");
}

static void test_a_token_encoded_once_more_is_redacted(void **state)
{
	redacts("sr%3Dhub%26sig%3DaB3xYz", "sr%3Dhub%26sig%3D[redacted]");
	redacts("sig=x%26key=abc", "sig=[redacted]%26key=[redacted]");
	redacts("a=1\\u0026password=abc", "a=1\\u0026password=[redacted]");
	redacts("a%26AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "a%26[redacted]");
}

static void test_the_key_of_a_connection_string_is_redacted(void **state)
{
	redacts("HostName=h;DeviceId=p;SharedAccessKey=" KEY, "HostName=h;DeviceId=p;SharedAccessKey=[redacted]");
	redacts("SharedAccessKeyName=fleet;SharedAccessKey=" KEY ";x",
		"SharedAccessKeyName=fleet;SharedAccessKey=[redacted];x");
	redacts("AccountKey=abc== end", "AccountKey=[redacted] end");
	redacts("{\"primaryKey\":\"" KEY "\"}", "{\"primaryKey\":\"[redacted]\"}");
}

static void test_every_name_of_a_secret_is_known_in_any_case(void **state)
{
	static const char *const names[] = {
		"sig",           "SharedAccessKey", "AccountKey", "access_key",    "password",     "passwd",
		"pwd",           "primaryKey",      "primary_key", "secondaryKey", "secondary_key", "key",
		"apiKey",        "api-key",         "token",      "secret",        "clientSecret", "client_secret",
		"Authorization",
	};
	char text[64], expected[sizeof text + 16];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (int shape = 0; shape < 3; shape++) {
			snprintf(text, sizeof text, "a %s", names[i]);
			for (char *c = text + 2; *c; c++)
				if (shape > 0 && *c != '_' && *c != '-')
					*c = (char)(shape == 1 ? *c | 0x20 : *c & ~0x20);
			snprintf(expected, sizeof expected, "%s=[redacted] b", text);
			strcat(text, "=hidden b");
			redacts(text, expected);
		}
}

static void test_a_name_may_end_a_longer_one(void **state)
{
	redacts("{\"adminPassword\":\"a\",\"refreshToken\":\"b\"}",
		"{\"adminPassword\":\"[redacted]\",\"refreshToken\":\"[redacted]\"}");
	redacts("x-functions-key: a next", "x-functions-key: [redacted] next");
}

static void test_a_value_in_quotes_is_redacted_to_their_end(void **state)
{
	redacts("{\"password\":\"correct horse, it's; & so\",\"a\":1}", "{\"password\":\"[redacted]\",\"a\":1}");
	redacts("passwd='correct horse' next", "passwd='[redacted]' next");
	redacts("{\\\"pwd\\\":\\\"correct horse\\\",", "{\\\"pwd\\\":\\\"[redacted]\\\",");
}

static void test_what_stands_behind_a_scheme_is_redacted(void **state)
{
	redacts("Authorization: Bearer xxx\r\nHost: h", "Authorization: Bearer [redacted]\r\nHost: h");
	redacts("{\"authorization\":\"Basic cHVtcA==\"}", "{\"authorization\":\"Basic [redacted]\"}");
	redacts("Authorization: opaque next", "Authorization: [redacted] next");
	redacts("a Bearer aB3.x-Y_z~ is old", "a Bearer [redacted] is old");
	redacts("a bearer abcdefghijklmnopqrstuvwxyz is old", "a bearer [redacted] is old");
	redacts("h=Bearer%20aB3", "h=Bearer%20[redacted]");
	keeps("Bearer authentication is off; a bearer token is expected, basic access");
	keeps("Bearer ");
}

#define JWT_HEAD "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwdW1wLTcifQ"

static void test_a_web_token_is_redacted(void **state)
{
	redacts("the token " JWT_HEAD ".aB-3_xYz, it lapsed", "the token [redacted], it lapsed");
	redacts("'" JWT_HEAD ".'", "'[redacted]'");
	redacts("eyJhbGciOiJkaXIifQ..iv.text.tag", "[redacted]");
	keeps("eyJhbGciOiJIUzI1NiJ9 and eyJ.x");
	keeps("monkeyJ.a.b");
}

static void test_a_bare_key_is_redacted(void **state)
{
	redacts("the key " KEY " is wrong", "the key [redacted] is wrong");
	redacts(KEY, "[redacted]");
	redacts("'" KEY "'", "'[redacted]'");
}

static void test_a_password_is_redacted_to_its_end(void **state)
{
	redacts("user=x&password=secret&y", "user=x&password=[redacted]&y");
	redacts("password=p@ss!word, next", "password=[redacted], next");
}

static void test_hex_thumbprints_stay(void **state)
{
	keeps("Thumbprint: SHA1Hash=0123456789ABCDEF0123456789ABCDEF01234567, "
	      "SHA2Hash=0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF; "
	      "Configuration: PrimaryThumbprint=, SecondaryThumbprint=");
}

static void test_words_that_only_end_like_a_secret_stay(void **state)
{
	keeps("design=good, monkey=brown");
	keeps("a-long-name-that-is-shorter-than-any-text=1");
	keeps("Authorization rule 'device' does not allow access for 'HUB/devices/pump-7'");
}

static void test_tracking_ids_are_left_out(void **state)
{
	redacts("{\"Message\":\"Unauthorized\",\"ExceptionMessage\":\"Tracking ID:0123abc-G:2-TimeStamp:09/21/2021 "
		"22:33:34\"}",
		"{\"Message\":\"Unauthorized\",\"ExceptionMessage\":\"Tracking ID:...\"}");
	redacts("{\"errorCode\":401002,\"trackingId\":\"abc-1\",\"message\":\"Unauthorized\",\"timestampUtc\":\"2021\"}",
		"{\"errorCode\":401002,\"trackingId\":\"...\",\"message\":\"Unauthorized\",\"timestampUtc\":\"...\"}");
}

static void test_a_redacted_text_is_cut_between_characters(void **state)
{
	char buffer[8];

	text_redact(span_of("abcde\xC3\xA4\xC3\xA4"), buffer, sizeof buffer); /* 7 bytes fit */
	assert_string_equal(buffer, "abcde\xC3\xA4");
	text_redact(span_of("abcdef\xC3\xA4"), buffer, sizeof buffer);
	assert_string_equal(buffer, "abcdef");
	text_redact(span_of("abcd\xF0\x9F\x98\x80"), buffer, sizeof buffer);
	assert_string_equal(buffer, "abcd");
	text_redact(span_of("abcd\xE2\x82\xAC"), buffer, sizeof buffer);
	assert_string_equal(buffer, "abcd\xE2\x82\xAC");
}

static void test_a_cut_never_uncovers_a_secret(void **state)
{
	static const char text[] = "rule 'x' sig=abcdefghijklmnop " KEY " SharedAccessKey=" KEY;
	char buffer[sizeof text + 1];

	for (size_t size = 1; size <= sizeof buffer; size++) {
		text_redact(span_of(text), buffer, size);
		assert_true(strlen(buffer) < size);
		assert_null(strstr(buffer, "abc"));
		assert_null(strstr(buffer, "cGl6"));
	}
}

/* Most texts are kept as they are after one quick look, which must not miss
 * what the careful one finds: that is taken for sure if a key stands behind. */
static void test_a_quick_look_misses_nothing(void **state)
{
	static const char *const pieces[] = {
		"sig", "SharedAccessKey", "accountkey", "access_key", "passWord", "pwd", "key", "Token",
		"tracking id", "timestampUtc", KEY, "aB3+aB3+aB3+aB3+aB3+aB3+aB3+aB3+aB3+aB3+aB3", "=", ":",
		"%3D", "%26", "\\u0026", " ", "\"", "'", "\\", "x", "-", "ey", "\xC3\xA4",
		"client_secret", "passwd", "Authorization", "Bearer", "basic", "%20", JWT_HEAD, ".", "aB3",
	};
	enum { PIECES = sizeof pieces / sizeof *pieces };
	unsigned random = 1;

	for (int i = 0; i < 100000; i++) {
		char text[512] = "", quick[600], careful[600];

		for (int n = 1 + i % 6; n > 0; n--) {
			random = random * 1103515245 + 12345;
			strcat(text, pieces[(random >> 16) % PIECES]);
		}
		text_redact(span_of(text), quick, sizeof quick);
		strcat(quick, "\nkey=[redacted]");
		strcat(text, "\nkey=x");
		text_redact(span_of(text), careful, sizeof careful);
		assert_string_equal(quick, careful);
	}
}

static void test_nothing_is_redacted_to_nothing(void **state)
{
	char buffer[4] = "abc";

	text_redact((struct span){NULL, 0}, buffer, sizeof buffer);
	assert_string_equal(buffer, "");
}

/* --- escaping --------------------------------------------------------------- */

static void test_printable_ascii_stays(void **state)
{
	escapes(SPAN("pump-7_A.b:c%d#*?!(),=@;$' ~"), "", "pump-7_A.b:c%d#*?!(),=@;$' ~");
}

static void test_control_characters_are_escaped(void **state)
{
	escapes(SPAN("a\nb\rc\td\x1B[31m\x7F"), "", "a\\x0ab\\x0dc\\x09d\\x1b[31m\\x7f");
	escapes(SPAN("a\0b"), "", "a\\x00b");
}

static void test_a_backslash_is_escaped_so_that_nothing_can_be_forged(void **state)
{
	escapes(SPAN("a\\x0ab"), "", "a\\x5cx0ab");
}

static void test_what_is_not_ascii_is_escaped_byte_by_byte(void **state)
{
	escapes(SPAN("\xC3\xA4\xFF"), "", "\\xc3\\xa4\\xff");
}

static void test_more_characters_can_be_asked_to_be_escaped(void **state)
{
	escapes(SPAN("a\"]b"), "\"]", "a\\x22\\x5db");
}

static void test_a_name_is_shown_as_it_is_but_for_control_characters(void **state)
{
	char buffer[64];

	text_escape_controls(SPAN("a\\b \"\xC3\xA9\" \n\x1B[2J\x7F\xC2\x9B\xC2\xA0"), buffer, sizeof buffer);
	assert_string_equal(buffer, "a\\b \"\xC3\xA9\" \\x0a\\x1b[2J\\x7f\\xc2\\x9b\xC2\xA0");
	assert_int_equal(text_escape_controls(SPAN("\n\n\n\n"), buffer, 17), 12);
	assert_string_equal(buffer, "\\x0a\\x0a\\x0a");
}

static void test_an_escape_is_never_cut(void **state)
{
	char buffer[8];

	text_escape(SPAN("abcdef\n"), "", buffer, sizeof buffer);
	assert_string_equal(buffer, "abcdef");
	text_escape(SPAN("abc\n"), "", buffer, sizeof buffer);
	assert_string_equal(buffer, "abc\\x0a");
	text_escape(SPAN("abcdefghij"), "", buffer, sizeof buffer);
	assert_string_equal(buffer, "abcdefg");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_signature_is_redacted_and_the_rest_of_the_token_kept),
		cmocka_unit_test(test_a_token_encoded_once_more_is_redacted),
		cmocka_unit_test(test_a_token_with_escapes_of_its_own_is_redacted),
		cmocka_unit_test(test_the_key_of_a_connection_string_is_redacted),
		cmocka_unit_test(test_every_name_of_a_secret_is_known_in_any_case),
		cmocka_unit_test(test_a_name_may_end_a_longer_one),
		cmocka_unit_test(test_a_value_in_quotes_is_redacted_to_their_end),
		cmocka_unit_test(test_what_stands_behind_a_scheme_is_redacted),
		cmocka_unit_test(test_a_web_token_is_redacted),
		cmocka_unit_test(test_a_bare_key_is_redacted),
		cmocka_unit_test(test_a_password_is_redacted_to_its_end),
		cmocka_unit_test(test_hex_thumbprints_stay),
		cmocka_unit_test(test_words_that_only_end_like_a_secret_stay),
		cmocka_unit_test(test_tracking_ids_are_left_out),
		cmocka_unit_test(test_a_redacted_text_is_cut_between_characters),
		cmocka_unit_test(test_a_cut_never_uncovers_a_secret),
		cmocka_unit_test(test_a_quick_look_misses_nothing),
		cmocka_unit_test(test_nothing_is_redacted_to_nothing),
		cmocka_unit_test(test_printable_ascii_stays),
		cmocka_unit_test(test_control_characters_are_escaped),
		cmocka_unit_test(test_a_backslash_is_escaped_so_that_nothing_can_be_forged),
		cmocka_unit_test(test_what_is_not_ascii_is_escaped_byte_by_byte),
		cmocka_unit_test(test_more_characters_can_be_asked_to_be_escaped),
		cmocka_unit_test(test_an_escape_is_never_cut),
		cmocka_unit_test(test_a_name_is_shown_as_it_is_but_for_control_characters),
	};

	return RUN(tests);
}
