#include "sequence.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

bool sequence_read(const char *cursor, struct sequence *ret)
{
	*ret = (struct sequence){0};
	while (cursor && *cursor) {
		if (strncmp(cursor, "s=", 2) == 0 && strcspn(cursor + 2, ";") == SEQUENCE_ID_SIZE - 1)
			memcpy(ret->id, cursor + 2, SEQUENCE_ID_SIZE - 1);
		else if (strncmp(cursor, "i=", 2) == 0)
			ret->number = strtoull(cursor + 2, NULL, 16);
		cursor = strchr(cursor, ';');
		cursor = cursor ? cursor + 1 : NULL;
	}
	return *ret->id && ret->number;
}

static struct sequence *find(struct sequences *sequences, const char *id)
{
	for (size_t i = 0; i < sequences->count; i++)
		if (strcmp(sequences->seen[i].id, id) == 0)
			return &sequences->seen[i];
	return NULL;
}

struct sequence *sequences_find(struct sequences *sequences, const char *id)
{
	struct sequence *sequence = find(sequences, id);

	if (sequence)
		return sequence;
	/* The oldest of so many can go: its journal has ended long ago. */
	if (sequences->count == SEQUENCES_MAX)
		memmove(sequences->seen, sequences->seen + 1, --sequences->count * sizeof *sequences->seen);
	sequence = &sequences->seen[sequences->count++];
	*sequence = (struct sequence){0};
	snprintf(sequence->id, sizeof sequence->id, "%s", id);
	return sequence;
}

/* --- the files ---------------------------------------------------------- */

/* A file's head. "Cut short": it is smaller than it says, and nobody reads it. */
struct head {
	sd_id128_t id;
	uint64_t first, newest;
	bool is_cut;
};

enum {
	AT_SEQNUM_ID = 72,
	AT_HEADER_SIZE = 88,
	AT_ARENA_SIZE = 96,
	AT_TAIL_SEQNUM = 160,
	AT_HEAD_SEQNUM = 168,
	HEAD_SIZE = 176,
};

static uint64_t number_at(const unsigned char *head, size_t at)
{
	uint64_t number;

	memcpy(&number, head + at, sizeof number);
	return le64toh(number);
}

static bool read_head(int fd, struct head *ret)
{
	unsigned char head[HEAD_SIZE];
	struct stat status;

	if (pread(fd, head, sizeof head, 0) != HEAD_SIZE || memcmp(head, "LPKSHHRH", 8) != 0 || fstat(fd, &status) < 0)
		return false;
	memcpy(&ret->id, head + AT_SEQNUM_ID, sizeof ret->id);
	ret->first = number_at(head, AT_HEAD_SEQNUM);
	ret->newest = number_at(head, AT_TAIL_SEQNUM);
	ret->is_cut = (uint64_t)status.st_size < number_at(head, AT_HEADER_SIZE) + number_at(head, AT_ARENA_SIZE);
	return ret->first > 0;
}

static void note_head(struct sequence *sequence, const struct head *head, bool is_users)
{
	/* A user's file is kept for long while those of the services go. */
	if (!is_users && (!sequence->first || head->first < sequence->first))
		sequence->first = head->first;
	if (head->newest > sequence->newest)
		sequence->newest = head->newest;
	if (head->is_cut && head->newest > sequence->number) {
		uint64_t from = head->first > sequence->number ? head->first : sequence->number + 1;

		sequence->cut += head->newest - from + 1;
		if (!sequence->cut_from || from < sequence->cut_from)
			sequence->cut_from = from;
		if (head->newest > sequence->cut_newest)
			sequence->cut_newest = head->newest;
	}
}

static void survey_file(int folder, const char *name, struct sequences *sequences)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is_users = strncmp(name, "user-", 5) == 0;
	char id[SEQUENCE_ID_SIZE];
	struct sequence *sequence;
	struct head head;

	sequences->has_users |= is_users;
	if (!sequences->is_system || !is_users) {
		sequences->files++;
		sequences->readable += fd >= 0;
	}
	if (fd < 0) {
		sequences->error = errno;
		return;
	}
	if (read_head(fd, &head) && (sequence = find(sequences, sd_id128_to_string(head.id, id))))
		note_head(sequence, &head, is_users);
	close(fd);
}

/* The files of a folder, and of those within it that are named by a machine. */
static int survey_folder(const char *path, bool is_inner, struct sequences *sequences)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char inner[4096];

	if (!folder)
		return -errno;
	while ((entry = readdir(folder))) {
		const char *ending = strrchr(entry->d_name, '.');

		if (ending && (strcmp(ending, ".journal") == 0 || strcmp(ending, ".journal~") == 0)) {
			survey_file(dirfd(folder), entry->d_name, sequences);
		} else if (!is_inner && strspn(entry->d_name, "0123456789abcdef") == SEQUENCE_ID_SIZE - 1) {
			snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
			survey_folder(inner, true, sequences);
		}
	}
	closedir(folder);
	return 0;
}

static void forget_files(struct sequences *sequences)
{
	sequences->has_users = false;
	sequences->files = sequences->readable = 0;
	sequences->error = 0;
	for (size_t i = 0; i < sequences->count; i++) {
		struct sequence *sequence = &sequences->seen[i];

		sequence->first = sequence->newest = 0;
		sequence->cut_from = sequence->cut = sequence->cut_newest = 0;
	}
}

int sequences_survey(struct sequences *sequences)
{
	static const char *const roots[] = {"/var/log/journal", "/run/log/journal"};
	char machine[SEQUENCE_ID_SIZE], path[4096];
	sd_id128_t number;
	int found = -ENOENT;

	forget_files(sequences);
	if (!sequences->is_system)
		return survey_folder(sequences->place, false, sequences);
	if (sd_id128_get_machine(&number) < 0)
		return -ENOENT;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", roots[i], sd_id128_to_string(number, machine));
		if (survey_folder(path, true, sequences) == 0)
			found = 0;
	}
	return found;
}
