#define _GNU_SOURCE
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../basic/list.h"

void trace_add(struct trace *trace, int64_t time_ns, const char *format, ...)
{
	struct trace_line *lines = list_reserve(trace->lines, trace->count, &trace->capacity, sizeof *lines);
	va_list arguments;
	char *text;

	if (!lines)
		return;
	trace->lines = lines;
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
