#define _GNU_SOURCE
#include "source_config.h"

#include <stdio.h>
#include <stdlib.h>

#include "../core/rules/jsonc.h"
#include "config_parts.h"

static const char *const keys[] = {"path", "journal", "unit", "identifier", "match", "kind"};

enum { KEY_COUNT = sizeof keys / sizeof *keys, FIELD_MAX = 64 };

void source_config_clear(struct source_config *source)
{
	for (size_t i = 0; i < source->match_count; i++)
		free(source->matches[i]);
	free(source->matches);
	free(source->name);
	free(source->path);
	*source = (struct source_config){0};
}

/* take_match: "FIELD=value" from malloc, or NULL. */
static bool add_match(struct source_config *source, char *take_match)
{
	char **matches = take_match ? realloc(source->matches, (source->match_count + 1) * sizeof *matches) : NULL;

	if (!matches) {
		free(take_match);
		return false;
	}
	source->matches = matches;
	source->matches[source->match_count++] = take_match;
	return true;
}

bool source_config_copy(const struct source_config *source, struct source_config *ret)
{
	*ret = (struct source_config){.is_journal = source->is_journal, .kind = source->kind};
	ret->name = strdup(source->name);
	ret->path = strdup(source->path);
	for (size_t i = 0; i < source->match_count; i++)
		if (!add_match(ret, strdup(source->matches[i])))
			return false;
	return ret->name && ret->path;
}

/* --- reading ------------------------------------------------------------ */

/* A field of the journal as systemd.journal-fields(7) spells it. */
static bool is_field(const char *name)
{
	return strlen(name) <= FIELD_MAX && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0' &&
	       *name && !strchr("0123456789", *name);
}

/* One thing that the journal's entries must have. Our own messages are never
 * read: each alert would be a record of the next. */
static int read_match(const struct jsonc *file, const char *path, const char *field, const json_t *value,
		      struct source_config *source)
{
	const char *text = json_string_value(value);
	char *match;

	if (!is_field(field))
		return jsonc_fault(file, path,
				"expected a field of the journal, such as \"_COMM\" or \"CONTAINER_NAME\"");
	if (!text || !*text || strlen(text) != json_string_length(value))
		return jsonc_fault(file, path, "expected a string such as \"x.service\"");
	if (strcmp(field, "_SYSTEMD_UNIT") == 0 && !strchr(text, '.'))
		return jsonc_fault(file, path, "expected a unit's whole name, such as \"x.service\"");
	if ((strcmp(field, "_SYSTEMD_UNIT") == 0 && strcmp(text, "lapsed.service") == 0) ||
	    (strcmp(field, "SYSLOG_IDENTIFIER") == 0 && strcmp(text, "lapsed") == 0))
		return jsonc_fault(file, path, "lapsed does not read its own messages");
	for (size_t i = 0; i < source->match_count; i++)
		if (strncmp(source->matches[i], field, strlen(field)) == 0 && source->matches[i][strlen(field)] == '=')
			return jsonc_fault(file, path, "this field is already matched by \"unit\" or \"identifier\"");
	if (asprintf(&match, "%s=%s", field, text) < 0 || !add_match(source, match))
		return jsonc_fault(file, path, "out of memory");
	return 0;
}

static int read_matches(const struct jsonc *file, const char *at, const json_t *element,
			struct source_config *source)
{
	const json_t *unit = json_object_get(element, "unit"), *identifier = json_object_get(element, "identifier");
	json_t *match = json_object_get(element, "match"), *value;
	const char *key;
	char path[160];
	int r = 0;

	snprintf(path, sizeof path, "%s.unit", at);
	if (unit)
		r = read_match(file, path, "_SYSTEMD_UNIT", unit, source);
	snprintf(path, sizeof path, "%s.identifier", at);
	if (r == 0 && identifier)
		r = read_match(file, path, "SYSLOG_IDENTIFIER", identifier, source);
	snprintf(path, sizeof path, "%s.match", at);
	if (r == 0 && match && !json_is_object(match))
		return jsonc_fault(file, path, "expected an object such as {\"_COMM\": \"rsyslogd\"}");
	json_object_foreach(match, key, value) {
		snprintf(path, sizeof path, "%s.match.%s", at, key);
		if (r == 0)
			r = read_match(file, path, key, value, source);
	}
	return r;
}

static int read_journal(const struct jsonc *file, const char *at, const json_t *element,
			struct source_config *source)
{
	const char *place = json_string_value(json_object_get(element, "journal"));
	char path[160], *name;
	int r;

	snprintf(path, sizeof path, "%s.journal", at);
	if (!place || (strcmp(place, "system") != 0 && *place != '/'))
		return jsonc_fault(file, path, "expected \"system\", or a folder of journal files from / on");
	r = read_matches(file, at, element, source);
	if (r)
		return r;
	if (source->match_count == 0 && *place != '/')
		return jsonc_fault(file, at, "expected \"unit\", \"identifier\" or \"match\": which entries of the "
					     "system's journal to read");
	source->is_journal = true;
	source->path = strdup(place);
	if (asprintf(&source->name, "journal %s", place) < 0)
		source->name = NULL;
	for (size_t i = 0; source->name && i < source->match_count; i++) {
		name = source->name;
		if (asprintf(&source->name, "%s %s", name, source->matches[i]) < 0)
			source->name = NULL;
		free(name);
	}
	return 0;
}

int source_config_read(struct source_config *source, const char *at, const json_t *element, const struct jsonc *file)
{
	const char *name = json_string_value(json_object_get(element, "path"));
	const char *kind = json_string_value(json_object_get(element, "kind"));
	const json_t *journal = json_object_get(element, "journal");
	const char *key;
	json_t *value;
	char path[160];
	int r;

	json_object_foreach((json_t *)element, key, value) {
		int i = 0;

		while (i < KEY_COUNT && strcmp(key, keys[i]) != 0)
			i++;
		if (i == KEY_COUNT)
			return jsonc_unknown_key(file, at, key, keys, KEY_COUNT);
		snprintf(path, sizeof path, "%s.%s=", at, key);
		if (journal && i == 0)
			return jsonc_fault(file, path, "expected either \"path\" or \"journal\"");
		if (!journal && i > 0 && i < KEY_COUNT - 1)
			return jsonc_fault(file, path, "this goes with \"journal\" only");
	}
	if (!journal && (!name || !*name))
		return jsonc_fault(file, at, "expected {\"path\": \"/var/log/azure/connections.jsonl\"}");
	snprintf(path, sizeof path, "%s.kind", at);
	if (json_object_get(element, "kind") && (!kind || (strcmp(kind, "azure") != 0 && strcmp(kind, "local") != 0)))
		return jsonc_fault(file, path, "expected \"azure\" or \"local\"");
	source->kind = kind && strcmp(kind, "local") == 0 ? SOURCE_LOCAL : SOURCE_AZURE;
	if (journal) {
		r = read_journal(file, at, element, source);
		if (r)
			return r;
	} else {
		source->path = strdup(name);
		source->name = strdup(name);
	}
	return source->path && source->name ? 0 : jsonc_fault(file, at, "out of memory");
}

/* --- printing ----------------------------------------------------------- */

/* "unit" and "identifier" are short for two of the fields. */
static const char *short_name(const char *match)
{
	return strncmp(match, "_SYSTEMD_UNIT=", 14) == 0       ? "unit"
	       : strncmp(match, "SYSLOG_IDENTIFIER=", 18) == 0 ? "identifier"
							       : NULL;
}

void source_config_print(const struct source_config *source)
{
	size_t others = 0;

	printf("{\"%s\": ", source->is_journal ? "journal" : "path");
	config_print_text(source->path);
	for (size_t i = 0; i < source->match_count; i++)
		if (short_name(source->matches[i])) {
			printf(", \"%s\": ", short_name(source->matches[i]));
			config_print_text(strchr(source->matches[i], '=') + 1);
		}
	for (size_t i = 0; i < source->match_count; i++)
		if (!short_name(source->matches[i])) {
			printf("%s\"%.*s\": ", others++ ? ", " : ", \"match\": {",
			       (int)strcspn(source->matches[i], "="), source->matches[i]);
			config_print_text(strchr(source->matches[i], '=') + 1);
		}
	printf("%s, \"kind\": \"%s\"}", others ? "}" : "", source->kind == SOURCE_AZURE ? "azure" : "local");
}
