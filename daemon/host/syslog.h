/* Sends alerts to a syslog receiver by UDP. It never waits: what the kernel
 * does not take at once is counted as lost, for UDP promises no more. */
#ifndef LAPSED_SYSLOG_H
#define LAPSED_SYSLOG_H

#include <stdint.h>

#include "../core/fault.h"
#include "../core/rfc5424.h"
#include "config.h"

struct syslog;

/* Resolves the host, once. Returns NULL and a fault if it cannot. */
struct syslog *syslog_open(const struct config *config, struct fault *fault);
void syslog_close(struct syslog *take_syslog);
void syslog_send(struct syslog *syslog, const struct notice *notice, struct moment now);
uint64_t syslog_lost(const struct syslog *syslog);

#endif
