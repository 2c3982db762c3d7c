#include "alert.h"

#include <stdio.h>

#include "hash.h"

const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID])
{
	struct hash hash;

	hash_begin(&hash, 0, 0);
	hash_add(&hash, hub ? hub : "", hub ? strlen(hub) + 1 : 1);
	hash_add(&hash, device.data, device.size);
	hash_add(&hash, "", 1);
	hash_add(&hash, module.data, module.size);
	hash_add(&hash, "", 1);
	hash_add(&hash, verdict, strlen(verdict) + 1);
	hash_add(&hash, &opened_ns, sizeof opened_ns);
	snprintf(buffer, ALERT_ID, "%016llx", (unsigned long long)hash_end(&hash));
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
