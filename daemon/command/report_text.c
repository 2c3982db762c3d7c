#include <stdio.h>
#include <stdlib.h>

#include "../core/alert.h"
#include "../core/text.h"
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
	tally->losses += finding->life.losses;
	tally->expulsions += finding->life.expulsions;
}

static void print_seen(const struct episode *episode)
{
	const char *separator = "";

	printf("  seen    ");
	if (episode->scope == SCOPE_IDENTITY) {
		printf("other clients took its identity");
	} else if (episode->scope == SCOPE_REQUEST) {
		printf("%u denied request%s", episode->refusals, episode->refusals == 1 ? "" : "s");
	} else {
		if (episode->expulsions)
			printf("%u expulsion%s%s", episode->expulsions, episode->expulsions == 1 ? "" : "s",
			       episode->complete ? " with its 404104" : "");
		separator = episode->expulsions ? ", " : "";
		if (episode->refusals)
			printf("%s%u refusal%s", separator, episode->refusals, episode->refusals == 1 ? "" : "s");
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
	const struct life *life = &finding->life;
	const char *name = registry_sdk_name(survey_registry(survey), life->sdk);
	const struct sdk *sdk = ruleset_sdk(plan->rules, span_of(name));
	int64_t cadence = life_cadence_s(life), lifespan = life_token_lifespan_s(life);
	char every[STAMP_TEXT], lives[STAMP_TEXT], client[160];

	if (!cadence)
		return;
	text_escape(span_of(name), "", client, sizeof client);
	printf("  rhythm  expelled every %s", stamp_span(cadence * STAMP_SECOND, every));
	if (lifespan)
		printf(": its tokens live %s", stamp_span(lifespan * STAMP_SECOND, lives));
	if (sdk && sdk->most_s)
		printf("; its client %s (%s) is %sknown for that", client, sdk->name,
		       cadence >= sdk->least_s && cadence <= sdk->most_s ? "" : "not ");
	else if (name)
		printf("; its client is %s", client);
	printf("\n");
}

static void print_episode(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding,
			  const struct episode *episode)
{
	const struct text message = dossier_read(finding->dossier, episode->message);
	const struct reason *reason =
		episode->verdict == VERDICT_AUTH_FAILURE ? ruleset_reason(plan->rules, episode->reason) : NULL;
	const char *remedy = alert_remedy(plan->rules, episode), *doc = alert_doc(plan->rules, episode);
	char label[3 * DEVICE_LABEL], stamp[STAMP_TEXT], escaped[4 * MESSAGE_MAX];

	printf("\n%s%s%s  %s%s%s%s%s\n", colour("\033[1m"), device_label(finding, label, sizeof label),
	       colour("\033[0m"), colour(episode->verdict == VERDICT_AUTH_FAILURE ? "\033[31m" : "\033[33m"),
	       verdict_names[episode->verdict], reason ? ": " : "", reason ? reason->id : "", colour("\033[0m"));
	printf("  why     %s\n", reason ? reason->title : ruleset_verdict(plan->rules, episode->verdict)->title);
	printf("  since   %s\n", stamp_format(episode->opened_ns, stamp));
	print_seen(episode);
	if (message.message) {
		text_escape(span_of(message.message), "", escaped, sizeof escaped);
		printf("  hub     \"%s\"\n", escaped);
	}
	if (message.captures) {
		text_escape(span_of(message.captures), "", escaped, sizeof escaped);
		printf("  names   %s\n", escaped);
	}
	print_rhythm(finding, plan, survey);
	if (remedy)
		printf("  do      %s\n", remedy);
	if (doc)
		printf("  read    %s\n", doc);
}

static bool needs_somebody(const struct finding_of_device *finding)
{
	for (size_t i = 0; i < finding->episode_count; i++)
		if (finding->episodes[i].open && alert_is_due(&finding->episodes[i]))
			return true;
	return false;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* The one number that ends the panic. */
static void print_headline(const struct tally *tally, size_t needing)
{
	unsigned long long expelled = tally->expulsions, renewals = tally->verdicts[VERDICT_TOKEN_EXPIRY];

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

static void print_rest(const struct survey *survey, const struct tally *tally, size_t devices, size_t past)
{
	const struct counts *counts = survey_counts(survey);
	struct span_of_time time = survey_time(survey);
	char first[STAMP_TEXT], last[STAMP_TEXT];

	printf("\n%zu device%s", devices, plural(devices));
	if (time.first_ns != STAMP_NONE)
		printf(", %s to %s", stamp_format(time.first_ns, first), stamp_format(time.last_ns, last));
	printf("; %llu records, %llu of them about connections", (unsigned long long)counts->read,
	       (unsigned long long)counts->events);
	if (counts->malformed)
		printf(", %llu malformed", (unsigned long long)counts->malformed);
	printf(".\n");
	if (past)
		printf("%zu more device%s had trouble that is over", past, plural(past));
	if (tally->verdicts[VERDICT_NONE])
		printf("%s%llu episode%s undecided at the end of the log", past ? "; " : "",
		       (unsigned long long)tally->verdicts[VERDICT_NONE],
		       tally->verdicts[VERDICT_NONE] == 1 ? " is" : "s are");
	if (tally->losses)
		printf("%s%llu connection%s lost to the network",
		       past || tally->verdicts[VERDICT_NONE] ? "; " : "", (unsigned long long)tally->losses,
		       tally->losses == 1 ? " was" : "s were");
	if (past || tally->verdicts[VERDICT_NONE] || tally->losses)
		printf(". (--json --all lists everything.)\n");
}

/* Two walks: the headline needs the end of the first. */
bool report_text(struct survey *survey, const struct plan *plan, const struct options *options)
{
	struct finding_of_device finding;
	struct tally tally = {0};
	size_t needing = 0, past = 0, devices = survey_devices(survey);

	(void)options;
	for (size_t i = 0; i < devices; i++) {
		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		tally_add(&tally, &finding);
		if (needs_somebody(&finding)) {
			needing++;
			continue;
		}
		for (size_t j = 0; j < finding.episode_count; j++)
			if (alert_is_due(&finding.episodes[j])) {
				past++;
				break;
			}
	}
	print_headline(&tally, needing);
	for (size_t i = 0; i < devices && needing; i++) {
		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		for (size_t j = 0; j < finding.episode_count; j++)
			if (finding.episodes[j].open && alert_is_due(&finding.episodes[j]))
				print_episode(survey, plan, &finding, &finding.episodes[j]);
	}
	print_rest(survey, &tally, devices, past);
	return needing > 0;
}

/* --- what if ------------------------------------------------------------ */

static const char *verdict_of(const struct episode *episode)
{
	return !episode ? "no episode" : verdict_names[episode->verdict];
}

static const struct episode *same_episode(const struct episode *episodes, size_t count,
					  const struct episode *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (episodes[i].opened_ns == wanted->opened_ns && episodes[i].scope == wanted->scope)
			return &episodes[i];
	return NULL;
}

static void print_change(const struct finding_of_device *finding, const struct episode *episode, const char *now,
			 const char *then, bool json)
{
	char label[3 * DEVICE_LABEL], stamp[STAMP_TEXT];
	json_t *change;

	stamp_format(episode->opened_ns, stamp);
	if (!json) {
		printf("%s  %s  %s -> %s\n", device_label(finding, label, sizeof label), stamp, now, then);
		return;
	}
	change = json_pack("{s:s*, s:s%, s:s%, s:s, s:s, s:s}", "hub", finding->hub, "device",
			   device_id(finding->device).data, device_id(finding->device).size, "module",
			   device_module(finding->device).data, device_module(finding->device).size, "opened", stamp,
			   "verdict", now, "would_be", then);
	json_dumpf(change, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	printf("\n");
	json_decref(change);
}

/* Compares what one device has come to with what it would come to. */
static size_t compare(const struct finding_of_device *finding, const struct episode *before, size_t count, bool json)
{
	size_t changes = 0;

	for (size_t i = 0; i < count; i++) {
		const struct episode *after = same_episode(finding->episodes, finding->episode_count, &before[i]);

		if (after && after->verdict == before[i].verdict)
			continue;
		changes++;
		print_change(finding, &before[i], verdict_of(&before[i]), verdict_of(after), json);
	}
	for (size_t i = 0; i < finding->episode_count; i++)
		if (!same_episode(before, count, &finding->episodes[i])) {
			changes++;
			print_change(finding, &finding->episodes[i], "no episode", verdict_of(&finding->episodes[i]),
				     json);
		}
	return changes;
}

void report_changes(struct survey *survey, const struct plan *plan, const struct settings *what_if,
		    const struct options *options)
{
	struct finding_of_device finding;
	size_t changes = 0, episodes = 0;

	for (size_t i = 0; i < survey_devices(survey); i++) {
		struct episode *before = NULL;
		size_t count;

		survey_judge(survey, i, &plan->config.settings, NULL, &finding);
		count = finding.episode_count;
		if (count > 0 && !(before = malloc(count * sizeof *before)))
			continue;
		if (count > 0)
			memcpy(before, finding.episodes, count * sizeof *before);
		episodes += count;
		survey_judge(survey, i, what_if, NULL, &finding);
		changes += compare(&finding, before, count, options->json);
		free(before);
	}
	if (options->json)
		printf("{\"schema\":\"lapsed.what-if/1\",\"episodes\":%zu,\"changes\":%zu}\n", episodes, changes);
	else
		printf("%zu of %zu episodes would change.\n", changes, episodes);
}
