/* What people run: each verb with its options, one table of them. */
#ifndef LAPSED_COMMAND_H
#define LAPSED_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "../host/plan.h"

/* Exit statuses; they are promised in the manual. */
enum { EXIT_DONE, EXIT_FOUND, EXIT_WRONG, EXIT_UNREACHED };

struct options {
	struct plan_options plan;
	const char *what_if[64];
	size_t what_if_count;
	const char *device, *since, *until;
	bool json, all, exit_code, quiet, check, print_config, test_alert;
	char **files;
	int file_count;
};

struct verb {
	const char *name, *arguments, *help;
	int (*run)(const struct options *options);
};

/* Parses argv from the second word on by the verbs' options. Returns the exit
 * status of what it ran. verbs ends with a NULL name; without verbs
 * (a daemon's command line) `alone` runs. */
int command_main(int argc, char **argv, const struct verb *verbs, const struct verb *alone);

/* Loads the plan, or tells the fault on stderr. */
bool command_plan(const struct options *options, struct plan *ret);

int command_scan(const struct options *options);
int command_explain(const struct options *options);
int command_check(const struct options *options);
int command_run(const struct options *options);

/* The code, if stdout has colour; else "". */
const char *colour(const char *code);

/* The rest of a line from that column on, broken between words to the width, its
 * lines one below the other. A width below 40 breaks nothing: it is none. */
void print_broken(FILE *out, const char *text, unsigned column, unsigned width);

#endif
