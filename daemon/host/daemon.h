/* The running daemon: owns the loop, the engine, sources and sinks; the only
 * reader of clocks. */
#ifndef LAPSED_DAEMON_H
#define LAPSED_DAEMON_H

#include "plan.h"

/* Runs until SIGTERM or SIGINT. Returns 0, FAULT, or -errno. */
int daemon_run(const struct plan *plan, struct fault *fault);

#endif
