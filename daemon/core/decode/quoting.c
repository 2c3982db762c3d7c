#include "quoting.h"

/* Behind a tab or line's end as it is written in a string; NULL: none is here. */
static const char *skip_escaped_blank(const char *at, const char *end, unsigned level)
{
	size_t escapes = quote_size(level) / 2;

	if (level == 0 || (size_t)(end - at) <= escapes)
		return NULL;
	for (size_t i = 0; i < escapes; i++)
		if (at[i] != '\\')
			return NULL;
	at += escapes;
	return *at == 't' || *at == 'n' || *at == 'r' ? at + 1 : NULL;
}

const char *quoting_pass_blanks(const char *at, const char *end, unsigned level)
{
	const char *behind;

	for (;;) {
		while (at < end && (*at == ' ' || (level == 0 && (*at == '\t' || *at == '\r'))))
			at++;
		if (at == end || !(behind = skip_escaped_blank(at, end, level)))
			return at;
		at = behind;
	}
}

/* Four hexadecimal digits, or -1. */
static int unit_of(const char *at, const char *end)
{
	static const uint8_t digits[256] = { /* more by one */
		['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5,
		['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
		['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
		['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
	};
	int unit = 0, all = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = digits[(unsigned char)at[i]] - 1;

		all |= digit;
		unit = unit * 16 + digit;
	}
	return all < 0 ? -1 : unit;
}

/* How many backslashes stand here. */
static size_t run_of(const char *at, const char *end)
{
	const char *start = at;
#ifdef VECTOR_BITS

	if (end - at >= VECTOR_SIZE) {
		uint64_t backslashes = vector_bits(vector_equal(vector_load(at), '\\'));

		if (backslashes != 0xFFFF)
			return (size_t)__builtin_ctzll(~backslashes);
	}
#endif
	while (at < end && *at == '\\')
		at++;
	return (size_t)(at - start);
}

/* Behind the backslash of an escape. Returns what follows it, or NULL. */
static const char *escape_end(const char *at, const char *end)
{
	int unit;

	switch (*at) {
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
	case '/':
		return at + 1;
	case 'u':
		unit = unit_of(at + 1, end);
		return unit <= 0 || (unit >= 0xD800 && unit <= 0xDFFF) ? NULL : at + 5;
	default:
		return NULL;
	}
}

const char *quoting_end(const char *at, const char *end, unsigned level, bool *ret_escaped)
{
	const unsigned escapes = quote_size(level) - 1;

	for (;; at = vector_plain(at, end)) {
		size_t count = run_of(at, end);
		size_t own = count >> level; /* backslashes in the document that the string is of */

		at += count;
		if (at == end)
			return NULL;
		*ret_escaped |= own > 0;
		if (*at == '"') {
			if ((count & escapes) != escapes)
				return NULL;
			if (own % 2 == 0)
				return at - escapes;
			at++;
		} else if (count == 0 || (count & escapes) != 0) {
			return NULL;
		} else if (own % 2 == 1 && !(at = escape_end(at, end))) {
			return NULL;
		}
	}
}

static char *put_unit(char *out, int unit)
{
	if (unit < 0x80) {
		*out++ = (char)unit;
	} else if (unit < 0x800) {
		*out++ = (char)(0xC0 | unit >> 6);
		*out++ = (char)(0x80 | (unit & 0x3F));
	} else {
		*out++ = (char)(0xE0 | unit >> 12);
		*out++ = (char)(0x80 | (unit >> 6 & 0x3F));
		*out++ = (char)(0x80 | (unit & 0x3F));
	}
	return out;
}

static const char *decode_escape(const char *at, const char *end, char **out)
{
	static const char letters[] = "bfnrt/\"", characters[] = "\b\f\n\r\t/\"";

	if (*at == 'u') {
		*out = put_unit(*out, unit_of(at + 1, end));
		return at + 5;
	}
	*(*out)++ = characters[strchr(letters, *at) - letters];
	return at + 1;
}

/* Copies up to the next backslash, or to the end; perhaps more, but no more
 * than there is room for. Returns how much counts. */
static size_t copy_plain(const char *at, const char *end, char *out)
{
	const char *start = at;

#ifdef VECTOR_BITS
	for (; end - at >= VECTOR_SIZE; at += VECTOR_SIZE) {
		uint64_t escapes = vector_mask(vector_equal(vector_load(at), '\\'));

		memcpy(out + (at - start), at, VECTOR_SIZE);
		if (escapes)
			return (size_t)(at - start) + (size_t)__builtin_ctzll(escapes) / VECTOR_BITS;
	}
#endif
	for (; at < end && *at != '\\'; at++)
		out[at - start] = *at;
	return (size_t)(at - start);
}

size_t quoting_decode(const char *at, const char *end, unsigned level, char *out)
{
	const char *begin = out;

	for (;;) {
		size_t plain = copy_plain(at, end, out), count, own;

		at += plain;
		out += plain;
		if (at == end)
			return (size_t)(out - begin);
		count = run_of(at, end);
		own = count >> level;
		at += count;
		memset(out, '\\', own / 2);
		out += own / 2;
		if (own % 2 == 1)
			at = decode_escape(at, end, &out);
	}
}
