#include "episode.h"

#include "../basic/list.h"

/* Of reasons, the later of these goes before. */
enum rank { RANK_NONE, RANK_REFUSED, RANK_HINT, RANK_DRIFT, RANK_X509, RANK_REJECTED_CLIENT, RANK_MESSAGE, RANK_CODE };

void recent_push(struct recent *recent, int64_t time_ns)
{
	memmove(recent->at_ns + 1, recent->at_ns, (RECENT_MAX - 1) * sizeof *recent->at_ns);
	recent->at_ns[0] = time_ns;
	recent->count += recent->count < RECENT_MAX;
}

bool recent_within(const struct recent *recent, int64_t times, int64_t window_ns)
{
	return recent->count >= times && recent->at_ns[0] - recent->at_ns[times - 1] <= window_ns;
}

struct episode *episode_open(struct life *life, struct court *court, enum scope scope, int64_t time_ns)
{
	struct episode *episode = &life->episodes[scope];

	*episode = (struct episode){
		.scope = (uint8_t)scope,
		.open = true,
		.opened_ns = time_ns,
		.decided_ns = STAMP_NONE,
		.ended_ns = STAMP_NONE,
		.anchor_ns = STAMP_NONE,
		.back_ns = STAMP_NONE,
		.deadline_ns = STAMP_NEVER,
		.refused_first_ns = STAMP_NONE,
		.last_ns = time_ns,
		.protocol = life->protocol,
	};
	trace_say(court->trace, time_ns, "An episode opens.");
	return episode;
}

/* return_within, or twice the longest of the last returns if that is more. */
static int64_t patience(const struct life *life, const struct court *court)
{
	unsigned known = life->return_count < RETURNS_MAX ? life->return_count : RETURNS_MAX;
	int64_t longest = 0;

	for (unsigned i = 0; i < known; i++)
		longest = stamp_max(longest, life->returns_ns[i]);
	return stamp_max(settings_ns(court->settings, SETTING_RETURN_WITHIN),
			 stamp_min(stamp_add(longest, longest), settings_ns(court->settings, SETTING_RETURN_MAX)));
}

void episode_await(struct life *life, struct court *court, int64_t since_ns, int64_t now_ns)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	char text[STAMP_TEXT], within[STAMP_TEXT];
	int64_t window = patience(life, court);

	episode->anchor_ns = since_ns;
	episode->back_ns = STAMP_NONE;
	episode->overdue = false;
	episode->deadline_ns = stamp_add(since_ns, window);
	trace_say(court->trace, now_ns, "It is expected back by %s (within %s%s).",
		  stamp_format(episode->deadline_ns, text), stamp_span(window, within),
		  window > settings_ns(court->settings, SETTING_RETURN_WITHIN) ? ", learned from its earlier returns"
									       : "");
}

void episode_back(struct life *life, struct court *court, int64_t time_ns)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	char away[STAMP_TEXT], settle[STAMP_TEXT];

	if (!episode->open || episode->anchor_ns == STAMP_NONE)
		return;
	if (time_ns > episode->deadline_ns && !episode->overdue)
		trace_say(court->trace, time_ns, "Its deadline had waited: the hub was in trouble itself.");
	life->returns_ns[life->return_count++ % RETURNS_MAX] = time_ns - episode->anchor_ns;
	trace_say(court->trace, time_ns, "It is back after %s; the connection has to settle for %s.",
		  stamp_span(time_ns - episode->anchor_ns, away),
		  stamp_span(settings_ns(court->settings, SETTING_SETTLE), settle));
	episode->back_ns = time_ns;
	episode->anchor_ns = STAMP_NONE;
	episode->run = 0;
	episode->overdue = false;
	episode->inside = false;
}

static void weigh(struct episode *episode, enum rank rank, reason_id reason, const struct event *event)
{
	if (event && event->message && (!episode->message || rank > episode->rank))
		episode->message = event->message;
	if (rank > episode->rank) {
		episode->rank = (uint8_t)rank;
		episode->reason = reason;
		if (event)
			episode->code = event->code;
	}
}

bool episode_weigh(struct episode *episode, const struct life *life, const struct court *court,
		   const struct event *event, enum signal signal)
{
	const struct core_reasons *core = ruleset_core_reasons(court->rules);
	const struct reason *reason = ruleset_reason(court->rules, event->reason);

	if (!episode->code)
		episode->code = event->code;
	if (event->reason && reason->decisive) {
		bool by_code = ruleset_reason_of_code(court->rules, event->code) == event->reason;

		weigh(episode, by_code ? RANK_CODE : RANK_MESSAGE, event->reason, event);
		trace_say(court->trace, event->time_ns, "%s proves it: %s.", by_code ? "The code" : "The message",
			  reason->title);
		return true;
	}
	/* The rest only name what a count or a deadline will have proved. */
	if (event->reason == core->clock_drift && signal == SIGNAL_REFUSED && !life->known)
		weigh(episode, RANK_DRIFT, event->reason, event);
	else if (event->reason && event->reason != core->clock_drift && signal != SIGNAL_EXPELLED)
		weigh(episode, RANK_HINT, event->reason, event);
	else
		weigh(episode, RANK_NONE, 0, event);
	return false;
}

/* Every auth-failure has a reason. */
static void give_reason(const struct life *life, const struct court *court, struct episode *episode)
{
	const struct core_reasons *core = ruleset_core_reasons(court->rules);

	if (life_is_x509(life, court))
		weigh(episode, RANK_X509, core->x509, NULL);
	weigh(episode, RANK_REFUSED, core->refused, NULL);
}

bool episode_holds(const struct episode *episode, const struct event *event)
{
	bool refused = event->signal == SIGNAL_EXPELLED || event->signal == SIGNAL_REFUSED;
	bool denied = event->signal == SIGNAL_DENIED || (refused && episode->protocol == PROTOCOL_HTTP);
	bool of_scope = episode->scope == SCOPE_REQUEST    ? denied
			: episode->scope == SCOPE_IDENTITY ? event->signal == SIGNAL_DISPLACED
							   : !denied;

	return of_scope && event->time_ns >= episode->opened_ns &&
	       (episode->ended_ns == STAMP_NONE || event->time_ns <= episode->ended_ns);
}

void episode_reach(struct life *life, struct court *court, struct episode *episode, enum verdict verdict,
		   int64_t time_ns, const char *why)
{
	if (verdict == VERDICT_RECONNECT_LOOP && !(episode->reached & 1u << verdict))
		episode->loop_ns = time_ns;
	episode->reached |= (uint8_t)(1u << verdict);
	if (verdict == VERDICT_AUTH_FAILURE)
		give_reason(life, court, episode);
	if (verdict <= episode->verdict)
		return;
	episode->verdict = (uint8_t)verdict;
	episode->decided_ns = time_ns;
	episode->timed = false;
	trace_say(court->trace, time_ns, "Verdict %s%s%s: %s.", verdict_names[verdict],
		  verdict == VERDICT_AUTH_FAILURE ? ", reason " : "",
		  verdict == VERDICT_AUTH_FAILURE ? ruleset_reason(court->rules, episode->reason)->id : "", why);
}

void episodes_keep(struct court *court, const struct episode *episode)
{
	struct episode *ended = list_reserve(court->ended, court->ended_count, &court->ended_capacity, sizeof *ended);

	if (!ended) {
		court->lost = true;
		return;
	}
	court->ended = ended;
	ended[court->ended_count++] = *episode;
}

void episode_end(struct life *life, struct court *court, struct episode *episode, enum ending ending,
		 int64_t time_ns)
{
	episode->open = false;
	episode->ending = (uint8_t)ending;
	episode->ended_ns = time_ns;
	if (episode->verdict == VERDICT_TOKEN_EXPIRY)
		recent_push(&life->renewals, episode->opened_ns);
	if (episode->verdict != VERDICT_AUTH_FAILURE) {
		/* A hint is a reason only where it failed. */
		episode->reason = 0;
		if (episode->verdict == VERDICT_RECOVERED && episode->scope == SCOPE_CONNECTION &&
		    life_is_x509(life, court))
			episode->reason = ruleset_core_reasons(court->rules)->x509;
	}
	trace_say(court->trace, time_ns, "The episode ends (%s) as %s.", ending_names[ending],
		  verdict_names[episode->verdict]);
	episodes_keep(court, episode);
}

static bool is_plain(const struct life *life, const struct court *court, const struct episode *episode)
{
	return episode->plain && episode->expulsions == 1 && episode->refusals == 0 &&
	       episode->protocol <= PROTOCOL_MQTT_WS && !life_is_x509(life, court);
}

void episode_clear(struct life *life, struct court *court, int64_t time_ns, bool can_be_expiry)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	if (can_be_expiry && is_plain(life, court, episode))
		episode_reach(life, court, episode, VERDICT_TOKEN_EXPIRY, time_ns,
			      "one expulsion of a settled session, no refusal, and it came back by itself");
	else
		episode_reach(life, court, episode, VERDICT_RECOVERED, time_ns,
			      "it is back, but this was no plain expiry");
	episode_end(life, court, episode, ENDING_CLEARED, time_ns);
}

void episode_end_inside(struct life *life, struct court *court, int64_t time_ns)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	trace_say(court->trace, time_ns, "The device was connected all along: somebody else was refused.");
	episode->inside = false;
	if (episode->verdict == VERDICT_AUTH_FAILURE)
		weigh(episode, RANK_REJECTED_CLIENT, ruleset_core_reasons(court->rules)->rejected_client, NULL);
	else
		episode_reach(life, court, episode, VERDICT_RECOVERED, time_ns, "the device never lost its session");
	episode_end(life, court, episode, ENDING_QUIET, time_ns);
}

int64_t episode_due(const struct life *life, const struct court *court, const struct episode *episode,
		    bool *ret_deadline)
{
	const struct settings *settings = court->settings;
	int64_t expires, deadline;

	*ret_deadline = false;
	if (!episode->open)
		return STAMP_NEVER;
	if (episode->scope != SCOPE_CONNECTION)
		return stamp_add(episode->last_ns, settings_ns(settings, SETTING_QUIET_AFTER));
	if (episode->back_ns != STAMP_NONE)
		return stamp_add(episode->back_ns, settings_ns(settings, SETTING_SETTLE));
	expires = stamp_add(life->heard_ns, settings_ns(settings, SETTING_EXPIRE_AFTER));
	if (episode->overdue)
		return expires;
	deadline = hub_delay(court->hub, episode->deadline_ns, settings_ns(settings, SETTING_PLATFORM_HOLD));
	*ret_deadline = deadline < expires;
	return stamp_min(expires, deadline);
}

/* The deadline has passed without a return. */
static void miss_deadline(struct life *life, struct court *court, struct episode *episode, int64_t time_ns)
{
	uint8_t before = episode->verdict;

	episode->overdue = true;
	if (episode->run > 0)
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, time_ns,
			      "refused and not back by the deadline");
	else if (life_is_x509(life, court))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, time_ns,
			      "an X.509 device has no token that could lapse, and it is not back by the deadline");
	else
		episode_reach(life, court, episode, VERDICT_NOT_RETURNED, time_ns,
			      "expelled, refused by nobody, and not back by the deadline");
	episode->timed = episode->verdict != before;
}

void episode_become_ordinary(struct life *life, struct court *court, int64_t time_ns)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	bool deadline;

	trace_say(court->trace, time_ns, "The old session has ended: it is the device itself that is refused.");
	episode->inside = false;
	episode_await(life, court, episode->refused_first_ns, time_ns);
	if (episode->deadline_ns >= time_ns)
		return;
	/* It has passed, but nobody could know until now. */
	episode->deadline_ns = time_ns;
	if (episode_due(life, court, episode, &deadline) == time_ns)
		miss_deadline(life, court, episode, time_ns);
}

void episode_fire(struct life *life, struct court *court, struct episode *episode, int64_t time_ns)
{
	if (episode->scope == SCOPE_CONNECTION && episode->back_ns != STAMP_NONE) {
		trace_say(court->trace, time_ns, "The connection is settled.");
		episode_clear(life, court, time_ns, true);
	} else if (episode->scope == SCOPE_CONNECTION && !episode->overdue &&
		   time_ns < stamp_add(life->heard_ns, settings_ns(court->settings, SETTING_EXPIRE_AFTER))) {
		miss_deadline(life, court, episode, time_ns);
	} else if (episode->scope == SCOPE_CONNECTION) {
		if (!episode->overdue)
			miss_deadline(life, court, episode, time_ns);
		episode_end(life, court, episode, ENDING_EXPIRED, time_ns);
	} else {
		if (episode->verdict == VERDICT_NONE)
			episode_reach(life, court, episode, VERDICT_RECOVERED, time_ns,
				      "no more requests were denied");
		episode_end(life, court, episode, ENDING_QUIET, time_ns);
	}
}
