/* What texts were found to mean, for texts that come again and again: a small
 * cache of fixed size. A text that is not in it takes the place of another. */
#ifndef LAPSED_LOOKUP_H
#define LAPSED_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

struct lookup;

/* places: a power of two. value_size: bytes of what is found out. release: of
 * what a value holds, when it goes; NULL: it holds nothing. */
struct lookup *lookup_new(unsigned places, size_t value_size, void (*release)(void *value));
void lookup_free(struct lookup *take_lookup);

/* Nothing is known any more. */
void lookup_forget(struct lookup *lookup);

/* What is known of a text; hash is its lookup_hash(0, text). *ret_known false:
 * nothing yet, the value is all zero and the caller fills it in. Good until the
 * next call. NULL: the text is empty or too long to be kept, or there is no memory. */
void *lookup_find(struct lookup *lookup, struct span text, uint64_t hash, bool *ret_known);

/* Quick, and for those who compare what they find, or can bear it if strangers
 * make two texts collide. */
uint64_t lookup_hash(uint64_t seed, struct span text);

/* The same whatever the case; slower. */
uint64_t lookup_hash_nocase(uint64_t seed, struct span text);

#endif
