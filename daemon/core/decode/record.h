/* What the fields of one record say, whatever export it came from: Azure
 * Monitor, Log Analytics (flat array or rows of a table), the retired
 * operations monitoring. Event Grid and routed connection events are known
 * and set aside. */
#ifndef LAPSED_RECORD_H
#define LAPSED_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "../basic/span.h"
#include "../basic/stamp.h"
#include "../rules/terms.h"
#include "field.h"

struct record {
	int64_t time_ns;   /* STAMP_NONE: it has none that can be read */
	struct span hub;   /* as written; empty if the record names none */
	struct span device, module;
	struct span category, operation;
	uint32_t code;     /* six digits; 0: a success */
	struct span message, sdk, address;
	enum protocol protocol;
	enum authentication authentication;
	uint64_t kin; /* records of one decoder with equal numbers agree in hub, category, operation and code;
		       * 0: nothing is known */
};

enum decoded {
	DECODED_RECORD,    /* all is filled; spans live until the next call */
	DECODED_FOREIGN,   /* not about a device's connection: set aside; only time_ns is filled */
	DECODED_MALFORMED, /* ret_why says how; time_ns is filled where it could be read */
	DECODED_UNSEEN,    /* of decoder_glance() alone */
};

/* What was found the last time, for most records are like their neighbours. */
struct recall {
	struct stamp_recall stamp;
	uint16_t path_size, hub_start, hub_size;
	bool path_is_hub;
	char path[512];
};

/* Of what many records have in common: hub, category, operation and code, and
 * the access. Returns DECODED_RECORD or DECODED_FOREIGN. */
enum decoded record_begin(const struct fields *fields, struct recall *recall, struct record *ret);

/* Protocol and authentication alone. */
void record_access(const struct fields *fields, struct record *ret);

/* The rest; begun is what record_begin() said. */
enum decoded record_finish(const struct fields *fields, struct recall *recall, enum decoded begun,
			   struct record *ret, enum malformed *ret_why);

#endif
