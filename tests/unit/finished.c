#include "unit.h"

#include "../../daemon/host/finished.h"

/* So many folders with so many files each, whose inodes come in runs: a file
 * system hands them out in groups of some thousands, a folder to each. */
static void finds_all(uint64_t folders, uint64_t files, uint64_t apart)
{
	static struct tail_place table[FINISHED_MAX];

	memset(table, 0, sizeof table);
	for (uint64_t i = 0; i < folders * files; i++)
		finished_put(table, &(struct tail_place){.device = 2049, .inode = i / files * apart + i % files + 11,
							 .offset = i + 1});
	for (uint64_t i = 0; i < folders * files; i++) {
		const struct tail_place *place = finished_find(table, 2049, i / files * apart + i % files + 11);

		assert_non_null(place);
		assert_int_equal(place->offset, i + 1);
	}
	assert_null(finished_find(table, 2050, 11));
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_files_of_one_folder_are_known_again),
		cmocka_unit_test(test_the_files_of_many_folders_are_known_again),
	};

	return RUN(tests);
}
