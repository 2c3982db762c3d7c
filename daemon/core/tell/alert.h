/* What is told of an episode: its id and its words. The same whether a survey
 * or the daemon tells it. */
#ifndef LAPSED_ALERT_H
#define LAPSED_ALERT_H

#include <stdint.h>

#include "../judge/life.h"
#include "../judge/registry.h"

enum { ALERT_ID = 17 };

/* 16 hex digits of hub, device, module, verdict and the first signal: the same
 * on every path, run and replay. */
const char *alert_id(const char *hub, struct span device, struct span module, const char *verdict,
		     int64_t opened_ns, char buffer[ALERT_ID]);

/* What to do and where to read more: the reason's words before the verdict's. */
const char *alert_remedy(const struct ruleset *rules, const struct episode *episode);
const char *alert_doc(const struct ruleset *rules, const struct episode *episode);

/* Somebody has to look at it, as long as it is open. */
bool alert_is_due(const struct episode *episode);

#endif
