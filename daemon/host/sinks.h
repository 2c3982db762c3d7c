/* All that alerts go to: which alert passes to which receiver, in which form. */
#ifndef LAPSED_SINKS_H
#define LAPSED_SINKS_H

#include <uv.h>

#include "../core/basic/moment.h"
#include "../core/tell/notice.h"
#include "config.h"

struct sinks;

struct sinks *sinks_new(uv_loop_t *loop);

/* Opens what is new, keeps what is the same with all that waits in it, and
 * closes what is gone. Returns 0 or -errno. */
int sinks_adopt(struct sinks *sinks, const struct sinks_config *config);

void sinks_send(struct sinks *sinks, const struct notice *notice, struct moment now);

/* Everything has been taken by everybody. */
bool sinks_are_done(const struct sinks *sinks);

/* Runs the loop until all is taken, or nothing more can be, or the time is over. */
void sinks_drain(struct sinks *sinks, unsigned patience_ms);

/* A name is being looked up: the process would wait for it at its end. */
bool sinks_are_resolving(const struct sinks *sinks);

/* Tells which alerts did not arrive. */
void sinks_tell_losses(const struct sinks *sinks);

/* Sends notices to everybody whatever hub they are of, drains, and prints what
 * became of them. Returns whether all were taken. */
bool sinks_rehearse(struct sinks *sinks, const struct notices *notices, struct moment now, unsigned patience_ms);

/* The loop has to run once more after it. */
void sinks_free(struct sinks *take_sinks);

#endif
