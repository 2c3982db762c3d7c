/* One turn of the daemon: what files and journals have is read, judged, stored
 * and told, in this order. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "daemon_parts.h"
#include "log.h"
#include "notify.h"

enum { AHEAD_BYTES = 32 * 1024, AHEAD_PAGE = 4096 };

struct moment daemon_now(void)
{
	struct timespec wall, mono;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &mono);
	return (struct moment){wall.tv_sec * STAMP_SECOND + wall.tv_nsec, mono.tv_sec * STAMP_SECOND + mono.tv_nsec};
}

/* --- the engine --------------------------------------------------------- */

static void on_tick(uv_timer_t *timer);
static void on_store_later(uv_timer_t *timer);

void turn_tell(struct daemon *daemon, const struct notice *notice, struct moment now)
{
	if (notice->kind == NOTICE_TOLD)
		log_notice(notice);
	else
		sinks_send(daemon->sinks, notice, now);
}

static void store_tails(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->released_count; i++)
		store_put_file(daemon->store, "", &daemon->released[i], (struct place){.line = 1});
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

/* What was read, what follows from it, and what is to be told of it, together.
 * If it cannot be stored, alerts are told all the same: they may be told again
 * after a restart, under the same ids. */
void turn_commit(struct daemon *daemon, const struct output *output)
{
	uint64_t begun_ns;
	int r;

	if (!daemon->store)
		return;
	begun_ns = uv_hrtime();
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
	for (size_t i = 0; output && i < output->count; i++)
		store_put_notice(daemon->store, &output->notices[i]);
	daemon->held += output ? output->count : 0;
	r = store_commit(daemon->store);
	daemon->store_ns = uv_hrtime() - begun_ns;
	daemon->unstored = r != 0;
	if (r) {
		engine_save_again(daemon->engine);
		memset(daemon->stored_offsets, 0xFF, TAILS_MAX * sizeof *daemon->stored_offsets);
	} else {
		daemon->released_count = 0;
	}
	if (r && !daemon->store_failed)
		log_line(SEVERITY_ERR, "the state cannot be stored: %s; lapsed goes on, and tries again", strerror(-r));
	else if (!r && daemon->store_failed)
		log_line(SEVERITY_INFO, "the state is stored again");
	daemon->store_failed = r != 0;
}

static void store_later(struct daemon *daemon)
{
	uint64_t wait_ms = daemon->store_ns / 1000000 * STORE_SHARE;

	wait_ms = wait_ms < STORE_MS ? STORE_MS : wait_ms > STORE_MOST_MS ? STORE_MOST_MS : wait_ms;
	if (daemon->store && !uv_is_active((uv_handle_t *)&daemon->store_later))
		uv_timer_start(&daemon->store_later, on_store_later, wait_ms, 0);
}

static void on_store_later(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	if (daemon->unstored)
		turn_commit(daemon, NULL);
	if (daemon->unstored)
		store_later(daemon);
}

static void tick_after(struct daemon *daemon, int64_t wait_ns)
{
	uint64_t now_ms = uv_now(&daemon->loop);
	uint64_t wait_ms = wait_ns < INT32_MAX * INT64_C(1000000) ? (uint64_t)(wait_ns / 1000000 + 1) : INT32_MAX;

	/* A thousand devices' deadlines are not worth as many wake-ups. */
	if (wait_ms > TICK_MS)
		wait_ms = (now_ms + wait_ms + TICK_MS - 1) / TICK_MS * TICK_MS - now_ms;
	uv_timer_start(&daemon->tick, on_tick, wait_ms, 0);
}

/* The kernel hands out memory page by page where it is first touched, which
 * takes longer than to judge a record. So some is touched while nobody waits;
 * free() keeps it for the next that asks. */
static void touch_memory(void)
{
	char *ahead = malloc(AHEAD_BYTES);

	for (size_t at = 0; ahead && at < AHEAD_BYTES; at += AHEAD_PAGE)
		*(volatile char *)(ahead + at) = 0;
	free(ahead);
}

void turn_step(struct daemon *daemon, struct input *input)
{
	struct output output;

	input->now = daemon_now();
	engine_step(daemon->engine, input, &output);
	if (output.count > 0)
		turn_commit(daemon, &output);
	for (size_t i = 0; i < output.count; i++)
		turn_tell(daemon, &output.notices[i], input->now);
	/* Of a notice, that it was sent. */
	if (input->type != INPUT_TICK || output.count > 0) {
		daemon->unstored = true;
		store_later(daemon);
	}
	tick_after(daemon, output.wait_ns);
	if (output.freed_much)
		malloc_trim(0);
	if (input->type == INPUT_BYTES)
		touch_memory();
}

/* --- reading ------------------------------------------------------------ */

static void complain(const struct tail *tail, int error)
{
	log_line(SEVERITY_ERR, "%s: cannot be read: %s%s", tail->path, strerror(-error),
		 error == -EACCES   ? MAY_READ_HINT
		 : error == -EISDIR ? " (a folder was found where a file is followed)"
				    : "");
}

/* One look at one file. Returns the bytes that it brought; the file stays
 * stirred as long as it is to be looked at again. */
static size_t look(struct daemon *daemon, size_t index)
{
	struct input input = {.stream = (uint16_t)index};
	struct tail *tail = &daemon->tails[index];
	struct tail_news news;
	struct lookout *lookout = daemon->lookouts[daemon->tail_sources[index]];
	int64_t now_ns = (int64_t)uv_now(&daemon->loop) * 1000000;
	enum tail_found found = tail_look(tail, now_ns, daemon->buffer, BUFFER_SIZE, &news);

	if (found != TAIL_IDLE && lookout)
		lookout->has_found = true;
	switch (found) {
	case TAIL_BYTES:
		input.type = INPUT_BYTES;
		input.bytes = news.bytes;
		turn_step(daemon, &input);
		if (news.at_end && daemon->stirred[index] == STIR_WRITTEN)
			daemon->stirred[index] = STIR_NONE;
		return news.bytes.size;
	case TAIL_BREAK:
		/* The next one may be as long as this one was when it was stored. */
		daemon->stored_offsets[index] = UINT64_MAX;
		input.type = INPUT_BREAK;
		turn_step(daemon, &input);
		if (tail->fd < 0) /* else it was emptied, and goes on */
			follow_remember(daemon, &tail->last);
		return 0;
	case TAIL_GAP:
		input.type = INPUT_GAP;
		input.bytes = span_of(tail->path);
		input.lost_from = news.lost_from;
		input.lost = news.lost_bytes;
		turn_step(daemon, &input);
		return 0;
	case TAIL_LOST:
		log_line(SEVERITY_WARNING,
			 "%s: the file that was followed before the stop is gone; what it still held is lost, and this "
			 "one is read from its begin",
			 tail->path);
		follow_lost(daemon, index);
		return 0;
	case TAIL_ERROR:
		complain(tail, news.error);
		break;
	case TAIL_IDLE:
		break;
	}
	daemon->stirred[index] = STIR_NONE;
	return 0;
}

static void on_behind(uv_idle_t *idle);

static bool journals_at_end(const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->source_count; i++)
		if (daemon->inlets[i].journal && !journal_at_end(daemon->inlets[i].journal))
			return false;
	return true;
}

/* For `systemctl status`. */
void turn_tell_status(const struct daemon *daemon, void (*notify)(const char *))
{
	struct engine_status status;
	char text[160];

	engine_status(daemon->engine, &status);
	snprintf(text, sizeof text, "%zu device%s, %zu alert%s, %llu record%s read", status.devices,
		 status.devices == 1 ? "" : "s", status.alerts, status.alerts == 1 ? " stands" : "s stand",
		 (unsigned long long)status.counts.read, status.counts.read == 1 ? "" : "s");
	notify(text);
}

static void catch_up(struct daemon *daemon)
{
	struct engine_status status;

	daemon->caught_up = true;
	turn_step(daemon, &(struct input){.type = INPUT_CAUGHT_UP});
	engine_status(daemon->engine, &status);
	log_line(SEVERITY_INFO, "caught up: %llu records, %zu devices; following",
		 (unsigned long long)status.counts.read, status.devices);
	turn_tell_status(daemon, notify_ready);
}

/* One file to its end, or until it has brought more bytes than there is room
 * for. Returns them. */
static size_t read_one(struct daemon *daemon, size_t index, size_t room)
{
	size_t total = 0;

	while (total <= room && daemon->stirred[index] && daemon->tails[index].path) {
		total += look(daemon, index);
		follow_let_go(daemon, index);
	}
	if (daemon->tails[index].path && daemon->tails[index].rotated)
		lookout_rescan_within(daemon, RESCAN_MS);
	if (!daemon->stirred[index])
		follow_release(daemon, index);
	return total;
}

void turn_read(struct daemon *daemon)
{
	size_t total = 0;

	/* One after the other, so that the records of a backlog come in their order; but a file that grows faster
	 * than it can be read does not keep the rest from their turn. */
	for (size_t i = 0; i < daemon->tail_count; i++) {
		size_t index = (daemon->next + i) % daemon->tail_count;

		if (!daemon->stirred[index])
			continue;
		total += read_one(daemon, index, ROUND_SIZE - total);
		if (total > ROUND_SIZE) {
			daemon->next = daemon->caught_up ? index + 1 : index;
			daemon->is_behind = true;
			uv_idle_start(&daemon->behind, on_behind);
			return;
		}
	}
	uv_idle_stop(&daemon->behind);
	daemon->is_behind = false;
	daemon->next = 0;
	if (!daemon->caught_up && journals_at_end(daemon))
		catch_up(daemon);
}

void turn_take_journal(void *context, struct input *input)
{
	const struct inlet *inlet = context;
	struct daemon *daemon = inlet->daemon;

	input->stream = inlet->stream;
	if (input->type != INPUT_BYTES || input->bytes.size)
		turn_step(daemon, input);
	if (!daemon->caught_up && !daemon->is_behind && journals_at_end(daemon))
		lookout_look(daemon);
}

static void on_behind(uv_idle_t *idle)
{
	turn_read(idle->data);
}

/* All has been read when a tick comes; otherwise time must wait. */
static void on_tick(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	lookout_look(daemon);
	if (!journals_at_end(daemon))
		uv_timer_start(timer, on_tick, WAIT_MS, 0);
	else if (!daemon->is_behind)
		turn_step(daemon, &(struct input){.type = INPUT_TICK});
}

void turn_tick(struct daemon *daemon)
{
	uv_timer_start(&daemon->tick, on_tick, 0, 0);
}

void turn_start(struct daemon *daemon)
{
	uv_timer_init(&daemon->loop, &daemon->tick);
	uv_timer_init(&daemon->loop, &daemon->store_later);
	uv_idle_init(&daemon->loop, &daemon->behind);
	daemon->tick.data = daemon->store_later.data = daemon->behind.data = daemon;
}

void turn_stop(struct daemon *daemon)
{
	uv_timer_stop(&daemon->tick);
	uv_timer_stop(&daemon->store_later);
	uv_idle_stop(&daemon->behind);
}
