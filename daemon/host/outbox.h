/* What waits to be sent to one receiver, in its order, and what was sent and
 * is not confirmed yet, so that it can be sent again. Bounded: when it is
 * full, the oldest that waits is dropped and counted. */
#ifndef LAPSED_OUTBOX_H
#define LAPSED_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OUTBOX_MAX = 4096,   /* messages */
	OUTBOX_WINDOW = 256, /* of them sent and not confirmed */
};

struct message;

struct outbox {
	struct message **ring; /* OUTBOX_MAX */
	size_t first, count;
	size_t begun;          /* of count: sent, the last one perhaps in part */
	size_t left_bytes;     /* of the last one begun, still to be sent */
	uint64_t taken, lost;  /* messages */
};

bool outbox_begin(struct outbox *ret);

/* What is left in it is counted as lost by nobody: look before. */
void outbox_end(struct outbox *outbox);

/* Returns false if one was dropped for it, or this one for want of memory. */
bool outbox_push(struct outbox *outbox, const char *data, size_t size);

/* The bytes to send next; NULL if there are none, or the window is full. */
const char *outbox_next(struct outbox *outbox, size_t *ret_size);
void outbox_sent(struct outbox *outbox, size_t bytes);

/* The one that outbox_next() named can never be sent. */
void outbox_drop_next(struct outbox *outbox);

/* All that was sent whole has been taken. */
void outbox_confirm(struct outbox *outbox);

/* Whatever is not confirmed has to be sent again. */
void outbox_rewind(struct outbox *outbox);

#endif
