/* What the engine tells of devices: alerts of one or of many, repeats, the digest. */
#include <stdio.h>
#include <stdlib.h>

#include "basic/list.h"
#include "basic/text.h"
#include "engine_parts.h"

/* --- telling ------------------------------------------------------------ */

static struct subject subject_of(const struct engine *engine, const struct watch *watch)
{
	return (struct subject){
		.device = watch->device,
		.hub = registry_hub_at(engine->registry, watch->hub)->name,
		.sdk = registry_sdk_name(engine->registry, review_tip(engine, watch)->sdk),
		.life = review_tip(engine, watch),
		.dossier = &watch->dossier,
		.rules = engine->rules,
	};
}

/* Returns false without memory. */
static bool tell(struct engine *engine, const struct watch *watch, const struct episode *episode,
		 enum notice_state state, const struct told *told)
{
	struct subject subject = subject_of(engine, watch);
	struct notice *notice = notices_add(&engine->notices, NOTICE_ALERT, state,
					    ruleset_verdict(engine->rules, told->verdict)->severity);

	if (notice)
		notice_tell(notice, &subject, episode, told->verdict, told->opened_ns);
	return notice != NULL;
}

/* Returns false without memory. */
static bool tell_fleet(struct engine *engine, struct fleet *fleet, enum notice_state state, const char *shared)
{
	const char *hub = registry_hub_at(engine->registry, fleet->hub)->name;
	struct notice *notice = notices_add(&engine->notices, NOTICE_FLEET, state, SEVERITY_CRIT);
	char escaped[256], span[STAMP_TEXT];

	if (!notice)
		return false;
	memcpy(notice->id, fleet->id, sizeof notice->id);
	notice->verdict = (enum verdict)fleet->verdict;
	notice->hub = hub;
	notice->devices = fleet->most;
	notice->first_ns = fleet->first_ns;
	notice->last_ns = fleet->last_ns;
	text_escape(span_of(hub), "", escaped, sizeof escaped);
	if (state == STATE_CLEARED)
		snprintf(notice->sentence, sizeof notice->sentence,
			 "over: of the %u devices that failed alike none is left", fleet->most);
	else
		snprintf(notice->sentence, sizeof notice->sentence,
			 "%u devices of hub %s fail alike within %s%s%s; look at the hub, not at the devices",
			 fleet->most, escaped, stamp_span(fleet->last_ns - fleet->first_ns, span),
			 *shared ? "; they share: " : "", shared);
	notice->remedy = ruleset_verdict(engine->rules, fleet->verdict)->remedy;
	notice->doc = ruleset_verdict(engine->rules, fleet->verdict)->doc;
	return true;
}

bool herald_raise(struct engine *engine, struct watch *watch, enum scope scope, const struct episode *episode)
{
	struct candidate *candidates = list_reserve(engine->candidates, engine->candidate_count,
						    &engine->candidate_capacity, sizeof *candidates);

	if (!candidates)
		return false;
	engine->candidates = candidates;
	if (!watch->tip && !(watch->tip = malloc(sizeof *watch->tip)))
		return false;
	*watch->tip = *engine->tip;
	candidates[engine->candidate_count++] = (struct candidate){watch, scope, episode->decided_ns};
	watch->told[scope] = (struct told){
		.verdict = episode->verdict,
		.opened_ns = episode->opened_ns,
		.repeat_mono_ns = engine->now.mono_ns + settings_ns(engine->settings, SETTING_REPEAT_EVERY),
		.pending = true,
	};
	engine->repeat_mono_ns = stamp_min(engine->repeat_mono_ns, watch->told[scope].repeat_mono_ns);
	engine->told++;
	return true;
}

void herald_untell(struct engine *engine, struct watch *watch, enum scope scope, const struct episode *episode,
		   enum notice_state state)
{
	struct told *told = &watch->told[scope];

	if (told->fleet) {
		/* Some may have been withdrawn, others cleared: it is over in any case. */
		if (--told->fleet->members == 0 && told->fleet->raised) {
			tell_fleet(engine, told->fleet, STATE_CLEARED, "");
			told->fleet->raised = false;
		}
	} else if (told->pending) {
		/* Found and over within one step: nobody has heard of it. */
		for (size_t i = 0; i < engine->candidate_count; i++)
			if (engine->candidates[i].watch == watch && engine->candidates[i].scope == scope)
				engine->candidates[i--] = engine->candidates[--engine->candidate_count];
	} else {
		tell(engine, watch, episode, state, told);
	}
	if (state == STATE_WITHDRAWN)
		watch_unmention(watch, scope, told->opened_ns);
	*told = (struct told){.verdict = VERDICT_NONE};
	engine->told--;
}

void herald_recovered(struct engine *engine, const struct watch *watch, const struct episode *episode)
{
	struct subject subject = subject_of(engine, watch);
	struct notice *notice = notices_add(&engine->notices, NOTICE_TOLD, STATE_RAISED, SEVERITY_INFO);

	if (!notice)
		return;
	notice_tell(notice, &subject, episode, VERDICT_RECOVERED, episode->opened_ns);
	if (!episode->reason)
		return;
	/* An X.509 device has no token that could lapse: worth a look. */
	notice->severity = SEVERITY_WARNING;
	notice->reason = ruleset_reason(engine->rules, episode->reason)->id;
}

void herald_over(struct engine *engine, const struct watch *watch, const struct episode *episode)
{
	struct told told = {.verdict = episode->verdict, .opened_ns = episode->opened_ns};

	tell(engine, watch, episode, STATE_RAISED, &told);
	tell(engine, watch, episode, STATE_CLEARED, &told);
}

void herald_churn(struct engine *engine, const struct watch *watch, const struct life *life, bool churns)
{
	struct notice *notice = notices_add(&engine->notices, NOTICE_CHURN, churns ? STATE_RAISED : STATE_CLEARED,
					    SEVERITY_WARNING);
	const struct recent *renewals = &life->renewals;

	if (!notice)
		return;
	notice->hub = registry_hub_at(engine->registry, watch->hub)->name;
	notice->device = device_id(watch->device);
	notice->module = device_module(watch->device);
	notice->verdict = VERDICT_TOKEN_EXPIRY;
	notice->first_ns = renewals->at_ns[renewals->count - 1];
	notice->last_ns = renewals->at_ns[0];
	notice->sdk = registry_sdk_name(engine->registry, life->sdk);
	alert_id(notice->hub, notice->device, notice->module, "churn-excess", 0, notice->id);
	snprintf(notice->sentence, sizeof notice->sentence,
		 churns ? "its token is renewed by expulsion more often than every %lld min: give it a longer life, "
			  "or renew before it lapses"
			: "over: its token is renewed less often than every %lld min again",
		 (long long)engine->settings->value[SETTING_CHURN_EVERY] / 60);
}

/* --- the hub's many ----------------------------------------------------- */

static bool forms_with(const struct engine *engine, const struct candidate *a, const struct candidate *b)
{
	int64_t apart = a->decided_ns - b->decided_ns;
	int64_t within = settings_ns(engine->settings, SETTING_FLEET_WITHIN);

	return a->watch->hub == b->watch->hub && a->scope == b->scope &&
	       a->watch->told[a->scope].verdict == b->watch->told[b->scope].verdict && apart <= within &&
	       apart >= -within;
}

static struct fleet *standing_fleet(const struct engine *engine, const struct candidate *candidate)
{
	for (struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		if (fleet->raised && fleet->hub == candidate->watch->hub &&
		    fleet->verdict == candidate->watch->told[candidate->scope].verdict &&
		    candidate->decided_ns - fleet->last_ns <= settings_ns(engine->settings, SETTING_FLEET_WITHIN))
			return fleet;
	return NULL;
}

static void join(struct fleet *fleet, const struct candidate *candidate)
{
	candidate->watch->told[candidate->scope].fleet = fleet;
	fleet->members++;
	fleet->most++;
	fleet->first_ns = stamp_min(fleet->first_ns, candidate->decided_ns);
	fleet->last_ns = stamp_max(fleet->last_ns, candidate->decided_ns);
}

static void leave(struct told *told)
{
	told->fleet->members--;
	told->fleet = NULL;
}

static struct fleet *form_fleet(struct engine *engine, const struct candidate *seed)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);

	if (!fleet)
		return NULL;
	fleet->hub = seed->watch->hub;
	fleet->verdict = seed->watch->told[seed->scope].verdict;
	fleet->first_ns = fleet->last_ns = seed->decided_ns;
	fleet->next = engine->fleets;
	engine->fleets = fleet;
	return fleet;
}

/* Folds alerts that fail alike into one; without memory they stay as they are. */
static void fold(struct engine *engine, struct fleet *fleet, struct candidate *alike, size_t count)
{
	const char *hub = registry_hub_at(engine->registry, fleet->hub)->name;
	struct span nobody = {NULL, 0};
	char shared[300];

	fleet_shared(alike, count, engine->rules, engine->registry, shared, sizeof shared);
	for (size_t i = 0; i < count; i++)
		join(fleet, &alike[i]);
	alert_id(hub, nobody, nobody, verdict_names[fleet->verdict], fleet->first_ns, fleet->id);
	fleet->raised = tell_fleet(engine, fleet, STATE_RAISED, shared);
	fleet->repeat_mono_ns = engine->now.mono_ns + settings_ns(engine->settings, SETTING_REPEAT_EVERY);
	for (size_t i = 0; i < count; i++) {
		struct watch *watch = alike[i].watch;
		struct told *told = &watch->told[alike[i].scope];

		if (!fleet->raised)
			leave(told);
		else if (!told->pending) /* it was told by itself before */
			tell(engine, watch, &watch->tip->episodes[alike[i].scope], STATE_CLEARED, told);
	}
}

/* All alerts of this step and of the last minutes that fail like the seed: if
 * they are enough, they become one. */
static void try_fleet(struct engine *engine, const struct candidate *seed)
{
	const struct hub *hub = registry_hub_at(engine->registry, seed->watch->hub);
	size_t total = engine->candidate_count + engine->recent_count, count = 0, still_online = 0;
	struct candidate *alike;
	struct fleet *fleet;

	if ((int64_t)total < engine->settings->value[SETTING_FLEET_LEAST] || !(alike = malloc(total * sizeof *alike)))
		return;
	for (size_t i = 0; i < total; i++) {
		const struct candidate *one = i < engine->recent_count
						      ? &engine->recent[i]
						      : &engine->candidates[i - engine->recent_count];
		const struct told *told = &one->watch->told[one->scope];

		if (told->verdict != VERDICT_NONE && !told->fleet && forms_with(engine, seed, one))
			alike[count++] = *one;
		else
			continue;
		still_online += one->watch->online; /* the hub holds a session while it is refused */
	}
	if (fleet_is_enough(engine->settings, count, hub->online - still_online) && (fleet = form_fleet(engine, seed)))
		fold(engine, fleet, alike, count);
	free(alike);
}

static void remember_recent(struct engine *engine, const struct candidate *candidate)
{
	struct candidate *recent = list_reserve(engine->recent, engine->recent_count, &engine->recent_capacity,
						sizeof *recent);

	if (!recent)
		return;
	engine->recent = recent;
	engine->oldest_recent_ns = engine->recent_count > 0 ? stamp_min(engine->oldest_recent_ns, candidate->decided_ns)
							    : candidate->decided_ns;
	recent[engine->recent_count++] = *candidate;
	candidate->watch->recent = true;
}

void herald_forget(struct engine *engine, const struct watch *watch)
{
	for (size_t i = 0; watch->recent && i < engine->recent_count; i++)
		if (engine->recent[i].watch == watch)
			engine->recent[i--] = engine->recent[--engine->recent_count];
}

/* Alerts that no newer one can form a fleet with. */
static void forget_old(struct engine *engine)
{
	int64_t within = settings_ns(engine->settings, SETTING_FLEET_WITHIN) +
			 settings_ns(engine->settings, SETTING_LATENESS);
	int64_t oldest_ns = STAMP_NEVER;
	size_t kept = 0;

	if (engine->recent_count == 0 || stamp_add(engine->oldest_recent_ns, within) >= engine->status.watermark_ns)
		return;
	for (size_t i = 0; i < engine->recent_count; i++) {
		if (stamp_add(engine->recent[i].decided_ns, within) < engine->status.watermark_ns)
			continue;
		oldest_ns = stamp_min(oldest_ns, engine->recent[i].decided_ns);
		engine->recent[kept++] = engine->recent[i];
	}
	engine->recent_count = kept;
	engine->oldest_recent_ns = oldest_ns;
}

static void drop_fleets(struct engine *engine)
{
	for (struct fleet **place = &engine->fleets, *fleet; (fleet = *place);) {
		if (fleet->raised || fleet->members > 0) {
			place = &fleet->next;
			continue;
		}
		*place = fleet->next;
		free(fleet);
	}
}

/* It could not be told, for want of memory: as if it had not been found, and
 * looked at again when time has moved. */
static void take_back(struct engine *engine, struct watch *watch, struct told *told)
{
	struct source *source = &engine->sources[watch->source];

	*told = (struct told){.verdict = VERDICT_NONE};
	engine->told--;
	agenda_put(&source->agenda, watch, source_low(engine, source));
}

static void tell_candidates(struct engine *engine)
{
	for (size_t i = 0; i < engine->candidate_count; i++) {
		struct candidate *one = &engine->candidates[i];
		struct fleet *fleet = standing_fleet(engine, one);

		if (one->watch->told[one->scope].fleet || one->scope != SCOPE_CONNECTION)
			continue;
		if (fleet)
			join(fleet, one);
		else
			try_fleet(engine, one);
	}
	for (size_t i = 0; i < engine->candidate_count; i++) {
		struct candidate *one = &engine->candidates[i];
		struct told *told = &one->watch->told[one->scope];

		told->pending = false;
		if (!told->fleet &&
		    !tell(engine, one->watch, &one->watch->tip->episodes[one->scope], STATE_RAISED, told)) {
			take_back(engine, one->watch, told);
			continue;
		}
		watch_mention(one->watch, one->scope, told->opened_ns);
		if (!told->fleet)
			remember_recent(engine, one);
	}
	engine->candidate_count = 0;
}

/* --- what stands, and the rest ------------------------------------------ */

static void repeat_told(struct engine *engine)
{
	int64_t every = settings_ns(engine->settings, SETTING_REPEAT_EVERY), first = STAMP_NEVER;

	if (every == 0 || engine->told == 0)
		return;
	for (struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		if (fleet->raised && fleet->repeat_mono_ns <= engine->now.mono_ns) {
			fleet->repeat_mono_ns = engine->now.mono_ns + every;
			tell_fleet(engine, fleet, STATE_REPEATED, "");
		}
	if (engine->repeat_mono_ns > engine->now.mono_ns)
		return;
	for (struct watch *watch = engine->watches; watch; watch = watch->next)
		for (int i = 0; i < SCOPE_COUNT; i++) {
			struct told *told = &watch->told[i];

			if (told->verdict == VERDICT_NONE || told->fleet)
				continue;
			if (told->repeat_mono_ns <= engine->now.mono_ns) {
				told->repeat_mono_ns = engine->now.mono_ns + every;
				tell(engine, watch, &watch->tip->episodes[i], STATE_REPEATED, told);
			}
			first = stamp_min(first, told->repeat_mono_ns);
		}
	engine->repeat_mono_ns = first;
}

static void tell_digest(struct engine *engine)
{
	const uint64_t *counts = engine->digest;
	struct notice *notice;

	if (engine->now.mono_ns < engine->digest_mono_ns)
		return;
	engine->digest_mono_ns = engine->now.mono_ns + settings_ns(engine->settings, SETTING_DIGEST_EVERY);
	notice = notices_add(&engine->notices, NOTICE_DIGEST, STATE_RAISED, SEVERITY_INFO);
	if (!notice)
		return;
	snprintf(notice->sentence, sizeof notice->sentence,
		 "token-expiry=%llu recovered=%llu connection-lost=%llu reconnect-loop=%llu not-returned=%llu "
		 "auth-failure=%llu identity-conflict=%llu muted=%llu (ended since the last digest); %zu alert%s",
		 (unsigned long long)counts[VERDICT_TOKEN_EXPIRY], (unsigned long long)counts[VERDICT_RECOVERED],
		 (unsigned long long)engine->digest_losses, (unsigned long long)counts[VERDICT_RECONNECT_LOOP],
		 (unsigned long long)counts[VERDICT_NOT_RETURNED], (unsigned long long)counts[VERDICT_AUTH_FAILURE],
		 (unsigned long long)counts[VERDICT_IDENTITY_CONFLICT], (unsigned long long)engine->digest_muted,
		 engine->told, engine->told == 1 ? " stands" : "s stand");
	memset(engine->digest, 0, sizeof engine->digest);
	engine->digest_losses = engine->digest_muted = 0;
}

void herald_tell(struct engine *engine)
{
	tell_candidates(engine);
	forget_old(engine);
	drop_fleets(engine);
	repeat_told(engine);
	tell_digest(engine);
}
