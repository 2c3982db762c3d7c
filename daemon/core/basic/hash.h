/* SipHash-1-3 (Aumasson, Bernstein): for tables whose keys strangers choose, and,
 * with a fixed key, for ids that are the same in every run. */
#ifndef LAPSED_HASH_H
#define LAPSED_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash {
	uint64_t v[4], tail;
	size_t size;
};

void hash_begin(struct hash *ret, uint64_t key0, uint64_t key1);
void hash_add(struct hash *hash, const void *data, size_t size);
void hash_add_number(struct hash *hash, uint64_t number); /* low byte first */
uint64_t hash_end(struct hash *hash);

#endif
