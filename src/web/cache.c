/* SPDX-License-Identifier: ISC */
/*
 * Rendered pages that are kept: by target, the least used go first when the bytes are over
 * the limit. Bytes are counted references, because the HTTP library may still be sending
 * what is dropped here.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { BUCKETS = 1024, OVERHEAD = 1024 /* an entry without its body, about */ };

struct cache {
	struct gp_kept *bucket[BUCKETS];
	struct gp_kept *newest, *oldest;
	size_t used, max;
};

struct blob *
blob_new(const char *p, size_t n)
{
	struct blob *b = gp_alloc(NULL, sizeof(*b) + n + 1, "blob");

	b->refs = 1;
	b->n = n;
	memcpy(b->p, p, n);
	b->p[n] = '\0';
	return b;
}

struct blob *
blob_hold(struct blob *b)
{
	b->refs++;
	return b;
}

void
blob_drop(struct blob *b)
{
	if (b != NULL && --b->refs == 0)
		talloc_free(b);
}

struct cache *
cache_new(const void *ctx, size_t max)
{
	struct cache *c = gp_new(ctx, struct cache);

	c->max = max;
	return c;
}

/* FNV-1a. */
static uint32_t
hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static void
unlink_use(struct cache *c, struct gp_kept *k)
{
	*(k->newer != NULL ? &k->newer->older : &c->newest) = k->older;
	*(k->older != NULL ? &k->older->newer : &c->oldest) = k->newer;
}

static void
link_use(struct cache *c, struct gp_kept *k)
{
	k->newer = NULL;
	k->older = c->newest;
	if (c->newest != NULL)
		c->newest->newer = k;
	c->newest = k;
	if (c->oldest == NULL)
		c->oldest = k;
}

static int
kept_free(struct gp_kept *k)
{
	struct gp_kept **p = &k->cache->bucket[k->hash % BUCKETS];
	size_t i;

	while (*p != k)
		p = &(*p)->chain;
	*p = k->chain;
	unlink_use(k->cache, k);
	k->cache->used -= k->cost;
	for (i = 0; i < FORM_COUNT; i++) {
		if (k->native[i] != NULL)
			k->native_free(k->native[i]);
		blob_drop(k->form[i]);
	}
	return 0;
}

void
cache_remove(struct gp_kept *k)
{
	talloc_free(k);
}

struct gp_kept *
cache_find(struct cache *c, const char *target)
{
	uint32_t h = hash_of(target);
	struct gp_kept *k = c->bucket[h % BUCKETS];

	while (k != NULL && (k->hash != h || strcmp(k->target, target) != 0))
		k = k->chain;
	if (k != NULL && k != c->newest) {
		unlink_use(c, k);
		link_use(c, k);
	}
	return k;
}

static char *
copy(const void *ctx, const char *s)
{
	return s == NULL ? NULL : gp_strdup(ctx, s);
}

struct gp_kept *
cache_add(struct cache *c, const char *target, const struct gp_response *r, struct blob *gzip)
{
	size_t cost = OVERHEAD + strlen(target) + r->body.n + (gzip != NULL ? gzip->n : 0);
	struct gp_kept *k = cache_find(c, target);

	talloc_free(k);
	if (cost > GP_WEB_KEPT) {
		blob_drop(gzip);
		return NULL;
	}
	while (c->oldest != NULL && c->used + cost > c->max)
		talloc_free(c->oldest);
	k = gp_new(c, struct gp_kept);
	k->cache = c;
	k->target = gp_strdup(k, target);
	k->hash = hash_of(target);
	k->r = *r;
	k->r.body = (struct gp_str){"", 0};
	k->r.type = copy(k, r->type);
	k->r.etag = copy(k, r->etag);
	k->r.location = copy(k, r->location);
	k->r.disposition = copy(k, r->disposition);
	k->form[FORM_PLAIN] = blob_new(r->body.p, r->body.n);
	k->form[FORM_GZIP] = gzip;
	k->cost = cost;
	c->used += cost;
	k->chain = c->bucket[k->hash % BUCKETS];
	c->bucket[k->hash % BUCKETS] = k;
	link_use(c, k);
	talloc_set_destructor(k, kept_free);
	return k;
}
