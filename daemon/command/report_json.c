#include <stdio.h>
#include <stdlib.h>

#include "../core/alert.h"
#include "report.h"

enum { EVIDENCE_MAX = 16 };

static json_t *time_of(int64_t ns)
{
	char text[STAMP_TEXT];

	return ns == STAMP_NONE ? json_null() : json_string(stamp_format(ns, text));
}

static json_t *text_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;

	return value ? value : json_null();
}

static json_t *number_or_null(int64_t number)
{
	return number ? json_integer(number) : json_null();
}

static json_t *span_or_null(struct span span)
{
	json_t *value = span.size ? json_stringn(span.data, span.size) : NULL;

	return value ? value : json_null();
}

static json_t *event_of(const struct survey *survey, const struct event *event)
{
	static const char *const operations[] = {NULL, "deviceConnect", "deviceDisconnect"};

	return json_pack("{s:o, s:s, s:o, s:o, s:s, s:I}", "time", time_of(event->time_ns), "signal",
			 signal_names[event->signal], "code",
			 number_or_null(event->code == UINT32_MAX ? 0 : event->code), "operation",
			 text_or_null(operations[event->operation]), "source",
			 event->signal == SIGNAL_MOVED ? "" : survey_source_name(survey, event->source), "line",
			 (json_int_t)event->line);
}

/* The first event at or after a moment. */
static size_t first_at(const struct dossier *dossier, int64_t time_ns)
{
	size_t low = 0, high = dossier->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (dossier->events[middle].time_ns < time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first and the last of what the episode gathered. */
static json_t *evidence_of(const struct survey *survey, const struct finding_of_device *finding,
			   const struct episode *episode)
{
	const struct dossier *dossier = finding->dossier;
	size_t begin = first_at(dossier, episode->opened_ns), end = dossier->count, last[EVIDENCE_MAX / 2], found = 0;
	json_t *list = json_array();

	if (episode->ended_ns != STAMP_NONE)
		end = first_at(dossier, episode->ended_ns + 1);
	for (size_t i = begin; i < end && json_array_size(list) < EVIDENCE_MAX / 2; i++, begin = i)
		if (episode_holds(episode, &dossier->events[i]))
			json_array_append_new(list, event_of(survey, &dossier->events[i]));
	for (size_t i = end; i-- > begin && found < EVIDENCE_MAX / 2;)
		if (episode_holds(episode, &dossier->events[i]))
			last[found++] = i;
	while (found > 0)
		json_array_append_new(list, event_of(survey, &dossier->events[last[--found]]));
	return list;
}

static json_t *episode_of(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding,
			  const struct episode *episode)
{
	const struct device *device = finding->device;
	const char *verdict = verdict_names[episode->verdict];
	bool undecided = episode->verdict == VERDICT_NONE;
	const struct reason *reason = episode->reason && !undecided && (episode->verdict == VERDICT_AUTH_FAILURE || !episode->open)
					      ? ruleset_reason(plan->rules, episode->reason)
					      : NULL;
	int cause = verdict_cause(episode->verdict);
	char id[ALERT_ID];

	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
		alert_id(finding->hub, device_id(device), device_module(device), verdict, episode->opened_ns, id),
		"verdict", verdict, "leaning", undecided ? text_or_null(verdict_names[episode->leaning]) : json_null(),
		"cause", number_or_null(cause), "reason", text_or_null(reason ? reason->id : NULL), "scope",
		scope_names[episode->scope], "complete", episode->complete, "opened", time_of(episode->opened_ns),
		"decided", undecided ? json_null() : time_of(episode->decided_ns), "ended", time_of(episode->ended_ns),
		"end", text_or_null(ending_names[episode->ending]), "message",
		text_or_null(dossier_read(finding->dossier, episode->message).message), "evidence",
		evidence_of(survey, finding, episode), "remedy",
		text_or_null(undecided ? NULL : alert_remedy(plan->rules, episode)), "doc",
		text_or_null(undecided ? NULL : alert_doc(plan->rules, episode)));
}

json_t *report_device(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding)
{
	const struct life *life = &finding->life;
	json_t *episodes = json_array();

	for (size_t i = 0; i < finding->episode_count; i++)
		json_array_append_new(episodes, episode_of(survey, plan, finding, &finding->episodes[i]));
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "hub", text_or_null(finding->hub), "device",
			 span_or_null(device_id(finding->device)), "module",
			 span_or_null(device_module(finding->device)), "state", standing_names[life_standing(life)],
			 "sdk", text_or_null(registry_sdk_name(survey_registry(survey), life->sdk)), "protocol",
			 text_or_null(protocol_names[life->protocol]), "cadence_s", number_or_null(life_cadence_s(life)),
			 "token_lifespan_s", number_or_null(life_token_lifespan_s(life)), "episodes", episodes);
}

static json_t *counts_of(const struct survey *survey)
{
	const struct counts *counts = survey_counts(survey);

	return json_pack("{s:I, s:I, s:I, s:I}", "read", (json_int_t)counts->read, "events", (json_int_t)counts->events,
			 "ignored", (json_int_t)counts->ignored, "malformed", (json_int_t)counts->malformed);
}

static void print(json_t *take_value)
{
	json_dumpf(take_value, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(take_value);
}

static void print_verdicts(struct survey *survey, const struct plan *plan)
{
	static const enum verdict order[] = {VERDICT_TOKEN_EXPIRY, VERDICT_RECOVERED,    VERDICT_RECONNECT_LOOP,
					     VERDICT_NOT_RETURNED, VERDICT_AUTH_FAILURE, VERDICT_IDENTITY_CONFLICT};
	struct finding_of_device finding;
	struct tally tally = {0};

	for (size_t i = 0; i < survey_devices(survey); i++) {
		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		tally_add(&tally, &finding);
	}
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		printf("\"%s\":%llu,", verdict_names[order[i]], (unsigned long long)tally.verdicts[order[i]]);
	printf("\"connection-lost\":%llu,\"undecided\":%llu", (unsigned long long)tally.losses,
	       (unsigned long long)tally.verdicts[VERDICT_NONE]);
}

/* Written device by device: it holds no more than one of them. */
bool report_json(struct survey *survey, const struct plan *plan, const struct options *options)
{
	struct span_of_time time = survey_time(survey);
	struct finding_of_device finding;
	bool first = true, found = false;

	printf("{\"schema\":\"lapsed.scan/1\",\n\"records\":");
	print(counts_of(survey));
	printf(",\n\"span\":");
	print(json_pack("{s:o, s:o}", "first", time_of(time.first_ns), "last", time_of(time.last_ns)));
	printf(",\n\"verdicts\":{");
	print_verdicts(survey, plan);
	printf("},\n\"devices\":[");
	for (size_t i = 0; i < survey_devices(survey); i++) {
		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		for (size_t j = 0; j < finding.episode_count; j++)
			found |= finding.episodes[j].open && alert_is_due(&finding.episodes[j]);
		if (finding.episode_count == 0 && !options->all)
			continue;
		printf("%s\n", first ? "" : ",");
		print(report_device(survey, plan, &finding));
		first = false;
	}
	printf("]}\n");
	return found;
}
