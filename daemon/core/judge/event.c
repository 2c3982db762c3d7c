#include "event.h"

#include <stdbool.h>
#include <stdlib.h>

#define ORDER(a, b) \
	if ((a) != (b)) \
	return (a) < (b) ? -1 : 1

int event_compare(const struct event *a, const struct event *b)
{
	ORDER(a->time_ns, b->time_ns);
	ORDER(a->signal, b->signal);
	ORDER(a->code, b->code);
	ORDER(a->operation, b->operation);
	ORDER(a->kind, b->kind);
	return 0;
}

/* A choice between two that does not depend on which came first. */
#define KEEP_KNOWN(field) into->field = into->field > other->field ? into->field : other->field

void event_merge(struct event *into, const struct event *other)
{
	bool other_counts = other->message_size != into->message_size ? other->message_size > into->message_size
								      : other->wording > into->wording;

	if (other_counts) {
		into->message_size = other->message_size;
		into->wording = other->wording;
		into->message = other->message;
		into->reason = other->reason;
	}
	if (other->sdk && (other_counts || !into->sdk))
		into->sdk = other->sdk;
	if (other->address && (other_counts || !into->address))
		into->address = other->address;
	KEEP_KNOWN(protocol);
	KEEP_KNOWN(authentication);
	if (other->source < into->source || (other->source == into->source && other->line < into->line)) {
		into->source = other->source;
		into->line = other->line;
	}
}

/* Duplicates among themselves by their wording, so that what merging them
 * gives does not depend on how they came. */
static int compare(const void *a, const void *b)
{
	const struct event *left = a, *right = b;
	int order = event_compare(left, right);

	return order ? order : (left->wording < right->wording) - (left->wording > right->wording);
}

/* Logs are nearly in order: one compare an event where they are, and what came
 * a little late is moved to its place. Sorts outright where that gets long. */
static void put_in_order(struct event *events, size_t count)
{
	size_t moves = 0;

	for (size_t i = 1; i < count; i++) {
		struct event late;
		size_t at = i;

		if (events[i - 1].time_ns < events[i].time_ns)
			continue;
		late = events[i];
		for (; at > 0 && compare(&events[at - 1], &late) > 0; at--)
			events[at] = events[at - 1];
		events[at] = late;
		if ((moves += i - at) > 8 * count) {
			qsort(events, count, sizeof *events, compare);
			return;
		}
	}
}

size_t events_arrange(struct event *events, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	put_in_order(events, count);
	for (size_t i = 1; i < count; i++) {
		if (event_same(&events[kept], &events[i]))
			event_merge(&events[kept], &events[i]);
		else if (++kept != i)
			events[kept] = events[i];
	}
	return kept + 1;
}

long events_insert(struct event *events, size_t *count, const struct event *event, int *ret_changed)
{
	size_t low = 0, high = *count;

	/* Nearly always the newest. */
	if (high > 0 && event_compare(&events[high - 1], event) < 0)
		low = high;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (event_compare(&events[middle], event) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < *count && event_same(&events[low], event)) {
		struct event before = events[low];

		event_merge(&events[low], event);
		*ret_changed = before.reason != events[low].reason || before.protocol != events[low].protocol ||
			       before.authentication != events[low].authentication;
		return -1;
	}
	memmove(events + low + 1, events + low, (*count - low) * sizeof *events);
	events[low] = *event;
	++*count;
	*ret_changed = 1;
	return (long)low;
}
