#include "text.h"

#include <stdbool.h>
#include <stdio.h>

static bool is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
	       c == '%' || c == '-' || c == '_';
}

static bool begins_nocase(struct span text, size_t at, const char *word)
{
	size_t size = strlen(word);

	return at + size <= text.size && strncasecmp(text.data + at, word, size) == 0;
}

static bool is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* What follows one of these names is not quoted: keys because they are
 * secret, tracking ids and stamps because they make every copy of one message
 * different. */
static const struct hidden {
	const char *name;
	bool secret;
} hidden[] = {
	{"sig=", true},        {"sig%3D", true},          {"SharedAccessKey=", true}, {"AccountKey=", true},
	{"password=", true},   {"primaryKey=", true},     {"secondaryKey=", true},    {"key=", true},
	{"Tracking ID:", false}, {"trackingId\":\"", false}, {"timestampUtc\":\"", false},
};

static const struct hidden *hidden_at(struct span text, size_t at)
{
	if (at > 0 && is_word(text.data[at - 1]))
		return NULL;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (begins_nocase(text, at, hidden[i].name))
			return &hidden[i];
	return NULL;
}

static size_t hidden_end(struct span text, size_t at, bool secret)
{
	while (at < text.size && (secret ? is_base64(text.data[at]) || text.data[at] == '='
					 : !strchr("\",}\r\n", text.data[at]) || !text.data[at]))
		at++;
	return at;
}

/* A key of 32 bytes or more in Base64: 43 letters and '=' behind them. Hex
 * thumbprints have no '='. */
static size_t bare_key(struct span text, size_t at)
{
	size_t end = at;

	if (at > 0 && is_base64(text.data[at - 1]))
		return 0;
	while (end < text.size && is_base64(text.data[end]))
		end++;
	if (end - at < 43 || end == text.size || text.data[end] != '=')
		return 0;
	while (end < text.size && text.data[end] == '=')
		end++;
	return end - at;
}

void text_redact(struct span text, char *buffer, size_t size)
{
	size_t length = 0, at = 0;

	while (at < text.size && length + 1 < size) {
		const struct hidden *row = hidden_at(text, at);
		size_t key = row ? 0 : bare_key(text, at), name = row ? strlen(row->name) : 0;
		const char *instead = !row || row->secret ? "[redacted]" : "...";

		if (!row && !key) {
			buffer[length++] = text.data[at++];
			continue;
		}
		if (length + name + strlen(instead) >= size)
			break;
		memcpy(buffer + length, text.data + at, name);
		memcpy(buffer + length + name, instead, strlen(instead));
		length += name + strlen(instead);
		at = row ? hidden_end(text, at + name, row->secret) : at + key;
	}
	/* Never cut within a UTF-8 character. */
	while (at < text.size && at > 0 && length > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
		at--;
		length--;
	}
	buffer[length] = '\0';
}

void text_escape(struct span text, const char *also, char *buffer, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = (unsigned char)text.data[i];
		bool plain = c >= 0x20 && c < 0x7F && c != '\\' && !strchr(also, c);

		if (length + (plain ? 1 : 4) >= size)
			break;
		if (plain)
			buffer[length++] = (char)c;
		else
			length += (size_t)snprintf(buffer + length, size - length, "\\x%02x", c);
	}
	buffer[length] = '\0';
}
