#include "watch.h"

#include <stdlib.h>

#include "../basic/list.h"

void watch_begin(struct watch *ret, struct device *device)
{
	*ret = (struct watch){
		.device = device,
		.hub = device->hub,
		.habits = device_open_file(device, ret),
		.online = device->live,
		.firm_ns = STAMP_NONE,
	};
	device_wake(device, ret->habits, &ret->firm);
}

void watch_end(struct watch *watch)
{
	device_close_file(watch->device, watch->habits);
	dossier_clear(&watch->dossier);
	free(watch->mentions);
	free(watch->base);
	free(watch->tip);
}

static void read_base(const struct watch *watch, struct life *ret)
{
	if (watch->base)
		*ret = *watch->base;
	else
		device_wake(watch->device, watch->habits, ret);
}

void watch_rewind(struct watch *watch)
{
	read_base(watch, &watch->firm);
	watch->firm_count = 0;
	watch->firm_ns = STAMP_NONE;
}

bool watch_add(struct watch *watch, const struct event *event)
{
	struct dossier *dossier = &watch->dossier;
	int changed = 0;
	long at = events_insert(dossier->events, &dossier->count, event, &changed);

	if (!changed)
		return false;
	/* Late: firm has passed this place, or this time, already. (A merged
	 * duplicate may stand anywhere: start again as well.) */
	if (at < (long)watch->firm_count || event->time_ns < watch->firm_ns)
		watch_rewind(watch);
	return true;
}

/* A closure is only firm when its expulsion can no longer follow. */
static bool is_firm(const struct event *event, const struct court *court, int64_t low_ns)
{
	if (event->signal == SIGNAL_CLOSED)
		return stamp_add(event->time_ns, settings_ns(court->settings, SETTING_PAIR_WITHIN)) < low_ns;
	return event->time_ns < low_ns;
}

const struct life *watch_run(struct watch *watch, struct court *firm_court, struct court *tip_court,
			     int64_t low_ns, struct life *room)
{
	const struct dossier *dossier = &watch->dossier;

	while (watch->firm_count < dossier->count &&
	       is_firm(&dossier->events[watch->firm_count], firm_court, low_ns))
		life_step(&watch->firm, firm_court, dossier->events, dossier->count, watch->firm_count++);
	if (watch->firm_count < dossier->count)
		low_ns = stamp_min(low_ns, dossier->events[watch->firm_count].time_ns);
	life_pass(&watch->firm, firm_court, low_ns, false);
	watch->firm_ns = stamp_max(watch->firm_ns, low_ns);
	if (watch->firm_count == dossier->count)
		return &watch->firm;
	*room = watch->firm;
	for (size_t i = watch->firm_count; i < dossier->count; i++)
		life_step(room, tip_court, dossier->events, dossier->count, i);
	return room;
}

int64_t watch_due(const struct watch *watch, const struct court *court)
{
	const struct event *next = &watch->dossier.events[watch->firm_count];
	int64_t due = life_due(&watch->firm, court);

	/* What is due after the next event can only happen once that is firm. */
	if (watch->firm_count == watch->dossier.count || due < next->time_ns)
		return due;
	if (next->signal == SIGNAL_CLOSED)
		return stamp_add(next->time_ns, settings_ns(court->settings, SETTING_PAIR_WITHIN));
	return next->time_ns;
}

bool watch_is_told(const struct watch *watch)
{
	for (int i = 0; i < SCOPE_COUNT; i++)
		if (watch->told[i].verdict != VERDICT_NONE)
			return true;
	return false;
}

void watch_mention(struct watch *watch, enum scope scope, int64_t opened_ns)
{
	struct mention *mentions;

	watch_unmention(watch, scope, opened_ns);
	mentions = list_reserve(watch->mentions, watch->mention_count, &watch->mention_capacity, sizeof *mentions);
	if (!mentions)
		return;
	watch->mentions = mentions;
	mentions[watch->mention_count++] = (struct mention){opened_ns, (uint8_t)scope};
}

bool watch_unmention(struct watch *watch, enum scope scope, int64_t opened_ns)
{
	for (size_t i = 0; i < watch->mention_count; i++)
		if (watch->mentions[i].opened_ns == opened_ns && watch->mentions[i].scope == scope) {
			watch->mentions[i] = watch->mentions[--watch->mention_count];
			return true;
		}
	return false;
}

/* Base takes the first events for good. */
static void advance(struct life *base, struct watch *watch, struct court *court, size_t count)
{
	struct dossier *dossier = &watch->dossier;

	for (size_t i = 0; i < count; i++)
		life_step(base, court, dossier->events, dossier->count, i);
	memmove(dossier->events, dossier->events + count, (dossier->count - count) * sizeof *dossier->events);
	dossier->count -= count;
	watch->firm_count -= count;
}

static struct life *fold_quiet(struct watch *watch, struct court *court)
{
	struct life base;

	if (watch->firm_count == 0 && !watch->base)
		return NULL;
	read_base(watch, &base);
	advance(&base, watch, court, watch->firm_count);
	/* What is still open of base has ended for firm, by time alone. */
	life_pass(&base, court, STAMP_NEVER - 1, true);
	watch->losses += watch->firm.losses;
	watch->firm.losses = 0;
	return &watch->firm;
}

/* So many events that the oldest go, whatever is still open. */
static struct life *fold_oldest(struct watch *watch, struct court *court, size_t count)
{
	struct life *base = watch->base ? watch->base : malloc(sizeof *base);

	if (!base)
		return NULL;
	read_base(watch, base);
	watch->base = base;
	advance(base, watch, court, count);
	watch->losses += base->losses;
	watch->firm.losses -= base->losses; /* which were counted with it */
	base->losses = 0;
	return base;
}

struct life *watch_fold(struct watch *watch, struct court *court, size_t events_max)
{
	if (life_is_quiet(&watch->firm) && !watch_is_told(watch))
		return fold_quiet(watch, court);
	if (watch->dossier.count > events_max && watch->firm_count > events_max / 2)
		return fold_oldest(watch, court, events_max / 2);
	return NULL;
}

/* Late events may have made one episode of two that were told of. What is not
 * open in base, and older, will not end any more. */
static void forget_mentions(struct watch *watch)
{
	size_t kept = 0;

	for (size_t i = 0; i < watch->mention_count; i++) {
		const struct mention *mention = &watch->mentions[i];
		const struct episode *open = &watch->base->episodes[mention->scope];

		if (mention->opened_ns > watch->base->heard_ns ||
		    (open->open && open->opened_ns == mention->opened_ns))
			watch->mentions[kept++] = *mention;
	}
	watch->mention_count = kept;
}

void watch_move_base(struct watch *watch, const struct life *base, const struct settings *settings)
{
	if (base == watch->base) {
		forget_mentions(watch);
		return;
	}
	free(watch->base);
	watch->base = NULL;
	watch->mention_count = 0; /* all that was told of is folded */
	free(watch->habits);
	watch->habits = device_rest(watch->device, base, settings);
}

bool watch_is_over(const struct watch *watch)
{
	return watch->dossier.count == 0 && !watch->base && life_is_quiet(&watch->firm) && !watch_is_told(watch);
}
