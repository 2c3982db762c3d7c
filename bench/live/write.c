/* Appends records at a pace, one write() each: devices that come and go.
 *
 * usage: live-write RECORDS PER_SECOND DEVICES LOG */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "record.h"

/* Longer pauses are slept, shorter ones watched away: sleeping is not so fine. */
static const int64_t sleep_least_ns = 90000;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void wait_until(int64_t due_ns)
{
	int64_t left_ns;

	while ((left_ns = due_ns - now_ns()) > 0)
		if (left_ns > sleep_least_ns)
			nanosleep(&(struct timespec){.tv_nsec = left_ns % 1000000000 - sleep_least_ns / 2}, NULL);
}

int main(int argc, char **argv)
{
	long records = argc == 5 ? atol(argv[1]) : 0, rate = argc == 5 ? atol(argv[2]) : 0;
	unsigned devices = argc == 5 ? (unsigned)atol(argv[3]) : 0;
	char line[RECORD_BYTES];
	int64_t begun;
	int log;

	if (records < 1 || rate < 1 || devices < 1 ||
	    (log = open(argv[4], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) < 0) {
		fprintf(stderr, "usage: live-write RECORDS PER_SECOND DEVICES LOG\n");
		return 2;
	}
	prctl(PR_SET_TIMERSLACK, 1);
	begun = now_ns();
	for (long i = 0; i < records; i++) {
		unsigned device = (unsigned)(i % devices);
		size_t size = i / devices % 2 ? record_closed(line, device) : record_connected(line, device);

		wait_until(begun + i * INT64_C(1000000000) / rate);
		if (write(log, line, size) != (ssize_t)size) {
			perror(argv[4]);
			return 1;
		}
	}
	printf("%lld\n", (long long)(records * INT64_C(1000000000) / (now_ns() - begun)));
	return 0;
}
