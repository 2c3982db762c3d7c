/* One trouble of one device: how it opens, what it reaches, how it ends.
 * For life.c, which decides when. */
#ifndef LAPSED_EPISODE_H
#define LAPSED_EPISODE_H

#include "life.h"
#include "trace.h"

void recent_push(struct recent *recent, int64_t time_ns);

/* Whether the newest `times` of them lie within a window. */
bool recent_within(const struct recent *recent, int64_t times, int64_t window_ns);

struct episode *episode_open(struct life *life, struct court *court, enum scope scope, int64_t time_ns);

/* The device is away since time_ns: its deadline begins to run. */
void episode_await(struct life *life, struct court *court, int64_t since_ns, int64_t now_ns);

/* The device is connected: what is left is to settle. */
void episode_back(struct life *life, struct court *court, int64_t time_ns);

/* Weighs what the event, taken as signal, says of the reason. Returns whether
 * it is decisive. */
bool episode_weigh(struct episode *episode, const struct life *life, const struct court *court,
		   const struct event *event, enum signal signal);

void episode_reach(struct life *life, struct court *court, struct episode *episode, enum verdict verdict,
		   int64_t time_ns, const char *why);
void episode_end(struct life *life, struct court *court, struct episode *episode, enum ending ending,
		 int64_t time_ns);

/* The connection of a connection episode is settled, or was implied: gives
 * the verdict that it earned, if none worse was reached, and ends it. */
void episode_clear(struct life *life, struct court *court, int64_t time_ns, bool can_be_expiry);

/* Proof that the device was inside while somebody was refused. */
void episode_end_inside(struct life *life, struct court *court, int64_t time_ns);

/* The held session has ended: the refusals concern the device itself. */
void episode_become_ordinary(struct life *life, struct court *court, int64_t time_ns);

/* When time alone changes this episode. *ret_deadline: because the device is
 * not back; a deadline is kept by what comes at its very moment, everything
 * else happens before that. */
int64_t episode_due(const struct life *life, const struct court *court, const struct episode *episode,
		    bool *ret_deadline);

/* What is due happens. */
void episode_fire(struct life *life, struct court *court, struct episode *episode, int64_t time_ns);

#endif
