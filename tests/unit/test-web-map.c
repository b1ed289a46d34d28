/* SPDX-License-Identifier: ISC */
/* What programs look for: maps of the site, the search for browsers, a month as a file. */
#include "web.h"

#include <unistd.h>

#define SITE "https://lists.example.org"

/* A post of a day. */
static char *
post_of(struct reader *r, const char *id, const char *date, const char *reply_to)
{
	return post_on(r, r->p.bees, gp_asprintf(r->ctx, "From: Ann <ann@hidden.example>\nTo: bees@example.org\n"
	    "Subject: About %s\nDate: %s\nMessage-ID: <%s>\n%s%s%s\nwords of %s\n", reply_to != NULL ? reply_to : id,
	    date, id, reply_to != NULL ? "In-Reply-To: <" : "", reply_to != NULL ? reply_to : "",
	    reply_to != NULL ? ">\n" : "", id));
}

static void
maps(void **state)
{
	struct reader *r = *state;
	char *old = post_of(r, "a@x.example", "Thu, 01 Jan 2015 00:00:00 +0000", NULL);
	char *begun = post_of(r, "b@x.example", "Thu, 31 Dec 2015 23:59:59 +0000", NULL), *html;

	/* Begun in 2015, newest in 2016: in one map only. */
	post_of(r, "c@x.example", "Fri, 01 Jan 2016 00:00:00 +0000", "b@x.example");
	html = page(r, "/sitemap.xml");
	has(html, "<loc>" SITE "/bees/2015/sitemap.xml</loc>");
	has(html, "<loc>" SITE "/bees/2016/sitemap.xml</loc>");
	hasnt(html, "2014");
	html = page(r, "/bees/2015/sitemap.xml");
	has(html, gp_asprintf(r->ctx, "<loc>" SITE "/bees/t/%s/about-a</loc>", old));
	has(html, "<lastmod>2015-01-01T00:00:00Z</lastmod>");
	hasnt(html, begun);
	has(page(r, "/bees/2016/sitemap.xml"), begun);
	assert_int_equal(status_of(r, "/bees/2017/sitemap.xml"), 404);
	has(page(r, "/robots.txt"), "Sitemap: " SITE "/sitemap.xml");
	has(page(r, "/bees/"), "rel=\"search\"");
	has(page(r, "/opensearch.xml"), "template=\"" SITE "/search?q={searchTerms}\"");
	has(page(r, "/bees/opensearch.xml"), "template=\"" SITE "/bees/search?q={searchTerms}\"");
	hasnt(page(r, "/bees/"), "noindex");
	set(r, "robots", "noindex");
	has(page(r, "/bees/"), "<meta name=\"robots\" content=\"noindex\">");
	assert_int_equal(status_of(r, "/bees/2015/sitemap.xml"), 404);
	hasnt(page(r, "/sitemap.xml"), "/bees/");
	set(r, "robots", "index");
	set(r, "archive", "members");
	hasnt(page(r, "/sitemap.xml"), "/bees/");
	assert_true(status_of(r, "/bees/2015/sitemap.xml") >= 400);
}

/* More than one step of the reading, each thread once. */
static void
many(void **state)
{
	struct reader *r = *state;
	char *html;
	int i, n = 0;

	for (i = 0; i < 1003; i++)
		post_of(r, gp_asprintf(r->ctx, "m%d@x.example", i), "Thu, 01 Jan 2015 00:00:00 +0000", NULL);
	html = page(r, "/bees/2015/sitemap.xml");
	for (; (html = strstr(html, "<url>")) != NULL; html++)
		n++;
	assert_int_equal(n, 1003);
}

static char *
unpacked(struct reader *r, const struct gp_response *out)
{
	char path[] = "/tmp/gp-map-XXXXXX", *text = gp_array(r->ctx, char, 1 << 16);
	int fd = mkstemp(path);
	struct gp_inflate *in;
	struct gp_err err;
	size_t n;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, out->body.p, out->body.n), out->body.n);
	close(fd);
	must(gp_inflate_open(r->ctx, path, &in, &err), &err);
	must(gp_inflate_read(in, text, (1 << 16) - 1, &n, &err), &err);
	talloc_free(in);
	unlink(path);
	return text;
}

static void
month(void **state)
{
	static const char *const wrong[] = {"/bees/2016-00.mbox.gz", "/bees/2016-13.mbox.gz", "/bees/2016-1.mbox.gz",
	    "/bees/2016-12.mbox.gz", "/bees/2016-02.mbox", "/bees/16-02.mbox.gz"};
	struct reader *r = *state;
	struct gp_response out;
	char *text, *first, *second;
	size_t i;

	post_of(r, "d@x.example", "Sun, 31 Jan 2016 23:59:59 +0000", NULL);
	post_of(r, "f@x.example", "Mon, 29 Feb 2016 23:59:59 +0000", NULL);
	post_of(r, "e@x.example", "Mon, 01 Feb 2016 00:00:00 +0000", NULL);
	post_of(r, "g@x.example", "Tue, 01 Mar 2016 00:00:00 +0000", NULL);
	ask(r, "GET", "/bees/2016-02.mbox.gz", NULL, NULL, &out);
	assert_int_equal(out.status, 200);
	assert_true(out.sandbox);
	assert_string_equal(out.disposition, "attachment; filename=\"bees-2016-02.mbox.gz\"");
	text = unpacked(r, &out);
	first = strstr(text, "<e@x.example>");
	second = strstr(text, "<f@x.example>");
	assert_non_null(first);
	assert_true(second > first);
	assert_null(strstr(text, "d@x.example"));
	assert_null(strstr(text, "g@x.example>"));
	assert_null(strstr(text, "hidden.example"));
	has(page(r, "/bees/2016/02/"), "href=\"/bees/2016-02.mbox.gz\"");
	for (i = 0; i < GP_COUNT(wrong); i++)
		if (status_of(r, wrong[i]) != 404)
			fail_msg("%s is there", wrong[i]);
}

/* Addresses of an older archive lead to where the message is now. */
static void
old_paths(void **state)
{
	static const struct {
		const char *path, *id;
	} known[] = {
		{"/archives/list/bees@example.org/message/ABC/", "a@x.example"},
		{"/archives/list/bees@example.org/thread/ABC", "a@x.example"},
		{"/pipermail/bees/2016-January/000012.html", "b@x.example"},
	};
	static const char *const unknown[] = {"/pipermail/bees/2016-January/000013.html", "/pipermail/bees/2016-January/",
	    "/archives/list/bees@example.org/message/abc/", "/archives/list/bees@example.org/message/ABC/x"};
	struct reader *r = *state;
	char *a = post_of(r, "a@x.example", "Thu, 01 Jan 2016 00:00:00 +0000", NULL);
	char *b = post_of(r, "b@x.example", "Thu, 01 Jan 2016 00:00:00 +0000", "a@x.example");
	struct gp_store *s = r->p.site->store;
	struct gp_response out;
	struct gp_message *m;
	struct gp_err err;
	size_t i;

	must(gp_store_begin(s, &err), &err);
	for (i = 0; i < GP_COUNT(known); i++)
		must(gp_old_path_add(s, r->p.bees->id, known[i].path, known[i].id, &err), &err);
	assert_int_equal(gp_old_path_add(s, r->p.bees->id, "/x", "not-here@x.example", &err), GP_E_NOTFOUND);
	must(gp_store_commit(s, &err), &err);
	for (i = 0; i < GP_COUNT(known); i++) {
		ask(r, "GET", known[i].path, NULL, NULL, &out);
		if (out.status != 301)
			fail_msg("%s: %d", known[i].path, out.status);
		assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/t/%s", i < 2 ? a : b));
	}
	ask(r, "GET", "/archives/list/bees@example.org/message/ABC", NULL, NULL, &out);
	assert_int_equal(out.status, 301);
	for (i = 0; i < GP_COUNT(unknown); i++)
		if (status_of(r, unknown[i]) != 404)
			fail_msg("%s: %d", unknown[i], status_of(r, unknown[i]));
	must(gp_store_begin(s, &err), &err);
	must(gp_message_find_key(r->ctx, s, r->p.bees->id, b, &m, &err), &err);
	must(gp_message_remove(s, m->id, &err), &err);
	must(gp_store_commit(s, &err), &err);
	assert_int_equal(status_of(r, known[2].path), 410);
	set(r, "archive", "members");
	assert_int_equal(status_of(r, known[0].path), 404);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(maps), WEB_TEST(many), WEB_TEST(month), WEB_TEST(old_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
