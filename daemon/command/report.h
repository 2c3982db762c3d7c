/* How a survey is told: as JSON for programs, as text for people. */
#ifndef LAPSED_REPORT_H
#define LAPSED_REPORT_H

#include "../core/survey.h"
#include "command.h"
#include "writer.h"

/* They return whether a device needs somebody. All of these need survey_findings(). */
bool report_json(struct survey *survey, const struct plan *plan, const struct options *options);
bool report_text(struct survey *survey, const struct plan *plan);

/* The verdicts that other settings would change. */
void report_changes(struct survey *survey, const struct settings *what_if, const struct options *options);

/* A survey told as JSON. Most of what is said of an event or an episode is said
 * of many others in the same words: those are put together once. */
struct report {
	struct survey *survey;
	const struct plan *plan;
	struct writer_memo of_signal[SIGNAL_COUNT], of_verdict[VERDICT_COUNT], advice[VERDICT_COUNT];
	struct writer writer;
};

void report_begin(struct report *ret, struct survey *survey, const struct plan *plan);

/* The members of one device's object in the list of report_json(). */
void report_device(struct report *report, const struct finding_of_device *finding);

/* The members of one event's object in its evidence. */
void report_event(struct report *report, const struct event *event);

/* Fills a survey from the files of the command line. Returns an exit status. */
int survey_files(struct survey *survey, const struct options *options);

/* Returns whether something cannot be said for want of memory, and tells it.
 * survey: NULL if there was none for it. */
bool tell_lack(const struct survey *survey);

enum { DEVICE_LABEL = 1024 };

/* "hub/device/module", escaped, for people. */
const char *device_label(const struct finding_of_device *finding, char *buffer, size_t size);

/* Whether one of its episodes is open and worth an alert, and nobody has muted it. */
bool finding_needs_somebody(const struct finding_of_device *finding, const struct plan *plan);

/* All verdicts of a survey counted; undecided under VERDICT_NONE. */
struct tally {
	uint64_t verdicts[VERDICT_COUNT], losses, expulsions;
};

void tally_add(struct tally *tally, const struct finding_of_device *finding);

#endif
