#include <stdio.h>
#include <stdlib.h>

#include "../basic/text.h"
#include "ruleset_parts.h"

/* A pattern that needs more than this on a message of 4 KiB is at fault. */
enum { MATCH_LIMIT = 100000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 1024 };

struct ruleset *ruleset_new(void)
{
	struct ruleset *ruleset = calloc(1, sizeof *ruleset);

	if (!ruleset)
		return NULL;
	ruleset->reason_count = 1;
	ruleset->context = pcre2_match_context_create(NULL);
	ruleset->match = pcre2_match_data_create(16, NULL);
	if (!ruleset->context || !ruleset->match) {
		ruleset_free(ruleset);
		return NULL;
	}
	pcre2_set_match_limit(ruleset->context, MATCH_LIMIT);
	pcre2_set_depth_limit(ruleset->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(ruleset->context, HEAP_LIMIT_KIB);
	return ruleset;
}

void ruleset_free(struct ruleset *take_ruleset)
{
	if (!take_ruleset)
		return;
	for (unsigned i = 0; i < take_ruleset->signal_count; i++)
		free(take_ruleset->signals[i].codes.ranges);
	for (unsigned i = 0; i < take_ruleset->reason_count; i++) {
		free(take_ruleset->reasons[i].codes.ranges);
		pcre2_code_free(take_ruleset->reasons[i].compiled);
	}
	for (unsigned i = 0; i < take_ruleset->file_count; i++) {
		json_decref(take_ruleset->files[i].root);
		free(take_ruleset->files[i].name);
		free(take_ruleset->files[i].text);
	}
	pcre2_match_data_free(take_ruleset->match);
	pcre2_match_context_free(take_ruleset->context);
	free(take_ruleset);
}

static bool codes_hold(const struct codes *codes, uint32_t code)
{
	for (size_t i = 0; i < codes->count; i++)
		if (code >= codes->ranges[i].low && code <= codes->ranges[i].high)
			return true;
	return false;
}

enum signal ruleset_classify(const struct ruleset *ruleset, struct span category, struct span operation,
			     uint32_t code)
{
	for (unsigned i = 0; i < ruleset->signal_count; i++) {
		const struct signal_rule *rule = &ruleset->signals[i];

		if (rule->category.data && !span_equal_nocase(rule->category, category))
			continue;
		if (rule->operation.data && !span_equal_nocase(rule->operation, operation))
			continue;
		if (rule->success ? !code : code && codes_hold(&rule->codes, code))
			return rule->signal;
	}
	return SIGNAL_NONE;
}

reason_id ruleset_reason_of_code(const struct ruleset *ruleset, uint32_t code)
{
	for (unsigned i = 1; i < ruleset->reason_count; i++)
		if (codes_hold(&ruleset->reasons[i].codes, code))
			return (reason_id)i;
	return 0;
}

/* Named groups of the match at hand, as "name=value; name=value". */
static void note_captures(const struct ruleset *ruleset, const struct reason_rule *rule, struct span message,
			  struct finding *ret)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(ruleset->match);
	PCRE2_SPTR names;
	uint32_t count, entry;
	size_t length = 0;

	pcre2_pattern_info(rule->compiled, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(rule->compiled, PCRE2_INFO_NAMEENTRYSIZE, &entry);
	pcre2_pattern_info(rule->compiled, PCRE2_INFO_NAMETABLE, &names);
	for (uint32_t i = 0; i < count && length < sizeof ret->captures; i++, names += entry) {
		unsigned group = (unsigned)(names[0] << 8 | names[1]);
		char value[160];

		if (group >= pcre2_get_ovector_count(ruleset->match) || at[2 * group] == PCRE2_UNSET)
			continue;
		text_redact((struct span){message.data + at[2 * group], at[2 * group + 1] - at[2 * group]}, value,
			    sizeof value);
		length += (size_t)snprintf(ret->captures + length, sizeof ret->captures - length, "%s%s=%s",
					   length ? "; " : "", (const char *)names + 2, value);
	}
}

void ruleset_match(const struct ruleset *ruleset, struct span message, struct finding *ret)
{
	ret->reason = ret->limited = 0;
	ret->captures[0] = '\0';
	if (message.size == 0)
		return;
	for (int decisive = 1; decisive >= 0; decisive--)
		for (unsigned i = 1; i < ruleset->reason_count; i++) {
			const struct reason_rule *rule = &ruleset->reasons[i];
			int r;

			if (!rule->compiled || rule->reason.decisive != decisive)
				continue;
			r = pcre2_match(rule->compiled, (PCRE2_SPTR)message.data, message.size, 0, 0, ruleset->match,
					ruleset->context);
			if (r >= 0) {
				ret->reason = (reason_id)i;
				note_captures(ruleset, rule, message, ret);
				return;
			}
			if (r != PCRE2_ERROR_NOMATCH)
				ret->limited = (reason_id)i;
		}
}

const struct reason *ruleset_reason(const struct ruleset *ruleset, reason_id id)
{
	return id < ruleset->reason_count ? &ruleset->reasons[id].reason : NULL;
}

reason_id ruleset_find(const struct ruleset *ruleset, const char *id)
{
	for (unsigned i = 1; i < ruleset->reason_count; i++)
		if (id && strcmp(ruleset->reasons[i].reason.id, id) == 0)
			return (reason_id)i;
	return 0;
}

const struct verdict_text *ruleset_verdict(const struct ruleset *ruleset, enum verdict verdict)
{
	return &ruleset->verdicts[verdict];
}

const struct sdk *ruleset_sdk(const struct ruleset *ruleset, struct span sdk_version)
{
	for (unsigned i = 0; i < ruleset->sdk_count; i++) {
		struct span prefix = span_of(ruleset->sdks[i].prefix);

		if (sdk_version.size >= prefix.size &&
		    strncasecmp(sdk_version.data, prefix.data, prefix.size) == 0)
			return &ruleset->sdks[i];
	}
	return NULL;
}

void ruleset_count(const struct ruleset *ruleset, unsigned *ret_signals, unsigned *ret_reasons,
		   unsigned *ret_samples)
{
	*ret_signals = ruleset->signal_count;
	*ret_reasons = ruleset->reason_count - 1;
	*ret_samples = ruleset->sample_count;
}

const struct core_reasons *ruleset_core_reasons(const struct ruleset *ruleset)
{
	return &ruleset->core;
}
