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

enum source_kind { SOURCE_AZURE, SOURCE_LOCAL };

enum { SOURCES_MAX = 256 }; /* a folder or a pattern is one, however many files it stands for */

struct source_config {
	char *name; /* no two sources that differ share it: the path, or "journal PLACE FIELD=value ..." */
	char *path; /* a file, a folder or a pattern; of a journal "system" or a folder */
	bool is_journal;
	char **matches; /* "FIELD=value": a journal's entries have all of them */
	size_t match_count;
	enum source_kind kind;
};

struct config {
	struct settings settings;
	const char *origin[SETTING_COUNT]; /* the file that set it; NULL: the default */
	struct source_config *sources;
	size_t source_count;
	struct roster mute, x509;
	char *rules;         /* folder of rules beside the shipped ones; NULL: none */
	char *state;         /* folder; NULL: $STATE_DIRECTORY, or none */
	struct sinks_config alerts;
	char **files;        /* read, in this order */
	size_t file_count;
};

/* Returns false without memory; ret is to be cleared in any case. */
bool source_config_copy(const struct source_config *source, struct source_config *ret);
void source_config_clear(struct source_config *source);

void config_default(struct config *ret);
void config_clear(struct config *config);

/* Reads file, if it is there (it must be if `needed`), and its drop-ins.
 * Returns 0, FAULT, or -errno. */
int config_read(struct config *config, const char *file, bool needed, struct fault *fault);

/* "return_within=900", as given to --set. Returns 0 or FAULT. */
int config_set(struct config *config, const char *assignment, struct fault *fault);

/* All of it as a configuration file that says where every value is from. */
void config_print(const struct config *config);

#endif
