/* All ways to read a log must say the same. Here it is read twice: as the
 * intake does, by the quickest way that is sure; and by splitter and jansson
 * alone. What comes out is compared record by record. */
#ifndef LAPSED_TESTS_COMPARE_H
#define LAPSED_TESTS_COMPARE_H

#include "../../daemon/core/decode/decoder.h"
#include "../../daemon/core/decode/document.h"

enum { KINS = 1024 };

struct reader {
	struct splitter *splitter;
	struct decoder *decoder;     /* NULL: jansson alone */
	struct documents *documents;
	struct recall recall;
	struct span rest;            /* what it has not been given yet */
	char *chunk;                 /* what it was given last, and not a byte more */
	size_t chunk_max;            /* bytes */
	uint64_t fast;               /* records that were read at a glance */
	uint64_t shaped;             /* those of them whose shape was known */
	struct {
		uint64_t kin, common;
	} kins[KINS];                /* what records of a kin had in common */
};

/* decoder: NULL for jansson alone; borrowed, so that it may know more than one
 * log. record_max: bytes. */
struct reader reader_new(struct decoder *decoder, size_t record_max);
void reader_free(struct reader *reader);

/* Reads bytes with both, which lapsed is given in chunks of chunk_max bytes and
 * jansson all at once. end: nothing comes after them. Returns NULL, or in what
 * a record differs. Adds to ret_records how many there were. */
const char *readers_differ(struct reader *lapsed, struct reader *jansson, struct span bytes, size_t chunk_max, bool end,
			   uint64_t *ret_records);

#endif
