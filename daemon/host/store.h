/* What survives a restart: the engine's rows, the places in the files, and the
 * notices that were not sent yet, committed together (SQLite, one file). */
#ifndef LAPSED_STORE_H
#define LAPSED_STORE_H

#include "../core/rules/fault.h"
#include "../core/snapshot.h"
#include "tail.h"

struct store;

/* folder must be there. A state file that cannot be read is put aside as
 * NAME.bad and said so on stderr; one of a newer version, or one in use, is a
 * fault. Returns 0, FAULT where somebody has to mend it, or -EIO where it may
 * heal (a full disk, a folder that comes later); both with words in fault. */
int store_open(const char *folder, struct store **ret, struct fault *fault);
void store_close(struct store *take_store);

/* Loads the engine's rows; the engine knows its sources already. Returns how
 * many rows it had, or -1 if they are of another version: begin anew. */
long store_load(struct store *store, struct engine *engine);

/* Where the file of an inode was left: perhaps an older file than the one that
 * has the inode now. */
bool store_load_file(struct store *store, uint64_t device, uint64_t inode, struct tail_place *ret,
		     struct place *ret_place);

/* Where the file was left that last stood at the path. */
bool store_load_path(struct store *store, const char *path, struct tail_place *ret, struct place *ret_place);

/* When that was stored, by the wall clock in full seconds. */
int64_t store_path_ns(struct store *store, const char *path);

/* Up to where a journal was taken: "" if it never was. */
void store_load_journal(struct store *store, const char *name, char *position, size_t size);

/* Gives the notices that were not confirmed, oldest first; take returns whether it
 * could read one. */
void store_load_notices(struct store *store, bool (*take)(void *owner, struct span bytes), void *owner);

/* One transaction. Between begin and commit everything may be put. */
void store_begin(struct store *store);
void store_put_engine(struct store *store, struct engine *engine);
void store_put_file(struct store *store, const char *path, const struct tail_place *at, struct place place);
void store_put_journal(struct store *store, const char *name, const char *position);
void store_put_notice(struct store *store, const struct notice *notice);

/* All notices that were stored before this transaction have been sent. */
void store_drop_notices(struct store *store);

/* Returns 0, or -errno; then nothing of it is stored. */
int store_commit(struct store *store);

#endif
