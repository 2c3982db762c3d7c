#include "alert.h"

#include "../basic/hash.h"

/* Adds one after the other; in one piece, where they fit, for that goes word by word. */
static void add_all(struct hash *hash, const struct span *spans, size_t count)
{
	char bytes[256];
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		if (spans[i].size > sizeof bytes - size) {
			hash_add(hash, bytes, size);
			size = 0;
		}
		if (spans[i].size > sizeof bytes) {
			hash_add(hash, spans[i].data, spans[i].size);
		} else if (spans[i].size > 0) {
			memcpy(bytes + size, spans[i].data, spans[i].size);
			size += spans[i].size;
		}
	}
	hash_add(hash, bytes, size);
}

const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID])
{
	static const char digits[] = "0123456789abcdef";
	/* With the NULs between them. */
	const struct span all[] = {
		{hub ? hub : "", hub ? strlen(hub) + 1 : 1},
		device,
		{"", 1},
		module,
		{"", 1},
		{verdict, strlen(verdict) + 1},
		{(const char *)&opened_ns, sizeof opened_ns},
	};
	struct hash hash;
	uint64_t id;

	hash_begin(&hash, 0, 0);
	add_all(&hash, all, sizeof all / sizeof *all);
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
