/* What a hub wrote of a device, as it may be told: redacted, cut to 256 bytes,
 * with what the pattern captured; or a masked address. Many devices are told the
 * same: it is kept once for all of them. */
#ifndef LAPSED_EXCERPT_H
#define LAPSED_EXCERPT_H

#include <stdint.h>

#include "../basic/span.h"

enum { EXCERPT_MAX = 257 }; /* bytes, with the NUL */

struct excerpt {
	char *message, *captures; /* captures: NULL if there are none */
	uint16_t size;            /* of the message, where it is as it came; else 0 */
	unsigned users;           /* gone with the last */
};

/* Has one user. Of an empty message, or without memory: NULL. */
struct excerpt *excerpt_of(struct span message, const char *captures);

/* As it was stored, redacted already. NULL: without memory. */
struct excerpt *excerpt_stored(const char *message, const char *captures);

/* Whether two tell the same. Messages may read alike, where they are cut or
 * redacted, of which other things were captured. */
bool excerpt_equal(const struct excerpt *a, const struct excerpt *b);

struct excerpt *excerpt_share(struct excerpt *excerpt);
void excerpt_leave(struct excerpt *take_excerpt);

#endif
