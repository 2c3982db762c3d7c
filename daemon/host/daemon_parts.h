/* What the daemon's own files share: daemon.c starts and stops it, turn.c reads,
 * judges, stores and tells, follow.c knows which files and journals. Not for
 * anybody else. */
#ifndef LAPSED_DAEMON_PARTS_H
#define LAPSED_DAEMON_PARTS_H

#include <uv.h>

#include "../core/engine.h"
#include "journal.h"
#include "plan.h"
#include "sinks.h"
#include "store.h"
#include "tail.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	ROUND_SIZE = 4 << 20,   /* bytes read before signals and timers have their turn */
	RESCAN_MS = 1000,       /* inotify only nudges: this is what finds everything */
	WAIT_MS = 100,          /* for journals that are not read to their ends */
	RELEASE_S = 3600,       /* see follow_release() */
	TAILS_MAX = 4096,
	SOURCES_MAX = 256,
	HELD_MAX = 4096,        /* notices that are stored for receivers that are away */
	DRAIN_MS = 1000,        /* at the end, for what receivers still take */
	FINISHED_MAX = 65536,   /* a power of two: more than seven years of hourly blobs */
	SEVERITY_ERR = 3,
	SEVERITY_WARNING = 4,
	SEVERITY_INFO = 6,
};

/* Behind "Permission denied": its page tells of groups, and of what the sandbox hides. */
#define MAY_READ_HINT " (is the service in the group that may read it? see THE UNIT in man lapsed)"

/* Where a journal's records go. */
struct inlet {
	struct daemon *daemon;
	struct journal *journal; /* NULL: the source is no journal, or not followed any more */
	uint16_t stream;
};

struct daemon {
	struct plan *plan;   /* in force */
	const struct plan_options *options; /* to load it again */
	uv_loop_t loop;
	uv_timer_t rescan, tick, watchdog;
	uv_idle_t busy;      /* runs while there is more to read than one round takes */
	uv_signal_t terminate, interrupt, hangup;
	uv_fs_event_t *nudges[SOURCES_MAX]; /* one a source, on its folder */
	struct engine *engine;
	struct sinks *sinks;
	struct store *store; /* NULL: nothing survives a restart */
	bool unstored;       /* something has changed since the last commit */
	bool store_failed;   /* and that was told */
	size_t held;         /* notices in the store that some receiver has not taken */
	struct source_config *sources; /* numbered as in the engine; a name of NULL is not followed any more */
	struct inlet inlets[SOURCES_MAX];
	size_t source_count;
	struct tail *tails;  /* numbered as the engine's streams; a path of NULL has ended, or is a journal's */
	uint16_t *tail_sources;
	uint64_t *stored_offsets; /* of each tail, as committed last */
	struct tail_place *released; /* closed since the last commit that was good; at most FINISHED_MAX */
	size_t released_count;
	struct tail_place *finished; /* files that were read to their end, under whatever name: see follow.c */
	bool too_many_told;
	size_t tail_count;
	bool caught_up, is_busy;
	char buffer[BUFFER_SIZE];
};

/* The only reader of clocks. */
struct moment daemon_now(void);

/* One step of the engine; what follows is stored, then told. */
void turn_step(struct daemon *daemon, struct input *input);

/* Stores what has changed, and the notices that are about to be told (NULL:
 * none). */
void turn_commit(struct daemon *daemon, const struct output *output);
void turn_tell(struct daemon *daemon, const struct notice *notice);

/* Reads all files to their ends, but no more than a round. */
void turn_read_all(struct daemon *daemon);

/* A journal's reader has something; context is its inlet. */
void turn_take_journal(void *context, struct input *input);

/* For `systemctl status`, by notify_ready() or notify_status(). */
void turn_tell_status(const struct daemon *daemon, void (*notify)(const char *));

/* Follows what is configured, and no longer what is not. Returns 0 or -errno. */
int follow_adopt(struct daemon *daemon, const struct config *config);

/* The file of a tail was renamed: it is read to its end beside the new one. */
void follow_let_go(struct daemon *daemon, size_t index);

/* A file was read to its end and closed: where that was. */
void follow_remember(struct daemon *daemon, const struct tail_place *place);

/* A file of a folder that has not changed for an hour is closed: an hourly blob
 * is complete, and there may be thousands. */
void follow_release(struct daemon *daemon, size_t index);

/* Looks which files there are now, and reads them. */
void follow_rescan(uv_timer_t *timer);

#endif
