#define _GNU_SOURCE
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "build.h"
#include "daemon_parts.h"
#include "log.h"
#include "notify.h"

static void on_signal(uv_signal_t *signal, int number)
{
	log_line(SEVERITY_INFO, "%s: stopping", number == SIGINT ? "SIGINT" : "SIGTERM");
	notify_stopping();
	uv_stop(&((struct daemon *)signal->data)->loop);
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
	if (r == 0)
		r = plan_needs_sources(plan, &fault);
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
		engine_adopt(daemon->engine, plan->rules, &plan->config.settings, &plan->config.mute,
			     &plan->config.x509);
		if (follow_adopt(daemon, &plan->config) < 0)
			log_line(SEVERITY_ERR,
				 "not all sources are followed: more than %d since the start, or no memory",
				 SOURCES_MAX);
		plan_clear(old);
		free(old);
		log_line(SEVERITY_INFO, "configuration and rules read again");
	}
	turn_tell_status(daemon, notify_ready);
	lookout_rescan_within(daemon, 0);
	turn_tick(daemon);
}

static void on_hangup(uv_signal_t *signal, int number)
{
	reload(signal->data);
}

static bool resend(void *owner, struct span bytes)
{
	struct daemon *daemon = owner;
	struct notice notice;

	daemon->held++;
	if (!notice_unpack(bytes, daemon->plan->rules, &notice))
		return false;
	turn_tell(daemon, &notice, daemon_now());
	return true;
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
	int r = plan_needs_sources(daemon->plan, fault);

	if (r)
		return r;
	(void)!getrandom(&seed, sizeof seed, 0);
	daemon->engine =
		engine_new(daemon->plan->rules, &config->settings, &config->mute, &config->x509, seed, daemon_now());
	daemon->sources = calloc(SOURCES_MAX, sizeof *daemon->sources);
	daemon->tails = calloc(TAILS_MAX, sizeof *daemon->tails);
	daemon->tail_sources = calloc(TAILS_MAX, sizeof *daemon->tail_sources);
	daemon->stirred = calloc(TAILS_MAX, sizeof *daemon->stirred);
	daemon->stored_offsets = calloc(TAILS_MAX, sizeof *daemon->stored_offsets);
	daemon->finished = calloc(1, sizeof *daemon->finished);
	if (!daemon->engine || !daemon->sources || !daemon->tails || !daemon->tail_sources || !daemon->stirred ||
	    !daemon->stored_offsets || !daemon->finished)
		return -ENOMEM;
	if (!(daemon->sinks = sinks_new(&daemon->loop)) || sinks_adopt(daemon->sinks, &config->alerts) < 0)
		return -ENOMEM;
	r = follow_adopt(daemon, config);
	return r ? r : open_store(daemon, fault);
}

static void start_loop(struct daemon *daemon)
{
	uv_signal_init(&daemon->loop, &daemon->terminate);
	uv_signal_init(&daemon->loop, &daemon->interrupt);
	uv_signal_init(&daemon->loop, &daemon->hangup);
	daemon->terminate.data = daemon->interrupt.data = daemon->hangup.data = daemon;
	uv_signal_start(&daemon->terminate, on_signal, SIGTERM);
	uv_signal_start(&daemon->interrupt, on_signal, SIGINT);
	uv_signal_start(&daemon->hangup, on_hangup, SIGHUP);
	signal(SIGXFSZ, SIG_IGN); /* a limit on a file's size is an error, as a full disk is */
	turn_start(daemon);
	lookout_start(daemon);
}

/* What is there is read once more; then only the sinks have work. */
static void end_reading(struct daemon *daemon)
{
	lookout_look(daemon);
	lookout_stop(daemon);
	turn_stop(daemon);
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
		 "token-expiry, %llu recovered, %llu not-returned, %llu auth-failure; %zu alert%s",
		 (unsigned long long)status.counts.read, (unsigned long long)status.counts.events,
		 (unsigned long long)status.counts.malformed, status.devices,
		 (unsigned long long)status.verdicts[VERDICT_TOKEN_EXPIRY],
		 (unsigned long long)status.verdicts[VERDICT_RECOVERED],
		 (unsigned long long)status.verdicts[VERDICT_NOT_RETURNED],
		 (unsigned long long)status.verdicts[VERDICT_AUTH_FAILURE], status.alerts,
		 status.alerts == 1 ? " stands" : "s stand");
	if (status.unjudged || status.counts.limited)
		log_line(SEVERITY_WARNING,
			 "limits: %llu events were not judged; %llu messages were given up by a rule's pattern",
			 (unsigned long long)status.unjudged, (unsigned long long)status.counts.limited);
	sinks_tell_losses(daemon->sinks);
}

static void close_all(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->tail_count; i++)
		tail_end(&daemon->tails[i]);
	for (size_t i = 0; i < daemon->source_count; i++) {
		source_config_clear(&daemon->sources[i]);
		free(daemon->lookouts[i]);
	}
	store_close(daemon->store);
	engine_free(daemon->engine);
	plan_clear(daemon->plan);
	free(daemon->plan);
	free(daemon->sources);
	free(daemon->tails);
	free(daemon->tail_sources);
	free(daemon->stirred);
	free(daemon->stored_offsets);
	free(daemon->finished);
	free(daemon->released);
	free(daemon);
}

/* Who starts it may have closed the standard streams: what is written to stderr
 * must not go into whatever is opened next. And whoever read it may be gone. */
static void secure_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	signal(SIGPIPE, SIG_IGN);
}

/* A folder of blobs may hold more files than a shell allows. */
static void allow_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
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
	secure_streams();
	allow_files();
	r = uv_loop_init(&daemon->loop);
	if (r == 0)
		r = open_all(daemon, fault);
	if (r == 0) {
		/* Whoever reads the line may send a signal at once. */
		start_loop(daemon);
		log_line(SEVERITY_INFO, "lapsed %s follows %zu source%s", LAPSED_VERSION, daemon->source_count,
			 daemon->source_count == 1 ? "" : "s");
		uv_run(&daemon->loop, UV_RUN_DEFAULT);
		end_reading(daemon);
		sinks_drain(daemon->sinks, DRAIN_MS);
		turn_commit(daemon, NULL);
		tell_end(daemon);
		log_flush();
		/* A name server that does not answer would hold us up, at exit() too. */
		if (sinks_are_resolving(daemon->sinks))
			_exit(0);
	}
	sinks_free(daemon->sinks);
	for (size_t i = 0; i < daemon->source_count; i++)
		journal_close(daemon->inlets[i].journal);
	uv_walk(&daemon->loop, on_walk, NULL);
	uv_run(&daemon->loop, UV_RUN_DEFAULT);
	uv_loop_close(&daemon->loop);
	close_all(daemon);
	return r;
}
