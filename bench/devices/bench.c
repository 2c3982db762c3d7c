/* What a device costs the engine, in time and in memory.
 *
 *   bench-devices RULES time DEVICES EVENTS   CPU of one event, once the fleet is under way
 *   bench-devices RULES memory DEVICES        bytes of one device at rest
 *
 * The engine runs as in the daemon: it is given what a read brings, then the
 * passing of time, and its changed rows are taken. Only the decoding is left
 * out; see intake.c. The answer is one line of JSON. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../daemon/core/snapshot.h"
#include "../../daemon/host/plan.h"
#include "load.h"

/* WARM_UP_S: sessions and expulsions alike have settled. ROUNDS: on a shared
 * machine the best of them counts. */
enum { TOKEN_LIFE_S = 3900, WARM_UP_S = 600, ROUNDS = 5 };

struct bench {
	struct engine *engine;
	struct load load;
	struct sample samples[CHUNK_EVENTS];
	uint64_t notices, saved_rows;
	int64_t cpu_ns, longest_ns; /* in the engine; in one step */
};

static int64_t cpu_now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * STAMP_SECOND + time.tv_nsec;
}

static void step(struct bench *bench, enum input_type type, size_t count)
{
	struct input input = {
		.type = type,
		.now = {.wall_ns = bench->load.now_ns + STAMP_SECOND, .mono_ns = bench->load.now_ns},
		.bytes = {(const char *)bench->samples, count * sizeof *bench->samples},
	};
	int64_t begin_ns = cpu_now_ns(), took_ns;
	struct output output;

	engine_step(bench->engine, &input, &output);
	if (output.freed_much)
		malloc_trim(0); /* as in host/turn.c */
	took_ns = cpu_now_ns() - begin_ns;
	bench->cpu_ns += took_ns;
	if (took_ns > bench->longest_ns)
		bench->longest_ns = took_ns;
	bench->notices += output.count;
}

static void chunk(struct bench *bench, size_t count)
{
	step(bench, INPUT_BYTES, count);
	step(bench, INPUT_TICK, 0);
}

static void drop_row(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct bench *bench = owner;

	bench->saved_rows++;
}

/* The daemon stores every few seconds. */
static void save(struct bench *bench)
{
	engine_save(bench->engine, drop_row, bench);
}

static void pass(struct bench *bench, int64_t for_s)
{
	for (int64_t s = 0; s < for_s; s += 10) {
		bench->load.now_ns += 10 * STAMP_SECOND;
		step(bench, INPUT_TICK, 0);
		save(bench);
	}
}

static void arrive(struct bench *bench)
{
	size_t count, chunks = 0;

	while ((count = load_arrivals(&bench->load, bench->samples))) {
		chunk(bench, count);
		if (++chunks % 64 == 0)
			save(bench);
	}
}

/* Returns how many events that were. */
static uint64_t lapse(struct bench *bench, int64_t for_s, uint64_t events)
{
	int64_t until_ns = bench->load.now_ns + for_s * STAMP_SECOND, saved_ns = bench->load.now_ns;
	uint64_t total = 0;

	while (events ? total < events : bench->load.now_ns < until_ns) {
		size_t count = load_lapses(&bench->load, bench->samples);

		chunk(bench, count);
		total += count;
		if (bench->load.now_ns - saved_ns > 5 * STAMP_SECOND) {
			save(bench);
			saved_ns = bench->load.now_ns;
		}
	}
	return total;
}

static int64_t resident_bytes(void)
{
	long long size, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%lld %lld", &size, &resident) != 2)
		resident = 0;
	if (file)
		fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

static int64_t allocated_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return (int64_t)(info.uordblks + info.hblkhd);
}

static void measure_time(struct bench *bench, uint64_t events)
{
	struct engine_status status;
	int64_t longest_arrival_ns;
	uint64_t total = 0;
	double best = 0;

	arrive(bench);
	longest_arrival_ns = bench->longest_ns; /* where the table grew */
	pass(bench, WARM_UP_S);
	load_lapses_begin(&bench->load);
	lapse(bench, WARM_UP_S, 0);
	bench->longest_ns = 0;
	for (int round = 0; round < ROUNDS; round++) {
		double ns_per_event;
		uint64_t count;

		bench->cpu_ns = 0;
		count = lapse(bench, 0, events / ROUNDS);
		ns_per_event = (double)bench->cpu_ns / (double)count;
		best = best == 0 || ns_per_event < best ? ns_per_event : best;
		total += count;
	}
	engine_status(bench->engine, &status);
	printf("{\"devices\": %zu, \"events\": %llu, \"ns_per_event\": %.1f, \"longest_step_ns\": %lld, "
	       "\"longest_arrival_ns\": %lld, \"watched\": %zu, \"notices\": %llu}\n",
	       status.devices, (unsigned long long)total, best,
	       (long long)bench->longest_ns, (long long)longest_arrival_ns, status.watched, (unsigned long long)bench->notices);
}

static void measure_memory(struct bench *bench)
{
	int64_t resident = resident_bytes(), allocated = allocated_bytes();
	struct engine_status status;
	size_t count;

	arrive(bench);
	pass(bench, WARM_UP_S);
	load_lapses_begin(&bench->load);
	lapse(bench, TOKEN_LIFE_S, 0);
	while ((count = load_last_returns(&bench->load, bench->samples)))
		chunk(bench, count);
	pass(bench, 3600);
	resident = resident_bytes() - resident;
	allocated = allocated_bytes() - allocated;
	engine_status(bench->engine, &status);
	printf("{\"devices\": %zu, \"resident_bytes\": %.1f, \"allocated_bytes\": %.1f, \"longest_step_ns\": %lld, "
	       "\"watched\": %zu, \"expiries\": %llu}\n",
	       status.devices, (double)resident / (double)status.devices, (double)allocated / (double)status.devices,
	       (long long)bench->longest_ns, status.watched, (unsigned long long)status.verdicts[VERDICT_TOKEN_EXPIRY]);
}

int main(int argc, char **argv)
{
	struct plan_options options = {0};
	struct bench *bench = calloc(1, sizeof *bench);
	struct fault fault = {0};
	struct plan plan;
	char text[900];
	int64_t begin_ns;

	if (argc < 4 || !bench) {
		fprintf(stderr, "usage: bench-devices RULES time DEVICES EVENTS\n       bench-devices RULES memory DEVICES\n");
		return 2;
	}
	options.rules = argv[1];
	options.sets[options.set_count++] = "devices_max=100000000";
	if (plan_load(&plan, &options, &fault)) {
		fprintf(stderr, "%s\n", fault_describe(&fault, text, sizeof text));
		return 2;
	}
	stamp_parse(SPAN("2026-03-02T00:00:00Z"), &begin_ns);
	if (!load_begin(&bench->load, (uint32_t)strtoul(argv[3], NULL, 10), begin_ns, TOKEN_LIFE_S))
		return 3;
	bench->engine = engine_new(plan.rules, &plan.config.settings, &plan.config.mute, &plan.config.x509, 1,
				   (struct moment){.wall_ns = begin_ns, .mono_ns = begin_ns});
	if (!bench->engine || !engine_source(bench->engine, "bench", settings_ns(&plan.config.settings, SETTING_DELAY_LOCAL)) ||
	    !engine_stream(bench->engine, 0))
		return 3;
	step(bench, INPUT_CAUGHT_UP, 0);
	if (strcmp(argv[2], "time") == 0)
		measure_time(bench, argc > 4 ? strtoull(argv[4], NULL, 10) : 1000000);
	else
		measure_memory(bench);
	engine_free(bench->engine);
	load_end(&bench->load);
	plan_clear(&plan);
	free(bench);
	return 0;
}
