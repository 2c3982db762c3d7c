#include "encodings.h"

#include <stdlib.h>

#include "../../daemon/core/tell/rfc5424.h"

static void encodes(const struct notice *notice, const char *host, uint64_t sequence, const char *expected)
{
	struct rfc5424 from = {.host = host, .version = "0.1", .facility = 3, .enterprise_number = 32473,
			       .process = 1873, .sequence = sequence};
	char message[RFC5424_MAX];
	size_t size = rfc5424_encode(&from, notice, (struct moment){moment(NOW), 0}, message, sizeof message);

	assert_string_equal(message, expected);
	assert_int_equal(size, strlen(expected));
}

static void test_a_message_byte_for_byte(void **state)
{
	struct notice notice = refusal();

	encodes(&notice, "gw-042", 41,
		"<27>1 2026-03-04T05:06:07.123456Z gw-042 lapsed 1873 AUTH_FAIL [iothub@32473 v=\"1\" state=\"raised\" "
		"hub=\"contoso\" device=\"pump-7\" verdict=\"auth-failure\" cause=\"2\" reason=\"thumbprint-mismatch\" "
		"code=\"401003\" count=\"4\" episode=\"7f3a91c2c0ffee11\" message=\"Thumbprint differs\" "
		"doc=\"https://example.net/\" remedy=\"Look.\"][meta sequenceId=\"41\" language=\"en\"][origin "
		"software=\"lapsed\" swVersion=\"0.1\"] AUTH_FAIL state=raised hub=contoso device=pump-7 "
		"verdict=auth-failure cause=2 reason=thumbprint-mismatch code=401003 count=4 episode=7f3a91c2c0ffee11: "
		"no right; 4 refusals");
}

static void test_a_host_without_a_name_is_a_dash_and_the_sequence_wraps_to_one(void **state)
{
	struct notice notice = digest();

	encodes(&notice, "", 2147483647,
		"<30>1 2026-03-04T05:06:07.123456Z - lapsed 1873 DIGEST [iothub@32473 v=\"1\" state=\"raised\"][meta "
		"sequenceId=\"1\" language=\"en\"][origin software=\"lapsed\" swVersion=\"0.1\"] DIGEST: 0 alerts stand");
}

static void test_a_hostile_name_ends_no_value_and_no_element(void **state)
{
	struct notice notice = hostile();

	encodes(&notice, "a b\n", 1,
		"<27>1 2026-03-04T05:06:07.123456Z ab lapsed 1873 AUTH_FAIL [iothub@32473 v=\"1\" state=\"raised\" "
		"hub=\"h u=b\" device=\"a\\\\x0a<0>1 - b\\]\\\"\\\\x5c\\\\x1b[31m\\\\xc3\\\\xa9\" module=\"m\\\\x0d\\\\x7f\" "
		"verdict=\"auth-failure\" cause=\"2\" reason=\"thumbprint-mismatch\" code=\"401003\" count=\"4\" "
		"episode=\"7f3a91c2c0ffee11\" message=\"one\\\\x0aPRIORITY=0\\\\x0a\" doc=\"https://example.net/\" "
		"remedy=\"Look.\"][meta sequenceId=\"1\" language=\"en\"][origin software=\"lapsed\" swVersion=\"0.1\"] "
		"AUTH_FAIL state=raised hub=h\\x20u\\x3db device=a\\x0a<0>1\\x20-\\x20b]\\x22\\x5c\\x1b[31m\\xc3\\xa9 "
		"module=m\\x0d\\x7f verdict=auth-failure cause=2 reason=thumbprint-mismatch code=401003 count=4 "
		"episode=7f3a91c2c0ffee11: no right; 4 refusals");
}

static void test_whatever_its_length_a_message_is_whole(void **state)
{
	struct rfc5424 from = {.host = "h", .version = "0.1", .enterprise_number = 1, .sequence = 1};
	struct notice notice = refusal();
	char message[RFC5424_UDP_MAX], device[256];
	size_t size;

	memset(device, '"', sizeof device);
	memset(notice.sentence, 'x', sizeof notice.sentence - 1);
	memset(notice.message, '\n', sizeof notice.message - 1);
	for (size_t length = 1; length < sizeof device; length++) {
		notice.device = (struct span){device, length};
		size = rfc5424_encode(&from, &notice, (struct moment){0, 0}, message, sizeof message);
		assert_true(size < sizeof message && strlen(message) == size);
		assert_non_null(strstr(message, "][meta sequenceId=\"1\" language=\"en\"][origin software=\"lapsed\" "
						"swVersion=\"0.1\"] AUTH_FAIL state=raised "));
	}
}

static void test_only_a_value_that_is_too_long_ends_in_dots(void **state)
{
	struct rfc5424 from = {.host = "h", .version = "0.1", .enterprise_number = 1, .sequence = 1};
	struct notice notice = {.kind = NOTICE_DIGEST, .msgid = "DIGEST", .first_ns = STAMP_NONE, .last_ns = STAMP_NONE};
	char device[300], message[RFC5424_MAX], expected[400];
	size_t longest = 300 - sizeof " device=\"\"";

	memset(device, 'd', sizeof device);
	for (size_t size = 270; size < sizeof device; size++) {
		notice.device = (struct span){device, size};
		rfc5424_encode(&from, &notice, (struct moment){0, 0}, message, sizeof message);
		snprintf(expected, sizeof expected, " device=\"%.*s\"]", (int)size, device);
		assert_int_equal(strstr(message, expected) != NULL, size <= longest);
		assert_int_equal(strstr(message, "ddd...\"]") != NULL, size > longest);
	}
	/* Escapes count as they are written. */
	memset(device, ']', sizeof device);
	notice.device.size = longest / 2;
	rfc5424_encode(&from, &notice, (struct moment){0, 0}, message, sizeof message);
	assert_null(strstr(message, "..."));
	device[0] = '\n';
	rfc5424_encode(&from, &notice, (struct moment){0, 0}, message, sizeof message);
	assert_non_null(strstr(message, "\\]...\"]"));
}

/* The longest host and message id leave no room for fields. */
static void test_a_long_head_is_not_run_over(void **state)
{
	struct rfc5424 from = {.version = "0.1.0+git20261122", .facility = 23, .enterprise_number = 2147483647,
			       .process = 4194304, .sequence = 2147483646};
	struct notice notice = refusal();
	char host[256] = "", msgid[33] = "", message[2 * RFC5424_MAX];
	size_t size;

	from.host = memset(host, 'h', sizeof host - 1);
	notice.msgid = memset(msgid, 'M', sizeof msgid - 1);
	memset(notice.sentence, 'x', sizeof notice.sentence - 1);
	memset(notice.message, '\n', sizeof notice.message - 1);
	memset(message, '#', sizeof message);
	size = rfc5424_encode(&from, &notice, (struct moment){moment(NOW), 0}, message, RFC5424_UDP_MAX);
	assert_true(size < RFC5424_UDP_MAX && strlen(message) == size);
	for (size_t i = RFC5424_UDP_MAX; i < sizeof message; i++)
		assert_int_equal(message[i], '#');
	assert_non_null(strstr(message, " [iothub@2147483647][meta sequenceId=\"2147483646\" language=\"en\"][origin "
					"software=\"lapsed\" swVersion=\"0.1.0+git20261122\"] MMMM"));
}

/* A rule file may give a msgid of any length. */
static void test_a_long_head_leaves_the_message_whole(void **state)
{
	char host[256], msgid[700], *message = malloc(RFC5424_UDP_MAX);
	struct rfc5424 from = {.host = host, .version = "0.1", .enterprise_number = 1, .sequence = 1};
	struct notice notice = refusal();

	assert_non_null(message);
	memset(host, 'h', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	memset(msgid, 'M', sizeof msgid - 1);
	msgid[sizeof msgid - 1] = '\0';
	memset(notice.sentence, 'x', sizeof notice.sentence - 1);
	memset(notice.message, 'y', sizeof notice.message - 1);
	for (size_t length = 0; length < sizeof msgid; length++) {
		size_t size;

		notice.msgid = msgid + sizeof msgid - 1 - length;
		size = rfc5424_encode(&from, &notice, (struct moment){0, 0}, message, RFC5424_UDP_MAX);
		assert_true(size < RFC5424_UDP_MAX && strlen(message) == size);
		assert_non_null(strstr(message, " [iothub@1"));
		assert_non_null(strstr(message, "][meta sequenceId=\"1\" language=\"en\"][origin software=\"lapsed\" "
						"swVersion=\"0.1\"] "));
	}
	free(message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_byte_for_byte),
		cmocka_unit_test(test_a_host_without_a_name_is_a_dash_and_the_sequence_wraps_to_one),
		cmocka_unit_test(test_a_hostile_name_ends_no_value_and_no_element),
		cmocka_unit_test(test_whatever_its_length_a_message_is_whole),
		cmocka_unit_test(test_only_a_value_that_is_too_long_ends_in_dots),
		cmocka_unit_test(test_a_long_head_is_not_run_over),
		cmocka_unit_test(test_a_long_head_leaves_the_message_whole),
	};

	return RUN(tests);
}
