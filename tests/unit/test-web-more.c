/* SPDX-License-Identifier: ISC */
/* What pages offer beside threads and messages: files, news, days, near ids, languages, a site's own look. */
#include "web.h"

static char *
with_file(struct reader *r, const char *id, const char *name)
{
	return post_on(r, r->p.bees, gp_asprintf(r->ctx, "From: Ann <ann@example.org>\nSubject: Look at %s\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <%s>\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\ntext\n--B\n"
	    "Content-Type: application/pdf; name=\"%s\"\nContent-Disposition: attachment; filename=\"%s\"\n\nPDF\n"
	    "--B--\n", name, id, name, name));
}

static void
files(void **state)
{
	struct reader *r = *state;
	char *html, *id, *next;
	int i;

	has(page(r, "/bees/files"), "No message came with a file");
	post(r, "0@x.example", NULL, "Ann <ann@example.org>", "Without any", "text");
	with_file(r, "1@x.example", "plan.pdf");
	html = page(r, "/bees/files");
	has(html, "plan.pdf</a>");
	has(html, "Look at plan.pdf");
	has(html, "aria-current=\"page\">Files");
	hasnt(html, "Without any");
	has(page(r, "/bees/files.json"), "\"name\": \"plan.pdf\"");
	for (i = 0; i < 50; i++) {
		id = gp_asprintf(r->ctx, "many%d@x.example", i);
		with_file(r, id, gp_asprintf(r->ctx, "file%d.pdf", i));
	}
	html = page(r, "/bees/files");
	next = strstr(html, "/bees/files?before=");
	assert_non_null(next);
	next = gp_strndup(r->ctx, next, strcspn(next, "\""));
	has(page(r, next), "plan.pdf");
	hasnt(page(r, next), "?before=");
	assert_int_equal(status_of(r, "/bees/files?before=aaaaaaaaaaaa"), 404);
	assert_int_equal(status_of(r, "/bees/files?before="), 404);
}

static void
news(void **state)
{
	struct reader *r = *state;
	char *root, *html, *link, *later;
	struct gp_response out;

	root = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Thread", "first words");
	post_on(r, r->p.bees, "From: Bob <bob@example.org>\nSubject: Re: Thread\nIn-Reply-To: <1@x.example>\n"
	    "Date: Mon, 23 Nov 2026 11:00:00 +0000\nMessage-ID: <2@x.example>\n\nsecond words\n");
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", root));
	hasnt(html, ">new<");
	link = strstr(html, "?since=");
	assert_non_null(link);
	has(link, "?since=2026-11-23T11:00:00Z\"");
	/* Nothing came so far ... */
	link = gp_asprintf(r->ctx, "/bees/t/%s?since=2026-11-23T11:00:00Z", root);
	has(page(r, link), "Nothing new since");
	/* ... then something did. */
	later = post_on(r, r->p.bees, "From: Cleo <cleo@example.org>\nSubject: Re: Thread\nIn-Reply-To: <2@x.example>\n"
	    "Date: Mon, 23 Nov 2026 11:30:00 +0000\nMessage-ID: <3@x.example>\n\nthird words\n");
	html = page(r, link);
	has(html, "1 new message since");
	has(html, gp_asprintf(r->ctx, "/bees/t/%s\">go to the first", later));
	has(html, "<span class=\"tag new\">new</span>");
	has(html, "noindex");
	assert_null(strstr(strstr(html, "tag new") + 1, "tag new"));
	html = page(r, "/bees/?since=2026-11-23T11:00:00Z");
	has(html, "1 new");
	has(html, gp_asprintf(r->ctx, "?since=2026-11-23T11:00:00Z#%s", later));
	hasnt(page(r, "/bees/?since=2026-11-23T12:00:00Z"), "tag new");
	ask(r, "GET", "/bees/?since=yesterday", NULL, NULL, &out);
	assert_int_equal(out.status, 400);
	ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s?since=", root), NULL, NULL, &out);
	assert_int_equal(out.status, 400);
}

static void
days(void **state)
{
	struct reader *r = *state;
	char *html;

	post(r, "1@x.example", NULL, "Ann <ann@example.org>", "One", "x");
	post(r, "2@x.example", NULL, "Ann <ann@example.org>", "Two", "x");
	html = page(r, "/bees/2026/11/");
	has(html, "<a href=\"/bees/2026/11/23\">23<small>2</small></a>");
	has(html, "<td>24</td>");
	/* The first of November 2026 was a Sunday: six empty fields before it. */
	has(html, "<tr><td></td><td></td><td></td><td></td><td></td><td></td><td>1</td></tr>");
	has(html, "<td>30</td></tr>");
}

static void
near_ids(void **state)
{
	static const struct { const char *path; bool near; } cases[] = {
		{"/mid/20261123100000.GA1234@mail.example.n", true}, {"/mid/20261123100000.GA1234@", true},
		{"/bees/20261123100000.GA1234@mail.example/", true}, {"/mid/20261123100000.GA9999@x", true},
		{"/mid/99@mail.example.net", false}, {"/mid/2@x", false}, {"/mid/%25%5f%5f@x", false},
	};
	struct reader *r = *state;
	size_t i;

	post(r, "20261123100000.GA1234@mail.example.net", NULL, "Ann <ann@example.org>", "Nearly it", "x");
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_response out;
		char *text;

		ask(r, "GET", cases[i].path, NULL, NULL, &out);
		assert_int_equal(out.status, 404);
		text = gp_strndup(r->ctx, out.body.p, out.body.n);
		if ((strstr(text, "Nearly it") != NULL) != cases[i].near)
			fail_msg("%s: near %d", cases[i].path, !cases[i].near);
	}
	/* Not of a list that is not for everybody. */
	set(r, "archive", "members");
	{
		struct gp_response out;

		ask(r, "GET", cases[0].path, NULL, NULL, &out);
		hasnt(gp_strndup(r->ctx, out.body.p, out.body.n), "Nearly it");
	}
}

static void
languages(void **state)
{
	static const struct { const char *language, *words, *date; } cases[] = {
		{"en", ">Recently active threads<", "23 Nov 2026"}, {"de", ">Zuletzt aktive F\xc3\xa4""den<", "23. Nov. 2026"},
		{"fr", ">Fils r\xc3\xa9""cemment actifs<", "23 nov. 2026"}, {"es", ">Hilos activos \xc3\xbaltimamente<", "23 nov 2026"},
		{"de-AT", ">Zuletzt aktive F\xc3\xa4""den<", "23. Nov. 2026"}, {"xx", ">Recently active threads<", "23 Nov 2026"},
	};
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Title", "text"), *html;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		set(r, "language", cases[i].language);
		html = page(r, "/bees/");
		has(html, gp_asprintf(r->ctx, "<html lang=\"%s\">", cases[i].language));
		has(html, cases[i].words);
		hasnt(html, "[[");
		has(page(r, with_key(r, "/bees/t/K", key)), cases[i].date);
	}
}

static void
charter(void **state)
{
	struct reader *r = *state;
	char *html;

	hasnt(page(r, "/bees/"), "What it is for");
	set(r, "charter", "# Bees\n\nWe keep **bees** together.\n\nAnd much more is told here.\n");
	html = page(r, "/bees/");
	has(html, "We keep <strong>bees</strong> together.");
	hasnt(html, "much more");
	has(page(r, "/bees/about"), "much more");
	has(page(r, "/bees/about"), "bees+takedown@example.org");
}

/* Paragraphs of a message alone can be linked to; in a thread they can't, ids would stand twice. */
static void
lines(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Title", "one\n\ntwo\n\n> three\n\nfour");

	has(page(r, with_key(r, "/bees/m/K", key)), "<p id=\"L3\"><a class=\"l\" href=\"#L3\" title=\"#L3\"></a>two</p>");
	has(page(r, with_key(r, "/bees/m/K?view=fixed", key)), "<span id=\"L3\">");
	hasnt(page(r, with_key(r, "/bees/t/K", key)), "id=\"L3\"");
}

static void
html_first(void **state)
{
	struct reader *r = *state;
	char *key = post_on(r, r->p.bees, "From: Ann <ann@example.org>\nSubject: Formatted\nMessage-ID: <1@x.example>\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
	    "<p>All of it <b>bold</b></p>\n");

	has(page(r, with_key(r, "/bees/m/K", key)), "<b>bold</b>");
	set(r, "html_view", "plain");
	hasnt(page(r, with_key(r, "/bees/m/K", key)), "<b>bold</b>");
	has(page(r, with_key(r, "/bees/m/K", key)), "?view=html");
	has(page(r, with_key(r, "/bees/m/K?view=html", key)), "<b>bold</b>");
}

static void
look(void **state)
{
	struct reader *r = *state;
	char *css = gp_path_join(r->ctx, r->p.dir, "theme.css"), *svg = gp_path_join(r->ctx, r->p.dir, "logo.svg");
	struct gp_response out;
	struct gp_err err;
	char *html, *logo;
	struct gp_web *w;

	must(gp_file_write(css, "h1{color:teal}", 14, 0600, &err), &err);
	must(gp_file_write(svg, "<svg/>", 6, 0600, &err), &err);
	r->site->conf->web_name = gp_strdup(r->ctx, "The <b>valley</b>");
	r->site->conf->web_theme = css;
	r->site->conf->web_logo = svg;
	r->site->conf->web_colour = gp_strdup(r->ctx, "#206020");
	w = r->w;
	r->w = gp_web_new(r, r->site);
	assert_string_not_equal(r->w->css, w->css);
	html = page(r, "/");
	has(html, "The &lt;b&gt;valley&lt;/b&gt;");
	logo = strstr(html, "/static/logo.");
	assert_non_null(logo);
	ask(r, "GET", gp_strndup(r->ctx, logo, strcspn(logo, "\"")), NULL, NULL, &out);
	assert_int_equal(out.status, 200);
	assert_string_equal(out.type, "image/svg+xml");
	assert_true(out.sandbox);
	ask(r, "GET", r->w->css, NULL, NULL, &out);
	has(gp_strndup(r->ctx, out.body.p, out.body.n), "--a:#206020");
	has(gp_strndup(r->ctx, out.body.p, out.body.n), "h1{color:teal}");
	/* What is missing or no picture leaves the site as it is. */
	r->site->conf->web_logo = gp_strdup(r->ctx, "/nowhere/logo.svg");
	r->site->conf->web_theme = gp_strdup(r->ctx, "/nowhere/theme.css");
	r->w = gp_web_new(r, r->site);
	hasnt(page(r, "/"), "/static/logo.");
	r->site->conf->web_logo = css;
	r->w = gp_web_new(r, r->site);
	hasnt(page(r, "/"), "/static/logo.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(files),
		WEB_TEST(news),
		WEB_TEST(days),
		WEB_TEST(near_ids),
		WEB_TEST(languages),
		WEB_TEST(charter),
		WEB_TEST(lines),
		WEB_TEST(html_first),
		WEB_TEST(look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
