#include "notice.h"

#include "../basic/line.h"
#include "../basic/list.h"

const char *const state_names[] = {"raised", "repeated", "cleared", "withdrawn"};

static const char *const msgids[NOTICE_COUNT] = {
#define X(name, msgid) msgid,
	NOTICES(X)
#undef X
};

struct notice *notices_add(struct notices *notices, enum notice_kind kind, enum notice_state state, int severity)
{
	struct notice *list = list_reserve(notices->list, notices->count, &notices->capacity, sizeof *list), *notice;

	if (!list)
		return NULL;
	notices->list = list;
	notice = &list[notices->count++];
	memset(notice, 0, sizeof *notice);
	notice->kind = kind;
	notice->state = state;
	notice->msgid = msgids[kind];
	notice->severity = state == STATE_CLEARED || state == STATE_WITHDRAWN ? SEVERITY_NOTICE : severity;
	notice->alert_severity = severity;
	notice->first_ns = notice->last_ns = STAMP_NONE;
	return notice;
}

const char *notice_msgid(enum notice_kind kind, enum verdict verdict, const struct ruleset *rules)
{
	return kind == NOTICE_ALERT ? ruleset_verdict(rules, verdict)->msgid : msgids[kind];
}

/* "; 4 refusals in 6 s" */
static void say_seen(struct line *line, const struct notice *notice, const struct episode *episode)
{
	char span[STAMP_TEXT];

	if (episode->refusals) {
		line_words(line, "; ");
		line_number(line, episode->refusals);
		line_words(line, episode->scope == SCOPE_REQUEST ? " denied request" : " refusal");
		if (episode->refusals > 1) {
			line_words(line, "s in ");
			line_words(line, stamp_span(notice->last_ns - notice->first_ns, span));
		}
	} else if (episode->expulsions) {
		line_words(line, "; ");
		line_number(line, episode->expulsions);
		line_words(line, episode->expulsions == 1 ? " expulsion" : " expulsions");
		line_words(line, episode->back_ns == STAMP_NONE && episode->open ? ", not back" : "");
	}
}

static const char *end_of(const struct notice *notice, const struct episode *episode)
{
	static const char *const ends[ENDING_COUNT] = {
		[ENDING_CLEARED] = "over: the device is connected again and settled",
		[ENDING_MOVED] = "over: the device works on another hub",
		[ENDING_EXPIRED] = "over: nothing was heard of the device for too long",
		[ENDING_QUIET] = "over: it has been quiet",
	};

	if (notice->state == STATE_WITHDRAWN)
		return "withdrawn: a late record shows that it was not so";
	if (episode->open)
		return episode->verdict > notice->verdict ? "superseded: the episode has become worse"
							  : "folded into a fleet alert";
	return episode->ending && ends[episode->ending] ? ends[episode->ending] : "over";
}

/* "the certificate's thumbprint is not the registered one; 4 refusals in 6 s" */
static void say(struct notice *notice, const struct subject *subject, const struct episode *episode)
{
	const struct reason *reason =
		notice->verdict == VERDICT_AUTH_FAILURE ? ruleset_reason(subject->rules, episode->reason) : NULL;
	const char *title = reason ? reason->title : ruleset_verdict(subject->rules, notice->verdict)->title;
	struct line line = line_begin(notice->sentence, sizeof notice->sentence);

	if (notice->state == STATE_WITHDRAWN || notice->state == STATE_CLEARED) {
		line_words(&line, end_of(notice, episode));
		line_words(&line, " (");
		line_words(&line, title);
		line_words(&line, ")");
		return;
	}
	line_words(&line, title);
	say_seen(&line, notice, episode);
}

/* The newest event that belongs to the episode. */
static int64_t last_of(const struct subject *subject, const struct episode *episode)
{
	int64_t last = episode->opened_ns;

	for (size_t i = 0; i < subject->dossier->count; i++)
		if (episode_holds(episode, &subject->dossier->events[i]))
			last = stamp_max(last, subject->dossier->events[i].time_ns);
	return last;
}

static void copy(const char *text, char *buffer, size_t size)
{
	struct line line = line_begin(buffer, size);

	line_words(&line, text);
}

void notice_tell(struct notice *notice, const struct subject *subject, const struct episode *episode,
		 enum verdict verdict, int64_t opened_ns)
{
	const struct excerpt text = dossier_read(subject->dossier, episode->message);

	notice->verdict = verdict;
	notice->msgid = notice_msgid(notice->kind, verdict, subject->rules);
	alert_id(subject->hub, device_id(subject->device), device_module(subject->device), verdict_names[verdict],
		 opened_ns, notice->id);
	notice->reason = episode->reason && verdict == VERDICT_AUTH_FAILURE
				 ? ruleset_reason(subject->rules, episode->reason)->id
				 : NULL;
	notice->hub = subject->hub;
	notice->device = device_id(subject->device);
	notice->module = device_module(subject->device);
	notice->code = episode->code == UINT32_MAX ? 0 : episode->code;
	notice->refusals = episode->refusals;
	notice->expulsions = episode->expulsions;
	notice->first_ns = opened_ns;
	notice->last_ns = last_of(subject, episode);
	notice->sdk = subject->sdk;
	notice->authentication = authentication_names[subject->life->authentication];
	notice->protocol = protocol_names[subject->life->protocol];
	copy(text.message, notice->message, sizeof notice->message);
	copy(text.captures, notice->captures, sizeof notice->captures);
	notice->remedy = alert_remedy(subject->rules, episode);
	notice->doc = alert_doc(subject->rules, episode);
	say(notice, subject, episode);
}

/* --- as bytes ----------------------------------------------------------- */

void notice_pack(const struct notice *notice, struct packed *packed)
{
	const char *texts[] = {notice->reason, notice->hub, notice->sdk, notice->authentication, notice->protocol};
	uint32_t ids[2] = {(uint32_t)notice->device.size, (uint32_t)notice->module.size};

	packed_put(packed, notice, sizeof *notice);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		packed_put_text(packed, texts[i]);
	packed_put(packed, ids, sizeof ids);
	packed_put(packed, notice->device.data, ids[0]);
	packed_put(packed, notice->module.data, ids[1]);
}

static bool is_severity(int severity)
{
	return severity >= 0 && severity < SEVERITY_COUNT;
}

bool notice_unpack(struct span bytes, const struct ruleset *rules, struct notice *ret)
{
	const char **texts[] = {&ret->reason, &ret->hub, &ret->sdk, &ret->authentication, &ret->protocol};
	const struct reason *reason;
	uint32_t ids[2];

	if (!packed_take(&bytes, ret, sizeof *ret) || ret->kind >= NOTICE_COUNT || ret->verdict >= VERDICT_COUNT ||
	    ret->state >= STATE_COUNT || !is_severity(ret->severity) || !is_severity(ret->alert_severity) ||
	    !memchr(ret->id, '\0', sizeof ret->id) || !memchr(ret->message, '\0', sizeof ret->message) ||
	    !memchr(ret->captures, '\0', sizeof ret->captures) || !memchr(ret->sentence, '\0', sizeof ret->sentence))
		return false;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!packed_take_text(&bytes, texts[i]))
			return false;
	if (!packed_take(&bytes, ids, sizeof ids) || (uint64_t)ids[0] + ids[1] != bytes.size)
		return false;
	ret->device = (struct span){bytes.data, ids[0]};
	ret->module = (struct span){bytes.data + ids[0], ids[1]};
	reason = ruleset_reason(rules, ruleset_find(rules, ret->reason));
	ret->msgid = notice_msgid(ret->kind, ret->verdict, rules);
	ret->remedy = reason && ret->reason ? reason->remedy : ruleset_verdict(rules, ret->verdict)->remedy;
	ret->doc = reason && ret->reason ? reason->doc : ruleset_verdict(rules, ret->verdict)->doc;
	return ret->msgid;
}
