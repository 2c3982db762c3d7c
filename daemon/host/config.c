#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "config_parts.h"
#include "files.h"

/* The keys beside the numbers of core/rules/settings.h, with where they stand. */
enum key { KEY_SOURCES, KEY_RULES, KEY_STATE, KEY_MUTE, KEY_X509, KEY_ALERTS, KEY_COUNT };

static const struct key_row {
	const char *section, *key, *help;
} key_rows[KEY_COUNT] = {
	[KEY_SOURCES] = {NULL, "sources",
			 "the logs to follow: {\"path\" or \"journal\": ..., \"kind\": \"azure\" or \"local\"}"},
	[KEY_RULES] = {NULL, "rules", "a folder of rule files beside the shipped ones"},
	[KEY_STATE] = {NULL, "state", "a folder for what survives a restart; null: the service's, or none"},
	[KEY_MUTE] = {"devices", "mute", "patterns of devices that raise no alerts (retired, under repair)"},
	[KEY_X509] = {"devices", "x509", "patterns of devices that connect with a certificate"},
	[KEY_ALERTS] = {NULL, "alerts", "where alerts go; several may be given, each with the keys below"},
};

_Static_assert((int)KEY_COUNT == (int)CONFIG_KEYS, "each key has an origin");

bool config_default(struct config *ret)
{
	*ret = (struct config){0};
	settings_default(&ret->settings);
	return sinks_config_default(&ret->alerts);
}

static void clear_sources(struct config *config)
{
	for (size_t i = 0; i < config->source_count; i++)
		source_config_clear(&config->sources[i]);
	free(config->sources);
	config->sources = NULL;
	config->source_count = 0;
}

void config_clear(struct config *config)
{
	clear_sources(config);
	roster_clear(&config->mute);
	roster_clear(&config->x509);
	free(config->rules);
	free(config->state);
	sinks_config_clear(&config->alerts);
	paths_free(config->files, config->file_count);
	*config = (struct config){0};
}

/* One file being read. */
struct reading {
	struct config *config;
	struct jsonc file;
};

static int fault_at(const struct reading *reading, const char *path, const char *words)
{
	return jsonc_fault(&reading->file, path, "%s", words);
}

static int unknown_key(const struct reading *reading, const char *section, const char *key)
{
	const char *names[SETTING_COUNT + KEY_COUNT + 4];
	size_t count = 0;

	if (strcmp(section, "settings") == 0) {
		for (int i = 0; i < SETTING_COUNT; i++)
			names[count++] = setting_rows[i].key;
	} else {
		for (int i = 0; i < KEY_COUNT; i++)
			if (strcmp(section, key_rows[i].section ? key_rows[i].section : "") == 0)
				names[count++] = key_rows[i].key;
		if (!*section) {
			names[count++] = "settings";
			names[count++] = "devices";
		}
	}
	return jsonc_unknown_key(&reading->file, section, key, names, count);
}

static int read_settings(struct reading *reading, const json_t *object)
{
	struct config *config = reading->config;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		enum setting setting = settings_find(span_of(key));
		char path[128], number[32];
		const char *text = json_string_value(value), *expected;

		if (setting == SETTING_COUNT)
			return unknown_key(reading, "settings", key);
		snprintf(path, sizeof path, "settings.%s", key);
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
		if (!text)
			text = json_is_integer(value) ? number : "";
		expected = settings_read(setting, span_of(text), &config->settings.value[setting]);
		if (expected)
			return fault_at(reading, path, expected);
		config->origin[setting] = config->files[config->file_count - 1];
	}
	return 0;
}

static int read_sources(struct reading *reading, const json_t *array)
{
	struct config *config = reading->config;
	char path[64];
	const json_t *element;
	size_t index;
	int r;

	if (!json_is_array(array))
		return fault_at(reading, "sources", "expected an array of {\"path\": ..., \"kind\": ...}");
	if (json_array_size(array) > SOURCES_MAX)
		return fault_at(reading, "sources",
				"expected 256 sources at most; a pattern or a folder stands for many files");
	clear_sources(config);
	config->sources = calloc(json_array_size(array) + 1, sizeof *config->sources);
	if (!config->sources)
		return fault_at(reading, "sources", "out of memory");
	json_array_foreach(array, index, element) {
		snprintf(path, sizeof path, "sources[%zu]", index);
		r = source_config_read(&config->sources[config->source_count++], path, element, &reading->file);
		if (r)
			return r;
	}
	return 0;
}

static int read_roster(struct reading *reading, const char *path, const json_t *array, struct roster *roster)
{
	char where[64];
	const json_t *element;
	size_t index;

	if (!json_is_array(array))
		return fault_at(reading, path, "expected an array of patterns such as \"pump-*\"");
	roster_clear(roster);
	json_array_foreach(array, index, element) {
		snprintf(where, sizeof where, "%s[%zu]", path, index);
		if (!json_is_string(element) || !roster_add(roster, json_string_value(element)))
			return fault_at(reading, where, "expected a pattern such as \"pump-*\" or \"hub/pump-*\"");
	}
	return 0;
}

static int read_text(struct reading *reading, const char *path, const json_t *value, char **text)
{
	if (!json_is_string(value) && !json_is_null(value))
		return fault_at(reading, path, "expected a string, or null");
	free(*text);
	*text = json_is_string(value) ? strdup(json_string_value(value)) : NULL;
	return 0;
}

static int read_key(struct reading *reading, enum key key, const json_t *value)
{
	struct config *config = reading->config;
	char path[64];

	config->key_origin[key] = config->files[config->file_count - 1];
	snprintf(path, sizeof path, "%s%s%s", key_rows[key].section ? key_rows[key].section : "",
		 key_rows[key].section ? "." : "", key_rows[key].key);
	switch (key) {
	case KEY_SOURCES:
		return read_sources(reading, value);
	case KEY_RULES:
		return read_text(reading, path, value, &config->rules);
	case KEY_STATE:
		return read_text(reading, path, value, &config->state);
	case KEY_MUTE:
		return read_roster(reading, path, value, &config->mute);
	case KEY_X509:
		return read_roster(reading, path, value, &config->x509);
	case KEY_ALERTS:
		return sinks_config_read(&config->alerts, value, &reading->file);
	case KEY_COUNT:
		break;
	}
	return 0;
}

/* Sections are walked as they nest: "", "devices". */
static int read_section(struct reading *reading, const char *section, const json_t *object)
{
	const char *key;
	char inner[128];
	json_t *value;
	int r;

	if (!json_is_object(object))
		return fault_at(reading, section, "expected an object");
	json_object_foreach((json_t *)object, key, value) {
		int i = 0;

		snprintf(inner, sizeof inner, "%s%s%s", section, *section ? "." : "", key);
		while (i < KEY_COUNT && !(strcmp(key_rows[i].key, key) == 0 &&
					  strcmp(key_rows[i].section ? key_rows[i].section : "", section) == 0))
			i++;
		if (i < KEY_COUNT)
			r = read_key(reading, (enum key)i, value);
		else if (strcmp(inner, "settings") == 0)
			r = json_is_object(value) ? read_settings(reading, value)
						  : fault_at(reading, inner, "expected an object");
		else if (strcmp(inner, "devices") == 0)
			r = read_section(reading, inner, value);
		else
			r = unknown_key(reading, section, key);
		if (r)
			return r;
	}
	return 0;
}

static int read_file(struct config *config, const char *file, struct fault *fault)
{
	struct reading reading = {config, {file, {NULL, 0}, fault}};
	char **files, *text;
	json_t *root;
	int r;

	r = file_read(file, &text, &reading.file.text.size);
	if (r)
		return r;
	reading.file.text.data = text;
	files = realloc(config->files, (config->file_count + 1) * sizeof *files);
	if (!files || !(files[config->file_count] = strdup(file))) {
		free(text);
		return -ENOMEM;
	}
	config->files = files;
	config->file_count++;
	r = jsonc_parse(&reading.file, &root);
	if (r == 0) {
		r = read_section(&reading, "", root);
		json_decref(root);
	}
	free(text);
	return r;
}

int config_read(struct config *config, const char *file, bool needed, struct fault *fault)
{
	const char *slash = strrchr(file, '/');
	char *folder, **paths;
	size_t count;
	int r;

	r = read_file(config, file, fault);
	if (r < 0 && (needed || r != -ENOENT))
		return fault_set(fault, file, 0, 0, "cannot read the configuration: %s", strerror(-r));
	if (r > 0)
		return r;
	if (asprintf(&folder, "%.*sconf.d", (int)(slash ? slash - file + 1 : 0), file) < 0)
		return fault_set(fault, "", 0, 0, "out of memory");
	r = folder_list(folder, ".json", &paths, &count);
	if (r < 0)
		r = fault_set(fault, folder, 0, 0, "cannot list the drop-ins: %s", strerror(-r));
	free(folder);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = read_file(config, paths[i], fault);
		if (r < 0)
			r = fault_set(fault, paths[i], 0, 0, "cannot read it: %s", strerror(-r));
	}
	paths_free(paths, count);
	return r;
}

const char *config_sources_file(const struct config *config)
{
	return config->key_origin[KEY_SOURCES];
}

int config_set(struct config *config, const char *option, const char *assignment, struct fault *fault)
{
	const char *equals = strchr(assignment, '='), *names[SETTING_COUNT], *expected, *near;
	enum setting setting;
	char key[64], where[128];

	snprintf(where, sizeof where, "--%s %s", option, assignment);
	if (!equals)
		return fault_set(fault, where, 0, 0, "expected KEY=VALUE, such as return_within=15min");
	snprintf(key, sizeof key, "%.*s", (int)(equals - assignment), assignment);
	setting = settings_find(span_of(key));
	for (int i = 0; i < SETTING_COUNT; i++)
		names[i] = setting_rows[i].key;
	near = jsonc_nearest(key, names, SETTING_COUNT);
	if (setting == SETTING_COUNT)
		return fault_set(fault, where, 0, 0, "unknown setting \"%s\"%s%s%s", key,
				 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	expected = settings_read(setting, span_of(equals + 1), &config->settings.value[setting]);
	if (expected)
		return fault_set(fault, where, 0, 0, "%s", expected);
	config->origin[setting] = "the command line";
	return 0;
}

/* --- printing ----------------------------------------------------------- */

void config_print_text(const char *text)
{
	json_t *value = text ? json_string(text) : json_null();
	char *dump = json_dumps(value, JSON_ENCODE_ANY);

	printf("%s", dump ? dump : "null");
	free(dump);
	json_decref(value);
}

void config_print_roster(const struct roster *roster)
{
	printf("[");
	for (size_t i = 0; i < roster->count; i++) {
		printf("%s", i ? ", " : "");
		config_print_text(roster->patterns[i]);
	}
	printf("]");
}

/* A comment above the key: what it is, and where it is from. */
static void print_help(const struct config *config, enum key key)
{
	const char *origin = config->key_origin[key];

	printf("%s  // %s [%s%s]\n", key_rows[key].section ? "  " : "", key_rows[key].help,
	       origin ? "from " : "the default", origin ? origin : "");
}

static void print_key(const struct config *config, enum key key)
{
	print_help(config, key);
	printf("%s  \"%s\": ", key_rows[key].section ? "  " : "", key_rows[key].key);
}

void config_print(const struct config *config)
{
	printf("{\n");
	print_key(config, KEY_SOURCES);
	printf("[");
	for (size_t i = 0; i < config->source_count; i++) {
		printf("%s\n    ", i ? "," : "");
		source_config_print(&config->sources[i]);
	}
	printf("%s],\n", config->source_count ? "\n  " : "");
	print_key(config, KEY_RULES);
	config_print_text(config->rules);
	printf(",\n");
	print_key(config, KEY_STATE);
	config_print_text(config->state);
	printf(",\n  \"devices\": {\n");
	print_key(config, KEY_MUTE);
	config_print_roster(&config->mute);
	printf(",\n");
	print_key(config, KEY_X509);
	config_print_roster(&config->x509);
	printf("\n  },\n");
	print_help(config, KEY_ALERTS);
	sinks_config_print(&config->alerts);
	printf(",\n  \"settings\": {\n");
	for (int i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];

		printf("    // %s [%s, %lld to %lld; %s%s]\n    \"%s\": %lld%s\n", row->help, row->unit,
		       (long long)row->least, (long long)row->most, config->origin[i] ? "from " : "the default",
		       config->origin[i] ? config->origin[i] : "", row->key, (long long)config->settings.value[i],
		       i + 1 < SETTING_COUNT ? "," : "");
	}
	printf("  }\n}\n");
}
