/* From the write() of a record that raises an alert to its datagram, of several
 * programs in turn. Each follows a log of its own and sends to a socket of its
 * own; a pause before each record lets it go to sleep.
 *
 * usage: live-latency ROUNDS ALERTS LOG SOCKET...   Prints a line a round: the
 * median of each program's ALERTS, in nanoseconds. It says "listening" on
 * stderr when the sockets are there, and begins when a line comes on stdin. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "record.h"

enum { PROGRAMS_MAX = 8, ALERTS_MAX = 10000, PAUSE_NS = 8000000 };

struct program {
	int log, receiver;
	unsigned devices;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int open_program(struct program *ret, const char *log, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = 5};

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	ret->log = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	ret->receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret->devices = 0;
	setsockopt(ret->receiver, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (ret->log < 0 || ret->receiver < 0 || bind(ret->receiver, (struct sockaddr *)&address, sizeof address) < 0) {
		perror(path);
		return -1;
	}
	return 0;
}

/* Returns how long one alert took, in nanoseconds; -1 if none came. */
static int64_t one_alert(struct program *program)
{
	/* Not at one beat with anybody's timers. */
	struct timespec pause = {.tv_nsec = PAUSE_NS + rand() % 4000000};
	char line[RECORD_BYTES], alert[8192], device[32];
	size_t size = record_refused(line, ++program->devices);
	int64_t begun;
	ssize_t n;

	nanosleep(&pause, NULL);
	begun = now_ns();
	if (write(program->log, line, size) != (ssize_t)size)
		return -1;
	n = recv(program->receiver, alert, sizeof alert - 1, 0);
	begun = now_ns() - begun;
	if (n < 0)
		return -1;
	alert[n] = '\0';
	/* That it is the one, and no other that was late. */
	snprintf(device, sizeof device, "meter-%06u", program->devices);
	return strstr(alert, device) ? begun : -1;
}

int main(int argc, char **argv)
{
	struct program programs[PROGRAMS_MAX];
	static int64_t taken_ns[PROGRAMS_MAX][ALERTS_MAX];
	int rounds = argc > 4 ? atoi(argv[1]) : 0, alerts = argc > 4 ? atoi(argv[2]) : 0, count = (argc - 3) / 2;

	if (rounds < 1 || alerts < 1 || alerts > ALERTS_MAX || count > PROGRAMS_MAX) {
		fprintf(stderr, "usage: live-latency ROUNDS ALERTS LOG SOCKET...\n");
		return 2;
	}
	for (int i = 0; i < count; i++)
		if (open_program(&programs[i], argv[3 + 2 * i], argv[4 + 2 * i]) < 0)
			return 2;
	fprintf(stderr, "listening\n");
	getchar();
	for (int round = 0; round < rounds; round++) {
		for (int a = 0; a < alerts; a++)
			for (int i = 0; i < count; i++)
				if ((taken_ns[i][a] = one_alert(&programs[i])) < 0) {
					fprintf(stderr, "no alert of %s\n", argv[3 + 2 * i]);
					return 1;
				}
		for (int i = 0; i < count; i++) {
			qsort(taken_ns[i], (size_t)alerts, sizeof **taken_ns, compare);
			printf("%s%lld", i ? " " : "", (long long)taken_ns[i][alerts / 2]);
		}
		printf("\n");
	}
	return 0;
}
