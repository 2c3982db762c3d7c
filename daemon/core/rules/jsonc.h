/* JSON with comments and trailing commas, as people write it by hand
 * (configuration and rules), with positions for what is wrong in it. */
#ifndef LAPSED_JSONC_H
#define LAPSED_JSONC_H

#include <jansson.h>

#include "../basic/span.h"
#include "fault.h"

/* A file being read, and where it is told what is wrong with it. */
struct jsonc {
	const char *file;
	struct span text;
	struct fault *fault;
};

/* Returns 0 and a value that is yours, or FAULT (also for doubled keys). */
int jsonc_parse(const struct jsonc *jsonc, json_t **ret_value);

/* Sets the fault at the place in the text that path names: "sources[2].path" for
 * a value, "sources[2].path=" for its key. Returns FAULT. */
int jsonc_fault(const struct jsonc *jsonc, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A key of the object at path section ("": the whole) that is none of names:
 * sets the fault at it, with the nearest of them. Returns FAULT. */
int jsonc_unknown_key(const struct jsonc *jsonc, const char *section, const char *key, const char *const *names,
		      size_t count);

/* The one of candidates nearest to word, or NULL if none is near. */
const char *jsonc_nearest(const char *word, const char *const *candidates, size_t count);

#endif
