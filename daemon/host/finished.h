/* Up to where files were read that are not followed any more, by device and
 * inode: who is met again is read on from there, or not at all. */
#ifndef LAPSED_FINISHED_H
#define LAPSED_FINISHED_H

#include "tail.h"

enum { FINISHED_MAX = 65536 }; /* a power of two: more than seven years of hourly blobs */

/* In a table of so many places, all zero at first. Where it is full another one
 * is forgotten. */
void finished_put(struct tail_place table[FINISHED_MAX], const struct tail_place *place);

/* NULL: not known. */
const struct tail_place *finished_find(const struct tail_place table[FINISHED_MAX], uint64_t device, uint64_t inode);

#endif
