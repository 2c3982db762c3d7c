/* What the daemon says on stderr: for people on a terminal, with <n> before
 * each line where systemd or a file reads it. */
#ifndef LAPSED_LOG_H
#define LAPSED_LOG_H

#include "../core/notice.h"

/* severity: RFC 5424 numbers. */
void log_line(int severity, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_notice(const struct notice *notice);

#endif
