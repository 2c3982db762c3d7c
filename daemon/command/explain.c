/* lapsectl explain: every step from record to verdict of one device. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "../core/basic/text.h"
#include "report.h"

/* "ID", "HUB/ID", "HUB/ID/MODULE" or "ID/MODULE". */
static bool is_named(const struct finding_of_device *finding, const char *name)
{
	struct span device = device_id(finding->device), module = device_module(finding->device);
	char full[3 * DEVICE_LABEL], *short_form;

	snprintf(full, sizeof full, "%s/%.*s%s%.*s", finding->hub ? finding->hub : "", (int)device.size, device.data,
		 module.size ? "/" : "", (int)module.size, module.data);
	short_form = full + (finding->hub ? strlen(finding->hub) : 0) + 1;
	if (strcmp(name, short_form) == 0)
		return true;
	return strncasecmp(name, full, (size_t)(short_form - full)) == 0 &&
	       strcmp(name + (short_form - full), short_form) == 0;
}

static const char *sentence_of(const struct event *event)
{
	static const char *const sentences[SIGNAL_COUNT] = {
		[SIGNAL_ALIVE] = "the device itself did something that succeeded",
		[SIGNAL_EXPELLED] = "the hub dropped its session as unauthorized",
		[SIGNAL_REFUSED] = "the hub refused its connection",
		[SIGNAL_DENIED] = "the hub denied a request",
		[SIGNAL_DISPLACED] = "another client took its identity",
		[SIGNAL_PLATFORM] = "the hub had trouble of its own",
		[SIGNAL_CLOSED] = "the connection was closed",
		[SIGNAL_LEFT] = "it disconnected without an error",
		[SIGNAL_CONNECTED] = "it connected",
		[SIGNAL_MOVED] = "it connected for the first time on another hub",
	};

	return sentences[event->signal];
}

static void print_event(struct survey *survey, const struct finding_of_device *finding, const struct event *event)
{
	struct excerpt message = dossier_read(finding->dossier, event->message);
	char stamp[STAMP_TEXT], escaped[4 * EXCERPT_MAX];

	printf("%s  %s", stamp_format(event->time_ns, stamp), sentence_of(event));
	if (event->code && event->code != UINT32_MAX)
		printf(" (%u)", event->code);
	if (message.message) {
		text_escape(span_of(message.message), "", escaped, sizeof escaped);
		printf(": \"%s\"", escaped);
	}
	if (event->signal != SIGNAL_MOVED)
		printf("  [%s:%u, %s]", survey_source_name(survey, event->source), event->line,
		       signal_names[event->signal]);
	printf("\n");
}

/* What would have made another verdict of what is open. */
static void print_counterfactual(const struct episode *episode, const struct plan *plan)
{
	char stamp[STAMP_TEXT];

	if (!episode->open)
		return;
	if (episode->verdict == VERDICT_NONE && episode->back_ns != STAMP_NONE)
		printf("Undecided: it becomes %s if nothing expels or refuses it until %s.\n",
		       verdict_names[episode->leaning],
		       stamp_format(stamp_add(episode->back_ns, settings_ns(&plan->config.settings, SETTING_SETTLE)),
				    stamp));
	else if (episode->verdict == VERDICT_NONE && episode->scope == SCOPE_CONNECTION)
		printf("Undecided: it becomes %s if the device does not connect by %s.\n",
		       verdict_names[episode->leaning], stamp_format(episode->deadline_ns, stamp));
	else if (episode->verdict == VERDICT_NONE)
		printf("Undecided: it becomes %s if no more requests are denied.\n", verdict_names[episode->leaning]);
	else if (episode->verdict == VERDICT_NOT_RETURNED)
		printf("Still open: a connection that settles ends it; a refusal would make it auth-failure.\n");
	else if (episode->scope == SCOPE_CONNECTION)
		printf("Still open: only a connection that nothing ends for %s clears it.\n",
		       stamp_span(settings_ns(&plan->config.settings, SETTING_SETTLE), stamp));
	else
		printf("Still open: it ends when its signal stays away for %s.\n",
		       stamp_span(settings_ns(&plan->config.settings, SETTING_QUIET_AFTER), stamp));
}

/* What time alone has brought about; under one heading what came at once. */
static void print_passing(const struct trace *trace, size_t line)
{
	const struct trace_line *this = &trace->lines[line], *before = line > 0 ? this - 1 : NULL;
	char stamp[STAMP_TEXT];

	if (!before || before->event || before->time_ns != this->time_ns)
		printf("%s  (time passes)\n", stamp_format(this->time_ns, stamp));
	printf("    %s\n", this->text);
}

static void tell(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding,
		 const struct trace *trace)
{
	const struct dossier *dossier = finding->dossier;
	char label[3 * DEVICE_LABEL];
	size_t line = 0;

	printf("%s\n", device_label(finding, label, sizeof label));
	for (size_t i = 0; i <= dossier->count; i++) {
		const struct event *event = i < dossier->count ? &dossier->events[i] : NULL;

		for (; line < trace->count && !trace->lines[line].event &&
		       !(event && trace->lines[line].time_ns > event->time_ns);
		     line++)
			print_passing(trace, line);
		if (!event)
			break;
		print_event(survey, finding, event);
		for (; line < trace->count && trace->lines[line].event == event; line++)
			printf("    %s\n", trace->lines[line].text);
	}
	for (size_t i = 0; i < finding->episode_count; i++)
		print_counterfactual(&finding->episodes[i], plan);
	if (finding->episode_count == 0)
		printf("No trouble of this device is in the log.\n");
}

static void write_passing(struct writer *writer, const struct trace_line *line)
{
	writer_open(writer, NULL, '{');
	writer_time(writer, "time", line->time_ns);
	writer_null(writer, "signal");
	writer_open(writer, "says", '[');
	writer_text(writer, NULL, line->text);
	writer_close(writer, ']');
	writer_close(writer, '}');
}

/* Returns the first line that tells of something else. */
static size_t write_event(struct report *report, const struct event *event, const struct trace *trace, size_t line)
{
	struct writer *writer = &report->writer;

	writer_open(writer, NULL, '{');
	report_event(report, event);
	writer_open(writer, "says", '[');
	for (; line < trace->count && trace->lines[line].event == event; line++)
		writer_text(writer, NULL, trace->lines[line].text);
	writer_close(writer, ']');
	writer_close(writer, '}');
	return line;
}

static void write_steps(struct report *report, const struct finding_of_device *finding, const struct trace *trace)
{
	const struct dossier *dossier = finding->dossier;
	struct writer *writer = &report->writer;
	size_t line = 0;

	writer_open(writer, "steps", '[');
	for (size_t i = 0; i <= dossier->count; i++) {
		const struct event *event = i < dossier->count ? &dossier->events[i] : NULL;

		for (; line < trace->count && !trace->lines[line].event &&
		       !(event && trace->lines[line].time_ns > event->time_ns);
		     line++)
			write_passing(writer, &trace->lines[line]);
		if (event)
			line = write_event(report, event, trace, line);
	}
	writer_close(writer, ']');
}

/* The same as JSON: the device of scan --json with its steps. */
static void tell_json(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding,
		      const struct trace *trace)
{
	struct report report;

	report_begin(&report, survey, plan);
	writer_open(&report.writer, NULL, '{');
	report_device(&report, finding);
	writer_word(&report.writer, "schema", "lapsed.explain/1");
	write_steps(&report, finding, trace);
	writer_close(&report.writer, '}');
	writer_end(&report.writer);
	writer_flush(&report.writer);
}

int command_explain(const struct options *options)
{
	struct finding_of_device finding;
	struct survey *survey;
	struct plan plan;
	uint64_t seed = 0;
	size_t told = 0;
	int status;

	if (!options->device) {
		fprintf(stderr, "which device? Give --device ID\n");
		return EXIT_WRONG;
	}
	if (!command_plan(options, &plan))
		return EXIT_WRONG;
	(void)!getrandom(&seed, sizeof seed, 0);
	survey = survey_new(plan.rules, &plan.config.settings, &plan.config.x509, seed);
	status = survey ? survey_files(survey, options) : EXIT_UNREACHED;
	for (size_t i = 0; status != EXIT_WRONG && survey && i < survey_devices(survey); i++) {
		struct trace trace = {0};

		survey_judge(survey, i, &plan.config.settings, NULL, &finding);
		if (!is_named(&finding, options->device))
			continue;
		survey_judge(survey, i, &plan.config.settings, &trace, &finding);
		told++;
		if (options->json) {
			tell_json(survey, &plan, &finding, &trace);
		} else {
			printf("%s", told > 1 ? "\n" : "");
			tell(survey, &plan, &finding, &trace);
		}
		trace_clear(&trace);
	}
	if (tell_lack(survey)) {
		status = EXIT_UNREACHED;
	} else if (status == EXIT_DONE && told == 0) {
		fprintf(stderr, "no record of the device \"%s\" was found\n", options->device);
		status = EXIT_UNREACHED;
	}
	survey_free(survey);
	plan_clear(&plan);
	return status;
}
