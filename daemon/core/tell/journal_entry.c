#include "journal_entry.h"

#include <endian.h>

#include "../basic/line.h"
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

/* Whole or not at all. */
static void put(struct line *entry, const char *key, struct span value)
{
	bool lines = value.size && memchr(value.data, '\n', value.size);
	uint64_t size = htole64(value.size);
	struct span binary = {(const char *)&size, lines ? sizeof size : 0};
	size_t before = entry->length;

	if (value.size > 0 &&
	    !(line_put_whole(entry, span_of(key)) && line_put_whole(entry, lines ? SPAN("\n") : SPAN("=")) &&
	      line_put_whole(entry, binary) && line_put_whole(entry, value) && line_put_whole(entry, SPAN("\n"))))
		line_cut(entry, before);
}

static void put_text(struct line *entry, const char *key, const char *text)
{
	put(entry, key, span_of(text));
}

static void put_number(struct line *entry, const char *key, uint64_t number)
{
	char digits[NUMBER_TEXT];

	put(entry, key, text_number(number, digits));
}

/* 0 says nothing. */
static void put_count(struct line *entry, const char *key, uint64_t number)
{
	if (number)
		put_number(entry, key, number);
}

static void put_time(struct line *entry, const char *key, int64_t ns)
{
	char text[STAMP_TEXT];

	if (ns != STAMP_NONE)
		put_text(entry, key, stamp_format(ns, text));
}

size_t journal_entry_encode(const struct journal_entry *from, const struct notice *notice, char *buffer, size_t size)
{
	struct line entry = line_begin(buffer, size);
	char line[1400];

	notice_line(notice, line, sizeof line);
	put_text(&entry, "MESSAGE", line);
	put_text(&entry, "MESSAGE_ID", journal_entry_id(notice));
	put_number(&entry, "PRIORITY", (uint64_t)notice->severity);
	put_number(&entry, "SYSLOG_FACILITY", (uint64_t)from->facility);
	put_text(&entry, "SYSLOG_IDENTIFIER", "lapsed");
	put_text(&entry, "SYSLOG_MSGID", notice->msgid);
	put_text(&entry, "IOTHUB_STATE", state_names[notice->state]);
	put_text(&entry, "IOTHUB_EPISODE", notice->id);
	if (notice->verdict != VERDICT_NONE)
		put_text(&entry, "IOTHUB_VERDICT", verdict_names[notice->verdict]);
	put_count(&entry, "IOTHUB_CAUSE", (uint64_t)verdict_cause(notice->verdict));
	put_text(&entry, "IOTHUB_REASON", notice->reason);
	put_count(&entry, "IOTHUB_CODE", notice->code);
	put_count(&entry, "IOTHUB_COUNT", notice->refusals ? notice->refusals : notice->expulsions);
	put_count(&entry, "IOTHUB_DEVICES", notice->devices);
	put_time(&entry, "IOTHUB_FIRST", notice->first_ns);
	put_time(&entry, "IOTHUB_LAST", notice->last_ns);
	put_text(&entry, "IOTHUB_HUB", notice->hub);
	put(&entry, "IOTHUB_DEVICE", notice->device);
	put(&entry, "IOTHUB_MODULE", notice->module);
	put_text(&entry, "IOTHUB_AUTH", notice->authentication);
	put_text(&entry, "IOTHUB_PROTOCOL", notice->protocol);
	put_text(&entry, "IOTHUB_SDK", notice->sdk);
	put_text(&entry, "IOTHUB_MESSAGE", notice->message);
	put_text(&entry, "IOTHUB_CAPTURED", notice->captures);
	put_text(&entry, "DOCUMENTATION", notice->doc);
	put_text(&entry, "REMEDY", notice->remedy);
	return entry.length;
}
