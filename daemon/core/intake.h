/* From bytes to signals: splitter, decoder and rules in a row, with the
 * counts of everything that went through. One for each source. */
#ifndef LAPSED_INTAKE_H
#define LAPSED_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/decoder.h"
#include "decode/splitter.h"
#include "judge/dossier.h"
#include "judge/event.h"
#include "judge/registry.h"
#include "rules/ruleset.h"

struct counts {
	uint64_t read, events, ignored, malformed;
	uint64_t limited; /* messages on which a rule's pattern ran into its limits */
	uint64_t kinds[MALFORMED_COUNT];
};

static inline void counts_add(struct counts *to, const struct counts *counts)
{
	to->read += counts->read;
	to->events += counts->events;
	to->ignored += counts->ignored;
	to->malformed += counts->malformed;
	to->limited += counts->limited;
	for (int i = 0; i < MALFORMED_COUNT; i++)
		to->kinds[i] += counts->kinds[i];
}

struct intake;

enum taken {
	TAKEN_NOTHING,   /* no whole record is left: feed more */
	TAKEN_EVENT,     /* event and device are filled */
	TAKEN_OTHER,     /* ignored or malformed; time_ns may be known */
	TAKEN_UNJUDGED,  /* an event of a device that the registry has no room for */
};

struct taking {
	int64_t time_ns; /* STAMP_NONE: undated */
	uint64_t line;
	struct event event;
	struct device *device;
	reason_id limited;  /* whose pattern ran into its limits; 0: none */
	enum malformed why; /* of TAKEN_OTHER, if malformed */
	bool malformed;
};

/* Where the texts of a device's event belong. Returns NULL if there is no
 * memory for them. */
typedef struct dossier *(*intake_file)(void *owner, struct device *device);

struct intake *intake_new(struct registry *registry, const struct ruleset *rules, size_t record_max,
			  uint16_t source);
void intake_free(struct intake *take_intake);

/* Events get their masked addresses as well, for who looks at many devices. */
void intake_keep_addresses(struct intake *intake);

/* Another configuration from the next record on. */
void intake_adopt(struct intake *intake, const struct ruleset *rules, size_t record_max);
void intake_feed(struct intake *intake, struct span bytes);
void intake_end(struct intake *intake);

/* Records outside [since, until) are as if they were not there. */
void intake_limit(struct intake *intake, int64_t since_ns, int64_t until_ns);

enum taken intake_next(struct intake *intake, intake_file file, void *owner, struct taking *ret);

/* Where it stands, and how many bytes before what it was fed that is. */
struct place intake_place(const struct intake *intake, size_t *ret_held);
void intake_resume(struct intake *intake, struct place place);

const struct counts *intake_counts(const struct intake *intake);

#endif
