#include "agenda.h"

#include <stdlib.h>

#include "stamp.h"
#include "watch.h"

static void place(struct agenda *agenda, size_t at, struct watch *watch)
{
	agenda->heap[at] = watch;
	watch->place = at + 1;
}

static void rise(struct agenda *agenda, size_t at, struct watch *watch)
{
	while (at > 0 && agenda->heap[(at - 1) / 2]->due_ns > watch->due_ns) {
		place(agenda, at, agenda->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(agenda, at, watch);
}

static void sink(struct agenda *agenda, size_t at, struct watch *watch)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= agenda->count)
			break;
		if (child + 1 < agenda->count && agenda->heap[child + 1]->due_ns < agenda->heap[child]->due_ns)
			child++;
		if (agenda->heap[child]->due_ns >= watch->due_ns)
			break;
		place(agenda, at, agenda->heap[child]);
		at = child;
	}
	place(agenda, at, watch);
}

static void take_out(struct agenda *agenda, struct watch *watch)
{
	size_t at = watch->place - 1;
	struct watch *last = agenda->heap[--agenda->count];

	watch->place = 0;
	if (last == watch)
		return;
	if (at > 0 && agenda->heap[(at - 1) / 2]->due_ns > last->due_ns)
		rise(agenda, at, last);
	else
		sink(agenda, at, last);
}

bool agenda_put(struct agenda *agenda, struct watch *watch, int64_t due_ns)
{
	if (watch->place && watch->due_ns == due_ns)
		return true;
	if (watch->place)
		take_out(agenda, watch);
	watch->due_ns = due_ns;
	if (due_ns == STAMP_NEVER)
		return true;
	if (agenda->count == agenda->capacity) {
		size_t capacity = agenda->capacity ? agenda->capacity * 2 : 64;
		struct watch **heap = realloc(agenda->heap, capacity * sizeof(struct watch *));

		if (!heap)
			return false;
		agenda->heap = heap;
		agenda->capacity = capacity;
	}
	agenda->count++;
	rise(agenda, agenda->count - 1, watch);
	return true;
}

struct watch *agenda_first(const struct agenda *agenda)
{
	return agenda->count ? agenda->heap[0] : NULL;
}

void agenda_clear(struct agenda *agenda)
{
	free(agenda->heap);
	*agenda = (struct agenda){0};
}
