#include "alert.h"

#include "../basic/hash.h"

const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID])
{
	static const char digits[] = "0123456789abcdef";
	struct hash hash;
	uint64_t id;

	hash_begin(&hash, 0, 0);
	hash_add(&hash, hub ? hub : "", hub ? strlen(hub) + 1 : 1);
	hash_add(&hash, device.data, device.size);
	hash_add(&hash, "", 1);
	hash_add(&hash, module.data, module.size);
	hash_add(&hash, "", 1);
	hash_add(&hash, verdict, strlen(verdict) + 1);
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
