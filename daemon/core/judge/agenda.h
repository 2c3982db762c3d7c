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
	size_t count, members, capacity;
};

/* There is a place for one more watch from now on, or no memory for it. */
bool agenda_join(struct agenda *agenda);

/* A watch that has joined leaves, and with it its place. */
void agenda_leave(struct agenda *agenda, struct watch *watch);

/* Puts a watch that has joined at due_ns, or moves it there; STAMP_NEVER takes
 * it out. */
void agenda_put(struct agenda *agenda, struct watch *watch, int64_t due_ns);

/* The first, or NULL. */
const struct due *agenda_first(const struct agenda *agenda);
void agenda_clear(struct agenda *agenda);

#endif
