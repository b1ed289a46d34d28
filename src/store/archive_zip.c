/* SPDX-License-Identifier: ISC */
/*
 * Compression of what is archived: zstd, each blob a frame by itself, with a
 * dictionary learnt from the site's own mail (a sixth smaller, no slower). A frame
 * names its dictionary; dictionaries are kept for ever, the newest one is used.
 */
#include "config.h"

#include "private.h"

#define ZDICT_STATIC_LINKING_ONLY	/* fastCover: a third of the time */
#include <zdict.h>
#include <zstd.h>

enum {
	LEVEL = 1,		/* 2 and 3 save 3 and 6 percent and cost half as much again */
	DICTIONARY_BYTES = 64 << 10,
	SAMPLE_BYTES = 8 << 10,	/* of a message: its header and how it begins */
	SAMPLES_MIN = 100,
	FIRST_DICTIONARY = 32768 /* lower ids belong to others (RFC 8878 section 5) */
};

struct dictionary {
	int64_t id;
	ZSTD_CDict *c;		/* made when it is first used for this */
	ZSTD_DDict *d;
	char *data;
	size_t n;
};

struct gp_zip {
	ZSTD_CCtx *c;
	ZSTD_DCtx *d;
	struct dictionary *dicts;	/* that were used so far */
	size_t n;
	bool looked;		/* `current` is known */
	int64_t current;	/* id of the newest, 0: none */
	struct gp_buf out[2];
};

static int
zip_destructor(struct gp_zip *z)
{
	gp_zip_forget_dictionaries(z);
	ZSTD_freeCCtx(z->c);
	ZSTD_freeDCtx(z->d);
	return 0;
}

static struct gp_zip *
zip_of(struct gp_store *s)
{
	if (s->zip == NULL) {
		s->zip = gp_new(s, struct gp_zip);
		s->zip->c = ZSTD_createCCtx();
		s->zip->d = ZSTD_createDCtx();
		if (s->zip->c == NULL || s->zip->d == NULL)
			gp_oom();
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
	for (i = 0; i < z->n; i++) {
		ZSTD_freeCDict(z->dicts[i].c);
		ZSTD_freeDDict(z->dicts[i].d);
	}
	talloc_free(z->dicts);
	z->dicts = NULL;
	z->n = 0;
	z->looked = false;
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

static enum gp_status
current_dictionary(struct gp_store *s, struct dictionary **out, struct gp_err *err)
{
	struct gp_zip *z = zip_of(s);
	enum gp_status status = GP_OK;

	if (!z->looked) {
		status = gp_sql_int(s, &z->current, "SELECT coalesce(max(id), 0) FROM dictionary",
		    GP_NOARGS, err);
		z->looked = status == GP_OK;
	}
	*out = NULL;
	if (status == GP_OK && z->current != 0)
		status = find_dictionary(s, z->current, out, err);
	return status;
}

enum gp_status
gp_zip_pack(struct gp_store *s, int slot, const char *p, size_t n, struct gp_str *out,
    struct gp_err *err)
{
	struct gp_zip *z = zip_of(s);
	struct gp_buf *b = &z->out[slot];
	struct dictionary *d;
	enum gp_status status = current_dictionary(s, &d, err);
	size_t got;

	if (status != GP_OK)
		return status;
	if (b->p == NULL)
		gp_buf_init(b, z, ZSTD_compressBound(GP_MAX_FRAME));
	gp_buf_reset(b);
	if (gp_buf_reserve(b, ZSTD_compressBound(n)) == NULL)
		return gp_fail(err, GP_E_TOOBIG, "the message is too big to be archived");
	if (d != NULL && d->c == NULL)
		d->c = ZSTD_createCDict(d->data, d->n, LEVEL);
	got = d == NULL ? ZSTD_compressCCtx(z->c, b->p, b->cap, p, n, LEVEL) :
	    ZSTD_compress_usingCDict(z->c, b->p, b->cap, p, n, d->c);
	if (ZSTD_isError(got))
		return gp_fail(err, GP_E_BUG, "can't compress: %s", ZSTD_getErrorName(got));
	*out = (struct gp_str){b->p, got};
	return GP_OK;
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

/* ---- learning --------------------------------------------------------------------- */

static size_t
train(const struct gp_str *samples, size_t n, int64_t id, char *to)
{
	ZDICT_fastCover_params_t params = {.k = 200, .d = 8, .f = 20, .accel = 1, .splitPoint = 1,
	    .nbThreads = 1, .zParams = {.compressionLevel = LEVEL, .dictID = (unsigned)id}};
	struct gp_buf all;
	size_t *sizes = gp_array(NULL, size_t, n), i, got;

	gp_buf_init(&all, sizes, n * SAMPLE_BYTES);
	for (i = 0; i < n; i++) {
		sizes[i] = samples[i].n < SAMPLE_BYTES ? samples[i].n : SAMPLE_BYTES;
		gp_buf_add(&all, samples[i].p, sizes[i]);
	}
	got = ZDICT_trainFromBuffer_fastCover(to, DICTIONARY_BYTES, all.p, sizes, (unsigned)n,
	    params);
	talloc_free(sizes);
	return ZDICT_isError(got) ? 0 : got;
}

enum gp_status
gp_archive_learn(struct gp_store *s, const struct gp_str *samples, size_t n, struct gp_err *err)
{
	int64_t newest;
	enum gp_status status = gp_sql_int(s, &newest,
	    "SELECT coalesce(max(id), 0) FROM dictionary", GP_NOARGS, err);
	char *data;
	size_t got;

	/* Too few to learn from: later. */
	if (status != GP_OK || newest != 0 || n < SAMPLES_MIN)
		return status;
	data = gp_alloc(NULL, DICTIONARY_BYTES, "dictionary");
	got = train(samples, n, FIRST_DICTIONARY, data);
	if (got > 0)
		status = gp_sql_run(s, "INSERT INTO dictionary(id, created, data) "
		    "VALUES(?1, ?2, ?3)", GP_ARGS(GP_INT(FIRST_DICTIONARY), GP_INT(gp_now()),
		    GP_BLOB(data, got)), err);
	gp_zip_forget_dictionaries(s->zip);
	talloc_free(data);
	return status;
}
