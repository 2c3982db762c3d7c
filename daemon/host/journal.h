/* The journal as a source. libsystemd maps journal files, and a file that is
 * truncated under it kills with SIGBUS: so a process of its own reads them
 * (host/reader), and this side starts it, takes what it writes, and starts it
 * again from the last position when it dies.
 *
 * The reader writes frames to a pipe, in the byte order of the machine: a
 * struct journal_frame, then `position_size` bytes of position, `words_size`
 * bytes of words to tell and `records_size` bytes of records, each with a line
 * end. A frame is taken whole or not at all: a reader that dies within one
 * starts again behind the frame before, so that nothing is lost or read twice.
 * Sizes go before everything, so nothing in a record can look like a frame. */
#ifndef LAPSED_JOURNAL_H
#define LAPSED_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "../core/engine.h"
#include "source_config.h"

/* Hidden first argument of the program: be a reader. Then the place, the
 * position ("": from the head) and the matches. */
#define JOURNAL_READ "--read-journal"

enum {
	JOURNAL_MAGIC = 0x4c4a5231,
	JOURNAL_POSITION_MAX = 512, /* bytes of a position, its NUL among them */
	JOURNAL_WORDS_MAX = 1024,
	JOURNAL_MESSAGE_MAX = 4 << 20, /* bytes of one MESSAGE; longer ones are cut */
	JOURNAL_BATCH_SIZE = 64 << 10, /* of records: from here on a frame is full */
	JOURNAL_RECORDS_MAX = JOURNAL_BATCH_SIZE + JOURNAL_MESSAGE_MAX + 256, /* its time may be put to one */
};

enum journal_flags {
	JOURNAL_AT_END = 1,  /* there is no more for now */
};

struct journal_frame {
	uint32_t magic, flags;
	uint64_t lost_from, lost; /* entries between the frame before and these records; see struct input */
	uint64_t refused; /* messages that journald says it did not take, for its rate limit */
	uint32_t position_size, words_size, records_size, unused;
};

/* A reader that ends with this has told why, and not by accident. */
enum { JOURNAL_UNREADABLE = 3 };

struct journal;

/* Bytes of records, gaps and breaks, in their order; borrowed, and without
 * moment and stream. No bytes, when all has been read. */
typedef void journal_take(void *context, struct input *input);

/* Starts to read behind position; "" reads all that there is. Everything is
 * borrowed for the time of the call but context. Returns NULL without memory. */
struct journal *journal_open(uv_loop_t *loop, const struct source_config *source, const char *position,
			     journal_take *take, void *context);

/* Closes its handles; it is gone when the loop has closed them. */
void journal_close(struct journal *take_journal);

/* All that there was to read has been taken, or cannot be read. */
bool journal_at_end(const struct journal *journal);

/* Up to here all has been taken: what journal_open() wants to go on. */
const char *journal_position(const struct journal *journal);

#endif
