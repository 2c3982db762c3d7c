/* Records of the journal that name no time of their own: they get their entry's. */
#ifndef LAPSED_UNDATED_H
#define LAPSED_UNDATED_H

#include <stdbool.h>
#include <stddef.h>

/* Is this one JSON object that names no time of its own, and is no envelope?
 * ret_end: where its last brace stands; ret_empty: "{}". */
bool undated_record(const char *text, size_t size, size_t *ret_end, bool *ret_empty);

#endif
