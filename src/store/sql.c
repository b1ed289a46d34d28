/* SPDX-License-Identifier: ISC */
/*
 * Statements: prepared once for each handle and kept, found by the address of
 * their literal; typed arguments; SQLite's result codes as our status values.
 * Every statement is reset on every path, so that none keeps a snapshot open.
 */
#include "config.h"

#include "private.h"

#include <errno.h>

static enum gp_status
status_of(struct gp_store *s, int rc)
{
	int e;

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return GP_E_FULL;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		e = s == NULL || s->db == NULL ? 0 : sqlite3_system_errno(s->db);
		return e == ENOSPC || e == EDQUOT ? GP_E_FULL : GP_E_IO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return GP_E_BUSY;
	default:
		return GP_E_DB;
	}
}

enum gp_status
gp_sql_fail(struct gp_store *s, int rc, const char *what, struct gp_err *err)
{
	enum gp_status status = status_of(s, rc);

	if ((rc & 0xff) == SQLITE_NOMEM)
		gp_oom();
	return gp_fail(err, status, "%s: %s: %s", s->path, what,
	    s->db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(s->db));
}

enum gp_status
gp_sql_script(struct gp_store *s, const char *sql, struct gp_err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? GP_OK : gp_sql_fail(s, rc, "the database refused", err);
}

static enum gp_status
prepared(struct gp_store *s, const char *sql, sqlite3_stmt **st, struct gp_err *err)
{
	size_t i = ((uintptr_t)sql >> 3) % GP_STORE_STATEMENTS, tries;
	int rc;

	for (tries = 0; tries < GP_STORE_STATEMENTS; tries++) {
		if (s->statements[i].sql == sql) {
			*st = s->statements[i].st;
			if (sqlite3_stmt_busy(*st))
				gp_bug("statement started twice: %s", sql);
			return GP_OK;
		}
		if (s->statements[i].sql == NULL)
			break;
		i = (i + 1) % GP_STORE_STATEMENTS;
	}
	if (s->statements[i].sql != NULL)
		gp_bug("too many statements");
	rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't prepare a statement", err);
	s->statements[i].sql = sql;
	s->statements[i].st = *st;
	return GP_OK;
}

static int
bind(sqlite3_stmt *st, const struct gp_arg *args)
{
	int rc = SQLITE_OK, i;

	for (i = 1; args->kind != 0 && rc == SQLITE_OK; i++, args++) {
		if (args->kind == 'i')
			rc = sqlite3_bind_int64(st, i, args->i);
		else if (args->p == NULL)
			rc = sqlite3_bind_null(st, i);
		else if (args->kind == 't')
			rc = sqlite3_bind_text(st, i, args->p, -1, SQLITE_STATIC);
		else
			rc = sqlite3_bind_blob64(st, i, args->p, args->n, SQLITE_STATIC);
	}
	return rc;
}

enum gp_status
gp_sql_open(struct gp_store *s, sqlite3_stmt **st, const char *sql, const struct gp_arg *args,
    struct gp_err *err)
{
	enum gp_status status = prepared(s, sql, st, err);
	int rc;

	if (status != GP_OK)
		return status;
	rc = bind(*st, args);
	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't bind a value", err);
	return GP_OK;
}

enum gp_status
gp_sql_next(struct gp_store *s, sqlite3_stmt *st, struct gp_err *err)
{
	int rc = sqlite3_step(st);
	enum gp_status status;

	if (rc == SQLITE_ROW)
		return GP_OK;
	status = rc == SQLITE_DONE ? GP_E_NOTFOUND :
	    gp_sql_fail(s, rc, "the database failed", err);
	sqlite3_reset(st);
	return status;
}

void
gp_sql_done(sqlite3_stmt *st)
{
	sqlite3_reset(st);
}

enum gp_status
gp_sql_run(struct gp_store *s, const char *sql, const struct gp_arg *args, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, sql, args, err);

	if (status != GP_OK)
		return status;
	status = gp_sql_next(s, st, err);
	if (status == GP_OK)
		gp_sql_done(st);
	return gp_sql_end(status);
}

enum gp_status
gp_sql_first(struct gp_store *s, sqlite3_stmt **st, const char *sql, const struct gp_arg *args, struct gp_err *err)
{
	enum gp_status status = gp_sql_open(s, st, sql, args, err);

	return status == GP_OK ? gp_sql_next(s, *st, err) : status;
}

enum gp_status
gp_sql_ints(struct gp_store *s, int64_t *out, int64_t *second, const char *sql,
    const struct gp_arg *args, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, sql, args, err);

	if (status != GP_OK)
		return status;
	*out = sqlite3_column_int64(st, 0);
	if (second != NULL)
		*second = sqlite3_column_int64(st, 1);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_sql_int(struct gp_store *s, int64_t *out, const char *sql, const struct gp_arg *args,
    struct gp_err *err)
{
	return gp_sql_ints(s, out, NULL, sql, args, err);
}

char *
gp_sql_text_null(const void *ctx, sqlite3_stmt *st, int col)
{
	const char *p = (const char *)sqlite3_column_text(st, col);

	return p == NULL ? NULL : gp_memdup(ctx, p, (size_t)sqlite3_column_bytes(st, col));
}

char *
gp_sql_text(const void *ctx, sqlite3_stmt *st, int col)
{
	char *p = gp_sql_text_null(ctx, st, col);

	return p == NULL ? gp_strdup(ctx, "") : p;
}

char *
gp_sql_blob(const void *ctx, sqlite3_stmt *st, int col, size_t *n)
{
	const void *p = sqlite3_column_blob(st, col);

	*n = (size_t)sqlite3_column_bytes(st, col);
	return gp_memdup(ctx, p == NULL ? "" : p, *n);
}

enum gp_status
gp_sql_string(const void *ctx, struct gp_store *s, char **out, const char *sql, const struct gp_arg *args,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_first(s, &st, sql, args, err);

	if (status != GP_OK)
		return status;
	*out = gp_sql_text(ctx, st, 0);
	gp_sql_done(st);
	return GP_OK;
}

void *
gp_store_grow(const void *ctx, void *v, size_t n, size_t size)
{
	/* Room is 8, 16, 32 ...: it is used up when n is one of these. */
	if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) {
		v = talloc_realloc_size(ctx, v, (n == 0 ? 8 : 2 * n) * size);
		if (v == NULL)
			gp_oom();
	}
	return v;
}

enum gp_status
gp_sql_rows(const void *ctx, struct gp_store *s, sqlite3_stmt *st, gp_row_fn *read, void *out,
    size_t *n, struct gp_err *err)
{
	void **v = NULL;
	enum gp_status status;
	size_t count = 0;

	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		v = gp_store_grow(ctx, v, count, sizeof(*v));
		v[count] = read(v, st);
		count++;
	}
	if (status != GP_E_NOTFOUND) {
		talloc_free(v);
		return status;
	}
	memcpy(out, &v, sizeof(v));
	*n = count;
	return GP_OK;
}

enum gp_status
gp_sql_row(const void *ctx, struct gp_store *s, sqlite3_stmt *st, gp_row_fn *read, void *out,
    struct gp_err *err)
{
	enum gp_status status = gp_sql_next(s, st, err);
	void *record;

	if (status != GP_OK)
		return status;
	record = read(ctx, st);
	memcpy(out, &record, sizeof(record));
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_sql_end(enum gp_status status)
{
	return status == GP_E_NOTFOUND ? GP_OK : status;
}

int64_t
gp_store_hash(int64_t seed, const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = (uint64_t)seed ^ (n * UINT64_C(0x9e3779b97f4a7c15)), w;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&w, b, 8);
		h = (h ^ w) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, b, n);
	h = (h ^ w) * UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 29;
	return (int64_t)(h == 0 ? 1 : h);
}

enum gp_status
gp_sql_numbers(const void *ctx, struct gp_store *s, sqlite3_stmt *st, int64_t **out, size_t *n,
    struct gp_err *err)
{
	enum gp_status status;

	*out = NULL;
	*n = 0;
	while ((status = gp_sql_next(s, st, err)) == GP_OK) {
		*out = gp_store_grow(ctx, *out, *n, sizeof(**out));
		(*out)[(*n)++] = sqlite3_column_int64(st, 0);
	}
	return gp_sql_end(status);
}
