/* For LD_PRELOAD: when a watch is let go, the file TEST_LATE is put behind the
 * log TEST_LOG just before, once, as by a writer who is as quick as that. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int inotify_rm_watch(int fd, int watch)
{
	char text[4096];
	int late = open(getenv("TEST_LATE"), O_RDONLY), log;
	ssize_t n;

	if (late >= 0 && (n = read(late, text, sizeof text)) > 0) {
		unlink(getenv("TEST_LATE"));
		log = open(getenv("TEST_LOG"), O_WRONLY | O_APPEND);
		if (write(log, text, (size_t)n) != n)
			abort();
		close(log);
	}
	if (late >= 0)
		close(late);
	return (int)syscall(SYS_inotify_rm_watch, fd, watch);
}
