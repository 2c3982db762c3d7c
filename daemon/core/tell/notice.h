/* What the engine has to say to the outside: alerts, and words about itself. */
#ifndef LAPSED_NOTICE_H
#define LAPSED_NOTICE_H

#include "../basic/packed.h"
#include "../judge/dossier.h"
#include "alert.h"

#define NOTICES(X) \
	X(ALERT, NULL) /* the verdict's own */ \
	X(FLEET, "FLEET_ALERT") \
	X(CHURN, "CHURN_EXCESS") \
	X(TOLD, "RECOVERED") /* for the log only: needs nobody */ \
	X(DIGEST, "DIGEST") \
	X(STALLED, "INPUT_STALLED") \
	X(GAP, "INPUT_GAP") \
	X(LIMIT, "LIMIT_REACHED")

enum notice_kind {
#define X(name, ...) NOTICE_##name,
	NOTICES(X)
#undef X
	NOTICE_COUNT
};

enum notice_state { STATE_RAISED, STATE_REPEATED, STATE_CLEARED, STATE_WITHDRAWN, STATE_COUNT };

extern const char *const state_names[STATE_COUNT];

enum { SENTENCE_MAX = 700 };

struct notice {
	enum notice_kind kind;
	enum notice_state state;
	int severity;              /* enum severity */
	int alert_severity;        /* the alert's own; to clear or withdraw it is but a notice */
	const char *msgid;
	char id[ALERT_ID];         /* empty: it has none */
	enum verdict verdict;      /* with cause, reason and the rest: of ALERT and FLEET */
	const char *reason;        /* NULL: none */
	const char *hub;           /* NULL: none */
	struct span device, module; /* empty for what concerns no single device */
	uint32_t code, refusals, expulsions, devices;
	int64_t first_ns, last_ns; /* of the evidence; STAMP_NONE */
	const char *sdk, *authentication, *protocol; /* NULL: unknown */
	char message[EXCERPT_MAX], captures[256];
	const char *remedy, *doc;  /* NULL: none */
	char sentence[SENTENCE_MAX]; /* for people; text from logs in it is escaped */
};

/* The message id of a notice; NULL: there is none of that kind. */
const char *notice_msgid(enum notice_kind kind, enum verdict verdict, const struct ruleset *rules);

/* Everything lives until the next step of the engine. */
struct notices {
	struct notice *list;
	size_t count, capacity;
};

/* A blank one at the end of the list, or NULL without memory. */
struct notice *notices_add(struct notices *notices, enum notice_kind kind, enum notice_state state, int severity);

/* Who an episode is about, and what is known beside it. */
struct subject {
	const struct device *device;
	const char *hub, *sdk;
	const struct life *life;
	const struct dossier *dossier;
	const struct ruleset *rules;
};

/* Fills in what is told of an episode, and the sentence. */
void notice_tell(struct notice *notice, const struct subject *subject, const struct episode *episode,
		 enum verdict verdict, int64_t opened_ns);

/* A notice as bytes, for those that could not be sent before the end. Unpacked, it
 * borrows from the bytes. */
void notice_pack(const struct notice *notice, struct packed *packed);
bool notice_unpack(struct span bytes, const struct ruleset *rules, struct notice *ret);

#endif
