/* The running daemon: owns the loop, the engine, sources and sinks. */
#ifndef LAPSED_DAEMON_H
#define LAPSED_DAEMON_H

#include "plan.h"

/* Runs until SIGTERM or SIGINT; SIGHUP loads the plan again by the same
 * options. take_plan comes from malloc. Returns 0, FAULT, or -errno. */
int daemon_run(struct plan *take_plan, const struct plan_options *options, struct fault *fault);

#endif
