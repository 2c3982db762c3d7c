#define _GNU_SOURCE
#include "logs.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../core/basic/text.h"

static bool is_time_to_tell(void)
{
	static time_t last;
	time_t now = time(NULL);

	if (last == 0)
		last = now;
	if (now == last)
		return false;
	last = now;
	return true;
}

/* A file being read. What was read of it lies in the buffer until the next
 * read; what is packed is read by libarchive through read_block(). */
struct reading {
	char name[4200]; /* as it may be shown on a terminal */
	int64_t size; /* bytes; 0: not known */
	int64_t done; /* bytes */
	int file;
	bool progress;
	bool held; /* what is in the buffer was read ahead, and waits */
	ssize_t count;
	char why[256]; /* it cannot be read */
	char buffer[1 << 18];
};

static bool fail(struct reading *reading, const char *why)
{
	snprintf(reading->why, sizeof reading->why, "%s", why);
	return false;
}

static void tell_progress(struct survey *survey, const struct reading *reading)
{
	size_t devices = registry_devices(survey_registry(survey)); /* survey_devices() are known at the end */

	if (!reading->progress || !is_time_to_tell())
		return;
	if (reading->size > 0)
		fprintf(stderr, "\r\033[K%s: %lld %%, %zu devices", reading->name,
			(long long)(reading->done * 100 / reading->size), devices);
	else
		fprintf(stderr, "\r\033[K%s: %lld MB, %zu devices", reading->name, (long long)(reading->done >> 20),
			devices);
}

/* Returns how many bytes are in the buffer, 0 at the end, -1 with errno. */
static ssize_t read_on(struct reading *reading)
{
	if (reading->held) {
		reading->held = false;
		return reading->count;
	}
	do
		reading->count = read(reading->file, reading->buffer, sizeof reading->buffer);
	while (reading->count < 0 && errno == EINTR);
	if (reading->count > 0)
		reading->done += reading->count;
	return reading->count;
}

/* JSON, with a byte order mark perhaps. What begins otherwise may be packed,
 * and libarchive knows; what it does not know it hands on as it is. */
static bool begins_like_a_log(const struct reading *reading)
{
	return reading->count == 0 || (reading->buffer[0] && strchr("{[ \t\r\n\xEF", reading->buffer[0]));
}

static bool begin(struct survey *survey, struct reading *reading, const char *name)
{
	return survey_source(survey, name) || fail(reading, "out of memory, or more than 65535 files");
}

static void feed(struct survey *survey, const struct reading *reading, const char *data, ssize_t count)
{
	survey_feed(survey, (struct span){data, (size_t)count});
	tell_progress(survey, reading);
}

static bool read_plain(struct survey *survey, struct reading *reading, const char *name)
{
	ssize_t count;

	if (!begin(survey, reading, name))
		return false;
	while ((count = read_on(reading)) > 0)
		feed(survey, reading, reading->buffer, count);
	survey_source_end(survey);
	return count == 0 || fail(reading, strerror(errno));
}

static la_ssize_t read_block(struct archive *archive, void *owner, const void **ret)
{
	struct reading *reading = owner;
	ssize_t count = read_on(reading);

	if (count < 0)
		archive_set_error(archive, errno, "%s", strerror(errno));
	*ret = reading->buffer;
	return count;
}

static bool read_entry(struct survey *survey, struct archive *archive, struct reading *reading, const char *name)
{
	static char unpacked[1 << 18];
	ssize_t count;

	if (!begin(survey, reading, name))
		return false;
	while ((count = archive_read_data(archive, unpacked, sizeof unpacked)) > 0)
		feed(survey, reading, unpacked, count);
	survey_source_end(survey);
	return count == 0 || fail(reading, archive_error_string(archive));
}

/* Its path within the archive. libarchive knows some names as bytes only, and some
 * as UTF-8 only, for the locale is C. */
static const char *name_within(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	name = name ? name : archive_entry_pathname_utf8(entry);
	return name ? name : "?";
}

static bool is_hidden(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (slash ? slash[1] : path[0]) == '.';
}

/* Each file of an archive is one of its own, as in a folder; one that cannot be
 * read does not stop the others. */
static bool read_entries(struct survey *survey, struct archive *archive, struct reading *reading, const char *path)
{
	struct archive_entry *entry;
	char name[4096];
	bool good = true;
	int status;

	while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
		if (archive_format(archive) == ARCHIVE_FORMAT_RAW) {
			good &= read_entry(survey, archive, reading, path);
			continue;
		}
		if (archive_entry_filetype(entry) != AE_IFREG || is_hidden(name_within(entry)))
			continue;
		snprintf(name, sizeof name, "%s/%s", path, name_within(entry));
		good &= read_entry(survey, archive, reading, name);
	}
	/* Nothing was packed: a file in which there is nothing. */
	if (archive_format(archive) == ARCHIVE_FORMAT_EMPTY && (good = begin(survey, reading, path)))
		survey_source_end(survey);
	return (status == ARCHIVE_EOF || fail(reading, archive_error_string(archive))) && good;
}

static bool read_packed(struct survey *survey, struct reading *reading, const char *path)
{
	struct archive *archive = archive_read_new();
	bool good;

	if (!archive)
		return fail(reading, strerror(ENOMEM));
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_raw(archive);
	archive_read_support_format_empty(archive);
	good = archive_read_open(archive, reading, NULL, read_block, NULL) == ARCHIVE_OK
		       ? read_entries(survey, archive, reading, path)
		       : fail(reading, archive_error_string(archive));
	archive_read_free(archive);
	return good;
}

/* Returns false if it broke off. */
static bool read_open(struct survey *survey, struct reading *reading, const char *name)
{
	if (reading->file < 0 || read_on(reading) < 0)
		return fail(reading, strerror(errno));
	reading->held = true;
	return begins_like_a_log(reading) ? read_plain(survey, reading, name) : read_packed(survey, reading, name);
}

static void cannot_read(const char *path, const char *why)
{
	char name[4200];

	text_escape_controls(span_of(path), name, sizeof name);
	fprintf(stderr, "%s: cannot be read: %s\n", name, why);
}

static int read_file(struct survey *survey, const char *path, int64_t size, bool progress)
{
	static struct reading reading;
	bool is_stdin = strcmp(path, "-") == 0, good;

	text_escape_controls(span_of(path), reading.name, sizeof reading.name);
	reading.size = size;
	reading.done = 0;
	reading.progress = progress;
	reading.held = false;
	reading.file = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	good = read_open(survey, &reading, is_stdin ? "stdin" : path);
	if (progress)
		fprintf(stderr, "\r\033[K");
	if (!good)
		cannot_read(path, reading.why);
	if (!is_stdin && reading.file >= 0)
		close(reading.file);
	return !good;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int read_folder(struct survey *survey, const char *path, bool progress)
{
	char *const paths[] = {(char *)path, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	struct stat status;
	FTSENT *entry;
	int failed = 0;

	if (!tree) {
		cannot_read(path, strerror(errno));
		return 1;
	}
	while ((entry = fts_read(tree))) {
		bool is_link = entry->fts_info == FTS_SL && stat(entry->fts_path, &status) == 0 &&
			       S_ISREG(status.st_mode);

		if ((entry->fts_info == FTS_F || is_link) && entry->fts_name[0] != '.') {
			failed += read_file(survey, entry->fts_path,
					    is_link ? status.st_size : entry->fts_statp->st_size, progress);
		} else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
			cannot_read(entry->fts_path, strerror(entry->fts_errno));
			failed++;
		}
	}
	fts_close(tree);
	return failed;
}

int logs_read(struct survey *survey, const char *path, bool progress)
{
	struct stat status = {0};

	if (strcmp(path, "-") != 0) {
		if (stat(path, &status) < 0) {
			cannot_read(path, strerror(errno));
			return 1;
		}
		if (S_ISDIR(status.st_mode))
			return read_folder(survey, path, progress);
	}
	return read_file(survey, path, S_ISREG(status.st_mode) ? status.st_size : 0, progress);
}
