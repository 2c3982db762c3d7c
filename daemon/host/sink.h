/* One receiver of encoded alerts over a socket. It never waits: what the
 * socket does not take stays in the outbox; a receiver that is not there is
 * told once and tried again, after 1 s to 60 s. What counts as taken: journald
 * and the local syslog daemon have read it, the other end's kernel has
 * acknowledged it (TCP), or no error has come back for a while (UDP). */
#ifndef LAPSED_SINK_H
#define LAPSED_SINK_H

#include <uv.h>

#include "outbox.h"
#include "sink_config.h"

struct sink;

/* Begins to connect. Returns NULL without memory. */
struct sink *sink_new(uv_loop_t *loop, const struct sink_config *config);

/* Lets go of socket and outbox; the rest goes when the loop has come round. */
void sink_free(struct sink *take_sink);

void sink_push(struct sink *sink, const char *data, size_t size);

/* Tries at once if it waits to try again: nothing is to be lost for patience. */
void sink_hurry(struct sink *sink);

/* Nothing is left to be taken. */
bool sink_is_done(const struct sink *sink);

/* It has been tried and the receiver was not there. */
bool sink_is_down(const struct sink *sink);

/* A name is being looked up, which cannot be called off. */
bool sink_is_resolving(const struct sink *sink);

const struct outbox *sink_outbox(const struct sink *sink);
const char *sink_name(const struct sink *sink);

/* Why it is down, in words that say what to do; NULL: it is not. */
const char *sink_trouble(const struct sink *sink);

#endif
