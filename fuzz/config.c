/* Any bytes as a configuration: read, or refused with a fault that says where. */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char name[] = "/tmp/lapsed-fuzz-XXXXXX/lapsed.json";
	static FILE *file;
	struct config config;
	struct fault fault = {0};
	int r;

	if (!file) {
		*strrchr(name, '/') = '\0';
		fuzz_expect(mkdtemp(name));
		name[strlen(name)] = '/';
		fuzz_expect((file = fopen(name, "w")));
	}
	rewind(file);
	fuzz_expect(fwrite(data, 1, size, file) == size && fflush(file) == 0 && ftruncate(fileno(file), (off_t)size) == 0);
	config_default(&config);
	r = config_read(&config, name, true, &fault);
	fuzz_expect(r == 0 || (r == FAULT && fault.text[0]));
	config_clear(&config);
	return 0;
}
