#include "journal_entry.h"

#include "../basic/text.h"
#include "rfc5424.h"

/* Never change one: catalogues and people's scripts name them. */
static const char *const kind_ids[NOTICE_COUNT] = {
	[NOTICE_FLEET] = "3bfaf36a208245029708ac34685270a7",
	[NOTICE_CHURN] = "fc5992611b584bb78455d8fac8536146",
	[NOTICE_TOLD] = "f8e9bcadcfd641249a9d7b02875172b4",
	[NOTICE_DIGEST] = "85c2b3a393c645f89164a780775e363d",
	[NOTICE_STALLED] = "0f2ce81a93394b46acc5ced657fec703",
	[NOTICE_GAP] = "ed085b428bea49faad4961810ab8d103",
	[NOTICE_LIMIT] = "37597390e8b5494fa8470ffdc18b9ca7",
};

/* Those of NOTICE_ALERT, by the verdict whatever the rules call it. */
static const char *const verdict_ids[VERDICT_COUNT] = {
	[VERDICT_NONE] = "be167a30fbd74639b20cbc3f23369e58",
	[VERDICT_RECOVERED] = "df036a19ca7a43759f048cd081f01b2d",
	[VERDICT_TOKEN_EXPIRY] = "0dcdc7881e9049de9ade6c88c68056af",
	[VERDICT_RECONNECT_LOOP] = "cdf3af3d0c1645f6b37f65187dbfa8ff",
	[VERDICT_NOT_RETURNED] = "2e34f31a350344f9adb95dbf3cab20bd",
	[VERDICT_AUTH_FAILURE] = "1f41cad5edc74e259971fdf5114cca0d",
	[VERDICT_IDENTITY_CONFLICT] = "a16ef4cc533343aeac229cbf9f4821cc",
};

const char *journal_entry_id(const struct notice *notice)
{
	return notice->kind == NOTICE_ALERT ? verdict_ids[notice->verdict] : kind_ids[notice->kind];
}

struct writer {
	char *buffer;
	size_t length, size;
};

static void put(struct writer *writer, const char *key, struct span value)
{
	bool lines = value.size && memchr(value.data, '\n', value.size);
	size_t name = strlen(key), need = name + 1 + (lines ? 8 : 0) + value.size + 1;
	char *at = writer->buffer + writer->length;

	if (value.size == 0 || need > writer->size - writer->length)
		return;
	memcpy(at, key, name);
	at += name;
	*at++ = lines ? '\n' : '=';
	for (int i = 0; lines && i < 8; i++)
		*at++ = (char)((uint64_t)value.size >> (8 * i) & 0xFF);
	memcpy(at, value.data, value.size);
	at[value.size] = '\n';
	writer->length += need;
}

static void put_text(struct writer *writer, const char *key, const char *text)
{
	put(writer, key, span_of(text));
}

static void put_number(struct writer *writer, const char *key, uint64_t number)
{
	char digits[NUMBER_TEXT];

	put(writer, key, text_number(number, digits));
}

/* 0 says nothing. */
static void put_count(struct writer *writer, const char *key, uint64_t number)
{
	if (number)
		put_number(writer, key, number);
}

static void put_time(struct writer *writer, const char *key, int64_t ns)
{
	char text[STAMP_TEXT];

	if (ns != STAMP_NONE)
		put_text(writer, key, stamp_format(ns, text));
}

size_t journal_entry_encode(const struct journal_entry *from, const struct notice *notice, char *buffer, size_t size)
{
	struct writer writer = {buffer, 0, size};
	char line[1400];

	notice_line(notice, line, sizeof line);
	put_text(&writer, "MESSAGE", line);
	put_text(&writer, "MESSAGE_ID", journal_entry_id(notice));
	put_number(&writer, "PRIORITY", (uint64_t)notice->severity);
	put_number(&writer, "SYSLOG_FACILITY", (uint64_t)from->facility);
	put_text(&writer, "SYSLOG_IDENTIFIER", "lapsed");
	put_text(&writer, "SYSLOG_MSGID", notice->msgid);
	put_text(&writer, "IOTHUB_STATE", state_names[notice->state]);
	put_text(&writer, "IOTHUB_EPISODE", notice->id);
	if (notice->verdict != VERDICT_NONE)
		put_text(&writer, "IOTHUB_VERDICT", verdict_names[notice->verdict]);
	put_count(&writer, "IOTHUB_CAUSE", (uint64_t)verdict_cause(notice->verdict));
	put_text(&writer, "IOTHUB_REASON", notice->reason);
	put_count(&writer, "IOTHUB_CODE", notice->code);
	put_count(&writer, "IOTHUB_COUNT", notice->refusals ? notice->refusals : notice->expulsions);
	put_count(&writer, "IOTHUB_DEVICES", notice->devices);
	put_time(&writer, "IOTHUB_FIRST", notice->first_ns);
	put_time(&writer, "IOTHUB_LAST", notice->last_ns);
	put_text(&writer, "IOTHUB_HUB", notice->hub);
	put(&writer, "IOTHUB_DEVICE", notice->device);
	put(&writer, "IOTHUB_MODULE", notice->module);
	put_text(&writer, "IOTHUB_AUTH", notice->authentication);
	put_text(&writer, "IOTHUB_PROTOCOL", notice->protocol);
	put_text(&writer, "IOTHUB_SDK", notice->sdk);
	put_text(&writer, "IOTHUB_MESSAGE", notice->message);
	put_text(&writer, "IOTHUB_CAPTURED", notice->captures);
	put_text(&writer, "DOCUMENTATION", notice->doc);
	put_text(&writer, "REMEDY", notice->remedy);
	return writer.length;
}
