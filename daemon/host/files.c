#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20 }; /* bytes */

int file_read(const char *path, char **ret_text, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0, capacity = 0;
	char *text = NULL;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n > 0) {
		if (capacity - size < 4096) {
			char *larger = realloc(text, capacity = capacity ? capacity * 2 : 16384);

			if (!larger) {
				n = -1;
				break;
			}
			text = larger;
		}
		n = read(fd, text + size, capacity - size - 1);
		size += n > 0 ? (size_t)n : 0;
		if (size > FILE_MAX) {
			n = -1;
			errno = EFBIG;
		}
	}
	if (n < 0) {
		int error = errno;

		close(fd);
		free(text);
		return -error;
	}
	close(fd);
	text[size] = '\0';
	*ret_text = text;
	*ret_size = size;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int folder_list(const char *folder, const char *suffix, char ***ret_paths, size_t *ret_count)
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	char **paths = NULL;
	size_t count = 0;

	*ret_paths = NULL;
	*ret_count = 0;
	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(directory))) {
		size_t length = strlen(entry->d_name), tail = strlen(suffix);
		char **more;

		if (entry->d_name[0] == '.' || length < tail || strcmp(entry->d_name + length - tail, suffix) != 0)
			continue;
		more = realloc(paths, (count + 1) * sizeof *paths);
		if (!more || asprintf(&more[count], "%s/%s", folder, entry->d_name) < 0) {
			paths_free(more ? more : paths, count);
			closedir(directory);
			return -ENOMEM;
		}
		paths = more;
		count++;
	}
	closedir(directory);
	if (count)
		qsort(paths, count, sizeof *paths, by_name);
	*ret_paths = paths;
	*ret_count = count;
	return 0;
}

bool files_beside(const char *path, const char *pattern, glob_t *ret)
{
	char whole[2 * PATH_MAX + 32];
	size_t length = 0;

	for (; *path && length < 2 * PATH_MAX; path++) {
		if (strchr("*?[\\", *path))
			whole[length++] = '\\';
		whole[length++] = *path;
	}
	snprintf(whole + length, sizeof whole - length, "%s", pattern);
	return glob(whole, 0, NULL, ret) == 0;
}

void paths_free(char **take_paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(take_paths[i]);
	free(take_paths);
}
