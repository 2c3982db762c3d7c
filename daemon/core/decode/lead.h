/* The keys of the table as they are most often written, and in the order in
 * which they were seen last: records are written by programs. Who knows what
 * to expect only has to compare, and need not look where a name ends. */
#ifndef LAPSED_LEAD_H
#define LAPSED_LEAD_H

#include "field.h"
#include "quoting.h"

/* What the keys of an object mean. */
enum role {
	ROLE_NONE,               /* nothing */
	ROLE_OUTER,
	ROLE_PROPERTIES,
	ROLE_AUTHENTICATION,     /* authType as an object */
	ROLE_AUTHENTICATION_TOO, /* the same, under its other name */
	ROLE_COUNT
};

/* From the mark before a key up to its value, without blanks: ,"name": or {"name": */
struct lead {
	char text[2][2 * VECTOR_SIZE]; /* behind another, and as the first of an object */
	char mask[2 * VECTOR_SIZE];    /* has ones where text has bytes; none: nothing is like this */
	uint32_t size;                 /* of the text */
	uint64_t bit;                  /* another for each; 0: there may be many of it */
	const struct meaning *meaning[ROLE_COUNT];
	struct lead *next;             /* what stood behind it last */
	struct lead *first[2];         /* what stood first in its last object, and in its last within a string */
};

enum { LEADS_MAX = 64, STRANGER = LEADS_MAX - 1 }; /* which stands for all keys that are in no table */

struct leads {
	struct key_index index;
	struct lead lead[LEVEL_MAX + 1][LEADS_MAX]; /* for documents of each level, by the row of a key */
	struct lead *first;                         /* of the last record */
};

extern const struct meaning no_meaning;

/* Of what was zeroed. */
void leads_fill(struct leads *leads);

/* The lead of a name, which is not empty. */
static inline struct lead *lead_find(struct leads *leads, struct span name, const char *end, unsigned level)
{
	const struct key *key = key_find(&leads->index, name, end);

	return &leads->lead[level][key ? key->row : STRANGER];
}

/* Whether it stands here. */
static inline bool lead_is_at(const struct lead *lead, const char *at, const char *end, bool first)
{
	return end - at >= (ptrdiff_t)sizeof lead->mask && vector_match_pair(at, lead->mask, lead->text[first]);
}

#endif
