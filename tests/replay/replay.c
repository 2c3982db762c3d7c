/* replay: feeds a log to the engine as if it were live, in a simulated time,
 * and prints what it tells. Links the core without libuv: what the daemon
 * decides can be watched without a daemon.
 *
 *   replay --rules DIR [--set KEY=VALUE]... [--backlog] FILE
 *
 * The wall clock follows the newest stamp by a second. --backlog: the file was
 * there before the start. Lines: STATE MSGID VERDICT REASON ID HUB DEVICE
 * MODULE FIRST; the last one is the counts of all that has ended, as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/core/engine.h"
#include "../../daemon/core/decoder.h"
#include "../../daemon/host/plan.h"

static void print_text(struct span text)
{
	printf(" %.*s", text.size ? (int)text.size : 1, text.size ? text.data : "-");
}

static void print(const struct output *output)
{
	char stamp[STAMP_TEXT];

	for (size_t i = 0; i < output->count; i++) {
		const struct notice *notice = &output->notices[i];

		printf("%s %s %s %s %s", state_names[notice->state], notice->msgid, verdict_names[notice->verdict],
		       notice->reason ? notice->reason : "-", *notice->id ? notice->id : "-");
		print_text(span_of(notice->hub));
		print_text(notice->device);
		print_text(notice->module);
		printf(" %s\n", notice->first_ns == STAMP_NONE ? "-" : stamp_format(notice->first_ns, stamp));
	}
}

static int64_t time_of(const char *line)
{
	const char *time = strstr(line, "\"time\"");
	int64_t ns = STAMP_NONE;

	time = time ? strchr(time + 6, '"') : NULL;
	if (time)
		stamp_parse((struct span){time + 1, strcspn(time + 1, "\"")}, &ns);
	return ns;
}

static void play(struct engine *engine, FILE *file, bool backlog)
{
	struct input input = {.now = {0, 0}};
	struct output output;
	size_t capacity = 0;
	char *line = NULL;
	ssize_t size;

	if (!backlog) {
		input.type = INPUT_CAUGHT_UP;
		engine_step(engine, &input, &output);
	}
	while ((size = getline(&line, &capacity, file)) > 0) {
		int64_t time = time_of(line);

		if (time != STAMP_NONE && time + STAMP_SECOND > input.now.wall_ns)
			input.now.wall_ns = input.now.mono_ns = time + STAMP_SECOND;
		input.type = INPUT_BYTES;
		input.bytes = (struct span){line, (size_t)size};
		engine_step(engine, &input, &output);
		print(&output);
		if (backlog)
			continue;
		input.type = INPUT_TICK;
		engine_step(engine, &input, &output);
		print(&output);
	}
	free(line);
	input.type = backlog ? INPUT_CAUGHT_UP : INPUT_TICK;
	engine_step(engine, &input, &output);
	print(&output);
}

static void print_counts(const struct engine *engine)
{
	struct engine_status status;

	engine_status(engine, &status);
	printf("{");
	for (int i = VERDICT_RECOVERED; i < VERDICT_COUNT; i++)
		printf("\"%s\": %llu, ", verdict_names[i], (unsigned long long)status.verdicts[i]);
	printf("\"connection-lost\": %llu, \"late\": %llu, \"watched\": %zu, \"alerts\": %zu}\n",
	       (unsigned long long)status.losses, (unsigned long long)status.late, status.watched, status.alerts);
}

int main(int argc, char **argv)
{
	struct plan_options options = {0};
	struct fault fault = {0};
	struct engine *engine;
	bool backlog = false;
	const char *name = NULL;
	struct plan plan;
	char text[900];
	FILE *file;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--rules") == 0 && i + 1 < argc)
			options.rules = argv[++i];
		else if (strcmp(argv[i], "--set") == 0 && i + 1 < argc)
			options.sets[options.set_count++] = argv[++i];
		else if (strcmp(argv[i], "--backlog") == 0)
			backlog = true;
		else
			name = argv[i];
	}
	if (plan_load(&plan, &options, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		return 2;
	}
	file = name ? fopen(name, "r") : NULL;
	engine = engine_new(plan.rules, &plan.config.settings, &plan.config.mute, &plan.config.x509, 1,
			    (struct moment){0, 0});
	if (!file || !engine || !engine_source(engine, "replay", settings_ns(&plan.config.settings, SETTING_DELAY_AZURE)) ||
	    !engine_stream(engine, 0)) {
		fprintf(stderr, "usage: replay --rules DIR [--set KEY=VALUE]... [--backlog] FILE\n");
		return 2;
	}
	play(engine, file, backlog);
	print_counts(engine);
	fclose(file);
	engine_free(engine);
	plan_clear(&plan);
	return 0;
}
