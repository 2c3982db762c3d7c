/* What saving and loading share. Not for anybody else. */
#ifndef LAPSED_SNAPSHOT_PARTS_H
#define LAPSED_SNAPSHOT_PARTS_H

#include "basic/packed.h"
#include "engine_parts.h"
#include "snapshot.h"

/* What a device's row holds beside its entry. */
enum { PART_WATCH = 1, PART_HABITS = 2, PART_BASE = 4 };

/* Of the key of a row that has a number. */
enum { NUMBER_BYTES = 4 };

/* Whether rows with this layout lie in memory as ours do. */
bool snapshot_fits(struct span value);

#endif
