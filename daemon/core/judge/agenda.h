/* Who is due next: a heap of watches by event time. */
#ifndef LAPSED_AGENDA_H
#define LAPSED_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch;

struct agenda {
	struct due {
		int64_t at_ns;
		struct watch *watch; /* knows its place */
	} *heap;
	size_t count, capacity;
};

/* Puts a watch at due_ns, or moves it there; STAMP_NEVER takes it out.
 * Returns false if there is no memory. */
bool agenda_put(struct agenda *agenda, struct watch *watch, int64_t due_ns);

/* The first, or NULL. */
const struct due *agenda_first(const struct agenda *agenda);
void agenda_clear(struct agenda *agenda);

#endif
