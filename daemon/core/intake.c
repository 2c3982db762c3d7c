#include "intake.h"

#include <stdlib.h>

#include "basic/lookup.h"

enum { KINDS = 1024, MESSAGES = 256, SDKS = 64 };

/* What records of one kin have in common; see record.h. */
struct kind {
	uint64_t kin;
	bool has_hub;          /* it was looked up */
	uint16_t hub;          /* UINT16_MAX: no more fit */
	uint16_t of_operation; /* for event.kind */
	enum signal signal;
	enum operation operation;
	reason_id proved;      /* by the code */
};

/* What a message was found to say. */
struct reading {
	reason_id reason, limited; /* see struct finding */
	struct excerpt *excerpt;   /* NULL: no message, or no memory */
};

struct intake {
	struct splitter *splitter;
	struct decoder *decoder;
	struct registry *registry;
	const struct ruleset *rules;
	int64_t since_ns, until_ns;
	struct counts counts;
	uint16_t source;
	bool keeps_addresses;
	struct lookup *messages, *sdks; /* what they were found to say */
	struct reading reading;         /* of a message that is not kept there */
	struct kind kinds[KINDS];       /* by kin; [0] also of a record whose kin is not known */
};

static void release(void *reading)
{
	excerpt_leave(((struct reading *)reading)->excerpt);
}

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
		.messages = lookup_new(MESSAGES, sizeof(struct reading), release),
		.sdks = lookup_new(SDKS, sizeof(uint16_t), NULL),
	};
	if (intake->splitter && intake->decoder && intake->messages && intake->sdks)
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
	lookup_free(take_intake->messages);
	lookup_free(take_intake->sdks);
	release(&take_intake->reading);
	free(take_intake);
}

void intake_adopt(struct intake *intake, const struct ruleset *rules, size_t record_max)
{
	splitter_limit(intake->splitter, record_max);
	intake->rules = rules;
	memset(intake->kinds, 0, sizeof intake->kinds);
	lookup_forget(intake->messages);
}

void intake_feed(struct intake *intake, struct span bytes)
{
	splitter_feed(intake->splitter, bytes);
}

void intake_end(struct intake *intake)
{
	splitter_end(intake->splitter);
}

void intake_keep_addresses(struct intake *intake)
{
	intake->keeps_addresses = true;
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

/* Azure writes the same name in several cases. */
static uint64_t hash_of_operation(const struct record *record)
{
	return lookup_hash_nocase(lookup_hash_nocase(0, record->category), record->operation);
}

static struct kind *kind_of(struct intake *intake, const struct record *record)
{
	struct kind *kind = &intake->kinds[record->kin % KINDS];

	if (record->kin && kind->kin == record->kin)
		return kind;
	*kind = (struct kind){
		.kin = record->kin,
		.of_operation = (uint16_t)(hash_of_operation(record) >> 48),
		.signal = ruleset_classify(intake->rules, record->category, record->operation, record->code),
		.operation = operation_of(record->operation),
		.proved = ruleset_reason_of_code(intake->rules, record->code),
	};
	return kind;
}

static const struct reading *read_message(struct intake *intake, struct span message, uint64_t hash)
{
	struct finding finding;
	bool known;
	struct reading *reading = lookup_find(intake->messages, message, hash, &known);

	if (known)
		return reading;
	if (!reading) {
		reading = &intake->reading;
		release(reading);
	}
	ruleset_match(intake->rules, message, &finding);
	*reading = (struct reading){finding.reason, finding.limited, excerpt_of(message, finding.captures)};
	return reading;
}

static uint16_t read_sdk(struct intake *intake, struct span sdk)
{
	bool known;
	uint16_t *kept = lookup_find(intake->sdks, sdk, lookup_hash(0, sdk), &known);

	if (!kept)
		return registry_sdk(intake->registry, sdk);
	if (!known)
		*kept = registry_sdk(intake->registry, sdk);
	return *kept;
}

static uint8_t keep_address(struct dossier *dossier, struct span address)
{
	uint8_t index = dossier_find(dossier, address, ADDRESSES_MAX);
	struct excerpt *excerpt = index ? NULL : excerpt_of(address, NULL);

	index = index ? index : dossier_keep(dossier, excerpt, ADDRESSES_MAX);
	excerpt_leave(excerpt);
	return index;
}

static void fill(struct intake *intake, const struct record *record, const struct kind *kind,
		 struct dossier *dossier, struct taking *ret)
{
	uint64_t message = lookup_hash(0, record->message);

	ret->event = (struct event){
		.time_ns = record->time_ns,
		.line = ret->line < UINT32_MAX ? (uint32_t)ret->line : UINT32_MAX,
		.code = record->code,
		.source = intake->source,
		.sdk = kind->signal == SIGNAL_CONNECTED ? read_sdk(intake, record->sdk) : 0,
		.message_size = (uint16_t)(record->message.size < UINT16_MAX ? record->message.size : UINT16_MAX),
		.signal = (uint8_t)kind->signal,
		.operation = (uint8_t)kind->operation,
		.kind = kind->of_operation,
		.wording = (uint32_t)(lookup_hash(lookup_hash(message, record->sdk), record->address) >> 32),
		.protocol = (uint8_t)record->protocol,
		.authentication = (uint8_t)record->authentication,
	};
	if (bears_message(kind->signal)) {
		const struct reading *reading = read_message(intake, record->message, message);

		ret->event.message = dossier_keep(dossier, reading->excerpt, EXCERPTS_MAX);
		if (intake->keeps_addresses)
			ret->event.address = keep_address(dossier, record->address);
		ret->event.reason = kind->proved ? kind->proved : reading->reason;
		ret->limited = reading->limited;
		intake->counts.limited += reading->limited != 0;
	}
}

static enum taken take_record(struct intake *intake, const struct record *record, intake_file file, void *owner,
			      struct taking *ret)
{
	struct kind *kind = kind_of(intake, record);
	struct dossier *dossier;

	if (kind->signal == SIGNAL_NONE || record->device.size == 0) {
		intake->counts.ignored++;
		return TAKEN_OTHER;
	}
	intake->counts.events++;
	if (!kind->has_hub)
		kind->hub = registry_hub(intake->registry, record->hub);
	kind->has_hub = true;
	if (kind->hub == UINT16_MAX)
		return TAKEN_UNJUDGED;
	ret->device = registry_device(intake->registry, kind->hub, record->device, record->module, true);
	dossier = ret->device ? file(owner, ret->device) : NULL;
	if (!dossier)
		return TAKEN_UNJUDGED;
	fill(intake, record, kind, dossier, ret);
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

/* The next record, or why there is none. */
static enum split read_record(struct intake *intake, struct record *ret, enum decoded *ret_decoded,
			      enum malformed *ret_why, uint64_t *ret_line)
{
	struct document document;
	struct span text;
	size_t size;
	enum split split;

	if (splitter_peek(intake->splitter, &text, ret_line)) {
		*ret_decoded = decoder_glance(intake->decoder, text, &size, ret, ret_why);
		if (*ret_decoded != DECODED_UNSEEN) {
			splitter_pass(intake->splitter, size);
			return SPLIT_DOCUMENT;
		}
	}
	split = splitter_next(intake->splitter, &document, ret_why);
	if (split == SPLIT_DOCUMENT) {
		*ret_decoded = decoder_read(intake->decoder, &document, ret, ret_why);
		*ret_line = document.line;
	}
	return split;
}

enum taken intake_next(struct intake *intake, intake_file file, void *owner, struct taking *ret)
{
	struct record record;
	enum malformed why;
	enum decoded decoded = DECODED_UNSEEN;
	uint64_t line;

	for (;;) {
		*ret = (struct taking){.time_ns = STAMP_NONE};
		switch (read_record(intake, &record, &decoded, &why, &line)) {
		case SPLIT_MORE:
			return TAKEN_NOTHING;
		case SPLIT_MALFORMED:
			intake->counts.read++;
			return take_malformed(intake, why, ret);
		case SPLIT_DOCUMENT:
			break;
		}
		if (record.time_ns != STAMP_NONE &&
		    (record.time_ns < intake->since_ns || record.time_ns >= intake->until_ns))
			continue;
		intake->counts.read++;
		ret->time_ns = record.time_ns;
		ret->line = line;
		if (decoded == DECODED_MALFORMED)
			return take_malformed(intake, why, ret);
		if (decoded == DECODED_RECORD)
			return take_record(intake, &record, file, owner, ret);
		intake->counts.ignored++;
		return TAKEN_OTHER;
	}
}
