/* A text that is put together in a buffer, with a NUL behind it all the time:
 * an alert is not to wait until the whole of stdio has come into the caches. */
#ifndef LAPSED_LINE_H
#define LAPSED_LINE_H

#include <stdint.h>

#include "span.h"

struct line {
	char *buffer;
	size_t length, size; /* size may be lowered, below length as well: then there is no room */
};

static inline struct line line_begin(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct line){buffer, 0, size};
}

/* As much of it as there is room for. */
void line_put(struct line *line, struct span text);
void line_words(struct line *line, const char *words);
void line_number(struct line *line, uint64_t number);

/* Whole, or nothing of it: then it returns false. */
bool line_put_whole(struct line *line, struct span text);

/* Back to what it was at this length. */
void line_cut(struct line *line, size_t length);

#endif
