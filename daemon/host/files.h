/* Whole small files and the names in a folder. */
#ifndef LAPSED_FILES_H
#define LAPSED_FILES_H

#include <stddef.h>

/* *ret_text is yours and NUL-ended. Returns 0 or -errno (-EFBIG over 8 MiB). */
int file_read(const char *path, char **ret_text, size_t *ret_size);

/* Paths of the files of a folder whose names end so, in the order of the C
 * locale; yours. A folder that is not there holds none. Returns 0 or -errno. */
int folder_list(const char *folder, const char *suffix, char ***ret_paths, size_t *ret_count);

void paths_free(char **take_paths, size_t count);

#endif
