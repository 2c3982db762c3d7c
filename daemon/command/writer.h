/* Writes JSON straight to a file, compact and in ASCII: the same bytes that
 * jansson writes with JSON_COMPACT | JSON_ENSURE_ASCII, without building values
 * first. It knows where commas go; that braces match is its caller's part. */
#ifndef LAPSED_WRITER_H
#define LAPSED_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../core/basic/stamp.h"

enum { WRITER_BUFFER = 1 << 16, WRITER_MEMO = 1 << 10 }; /* bytes */

struct writer {
	FILE *file;
	size_t size;  /* of what waits in the buffer */
	bool follows; /* a comma goes before what comes next */
	size_t mark;  /* see writer_mark(); SIZE_MAX: none */
	struct stamp_day day;
	char buffer[WRITER_BUFFER];
};

/* A few members as they were written once, to be written again as they are.
 * All zero: nothing yet. */
struct writer_memo {
	uint64_t key; /* of what they tell */
	size_t size;  /* bytes; 0: nothing yet */
	char text[WRITER_MEMO];
};

void writer_begin(struct writer *ret, FILE *file);

/* Hands all that waits to the file, as writer_room() does when the buffer is
 * full. Errors are the file's: see ferror(). */
void writer_flush(struct writer *writer);

/* Where the next bytes go; there is room for so many (at most WRITER_BUFFER). */
static inline char *writer_room(struct writer *writer, size_t bytes)
{
	if (bytes > sizeof writer->buffer - writer->size)
		writer_flush(writer);
	return writer->buffer + writer->size;
}

/* The name of what comes next; NULL: it has none, as in an array. Inline, for
 * the size of a literal is known then. */
static inline void writer_key(struct writer *writer, const char *key)
{
	size_t size = key ? strlen(key) : 0;
	char *at = writer_room(writer, size + 4);

	if (writer->follows)
		*at++ = ',';
	if (key) {
		*at++ = '"';
		memcpy(at, key, size);
		memcpy(at + size, "\":", 2);
		at += size + 2;
	}
	writer->size = (size_t)(at - writer->buffer);
}

/* Values. A span may hold anything, NUL too; what is no UTF-8 becomes null, as
 * does NULL. A word is one of our own, in which nothing has to be escaped. A
 * time is a stamp; STAMP_NONE becomes null. */
void writer_put_span(struct writer *writer, struct span text);
void writer_put_word(struct writer *writer, const char *word);
void writer_put_number(struct writer *writer, int64_t number);
void writer_put_time(struct writer *writer, int64_t ns);

static inline void writer_span(struct writer *writer, const char *key, struct span text)
{
	writer_key(writer, key);
	writer_put_span(writer, text);
}

static inline void writer_text(struct writer *writer, const char *key, const char *text)
{
	writer_span(writer, key, span_of(text));
}

static inline void writer_word(struct writer *writer, const char *key, const char *word)
{
	writer_key(writer, key);
	writer_put_word(writer, word);
}

static inline void writer_number(struct writer *writer, const char *key, int64_t number)
{
	writer_key(writer, key);
	writer_put_number(writer, number);
}

static inline void writer_time(struct writer *writer, const char *key, int64_t ns)
{
	writer_key(writer, key);
	writer_put_time(writer, ns);
}

void writer_null(struct writer *writer, const char *key);
void writer_truth(struct writer *writer, const char *key, bool truth);

/* bracket: '{' or '[', and '}' or ']'. */
static inline void writer_open(struct writer *writer, const char *key, char bracket)
{
	writer_key(writer, key);
	*writer_room(writer, 1) = bracket;
	writer->size++;
	writer->follows = false;
}

static inline void writer_close(struct writer *writer, char bracket)
{
	*writer_room(writer, 1) = bracket;
	writer->size++;
	writer->follows = true;
}

/* Writes a memo of this key; returns false if it has another. Else mark, write,
 * and remember: what was written since the mark, if there is room for it.
 * Members that are neither the first nor the last of their object. */
bool writer_recall(struct writer *writer, const struct writer_memo *memo, uint64_t key);
void writer_mark(struct writer *writer);
void writer_remember(const struct writer *writer, struct writer_memo *memo, uint64_t key);

/* Breaks the line, after the comma if one is due. */
void writer_line(struct writer *writer);

/* Ends a document: breaks the line, and no comma is due. */
void writer_end(struct writer *writer);

#endif
