/* What the service manager is told (sd_notify); nothing, if there is none. */
#ifndef LAPSED_NOTIFY_H
#define LAPSED_NOTIFY_H

#include <stdint.h>

void notify_ready(const char *status);

/* Feeds the watchdog. */
void notify_alive(const char *status);

/* With the time of CLOCK_MONOTONIC, as Type=notify-reload wants it. */
void notify_reloading(void);
void notify_stopping(void);

/* How often the watchdog has to be fed, in milliseconds; 0: it is not on. */
uint64_t notify_watchdog_ms(void);

#endif
