/* JSON with comments and trailing commas, as people write it by hand
 * (configuration and rules), with positions for what is wrong in it. */
#ifndef LAPSED_JSONC_H
#define LAPSED_JSONC_H

#include <jansson.h>

#include "../basic/span.h"
#include "fault.h"

/* Returns 0 and a value that is yours, or FAULT (also for doubled keys). */
int jsonc_parse(const char *file, struct span text, json_t **ret_value, struct fault *fault);

/* Sets fault at the place in text that path names: "sources[2].path" for a
 * value, "sources[2].path=" for its key. Returns FAULT. */
int jsonc_fault(const char *file, struct span text, const char *path, struct fault *fault, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* A key of the object at path section ("": the whole) that is none of names:
 * sets fault at it, with the nearest of them. Returns FAULT. */
int jsonc_unknown_key(const char *file, struct span text, const char *section, const char *key,
		      const char *const *names, size_t count, struct fault *fault);

/* The one of candidates nearest to word, or NULL if none is near. */
const char *jsonc_nearest(const char *word, const char *const *candidates, size_t count);

#endif
