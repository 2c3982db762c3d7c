#include "jsonc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Turns comments and trailing commas to blanks, in place: lines and columns
 * stay what they were. Returns the offset of a comment that never ends, or
 * size. */
static size_t blank_comments(char *text, size_t size)
{
	size_t comma = SIZE_MAX;

	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"') {
			for (i++; i < size && text[i] != '"'; i++)
				i += text[i] == '\\';
			comma = SIZE_MAX;
		} else if (text[i] == '#' || (text[i] == '/' && i + 1 < size && text[i + 1] == '/')) {
			for (; i < size && text[i] != '\n'; i++)
				text[i] = ' ';
		} else if (text[i] == '/' && i + 1 < size && text[i + 1] == '*') {
			size_t begin = i, end = i + 2;

			while (end + 1 < size && !(text[end] == '*' && text[end + 1] == '/'))
				end++;
			if (end + 1 >= size)
				return begin;
			for (; i < end + 2; i++)
				if (text[i] != '\n')
					text[i] = ' ';
			i--;
		} else if (text[i] == ',') {
			comma = i;
		} else if (text[i] == '}' || text[i] == ']') {
			if (comma != SIZE_MAX)
				text[comma] = ' ';
			comma = SIZE_MAX;
		} else if (!strchr(" \t\r\n", text[i]) || !text[i]) {
			comma = SIZE_MAX;
		}
	}
	return size;
}

static void position_of(struct span text, size_t offset, int *ret_line, int *ret_column)
{
	*ret_line = 1;
	*ret_column = 1;
	for (size_t i = 0; i < offset && i < text.size; i++) {
		if (text.data[i] == '\n') {
			++*ret_line;
			*ret_column = 1;
		} else {
			++*ret_column;
		}
	}
}

/* jansson says `... near '"path"'`; keep its words, drop the long tail. */
static int syntax_fault(const char *file, const json_error_t *error, struct fault *fault)
{
	return fault_set(fault, file, error->line > 0 ? error->line : 1, error->column > 0 ? error->column : 1, "%s",
			 error->text);
}

int jsonc_parse(const struct jsonc *jsonc, json_t **ret_value)
{
	const struct span text = jsonc->text;
	char *copy = malloc(text.size + 1);
	json_error_t error;
	size_t end;
	int line, column;

	if (!copy)
		return fault_set(jsonc->fault, jsonc->file, 0, 0, "out of memory");
	memcpy(copy, text.data, text.size);
	end = blank_comments(copy, text.size);
	if (end < text.size) {
		free(copy);
		position_of(text, end, &line, &column);
		return fault_set(jsonc->fault, jsonc->file, line, column, "this comment never ends: expected */");
	}
	*ret_value = json_loadb(copy, text.size, JSON_REJECT_DUPLICATES, &error);
	free(copy);
	return *ret_value ? 0 : syntax_fault(jsonc->file, &error, jsonc->fault);
}

/* --- finding a place again: a walk over text that is known to be JSON --- */

static void skip_blank(struct span text, size_t *at)
{
	while (*at < text.size && (strchr(" \t\r\n,:", text.data[*at]) && text.data[*at]))
		++*at;
}

static void skip_string(struct span text, size_t *at)
{
	for (++*at; *at < text.size && text.data[*at] != '"'; ++*at)
		*at += text.data[*at] == '\\';
	++*at;
}

static void skip_value(struct span text, size_t *at)
{
	int depth = 0;

	skip_blank(text, at);
	do {
		char c = *at < text.size ? text.data[*at] : '\0';

		if (c == '"') {
			skip_string(text, at);
		} else {
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
			++*at;
			if (!strchr("{}[]", c))
				while (*at < text.size && !strchr(",]} \t\r\n\"", text.data[*at]))
					++*at;
		}
		if (depth > 0)
			skip_blank(text, at);
	} while (depth > 0 && *at < text.size);
}

/* Moves into the container at *at, to the member `key` or element `index`;
 * *ret_key is where the key stands. */
static bool enter(struct span text, size_t *at, struct span key, long index, size_t *ret_key)
{
	skip_blank(text, at);
	for (++*at, skip_blank(text, at); *at < text.size && !strchr("]}", text.data[*at]); skip_blank(text, at)) {
		bool found = key.data ? false : index-- == 0;

		*ret_key = *at;
		if (key.data) {
			size_t begin = *at + 1;

			skip_string(text, at);
			found = span_equal(key, (struct span){text.data + begin, *at - begin - 1});
			skip_blank(text, at);
		}
		if (found)
			return true;
		skip_value(text, at);
	}
	return false;
}

static size_t locate(struct span text, const char *path)
{
	size_t at = 0, key = 0;

	while (*path && *path != '=') {
		struct span name = {NULL, 0};
		long index = -1;

		if (*path == '[') {
			index = strtol(path + 1, (char **)&path, 10);
			path += *path == ']';
		} else {
			path += *path == '.';
			name = (struct span){path, strcspn(path, ".[=")};
			path += name.size;
		}
		if (!enter(text, &at, name, index, &key))
			break;
	}
	skip_blank(text, &at);
	return *path == '=' ? key : at;
}

int jsonc_fault(const struct jsonc *jsonc, const char *path, const char *format, ...)
{
	const struct span text = jsonc->text;
	char *blanked = malloc(text.size + 1);
	int line = 0, column = 0;
	va_list arguments;
	char words[sizeof jsonc->fault->text];

	if (blanked) {
		memcpy(blanked, text.data, text.size);
		blank_comments(blanked, text.size);
		position_of(text, locate((struct span){blanked, text.size}, path), &line, &column);
		free(blanked);
	}
	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	return fault_set(jsonc->fault, jsonc->file, line, column, "%s", words);
}

/* Edits (insert, delete, replace, swap counts two) between two short words. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], m = strlen(a), n = strlen(b);

	if (m >= 64 || n >= 64)
		return 64;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

			best = best < above + 1 ? best : above + 1;
			best = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[n];
}

const char *jsonc_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	size_t least = strlen(word) / 3 + 2;

	for (size_t i = 0; i < count; i++) {
		size_t d = distance(word, candidates[i]);

		if (d < least) {
			least = d;
			nearest = candidates[i];
		}
	}
	return nearest;
}

int jsonc_unknown_key(const struct jsonc *jsonc, const char *section, const char *key, const char *const *names,
		      size_t count)
{
	const char *near = jsonc_nearest(key, names, count);
	char path[256];

	snprintf(path, sizeof path, "%s.%s=", section, key);
	return jsonc_fault(jsonc, path, "unknown key \"%s\"%s%s%s", key, near ? "; did you mean \"" : "",
			   near ? near : "", near ? "\"?" : "");
}
