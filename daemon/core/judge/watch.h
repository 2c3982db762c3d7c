/* One device that is not quiet. Its events are kept in order, and its life is
 * known at three places:
 *   base: before the first event kept, so that a late one can be worked in. As
 *         long as it is quiet, that is how the device rests;
 *   firm: at the low-water mark of its source, behind which (within lateness)
 *         nothing more comes; deadlines pass and troubles end only here;
 *   tip:  after all that was heard, for what needs no waiting. It follows from
 *         firm, and is only kept while an alert tells of it. */
#ifndef LAPSED_WATCH_H
#define LAPSED_WATCH_H

#include "dossier.h"
#include "life.h"
#include "registry.h"

struct fleet;

/* What was told of one kind of trouble. */
struct told {
	uint8_t verdict;         /* VERDICT_NONE: nothing stands */
	bool pending;            /* found in this step, not told yet */
	int64_t opened_ns;       /* with the verdict: the identity of the alert */
	int64_t repeat_mono_ns;
	struct fleet *fleet;     /* told as one of many; NULL: by itself */
};

/* That an episode was told of. */
struct mention {
	int64_t opened_ns; /* with the scope: which one */
	uint8_t scope;     /* enum scope */
};

struct watch {
	struct dossier dossier; /* first: the intake files into it */
	struct device *device;
	struct habits *habits;  /* the device's, while this is its file; NULL */
	struct life *base;      /* NULL: the device as it rests */
	struct life firm;
	struct life *tip;       /* NULL: nothing is told */
	uint32_t losses;        /* folded, and not counted yet */
	size_t firm_count;      /* events of the dossier that firm has taken */
	int64_t firm_ns;        /* the time that has passed for firm */
	struct told told[SCOPE_COUNT];
	struct mention *mentions; /* of the episodes that are not folded yet */
	size_t mention_count, mention_capacity;
	bool announced;         /* its arrival on this hub, to its namesakes */
	bool online;            /* as counted in its hub */
	bool waiting;           /* the tip is not quiet */
	bool recent;            /* among the herald's recent alerts */
	uint16_t source, hub;
	size_t place;           /* in the agenda, from 1; 0: not in it */
	struct watch *next, *previous;
};

/* What malloc() keeps at hand for the next; more takes it a longer way, at each alert of a new device. */
_Static_assert(sizeof(struct watch) <= 1032, "a watch is small");

/* Wakes the device's life. */
void watch_begin(struct watch *ret, struct device *device);

/* It is about to be looked at: its cache lines are asked for all at once, so
 * that nobody waits for one after the other. */
static inline void watch_prefetch(const struct watch *watch)
{
	for (const char *line = (const char *)watch; line < (const char *)(watch + 1); line += 64)
		__builtin_prefetch(line);
}

/* Adds an event. Returns false if it was a duplicate that changes nothing. */
bool watch_add(struct watch *watch, const struct event *event);

/* Brings firm to the low-water mark and tip to the end. What ended on the way
 * of firm is in firm_court->ended (from base on, if a late event made it start
 * again), what ended only for tip in tip_court->ended. Returns the tip: it is
 * firm where nothing else was heard, or made in room. */
const struct life *watch_run(struct watch *watch, struct court *firm_court, struct court *tip_court,
			     int64_t low_ns, struct life *room);

/* Whether an alert stands. */
bool watch_is_told(const struct watch *watch);

/* An episode was told of. Without memory for that it may be told of again when it
 * is folded. */
void watch_mention(struct watch *watch, enum scope scope, int64_t opened_ns);

/* As if it had not been told of. Returns whether it was. */
bool watch_unmention(struct watch *watch, enum scope scope, int64_t opened_ns);

/* A late event or late trouble of the hub: firm starts again from base. */
void watch_rewind(struct watch *watch);

/* When the low-water mark will next change something. */
int64_t watch_due(const struct watch *watch, const struct court *court);

/* What is firm and over needs not be kept: base moves on. Episodes that ended
 * for good are put in court->ended. Returns the life that base has come to, for
 * watch_move_base(), or NULL if it stays where it is. */
struct life *watch_fold(struct watch *watch, struct court *court, size_t events_max);
void watch_move_base(struct watch *watch, const struct life *base, const struct settings *settings);

/* Nothing is left: the device may rest. */
bool watch_is_over(const struct watch *watch);

/* Frees what it holds, and closes the device's file. */
void watch_end(struct watch *watch);

#endif
