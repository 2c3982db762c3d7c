/* What the fuzz targets share. */
#ifndef LAPSED_FUZZ_H
#define LAPSED_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../daemon/host/plan.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_expect(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* The shipped rules and the default settings. */
static inline void fuzz_plan(struct plan *ret)
{
	struct plan_options options = {.rules = RULES, .config = CONFIG};
	struct fault fault = {0};
	char text[900];

	if (plan_load(ret, &options, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		abort();
	}
}

#endif
