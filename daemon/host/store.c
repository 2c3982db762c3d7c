#define _GNU_SOURCE
#include "store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

enum statement {
	BEGIN, COMMIT, ROLLBACK, PUT_ROW, DROP_ROW, PUT_FILE, PUT_JOURNAL, PUT_NOTICE, DROP_NOTICES, STATEMENT_COUNT
};

static const char *const statements[STATEMENT_COUNT] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[PUT_ROW] = "INSERT OR REPLACE INTO row VALUES (?1, ?2, ?3)",
	[DROP_ROW] = "DELETE FROM row WHERE kind = ?1 AND key = ?2",
	[PUT_FILE] = ("INSERT OR REPLACE INTO file (path, device, inode, offset, mark, line, nest)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
	[PUT_JOURNAL] = "INSERT OR REPLACE INTO journal VALUES (?1, ?2)",
	[PUT_NOTICE] = "INSERT INTO notice (bytes) VALUES (?1)",
	[DROP_NOTICES] = "DELETE FROM notice",
};

static const char schema[] =
	"PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	"CREATE TABLE IF NOT EXISTS row (kind INTEGER, key BLOB, value BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS file (path TEXT, device INTEGER, inode INTEGER, offset INTEGER,"
	" mark INTEGER, line INTEGER, nest INTEGER, touched INTEGER DEFAULT (unixepoch()),"
	" PRIMARY KEY (device, inode));"
	"CREATE TABLE IF NOT EXISTS journal (name TEXT PRIMARY KEY, position TEXT) WITHOUT ROWID;"
	/* What nobody has read from for a month is forgotten. */
	"DELETE FROM file WHERE touched < unixepoch() - 2592000;"
	"CREATE TABLE IF NOT EXISTS notice (number INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB);"
	/* Takes the lock, so that a second daemon is told at once. */
	"BEGIN IMMEDIATE; COMMIT;";

struct store {
	sqlite3 *database;
	sqlite3_stmt *prepared[STATEMENT_COUNT];
	int error; /* of the transaction at hand: SQLite's code */
};

/* A damaged page is found here, and not when half of the rows are loaded. */
static int check(sqlite3 *database)
{
	sqlite3_stmt *statement;
	int r = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL);

	if (r != SQLITE_OK)
		return r;
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		r = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
	sqlite3_finalize(statement);
	return r;
}

static int prepare(struct store *store, const char *path)
{
	int r = sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_exec(store->database, schema, NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = check(store->database);
	for (int i = 0; i < STATEMENT_COUNT && r == SQLITE_OK; i++)
		r = sqlite3_prepare_v2(store->database, statements[i], -1, &store->prepared[i], NULL);
	return r;
}

static void finish(struct store *store)
{
	for (int i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(store->prepared[i]);
	sqlite3_close(store->database);
	*store = (struct store){0};
}

/* PRAGMA user_version holds SNAPSHOT_VERSION. */
static int version_of(struct store *store)
{
	sqlite3_stmt *statement;
	int version = 0;

	if (sqlite3_prepare_v2(store->database, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

static int write_version(struct store *store)
{
	char text[64];

	snprintf(text, sizeof text, "PRAGMA user_version = %d", SNAPSHOT_VERSION);
	return sqlite3_exec(store->database, text, NULL, NULL, NULL);
}

/* Nobody can read it: it is kept for whoever wants to look at it. */
static void put_aside(const char *path)
{
	static const char *const parts[] = {"", "-wal", "-shm"};
	char from[4200], to[4200];

	for (int i = 0; i < 3; i++) {
		snprintf(from, sizeof from, "%s%s", path, parts[i]);
		snprintf(to, sizeof to, "%s.bad%s", path, parts[i]);
		rename(from, to);
	}
	log_line(SEVERITY_WARNING, "%s: the state cannot be read; it is kept as %s.bad, and all is read anew", path,
		 path);
}

/* SQLite says no more than that it cannot open the file. */
static const char *why_not(const struct store *store, const char *folder)
{
	struct stat status;

	if (stat(folder, &status) < 0)
		return errno == ENOENT ? "its folder is not there; make it, or name another as \"state\""
				       : strerror(errno);
	if (!S_ISDIR(status.st_mode))
		return "\"state\" has to name a folder, and this is none";
	if (access(folder, W_OK | X_OK) < 0)
		return "its folder may not be written to by this user";
	return sqlite3_errmsg(store->database);
}

int store_open(const char *folder, struct store **ret, struct fault *fault)
{
	struct store *store = calloc(1, sizeof *store);
	char path[4096];
	int r, version;

	if (!store)
		return -ENOMEM;
	snprintf(path, sizeof path, "%s/state.sqlite", folder);
	r = prepare(store, path);
	if (r == SQLITE_CORRUPT || r == SQLITE_NOTADB) {
		finish(store);
		put_aside(path);
		r = prepare(store, path);
	}
	version = r == SQLITE_OK ? version_of(store) : 0;
	if (r == SQLITE_OK && version == 0)
		r = write_version(store);
	if (r == SQLITE_OK && version <= SNAPSHOT_VERSION) {
		*ret = store;
		return 0;
	}
	if (r == SQLITE_OK)
		fault_set(fault, path, 0, 0,
			  "the state is of version %d, and this program knows %d: install the newer lapsed again, or "
			  "move the file away to begin anew",
			  version, SNAPSHOT_VERSION);
	else if (r == SQLITE_BUSY || r == SQLITE_LOCKED)
		fault_set(fault, path, 0, 0, "another lapsed uses this state: stop it first");
	else
		fault_set(fault, path, 0, 0, "the state cannot be opened: %s", why_not(store, folder));
	store_close(store);
	return r == SQLITE_OK || r == SQLITE_BUSY || r == SQLITE_LOCKED ? FAULT : -EIO;
}

void store_close(struct store *take_store)
{
	if (!take_store)
		return;
	finish(take_store);
	free(take_store);
}

/* --- loading ------------------------------------------------------------ */

static struct span blob(sqlite3_stmt *statement, int column)
{
	return (struct span){sqlite3_column_blob(statement, column), (size_t)sqlite3_column_bytes(statement, column)};
}

long store_load(struct store *store, struct engine *engine)
{
	sqlite3_stmt *statement;
	long count = 0, bad = 0;
	bool known = true;

	if (sqlite3_prepare_v2(store->database, "SELECT kind, key, value FROM row ORDER BY kind", -1, &statement,
			       NULL) != SQLITE_OK)
		return 0;
	while (known && sqlite3_step(statement) == SQLITE_ROW) {
		enum row_kind kind = (enum row_kind)sqlite3_column_int(statement, 0);
		bool good = engine_load(engine, kind, blob(statement, 1), blob(statement, 2));

		known = good || kind != ROW_LAYOUT;
		bad += !good;
		count++;
	}
	sqlite3_finalize(statement);
	if (!known) {
		sqlite3_exec(store->database,
			     "DELETE FROM row; DELETE FROM file; DELETE FROM journal; DELETE FROM notice", NULL, NULL,
			     NULL);
		return -1;
	}
	if (bad)
		log_line(SEVERITY_WARNING, "%ld rows of the state could not be read and are left out", bad);
	return count;
}

/* The newest row, for a path may have had several files. */
static bool load_place(struct store *store, const char *where, const char *path, uint64_t device, uint64_t inode,
		       struct tail_place *ret, struct place *ret_place)
{
	sqlite3_stmt *statement;
	char text[200];
	bool found;

	snprintf(text, sizeof text,
		 "SELECT device, inode, offset, mark, line, nest FROM file WHERE %s ORDER BY touched DESC, rowid DESC",
		 where);
	if (sqlite3_prepare_v2(store->database, text, -1, &statement, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)device);
	sqlite3_bind_int64(statement, 3, (int64_t)inode);
	found = sqlite3_step(statement) == SQLITE_ROW;
	if (found) {
		*ret = (struct tail_place){.device = (uint64_t)sqlite3_column_int64(statement, 0),
					   .inode = (uint64_t)sqlite3_column_int64(statement, 1),
					   .offset = (uint64_t)sqlite3_column_int64(statement, 2),
					   .mark = (uint64_t)sqlite3_column_int64(statement, 3)};
		ret_place->line = (uint64_t)sqlite3_column_int64(statement, 4);
		ret_place->nest = (uint32_t)sqlite3_column_int64(statement, 5);
	}
	sqlite3_finalize(statement);
	return found;
}

bool store_load_file(struct store *store, uint64_t device, uint64_t inode, struct tail_place *ret,
		     struct place *ret_place)
{
	return load_place(store, "device = ?2 AND inode = ?3", NULL, device, inode, ret, ret_place);
}

bool store_load_path(struct store *store, const char *path, struct tail_place *ret, struct place *ret_place)
{
	return load_place(store, "path = ?1", path, 0, 0, ret, ret_place);
}

int64_t store_path_ns(struct store *store, const char *path)
{
	sqlite3_stmt *statement;
	int64_t stored_ns = STAMP_NEVER;

	if (sqlite3_prepare_v2(store->database, "SELECT max(touched) FROM file WHERE path = ?1", -1, &statement,
			       NULL) != SQLITE_OK)
		return STAMP_NEVER;
	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW)
		stored_ns = sqlite3_column_int64(statement, 0) * STAMP_SECOND;
	sqlite3_finalize(statement);
	return stored_ns;
}

void store_load_journal(struct store *store, const char *name, char *position, size_t size)
{
	sqlite3_stmt *statement;

	position[0] = '\0';
	if (sqlite3_prepare_v2(store->database, "SELECT position FROM journal WHERE name = ?1", -1, &statement, NULL) !=
	    SQLITE_OK)
		return;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW)
		snprintf(position, size, "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

void store_load_notices(struct store *store, bool (*take)(void *owner, struct span bytes), void *owner)
{
	sqlite3_stmt *statement;
	long bad = 0;

	if (sqlite3_prepare_v2(store->database, "SELECT bytes FROM notice ORDER BY number", -1, &statement, NULL) !=
	    SQLITE_OK)
		return;
	while (sqlite3_step(statement) == SQLITE_ROW)
		bad += !take(owner, blob(statement, 0));
	sqlite3_finalize(statement);
	if (bad)
		log_line(SEVERITY_WARNING, "%ld alert%s of the state could not be read and %s not sent", bad,
			 bad == 1 ? "" : "s", bad == 1 ? "is" : "are");
}

/* --- one transaction ---------------------------------------------------- */

/* After a failure the rest of the transaction is left out. */
static void run(struct store *store, enum statement which)
{
	sqlite3_stmt *statement = store->prepared[which];
	int r = store->error ? SQLITE_DONE : sqlite3_step(statement);

	if (r != SQLITE_DONE)
		store->error = r;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

static void bind(struct store *store, enum statement which, int column, struct span value)
{
	sqlite3_bind_blob(store->prepared[which], column, value.size ? value.data : "", (int)value.size, SQLITE_STATIC);
}

void store_begin(struct store *store)
{
	store->error = 0;
	run(store, BEGIN);
}

static void put_row(void *owner, enum row_kind kind, struct span key, struct span value)
{
	enum statement which = value.size ? PUT_ROW : DROP_ROW;
	struct store *store = owner;

	sqlite3_bind_int(store->prepared[which], 1, (int)kind);
	bind(store, which, 2, key);
	if (value.size)
		bind(store, which, 3, value);
	run(store, which);
}

void store_put_engine(struct store *store, struct engine *engine)
{
	if (!engine_save(engine, put_row, store) && !store->error)
		store->error = SQLITE_NOMEM;
}

void store_put_file(struct store *store, const char *path, const struct tail_place *at, struct place place)
{
	sqlite3_stmt *statement = store->prepared[PUT_FILE];

	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)at->device);
	sqlite3_bind_int64(statement, 3, (int64_t)at->inode);
	sqlite3_bind_int64(statement, 4, (int64_t)at->offset);
	sqlite3_bind_int64(statement, 5, (int64_t)at->mark);
	sqlite3_bind_int64(statement, 6, (int64_t)place.line);
	sqlite3_bind_int64(statement, 7, place.nest);
	run(store, PUT_FILE);
}

void store_put_journal(struct store *store, const char *name, const char *position)
{
	sqlite3_stmt *statement = store->prepared[PUT_JOURNAL];

	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, position, -1, SQLITE_STATIC);
	run(store, PUT_JOURNAL);
}

void store_put_notice(struct store *store, const struct notice *notice)
{
	struct packed packed = {0};

	notice_pack(notice, &packed);
	if (packed.failed && !store->error)
		store->error = SQLITE_NOMEM;
	bind(store, PUT_NOTICE, 1, (struct span){packed.data, packed.size});
	run(store, PUT_NOTICE);
	free(packed.data);
}

void store_drop_notices(struct store *store)
{
	run(store, DROP_NOTICES);
}

int store_commit(struct store *store)
{
	run(store, COMMIT);
	if (!store->error)
		return 0;
	sqlite3_step(store->prepared[ROLLBACK]);
	sqlite3_reset(store->prepared[ROLLBACK]);
	return (store->error & 0xFF) == SQLITE_FULL ? -ENOSPC : (store->error & 0xFF) == SQLITE_NOMEM ? -ENOMEM : -EIO;
}
