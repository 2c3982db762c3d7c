#include "dossier.h"

#include <stdlib.h>

#include "text.h"

static char *copy_of(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

uint8_t dossier_text(struct dossier *dossier, struct span message, const char *captures, unsigned most)
{
	char redacted[MESSAGE_MAX];
	struct text *texts;

	if (message.size == 0)
		return 0;
	text_redact(message, redacted, sizeof redacted);
	for (unsigned i = 0; i < dossier->text_count; i++)
		if (strcmp(dossier->texts[i].message, redacted) == 0)
			return (uint8_t)(i + 1);
	if (dossier->text_count >= most)
		return 0;
	texts = realloc(dossier->texts, (dossier->text_count + 1) * sizeof *texts);
	if (!texts)
		return 0;
	dossier->texts = texts;
	texts[dossier->text_count] = (struct text){strdup(redacted), copy_of(captures)};
	if (!texts[dossier->text_count].message)
		return 0;
	return (uint8_t)++dossier->text_count;
}

struct text dossier_read(const struct dossier *dossier, uint8_t text)
{
	return text && text <= dossier->text_count ? dossier->texts[text - 1] : (struct text){NULL, NULL};
}

bool dossier_reserve(struct dossier *dossier)
{
	size_t capacity = dossier->capacity ? dossier->capacity * 2 : 4;
	struct event *events;

	if (dossier->count < dossier->capacity)
		return true;
	events = realloc(dossier->events, capacity * sizeof *events);
	if (!events)
		return false;
	dossier->events = events;
	dossier->capacity = capacity;
	return true;
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
