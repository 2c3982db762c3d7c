/* What the operator configures: one file, then the drop-ins of a directory
 * beside it (lapsed.json, conf.d/NAME.json in the order of the names; objects
 * merge, arrays and values replace). */
#ifndef LAPSED_CONFIG_H
#define LAPSED_CONFIG_H

#include <stdbool.h>

#include "../core/rules/fault.h"
#include "../core/rules/roster.h"
#include "../core/rules/settings.h"
#include "sink_config.h"
#include "source_config.h"

enum {
	SOURCES_MAX = 256, /* a folder or a pattern is one, however many files it stands for */
	CONFIG_KEYS = 6,   /* beside the settings */
};

struct config {
	struct settings settings;
	const char *origin[SETTING_COUNT]; /* the file that set it; NULL: the default */
	const char *key_origin[CONFIG_KEYS];
	struct source_config *sources;
	size_t source_count;
	struct roster mute, x509;
	char *rules;         /* folder of rules beside the shipped ones; NULL: none */
	char *state;         /* folder; NULL: $STATE_DIRECTORY, or none */
	struct sinks_config alerts;
	char **files;        /* read, in this order */
	size_t file_count;
};

/* Returns false without memory; clear it in any case. */
bool config_default(struct config *ret);
void config_clear(struct config *config);

/* Reads file, if it is there (it must be if `needed`), and its drop-ins.
 * Returns 0 or FAULT. */
int config_read(struct config *config, const char *file, bool needed, struct fault *fault);

/* The file that says what to follow; NULL: none does. */
const char *config_sources_file(const struct config *config);

/* "return_within=900", as given to an option: "set". Returns 0 or FAULT. */
int config_set(struct config *config, const char *option, const char *assignment, struct fault *fault);

/* All of it as a configuration file that says where every value is from. */
void config_print(const struct config *config);

#endif
