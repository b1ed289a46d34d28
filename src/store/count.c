/* SPDX-License-Identifier: ISC */
/*
 * How often something happened within a span of time: answers to an address, requests
 * from one. A span begins with its first; the next begins when it is over. Where a key
 * is of a person, it is the folded address, so that it can be erased with the person.
 */
#include "config.h"

#include "private.h"

enum gp_status
gp_count_add(struct gp_store *s, const char *kind, const char *key, int64_t now, int64_t span,
    int64_t *n, struct gp_err *err)
{
	/* A span that begins in the future was begun by a clock that went wrong. */
	return gp_sql_int(s, n, "INSERT INTO count(kind, key, start, n) VALUES(?1, ?2, ?3, 1) "
	    "ON CONFLICT DO UPDATE SET "
	    "n = CASE WHEN start <= ?3 AND start > ?3 - ?4 THEN n + 1 ELSE 1 END, "
	    "start = CASE WHEN start <= ?3 AND start > ?3 - ?4 THEN start ELSE ?3 END "
	    "RETURNING n", GP_ARGS(GP_TEXT(kind), GP_TEXT(key), GP_INT(now), GP_INT(span)), err);
}

enum gp_status
gp_count_get(struct gp_store *s, const char *kind, const char *key, int64_t now, int64_t span,
    int64_t *n, struct gp_err *err)
{
	*n = 0;
	return gp_sql_end(gp_sql_int(s, n, "SELECT n FROM count WHERE kind = ?1 AND key = ?2 AND "
	    "start <= ?3 AND start > ?3 - ?4", GP_ARGS(GP_TEXT(kind), GP_TEXT(key), GP_INT(now),
	    GP_INT(span)), err));
}

enum gp_status
gp_count_forget(struct gp_store *s, int64_t before, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM count WHERE start < ?1", GP_ARGS(GP_INT(before)), err);
}
