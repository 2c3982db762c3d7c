/* What is not all there is not read, whatever lies behind it in memory: the
 * bytes of an earlier read, which may well go on as a record, or nothing. */
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_record_that_is_not_all_there_is_left),
		cmocka_unit_test(test_nor_is_one_within_a_string),
	};

	return RUN(tests);
}
