/* lapsectl check, lapsed --check: configuration and rules, and nothing else. */
#include <stdio.h>

#include "../host/files.h"
#include "command.h"

/* A folder that is not there is no fault; nobody shall believe that it was read. */
static void print_own_rules(const char *folder)
{
	char **paths;
	size_t count;

	if (folder_list(folder, ".json", &paths, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		printf("%s: good\n", paths[i]);
	if (count == 0)
		printf("%s: no rules of your own there\n", folder);
	paths_free(paths, count);
}

int command_check(const struct options *options)
{
	unsigned signals, reasons, samples;
	struct fault fault = {0};
	struct plan plan;
	char text[900];

	if (options->file_count > 0) {
		fprintf(stderr, "expected no arguments; --config names another configuration\n");
		return EXIT_WRONG;
	}
	if (!command_plan(options, &plan))
		return EXIT_WRONG;
	if (options->check && plan_needs_sources(&plan, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		plan_clear(&plan);
		return EXIT_WRONG;
	}
	ruleset_count(plan.rules, &signals, &reasons, &samples);
	if (options->print_config) {
		config_print(&plan.config);
	} else if (options->json) {
		printf("{\"schema\":\"lapsed.check/1\",\"good\":true,\"files\":%zu,\"signals\":%u,\"reasons\":%u,"
		       "\"samples\":%u}\n",
		       plan.config.file_count, signals, reasons, samples);
	} else {
		for (size_t i = 0; i < plan.config.file_count; i++)
			printf("%s: good\n", plan.config.files[i]);
		if (plan.config.rules)
			print_own_rules(plan.config.rules);
		printf("%s: good: %u signals, %u reasons, %u samples verified\n", plan.rules_folder, signals, reasons,
		       samples);
	}
	plan_clear(&plan);
	return EXIT_DONE;
}
