#include "alert.h"

#include "../basic/hash.h"

const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID])
{
	static const char digits[] = "0123456789abcdef";
	/* With the NULs between them. */
	const struct span names[] = {
		{hub ? hub : "", hub ? strlen(hub) + 1 : 1}, device, {"", 1}, module, {"", 1},
		{verdict, strlen(verdict) + 1},
	};
	struct hash hash;
	uint64_t id;

	hash_begin(&hash, 0, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		hash_add(&hash, names[i].data, names[i].size);
	hash_add_number(&hash, (uint64_t)opened_ns);
	id = hash_end(&hash);
	for (int i = ALERT_ID - 1; i-- > 0; id >>= 4)
		buffer[i] = digits[id & 15];
	buffer[ALERT_ID - 1] = '\0';
	return buffer;
}

const char *alert_remedy(const struct ruleset *rules, const struct episode *episode)
{
	const struct reason *reason = episode->reason ? ruleset_reason(rules, episode->reason) : NULL;

	return reason && reason->remedy ? reason->remedy : ruleset_verdict(rules, episode->verdict)->remedy;
}

const char *alert_doc(const struct ruleset *rules, const struct episode *episode)
{
	const struct reason *reason = episode->reason ? ruleset_reason(rules, episode->reason) : NULL;

	return reason && reason->doc ? reason->doc : ruleset_verdict(rules, episode->verdict)->doc;
}

bool alert_is_due(const struct episode *episode)
{
	return episode->verdict >= VERDICT_RECONNECT_LOOP;
}
