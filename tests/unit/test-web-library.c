/* SPDX-License-Identifier: ISC */
/* The pages of the library, and what a kept thread says. */
#include "web.h"

/* Keep the thread of that message; gives its page. */
static struct gp_practice *
keep(struct reader *r, const char *key, const char *title, const char *tags, const char *body)
{
	struct gp_practice what = {.list = r->p.bees->id, .title = gp_strdup(r->ctx, title),
	    .tags = gp_strdup(r->ctx, tags), .keeper = gp_strdup(r->ctx, "ann@example.org"),
	    .name = gp_strdup(r->ctx, "Ann")}, *p;
	struct gp_message *m;
	struct gp_err err;
	int64_t version;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_message_find_key(r->ctx, r->p.site->store, r->p.bees->id, key, &m, &err), &err);
	what.message = m->id;
	must(gp_practice_keep(r->ctx, r->p.site->store, &what, &p, &err), &err);
	if (body != NULL)
		must(gp_practice_write(r->ctx, r->p.site->store, p, body, "bob@example.net", &version, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	return p;
}

static void
library(void **state)
{
	struct reader *r = *state;
	struct gp_response out;
	struct gp_err err;
	char *key, *html;

	has(page(r, "/bees/library/"), "Nothing has been kept yet");
	key = post(r, "1@x.example", NULL, "Eve <eve@hidden.example>", "Which colour", "which one this year");
	post(r, "2@x.example", "1@x.example", "Bob <bob@hidden.example>", "Re: Which colour", "white");
	keep(r, key, "Marking <queens>", " queens may ", "White in *2026*.\n\n<script>alert(1)</script> bob@hidden.example\n");
	html = page(r, "/bees/library/");
	has(html, "href=\"/bees/library/marking-queens\" dir=\"auto\">Marking &lt;queens&gt;");
	has(html, "/bees/library/?tag=queens\">#queens");
	hasnt(page(r, "/bees/library/?tag=drones"), "marking-queens");
	has(page(r, "/bees/library/?tag=may"), "marking-queens");
	html = page(r, "/bees/library/marking-queens");
	has(html, "White in <em>2026</em>");
	hasnt(html, "<script>");
	has(html, "which one this year");
	has(html, "Version 1</a>, Bob");
	has(html, "Kept, Ann");
	has(html, "2 messages");
	has(page(r, gp_asprintf(r->ctx, "/bees/t/%s", key)), "Kept in the library");
	has(page(r, "/bees/library/marking-queens.json"), "\"slug\": \"marking-queens\"");
	ask(r, "GET", "/bees/library/nothing", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, r->p.bees, "library", "off", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	ask(r, "GET", "/bees/library/marking-queens", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
}

static void
doubt_and_summary(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Eve <eve@hidden.example>", "Which colour", "which one"), *html;
	struct gp_practice *p = keep(r, key, "Marking", "", NULL);
	struct gp_err err;

	hasnt(page(r, "/bees/library/marking"), "true no more");
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_practice_doubt(r->p.site->store, p, "it is <blue> now", &err), &err);
	must(gp_summary_put(r->ctx, r->p.site->store, r->p.bees->id, key, "White, with a pen.", "cleo@example.com",
	    &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	html = page(r, "/bees/library/marking");
	has(html, "it is &lt;blue&gt; now");
	has(html, "White, with a pen.");
	has(html, "Summed up by Cleo");
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", key));
	has(html, "Summed up by Cleo");
	has(html, "White, with a pen.");
	has(page(r, "/bees/library/"), "in doubt");
}

/* A search shows what is kept before what was written, and a change of a page at once. */
static void
search(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Eve <eve@hidden.example>", "Which colour", "which one"), *html;
	struct gp_response out, again;
	struct gp_practice *p;
	struct gp_err err;
	int64_t version;

	hasnt(page(r, "/bees/search?q=queens"), "From the library");
	p = keep(r, key, "Marking <queens>", " may ", "A *white* dot, **queens** by queen. bob@hidden.example\n");
	html = page(r, "/bees/search?q=queens");
	has(html, "From the library");
	has(html, "<a href=\"/bees/library/marking-queens\" dir=\"auto\">Marking &lt;<mark>queens</mark>&gt;</a>");
	has(html, "A white dot, <mark>queens</mark> by queen.");
	hasnt(html, "hidden.example");
	has(page(r, "/search?q=queens"), "/bees/library/marking-queens");
	has(page(r, "/bees/search.json?q=queens"), "\"slug\": \"marking-queens\"");
	/* The page first, then the message whose thread it is. */
	html = page(r, "/bees/search?q=colour");
	assert_true(strstr(html, "/bees/library/marking-queens") < strstr(html, gp_asprintf(r->ctx, "/bees/t/%s", key)));
	/* Only on the first page of hits. */
	hasnt(page(r, gp_asprintf(r->ctx, "/bees/search?q=colour&after=%s", key)), "From the library");
	html = page(r, "/bees/search.atom?q=colour");
	has(html, "<title>Library: Marking &lt;queens&gt;</title>");
	has(html, "/library/marking-queens</id>");
	has(html, "&lt;em&gt;white&lt;/em&gt;");
	assert_true(strstr(html, "marking-queens") < strstr(html, "which one"));
	ask(r, "GET", "/bees/search?q=blue", NULL, NULL, &out);
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_practice_write(r->ctx, r->p.site->store, p, "Blue.\n", "bob@example.net", &version, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	ask(r, "GET", "/bees/search?q=blue", NULL, out.etag, &again);
	assert_int_equal(again.status, 200);
	has(page(r, "/bees/search?q=blue"), "marking-queens");
	set(r, "archive", "members");
	hasnt(page(r, "/search?q=queens"), "Marking");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(library),
		WEB_TEST(doubt_and_summary),
		WEB_TEST(search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
