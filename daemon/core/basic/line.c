#include "line.h"

#include "text.h"

/* Without the NUL. */
static size_t room_of(const struct line *line)
{
	return line->length < line->size ? line->size - line->length - 1 : 0;
}

void line_put(struct line *line, struct span text)
{
	size_t room = room_of(line);

	line_put_whole(line, (struct span){text.data, text.size < room ? text.size : room});
}

void line_words(struct line *line, const char *words)
{
	line_put(line, span_of(words));
}

void line_number(struct line *line, uint64_t number)
{
	char digits[NUMBER_TEXT];

	line_put(line, text_number(number, digits));
}

bool line_put_whole(struct line *line, struct span text)
{
	if (text.size > room_of(line))
		return false;
	if (text.size > 0)
		memcpy(line->buffer + line->length, text.data, text.size);
	line->length += text.size;
	line->buffer[line->length] = '\0';
	return true;
}

void line_cut(struct line *line, size_t length)
{
	line->length = length;
	line->buffer[length] = '\0';
}
