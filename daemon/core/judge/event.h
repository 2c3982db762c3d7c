/* One signal of one device, compact: what the judge sees of a record. */
#ifndef LAPSED_EVENT_H
#define LAPSED_EVENT_H

#include <stdint.h>

#include "../rules/ruleset.h"
#include "../rules/terms.h"

/* 32 bytes: a log has millions. */
struct event {
	int64_t time_ns;
	uint32_t line;         /* in its source, from 1; UINT32_MAX: further */
	uint32_t code;         /* 0: none */
	uint32_t wording;      /* of all text in the record, hashed: chooses between duplicates */
	uint16_t source;       /* index of the engine's sources */
	uint16_t sdk;          /* index of the engine's SDK names; 0: none */
	uint16_t message_size; /* bytes of the message as it came, up to 65535 */
	uint8_t message;       /* index of the device's texts; 0: none */
	reason_id reason;      /* what the code proves, or the message says */
	uint16_t address : 7;  /* index of the device's texts: the masked address */
	uint16_t signal : 4;   /* enum signal */
	uint16_t protocol : 3; /* enum protocol */
	uint16_t operation : 2; /* enum operation */
	uint16_t authentication : 2; /* enum authentication */
	uint16_t kind : 14;    /* of category and operation, hashed: only whether two are equal counts */
};

_Static_assert(SIGNAL_COUNT <= 16 && PROTOCOL_COUNT <= 8 && OPERATION_COUNT <= 4 && AUTHENTICATION_COUNT <= 4,
	       "the fields of an event hold them");

/* Total: by time, then in the order of enum signal, then so that two events
 * never come in either order. Equal where the second is a duplicate. */
int event_compare(const struct event *a, const struct event *b);

/* Whether two are the same record, perhaps worded differently. */
static inline int event_same(const struct event *a, const struct event *b)
{
	return a->time_ns == b->time_ns && a->signal == b->signal && a->code == b->code &&
	       a->operation == b->operation && a->kind == b->kind;
}

/* Of two that are the same, the longer message counts; what one knows and the
 * other does not is kept. */
void event_merge(struct event *into, const struct event *other);

/* Sorts by event_compare and merges duplicates; returns how many are left. */
size_t events_arrange(struct event *events, size_t count);

/* Inserts into an arranged array with room for one more. Returns the index, or
 * -1 if it was a duplicate (merged into the one there; *ret_changed says
 * whether that one changed). */
long events_insert(struct event *events, size_t *count, const struct event *event, int *ret_changed);

#endif
