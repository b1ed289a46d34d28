/* SPDX-License-Identifier: ISC */
/*
 * Compression of what is archived: zstd, each blob a frame by itself, with a
 * dictionary learnt from the site's own mail (a sixth smaller, no slower). A frame
 * names its dictionary; dictionaries are kept for ever, the newest one is used.
 * Here they are found; pack.c packs with them.
 */
#include "config.h"

#include "private.h"

#include <zstd.h>

struct dictionary {
	int64_t id;
	ZSTD_DDict *d;		/* made when it is first used */
	char *data;
	size_t n;
};

struct gp_zip {
	ZSTD_DCtx *d;
	struct gp_packer *packer;
	bool ready;		/* the packer uses the newest dictionary */
	struct dictionary *dicts;	/* that were used so far */
	size_t n;
};

static int
zip_destructor(struct gp_zip *z)
{
	gp_zip_forget_dictionaries(z);
	ZSTD_freeDCtx(z->d);
	return 0;
}

static struct gp_zip *
zip_of(struct gp_store *s)
{
	if (s->zip == NULL) {
		s->zip = gp_new(s, struct gp_zip);
		s->zip->d = ZSTD_createDCtx();
		if (s->zip->d == NULL)
			gp_oom();
		s->zip->packer = gp_packer_new(s->zip);
		talloc_set_destructor(s->zip, zip_destructor);
	}
	return s->zip;
}

void
gp_zip_forget_dictionaries(struct gp_zip *z)
{
	size_t i;

	if (z == NULL)
		return;
	for (i = 0; i < z->n; i++)
		ZSTD_freeDDict(z->dicts[i].d);
	talloc_free(z->dicts);
	z->dicts = NULL;
	z->n = 0;
	z->ready = false;
}

/* The dictionary of that id, loaded once. */
static enum gp_status
find_dictionary(struct gp_store *s, int64_t id, struct dictionary **out, struct gp_err *err)
{
	struct gp_zip *z = zip_of(s);
	struct dictionary *d;
	sqlite3_stmt *st;
	enum gp_status status;
	size_t i;

	for (i = 0; i < z->n; i++)
		if (z->dicts[i].id == id) {
			*out = &z->dicts[i];
			return GP_OK;
		}
	status = gp_sql_open(s, &st, "SELECT data FROM dictionary WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_DB, "%s: a compression dictionary is missing", s->path);
	if (status != GP_OK)
		return status;
	z->dicts = gp_store_grow(z, z->dicts, z->n, sizeof(*z->dicts));
	d = &z->dicts[z->n++];
	memset(d, 0, sizeof(*d));
	d->id = id;
	d->data = gp_sql_blob(z->dicts, st, 0, &d->n);
	gp_sql_done(st);
	*out = d;
	return GP_OK;
}

enum gp_status
gp_zip_packer(struct gp_store *s, struct gp_packer **out, struct gp_err *err)
{
	struct gp_zip *z = zip_of(s);
	struct gp_str newest;
	enum gp_status status = GP_OK;

	if (!z->ready) {
		status = gp_archive_dictionary(NULL, s, &newest, err);
		if (status == GP_OK) {
			gp_packer_use(z->packer, newest);
			talloc_free((void *)(uintptr_t)newest.p);
		}
		z->ready = status == GP_OK;
	}
	*out = z->packer;
	return status;
}

enum gp_status
gp_zip_unpack(const void *ctx, struct gp_store *s, const void *p, size_t n, char **out,
    size_t *out_n, struct gp_err *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);
	struct gp_zip *z = zip_of(s);
	struct dictionary *d = NULL;
	enum gp_status status = GP_OK;
	unsigned id = ZSTD_getDictID_fromFrame(p, n);
	size_t got;
	char *text;

	if (size > GP_MAX_FRAME)	/* also what is no frame at all */
		return gp_fail(err, GP_E_DB, "%s: an archived message is damaged", s->path);
	if (id != 0)
		status = find_dictionary(s, id, &d, err);
	if (status != GP_OK)
		return status;
	if (d != NULL && d->d == NULL)
		d->d = ZSTD_createDDict(d->data, d->n);
	text = talloc_size(ctx, size + 1);
	if (text == NULL)
		gp_oom();
	got = d == NULL ? ZSTD_decompressDCtx(z->d, text, size, p, n) :
	    ZSTD_decompress_usingDDict(z->d, text, size, p, n, d->d);
	if (ZSTD_isError(got) || got != size) {
		talloc_free(text);
		return gp_fail(err, GP_E_DB, "%s: an archived message is damaged", s->path);
	}
	text[size] = '\0';
	*out = text;
	*out_n = size;
	return GP_OK;
}

/* ---- learning ------------------------------------------------------------------------ */

enum gp_status
gp_archive_dictionary(const void *ctx, struct gp_store *s, struct gp_str *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT data FROM dictionary ORDER BY id DESC LIMIT 1", GP_NOARGS, err);

	*out = (struct gp_str){NULL, 0};
	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK)
		return gp_sql_end(status);
	out->p = gp_sql_blob(ctx, st, 0, &out->n);
	gp_sql_done(st);
	return GP_OK;
}

enum gp_status
gp_archive_learnt(struct gp_store *s, struct gp_str dictionary, struct gp_err *err)
{
	enum gp_status status = GP_OK;

	if (dictionary.n > 0)
		status = gp_sql_run(s, "INSERT INTO dictionary(id, created, data) "
		    "SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM dictionary)",
		    GP_ARGS(GP_INT(GP_FIRST_DICTIONARY), GP_INT(gp_now()),
		    GP_BLOB(dictionary.p, dictionary.n)), err);
	gp_zip_forget_dictionaries(s->zip);
	return status;
}

enum gp_status
gp_archive_learn(struct gp_store *s, const struct gp_str *samples, size_t n, struct gp_err *err)
{
	struct gp_str known, learnt;
	enum gp_status status = gp_archive_dictionary(NULL, s, &known, err);

	if (status == GP_OK && known.n == 0) {
		learnt = gp_packer_learn(NULL, samples, n);
		status = gp_archive_learnt(s, learnt, err);
		talloc_free((void *)(uintptr_t)learnt.p);
	}
	talloc_free((void *)(uintptr_t)known.p);
	return status;
}
