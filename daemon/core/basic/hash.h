/* SipHash-1-3 (Aumasson, Bernstein): for tables whose keys strangers choose, and,
 * with a fixed key, for ids that are the same in every run. Inline, for it is
 * asked of every record, and most of what it does hangs on sizes known there. */
#ifndef LAPSED_HASH_H
#define LAPSED_HASH_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hash {
	uint64_t v[4], tail; /* tail: what is no whole word yet */
	size_t size;
};

static inline uint64_t hash_rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void hash_round(uint64_t *v)
{
	v[0] += v[1], v[1] = hash_rotate(v[1], 13) ^ v[0], v[0] = hash_rotate(v[0], 32);
	v[2] += v[3], v[3] = hash_rotate(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = hash_rotate(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = hash_rotate(v[1], 17) ^ v[2], v[2] = hash_rotate(v[2], 32);
}

static inline void hash_word(struct hash *hash, uint64_t word)
{
	hash->v[3] ^= word;
	hash_round(hash->v);
	hash->v[0] ^= word;
}

static inline void hash_begin(struct hash *ret, uint64_t key0, uint64_t key1)
{
	*ret = (struct hash){{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
			      key1 ^ 0x7465646279746573},
			     0,
			     0};
}

/* Low byte first on every machine: ids of alerts come from this. */
static inline uint64_t hash_half(const unsigned char *bytes)
{
	uint32_t half;

	memcpy(&half, bytes, sizeof half);
	return le32toh(half);
}

/* Of up to 8 bytes; where they are not 4 or 8, the halves overlap. */
static inline uint64_t hash_short(const unsigned char *bytes, size_t size)
{
	if (size >= 4)
		return hash_half(bytes) | hash_half(bytes + size - 4) << 8 * (size - 4);
	if (size == 0)
		return 0;
	return bytes[0] | (uint64_t)bytes[size / 2] << 8 * (size / 2) | (uint64_t)bytes[size - 1] << 8 * (size - 1);
}

static inline void hash_bytes(struct hash *hash, uint64_t word, size_t size)
{
	size_t held = hash->size % 8;

	hash->tail |= word << 8 * held;
	hash->size += size;
	if (held + size < 8)
		return;
	hash_word(hash, hash->tail);
	hash->tail = held ? word >> (64 - 8 * held) : 0;
}

static inline void hash_add(struct hash *hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (; size >= 8; bytes += 8, size -= 8)
		hash_bytes(hash, hash_short(bytes, 8), 8);
	hash_bytes(hash, hash_short(bytes, size), size);
}

/* Low byte first. */
static inline void hash_add_number(struct hash *hash, uint64_t number)
{
	hash_bytes(hash, number, sizeof number);
}

static inline uint64_t hash_end(struct hash *hash)
{
	hash_word(hash, hash->tail | (uint64_t)hash->size << 56);
	hash->v[2] ^= 0xFF;
	for (int i = 0; i < 3; i++)
		hash_round(hash->v);
	return hash->v[0] ^ hash->v[1] ^ hash->v[2] ^ hash->v[3];
}

#endif
