/* One device of the engine: what is found out about it when something was
 * heard, or when time has passed. */
#include <stdlib.h>

#include "basic/list.h"
#include "engine_parts.h"

/* --- one device --------------------------------------------------------- */

static bool is_muted(const struct engine *engine, const struct watch *watch)
{
	return roster_holds(engine->mute, registry_hub_at(engine->registry, watch->hub)->name,
			    device_id(watch->device), device_module(watch->device));
}

static const struct episode *find_ended(const struct court *court, enum scope scope, int64_t opened_ns)
{
	for (size_t i = 0; i < court->ended_count; i++)
		if (court->ended[i].scope == scope && court->ended[i].opened_ns == opened_ns)
			return &court->ended[i];
	return NULL;
}

static const struct episode *find_open(const struct life *life, enum scope scope, int64_t opened_ns)
{
	const struct episode *episode = &life->episodes[scope];

	return episode->open && episode->opened_ns == opened_ns ? episode : NULL;
}

/* Does what was told still stand? */
static void review_told(struct engine *engine, struct watch *watch, enum scope scope)
{
	struct told *told = &watch->told[scope];
	const struct episode *ended = find_ended(&engine->firm_court, scope, told->opened_ns);
	const struct episode *open = find_open(&watch->firm, scope, told->opened_ns);
	const struct episode *tip = find_open(engine->tip, scope, told->opened_ns);

	if (ended) {
		herald_untell(engine, watch, scope, ended,
			      ended->verdict < told->verdict ? STATE_WITHDRAWN : STATE_CLEARED);
		return;
	}
	if (!tip)
		tip = find_ended(&engine->tip_court, scope, told->opened_ns);
	if ((open && open->verdict >= told->verdict) || (tip && tip->verdict >= told->verdict))
		return;
	herald_untell(engine, watch, scope, tip ? tip : open ? open : &engine->tip->episodes[scope], STATE_WITHDRAWN);
}

/* Does anything call for an alert that was not told? A verdict that time
 * brought about must be firm; one that the hub's words brought need not.
 * Returns false if there is no memory to tell it. */
static bool review_episode(struct engine *engine, struct watch *watch, enum scope scope)
{
	struct told *told = &watch->told[scope];
	const struct episode *firm = &watch->firm.episodes[scope], *tip = &engine->tip->episodes[scope], *episode;

	if (tip->open && alert_is_due(tip) && !tip->timed)
		episode = tip;
	else if (firm->open && alert_is_due(firm) && find_open(engine->tip, scope, firm->opened_ns))
		episode = firm;
	else
		return true;
	if (told->verdict != VERDICT_NONE && told->opened_ns == episode->opened_ns &&
	    told->verdict >= episode->verdict)
		return true;
	if (is_muted(engine, watch))
		return true;
	if (told->verdict != VERDICT_NONE) {
		/* It has become worse; or it is over, and this is another. */
		const struct episode *over = find_ended(&engine->tip_court, scope, told->opened_ns);

		herald_untell(engine, watch, scope, over ? over : episode, STATE_CLEARED);
	}
	return herald_raise(engine, watch, scope, episode);
}

static void prepare_courts(struct engine *engine, const struct watch *watch)
{
	struct court *courts[] = {&engine->firm_court, &engine->tip_court, &engine->fold_court};
	const struct hub *hub = registry_hub_at(engine->registry, watch->hub);
	bool x509 = engine->x509->count > 0 &&
		    roster_holds(engine->x509, hub->name, device_id(watch->device), device_module(watch->device));

	for (int i = 0; i < 3; i++) {
		courts[i]->settings = engine->settings;
		courts[i]->rules = engine->rules;
		courts[i]->hub = hub;
		courts[i]->x509 = x509;
		courts[i]->ended_count = 0;
	}
}

/* What is over for good is counted, and the lesser of it told to the log. */
static void count_ended(struct engine *engine, struct watch *watch)
{
	for (size_t i = 0; i < engine->fold_court.ended_count; i++) {
		const struct episode *episode = &engine->fold_court.ended[i];
		bool was_told = watch_unmention(watch, (enum scope)episode->scope, episode->opened_ns);

		engine->digest[episode->verdict]++;
		engine->status.verdicts[episode->verdict]++;
		engine->digest_muted += is_muted(engine, watch) && alert_is_due(episode);
		if (!engine->caught_up || episode->decided_ns <= engine->backlog_ns || is_muted(engine, watch))
			continue;
		if (episode->verdict == VERDICT_RECOVERED)
			herald_recovered(engine, watch, episode);
		else if (episode->verdict == VERDICT_AUTH_FAILURE && !was_told)
			herald_over(engine, watch, episode);
	}
	engine->digest_losses += watch->losses;
	engine->status.losses += watch->losses;
	watch->losses = 0;
}

static void review_churn(struct engine *engine, struct watch *watch, struct life *base)
{
	bool churns = life_churns(base, engine->settings);

	if (churns == base->churn_told || !engine->caught_up || is_muted(engine, watch))
		return;
	base->churn_told = watch->firm.churn_told = churns;
	herald_churn(engine, watch, base, churns);
}

static void count_online(struct engine *engine, struct watch *watch)
{
	struct hub *hub = registry_hub_at(engine->registry, watch->hub);

	if (watch->online != engine->tip->live)
		hub->online += engine->tip->live ? 1u : UINT32_MAX;
	watch->online = engine->tip->live;
}

/* The device's first session on this hub, now that nothing earlier can come,
 * ends its troubles on the others. */
static void announce_arrival(struct engine *engine, const struct device *device, int64_t arrived_ns)
{
	const struct event moved = {.time_ns = arrived_ns, .signal = SIGNAL_MOVED};

	if (!registry_hub_at(engine->registry, device->hub)->name)
		return;
	for (size_t hub = 0; hub < registry_hubs(engine->registry); hub++) {
		struct device *other;

		if (hub == device->hub || !registry_hub_at(engine->registry, (uint16_t)hub)->name)
			continue;
		other = registry_device(engine->registry, (uint16_t)hub, device_id(device), device_module(device),
					false);
		if (!other || !device_file(other) || !review_file(engine, other))
			continue;
		watch_add(other->file, &moved);
		review(engine, other->file);
	}
}

/* Returns the arrival that is to be announced, or STAMP_NONE. */
static int64_t review_one(struct engine *engine, struct watch *watch)
{
	struct source *source = &engine->sources[watch->source];
	int64_t arrived = STAMP_NONE, due;
	bool is_told = true;
	struct life *base;

	__builtin_prefetch(watch->device); /* for the end */
	prepare_courts(engine, watch);
	engine->tip = watch_run(watch, &engine->firm_court, &engine->tip_court, source_low(engine, source),
				&engine->tip_room);
	if (watch->tip)
		*watch->tip = *engine->tip;
	watch->waiting = !life_is_quiet(engine->tip);
	count_online(engine, watch);
	if (!watch->announced)
		arrived = watch->firm.arrived_ns;
	watch->announced |= arrived != STAMP_NONE;
	for (int i = 0; i < SCOPE_COUNT && engine->caught_up; i++) {
		if (watch->told[i].verdict != VERDICT_NONE)
			review_told(engine, watch, (enum scope)i);
		is_told &= review_episode(engine, watch, (enum scope)i);
	}
	if (watch->tip && !watch_is_told(watch)) {
		free(watch->tip);
		watch->tip = NULL;
	}
	base = watch_fold(watch, &engine->fold_court, (size_t)engine->settings->value[SETTING_EVENTS_MAX]);
	if (base) {
		count_ended(engine, watch);
		review_churn(engine, watch, base);
		watch_move_base(watch, base, engine->settings);
	}
	if (watch_is_over(watch)) {
		review_drop(engine, watch);
		return arrived;
	}
	due = watch_due(watch, &engine->firm_court);
	/* What could not be told is looked at again when time has moved. */
	agenda_put(&source->agenda, watch, is_told ? due : stamp_min(due, source_low(engine, source)));
	return arrived;
}

void review(struct engine *engine, struct watch *watch)
{
	struct arrival *arrivals;
	struct device *device = watch->device;
	int64_t arrived = review_one(engine, watch);

	review_note_change(engine, device);
	if (arrived == STAMP_NONE || registry_hubs(engine->registry) < 2)
		return;
	arrivals = list_reserve(engine->arrivals, engine->arrival_count, &engine->arrival_capacity, sizeof *arrivals);
	if (!arrivals)
		return;
	engine->arrivals = arrivals;
	arrivals[engine->arrival_count++] = (struct arrival){device, arrived};
}

void review_arrivals(struct engine *engine)
{
	/* Those that announcing brings about are appended, and taken as well. */
	for (size_t i = 0; i < engine->arrival_count; i++)
		announce_arrival(engine, engine->arrivals[i].device, engine->arrivals[i].time_ns);
	engine->arrival_count = 0;
}

void review_note_change(struct engine *engine, struct device *device)
{
	struct device **changed;

	if (device->changed || !engine->saves)
		return;
	changed = list_reserve(engine->changed, engine->changed_count, &engine->changed_capacity,
			       sizeof(struct device *));
	if (!changed) {
		engine->saves = false; /* all are stored anew */
		return;
	}
	engine->changed = changed;
	device->changed = true;
	changed[engine->changed_count++] = device;
}

struct dossier *review_file(void *owner, struct device *device)
{
	struct engine *engine = owner;
	struct watch *watch = device_file(device);

	if (watch) {
		watch_prefetch(watch);
	} else {
		watch = malloc(sizeof *watch);
		if (!watch || !agenda_join(&engine->sources[0].agenda)) {
			free(watch);
			return NULL;
		}
		watch_begin(watch, device);
		watch->next = engine->watches;
		if (watch->next)
			watch->next->previous = watch;
		engine->watches = watch;
		engine->watched++;
	}
	return dossier_reserve(&watch->dossier) ? &watch->dossier : NULL;
}

void review_move(struct engine *engine, struct watch *watch, uint16_t source)
{
	if (watch->source == source || !agenda_join(&engine->sources[source].agenda))
		return;
	agenda_leave(&engine->sources[watch->source].agenda, watch);
	watch->source = source;
}

void review_drop(struct engine *engine, struct watch *take_watch)
{
	herald_forget(engine, take_watch);
	if (take_watch->previous)
		take_watch->previous->next = take_watch->next;
	else
		engine->watches = take_watch->next;
	if (take_watch->next)
		take_watch->next->previous = take_watch->previous;
	agenda_leave(&engine->sources[take_watch->source].agenda, take_watch);
	watch_end(take_watch);
	free(take_watch);
	engine->watched--;
}
