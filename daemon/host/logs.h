/* Feeds log files to a survey: folders, archives, standard input, compressed files. */
#ifndef LAPSED_LOGS_H
#define LAPSED_LOGS_H

#include "../core/survey.h"

/* path: a file, a folder (all files in it, in the order of their names), or
 * "-". Compression (.gz, .zst, .xz, .bz2) and archives (.zip, .tar; read as a
 * folder) are recognised by content. What cannot be read is told on stderr.
 * Returns how many could not. With progress, a line on stderr says how far it is. */
int logs_read(struct survey *survey, const char *path, bool progress);

#endif
