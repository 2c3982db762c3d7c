#include "decoder.h"

#include <stdlib.h>

#include "document.h"
#include "scanner.h"
#include "shapes.h"

/* No record that is as most are is longer; and jansson, which may only use so
 * much memory for one, has always enough for this. */
enum { GLANCE_MAX = 65536 };

struct decoder {
	struct shapes *shapes; /* NULL: not looked for */
	struct scanner *scanner;
	struct documents *documents;
	struct recall recall;
	struct span refused; /* what was last looked at in vain */
};

void decoder_prepare(uint64_t seed)
{
	document_prepare(seed);
}

struct decoder *decoder_new(void)
{
	struct decoder *decoder = calloc(1, sizeof *decoder);

	if (!decoder)
		return NULL;
	decoder->shapes = shapes_new();
	decoder->scanner = scanner_new();
	decoder->documents = documents_new();
	if (decoder->shapes && decoder->scanner && decoder->documents)
		return decoder;
	decoder_free(decoder);
	return NULL;
}

void decoder_free(struct decoder *take_decoder)
{
	if (!take_decoder)
		return;
	shapes_free(take_decoder->shapes);
	scanner_free(take_decoder->scanner);
	documents_free(take_decoder->documents);
	free(take_decoder);
}

void decoder_forgo_shapes(struct decoder *decoder)
{
	shapes_free(decoder->shapes);
	decoder->shapes = NULL;
	decoder->scanner->keeps_tokens = false;
}

static enum decoded read_shape(struct decoder *decoder, const struct shape *shape, struct record *ret,
			       enum malformed *ret_why)
{
	enum decoded begun = shape->begun;

	*ret = shape->record;
	if (!shape->settled) {
		ret->kin = 0;
		begun = record_begin(&shape->fields, &decoder->recall, ret);
	} else if (!shape->access_settled) {
		record_access(&shape->fields, ret);
	}
	return record_finish(&shape->fields, &decoder->recall, begun, ret, ret_why);
}

static void learn(struct decoder *decoder, struct span text)
{
	struct shape *shape = decoder->shapes ? shapes_learn(decoder->shapes, decoder->scanner, text) : NULL;

	if (shape)
		shape->begun = record_begin(&shape->fields, &decoder->recall, &shape->record);
}

static enum decoded read_fields(struct decoder *decoder, const struct fields *fields, struct record *ret,
				enum malformed *ret_why)
{
	enum decoded begun;

	*ret = (struct record){0};
	begun = record_begin(fields, &decoder->recall, ret);
	return record_finish(fields, &decoder->recall, begun, ret, ret_why);
}

enum decoded decoder_glance(struct decoder *decoder, struct span text, size_t *ret_size, struct record *ret,
			    enum malformed *ret_why)
{
	struct shape *shape;

	if (text.size > GLANCE_MAX)
		text.size = GLANCE_MAX;
	*ret_size = decoder->shapes ? shapes_match(decoder->shapes, text, decoder->scanner, &shape) : 0;
	if (*ret_size > 0)
		return read_shape(decoder, shape, ret, ret_why);
	*ret_size = scanner_read(decoder->scanner, text);
	if (*ret_size == 0) {
		decoder->refused = text;
		return DECODED_UNSEEN;
	}
	learn(decoder, (struct span){text.data, *ret_size});
	return read_fields(decoder, &decoder->scanner->fields, ret, ret_why);
}

/* Not of a record at which a glance was in vain already, with all of it there. */
static bool is_worth_a_glance(const struct decoder *decoder, const struct document *document)
{
	const struct span *refused = &decoder->refused;

	if (document->columns.size > 0 || document->bytes.size == 0 || document->bytes.size > GLANCE_MAX ||
	    document->bytes.data[0] != '{')
		return false;
	return document->bytes.data != refused->data || document->bytes.size > refused->size;
}

enum decoded decoder_read(struct decoder *decoder, const struct document *document, struct record *ret,
			  enum malformed *ret_why)
{
	struct fields fields;
	enum decoded glanced;
	size_t size;

	if (is_worth_a_glance(decoder, document)) {
		glanced = decoder_glance(decoder, document->bytes, &size, ret, ret_why);
		if (glanced != DECODED_UNSEEN && size == document->bytes.size)
			return glanced;
	}
	*ret = (struct record){.time_ns = STAMP_NONE};
	if (!documents_read(decoder->documents, document, &fields, ret_why))
		return DECODED_MALFORMED;
	return read_fields(decoder, &fields, ret, ret_why);
}
