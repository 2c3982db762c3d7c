#include "alert.h"

#include "../basic/hash.h"

/* What is to be hashed, gathered: in one piece it goes word by word. */
struct gathered {
	struct hash hash;
	size_t size; /* bytes */
	char bytes[256];
};

static void gather(struct gathered *into, const void *data, size_t size)
{
	if (size > sizeof into->bytes - into->size) {
		hash_add(&into->hash, into->bytes, into->size);
		into->size = 0;
	}
	if (size > sizeof into->bytes) {
		hash_add(&into->hash, data, size);
	} else if (size > 0) {
		memcpy(into->bytes + into->size, data, size);
		into->size += size;
	}
}

const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID])
{
	static const char digits[] = "0123456789abcdef";
	struct gathered all;
	uint64_t id;

	all.size = 0;
	hash_begin(&all.hash, 0, 0);
	gather(&all, hub ? hub : "", hub ? strlen(hub) + 1 : 1);
	gather(&all, device.data, device.size);
	gather(&all, "", 1);
	gather(&all, module.data, module.size);
	gather(&all, "", 1);
	gather(&all, verdict, strlen(verdict) + 1);
	gather(&all, &opened_ns, sizeof opened_ns);
	hash_add(&all.hash, all.bytes, all.size);
	id = hash_end(&all.hash);
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
