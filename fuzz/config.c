/* Any bytes as a configuration: read, or refused with a fault that says where. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	static int file;
	struct config config;
	struct fault fault = {0};
	int r;

	if (!*path) {
		fuzz_expect((file = memfd_create("configuration", MFD_CLOEXEC)) >= 0);
		snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	}
	fuzz_expect(pwrite(file, data, size, 0) == (ssize_t)size && ftruncate(file, (off_t)size) == 0);
	config_default(&config);
	r = config_read(&config, path, true, &fault);
	fuzz_expect(r == 0 || (r == FAULT && fault.text[0]));
	config_clear(&config);
	return 0;
}
