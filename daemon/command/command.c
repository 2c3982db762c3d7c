#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/rules/jsonc.h"
#include "../host/terminal.h"
#include "build.h"

/* One row an option; help and parser read it. `of` names the verbs that know
 * it, "" being the daemon. */
static const struct option_row {
	int letter;
	const char *name, *value, *of, *help;
} option_rows[] = {
	{'c', "config", "FILE", "scan explain check daemon", "the configuration (default " LAPSED_CONFIG_FILE ")"},
	{'r', "rules", "DIR", "scan explain check daemon", "the shipped rules (default " LAPSED_RULES_FOLDER ")"},
	{'s', "set", "KEY=VALUE", "scan explain check daemon", "override a setting"},
	{'j', "json", NULL, "scan explain check", "print JSON"},
	{'a', "all", NULL, "scan", "with --json: list all devices, not only those with an episode"},
	{'w', "what-if", "KEY=VALUE", "scan", "show which verdicts another setting would change"},
	{'d', "device", "DEVICE", "explain", "the device: ID, HUB/ID or HUB/ID/MODULE"},
	{'S', "since", "TIME", "scan explain", "leave out records before this time (RFC 3339)"},
	{'U', "until", "TIME", "scan explain", "leave out records from this time on"},
	{'e', "exit-code", NULL, "scan", "exit with 1 if a device needs somebody"},
	{'q', "quiet", NULL, "scan explain", "no progress"},
	{'t', "check", NULL, "daemon", "verify configuration and rules, and exit"},
	{'T', "print-effective-config", NULL, "check daemon", "print every setting and where it is from, and exit"},
	{'A', "test-alert", NULL, "daemon",
	 "send one alert of each kind to all receivers, tell what became of them, and exit"},
	{'h', "help", NULL, NULL, "print this"},
	{'V', "version", NULL, NULL, "print the version"},
};

enum { OPTION_COUNT = sizeof option_rows / sizeof *option_rows, HELP_COLUMNS = 79 };

static bool has_option(const struct option_row *row, const char *verb)
{
	const char *found = row->of ? strstr(row->of, verb) : "";

	return found;
}

static void print_options(FILE *out, const char *verb)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		char left[48];

		if (!has_option(&option_rows[i], verb))
			continue;
		snprintf(left, sizeof left, "-%c, --%s%s%s", option_rows[i].letter, option_rows[i].name,
			 option_rows[i].value ? " " : "", option_rows[i].value ? option_rows[i].value : "");
		fprintf(out, "  %-29s ", left);
		print_broken(out, option_rows[i].help, 32, HELP_COLUMNS);
	}
}

static void print_verb(FILE *out, const char *program, const struct verb *verb, bool alone)
{
	fprintf(out, "usage: %s %s%s[options]%s%s\n%s\n\n", program, alone ? "" : verb->name, alone ? "" : " ",
		*verb->arguments ? " " : "", verb->arguments, verb->help);
	print_options(out, alone ? "daemon" : verb->name);
}

static void print_verbs(FILE *out, const char *program, const struct verb *verbs)
{
	fprintf(out, "usage: %s VERB [options] [arguments]\n\n", program);
	for (; verbs->name; verbs++)
		fprintf(out, "  %-8s %s\n", verbs->name, verbs->help);
	fprintf(out, "\n%s VERB --help tells a verb's options.\n"
		     "Exit status: 0 done; 1 scan --exit-code found a device that needs somebody;\n"
		     "2 wrong use, configuration or rules; 3 input could not be read, or the answer\nnot be written.\n",
		program);
}

/* Returns false where the option cannot be. */
static bool take(struct options *options, int letter, const char *value)
{
	switch (letter) {
	case 'c':
		options->plan.config = value;
		return true;
	case 'r':
		options->plan.rules = value;
		return true;
	case 's':
		if (options->plan.set_count == 64)
			return false;
		options->plan.sets[options->plan.set_count++] = value;
		return true;
	case 'w':
		if (options->what_if_count == 64)
			return false;
		options->what_if[options->what_if_count++] = value;
		return true;
	case 'd':
		options->device = value;
		return true;
	case 'S':
		options->since = value;
		return true;
	case 'U':
		options->until = value;
		return true;
	case 'j':
		return options->json = true;
	case 'a':
		return options->all = true;
	case 'e':
		return options->exit_code = true;
	case 'q':
		return options->quiet = true;
	case 't':
		return options->check = true;
	case 'T':
		return options->print_config = true;
	case 'A':
		return options->test_alert = true;
	default:
		return false;
	}
}

/* An answer that did not arrive is none. */
static int run(const struct verb *verb, const struct options *options)
{
	int status = verb->run(options);

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "what was found cannot be written\n");
	return status == EXIT_WRONG ? status : EXIT_UNREACHED;
}

static int parse(int argc, char **argv, const char *program, const struct verb *verb, bool alone)
{
	struct option longs[OPTION_COUNT + 1] = {0};
	struct options options = {0};
	char letters[3 * OPTION_COUNT + 1] = "", name[64];
	int letter, count = 0;

	/* getopt_long() names what it finds wrong by the first word. */
	snprintf(name, sizeof name, "%s%s%s", program, alone ? "" : " ", alone ? "" : verb->name);
	argv[0] = name;
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_rows[i];
		char one[4];

		if (!has_option(row, alone ? "daemon" : verb->name))
			continue;
		longs[count++] = (struct option){row->name, row->value ? required_argument : no_argument, NULL,
						 row->letter};
		snprintf(one, sizeof one, "%c%s", row->letter, row->value ? ":" : "");
		strcat(letters, one);
	}
	while ((letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (letter == 'h') {
			print_verb(stdout, program, verb, alone);
			return EXIT_DONE;
		}
		if (letter == 'V') {
			printf("%s %s\n", program, LAPSED_VERSION);
			return EXIT_DONE;
		}
		if (!take(&options, letter, optarg)) {
			if (letter != '?')
				fprintf(stderr, "%s: -%c: 64 times at most\n", name, letter);
			fprintf(stderr, "try: %s --help\n", name);
			return EXIT_WRONG;
		}
	}
	options.files = argv + optind;
	options.file_count = argc - optind;
	return run(verb, &options);
}

static int tell_unknown(const char *program, const struct verb *verbs, const char *word)
{
	const char *names[8], *near;
	size_t count = 0;

	for (; verbs->name && count < sizeof names / sizeof *names; verbs++)
		names[count++] = verbs->name;
	near = jsonc_nearest(word, names, count);
	fprintf(stderr, "%s: unknown verb \"%s\"%s%s%s\ntry: %s --help\n", program, word,
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "", program);
	return EXIT_WRONG;
}

static bool is(const char *word, const char *one, const char *other)
{
	return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

int command_main(int argc, char **argv, const struct verb *verbs, const struct verb *alone)
{
	const char *program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];

	if (alone)
		return parse(argc, argv, program, alone, true);
	if (argc > 1 && is(argv[1], "--version", "-V")) {
		printf("%s %s\n", program, LAPSED_VERSION);
		return EXIT_DONE;
	}
	if (argc > 1 && is(argv[1], "--help", "-h")) {
		print_verbs(stdout, program, verbs);
		return EXIT_DONE;
	}
	for (const struct verb *verb = verbs; argc > 1 && verb->name; verb++)
		if (strcmp(argv[1], verb->name) == 0)
			return parse(argc - 1, argv + 1, program, verb, false);
	if (argc > 1)
		return tell_unknown(program, verbs, argv[1]);
	print_verbs(stderr, program, verbs);
	return EXIT_WRONG;
}

bool command_plan(const struct options *options, struct plan *ret)
{
	struct fault fault = {0};
	char text[900];

	if (plan_load(ret, &options->plan, &fault) == 0)
		return true;
	fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
	plan_clear(ret);
	return false;
}

const char *colour(const char *code)
{
	return terminal_has_colour(STDOUT_FILENO) ? code : "";
}

void print_broken(FILE *out, const char *text, unsigned column, unsigned width)
{
	unsigned at = column;

	for (bool first = true; *text; first = false) {
		unsigned word = (unsigned)strcspn(text, " ");

		if (!first && width >= 40 && at + 1 + word > width) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", (int)word, text);
		at += word;
		text += word + (text[word] == ' ');
	}
	fputc('\n', out);
}
