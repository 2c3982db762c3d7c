#include "record.h"

enum { DEVICE_MAX = 255 }; /* bytes of a hub's name, of a device's or module's id */

static struct span verbatim(const struct value *value)
{
	return value->kind == VALUE_STRING ? (struct span){value->text, value->size} : (struct span){NULL, 0};
}

/* Log Analytics' command line writes null as the text "None". */
static struct span text_of(const struct value *value)
{
	struct span text = verbatim(value);

	if (text.size == 4 && (memcmp(text.data, "None", 4) == 0 || memcmp(text.data, "null", 4) == 0))
		text.size = 0;
	return text;
}

/* --- what many have in common ------------------------------------------- */

/* The hub's name out of ".../PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/<HUB>".
 * Returns false if the path names something else than an IoT hub. */
static bool find_hub(struct span path, struct span *ret_hub)
{
	static const char provider[] = "/PROVIDERS/", hubs[] = "MICROSOFT.DEVICES/IOTHUBS/";
	size_t at = 0, end;

	*ret_hub = (struct span){NULL, 0};
	while (at + sizeof provider - 1 <= path.size &&
	       (path.data[at] != '/' || strncasecmp(path.data + at, provider, sizeof provider - 1) != 0))
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

static bool read_hub(struct span path, struct recall *recall, struct span *ret_hub)
{
	size_t start = recall->hub_start;
	bool is_hub;

	if (path.size > 0 && path.size == recall->path_size && memcmp(path.data, recall->path, path.size) == 0) {
		*ret_hub = (struct span){path.data + start, recall->hub_size};
		return recall->path_is_hub;
	}
	/* Another hub of the same group. */
	if (start > 0 && path.size > start && memcmp(path.data, recall->path, start) == 0 &&
	    !memchr(path.data + start, '/', path.size - start)) {
		*ret_hub = (struct span){path.data + start, path.size - start};
		return true;
	}
	is_hub = find_hub(path, ret_hub);
	if (path.size > 0 && path.size <= sizeof recall->path) {
		memcpy(recall->path, path.data, path.size);
		recall->path_size = (uint16_t)path.size;
		recall->hub_start = (uint16_t)(ret_hub->data ? ret_hub->data - path.data : 0);
		recall->hub_size = (uint16_t)ret_hub->size;
		recall->path_is_hub = is_hub;
	}
	return is_hub;
}

/* Six digits as string or number; nothing, "" and "None" are a success. What
 * is none of these is an error that nobody knows: UINT32_MAX. */
static uint32_t read_code(const struct value *value)
{
	struct span text = text_of(value);
	uint32_t code = 0;

	switch (value->kind) {
	case VALUE_ABSENT:
	case VALUE_NULL:
		return 0;
	case VALUE_INTEGER:
		if (value->number >= 200 && value->number < 300)
			return 0; /* HTTP's way to say success */
		return value->number >= 0 && value->number < 1000000 ? (uint32_t)value->number : UINT32_MAX;
	case VALUE_STRING:
		break;
	default:
		return UINT32_MAX;
	}
	if (span_equal_nocase(text, SPAN("Success")) || span_equal_nocase(text, SPAN("Succeeded")))
		return 0;
	for (size_t i = 0; i < text.size; i++) {
		if (!is_digit(text.data[i]) || i == 6)
			return UINT32_MAX;
		code = code * 10 + (uint32_t)(text.data[i] - '0');
	}
	return code >= 200 && code < 300 ? 0 : code;
}

static const struct value *inner_of(const struct fields *fields)
{
	return fields->value[fields->has_inner ? PART_INNER : PART_OUTER];
}

void record_access(const struct fields *fields, struct record *ret)
{
	const struct value *inner = inner_of(fields);

	ret->protocol = protocol_of(text_of(&inner[FIELD_PROTOCOL]));
	ret->authentication = authentication_of(text_of(&inner[FIELD_AUTHENTICATION]));
}

enum decoded record_begin(const struct fields *fields, struct recall *recall, struct record *ret)
{
	const struct value *outer = fields->value[PART_OUTER];

	ret->category = text_of(&outer[FIELD_CATEGORY]);
	if (ret->category.size == 0 || !read_hub(text_of(&outer[FIELD_RESOURCE_ID]), recall, &ret->hub))
		return DECODED_FOREIGN;
	if (ret->hub.size == 0)
		ret->hub = text_of(&outer[FIELD_RESOURCE]);
	ret->operation = text_of(&outer[FIELD_OPERATION]);
	ret->code = read_code(&outer[FIELD_CODE]);
	if (ret->code == 0 && span_equal_nocase(text_of(&outer[FIELD_LEVEL]), SPAN("Error")))
		ret->code = UINT32_MAX;
	record_access(fields, ret);
	return DECODED_RECORD;
}

/* --- what each has of its own ------------------------------------------- */

enum decoded record_finish(const struct fields *fields, struct recall *recall, enum decoded begun,
			   struct record *ret, enum malformed *ret_why)
{
	const struct value *outer = fields->value[PART_OUTER], *inner = inner_of(fields);

	if (!stamp_parse_near(&recall->stamp, text_of(&outer[FIELD_TIME]), &ret->time_ns))
		ret->time_ns = STAMP_NONE;
	if (begun == DECODED_FOREIGN)
		return DECODED_FOREIGN;
	if (ret->time_ns == STAMP_NONE) {
		*ret_why = MALFORMED_TIME;
		return DECODED_MALFORMED;
	}
	if (fields->inner_is_bad) {
		*ret_why = fields->inner_fault;
		return DECODED_MALFORMED;
	}
	ret->device = verbatim(&inner[FIELD_DEVICE]);
	ret->module = verbatim(&inner[FIELD_MODULE]);
	if (ret->device.size > DEVICE_MAX || ret->module.size > DEVICE_MAX || ret->hub.size > DEVICE_MAX) {
		*ret_why = MALFORMED_SHAPE;
		return DECODED_MALFORMED;
	}
	ret->sdk = text_of(&inner[FIELD_SDK]);
	ret->address = text_of(&inner[FIELD_ADDRESS]);
	ret->message = text_of(&inner[FIELD_MESSAGE]);
	if (ret->message.size > 0)
		return DECODED_RECORD;
	/* A description of one word is but the code's name again. */
	ret->message = text_of(&outer[FIELD_DESCRIPTION]);
	if (ret->message.size > 0 && !memchr(ret->message.data, ' ', ret->message.size))
		ret->message.size = 0;
	return DECODED_RECORD;
}
