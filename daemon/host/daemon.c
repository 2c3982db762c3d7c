#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "../core/engine.h"
#include "build.h"
#include "journal.h"
#include "log.h"
#include "notify.h"
#include "sinks.h"
#include "store.h"
#include "tail.h"

enum {
	BUFFER_SIZE = 256 * 1024,
	ROUND_SIZE = 4 << 20,   /* bytes read before signals and timers have their turn */
	RESCAN_MS = 1000,       /* inotify only nudges: this is what finds everything */
	WAIT_MS = 100,          /* for journals that are not read to their ends */
	TAILS_MAX = 4096,
	SOURCES_MAX = 256,
	HELD_MAX = 4096,        /* notices that are stored for receivers that are away */
	DRAIN_MS = 1000,        /* at the end, for what receivers still take */
	FINISHED_MAX = 1024,
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
	struct sinks *sinks;
	struct store *store; /* NULL: nothing survives a restart */
	bool unstored;       /* something has changed since the last commit */
	bool store_failed;   /* and that was told */
	size_t held;         /* notices in the store that some receiver has not taken */
	struct source_config *sources; /* numbered as in the engine; a name of NULL is not followed any more */
	struct inlet inlets[SOURCES_MAX];
	size_t source_count;
	struct tail *tails;  /* numbered as the engine's streams; a path of NULL has ended, or is a journal's */
	uint16_t *tail_sources;
	uint64_t *stored_offsets; /* of each tail, as committed last */
	struct tail_place finished[FINISHED_MAX]; /* files that were read to their end, under whatever name */
	size_t finished_count; /* in all: the array is a ring */
	bool too_many_told;
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

static void tell(struct daemon *daemon, const struct notice *notice)
{
	if (notice->kind == NOTICE_TOLD)
		log_notice(notice);
	else
		sinks_send(daemon->sinks, notice, now());
}

static void store_tails(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->tail_count; i++) {
		struct tail_place at;
		struct place place;
		size_t held;

		place = engine_stream_place(daemon->engine, (uint16_t)i, &held);
		if (!daemon->tails[i].path || !tail_place(&daemon->tails[i], held, &at) ||
		    at.offset == daemon->stored_offsets[i])
			continue;
		store_put_file(daemon->store, daemon->tails[i].path, &at, place);
		daemon->stored_offsets[i] = at.offset;
	}
}

static void store_journals(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->inlets[i].journal)
			store_put_journal(daemon->store, daemon->sources[i].name,
					  journal_position(daemon->inlets[i].journal));
}

static void store_notices(struct daemon *daemon, const struct output *output)
{
	static char packed[sizeof(struct notice) + 4096];
	size_t size;

	for (size_t i = 0; i < output->count; i++)
		if ((size = notice_pack(&output->notices[i], packed, sizeof packed)))
			store_put_notice(daemon->store, (struct span){packed, size});
}

/* What was read, what follows from it, and what is to be told of it, together.
 * If it cannot be stored, alerts are told all the same: they may be told again
 * after a restart, under the same ids. */
static void commit(struct daemon *daemon, const struct output *output)
{
	int r;

	if (!daemon->store)
		return;
	store_begin(daemon->store);
	/* Those of the last ones have been taken; if a receiver has been away for
	 * very long, the oldest are let go all together. */
	if (sinks_are_done(daemon->sinks) || daemon->held > HELD_MAX) {
		store_drop_notices(daemon->store);
		daemon->held = 0;
	}
	store_put_engine(daemon->store, daemon->engine);
	store_tails(daemon);
	store_journals(daemon);
	if (output)
		store_notices(daemon, output);
	daemon->held += output ? output->count : 0;
	r = store_commit(daemon->store);
	daemon->unstored = r != 0;
	if (r) {
		engine_save_again(daemon->engine);
		memset(daemon->stored_offsets, 0xFF, TAILS_MAX * sizeof *daemon->stored_offsets);
	}
	if (r && !daemon->store_failed)
		log_line(SEVERITY_ERR, "the state cannot be stored: %s; lapsed goes on, and tries again", strerror(-r));
	else if (!r && daemon->store_failed)
		log_line(SEVERITY_INFO, "the state is stored again");
	daemon->store_failed = r != 0;
}

static void step(struct daemon *daemon, struct input *input)
{
	struct output output;
	int64_t wait_ms;

	input->now = now();
	engine_step(daemon->engine, input, &output);
	daemon->unstored |= input->type != INPUT_TICK;
	if (output.count > 0)
		commit(daemon, &output);
	for (size_t i = 0; i < output.count; i++)
		tell(daemon, &output.notices[i]);
	daemon->unstored |= output.count > 0; /* that they have been sent */
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
		daemon->finished[daemon->finished_count++ % FINISHED_MAX] = tail->last;
		return 0;
	case TAIL_GAP:
		input.type = INPUT_GAP;
		input.bytes = span_of(tail->path);
		input.lost_from = news.lost_from;
		input.lost_bytes = news.lost_bytes;
		step(daemon, &input);
		return 0;
	case TAIL_LOST:
		log_line(SEVERITY_WARNING,
			 "%s: the file that was followed before the stop is gone; what it still held is lost, and this one "
			 "is read from its begin",
			 tail->path);
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
static void let_go(struct daemon *daemon, size_t index);

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
			let_go(daemon, i);
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

/* Whether a tail follows the path, or holds the file that stands there now. */
static bool is_followed(const struct daemon *daemon, const char *path, const struct stat *status)
{
	for (size_t i = 0; i < daemon->tail_count; i++) {
		const struct tail *tail = &daemon->tails[i];

		if (!tail->path)
			continue;
		if (!tail->detached && strcmp(tail->path, path) == 0)
			return true;
		if (tail->fd >= 0 && tail->device == status->st_dev && tail->inode == status->st_ino)
			return true;
	}
	return false;
}

/* Where the file was left, if it was ever read: under another name before it
 * was rotated, or by an earlier run. If nobody holds the path, also where the
 * file was left that stood there then: it may have been rotated since. */
static bool find_place(struct daemon *daemon, const char *path, const struct stat *status, struct tail_place *ret,
		       struct place *ret_place)
{
	bool held = false;

	*ret_place = (struct place){.line = 1};
	for (size_t i = 0; i < FINISHED_MAX && i < daemon->finished_count; i++) {
		const struct tail_place *at = &daemon->finished[i];

		if (at->device == status->st_dev && at->inode == status->st_ino) {
			*ret = *at;
			return true;
		}
	}
	for (size_t i = 0; i < daemon->tail_count; i++)
		held |= daemon->tails[i].path && strcmp(daemon->tails[i].path, path) == 0;
	return daemon->store && store_load_file(daemon->store, held ? "" : path, status->st_dev, status->st_ino, ret,
						ret_place);
}

/* A tail that has ended leaves its stream to another of the same source. */
static size_t free_slot(struct daemon *daemon, uint16_t source)
{
	size_t slot = 0;

	while (slot < daemon->tail_count && (daemon->tails[slot].path || daemon->tail_sources[slot] != source))
		slot++;
	if (slot == TAILS_MAX || (slot == daemon->tail_count && !engine_stream(daemon->engine, source)))
		return TAILS_MAX;
	return slot;
}

static void follow(struct daemon *daemon, uint16_t source, const char *path)
{
	struct stat status = {0};
	struct tail_place at;
	struct place place;
	size_t slot;
	bool known;

	if (stat(path, &status) < 0)
		status = (struct stat){0};
	if (is_followed(daemon, path, &status))
		return;
	slot = free_slot(daemon, source);
	known = find_place(daemon, path, &status, &at, &place);
	if (slot == TAILS_MAX || !tail_begin(&daemon->tails[slot], path, known ? &at : NULL)) {
		if (!daemon->too_many_told)
			log_line(SEVERITY_ERR, "%s and perhaps more cannot be followed: more than %d files, or no memory",
				 path, TAILS_MAX);
		daemon->too_many_told = true;
		return;
	}
	if (known)
		engine_stream_resume(daemon->engine, (uint16_t)slot, place);
	daemon->tail_sources[slot] = source;
	daemon->stored_offsets[slot] = UINT64_MAX;
	if (slot == daemon->tail_count)
		daemon->tail_count++;
}

/* Its file was renamed: it is read to its end beside the new one. */
static void let_go(struct daemon *daemon, size_t index)
{
	struct tail *tail = &daemon->tails[index];
	struct stat status;
	char *path;

	if (!tail->rotated || tail->detached || stat(tail->path, &status) < 0 || !(path = strdup(tail->path)))
		return;
	tail_detach(tail);
	follow(daemon, daemon->tail_sources[index], path);
	free(path);
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

/* Behind what a journal is to be read from; "": from its head. */
static const char *position_at_start(const struct daemon *daemon, const struct source_config *source,
				     char position[JOURNAL_POSITION_MAX])
{
	position[0] = '\0';
	if (daemon->store)
		store_load_journal(daemon->store, source->name, position, JOURNAL_POSITION_MAX);
	return position;
}

static bool follow_journal(struct daemon *daemon, uint16_t source)
{
	const struct source_config *config = &daemon->sources[source];
	struct inlet *inlet = &daemon->inlets[source];
	char position[JOURNAL_POSITION_MAX];

	if (daemon->tail_count == TAILS_MAX || !engine_stream(daemon->engine, source))
		return false;
	*inlet = (struct inlet){.daemon = daemon, .stream = (uint16_t)daemon->tail_count};
	daemon->tails[daemon->tail_count] = (struct tail){.fd = -1};
	daemon->tail_sources[daemon->tail_count++] = source;
	inlet->journal = journal_open(&daemon->loop, config, position_at_start(daemon, config, position), take_records,
				      inlet);
	return inlet->journal;
}

/* What there is of a source now. */
static void find_source(struct daemon *daemon, uint16_t source)
{
	const struct source_config *config = &daemon->sources[source];

	if (!config->name)
		return;
	if (!config->is_journal)
		find_files(daemon, source);
	else if (!daemon->inlets[source].journal && !follow_journal(daemon, source))
		log_line(SEVERITY_ERR, "%s: no memory to read it", config->name);
}

static void on_rescan(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	log_flush();
	for (size_t i = 0; i < daemon->source_count; i++)
		find_source(daemon, (uint16_t)i);
	read_all(daemon);
	if (daemon->unstored)
		commit(daemon, NULL);
}

static void on_nudge(uv_fs_event_t *nudge, const char *name, int events, int error)
{
	struct daemon *daemon = nudge->data;

	for (size_t i = 0; i < daemon->source_count; i++)
		find_source(daemon, (uint16_t)i);
	read_all(daemon);
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
	return 0;
}

static void drop_source(struct daemon *daemon, size_t source)
{
	log_line(SEVERITY_INFO, "%s: no longer followed", daemon->sources[source].name);
	for (size_t t = 0; t < daemon->tail_count; t++)
		if (daemon->tails[t].path && daemon->tail_sources[t] == source) {
			step(daemon, &(struct input){.type = INPUT_BREAK, .stream = (uint16_t)t});
			tail_end(&daemon->tails[t]);
		}
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
	struct fault fault = {0};
	char text[900];
	int r;

	notify_reloading();
	r = plan ? plan_load(plan, daemon->options, &fault) : -ENOMEM;
	if (r == 0 && plan->config.source_count == 0)
		r = no_sources(&plan->config, &fault);
	if (r == 0)
		r = sinks_adopt(daemon->sinks, &plan->config.alerts);
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

static void resend(void *owner, struct span bytes)
{
	struct daemon *daemon = owner;
	struct notice notice;

	daemon->held++;
	if (notice_unpack(bytes, daemon->plan->rules, &notice))
		tell(daemon, &notice);
}

/* Goes on where an earlier run has come to. */
static int open_store(struct daemon *daemon, struct fault *fault)
{
	const char *folder = daemon->plan->config.state ? daemon->plan->config.state : getenv("STATE_DIRECTORY");
	int r;

	if (!folder || !*folder)
		return 0;
	r = store_open(folder, &daemon->store, fault);
	if (r)
		return r;
	if (store_load(daemon->store, daemon->engine) < 0)
		log_line(SEVERITY_WARNING, "the state in %s is of another version: all is read anew", folder);
	engine_loaded(daemon->engine);
	store_load_notices(daemon->store, resend, daemon);
	return 0;
}

static int open_all(struct daemon *daemon, struct fault *fault)
{
	const struct config *config = &daemon->plan->config;
	uint64_t seed = 0;
	int r;

	if (config->source_count == 0)
		return no_sources(config, fault);
	(void)!getrandom(&seed, sizeof seed, 0);
	daemon->engine = engine_new(daemon->plan->rules, &config->settings, &config->mute, &config->x509, seed, now());
	daemon->sources = calloc(SOURCES_MAX, sizeof *daemon->sources);
	daemon->tails = calloc(TAILS_MAX, sizeof *daemon->tails);
	daemon->tail_sources = calloc(TAILS_MAX, sizeof *daemon->tail_sources);
	daemon->stored_offsets = calloc(TAILS_MAX, sizeof *daemon->stored_offsets);
	if (!daemon->engine || !daemon->sources || !daemon->tails || !daemon->tail_sources || !daemon->stored_offsets)
		return -ENOMEM;
	if (!(daemon->sinks = sinks_new(&daemon->loop)) || sinks_adopt(daemon->sinks, &config->alerts) < 0)
		return -ENOMEM;
	r = adopt_sources(daemon, config);
	return r ? r : open_store(daemon, fault);
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

/* What is there is read once more; then only the sinks have work. */
static void end_reading(struct daemon *daemon)
{
	read_all(daemon);
	uv_timer_stop(&daemon->rescan);
	uv_timer_stop(&daemon->tick);
	uv_idle_stop(&daemon->busy);
	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->nudges[i])
			uv_fs_event_stop(daemon->nudges[i]);
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
	sinks_tell_losses(daemon->sinks);
}

static void close_all(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->tail_count; i++)
		tail_end(&daemon->tails[i]);
	for (size_t i = 0; i < daemon->source_count; i++) {
		source_config_clear(&daemon->sources[i]);
		free(daemon->nudges[i]);
	}
	store_close(daemon->store);
	engine_free(daemon->engine);
	plan_clear(daemon->plan);
	free(daemon->plan);
	free(daemon->sources);
	free(daemon->tails);
	free(daemon->tail_sources);
	free(daemon->stored_offsets);
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
		end_reading(daemon);
		sinks_drain(daemon->sinks, DRAIN_MS);
		commit(daemon, NULL);
		tell_end(daemon);
		log_flush();
		/* A name server that does not answer would hold us up, at exit() too. */
		if (sinks_are_resolving(daemon->sinks))
			_exit(0);
	}
	for (size_t i = 0; i < daemon->source_count; i++)
		journal_close(daemon->inlets[i].journal);
	uv_walk(&daemon->loop, on_walk, NULL);
	uv_run(&daemon->loop, UV_RUN_DEFAULT);
	uv_loop_close(&daemon->loop);
	close_all(daemon);
	return r;
}
