#include "outbox.h"

#include <stdlib.h>
#include <string.h>

struct message {
	size_t size;
	char data[];
};

static struct message **slot(const struct outbox *outbox, size_t index)
{
	return &outbox->ring[(outbox->first + index) % OUTBOX_MAX];
}

bool outbox_begin(struct outbox *ret)
{
	*ret = (struct outbox){.ring = calloc(OUTBOX_MAX, sizeof *ret->ring)};
	return ret->ring;
}

void outbox_end(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++)
		free(*slot(outbox, i));
	free(outbox->ring);
	*outbox = (struct outbox){0};
}

/* Takes the oldest that was not begun out; those begun close up behind it. */
static void drop(struct outbox *outbox)
{
	free(*slot(outbox, outbox->begun));
	for (size_t i = outbox->begun; i > 0; i--)
		*slot(outbox, i) = *slot(outbox, i - 1);
	outbox->first = (outbox->first + 1) % OUTBOX_MAX;
	outbox->count--;
	outbox->lost++;
}

bool outbox_push(struct outbox *outbox, const char *data, size_t size)
{
	bool full = outbox->count == OUTBOX_MAX;
	struct message *message = malloc(sizeof *message + size);

	if (!message) {
		outbox->lost++;
		return false;
	}
	message->size = size;
	memcpy(message->data, data, size);
	if (full)
		drop(outbox);
	*slot(outbox, outbox->count++) = message;
	return !full;
}

const char *outbox_next(struct outbox *outbox, size_t *ret_size)
{
	const struct message *message;

	if (outbox->left_bytes > 0) {
		message = *slot(outbox, outbox->begun - 1);
		*ret_size = outbox->left_bytes;
		return message->data + message->size - outbox->left_bytes;
	}
	if (outbox->begun == outbox->count || outbox->begun == OUTBOX_WINDOW)
		return NULL;
	message = *slot(outbox, outbox->begun);
	*ret_size = message->size;
	return message->data;
}

void outbox_sent(struct outbox *outbox, size_t bytes)
{
	if (outbox->left_bytes == 0)
		outbox->left_bytes = (*slot(outbox, outbox->begun++))->size;
	outbox->left_bytes -= bytes;
}

void outbox_drop_next(struct outbox *outbox)
{
	drop(outbox);
}

void outbox_confirm(struct outbox *outbox)
{
	size_t whole = outbox->begun - (outbox->left_bytes > 0);

	for (size_t i = 0; i < whole; i++)
		free(*slot(outbox, i));
	outbox->first = (outbox->first + whole) % OUTBOX_MAX;
	outbox->count -= whole;
	outbox->begun -= whole;
	outbox->taken += whole;
}

void outbox_rewind(struct outbox *outbox)
{
	outbox->begun = outbox->left_bytes = 0;
}
