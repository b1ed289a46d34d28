/* SPDX-License-Identifier: ISC */
/* Digests as pages and as a feed: what everybody may read of a day, a week, a month. */
#include "web.h"

static void
next_day(void)
{
	gp_clock_set(gp_now() + 86400, true);
}

static void
pages(void **state)
{
	struct reader *r = *state;
	char *one = post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "Wax moths", "Who has seen <b>wax</b> moths?"), *html;
	int i;

	post(r, "2@x.example", "1@x.example", "bob@hidden.example", "Re: Wax moths", "> Who has\n\nI have.");
	post(r, "3@x.example", NULL, "Cleo <cleo@hidden.example>", "Honey", "Ten jars.");
	/* Not over yet: the day ends at seven. */
	assert_int_equal(status_of(r, "/bees/d/2026-11-24"), 404);
	html = page(r, "/bees/d/2026-11");
	has(html, "3 messages");
	next_day();
	html = page(r, "/bees/d/2026-11-24");
	has(html, "<h1>Digest of 24 November 2026</h1>");
	has(html, "3 messages, 2 threads, from 3 people");
	has(html, gp_asprintf(r->ctx, "href=\"/bees/m/%s\"", one));
	has(html, gp_asprintf(r->ctx, "mailto:bees+reply-%s@example.org?In-Reply-To", one));
	has(html, "&lt;b&gt;wax");
	has(html, "I have.");
	hasnt(html, "&gt; Who has");
	hasnt(html, "hidden.example");
	has(page(r, "/bees/d/2026-11-24/week"), "3 messages");
	has(page(r, "/bees/d/2026-11-24.json"), "\"message_count\": 3");
	html = page(r, "/bees/d/");
	has(html, "href=\"/bees/d/2026-11-24\"");
	has(html, "href=\"/bees/d/2026-11\"");
	has(html, "href=\"/bees/d/2026-11-24/week\"");
	html = page(r, "/bees/d/feed.atom");
	has(html, "<title>24 November 2026</title>");
	has(html, "/bees/d/2026-11-24\"");
	has(html, "Wax moths");
	has(page(r, "/bees/"), "href=\"/bees/d/\"");
	/* After a week without a word there is none to lead to. */
	for (i = 0; i < 9; i++)
		next_day();
	hasnt(page(r, "/bees/d/"), "/week\"");
}

static void
none(void **state)
{
	static const char *const wrong[] = {"/bees/d/2026-11-22", "/bees/d/2026-11-31", "/bees/d/2026-13", "/bees/d/1999-01-01",
	    "/bees/d/9999-12-31", "/bees/d/1970-01-01", "/bees/d/2026-11-24/month", "/bees/d/x", "/wasps/d/", "/bees/d/2026"};
	struct reader *r = *state;
	struct gp_err err;
	size_t i;

	post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "Wax moths", "one");
	next_day();
	for (i = 0; i < GP_COUNT(wrong); i++)
		if (status_of(r, wrong[i]) != 404)
			fail_msg("%s is there", wrong[i]);
	/* What must not be shown. */
	post_on(r, r->p.bees, "From: ann@hidden.example\nSubject: Secret\nMessage-ID: <s@x.example>\nX-No-Archive: yes\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\n\nsecret\n");
	hasnt(page(r, "/bees/d/2026-11-24"), "secret");
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, r->p.bees, "archive", "off", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	assert_int_not_equal(status_of(r, "/bees/d/2026-11-24"), 200);
	assert_int_not_equal(status_of(r, "/bees/d/"), 200);
	assert_int_not_equal(status_of(r, "/bees/d/feed.atom"), 200);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {WEB_TEST(pages), WEB_TEST(none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
