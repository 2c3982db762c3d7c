/* What the daemon says on stderr: for people on a terminal, with <n> before
 * each line where systemd or a file reads it. It never waits: what stderr does
 * not take is kept for a while, then dropped, counted and told. */
#ifndef LAPSED_LOG_H
#define LAPSED_LOG_H

#include <stdbool.h>

#include "../core/tell/notice.h"

/* severity: enum severity. */
void log_line(int severity, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_notice(const struct notice *notice);

/* Tries to write what waits. Returns whether nothing waits any more. */
bool log_flush(void);

#endif
