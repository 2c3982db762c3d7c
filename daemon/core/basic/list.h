/* Room in a list that grows as it is filled. */
#ifndef LAPSED_LIST_H
#define LAPSED_LIST_H

#include <stddef.h>
#include <stdlib.h>

/* Room for one more than count. Returns the list, which may have moved and has
 * room for *capacity of size bytes each; or NULL without memory: then the list
 * stays as it was. */
static inline void *list_reserve(void *list, size_t count, size_t *capacity, size_t size)
{
	enum { LEAST = 4 };
	size_t larger = *capacity ? *capacity * 2 : LEAST;
	void *moved;

	if (count < *capacity)
		return list;
	moved = realloc(list, larger * size);
	if (moved)
		*capacity = larger;
	return moved;
}

#endif
