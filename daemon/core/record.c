#include "record.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>


enum {
	DEVICE_MAX = 255,          /* bytes of a device or module id */
	MEMORY_MAX = 16 << 20,     /* bytes jansson may hold for one record */
};

struct decoder {
	json_t *outer, *inner, *authentication;
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
	if (memory && memory_left >= 0)
		memory_left -= stamp_min((int64_t)malloc_usable_size(memory), memory_left);
	return memory;
}

void decoder_prepare(uint64_t seed)
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

struct decoder *decoder_new(void)
{
	return calloc(1, sizeof(struct decoder));
}

static void forget(struct decoder *decoder)
{
	json_decref(decoder->outer);
	json_decref(decoder->inner);
	json_decref(decoder->authentication);
	decoder->outer = decoder->inner = decoder->authentication = NULL;
}

void decoder_free(struct decoder *take_decoder)
{
	if (!take_decoder)
		return;
	forget(take_decoder);
	json_decref(take_decoder->columns);
	free(take_decoder);
}

/* --- fields ------------------------------------------------------------- */

static const json_t *first_of(const json_t *object, const char *const *keys)
{
	const json_t *value = NULL;

	for (; *keys && !value; keys++)
		value = json_object_get(object, *keys);
	return value;
}

static struct span verbatim(const json_t *value)
{
	return (struct span){json_string_value(value), json_string_length(value)};
}

/* Log Analytics' command line writes null as the text "None". */
static struct span text_of(const json_t *value)
{
	struct span text = verbatim(value);

	if (span_equal(text, SPAN("None")) || span_equal(text, SPAN("null")))
		text.size = 0;
	return text;
}

static struct span field(const json_t *object, const char *const *keys)
{
	return text_of(first_of(object, keys));
}

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The hub's name out of ".../PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/<HUB>".
 * Returns false if the path names something else than an IoT hub. */
static bool read_hub(struct span path, struct span *ret_hub)
{
	static const char provider[] = "/PROVIDERS/", hubs[] = "MICROSOFT.DEVICES/IOTHUBS/";
	size_t at = 0, end;

	*ret_hub = (struct span){NULL, 0};
	while (at + sizeof provider - 1 <= path.size &&
	       strncasecmp(path.data + at, provider, sizeof provider - 1) != 0)
		at++;
	if (at + sizeof provider - 1 > path.size)
		return true; /* no path at all, as in the documentation's templates */
	at += sizeof provider - 1;
	if (path.size - at < sizeof hubs - 1 || strncasecmp(path.data + at, hubs, sizeof hubs - 1) != 0)
		return false;
	at += sizeof hubs - 1;
	end = at;
	while (end < path.size && path.data[end] != '/')
		end++;
	*ret_hub = (struct span){path.data + at, end - at};
	return true;
}

/* Six digits as string or number; nothing, "" and "None" are a success. What
 * is none of these is an error that nobody knows: UINT32_MAX. */
static uint32_t read_code(const json_t *value)
{
	struct span text = text_of(value);
	uint32_t code = 0;

	if (json_is_integer(value)) {
		json_int_t number = json_integer_value(value);

		if (number >= 200 && number < 300)
			return 0; /* HTTP's way to say success */
		return number >= 0 && number < 1000000 ? (uint32_t)number : UINT32_MAX;
	}
	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return UINT32_MAX;
	if (span_equal_nocase(text, SPAN("Success")) || span_equal_nocase(text, SPAN("Succeeded")))
		return 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || i == 6)
			return UINT32_MAX;
		code = code * 10 + (uint32_t)(text.data[i] - '0');
	}
	return code >= 200 && code < 300 ? 0 : code;
}

/* authType is null, or {"scope":...,"type":"sas",...} as an object or as a
 * string that holds it; sometimes the bare type. */
static enum authentication read_authentication(struct decoder *decoder, const json_t *value)
{
	enum malformed ignored;
	struct span text = text_of(value);

	if (json_is_string(value) && text.size > 0 && memchr(text.data, '{', text.size)) {
		decoder->authentication = load(text, &ignored);
		value = decoder->authentication;
	}
	if (json_is_object(value))
		value = json_object_get(value, "type");
	return authentication_of(text_of(value));
}

/* "properties" is a string that holds an object, or the object itself; the
 * retired operations monitoring has the fields at the top. */
static bool read_properties(struct decoder *decoder, const json_t **ret_inner, enum malformed *ret_why)
{
	const json_t *value = first_of(decoder->outer, KEYS("properties", "properties_s", "Properties"));

	*ret_inner = decoder->outer;
	if (!value || json_is_null(value))
		return true;
	if (json_is_string(value)) {
		if (text_of(value).size == 0)
			return true;
		decoder->inner = load(text_of(value), ret_why);
		value = decoder->inner;
		if (!value)
			return false;
	}
	if (!json_is_object(value)) {
		*ret_why = MALFORMED_SHAPE;
		return false;
	}
	*ret_inner = value;
	return true;
}

static enum decoded read_fields(struct decoder *decoder, struct record *ret, enum malformed *ret_why)
{
	const json_t *outer = decoder->outer, *inner;
	struct span level = field(outer, KEYS("level", "Level"));

	if (!read_hub(field(outer, KEYS("resourceId", "_ResourceId", "ResourceId")), &ret->hub))
		return DECODED_FOREIGN;
	if (ret->hub.size == 0)
		ret->hub = field(outer, KEYS("Resource"));
	ret->operation = field(outer, KEYS("operationName", "OperationName"));
	ret->code = read_code(first_of(outer, KEYS("resultType", "ResultType", "statusType")));
	if (ret->code == 0 && span_equal_nocase(level, SPAN("Error")))
		ret->code = UINT32_MAX;
	if (ret->time_ns == STAMP_NONE) {
		*ret_why = MALFORMED_TIME;
		return DECODED_MALFORMED;
	}
	if (!read_properties(decoder, &inner, ret_why))
		return DECODED_MALFORMED;
	ret->device = verbatim(json_object_get(inner, "deviceId"));
	ret->module = verbatim(json_object_get(inner, "moduleId"));
	if (ret->device.size > DEVICE_MAX || ret->module.size > DEVICE_MAX || ret->hub.size > DEVICE_MAX) {
		*ret_why = MALFORMED_SHAPE;
		return DECODED_MALFORMED;
	}
	ret->protocol = protocol_of(field(inner, KEYS("protocol")));
	ret->authentication =
		read_authentication(decoder, first_of(inner, KEYS("authType", "authenticationType")));
	ret->sdk = field(inner, KEYS("sdkVersion"));
	ret->address = field(inner, KEYS("maskedIpAddress", "maskedIpAddresss"));
	ret->message = field(inner, KEYS("errorMessage"));
	if (ret->message.size > 0)
		return DECODED_RECORD;
	/* A description of one word is but the code's name again. */
	ret->message = field(outer, KEYS("resultDescription", "ResultDescription", "statusDescription"));
	if (ret->message.size > 0 && !memchr(ret->message.data, ' ', ret->message.size))
		ret->message.size = 0;
	return DECODED_RECORD;
}

/* --- a row of a table --------------------------------------------------- */

/* Turns decoder->outer from an array to an object by the table's columns. */
static bool name_columns(struct decoder *decoder, const struct document *document, enum malformed *ret_why)
{
	json_t *object, *value;
	const json_t *names;
	size_t index;

	*ret_why = MALFORMED_SHAPE;
	if (!decoder->columns_known || decoder->columns_id != document->columns_id) {
		decoder->columns_known = true;
		json_decref(decoder->columns);
		decoder->columns = load(document->columns, ret_why);
		decoder->columns_id = document->columns_id;
	}
	names = json_object_get(decoder->columns, "columns");
	object = json_object();
	if (!json_is_array(names) || !object) {
		json_decref(object);
		return false;
	}
	json_array_foreach(decoder->outer, index, value) {
		const json_t *name = json_object_get(json_array_get(names, index), "name");

		if (json_is_string(name))
			json_object_set(object, json_string_value(name), value);
	}
	json_decref(decoder->outer);
	decoder->outer = object;
	return true;
}

enum decoded decoder_read(struct decoder *decoder, const struct document *document, struct record *ret,
			  enum malformed *ret_why)
{
	struct span time;

	forget(decoder);
	*ret = (struct record){.time_ns = STAMP_NONE};
	decoder->outer = load(document->bytes, ret_why);
	if (!decoder->outer || (document->columns.size > 0 && !name_columns(decoder, document, ret_why)))
		return DECODED_MALFORMED;
	time = field(decoder->outer, KEYS("time", "TimeGenerated", "eventTime"));
	if (!stamp_parse(time, &ret->time_ns))
		ret->time_ns = STAMP_NONE;
	ret->category = field(decoder->outer, KEYS("category", "Category"));
	if (ret->category.size == 0)
		return DECODED_FOREIGN;
	return read_fields(decoder, ret, ret_why);
}
