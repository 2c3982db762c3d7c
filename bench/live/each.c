/* The loop that one writes first: libuv tells of each event, and each event is
 * read and judged by the same engine. What lapsed's loop is compared with.
 *
 * usage: live-each CONFIG RULES LOG */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "../../daemon/core/engine.h"
#include "../../daemon/host/plan.h"

static struct engine *engine;
static off_t offset;
static int log_file;

static struct moment now(void)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &mono);
	return (struct moment){wall.tv_sec * STAMP_SECOND + wall.tv_nsec, mono.tv_sec * STAMP_SECOND + mono.tv_nsec};
}

static void on_event(uv_fs_event_t *watch, const char *name, int events, int status)
{
	static char bytes[256 * 1024];
	struct output output;
	ssize_t n;

	do {
		n = pread(log_file, bytes, sizeof bytes, offset);
		if (n <= 0)
			break;
		offset += n;
		engine_step(engine, &(struct input){.type = INPUT_BYTES, .now = now(), .bytes = {bytes, (size_t)n}}, &output);
	} while (n == sizeof bytes);
}

static void on_signal(uv_signal_t *signal, int number)
{
	uv_stop(signal->loop);
}

int main(int argc, char **argv)
{
	struct plan_options options = {0};
	struct engine_status status;
	struct fault fault = {0};
	struct output output;
	struct plan plan;
	uv_signal_t terminate;
	uv_fs_event_t watch;
	char text[900];

	if (argc != 4 || (log_file = open(argv[3], O_RDONLY | O_CLOEXEC)) < 0) {
		fprintf(stderr, "usage: live-each CONFIG RULES LOG\n");
		return 2;
	}
	options.config = argv[1];
	options.rules = argv[2];
	if (plan_load(&plan, &options, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		return 2;
	}
	engine = engine_new(plan.rules, &plan.config.settings, &plan.config.mute, &plan.config.x509, 1, now());
	if (!engine || !engine_source(engine, argv[3], 10 * STAMP_SECOND) || !engine_stream(engine, 0))
		return 2;
	engine_step(engine, &(struct input){.type = INPUT_CAUGHT_UP, .now = now()}, &output);
	uv_signal_init(uv_default_loop(), &terminate);
	uv_signal_start(&terminate, on_signal, SIGTERM);
	uv_fs_event_init(uv_default_loop(), &watch);
	uv_fs_event_start(&watch, on_event, argv[3], 0);
	fprintf(stderr, "caught up\n");
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	engine_status(engine, &status);
	fprintf(stderr, "stopped: %llu records\n", (unsigned long long)status.counts.read);
	return 0;
}
