/* One document to the fields that count, whatever export it came from: Azure
 * Monitor, Log Analytics (flat array or rows of a table), the retired
 * operations monitoring. Event Grid and routed connection events are known
 * and set aside. */
#ifndef LAPSED_RECORD_H
#define LAPSED_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"
#include "splitter.h"
#include "stamp.h"
#include "terms.h"

struct record {
	int64_t time_ns;   /* STAMP_NONE: it has none that can be read */
	struct span hub;   /* as written; empty if the record names none */
	struct span device, module;
	struct span category, operation;
	uint32_t code;     /* six digits; 0: a success */
	struct span message, sdk, address;
	enum protocol protocol;
	enum authentication authentication;
};

enum decoded {
	DECODED_RECORD,    /* ret is filled; its spans live until the next call */
	DECODED_FOREIGN,   /* not about a device's connection: set aside; only time_ns is filled */
	DECODED_MALFORMED, /* ret_why says how; time_ns is filled where it could be read */
};

/* Belongs to one splitter: it remembers a table's columns by their number. */
struct decoder;

struct decoder *decoder_new(void);
void decoder_free(struct decoder *take_decoder);

enum decoded decoder_read(struct decoder *decoder, const struct document *document, struct record *ret,
			  enum malformed *ret_why);

/* Once in a program, before any JSON is read: bounds what one record may
 * allocate and seeds jansson's hash, which must not be guessable. */
void decoder_prepare(uint64_t seed);

#endif
