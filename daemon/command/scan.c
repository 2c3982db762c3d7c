/* lapsectl scan: reads logs, judges every device, and tells. */
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "../host/logs.h"
#include "../host/terminal.h"
#include "report.h"

/* What was skipped is never skipped in silence. */
static void tell_malformed(const struct survey *survey)
{
	const struct counts *counts = survey_counts(survey);
	const char *separator = "";

	if (counts->malformed == 0)
		return;
	fprintf(stderr, "%llu malformed, skipped: ", (unsigned long long)counts->malformed);
	for (int i = 0; i < MALFORMED_COUNT; i++)
		if (counts->kinds[i]) {
			fprintf(stderr, "%s%s %llu", separator, malformed_names[i],
				(unsigned long long)counts->kinds[i]);
			separator = ", ";
		}
	fprintf(stderr, "\n");
	if (survey_sources(survey) > 1)
		fprintf(stderr, "the first of them is in %s\n", survey_malformed_source(survey));
}

/* No record was there, or nothing of what was there is one. */
static bool is_blank(const struct counts *counts)
{
	return counts->read == counts->malformed;
}

/* There was something, and none of it JSON. Records outside --since and --until are not counted, so nobody knows
 * with these. */
static bool is_no_log(const struct counts *counts, const struct options *options)
{
	return counts->read > 0 && counts->read == counts->kinds[MALFORMED_NOT_JSON] && !options->since &&
	       !options->until;
}

int survey_files(struct survey *survey, const struct options *options)
{
	int64_t since = STAMP_NONE, until = STAMP_NEVER;
	const struct counts *counts;
	int failed = 0;

	if (options->since && !stamp_parse(span_of(options->since), &since)) {
		fprintf(stderr, "--since: expected a time such as 2026-11-22T04:00:00Z\n");
		return EXIT_WRONG;
	}
	if (options->until && !stamp_parse(span_of(options->until), &until)) {
		fprintf(stderr, "--until: expected a time such as 2026-11-22T04:00:00Z\n");
		return EXIT_WRONG;
	}
	if (options->file_count == 0) {
		fprintf(stderr, "which files? Give their names, a folder, or - for standard input\n");
		return EXIT_WRONG;
	}
	survey_limit(survey, since, until);
	for (int i = 0; i < options->file_count; i++)
		failed += logs_read(survey, options->files[i], !options->quiet && terminal_is_smart(STDERR_FILENO));
	survey_close(survey);
	tell_malformed(survey);
	if (survey_unjudged(survey))
		fprintf(stderr, "%llu events were not judged: more than 4096 hubs, or no memory\n",
			(unsigned long long)survey_unjudged(survey));
	counts = survey_counts(survey);
	if (counts->limited)
		fprintf(stderr, "%llu message%s given up by a pattern of the rules that takes too long on %s\n",
			(unsigned long long)counts->limited, counts->limited == 1 ? " was" : "s were",
			counts->limited == 1 ? "it" : "them");
	if (is_no_log(counts, options))
		fprintf(stderr, "nothing in what was given is a log: expected JSON, plain or packed "
				"(.gz, .zst, .xz, .zip, .tar); nothing can be said\n");
	else if (is_blank(counts))
		fprintf(stderr, "no record was found in what was given: nothing can be said\n");
	return survey_sources(survey) == 0 || failed || is_no_log(counts, options) ? EXIT_UNREACHED : EXIT_DONE;
}

bool tell_lack(const struct survey *survey)
{
	bool lacked = !survey || survey_lacked_memory(survey);

	if (lacked)
		fprintf(stderr, "not all can be said: out of memory\n");
	return lacked;
}

static bool other_settings(const struct options *options, const struct plan *plan, struct settings *ret)
{
	struct config other = {.settings = plan->config.settings};
	struct fault fault;
	char text[900];

	for (size_t i = 0; i < options->what_if_count; i++)
		if (config_set(&other, "what-if", options->what_if[i], &fault)) {
			fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
			return false;
		}
	*ret = other.settings;
	return true;
}

/* Returns whether a device needs somebody. Where no record was read a program is
 * told so in JSON; nobody may hear "no device needs you", or "0 would change". */
static bool report(struct survey *survey, const struct plan *plan, const struct settings *what_if,
		   const struct options *options)
{
	if (is_blank(survey_counts(survey)) && !options->json)
		return false;
	if (options->what_if_count > 0) {
		report_changes(survey, what_if, options);
		return false;
	}
	return options->json ? report_json(survey, plan, options) : report_text(survey, plan);
}

int command_scan(const struct options *options)
{
	struct settings what_if;
	struct survey *survey;
	struct plan plan;
	uint64_t seed = 0;
	bool found = false;
	int status;

	if (!command_plan(options, &plan))
		return EXIT_WRONG;
	(void)!getrandom(&seed, sizeof seed, 0);
	survey = survey_new(plan.rules, &plan.config.settings, &plan.config.x509, seed);
	status = !survey ? EXIT_UNREACHED
		 : other_settings(options, &plan, &what_if) ? survey_files(survey, options) : EXIT_WRONG;
	if (survey && status != EXIT_WRONG && survey_findings(survey))
		found = report(survey, &plan, &what_if, options);
	if (tell_lack(survey))
		status = EXIT_UNREACHED;
	survey_free(survey);
	plan_clear(&plan);
	return status == EXIT_DONE && found && options->exit_code ? EXIT_FOUND : status;
}
