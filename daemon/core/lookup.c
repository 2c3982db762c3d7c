#include "lookup.h"

#include <stdlib.h>

enum { LOOKUP_TEXT = 512 }; /* bytes of the longest text that is kept */

struct place {
	char *text; /* LOOKUP_TEXT bytes, then the value; NULL: free */
	size_t size;
};

struct lookup {
	unsigned places;
	size_t value_size;
	struct place place[];
};

struct lookup *lookup_new(unsigned places, size_t value_size)
{
	struct lookup *lookup = calloc(1, sizeof *lookup + places * sizeof *lookup->place);

	if (lookup) {
		lookup->places = places;
		lookup->value_size = value_size;
	}
	return lookup;
}

void lookup_free(struct lookup *take_lookup)
{
	if (!take_lookup)
		return;
	for (unsigned i = 0; i < take_lookup->places; i++)
		free(take_lookup->place[i].text);
	free(take_lookup);
}

void lookup_forget(struct lookup *lookup)
{
	for (unsigned i = 0; i < lookup->places; i++)
		lookup->place[i].size = 0;
}

uint64_t lookup_hash(uint64_t seed, struct span text)
{
	uint64_t hash = seed ^ text.size, word;

	while (text.size > 0) {
		size_t size = text.size < sizeof word ? text.size : sizeof word;

		word = 0;
		memcpy(&word, text.data, size);
		hash = (hash ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9E3779B97F4A7C15);
		hash ^= hash >> 32;
		text.data += size;
		text.size -= size;
	}
	return hash;
}

void *lookup_find(struct lookup *lookup, struct span text, bool *ret_known)
{
	struct place *place;

	*ret_known = false;
	if (text.size == 0 || text.size > LOOKUP_TEXT)
		return NULL;
	place = &lookup->place[lookup_hash(0, text) & (lookup->places - 1)];
	if (!place->text && !(place->text = malloc(LOOKUP_TEXT + lookup->value_size)))
		return NULL;
	*ret_known = place->size == text.size && memcmp(place->text, text.data, text.size) == 0;
	if (!*ret_known) {
		memcpy(place->text, text.data, text.size);
		place->size = text.size;
	}
	return place->text + LOOKUP_TEXT;
}
