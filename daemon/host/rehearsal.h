/* `lapsed --test-alert`: one notice of each kind to everything that is
 * configured, so that one sees at the other end what will come one day. */
#ifndef LAPSED_REHEARSAL_H
#define LAPSED_REHEARSAL_H

#include "config.h"

/* Waits for a few seconds at most, and prints what became of them. Returns
 * whether all were taken, or -errno. */
int rehearsal_run(const struct config *config);

#endif
