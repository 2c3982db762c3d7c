#include "finished.h"

/* Of the place of a file, or where it would belong; at most half of the slots are
 * taken. Inodes come in runs, one for each folder, which must not lie upon each
 * other. */
static size_t slot_of(const struct finished *finished, uint64_t device, uint64_t inode)
{
	size_t at = ((inode ^ device << 32) * UINT64_C(0x9E3779B97F4A7C15)) >> 32;

	for (;; at++) {
		uint32_t slot = finished->slots[at %= 2 * FINISHED_MAX];

		if (!slot || (finished->places[slot - 1].device == device && finished->places[slot - 1].inode == inode))
			return at;
	}
}

static void append(struct finished *finished, size_t slot, const struct tail_place *place)
{
	finished->places[finished->count] = *place;
	finished->slots[slot] = ++finished->count;
}

static void forget_half(struct finished *finished)
{
	memset(finished->slots, 0, sizeof finished->slots);
	finished->count = 0;
	for (size_t i = FINISHED_MAX / 2; i < FINISHED_MAX; i++) {
		const struct tail_place kept = finished->places[i];

		append(finished, slot_of(finished, kept.device, kept.inode), &kept);
	}
}

bool finished_put(struct finished *finished, const struct tail_place *place)
{
	size_t slot = slot_of(finished, place->device, place->inode);
	bool full = finished->count == FINISHED_MAX;

	if (place->offset == 0)
		return true;
	if (finished->slots[slot]) {
		finished->places[finished->slots[slot] - 1] = *place;
		return true;
	}
	if (full) {
		forget_half(finished);
		slot = slot_of(finished, place->device, place->inode);
	}
	append(finished, slot, place);
	return !full;
}

const struct tail_place *finished_find(const struct finished *finished, uint64_t device, uint64_t inode)
{
	uint32_t slot = finished->slots[slot_of(finished, device, inode)];

	return slot ? &finished->places[slot - 1] : NULL;
}
