/* For LD_PRELOAD: all clocks go ahead by as many seconds as the first eight
 * bytes of the file TEST_CLOCK say, so that a test need not wait for a day; the
 * wall clock alone by as many more as the next eight say, as if it had been set. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile const long long *ahead;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("TEST_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 2 * sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0);

	if (page != MAP_FAILED)
		ahead = page;
	if (fd >= 0)
		close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = (int)syscall(SYS_clock_gettime, clock, ret);

	if (r == 0 && ahead)
		ret->tv_sec += ahead[0] + (clock == CLOCK_REALTIME ? ahead[1] : 0);
	return r;
}
