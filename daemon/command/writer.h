/* Writes JSON straight to a file, compact and in ASCII: the same bytes that
 * jansson writes with JSON_COMPACT | JSON_ENSURE_ASCII, without building values
 * first. It knows where commas go; that braces match is its caller's part. */
#ifndef LAPSED_WRITER_H
#define LAPSED_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../core/stamp.h"

enum { WRITER_BUFFER = 1 << 16 }; /* bytes */

struct writer {
	FILE *file;
	size_t size;  /* of what waits in the buffer */
	bool follows; /* a comma goes before what comes next */
	struct stamp_text last;
	char buffer[WRITER_BUFFER];
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
void writer_open(struct writer *writer, const char *key, char bracket);
void writer_close(struct writer *writer, char bracket);

/* Breaks the line, after the comma if one is due. */
void writer_line(struct writer *writer);

/* Ends a document: breaks the line, and no comma is due. */
void writer_end(struct writer *writer);

#endif
