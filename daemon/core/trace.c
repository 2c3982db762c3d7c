#define _GNU_SOURCE
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void trace_add(struct trace *trace, int64_t time_ns, const char *format, ...)
{
	va_list arguments;
	char *text;

	if (trace->count == trace->capacity) {
		size_t capacity = trace->capacity ? trace->capacity * 2 : 64;
		struct trace_line *lines = realloc(trace->lines, capacity * sizeof *lines);

		if (!lines)
			return;
		trace->lines = lines;
		trace->capacity = capacity;
	}
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) >= 0)
		trace->lines[trace->count++] = (struct trace_line){time_ns, trace->event, text};
	va_end(arguments);
}

void trace_clear(struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++)
		free(trace->lines[i].text);
	free(trace->lines);
	*trace = (struct trace){0};
}
