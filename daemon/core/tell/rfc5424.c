#include "rfc5424.h"

#include "../basic/line.h"
#include "../basic/text.h"

/* How long an escaped id may get; the hub allows 128 characters. */
enum { VALUE_MAX = 300, HUB_MAX = 80 };

static bool put(struct line *line, const char *text)
{
	return line_put_whole(line, span_of(text));
}

/* ` key=value` of one of our own words, whole or not at all. */
static void put_word(struct line *line, struct span key, struct span value)
{
	size_t before = line->length;

	if (value.size == 0 || (line_put_whole(line, key) && line_put_whole(line, value)))
		return;
	line_cut(line, before);
}

/* The same of a text from outside: a value cannot end early or begin another,
 * and a hostile one cannot take the room of the others. */
static void put_id(struct line *line, struct span key, struct span value, size_t most)
{
	static const char also[] = " \"=", cut[] = "...";
	enum { ESCAPE = sizeof "\\x20" - 1 }; /* which cut is no longer than */
	char escaped[VALUE_MAX + ESCAPE];
	size_t length = text_escape(value, also, escaped, most + ESCAPE);

	/* It does not fit into so many, whole or not. */
	if (length >= most) {
		length = text_escape(value, also, escaped, most);
		memcpy(escaped + length, cut, sizeof cut);
		length += sizeof cut - 1;
	}
	put_word(line, key, (struct span){escaped, length});
}

static void put_number(struct line *line, struct span key, uint64_t number)
{
	char digits[NUMBER_TEXT];

	if (number)
		put_word(line, key, text_number(number, digits));
}

static uint64_t count_of(const struct notice *notice)
{
	return notice->refusals ? notice->refusals : notice->expulsions;
}

size_t notice_line(const struct notice *notice, char *buffer, size_t size)
{
	struct line line = line_begin(buffer, size);

	put(&line, notice->msgid);
	if (notice->kind != NOTICE_DIGEST && notice->kind != NOTICE_GAP && notice->kind != NOTICE_LIMIT)
		put_word(&line, SPAN(" state="), span_of(state_names[notice->state]));
	put_id(&line, SPAN(" hub="), span_of(notice->hub), HUB_MAX);
	put_id(&line, SPAN(" device="), notice->device, VALUE_MAX);
	put_id(&line, SPAN(" module="), notice->module, HUB_MAX);
	if (notice->verdict != VERDICT_NONE)
		put_word(&line, SPAN(" verdict="), span_of(verdict_names[notice->verdict]));
	put_number(&line, SPAN(" cause="), (uint64_t)verdict_cause(notice->verdict));
	put_id(&line, SPAN(" reason="), span_of(notice->reason), VALUE_MAX);
	put_number(&line, SPAN(" code="), notice->code);
	put_number(&line, SPAN(" count="), count_of(notice));
	put_number(&line, SPAN(" devices="), notice->devices);
	put_word(&line, SPAN(" episode="), span_of(notice->id));
	/* The sentence is escaped already; cut it if need be. */
	if (put(&line, ": "))
		line_words(&line, notice->sentence);
	return line.length;
}

static bool is_printable(char c)
{
	return c >= 0x20 && c < 0x7F && c != '\\';
}

/* Characters that would end a value. */
static bool is_special(char c)
{
	return c == '"' || c == ']';
}

/* Of a value as put_param() writes it. */
static size_t quoted_size(struct span value)
{
	size_t size = value.size;

	for (size_t i = 0; i < value.size; i++)
		size += !is_printable(value.data[i]) ? sizeof "\\\\x20" - 2 : is_special(value.data[i]);
	return size;
}

/* ` name="value"`, escaped by section 6.3.3 and made printable; a value that is
 * too long for so many bytes ends in dots. Nothing that cannot be put whole. */
static void put_param(struct line *line, const char *name, struct span value, size_t most)
{
	enum { ENDING = sizeof "\\\\x20...\"" }; /* one more character, and what follows it */
	char bytes[1400], hex[5];
	struct line field = line_begin(bytes, sizeof bytes);
	bool is_whole;

	if (value.size == 0)
		return;
	line_words(&field, " ");
	line_words(&field, name);
	line_words(&field, "=\"");
	most = most < sizeof bytes ? most : sizeof bytes;
	is_whole = field.length + quoted_size(value) + sizeof "\"" <= most;
	for (size_t i = 0; i < value.size; i++) {
		char c = value.data[i];

		if (!is_whole && field.length + ENDING > most) {
			line_words(&field, "...");
			break;
		}
		/* A backslash is written as \x5c, as in the text, so that it is not
		 * taken for one of ours. */
		if (!is_printable(c) || is_special(c))
			bytes[field.length++] = '\\';
		if (is_printable(c)) {
			bytes[field.length++] = c;
		} else {
			text_escape((struct span){value.data + i, 1}, "", hex, sizeof hex);
			line_words(&field, hex);
		}
	}
	line_words(&field, "\"");
	line_put_whole(line, (struct span){bytes, field.length});
}

static void put_param_number(struct line *line, const char *name, uint64_t number)
{
	char digits[NUMBER_TEXT];

	if (number)
		put_param(line, name, text_number(number, digits), VALUE_MAX);
}

static void put_param_time(struct line *line, const char *name, int64_t ns)
{
	char text[STAMP_TEXT];

	if (ns != STAMP_NONE)
		put_param(line, name, span_of(stamp_format(ns, text)), VALUE_MAX);
}

static void put_params(struct line *line, const struct notice *notice)
{
	put_param(line, "v", SPAN("1"), VALUE_MAX);
	put_param(line, "state", span_of(state_names[notice->state]), VALUE_MAX);
	put_param(line, "hub", span_of(notice->hub), VALUE_MAX);
	put_param(line, "device", notice->device, VALUE_MAX);
	put_param(line, "module", notice->module, VALUE_MAX);
	if (notice->verdict != VERDICT_NONE)
		put_param(line, "verdict", span_of(verdict_names[notice->verdict]), VALUE_MAX);
	put_param_number(line, "cause", (uint64_t)verdict_cause(notice->verdict));
	put_param(line, "reason", span_of(notice->reason), VALUE_MAX);
	put_param_number(line, "code", notice->code);
	put_param_number(line, "count", count_of(notice));
	put_param_number(line, "devices", notice->devices);
	put_param(line, "episode", span_of(notice->id), VALUE_MAX);
	put_param_time(line, "first", notice->first_ns);
	put_param_time(line, "last", notice->last_ns);
	put_param(line, "auth", span_of(notice->authentication), VALUE_MAX);
	put_param(line, "sdk", span_of(notice->sdk), VALUE_MAX);
	put_param(line, "proto", span_of(notice->protocol), VALUE_MAX);
	/* The longer ones last: they are the first to go. */
	put_param(line, "captured", span_of(notice->captures), SIZE_MAX);
	put_param(line, "message", span_of(notice->message), SIZE_MAX);
	put_param(line, "doc", span_of(notice->doc), SIZE_MAX);
	put_param(line, "remedy", span_of(notice->remedy), SIZE_MAX);
}

/* PRINTUSASCII without blanks, no longer than the header may have it. */
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

static void put_head(struct line *line, const struct rfc5424 *from, const struct notice *notice, struct moment now)
{
	char host[256], msgid[33], time[STAMP_TEXT];

	header_name(from->host, host, sizeof host);
	header_name(notice->msgid, msgid, sizeof msgid);
	line_words(line, "<");
	line_number(line, (uint64_t)(from->facility * 8 + notice->severity));
	line_words(line, ">1 ");
	/* The RFC allows microseconds, no more. */
	line_words(line, stamp_format(now.wall_ns / 1000 * 1000, time));
	line_words(line, " ");
	line_words(line, host);
	line_words(line, " lapsed ");
	line_number(line, (uint64_t)from->process);
	line_words(line, " ");
	line_words(line, msgid);
	line_words(line, " [iothub@");
	line_number(line, (uint64_t)from->enterprise_number);
}

static void put_tail(struct line *line, const struct rfc5424 *from)
{
	line_words(line, "][meta sequenceId=\"");
	line_number(line, from->sequence % 2147483647 + (from->sequence % 2147483647 == 0));
	line_words(line, "\" language=\"en\"][origin software=\"lapsed\" swVersion=\"");
	line_words(line, from->version);
	line_words(line, "\"] ");
}

size_t rfc5424_encode(const struct rfc5424 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size)
{
	char text[900], after[200];
	size_t text_length = notice_line(notice, text, sizeof text), most = size * 5 / 8, room;
	struct line line = line_begin(buffer, size), tail = line_begin(after, sizeof after);

	put_head(&line, from, notice, now);
	put_tail(&tail, from);
	/* Room for what must follow; the text gets up to 5/8 of the message, which
	 * is more than its fields can take. */
	room = size - line.length - tail.length - 1;
	most = most < room ? most : room;
	if (text_length > most)
		text[text_length = most] = '\0';
	line.size = size - tail.length - text_length;
	put_params(&line, notice);
	line.size = size;
	put(&line, after);
	line_words(&line, text);
	return line.length;
}
