#include "hash.h"

#define ROTATE(x, bits) (((x) << (bits)) | ((x) >> (64 - (bits))))

static void round_of(uint64_t *v)
{
	v[0] += v[1], v[1] = ROTATE(v[1], 13) ^ v[0], v[0] = ROTATE(v[0], 32);
	v[2] += v[3], v[3] = ROTATE(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = ROTATE(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = ROTATE(v[1], 17) ^ v[2], v[2] = ROTATE(v[2], 32);
}

static void add_word(struct hash *hash, uint64_t word)
{
	hash->v[3] ^= word;
	round_of(hash->v);
	hash->v[0] ^= word;
}

void hash_begin(struct hash *ret, uint64_t key0, uint64_t key1)
{
	*ret = (struct hash){{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
			      key1 ^ 0x7465646279746573},
			     0,
			     0};
}

/* Low byte first on every machine: ids of alerts come from this. */
static uint64_t word_of(const unsigned char *bytes, size_t size)
{
	uint64_t word = 0;

	for (size_t i = size; i-- > 0;)
		word = word << 8 | bytes[i];
	return word;
}

/* The tail holds what is no whole word yet. */
static void add_bytes(struct hash *hash, uint64_t word, size_t size)
{
	size_t held = hash->size % 8;

	hash->tail |= word << 8 * held;
	hash->size += size;
	if (held + size < 8)
		return;
	add_word(hash, hash->tail);
	hash->tail = held ? word >> (64 - 8 * held) : 0;
}

void hash_add(struct hash *hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (; size >= 8; bytes += 8, size -= 8)
		add_bytes(hash, word_of(bytes, 8), 8);
	add_bytes(hash, word_of(bytes, size), size);
}

void hash_add_number(struct hash *hash, uint64_t number)
{
	add_bytes(hash, number, sizeof number);
}

uint64_t hash_end(struct hash *hash)
{
	add_word(hash, hash->tail | (uint64_t)hash->size << 56);
	hash->v[2] ^= 0xFF;
	for (int i = 0; i < 3; i++)
		round_of(hash->v);
	return hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}
