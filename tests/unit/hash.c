#include "unit.h"

#include "../../daemon/core/basic/hash.h"

static uint64_t hash_of(uint64_t key, const void *data, size_t size)
{
	struct hash hash;

	hash_begin(&hash, key, 0);
	hash_add(&hash, data, size);
	return hash_end(&hash);
}

/* What another implementation (CPython's, with PYTHONHASHSEED=0) says. */
static void test_it_is_siphash_1_3(void **state)
{
	unsigned char counting[64];

	for (unsigned i = 0; i < sizeof counting; i++)
		counting[i] = (unsigned char)i;
	assert_int_equal(hash_of(0, "a", 1), UINT64_C(4644417185603328019));
	assert_int_equal(hash_of(0, "lapsed", 6), UINT64_C(6805108835068112454));
	assert_int_equal(hash_of(0, counting, 15), UINT64_C(17514137373579004394));
	assert_int_equal(hash_of(0, counting, 63), UINT64_C(4061470857350050649));
}

/* The first of the authors' own vectors, for the key 00 01 02 ... 0f. */
static void test_the_key_counts_as_its_authors_say(void **state)
{
	struct hash hash;

	hash_begin(&hash, UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908));
	assert_int_equal(hash_end(&hash), UINT64_C(0xabac0158050fc4dc));
}

static void test_it_does_not_matter_in_how_many_pieces_it_is_fed(void **state)
{
	static const char text[] = "the quick brown fox jumps over the lazy dog";
	uint64_t whole = hash_of(7, text, sizeof text);

	for (size_t step = 1; step < sizeof text; step++) {
		struct hash hash;

		hash_begin(&hash, 7, 0);
		for (size_t at = 0; at < sizeof text; at += step)
			hash_add(&hash, text + at, at + step < sizeof text ? step : sizeof text - at);
		assert_int_equal(hash_end(&hash), whole);
	}
}

static void test_every_byte_and_the_length_count(void **state)
{
	char zeros[20] = {0};

	for (size_t size = 0; size + 1 < sizeof zeros; size++)
		assert_int_not_equal(hash_of(7, zeros, size), hash_of(7, zeros, size + 1));
	for (size_t i = 0; i < sizeof zeros; i++) {
		uint64_t before = hash_of(7, zeros, sizeof zeros);

		zeros[i] = 1;
		assert_int_not_equal(hash_of(7, zeros, sizeof zeros), before);
		zeros[i] = 0;
	}
}

static void test_another_key_gives_another_hash(void **state)
{
	assert_int_not_equal(hash_of(1, "pump-1", 6), hash_of(2, "pump-1", 6));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_siphash_1_3),
		cmocka_unit_test(test_the_key_counts_as_its_authors_say),
		cmocka_unit_test(test_it_does_not_matter_in_how_many_pieces_it_is_fed),
		cmocka_unit_test(test_every_byte_and_the_length_count),
		cmocka_unit_test(test_another_key_gives_another_hash),
	};

	return RUN(tests);
}
