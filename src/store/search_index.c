/* SPDX-License-Identifier: ISC */
/*
 * The search's entries. The FTS5 table is contentless: to take an entry out, the
 * very texts that went in are needed, and nobody keeps them. So when a message is
 * derived anew, a hash tells whether its texts changed; if so, the new entry gets a
 * row of its own and the old one is passed over, since the message names its entry.
 * A removal, which must leave nothing behind, is another matter: see search_remove.c.
 *
 * FTS5 writes a segment at every savepoint, its own and those that SQLite sets around
 * single statements. So entries wait until the commit, when nothing else comes between.
 */
#include "config.h"

#include "search.h"
#include "veil.h"

enum {
	PENDING_MAX = 16 << 20	/* bytes of text that wait at most */
};

struct entry {
	int64_t row;
	char *fields[GP_SEARCH_FIELDS];
};

struct gp_pending {
	struct entry *v;
	size_t n;
	size_t kept;		/* entries from before the mark */
	size_t bytes;
};

/* The columns of search: subject, author, own, quoted, files. */
void
gp_search_fields(const void *ctx, const struct gp_mail *m, const char *fields[GP_SEARCH_FIELDS])
{
	fields[0] = m->subject == NULL ? "" : m->subject;
	fields[1] = gp_asprintf(ctx, "%s %s", m->from_name == NULL ? "" : m->from_name,
	    m->from_addr == NULL ? "" : m->from_addr);
	fields[2] = m->own != NULL ? m->own : "";
	fields[3] = m->quoted != NULL ? m->quoted : "";
	fields[4] = m->files != NULL ? m->files : "";
	/* Nobody has parted the words: all are the author's. */
	if (m->own == NULL && m->quoted == NULL && m->text != NULL)
		fields[2] = m->text;
}

int64_t
gp_search_hash(const struct gp_mail *m)
{
	void *tmp = gp_ctx(NULL);
	const char *fields[GP_SEARCH_FIELDS];
	int64_t h = 1;
	size_t i;

	gp_search_fields(tmp, m, fields);
	for (i = 0; i < GP_SEARCH_FIELDS; i++)
		h = gp_store_hash(h, fields[i], strlen(fields[i]));
	talloc_free(tmp);
	return h;
}

enum gp_status
gp_search_write(struct gp_store *s, bool remove, int64_t row, const char *const *f,
    struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(row), GP_TEXT(f[0]), GP_TEXT(f[1]),
	    GP_TEXT(f[2]), GP_TEXT(f[3]), GP_TEXT(f[4]));

	return remove ? gp_sql_run(s, "INSERT INTO search(search, rowid, subject, author, own, "
	    "quoted, files) VALUES('delete', ?1, ?2, ?3, ?4, ?5, ?6)", args, err) :
	    gp_sql_run(s, "INSERT INTO search(rowid, subject, author, own, quoted, files) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6)", args, err);
}

static void
put_off(struct gp_store *s, int64_t row, const char *const *fields)
{
	struct gp_pending *p = s->pending;
	struct entry *e;
	size_t i;

	if (p == NULL)
		p = s->pending = gp_new(s, struct gp_pending);
	p->v = gp_store_grow(p, p->v, p->n, sizeof(*p->v));
	e = &p->v[p->n++];
	e->row = row;
	for (i = 0; i < GP_SEARCH_FIELDS; i++) {
		e->fields[i] = gp_strdup(p, fields[i]);
		p->bytes += strlen(fields[i]);
	}
}

static enum gp_status
put(struct gp_store *s, int64_t row, const struct gp_mail *m, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	const char *fields[GP_SEARCH_FIELDS];

	gp_search_fields(tmp, m, fields);
	put_off(s, row, fields);
	talloc_free(tmp);
	return !s->marked && s->pending->bytes > PENDING_MAX ? gp_search_flush(s, err) : GP_OK;
}

enum gp_status
gp_search_veiled(const void *ctx, struct gp_store *s, int64_t id, const struct gp_mail *m,
    const struct gp_mail **out, struct gp_err *err)
{
	struct gp_mail *without;
	struct gp_veil_names *names;
	int64_t thread = 0, unnamed = 0;
	enum gp_status status = gp_sql_ints(s, &thread, &unnamed, "SELECT t.id, t.unnamed FROM node n "
	    "JOIN thread t ON t.id = n.thread WHERE n.id = ?1", GP_ARGS(GP_INT(id)), err);

	*out = m;
	if (status != GP_OK || !unnamed)
		return gp_sql_end(status);
	status = gp_veil_names(ctx, s, thread, &names, err);
	if (status != GP_OK)
		return status;
	without = gp_memdup(ctx, m, sizeof(*m));
	gp_veil_mail(ctx, names, "", without);
	*out = without;
	return GP_OK;
}

enum gp_status
gp_search_add(struct gp_store *s, int64_t id, const struct gp_mail *m, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	const struct gp_mail *shown;
	enum gp_status status = gp_search_veiled(tmp, s, id, m, &shown, err);

	if (status == GP_OK)
		status = put(s, id, shown, err);
	if (status == GP_OK && shown != m)
		status = gp_sql_run(s, "UPDATE node SET entry_hash = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(id), GP_INT(gp_search_hash(shown))), err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_search_flush(struct gp_store *s, struct gp_err *err)
{
	struct gp_pending *p = s->pending;
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; p != NULL && i < p->n && status == GP_OK; i++)
		status = gp_search_write(s, false, p->v[i].row,
		    (const char *const *)p->v[i].fields, err);
	gp_search_drop(s);
	return status;
}

void
gp_search_drop(struct gp_store *s)
{
	talloc_free(s->pending);
	s->pending = NULL;
}

void
gp_search_mark(struct gp_store *s)
{
	if (s->pending != NULL)
		s->pending->kept = s->pending->n;
}

void
gp_search_undo(struct gp_store *s)
{
	if (s->pending != NULL)
		s->pending->n = s->pending->kept;
}

/* ---- changing --------------------------------------------------------------------- */

enum gp_status
gp_search_entry(struct gp_store *s, int64_t id, int64_t *entry, int64_t *hash, struct gp_err *err)
{
	return gp_sql_ints(s, entry, hash, "SELECT coalesce(entry, -1), coalesce(entry_hash, 0) "
	    "FROM node WHERE id = ?1", GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_search_replace(struct gp_store *s, int64_t id, const struct gp_mail *m, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	const struct gp_mail *shown;
	int64_t entry = 0, hash = 0, now = 0;
	enum gp_status status = gp_search_veiled(tmp, s, id, m, &shown, err);

	if (status == GP_OK) {
		now = gp_search_hash(shown);
		status = gp_search_entry(s, id, &entry, &hash, err);
	}
	if (status == GP_OK && (entry < 0 || hash != now)) {
		entry++;
		status = put(s, id + entry * GP_SEARCH_GENERATION, shown, err);
		if (status == GP_OK)
			status = gp_sql_run(s, "UPDATE node SET entry = ?2, entry_hash = ?3 WHERE id = ?1",
			    GP_ARGS(GP_INT(id), GP_INT(entry), GP_INT(now)), err);
	}
	talloc_free(tmp);
	return status;
}
