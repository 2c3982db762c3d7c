/* lapsed: the daemon itself, and its --check. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../host/daemon.h"
#include "../host/rehearsal.h"
#include "command.h"

static int test_alert(const struct options *options)
{
	struct plan plan;
	int r;

	if (!command_plan(options, &plan))
		return EXIT_WRONG;
	r = rehearsal_run(&plan.config);
	if (r < 0)
		fprintf(stderr, "%s\n", strerror(-r));
	plan_clear(&plan);
	return r > 0 ? EXIT_DONE : EXIT_UNREACHED;
}

int command_run(const struct options *options)
{
	struct fault fault = {0};
	struct plan *plan;
	char text[900];
	int r;

	if (options->check || options->print_config)
		return command_check(options);
	if (options->test_alert)
		return test_alert(options);
	if (options->file_count > 0) {
		fprintf(stderr, "expected no arguments; the files to follow stand in the configuration\n");
		return EXIT_WRONG;
	}
	plan = calloc(1, sizeof *plan);
	if (!plan)
		return EXIT_UNREACHED;
	if (!command_plan(options, plan)) {
		free(plan);
		return EXIT_WRONG;
	}
	r = daemon_run(plan, &options->plan, &fault);
	if (r == 0)
		return EXIT_DONE;
	fprintf(stderr, "%s\n", fault.text[0] ? fault_describe(&fault, text, sizeof text) : strerror(-r));
	return r > 0 ? EXIT_WRONG : EXIT_UNREACHED;
}
