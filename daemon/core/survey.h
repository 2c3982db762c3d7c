/* Judges a whole log at once: takes every record in whatever order, then
 * every device in turn. What it says does not depend on the order. It keeps
 * compact events, not text, and never a file. */
#ifndef LAPSED_SURVEY_H
#define LAPSED_SURVEY_H

#include "intake.h"
#include "judge/life.h"
#include "judge/trace.h"
#include "rules/roster.h"

struct survey;

struct survey *survey_new(const struct ruleset *rules, const struct settings *settings,
			  const struct roster *x509, uint64_t seed);
void survey_free(struct survey *take_survey);

/* Records outside [since, until) are not read. */
void survey_limit(struct survey *survey, int64_t since_ns, int64_t until_ns);

/* The next bytes belong to another source. Returns false if there is no
 * memory, or no more than 65535 fit. */
bool survey_source(struct survey *survey, const char *name);
void survey_feed(struct survey *survey, struct span bytes);
void survey_source_end(struct survey *survey);

/* All has been read: arranges it. Once, before survey_judge(). */
void survey_close(struct survey *survey);

struct span_of_time {
	int64_t first_ns, last_ns; /* STAMP_NONE: nothing dated */
};

/* How many sources were read. */
size_t survey_sources(const struct survey *survey);

/* Events of devices for which there was no room: too many hubs, or no memory. */
uint64_t survey_unjudged(const struct survey *survey);
const struct counts *survey_counts(const struct survey *survey);
struct span_of_time survey_time(const struct survey *survey);
struct registry *survey_registry(struct survey *survey);
const char *survey_source_name(const struct survey *survey, uint16_t source);

/* The first source in which something was malformed; NULL: none. */
const char *survey_malformed_source(const struct survey *survey);

/* Something could not be judged for want of memory. */
bool survey_lacked_memory(const struct survey *survey);

/* All devices in the order of hub, device, module; none until survey_close(). */
size_t survey_devices(const struct survey *survey);

/* One device judged. */
struct finding_of_device {
	const struct device *device;
	const char *hub;
	const struct dossier *dossier;
	const struct episode *episodes; /* ended and open, in order of opening */
	size_t episode_count;
	enum standing standing;
	uint8_t protocol; /* enum protocol */
	uint16_t sdk;
	uint32_t losses, expulsions;
	int64_t cadence_s, token_lifespan_s; /* 0: no rhythm */
};

/* All devices judged by the survey's own settings, each once; they live as
 * long as the survey. NULL: no memory for them. */
const struct finding_of_device *survey_findings(struct survey *survey);

/* One device judged anew. settings may differ from the survey's own: what if?
 * trace may be NULL. The episodes live until the next call. */
void survey_judge(struct survey *survey, size_t index, const struct settings *settings, struct trace *trace,
		  struct finding_of_device *ret);

#endif
