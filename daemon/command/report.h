/* How a survey is told: as JSON for programs, as text for people. */
#ifndef LAPSED_REPORT_H
#define LAPSED_REPORT_H

#include <jansson.h>

#include "../core/survey.h"
#include "command.h"

/* They return whether a device needs somebody. */
bool report_json(struct survey *survey, const struct plan *plan, const struct options *options);
bool report_text(struct survey *survey, const struct plan *plan, const struct options *options);

/* The verdicts that other settings would change. */
void report_changes(struct survey *survey, const struct plan *plan, const struct settings *what_if,
		    const struct options *options);

/* One device as in the list of report_json(), and what may be put beside it. */
json_t *report_device(struct survey *survey, const struct plan *plan, const struct finding_of_device *finding);

int survey_files(struct survey *survey, const struct options *options);

enum { DEVICE_LABEL = 1024 };

/* "hub/device/module", escaped, for people. */
const char *device_label(const struct finding_of_device *finding, char *buffer, size_t size);

/* All verdicts of a survey counted; undecided under VERDICT_NONE. */
struct tally {
	uint64_t verdicts[VERDICT_COUNT], losses, expulsions;
};

void tally_add(struct tally *tally, const struct finding_of_device *finding);

#endif
