#include "notify.h"

#include <systemd/sd-daemon.h>
#include <time.h>

void notify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void notify_alive(const char *status)
{
	sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s", status);
}

void notify_reloading(void)
{
	struct timespec mono;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=reading the configuration again",
		   (long long)(mono.tv_sec * 1000000 + mono.tv_nsec / 1000));
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=stopping");
}

uint64_t notify_watchdog_ms(void)
{
	uint64_t limit_us = 0;

	/* Half of what is allowed, as sd_watchdog_enabled(3) advises. */
	return sd_watchdog_enabled(0, &limit_us) > 0 ? limit_us / 2000 : 0;
}
