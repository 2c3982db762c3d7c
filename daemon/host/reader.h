/* The process that reads a journal for host/journal: the only place that uses
 * sd-journal. It may die of a file that is truncated under its maps; it knows
 * no loop and no engine. */
#ifndef LAPSED_READER_H
#define LAPSED_READER_H

/* arguments: place, position, matches "FIELD=value" ... Writes frames
 * (host/journal.h) to stdout until that is closed. Returns an exit status. */
int reader_run(int count, char **arguments);

#endif
