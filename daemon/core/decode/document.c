#include "document.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>

enum { MEMORY_MAX = 16 << 20 }; /* bytes jansson may hold for one record */

struct documents {
	struct key_index index;
	json_t *outer, *inner, *authentication[PART_COUNT];
	json_t *columns; /* NULL also where they could not be read */
	uint64_t columns_id;
	bool columns_known;
};

/* --- a bound on what one record may cost -------------------------------- */

/* jansson turns 64 KiB of "{}," into 5 MB. Below zero: unbounded. */
static __thread int64_t memory_left = -1;
static __thread bool memory_refused;

static void *bounded_malloc(size_t size)
{
	void *memory;

	if (memory_left >= 0 && (int64_t)size > memory_left) {
		memory_refused = true;
		return NULL;
	}
	memory = malloc(size);
	if (memory && memory_left >= 0) {
		int64_t taken = (int64_t)malloc_usable_size(memory);

		memory_left -= taken < memory_left ? taken : memory_left;
	}
	return memory;
}

void document_prepare(uint64_t seed)
{
	json_set_alloc_funcs(bounded_malloc, free);
	json_object_seed((size_t)seed | 1);
}

static json_t *load(struct span text, enum malformed *ret_why)
{
	json_error_t error;
	json_t *value;

	memory_left = MEMORY_MAX;
	memory_refused = false;
	value = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	memory_left = -1;
	if (value)
		return value;
	if (memory_refused) { /* jansson does not always say so */
		*ret_why = MALFORMED_MEMORY;
		return NULL;
	}
	switch (json_error_code(&error)) {
	case json_error_stack_overflow:
		*ret_why = MALFORMED_TOO_DEEP;
		break;
	case json_error_invalid_utf8:
		*ret_why = MALFORMED_UTF8;
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		*ret_why = MALFORMED_NUL;
		break;
	case json_error_duplicate_key:
		*ret_why = MALFORMED_DUPLICATE;
		break;
	case json_error_numeric_overflow:
		*ret_why = MALFORMED_NUMBER;
		break;
	default:
		*ret_why = MALFORMED_SYNTAX;
	}
	return NULL;
}

struct documents *documents_new(void)
{
	struct documents *documents = calloc(1, sizeof *documents);

	if (documents)
		key_index_fill(&documents->index);
	return documents;
}

static void forget(struct documents *documents)
{
	json_decref(documents->outer);
	json_decref(documents->inner);
	for (int i = 0; i < PART_COUNT; i++) {
		json_decref(documents->authentication[i]);
		documents->authentication[i] = NULL;
	}
	documents->outer = documents->inner = NULL;
}

void documents_free(struct documents *take_documents)
{
	if (!take_documents)
		return;
	forget(take_documents);
	json_decref(take_documents->columns);
	free(take_documents);
}

/* --- a row of a table --------------------------------------------------- */

/* Turns documents->outer from an array to an object by the table's columns. */
static bool name_columns(struct documents *documents, const struct document *document, enum malformed *ret_why)
{
	json_t *object, *value;
	const json_t *names;
	size_t index;

	*ret_why = MALFORMED_SHAPE;
	if (!documents->columns_known || documents->columns_id != document->columns_id) {
		documents->columns_known = true;
		json_decref(documents->columns);
		documents->columns = load(document->columns, ret_why);
		documents->columns_id = document->columns_id;
	}
	names = json_object_get(documents->columns, "columns");
	object = json_object();
	if (!json_is_array(names) || !object) {
		json_decref(object);
		return false;
	}
	json_array_foreach(documents->outer, index, value) {
		const json_t *name = json_object_get(json_array_get(names, index), "name");

		if (json_is_string(name))
			json_object_set(object, json_string_value(name), value);
	}
	json_decref(documents->outer);
	documents->outer = object;
	return true;
}

/* --- fields ------------------------------------------------------------- */

static struct value value_of(const json_t *value)
{
	if (json_is_string(value))
		return (struct value){.kind = VALUE_STRING,
				      .text = json_string_value(value),
				      .size = (uint32_t)json_string_length(value)};
	if (json_is_integer(value))
		return (struct value){.kind = VALUE_INTEGER, .number = json_integer_value(value)};
	return (struct value){.kind = json_is_null(value) ? VALUE_NULL : VALUE_OTHER};
}

static void read_fields(struct documents *documents, json_t *object, enum part part, struct fields *ret)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) {
		const struct key *key = *name ? key_find(&documents->index, span_of(name), name + strlen(name)) : NULL;

		if (key && key->meaning.field != FIELD_TYPE)
			value_set(&ret->value[part][key->meaning.field], value_of(value), key->meaning.rank);
	}
}

/* authType is null, or {"scope":...,"type":"sas",...} as an object or as a
 * string that holds it; sometimes the bare type. */
static void unwrap_authentication(struct documents *documents, const json_t *object, enum part part,
				  struct fields *fields)
{
	struct value *place = &fields->value[part][FIELD_AUTHENTICATION];
	const json_t *value = json_object_get(object, "authType");
	enum malformed ignored;

	if (!value)
		value = json_object_get(object, "authenticationType");
	if (place->kind == VALUE_STRING && memchr(place->text, '{', place->size)) {
		documents->authentication[part] = load((struct span){place->text, place->size}, &ignored);
		value = documents->authentication[part];
		*place = value ? value_of(value) : (struct value){.kind = VALUE_OTHER};
	}
	if (json_is_object(value) && (value = json_object_get(value, "type")))
		*place = value_of(value);
}

/* "properties" is a string that holds an object, or the object itself; the
 * retired operations monitoring has the fields at the top. */
static void read_inner(struct documents *documents, struct fields *fields)
{
	static const char *const names[] = {"properties", "properties_s", "Properties"};
	const struct value *properties = &fields->value[PART_OUTER][FIELD_PROPERTIES];
	const json_t *value = json_object_get(documents->outer, names[properties->rank]);
	struct span text = {properties->text, properties->size};

	if (properties->kind == VALUE_ABSENT || properties->kind == VALUE_NULL)
		return;
	if (properties->kind == VALUE_STRING) {
		if (text.size == 0 || span_equal(text, SPAN("None")) || span_equal(text, SPAN("null")))
			return;
		fields->inner_fault = MALFORMED_SHAPE;
		value = documents->inner = load(text, &fields->inner_fault);
	}
	fields->has_inner = json_is_object(value);
	fields->inner_is_bad = !fields->has_inner;
	if (value && fields->inner_is_bad)
		fields->inner_fault = MALFORMED_SHAPE;
	if (!fields->has_inner)
		return;
	read_fields(documents, (json_t *)value, PART_INNER, fields);
	unwrap_authentication(documents, value, PART_INNER, fields);
}

bool documents_read(struct documents *documents, const struct document *document, struct fields *ret,
		    enum malformed *ret_why)
{
	*ret = (struct fields){0};
	forget(documents);
	documents->outer = load(document->bytes, ret_why);
	if (!documents->outer || (document->columns.size > 0 && !name_columns(documents, document, ret_why)))
		return false;
	read_fields(documents, documents->outer, PART_OUTER, ret);
	unwrap_authentication(documents, documents->outer, PART_OUTER, ret);
	read_inner(documents, ret);
	return true;
}
