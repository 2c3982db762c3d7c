/* Follows one path: growth, rename and create, truncation, a file that
 * vanishes or comes later. It asks the file system what is there whenever it
 * is told to look; it waits for nothing and knows no loop. */
#ifndef LAPSED_TAIL_H
#define LAPSED_TAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../core/basic/span.h"

/* Up to where a file was read, and which file that was. */
struct tail_place {
	uint64_t device, inode, offset;
	uint64_t mark; /* hash of the bytes before offset: size and inode can not tell a refilled file */
};

enum { TAIL_MARK_BYTES = 1024 }; /* as many of them, or as there are */

struct tail {
	char *path;
	int fd;               /* -1: not there */
	dev_t device;
	ino_t inode;
	uint64_t offset;      /* read up to here */
	uint64_t size;        /* when last looked at */
	bool rotated;         /* the path leads to another file; this one is read to its end */
	bool detached;        /* and another tail follows the path */
	int64_t idle_mono_ns; /* since when a rotated file had nothing more */
	char before[TAIL_MARK_BYTES]; /* the last bytes that were read: there again at each look, or it is refilled */
	int error;            /* -errno that was told; 0 */
	struct tail_place resume; /* where an earlier run has come to; offset 0: nowhere */
	struct tail_place last;   /* where it has come to in the file that it closed last */
};

enum tail_found {
	TAIL_IDLE,  /* nothing new */
	TAIL_BYTES, /* look again, there may be more */
	TAIL_BREAK, /* the file has ended; the next bytes are of another */
	TAIL_GAP,   /* bytes were lost unread; a TAIL_BREAK follows */
	TAIL_LOST,  /* the file that was followed before the start is gone; what it still held is lost */
	TAIL_ERROR, /* it cannot be read; told once until the error changes */
};

struct tail_news {
	struct span bytes; /* of TAIL_BYTES: in the caller's buffer */
	bool at_end;       /* the file had no more */
	uint64_t lost_from, lost_bytes; /* of TAIL_GAP */
	int error;         /* of TAIL_ERROR: -errno */
};

/* Returns false without memory. resume: where an earlier run has come to; NULL:
 * nowhere. */
bool tail_begin(struct tail *ret, const char *path, const struct tail_place *resume);

/* Whether the file that stands at the path is the one that was read up to there. */
bool tail_is_at(const char *path, const struct tail_place *place);

/* Up to where it has read, less the last `held` bytes, which were given out but
 * are to be read again. Returns false if no file is open. */
bool tail_place(const struct tail *tail, size_t held, struct tail_place *ret);
void tail_end(struct tail *tail);

/* A rotated tail lets go of its path: begin another one for that. When it has
 * ended (TAIL_BREAK) its path is NULL. */
void tail_detach(struct tail *tail);

/* One look. A rotated file is kept for some seconds after its end, for its
 * writer may hold it. size: more than TAIL_MARK_BYTES, which are read again at
 * each look. */
enum tail_found tail_look(struct tail *tail, int64_t mono_ns, char *buffer, size_t size, struct tail_news *ret);

#endif
