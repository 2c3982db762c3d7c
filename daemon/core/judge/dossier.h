/* What is kept of one device beside its compact entry, only while it is
 * needed: its events in order, and the hub's words about it. */
#ifndef LAPSED_DOSSIER_H
#define LAPSED_DOSSIER_H

#include <stdbool.h>

#include "event.h"
#include "excerpt.h"

enum { EXCERPTS_MAX = 255, ADDRESSES_MAX = 64 }; /* their indexes have 8 and 7 bits in an event */

struct dossier {
	struct event *events; /* arranged in the daemon; as read in a survey until it judges */
	size_t count, capacity;
	struct excerpt **excerpts;
	size_t excerpt_count, excerpt_capacity;
};

/* Returns the index of a message or address that is kept as it came; 0: it is
 * not, among the first `most`. */
uint8_t dossier_find(const struct dossier *dossier, struct span as_it_came, unsigned most);

/* Keeps an excerpt that is not kept yet. Returns its index, up to `most`; 0: there
 * is no excerpt, or no room for it among these. */
uint8_t dossier_keep(struct dossier *dossier, struct excerpt *excerpt, unsigned most);

/* NULL message for 0. */
struct excerpt dossier_read(const struct dossier *dossier, uint8_t index);

/* Room for one more event. */
bool dossier_reserve(struct dossier *dossier);

void dossier_clear(struct dossier *dossier);

#endif
