#include "hub.h"

#include <string.h>

#include "../basic/list.h"
#include "../basic/stamp.h"

/* The first span that ends (with its hold) after time. */
static size_t find(const struct hub *hub, int64_t time_ns, int64_t hold_ns)
{
	size_t low = 0, high = hub->trouble_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (stamp_add(hub->troubles[middle].last_ns, hold_ns) <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool insert(struct hub *hub, size_t at, struct trouble trouble)
{
	struct trouble *troubles = list_reserve(hub->troubles, hub->trouble_count, &hub->trouble_capacity,
						sizeof *troubles);

	if (!troubles)
		return false;
	hub->troubles = troubles;
	memmove(hub->troubles + at + 1, hub->troubles + at, (hub->trouble_count - at) * sizeof *hub->troubles);
	hub->troubles[at] = trouble;
	hub->trouble_count++;
	return true;
}

bool hub_note_trouble(struct hub *hub, int64_t time_ns, int64_t hold_ns)
{
	size_t at = find(hub, time_ns, hold_ns);
	struct trouble *span = at < hub->trouble_count ? &hub->troubles[at] : NULL;

	if (hold_ns == 0)
		return false; /* nothing waits for it */
	if (span && time_ns >= span->first_ns && time_ns <= span->last_ns)
		return false;
	if (!span || stamp_add(time_ns, hold_ns) <= span->first_ns)
		return insert(hub, at, (struct trouble){time_ns, time_ns});
	span->first_ns = stamp_min(span->first_ns, time_ns);
	span->last_ns = stamp_max(span->last_ns, time_ns);
	/* It may now reach the next one. */
	if (at + 1 < hub->trouble_count && stamp_add(span->last_ns, hold_ns) > span[1].first_ns) {
		span->last_ns = span[1].last_ns;
		memmove(span + 1, span + 2, (hub->trouble_count - at - 2) * sizeof *span);
		hub->trouble_count--;
	}
	return true;
}

bool hub_restore_trouble(struct hub *hub, const struct trouble *trouble, int64_t hold_ns)
{
	struct trouble *last = hub->trouble_count ? &hub->troubles[hub->trouble_count - 1] : NULL;

	if (hold_ns == 0)
		return true;
	if (last && trouble->first_ns <= last->last_ns)
		return false;
	if (!last || stamp_add(last->last_ns, hold_ns) <= trouble->first_ns)
		return insert(hub, hub->trouble_count, *trouble);
	last->last_ns = trouble->last_ns;
	return true;
}

int64_t hub_delay(const struct hub *hub, int64_t deadline_ns, int64_t hold_ns)
{
	size_t at = find(hub, deadline_ns, hold_ns);

	/* A deadline that was pushed may fall into the next trouble. */
	while (at < hub->trouble_count && hub->troubles[at].first_ns <= deadline_ns) {
		deadline_ns = stamp_add(hub->troubles[at].last_ns, hold_ns);
		at++;
	}
	return deadline_ns;
}

void hub_forget(struct hub *hub, size_t most)
{
	size_t gone = hub->trouble_count > most ? hub->trouble_count - most : 0;

	if (gone == 0)
		return;
	memmove(hub->troubles, hub->troubles + gone, most * sizeof *hub->troubles);
	hub->trouble_count = most;
}
