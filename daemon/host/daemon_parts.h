/* What the daemon's own files share: daemon.c starts and stops it, turn.c reads,
 * judges, stores and tells, follow.c knows which files and journals, lookout.c
 * when to look at them. Not for anybody else. */
#ifndef LAPSED_DAEMON_PARTS_H
#define LAPSED_DAEMON_PARTS_H

#include <uv.h>

#include "../core/engine.h"
#include "finished.h"
#include "journal.h"
#include "plan.h"
#include "sinks.h"
#include "store.h"
#include "tail.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	ROUND_SIZE = 4 << 20,   /* bytes read before signals and timers have their turn */
	RESCAN_MS = 1000,       /* where events may not tell of everything */
	RESCAN_RARE_MS = 30000, /* where they do */
	RUSH_GAP_MS = 2,        /* events that come closer than this are a rush */
	RUSH_MS = 5,            /* how often a rush is read */
	STORE_MS = 1000,        /* how long a change without an alert may be unstored; longer where a commit costs */
	STORE_MOST_MS = 30000,  /* much, for after a crash the logs are only read again from there */
	STORE_SHARE = 100,      /* of the time, one part in so many goes into commits without an alert */
	TICK_MS = 1000,         /* ticks that are further off than this share wake-ups */
	WAIT_MS = 100,          /* for journals that are not read to their ends */
	RELEASE_S = 3600,       /* see follow_release() */
	TAILS_MAX = 4096,
	HELD_MAX = 4096,        /* notices that are stored for receivers that are away */
	DRAIN_MS = 1000,        /* at the end, for what receivers still take */
};

/* Behind "Permission denied": its page tells of groups, and of what the sandbox hides. */
#define MAY_READ_HINT " (is the service in the group that may read it? see THE UNIT in man lapsed)"

/* Where a journal's records go. */
struct inlet {
	struct daemon *daemon;
	struct journal *journal; /* NULL: the source is no journal, or not followed any more */
	uint16_t stream;
};

enum stir {
	STIR_NONE,
	STIR_WRITTEN, /* something was written, they say: it is read to its end */
	STIR_ANY,     /* anything may have happened: it is looked at until there is nothing new */
};

/* Watches the folder of a source. */
struct lookout {
	struct daemon *daemon;
	uv_fs_event_t watch;
	uint16_t source;
	bool is_armed, was_told_unwatched;
	bool is_told, is_renamed; /* by an event that has not been followed yet */
	bool in_rush;
	bool has_found;           /* something was read; whoever wants to know clears it before */
	bool has_looked;          /* what was there at the begin is no news */
	bool is_deaf;             /* something was found that no event had told of, and none has come since */
	bool is_partial;          /* folders below are not watched, or some files could not be followed */
	uint64_t told_ms;         /* when an event was followed last */
};

struct daemon {
	struct plan *plan;   /* in force */
	const struct plan_options *options; /* to load it again */
	uv_loop_t loop;
	uv_timer_t rescan, rush, tick, store_later;
	uint64_t watchdog_ms; /* the rescan feeds it at least so often; 0: it is not on */
	uv_check_t woken;    /* runs after each waking's events */
	uv_idle_t behind;    /* runs while there is more to read than one round takes */
	uv_signal_t terminate, interrupt, hangup;
	struct lookout *lookouts[SOURCES_MAX]; /* NULL: a journal, not followed any more, or no memory */
	struct engine *engine;
	struct sinks *sinks;
	struct store *store; /* NULL: nothing survives a restart */
	uint64_t store_ns;   /* what the last commit took */
	bool unstored;       /* something has changed since the last commit */
	bool store_failed;   /* and that was told */
	size_t held;         /* notices in the store that some receiver has not taken */
	struct source_config *sources; /* numbered as in the engine; a name of NULL is not followed any more */
	struct inlet inlets[SOURCES_MAX];
	size_t source_count;
	struct tail *tails;  /* numbered as the engine's streams; a path of NULL has ended, or is a journal's */
	uint16_t *tail_sources;
	uint8_t *stirred;    /* enum stir of each: what is to be looked at in the next turn */
	uint64_t *stored_offsets; /* of each tail, as committed last */
	struct tail_place *released; /* closed since the last commit that was good; at most FINISHED_MAX */
	size_t released_count;
	struct finished *finished; /* files that were read to their end, under whatever name: see follow.c */
	bool too_many_told;
	size_t tail_count;
	size_t next;         /* tail that the next round begins with */
	bool caught_up, is_behind;
	char buffer[BUFFER_SIZE];
};

/* The only reader of clocks. */
struct moment daemon_now(void);

/* Its timers; they do not run yet. */
void turn_start(struct daemon *daemon);
void turn_stop(struct daemon *daemon);

/* The engine is asked in the next round of the loop what is due now. */
void turn_tick(struct daemon *daemon);

/* One step of the engine; what follows is stored, then told. */
void turn_step(struct daemon *daemon, struct input *input);

/* Stores what has changed, and the notices that are about to be told (NULL:
 * none). */
void turn_commit(struct daemon *daemon, const struct output *output);
void turn_tell(struct daemon *daemon, const struct notice *notice, struct moment now);

/* Reads what is stirred to its end, but no more than a round; the rest follows
 * when signals and timers had their turn. */
void turn_read(struct daemon *daemon);

/* A journal's reader has something; context is its inlet. */
void turn_take_journal(void *context, struct input *input);

/* For `systemctl status`, by notify_ready() or notify_alive(). */
void turn_tell_status(const struct daemon *daemon, void (*notify)(const char *));

/* Begins to look, and rescans at once; ends it. */
void lookout_start(struct daemon *daemon);
void lookout_stop(struct daemon *daemon);

/* Watches a source's folder; no longer. */
void lookout_begin(struct daemon *daemon, uint16_t source);
void lookout_end(struct daemon *daemon, uint16_t source);

/* Reads all files, whether or not an event has told of them. */
void lookout_look(struct daemon *daemon);

/* Looks which files there are, after this time at the latest. */
void lookout_rescan_within(struct daemon *daemon, uint64_t wait_ms);

/* Follows what is configured, and no longer what is not. Returns 0 or -errno. */
int follow_adopt(struct daemon *daemon, const struct config *config);

/* The file of a tail was renamed: it is read to its end beside the new one. */
void follow_let_go(struct daemon *daemon, size_t index);

/* The file that a tail was to go on with is gone: what was rotated behind it is read. */
void follow_lost(struct daemon *daemon, size_t index);

/* A file was read to its end and closed: where that was. */
void follow_remember(struct daemon *daemon, const struct tail_place *place);

/* A file of a folder that has not changed for an hour is closed: an hourly blob
 * is complete, and there may be thousands. */
void follow_release(struct daemon *daemon, size_t index);

/* Looks which files of a source there are now. */
void follow_find(struct daemon *daemon, uint16_t source);

#endif
