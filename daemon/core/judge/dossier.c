#include "dossier.h"

#include <stdlib.h>

#include "../basic/list.h"

uint8_t dossier_find(const struct dossier *dossier, struct span as_it_came, unsigned most)
{
	for (unsigned i = 0; i < dossier->excerpt_count && i < most; i++)
		if (as_it_came.size > 0 && dossier->excerpts[i]->size == as_it_came.size &&
		    memcmp(dossier->excerpts[i]->message, as_it_came.data, as_it_came.size) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

/* The very same, which needs no look at it; or one that reads alike. */
static uint8_t find(const struct dossier *dossier, const struct excerpt *excerpt, unsigned most)
{
	for (unsigned i = 0; i < dossier->excerpt_count && i < most; i++)
		if (dossier->excerpts[i] == excerpt)
			return (uint8_t)(i + 1);
	for (unsigned i = 0; i < dossier->excerpt_count && i < most; i++)
		if (excerpt_equal(dossier->excerpts[i], excerpt))
			return (uint8_t)(i + 1);
	return 0;
}

uint8_t dossier_keep(struct dossier *dossier, struct excerpt *excerpt, unsigned most)
{
	struct excerpt **excerpts;
	uint8_t known;

	if (!excerpt)
		return 0;
	if ((known = find(dossier, excerpt, most)))
		return known;
	if (dossier->excerpt_count >= most)
		return 0;
	excerpts = list_reserve(dossier->excerpts, dossier->excerpt_count, &dossier->excerpt_capacity,
				sizeof *excerpts);
	if (!excerpts)
		return 0;
	dossier->excerpts = excerpts;
	excerpts[dossier->excerpt_count] = excerpt_share(excerpt);
	return (uint8_t)++dossier->excerpt_count;
}

struct excerpt dossier_read(const struct dossier *dossier, uint8_t index)
{
	return index && index <= dossier->excerpt_count ? *dossier->excerpts[index - 1] : (struct excerpt){0};
}

bool dossier_reserve(struct dossier *dossier)
{
	struct event *events = list_reserve(dossier->events, dossier->count, &dossier->capacity, sizeof *events);

	if (events)
		dossier->events = events;
	return events;
}

void dossier_clear(struct dossier *dossier)
{
	for (unsigned i = 0; i < dossier->excerpt_count; i++)
		excerpt_leave(dossier->excerpts[i]);
	free(dossier->excerpts);
	free(dossier->events);
	*dossier = (struct dossier){0};
}
