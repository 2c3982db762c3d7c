/* lapsectl check, lapsed --check: configuration and rules, and nothing else. */
#include <stdio.h>

#include "command.h"

int command_check(const struct options *options)
{
	unsigned signals, reasons, samples;
	struct plan plan;

	if (!command_plan(options, &plan))
		return EXIT_WRONG;
	/* The daemon has nothing to do without; the offline tools have. */
	if (options->check && plan.config.source_count == 0) {
		fprintf(stderr,
			"no sources: expected \"sources\": [{\"path\": \"/var/log/azure/connections.jsonl\"}]\n");
		plan_clear(&plan);
		return EXIT_WRONG;
	}
	if (options->print_config) {
		config_print(&plan.config);
	} else {
		ruleset_count(plan.rules, &signals, &reasons, &samples);
		if (options->json) {
			printf("{\"schema\":\"lapsed.check/1\",\"good\":true,"
			       "\"files\":%zu,\"signals\":%u,\"reasons\":%u,"
			       "\"samples\":%u}\n",
			       plan.config.file_count, signals, reasons, samples);
			plan_clear(&plan);
			return EXIT_DONE;
		}
		for (size_t i = 0; i < plan.config.file_count; i++)
			printf("%s: good\n", plan.config.files[i]);
		printf("%s: good: %u signals, %u reasons, %u samples verified\n", plan.rules_folder, signals, reasons,
		       samples);
	}
	plan_clear(&plan);
	return EXIT_DONE;
}
