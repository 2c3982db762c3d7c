#include "engine_parts.h"

#include <stdlib.h>

/* TROUBLES_MAX: of a hub; a week of them, where each delays its deadlines by ten
 * minutes. */
enum { WAVE_LEAST = 1000, TROUBLES_MAX = 1024 };

/* A clock that differs from the other by less was not set. */
#define CLOCK_STEP_NS STAMP_SECOND
#define BEHIND_MOST_NS (36525 * STAMP_DAY)

struct engine *engine_new(const struct ruleset *rules, const struct settings *settings,
			  const struct roster *mute, const struct roster *x509, uint64_t seed, struct moment now)
{
	struct engine *engine = calloc(1, sizeof *engine);

	if (!engine)
		return NULL;
	engine->rules = rules;
	engine->settings = settings;
	engine->mute = mute;
	engine->x509 = x509;
	engine->now = now;
	engine->boot_wall_ns = now.wall_ns - now.mono_ns;
	engine->digest_mono_ns = now.mono_ns + settings_ns(settings, SETTING_DIGEST_EVERY);
	engine->status.watermark_ns = STAMP_NONE;
	engine->quiet_wall_ns = STAMP_NONE;
	engine->repeat_mono_ns = STAMP_NEVER;
	engine->registry = registry_new(seed, (size_t)settings->value[SETTING_DEVICES_MAX]);
	if (engine->registry)
		return engine;
	free(engine);
	return NULL;
}

void engine_free(struct engine *take_engine)
{
	struct fleet *fleet;

	if (!take_engine)
		return;
	while (take_engine->watches)
		review_drop(take_engine, take_engine->watches);
	while ((fleet = take_engine->fleets)) {
		take_engine->fleets = fleet->next;
		free(fleet);
	}
	for (size_t i = 0; i < take_engine->source_count; i++) {
		free(take_engine->sources[i].name);
		agenda_clear(&take_engine->sources[i].agenda);
	}
	for (size_t i = 0; i < take_engine->stream_count; i++)
		intake_free(take_engine->streams[i].intake);
	free(take_engine->streams);
	free(take_engine->sources);
	free(take_engine->changed);
	free(take_engine->loader);
	free(take_engine->arrivals);
	free(take_engine->candidates);
	free(take_engine->recent);
	free(take_engine->notices.list);
	free(take_engine->firm_court.ended);
	free(take_engine->tip_court.ended);
	free(take_engine->fold_court.ended);
	registry_free(take_engine->registry);
	free(take_engine);
}

bool engine_source(struct engine *engine, const char *name, int64_t delay_ns)
{
	struct source *sources = realloc(engine->sources, (engine->source_count + 1) * sizeof *sources);
	struct source *source;

	if (!sources)
		return false;
	engine->sources = sources;
	source = &sources[engine->source_count];
	*source = (struct source){
		.name = strdup(name),
		.watermark_ns = STAMP_NONE,
		.delay_ns = delay_ns,
		.heard_mono_ns = engine->now.mono_ns,
	};
	if (!source->name)
		return false;
	engine->source_count++;
	return true;
}

void engine_delay(struct engine *engine, uint16_t source, int64_t delay_ns)
{
	engine->sources[source].delay_ns = delay_ns;
}

void engine_source_end(struct engine *engine, uint16_t source)
{
	engine->sources[source].ended = true;
}

bool engine_stream(struct engine *engine, uint16_t source)
{
	struct stream *streams = realloc(engine->streams, (engine->stream_count + 1) * sizeof *streams);
	struct intake *intake;

	if (!streams)
		return false;
	engine->streams = streams;
	intake = intake_new(engine->registry, engine->rules, (size_t)engine->settings->value[SETTING_RECORD_MAX],
			    source);
	if (!intake)
		return false;
	intake_keep_addresses(intake);
	streams[engine->stream_count++] = (struct stream){intake, source};
	return true;
}

struct place engine_stream_place(const struct engine *engine, uint16_t stream, size_t *ret_held)
{
	return intake_place(engine->streams[stream].intake, ret_held);
}

void engine_stream_resume(struct engine *engine, uint16_t stream, struct place place)
{
	intake_resume(engine->streams[stream].intake, place);
}

/* Reasons are numbered by their ruleset: the same id under its new number. One
 * that is gone is but a refusal. */
static void number_reasons(const struct ruleset *before, const struct ruleset *after, reason_id numbers[256])
{
	numbers[0] = 0;
	for (unsigned i = 1; i < 256; i++) {
		const struct reason *reason = ruleset_reason(before, (reason_id)i);

		numbers[i] = reason ? ruleset_find(after, reason->id) : 0;
		if (reason && !numbers[i])
			numbers[i] = ruleset_core_reasons(after)->refused;
	}
}

static void renumber(struct watch *watch, const reason_id numbers[256])
{
	struct life *lives[] = {&watch->firm, watch->base, watch->tip};

	for (size_t i = 0; i < watch->dossier.count; i++)
		watch->dossier.events[i].reason = numbers[watch->dossier.events[i].reason];
	for (int i = 0; i < 3; i++)
		for (int s = 0; lives[i] && s < SCOPE_COUNT; s++)
			lives[i]->episodes[s].reason = numbers[lives[i]->episodes[s].reason];
}

void engine_adopt(struct engine *engine, const struct ruleset *rules, const struct settings *settings,
		  const struct roster *mute, const struct roster *x509)
{
	reason_id numbers[256];

	number_reasons(engine->rules, rules, numbers);
	engine->saved_names = false;
	engine->limited_told = false;
	engine->rules = rules;
	engine->settings = settings;
	engine->mute = mute;
	engine->x509 = x509;
	registry_limit(engine->registry, (size_t)settings->value[SETTING_DEVICES_MAX]);
	for (size_t i = 0; i < engine->stream_count; i++)
		intake_adopt(engine->streams[i].intake, rules, (size_t)settings->value[SETTING_RECORD_MAX]);
	for (struct watch *watch = engine->watches; watch; watch = watch->next) {
		renumber(watch, numbers);
		review_note_change(engine, watch->device);
		watch_rewind(watch);
		/* It is due at once: the next step looks at it. */
		agenda_put(&engine->sources[watch->source].agenda, watch, 0);
	}
}

/* --- time --------------------------------------------------------------- */

static void note_lag(struct lags *lags, int64_t lag_ns)
{
	while (lags->count > 0 && lags->ring[(lags->first + lags->count - 1) % LAGS].lag_ns <= lag_ns)
		lags->count--;
	if (lags->count > 0 && lags->ring[lags->first].number + LAGS <= lags->noted) {
		lags->first = (lags->first + 1) % LAGS;
		lags->count--;
	}
	lags->ring[(lags->first + lags->count++) % LAGS] = (struct lag){lags->noted++, lag_ns};
}

static int64_t longest_lag(const struct source *source)
{
	return source->lags.count ? source->lags.ring[source->lags.first].lag_ns : 0;
}

/* How far the clock is behind all of this source's last records. */
static int64_t behind(const struct source *source)
{
	return source->measured ? -stamp_min(0, stamp_max(longest_lag(source), -BEHIND_MOST_NS)) : 0;
}

/* How late this source's records may be: as configured, or twice the longest
 * lag among its last records if that is more. */
static int64_t delay_of(const struct source *source)
{
	int64_t longest_ns = longest_lag(source);

	return stamp_max(source->delay_ns, stamp_add(longest_ns, longest_ns)) - behind(source);
}

/* The wall clock was set: records come by so much later or earlier than those
 * before, by the clock that there is now. Who is late is not, for all that. */
static void note_clock(struct engine *engine)
{
	int64_t boot_wall_ns = engine->now.wall_ns - engine->now.mono_ns;
	int64_t ahead_ns = boot_wall_ns - engine->boot_wall_ns;

	if (ahead_ns < CLOCK_STEP_NS && ahead_ns > -CLOCK_STEP_NS)
		return;
	engine->boot_wall_ns = boot_wall_ns;
	if (engine->quiet_wall_ns != STAMP_NONE)
		engine->quiet_wall_ns += ahead_ns;
	for (size_t i = 0; i < engine->source_count; i++) {
		struct source *source = &engine->sources[i];

		for (uint32_t n = 0; source->measured && n < source->lags.count; n++) {
			struct lag *lag = &source->lags.ring[(source->lags.first + n) % LAGS];

			lag->lag_ns = stamp_add(lag->lag_ns, ahead_ns);
		}
	}
}

int64_t source_low(const struct engine *engine, const struct source *source)
{
	int64_t low = STAMP_NONE;

	if (source->watermark_ns != STAMP_NONE)
		low = source->watermark_ns - settings_ns(engine->settings, SETTING_LATENESS);
	if (engine->quiet_wall_ns != STAMP_NONE)
		low = stamp_max(low, engine->quiet_wall_ns - delay_of(source));
	return low;
}

static void note_time(struct engine *engine, struct source *source, int64_t time_ns)
{
	if (time_ns == STAMP_NONE)
		return;
	if (time_ns > stamp_add(engine->now.wall_ns + behind(source), settings_ns(engine->settings, SETTING_AHEAD_MAX)))
		return;
	/* A straggler says nothing of how late the newest records come. */
	if (engine->caught_up && time_ns >= source->watermark_ns) {
		note_lag(&source->lags, engine->now.wall_ns - time_ns);
		source->measured = true;
	}
	source->watermark_ns = stamp_max(source->watermark_ns, time_ns);
	engine->status.watermark_ns = stamp_max(engine->status.watermark_ns, source->watermark_ns);
}

/* --- between devices ---------------------------------------------------- */

/* Trouble of the hub that comes late can move deadlines that have passed. */
static void note_platform(struct engine *engine, const struct device *device, int64_t time_ns, int64_t low_ns)
{
	struct hub *hub = registry_hub_at(engine->registry, device->hub);
	struct watch *next;

	if (!hub_note_trouble(hub, time_ns, settings_ns(engine->settings, SETTING_PLATFORM_HOLD)))
		return;
	hub_forget(hub, TROUBLES_MAX);
	if (time_ns > low_ns)
		return;
	for (struct watch *watch = engine->watches; watch; watch = next) {
		next = watch->next;
		if (watch->hub != device->hub || watch->dossier.count == 0)
			continue;
		watch_rewind(watch);
		review(engine, watch);
	}
}

/* An event so old that the device has long gone on: its last connection or
 * expulsion came after it, and all between is folded. */
static bool is_stale(const struct watch *watch, const struct event *event)
{
	const struct life *life = &watch->firm;
	int64_t newest = life->expelled_ns;

	if (watch->dossier.count > 0 || life->heard_ns == STAMP_NONE)
		return false;
	if (life->live)
		newest = stamp_max(newest, life->since_ns);
	return event->time_ns <= newest || event->time_ns == life->heard_ns;
}

static void take_event(struct engine *engine, struct source *source, const struct taking *taking)
{
	struct watch *watch = device_file(taking->device);
	int64_t low = source_low(engine, source);

	if (taking->event.time_ns < low)
		engine->status.late++;
	if (is_stale(watch, &taking->event)) {
		if (watch_is_over(watch) && watch->place == 0)
			review_drop(engine, watch);
		return;
	}
	review_move(engine, watch, (uint16_t)(source - engine->sources));
	if (taking->event.signal == SIGNAL_PLATFORM)
		note_platform(engine, taking->device, taking->event.time_ns, low);
	if (!(watch = device_file(taking->device)) || !watch_add(watch, &taking->event)) {
		if (watch)
			review(engine, watch);
		return;
	}
	review(engine, watch);
}

/* --- the passing of time ------------------------------------------------ */

static void run_agenda(struct engine *engine, struct source *source)
{
	int64_t low = source_low(engine, source);
	const struct due *first;

	while ((first = agenda_first(&source->agenda)) && first->at_ns < low) {
		review(engine, first->watch);
		review_arrivals(engine);
	}
}

static int64_t next_wait(const struct engine *engine)
{
	int64_t wait = engine->digest_mono_ns - engine->now.mono_ns, due;

	if (!engine->caught_up)
		return wait;
	for (size_t i = 0; i < engine->source_count; i++) {
		const struct source *source = &engine->sources[i];
		const struct due *first = agenda_first(&source->agenda);

		if (first)
			wait = stamp_min(wait, stamp_add(first->at_ns, delay_of(source)) - engine->now.wall_ns + 1);
		due = source->heard_mono_ns + settings_ns(engine->settings, SETTING_STALL_AFTER);
		if (!source->stalled && !source->ended)
			wait = stamp_min(wait, due - engine->now.mono_ns);
	}
	for (const struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		if (fleet->raised && engine->settings->value[SETTING_REPEAT_EVERY])
			wait = stamp_min(wait, fleet->repeat_mono_ns - engine->now.mono_ns);
	if (engine->told && engine->settings->value[SETTING_REPEAT_EVERY])
		wait = stamp_min(wait, engine->repeat_mono_ns - engine->now.mono_ns);
	return stamp_max(wait, 0);
}

/* A wave of troubles has passed: half of what was watched, and more than would
 * be worth the effort, is at rest again. */
static bool has_ebbed(struct engine *engine)
{
	bool ebbed = engine->most_watched > WAVE_LEAST && engine->watched < engine->most_watched / 2;

	if (ebbed || engine->watched > engine->most_watched)
		engine->most_watched = engine->watched;
	return ebbed;
}

/* --- the door ----------------------------------------------------------- */

static void drain(struct engine *engine, struct source *source, struct intake *intake)
{
	struct taking taking;
	enum taken taken;

	while ((taken = intake_next(intake, review_file, engine, &taking)) != TAKEN_NOTHING) {
		note_time(engine, source, taking.time_ns);
		if (taken == TAKEN_EVENT)
			take_event(engine, source, &taking);
		else if (taken == TAKEN_UNJUDGED)
			health_full(engine);
		if (taking.limited)
			health_pattern(engine, taking.limited);
		review_arrivals(engine);
		run_agenda(engine, source);
	}
}

static void catch_up(struct engine *engine)
{
	struct watch *next;

	engine->caught_up = true;
	engine->quiet_wall_ns = engine->now.wall_ns;
	engine->backlog_ns = engine->status.watermark_ns;
	for (size_t i = 0; i < engine->source_count; i++)
		engine->sources[i].heard_mono_ns = engine->now.mono_ns;
	for (struct watch *watch = engine->watches; watch; watch = next) {
		next = watch->next;
		review(engine, watch);
	}
	review_arrivals(engine);
}

void engine_step(struct engine *engine, const struct input *input, struct output *ret)
{
	struct stream *stream = input->stream < engine->stream_count ? &engine->streams[input->stream] : NULL;
	struct source *source = stream ? &engine->sources[stream->source] : NULL;

	engine->now = input->now;
	note_clock(engine);
	engine->notices.count = 0;
	if (engine->caught_up && input->type == INPUT_TICK)
		engine->quiet_wall_ns = input->now.wall_ns;
	if (input->type == INPUT_BYTES && stream) {
		source->heard_mono_ns = input->now.mono_ns;
		intake_feed(stream->intake, input->bytes);
		drain(engine, source, stream->intake);
	} else if (input->type == INPUT_BREAK && stream) {
		intake_end(stream->intake);
		drain(engine, source, stream->intake);
	} else if (input->type == INPUT_GAP && stream) {
		health_gap(engine, input, span_of(source->name));
	} else if (input->type == INPUT_CAUGHT_UP && !engine->caught_up) {
		catch_up(engine);
	}
	for (size_t i = 0; i < engine->source_count; i++) {
		if (input->type == INPUT_TICK || input->type == INPUT_CAUGHT_UP)
			run_agenda(engine, &engine->sources[i]);
		health_stall(engine, &engine->sources[i]);
	}
	herald_tell(engine);
	*ret = (struct output){engine->notices.list, engine->notices.count, next_wait(engine), has_ebbed(engine)};
}

void engine_status(const struct engine *engine, struct engine_status *ret)
{
	*ret = engine->status;
	ret->devices = registry_devices(engine->registry);
	ret->watched = engine->watched;
	ret->alerts = engine->told;
	for (size_t i = 0; i < engine->stream_count; i++)
		counts_add(&ret->counts, intake_counts(engine->streams[i].intake));
}
