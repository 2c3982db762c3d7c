#include "life.h"

#include <stdlib.h>

#include "episode.h"

void life_begin(struct life *ret)
{
	*ret = (struct life){
		.heard_ns = STAMP_NONE,
		.since_ns = STAMP_NONE,
		.arrived_ns = STAMP_NONE,
		.expelled_ns = STAMP_NONE,
		.expelled_last_ns = STAMP_NONE,
		.signal_ns = STAMP_NONE,
		.closed_ahead_ns = STAMP_NONE,
	};
}

bool life_is_x509(const struct life *life, const struct court *court)
{
	return court->x509 || life->authentication == AUTHENTICATION_X509;
}

/* Whether `then` is known and no longer than a setting before now. */
static bool is_within(const struct court *court, enum setting setting, int64_t then_ns, int64_t now_ns)
{
	return then_ns != STAMP_NONE && now_ns - then_ns <= settings_ns(court->settings, setting);
}

static bool is_sooner(const struct court *court, enum setting setting, int64_t then_ns, int64_t now_ns)
{
	return then_ns != STAMP_NONE && now_ns - then_ns < settings_ns(court->settings, setting);
}

/* A device that speaks HTTP has no session: what is turned down is a request. */
static enum signal signal_of(const struct life *life, const struct event *event)
{
	enum protocol protocol = event->protocol ? event->protocol : life->protocol;

	if (protocol == PROTOCOL_HTTP && (event->signal == SIGNAL_EXPELLED || event->signal == SIGNAL_REFUSED))
		return SIGNAL_DENIED;
	return event->signal;
}

static void end_session(struct life *life)
{
	life->live = false;
	life->standing = STANDING_OFFLINE;
}

static void begin_session(struct life *life, int64_t since_ns, bool begun)
{
	life->known = true;
	life->live = true;
	life->begun = begun;
	life->since_ns = since_ns;
	life->standing = STANDING_ONLINE;
}

/* A record proves a session of which no connect was seen: since the last
 * expulsion or refusal the device had connected, nobody knows when. */
static void imply_connection(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	int64_t now = event->time_ns;

	life->known = true;
	life->expelled_back = true;
	if (!episode->open || episode->anchor_ns == STAMP_NONE)
		return;
	trace_say(court->trace, now, "This proves a connection that the log does not show.");
	if (episode->run > 0 || episode->verdict == VERDICT_AUTH_FAILURE) {
		episode_back(life, court, now);
		return;
	}
	if (episode->reached & 1u << VERDICT_NOT_RETURNED) {
		trace_say(court->trace, now, "not-returned is withdrawn: the device had returned unseen.");
		episode->reached &= (uint8_t)~(1u << VERDICT_NOT_RETURNED);
		episode->verdict = episode->reached ? VERDICT_RECONNECT_LOOP : VERDICT_NONE;
		episode->decided_ns = episode->reached ? episode->loop_ns : STAMP_NONE;
	}
	episode->complete = false;
	episode_clear(life, court, now,
		      event->signal != SIGNAL_EXPELLED || !is_sooner(court, SETTING_SETTLE, life->signal_ns, now));
}

static void take_alive(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	if (life->live) {
		if (episode->open && episode->inside)
			episode_end_inside(life, court, event->time_ns);
		return;
	}
	imply_connection(life, court, event);
	begin_session(life, event->time_ns, episode->open && episode->back_ns == event->time_ns);
}

/* What follows from an expulsion once it stands in its episode. */
static void judge_expulsion(struct life *life, struct court *court, const struct event *event, int64_t before_ns,
			    bool unsettled)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	int64_t now = event->time_ns;

	if (unsettled)
		recent_push(&life->loops, now);
	if (unsettled && recent_within(&life->loops, court->settings->value[SETTING_LOOP_COUNT],
				       settings_ns(court->settings, SETTING_LOOP_WITHIN)))
		episode_reach(life, court, episode, VERDICT_RECONNECT_LOOP, now,
			      "again and again expelled before a connection could settle");
	if (episode_weigh(episode, life, court, event, SIGNAL_EXPELLED))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now, "the hub said so while expelling it");
	else if (life_is_x509(life, court) && is_within(court, SETTING_X509_WITHIN, before_ns, now))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now,
			      "an X.509 device was expelled for the second time within a day");
}

static void take_expelled(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	int64_t now = event->time_ns, before = life->expelled_ns;
	bool unsettled;

	life->expelled_last_ns = now;
	if (is_within(court, SETTING_PAIR_WITHIN, before, now) && !life->expelled_back) {
		trace_say(court->trace, now, "It belongs to the expulsion before it.");
		if (episode->open && episode_weigh(episode, life, court, event, SIGNAL_EXPELLED))
			episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now, "the hub said so");
		return;
	}
	if (episode->open && episode->inside) {
		if (is_within(court, SETTING_KEEPALIVE_MAX, episode->last_ns, now))
			episode_become_ordinary(life, court, now);
		else
			episode_end_inside(life, court, now);
	}
	/* One whose begin was not seen may be a token's life. */
	unsettled = life->live && life->begun && is_sooner(court, SETTING_SETTLE, life->since_ns, now);
	if (!life->live)
		imply_connection(life, court, event);
	if (!episode->open) {
		episode = episode_open(life, court, SCOPE_CONNECTION, now);
		episode->plain = !unsettled;
		if (unsettled)
			trace_say(court->trace, now, "The session was too short to be a token's life.");
	}
	episode->expulsions++;
	if (episode->anchor_ns == STAMP_NONE)
		episode_await(life, court, now, now);
	if (!unsettled && life->expelled_ns != STAMP_NONE)
		rhythm_note(&life->rhythm, now - life->expelled_ns);
	end_session(life);
	life->expulsions++;
	life->expelled_ns = life->signal_ns = now;
	life->expelled_closed = is_within(court, SETTING_PAIR_WITHIN, life->closed_ahead_ns, now);
	life->expelled_ended = life->expelled_closed;
	life->expelled_back = false;
	life->closed_ahead_ns = STAMP_NONE;
	episode->complete |= life->expelled_closed;
	judge_expulsion(life, court, event, before, unsettled);
}

static void judge_refusal(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	int64_t now = event->time_ns;

	episode->refusals++;
	episode->run++;
	episode->last_ns = now;
	if (episode->refused_first_ns == STAMP_NONE)
		episode->refused_first_ns = now;
	life->signal_ns = now;
	if (episode_weigh(episode, life, court, event, SIGNAL_REFUSED))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now, "the hub said so while refusing it");
	else if (episode->run >= court->settings->value[SETTING_REFUSALS])
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now,
			      "refused time and again without a connection between");
	else if (episode->overdue)
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now, "refused, and its deadline has passed");
}

static void take_refused(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	int64_t now = event->time_ns;

	if (event->operation == OPERATION_DISCONNECT && life->live) {
		end_session(life);
		if (episode->open && episode->inside)
			episode_become_ordinary(life, court, now);
	}
	if (!episode->open && life->live && !is_sooner(court, SETTING_SETTLE, life->since_ns, now)) {
		trace_say(court->trace, now, "The hub still holds a settled session of the device.");
		episode = episode_open(life, court, SCOPE_CONNECTION, now);
		episode->inside = true;
		episode->anchor_ns = now;
		episode->deadline_ns = stamp_add(now, settings_ns(court->settings, SETTING_INSIDE_WITHIN));
	} else if (!episode->open || !episode->inside) {
		if (!episode->open)
			episode = episode_open(life, court, SCOPE_CONNECTION, now);
		if (episode->anchor_ns == STAMP_NONE)
			episode_await(life, court, now, now);
		life->live = false;
	}
	judge_refusal(life, court, event);
}

static void take_denied(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_REQUEST];
	int64_t now = event->time_ns;

	if (!episode->open) {
		episode = episode_open(life, court, SCOPE_REQUEST, now);
		life->denied.count = 0;
	}
	episode->refusals++;
	episode->last_ns = now;
	recent_push(&life->denied, now);
	if (episode_weigh(episode, life, court, event, SIGNAL_DENIED))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now,
			      "the hub said so while denying a request");
	else if (recent_within(&life->denied, court->settings->value[SETTING_DENIED_COUNT],
			       settings_ns(court->settings, SETTING_DENIED_WITHIN)))
		episode_reach(life, court, episode, VERDICT_AUTH_FAILURE, now, "requests were denied time and again");
}

/* The session that the hub held while somebody was refused has ended. */
static bool end_inside(struct life *life, struct court *court, int64_t now_ns)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	if (!episode->open || !episode->inside)
		return false;
	if (is_within(court, SETTING_KEEPALIVE_MAX, episode->last_ns, now_ns))
		episode_become_ordinary(life, court, now_ns);
	else
		episode_end_inside(life, court, now_ns);
	end_session(life);
	return true;
}

static void take_displaced(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_IDENTITY];
	int64_t times = court->settings->value[SETTING_DISPLACED_COUNT];

	if (!end_inside(life, court, event->time_ns))
		end_session(life);
	recent_push(&life->displaced, event->time_ns);
	if (!episode->open) {
		if (!recent_within(&life->displaced, times, settings_ns(court->settings, SETTING_DISPLACED_WITHIN)))
			return;
		episode = episode_open(life, court, SCOPE_IDENTITY, life->displaced.at_ns[times - 1]);
		episode->code = event->code;
		episode->message = event->message;
		episode_reach(life, court, episode, VERDICT_IDENTITY_CONFLICT, event->time_ns,
			      "again and again another client takes the identity");
	}
	episode->last_ns = event->time_ns;
}

/* A closure or a clean disconnect soon after an expulsion belongs to it; but
 * once the device is back, only the first that was missing. */
static bool is_echo(const struct life *life, const struct court *court, int64_t now_ns, bool seen)
{
	return is_within(court, SETTING_PAIR_WITHIN, life->expelled_last_ns, now_ns) && !(life->expelled_back && seen);
}

static bool expulsion_follows(const struct life *life, const struct court *court, const struct event *events,
			      size_t count, size_t index)
{
	for (size_t i = index + 1; i < count; i++) {
		if (!is_within(court, SETTING_PAIR_WITHIN, events[index].time_ns, events[i].time_ns))
			return false;
		if (signal_of(life, &events[i]) == SIGNAL_EXPELLED)
			return true;
	}
	return false;
}

static void take_closed(struct life *life, struct court *court, const struct event *events, size_t count,
			size_t index)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];
	const struct event *event = &events[index];
	bool met = episode->open;

	if (is_echo(life, court, event->time_ns, life->expelled_closed)) {
		trace_say(court->trace, event->time_ns, "It belongs to the expulsion.");
		life->expelled_closed = life->expelled_ended = true;
		if (episode->open && episode->expulsions > 0)
			episode->complete = true;
		return;
	}
	if (expulsion_follows(life, court, events, count, index)) {
		trace_say(court->trace, event->time_ns, "It belongs to the expulsion that follows.");
		life->closed_ahead_ns = event->time_ns;
		return;
	}
	if (end_inside(life, court, event->time_ns))
		return;
	if (!life->live)
		imply_connection(life, court, event);
	end_session(life);
	if (!met) {
		trace_say(court->trace, event->time_ns, "No trouble: a connection lost to the network or keep-alive.");
		life->losses++;
	}
}

static void take_left(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	if (is_echo(life, court, event->time_ns, life->expelled_ended)) {
		trace_say(court->trace, event->time_ns, "It belongs to the expulsion.");
		life->expelled_ended = true;
		return;
	}
	if (episode->open && episode->inside)
		episode_end_inside(life, court, event->time_ns);
	else if (!life->live)
		imply_connection(life, court, event);
	end_session(life);
}

static void take_connected(struct life *life, struct court *court, const struct event *event)
{
	if (!life->known)
		life->arrived_ns = event->time_ns;
	begin_session(life, event->time_ns, true);
	life->expelled_back = true;
	episode_back(life, court, event->time_ns);
}

static void take_moved(struct life *life, struct court *court, const struct event *event)
{
	struct episode *episode = &life->episodes[SCOPE_CONNECTION];

	if (!episode->open)
		return;
	episode_reach(life, court, episode, VERDICT_RECOVERED, event->time_ns, "it works on another hub");
	episode_end(life, court, episode, ENDING_MOVED, event->time_ns);
}

static void remember(struct life *life, const struct event *event)
{
	/* What another hub says is no word of this one's. */
	if (event->signal == SIGNAL_MOVED)
		return;
	life->heard_ns = event->time_ns;
	if (event->protocol)
		life->protocol = event->protocol;
	if (event->authentication)
		life->authentication = event->authentication;
	if (event->sdk)
		life->sdk = event->sdk;
	if (!life->episodes[SCOPE_CONNECTION].protocol)
		life->episodes[SCOPE_CONNECTION].protocol = life->protocol;
}

void life_step(struct life *life, struct court *court, const struct event *events, size_t count, size_t index)
{
	const struct event *event = &events[index];
	enum signal signal;

	if (court->trace)
		court->trace->event = NULL;
	life_pass(life, court, event->time_ns, false);
	if (court->trace)
		court->trace->event = event;
	signal = signal_of(life, event);
	remember(life, event);
	switch (signal) {
	case SIGNAL_ALIVE:
		take_alive(life, court, event);
		break;
	case SIGNAL_EXPELLED:
		take_expelled(life, court, event);
		break;
	case SIGNAL_REFUSED:
		take_refused(life, court, event);
		break;
	case SIGNAL_DENIED:
		take_denied(life, court, event);
		break;
	case SIGNAL_DISPLACED:
		take_displaced(life, court, event);
		break;
	case SIGNAL_CLOSED:
		take_closed(life, court, events, count, index);
		break;
	case SIGNAL_LEFT:
		take_left(life, court, event);
		break;
	case SIGNAL_CONNECTED:
		take_connected(life, court, event);
		break;
	case SIGNAL_MOVED:
		take_moved(life, court, event);
		break;
	case SIGNAL_PLATFORM: /* the hub's matter: see hub.h */
	case SIGNAL_NONE:
	case SIGNAL_COUNT:
		break;
	}
	if (court->trace)
		court->trace->event = NULL;
}

void life_pass(struct life *life, struct court *court, int64_t until_ns, bool inclusive)
{
	for (;;) {
		struct episode *first = NULL;
		int64_t earliest = STAMP_NEVER;

		for (int i = 0; i < SCOPE_COUNT; i++) {
			bool deadline;
			int64_t due;

			if (!life->episodes[i].open)
				continue;
			due = episode_due(life, court, &life->episodes[i], &deadline);
			if (due < earliest && (due < until_ns || (due == until_ns && (!deadline || inclusive)))) {
				earliest = due;
				first = &life->episodes[i];
			}
		}
		if (!first)
			return;
		episode_fire(life, court, first, earliest);
	}
}

int64_t life_due(const struct life *life, const struct court *court)
{
	int64_t earliest = STAMP_NEVER;
	bool deadline;

	for (int i = 0; i < SCOPE_COUNT; i++)
		if (life->episodes[i].open)
			earliest = stamp_min(earliest, episode_due(life, court, &life->episodes[i], &deadline));
	return earliest;
}

void life_lean(struct life *life, const struct court *court)
{
	struct life rest;
	struct court silent = *court;

	for (int i = 0; i < SCOPE_COUNT; i++) {
		struct episode *episode = &life->episodes[i];

		if (!episode->open || episode->verdict != VERDICT_NONE)
			continue;
		rest = *life;
		silent.trace = NULL;
		silent.ended = NULL;
		silent.ended_count = silent.ended_capacity = 0;
		while (rest.episodes[i].verdict == VERDICT_NONE) {
			bool deadline;
			int64_t due = episode_due(&rest, &silent, &rest.episodes[i], &deadline);

			episode_fire(&rest, &silent, &rest.episodes[i], due);
		}
		episode->leaning = rest.episodes[i].verdict;
		free(silent.ended);
	}
}

enum standing life_standing(const struct life *life)
{
	for (int i = 0; i < SCOPE_COUNT; i++) {
		const struct episode *episode = &life->episodes[i];

		if (episode->open && episode->verdict >= VERDICT_RECONNECT_LOOP &&
		    episode->verdict <= VERDICT_AUTH_FAILURE)
			return STANDING_FAILING;
	}
	return (enum standing)life->standing;
}

bool life_is_quiet(const struct life *life)
{
	for (int i = 0; i < SCOPE_COUNT; i++)
		if (life->episodes[i].open)
			return false;
	return true;
}

bool life_churns(const struct life *life, const struct settings *settings)
{
	int64_t times = settings->value[SETTING_CHURN_OVER] / settings->value[SETTING_CHURN_EVERY] + 1;

	times = times > RECENT_MAX ? RECENT_MAX : times;
	return recent_within(&life->renewals, times, settings_ns(settings, SETTING_CHURN_OVER) - 1);
}
