/* What the ruleset's own files share: rule_file.c fills it from the files,
 * ruleset.c answers what is asked of it. Not for anybody else. */
#ifndef LAPSED_RULESET_PARTS_H
#define LAPSED_RULESET_PARTS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <jansson.h>
#include <pcre2.h>

#include "ruleset.h"

enum { FILES_MAX = 64, SIGNALS_MAX = 256, REASONS_MAX = 200, SDKS_MAX = 64 };

/* Where a rule stands, for faults found after its file was read. */
struct spot {
	unsigned file, index;
};

/* Codes from low to high, both included: "429xxx" is 429000 to 429999. */
struct codes {
	struct code_range {
		uint32_t low, high;
	} *ranges;
	size_t count;
};

struct signal_rule {
	enum signal signal;
	struct span category, operation; /* NULL data: any */
	struct codes codes;
	bool success; /* in place of codes */
	const json_t *samples;
	struct spot place;
};

struct reason_rule {
	struct reason reason;
	struct codes codes;
	const char *pattern;
	pcre2_code *compiled;
	const json_t *samples;
	struct spot place;
};

struct ruleset {
	/* The files as they were read: the rules' texts are theirs. */
	struct {
		char *name, *text;
		size_t size;
		json_t *root;
	} files[FILES_MAX];
	unsigned file_count, signal_count, reason_count, sdk_count, sample_count;
	struct signal_rule signals[SIGNALS_MAX];
	struct reason_rule reasons[REASONS_MAX]; /* [0] is no reason */
	struct verdict_text verdicts[VERDICT_COUNT];
	struct sdk sdks[SDKS_MAX];
	struct core_reasons core;
	pcre2_match_context *context;
	pcre2_match_data *match;
};

#endif
