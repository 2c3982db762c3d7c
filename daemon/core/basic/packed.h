/* Values as bytes, one after the other, as they lie in memory: for the program
 * that wrote them, or a later one that lays them out in the same way. */
#ifndef LAPSED_PACKED_H
#define LAPSED_PACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "span.h"

/* All zero: nothing yet. data is the owner's to free. */
struct packed {
	char *data;
	size_t size, capacity; /* bytes */
	bool failed;           /* there was no memory: something is missing */
};

void packed_put(struct packed *packed, const void *data, size_t size);

/* NULL stays NULL. */
void packed_put_text(struct packed *packed, const char *text);

/* The next bytes of what was packed, or the next text, which is borrowed. They
 * return false if it ends before. */
bool packed_take(struct span *from, void *ret, size_t size);
bool packed_take_text(struct span *from, const char **ret);

#endif
