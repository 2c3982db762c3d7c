/* Rows to the engine. Whatever they hold, what cannot be is left out. */
#include <stdlib.h>

#include "snapshot_parts.h"
#include "sound.h"

struct loader {
	reason_id reasons[256];
	uint16_t sdks[4096];
	uint16_t sources[257]; /* 0: the first one, also of one that is no longer configured */
	struct fleet *fleets[256];
};

/* From 1: 0 stands for none. */
static bool number_of(struct span key, uint32_t most, uint32_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < key.size; i++)
		*ret = *ret << 8 | (unsigned char)key.data[i];
	return key.size == NUMBER_BYTES && *ret > 0 && *ret < most;
}

static bool get_lags(struct span *from, struct lags *ret)
{
	ret->first = 0;
	return packed_take(from, &ret->noted, sizeof ret->noted) &&
	       packed_take(from, &ret->count, sizeof ret->count) &&
	       ret->count <= LAGS && packed_take(from, ret->ring, ret->count * sizeof *ret->ring) && sound_lags(ret);
}

static bool load_source(struct engine *engine, struct loader *loader, struct span key, struct span value)
{
	struct source stored;
	const char *name;
	uint32_t number;

	if (!number_of(key, 257, &number) || !packed_take_text(&value, &name) || !name ||
	    !packed_take(&value, &stored.watermark_ns, sizeof stored.watermark_ns) ||
	    !sound_time_or_none(stored.watermark_ns) || !get_lags(&value, &stored.lags) || value.size > 0)
		return false;
	engine->loaded_sources = number > engine->loaded_sources ? number : engine->loaded_sources;
	for (size_t i = 0; i < engine->source_count; i++) {
		struct source *source = &engine->sources[i];

		if (strcmp(name, source->name) != 0)
			continue;
		loader->sources[number] = (uint16_t)i;
		source->watermark_ns = stamp_max(source->watermark_ns, stored.watermark_ns);
		source->lags = stored.lags;
	}
	return true;
}

static bool load_hub(struct engine *engine, struct span key, struct span value)
{
	uint16_t index = registry_hub(engine->registry, key);
	struct trouble trouble;

	if (index == UINT16_MAX)
		return false;
	while (value.size >= sizeof trouble && packed_take(&value, &trouble, sizeof trouble))
		if (!sound_trouble(&trouble) ||
		    !hub_restore_trouble(registry_hub_at(engine->registry, index), &trouble,
					 settings_ns(engine->settings, SETTING_PLATFORM_HOLD)))
			return false;
	return true;
}

static bool load_fleet(struct engine *engine, struct loader *loader, struct span key, struct span value)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);
	const char *hub;
	uint32_t number;

	if (!fleet || !number_of(key, 256, &number) || loader->fleets[number] ||
	    !packed_take(&value, fleet, sizeof *fleet) || !sound_fleet(fleet) || !packed_take_text(&value, &hub) ||
	    (fleet->hub = registry_hub(engine->registry, span_of(hub))) == UINT16_MAX) {
		free(fleet);
		return false;
	}
	fleet->members = 0; /* counted again as they are loaded */
	fleet->number = number;
	engine->saved_fleets = number > engine->saved_fleets ? number : engine->saved_fleets;
	fleet->repeat_mono_ns = engine->now.mono_ns + settings_ns(engine->settings, SETTING_REPEAT_EVERY);
	fleet->next = engine->fleets;
	engine->fleets = fleet;
	loader->fleets[number] = fleet;
	return true;
}

static void adopt_life(const struct loader *loader, struct life *life)
{
	life->sdk = loader->sdks[life->sdk < 4096 ? life->sdk : 0];
	for (int i = 0; i < SCOPE_COUNT; i++)
		life->episodes[i].reason = loader->reasons[life->episodes[i].reason];
}

static bool load_texts(struct dossier *dossier, struct span *value)
{
	const char *message, *captures;
	uint32_t texts;

	if (!packed_take(value, &texts, sizeof texts) || texts > EXCERPTS_MAX)
		return false;
	dossier->excerpts = calloc(texts + 1, sizeof *dossier->excerpts);
	dossier->excerpt_capacity = texts + 1;
	for (; dossier->excerpts && dossier->excerpt_count < texts; dossier->excerpt_count++) {
		if (!packed_take_text(value, &message) || !packed_take_text(value, &captures) || !message)
			return false;
		if (!(dossier->excerpts[dossier->excerpt_count] = excerpt_stored(message, captures)))
			return false;
	}
	return dossier->excerpts;
}

static bool load_events(const struct loader *loader, struct dossier *dossier, struct span *value)
{
	uint32_t events;

	if (!packed_take(value, &events, sizeof events) || events > value->size / sizeof(struct event))
		return false;
	free(dossier->events);
	dossier->events = malloc((events + 1) * sizeof(struct event));
	if (!dossier->events)
		return false;
	dossier->capacity = events + 1;
	dossier->count = events;
	packed_take(value, dossier->events, events * sizeof(struct event));
	if (!sound_events(dossier->events, events))
		return false;
	for (uint32_t i = 0; i < events; i++) {
		struct event *event = &dossier->events[i];

		event->reason = loader->reasons[event->reason];
		event->sdk = loader->sdks[event->sdk < 4096 ? event->sdk : 0];
		event->source = 0;
	}
	return true;
}

static bool load_mentions(struct watch *watch, struct span *value)
{
	uint32_t mentions;

	if (!packed_take(value, &mentions, sizeof mentions) || mentions > value->size / sizeof(struct mention))
		return false;
	watch->mentions = malloc((mentions + 1) * sizeof *watch->mentions);
	if (!watch->mentions)
		return false;
	watch->mention_capacity = mentions + 1;
	watch->mention_count = mentions;
	packed_take(value, watch->mentions, mentions * sizeof *watch->mentions);
	for (uint32_t i = 0; i < mentions; i++)
		if (!sound_mention(&watch->mentions[i]))
			return false;
	return true;
}

static void count_told(struct engine *engine, const struct loader *loader, struct told *told, uint32_t fleet)
{
	told->fleet = fleet < 256 ? loader->fleets[fleet] : NULL;
	told->pending = false;
	/* Monotonic times mean nothing after a start. */
	told->repeat_mono_ns = engine->now.mono_ns + settings_ns(engine->settings, SETTING_REPEAT_EVERY);
	engine->repeat_mono_ns = stamp_min(engine->repeat_mono_ns, told->repeat_mono_ns);
	engine->told += told->verdict != VERDICT_NONE;
	if (told->fleet && told->verdict != VERDICT_NONE)
		told->fleet->members++;
}

/* Returns false if the row is damaged: then the watch is good for nothing but
 * review_drop(). */
static bool load_watch(struct engine *engine, const struct loader *loader, struct watch *watch, bool has_base,
		       struct span value)
{
	uint32_t fleets[SCOPE_COUNT];
	uint16_t source;

	if (has_base) {
		watch->base = calloc(1, sizeof *watch->base);
		if (!watch->base || !packed_take(&value, watch->base, sizeof *watch->base) || !sound_life(watch->base))
			return false;
		adopt_life(loader, watch->base);
	}
	watch_rewind(watch);
	if (!packed_take(&value, &source, sizeof source) || !packed_take(&value, watch->told, sizeof watch->told) ||
	    !packed_take(&value, fleets, sizeof fleets) ||
	    !load_mentions(watch, &value) ||
	    !packed_take(&value, &watch->announced, sizeof watch->announced) ||
	    !load_events(loader, &watch->dossier, &value) || !load_texts(&watch->dossier, &value) ||
	    value.size > 0 || !sound_truth(&watch->announced))
		return false;
	for (int i = 0; i < SCOPE_COUNT; i++)
		if (!sound_told(&watch->told[i]))
			return false;
	if (source < 256)
		review_move(engine, watch, loader->sources[source + 1]);
	if (watch_is_told(watch)) {
		watch->tip = malloc(sizeof *watch->tip);
		if (!watch->tip)
			return false;
		*watch->tip = watch->firm;
	}
	for (int i = 0; i < SCOPE_COUNT; i++)
		count_told(engine, loader, &watch->told[i], fleets[i]);
	return true;
}

/* What there is beside the entry. */
static bool load_parts(struct engine *engine, const struct loader *loader, struct device *device, uint8_t parts,
		       struct span value)
{
	if (parts & PART_HABITS) {
		struct habits *habits = malloc(sizeof *habits);

		if (!habits || !packed_take(&value, habits, sizeof *habits) || !sound_habits(habits, device)) {
			free(habits);
			return false;
		}
		device_close_file(device, habits);
	}
	if (!(parts & PART_WATCH))
		return value.size == 0;
	if (!review_file(engine, device))
		return false;
	if (load_watch(engine, loader, device->file, parts & PART_BASE, value))
		return true;
	review_drop(engine, device->file);
	return false;
}

static bool load_device(struct engine *engine, const struct loader *loader, struct span key, struct span value)
{
	size_t hub_size = strnlen(key.data, key.size), id_size, module_size;
	size_t known = registry_devices(engine->registry);
	struct device stored, *device;
	uint8_t parts;
	uint16_t hub;
	const char *id;

	if (hub_size + 2 > key.size)
		return false;
	id = key.data + hub_size + 2;
	id_size = (unsigned char)key.data[hub_size + 1];
	module_size = key.size - hub_size - 2 - id_size;
	if (hub_size + 2 + id_size > key.size || module_size > UINT8_MAX ||
	    !packed_take(&value, &parts, sizeof parts) || !packed_take(&value, &stored, sizeof stored) ||
	    !sound_device(&stored))
		return false;
	hub = registry_hub(engine->registry, (struct span){key.data, hub_size});
	if (hub == UINT16_MAX)
		return false;
	device = registry_device(engine->registry, hub, (struct span){id, id_size},
				 (struct span){id + id_size, module_size}, true);
	if (!device || registry_devices(engine->registry) == known)
		return false; /* no room; or this one was loaded before */
	/* All but who it is and what it points to. */
	stored.hub = hub;
	stored.device_size = device->device_size;
	stored.module_size = device->module_size;
	memcpy(stored.inline_id, device->inline_id, sizeof stored.inline_id);
	stored.file = NULL;
	stored.has_habits = false;
	stored.changed = false;
	stored.sdk = loader->sdks[stored.sdk < 4096 ? stored.sdk : 0];
	*device = stored;
	if (device->live)
		registry_hub_at(engine->registry, device->hub)->online++;
	return load_parts(engine, loader, device, parts, value);
}

static bool load_watermark(struct engine *engine, struct span value)
{
	int64_t watermark_ns;

	if (!packed_take(&value, &watermark_ns, sizeof watermark_ns) || !sound_time_or_none(watermark_ns))
		return false;
	engine->status.watermark_ns = watermark_ns;
	return value.size == 0;
}

bool engine_load(struct engine *engine, enum row_kind kind, struct span key, struct span value)
{
	struct loader *loader = engine->loader;
	const char *text;
	uint32_t number;

	if (!loader && !(loader = engine->loader = calloc(1, sizeof *loader)))
		return false;
	switch (kind) {
	case ROW_LAYOUT:
		return snapshot_fits(value);
	case ROW_REASON:
		if (!number_of(key, 256, &number) || !packed_take_text(&value, &text))
			return false;
		loader->reasons[number] = ruleset_find(engine->rules, text);
		if (!loader->reasons[number])
			loader->reasons[number] = ruleset_core_reasons(engine->rules)->refused;
		return true;
	case ROW_SDK:
		if (!number_of(key, 4096, &number) || !packed_take_text(&value, &text))
			return false;
		loader->sdks[number] = registry_sdk(engine->registry, span_of(text));
		return true;
	case ROW_SOURCE:
		return load_source(engine, loader, key, value);
	case ROW_HUB:
		return load_hub(engine, key, value);
	case ROW_FLEET:
		return load_fleet(engine, loader, key, value);
	case ROW_DEVICE:
		return load_device(engine, loader, key, value);
	case ROW_ENGINE:
		return packed_take(&value, engine->digest, sizeof engine->digest) &&
		       packed_take(&value, &engine->digest_losses, sizeof engine->digest_losses) &&
		       packed_take(&value, &engine->digest_muted, sizeof engine->digest_muted) &&
		       load_watermark(engine, value);
	case ROW_COUNT:
		break;
	}
	return false;
}

void engine_loaded(struct engine *engine)
{
	free(engine->loader);
	engine->loader = NULL;
	engine->saves = true;
	for (struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		fleet->raised &= fleet->members > 0; /* or nothing would ever clear it */
	for (struct watch *watch = engine->watches; watch; watch = watch->next) {
		watch->online = watch->device->live;
		watch_rewind(watch);
		agenda_put(&engine->sources[watch->source].agenda, watch, 0);
		review_note_change(engine, watch->device); /* sources may have other numbers now */
	}
}
