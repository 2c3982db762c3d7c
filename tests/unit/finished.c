#include "unit.h"

#include "../../daemon/host/finished.h"

static struct finished finished;

static bool put(uint64_t inode, uint64_t offset)
{
	return finished_put(&finished, &(struct tail_place){.device = 2049, .inode = inode, .offset = offset});
}

/* 0: not known. */
static uint64_t offset_of(uint64_t inode)
{
	const struct tail_place *place = finished_find(&finished, 2049, inode);

	return place ? place->offset : 0;
}

/* So many folders with so many files each, whose inodes come in runs: a file
 * system hands them out in groups of some thousands, a folder to each. */
static void finds_all(uint64_t folders, uint64_t files, uint64_t apart)
{
	memset(&finished, 0, sizeof finished);
	for (uint64_t i = 0; i < folders * files; i++)
		assert_true(put(i / files * apart + i % files + 11, i + 1));
	for (uint64_t i = 0; i < folders * files; i++)
		assert_int_equal(offset_of(i / files * apart + i % files + 11), i + 1);
	assert_null(finished_find(&finished, 2050, 11));
}

static void test_the_files_of_one_folder_are_known_again(void **state)
{
	finds_all(1, 20000, 0);
}

static void test_the_files_of_many_folders_are_known_again(void **state)
{
	finds_all(2, 2500, 65536);
	finds_all(800, 24, 8192);
	finds_all(800, 24, 16384);
}

/* Inodes as they come where others write beside. */
static uint64_t scattered(uint64_t i)
{
	return (i + 1) * UINT64_C(2654435761) % 4294967291;
}

static void test_as_many_are_known_as_are_promised_and_then_the_oldest_go(void **state)
{
	memset(&finished, 0, sizeof finished);
	for (uint64_t i = 0; i < FINISHED_MAX; i++)
		assert_true(put(scattered(i), i + 1));
	assert_true(put(scattered(7), 8)); /* known: needs no room */
	for (uint64_t i = 0; i < FINISHED_MAX; i++)
		assert_int_equal(offset_of(scattered(i)), i + 1);
	assert_false(put(scattered(FINISHED_MAX), FINISHED_MAX + 1));
	for (uint64_t i = 0; i <= FINISHED_MAX; i++)
		assert_int_equal(offset_of(scattered(i)), i < FINISHED_MAX / 2 ? 0 : i + 1);
	assert_true(put(scattered(0), 1));
	assert_int_equal(offset_of(scattered(0)), 1);
}

static void test_one_that_has_grown_is_known_where_it_has_come_to(void **state)
{
	memset(&finished, 0, sizeof finished);
	put(5, 100);
	put(5, 200);
	put(6, 0);
	assert_int_equal(offset_of(5), 200);
	assert_int_equal(finished.count, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_files_of_one_folder_are_known_again),
		cmocka_unit_test(test_the_files_of_many_folders_are_known_again),
		cmocka_unit_test(test_as_many_are_known_as_are_promised_and_then_the_oldest_go),
		cmocka_unit_test(test_one_that_has_grown_is_known_where_it_has_come_to),
	};

	return RUN(tests);
}
