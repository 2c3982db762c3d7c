/* Which files and journals are followed: those of the configuration, as they
 * come, go and are renamed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fts.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon_parts.h"
#include "files.h"
#include "log.h"

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

void follow_remember(struct daemon *daemon, const struct tail_place *place)
{
	if (!finished_put(daemon->finished, place))
		log_line(SEVERITY_WARNING,
			 "more than %d files were read to their end: the %d oldest are forgotten, and read again "
			 "where they are still there; move them away",
			 FINISHED_MAX, FINISHED_MAX / 2);
}

static bool is_old(const struct stat *status)
{
	return daemon_now().wall_ns / STAMP_SECOND - status->st_mtim.tv_sec > RELEASE_S;
}

/* Room for one place more, until the state has it. Without it the file stays
 * open, as one of TAILS_MAX: it would be read again after a restart. */
static bool may_release(struct daemon *daemon)
{
	struct tail_place *released;

	if (!daemon->store)
		return true;
	if (daemon->released_count == FINISHED_MAX)
		return false;
	released = realloc(daemon->released, (daemon->released_count + 1) * sizeof *released);
	if (released)
		daemon->released = released;
	return released;
}

void follow_release(struct daemon *daemon, size_t index)
{
	struct tail *tail = &daemon->tails[index];
	struct stat status;

	if (!tail->path || tail->fd < 0 || tail->rotated || tail->offset == 0 ||
	    strcmp(tail->path, daemon->sources[daemon->tail_sources[index]].path) == 0 ||
	    fstat(tail->fd, &status) < 0 || (uint64_t)status.st_size != tail->offset || !is_old(&status) ||
	    !may_release(daemon))
		return;
	turn_step(daemon, &(struct input){.type = INPUT_BREAK, .stream = (uint16_t)index});
	tail_end(tail);
	follow_remember(daemon, &tail->last);
	if (daemon->store)
		daemon->released[daemon->released_count++] = tail->last;
}

/* Where the file was left, if it was ever read: under another name before it
 * was rotated, or by an earlier run. An inode alone does not say so, for that of
 * a file that was deleted is soon another's. If nobody holds the path, also
 * where the file was left that stood there then: it may have been rotated since. */
static bool find_place(struct daemon *daemon, const char *path, const struct stat *status, struct tail_place *ret,
		       struct place *ret_place)
{
	const struct tail_place *finished = finished_find(daemon->finished, status->st_dev, status->st_ino);

	*ret_place = (struct place){.line = 1};
	if (finished && tail_is_at(path, finished)) {
		*ret = *finished;
		return true;
	}
	if (!daemon->store)
		return false;
	if (store_load_file(daemon->store, status->st_dev, status->st_ino, ret, ret_place) && tail_is_at(path, ret))
		return true;
	for (size_t i = 0; i < daemon->tail_count; i++)
		if (daemon->tails[i].path && strcmp(daemon->tails[i].path, path) == 0)
			return false;
	return store_load_path(daemon->store, path, ret, ret_place);
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

/* Not all of it is followed, or told of by events. */
static void note_partial(struct daemon *daemon, uint16_t source)
{
	if (daemon->lookouts[source])
		daemon->lookouts[source]->is_partial = true;
}

/* Returns its tail, or NULL: it is followed already, or was read, or cannot be. */
static struct tail *follow(struct daemon *daemon, uint16_t source, const char *path)
{
	const struct tail_place *finished;
	struct stat status = {0};
	struct tail_place at;
	struct place place;
	size_t slot;
	bool known;

	if (stat(path, &status) < 0)
		status = (struct stat){0};
	finished = finished_find(daemon->finished, status.st_dev, status.st_ino);
	if ((finished && finished->offset == (uint64_t)status.st_size && is_old(&status)) ||
	    is_followed(daemon, path, &status))
		return NULL;
	slot = free_slot(daemon, source);
	known = find_place(daemon, path, &status, &at, &place);
	if (slot == TAILS_MAX || !tail_begin(&daemon->tails[slot], path, known ? &at : NULL)) {
		if (!daemon->too_many_told)
			log_line(SEVERITY_ERR,
				 "%s and perhaps more cannot be followed: more than %d files, or no memory", path,
				 TAILS_MAX);
		daemon->too_many_told = true;
		note_partial(daemon, source);
		return NULL;
	}
	if (known)
		engine_stream_resume(daemon->engine, (uint16_t)slot, place);
	daemon->tail_sources[slot] = source;
	daemon->stirred[slot] = STIR_ANY;
	daemon->stored_offsets[slot] = UINT64_MAX;
	if (slot == daemon->tail_count)
		daemon->tail_count++;
	return &daemon->tails[slot];
}

static int64_t written_ns(const struct stat *status)
{
	return status->st_mtim.tv_sec * STAMP_SECOND + status->st_mtim.tv_nsec;
}

struct rotation {
	const char *path;
	int64_t written_ns;
	bool is_packed;
};

static int by_age(const void *a, const void *b)
{
	const struct rotation *one = a, *other = b;

	return (one->written_ns > other->written_ns) - (one->written_ns < other->written_ns);
}

/* Whether this is what rotation puts behind a name: a number or a date, and what
 * it was packed by. */
static bool is_rotation(const char *ending, bool *ret_is_packed)
{
	static const char *const packers[] = {"", "gz", "zst", "xz", "bz2"};
	const char *packer = ending + strspn(ending, "0123456789-._:T");
	size_t i = 0;

	while (i < sizeof packers / sizeof *packers && strcmp(packer, packers[i]) != 0)
		i++;
	*ret_is_packed = *packer;
	return i < sizeof packers / sizeof *packers;
}

/* It was rotated more than once while nobody looked: between the file that was
 * read last and the one that stands at the path now there are others. They are
 * read once, the oldest first. */
static void follow_between(struct daemon *daemon, uint16_t source, const char *path, int64_t since_ns)
{
	struct rotation *rotations;
	struct tail *tail;
	size_t count = 0;
	glob_t found;

	if (!files_beside(path, "[-._][0-9]*", &found))
		return;
	rotations = calloc(found.gl_pathc, sizeof *rotations);
	for (size_t i = 0; rotations && i < found.gl_pathc; i++) {
		struct rotation *one = &rotations[count];
		struct stat status;

		one->path = found.gl_pathv[i];
		if (!is_rotation(one->path + strlen(path), &one->is_packed) || stat(one->path, &status) < 0 ||
		    !S_ISREG(status.st_mode))
			continue;
		one->written_ns = written_ns(&status);
		/* As old as the one that was read: the same, packed by now; or the next, where time is counted in
		 * seconds. */
		count += one->written_ns > since_ns || (one->written_ns == since_ns && !one->is_packed);
	}
	if (count)
		qsort(rotations, count, sizeof *rotations, by_age);
	for (size_t i = 0; i < count; i++)
		if (rotations[i].is_packed)
			log_line(SEVERITY_WARNING, "%s: it was compressed before it was read; lapsectl scan reads it",
				 rotations[i].path);
		else if ((tail = follow(daemon, source, rotations[i].path)))
			tail_detach(tail);
	free(rotations);
	globfree(&found);
}

void follow_let_go(struct daemon *daemon, size_t index)
{
	struct tail *tail = &daemon->tails[index];
	uint16_t source = daemon->tail_sources[index];
	struct stat status;
	char *path;

	if (!tail->rotated || tail->detached || stat(tail->path, &status) < 0 || fstat(tail->fd, &status) < 0 ||
	    !(path = strdup(tail->path)))
		return;
	tail_detach(tail);
	follow_between(daemon, source, path, written_ns(&status));
	follow(daemon, source, path);
	free(path);
}

void follow_lost(struct daemon *daemon, size_t index)
{
	const char *path = daemon->tails[index].path;

	if (daemon->store)
		follow_between(daemon, daemon->tail_sources[index], path, store_path_ns(daemon->store, path));
}

/* All files in a folder and below it, such as Azure's y=/m=/d=/h=/m=00/PT1H.json. */
static void find_below(struct daemon *daemon, uint16_t source, const char *folder)
{
	char *const paths[] = {(char *)folder, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	const FTSENT *entry;

	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_F && entry->fts_name[0] != '.')
			follow(daemon, source, entry->fts_path);
		else if (entry->fts_info == FTS_D && entry->fts_level > 0)
			note_partial(daemon, source);
	if (tree)
		fts_close(tree);
}

/* The files of a source: itself, those of a folder, those of a pattern. */
static void find_files(struct daemon *daemon, uint16_t source)
{
	const char *path = daemon->sources[source].path;
	struct stat status;
	glob_t found;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		find_below(daemon, source, path);
		return;
	}
	if (!strpbrk(path, "*?[")) {
		follow(daemon, source, path);
		return;
	}
	if (glob(path, 0, NULL, &found) == 0) {
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
	inlet->journal = journal_open(&daemon->loop, config, position_at_start(daemon, config, position),
				      turn_take_journal, inlet);
	return inlet->journal;
}

void follow_find(struct daemon *daemon, uint16_t source)
{
	const struct source_config *config = &daemon->sources[source];

	if (!config->name)
		return;
	if (daemon->lookouts[source])
		daemon->lookouts[source]->is_partial = false;
	if (!config->is_journal)
		find_files(daemon, source);
	else if (!daemon->inlets[source].journal && !follow_journal(daemon, source))
		log_line(SEVERITY_ERR, "%s: no memory to read it", config->name);
}

static int64_t delay_ns(const struct source_config *source, const struct settings *settings)
{
	return settings_ns(settings, source->kind == SOURCE_AZURE ? SETTING_DELAY_AZURE : SETTING_DELAY_LOCAL);
}

static int add_source(struct daemon *daemon, const struct source_config *wanted, const struct settings *settings)
{
	size_t at = daemon->source_count;

	if (at == SOURCES_MAX || !source_config_copy(wanted, &daemon->sources[at]) ||
	    !engine_source(daemon->engine, wanted->name, delay_ns(wanted, settings)))
		return -ENOMEM;
	daemon->source_count++;
	if (!wanted->is_journal)
		lookout_begin(daemon, (uint16_t)at);
	return 0;
}

static void drop_source(struct daemon *daemon, size_t source)
{
	log_line(SEVERITY_INFO, "%s: no longer followed", daemon->sources[source].name);
	for (size_t t = 0; t < daemon->tail_count; t++)
		if (daemon->tails[t].path && daemon->tail_sources[t] == source) {
			turn_step(daemon, &(struct input){.type = INPUT_BREAK, .stream = (uint16_t)t});
			tail_end(&daemon->tails[t]);
		}
	engine_source_end(daemon->engine, (uint16_t)source);
	journal_close(daemon->inlets[source].journal);
	daemon->inlets[source].journal = NULL;
	source_config_clear(&daemon->sources[source]);
	lookout_end(daemon, (uint16_t)source);
}

int follow_adopt(struct daemon *daemon, const struct config *config)
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
		daemon->sources[at].kind = wanted->kind;
		engine_delay(daemon->engine, (uint16_t)at, delay_ns(wanted, &config->settings));
		kept[at] = true;
	}
	for (size_t i = 0; i < daemon->source_count; i++)
		if (!kept[i] && daemon->sources[i].name)
			drop_source(daemon, i);
	return 0;
}
