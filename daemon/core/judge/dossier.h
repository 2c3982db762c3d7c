/* What is kept of one device beside its compact entry, only while it is
 * needed: its events in order, and the hub's words about it. */
#ifndef LAPSED_DOSSIER_H
#define LAPSED_DOSSIER_H

#include <stdbool.h>

#include "event.h"

enum { TEXTS_MAX = 255, ADDRESSES_MAX = 64, MESSAGE_MAX = 257 }; /* see struct event: 8 and 7 bits */

/* A message of the hub, redacted and cut to 256 bytes, with what the pattern
 * captured; or a masked address. */
struct text {
	char *message, *captures;
	uint16_t size; /* of the message, where it is kept as it came; else 0 */
};

struct dossier {
	struct event *events; /* arranged in the daemon; as read in a survey until it judges */
	size_t count, capacity;
	struct text *texts;
	unsigned text_count, text_capacity;
};

/* Returns the text's index, 0 if there is none, or room for no more than
 * `most` texts in all. */
uint8_t dossier_text(struct dossier *dossier, struct span message, const char *captures, unsigned most);

/* NULL data for 0. */
struct text dossier_read(const struct dossier *dossier, uint8_t text);

/* Room for one more event. */
bool dossier_reserve(struct dossier *dossier);

void dossier_clear(struct dossier *dossier);

#endif
