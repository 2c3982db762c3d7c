#include "encodings.h"

#include "../../daemon/core/tell/journal_entry.h"

static void encodes(const struct notice *notice, struct span expected)
{
	char entry[JOURNAL_ENTRY_MAX];
	size_t size = journal_entry_encode(&(struct journal_entry){3}, notice, entry, sizeof entry);

	assert_int_equal(size, expected.size);
	assert_memory_equal(entry, expected.data, expected.size);
}

static void test_an_entry_byte_for_byte(void **state)
{
	struct notice notice = refusal();

	notice.first_ns = moment("2026-03-04T05:00:00Z");
	encodes(&notice,
		SPAN("MESSAGE=AUTH_FAIL state=raised hub=contoso device=pump-7 verdict=auth-failure cause=2 "
		     "reason=thumbprint-mismatch code=401003 count=4 episode=7f3a91c2c0ffee11: no right; 4 refusals\n"
		     "MESSAGE_ID=1f41cad5edc74e259971fdf5114cca0d\nPRIORITY=3\nSYSLOG_FACILITY=3\n"
		     "SYSLOG_IDENTIFIER=lapsed\nSYSLOG_MSGID=AUTH_FAIL\nIOTHUB_STATE=raised\n"
		     "IOTHUB_EPISODE=7f3a91c2c0ffee11\nIOTHUB_VERDICT=auth-failure\nIOTHUB_CAUSE=2\n"
		     "IOTHUB_REASON=thumbprint-mismatch\nIOTHUB_CODE=401003\nIOTHUB_COUNT=4\n"
		     "IOTHUB_FIRST=2026-03-04T05:00:00Z\nIOTHUB_HUB=contoso\nIOTHUB_DEVICE=pump-7\n"
		     "IOTHUB_MESSAGE=Thumbprint differs\nDOCUMENTATION=https://example.net/\nREMEDY=Look.\n"));
	notice = digest();
	encodes(&notice, SPAN("MESSAGE=DIGEST: 0 alerts stand\nMESSAGE_ID=85c2b3a393c645f89164a780775e363d\nPRIORITY=6\n"
			      "SYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=lapsed\nSYSLOG_MSGID=DIGEST\nIOTHUB_STATE=raised\n"));
}

static void test_a_value_with_lines_goes_with_its_length(void **state)
{
	struct notice notice = hostile();

	encodes(&notice,
		SPAN("MESSAGE=AUTH_FAIL state=raised hub=h\\x20u\\x3db "
		     "device=a\\x0a<0>1\\x20-\\x20b]\\x22\\x5c\\x1b[31m\\xc3\\xa9 module=m\\x0d\\x7f verdict=auth-failure "
		     "cause=2 reason=thumbprint-mismatch code=401003 count=4 episode=7f3a91c2c0ffee11: no right; 4 refusals\n"
		     "MESSAGE_ID=1f41cad5edc74e259971fdf5114cca0d\nPRIORITY=3\nSYSLOG_FACILITY=3\n"
		     "SYSLOG_IDENTIFIER=lapsed\nSYSLOG_MSGID=AUTH_FAIL\nIOTHUB_STATE=raised\n"
		     "IOTHUB_EPISODE=7f3a91c2c0ffee11\nIOTHUB_VERDICT=auth-failure\nIOTHUB_CAUSE=2\n"
		     "IOTHUB_REASON=thumbprint-mismatch\nIOTHUB_CODE=401003\nIOTHUB_COUNT=4\nIOTHUB_HUB=h u=b\n"
		     "IOTHUB_DEVICE\n\x14\0\0\0\0\0\0\0" "a\n<0>1 - b]\"\\\x1b[31m\xc3\xa9\nIOTHUB_MODULE=m\r\x7f\n"
		     "IOTHUB_MESSAGE\n\x0f\0\0\0\0\0\0\0one\nPRIORITY=0\n\n"
		     "DOCUMENTATION=https://example.net/\nREMEDY=Look.\n"));
}

static void test_a_field_that_does_not_fit_is_left_out_whole(void **state)
{
	struct notice notice = refusal();
	char whole[JOURNAL_ENTRY_MAX], entry[JOURNAL_ENTRY_MAX];
	size_t most = journal_entry_encode(&(struct journal_entry){3}, &notice, whole, sizeof whole);

	for (size_t size = 0; size < most; size++) {
		size_t length = journal_entry_encode(&(struct journal_entry){3}, &notice, entry, size);

		assert_true(length <= size && (length == 0 || entry[length - 1] == '\n'));
	}
}

static void test_every_kind_has_an_id_of_its_own(void **state)
{
	const char *ids[NOTICE_COUNT + VERDICT_COUNT];
	struct notice notice = {0};
	size_t count = 0;

	for (int kind = 0; kind < NOTICE_COUNT; kind++)
		for (int verdict = 0; verdict < (kind == NOTICE_ALERT ? VERDICT_COUNT : 1); verdict++) {
			notice.kind = (enum notice_kind)kind;
			notice.verdict = (enum verdict)verdict;
			ids[count] = journal_entry_id(&notice);
			assert_non_null(ids[count]);
			assert_int_equal(strspn(ids[count], "0123456789abcdef"), 32);
			assert_int_equal(strlen(ids[count]), 32);
			for (size_t i = 0; i < count; i++)
				assert_string_not_equal(ids[i], ids[count]);
			count++;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_entry_byte_for_byte),
		cmocka_unit_test(test_a_value_with_lines_goes_with_its_length),
		cmocka_unit_test(test_a_field_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(test_every_kind_has_an_id_of_its_own),
	};

	return RUN(tests);
}
