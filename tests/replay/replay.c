/* replay: feeds a log to the engine as if it were live, in a simulated time,
 * and prints what it tells. Links the core without libuv: what the daemon
 * decides can be watched without a daemon.
 *
 *   replay --rules DIR [--set KEY=VALUE]... [--backlog] [--restart LINES] FILE
 *
 * The wall clock follows the newest stamp by a second. --backlog: the file was
 * there before the start. --restart: after every so many lines the engine is
 * stored, and another one goes on from its rows. Lines: STATE MSGID VERDICT REASON ID HUB DEVICE
 * MODULE FIRST; the last one is the counts of all that has ended, as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/core/engine.h"
#include "../../daemon/core/snapshot.h"
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

/* --- restarts ----------------------------------------------------------- */

struct row {
	enum row_kind kind;
	struct span key, value; /* both its own */
};

static struct rows {
	struct row *list;
	size_t count;
} stored;

static struct span copy_of(struct span span)
{
	char *data = malloc(span.size + 1);

	return (struct span){memcpy(data, span.data ? span.data : "", span.size), span.size};
}

static void put_row(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct rows *rows = owner;
	size_t i = 0;

	while (i < rows->count && !(rows->list[i].kind == kind && span_equal(rows->list[i].key, key)))
		i++;
	if (i == rows->count) {
		rows->list = realloc(rows->list, ++rows->count * sizeof *rows->list);
		rows->list[i] = (struct row){.kind = kind, .key = copy_of(key)};
	}
	free((char *)rows->list[i].value.data);
	rows->list[i].value = copy_of(value);
}

static struct engine *begin(const struct plan *plan, struct moment now)
{
	struct engine *engine = engine_new(plan->rules, &plan->config.settings, &plan->config.mute,
					   &plan->config.x509, 1, now);

	if (engine && engine_source(engine, "replay", settings_ns(&plan->config.settings, SETTING_DELAY_AZURE)) &&
	    engine_stream(engine, 0))
		return engine;
	return NULL;
}

static struct engine *restart(struct engine *take_engine, const struct plan *plan, struct moment now)
{
	struct engine *engine = begin(plan, now);
	struct output output;

	engine_save(take_engine, put_row, &stored);
	engine_free(take_engine);
	for (int kind = 0; kind < ROW_COUNT; kind++)
		for (size_t i = 0; i < stored.count; i++)
			if ((int)stored.list[i].kind == kind && stored.list[i].value.size > 0 &&
			    !engine_load(engine, (enum row_kind)kind, stored.list[i].key, stored.list[i].value))
				fprintf(stderr, "a row of kind %d was not taken\n", kind);
	engine_loaded(engine);
	engine_step(engine, &(struct input){.type = INPUT_CAUGHT_UP, .now = now}, &output);
	print(&output);
	return engine;
}

static void forget_rows(void)
{
	for (size_t i = 0; i < stored.count; i++) {
		free((char *)stored.list[i].key.data);
		free((char *)stored.list[i].value.data);
	}
	free(stored.list);
}

/* ------------------------------------------------------------------------ */

/* Returns the engine that has come to the end. */
static struct engine *play(struct engine *engine, FILE *file, const struct plan *plan, bool backlog,
			   unsigned long every)
{
	struct input input = {.now = {0, 0}};
	unsigned long lines = 0;
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
		if (every && ++lines % every == 0)
			engine = restart(engine, plan, input.now);
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
	return engine;
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
	unsigned long every = 0;
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
		else if (strcmp(argv[i], "--restart") == 0 && i + 1 < argc)
			every = strtoul(argv[++i], NULL, 10);
		else
			name = argv[i];
	}
	if (plan_load(&plan, &options, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		return 2;
	}
	file = name ? fopen(name, "r") : NULL;
	engine = begin(&plan, (struct moment){0, 0});
	if (!file || !engine) {
		fprintf(stderr, "usage: replay --rules DIR [--set KEY=VALUE]... [--backlog] [--restart LINES] FILE\n");
		return 2;
	}
	engine = play(engine, file, &plan, backlog, every);
	print_counts(engine);
	fclose(file);
	engine_free(engine);
	forget_rows();
	plan_clear(&plan);
	return 0;
}
