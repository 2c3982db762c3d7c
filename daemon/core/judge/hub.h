/* What concerns all devices of one hub: when it was in trouble itself, and how
 * many of its devices are online. */
#ifndef LAPSED_HUB_H
#define LAPSED_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub {
	char *name;     /* lower case; NULL: the records name none */
	uint32_t online;
	/* platform signals, ascending, those closer than the hold folded into spans */
	struct trouble {
		int64_t first_ns, last_ns;
	} *troubles;
	size_t trouble_count, trouble_capacity;
};

/* Notes a platform signal. hold_ns: PLATFORM_HOLD. Returns whether a deadline
 * may have moved. */
bool hub_note_trouble(struct hub *hub, int64_t time_ns, int64_t hold_ns);

/* Trouble that was noted before, in its order: what was one span stays one,
 * whatever the hold is now. Returns false if it is not later than what is
 * known, or there is no memory. */
bool hub_restore_trouble(struct hub *hub, const struct trouble *trouble, int64_t hold_ns);

/* Where a deadline comes to lie when it waits for the hub. */
int64_t hub_delay(const struct hub *hub, int64_t deadline_ns, int64_t hold_ns);

/* Forgets the oldest trouble, but for so many spans. */
void hub_forget(struct hub *hub, size_t most);

#endif
