#include "ruleset.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "../basic/list.h"
#include "../basic/text.h"
#include "jsonc.h"

enum {
	SIGNALS_MAX = 256,
	REASONS_MAX = 200,
	SDKS_MAX = 64,
	FILES_MAX = 64,
	/* A pattern that needs more than this on a message of 4 KiB is at fault. */
	MATCH_LIMIT = 100000,
	DEPTH_LIMIT = 1000,
	HEAP_LIMIT_KIB = 1024,
};

/* Where a rule stands, for faults found after its file was read. */
struct spot {
	unsigned file, index;
};

struct signal_rule {
	enum signal signal;
	struct span category, operation; /* NULL data: any */
	json_t *codes;                   /* strings and numbers; NULL: success */
	json_t *samples;
	struct spot place;
};

struct reason_rule {
	struct reason reason;
	json_t *codes, *samples;
	const char *pattern;
	pcre2_code *compiled;
	struct spot place;
};

/* What a code alone says, whatever the message. */
struct proof {
	uint32_t low, high; /* codes */
	reason_id reason;
};

struct ruleset {
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
	struct proof *proofs;            /* the first that holds decides */
	size_t proof_count, proof_capacity;
	pcre2_match_context *context;
	pcre2_match_data *match;
	uint64_t limited;
};

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
	for (unsigned i = 0; i < take_ruleset->reason_count; i++)
		pcre2_code_free(take_ruleset->reasons[i].compiled);
	for (unsigned i = 0; i < take_ruleset->file_count; i++) {
		json_decref(take_ruleset->files[i].root);
		free(take_ruleset->files[i].name);
		free(take_ruleset->files[i].text);
	}
	free(take_ruleset->proofs);
	pcre2_match_data_free(take_ruleset->match);
	pcre2_match_context_free(take_ruleset->context);
	free(take_ruleset);
}

static int fault_at(const struct ruleset *ruleset, unsigned file, const char *path, struct fault *fault,
		    const char *words)
{
	return jsonc_fault(ruleset->files[file].name,
			   (struct span){ruleset->files[file].text, ruleset->files[file].size}, path, fault, "%s",
			   words);
}

/* --- reading ------------------------------------------------------------ */

enum kind { TEXT, LIST, TRUTH, TABLE, NUMBER };

struct member {
	const char *key;
	enum kind kind;
	bool needed;
};

/* Every member known and of its kind, every needed one there. */
static int check_members(struct ruleset *ruleset, unsigned file, const char *path, const json_t *object,
			 const struct member *members, size_t count, struct fault *fault)
{
	static const char *const kinds[] = {"a string", "an array", "true or false", "an object", "a number"};
	const char *names[16];
	const char *key, *near;
	json_t *value;
	char where[160], words[256];

	if (!json_is_object(object))
		return fault_at(ruleset, file, path, fault, "expected an object");
	for (size_t i = 0; i < count; i++)
		names[i] = members[i].key;
	json_object_foreach((json_t *)object, key, value) {
		size_t i = 0;

		while (i < count && strcmp(key, members[i].key) != 0)
			i++;
		if (i == count) {
			near = jsonc_nearest(key, names, count);
			snprintf(where, sizeof where, "%s.%s=", path, key);
			snprintf(words, sizeof words, "unknown key \"%s\"%s%s%s", key, near ? "; did you mean \"" : "",
				 near ? near : "", near ? "\"?" : "");
			return fault_at(ruleset, file, where, fault, words);
		}
		if (members[i].kind == TEXT      ? !json_is_string(value)
		    : members[i].kind == LIST    ? !json_is_array(value)
		    : members[i].kind == TRUTH   ? !json_is_boolean(value)
		    : members[i].kind == NUMBER  ? !json_is_integer(value)
						 : !json_is_object(value)) {
			snprintf(where, sizeof where, "%s.%s", path, key);
			snprintf(words, sizeof words, "expected %s", kinds[members[i].kind]);
			return fault_at(ruleset, file, where, fault, words);
		}
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].needed && !json_object_get(object, members[i].key)) {
			snprintf(words, sizeof words, "expected a member \"%s\"", members[i].key);
			return fault_at(ruleset, file, path, fault, words);
		}
	return 0;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "401003" or "429xxx", as text or number. */
static bool code_range(const json_t *code, uint32_t *ret_low, uint32_t *ret_high)
{
	char digits[24];
	const char *text = json_string_value(code);

	if (json_is_integer(code)) {
		snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(code));
		text = digits;
	}
	if (!text || strlen(text) != 6)
		return false;
	*ret_low = *ret_high = 0;
	for (int i = 0; i < 6; i++) {
		bool any = text[i] == 'x';

		if (!any && (text[i] < '0' || text[i] > '9'))
			return false;
		*ret_low = *ret_low * 10 + (uint32_t)(any ? 0 : text[i] - '0');
		*ret_high = *ret_high * 10 + (uint32_t)(any ? 9 : text[i] - '0');
	}
	return true;
}

static int check_codes(struct ruleset *ruleset, unsigned file, const char *path, const json_t *codes,
		       struct fault *fault)
{
	uint32_t low, high;
	char where[160];

	for (size_t i = 0; i < json_array_size(codes); i++)
		if (!code_range(json_array_get(codes, i), &low, &high)) {
			snprintf(where, sizeof where, "%s.codes[%zu]", path, i);
			return fault_at(ruleset, file, where, fault,
					"expected a code of six digits, such as \"401003\" or \"429xxx\"");
		}
	return 0;
}

static int read_signal(struct ruleset *ruleset, struct spot place, const char *path, const json_t *object,
		       struct fault *fault)
{
	static const struct member members[] = {{"signal", TEXT, true},  {"category", TEXT, false},
						{"operation", TEXT, false}, {"codes", LIST, false},
						{"success", TRUTH, false},  {"samples", TABLE, true},
						{"note", TEXT, false}};
	struct signal_rule *rule = &ruleset->signals[ruleset->signal_count];
	char where[160];
	int r;

	r = check_members(ruleset, place.file, path, object, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	if (ruleset->signal_count == SIGNALS_MAX)
		return fault_at(ruleset, place.file, path, fault, "too many signals");
	rule->signal = (enum signal)term_find(signal_names, SIGNAL_MOVED, span_of(text_of(object, "signal")));
	if (rule->signal == SIGNAL_NONE || rule->signal == SIGNAL_MOVED) {
		snprintf(where, sizeof where, "%s.signal", path);
		return fault_at(ruleset, place.file, where, fault,
				"expected alive, expelled, refused, denied, displaced, platform, closed, left or "
				"connected");
	}
	rule->category = span_of(text_of(object, "category"));
	rule->operation = span_of(text_of(object, "operation"));
	rule->codes = json_object_get(object, "codes");
	rule->samples = json_object_get(object, "samples");
	rule->place = place;
	if (!rule->codes != json_is_true(json_object_get(object, "success")))
		return fault_at(ruleset, place.file, path, fault,
				"expected either \"codes\" or \"success\": true");
	ruleset->signal_count++;
	return check_codes(ruleset, place.file, path, rule->codes, fault);
}

static int read_reason(struct ruleset *ruleset, struct spot place, const char *path, const json_t *object,
		       struct fault *fault)
{
	static const struct member members[] = {{"id", TEXT, true},       {"title", TEXT, true},
						{"codes", LIST, false},   {"pattern", TEXT, false},
						{"decisive", TRUTH, false}, {"samples", TABLE, false},
						{"remedy", TEXT, true},   {"doc", TEXT, false},
						{"note", TEXT, false}};
	const char *id = text_of(object, "id");
	struct reason_rule *rule;
	int r;

	r = check_members(ruleset, place.file, path, object, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	rule = &ruleset->reasons[ruleset_find(ruleset, id)];
	if (rule == ruleset->reasons) {
		if (ruleset->reason_count == REASONS_MAX)
			return fault_at(ruleset, place.file, path, fault, "too many reasons");
		rule = &ruleset->reasons[ruleset->reason_count++];
	}
	*rule = (struct reason_rule){
		.reason = {id, text_of(object, "title"), text_of(object, "remedy"), text_of(object, "doc"),
			   json_is_true(json_object_get(object, "decisive"))},
		.codes = json_object_get(object, "codes"),
		.samples = json_object_get(object, "samples"),
		.pattern = text_of(object, "pattern"),
		.place = place,
	};
	return check_codes(ruleset, place.file, path, rule->codes, fault);
}

static int read_verdict(struct ruleset *ruleset, struct spot place, const char *path, const json_t *object,
			struct fault *fault)
{
	static const struct member members[] = {{"verdict", TEXT, true}, {"msgid", TEXT, true},
						{"severity", TEXT, true}, {"title", TEXT, true},
						{"remedy", TEXT, false}, {"doc", TEXT, false},
						{"note", TEXT, false}};
	static const char *const severities[] = {"emerg", "alert",  "crit", "err",
						 "warning", "notice", "info", "debug"};
	unsigned verdict, severity;
	char where[160];
	int r;

	r = check_members(ruleset, place.file, path, object, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	verdict = term_find(verdict_names, VERDICT_COUNT, span_of(text_of(object, "verdict")));
	if (verdict == VERDICT_COUNT) {
		snprintf(where, sizeof where, "%s.verdict", path);
		return fault_at(ruleset, place.file, where, fault, "expected the name of a verdict");
	}
	severity = term_find(severities, 8, span_of(text_of(object, "severity")));
	if (severity == 8) {
		snprintf(where, sizeof where, "%s.severity", path);
		return fault_at(ruleset, place.file, where, fault,
				"expected emerg, alert, crit, err, warning, notice, info or debug");
	}
	ruleset->verdicts[verdict] = (struct verdict_text){text_of(object, "msgid"), text_of(object, "title"),
							   text_of(object, "remedy"), text_of(object, "doc"),
							   (int)severity};
	return 0;
}

static int read_sdk(struct ruleset *ruleset, struct spot place, const char *path, const json_t *object,
		    struct fault *fault)
{
	static const struct member members[] = {{"prefix", TEXT, true}, {"name", TEXT, true},
						{"rhythm_s", LIST, false}, {"note", TEXT, false}};
	const json_t *rhythm = json_object_get(object, "rhythm_s");
	char where[160];
	int r;

	r = check_members(ruleset, place.file, path, object, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	if (ruleset->sdk_count == SDKS_MAX)
		return fault_at(ruleset, place.file, path, fault, "too many SDKs");
	if (rhythm && (json_array_size(rhythm) != 2 || !json_is_integer(json_array_get(rhythm, 0)) ||
		       !json_is_integer(json_array_get(rhythm, 1)))) {
		snprintf(where, sizeof where, "%s.rhythm_s", path);
		return fault_at(ruleset, place.file, where, fault, "expected [least, most] in seconds");
	}
	ruleset->sdks[ruleset->sdk_count++] =
		(struct sdk){text_of(object, "prefix"), text_of(object, "name"),
			     json_integer_value(json_array_get(rhythm, 0)),
			     json_integer_value(json_array_get(rhythm, 1))};
	return 0;
}

/* Rows of a later file go before those of earlier files, in their own order. */
static void move_to_front(void *rows, size_t size, unsigned old, unsigned count)
{
	char *copy = malloc(size * count);

	if (!copy)
		return;
	memcpy(copy, (char *)rows + size * old, size * (count - old));
	memcpy(copy + size * (count - old), rows, size * old);
	memcpy(rows, copy, size * count);
	free(copy);
}

static int read_file(struct ruleset *ruleset, unsigned file, struct fault *fault)
{
	static const struct {
		const char *key;
		int (*read)(struct ruleset *, struct spot, const char *, const json_t *, struct fault *);
	} sections[] = {
		{"signals", read_signal}, {"reasons", read_reason}, {"verdicts", read_verdict}, {"sdks", read_sdk}};
	static const struct member members[] = {{"schema", TEXT, true},  {"signals", LIST, false},
						{"reasons", LIST, false}, {"verdicts", LIST, false},
						{"sdks", LIST, false},    {"note", TEXT, false}};
	const json_t *root = ruleset->files[file].root, *element;
	size_t index;
	char path[96];
	int r;

	r = check_members(ruleset, file, "", root, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	if (strcmp(text_of(root, "schema"), "lapsed.rules/1") != 0)
		return fault_at(ruleset, file, "schema", fault, "expected \"lapsed.rules/1\"");
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		json_array_foreach(json_object_get(root, sections[i].key), index, element) {
			snprintf(path, sizeof path, "%s[%zu]", sections[i].key, index);
			r = sections[i].read(ruleset, (struct spot){file, (unsigned)index}, path, element, fault);
			if (r)
				return r;
		}
	return 0;
}

int ruleset_add(struct ruleset *ruleset, const char *file, struct span text, struct fault *fault)
{
	unsigned at = ruleset->file_count, signals = ruleset->signal_count, sdks = ruleset->sdk_count;
	int r;

	if (at == FILES_MAX)
		return fault_set(fault, file, 0, 0, "more than %d rule files", FILES_MAX);
	r = jsonc_parse(file, text, &ruleset->files[at].root, fault);
	if (r)
		return r;
	ruleset->file_count++;
	ruleset->files[at].name = strdup(file);
	ruleset->files[at].text = malloc(text.size + 1);
	ruleset->files[at].size = text.size;
	if (!ruleset->files[at].name || !ruleset->files[at].text)
		return fault_set(fault, file, 0, 0, "out of memory");
	memcpy(ruleset->files[at].text, text.data, text.size);
	r = read_file(ruleset, at, fault);
	if (r)
		return r;
	move_to_front(ruleset->signals, sizeof *ruleset->signals, signals, ruleset->signal_count);
	move_to_front(ruleset->sdks, sizeof *ruleset->sdks, sdks, ruleset->sdk_count);
	return 0;
}

/* --- compiling and verifying -------------------------------------------- */

static int compile_reason(struct ruleset *ruleset, struct reason_rule *rule, struct fault *fault)
{
	char path[96], words[256], message[128];
	PCRE2_SIZE offset;
	int error;

	snprintf(path, sizeof path, "reasons[%u].pattern", rule->place.index);
	rule->compiled = pcre2_compile((PCRE2_SPTR)rule->pattern, PCRE2_ZERO_TERMINATED,
				       PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF,
				       &error, &offset, NULL);
	if (!rule->compiled) {
		pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
		snprintf(words, sizeof words, "expected a PCRE2 pattern: %s at character %zu of it", message,
			 (size_t)offset + 1);
		return fault_at(ruleset, rule->place.file, path, fault, words);
	}
	/* Without JIT (MemoryDenyWriteExecute=yes) matching goes on, slower. */
	(void)pcre2_jit_compile(rule->compiled, PCRE2_JIT_COMPLETE);
	return 0;
}

static int verify_reason(struct ruleset *ruleset, const struct reason_rule *rule, struct fault *fault)
{
	static const char *const keys[] = {"match", "differ"};
	char path[96], words[256];
	struct finding finding;
	const json_t *sample;
	size_t index;

	for (int k = 0; k < 2; k++) {
		const json_t *list = json_object_get(rule->samples, keys[k]);

		snprintf(path, sizeof path, "reasons[%u]", rule->place.index);
		if (json_array_size(list) == 0) {
			snprintf(words, sizeof words, "a pattern needs samples: expected a list samples.%s", keys[k]);
			return fault_at(ruleset, rule->place.file, path, fault, words);
		}
		json_array_foreach(list, index, sample) {
			snprintf(path, sizeof path, "reasons[%u].samples.%s[%zu]", rule->place.index, keys[k], index);
			if (!json_is_string(sample))
				return fault_at(ruleset, rule->place.file, path, fault, "expected a string");
			ruleset_match(ruleset, span_of(json_string_value(sample)), &finding);
			ruleset->sample_count++;
			if ((&ruleset->reasons[finding.reason] == rule) == (k == 0))
				continue;
			snprintf(words, sizeof words, "reason %s: this sample must %s it, but the rules find %s",
				 rule->reason.id, k == 0 ? "match" : "not match",
				 finding.reason ? ruleset->reasons[finding.reason].reason.id : "nothing");
			return fault_at(ruleset, rule->place.file, path, fault, words);
		}
	}
	return 0;
}

static int verify_signal(struct ruleset *ruleset, const struct signal_rule *rule, struct fault *fault)
{
	static const char *const keys[] = {"match", "differ"};
	const json_t *sample;
	char path[96], words[256];
	size_t index;

	for (int k = 0; k < 2; k++)
		json_array_foreach(json_object_get(rule->samples, keys[k]), index, sample) {
			const char *category = json_string_value(json_array_get(sample, 0));
			const char *operation = json_string_value(json_array_get(sample, 1));
			const json_t *code = json_array_get(sample, 2);
			enum signal signal;

			snprintf(path, sizeof path, "signals[%u].samples.%s[%zu]", rule->place.index, keys[k], index);
			if (!category || !operation || !(json_is_integer(code) || json_is_null(code)))
				return fault_at(ruleset, rule->place.file, path, fault,
						"expected [category, operation, code or null]");
			signal = ruleset_classify(ruleset, span_of(category), span_of(operation),
						  (uint32_t)json_integer_value(code));
			ruleset->sample_count++;
			if ((signal == rule->signal) == (k == 0))
				continue;
			snprintf(words, sizeof words, "signal %s: this sample must %s it, but the rules say %s",
				 signal_names[rule->signal], k == 0 ? "be" : "not be", signal_names[signal]);
			return fault_at(ruleset, rule->place.file, path, fault, words);
		}
	return 0;
}

static int find_core_reasons(struct ruleset *ruleset, struct fault *fault)
{
	const struct {
		const char *id;
		reason_id *place;
	} needed[] = {{"x509", &ruleset->core.x509},
		      {"refused", &ruleset->core.refused},
		      {"rejected-client", &ruleset->core.rejected_client},
		      {"renew-credentials", &ruleset->core.renew_credentials},
		      {"clock-drift", &ruleset->core.clock_drift}};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		*needed[i].place = ruleset_find(ruleset, needed[i].id);
		if (!*needed[i].place)
			return fault_set(fault, "", 0, 0, "no rule file has the reason \"%s\"", needed[i].id);
	}
	for (int i = VERDICT_RECOVERED; i < VERDICT_COUNT; i++)
		if (!ruleset->verdicts[i].msgid)
			return fault_set(fault, "", 0, 0, "no rule file has the verdict \"%s\"", verdict_names[i]);
	return 0;
}

/* An alert asks for it: not to be looked for in documents each time. */
static int gather_proofs(struct ruleset *ruleset, unsigned reason)
{
	const json_t *code;
	size_t index;

	json_array_foreach(ruleset->reasons[reason].codes, index, code) {
		struct proof proof = {.reason = (reason_id)reason};
		struct proof *proofs = list_reserve(ruleset->proofs, ruleset->proof_count, &ruleset->proof_capacity,
						    sizeof *proofs);

		if (!proofs)
			return -ENOMEM;
		ruleset->proofs = proofs;
		if (code_range(code, &proof.low, &proof.high))
			proofs[ruleset->proof_count++] = proof;
	}
	return 0;
}

int ruleset_compile(struct ruleset *ruleset, struct fault *fault)
{
	int r;

	for (unsigned i = 1; i < ruleset->reason_count; i++)
		if ((r = gather_proofs(ruleset, i)))
			return r;
	for (unsigned i = 1; i < ruleset->reason_count; i++)
		if (ruleset->reasons[i].pattern && (r = compile_reason(ruleset, &ruleset->reasons[i], fault)))
			return r;
	r = find_core_reasons(ruleset, fault);
	if (r)
		return r;
	for (unsigned i = 1; i < ruleset->reason_count; i++)
		if (ruleset->reasons[i].pattern && (r = verify_reason(ruleset, &ruleset->reasons[i], fault)))
			return r;
	for (unsigned i = 0; i < ruleset->signal_count; i++)
		if ((r = verify_signal(ruleset, &ruleset->signals[i], fault)))
			return r;
	ruleset->limited = 0;
	return 0;
}

/* --- asking ------------------------------------------------------------- */

static bool codes_hold(const json_t *codes, uint32_t code)
{
	uint32_t low, high;

	for (size_t i = 0; i < json_array_size(codes); i++)
		if (code_range(json_array_get(codes, i), &low, &high) && code >= low && code <= high)
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
		if (rule->codes ? code && codes_hold(rule->codes, code) : !code)
			return rule->signal;
	}
	return SIGNAL_NONE;
}

reason_id ruleset_reason_of_code(const struct ruleset *ruleset, uint32_t code)
{
	for (size_t i = 0; i < ruleset->proof_count; i++)
		if (code >= ruleset->proofs[i].low && code <= ruleset->proofs[i].high)
			return ruleset->proofs[i].reason;
	return 0;
}

static bool pattern_matches(const struct ruleset *ruleset, const struct reason_rule *rule, struct span message)
{
	int r = pcre2_match(rule->compiled, (PCRE2_SPTR)message.data, message.size, 0, 0, ruleset->match,
			    ruleset->context);

	if (r < PCRE2_ERROR_NOMATCH)
		((struct ruleset *)ruleset)->limited++;
	return r >= 0;
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
	ret->reason = 0;
	ret->captures[0] = '\0';
	if (message.size == 0)
		return;
	for (int decisive = 1; decisive >= 0; decisive--)
		for (unsigned i = 1; i < ruleset->reason_count; i++) {
			const struct reason_rule *rule = &ruleset->reasons[i];

			if (!rule->compiled || rule->reason.decisive != decisive ||
			    !pattern_matches(ruleset, rule, message))
				continue;
			ret->reason = (reason_id)i;
			note_captures(ruleset, rule, message, ret);
			return;
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

uint64_t ruleset_limited(const struct ruleset *ruleset)
{
	return ruleset->limited;
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
