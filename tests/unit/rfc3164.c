#include "encodings.h"

#include "../../daemon/core/tell/rfc3164.h"
#include "../../daemon/core/tell/rfc5424.h"

static void encodes(const struct notice *notice, const char *time, int32_t offset_s, int facility, const char *expected)
{
	struct rfc3164 from = {.facility = facility, .process = 1873, .offset_s = offset_s};
	char line[RFC3164_MAX];
	size_t size = rfc3164_encode(&from, notice, (struct moment){moment(time), 0}, line, sizeof line);

	assert_string_equal(line, expected);
	assert_int_equal(size, strlen(expected));
}

static void test_a_line_is_as_the_c_library_writes_it(void **state)
{
	struct notice notice = refusal();

	encodes(&notice, NOW, 0, 3,
		"<27>Mar  4 05:06:07 lapsed[1873]: AUTH_FAIL state=raised hub=contoso device=pump-7 verdict=auth-failure "
		"cause=2 reason=thumbprint-mismatch code=401003 count=4 episode=7f3a91c2c0ffee11: no right; 4 refusals");
	notice = digest();
	encodes(&notice, "2026-12-31T23:59:59Z", 0, 16, "<134>Dec 31 23:59:59 lapsed[1873]: DIGEST: 0 alerts stand");
}

static void test_the_time_is_local(void **state)
{
	struct notice notice = digest();

	encodes(&notice, "2026-12-31T23:59:59Z", 3600, 3, "<30>Jan  1 00:59:59 lapsed[1873]: DIGEST: 0 alerts stand");
	encodes(&notice, "2026-03-01T01:00:00Z", -9000, 3, "<30>Feb 28 22:30:00 lapsed[1873]: DIGEST: 0 alerts stand");
}

static void test_a_hostile_name_stays_in_its_field(void **state)
{
	struct notice notice = hostile();

	encodes(&notice, NOW, 0, 3,
		"<27>Mar  4 05:06:07 lapsed[1873]: AUTH_FAIL state=raised hub=h\\x20u\\x3db "
		"device=a\\x0a<0>1\\x20-\\x20b]\\x22\\x5c\\x1b[31m\\xc3\\xa9 module=m\\x0d\\x7f verdict=auth-failure cause=2 "
		"reason=thumbprint-mismatch code=401003 count=4 episode=7f3a91c2c0ffee11: no right; 4 refusals");
}

static void test_what_is_too_long_is_cut(void **state)
{
	struct rfc3164 from = {.facility = 3, .process = 1};
	struct notice notice = refusal();
	char line[RFC3164_MAX];
	size_t size;

	memset(notice.sentence, 'x', sizeof notice.sentence - 1);
	size = rfc3164_encode(&from, &notice, (struct moment){0, 0}, line, 200);
	assert_int_equal(size, 199);
	assert_int_equal(strlen(line), 199);
}

/* 300 bytes: as far as a device may take room from the others. */
static void test_only_an_id_that_is_too_long_ends_in_dots(void **state)
{
	struct notice notice = {.kind = NOTICE_DIGEST, .msgid = "DIGEST"};
	char device[301], line[400], expected[400];

	memset(device, 'd', sizeof device);
	notice.device.data = device;
	for (notice.device.size = 290; notice.device.size < 300; notice.device.size++) {
		snprintf(expected, sizeof expected, "DIGEST device=%.*s: ", (int)notice.device.size, device);
		notice_line(&notice, line, sizeof line);
		assert_string_equal(line, expected);
	}
	snprintf(expected, sizeof expected, "DIGEST device=%.*s...: ", 299, device);
	for (; notice.device.size <= 301; notice.device.size++) {
		notice_line(&notice, line, sizeof line);
		assert_string_equal(line, expected);
	}
	/* The last one is an escape. */
	device[296] = ' ';
	notice.device.size = 297;
	notice_line(&notice, line, sizeof line);
	snprintf(expected, sizeof expected, "DIGEST device=%.*s...: ", 296, device);
	assert_string_equal(line, expected);
	device[295] = ' ';
	notice.device.size = 296;
	notice_line(&notice, line, sizeof line);
	snprintf(expected, sizeof expected, "DIGEST device=%.*s\\x20: ", 295, device);
	assert_string_equal(line, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_is_as_the_c_library_writes_it),
		cmocka_unit_test(test_the_time_is_local),
		cmocka_unit_test(test_a_hostile_name_stays_in_its_field),
		cmocka_unit_test(test_what_is_too_long_is_cut),
		cmocka_unit_test(test_only_an_id_that_is_too_long_ends_in_dots),
	};

	return RUN(tests);
}
