/* When to look at the files. inotify tells of most of what happens in their
 * folders; it only says where to look, never what is there. What it does not
 * tell (a network file system, folders within folders) a rescan finds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon_parts.h"
#include "log.h"
#include "notify.h"

/* --- watching ----------------------------------------------------------- */

static void stir(struct daemon *daemon, uint16_t source, enum stir how)
{
	for (size_t i = 0; i < daemon->tail_count; i++)
		if (daemon->tail_sources[i] == source && daemon->stirred[i] < how)
			daemon->stirred[i] = how;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Whatever else happens in the folder is none of our business; a file that was
 * renamed is still written under a name that we do not know. */
static bool stir_named(struct daemon *daemon, uint16_t source, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < daemon->tail_count; i++) {
		const struct tail *tail = &daemon->tails[i];

		if (daemon->tail_sources[i] != source || !tail->path ||
		    (!tail->rotated && strcmp(base_name(tail->path), name) != 0))
			continue;
		any = true;
		if (daemon->stirred[i] < STIR_WRITTEN)
			daemon->stirred[i] = STIR_WRITTEN;
	}
	return any;
}

static void on_event(uv_fs_event_t *watch, const char *name, int events, int error)
{
	struct lookout *lookout = watch->data;

	if (!error && name && events == UV_CHANGE) {
		if (!stir_named(lookout->daemon, lookout->source, name))
			return;
		lookout->is_told = true;
		/* At once, for it may call for an alert: libuv asks for more events before on_woken() runs. */
		if (!lookout->daemon->is_behind)
			turn_read(lookout->daemon);
	} else {
		lookout->is_told = lookout->is_renamed = true;
		stir(lookout->daemon, lookout->source, STIR_ANY);
	}
}

/* Watches the folder, not the file: a watch on a file goes deaf when it is
 * rotated. */
static void arm(struct lookout *lookout)
{
	const char *path = lookout->daemon->sources[lookout->source].path, *slash = strrchr(path, '/');
	char folder[4096];
	struct stat status;
	int r;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + (slash == path) : 1, slash ? path : ".");
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		snprintf(folder, sizeof folder, "%s", path);
	uv_fs_event_stop(&lookout->watch);
	r = uv_fs_event_start(&lookout->watch, on_event, folder, 0);
	lookout->is_armed = r == 0;
	if (!lookout->is_armed && !lookout->was_told_unwatched)
		log_line(SEVERITY_WARNING, "%s: cannot be watched: %s%s; looking every second instead", folder,
			 strerror(-r), r == UV_EACCES ? MAY_READ_HINT : "");
	lookout->was_told_unwatched = !lookout->is_armed;
}

void lookout_begin(struct daemon *daemon, uint16_t source)
{
	struct lookout *lookout = daemon->lookouts[source] = calloc(1, sizeof *lookout);

	if (!lookout)
		return;
	lookout->daemon = daemon;
	lookout->source = source;
	uv_fs_event_init(&daemon->loop, &lookout->watch);
	lookout->watch.data = lookout;
	arm(lookout);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void lookout_end(struct daemon *daemon, uint16_t source)
{
	if (daemon->lookouts[source])
		uv_close((uv_handle_t *)&daemon->lookouts[source]->watch, on_closed);
	daemon->lookouts[source] = NULL;
}

/* --- a rush ------------------------------------------------------------- */

/* Where records come so fast that each would cost a wake-up, the watch is let
 * go and a timer reads what has come, until nothing has. */

static void on_rush(uv_timer_t *timer);

static void begin_rush(struct lookout *lookout)
{
	struct daemon *daemon = lookout->daemon;

	uv_fs_event_stop(&lookout->watch);
	lookout->is_armed = false;
	lookout->in_rush = true;
	if (!uv_is_active((uv_handle_t *)&daemon->rush))
		uv_timer_start(&daemon->rush, on_rush, RUSH_MS, 0);
	/* New files are found by nobody else. */
	lookout_rescan_within(daemon, RESCAN_MS);
}

static void on_rush(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;
	bool any = false;

	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->lookouts[i] && daemon->lookouts[i]->in_rush) {
			daemon->lookouts[i]->has_found = false;
			stir(daemon, (uint16_t)i, STIR_WRITTEN);
		}
	turn_read(daemon);
	for (size_t i = 0; i < daemon->source_count; i++) {
		struct lookout *lookout = daemon->lookouts[i];

		if (!lookout || !lookout->in_rush)
			continue;
		any |= lookout->in_rush = lookout->has_found || daemon->is_behind;
		if (lookout->in_rush)
			continue;
		/* What came before the watch was there again is found by looking once more. */
		arm(lookout);
		follow_find(daemon, (uint16_t)i);
		stir(daemon, (uint16_t)i, STIR_ANY);
	}
	turn_read(daemon);
	if (any)
		uv_timer_start(timer, on_rush, RUSH_MS, 0);
}

/* After all events of one waking: what else they told of is looked at together,
 * and how fast they come is seen. */
static void on_woken(uv_check_t *check)
{
	struct daemon *daemon = check->data;
	uint64_t now_ms = uv_now(&daemon->loop);
	bool any = false;

	/* What stderr did not take is tried again at each waking, and soon. */
	if (!log_flush())
		lookout_rescan_within(daemon, RESCAN_MS);
	for (size_t i = 0; i < daemon->source_count; i++) {
		struct lookout *lookout = daemon->lookouts[i];

		if (!lookout || !lookout->is_told)
			continue;
		any = true;
		if (!lookout->is_renamed)
			continue;
		/* It may have been the folder itself. */
		arm(lookout);
		if (!lookout->is_armed)
			lookout_rescan_within(daemon, RESCAN_MS);
		follow_find(daemon, (uint16_t)i);
		/* What the old watch had still to tell is told by none. */
		stir(daemon, (uint16_t)i, STIR_ANY);
	}
	if (!any)
		return;
	turn_read(daemon);
	for (size_t i = 0; i < daemon->source_count; i++) {
		struct lookout *lookout = daemon->lookouts[i];

		if (!lookout || !lookout->is_told)
			continue;
		lookout->is_told = lookout->is_renamed = lookout->is_deaf = false;
		if (lookout->is_armed && now_ms - lookout->told_ms < RUSH_GAP_MS)
			begin_rush(lookout);
		lookout->told_ms = now_ms;
	}
}

/* --- without being told ------------------------------------------------- */

void lookout_look(struct daemon *daemon)
{
	bool was_behind = daemon->is_behind;

	for (size_t i = 0; i < daemon->source_count; i++) {
		if (daemon->lookouts[i])
			daemon->lookouts[i]->has_found = false;
		stir(daemon, (uint16_t)i, STIR_ANY);
	}
	turn_read(daemon);
	for (size_t i = 0; i < daemon->source_count; i++) {
		struct lookout *lookout = daemon->lookouts[i];

		if (!lookout)
			continue;
		/* Perhaps its event is still on its way, perhaps none will come: until the next one does, nobody
		 * relies on them. Its folder may be another one by now. */
		if (lookout->has_found && lookout->has_looked && !lookout->in_rush && !was_behind) {
			lookout->is_deaf = true;
			arm(lookout);
			lookout_rescan_within(daemon, RESCAN_MS);
		}
		lookout->has_looked = true;
	}
}

/* Whether events tell of all that can happen. */
static bool is_covered(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->source_count; i++) {
		const struct lookout *lookout = daemon->lookouts[i];

		if (daemon->sources[i].name && !daemon->sources[i].is_journal &&
		    (!lookout || !lookout->is_armed || lookout->is_deaf || lookout->is_partial))
			return false;
	}
	for (size_t i = 0; i < daemon->tail_count; i++)
		if (daemon->tails[i].path && daemon->tails[i].rotated)
			return false; /* it is waited for its end, of which no event tells */
	return true;
}

static void on_rescan(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	/* The loop has come round: that is the progress that the watchdog stands for. */
	turn_tell_status(daemon, notify_alive);
	for (size_t i = 0; i < daemon->source_count; i++) {
		if (daemon->lookouts[i] && !daemon->lookouts[i]->is_armed && !daemon->lookouts[i]->in_rush)
			arm(daemon->lookouts[i]);
		follow_find(daemon, (uint16_t)i);
	}
	lookout_look(daemon);
	lookout_rescan_within(daemon, log_flush() && is_covered(daemon) ? RESCAN_RARE_MS : RESCAN_MS);
}

void lookout_rescan_within(struct daemon *daemon, uint64_t wait_ms)
{
	if (daemon->watchdog_ms && wait_ms > daemon->watchdog_ms)
		wait_ms = daemon->watchdog_ms;
	if (!uv_is_active((uv_handle_t *)&daemon->rescan) || uv_timer_get_due_in(&daemon->rescan) > wait_ms)
		uv_timer_start(&daemon->rescan, on_rescan, wait_ms, 0);
}

void lookout_start(struct daemon *daemon)
{
	daemon->watchdog_ms = notify_watchdog_ms();
	uv_timer_init(&daemon->loop, &daemon->rescan);
	uv_timer_init(&daemon->loop, &daemon->rush);
	uv_check_init(&daemon->loop, &daemon->woken);
	daemon->rescan.data = daemon->rush.data = daemon->woken.data = daemon;
	uv_check_start(&daemon->woken, on_woken);
	lookout_rescan_within(daemon, 0);
}

void lookout_stop(struct daemon *daemon)
{
	uv_timer_stop(&daemon->rescan);
	uv_timer_stop(&daemon->rush);
	uv_check_stop(&daemon->woken);
	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->lookouts[i])
			uv_fs_event_stop(&daemon->lookouts[i]->watch);
}
