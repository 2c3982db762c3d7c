#include <jansson.h>
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

/* The first and the last of what the episode gathered. */
static json_t *evidence_of(struct survey *survey, const struct finding_of_device *finding,
			   const struct episode *episode)
{
	static const char *const operations[] = {NULL, "deviceConnect", "deviceDisconnect"};
	const struct dossier *dossier = finding->dossier;
	size_t total = 0, index = 0;
	json_t *list = json_array();

	for (size_t i = 0; i < dossier->count; i++)
		total += episode_holds(episode, &dossier->events[i]);
	for (size_t i = 0; i < dossier->count; i++) {
		const struct event *event = &dossier->events[i];

		if (!episode_holds(episode, event))
			continue;
		if (index++ >= EVIDENCE_MAX / 2 && index + EVIDENCE_MAX / 2 <= total)
			continue;
		json_array_append_new(
			list, json_pack("{s:o, s:s, s:o, s:o, s:s, s:I}", "time", time_of(event->time_ns), "signal",
					signal_names[event->signal], "code",
					number_or_null(event->code == UINT32_MAX ? 0 : event->code), "operation",
					text_or_null(operations[event->operation]), "source",
					event->signal == SIGNAL_MOVED ? "" : survey_source_name(survey, event->source),
					"line", (json_int_t)event->line));
	}
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

static json_t *device_of(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding)
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
	json_t *kinds = json_object();

	for (int i = 0; i < MALFORMED_COUNT; i++)
		if (counts->kinds[i])
			json_object_set_new(kinds, malformed_names[i], json_integer((json_int_t)counts->kinds[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "read", (json_int_t)counts->read, "events",
			 (json_int_t)counts->events, "ignored", (json_int_t)counts->ignored, "malformed",
			 (json_int_t)counts->malformed, "malformed_kinds", kinds);
}

static void print(json_t *take_value, int flags)
{
	json_dumpf(take_value, stdout, JSON_COMPACT | JSON_ENCODE_ANY | flags);
	json_decref(take_value);
}

bool report_json(struct survey *survey, const struct plan *plan, const struct options *options)
{
	static const enum verdict order[] = {VERDICT_TOKEN_EXPIRY, VERDICT_RECOVERED,    VERDICT_RECONNECT_LOOP,
					     VERDICT_NOT_RETURNED, VERDICT_AUTH_FAILURE, VERDICT_IDENTITY_CONFLICT};
	struct span_of_time time = survey_time(survey);
	struct finding_of_device finding;
	struct tally tally = {0};
	bool first = true, found = false;

	printf("{\"schema\":\"lapsed.scan/1\",\"records\":");
	print(counts_of(survey), 0);
	printf(",\n\"span\":");
	print(json_pack("{s:o, s:o}", "first", time_of(time.first_ns), "last", time_of(time.last_ns)), 0);
	printf(",\n\"devices\":[");
	for (size_t i = 0; i < survey_devices(survey); i++) {
		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		tally_add(&tally, &finding);
		for (size_t j = 0; j < finding.episode_count; j++)
			found |= finding.episodes[j].open && alert_is_due(&finding.episodes[j]);
		if (finding.episode_count == 0 && !options->all)
			continue;
		printf("%s\n", first ? "" : ",");
		print(device_of(survey, plan, &finding), 0);
		first = false;
	}
	printf("],\n\"verdicts\":{");
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		printf("\"%s\":%llu,", verdict_names[order[i]], (unsigned long long)tally.verdicts[order[i]]);
	printf("\"connection-lost\":%llu,\"undecided\":%llu}}\n", (unsigned long long)tally.losses,
	       (unsigned long long)tally.verdicts[VERDICT_NONE]);
	return found;
}
