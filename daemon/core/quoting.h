/* Strings within strings. "properties" is a JSON document in a string of a
 * JSON document, and authType in it is another. All three are read where they
 * stand, in the bytes of the outermost, without undoing the quoting first:
 *
 * in a document at level d (0 is the outermost) a quote is written as 2^d - 1
 * backslashes and '"', and a backslash as 2^d of them. So of k backslashes
 * before a '"', k mod 2^d must be 2^d - 1, and k / 2^d of them belong to the
 * string in that document: an even number, and the string ends there; an odd
 * one, and the quote is a character of the string. */
#ifndef LAPSED_QUOTING_H
#define LAPSED_QUOTING_H

#include "vector.h"

enum { LEVEL_MAX = 2 };

static inline unsigned quote_escapes(unsigned level)
{
	return (1u << level) - 1;
}

/* Whether a quote of this level stands here. There may be more backslashes
 * before: the caller knows that there are not. */
static inline bool quote_is_at(const char *at, const char *end, unsigned level)
{
	unsigned escapes = quote_escapes(level);

	if ((size_t)(end - at) <= escapes || at[escapes] != '"')
		return false;
	for (unsigned i = 0; i < escapes; i++)
		if (at[i] != '\\')
			return false;
	return true;
}

/* From within a string, not behind a backslash: where the quote that ends it
 * begins. NULL if there is none before end, or if there is something in it
 * that needs a closer look: what is not ASCII, NUL, surrogates, what no JSON
 * may have. Sets *ret_escaped if the text must be unescaped. */
const char *quoting_end(const char *at, const char *end, unsigned level, bool *ret_escaped);

/* What quoting_end() has passed, decoded; never longer than it was. Returns
 * its size. */
size_t quoting_decode(const char *at, const char *end, unsigned level, char *out);

#endif
