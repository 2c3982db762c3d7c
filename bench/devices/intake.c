/* Stands in for the core's intake, so that the engine can be measured without
 * the decoding of records: the bytes that it is fed are samples, see load.h.
 * Hub and device are looked up and the event filed as in the true one. */
#include "../../daemon/core/intake.h"

#include <stdlib.h>

#include "load.h"

struct intake {
	struct registry *registry;
	const struct sample *next;
	size_t left;
	uint16_t source;
	struct counts counts;
};

struct intake *intake_new(struct registry *registry, const struct ruleset *rules, size_t record_max, uint16_t source)
{
	struct intake *intake = calloc(1, sizeof *intake);

	if (intake)
		*intake = (struct intake){.registry = registry, .source = source};
	return intake;
}

void intake_free(struct intake *take_intake)
{
	free(take_intake);
}

void intake_adopt(struct intake *intake, const struct ruleset *rules, size_t record_max)
{
}

void intake_keep_addresses(struct intake *intake)
{
}

void intake_feed(struct intake *intake, struct span bytes)
{
	intake->next = (const struct sample *)(const void *)bytes.data;
	intake->left = bytes.size / sizeof *intake->next;
}

void intake_end(struct intake *intake)
{
}

enum taken intake_next(struct intake *intake, intake_file file, void *owner, struct taking *ret)
{
	const struct sample *sample = intake->next;
	uint16_t hub;

	if (intake->left == 0)
		return TAKEN_NOTHING;
	intake->left--;
	intake->next++;
	intake->counts.read++;
	hub = registry_hub(intake->registry, SPAN("contoso"));
	*ret = (struct taking){.time_ns = sample->time_ns, .line = intake->counts.read};
	ret->device = registry_device(intake->registry, hub, (struct span){sample->id, sample->id_size},
				      (struct span){NULL, 0}, true);
	if (!ret->device || !file(owner, ret->device))
		return TAKEN_UNJUDGED;
	ret->event = (struct event){
		.time_ns = sample->time_ns,
		.line = (uint32_t)intake->counts.read,
		.code = sample->code,
		.source = intake->source,
		.signal = sample->signal,
		.operation = sample->operation,
		.protocol = PROTOCOL_MQTT,
		.authentication = AUTHENTICATION_SAS,
	};
	return TAKEN_EVENT;
}

struct place intake_place(const struct intake *intake, size_t *ret_held)
{
	*ret_held = 0;
	return (struct place){0};
}

void intake_resume(struct intake *intake, struct place place)
{
}

const struct counts *intake_counts(const struct intake *intake)
{
	return &intake->counts;
}
