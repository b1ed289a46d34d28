/* SPDX-License-Identifier: ISC */
/*
 * What is kept of a message, packed: the wire form of what the parser derived, less what
 * the message's row and the search have, and behind it the message as it came; as one frame
 * of zstd (RFC 8878), since they say much the same. Needs no database, so that an import
 * can have it done by a process of its own; the database's own packer is in archive_zip.c.
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
	BUFFER_KEEP = 4 << 20	/* a larger buffer is given back behind its message */
};

struct gp_packer {
	ZSTD_CCtx *c;
	ZSTD_CDict *dict;	/* NULL: none */
	struct gp_buf plain, packed;
};

static int
packer_free(struct gp_packer *p)
{
	ZSTD_freeCDict(p->dict);
	ZSTD_freeCCtx(p->c);
	return 0;
}

struct gp_packer *
gp_packer_new(const void *ctx)
{
	struct gp_packer *p = gp_new(ctx, struct gp_packer);

	p->c = ZSTD_createCCtx();
	if (p->c == NULL)
		gp_oom();
	ZSTD_CCtx_setParameter(p->c, ZSTD_c_compressionLevel, LEVEL);
	talloc_set_destructor(p, packer_free);
	return p;
}

void
gp_packer_use(struct gp_packer *p, struct gp_str dictionary)
{
	ZSTD_CDict *old = p->dict;

	p->dict = NULL;
	if (dictionary.n > 0) {
		p->dict = ZSTD_createCDict(dictionary.p, dictionary.n, LEVEL);
		if (p->dict == NULL)
			gp_oom();
	}
	ZSTD_CCtx_refCDict(p->c, p->dict);
	ZSTD_freeCDict(old);
}

/* Empty, with room for n bytes; false: n is over what a frame may hold. */
static bool
make_room(const struct gp_packer *p, struct gp_buf *b, size_t n)
{
	if (b->cap > BUFFER_KEEP)
		TALLOC_FREE(b->p);
	if (b->p == NULL)
		gp_buf_init(b, p, ZSTD_compressBound(GP_MAX_FRAME));
	gp_buf_reset(b);
	return gp_buf_reserve(b, n) != NULL;
}

enum gp_status
gp_packer_bytes(struct gp_packer *p, const char *bytes, size_t n, struct gp_str *out,
    struct gp_err *err)
{
	struct gp_buf *b = &p->packed;
	size_t got;

	if (n > GP_MAX_FRAME || !make_room(p, b, ZSTD_compressBound(n)))
		return gp_fail(err, GP_E_TOOBIG, "the message is too big to be archived");
	got = ZSTD_compress2(p->c, b->p, b->cap, bytes, n);
	if (ZSTD_isError(got))
		return gp_fail(err, GP_E_BUG, "can't compress: %s", ZSTD_getErrorName(got));
	*out = (struct gp_str){b->p, got};
	return GP_OK;
}

enum gp_status
gp_packer_message(struct gp_packer *p, const struct gp_mail *m, const char *raw, size_t n,
    struct gp_str *out, struct gp_err *err)
{
	struct gp_mail kept = *m;
	struct gp_buf wire, *all = &p->plain;

	/* The row has the snippet; own and quoted words are for the search alone. */
	kept.snippet = NULL;
	kept.own = kept.quoted = NULL;
	kept.own_n = kept.quoted_n = 0;
	kept.files = NULL;
	gp_buf_init(&wire, NULL, GP_MAX_FRAME);
	gp_mail_pack(&wire, &kept);
	if (wire.over || !make_room(p, all, wire.len + n + 16)) {
		talloc_free(wire.p);
		return gp_fail(err, GP_E_TOOBIG, "the message is too big to be archived");
	}
	gp_pack_str(all, wire.p, wire.len);
	gp_buf_add(all, raw, n);
	talloc_free(wire.p);
	return gp_packer_bytes(p, all->p, all->len, out, err);
}

struct gp_str
gp_packer_learn(const void *ctx, const struct gp_str *samples, size_t n)
{
	ZDICT_fastCover_params_t params = {.k = 200, .d = 8, .f = 20, .accel = 1, .splitPoint = 1,
	    .nbThreads = 1, .zParams = {.compressionLevel = LEVEL, .dictID = GP_FIRST_DICTIONARY}};
	struct gp_buf all;
	size_t *sizes, i, got;
	char *to;

	if (n < SAMPLES_MIN)
		return (struct gp_str){NULL, 0};
	sizes = gp_array(NULL, size_t, n);
	gp_buf_init(&all, sizes, n * SAMPLE_BYTES);
	for (i = 0; i < n; i++) {
		sizes[i] = samples[i].n < SAMPLE_BYTES ? samples[i].n : SAMPLE_BYTES;
		gp_buf_add(&all, samples[i].p, sizes[i]);
	}
	to = gp_alloc(ctx, DICTIONARY_BYTES, "dictionary");
	got = ZDICT_trainFromBuffer_fastCover(to, DICTIONARY_BYTES, all.p, sizes, (unsigned)n,
	    params);
	talloc_free(sizes);
	return (struct gp_str){to, ZDICT_isError(got) ? 0 : got};
}
