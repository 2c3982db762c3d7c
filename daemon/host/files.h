/* Whole small files and the names in a folder. */
#ifndef LAPSED_FILES_H
#define LAPSED_FILES_H

#include <glob.h>
#include <stdbool.h>
#include <stddef.h>

/* *ret_text is yours and NUL-ended. Returns 0 or -errno (-EFBIG over 8 MiB). */
int file_read(const char *path, char **ret_text, size_t *ret_size);

/* Paths of the files of a folder whose names end so, in the order of the C
 * locale; yours. A folder that is not there holds none. Returns 0 or -errno. */
int folder_list(const char *folder, const char *suffix, char ***ret_paths, size_t *ret_count);

/* The files whose paths begin with this one and go on as the pattern says.
 * Returns false if there are none; otherwise ret is for globfree(). */
bool files_beside(const char *path, const char *pattern, glob_t *ret);

void paths_free(char **take_paths, size_t count);

#endif
