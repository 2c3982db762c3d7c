#include "rfc5424.h"

#include <stdio.h>

#include "../basic/text.h"

/* How long an escaped id may get; the hub allows 128 characters. */
enum { VALUE_MAX = 300, HUB_MAX = 80 };

/* Writes as long as there is room; a piece that does not fit is not begun. */
struct writer {
	char *buffer;
	size_t length, size;
};

static bool put(struct writer *writer, const char *text)
{
	size_t length = strlen(text);

	if (writer->length + length >= writer->size)
		return false;
	memcpy(writer->buffer + writer->length, text, length + 1);
	writer->length += length;
	return true;
}

/* `key=value ` of the text: a value cannot end early or begin another, and a
 * hostile one cannot take the room of the others. */
static void put_id(struct writer *writer, const char *key, struct span value, size_t most)
{
	size_t before = writer->length;
	char escaped[VALUE_MAX];

	if (value.size == 0)
		return;
	text_escape(value, " \"=", escaped, most);
	if (put(writer, " ") && put(writer, key) && put(writer, "=") && put(writer, escaped) &&
	    put(writer, strlen(escaped) + 4 >= most ? "..." : ""))
		return;
	writer->length = before;
	writer->buffer[before] = '\0';
}

static void put_field(struct writer *writer, const char *key, struct span value)
{
	put_id(writer, key, value, VALUE_MAX);
}

static void put_number(struct writer *writer, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	if (number)
		put_field(writer, key, span_of(text));
}

static uint64_t count_of(const struct notice *notice)
{
	return notice->refusals ? notice->refusals : notice->expulsions;
}

size_t notice_line(const struct notice *notice, char *buffer, size_t size)
{
	struct writer writer = {buffer, 0, size};

	buffer[0] = '\0';
	put(&writer, notice->msgid);
	if (notice->kind != NOTICE_DIGEST && notice->kind != NOTICE_GAP && notice->kind != NOTICE_LIMIT)
		put_field(&writer, "state", span_of(state_names[notice->state]));
	put_id(&writer, "hub", span_of(notice->hub), HUB_MAX);
	put_id(&writer, "device", notice->device, VALUE_MAX);
	put_id(&writer, "module", notice->module, HUB_MAX);
	if (notice->verdict != VERDICT_NONE)
		put_field(&writer, "verdict", span_of(verdict_names[notice->verdict]));
	put_number(&writer, "cause", (uint64_t)verdict_cause(notice->verdict));
	put_field(&writer, "reason", span_of(notice->reason));
	put_number(&writer, "code", notice->code);
	put_number(&writer, "count", count_of(notice));
	put_number(&writer, "devices", notice->devices);
	put_field(&writer, "episode", span_of(notice->id));
	if (put(&writer, ": ") && writer.size > writer.length) {
		/* The sentence is escaped already; cut it if need be. */
		int n = snprintf(writer.buffer + writer.length, writer.size - writer.length, "%s", notice->sentence);

		writer.length += (size_t)n < writer.size - writer.length ? (size_t)n : writer.size - writer.length - 1;
	}
	return writer.length;
}

/* ` name="value"`, escaped by section 6.3.3 and made printable. Nothing that
 * cannot be put whole. */
static void put_param(struct writer *writer, const char *name, struct span value, size_t most)
{
	char field[1400];
	size_t length;

	if (value.size == 0)
		return;
	length = (size_t)snprintf(field, sizeof field, " %s=\"", name);
	for (size_t i = 0; i < value.size; i++) {
		unsigned char c = (unsigned char)value.data[i];
		bool plain = c >= 0x20 && c < 0x7F && c != '\\';

		if (length + 12 >= (most < sizeof field ? most : sizeof field)) {
			length += (size_t)snprintf(field + length, sizeof field - length, "...");
			break;
		}
		/* A backslash is written as \x5c, as in the text, so that it is not
		 * taken for one of ours. */
		if (plain && (c == '"' || c == ']'))
			field[length++] = '\\';
		if (plain)
			field[length++] = (char)c;
		else
			length += (size_t)snprintf(field + length, sizeof field - length, "\\\\x%02x", c);
	}
	snprintf(field + length, sizeof field - length, "\"");
	put(writer, field);
}

static void put_param_number(struct writer *writer, const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	if (number)
		put_param(writer, name, span_of(text), VALUE_MAX);
}

static void put_param_time(struct writer *writer, const char *name, int64_t ns)
{
	char text[STAMP_TEXT];

	if (ns != STAMP_NONE)
		put_param(writer, name, span_of(stamp_format(ns, text)), VALUE_MAX);
}

static void put_params(struct writer *writer, const struct notice *notice)
{
	put_param(writer, "v", SPAN("1"), VALUE_MAX);
	put_param(writer, "state", span_of(state_names[notice->state]), VALUE_MAX);
	put_param(writer, "hub", span_of(notice->hub), VALUE_MAX);
	put_param(writer, "device", notice->device, VALUE_MAX);
	put_param(writer, "module", notice->module, VALUE_MAX);
	if (notice->verdict != VERDICT_NONE)
		put_param(writer, "verdict", span_of(verdict_names[notice->verdict]), VALUE_MAX);
	put_param_number(writer, "cause", (uint64_t)verdict_cause(notice->verdict));
	put_param(writer, "reason", span_of(notice->reason), VALUE_MAX);
	put_param_number(writer, "code", notice->code);
	put_param_number(writer, "count", count_of(notice));
	put_param_number(writer, "devices", notice->devices);
	put_param(writer, "episode", span_of(notice->id), VALUE_MAX);
	put_param_time(writer, "first", notice->first_ns);
	put_param_time(writer, "last", notice->last_ns);
	put_param(writer, "auth", span_of(notice->authentication), VALUE_MAX);
	put_param(writer, "sdk", span_of(notice->sdk), VALUE_MAX);
	put_param(writer, "proto", span_of(notice->protocol), VALUE_MAX);
	/* The longer ones last: they are the first to go. */
	put_param(writer, "captured", span_of(notice->captures), SIZE_MAX);
	put_param(writer, "message", span_of(notice->message), SIZE_MAX);
	put_param(writer, "doc", span_of(notice->doc), SIZE_MAX);
	put_param(writer, "remedy", span_of(notice->remedy), SIZE_MAX);
}

/* A PRINTUSASCII name without blanks, as the header wants it. */
static void header_name(const char *name, char *buffer, size_t size)
{
	size_t length = 0;

	for (; name && *name && length + 1 < size; name++)
		if (*name > 0x20 && *name < 0x7F)
			buffer[length++] = *name;
	if (length == 0)
		buffer[length++] = '-';
	buffer[length] = '\0';
}

size_t rfc5424_encode(const struct rfc5424 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size)
{
	char text[900], tail[200], host[256], time[STAMP_TEXT], head[420];
	size_t text_length = notice_line(notice, text, sizeof text);
	struct writer writer = {buffer, 0, size};

	header_name(from->host, host, sizeof host);
	/* The RFC allows microseconds, no more. */
	stamp_format(now.wall_ns / 1000 * 1000, time);
	snprintf(head, sizeof head, "<%d>1 %s %s lapsed %d %s [iothub@%d", from->facility * 8 + notice->severity, time,
		 host, from->process, notice->msgid, from->enterprise_number);
	snprintf(tail, sizeof tail,
		 "][meta sequenceId=\"%llu\" language=\"en\"][origin software=\"lapsed\" swVersion=\"%s\"] ",
		 (unsigned long long)(from->sequence % 2147483647 + (from->sequence % 2147483647 == 0)), from->version);
	put(&writer, head);
	/* Room for what must follow; the text gets up to 5/8 of the message, which
	 * is more than its fields can take. */
	if (text_length > size * 5 / 8)
		text[text_length = size * 5 / 8] = '\0';
	writer.size = size - strlen(tail) - text_length;
	put_params(&writer, notice);
	writer.size = size;
	put(&writer, tail);
	put(&writer, text);
	return writer.length;
}
