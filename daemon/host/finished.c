#include "finished.h"

enum { PROBES = 8 };

/* Inodes come in runs, one for each folder, which must not lie upon each other. */
static size_t slot_of(uint64_t device, uint64_t inode, unsigned probe)
{
	uint64_t hash = (inode ^ device << 32) * UINT64_C(0x9E3779B97F4A7C15);

	return ((hash >> 32) + probe) % FINISHED_MAX;
}

void finished_put(struct tail_place table[FINISHED_MAX], const struct tail_place *place)
{
	struct tail_place *slot = NULL;

	for (unsigned probe = 0; probe < PROBES; probe++) {
		slot = &table[slot_of(place->device, place->inode, probe)];
		if (slot->offset == 0 || (slot->device == place->device && slot->inode == place->inode))
			break;
	}
	*slot = *place;
}

const struct tail_place *finished_find(const struct tail_place table[FINISHED_MAX], uint64_t device, uint64_t inode)
{
	for (unsigned probe = 0; probe < PROBES; probe++) {
		const struct tail_place *slot = &table[slot_of(device, inode, probe)];

		if (slot->offset > 0 && slot->device == device && slot->inode == inode)
			return slot;
	}
	return NULL;
}
