/* What is followed: one element of the array "sources". */
#ifndef LAPSED_SOURCE_CONFIG_H
#define LAPSED_SOURCE_CONFIG_H

#include <stdbool.h>

#include "../core/rules/jsonc.h"

enum source_kind { SOURCE_AZURE, SOURCE_LOCAL };

struct source_config {
	char *name; /* no two sources that differ share it: the path, or "journal PLACE FIELD=value ..." */
	char *path; /* a file, a folder or a pattern; of a journal "system" or a folder */
	bool is_journal;
	char **matches; /* "FIELD=value": a journal's entries have all of them */
	size_t match_count;
	enum source_kind kind;
};

/* Reads one, all zero before. `at` is its path in the file, "sources[2]".
 * Returns 0 or FAULT. */
int source_config_read(struct source_config *source, const char *at, const json_t *element, const struct jsonc *file);

/* As it would be written. */
void source_config_print(const struct source_config *source);

/* Returns false without memory; ret is to be cleared in any case. */
bool source_config_copy(const struct source_config *source, struct source_config *ret);
void source_config_clear(struct source_config *source);

#endif
