#include "sound.h"

/* Records are of the years 1970 to 2199, whatever their zone; deadlines lie
 * some days behind them. */
static const int64_t earliest_ns = -2 * STAMP_DAY, latest_ns = 84371 * STAMP_DAY;

bool sound_time(int64_t time_ns)
{
	return time_ns >= earliest_ns && time_ns < latest_ns;
}

bool sound_time_or_none(int64_t time_ns)
{
	return time_ns == STAMP_NONE || sound_time(time_ns);
}

/* Between two such times. */
static bool sound_duration(int64_t ns)
{
	return ns > -latest_ns && ns < latest_ns;
}

bool sound_truth(const bool *truth)
{
	unsigned char byte;

	memcpy(&byte, truth, sizeof byte);
	return byte <= 1;
}

static bool sound_truths(const bool *const *truths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!sound_truth(truths[i]))
			return false;
	return true;
}

static bool sound_times(const int64_t *times, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!sound_time_or_none(times[i]))
			return false;
	return true;
}

bool sound_lags(const struct lags *lags)
{
	if (lags->count > LAGS || lags->first >= LAGS || lags->noted > INT64_MAX)
		return false;
	for (uint32_t i = 0; i < lags->count; i++) {
		const struct lag *lag = &lags->ring[(lags->first + i) % LAGS];

		if (!sound_duration(lag->lag_ns) || lag->number >= lags->noted)
			return false;
	}
	return true;
}

bool sound_trouble(const struct trouble *trouble)
{
	return sound_time(trouble->first_ns) && sound_time(trouble->last_ns) && trouble->first_ns <= trouble->last_ns;
}

bool sound_fleet(const struct fleet *fleet)
{
	return fleet->verdict > VERDICT_NONE && fleet->verdict < VERDICT_COUNT && sound_truth(&fleet->raised) &&
	       sound_time(fleet->first_ns) && sound_time(fleet->last_ns) &&
	       memchr(fleet->id, '\0', sizeof fleet->id);
}

bool sound_device(const struct device *device)
{
	/* Its standing has two bits, for four. */
	return device->protocol < PROTOCOL_COUNT && device->authentication < AUTHENTICATION_COUNT &&
	       sound_time_or_none(device->heard_ns) && sound_time_or_none(device->since_ns) &&
	       sound_time_or_none(device->expelled_ns) &&
	       (!device->renewed || sound_time(device->expelled_ns));
}

static bool sound_recent(const struct recent *recent)
{
	if (recent->count > RECENT_MAX)
		return false;
	for (unsigned i = 0; i < recent->count; i++)
		if (!sound_time(recent->at_ns[i]))
			return false;
	return true;
}

/* The last one, and the last of its echoes: both or neither are known. */
static bool sound_expulsion(int64_t expelled_ns, int64_t last_ns)
{
	return expelled_ns == STAMP_NONE ? last_ns == STAMP_NONE : sound_time(expelled_ns) && sound_time(last_ns);
}

/* Who renews too often has renewed. */
static bool sound_churn(const bool *told, const struct recent *renewals)
{
	return sound_truth(told) && sound_recent(renewals) && (!*told || renewals->count > 0);
}

static bool sound_returns(const int64_t returns_ns[RETURNS_MAX], unsigned count)
{
	for (unsigned i = 0; i < count && i < RETURNS_MAX; i++)
		if (!sound_duration(returns_ns[i]))
			return false;
	return true;
}

bool sound_habits(const struct habits *habits, const struct device *device)
{
	return sound_recent(&habits->loops) && sound_recent(&habits->displaced) &&
	       sound_churn(&habits->churn_told, &habits->renewals) &&
	       sound_expulsion(device->expelled_ns, habits->expelled_last_ns) &&
	       sound_time_or_none(habits->signal_ns) &&
	       sound_time_or_none(habits->closed_ahead_ns) &&
	       sound_returns(habits->returns_ns, habits->return_count);
}

/* One that never opened is all zero. */
static bool sound_episode(const struct episode *episode, int scope)
{
	const bool *truths[] = {&episode->open,   &episode->complete, &episode->plain,
				&episode->inside, &episode->timed,    &episode->overdue};
	const int64_t times[] = {episode->opened_ns, episode->decided_ns, episode->ended_ns,         episode->anchor_ns,
				 episode->back_ns,   episode->loop_ns,    episode->refused_first_ns, episode->last_ns};

	if (!sound_truths(truths, sizeof truths / sizeof *truths) || !sound_times(times, sizeof times / sizeof *times))
		return false;
	if (episode->deadline_ns != STAMP_NEVER && !sound_time(episode->deadline_ns))
		return false;
	if (episode->open &&
	    (episode->scope != scope || !sound_time(episode->opened_ns) || !sound_time(episode->last_ns)))
		return false;
	return episode->scope < SCOPE_COUNT && episode->verdict < VERDICT_COUNT &&
	       episode->leaning < VERDICT_COUNT && episode->ending < ENDING_COUNT &&
	       episode->reached < 1u << VERDICT_COUNT && episode->protocol < PROTOCOL_COUNT;
}

bool sound_life(const struct life *life)
{
	const bool *truths[] = {&life->live,            &life->begun,          &life->known,
				&life->expelled_closed, &life->expelled_ended, &life->expelled_back};
	const int64_t times[] = {life->heard_ns, life->since_ns, life->arrived_ns, life->signal_ns,
				 life->closed_ahead_ns};

	if (!sound_truths(truths, sizeof truths / sizeof *truths) || !sound_times(times, sizeof times / sizeof *times))
		return false;
	for (int i = 0; i < SCOPE_COUNT; i++)
		if (!sound_episode(&life->episodes[i], i))
			return false;
	return life->standing < STANDING_COUNT && life->protocol < PROTOCOL_COUNT &&
	       life->authentication < AUTHENTICATION_COUNT &&
	       sound_expulsion(life->expelled_ns, life->expelled_last_ns) && sound_recent(&life->loops) &&
	       sound_recent(&life->displaced) && sound_recent(&life->denied) &&
	       sound_churn(&life->churn_told, &life->renewals) &&
	       sound_returns(life->returns_ns, life->return_count) && sound_duration(life->rhythm.cadence_ns);
}

bool sound_told(const struct told *told)
{
	return told->verdict < VERDICT_COUNT && sound_truth(&told->pending) && sound_time_or_none(told->opened_ns);
}

bool sound_mention(const struct mention *mention)
{
	return mention->scope < SCOPE_COUNT && sound_time(mention->opened_ns);
}

bool sound_events(const struct event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct event *event = &events[i];

		if (!sound_time(event->time_ns) || event->signal == SIGNAL_NONE || event->signal >= SIGNAL_COUNT ||
		    event->protocol >= PROTOCOL_COUNT || event->operation >= OPERATION_COUNT ||
		    event->authentication >= AUTHENTICATION_COUNT ||
		    (i > 0 && event_compare(&events[i - 1], event) >= 0))
			return false;
	}
	return true;
}
