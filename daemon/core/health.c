/* What the engine tells of itself: sources that are silent, limits, input that
 * was lost. */
#include <stdio.h>

#include "basic/text.h"
#include "engine_parts.h"

/* Names the first few devices whose episodes wait for the source. */
static void name_waiting(struct engine *engine, const struct source *source, char *buffer, size_t size)
{
	size_t length = 0, named = 0, waiting = 0;

	buffer[0] = '\0';
	for (const struct watch *watch = engine->watches; watch; watch = watch->next) {
		char id[300];

		if (watch->source != source - engine->sources || !watch->waiting)
			continue;
		waiting++;
		if (named == 5 || length >= size)
			continue;
		text_escape(device_id(watch->device), " ", id, sizeof id);
		length += (size_t)snprintf(buffer + length, size - length, "%s%s", named++ ? ", " : "", id);
	}
	if (waiting > named && length < size)
		snprintf(buffer + length, size - length, " and %zu more", waiting - named);
}

void health_stall(struct engine *engine, struct source *source)
{
	int64_t silent = engine->now.mono_ns - source->heard_mono_ns;
	bool stalled = !source->ended && silent >= settings_ns(engine->settings, SETTING_STALL_AFTER);
	char name[200], span[STAMP_TEXT], waiting[300];
	struct notice *notice;

	if (stalled == source->stalled || !engine->caught_up)
		return;
	notice = notices_add(&engine->notices, NOTICE_STALLED, stalled ? STATE_RAISED : STATE_CLEARED,
			     SEVERITY_WARNING);
	if (!notice)
		return;
	source->stalled = stalled;
	text_escape(span_of(source->name), "", name, sizeof name);
	name_waiting(engine, source, waiting, sizeof waiting);
	if (stalled)
		snprintf(notice->sentence, sizeof notice->sentence, "nothing came from %s for %s; waiting for it: %s",
			 name, stamp_span(silent, span), *waiting ? waiting : "no episode");
	else
		snprintf(notice->sentence, sizeof notice->sentence,
			 source->ended ? "%s is no longer followed" : "records come from %s again", name);
}

void health_full(struct engine *engine)
{
	struct notice *notice;

	engine->status.unjudged++;
	if (engine->limit_told)
		return;
	notice = notices_add(&engine->notices, NOTICE_LIMIT, STATE_RAISED, SEVERITY_WARNING);
	if (!notice)
		return;
	engine->limit_told = true;
	snprintf(notice->sentence, sizeof notice->sentence,
		 "devices_max (%lld) is reached, or memory: further devices are counted but not judged",
		 (long long)engine->settings->value[SETTING_DEVICES_MAX]);
}

void health_pattern(struct engine *engine, reason_id reason)
{
	struct notice *notice;

	if (engine->limited_told)
		return;
	notice = notices_add(&engine->notices, NOTICE_LIMIT, STATE_RAISED, SEVERITY_WARNING);
	if (!notice)
		return;
	engine->limited_told = true;
	snprintf(notice->sentence, sizeof notice->sentence,
		 "the pattern of reason \"%s\" takes too long on a message and was given up: make it simpler; "
		 "such messages are counted, and count as not matched",
		 ruleset_reason(engine->rules, reason)->id);
}

void health_gap(struct engine *engine, const struct input *gap, struct span source)
{
	struct notice *notice = notices_add(&engine->notices, NOTICE_GAP, STATE_RAISED, SEVERITY_WARNING);
	unsigned long long from = gap->lost_from;
	char name[200], count[40] = "an unknown number of", what[400];

	if (!notice)
		return;
	text_escape(gap->bytes.size ? gap->bytes : source, "", name, sizeof name);
	if (gap->lost != LOST_UNKNOWN)
		snprintf(count, sizeof count, "up to %llu", (unsigned long long)gap->lost);
	if (gap->loss == LOSS_BYTES)
		snprintf(what, sizeof what, "%s bytes of %s from offset %llu on", count, name, from);
	else if (gap->loss == LOSS_ENTRIES)
		snprintf(what, sizeof what, "%s entries of %s from number %llu on, of all services", count, name, from);
	else
		snprintf(what, sizeof what, "%s messages of %s, refused by journald's rate limit "
			 "(LogRateLimitIntervalSec=0 in the unit that writes them lifts it)", count, name);
	snprintf(notice->sentence, sizeof notice->sentence,
		 "input lost unread: %s; verdicts may be wrong for what was in them", what);
}
