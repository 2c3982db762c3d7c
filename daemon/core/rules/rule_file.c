/* From rule files to a ruleset: JSON to rules, each member looked at; patterns
 * compiled; and all of it verified by the samples that the files carry. */
#include <stdio.h>
#include <stdlib.h>

#include "jsonc.h"
#include "ruleset_parts.h"

static struct jsonc jsonc_of(const struct ruleset *ruleset, unsigned file, struct fault *fault)
{
	return (struct jsonc){ruleset->files[file].name, {ruleset->files[file].text, ruleset->files[file].size}, fault};
}

static int fault_at(const struct ruleset *ruleset, unsigned file, const char *path, struct fault *fault,
		    const char *words)
{
	const struct jsonc jsonc = jsonc_of(ruleset, file, fault);

	return jsonc_fault(&jsonc, path, "%s", words);
}

/* --- reading ------------------------------------------------------------ */

enum { MSGID_MAX = 32 }; /* characters */

enum kind { TEXT, LIST, TRUTH, TABLE };

struct member {
	const char *key;
	enum kind kind;
	bool needed;
};

/* Every member known and of its kind, every needed one there. */
static int check_members(struct ruleset *ruleset, unsigned file, const char *path, const json_t *object,
			 const struct member *members, size_t count, struct fault *fault)
{
	static const char *const kinds[] = {"a string", "an array", "true or false", "an object"};
	const char *names[16];
	const char *key;
	json_t *value;
	const struct jsonc jsonc = jsonc_of(ruleset, file, fault);
	char where[160];

	if (!json_is_object(object))
		return jsonc_fault(&jsonc, path, "expected an object");
	for (size_t i = 0; i < count; i++)
		names[i] = members[i].key;
	json_object_foreach((json_t *)object, key, value) {
		size_t i = 0;

		while (i < count && strcmp(key, members[i].key) != 0)
			i++;
		if (i == count)
			return jsonc_unknown_key(&jsonc, path, key, names, count);
		if (members[i].kind == TEXT    ? !json_is_string(value)
		    : members[i].kind == LIST  ? !json_is_array(value)
		    : members[i].kind == TRUTH ? !json_is_boolean(value)
					       : !json_is_object(value)) {
			snprintf(where, sizeof where, "%s.%s", path, key);
			return jsonc_fault(&jsonc, where, "expected %s", kinds[members[i].kind]);
		}
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].needed && !json_object_get(object, members[i].key))
			return jsonc_fault(&jsonc, path, "expected a member \"%s\"", members[i].key);
	return 0;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "401003" or "429xxx", as text or number. */
static bool read_range(const json_t *code, struct code_range *ret)
{
	char digits[24];
	const char *text = json_string_value(code);

	if (json_is_integer(code)) {
		snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(code));
		text = digits;
	}
	if (!text || strlen(text) != 6)
		return false;
	*ret = (struct code_range){0, 0};
	for (int i = 0; i < 6; i++) {
		bool any = text[i] == 'x';

		if (!any && (text[i] < '0' || text[i] > '9'))
			return false;
		ret->low = ret->low * 10 + (uint32_t)(any ? 0 : text[i] - '0');
		ret->high = ret->high * 10 + (uint32_t)(any ? 9 : text[i] - '0');
	}
	return true;
}

static int read_codes(struct ruleset *ruleset, unsigned file, const char *path, const json_t *object,
		      struct codes *ret, struct fault *fault)
{
	const json_t *codes = json_object_get(object, "codes"), *code;
	char where[160];
	size_t index;

	free(ret->ranges);
	*ret = (struct codes){0};
	if (json_array_size(codes) == 0)
		return 0;
	ret->ranges = calloc(json_array_size(codes), sizeof *ret->ranges);
	if (!ret->ranges)
		return fault_at(ruleset, file, path, fault, "out of memory");
	json_array_foreach(codes, index, code)
		if (!read_range(code, &ret->ranges[ret->count++])) {
			snprintf(where, sizeof where, "%s.codes[%zu]", path, index);
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
	enum signal signal;
	char where[160];
	int r;

	r = check_members(ruleset, place.file, path, object, members, sizeof members / sizeof *members, fault);
	if (r)
		return r;
	if (ruleset->signal_count == SIGNALS_MAX)
		return fault_at(ruleset, place.file, path, fault, "too many signals");
	signal = (enum signal)term_find(signal_names, SIGNAL_MOVED, span_of(text_of(object, "signal")));
	if (signal == SIGNAL_NONE || signal == SIGNAL_MOVED) {
		snprintf(where, sizeof where, "%s.signal", path);
		return fault_at(ruleset, place.file, where, fault,
				"expected alive, expelled, refused, denied, displaced, platform, closed, left or "
				"connected");
	}
	*rule = (struct signal_rule){
		.signal = signal,
		.category = span_of(text_of(object, "category")),
		.operation = span_of(text_of(object, "operation")),
		.success = json_is_true(json_object_get(object, "success")),
		.samples = json_object_get(object, "samples"),
		.place = place,
	};
	if (!json_object_get(object, "codes") != rule->success)
		return fault_at(ruleset, place.file, path, fault,
				"expected either \"codes\" or \"success\": true");
	ruleset->signal_count++;
	return read_codes(ruleset, place.file, path, object, &rule->codes, fault);
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
		.codes = rule->codes, /* of the one it replaces */
		.samples = json_object_get(object, "samples"),
		.pattern = text_of(object, "pattern"),
		.place = place,
	};
	return read_codes(ruleset, place.file, path, object, &rule->codes, fault);
}

/* As a header of RFC 5424 (section 6.2.7) can hold it. */
static bool is_msgid(const char *text)
{
	size_t length = 0;

	while (text[length] > ' ' && text[length] < 0x7F)
		length++;
	return length > 0 && length <= MSGID_MAX && text[length] == '\0';
}

static int read_verdict(struct ruleset *ruleset, struct spot place, const char *path, const json_t *object,
			struct fault *fault)
{
	static const struct member members[] = {{"verdict", TEXT, true}, {"msgid", TEXT, true},
						{"severity", TEXT, true}, {"title", TEXT, true},
						{"remedy", TEXT, false}, {"doc", TEXT, false},
						{"note", TEXT, false}};
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
	if (!is_msgid(text_of(object, "msgid"))) {
		snprintf(where, sizeof where, "%s.msgid", path);
		return fault_at(ruleset, place.file, where, fault,
				"expected 1 to 32 printable characters of ASCII, and no blanks");
	}
	severity = term_find(severity_names, SEVERITY_COUNT, span_of(text_of(object, "severity")));
	if (severity == SEVERITY_COUNT) {
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

/* Rows of a later file go before those of earlier files, in their own order.
 * Returns false if there is no memory. */
static bool move_to_front(void *rows, size_t size, unsigned old, unsigned count)
{
	char *copy;

	if (old == 0 || old == count)
		return true;
	copy = malloc(size * count);
	if (!copy)
		return false;
	memcpy(copy, (char *)rows + size * old, size * (count - old));
	memcpy(copy + size * (count - old), rows, size * old);
	memcpy(rows, copy, size * count);
	free(copy);
	return true;
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
	r = jsonc_parse(&(struct jsonc){file, text, fault}, &ruleset->files[at].root);
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
	if (!move_to_front(ruleset->signals, sizeof *ruleset->signals, signals, ruleset->signal_count) ||
	    !move_to_front(ruleset->sdks, sizeof *ruleset->sdks, sdks, ruleset->sdk_count))
		return fault_set(fault, file, 0, 0, "out of memory");
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
			if (finding.limited) {
				snprintf(words, sizeof words, "reason %s: its pattern takes too long on this sample",
					 ruleset->reasons[finding.limited].reason.id);
				return fault_at(ruleset, rule->place.file, path, fault, words);
			}
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

int ruleset_compile(struct ruleset *ruleset, struct fault *fault)
{
	int r;

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
	return 0;
}
