#include "writer.h"

/* Longer texts are written character by character, so that none has to fit. */
enum { PLAIN_MAX = 4096 };

/* Of 64 bits. */
enum { DIGITS_MAX = 20 };

void writer_begin(struct writer *ret, FILE *file)
{
	ret->file = file;
	ret->size = 0;
	ret->follows = false;
	ret->mark = SIZE_MAX;
	ret->day = (struct stamp_day){0};
}

void writer_flush(struct writer *writer)
{
	fwrite(writer->buffer, 1, writer->size, writer->file);
	writer->size = 0;
	writer->mark = SIZE_MAX;
}

static void put(struct writer *writer, const char *bytes, size_t size)
{
	memcpy(writer_room(writer, size), bytes, size);
	writer->size += size;
}

/* --- texts -------------------------------------------------------------- */

/* Many characters at once: all compilers that we build with have vectors of
 * their own, and most of what is written passes through here. */
typedef signed char block __attribute__((vector_size(16)));

static inline block block_at(const char *bytes)
{
	block ret;

	memcpy(&ret, bytes, sizeof ret);
	return ret;
}

/* Not 0 for what has to be escaped: as a signed number all that is not ASCII is
 * below zero. */
#define IS_ODD(c) (((c) < 0x20) | ((c) == '"') | ((c) == '\\'))

static bool is_plain_short(struct span text)
{
	size_t at = 0;

	while (at < text.size && !IS_ODD((signed char)text.data[at]))
		at++;
	return at == text.size;
}

static bool is_plain(struct span text)
{
	uint64_t halves[2];
	block odd;

	if (text.size < sizeof odd)
		return is_plain_short(text);
	/* The rest first: with some of what is before it. */
	odd = (block)IS_ODD(block_at(text.data + text.size - sizeof odd));
	for (size_t at = 0; at + sizeof odd <= text.size; at += sizeof odd)
		odd |= (block)IS_ODD(block_at(text.data + at));
	memcpy(halves, &odd, sizeof odd);
	return !(halves[0] | halves[1]);
}

/* One character; returns how many bytes it has, 0 if it is no UTF-8. */
static size_t decode(struct span text, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *bytes = (const unsigned char *)text.data;
	size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC0 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
	uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0x7Fu >> size);

	if (size == 0 || size > text.size || bytes[0] > 0xF4)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3F);
	}
	*ret = code;
	return code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) ? 0 : size;
}

static bool is_utf8(struct span text)
{
	uint32_t code;
	size_t size;

	for (; text.size > 0; text.data += size, text.size -= size)
		if (!(size = decode(text, &code)))
			return false;
	return true;
}

static void put_unit(struct writer *writer, uint32_t unit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char escape[] = {'\\', 'u', digits[unit >> 12], digits[unit >> 8 & 15], digits[unit >> 4 & 15],
			       digits[unit & 15]};

	put(writer, escape, sizeof escape);
}

static void put_character(struct writer *writer, uint32_t code)
{
	static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *name = code > 0 && code < 0x80 ? strchr(named, (int)code) : NULL;
	char plain = (char)code;

	if (name) {
		put(writer, (const char[]){'\\', letters[name - named]}, 2);
	} else if (code >= 0x20 && code < 0x80) {
		put(writer, &plain, 1);
	} else if (code < 0x10000) {
		put_unit(writer, code);
	} else {
		put_unit(writer, 0xD800 + ((code - 0x10000) >> 10));
		put_unit(writer, 0xDC00 + ((code - 0x10000) & 0x3FF));
	}
}

static void put_escaped(struct writer *writer, struct span text)
{
	uint32_t code;
	size_t size;

	put(writer, "\"", 1);
	for (; text.size > 0 && (size = decode(text, &code)); text.data += size, text.size -= size)
		put_character(writer, code);
	put(writer, "\"", 1);
}

static void put_quoted(struct writer *writer, struct span text)
{
	char *at = writer_room(writer, text.size + 2);

	at[0] = '"';
	memcpy(at + 1, text.data, text.size);
	at[text.size + 1] = '"';
	writer->size += text.size + 2;
}

void writer_put_span(struct writer *writer, struct span text)
{
	if (!text.data)
		put(writer, "null", 4);
	else if (text.size <= PLAIN_MAX && is_plain(text))
		put_quoted(writer, text);
	else if (is_utf8(text))
		put_escaped(writer, text);
	else
		put(writer, "null", 4);
	writer->follows = true;
}

void writer_put_word(struct writer *writer, const char *word)
{
	if (word)
		put_quoted(writer, span_of(word));
	else
		put(writer, "null", 4);
	writer->follows = true;
}

/* --- the rest ----------------------------------------------------------- */

/* Straight to its place, as stamps are: what was written byte by byte is slow to
 * copy at once. */
void writer_put_number(struct writer *writer, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number, power = 10;
	char *at = writer_room(writer, 1 + DIGITS_MAX);
	size_t digits = 1;

	while (digits < DIGITS_MAX && rest >= power) {
		digits++;
		power *= 10;
	}
	if (number < 0) {
		*at++ = '-';
		writer->size++;
	}
	for (size_t i = digits; i-- > 0; rest /= 10)
		at[i] = (char)('0' + rest % 10);
	writer->size += digits;
	writer->follows = true;
}

void writer_put_time(struct writer *writer, int64_t ns)
{
	char *at = writer_room(writer, STAMP_TEXT + 2);
	size_t size;

	if (ns == STAMP_NONE) {
		writer_put_word(writer, NULL);
		return;
	}
	size = stamp_write(&writer->day, ns, at + 1);
	at[0] = at[size + 1] = '"';
	writer->size += size + 2;
	writer->follows = true;
}

void writer_null(struct writer *writer, const char *key)
{
	writer_word(writer, key, NULL);
}

void writer_truth(struct writer *writer, const char *key, bool truth)
{
	writer_key(writer, key);
	put(writer, truth ? "true" : "false", truth ? 4 : 5);
	writer->follows = true;
}

bool writer_recall(struct writer *writer, const struct writer_memo *memo, uint64_t key)
{
	if (memo->size == 0 || memo->key != key)
		return false;
	put(writer, memo->text, memo->size);
	return true;
}

void writer_mark(struct writer *writer)
{
	writer_room(writer, WRITER_MEMO);
	writer->mark = writer->size;
}

void writer_remember(const struct writer *writer, struct writer_memo *memo, uint64_t key)
{
	size_t size = writer->size - writer->mark;

	if (writer->mark == SIZE_MAX || size > sizeof memo->text)
		return;
	memcpy(memo->text, writer->buffer + writer->mark, size);
	memo->size = size;
	memo->key = key;
}

void writer_line(struct writer *writer)
{
	if (writer->follows)
		put(writer, ",", 1);
	put(writer, "\n", 1);
	writer->follows = false;
}

void writer_end(struct writer *writer)
{
	writer->follows = false;
	writer_line(writer);
}
