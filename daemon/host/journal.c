#define _GNU_SOURCE
#include "journal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

enum {
	RESTARTS = 3,               /* in a minute */
	RESTART_MS = 100,
	MINUTE_MS = 60000,
	RETRY_MS = 5000,            /* of a journal that cannot be read */
};

/* One reader process. */
struct run {
	struct journal *journal; /* NULL: closed, nobody listens any more */
	uv_process_t process;
	uv_pipe_t pipe;
	int open;                /* handles */
	bool has_exited, has_ended;
	int64_t status;
	int signal;
	struct journal_frame frame;
	size_t filled;           /* bytes of frame and payload */
	char *payload;
	size_t capacity;
};

struct journal {
	uv_loop_t *loop;
	char *name;
	char **arguments;
	char position[JOURNAL_POSITION_MAX];
	char told[JOURNAL_WORDS_MAX]; /* why it cannot be read, as last told */
	struct run *run;
	uv_timer_t again;        /* starts the next reader */
	uv_idle_t resume;        /* reads on after signals and timers had their turn */
	int open;                /* of these two */
	uint64_t restarts_ms[RESTARTS];
	unsigned restarts;
	bool at_end;
	journal_take *take;
	void *context;
};

static void start(struct journal *journal);

/* --- what is told ------------------------------------------------------- */

/* Before the position moves on: after a crash it is told again, not forgotten. */
static void tell_losses(struct journal *journal, const struct journal_frame *frame)
{
	if (frame->lost) {
		journal->take(journal->context, &(struct input){.type = INPUT_GAP, .loss = LOSS_ENTRIES,
								.lost_from = frame->lost_from, .lost = frame->lost});
		journal->take(journal->context, &(struct input){.type = INPUT_BREAK});
	}
	if (frame->refused)
		journal->take(journal->context, &(struct input){.type = INPUT_GAP, .loss = LOSS_REFUSED,
								.lost = frame->refused});
}

/* The same words are told once until something has been read. */
static void tell_words(struct journal *journal, const char *words)
{
	if (strcmp(journal->told, words) == 0)
		return;
	snprintf(journal->told, sizeof journal->told, "%s", words);
	log_line(SEVERITY_ERR, "%s: %s", journal->name, words);
}

/* --- frames ------------------------------------------------------------- */

static size_t payload_size(const struct journal_frame *frame)
{
	return (size_t)frame->position_size + frame->words_size + frame->records_size;
}

static bool is_good(const struct journal_frame *frame)
{
	return frame->magic == JOURNAL_MAGIC && frame->position_size < JOURNAL_POSITION_MAX &&
	       frame->words_size < JOURNAL_WORDS_MAX && frame->records_size <= JOURNAL_RECORDS_MAX;
}

static void take_frame(struct journal *journal, const struct journal_frame *frame, const char *payload)
{
	const char *words = payload + frame->position_size;
	char text[JOURNAL_WORDS_MAX];

	if (frame->words_size) {
		snprintf(text, sizeof text, "%.*s", (int)frame->words_size, words);
		tell_words(journal, text);
	}
	if (frame->records_size)
		*journal->told = '\0';
	tell_losses(journal, frame);
	journal->at_end = frame->flags & JOURNAL_AT_END;
	/* First, so that whoever stores what follows from the records stores this. */
	if (frame->position_size) {
		memcpy(journal->position, payload, frame->position_size);
		journal->position[frame->position_size] = '\0';
	}
	if (frame->records_size || journal->at_end)
		journal->take(journal->context,
			      &(struct input){.type = INPUT_BYTES,
					      .bytes = {words + frame->words_size, frame->records_size}});
}

/* --- the pipe ----------------------------------------------------------- */

/* Room for the rest of the header, or of the payload: never for a byte of the
 * frame after it. */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct run *run = handle->data;
	size_t whole = sizeof run->frame, at = run->filled;

	if (run->filled < whole) {
		*ret = uv_buf_init((char *)&run->frame + at, (unsigned)(whole - at));
		return;
	}
	at -= whole;
	whole = payload_size(&run->frame);
	if (run->capacity < whole) {
		char *payload = realloc(run->payload, whole);

		if (!payload) {
			*ret = uv_buf_init(NULL, 0);
			return;
		}
		run->payload = payload;
		run->capacity = whole;
	}
	*ret = uv_buf_init(run->payload + at, (unsigned)(whole - at));
}

static void end_pipe(struct run *run);
static void on_bytes(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer);

static void on_resume(uv_idle_t *idle)
{
	struct journal *journal = idle->data;

	uv_idle_stop(idle);
	if (journal->run && !journal->run->has_ended)
		uv_read_start((uv_stream_t *)&journal->run->pipe, on_room, on_bytes);
}

static void on_bytes(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct run *run = stream->data;

	if (!run->journal)
		return;
	if (size < 0) {
		end_pipe(run);
		return;
	}
	run->filled += (size_t)size;
	if (run->filled < sizeof run->frame)
		return;
	if (!is_good(&run->frame)) {
		log_line(SEVERITY_ERR, "%s: its reader writes nonsense", run->journal->name);
		uv_process_kill(&run->process, SIGKILL);
		end_pipe(run);
		return;
	}
	if (run->filled < sizeof run->frame + payload_size(&run->frame))
		return;
	run->filled = 0;
	take_frame(run->journal, &run->frame, run->payload ? run->payload : "");
	/* One frame a turn: a fast journal must not keep the loop from the rest. */
	uv_read_stop(stream);
	uv_idle_start(&run->journal->resume, on_resume);
}

/* --- the process -------------------------------------------------------- */

static void on_again(uv_timer_t *timer)
{
	start(timer->data);
}

static void restart(struct journal *journal, const char *why)
{
	uint64_t now_ms = uv_now(journal->loop), first_ms = journal->restarts_ms[journal->restarts % RESTARTS];
	uint64_t wait_ms = RESTART_MS;

	if (journal->restarts >= RESTARTS && now_ms - first_ms < MINUTE_MS) {
		wait_ms = MINUTE_MS - (now_ms - first_ms);
		/* Time must not wait for what may never come. */
		journal->at_end = true;
		log_line(SEVERITY_ERR, "%s: its reader %s, more than %d times in a minute; started again in %llu s",
			 journal->name, why, RESTARTS, (unsigned long long)(wait_ms / 1000 + 1));
	} else {
		journal->at_end = false;
		log_line(SEVERITY_WARNING, "%s: its reader %s; started again from the last position", journal->name,
			 why);
	}
	journal->restarts_ms[journal->restarts++ % RESTARTS] = now_ms + wait_ms;
	uv_timer_start(&journal->again, on_again, wait_ms, 0);
}

/* All it wrote has been taken, and it is known how it ended. */
static void finish(struct run *run)
{
	struct journal *journal = run->journal;
	char why[128];

	journal->run = NULL;
	run->journal = NULL;
	uv_idle_stop(&journal->resume);
	if (run->signal)
		snprintf(why, sizeof why, "died (%s)", strsignal(run->signal));
	else
		snprintf(why, sizeof why, "ended with status %d", (int)run->status);
	if (!run->signal && run->status == JOURNAL_UNREADABLE) {
		journal->at_end = true;
		uv_timer_start(&journal->again, on_again, RETRY_MS, 0);
	} else {
		restart(journal, why);
	}
}

static void on_run_closed(uv_handle_t *handle)
{
	struct run *run = handle->data;

	if (--run->open > 0)
		return;
	free(run->payload);
	free(run);
}

static void close_run(struct run *run)
{
	if (!uv_is_closing((uv_handle_t *)&run->pipe))
		uv_close((uv_handle_t *)&run->pipe, on_run_closed);
	if (!uv_is_closing((uv_handle_t *)&run->process))
		uv_close((uv_handle_t *)&run->process, on_run_closed);
}

static void end_pipe(struct run *run)
{
	run->has_ended = true;
	uv_read_stop((uv_stream_t *)&run->pipe);
	if (!run->has_exited)
		return;
	finish(run);
	close_run(run);
}

static void on_dead(uv_process_t *process, int64_t status, int signal)
{
	struct run *run = process->data;

	run->has_exited = true;
	run->status = status;
	run->signal = signal;
	if (!run->journal)
		close_run(run);
	else if (run->has_ended)
		end_pipe(run);
}

static void start(struct journal *journal)
{
	struct run *run = calloc(1, sizeof *run);
	uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}, {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE},
					 {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
	uv_process_options_t options = {.exit_cb = on_dead, .file = "/proc/self/exe", .args = journal->arguments,
					.stdio = stdio, .stdio_count = 3};
	int r;

	if (!run) {
		restart(journal, "could not be started: out of memory");
		return;
	}
	run->open = 2;
	uv_pipe_init(journal->loop, &run->pipe, 0);
	run->pipe.data = run->process.data = run;
	stdio[1].data.stream = (uv_stream_t *)&run->pipe;
	r = uv_spawn(journal->loop, &run->process, &options);
	if (r < 0) {
		char why[128];

		snprintf(why, sizeof why, "could not be started (%s)", uv_strerror(r));
		close_run(run);
		restart(journal, why);
		return;
	}
	run->journal = journal;
	journal->run = run;
	uv_read_start((uv_stream_t *)&run->pipe, on_room, on_bytes);
}

/* --- the journal -------------------------------------------------------- */

static void free_journal(struct journal *journal)
{
	free(journal->name);
	/* The position, at 3, is a part of the journal. */
	for (size_t i = 0; journal->arguments && journal->arguments[i]; i++)
		if (i != 3)
			free(journal->arguments[i]);
	free(journal->arguments);
	free(journal);
}

static bool make_arguments(struct journal *journal, const struct source_config *source)
{
	char **arguments = journal->arguments = calloc(source->match_count + 5, sizeof *arguments);

	if (!arguments || !(arguments[0] = strdup("lapsed")) || !(arguments[1] = strdup(JOURNAL_READ)) ||
	    !(arguments[2] = strdup(source->path)))
		return false;
	arguments[3] = journal->position;
	for (size_t i = 0; i < source->match_count; i++)
		if (!(arguments[4 + i] = strdup(source->matches[i])))
			return false;
	return true;
}

struct journal *journal_open(uv_loop_t *loop, const struct source_config *source, const char *position,
			     journal_take *take, void *context)
{
	struct journal *journal = calloc(1, sizeof *journal);

	if (!journal)
		return NULL;
	*journal = (struct journal){.loop = loop, .open = 2, .take = take, .context = context};
	snprintf(journal->position, sizeof journal->position, "%s", position);
	journal->name = strdup(source->name);
	if (!journal->name || !make_arguments(journal, source)) {
		free_journal(journal);
		return NULL;
	}
	uv_timer_init(loop, &journal->again);
	uv_idle_init(loop, &journal->resume);
	journal->again.data = journal->resume.data = journal;
	start(journal);
	return journal;
}

static void on_closed(uv_handle_t *handle)
{
	struct journal *journal = handle->data;

	if (--journal->open == 0)
		free_journal(journal);
}

void journal_close(struct journal *take_journal)
{
	if (!take_journal)
		return;
	if (take_journal->run) {
		struct run *run = take_journal->run;

		run->journal = NULL;
		if (run->has_exited) {
			close_run(run);
		} else {
			/* The rest is closed when it has been reaped. */
			uv_close((uv_handle_t *)&run->pipe, on_run_closed);
			uv_process_kill(&run->process, SIGKILL);
		}
	}
	uv_close((uv_handle_t *)&take_journal->again, on_closed);
	uv_close((uv_handle_t *)&take_journal->resume, on_closed);
}

bool journal_at_end(const struct journal *journal)
{
	return journal->at_end;
}

const char *journal_position(const struct journal *journal)
{
	return journal->position;
}
