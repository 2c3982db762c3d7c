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

const char *quoting_skip_blanks(const char *at, const char *end, unsigned level)
{
	const char *behind;

	while ((at = vector_skip_blanks(at, end, level == 0)) < end && *at == '\\' &&
	       (behind = skip_escaped_blank(at, end, level)))
		at = behind;
	return at;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits, or -1. */
static int unit_of(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = digit_of(at[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
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

	for (;;) {
		const char *run = at = vector_plain(at, end);
		size_t count, own;

		while (at < end && *at == '\\')
			at++;
		if (at == end)
			return NULL;
		count = (size_t)(at - run);
		own = count >> level; /* backslashes in the document that the string is of */
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

size_t quoting_decode(const char *at, const char *end, unsigned level, char *out)
{
	const char *begin = out;

	while (at < end) {
		const char *run = at;
		size_t own;

		if (*at != '\\') {
			*out++ = *at++;
			continue;
		}
		while (at < end && *at == '\\')
			at++;
		own = (size_t)(at - run) >> level;
		for (size_t i = 0; i < own / 2; i++)
			*out++ = '\\';
		if (own % 2 == 1)
			at = decode_escape(at, end, &out);
	}
	return (size_t)(out - begin);
}
