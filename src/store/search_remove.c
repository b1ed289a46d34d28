/* SPDX-License-Identifier: ISC */
/*
 * Taking words out of the search so that nothing of them is left in the file. Nobody
 * keeps the texts that an entry was made of, but to take it out FTS5 wants them: so the
 * words are read out of the index itself, in order. All that is to go is looked for in
 * one walk over the index, and a last one overwrites what the older segments hold.
 */
#include "config.h"

#include "search.h"

#include <stdlib.h>

enum { BATCH = 5000 };		/* messages whose words are in memory at once */

struct words {
	int64_t row;
	int64_t id;		/* the message that it is the entry of, 0: one passed over */
	bool anew;		/* what goes in again is what is derived now */
	struct gp_buf fields[GP_SEARCH_FIELDS];
};

struct batch {
	struct words *v;
	size_t n;
};

static int
by_row(const void *a, const void *b)
{
	const struct words *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* All entries that a message ever had. */
static enum gp_status
add_entries(struct gp_store *s, struct batch *b, const struct gp_search_change *c,
    struct gp_err *err)
{
	int64_t entry = -1, hash, i, id = c->id;
	enum gp_status status = gp_sql_end(gp_search_entry(s, id, &entry, &hash, err));
	size_t k;

	for (i = 0; status == GP_OK && i <= entry; i++) {
		b->v = gp_store_grow(b, b->v, b->n, sizeof(*b->v));
		b->v[b->n].row = id + i * GP_SEARCH_GENERATION;
		b->v[b->n].id = i == entry ? id : 0;
		b->v[b->n].anew = c->anew;
		for (k = 0; k < GP_SEARCH_FIELDS; k++)
			gp_buf_init(&b->v[b->n].fields[k], b, 4 * GP_MAX_TEXT);
		b->n++;
	}
	return status;
}

static char *
rows_json(const struct batch *b)
{
	struct gp_buf *out = gp_buf_new(b, 32 * (b->n + 1));
	size_t i;

	gp_buf_putc(out, '[');
	for (i = 0; i < b->n; i++)
		gp_buf_printf(out, "%s%lld", i > 0 ? "," : "", (long long)b->v[i].row);
	gp_buf_putc(out, ']');
	return out->p;
}

/* The words of all entries as they stand in the index, in order, for each column. */
static enum gp_status
read_words(struct gp_store *s, struct batch *b, struct gp_err *err)
{
	static const char *const names[GP_SEARCH_FIELDS] = {"subject", "author", "own", "quoted",
	    "files"};
	struct words key, *w;
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_script(s, "CREATE VIRTUAL TABLE IF NOT EXISTS "
	    "temp.search_words USING fts5vocab(main, search, instance)", err);
	const char *col;
	size_t i;

	if (status == GP_OK)
		status = gp_sql_open(s, &st, "SELECT doc, term, col FROM temp.search_words WHERE "
		    "doc IN (SELECT value FROM json_each(?1)) ORDER BY doc, col, offset",
		    GP_ARGS(GP_TEXT(rows_json(b))), err);
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		key.row = sqlite3_column_int64(st, 0);
		w = bsearch(&key, b->v, b->n, sizeof(key), by_row);
		if (w == NULL)
			continue;
		col = (const char *)sqlite3_column_text(st, 2);
		for (i = 0; i < GP_SEARCH_FIELDS - 1 && strcmp(col, names[i]) != 0; i++)
			;
		gp_buf_puts(&w->fields[i], (const char *)sqlite3_column_text(st, 1));
		gp_buf_putc(&w->fields[i], ' ');
	}
	return gp_sql_end(status);
}

/* The hash tells the next rebuild whether these are other texts. */
static enum gp_status
set_hash(struct gp_store *s, int64_t id, int64_t hash, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE node SET entry_hash = ?2 WHERE id = ?1",
	    GP_ARGS(GP_INT(id), GP_INT(hash)), err);
}

/* The entry as it is derived now. */
static enum gp_status
write_anew(struct gp_store *s, const struct words *w, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	const char *fields[GP_SEARCH_FIELDS];
	const struct gp_mail *shown = NULL;
	struct gp_mail m;
	enum gp_status status = gp_body_mail(tmp, s, w->id, &m, NULL, NULL, err);

	if (status == GP_OK) {
		gp_derive_words(tmp, &m);
		m.files = gp_mail_file_names(tmp, &m);
		status = gp_search_veiled(tmp, s, w->id, &m, &shown, err);
	}
	if (status == GP_OK) {
		gp_search_fields(tmp, shown, fields);
		status = gp_search_write(s, false, w->row, fields, err);
	}
	if (status == GP_OK)
		status = set_hash(s, w->id, gp_search_hash(shown), err);
	talloc_free(tmp);
	return status;
}

/* In again: the words that were there, but for the author's; their hash is not known. */
static enum gp_status
write_nameless(struct gp_store *s, const struct words *w, const char **fields, struct gp_err *err)
{
	enum gp_status status;

	fields[1] = "";
	status = gp_search_write(s, false, w->row, fields, err);
	return status == GP_OK ? set_hash(s, w->id, 0, err) : status;
}

/* Out with the entries; `keep`: and in again, with what they are to have. */
static enum gp_status
rewrite(struct gp_store *s, const struct batch *b, bool keep, struct gp_err *err)
{
	const char *fields[GP_SEARCH_FIELDS];
	enum gp_status status = GP_OK;
	size_t i, k;

	for (i = 0; status == GP_OK && i < b->n; i++) {
		for (k = 0; k < GP_SEARCH_FIELDS; k++)
			fields[k] = b->v[i].fields[k].p;
		status = gp_search_write(s, true, b->v[i].row, fields, err);
		if (status == GP_OK && keep && b->v[i].id != 0)
			status = b->v[i].anew ? write_anew(s, &b->v[i], err) :
			    write_nameless(s, &b->v[i], fields, err);
	}
	return status;
}

static enum gp_status
do_batch(struct gp_store *s, const struct gp_search_change *v, size_t n, bool keep,
    struct gp_err *err)
{
	struct batch *b = gp_new(NULL, struct batch);
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; status == GP_OK && i < n; i++)
		status = add_entries(s, b, &v[i], err);
	if (status == GP_OK && b->n > 0) {
		qsort(b->v, b->n, sizeof(*b->v), by_row);
		status = read_words(s, b, err);
		if (status == GP_OK)
			status = rewrite(s, b, keep, err);
	}
	talloc_free(b);
	return status;
}

static enum gp_status
remove_all(struct gp_store *s, const struct gp_search_change *v, size_t n, bool keep,
    struct gp_err *err)
{
	enum gp_status status = gp_search_flush(s, err);
	size_t at, size;

	for (at = 0; status == GP_OK && at < n; at += size) {
		size = n - at < BATCH ? n - at : BATCH;
		status = do_batch(s, v + at, size, keep, err);
	}
	/* The words stay in older segments until these are merged. */
	return status != GP_OK ? status : gp_sql_run(s,
	    "INSERT INTO search(search) VALUES('optimize')", GP_NOARGS, err);
}

enum gp_status
gp_search_remove(struct gp_store *s, int64_t id, struct gp_err *err)
{
	struct gp_search_change one = {id, false};
	enum gp_status status = remove_all(s, &one, 1, false, err);

	return status != GP_OK ? status : gp_sql_run(s, "UPDATE node SET entry = NULL, "
	    "entry_hash = NULL WHERE id = ?1", GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_search_change(struct gp_store *s, const struct gp_search_change *v, size_t n,
    struct gp_err *err)
{
	return remove_all(s, v, n, true, err);
}
