#include "sink_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/rules/terms.h"
#include "config_parts.h"

static const char *const kind_names[SINK_COUNT] = {
#define X(name, text, help) text,
	SINKS(X)
#undef X
};

static const char *const kind_helps[SINK_COUNT] = {
#define X(name, text, help) help,
	SINKS(X)
#undef X
};

enum key { KEY_TO, KEY_LEAST, KEY_HUBS, KEY_PATH, KEY_HOST, KEY_PORT, KEY_FACILITY, KEY_NUMBER, KEY_COUNT };

enum {
	ALL = (1 << SINK_COUNT) - 1,
	LOCAL = 1 << SINK_JOURNAL | 1 << SINK_DEVLOG,
	REMOTE = 1 << SINK_UDP | 1 << SINK_TCP,
	DAEMON = 3,
	PORT = 514,
	SOCKET_PATH_MAX = 107,
	EXAMPLE_NUMBER = 32473, /* RFC 5612 */
};

/* One row a key, with the kinds of sinks that know it. */
static const struct key_row {
	const char *name;
	int kinds;
	const char *help;
} key_rows[KEY_COUNT] = {
	[KEY_TO] = {"to", ALL, "which kind it is"},
	[KEY_LEAST] = {"least", ALL, "only alerts as severe as this: crit, err, warning, notice, info"},
	[KEY_HUBS] = {"hubs", ALL, "only alerts of hubs of these patterns, and those of no hub"},
	[KEY_PATH] = {"path", LOCAL, "the socket, where it is not the usual one"},
	[KEY_HOST] = {"host", REMOTE, "name or address of the receiver"},
	[KEY_PORT] = {"port", REMOTE, "its port (514)"},
	[KEY_FACILITY] = {"facility", LOCAL | REMOTE, "kern, user, daemon (the default), ... local7"},
	[KEY_NUMBER] = {"enterprise_number", REMOTE, "of the structured data; 32473 is the example's"},
};

static const char *const facilities[] = {"kern",   "user",   "mail",   "daemon", "auth",     "syslog",
					 "lpr",    "news",   "uucp",   "cron",   "authpriv", "ftp",
					 "ntp",    "audit",  "alert",  "clock",  "local0",   "local1",
					 "local2", "local3", "local4", "local5", "local6",   "local7"};

enum { FACILITY_COUNT = sizeof facilities / sizeof *facilities };

static const char *const usual_paths[SINK_COUNT] = {
	[SINK_JOURNAL] = "/run/systemd/journal/socket",
	[SINK_DEVLOG] = "/dev/log",
};

static void set_default(struct sink_config *sink)
{
	*sink = (struct sink_config){
		.port = PORT, .facility = DAEMON, .enterprise_number = EXAMPLE_NUMBER, .least = SEVERITY_DEBUG};
}

bool sinks_config_default(struct sinks_config *ret)
{
	*ret = (struct sinks_config){calloc(1, sizeof *ret->list), 0};
	if (!ret->list)
		return false;
	set_default(&ret->list[ret->count++]);
	return true;
}

void sink_config_clear(struct sink_config *config)
{
	free(config->host);
	free(config->path);
	roster_clear(&config->hubs);
	*config = (struct sink_config){0};
}

void sinks_config_clear(struct sinks_config *config)
{
	for (size_t i = 0; i < config->count; i++)
		sink_config_clear(&config->list[i]);
	free(config->list);
	*config = (struct sinks_config){0};
}

bool sink_config_copy(struct sink_config *ret, const struct sink_config *config)
{
	bool good = true;

	*ret = *config;
	ret->hubs = (struct roster){0};
	ret->host = config->host ? strdup(config->host) : NULL;
	ret->path = config->path ? strdup(config->path) : NULL;
	for (size_t i = 0; i < config->hubs.count; i++)
		good = good && roster_add(&ret->hubs, config->hubs.patterns[i]);
	return good && !ret->host == !config->host && !ret->path == !config->path;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

bool sink_config_is_same(const struct sink_config *a, const struct sink_config *b)
{
	return a->kind == b->kind && is_same_text(a->host, b->host) && is_same_text(a->path, b->path) &&
	       a->port == b->port && a->facility == b->facility && a->enterprise_number == b->enterprise_number;
}

const char *sink_config_name(const struct sink_config *config, char *buffer, size_t size)
{
	if (config->host)
		snprintf(buffer, size, strchr(config->host, ':') ? "%s [%s]:%d" : "%s %s:%d", kind_names[config->kind],
			 config->host, config->port);
	else
		snprintf(buffer, size, "%s%s%s", kind_names[config->kind], config->path ? " " : "",
			 config->path ? config->path : "");
	return buffer;
}

/* --- reading ------------------------------------------------------------ */

/* One sink being read. */
struct reading {
	const struct jsonc *file;
	size_t index;
};

static int fault_at(const struct reading *reading, const char *key, const char *words)
{
	char path[96];

	snprintf(path, sizeof path, "alerts[%zu]%s%s", reading->index, *key ? "." : "", key);
	return jsonc_fault(reading->file, path, "%s", words);
}

/* "expected one of stderr, journal, ..." */
static const char *expected_of(const char *const *names, int count, char *buffer, size_t size)
{
	size_t length = (size_t)snprintf(buffer, size, "expected ");

	for (int i = 0; i < count && length < size; i++)
		length += (size_t)snprintf(buffer + length, size - length, "%s\"%s\"",
					   i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
	return buffer;
}

static int read_name(struct reading *reading, const char *key, const json_t *value, const char *const *names,
		     int count, int *ret)
{
	const char *name = json_string_value(value), *near = name ? jsonc_nearest(name, names, (size_t)count) : NULL;
	char words[320];

	for (*ret = 0; *ret < count; ++*ret)
		if (name && strcmp(name, names[*ret]) == 0)
			return 0;
	if (near)
		snprintf(words, sizeof words, "unknown \"%s\"; did you mean \"%s\"?", name, near);
	else
		expected_of(names, count, words, sizeof words);
	return fault_at(reading, key, words);
}

static int read_text(struct reading *reading, const char *key, const json_t *value, char **text)
{
	if (json_string_length(value) == 0)
		return fault_at(reading, key, "expected a string that is not empty");
	free(*text);
	*text = strdup(json_string_value(value));
	return *text ? 0 : fault_at(reading, key, "out of memory");
}

static int read_number(struct reading *reading, const char *key, const json_t *value, int most, int *number)
{
	char words[64];

	snprintf(words, sizeof words, "expected a whole number from 1 to %d", most);
	if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > most)
		return fault_at(reading, key, words);
	*number = (int)json_integer_value(value);
	return 0;
}

static int read_hubs(struct reading *reading, const json_t *array, struct roster *hubs)
{
	const json_t *element;
	size_t index;

	if (!json_is_array(array))
		return fault_at(reading, "hubs", "expected an array of patterns such as \"contoso-*\"");
	json_array_foreach(array, index, element) {
		if (!json_is_string(element) || !roster_add(hubs, json_string_value(element)))
			return fault_at(reading, "hubs", "expected a pattern such as \"contoso-*\"");
	}
	return 0;
}

/* Only the keys of its kind are offered. */
static int wrong_key(struct reading *reading, enum sink_kind kind, const char *key)
{
	const char *names[KEY_COUNT];
	char section[32], path[160], expected[240];
	int count = 0;

	for (int i = 0; i < KEY_COUNT; i++)
		if (key_rows[i].kinds & 1 << kind)
			names[count++] = key_rows[i].name;
	snprintf(section, sizeof section, "alerts[%zu]", reading->index);
	if (jsonc_nearest(key, names, (size_t)count))
		return jsonc_unknown_key(reading->file, section, key, names, (size_t)count);
	snprintf(path, sizeof path, "%s.%s=", section, key);
	return jsonc_fault(reading->file, path, "no key \"%s\" of \"%s\"; %s", key, kind_names[kind],
			   expected_of(names, count, expected, sizeof expected));
}

static int read_key(struct reading *reading, enum key key, const json_t *value, struct sink_config *sink)
{
	const char *name = key_rows[key].name;

	switch (key) {
	case KEY_LEAST:
		return read_name(reading, name, value, severity_names, SEVERITY_COUNT, &sink->least);
	case KEY_HUBS:
		return read_hubs(reading, value, &sink->hubs);
	case KEY_PATH:
		if (json_string_length(value) > SOCKET_PATH_MAX)
			return fault_at(reading, name,
					"expected a path of at most 107 bytes, for a socket has no longer one");
		return read_text(reading, name, value, &sink->path);
	case KEY_HOST:
		return read_text(reading, name, value, &sink->host);
	case KEY_PORT:
		return read_number(reading, name, value, 65535, &sink->port);
	case KEY_FACILITY:
		return read_name(reading, name, value, facilities, FACILITY_COUNT, &sink->facility);
	case KEY_NUMBER:
		return read_number(reading, name, value, 2147483647, &sink->enterprise_number);
	case KEY_TO: /* is read already */
	case KEY_COUNT:
		break;
	}
	return 0;
}

static int read_sink(struct reading *reading, const json_t *object, struct sink_config *sink)
{
	const json_t *to = json_object_get(object, "to");
	const char *key;
	json_t *value;
	int kind, r;

	if (!to)
		return fault_at(reading, "", "expected {\"to\": \"stderr\"}, or another of the kinds");
	r = read_name(reading, "to", to, kind_names, SINK_COUNT, &kind);
	sink->kind = (enum sink_kind)kind;
	if (r)
		return r;
	json_object_foreach((json_t *)object, key, value) {
		int i = 0;

		while (i < KEY_COUNT && !(strcmp(key, key_rows[i].name) == 0 && key_rows[i].kinds & 1 << kind))
			i++;
		r = i < KEY_COUNT ? read_key(reading, (enum key)i, value, sink) : wrong_key(reading, sink->kind, key);
		if (r)
			return r;
	}
	if (REMOTE & 1 << kind && !sink->host)
		return fault_at(reading, "", "expected a \"host\": name or address of the receiver");
	if (usual_paths[kind] && !sink->path && !(sink->path = strdup(usual_paths[kind])))
		return fault_at(reading, "", "out of memory");
	return 0;
}

int sinks_config_read(struct sinks_config *config, const json_t *array, const struct jsonc *file)
{
	struct reading reading = {file, 0};
	const json_t *element;
	int r;

	if (!json_is_array(array))
		return jsonc_fault(file, "alerts",
				   "expected an array such as [{\"to\": \"stderr\"}, {\"to\": \"journal\"}]");
	sinks_config_clear(config);
	if (!(config->list = calloc(json_array_size(array) + 1, sizeof *config->list)))
		return jsonc_fault(file, "alerts", "out of memory");
	json_array_foreach(array, reading.index, element) {
		set_default(&config->list[config->count]);
		r = read_sink(&reading, element, &config->list[config->count++]);
		if (r)
			return r;
	}
	return 0;
}

/* --- printing ----------------------------------------------------------- */

static void print_text(const char *before, const char *text)
{
	printf("%s", before);
	config_print_text(text);
}

static void print_sink(const struct sink_config *sink)
{
	printf("{\"to\": \"%s\"", kind_names[sink->kind]);
	if (sink->path)
		print_text(", \"path\": ", sink->path);
	if (sink->host) {
		print_text(", \"host\": ", sink->host);
		printf(", \"port\": %d", sink->port);
	}
	if (key_rows[KEY_FACILITY].kinds & 1 << sink->kind)
		printf(", \"facility\": \"%s\"", facilities[sink->facility]);
	if (key_rows[KEY_NUMBER].kinds & 1 << sink->kind)
		printf(", \"enterprise_number\": %d", sink->enterprise_number);
	if (sink->least < SEVERITY_DEBUG)
		printf(", \"least\": \"%s\"", severity_names[sink->least]);
	if (sink->hubs.count) {
		printf(", \"hubs\": ");
		config_print_roster(&sink->hubs);
	}
	printf("}");
}

void sinks_config_print(const struct sinks_config *config)
{
	for (int i = 0; i < KEY_COUNT; i++)
		printf("  //   %-18s %s\n", key_rows[i].name, key_rows[i].help);
	printf("  // to:\n");
	for (int i = 0; i < SINK_COUNT; i++)
		printf("  //   %-18s %s\n", kind_names[i], kind_helps[i]);
	printf("  \"alerts\": [");
	for (size_t i = 0; i < config->count; i++) {
		printf("%s\n    ", i ? "," : "");
		print_sink(&config->list[i]);
	}
	printf("%s]", config->count ? "\n  " : "");
}
