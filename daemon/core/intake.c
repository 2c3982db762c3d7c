#include "intake.h"

#include <stdlib.h>

#include "hash.h"

struct intake {
	struct splitter *splitter;
	struct decoder *decoder;
	struct registry *registry;
	const struct ruleset *rules;
	int64_t since_ns, until_ns;
	struct counts counts;
	uint16_t source;
};

struct intake *intake_new(struct registry *registry, const struct ruleset *rules, size_t record_max,
			  uint16_t source)
{
	struct intake *intake = calloc(1, sizeof *intake);

	if (!intake)
		return NULL;
	*intake = (struct intake){
		.splitter = splitter_new(record_max),
		.decoder = decoder_new(),
		.registry = registry,
		.rules = rules,
		.since_ns = STAMP_NONE,
		.until_ns = STAMP_NEVER,
		.source = source,
	};
	if (intake->splitter && intake->decoder)
		return intake;
	intake_free(intake);
	return NULL;
}

void intake_free(struct intake *take_intake)
{
	if (!take_intake)
		return;
	splitter_free(take_intake->splitter);
	decoder_free(take_intake->decoder);
	free(take_intake);
}

void intake_adopt(struct intake *intake, const struct ruleset *rules)
{
	intake->rules = rules;
}

void intake_feed(struct intake *intake, struct span bytes)
{
	splitter_feed(intake->splitter, bytes);
}

void intake_end(struct intake *intake)
{
	splitter_end(intake->splitter);
}

void intake_limit(struct intake *intake, int64_t since_ns, int64_t until_ns)
{
	intake->since_ns = since_ns;
	intake->until_ns = until_ns;
}

struct place intake_place(const struct intake *intake, size_t *ret_held)
{
	*ret_held = splitter_held(intake->splitter);
	return splitter_place(intake->splitter);
}

void intake_resume(struct intake *intake, struct place place)
{
	splitter_resume(intake->splitter, place);
}

const struct counts *intake_counts(const struct intake *intake)
{
	return &intake->counts;
}

/* Case does not count: Azure writes the same name in several. */
static uint64_t hash_of_text(struct span first, struct span second, struct span third)
{
	const struct span texts[] = {first, second, third};
	struct hash hash;

	hash_begin(&hash, 0, 0);
	for (int t = 0; t < 3; t++) {
		for (size_t i = 0; i < texts[t].size; i++) {
			char c = (char)(texts[t].data[i] | 0x20);

			hash_add(&hash, &c, 1);
		}
		hash_add(&hash, "", 1);
	}
	return hash_end(&hash);
}

static enum operation operation_of(struct span operation)
{
	if (span_equal_nocase(operation, SPAN("deviceConnect")))
		return OPERATION_CONNECT;
	return span_equal_nocase(operation, SPAN("deviceDisconnect")) ? OPERATION_DISCONNECT : OPERATION_OTHER;
}

/* Only these are told with what the hub wrote; the others' text says nothing. */
static bool bears_message(enum signal signal)
{
	return signal == SIGNAL_EXPELLED || signal == SIGNAL_REFUSED || signal == SIGNAL_DENIED ||
	       signal == SIGNAL_DISPLACED;
}

static void fill(struct intake *intake, const struct record *record, enum signal signal, struct dossier *dossier,
		 struct taking *ret)
{
	struct finding finding = {0};
	reason_id proved = 0;

	if (bears_message(signal)) {
		proved = ruleset_reason_of_code(intake->rules, record->code);
		ruleset_match(intake->rules, record->message, &finding);
	}
	ret->event = (struct event){
		.time_ns = record->time_ns,
		.line = ret->line < UINT32_MAX ? (uint32_t)ret->line : UINT32_MAX,
		.code = record->code,
		.source = intake->source,
		.sdk = signal == SIGNAL_CONNECTED ? registry_sdk(intake->registry, record->sdk) : 0,
		.message_size = (uint16_t)(record->message.size < UINT16_MAX ? record->message.size : UINT16_MAX),
		.signal = (uint8_t)signal,
		.operation = (uint8_t)operation_of(record->operation),
		.kind = (uint16_t)hash_of_text(record->category, record->operation, (struct span){NULL, 0}),
		.wording = (uint32_t)hash_of_text(record->message, record->sdk, record->address),
		.protocol = (uint8_t)record->protocol,
		.authentication = (uint8_t)record->authentication,
		.message = bears_message(signal) ? dossier_text(dossier, record->message, finding.captures, TEXTS_MAX) : 0,
		.address = bears_message(signal) ? dossier_text(dossier, record->address, NULL, ADDRESSES_MAX) : 0,
		.reason = proved ? proved : finding.reason,
	};
}

static enum taken take_record(struct intake *intake, const struct record *record, intake_file file, void *owner,
			      struct taking *ret)
{
	enum signal signal = ruleset_classify(intake->rules, record->category, record->operation, record->code);
	struct dossier *dossier;
	uint16_t hub;

	if (signal == SIGNAL_NONE || record->device.size == 0) {
		intake->counts.ignored++;
		return TAKEN_OTHER;
	}
	intake->counts.events++;
	hub = registry_hub(intake->registry, record->hub);
	if (hub == UINT16_MAX)
		return TAKEN_UNJUDGED;
	ret->device = registry_device(intake->registry, hub, record->device, record->module, true);
	dossier = ret->device ? file(owner, ret->device) : NULL;
	if (!dossier)
		return TAKEN_UNJUDGED;
	fill(intake, record, signal, dossier, ret);
	return TAKEN_EVENT;
}

static enum taken take_malformed(struct intake *intake, enum malformed why, struct taking *ret)
{
	intake->counts.malformed++;
	intake->counts.kinds[why]++;
	ret->malformed = true;
	ret->why = why;
	return TAKEN_OTHER;
}

enum taken intake_next(struct intake *intake, intake_file file, void *owner, struct taking *ret)
{
	struct document document;
	struct record record;
	enum malformed why;
	enum decoded decoded;

	for (;;) {
		*ret = (struct taking){.time_ns = STAMP_NONE};
		switch (splitter_next(intake->splitter, &document, &why)) {
		case SPLIT_MORE:
			return TAKEN_NOTHING;
		case SPLIT_MALFORMED:
			intake->counts.read++;
			return take_malformed(intake, why, ret);
		case SPLIT_DOCUMENT:
			break;
		}
		decoded = decoder_read(intake->decoder, &document, &record, &why);
		if (record.time_ns != STAMP_NONE &&
		    (record.time_ns < intake->since_ns || record.time_ns >= intake->until_ns))
			continue;
		intake->counts.read++;
		ret->time_ns = record.time_ns;
		ret->line = document.line;
		if (decoded == DECODED_MALFORMED)
			return take_malformed(intake, why, ret);
		if (decoded == DECODED_RECORD)
			return take_record(intake, &record, file, owner, ret);
		intake->counts.ignored++;
		return TAKEN_OTHER;
	}
}
