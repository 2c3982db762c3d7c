#include "lookup.h"

#include <endian.h>
#include <stdlib.h>

#include "hash.h"

enum { LOOKUP_TEXT = 512 }; /* bytes of the longest text that is kept */

struct place {
	char *text; /* LOOKUP_TEXT bytes, then the value; NULL: free */
	size_t size;
};

struct lookup {
	unsigned places;
	size_t value_size;
	void (*release)(void *value);
	struct place place[];
};

struct lookup *lookup_new(unsigned places, size_t value_size, void (*release)(void *value))
{
	struct lookup *lookup = calloc(1, sizeof *lookup + places * sizeof *lookup->place);

	if (lookup) {
		lookup->places = places;
		lookup->value_size = value_size;
		lookup->release = release;
	}
	return lookup;
}

static void clear(const struct lookup *lookup, struct place *place)
{
	if (lookup->release)
		lookup->release(place->text + LOOKUP_TEXT);
	memset(place->text + LOOKUP_TEXT, 0, lookup->value_size);
	place->size = 0;
}

void lookup_forget(struct lookup *lookup)
{
	for (unsigned i = 0; i < lookup->places; i++)
		if (lookup->place[i].text)
			clear(lookup, &lookup->place[i]);
}

void lookup_free(struct lookup *take_lookup)
{
	if (!take_lookup)
		return;
	lookup_forget(take_lookup);
	for (unsigned i = 0; i < take_lookup->places; i++)
		free(take_lookup->place[i].text);
	free(take_lookup);
}

/* Low byte first on every machine: which of two duplicates counts hangs on it. */
static inline uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof word);
	return le64toh(word);
}

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 32;
}

/* Two hashes beside each other, since one step has to wait for the one before. */
uint64_t lookup_hash(uint64_t seed, struct span text)
{
	uint64_t hash = mix(seed, text.size), other = 0;
	const char *at = text.data, *end;

	if (text.size < 8)
		return mix(hash, hash_short((const unsigned char *)at, text.size));
	for (end = at + text.size; end - at > 16; at += 16) {
		hash = mix(hash, word_at(at));
		other = mix(other, word_at(at + 8));
	}
	if (end - at > 8)
		other = mix(other, word_at(at));
	return mix(hash ^ other, word_at(end - 8)); /* may overlap */
}

uint64_t lookup_hash_nocase(uint64_t seed, struct span text)
{
	uint64_t hash = mix(seed, text.size);

	for (size_t i = 0; i < text.size; i++)
		hash = mix(hash, (unsigned char)text.data[i] | 0x20);
	return hash;
}

void *lookup_find(struct lookup *lookup, struct span text, uint64_t hash, bool *ret_known)
{
	struct place *place = &lookup->place[hash & (lookup->places - 1)];

	*ret_known = false;
	if (text.size == 0 || text.size > LOOKUP_TEXT)
		return NULL;
	if (!place->text && !(place->text = calloc(1, LOOKUP_TEXT + lookup->value_size)))
		return NULL;
	*ret_known = place->size == text.size && memcmp(place->text, text.data, text.size) == 0;
	if (!*ret_known) {
		clear(lookup, place);
		memcpy(place->text, text.data, text.size);
		place->size = text.size;
	}
	return place->text + LOOKUP_TEXT;
}
