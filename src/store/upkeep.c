/* SPDX-License-Identifier: ISC */
/*
 * Upkeep of the database: checkpoints, backup while in use, the doctor's look,
 * values of the site and figures for status.
 */
#include "config.h"

#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKUP_PAGES = 256 };

enum gp_status
gp_store_checkpoint(struct gp_store *s, bool full, struct gp_err *err)
{
	enum gp_status status;
	int rc;

	if (s->mode == GP_STORE_READ || s->writing)
		gp_bug("gp_store_checkpoint out of place");
	if (s->mode == GP_STORE_TOOL && gp_lock_server_runs(s))
		return GP_OK;
	status = gp_lock_write(s, err);
	if (status != GP_OK)
		return status;
	rc = gp_db_checkpoint(s, full);
	gp_lock_release(s);
	/* A reader that still uses the WAL is no failure: next time. */
	if (rc == SQLITE_OK || rc == SQLITE_BUSY)
		return GP_OK;
	return gp_sql_fail(s, rc, "can't checkpoint", err);
}

static enum gp_status
copy_pages(struct gp_store *s, sqlite3 *to, void (*progress)(int64_t, int64_t, void *), void *arg,
    struct gp_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
	int rc;

	if (b == NULL)
		return gp_fail(err, GP_E_IO, "can't begin the backup: %s", sqlite3_errmsg(to));
	do {
		rc = sqlite3_backup_step(b, BACKUP_PAGES);
		if (progress != NULL)
			progress(sqlite3_backup_pagecount(b) - sqlite3_backup_remaining(b),
			    sqlite3_backup_pagecount(b), arg);
	} while (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return GP_OK;
	return gp_fail(err, (rc & 0xff) == SQLITE_FULL ? GP_E_FULL : GP_E_IO,
	    "can't write the backup: %s", sqlite3_errstr(rc));
}

static enum gp_status
copy_to(struct gp_store *s, const char *part, void (*progress)(int64_t, int64_t, void *), void *arg,
    struct gp_err *err)
{
	enum gp_status status;
	bool own = !s->reading && !s->writing;
	sqlite3 *to;
	int rc = sqlite3_open_v2(part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	    SQLITE_OPEN_NOMUTEX, NULL);

	if (rc != SQLITE_OK) {
		sqlite3_close(to);
		return gp_fail(err, GP_E_IO, "%s: can't create: %s", part, sqlite3_errstr(rc));
	}
	/* Our read transaction pins one state: without it, each commit of another
	 * process would make the backup start over. */
	status = own ? gp_store_read_begin(s, err) : GP_OK;
	if (status == GP_OK)
		status = copy_pages(s, to, progress, arg, err);
	if (own)
		gp_store_read_end(s);
	sqlite3_close(to);
	return status;
}

enum gp_status
gp_store_backup(struct gp_store *s, const char *to, void (*progress)(int64_t, int64_t, void *),
    void *arg, struct gp_err *err)
{
	char *part;
	enum gp_status status;

	if (s->writing)
		gp_bug("gp_store_backup inside a transaction");
	if (access(to, F_OK) == 0)
		return gp_fail(err, GP_E_EXISTS, "%s: there is a file of that name already", to);
	part = gp_asprintf(NULL, "%s.part%ld", to, (long)getpid());
	unlink(part);
	status = copy_to(s, part, progress, arg, err);
	if (status == GP_OK && chmod(part, 0600) == 0 && link(part, to) != 0)
		status = gp_fail_errno(err, errno == EEXIST ? GP_E_EXISTS : GP_E_IO,
		    "%s: can't create", to);
	unlink(part);
	talloc_free(part);
	return status;
}

enum gp_status
gp_store_check(const void *ctx, struct gp_store *s, bool quick, char **problems,
    struct gp_err *err)
{
	struct gp_buf b;
	sqlite3_stmt *st;
	enum gp_status status = quick ?
	    gp_sql_open(s, &st, "PRAGMA quick_check", GP_NOARGS, err) :
	    gp_sql_open(s, &st, "PRAGMA integrity_check", GP_NOARGS, err);
	const char *line;

	if (status != GP_OK)
		return status;
	gp_buf_init(&b, ctx, 1 << 20);
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		line = (const char *)sqlite3_column_text(st, 0);
		if (line != NULL && strcmp(line, "ok") != 0) {
			gp_buf_puts(&b, line);
			gp_buf_putc(&b, '\n');
		}
	}
	*problems = b.p;
	return gp_sql_end(status);
}

enum gp_status
gp_store_meta_get(const void *ctx, struct gp_store *s, const char *name, char **value, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT value FROM meta WHERE name = ?1",
	    GP_ARGS(GP_TEXT(name)), err);

	if (status != GP_OK)
		return status;
	status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "%s: the database holds no \"%s\"", s->path,
		    name);
	if (status != GP_OK)
		return status;
	*value = gp_sql_blob(ctx, st, 0, n);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_store_meta_set(struct gp_store *s, const char *name, const char *value, size_t n,
    struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO meta(name, value) VALUES(?1, ?2) "
	    "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
	    GP_ARGS(GP_TEXT(name), GP_BLOB(value, n)), err);
}

static int64_t
file_size(const char *path, const char *suffix)
{
	char *name = gp_asprintf(NULL, "%s%s", path, suffix);
	struct stat st;
	int64_t size = stat(name, &st) == 0 ? st.st_size : 0;

	talloc_free(name);
	return size;
}

enum gp_status
gp_store_stats(struct gp_store *s, struct gp_store_stats *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, "SELECT count(*), coalesce(sum(messages), 0), "
	    "coalesce(sum(threads), 0), (SELECT count(*) FROM member), "
	    "(SELECT count(*) FROM hold WHERE state = 0), "
	    "(SELECT count(*) FROM job WHERE left > 0), "
	    "(SELECT coalesce(sum(fresh), 0) FROM job WHERE fresh > 0), "
	    "(SELECT count(*) FROM retry), (SELECT count(*) FROM failure), "
	    "(SELECT count(*) FROM bounce WHERE state >= 2) FROM list",
	    GP_NOARGS, err);

	if (status != GP_OK)
		return status;
	out->lists = sqlite3_column_int64(st, 0);
	out->messages = sqlite3_column_int64(st, 1);
	out->threads = sqlite3_column_int64(st, 2);
	out->members = sqlite3_column_int64(st, 3);
	out->holds = sqlite3_column_int64(st, 4);
	out->jobs = sqlite3_column_int64(st, 5);
	out->waiting = sqlite3_column_int64(st, 6);
	out->deferred = sqlite3_column_int64(st, 7);
	out->failed = sqlite3_column_int64(st, 8);
	out->suspended = sqlite3_column_int64(st, 9);
	gp_sql_done(st);
	out->bytes = file_size(s->path, "");
	out->wal_bytes = file_size(s->path, "-wal");
	return GP_OK;
}
