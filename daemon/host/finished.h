/* Up to where files were read that are not followed any more, by device and
 * inode: who is met again is read on from there, or not at all. */
#ifndef LAPSED_FINISHED_H
#define LAPSED_FINISHED_H

#include "tail.h"

enum { FINISHED_MAX = 65536 }; /* more than seven years of hourly blobs */

/* All zero: none yet. */
struct finished {
	struct tail_place places[FINISHED_MAX]; /* oldest first */
	uint32_t slots[2 * FINISHED_MAX];       /* index + 1, by the hash of device and inode; 0: free */
	uint32_t count;
};

/* Returns false if it was full: then the older half of it is forgotten. A file of
 * which nothing was read needs no place. */
bool finished_put(struct finished *finished, const struct tail_place *place);

/* NULL: not known. Good until the next is put. */
const struct tail_place *finished_find(const struct finished *finished, uint64_t device, uint64_t inode);

#endif
