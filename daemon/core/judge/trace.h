/* The narration of decisions: one line each, for `explain` and for the golden
 * traces of the tests. */
#ifndef LAPSED_TRACE_H
#define LAPSED_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct trace {
	struct trace_line {
		int64_t time_ns;
		const void *event; /* the struct event that it tells of; NULL: time passed */
		char *text;
	} *lines;
	size_t count, capacity;
	const void *event;
};

/* Adds a line, as printf() would write it. Where trace is NULL nobody listens:
 * then the words are not even made, arguments not evaluated. */
#define trace_say(trace, time_ns, ...) ((trace) ? trace_add(trace, time_ns, __VA_ARGS__) : (void)0)

void trace_add(struct trace *trace, int64_t time_ns, const char *format, ...) __attribute__((format(printf, 3, 4)));
void trace_clear(struct trace *trace);

#endif
