#include "undated.h"

#include <string.h>

/* Names of a time, or of what an envelope holds. */
static bool is_dated_by(const char *key, size_t size)
{
	static const char *const names[] = {"time", "TimeGenerated", "eventTime", "records", "tables", "value"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (size == strlen(names[i]) && memcmp(key, names[i], size) == 0)
			return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool undated_record(const char *text, size_t size, size_t *ret_end, bool *ret_empty)
{
	size_t depth = 0, end = size, key = 0;
	bool in_string = false, is_value = false;

	while (end && is_blank(text[end - 1]))
		end--;
	if (end < 2 || text[0] != '{' || text[end - 1] != '}')
		return false;
	*ret_end = end - 1;
	*ret_empty = true;
	for (size_t i = 0; i < end; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"') {
				in_string = false;
				if (depth == 1 && !is_value && is_dated_by(text + key, i - key))
					return false;
			}
		} else if (c == '"') {
			in_string = true;
			key = i + 1;
			*ret_empty = false;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			/* Several objects in one message are not one record. */
			if (depth-- == 1 && i < end - 1)
				return false;
		} else if (depth == 1 && (c == ':' || c == ',')) {
			is_value = c == ':';
		}
	}
	return depth == 0 && !in_string;
}
