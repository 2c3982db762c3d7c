#include "excerpt.h"

#include <stdlib.h>

#include "../basic/text.h"

struct excerpt *excerpt_stored(const char *message, const char *captures)
{
	size_t message_size = strlen(message) + 1, captures_size = captures && *captures ? strlen(captures) + 1 : 0;
	struct excerpt *excerpt = malloc(sizeof *excerpt + message_size + captures_size);
	char *texts = (char *)(excerpt + 1);

	if (!excerpt)
		return NULL;
	memcpy(texts, message, message_size);
	if (captures_size)
		memcpy(texts + message_size, captures, captures_size);
	*excerpt = (struct excerpt){
		.message = texts,
		.captures = captures_size ? texts + message_size : NULL,
		.users = 1,
	};
	return excerpt;
}

struct excerpt *excerpt_of(struct span message, const char *captures)
{
	char redacted[EXCERPT_MAX];
	struct excerpt *excerpt;

	if (message.size == 0)
		return NULL;
	text_redact(message, redacted, sizeof redacted);
	excerpt = excerpt_stored(redacted, captures);
	if (excerpt && span_equal(span_of(redacted), message))
		excerpt->size = (uint16_t)message.size;
	return excerpt;
}

bool excerpt_equal(const struct excerpt *a, const struct excerpt *b)
{
	return strcmp(a->message, b->message) == 0 && span_equal(span_of(a->captures), span_of(b->captures));
}

struct excerpt *excerpt_share(struct excerpt *excerpt)
{
	excerpt->users++;
	return excerpt;
}

void excerpt_leave(struct excerpt *take_excerpt)
{
	if (take_excerpt && --take_excerpt->users == 0)
		free(take_excerpt);
}
