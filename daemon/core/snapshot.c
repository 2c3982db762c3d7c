/* The engine to rows. */
#include <stdlib.h>

#include "snapshot_parts.h"

/* Of a device's row: hub, NUL, size of its id, id, module. */
enum { KEY_MAX = HUB_NAME_MAX + 2 + 2 * UINT8_MAX };

/* What is stored as it lies in memory must lie there in the same way. */
static const uint32_t layout[] = {SNAPSHOT_VERSION,      sizeof(struct life),    sizeof(struct event),
				  sizeof(struct device), sizeof(struct told),    sizeof(struct trouble),
				  sizeof(struct habits), sizeof(struct fleet),   offsetof(struct life, episodes),
				  sizeof(struct notice), sizeof(struct mention)};

bool snapshot_fits(struct span value)
{
	return value.size == sizeof layout && memcmp(value.data, layout, sizeof layout) == 0;
}

struct saver {
	snapshot_put put;
	void *owner;
	struct packed row;
	bool failed;
};

static void put_row(struct saver *saver, enum row_kind kind, struct span key)
{
	saver->failed |= saver->row.failed;
	if (!saver->row.failed)
		saver->put(saver->owner, kind, key, (struct span){saver->row.data, saver->row.size});
	saver->row.size = 0;
	saver->row.failed = false;
}

struct number_key {
	char bytes[NUMBER_BYTES];
};

/* Rows come back in the order of their keys' bytes, which is that of the
 * numbers: what is numbered anew as it comes gets the same ones. */
static struct number_key number_key(uint32_t number)
{
	return (struct number_key){{(char)(number >> 24), (char)(number >> 16), (char)(number >> 8), (char)number}};
}

static void put_numbered(struct saver *saver, enum row_kind kind, uint32_t number)
{
	struct number_key key = number_key(number);

	put_row(saver, kind, (struct span){key.bytes, sizeof key.bytes});
}

static void save_names(struct engine *engine, struct saver *saver)
{
	packed_put(&saver->row, layout, sizeof layout);
	put_row(saver, ROW_LAYOUT, SPAN("layout"));
	for (uint32_t i = 1; i < 256; i++) {
		const struct reason *reason = ruleset_reason(engine->rules, (reason_id)i);

		if (!reason)
			break;
		packed_put_text(&saver->row, reason->id);
		put_numbered(saver, ROW_REASON, i);
	}
	engine->saved_names = true;
}

static void put_lags(struct packed *row, const struct lags *lags)
{
	packed_put(row, &lags->noted, sizeof lags->noted);
	packed_put(row, &lags->count, sizeof lags->count);
	for (uint32_t i = 0; i < lags->count; i++)
		packed_put(row, &lags->ring[(lags->first + i) % LAGS], sizeof *lags->ring);
}

/* By their numbers: a source that went and came again has two. */
static void save_sources(struct engine *engine, struct saver *saver)
{
	for (uint32_t i = 0; i < engine->source_count; i++) {
		const struct source *source = &engine->sources[i];

		packed_put_text(&saver->row, source->name);
		packed_put(&saver->row, &source->watermark_ns, sizeof source->watermark_ns);
		put_lags(&saver->row, &source->lags);
		put_numbered(saver, ROW_SOURCE, i + 1);
	}
	/* Of an earlier run, which had more. */
	for (uint32_t i = (uint32_t)engine->source_count + 1; i <= engine->loaded_sources; i++)
		put_numbered(saver, ROW_SOURCE, i);
}

static bool is_fleet(const struct engine *engine, uint32_t number)
{
	for (const struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next)
		if (fleet->number == number)
			return true;
	return false;
}

/* A fleet keeps its number as long as it stands: members that do not change
 * are not stored anew. */
static void save_fleets(struct engine *engine, struct saver *saver)
{
	uint32_t last = 0;

	for (struct fleet *fleet = engine->fleets; fleet; fleet = fleet->next) {
		for (uint32_t number = 1; fleet->number == 0; number++)
			if (!is_fleet(engine, number))
				fleet->number = number;
		last = fleet->number > last ? fleet->number : last;
		packed_put(&saver->row, fleet, sizeof *fleet);
		packed_put_text(&saver->row, registry_hub_at(engine->registry, fleet->hub)->name);
		put_numbered(saver, ROW_FLEET, fleet->number);
	}
	for (uint32_t i = 1; i <= engine->saved_fleets; i++)
		if (!is_fleet(engine, i))
			put_numbered(saver, ROW_FLEET, i);
	engine->saved_fleets = last;
}

static void save_few(struct engine *engine, struct saver *saver)
{
	for (uint32_t i = engine->saved_sdks ? engine->saved_sdks : 1; registry_sdk_name(engine->registry, (uint16_t)i);
	     i++) {
		packed_put_text(&saver->row, registry_sdk_name(engine->registry, (uint16_t)i));
		put_numbered(saver, ROW_SDK, i);
		engine->saved_sdks = i + 1;
	}
	save_sources(engine, saver);
	for (size_t i = 0; i < registry_hubs(engine->registry); i++) {
		const struct hub *hub = registry_hub_at(engine->registry, (uint16_t)i);

		packed_put(&saver->row, hub->troubles, hub->trouble_count * sizeof *hub->troubles);
		packed_put_text(&saver->row, ""); /* never empty: that would drop the row */
		put_row(saver, ROW_HUB, span_of(hub->name ? hub->name : ""));
	}
	save_fleets(engine, saver);
}

static void put_watch(struct packed *row, const struct watch *watch)
{
	uint32_t events = (uint32_t)watch->dossier.count, texts = (uint32_t)watch->dossier.excerpt_count;
	uint32_t mentions = (uint32_t)watch->mention_count, fleets[SCOPE_COUNT];

	packed_put(row, watch->base, watch->base ? sizeof *watch->base : 0);
	packed_put(row, &watch->source, sizeof watch->source);
	packed_put(row, watch->told, sizeof watch->told);
	for (int i = 0; i < SCOPE_COUNT; i++)
		fleets[i] = watch->told[i].fleet ? watch->told[i].fleet->number : 0;
	packed_put(row, fleets, sizeof fleets);
	packed_put(row, &mentions, sizeof mentions);
	packed_put(row, watch->mentions, mentions * sizeof(struct mention));
	packed_put(row, &watch->announced, sizeof watch->announced);
	packed_put(row, &events, sizeof events);
	packed_put(row, watch->dossier.events, events * sizeof(struct event));
	packed_put(row, &texts, sizeof texts);
	for (unsigned i = 0; i < texts; i++) {
		packed_put_text(row, watch->dossier.excerpts[i]->message);
		packed_put_text(row, watch->dossier.excerpts[i]->captures);
	}
}

static void save_device(struct engine *engine, struct saver *saver, const struct device *device)
{
	const char *hub = registry_hub_at(engine->registry, device->hub)->name;
	const struct watch *watch = device_file(device);
	const struct habits *habits = watch ? watch->habits : device->has_habits ? device->habits : NULL;
	uint8_t parts = (uint8_t)((watch ? PART_WATCH : 0) | (habits ? PART_HABITS : 0) |
				  (watch && watch->base ? PART_BASE : 0));
	char key[KEY_MAX];
	size_t size = hub ? strlen(hub) + 1 : 1;

	memcpy(key, hub ? hub : "", size);
	key[size++] = (char)device->device_size;
	memcpy(key + size, device_id(device).data, device->device_size);
	size += device->device_size;
	memcpy(key + size, device_module(device).data, device->module_size);
	size += device->module_size;
	packed_put(&saver->row, &parts, sizeof parts);
	packed_put(&saver->row, device, sizeof *device);
	packed_put(&saver->row, habits, habits ? sizeof *habits : 0);
	if (watch)
		put_watch(&saver->row, watch);
	put_row(saver, ROW_DEVICE, (struct span){key, size});
}

bool engine_save(struct engine *engine, snapshot_put put, void *owner)
{
	struct saver saver = {put, owner, {0}, false};

	if (!engine->saves) {
		engine->saves = true;
		engine_save_again(engine);
	}
	if (!engine->saved_names)
		save_names(engine, &saver);
	save_few(engine, &saver);
	for (size_t i = 0; i < engine->changed_count; i++) {
		engine->changed[i]->changed = false;
		save_device(engine, &saver, engine->changed[i]);
	}
	engine->changed_count = 0;
	packed_put(&saver.row, engine->digest, sizeof engine->digest);
	packed_put(&saver.row, &engine->digest_losses, sizeof engine->digest_losses);
	packed_put(&saver.row, &engine->digest_muted, sizeof engine->digest_muted);
	packed_put(&saver.row, &engine->status.watermark_ns, sizeof engine->status.watermark_ns);
	put_row(&saver, ROW_ENGINE, SPAN("engine"));
	free(saver.row.data);
	return engine->saves && !saver.failed;
}

void engine_save_again(struct engine *engine)
{
	engine->saved_names = false;
	engine->saved_sdks = 0;
	for (size_t i = 0; i < registry_devices(engine->registry); i++)
		review_note_change(engine, registry_at(engine->registry, i));
}
