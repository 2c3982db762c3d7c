#include "../core/tell/alert.h"
#include "report.h"

enum { EVIDENCE_MAX = 16 };

static void write_number_or_null(struct writer *writer, const char *key, int64_t number)
{
	if (number)
		writer_number(writer, key, number);
	else
		writer_null(writer, key);
}

static void write_kind(struct report *report, const struct event *event)
{
	static const char *const operations[] = {NULL, "deviceConnect", "deviceDisconnect"};
	uint64_t key = (uint64_t)event->code << 32 | (uint64_t)event->source << 16 | event->operation;
	struct writer_memo *memo = &report->of_signal[event->signal];
	struct writer *writer = &report->writer;

	if (writer_recall(writer, memo, key))
		return;
	writer_mark(writer);
	writer_word(writer, "signal", signal_names[event->signal]);
	write_number_or_null(writer, "code", event->code == UINT32_MAX ? 0 : event->code);
	writer_word(writer, "operation", operations[event->operation]);
	writer_text(writer, "source",
		    event->signal == SIGNAL_MOVED ? "" : survey_source_name(report->survey, event->source));
	writer_remember(writer, memo, key);
}

void report_event(struct report *report, const struct event *event)
{
	struct writer *writer = &report->writer;

	writer_time(writer, "time", event->time_ns);
	write_kind(report, event);
	writer_number(writer, "line", event->line);
}

static void write_event(struct report *report, const struct event *event)
{
	writer_open(&report->writer, NULL, '{');
	report_event(report, event);
	writer_close(&report->writer, '}');
}

/* The first event after a moment. */
static size_t first_after(const struct dossier *dossier, int64_t time_ns)
{
	size_t low = 0, high = dossier->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (dossier->events[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first and the last of what the episode gathered. All before *from is
 * older than it; *from moves on to its begin, for the episodes that follow. */
static void write_evidence(struct report *report, const struct dossier *dossier, const struct episode *episode,
			   size_t *from)
{
	int64_t ended_ns = episode->ended_ns == STAMP_NONE ? STAMP_NEVER : episode->ended_ns;
	size_t first = 0, last[EVIDENCE_MAX / 2], found = 0, at;
	const struct event *events = dossier->events;

	while (*from < dossier->count && events[*from].time_ns < episode->opened_ns)
		++*from;
	writer_open(&report->writer, "evidence", '[');
	for (at = *from; at < dossier->count && events[at].time_ns <= ended_ns && first < EVIDENCE_MAX / 2; at++)
		if (episode_holds(episode, &events[at])) {
			write_event(report, &events[at]);
			first++;
		}
	if (first == EVIDENCE_MAX / 2)
		for (size_t i = first_after(dossier, ended_ns); i-- > at && found < EVIDENCE_MAX / 2;)
			if (episode_holds(episode, &events[i]))
				last[found++] = i;
	while (found > 0)
		write_event(report, &events[last[--found]]);
	writer_close(&report->writer, ']');
}

static const char *reason_of(const struct ruleset *rules, const struct episode *episode)
{
	bool known = episode->verdict == VERDICT_AUTH_FAILURE || (episode->verdict != VERDICT_NONE && !episode->open);
	const struct reason *reason = known && episode->reason ? ruleset_reason(rules, episode->reason) : NULL;

	return reason ? reason->id : NULL;
}

static void write_verdict(struct report *report, const struct episode *episode)
{
	uint64_t key = (uint64_t)episode->leaning << 32 | (uint64_t)episode->reason << 24 |
		       (uint64_t)episode->scope << 16 | (uint64_t)episode->complete << 8 | episode->open;
	struct writer_memo *memo = &report->of_verdict[episode->verdict];
	struct writer *writer = &report->writer;
	bool decided = episode->verdict != VERDICT_NONE;

	if (writer_recall(writer, memo, key))
		return;
	writer_mark(writer);
	writer_word(writer, "verdict", verdict_names[episode->verdict]);
	writer_word(writer, "leaning", decided ? NULL : verdict_names[episode->leaning]);
	write_number_or_null(writer, "cause", verdict_cause(episode->verdict));
	writer_text(writer, "reason", reason_of(report->plan->rules, episode));
	writer_word(writer, "scope", scope_names[episode->scope]);
	writer_truth(writer, "complete", episode->complete);
	writer_remember(writer, memo, key);
}

static void write_advice(struct report *report, const struct episode *episode)
{
	struct writer_memo *memo = &report->advice[episode->verdict];
	const struct ruleset *rules = report->plan->rules;
	struct writer *writer = &report->writer;
	bool decided = episode->verdict != VERDICT_NONE;

	if (writer_recall(writer, memo, episode->reason))
		return;
	writer_mark(writer);
	writer_text(writer, "remedy", decided ? alert_remedy(rules, episode) : NULL);
	writer_text(writer, "doc", decided ? alert_doc(rules, episode) : NULL);
	writer_remember(writer, memo, episode->reason);
}

static void write_episode(struct report *report, const struct finding_of_device *finding,
			  const struct episode *episode, size_t *from)
{
	const struct device *device = finding->device;
	struct writer *writer = &report->writer;
	bool decided = episode->verdict != VERDICT_NONE;
	char id[ALERT_ID];

	alert_id(finding->hub, device_id(device), device_module(device), verdict_names[episode->verdict],
		 episode->opened_ns, id);
	writer_open(writer, NULL, '{');
	writer_word(writer, "id", id);
	write_verdict(report, episode);
	writer_time(writer, "opened", episode->opened_ns);
	writer_time(writer, "decided", decided ? episode->decided_ns : STAMP_NONE);
	writer_time(writer, "ended", episode->ended_ns);
	writer_word(writer, "end", ending_names[episode->ending]);
	writer_text(writer, "message", dossier_read(finding->dossier, episode->message).message);
	write_evidence(report, finding->dossier, episode, from);
	write_advice(report, episode);
	writer_close(writer, '}');
}

static struct span span_or_none(struct span span)
{
	return span.size ? span : (struct span){NULL, 0};
}

void report_begin(struct report *ret, struct survey *survey, const struct plan *plan)
{
	ret->survey = survey;
	ret->plan = plan;
	memset(ret->of_signal, 0, sizeof ret->of_signal);
	memset(ret->of_verdict, 0, sizeof ret->of_verdict);
	memset(ret->advice, 0, sizeof ret->advice);
	writer_begin(&ret->writer, stdout);
}

void report_device(struct report *report, const struct finding_of_device *finding)
{
	const struct registry *registry = survey_registry(report->survey);
	struct writer *writer = &report->writer;
	size_t from = 0;

	writer_text(writer, "hub", finding->hub);
	writer_span(writer, "device", span_or_none(device_id(finding->device)));
	writer_span(writer, "module", span_or_none(device_module(finding->device)));
	writer_word(writer, "state", standing_names[finding->standing]);
	writer_text(writer, "sdk", registry_sdk_name(registry, finding->sdk));
	writer_word(writer, "protocol", protocol_names[finding->protocol]);
	write_number_or_null(writer, "cadence_s", finding->cadence_s);
	write_number_or_null(writer, "token_lifespan_s", finding->token_lifespan_s);
	writer_open(writer, "episodes", '[');
	for (size_t i = 0; i < finding->episode_count; i++)
		write_episode(report, finding, &finding->episodes[i], &from);
	writer_close(writer, ']');
}

static void write_counts(struct writer *writer, const struct counts *counts)
{
	writer_open(writer, "records", '{');
	writer_number(writer, "read", (int64_t)counts->read);
	writer_number(writer, "events", (int64_t)counts->events);
	writer_number(writer, "ignored", (int64_t)counts->ignored);
	writer_number(writer, "malformed", (int64_t)counts->malformed);
	writer_close(writer, '}');
}

static void write_span(struct writer *writer, struct span_of_time time)
{
	writer_open(writer, "span", '{');
	writer_time(writer, "first", time.first_ns);
	writer_time(writer, "last", time.last_ns);
	writer_close(writer, '}');
}

static void write_verdicts(struct writer *writer, const struct finding_of_device *findings, size_t count)
{
	static const enum verdict order[] = {VERDICT_TOKEN_EXPIRY, VERDICT_RECOVERED,    VERDICT_RECONNECT_LOOP,
					     VERDICT_NOT_RETURNED, VERDICT_AUTH_FAILURE, VERDICT_IDENTITY_CONFLICT};
	struct tally tally = {0};

	for (size_t i = 0; i < count; i++)
		tally_add(&tally, &findings[i]);
	writer_open(writer, "verdicts", '{');
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		writer_number(writer, verdict_names[order[i]], (int64_t)tally.verdicts[order[i]]);
	writer_number(writer, "connection-lost", (int64_t)tally.losses);
	writer_number(writer, "undecided", (int64_t)tally.verdicts[VERDICT_NONE]);
	writer_close(writer, '}');
}

bool report_json(struct survey *survey, const struct plan *plan, const struct options *options)
{
	const struct finding_of_device *findings = survey_findings(survey);
	size_t count = findings ? survey_devices(survey) : 0;
	struct report report;
	struct writer *writer = &report.writer;
	bool found = false;

	report_begin(&report, survey, plan);
	writer_open(writer, NULL, '{');
	writer_word(writer, "schema", "lapsed.scan/1");
	writer_line(writer);
	write_counts(writer, survey_counts(survey));
	writer_line(writer);
	write_span(writer, survey_time(survey));
	writer_line(writer);
	write_verdicts(writer, findings, count);
	writer_line(writer);
	writer_open(writer, "devices", '[');
	for (size_t i = 0; i < count; i++) {
		if (findings[i].episode_count == 0 && !options->all)
			continue;
		writer_line(writer);
		writer_open(writer, NULL, '{');
		report_device(&report, &findings[i]);
		writer_close(writer, '}');
		found |= finding_needs_somebody(&findings[i], plan);
	}
	writer_close(writer, ']');
	writer_close(writer, '}');
	writer_end(writer);
	writer_flush(writer);
	return found;
}
