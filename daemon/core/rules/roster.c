#include "roster.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

bool roster_add(struct roster *roster, const char *pattern)
{
	char **patterns = realloc(roster->patterns, (roster->count + 1) * sizeof *patterns);

	if (!patterns)
		return false;
	roster->patterns = patterns;
	if (!(patterns[roster->count] = strdup(pattern)))
		return false;
	roster->count++;
	return true;
}

bool roster_holds(const struct roster *roster, const char *hub, struct span device, struct span module)
{
	char with_hub[800], *name;

	if (roster->count == 0)
		return false;
	snprintf(with_hub, sizeof with_hub, "%s/%.*s%s%.*s", hub ? hub : "", (int)device.size, device.data,
		 module.size ? "/" : "", (int)module.size, module.data);
	name = with_hub + (hub ? strlen(hub) : 0) + 1;
	for (size_t i = 0; i < roster->count; i++)
		if (fnmatch(roster->patterns[i], with_hub, 0) == 0 || fnmatch(roster->patterns[i], name, 0) == 0)
			return true;
	return false;
}

void roster_clear(struct roster *roster)
{
	for (size_t i = 0; i < roster->count; i++)
		free(roster->patterns[i]);
	free(roster->patterns);
	*roster = (struct roster){0};
}
