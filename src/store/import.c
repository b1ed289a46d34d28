/* SPDX-License-Identifier: ISC */
/*
 * How far an import came in each of its sources, written in the same transaction as
 * the messages: a killed import goes on where the last commit left it. And settings
 * of the database for a bulk load.
 */
#include "config.h"

#include "private.h"

enum gp_status
gp_import_mark(struct gp_store *s, int64_t list, const char *source, int64_t offset, bool done,
    struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO import(list, source, offset, done) "
	    "VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET offset = excluded.offset, done = excluded.done",
	    GP_ARGS(GP_INT(list), GP_TEXT(source), GP_INT(offset), GP_INT(done)), err);
}

enum gp_status
gp_import_find(struct gp_store *s, int64_t list, const char *source, int64_t *offset, bool *done,
    struct gp_err *err)
{
	int64_t ended = 0;
	enum gp_status status = gp_sql_ints(s, offset, &ended,
	    "SELECT offset, done FROM import WHERE list = ?1 AND source = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(source)), err);

	if (status == GP_OK)
		*done = ended != 0;
	return status;
}

/* ---- bulk loads ------------------------------------------------------------------- */

/*
 * FTS5 keeps its settings in the file. Segments are merged a little with every commit
 * (automerge); a bulk load leaves that for later, which saves a third of its time. If it
 * is killed, the next to open the database for writing sets things right.
 */
static const char bulk_on[] = "INSERT INTO search(search, rank) VALUES('automerge', 0);"
    "INSERT INTO search(search, rank) VALUES('hashsize', 4194304);";
static const char bulk_off[] = "INSERT INTO search(search, rank) VALUES('automerge', 8);"
    "INSERT INTO search(search, rank) VALUES('hashsize', 1048576);";

static enum gp_status
set(struct gp_store *s, const char *settings, struct gp_err *err)
{
	bool own = !s->writing;
	enum gp_status status = own ? gp_store_begin(s, err) : GP_OK;

	if (status != GP_OK)
		return status;
	status = gp_sql_script(s, settings, err);
	if (!own)
		return status;
	if (status == GP_OK)
		return gp_store_commit(s, err);
	gp_store_rollback(s);
	return status;
}

enum gp_status
gp_archive_bulk_begin(struct gp_store *s, struct gp_err *err)
{
	enum gp_status status = set(s, bulk_on, err);

	s->bulk = status == GP_OK;
	return status;
}

enum gp_status
gp_archive_bulk_end(struct gp_store *s, struct gp_err *err)
{
	s->bulk = false;
	return set(s, bulk_off, err);
}

enum gp_status
gp_archive_bulk_mend(struct gp_store *s, struct gp_err *err)
{
	int64_t automerge = 8;
	enum gp_status status = gp_sql_int(s, &automerge,
	    "SELECT v FROM search_config WHERE k = 'automerge'", GP_NOARGS, err);

	status = gp_sql_end(status);
	return status == GP_OK && automerge == 0 ? set(s, bulk_off, err) : status;
}
