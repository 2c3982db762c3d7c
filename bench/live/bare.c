/* The least that following a log can cost: waits for inotify, reads what has
 * been appended, sends a datagram. It decodes nothing, judges nothing and keeps
 * nothing; what lapsed adds to it is what its judgement costs.
 *
 * usage: live-bare LOG SOCKET */
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* About as many bytes as lapsed's alert has; those that name the device. */
enum { ALERT_AT = 230, ALERT_BYTES = 260 };

int main(int argc, char **argv)
{
	static char bytes[256 * 1024], events[4096];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int log, inotify, receiver;
	off_t offset;

	if (argc != 3 || (log = open(argv[1], O_RDONLY | O_CLOEXEC)) < 0 || (inotify = inotify_init1(IN_CLOEXEC)) < 0 ||
	    inotify_add_watch(inotify, argv[1], IN_MODIFY) < 0 ||
	    (receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0) {
		perror("live-bare");
		return 2;
	}
	snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[2]);
	offset = lseek(log, 0, SEEK_END);
	fprintf(stderr, "following\n");
	while (read(inotify, events, sizeof events) > 0) {
		ssize_t n = pread(log, bytes, sizeof bytes, offset);

		if (n < ALERT_AT + ALERT_BYTES)
			continue;
		offset += n;
		if (sendto(receiver, bytes + ALERT_AT, ALERT_BYTES, 0, (struct sockaddr *)&address, sizeof address) < 0)
			perror("sendto");
	}
	return 1;
}
