/* The engine to rows and back, so that its state survives a restart. Rows are
 * for the program that wrote them, or a later one: SNAPSHOT_VERSION changes
 * with their form. Who stores them does not look into them. */
#ifndef LAPSED_SNAPSHOT_H
#define LAPSED_SNAPSHOT_H

#include <stdbool.h>

#include "engine.h"

enum { SNAPSHOT_VERSION = 4 };

/* Loaded in this order: later kinds refer to earlier ones. */
enum row_kind {
	ROW_LAYOUT, /* sizes of what is stored as it lies in memory */
	ROW_REASON, /* number -> id: rules are numbered anew at each start */
	ROW_SDK,
	ROW_SOURCE,
	ROW_HUB,
	ROW_FLEET,
	ROW_DEVICE,
	ROW_ENGINE,
	ROW_COUNT
};

/* value.size 0: the row is gone. Both live until the function returns. */
typedef void (*snapshot_put)(void *owner, enum row_kind kind, struct span key, struct span value);

/* Gives every row that has changed since the last call; the first call gives
 * all that was not loaded. Returns false if there was no memory for one: then
 * what was given is not whole, and is not to be stored. */
bool engine_save(struct engine *engine, snapshot_put put, void *owner);

/* What was given was not stored: give all again. */
void engine_save_again(struct engine *engine);

/* One stored row, in the order of the kinds, before the first step. Returns
 * false if it cannot be taken (it is counted by the caller and left out). */
bool engine_load(struct engine *engine, enum row_kind kind, struct span key, struct span value);

/* After the last row, also where there was none: from now on it is noted what
 * has changed. */
void engine_loaded(struct engine *engine);

#endif
