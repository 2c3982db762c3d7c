/* Any bytes as a rule file: read, or refused with a fault that says where. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ruleset *rules = ruleset_new();
	struct fault fault = {0};
	struct finding finding;
	int r = ruleset_add(rules, "fuzz", (struct span){(const char *)data, size}, &fault);

	if (r == 0)
		r = ruleset_compile(rules, &fault);
	if (r == 0)
		ruleset_match(rules, (struct span){(const char *)data, size < 4096 ? size : 4096}, &finding);
	fuzz_expect(r == 0 || (r == FAULT && fault.text[0]));
	ruleset_free(rules);
	return 0;
}
