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

static inline unsigned quote_size(unsigned level)
{
	return 1u << level;
}

/* Whether a quote of this level stands here. There may be more backslashes
 * before: the caller knows that there are not. */
static inline bool quote_is_at(const char *at, const char *end, unsigned level)
{
	static const char quotes[][4] = {"\"", "\\\"", {'\\', '\\', '\\', '"'}};
	static const char masks[][4] = {"\xFF", "\xFF\xFF", {'\xFF', '\xFF', '\xFF', '\xFF'}};
	uint32_t text, quote, mask;

	if (end - at < (ptrdiff_t)sizeof text)
		return (size_t)(end - at) >= quote_size(level) && memcmp(at, quotes[level], quote_size(level)) == 0;
	memcpy(&text, at, sizeof text);
	memcpy(&quote, quotes[level], sizeof quote);
	memcpy(&mask, masks[level], sizeof mask);
	return ((text ^ quote) & mask) == 0;
}

/* Behind the blanks of a document of this level. In a string within a string a
 * tab or line's end is written as an escape. A line's end at level 0 is no
 * blank here. */
const char *quoting_pass_blanks(const char *at, const char *end, unsigned level);

#ifdef VECTOR_BITS
/* A bit for each byte that is none of those blanks, of so many bytes but for
 * the last three: an escape must be seen in whole. */
static inline __attribute__((always_inline)) uint64_t quoting_solid(const char *at, unsigned size, unsigned level)
{
	uint64_t blanks = 0, escapes = 0, backslashes = 0;

	for (unsigned i = 0; i < size; i += VECTOR_SIZE) {
		vector bytes = vector_load(at + i);

		if (level == 0) {
			blanks |= vector_bits(vector_any(bytes, ' ', '\t', '\r')) << i;
		} else {
			blanks |= vector_bits(vector_equal(bytes, ' ')) << i;
			escapes |= vector_bits(vector_any(bytes, 't', 'n', 'r')) << i;
			backslashes |= vector_bits(vector_equal(bytes, '\\')) << i;
		}
	}
	for (unsigned i = 0; i < level; i++)
		escapes = backslashes & escapes >> 1;
	for (unsigned i = 0; i <= level; i++)
		blanks |= escapes << i;
	return ~blanks & ((UINT64_C(1) << (size - 3)) - 1);
}
#endif

/* As above. How many blanks there are, nobody can foretell: so few branches
 * are best. */
static inline const char *quoting_skip_blanks(const char *at, const char *end, unsigned level)
{
#ifdef VECTOR_BITS
	if (end - at >= VECTOR_SIZE) {
		uint64_t solid = quoting_solid(at, VECTOR_SIZE, level);

		if (solid)
			return at + __builtin_ctzll(solid);
	}
#endif
	return quoting_pass_blanks(at, end, level);
}

/* Behind a mark, and the blanks before and behind it. NULL: something else is
 * there. */
static inline const char *quoting_skip_mark(const char *at, const char *end, char mark, unsigned level)
{
	at = quoting_skip_blanks(at, end, level);
	return at < end && *at == mark ? quoting_skip_blanks(at + 1, end, level) : NULL;
}

/* From the first byte of a string that is not plain: where the quote that ends
 * it begins. NULL if there is none before end, or if there is something in it
 * that needs a closer look: what is not ASCII, NUL, surrogates, what no JSON
 * may have. Sets *ret_escaped if the text must be unescaped. */
const char *quoting_end(const char *at, const char *end, unsigned level, bool *ret_escaped);

/* What quoting_end() has passed, decoded; never longer than it was. Returns
 * its size. */
size_t quoting_decode(const char *at, const char *end, unsigned level, char *out);

#endif
