#include "fleet.h"

#include <stdio.h>

#include "../basic/text.h"

bool fleet_is_enough(const struct settings *settings, size_t failing, size_t online)
{
	size_t share = (failing + online) * (size_t)settings->value[SETTING_FLEET_SHARE];
	size_t least = (size_t)settings->value[SETTING_FLEET_LEAST];
	size_t enough = (size_t)settings->value[SETTING_FLEET_ENOUGH];
	size_t needed = (share + 99) / 100;

	needed = needed < enough ? needed : enough;
	return failing >= (needed > least ? needed : least);
}

/* The value of one thing for one member; NULL: unknown. */
typedef const char *(*trait)(const struct candidate *member, const struct ruleset *rules,
			     const struct registry *registry, char *buffer, size_t size);

static const struct episode *episode_of(const struct candidate *member)
{
	return &member->watch->tip->episodes[member->scope];
}

static const char *reason_of(const struct candidate *member, const struct ruleset *rules,
			     const struct registry *registry, char *buffer, size_t size)
{
	const struct episode *episode = episode_of(member);

	return episode->verdict == VERDICT_AUTH_FAILURE && episode->reason
		       ? ruleset_reason(rules, episode->reason)->id
		       : NULL;
}

static const char *policy_of(const struct candidate *member, const struct ruleset *rules,
			     const struct registry *registry, char *buffer, size_t size)
{
	const char *captures = dossier_read(&member->watch->dossier, episode_of(member)->message).captures;
	const char *policy = captures ? strstr(captures, "policy=") : NULL;

	if (!policy)
		return NULL;
	snprintf(buffer, size, "%.*s", (int)strcspn(policy + 7, ";"), policy + 7);
	return buffer;
}

static const char *sdk_of(const struct candidate *member, const struct ruleset *rules,
			  const struct registry *registry, char *buffer, size_t size)
{
	return registry_sdk_name(registry, member->watch->tip->sdk);
}

static const char *authentication_of_member(const struct candidate *member, const struct ruleset *rules,
					    const struct registry *registry, char *buffer, size_t size)
{
	return authentication_names[member->watch->tip->authentication];
}

static const char *address_of(const struct candidate *member, const struct ruleset *rules,
			      const struct registry *registry, char *buffer, size_t size)
{
	const struct dossier *dossier = &member->watch->dossier;

	for (size_t i = dossier->count; i-- > 0;)
		if (dossier->events[i].address)
			return dossier_read(dossier, dossier->events[i].address).message;
	return NULL;
}

void fleet_shared(const struct candidate *members, size_t count, const struct ruleset *rules,
		  const struct registry *registry, char *buffer, size_t size)
{
	static const struct {
		const char *name;
		trait of;
	} traits[] = {{"reason", reason_of},
		      {"policy", policy_of},
		      {"SDK", sdk_of},
		      {"authentication", authentication_of_member},
		      {"address", address_of}};
	size_t length = 0;

	buffer[0] = '\0';
	for (size_t t = 0; t < sizeof traits / sizeof *traits; t++) {
		char first[160], other[160], escaped[160], kept[160];
		const char *value = traits[t].of(&members[0], rules, registry, first, sizeof first);
		size_t alike = 1;

		if (!value)
			continue;
		snprintf(kept, sizeof kept, "%s", value);
		for (; alike < count; alike++) {
			const char *next = traits[t].of(&members[alike], rules, registry, other, sizeof other);

			if (!next || strcmp(next, kept) != 0)
				break;
		}
		if (alike < count)
			continue;
		text_escape(span_of(kept), "", escaped, sizeof escaped);
		length += (size_t)snprintf(buffer + length, size - length, "%s%s %s", length ? ", " : "",
					   traits[t].name, escaped);
		if (length >= size)
			return;
	}
}
