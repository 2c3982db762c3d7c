#include "compare.h"

#include <stdlib.h>

#include "../../daemon/core/basic/hash.h"

struct reading {
	enum split split;
	enum decoded decoded;
	enum malformed why;
	struct record record;
	uint64_t line;
};

struct reader reader_new(struct decoder *decoder, size_t record_max)
{
	return (struct reader){
		.splitter = splitter_new(record_max), .decoder = decoder, .documents = documents_new()};
}

void reader_free(struct reader *reader)
{
	splitter_free(reader->splitter);
	documents_free(reader->documents);
	free(reader->chunk);
}

static void read_slowly(struct reader *reader, const struct document *document, struct reading *ret)
{
	struct fields fields;
	enum decoded begun;

	ret->decoded = DECODED_MALFORMED;
	ret->record.time_ns = STAMP_NONE;
	if (!documents_read(reader->documents, document, &fields, &ret->why))
		return;
	begun = record_begin(&fields, &reader->recall, &ret->record);
	ret->decoded = record_finish(&fields, &reader->recall, begun, &ret->record, &ret->why);
}

/* As the intake does. */
static void read_at_hand(struct reader *reader, struct reading *ret)
{
	struct document document;
	struct span text;
	size_t size;

	*ret = (struct reading){.why = MALFORMED_COUNT};
	if (reader->decoder && splitter_peek(reader->splitter, &text, &ret->line)) {
		ret->decoded = decoder_glance(reader->decoder, text, &size, &ret->record, &ret->why);
		if (ret->decoded != DECODED_UNSEEN) {
			splitter_pass(reader->splitter, size);
			ret->split = SPLIT_DOCUMENT;
			reader->fast++;
			reader->shaped += ret->record.kin != 0;
			return;
		}
	}
	ret->split = splitter_next(reader->splitter, &document, &ret->why);
	if (ret->split != SPLIT_DOCUMENT)
		return;
	ret->line = document.line;
	if (reader->decoder)
		ret->decoded = decoder_read(reader->decoder, &document, &ret->record, &ret->why);
	else
		read_slowly(reader, &document, ret);
}

/* Each chunk is memory of its own: a checker sees whoever reads beyond it. */
static void feed(struct reader *reader)
{
	struct span *rest = &reader->rest;
	size_t size = rest->size < reader->chunk_max ? rest->size : reader->chunk_max;

	free(reader->chunk);
	reader->chunk = malloc(size);
	memcpy(reader->chunk, rest->data, size);
	splitter_feed(reader->splitter, (struct span){reader->chunk, size});
	rest->data += size;
	rest->size -= size;
}

static void read_next(struct reader *reader, bool end, struct reading *ret)
{
	for (read_at_hand(reader, ret); ret->split == SPLIT_MORE && reader->rest.size > 0; read_at_hand(reader, ret)) {
		feed(reader);
		if (end && reader->rest.size == 0)
			splitter_end(reader->splitter);
	}
}

static const char *difference(const struct reading *a, const struct reading *b)
{
	const struct record *left = &a->record, *right = &b->record;

	if (a->split != b->split)
		return "split";
	if (a->split == SPLIT_MALFORMED)
		return a->why == b->why ? NULL : "why";
	if (a->split == SPLIT_MORE)
		return NULL;
	if (a->decoded != b->decoded)
		return "accepted";
	if (a->line != b->line)
		return "line";
	if (left->time_ns != right->time_ns)
		return "time";
	if (a->decoded == DECODED_MALFORMED)
		return a->why == b->why ? NULL : "why";
	if (a->decoded == DECODED_FOREIGN)
		return NULL;
#define SAME(field) \
	if (!span_equal(left->field, right->field)) \
	return #field
	SAME(hub);
	SAME(device);
	SAME(module);
	SAME(category);
	SAME(operation);
	SAME(message);
	SAME(sdk);
	SAME(address);
	if (left->code != right->code)
		return "code";
	if (left->protocol != right->protocol)
		return "protocol";
	return left->authentication == right->authentication ? NULL : "authentication";
}

/* Whether it has in common with its kin what record.h promises. */
static bool is_of_its_kin(struct reader *reader, const struct record *record)
{
	const struct span texts[] = {record->hub, record->category, record->operation};
	uint64_t *kin = &reader->kins[record->kin % KINS].kin, *known = &reader->kins[record->kin % KINS].common;
	uint64_t common;
	struct hash hash;

	hash_begin(&hash, 0, 0);
	for (int i = 0; i < 3; i++) {
		hash_add(&hash, &texts[i].size, sizeof texts[i].size);
		if (texts[i].size > 0)
			hash_add(&hash, texts[i].data, texts[i].size);
	}
	hash_add_number(&hash, record->code);
	common = hash_end(&hash);
	if (record->kin && *kin == record->kin)
		return *known == common;
	*kin = record->kin;
	*known = common;
	return true;
}

/* Whether both would go on at the same place after a restart. */
static bool stand_alike(const struct reader *lapsed, const struct reader *jansson)
{
	struct place left = splitter_place(lapsed->splitter), right = splitter_place(jansson->splitter);

	return left.line == right.line && left.nest == right.nest &&
	       splitter_held(lapsed->splitter) == splitter_held(jansson->splitter);
}

const char *readers_differ(struct reader *lapsed, struct reader *jansson, struct span bytes, size_t chunk_max, bool end,
			   uint64_t *ret_records)
{
	struct reading left, right;
	const char *what;

	lapsed->rest = jansson->rest = bytes;
	lapsed->chunk_max = chunk_max;
	jansson->chunk_max = bytes.size;
	do {
		read_next(lapsed, end, &left);
		read_next(jansson, end, &right);
		*ret_records += left.split != SPLIT_MORE;
		what = difference(&left, &right);
		if (!what && left.split == SPLIT_DOCUMENT && left.decoded == DECODED_RECORD &&
		    !is_of_its_kin(lapsed, &left.record))
			what = "kin";
	} while (!what && left.split != SPLIT_MORE);
	return what || stand_alike(lapsed, jansson) ? what : "place";
}
