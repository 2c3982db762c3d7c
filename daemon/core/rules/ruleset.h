/* What counts: codes to signals, messages to reasons, words and remedies,
 * read from the files in rules/ (see rules/README.md), compiled, and verified
 * by the samples that the files carry. */
#ifndef LAPSED_RULESET_H
#define LAPSED_RULESET_H

#include <stdbool.h>
#include <stdint.h>

#include "../basic/span.h"
#include "fault.h"
#include "terms.h"

/* 0 stands for no reason; the others index ruleset_reason(). */
typedef uint8_t reason_id;

struct reason {
	const char *id, *title, *remedy, *doc;
	bool decisive; /* proves a wrong credential at once */
};

struct verdict_text {
	const char *msgid, *title, *remedy, *doc;
	int severity; /* enum severity */
};

struct sdk {
	const char *prefix, *name;
	int64_t least_s, most_s; /* its known time between expulsions; 0: none known */
};

/* What a message was found to say. */
struct finding {
	reason_id reason;
	reason_id limited; /* the last whose pattern ran into its limits; 0: none did */
	char captures[256]; /* "policy=fleet; resource=HUB/devices/x", redacted; may be empty */
};

struct ruleset;

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *take_ruleset);

/* Reads one rule file. A file read later wins over an earlier one: reasons
 * and verdicts replace those of the same id, signals and SDKs go before.
 * Returns 0 or FAULT. */
int ruleset_add(struct ruleset *ruleset, const char *file, struct span text, struct fault *fault);

/* Once after the last file: compiles, and verifies every sample. Returns 0 or
 * FAULT; the ruleset is only to be used after 0. */
int ruleset_compile(struct ruleset *ruleset, struct fault *fault);

/* code 0: the record reports a success. */
enum signal ruleset_classify(const struct ruleset *ruleset, struct span category, struct span operation,
			     uint32_t code);

/* The reason that a code proves, or 0. */
reason_id ruleset_reason_of_code(const struct ruleset *ruleset, uint32_t code);

/* Looks a hub's message up. Patterns run under limits: a message on which one
 * runs into them counts as not matched by it. */
void ruleset_match(const struct ruleset *ruleset, struct span message, struct finding *ret);

const struct reason *ruleset_reason(const struct ruleset *ruleset, reason_id id);
reason_id ruleset_find(const struct ruleset *ruleset, const char *id);
const struct verdict_text *ruleset_verdict(const struct ruleset *ruleset, enum verdict verdict);
const struct sdk *ruleset_sdk(const struct ruleset *ruleset, struct span sdk_version);

/* How many signals, reasons and samples were read; for `check`. */
void ruleset_count(const struct ruleset *ruleset, unsigned *ret_signals, unsigned *ret_reasons,
		   unsigned *ret_samples);

/* Reasons that the core itself gives. They must exist in the rules. */
struct core_reasons {
	reason_id x509, refused, rejected_client, clock_drift;
};

const struct core_reasons *ruleset_core_reasons(const struct ruleset *ruleset);

#endif
