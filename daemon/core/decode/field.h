/* The fields that count in a record, under all the names that they have, and
 * what a record has in them: the common ground of all ways to read one. */
#ifndef LAPSED_FIELD_H
#define LAPSED_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "../basic/span.h"
#include "splitter.h"
#include "vector.h"

enum field {
	FIELD_NONE,
	FIELD_TIME,
	FIELD_CATEGORY,
	FIELD_RESOURCE_ID,
	FIELD_RESOURCE,
	FIELD_OPERATION,
	FIELD_CODE,
	FIELD_LEVEL,
	FIELD_PROPERTIES,
	FIELD_DESCRIPTION,
	FIELD_DEVICE,
	FIELD_MODULE,
	FIELD_PROTOCOL,
	FIELD_AUTHENTICATION, /* the "type" that authType has, however it is wrapped */
	FIELD_SDK,
	FIELD_ADDRESS,
	FIELD_MESSAGE,
	FIELD_TYPE,     /* only within authType */
	FIELD_FAMILIAR, /* nothing that counts, but with few values; see shapes.h */
	FIELD_COUNT
};

/* The value may be a document, or a string that holds one. */
static inline bool field_may_be_document(enum field field)
{
	return field == FIELD_PROPERTIES || field == FIELD_AUTHENTICATION;
}

/* What a value is good for. */
struct meaning {
	uint8_t field; /* enum field */
	uint8_t rank;  /* of several names of one field in one object, the lowest counts */
	bool few;      /* its values are few: a fleet has them in common */
};

struct key {
	char name[2 * VECTOR_SIZE];
	uint8_t size, row;
	struct meaning meaning;
};

/* Where each name stands in the table, by a hash of it that is another for each. */
struct key_index {
	const struct key *place[128];
};

void key_index_fill(struct key_index *ret);

static inline unsigned key_place(struct span name)
{
	unsigned first = (unsigned char)name.data[0], middle = (unsigned char)name.data[name.size * 5 / 8];

	return ((unsigned)name.size + first * 5 + middle * 6) % 128;
}

/* The key of that name, which is not empty; what is behind it in the same
 * text, up to end, may be read too. NULL: no field of ours. */
static inline const struct key *key_find(const struct key_index *index, struct span name, const char *end)
{
	const struct key *key = index->place[key_place(name)];

	return key && vector_same_name(name.data, name.size, end, key->name, key->size) ? key : NULL;
}

enum value_kind { VALUE_ABSENT, VALUE_NULL, VALUE_STRING, VALUE_INTEGER, VALUE_OTHER };

struct value {
	union {
		const char *text; /* of VALUE_STRING: decoded, borrowed */
		int64_t number;   /* of VALUE_INTEGER */
	};
	uint32_t size; /* of text, bytes */
	uint8_t kind;  /* enum value_kind */
	uint8_t rank;
};

/* "properties" is an object of its own, or it is missing and its fields stand
 * in the outer one. */
enum part { PART_OUTER, PART_INNER, PART_COUNT };

struct fields {
	struct value value[PART_COUNT][FIELD_COUNT];
	bool has_inner;
	bool inner_is_bad;         /* properties is something that cannot be read */
	enum malformed inner_fault; /* how, if so */
};

/* Keeps the value of a key of that rank, unless one of a lower was there. */
static inline void value_set(struct value *place, struct value value, uint8_t rank)
{
	if (rank > 0 && place->kind != VALUE_ABSENT && place->rank < rank)
		return;
	value.rank = rank;
	*place = value;
}

#endif
