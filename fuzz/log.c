/* Any bytes as a log: nothing crashes, and what is counted and judged does not
 * depend on how the bytes were cut. The engine takes them as well. */
#include <stdlib.h>

#include "../daemon/core/engine.h"
#include "../daemon/core/survey.h"
#include "fuzz.h"

static struct plan plan;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_plan(&plan);
	plan.config.settings.value[SETTING_RECORD_MAX] = 1024;
	return 0;
}

static uint64_t judge(struct span bytes, size_t chunk, struct counts *ret)
{
	struct survey *survey = survey_new(plan.rules, &plan.config.settings, &plan.config.x509, 7);
	struct finding_of_device finding;
	uint64_t sum = 0;

	survey_source(survey, "fuzz");
	for (size_t at = 0; at < bytes.size; at += chunk)
		survey_feed(survey, (struct span){bytes.data + at, bytes.size - at < chunk ? bytes.size - at : chunk});
	survey_source_end(survey);
	survey_close(survey);
	*ret = *survey_counts(survey);
	for (size_t i = 0; i < survey_devices(survey); i++) {
		survey_judge(survey, i, &plan.config.settings, NULL, &finding);
		for (size_t j = 0; j < finding.episode_count; j++) {
			const struct episode *episode = &finding.episodes[j];

			fuzz_expect(episode->open || episode->verdict != VERDICT_NONE);
			fuzz_expect(episode->open || episode->ended_ns >= episode->opened_ns);
			fuzz_expect(episode->open || episode->ended_ns >= episode->decided_ns);
			sum = sum * 31 + episode->verdict * 7 + episode->reason + (uint64_t)episode->opened_ns;
		}
	}
	survey_free(survey);
	return sum;
}

static void follow(struct span bytes)
{
	struct moment now = {INT64_C(1767225600) * STAMP_SECOND, 0};
	struct engine *engine =
		engine_new(plan.rules, &plan.config.settings, &plan.config.mute, &plan.config.x509, 7, now);
	struct input input = {.type = INPUT_CAUGHT_UP, .now = now};
	struct output output;

	engine_source(engine, "fuzz", 0);
	engine_stream(engine, 0);
	engine_step(engine, &input, &output);
	input.type = INPUT_BYTES;
	input.bytes = bytes;
	engine_step(engine, &input, &output);
	input.type = INPUT_BREAK;
	engine_step(engine, &input, &output);
	/* A year later all is over. */
	input.type = INPUT_TICK;
	input.now.wall_ns += INT64_C(200) * 366 * 86400 * STAMP_SECOND;
	engine_step(engine, &input, &output);
	engine_free(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data + 1, size - 1};
	struct counts whole, cut;

	if (size < 2)
		return 0;
	fuzz_expect(judge(bytes, bytes.size, &whole) == judge(bytes, 1 + data[0], &cut));
	fuzz_expect(memcmp(&whole, &cut, sizeof whole) == 0);
	follow(bytes);
	return 0;
}
