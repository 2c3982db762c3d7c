#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../core/basic/line.h"
#include "../core/basic/text.h"
#include "../core/tell/alert.h"
#include "../host/terminal.h"
#include "report.h"

const char *device_label(const struct finding_of_device *finding, char *buffer, size_t size)
{
	char id[DEVICE_LABEL], module[DEVICE_LABEL], hub[DEVICE_LABEL];

	text_escape(device_id(finding->device), "", id, sizeof id);
	text_escape(device_module(finding->device), "", module, sizeof module);
	text_escape(span_of(finding->hub), "", hub, sizeof hub);
	snprintf(buffer, size, "%s%s%s%s%s", hub, finding->hub ? "/" : "", id, *module ? "/" : "", module);
	return buffer;
}

void tally_add(struct tally *tally, const struct finding_of_device *finding)
{
	for (size_t i = 0; i < finding->episode_count; i++)
		tally->verdicts[finding->episodes[i].verdict]++;
	tally->losses += finding->losses;
	tally->expulsions += finding->expulsions;
}

static void print_field(const char *name, const char *text)
{
	printf("  %-8s", name);
	print_broken(stdout, text, 10, terminal_columns(STDOUT_FILENO));
}

static void print_seen(const struct episode *episode)
{
	printf("  seen    ");
	if (episode->scope == SCOPE_IDENTITY) {
		printf("other clients took its identity");
	} else if (episode->scope == SCOPE_REQUEST) {
		printf("%u denied request%s", episode->refusals, episode->refusals == 1 ? "" : "s");
	} else {
		if (episode->expulsions)
			printf("%u expulsion%s%s", episode->expulsions, episode->expulsions == 1 ? "" : "s",
			       episode->complete ? " with its 404104" : "");
		if (episode->refusals)
			printf("%s%u refusal%s", episode->expulsions ? ", " : "", episode->refusals,
			       episode->refusals == 1 ? "" : "s");
		if (episode->inside)
			printf(" while the hub holds a settled session");
	}
	if (episode->code && episode->code != UINT32_MAX)
		printf(" (%u)", episode->code);
	printf("\n");
}

static void print_rhythm(const struct finding_of_device *finding, const struct plan *plan,
			 struct survey *survey)
{
	const char *name = registry_sdk_name(survey_registry(survey), finding->sdk);
	const struct sdk *sdk = ruleset_sdk(plan->rules, span_of(name));
	int64_t cadence = finding->cadence_s, lifespan = finding->token_lifespan_s;
	char span[STAMP_TEXT], client[160], text[700];
	struct line line = line_begin(text, sizeof text);

	if (!cadence)
		return;
	text_escape(span_of(name), "", client, sizeof client);
	line_words(&line, "expelled every ");
	line_words(&line, stamp_span(cadence * STAMP_SECOND, span));
	if (lifespan) {
		line_words(&line, ": its tokens live ");
		line_words(&line, stamp_span(lifespan * STAMP_SECOND, span));
	}
	if (name) {
		line_words(&line, sdk && sdk->most_s ? "; its client " : "; its client is ");
		line_words(&line, client);
	}
	if (sdk && sdk->most_s) {
		line_words(&line, " (");
		line_words(&line, sdk->name);
		line_words(&line, cadence >= sdk->least_s && cadence <= sdk->most_s ? ") is known for that"
										    : ") is not known for that");
	}
	print_field("rhythm", text);
}

static void print_episode(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding,
			  const struct episode *episode)
{
	const struct excerpt message = dossier_read(finding->dossier, episode->message);
	const struct reason *reason =
		episode->verdict == VERDICT_AUTH_FAILURE ? ruleset_reason(plan->rules, episode->reason) : NULL;
	const char *remedy = alert_remedy(plan->rules, episode), *doc = alert_doc(plan->rules, episode);
	char label[3 * DEVICE_LABEL], stamp[STAMP_TEXT], escaped[4 * EXCERPT_MAX], quoted[4 * EXCERPT_MAX + 2];

	printf("\n%s%s%s  %s%s%s%s%s\n", colour("\033[1m"), device_label(finding, label, sizeof label),
	       colour("\033[0m"), colour(episode->verdict == VERDICT_AUTH_FAILURE ? "\033[31m" : "\033[33m"),
	       verdict_names[episode->verdict], reason ? ": " : "", reason ? reason->id : "", colour("\033[0m"));
	print_field("why", reason ? reason->title : ruleset_verdict(plan->rules, episode->verdict)->title);
	print_field("since", stamp_format(episode->opened_ns, stamp));
	print_seen(episode);
	if (message.message) {
		text_escape(span_of(message.message), "", escaped, sizeof escaped);
		snprintf(quoted, sizeof quoted, "\"%s\"", escaped);
		print_field("hub", quoted);
	}
	if (message.captures) {
		text_escape(span_of(message.captures), "", escaped, sizeof escaped);
		print_field("names", escaped);
	}
	print_rhythm(finding, plan, survey);
	if (remedy)
		print_field("do", remedy);
	if (doc)
		print_field("read", doc);
}

static bool is_muted(const struct finding_of_device *finding, const struct plan *plan)
{
	return roster_holds(&plan->config.mute, finding->hub, device_id(finding->device),
			    device_module(finding->device));
}

static bool is_in_trouble(const struct finding_of_device *finding)
{
	for (size_t i = 0; i < finding->episode_count; i++)
		if (finding->episodes[i].open && alert_is_due(&finding->episodes[i]))
			return true;
	return false;
}

bool finding_needs_somebody(const struct finding_of_device *finding, const struct plan *plan)
{
	return is_in_trouble(finding) && !is_muted(finding, plan);
}

static bool had_trouble(const struct finding_of_device *finding)
{
	for (size_t i = 0; i < finding->episode_count; i++)
		if (alert_is_due(&finding->episodes[i]))
			return true;
	return false;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* The one number that ends the panic. Where nothing is about connections nobody may hear that all is well. */
static void print_headline(const struct survey *survey, const struct tally *tally, size_t needing)
{
	unsigned long long expelled = tally->expulsions, renewals = tally->verdicts[VERDICT_TOKEN_EXPIRY];

	if (survey_counts(survey)->events == 0) {
		printf("%sNo record is about connections: nothing can be said of devices.%s\n", colour("\033[1m"),
		       colour("\033[0m"));
		return;
	}
	if (expelled)
		printf("%sOf %llu unauthorized disconnect%s %llu %s token renewal", colour("\033[1m"), expelled,
		       plural(expelled), renewals, renewals == 1 ? "is" : "are");
	else
		printf("%sNo unauthorized disconnects", colour("\033[1m"));
	if (needing)
		printf("; %zu device%s need%s you.%s\n", needing, plural(needing), needing == 1 ? "s" : "",
		       colour("\033[0m"));
	else
		printf("; no device needs you.%s\n", colour("\033[0m"));
}

/* What is not told at length: how many devices, and of which kind. */
struct rest {
	size_t devices, needing, muted, past;
};

static void print_counts(const struct survey *survey, size_t devices)
{
	const struct counts *counts = survey_counts(survey);
	struct span_of_time time = survey_time(survey);
	char first[STAMP_TEXT], last[STAMP_TEXT];

	printf("\n%zu device%s", devices, plural(devices));
	if (time.first_ns != STAMP_NONE)
		printf(", %s to %s", stamp_format(time.first_ns, first), stamp_format(time.last_ns, last));
	printf("; %llu record%s, %llu of them about connections", (unsigned long long)counts->read,
	       plural(counts->read), (unsigned long long)counts->events);
	if (counts->malformed)
		printf(", %llu malformed", (unsigned long long)counts->malformed);
	printf(".\n");
}

static void print_rest(const struct tally *tally, const struct rest *rest)
{
	const struct {
		uint64_t count;
		const char *one, *many;
	} rows[] = {
		{rest->muted, "muted device is in trouble", "muted devices are in trouble"},
		{rest->past, "more device had trouble that is over", "more devices had trouble that is over"},
		{tally->verdicts[VERDICT_NONE], "episode is undecided at the end of the log",
		 "episodes are undecided at the end of the log"},
		{tally->losses, "connection was lost to the network", "connections were lost to the network"},
	};
	const char *separator = "";

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].count) {
			printf("%s%llu %s", separator, (unsigned long long)rows[i].count,
			       rows[i].count == 1 ? rows[i].one : rows[i].many);
			separator = "; ";
		}
	if (*separator)
		printf(". (--json --all lists everything.)\n");
}

bool report_text(struct survey *survey, const struct plan *plan)
{
	const struct finding_of_device *findings = survey_findings(survey);
	struct rest rest = {.devices = findings ? survey_devices(survey) : 0};
	struct tally tally = {0};

	for (size_t i = 0; i < rest.devices; i++) {
		tally_add(&tally, &findings[i]);
		if (finding_needs_somebody(&findings[i], plan))
			rest.needing++;
		else if (is_in_trouble(&findings[i]))
			rest.muted++;
		else
			rest.past += had_trouble(&findings[i]);
	}
	print_headline(survey, &tally, rest.needing);
	for (size_t i = 0; i < rest.devices; i++)
		for (size_t j = 0; finding_needs_somebody(&findings[i], plan) && j < findings[i].episode_count; j++)
			if (findings[i].episodes[j].open && alert_is_due(&findings[i].episodes[j]))
				print_episode(survey, plan, &findings[i], &findings[i].episodes[j]);
	print_counts(survey, rest.devices);
	print_rest(&tally, &rest);
	return rest.needing > 0;
}

/* --- what if ------------------------------------------------------------ */

static const char *verdict_of(const struct episode *episode)
{
	return !episode ? "no episode" : verdict_names[episode->verdict];
}

static const struct episode *same_episode(const struct finding_of_device *finding, const struct episode *wanted)
{
	for (size_t i = 0; i < finding->episode_count; i++)
		if (finding->episodes[i].opened_ns == wanted->opened_ns && finding->episodes[i].scope == wanted->scope)
			return &finding->episodes[i];
	return NULL;
}

static void write_change(struct writer *writer, const struct finding_of_device *finding,
			 const struct episode *episode, const char *now, const char *then)
{
	writer_open(writer, NULL, '{');
	if (finding->hub)
		writer_text(writer, "hub", finding->hub);
	writer_span(writer, "device", device_id(finding->device));
	writer_span(writer, "module", device_module(finding->device));
	writer_time(writer, "opened", episode->opened_ns);
	writer_word(writer, "verdict", now);
	writer_word(writer, "would_be", then);
	writer_close(writer, '}');
	writer_end(writer);
}

/* json: NULL for people. */
static void tell_change(const struct finding_of_device *finding, const struct episode *episode, const char *now,
			const char *then, struct writer *json)
{
	char label[3 * DEVICE_LABEL], stamp[STAMP_TEXT];

	if (json)
		write_change(json, finding, episode, now, then);
	else
		printf("%s  %s  %s -> %s\n", device_label(finding, label, sizeof label),
		       stamp_format(episode->opened_ns, stamp), now, then);
}

/* Compares what one device has come to with what it would come to. */
static size_t compare(const struct finding_of_device *is, const struct finding_of_device *would_be, struct writer *json)
{
	size_t changes = 0;

	for (size_t i = 0; i < is->episode_count; i++) {
		const struct episode *before = &is->episodes[i];
		const struct episode *after = same_episode(would_be, before);

		if (after && after->verdict == before->verdict)
			continue;
		changes++;
		tell_change(is, before, verdict_of(before), verdict_of(after), json);
	}
	for (size_t i = 0; i < would_be->episode_count; i++) {
		const struct episode *after = &would_be->episodes[i];

		if (same_episode(is, after))
			continue;
		changes++;
		tell_change(is, after, verdict_of(NULL), verdict_of(after), json);
	}
	return changes;
}

void report_changes(struct survey *survey, const struct settings *what_if, const struct options *options)
{
	const struct finding_of_device *findings = survey_findings(survey);
	size_t changes = 0, episodes = 0, devices = findings ? survey_devices(survey) : 0;
	struct finding_of_device would_be;
	struct writer json;

	writer_begin(&json, stdout);
	for (size_t i = 0; i < devices; i++) {
		survey_judge(survey, i, what_if, NULL, &would_be);
		episodes += findings[i].episode_count;
		changes += compare(&findings[i], &would_be, options->json ? &json : NULL);
	}
	if (!options->json) {
		printf("%zu of %zu episode%s would change.\n", changes, episodes, plural(episodes));
		return;
	}
	writer_open(&json, NULL, '{');
	writer_word(&json, "schema", "lapsed.what-if/1");
	writer_number(&json, "episodes", (int64_t)episodes);
	writer_number(&json, "changes", (int64_t)changes);
	writer_close(&json, '}');
	writer_end(&json);
	writer_flush(&json);
}
