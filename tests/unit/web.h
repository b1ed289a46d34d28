/* SPDX-License-Identifier: ISC */
/* For the tests of web/: a site with an archive, and a reader of it. */
#ifndef TESTS_UNIT_WEB_H
#define TESTS_UNIT_WEB_H

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/web/private.h"
#include "site.h"

/* The tables leave out what is not there. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct reader {
	struct place p;
	struct gp_site *site;	/* read-only, as the web process has it */
	struct gp_web *w;
	void *ctx;		/* of one test */
};

static inline int
reader_open(void **state)
{
	struct reader *r = gp_new(NULL, struct reader);
	struct gp_err err;

	place_open(&r->p);
	r->ctx = gp_ctx(r);
	must(gp_site_open(r, r->p.conf, GP_STORE_READ, &r->site, &err), &err);
	r->w = gp_web_new(r, r->site);
	*state = r;
	return 0;
}

static inline int
reader_close(void **state)
{
	struct reader *r = *state;

	talloc_free(r->w);
	gp_store_close(r->site->store);
	place_close(&r->p);
	talloc_free(r);
	return 0;
}

#define WEB_TEST(fn) cmocka_unit_test_setup_teardown(fn, reader_open, reader_close)

/* Archive a message on a list; gives its key. */
static inline char *
post_on(struct reader *r, struct gp_list *list, const char *text)
{
	void *ctx = gp_ctx(r->ctx);
	struct gp_archived out;
	struct gp_inbound in;
	struct gp_err err;

	incoming(ctx, text, "x@example.org", &in);
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_archive_add(ctx, r->p.site->store, list, in.mail, in.raw, in.n, gp_now(), &out,
	    &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	return gp_strdup(r->ctx, out.key);
}

/* A plain post with the usual fields. */
static inline char *
post(struct reader *r, const char *id, const char *reply_to, const char *from, const char *subject,
    const char *body)
{
	return post_on(r, r->p.bees, gp_asprintf(r->ctx, "From: %s\nTo: bees@example.org\n"
	    "Subject: %s\nDate: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <%s>\n%s%s%s\n%s\n",
	    from, subject, id, reply_to != NULL ? "In-Reply-To: <" : "",
	    reply_to != NULL ? reply_to : "", reply_to != NULL ? ">\n" : "", body));
}

static inline void
ask(struct reader *r, const char *method, const char *target, const char *body,
    const char *if_none_match, struct gp_response *out)
{
	struct gp_request q;
	int status = gp_request_parse(r->ctx, method, gp_strdup(r->ctx, target), &q);

	if (status != 0) {
		gp_web_refuse(r->ctx, r->w, status, out);
		return;
	}
	q.if_none_match = if_none_match;
	if (body != NULL)
		q.body = GP_STR(body);
	gp_web_answer(r->ctx, r->w, &q, out);
}

/* A page as text; fails when it is not there. */
static inline char *
page(struct reader *r, const char *target)
{
	struct gp_response out;

	ask(r, "GET", target, NULL, NULL, &out);
	if (out.status != 200)
		fail_msg("%s: status %d", target, out.status);
	return gp_memdup(r->ctx, out.body.p, out.body.n);
}

static inline int
status_of(struct reader *r, const char *target)
{
	struct gp_response out;

	ask(r, "GET", target, NULL, NULL, &out);
	return out.status;
}

static inline void
has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("not there: %s\nin: %.3000s", what, text);
}

static inline void
hasnt(const char *text, const char *what)
{
	const char *at = strcasestr(text, what);

	if (at != NULL)
		fail_msg("is there: %s\nin: ...%.200s", what, at > text + 80 ? at - 80 : text);
}

/* Pages that show something of a message whose key is put for the K. */
static const char *const everywhere[] = {"/", "/index.json", "/bees/", "/bees.json", "/bees/2026/11/",
	"/bees/2026/11/23", "/bees/d/2026-11", "/bees/t/K", "/bees/t/K?view=flat", "/bees/t/K.json", "/bees/t/K.mbox",
	"/bees/t/K.atom", "/bees/m/K", "/bees/m/K.json", "/bees/m/K.eml", "/bees/m/K?view=fixed",
	"/bees/m/K?view=html", "/bees/feed.atom", "/bees/threads.atom", "/bees/search?q=marker",
	"/search?q=marker", "/search.json?q=marker", "/bees/about", "/bees/search.atom?q=marker",
	"/bees/people/", "/bees/people/K", "/bees/people/K.atom", "/bees/2026/", "/bees/2026-11.mbox.gz",
	"/bees/t/K.mbox.gz", "/bees/search.mbox.gz?q=marker", "/bees/files",
	"/bees/opensearch.xml"};

static inline char *
with_key(struct reader *r, const char *path, const char *key)
{
	const char *k = strchr(path, 'K');

	return k == NULL ? gp_strdup(r->ctx, path) :
	    gp_asprintf(r->ctx, "%.*s%s%s", (int)(k - path), path, key, k + 1);
}

static inline void
set(struct reader *r, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, r->p.bees, key, value, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
}

#endif
