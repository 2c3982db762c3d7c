/* The life of one device: its session and its troubles, stepped by its events
 * in order and by the passing of their time. This is where verdicts are
 * reached; it reads like the manual and asks nothing but its arguments. */
#ifndef LAPSED_LIFE_H
#define LAPSED_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "../rules/ruleset.h"
#include "../rules/settings.h"
#include "../rules/terms.h"
#include "event.h"
#include "hub.h"
#include "rhythm.h"

enum { RECENT_MAX = 8, RETURNS_MAX = 8 };

/* The newest times of something that counts in a window. */
struct recent {
	int64_t at_ns[RECENT_MAX]; /* newest first */
	unsigned count;
};

/* One trouble of one device. */
struct episode {
	uint8_t scope;   /* enum scope */
	uint8_t verdict; /* enum verdict: the worst reached so far */
	uint8_t leaning; /* where it is left undecided: the verdict it leans to */
	uint8_t ending;  /* enum ending; ENDING_NONE while open */
	reason_id reason;
	uint8_t message;        /* index of the device's texts */
	bool open;
	bool complete;          /* the closure of the expulsion was seen */
	bool plain;             /* so far no more than a lapsed token can explain */
	bool inside;            /* refused while the hub holds a settled session */
	bool timed;             /* the verdict was reached because time passed */
	bool overdue;           /* the deadline has passed without a return */
	uint8_t reached;        /* a bit for each verdict that was reached */
	uint8_t rank;           /* of the reason: enum rank in episode.c */
	uint8_t protocol;       /* of the expelled session */
	uint32_t expulsions, refusals;
	uint32_t run;           /* refusals since the device was last connected */
	uint32_t code;          /* of the signal that tells most */
	int64_t opened_ns, decided_ns, ended_ns;
	int64_t anchor_ns;      /* first signal since it was last connected; STAMP_NONE: it is back */
	int64_t deadline_ns;    /* of its return, before the hub's own trouble is heeded */
	int64_t back_ns;        /* the connection that is to settle; STAMP_NONE: not back */
	int64_t loop_ns;        /* when reconnect-loop was reached */
	int64_t refused_first_ns, last_ns; /* last_ns: refusal, denial or displacement */
};

struct life {
	int64_t heard_ns;    /* the newest event */
	int64_t since_ns;    /* the live session's begin, or the first proof of it */
	int64_t arrived_ns;  /* its first session here, where that began with a connect */
	int64_t expelled_ns; /* the last expulsion, its echoes left out */
	int64_t expelled_last_ns; /* the same with its echoes */
	int64_t signal_ns;   /* the last expulsion or refusal */
	int64_t closed_ahead_ns; /* a closure that waits for its expulsion */
	bool live;           /* the hub holds a session */
	bool begun;          /* since_ns is its begin */
	bool known;          /* a session was seen at some time */
	bool expelled_closed, expelled_ended, expelled_back; /* of the last expulsion */
	uint8_t standing;    /* what the last session did: online, offline or unknown */
	uint8_t protocol, authentication;
	uint16_t sdk;
	bool churn_told;     /* that it renews too often was said */
	uint32_t losses;     /* closures without a trouble: connection-lost */
	uint32_t expulsions; /* in all, for the summary */
	struct recent loops, displaced, renewals;
	struct recent denied; /* of the open episode */
	int64_t returns_ns[RETURNS_MAX];
	unsigned return_count; /* in all; the ring holds the last */
	struct rhythm rhythm; /* of its expulsions */
	struct episode episodes[SCOPE_COUNT];
};

/* What a life is judged by, and who is told. */
struct court {
	const struct settings *settings;
	const struct ruleset *rules;
	const struct hub *hub;
	bool x509;                       /* the configuration says so of this device */
	struct episode *ended;           /* grows by every episode that ends; may be moved */
	size_t ended_count, ended_capacity;
	bool lost;                       /* there was no memory for one that ended */
	struct trace *trace;             /* NULL: not told */
};

/* Adds one to court->ended. */
void episodes_keep(struct court *court, const struct episode *episode);

/* Whether an event belongs to what an episode gathered. */
bool episode_holds(const struct episode *episode, const struct event *event);

void life_begin(struct life *ret);

/* Events [0, count) are arranged; index is the one to take, the later ones
 * are there to look ahead. Time passes up to it first. */
void life_step(struct life *life, struct court *court, const struct event *events, size_t count, size_t index);

/* Lets time pass: what is due before until happens; with inclusive, also what
 * is due at it. */
void life_pass(struct life *life, struct court *court, int64_t until_ns, bool inclusive);

/* When time alone will next change something; STAMP_NEVER. */
int64_t life_due(const struct life *life, const struct court *court);

/* The log has ended: fills in what an undecided episode leans to. */
void life_lean(struct life *life, const struct court *court);

enum standing life_standing(const struct life *life);
bool life_is_x509(const struct life *life, const struct court *court);

/* Nothing open and nothing pending: only habits are left to remember. */
bool life_is_quiet(const struct life *life);

/* Its token is renewed by expulsion more often than is reasonable. */
bool life_churns(const struct life *life, const struct settings *settings);

#endif
