/* SPDX-License-Identifier: ISC */
/*
 * The database file: create, open, transactions, checkpoints. WAL with
 * synchronous=FULL: what gp_store_commit has acknowledged survives a power cut.
 * Writing and checkpointing take turns between our processes (lock.c), so SQLite's
 * own automatic checkpoints are off and ours run at the end of a commit, while the
 * lock is still held.
 */
#include "config.h"

#include "search.h"
#include "tokenizer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
	CHECKPOINT_PAGES = 1000	/* of WAL: 16 MB */
};

static const char settings[] =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -16384;"
    "PRAGMA secure_delete = FAST;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA journal_size_limit = 67108864;"	/* GP_MAX_WAL: what grew beyond is given back */
    "PRAGMA synchronous = FULL;";

/* Put the WAL into the file and let the last connection take it away. */
static void
checkpoint_at_close(struct gp_store *s)
{
	int on;

	if (s->mode == GP_STORE_READ || s->lock_fd < 0 || s->db == NULL ||
	    (s->mode == GP_STORE_TOOL && gp_lock_server_runs(s)) ||
	    gp_lock_write(s, NULL) != GP_OK)
		return;
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, &on);
}

static int
store_destructor(struct gp_store *s)
{
	size_t i;

	gp_store_rollback(s);
	gp_store_read_end(s);
	checkpoint_at_close(s);
	for (i = 0; i < GP_STORE_STATEMENTS; i++)
		sqlite3_finalize(s->statements[i].st);
	sqlite3_close_v2(s->db);
	gp_lock_close(s);
	return 0;
}

static struct gp_store *
store_new(const void *ctx, const char *path, enum gp_store_mode mode)
{
	struct gp_store *s = gp_new(ctx, struct gp_store);

	s->path = gp_strdup(s, path);
	s->mode = mode;
	s->lock_fd = -1;
	talloc_set_destructor(s, store_destructor);
	return s;
}

/* Connect and set what is set for each connection. */
static enum gp_status
connect_file(struct gp_store *s, struct gp_err *err)
{
	int flags = s->mode == GP_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, on;
	int rc = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't open the database", err);
	sqlite3_busy_timeout(s->db, GP_STORE_WAIT_MS);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &on);
	rc = gp_names_register(s->db);
	if (rc == SQLITE_OK)
		rc = gp_page_words_register(s->db);
	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't add a function to SQLite", err);
	rc = gp_look_register(s);
	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't add a function to SQLite", err);
	rc = gp_tokenizer_register(s->db);
	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "SQLite has no FTS5", err);
	return gp_sql_script(s, settings, err);
}

static enum gp_status
fill_new_file(struct gp_store *s, struct gp_err *err)
{
	unsigned char secret[GP_SHA256_LEN];
	enum gp_status status;
	char sql[160];
	int on;

	snprintf(sql, sizeof(sql), "PRAGMA page_size = %d; PRAGMA application_id = %d;"
	    "PRAGMA journal_mode = WAL;", GP_STORE_PAGE, GP_STORE_APPLICATION);
	status = connect_file(s, err);
	if (status == GP_OK)
		status = gp_sql_script(s, sql, err);
	if (status == GP_OK)
		status = gp_schema_migrate(s, 0, err);
	gp_random(secret, sizeof(secret));
	if (status == GP_OK)
		status = gp_store_meta_set(s, "secret", (char *)secret, sizeof(secret), err);
	/* The last one out puts the WAL into the file and takes it away. */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, &on);
	return status;
}

/* Give a finished file its name, unless that is taken. */
static enum gp_status
name_file(const char *from, const char *to, struct gp_err *err)
{
	enum gp_status status = GP_OK;

	if (link(from, to) != 0)
		status = errno == EEXIST ?
		    gp_fail(err, GP_E_EXISTS, "%s: there is a file of that name already", to) :
		    gp_fail_errno(err, GP_E_IO, "%s: can't create", to);
	unlink(from);
	return status;
}

static enum gp_status
new_file(const char *path, struct gp_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return gp_fail_errno(err, errno == EEXIST ? GP_E_EXISTS : GP_E_IO,
		    "%s: can't create", path);
	close(fd);
	return GP_OK;
}

enum gp_status
gp_store_create(const char *path, struct gp_err *err)
{
	char *part = gp_asprintf(NULL, "%s.new%ld", path, (long)getpid());
	struct gp_store *s = store_new(NULL, part, GP_STORE_TOOL);
	enum gp_status status;

	if (access(path, F_OK) == 0)
		status = gp_fail(err, GP_E_EXISTS, "%s: there is a file of that name already",
		    path);
	else
		status = new_file(part, err);
	if (status == GP_OK) {
		status = fill_new_file(s, err);
		talloc_free(s);
		s = NULL;
		if (status == GP_OK)
			status = name_file(part, path, err);
		else
			unlink(part);
	}
	talloc_free(s);
	talloc_free(part);
	return status;
}

static enum gp_status
open_to_write(struct gp_store *s, bool old, struct gp_err *err)
{
	enum gp_status status = gp_sql_script(s, "PRAGMA journal_mode = WAL", err);

	if (status == GP_OK && old) {
		status = gp_lock_write(s, err);
		if (status != GP_OK)
			return status;
		status = gp_schema_migrate(s, 0, err);
		gp_lock_release(s);
	}
	return status == GP_OK ? gp_archive_bulk_mend(s, err) : status;
}

enum gp_status
gp_store_open(const void *ctx, const char *path, enum gp_store_mode mode, struct gp_store **out,
    struct gp_err *err)
{
	struct gp_store *s = store_new(ctx, path, mode);
	enum gp_status status = GP_OK;
	bool old = false;

	if (access(path, F_OK) != 0)
		status = gp_fail_errno(err, GP_E_CONFIG, "%s: can't open the database", path);
	if (status == GP_OK && mode != GP_STORE_READ)
		status = gp_lock_open(s, err);
	if (status == GP_OK && mode == GP_STORE_CORE)
		status = gp_lock_server(s, err);
	if (status == GP_OK)
		status = connect_file(s, err);
	if (status == GP_OK)
		status = gp_schema_check(s, &old, err);
	if (status == GP_OK && mode != GP_STORE_READ)
		status = open_to_write(s, old, err);
	else if (status == GP_OK && old)
		status = gp_fail(err, GP_E_CONFIG, "%s: the database is of an older version: "
		    "start the server once to bring it up to date", path);
	if (status != GP_OK) {
		talloc_free(s);
		return status;
	}
	*out = s;
	return GP_OK;
}

void
gp_store_close(struct gp_store *s)
{
	talloc_free(s);
}

/* ---- transactions ----------------------------------------------------------------- */

enum gp_status
gp_store_begin(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status;

	if (s->mode == GP_STORE_READ || s->writing || s->reading)
		gp_bug("gp_store_begin out of place");
	status = gp_lock_write(s, err);
	if (status != GP_OK)
		return status;
	status = gp_sql_run(s, "BEGIN IMMEDIATE", GP_NOARGS, err);
	if (status != GP_OK) {
		gp_lock_release(s);
		return status;
	}
	s->writing = true;
	status = gp_anon_careful(s, err);
	if (status != GP_OK)
		gp_store_rollback(s);
	return status;
}

enum gp_status
gp_db_overwrite(struct gp_store *s, bool on, struct gp_err *err)
{
	return gp_sql_script(s, on || s->careful ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = FAST", err);
}

static int
count_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	*(int *)arg = pages;
	return SQLITE_OK;
}

int
gp_db_checkpoint(struct gp_store *s, bool full)
{
	int log = 0, done = 0, rc = sqlite3_wal_checkpoint_v2(s->db, NULL, full ?
	    SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &log, &done);

	/* All of it stays until what a reader needs is done. */
	s->wal_kept = log > done ? (int64_t)log * GP_STORE_PAGE : 0;
	return rc;
}

int64_t
gp_store_wal_kept(const struct gp_store *s)
{
	return s->wal_kept;
}

static void
checkpoint_if_long(struct gp_store *s, int pages)
{
	if (pages >= CHECKPOINT_PAGES && (s->mode == GP_STORE_CORE || !gp_lock_server_runs(s)))
		gp_db_checkpoint(s, false);
}

enum gp_status
gp_store_commit(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status;
	int pages = 0;

	if (!s->writing)
		gp_bug("gp_store_commit without begin");
	/* After a full disk SQLite may have undone everything already. */
	if (sqlite3_get_autocommit(s->db)) {
		gp_store_rollback(s);
		return gp_fail(err, GP_E_DB, "%s: the changes were undone by an error before",
		    s->path);
	}
	sqlite3_wal_hook(s->db, count_wal, &pages);
	status = gp_search_flush(s, err);
	if (status == GP_OK)
		status = gp_sql_run(s, "COMMIT", GP_NOARGS, err);
	sqlite3_wal_hook(s->db, NULL, NULL);
	if (status != GP_OK) {
		gp_store_rollback(s);
		return status;
	}
	checkpoint_if_long(s, pages);
	s->writing = s->marked = false;
	gp_lock_release(s);
	return GP_OK;
}

void
gp_store_rollback(struct gp_store *s)
{
	if (!s->writing)
		return;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	gp_zip_forget_dictionaries(s->zip);
	gp_search_drop(s);
	s->writing = s->marked = false;
	gp_lock_release(s);
}

enum gp_status
gp_store_mark(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status;

	if (!s->writing || s->marked)
		gp_bug("gp_store_mark out of place");
	if (sqlite3_get_autocommit(s->db))
		return gp_fail(err, GP_E_DB, "%s: the changes were undone by an error before",
		    s->path);
	gp_search_mark(s);
	status = gp_sql_run(s, "SAVEPOINT mark", GP_NOARGS, err);
	s->marked = status == GP_OK;
	return status;
}

enum gp_status
gp_store_keep(struct gp_store *s, struct gp_err *err)
{
	if (!s->marked)
		gp_bug("gp_store_keep without mark");
	s->marked = false;
	return gp_sql_run(s, "RELEASE mark", GP_NOARGS, err);
}

void
gp_store_undo(struct gp_store *s)
{
	if (!s->marked)
		return;
	s->marked = false;
	gp_search_undo(s);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK TO mark; RELEASE mark", NULL, NULL, NULL);
	gp_zip_forget_dictionaries(s->zip);
}

enum gp_status
gp_store_read_begin(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status;

	if (s->reading)
		gp_bug("gp_store_read_begin twice");
	if (s->writing)
		return GP_OK;	/* sees one state anyway */
	status = gp_sql_run(s, "BEGIN", GP_NOARGS, err);
	if (status != GP_OK)
		return status;
	/* The snapshot is taken by the first read. */
	status = gp_sql_run(s, "SELECT 1 FROM sqlite_schema LIMIT 1", GP_NOARGS, err);
	s->reading = true;
	if (status != GP_OK)
		gp_store_read_end(s);
	return status;
}

void
gp_store_read_end(struct gp_store *s)
{
	if (!s->reading)
		return;
	s->reading = false;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

int64_t
gp_store_version(struct gp_store *s)
{
	int64_t version = 0;

	if (gp_sql_int(s, &version, "PRAGMA data_version", GP_NOARGS, NULL) != GP_OK)
		return 0;
	return version;
}
