#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <uv.h>

#include "../core/engine.h"
#include "build.h"
#include "journal.h"
#include "log.h"
#include "notify.h"
#include "syslog.h"
#include "tail.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	ROUND_SIZE = 4 << 20,   /* bytes read before signals and timers have their turn */
	RESCAN_MS = 1000,       /* inotify only nudges: this is what finds everything */
	WAIT_MS = 100,          /* for journals that are not read to their ends */
	TAILS_MAX = 4096,
	SOURCES_MAX = 256,
	SEVERITY_ERR = 3,
	SEVERITY_WARNING = 4,
	SEVERITY_INFO = 6,
};

/* Where a journal's records go. */
struct inlet {
	struct daemon *daemon;
	struct journal *journal; /* NULL: the source is no journal, or not followed any more */
	uint16_t stream;
};

struct daemon {
	struct plan *plan;   /* in force */
	const struct plan_options *options; /* to load it again */
	uv_loop_t loop;
	uv_timer_t rescan, tick, watchdog;
	uv_idle_t busy;      /* runs while there is more to read than one round takes */
	uv_signal_t terminate, interrupt, hangup;
	uv_fs_event_t *nudges[SOURCES_MAX]; /* one a source, on its folder */
	struct engine *engine;
	struct syslog *syslog;
	struct source_config *sources; /* numbered as in the engine; a name of NULL is not followed any more */
	struct inlet inlets[SOURCES_MAX];
	size_t source_count;
	struct tail *tails;  /* numbered as the engine's streams; a path of NULL has ended, or is a journal's */
	uint16_t *tail_sources;
	size_t tail_count;
	bool caught_up, is_busy;
	char buffer[BUFFER_SIZE];
};

static struct moment now(void)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &mono);
	return (struct moment){wall.tv_sec * STAMP_SECOND + wall.tv_nsec, mono.tv_sec * STAMP_SECOND + mono.tv_nsec};
}

/* --- the engine --------------------------------------------------------- */

static void on_tick(uv_timer_t *timer);

static void step(struct daemon *daemon, struct input *input)
{
	struct output output;
	int64_t wait_ms;

	input->now = now();
	engine_step(daemon->engine, input, &output);
	for (size_t i = 0; i < output.count; i++) {
		const struct notice *notice = &output.notices[i];

		if (daemon->plan->config.to_stderr || notice->kind == NOTICE_TOLD)
			log_notice(notice);
		if (daemon->syslog && notice->kind != NOTICE_TOLD)
			syslog_send(daemon->syslog, notice, input->now);
	}
	wait_ms = output.wait_ns / 1000000 + 1;
	uv_timer_start(&daemon->tick, on_tick, (uint64_t)(wait_ms > INT32_MAX ? INT32_MAX : wait_ms), 0);
}

/* --- reading ------------------------------------------------------------ */

static void complain(const struct tail *tail, int error)
{
	log_line(SEVERITY_ERR, "%s: cannot be read: %s%s", tail->path, strerror(-error),
		 error == -EACCES   ? " (is the service in the group that may read it?)"
		 : error == -EISDIR ? " (a folder was found where a file is followed)"
				    : "");
}

/* One look at one file. Returns the bytes that it brought. */
static size_t look(struct daemon *daemon, size_t index, bool *ret_more)
{
	struct input input = {.stream = (uint16_t)index};
	struct tail *tail = &daemon->tails[index];
	struct tail_news news;

	*ret_more = true;
	switch (tail_look(tail, now().mono_ns, daemon->buffer, BUFFER_SIZE, &news)) {
	case TAIL_BYTES:
		input.type = INPUT_BYTES;
		input.bytes = news.bytes;
		step(daemon, &input);
		return news.bytes.size;
	case TAIL_BREAK:
		input.type = INPUT_BREAK;
		step(daemon, &input);
		return 0;
	case TAIL_GAP:
		input.type = INPUT_GAP;
		input.lost_from = news.lost_from;
		input.lost_bytes = news.lost_bytes;
		step(daemon, &input);
		return 0;
	case TAIL_ERROR:
		complain(tail, news.error);
		break;
	case TAIL_IDLE:
		break;
	}
	*ret_more = false;
	return 0;
}

static void on_busy(uv_idle_t *idle);

static bool journals_at_end(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->inlets[i].journal && !journal_at_end(daemon->inlets[i].journal))
			return false;
	return true;
}

/* For `systemctl status`. */
static void tell_status(const struct daemon *daemon, void (*notify)(const char *))
{
	struct engine_status status;
	char text[160];

	engine_status(daemon->engine, &status);
	snprintf(text, sizeof text, "%zu devices, %zu alerts stand, %llu records read", status.devices, status.alerts,
		 (unsigned long long)status.counts.read);
	notify(text);
}

/* Reads all files to their ends, but no more than a round. */
static void read_all(struct daemon *daemon)
{
	size_t total = 0;
	bool more;

	for (size_t i = 0; i < daemon->tail_count; i++)
		do {
			if (!daemon->tails[i].path)
				break;
			total += look(daemon, i, &more);
			if (total > ROUND_SIZE) {
				if (!daemon->is_busy)
					uv_idle_start(&daemon->busy, on_busy);
				daemon->is_busy = true;
				return;
			}
		} while (more);
	if (daemon->is_busy)
		uv_idle_stop(&daemon->busy);
	daemon->is_busy = false;
	if (!daemon->caught_up && journals_at_end(daemon)) {
		struct engine_status status;

		daemon->caught_up = true;
		step(daemon, &(struct input){.type = INPUT_CAUGHT_UP});
		engine_status(daemon->engine, &status);
		log_line(SEVERITY_INFO, "caught up: %llu records, %zu devices; following",
			 (unsigned long long)status.counts.read, status.devices);
		tell_status(daemon, notify_ready);
	}
}

static void take_records(void *context, struct span records)
{
	const struct inlet *inlet = context;
	struct daemon *daemon = inlet->daemon;

	if (records.size)
		step(daemon, &(struct input){.type = INPUT_BYTES, .stream = inlet->stream, .bytes = records});
	if (!daemon->caught_up && !daemon->is_busy && journals_at_end(daemon))
		read_all(daemon);
}

static void on_busy(uv_idle_t *idle)
{
	read_all(idle->data);
}

/* All has been read when a tick comes; otherwise time must wait. */
static void on_tick(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	read_all(daemon);
	if (!journals_at_end(daemon))
		uv_timer_start(timer, on_tick, WAIT_MS, 0);
	else if (!daemon->is_busy)
		step(daemon, &(struct input){.type = INPUT_TICK});
}

/* --- what to follow ----------------------------------------------------- */

static bool is_followed(const struct daemon *daemon, const char *path)
{
	for (size_t i = 0; i < daemon->tail_count; i++)
		if (daemon->tails[i].path && strcmp(daemon->tails[i].path, path) == 0)
			return true;
	return false;
}

static void follow(struct daemon *daemon, uint16_t source, const char *path)
{
	if (is_followed(daemon, path))
		return;
	if (daemon->tail_count == TAILS_MAX || !engine_stream(daemon->engine, source) ||
	    !tail_begin(&daemon->tails[daemon->tail_count], path)) {
		log_line(SEVERITY_ERR, "%s: cannot be followed: more than %d files, or no memory", path, TAILS_MAX);
		return;
	}
	daemon->tail_sources[daemon->tail_count++] = source;
}

/* The files of a source: itself, those of a folder, those of a pattern. */
static void find_files(struct daemon *daemon, uint16_t source)
{
	const char *path = daemon->sources[source].path;
	struct stat status;
	char pattern[4096];
	glob_t found;

	if (!strpbrk(path, "*?[") && (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))) {
		follow(daemon, source, path);
		return;
	}
	snprintf(pattern, sizeof pattern, "%s%s", path, strpbrk(path, "*?[") ? "" : "/*");
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (stat(found.gl_pathv[i], &status) == 0 && S_ISREG(status.st_mode))
				follow(daemon, source, found.gl_pathv[i]);
		globfree(&found);
	}
}

static void on_rescan(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->sources[i].path && !daemon->sources[i].is_journal)
			find_files(daemon, (uint16_t)i);
	read_all(daemon);
}

static void on_nudge(uv_fs_event_t *nudge, const char *name, int events, int error)
{
	on_rescan(&((struct daemon *)nudge->data)->rescan);
}

/* Watches the folders, not the files: a watch on a file goes deaf when it is
 * rotated. */
static void watch_folder(struct daemon *daemon, size_t source)
{
	const char *path = daemon->sources[source].path, *slash = strrchr(path, '/');
	uv_fs_event_t *nudge = daemon->nudges[source] = malloc(sizeof *nudge);
	char folder[4096];
	struct stat status;

	if (!nudge)
		return;
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 1, slash ? path : ".");
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		snprintf(folder, sizeof folder, "%s", path);
	uv_fs_event_init(&daemon->loop, nudge);
	nudge->data = daemon;
	/* Without it, the rescan finds what there is, a second later. */
	if (uv_fs_event_start(nudge, on_nudge, folder, 0) < 0)
		log_line(SEVERITY_WARNING, "%s: cannot be watched; looking every second instead", folder);
}

static void on_nudge_closed(uv_handle_t *handle)
{
	free(handle);
}

/* Behind what a journal is to be read from; "": from its head. */
static const char *position_at_start(const struct source_config *source)
{
	return "";
}

static bool follow_journal(struct daemon *daemon, uint16_t source)
{
	const struct source_config *config = &daemon->sources[source];
	struct inlet *inlet = &daemon->inlets[source];

	if (daemon->tail_count == TAILS_MAX || !engine_stream(daemon->engine, source))
		return false;
	*inlet = (struct inlet){.daemon = daemon, .stream = (uint16_t)daemon->tail_count};
	daemon->tails[daemon->tail_count] = (struct tail){.fd = -1};
	daemon->tail_sources[daemon->tail_count++] = source;
	inlet->journal = journal_open(&daemon->loop, config, position_at_start(config), take_records, inlet);
	return inlet->journal;
}

static int add_source(struct daemon *daemon, const struct source_config *wanted, const struct settings *settings)
{
	int64_t delay_ns =
		settings_ns(settings, wanted->kind == SOURCE_AZURE ? SETTING_DELAY_AZURE : SETTING_DELAY_LOCAL);
	size_t at = daemon->source_count;

	if (at == SOURCES_MAX || !source_config_copy(wanted, &daemon->sources[at]) ||
	    !engine_source(daemon->engine, wanted->name, delay_ns))
		return -ENOMEM;
	daemon->source_count++;
	if (!wanted->is_journal)
		watch_folder(daemon, at);
	else if (!follow_journal(daemon, (uint16_t)at))
		return -ENOMEM;
	return 0;
}

static void drop_source(struct daemon *daemon, size_t source)
{
	log_line(SEVERITY_INFO, "%s: no longer followed", daemon->sources[source].name);
	for (size_t t = 0; t < daemon->tail_count; t++)
		if (daemon->tails[t].path && daemon->tail_sources[t] == source)
			tail_end(&daemon->tails[t]);
	journal_close(daemon->inlets[source].journal);
	daemon->inlets[source].journal = NULL;
	source_config_clear(&daemon->sources[source]);
	if (daemon->nudges[source])
		uv_close((uv_handle_t *)daemon->nudges[source], on_nudge_closed);
	daemon->nudges[source] = NULL;
}

/* Follows what is configured, and no longer what is not. */
static int adopt_sources(struct daemon *daemon, const struct config *config)
{
	bool kept[SOURCES_MAX] = {false};
	int r;

	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *wanted = &config->sources[i];
		size_t at = 0;

		while (at < daemon->source_count &&
		       !(daemon->sources[at].name && strcmp(daemon->sources[at].name, wanted->name) == 0))
			at++;
		if (at == daemon->source_count) {
			r = add_source(daemon, wanted, &config->settings);
			if (r < 0)
				return r;
		}
		kept[at] = true;
	}
	for (size_t i = 0; i < daemon->source_count; i++)
		if (!kept[i] && daemon->sources[i].name)
			drop_source(daemon, i);
	return 0;
}

/* --- start and stop ----------------------------------------------------- */

static void on_signal(uv_signal_t *signal, int number)
{
	log_line(SEVERITY_INFO, "%s: stopping", number == SIGINT ? "SIGINT" : "SIGTERM");
	notify_stopping();
	uv_stop(&((struct daemon *)signal->data)->loop);
}

static int no_sources(const struct config *config, struct fault *fault)
{
	return fault_set(fault, config->file_count ? config->files[0] : LAPSED_CONFIG_FILE, 0, 0,
			 "no sources: expected \"sources\": [{\"path\": \"/var/log/azure/connections.jsonl\"}]");
}

/* Everything new is read and verified before anything old is let go; a fault
 * leaves all as it was. */
static void reload(struct daemon *daemon)
{
	struct plan *plan = calloc(1, sizeof *plan), *old = daemon->plan;
	struct syslog *syslog = NULL;
	struct fault fault = {0};
	char text[900];
	int r;

	notify_reloading();
	r = plan ? plan_load(plan, daemon->options, &fault) : -ENOMEM;
	if (r == 0 && plan->config.source_count == 0)
		r = no_sources(&plan->config, &fault);
	if (r == 0 && plan->config.syslog_host && !(syslog = syslog_open(&plan->config, &fault)))
		r = FAULT;
	if (r) {
		log_line(SEVERITY_ERR, "the old configuration stays in force: %s",
			 r > 0 ? fault_describe(&fault, text, sizeof text) : strerror(-r));
		if (plan)
			plan_clear(plan);
		free(plan);
	} else {
		daemon->plan = plan;
		engine_adopt(daemon->engine, plan->rules, &plan->config.settings, &plan->config.mute, &plan->config.x509);
		adopt_sources(daemon, &plan->config);
		syslog_close(daemon->syslog);
		daemon->syslog = syslog;
		plan_clear(old);
		free(old);
		log_line(SEVERITY_INFO, "configuration and rules read again");
	}
	tell_status(daemon, notify_ready);
	uv_timer_start(&daemon->rescan, on_rescan, 0, RESCAN_MS);
}

static void on_hangup(uv_signal_t *signal, int number)
{
	reload(signal->data);
}

static void on_watchdog(uv_timer_t *timer)
{
	/* The loop has come round: that is the progress that it stands for. */
	notify_watchdog();
	tell_status(timer->data, notify_status);
}

static int open_all(struct daemon *daemon, struct fault *fault)
{
	const struct config *config = &daemon->plan->config;
	uint64_t seed = 0;

	if (config->source_count == 0)
		return no_sources(config, fault);
	(void)!getrandom(&seed, sizeof seed, 0);
	daemon->engine = engine_new(daemon->plan->rules, &config->settings, &config->mute, &config->x509, seed, now());
	daemon->sources = calloc(SOURCES_MAX, sizeof *daemon->sources);
	daemon->tails = calloc(TAILS_MAX, sizeof *daemon->tails);
	daemon->tail_sources = calloc(TAILS_MAX, sizeof *daemon->tail_sources);
	if (!daemon->engine || !daemon->sources || !daemon->tails || !daemon->tail_sources)
		return -ENOMEM;
	if (config->syslog_host && !(daemon->syslog = syslog_open(config, fault)))
		return FAULT;
	return adopt_sources(daemon, config);
}

static void start_loop(struct daemon *daemon)
{
	uint64_t watchdog_ms = notify_watchdog_ms();

	uv_timer_init(&daemon->loop, &daemon->rescan);
	uv_timer_init(&daemon->loop, &daemon->tick);
	uv_timer_init(&daemon->loop, &daemon->watchdog);
	uv_idle_init(&daemon->loop, &daemon->busy);
	uv_signal_init(&daemon->loop, &daemon->terminate);
	uv_signal_init(&daemon->loop, &daemon->interrupt);
	uv_signal_init(&daemon->loop, &daemon->hangup);
	daemon->rescan.data = daemon->tick.data = daemon->busy.data = daemon->watchdog.data = daemon;
	daemon->terminate.data = daemon->interrupt.data = daemon->hangup.data = daemon;
	uv_signal_start(&daemon->terminate, on_signal, SIGTERM);
	uv_signal_start(&daemon->interrupt, on_signal, SIGINT);
	uv_signal_start(&daemon->hangup, on_hangup, SIGHUP);
	uv_timer_start(&daemon->rescan, on_rescan, 0, RESCAN_MS);
	if (watchdog_ms)
		uv_timer_start(&daemon->watchdog, on_watchdog, watchdog_ms, watchdog_ms);
}

static void on_walk(uv_handle_t *handle, void *unused)
{
	/* A process is closed by its owner, when it has been reaped. */
	if (!uv_is_closing(handle) && handle->type != UV_PROCESS)
		uv_close(handle, NULL);
}

static void tell_end(const struct daemon *daemon)
{
	struct engine_status status;

	engine_status(daemon->engine, &status);
	log_line(SEVERITY_INFO,
		 "stopped: %llu records (%llu about connections, %llu malformed), %zu devices; ended: %llu "
		 "token-expiry, %llu recovered, %llu not-returned, %llu auth-failure; %zu alerts stand",
		 (unsigned long long)status.counts.read, (unsigned long long)status.counts.events,
		 (unsigned long long)status.counts.malformed, status.devices,
		 (unsigned long long)status.verdicts[VERDICT_TOKEN_EXPIRY],
		 (unsigned long long)status.verdicts[VERDICT_RECOVERED],
		 (unsigned long long)status.verdicts[VERDICT_NOT_RETURNED],
		 (unsigned long long)status.verdicts[VERDICT_AUTH_FAILURE], status.alerts);
	if (syslog_lost(daemon->syslog))
		log_line(SEVERITY_WARNING, "%llu alerts could not be sent by UDP",
			 (unsigned long long)syslog_lost(daemon->syslog));
}

static void close_all(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->tail_count; i++)
		tail_end(&daemon->tails[i]);
	for (size_t i = 0; i < daemon->source_count; i++) {
		source_config_clear(&daemon->sources[i]);
		free(daemon->nudges[i]);
	}
	syslog_close(daemon->syslog);
	engine_free(daemon->engine);
	plan_clear(daemon->plan);
	free(daemon->plan);
	free(daemon->sources);
	free(daemon->tails);
	free(daemon->tail_sources);
	free(daemon);
}

int daemon_run(struct plan *take_plan, const struct plan_options *options, struct fault *fault)
{
	struct daemon *daemon = calloc(1, sizeof *daemon);
	int r;

	if (!daemon) {
		plan_clear(take_plan);
		free(take_plan);
		return -ENOMEM;
	}
	daemon->plan = take_plan;
	daemon->options = options;
	r = uv_loop_init(&daemon->loop);
	if (r == 0)
		r = open_all(daemon, fault);
	if (r == 0) {
		log_line(SEVERITY_INFO, "lapsed %s follows %zu sources", LAPSED_VERSION, daemon->source_count);
		start_loop(daemon);
		uv_run(&daemon->loop, UV_RUN_DEFAULT);
		read_all(daemon);
		tell_end(daemon);
	}
	for (size_t i = 0; i < daemon->source_count; i++)
		journal_close(daemon->inlets[i].journal);
	uv_walk(&daemon->loop, on_walk, NULL);
	uv_run(&daemon->loop, UV_RUN_DEFAULT);
	uv_loop_close(&daemon->loop);
	close_all(daemon);
	return r;
}
