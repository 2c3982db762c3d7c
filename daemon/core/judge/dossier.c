#include "dossier.h"

#include <stdlib.h>

#include "../basic/list.h"
#include "../basic/text.h"

/* There is room for texts in so many at once: a message and an address, and a
 * few more. */
enum { TOGETHER = 4 };

static char *copy_of(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

/* Finds a text that was kept as it came, and nearly all come again and again:
 * what was not changed once is not changed now, so nothing has to be redacted. */
static uint8_t find_unchanged(const struct dossier *dossier, struct span message)
{
	for (unsigned i = 0; i < dossier->text_count; i++)
		if (dossier->texts[i].size == message.size &&
		    memcmp(dossier->texts[i].message, message.data, message.size) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

static uint8_t find(const struct dossier *dossier, const char *redacted)
{
	for (unsigned i = 0; i < dossier->text_count; i++)
		if (strcmp(dossier->texts[i].message, redacted) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

static bool reserve_text(struct dossier *dossier)
{
	struct text *texts;

	if (dossier->text_count < dossier->text_capacity)
		return true;
	texts = realloc(dossier->texts, (dossier->text_count + TOGETHER) * sizeof *texts);
	if (!texts)
		return false;
	dossier->texts = texts;
	dossier->text_capacity = dossier->text_count + TOGETHER;
	return true;
}

uint8_t dossier_text(struct dossier *dossier, struct span message, const char *captures, unsigned most)
{
	char redacted[MESSAGE_MAX];
	struct text *texts;
	uint8_t known;

	if (message.size == 0)
		return 0;
	if ((known = find_unchanged(dossier, message)))
		return known;
	text_redact(message, redacted, sizeof redacted);
	if ((known = find(dossier, redacted)))
		return known;
	if (dossier->text_count >= most)
		return 0;
	if (!reserve_text(dossier))
		return 0;
	texts = dossier->texts;
	texts[dossier->text_count] = (struct text){
		.message = strdup(redacted),
		.captures = copy_of(captures),
		.size = span_equal(span_of(redacted), message) ? (uint16_t)message.size : 0,
	};
	if (!texts[dossier->text_count].message)
		return 0;
	return (uint8_t)++dossier->text_count;
}

struct text dossier_read(const struct dossier *dossier, uint8_t text)
{
	return text && text <= dossier->text_count ? dossier->texts[text - 1] : (struct text){0};
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
	for (unsigned i = 0; i < dossier->text_count; i++) {
		free(dossier->texts[i].message);
		free(dossier->texts[i].captures);
	}
	free(dossier->texts);
	free(dossier->events);
	*dossier = (struct dossier){0};
}
