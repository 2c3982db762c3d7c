/* A list of devices named by shell patterns: "pump-*", "contoso/pump-7",
 * "contoso/pump-7/module". */
#ifndef LAPSED_ROSTER_H
#define LAPSED_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "../basic/span.h"

struct roster {
	char **patterns;
	size_t count;
};

/* Returns false if there is no memory. */
bool roster_add(struct roster *roster, const char *pattern);

/* hub is in lower case and may be NULL. */
bool roster_holds(const struct roster *roster, const char *hub, struct span device, struct span module);

void roster_clear(struct roster *roster);

#endif
