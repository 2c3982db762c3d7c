#define _GNU_SOURCE
#include "reader.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-login.h>
#include <time.h>
#include <unistd.h>

#include "entry.h"
#include "journal.h"
#include "sequence.h"

enum {
	ROUND = 1024,            /* entries between two looks at what journald has done to the files */
	SECOND_MS = 1000,
	EXIT_BROKEN = 1,
};

/* "Suppressed N messages from UNIT": SD_MESSAGE_JOURNAL_DROPPED. */
#define MESSAGE_REFUSED "a596d6fe7bfa4994828e72309e95d61e"

struct reader {
	sd_journal *journal;
	const char *place;
	char **matches;
	size_t match_count;
	char own_match[300];         /* "_SYSTEMD_UNIT=": what this service says itself; "": unknown */
	char position[JOURNAL_POSITION_MAX];
	struct sequences sequences;
	struct sequence begun;       /* up to this number all was read before the start */
	struct sequence *last;       /* of the entry before; NULL: there was none */
	bool has_looked_again;       /* see look_again() */
	bool at_end, is_moved;       /* as last told; since then something is to tell */
	char *batch;
	size_t size;
	uint64_t lost_from, lost, refused;
	int64_t lost_told_ms;
};

/* --- frames ------------------------------------------------------------- */

static void write_all(const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t written = write(STDOUT_FILENO, at, size);

		if (written < 0 && errno == EINTR)
			continue;
		/* Nobody listens any more. */
		if (written < 0)
			_exit(0);
		at += written;
		size -= (size_t)written;
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A journal that is damaged all over has many gaps: the first is told at once,
 * the others together, once a second. Till then the position waits with them:
 * whoever starts from it finds them again. */
static bool may_tell_lost(const struct reader *reader)
{
	return now_ms() - reader->lost_told_ms >= SECOND_MS;
}

static void send_frame(struct reader *reader, bool at_end, const char *words)
{
	bool tells_lost = reader->lost && may_tell_lost(reader), waits = reader->lost && !tells_lost;
	struct journal_frame frame = {
		.magic = JOURNAL_MAGIC,
		.flags = at_end ? JOURNAL_AT_END : 0,
		.lost_from = reader->lost_from,
		.lost = tells_lost ? reader->lost : 0,
		.refused = reader->refused,
		.position_size = waits ? 0 : (uint32_t)strlen(reader->position),
		.words_size = (uint32_t)strlen(words),
		.records_size = (uint32_t)reader->size,
	};

	write_all(&frame, sizeof frame);
	write_all(reader->position, frame.position_size);
	write_all(words, frame.words_size);
	write_all(reader->batch, reader->size);
	reader->size = 0;
	if (tells_lost) {
		reader->lost = 0;
		reader->lost_told_ms = now_ms();
	}
	reader->refused = 0;
	reader->at_end = at_end;
	reader->is_moved = false;
}

__attribute__((format(printf, 3, 4)))
static void tell(struct reader *reader, bool at_end, const char *format, ...)
{
	char words[JOURNAL_WORDS_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	send_frame(reader, at_end, words);
}

/* --- what can be read --------------------------------------------------- */

/* sd_journal_open() is content with a journal of which it may read nothing. */
static void require_readable(struct reader *reader)
{
	struct sequences *sequences = &reader->sequences;
	const char *place = sequences->is_system ? "the system's journal" : "it";
	int r = sequences_survey(sequences);

	if (r == 0 && (sequences->files == 0 || sequences->readable > 0))
		return;
	if (r == 0)
		tell(reader, true, "%s cannot be read: none of its %u files: %s%s", place, sequences->files,
		     strerror(sequences->error),
		     sequences->error == EACCES ? " (is the service in the group systemd-journal?)" : "");
	else
		tell(reader, true, "%s cannot be read: %s%s", place, strerror(-r),
		     r == -EACCES ? " (is the service in the group systemd-journal?)"
		     : sequences->is_system
			     ? " (neither /var/log/journal nor /run/log/journal; does systemd-journald run here?)"
			     : "");
	_exit(JOURNAL_UNREADABLE);
}

static void give_up(struct reader *reader, const char *what, int error)
{
	fprintf(stderr, "<4>journal %s: %s: %s\n", reader->place, what, strerror(-error));
	_exit(EXIT_BROKEN);
}

/* What matches, or what journald says of not having taken it. */
static void add_matches(struct reader *reader)
{
	static const char unit[] = "_SYSTEMD_UNIT=";
	char object[300];

	for (size_t i = 0; i < reader->match_count; i++)
		sd_journal_add_match(reader->journal, reader->matches[i], 0);
	for (size_t i = 0; i < reader->match_count; i++) {
		if (strncmp(reader->matches[i], unit, sizeof unit - 1) != 0)
			continue;
		snprintf(object, sizeof object, "OBJECT%s", reader->matches[i]);
		sd_journal_add_disjunction(reader->journal);
		sd_journal_add_match(reader->journal, "_TRANSPORT=driver", 0);
		sd_journal_add_match(reader->journal, "MESSAGE_ID=" MESSAGE_REFUSED, 0);
		sd_journal_add_match(reader->journal, object, 0);
	}
}

static void open_journal(struct reader *reader)
{
	int r = reader->sequences.is_system ? sd_journal_open(&reader->journal, SD_JOURNAL_LOCAL_ONLY)
				  : sd_journal_open_directory(&reader->journal, reader->place, 0);

	if (r < 0) {
		tell(reader, true, "it cannot be read: %s", strerror(-r));
		_exit(JOURNAL_UNREADABLE);
	}
	/* At once: files that go before are never let go of. */
	r = sd_journal_get_fd(reader->journal);
	if (r < 0)
		give_up(reader, "cannot be watched", r);
	sd_journal_set_data_threshold(reader->journal, JOURNAL_MESSAGE_MAX + sizeof "MESSAGE=");
	add_matches(reader);
}

/* --- positions and numbers ---------------------------------------------- */

/* From this number on so many entries are lost. What was read before them goes
 * first, so that the gap stands where it is. */
static void lose(struct reader *reader, uint64_t from, uint64_t count)
{
	if (reader->size && may_tell_lost(reader))
		send_frame(reader, false, "");
	if (reader->lost == 0)
		reader->lost_from = from;
	reader->lost = count < LOST_UNKNOWN - reader->lost ? reader->lost + count : LOST_UNKNOWN;
}

/* Between two numbers nothing is missing but what is lost: not so if only some
 * entries are read, or if those of users have files of their own. */
static bool has_all_numbers(const struct reader *reader)
{
	return reader->match_count == 0 && !reader->sequences.has_users;
}

/* The entry at hand is the newest that is read. Returns false if it was read
 * before this process was started. */
static bool note_position(struct reader *reader)
{
	struct sequence now, *before;
	char *cursor;

	if (sd_journal_get_cursor(reader->journal, &cursor) < 0)
		return true;
	if (strlen(cursor) >= sizeof reader->position || !sequence_read(cursor, &now)) {
		free(cursor);
		return true;
	}
	if (strcmp(now.id, reader->begun.id) == 0 && now.number <= reader->begun.number) {
		free(cursor);
		return false;
	}
	reader->last = before = sequences_find(&reader->sequences, now.id);
	if (has_all_numbers(reader) && before->number && now.number > before->number + 1)
		lose(reader, before->number + 1, now.number - before->number - 1);
	if (now.number > before->number)
		before->number = now.number;
	strcpy(reader->position, cursor);
	free(cursor);
	reader->is_moved = true;
	return true;
}

/* The same position behind entries that do not match. */
static void move_position(struct reader *reader, uint64_t number)
{
	char moved[JOURNAL_POSITION_MAX];
	const char *at = strstr(reader->position, "i=");

	reader->last->number = number;
	if (!at)
		return;
	if (snprintf(moved, sizeof moved, "%.*si=%" PRIx64 "%s", (int)(at - reader->position), reader->position, number,
		     at + strcspn(at, ";")) >= (int)sizeof moved)
		return;
	strcpy(reader->position, moved);
	reader->is_moved = true;
}

/* Files went away or were cut short: did they hold what we have not come to
 * yet? Where all numbers are read the next one tells it, exactly; elsewhere
 * this is a bound, and single entries that cannot be read are not seen. */
static void find_lost(struct reader *reader)
{
	struct sequence *last = reader->last;

	sequences_survey(&reader->sequences);
	if (has_all_numbers(reader))
		return;
	for (size_t i = 0; i < reader->sequences.count; i++) {
		struct sequence *sequence = &reader->sequences.seen[i];

		if (sequence->cut_newest > sequence->cut_told)
			lose(reader, sequence->cut_from, sequence->cut);
		sequence->cut_told = sequence->cut_newest;
	}
	if (last && last->first > last->number + 1) {
		lose(reader, last->number + 1, last->first - last->number - 1);
		move_position(reader, last->first - 1);
	}
}

/* libsystemd lets go of a file in which reading begins right before a damaged
 * entry: once, all is opened anew and the rest looked for from the head. */
static bool look_again(struct reader *reader, const struct sequence *sequence)
{
	if (reader->has_looked_again || reader->sequences.count > 1 || *reader->begun.id == '\0')
		return false;
	reader->has_looked_again = true;
	reader->begun = *sequence;
	sd_journal_close(reader->journal);
	open_journal(reader);
	return sd_journal_seek_head(reader->journal) == 0;
}

/* Called at the end of what there is, about once a second. What was the newest
 * entry the last time has been passed by now, or cannot be read. */
static void pass_newest(struct reader *reader)
{
	for (size_t i = 0; i < reader->sequences.count; i++) {
		struct sequence *sequence = &reader->sequences.seen[i];
		uint64_t number = sequence->number;

		if (sequence->awaited <= number)
			continue;
		if (has_all_numbers(reader) && look_again(reader, sequence))
			return;
		if (has_all_numbers(reader))
			lose(reader, number + 1, sequence->awaited - number);
		sequence->number = sequence->awaited;
		if (sequence == reader->last)
			move_position(reader, sequence->awaited);
	}
	find_lost(reader);
	for (size_t i = 0; i < reader->sequences.count; i++)
		reader->sequences.seen[i].awaited = reader->sequences.seen[i].newest;
}

static void take_entry(struct reader *reader)
{
	struct entry entry;

	if (!note_position(reader))
		return;
	entry_read(reader->journal, reader->own_match, reader->batch + reader->size, &entry);
	reader->size += entry.size;
	reader->refused += entry.refused;
	if (!entry.is_whole && reader->last)
		lose(reader, reader->last->number, 1);
}

/* --- reading ------------------------------------------------------------ */

/* The position leads nowhere: following it would be silence for ever. */
static int seek_head(struct reader *reader, const char *why)
{
	reader->begun = (struct sequence){0};
	reader->last = NULL;
	reader->sequences.count = 0;
	tell(reader, false, "%s; it is read from its head", why);
	return sd_journal_seek_head(reader->journal);
}

/* Goes to behind a position. Returns -errno, or 0. */
static int seek(struct reader *reader, const char *position)
{
	struct sequence *begun;
	int r;

	if (!*position)
		return sd_journal_seek_head(reader->journal);
	if (!sequence_read(position, &reader->begun) || sd_journal_seek_cursor(reader->journal, position) < 0)
		return seek_head(reader, "its last position is no position");
	reader->last = begun = sequences_find(&reader->sequences, reader->begun.id);
	begun->number = reader->begun.number;
	sequences_survey(&reader->sequences);
	if (begun->newest < begun->number) {
		lose(reader, begun->number + 1, LOST_UNKNOWN);
		return seek_head(reader, begun->newest ? "it ends before the last position"
						       : "it is another journal than before");
	}
	snprintf(reader->position, sizeof reader->position, "%s", position);
	find_lost(reader);
	r = sd_journal_next(reader->journal);
	if (r == 0)
		return sd_journal_seek_head(reader->journal);
	if (r > 0)
		take_entry(reader);
	return r < 0 ? r : 0;
}

/* Until something happens, or a second is over. */
static void wait_for_more(struct reader *reader)
{
	struct pollfd polls[] = {{.fd = sd_journal_get_fd(reader->journal),
				  .events = (short)sd_journal_get_events(reader->journal)},
				 {.fd = STDOUT_FILENO}};

	poll(polls, 2, SECOND_MS);
	if (polls[1].revents)
		_exit(0);
}

static void process(struct reader *reader)
{
	int r = sd_journal_process(reader->journal);

	if (r < 0)
		give_up(reader, "what changed cannot be seen", r);
	if (r == SD_JOURNAL_INVALIDATE)
		find_lost(reader);
}

/* Returns whether there may be more. */
static bool read_round(struct reader *reader, int64_t *sent_ms)
{
	for (int i = 0; i < ROUND; i++) {
		int r = sd_journal_next(reader->journal);

		if (r < 0)
			give_up(reader, "cannot be read on", r);
		if (r == 0)
			return false;
		take_entry(reader);
		if (reader->size >= JOURNAL_BATCH_SIZE || now_ms() - *sent_ms >= SECOND_MS) {
			send_frame(reader, false, "");
			*sent_ms = now_ms();
		}
	}
	return true;
}

static void follow(struct reader *reader)
{
	int64_t sent_ms = now_ms(), passed_ms = 0;

	for (;;) {
		process(reader);
		if (read_round(reader, &sent_ms))
			continue;
		if (now_ms() - passed_ms >= SECOND_MS) {
			pass_newest(reader);
			passed_ms = now_ms();
		}
		if (reader->is_moved || reader->lost || !reader->at_end) {
			send_frame(reader, true, "");
			sent_ms = now_ms();
		}
		wait_for_more(reader);
	}
}

static void find_own_unit(struct reader *reader)
{
	char *unit = NULL;

	if (sd_pid_get_unit(0, &unit) >= 0 && strlen(unit) > 8 && strcmp(unit + strlen(unit) - 8, ".service") == 0 &&
	    strncmp(unit, "user@", 5) != 0)
		snprintf(reader->own_match, sizeof reader->own_match, "_SYSTEMD_UNIT=%s", unit);
	free(unit);
}

int reader_run(int count, char **arguments)
{
	struct reader *reader = calloc(1, sizeof *reader);
	int r;

	if (!reader || count < 2)
		return EXIT_BROKEN;
	/* It ends when its stdout does; a terminal's ^C and the service manager are the parent's. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	reader->place = arguments[0];
	reader->sequences.place = reader->place;
	reader->sequences.is_system = *reader->place != '/';
	reader->matches = arguments + 2;
	reader->match_count = (size_t)count - 2;
	reader->batch = malloc(JOURNAL_RECORDS_MAX);
	if (!reader->batch)
		return EXIT_BROKEN;
	reader->lost_told_ms = -SECOND_MS;
	find_own_unit(reader);
	require_readable(reader);
	open_journal(reader);
	r = seek(reader, arguments[1]);
	if (r < 0)
		give_up(reader, "cannot be read from its position", r);
	follow(reader);
	return 0;
}
