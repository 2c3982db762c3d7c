#define _GNU_SOURCE
#include "tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/basic/hash.h"
#include "files.h"

/* How long a rotated file may still grow. */
static const int64_t grace_ns = INT64_C(5000000000);

static size_t mark_bytes(uint64_t offset)
{
	return offset < TAIL_MARK_BYTES ? (size_t)offset : TAIL_MARK_BYTES;
}

static uint64_t hash_of(const char *bytes, size_t size)
{
	struct hash hash;

	hash_begin(&hash, 0, 0);
	hash_add(&hash, bytes, size);
	return hash_end(&hash);
}

static uint64_t mark_of(int fd, uint64_t offset)
{
	char bytes[TAIL_MARK_BYTES];
	size_t size = mark_bytes(offset);
	ssize_t n = pread(fd, bytes, size, (off_t)(offset - size));

	return hash_of(bytes, n > 0 ? (size_t)n : 0);
}

bool tail_begin(struct tail *ret, const char *path, const struct tail_place *resume)
{
	*ret = (struct tail){.path = strdup(path), .fd = -1};
	if (resume)
		ret->resume = *resume;
	return ret->path;
}

bool tail_place(const struct tail *tail, size_t held, struct tail_place *ret)
{
	uint64_t offset = tail->offset - (held < tail->offset ? held : tail->offset);

	if (tail->fd < 0)
		return false;
	*ret = (struct tail_place){tail->device, tail->inode, offset,
				   offset == tail->offset ? hash_of(tail->before, mark_bytes(offset))
							  : mark_of(tail->fd, offset)};
	return true;
}

/* Whether an open file is the one that was read up to there. */
static bool is_place(int fd, const struct stat *status, const struct tail_place *place)
{
	return status->st_dev == place->device && status->st_ino == place->inode &&
	       (uint64_t)status->st_size >= place->offset && mark_of(fd, place->offset) == place->mark;
}

bool tail_is_at(const char *path, const struct tail_place *place)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	bool is;

	if (fd < 0)
		return false;
	is = fstat(fd, &status) == 0 && is_place(fd, &status, place);
	close(fd);
	return is;
}

/* It was rotated while nobody looked: it stands beside the path, under a name
 * that begins with it. */
static int find_rotated(const struct tail *tail, struct stat *ret_status)
{
	glob_t found;
	int fd = -1;

	if (!files_beside(tail->path, "?*", &found))
		return -1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		fd = open(found.gl_pathv[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
		if (fd >= 0 && fstat(fd, ret_status) == 0 && is_place(fd, ret_status, &tail->resume))
			break;
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	globfree(&found);
	return fd;
}

static void close_file(struct tail *tail)
{
	if (tail->fd >= 0) {
		tail_place(tail, 0, &tail->last);
		close(tail->fd);
	}
	tail->fd = -1;
	tail->offset = tail->size = 0;
	tail->rotated = false;
	tail->idle_mono_ns = 0;
}

void tail_end(struct tail *tail)
{
	close_file(tail);
	free(tail->path);
	tail->path = NULL;
}

static enum tail_found report(struct tail *tail, int error, struct tail_news *ret)
{
	if (tail->error == error)
		return TAIL_IDLE;
	tail->error = error;
	ret->error = error;
	/* A file that is not there yet is no error. */
	return error == 0 || error == -ENOENT ? TAIL_IDLE : TAIL_ERROR;
}

/* Goes on behind the offset. */
static bool go_on(struct tail *tail, uint64_t offset)
{
	size_t known = mark_bytes(offset);

	tail->offset = offset;
	return pread(tail->fd, tail->before, known, (off_t)(offset - known)) == (ssize_t)known;
}

static enum tail_found open_file(struct tail *tail, struct tail_news *ret)
{
	struct stat status;
	uint64_t offset = 0;
	int fd = open(tail->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return report(tail, -errno, ret);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return report(tail, S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, ret);
	}
	if (tail->resume.offset > 0 && !is_place(fd, &status, &tail->resume)) {
		struct stat rotated;
		int older = find_rotated(tail, &rotated);

		if (older < 0) {
			close(fd);
			tail->resume.offset = 0;
			return TAIL_LOST;
		}
		close(fd);
		fd = older;
		status = rotated;
		tail->rotated = true;
	}
	tail->fd = fd;
	tail->device = status.st_dev;
	tail->inode = status.st_ino;
	tail->size = (uint64_t)status.st_size;
	if (tail->resume.offset > 0)
		offset = tail->resume.offset;
	else if (tail->last.offset > 0 && is_place(fd, &status, &tail->last))
		offset = tail->last.offset; /* it had only been away */
	if (!go_on(tail, offset)) {
		close(fd);
		tail->fd = -1;
		tail->offset = 0;
		return report(tail, -EIO, ret);
	}
	tail->resume.offset = 0;
	return report(tail, 0, ret);
}

static bool path_leads_elsewhere(const struct tail *tail)
{
	struct stat status;

	if (stat(tail->path, &status) < 0)
		return true;
	return status.st_dev != tail->device || status.st_ino != tail->inode;
}

/* The file was emptied under us. What had been written and not been read is
 * gone. */
static enum tail_found restart(struct tail *tail, struct tail_news *ret)
{
	if (tail->size > tail->offset) {
		*ret = (struct tail_news){.lost_from = tail->offset, .lost_bytes = tail->size - tail->offset};
		tail->size = tail->offset;
		return TAIL_GAP;
	}
	tail->offset = tail->size = 0;
	return TAIL_BREAK;
}

void tail_detach(struct tail *tail)
{
	tail->detached = true;
}

static enum tail_found end_rotated(struct tail *tail, int64_t mono_ns)
{
	if (tail->idle_mono_ns == 0)
		tail->idle_mono_ns = mono_ns;
	if (mono_ns - tail->idle_mono_ns < grace_ns)
		return TAIL_IDLE;
	if (tail->detached)
		tail_end(tail);
	else
		close_file(tail);
	return TAIL_BREAK;
}

/* What is there to be read, for whom it is emptied under. If that has happened
 * since the last read, it was as much as was known before. */
static uint64_t size_of(const struct tail *tail)
{
	struct stat status;

	if (fstat(tail->fd, &status) < 0 || (uint64_t)status.st_size < tail->offset)
		return tail->size;
	return (uint64_t)status.st_size;
}

/* n bytes were read, behind those that are known the new ones. */
static enum tail_found take(struct tail *tail, char *buffer, size_t size, size_t n, struct tail_news *ret)
{
	size_t known = mark_bytes(tail->offset), mark;

	ret->bytes = (struct span){buffer + known, n - known};
	tail->offset += n - known;
	mark = mark_bytes(tail->offset);
	memcpy(tail->before, buffer + n - mark, mark);
	ret->at_end = n < size;
	/* What is left unread is of interest only if the file is emptied then. */
	tail->size = ret->at_end ? tail->offset : size_of(tail);
	tail->idle_mono_ns = 0;
	tail->error = 0;
	return TAIL_BYTES;
}

enum tail_found tail_look(struct tail *tail, int64_t mono_ns, char *buffer, size_t size, struct tail_news *ret)
{
	size_t known;
	ssize_t n;

	*ret = (struct tail_news){0};
	if (tail->fd < 0) {
		enum tail_found found = open_file(tail, ret);

		if (tail->fd < 0)
			return found;
	}
	/* The bytes before are read once more with the new ones: one call says both what has come and that the
	 * file is still the one that it was. */
	known = mark_bytes(tail->offset);
	n = pread(tail->fd, buffer, size, (off_t)(tail->offset - known));
	if (n < 0)
		return report(tail, -errno, ret);
	if ((size_t)n < known || memcmp(buffer, tail->before, known) != 0)
		return restart(tail, ret);
	if ((size_t)n > known)
		return take(tail, buffer, size, (size_t)n, ret);
	/* It may come back. */
	tail->rotated = tail->detached || path_leads_elsewhere(tail);
	if (!tail->rotated)
		tail->idle_mono_ns = 0;
	return tail->rotated ? end_rotated(tail, mono_ns) : TAIL_IDLE;
}
