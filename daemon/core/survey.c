#define _GNU_SOURCE
#include "survey.h"

#include <stdlib.h>

#include "basic/text.h"

/* Events as they come, of all devices: put down in a row, which costs the same
 * however many devices there are, and handed out once all are there. In small
 * blocks, so that what comes after them takes their place. */
enum { BLOCK_EVENTS = 1 << 10 };

struct block {
	struct block *next;
	size_t count;
	struct entry {
		struct dossier *dossier;
		struct event event;
	} entries[BLOCK_EVENTS];
};

struct survey {
	const struct ruleset *rules;
	const struct settings *settings;
	const struct roster *x509;
	struct registry *registry;
	struct intake *intake; /* of the source at hand */
	char **sources;
	size_t source_count;
	size_t malformed_source; /* its number from 1; 0: none */
	struct block *first, *last;
	struct counts counts;
	struct span_of_time time;
	int64_t since_ns, until_ns;
	struct device **order;
	int64_t hold_ns; /* the setting that the hubs' troubles were folded by */
	struct court court;
	struct finding_of_device *findings; /* of all devices, in order; NULL: not judged yet */
	uint64_t unjudged;
	bool lacked_memory;
};

struct survey *survey_new(const struct ruleset *rules, const struct settings *settings,
			  const struct roster *x509, uint64_t seed)
{
	struct survey *survey = calloc(1, sizeof *survey);

	if (!survey)
		return NULL;
	*survey = (struct survey){
		.rules = rules,
		.settings = settings,
		.x509 = x509,
		.registry = registry_new(seed, SIZE_MAX),
		.time = {STAMP_NONE, STAMP_NONE},
		.since_ns = STAMP_NONE,
		.until_ns = STAMP_NEVER,
		.hold_ns = -1,
	};
	if (survey->registry)
		return survey;
	free(survey);
	return NULL;
}

static void free_findings(struct survey *survey)
{
	for (size_t i = 0; survey->findings && i < registry_devices(survey->registry); i++)
		free((void *)survey->findings[i].episodes);
	free(survey->findings);
	survey->findings = NULL;
}

void survey_free(struct survey *take_survey)
{
	if (!take_survey)
		return;
	free_findings(take_survey);
	for (size_t i = 0; i < registry_devices(take_survey->registry); i++) {
		struct device *device = registry_at(take_survey->registry, i);

		if (device->file)
			dossier_clear(device->file);
		free(device->file);
	}
	while (take_survey->first) {
		struct block *block = take_survey->first;

		take_survey->first = block->next;
		free(block);
	}
	for (size_t i = 0; i < take_survey->source_count; i++)
		free(take_survey->sources[i]);
	free(take_survey->sources);
	free(take_survey->order);
	free(take_survey->court.ended);
	intake_free(take_survey->intake);
	registry_free(take_survey->registry);
	free(take_survey);
}

void survey_limit(struct survey *survey, int64_t since_ns, int64_t until_ns)
{
	survey->since_ns = since_ns;
	survey->until_ns = until_ns;
}

bool survey_source(struct survey *survey, const char *name)
{
	char **sources, escaped[1024];

	if (survey->source_count == UINT16_MAX)
		return false;
	sources = realloc(survey->sources, (survey->source_count + 1) * sizeof *sources);
	if (!sources)
		return false;
	survey->sources = sources;
	text_escape(span_of(name), "", escaped, sizeof escaped);
	if (!(sources[survey->source_count] = strdup(escaped)))
		return false;
	survey->intake = intake_new(survey->registry, survey->rules,
				    (size_t)survey->settings->value[SETTING_RECORD_MAX],
				    (uint16_t)survey->source_count++);
	if (survey->intake)
		intake_limit(survey->intake, survey->since_ns, survey->until_ns);
	return survey->intake;
}

static struct dossier *dossier_of(void *owner, struct device *device)
{
	(void)owner;
	if (!device->file)
		device->file = calloc(1, sizeof(struct dossier));
	/* It was asleep since the device's last record; its texts are wanted in a moment. */
	__builtin_prefetch(device->file);
	return device->file;
}

/* Empty where there was no memory. */
static const struct dossier *file_of(const struct device *device)
{
	static const struct dossier empty;

	return device->file ? device->file : &empty;
}

static bool put_down(struct survey *survey, struct dossier *dossier, const struct event *event)
{
	struct block *last = survey->last;

	if (!last || last->count == BLOCK_EVENTS) {
		if (!(last = malloc(sizeof *last)))
			return false;
		last->next = NULL;
		last->count = 0;
		*(survey->last ? &survey->last->next : &survey->first) = last;
		survey->last = last;
	}
	last->entries[last->count++] = (struct entry){dossier, *event};
	dossier->capacity++; /* that it will need */
	return true;
}

static void drain(struct survey *survey)
{
	struct taking taking;
	enum taken taken;

	while ((taken = intake_next(survey->intake, dossier_of, NULL, &taking)) != TAKEN_NOTHING) {
		if (taking.time_ns != STAMP_NONE) {
			if (survey->time.first_ns == STAMP_NONE || taking.time_ns < survey->time.first_ns)
				survey->time.first_ns = taking.time_ns;
			survey->time.last_ns = stamp_max(survey->time.last_ns, taking.time_ns);
		}
		if (taken == TAKEN_UNJUDGED ||
		    (taken == TAKEN_EVENT && !put_down(survey, taking.device->file, &taking.event)))
			survey->unjudged++;
	}
}

void survey_feed(struct survey *survey, struct span bytes)
{
	intake_feed(survey->intake, bytes);
	drain(survey);
}

void survey_source_end(struct survey *survey)
{
	intake_end(survey->intake);
	drain(survey);
	counts_add(&survey->counts, intake_counts(survey->intake));
	if (survey->counts.malformed && !survey->malformed_source)
		survey->malformed_source = survey->source_count;
	intake_free(survey->intake);
	survey->intake = NULL;
}

/* --- arranging ---------------------------------------------------------- */

/* Gives every device its own events, with just the room that they need. */
static void hand_out(struct survey *survey)
{
	for (size_t i = 0; i < registry_devices(survey->registry); i++) {
		struct dossier *dossier = registry_at(survey->registry, i)->file;

		if (dossier && !(dossier->events = malloc(dossier->capacity * sizeof *dossier->events)))
			dossier->capacity = 0;
	}
	while (survey->first) {
		struct block *block = survey->first;

		for (size_t i = 0; i < block->count; i++) {
			struct dossier *dossier = block->entries[i].dossier;

			if (dossier->count < dossier->capacity)
				dossier->events[dossier->count++] = block->entries[i].event;
			else
				survey->unjudged++;
		}
		survey->first = block->next;
		free(block);
	}
	survey->last = NULL;
}

static int order_spans(struct span a, struct span b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size ? memcmp(a.data, b.data, size) : 0;

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int order_hubs(struct registry *registry, uint16_t a, uint16_t b)
{
	if (a == b)
		return 0;
	return order_spans(span_of(registry_hub_at(registry, a)->name), span_of(registry_hub_at(registry, b)->name));
}

static int order_devices(const void *a, const void *b, void *registry)
{
	const struct device *left = *(struct device *const *)a, *right = *(struct device *const *)b;
	int order = order_hubs(registry, left->hub, right->hub);

	order = order ? order : order_spans(device_id(left), device_id(right));
	return order ? order : order_spans(device_module(left), device_module(right));
}

/* The first session of the device, if it began with a connect. */
static int64_t arrival(const struct dossier *dossier)
{
	for (size_t i = 0; i < dossier->count; i++)
		switch (dossier->events[i].signal) {
		case SIGNAL_CONNECTED:
			return dossier->events[i].time_ns;
		case SIGNAL_ALIVE:
		case SIGNAL_EXPELLED:
		case SIGNAL_CLOSED:
		case SIGNAL_LEFT:
			return STAMP_NONE;
		default:
			break;
		}
	return STAMP_NONE;
}

/* Tells the device's namesakes on other hubs that it has arrived on this one. */
static void announce(struct survey *survey, const struct device *device)
{
	const struct event moved = {.time_ns = arrival(file_of(device)), .signal = SIGNAL_MOVED};
	int changed;

	if (moved.time_ns == STAMP_NONE || !registry_hub_at(survey->registry, device->hub)->name)
		return;
	for (size_t hub = 0; hub < registry_hubs(survey->registry); hub++) {
		struct device *other;

		if (hub == device->hub || !registry_hub_at(survey->registry, (uint16_t)hub)->name)
			continue;
		other = registry_device(survey->registry, (uint16_t)hub, device_id(device), device_module(device),
					false);
		if (other) {
			struct dossier *dossier = other->file;

			if (dossier && dossier_reserve(dossier))
				events_insert(dossier->events, &dossier->count, &moved, &changed);
		}
	}
}

void survey_close(struct survey *survey)
{
	size_t count = registry_devices(survey->registry);

	survey->order = malloc((count + 1) * sizeof *survey->order);
	survey->lacked_memory |= !survey->order;
	if (!survey->order)
		return;
	hand_out(survey);
	for (size_t i = 0; i < count; i++) {
		struct dossier *dossier = (survey->order[i] = registry_at(survey->registry, i))->file;

		if (dossier)
			dossier->count = events_arrange(dossier->events, dossier->count);
	}
	if (registry_hubs(survey->registry) > 1)
		for (size_t i = 0; i < count; i++)
			announce(survey, survey->order[i]);
	if (count > 1)
		qsort_r(survey->order, count, sizeof *survey->order, order_devices, survey->registry);
}

/* --- judging ------------------------------------------------------------ */

static void note_troubles(struct survey *survey, const struct settings *settings)
{
	int64_t hold = settings_ns(settings, SETTING_PLATFORM_HOLD);

	if (survey->hold_ns == hold)
		return;
	survey->hold_ns = hold;
	for (size_t i = 0; i < registry_hubs(survey->registry); i++)
		registry_hub_at(survey->registry, (uint16_t)i)->trouble_count = 0;
	for (size_t i = 0; i < registry_devices(survey->registry); i++) {
		const struct device *device = registry_at(survey->registry, i);
		const struct dossier *dossier = file_of(device);

		for (size_t j = 0; j < dossier->count; j++)
			if (dossier->events[j].signal == SIGNAL_PLATFORM)
				hub_note_trouble(registry_hub_at(survey->registry, device->hub),
						 dossier->events[j].time_ns, hold);
	}
}

static int order_episodes(const void *a, const void *b)
{
	const struct episode *left = a, *right = b;

	if (left->opened_ns != right->opened_ns)
		return left->opened_ns < right->opened_ns ? -1 : 1;
	return (int)left->scope - (int)right->scope;
}

/* In order of opening: they come in the order of their ends. */
static void arrange_episodes(struct court *court)
{
	size_t ordered = 1;

	while (ordered < court->ended_count && order_episodes(&court->ended[ordered - 1], &court->ended[ordered]) <= 0)
		ordered++;
	if (ordered < court->ended_count)
		qsort(court->ended, court->ended_count, sizeof *court->ended, order_episodes);
}

void survey_judge(struct survey *survey, size_t index, const struct settings *settings, struct trace *trace,
		  struct finding_of_device *ret)
{
	const struct device *device = survey->order[index];
	const struct dossier *dossier = file_of(device);
	struct court *court = &survey->court;
	struct life life;

	note_troubles(survey, settings);
	court->settings = settings;
	court->rules = survey->rules;
	court->hub = registry_hub_at(survey->registry, device->hub);
	court->x509 = roster_holds(survey->x509, court->hub->name, device_id(device), device_module(device));
	court->trace = trace;
	court->ended_count = 0;
	life_begin(&life);
	for (size_t i = 0; i < dossier->count; i++)
		life_step(&life, court, dossier->events, dossier->count, i);
	life_pass(&life, court, survey->time.last_ns, true);
	life_lean(&life, court);
	for (int i = 0; i < SCOPE_COUNT; i++)
		if (life.episodes[i].open)
			episodes_keep(court, &life.episodes[i]);
	survey->lacked_memory |= court->lost;
	arrange_episodes(court);
	*ret = (struct finding_of_device){
		.device = device,
		.hub = court->hub->name,
		.dossier = dossier,
		.episodes = court->ended,
		.episode_count = court->ended_count,
		.standing = life_standing(&life),
		.protocol = life.protocol,
		.sdk = life.sdk,
		.losses = life.losses,
		.expulsions = life.expulsions,
		.cadence_s = rhythm_cadence_s(&life.rhythm),
		.token_lifespan_s = rhythm_token_lifespan_s(&life.rhythm),
	};
}

/* Takes the court's episodes along, so that they outlive the next judgement. */
static bool keep_episodes(struct finding_of_device *finding)
{
	size_t bytes = finding->episode_count * sizeof *finding->episodes;
	struct episode *kept = bytes ? malloc(bytes) : NULL;

	if (kept)
		memcpy(kept, finding->episodes, bytes);
	finding->episodes = kept;
	return kept || !bytes;
}

const struct finding_of_device *survey_findings(struct survey *survey)
{
	size_t count = registry_devices(survey->registry);

	if (survey->findings || !survey->order)
		return survey->findings;
	survey->findings = calloc(count + 1, sizeof *survey->findings);
	survey->lacked_memory |= !survey->findings;
	for (size_t i = 0; survey->findings && i < count; i++) {
		survey_judge(survey, i, survey->settings, NULL, &survey->findings[i]);
		if (!keep_episodes(&survey->findings[i])) {
			survey->lacked_memory = true;
			free_findings(survey);
		}
	}
	return survey->findings;
}

size_t survey_sources(const struct survey *survey)
{
	return survey->source_count;
}

uint64_t survey_unjudged(const struct survey *survey)
{
	return survey->unjudged;
}

const struct counts *survey_counts(const struct survey *survey)
{
	return &survey->counts;
}

struct span_of_time survey_time(const struct survey *survey)
{
	return survey->time;
}

struct registry *survey_registry(struct survey *survey)
{
	return survey->registry;
}

const char *survey_source_name(const struct survey *survey, uint16_t source)
{
	return survey->sources[source];
}

const char *survey_malformed_source(const struct survey *survey)
{
	return survey->malformed_source ? survey->sources[survey->malformed_source - 1] : NULL;
}

bool survey_lacked_memory(const struct survey *survey)
{
	return survey->lacked_memory;
}

size_t survey_devices(const struct survey *survey)
{
	return survey->order ? registry_devices(survey->registry) : 0;
}
