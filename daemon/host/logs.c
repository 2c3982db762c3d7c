#define _GNU_SOURCE
#include "logs.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static void tell_progress(struct survey *survey, const char *path, struct archive *archive, int64_t size)
{
	if (!is_time_to_tell())
		return;
	if (size > 0)
		fprintf(stderr, "\r\033[K%s: %lld %%, %zu devices", path,
			(long long)(archive_filter_bytes(archive, -1) * 100 / size), survey_devices(survey));
	else
		fprintf(stderr, "\r\033[K%s: %lld MB, %zu devices", path,
			(long long)(archive_filter_bytes(archive, -1) >> 20), survey_devices(survey));
}

/* Reads what is open. Returns false if it broke off. */
static bool read_archive(struct survey *survey, const char *path, struct archive *archive, int64_t size,
			 bool progress)
{
	static char buffer[1 << 18];
	struct archive_entry *entry;
	ssize_t n;
	int r;

	while ((r = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN)
		while ((n = archive_read_data(archive, buffer, sizeof buffer)) != 0) {
			if (n < 0)
				return false;
			survey_feed(survey, (struct span){buffer, (size_t)n});
			if (progress)
				tell_progress(survey, path, archive, size);
		}
	return r == ARCHIVE_EOF;
}

static int read_file(struct survey *survey, const char *path, int64_t size, bool progress)
{
	struct archive *archive = archive_read_new();
	bool is_stdin = strcmp(path, "-") == 0, good;

	if (!archive || !survey_source(survey, is_stdin ? "stdin" : path)) {
		fprintf(stderr, "%s: cannot be read: out of memory, or more than 65535 files\n", path);
		archive_read_free(archive);
		return 1;
	}
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_format_raw(archive);
	archive_read_support_format_empty(archive);
	good = archive_read_open_filename(archive, is_stdin ? NULL : path, 1 << 18) == ARCHIVE_OK &&
	       read_archive(survey, path, archive, size, progress);
	if (progress)
		fprintf(stderr, "\r\033[K");
	if (!good)
		fprintf(stderr, "%s: cannot be read: %s\n", path, archive_error_string(archive));
	survey_source_end(survey);
	archive_read_free(archive);
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
		fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
		return 1;
	}
	while ((entry = fts_read(tree))) {
		bool is_link = entry->fts_info == FTS_SL && stat(entry->fts_path, &status) == 0 &&
			       S_ISREG(status.st_mode);

		if ((entry->fts_info == FTS_F || is_link) && entry->fts_name[0] != '.') {
			failed += read_file(survey, entry->fts_path,
					    is_link ? status.st_size : entry->fts_statp->st_size, progress);
		} else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
			fprintf(stderr, "%s: cannot be read: %s\n", entry->fts_path, strerror(entry->fts_errno));
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
			fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
			return 1;
		}
		if (S_ISDIR(status.st_mode))
			return read_folder(survey, path, progress);
	}
	return read_file(survey, path, S_ISREG(status.st_mode) ? status.st_size : 0, progress);
}
