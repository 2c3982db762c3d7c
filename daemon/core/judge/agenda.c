#include "agenda.h"

#include <stdlib.h>

#include "../basic/list.h"
#include "../basic/stamp.h"
#include "watch.h"

/* Of one place: side by side, and fewer levels than two would make. */
enum { CHILDREN = 4 };

static void place(struct agenda *agenda, size_t at, struct due due)
{
	agenda->heap[at] = due;
	due.watch->place = at + 1;
	if (at >= 1 && at <= CHILDREN)
		watch_prefetch(due.watch); /* it may come next */
}

static void rise(struct agenda *agenda, size_t at, struct due due)
{
	while (at > 0) {
		size_t parent = (at - 1) / CHILDREN;

		if (agenda->heap[parent].at_ns <= due.at_ns)
			break;
		place(agenda, at, agenda->heap[parent]);
		at = parent;
	}
	place(agenda, at, due);
}

static void sink(struct agenda *agenda, size_t at, struct due due)
{
	for (;;) {
		size_t first = at * CHILDREN + 1, least = first;

		for (size_t child = first + 1; child < first + CHILDREN && child < agenda->count; child++)
			if (agenda->heap[child].at_ns < agenda->heap[least].at_ns)
				least = child;
		if (least >= agenda->count || agenda->heap[least].at_ns >= due.at_ns)
			break;
		place(agenda, at, agenda->heap[least]);
		at = least;
	}
	place(agenda, at, due);
}

/* Puts one where there is room, so that the order holds again. */
static void settle(struct agenda *agenda, size_t at, struct due due)
{
	if (at > 0 && agenda->heap[(at - 1) / CHILDREN].at_ns > due.at_ns)
		rise(agenda, at, due);
	else
		sink(agenda, at, due);
}

static void take_out(struct agenda *agenda, struct watch *watch)
{
	size_t at = watch->place - 1;
	struct due last = agenda->heap[--agenda->count];

	watch->place = 0;
	if (last.watch != watch)
		settle(agenda, at, last);
}

bool agenda_join(struct agenda *agenda)
{
	struct due *heap = list_reserve(agenda->heap, agenda->members, &agenda->capacity, sizeof *heap);

	if (!heap)
		return false;
	agenda->heap = heap;
	agenda->members++;
	return true;
}

void agenda_leave(struct agenda *agenda, struct watch *watch)
{
	agenda_put(agenda, watch, STAMP_NEVER);
	agenda->members--;
}

void agenda_put(struct agenda *agenda, struct watch *watch, int64_t due_ns)
{
	struct due due = {due_ns, watch};

	if (due_ns == STAMP_NEVER) {
		if (watch->place)
			take_out(agenda, watch);
	} else if (!watch->place) {
		agenda->count++;
		rise(agenda, agenda->count - 1, due);
	} else if (agenda->heap[watch->place - 1].at_ns != due_ns) {
		settle(agenda, watch->place - 1, due);
	}
}

const struct due *agenda_first(const struct agenda *agenda)
{
	return agenda->count ? agenda->heap : NULL;
}

void agenda_clear(struct agenda *agenda)
{
	free(agenda->heap);
	*agenda = (struct agenda){0};
}
