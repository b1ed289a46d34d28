/* SPDX-License-Identifier: ISC */
/* The pages of the archive: addresses, copies of readers, what strangers may see. */
#include "web.h"

#define HOSTILE "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{{body_html}}}"

static void
addresses(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "a+b/c@x.example", NULL, "Ann <ann@example.org>", "First words", "hello");
	const struct {
		const char *path;
		int status;
		const char *location;
	} cases[] = {
		{"/", 200}, {"/index.json", 200}, {"/bees/", 200}, {"/bees.json", 200},
		{"/bees", 301, "/bees/"}, {"/bees?before=1-2", 301, "/bees/?before=1-2"},
		{"/bees/2026/", 200}, {"/bees/2026.json", 200}, {"/bees/2026", 301, "/bees/2026/"},
		{"/bees/2026/11/", 200}, {"/bees/2026/11", 301, "/bees/2026/11/"},
		{"/bees/2026/11.json", 200}, {"/bees/2026/11/23", 200},
		{"/bees/2026/11/23/", 301, "/bees/2026/11/23"}, {"/bees/2026/11/23.json", 200},
		{"/bees/t/K", 200}, {"/bees/t/K/", 301, "/bees/t/K"}, {"/bees/t/K/x-y", 200},
		{"/bees/t/K.json", 200}, {"/bees/t/K/x.json", 200}, {"/bees/t/K.mbox", 200},
		{"/bees/t/K.mbox.gz", 200}, {"/bees/t/K.atom", 200}, {"/bees/m/K", 200},
		{"/bees/m/K/", 301, "/bees/m/K"}, {"/bees/m/K.json", 200}, {"/bees/m/K.eml", 200},
		{"/bees/m/K?view=fixed", 200}, {"/bees/m/K?view=html", 200},
		{"/bees/feed.atom", 200}, {"/bees/threads.atom", 200},
		{"/bees/search", 200}, {"/bees/search?q=hello", 200}, {"/bees/search.json?q=x", 200},
		{"/bees/search/?q=x", 301, "/bees/search?q=x"}, {"/search?q=hello", 200},
		{"/bees/about", 200}, {"/bees/about.json", 200}, {"/robots.txt", 200},
		{"/mid/a+b%2Fc@x.example", 301, "/bees/m/K"}, {"/mid/a+b/c@x.example", 301, "/bees/m/K"},
		{"/mid/%3Ca+b%2Fc@x.example%3E", 301, "/bees/m/K"},
		{"/bees/a+b%2Fc@x.example/", 301, "/bees/m/K"},
		{"/bees/a+b%2Fc@x.example/raw", 301, "/bees/m/K.eml"},
		{"/bees/a+b%2Fc@x.example/t.mbox.gz", 301, "/bees/t/K.mbox.gz"},
		{"/nothere/", 404}, {"/Bees/", 404}, {"/bees/t/KK", 404}, {"/bees/m/aaaaaaaaaaaa", 404},
		{"/bees/m/AAAAAAAAAAAA", 404}, {"/bees/m/short", 404}, {"/bees/t/K/x/y", 404},
		{"/bees/2026/13/", 404}, {"/bees/2026/00/", 404}, {"/bees/2026/2/", 404},
		{"/bees/2026/02/30", 404}, {"/bees/2025/", 404}, {"/bees/2026/10/", 404},
		{"/bees/2026/11/22", 404}, {"/bees/0000/", 404}, {"/bees/99999/", 404},
		{"/bees/?before=x", 400}, {"/bees/?before=-1-2", 400}, {"/bees/2026/11/?after=x", 400},
		{"/bees/2026/11/23?before=aaaaaaaaaaaa", 404}, {"/mid/none@x.example", 404},
		{"/mid/", 404}, {"/mid/x", 404}, {"/bees/none@x.example/", 404}, {"//", 301, "/"}, {"///", 404},
		{"//evil.example/", 404}, {"///evil.example/..", 404}, {"/static/", 404},
		{"/static/style.css", 200}, {"/static/style.old.css", 200}, {"/static/../style.css", 404},
		{"/static/..%2f..%2fetc%2fpasswd", 404}, {"/static/layout.html", 404},
		{"/bees/../../etc/passwd", 404}, {"/bees/m/K/1-..%2f..%2fpasswd", 404},
		{"/bees/m/K/0-x", 404}, {"/bees/m/K/9-x", 404}, {"/bees/m/K/-1-x", 404},
		{"/bees/m/K/99999999999-x", 404}, {"/u/short", 404}, {"/u/abcdefgh%2Fijklmnop", 404},
		{"/u/abcdefghijklmnopqrstuvwxyz", 200}, {"/favicon.ico", 404}, {"/nothere", 404}, {"/.json", 404},
		{"/bees/.json", 404}, {"/index.json/", 301, "/index.json"}, {"/%2e%2e/", 404},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_response out;
		struct gp_buf b;
		const char *p, *where = cases[i].location;
		int pass;

		/* K stands for the key. */
		for (pass = 0; pass < 2; pass++) {
			gp_buf_init(&b, r->ctx, 1 << 12);
			for (p = pass == 0 ? cases[i].path : where != NULL ? where : ""; *p != '\0'; p++)
				if (*p == 'K')
					gp_buf_puts(&b, key);
				else
					gp_buf_putc(&b, *p);
			if (pass == 0)
				ask(r, "GET", b.p, NULL, NULL, &out);
		}
		if (out.status != cases[i].status)
			fail_msg("%s: %d, not %d", cases[i].path, out.status, cases[i].status);
		if (where != NULL && !gp_streq(out.location, b.p))
			fail_msg("%s: to %s, not %s", cases[i].path, out.location, b.p);
	}
}

static void
methods(void **state)
{
	struct reader *r = *state;
	struct gp_response out, head;

	ask(r, "HEAD", "/bees/", NULL, NULL, &head);
	ask(r, "GET", "/bees/", NULL, NULL, &out);
	assert_int_equal(head.status, 200);
	assert_string_equal(head.etag, out.etag);
	assert_int_equal(head.body.n, out.body.n);
	ask(r, "POST", "/bees/", "x=1", NULL, &out);
	assert_int_equal(out.status, 405);
	assert_string_equal(out.allow, "GET, HEAD");
	ask(r, "DELETE", "/bees/", NULL, NULL, &out);
	assert_int_equal(out.status, 405);
	ask(r, "OTHER", "/u/abcdefghijkl", NULL, NULL, &out);
	assert_int_equal(out.status, 405);
	assert_string_equal(out.allow, "GET, HEAD, POST");
}

static void
copies_of_readers(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Tags", "one");
	char *other = post(r, "9@x.example", NULL, "Ann <ann@example.org>", "Other", "nine");
	char *path = gp_asprintf(r->ctx, "/bees/t/%s", key), *tag, *home;
	char *side = gp_asprintf(r->ctx, "/bees/t/%s", other), *side_tag;
	struct gp_response out;
	struct gp_request q;

	ask(r, "GET", path, NULL, NULL, &out);
	tag = gp_strdup(r->ctx, out.etag);
	assert_true(out.modified > 0);
	ask(r, "GET", side, NULL, NULL, &out);
	side_tag = gp_strdup(r->ctx, out.etag);
	ask(r, "GET", "/bees/", NULL, NULL, &out);
	home = gp_strdup(r->ctx, out.etag);
	ask(r, "GET", path, NULL, tag, &out);
	assert_int_equal(out.status, 304);
	assert_int_equal(out.body.n, 0);
	ask(r, "GET", path, NULL, gp_asprintf(r->ctx, "\"x\", %s", tag), &out);
	assert_int_equal(out.status, 304);
	ask(r, "GET", path, NULL, strchr(tag, '"'), &out);
	assert_int_equal(out.status, 304);
	ask(r, "GET", path, NULL, "*", &out);
	assert_int_equal(out.status, 304);
	ask(r, "GET", path, NULL, "\"x\"", &out);
	assert_int_equal(out.status, 200);
	/* By date, when there is no tag. */
	assert_int_equal(gp_request_parse(r->ctx, "GET", path, &q), 0);
	q.if_modified_since = "Mon, 23 Nov 2026 10:00:00 GMT";
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_int_equal(out.status, 304);
	q.if_modified_since = "Mon, 23 Nov 2026 09:59:59 GMT";
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_int_equal(out.status, 200);
	q.if_modified_since = "rubbish";
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_int_equal(out.status, 200);
	/* A reply changes its thread and the list, and nothing else. */
	post(r, "2@x.example", "1@x.example", "Bob <bob@example.org>", "Re: Tags", "two");
	ask(r, "GET", path, NULL, tag, &out);
	assert_int_equal(out.status, 200);
	has(page(r, path), "two");
	ask(r, "GET", side, NULL, side_tag, &out);
	assert_int_equal(out.status, 304);
	ask(r, "GET", "/bees/", NULL, home, &out);
	assert_int_equal(out.status, 200);
	/* So does a setting that pages show. */
	ask(r, "GET", side, NULL, NULL, &out);
	hasnt(page(r, side), "Apiary");
	set(r, "title", "Apiary");
	ask(r, "GET", side, NULL, side_tag, &out);
	assert_int_equal(out.status, 200);
	has(page(r, side), "Apiary");
}

static void
compressed(void **state)
{
	struct reader *r = *state;
	struct gp_response out;
	struct gp_request q;

	assert_int_equal(gp_request_parse(r->ctx, "GET", "/bees/", &q), 0);
	q.accept_encoding = "gzip";
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_true(out.gzip);
	assert_memory_equal(out.body.p, "\x1f\x8b", 2);
	q.accept_encoding = NULL;
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_false(out.gzip);
	assert_memory_equal(out.body.p, "<!doctype html>", 15);
}

/* ---- strangers ---------------------------------------------------------------------------------- */

static void
hidden_addresses(void **state)
{
	struct reader *r = *state;
	/* base64 of "marker carl@hidden.example end\n" */
	char *key = post_on(r, r->p.bees, "Received: from x by y for <zoe@hidden.example>\n"
	    "From: \"ann@hidden.example\" <ann@hidden.example>\nTo: bees@example.org,\n"
	    " Bob <bob@hidden.example>\nCc: dora@hidden.example\nReply-To: <eve@hidden.example>\n"
	    "Subject: marker fay@hidden.example\nMessage-ID: <1@id.example>\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n"
	    "marker gil@hidden.example <mailto:hal@hidden.example>, write to ida@hidd=\nen.example\n"
	    "On Monday, jo@hidden.example wrote:\n> kim@hidden.example\n"
	    "--B\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n"
	    "Content-Transfer-Encoding: base64\n\nbWFya2VyIGNhcmxAaGlkZGVuLmV4YW1wbGUgZW5kCg==\n"
	    "--B\nContent-Type: text/html\nContent-Disposition: attachment; filename=lou@hidden.example\n\n"
	    "<a href=\"mailto:mia@hidden.example\">mia@hidden.example</a>\n--B--\n");
	struct gp_response out;
	size_t i;

	for (i = 0; i < GP_COUNT(everywhere); i++)
		hasnt(page(r, with_key(r, everywhere[i], key)), "hidden.example");
	has(page(r, with_key(r, "/bees/m/K", key)), "gil@...");
	/* The list's own address and Message-IDs are no secrets. */
	has(page(r, with_key(r, "/bees/m/K.eml", key)), "To: bees@example.org");
	has(page(r, with_key(r, "/bees/m/K.eml", key)), "Message-ID: <1@id.example>");
	has(page(r, with_key(r, "/bees/m/K.eml", key)), "filename=lou@...");
	ask(r, "GET", with_key(r, "/bees/m/K/3-a.txt", key), NULL, NULL, &out);
	assert_int_equal(out.status, 200);
	assert_string_equal(gp_strndup(r->ctx, out.body.p, out.body.n), "marker carl@... end\n");
	/* Not in the coded form either. */
	hasnt(page(r, with_key(r, "/bees/m/K.eml", key)), "aGlkZGVuLmV4YW1wbGU");
}

static void
nothing_becomes_markup(void **state)
{
	static const char *const never[] = {"<script", "<img src=x", "onerror=alert(2)>", "javascript:\""};
	struct reader *r = *state;
	char *key = post_on(r, r->p.bees, "From: \"" "<script>alert(1)</script>'><img src=x "
	    "onerror=alert(2)>" "\" <x@hidden.example>\nTo: \"<script>\" <bees@example.org>\n"
	    "Subject: marker " HOSTILE "\nMessage-ID: <\"><script>alert(3)</script>@x.example>\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\n"
	    "marker " HOSTILE "\nhttp://x.example/\"><script>alert(4)</script>\n> " HOSTILE "\n"
	    "--B\nContent-Type: text/html; name=\"" "x\\\"><script>.html" "\"\n"
	    "Content-Disposition: attachment; filename=\"x\\\"><script>alert(5)</script>.html\"\n\n"
	    HOSTILE "\n--B--\n");
	size_t i, k;

	set(r, "charter", "# Hi\n\n" HOSTILE "\n\n[x](javascript:alert(1))\n");
	set(r, "description", HOSTILE);
	for (i = 0; i < GP_COUNT(everywhere); i++) {
		char *text = page(r, with_key(r, everywhere[i], key));

		/* These are no HTML: a JSON text, a message as it came. */
		if (strstr(everywhere[i], ".json") || strstr(everywhere[i], ".mbox") ||
		    strstr(everywhere[i], ".eml"))
			continue;
		for (k = 0; k < GP_COUNT(never); k++)
			hasnt(text, never[k]);
		hasnt(text, " style=");
		assert_true(gp_utf8_valid(text, strlen(text)));
	}
	has(page(r, with_key(r, "/bees/m/K", key)), "&lt;script&gt;alert(1)");
	has(page(r, with_key(r, "/bees/m/K", key)), "{{{body_html}}}");
	hasnt(page(r, "/bees/search?q=%22%3E%3Cscript%3E"), "<script");
	has(page(r, "/bees/search?q=%22%3E%3Cscript%3E"), "&lt;script");
}

static void
documents(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "marker", "word");
	size_t i;

	for (i = 0; i < GP_COUNT(everywhere); i++) {
		json_error_t why;
		json_t *doc;

		if (strstr(everywhere[i], ".json") == NULL)
			continue;
		doc = json_loads(page(r, with_key(r, everywhere[i], key)), 0, &why);
		if (doc == NULL)
			fail_msg("%s: %s", everywhere[i], why.text);
		json_decref(doc);
	}
}

/* ---- parts ------------------------------------------------------------------------------------------- */

static void
parts(void **state)
{
	static const struct {
		const char *path, *type;
		bool inline_;
	} cases[] = {
		{"2-a.png", "image/png", true},
		{"3-b.svg", "application/octet-stream", false},
		{"4-c.html", "application/octet-stream", false},
		{"5-d.txt", "text/plain; charset=koi8-r", true},
		{"6-e.pdf", "application/pdf", false},
		{"7-f.js", "application/octet-stream", false},
		{"8-part.octetstream", "application/octet-stream", false},
		{"9-g_h.xml", "application/octet-stream", false},
	};
	struct reader *r = *state;
	char *key = post_on(r, r->p.bees, "From: Ann <ann@example.org>\nSubject: parts\n"
	    "Message-ID: <1@x.example>\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=B\n\n"
	    "--B\nContent-Type: image/png; name=a.png\nContent-Disposition: attachment\n\npng\n"
	    "--B\nContent-Type: image/svg+xml; name=b.svg\nContent-Disposition: attachment\n\n<svg/>\n"
	    "--B\nContent-Type: text/html; name=c.html\nContent-Disposition: attachment\n\n<b>\n"
	    "--B\nContent-Type: text/plain; charset=koi8-r; name=d.txt\n"
	    "Content-Disposition: attachment\n\ntext\n"
	    "--B\nContent-Type: application/pdf; name=e.pdf\nContent-Disposition: attachment\n\npdf\n"
	    "--B\nContent-Type: application/javascript; name=f.js\n"
	    "Content-Disposition: attachment\n\njs\n"
	    "--B\nContent-Type: application/octet-stream\nContent-Disposition: attachment\n\nbytes\n"
	    "--B\nContent-Type: text/xml; name=\"g h.xml\"\nContent-Disposition: attachment\n\n<x/>\n"
	    "--B--\n");
	struct gp_response out;
	size_t i;
	char *html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", key));

	for (i = 0; i < GP_COUNT(cases); i++) {
		char *path = gp_asprintf(r->ctx, "/bees/m/%s/%s", key, cases[i].path);

		has(html, path);
		ask(r, "GET", path, NULL, NULL, &out);
		assert_int_equal(out.status, 200);
		assert_string_equal(out.type, cases[i].type);
		assert_true(out.sandbox);
		assert_int_equal(gp_starts(out.disposition, "inline;"), cases[i].inline_);
	}
	has(html, "<img src=");
	{
		/* A piece of it, twice: the second time the page is a kept one. */
		char *path = gp_asprintf(r->ctx, "/bees/m/%s/8-part.octetstream", key), *etag;
		struct gp_request q;

		for (i = 0; i < 2; i++) {
			assert_int_equal(gp_request_parse(r->ctx, "GET", gp_strdup(r->ctx, path), &q), 0);
			q.range = "bytes=1-3";
			gp_web_answer(r->ctx, r->w, &q, &out);
			assert_int_equal(out.status, 206);
			assert_string_equal(out.range, "bytes 1-3/5");
			assert_int_equal(out.body.n, 3);
			assert_memory_equal(out.body.p, "yte", 3);
			assert_null(out.kept);
		}
		q.range = "bytes=5-";
		gp_web_answer(r->ctx, r->w, &q, &out);
		assert_int_equal(out.status, 416);
		assert_string_equal(out.range, "bytes */5");
		etag = gp_strdup(r->ctx, out.etag);
		q.range = "bytes=0-0";
		q.if_range = "\"another\"";
		gp_web_answer(r->ctx, r->w, &q, &out);
		assert_int_equal(out.status, 200);
		q.if_range = etag;
		gp_web_answer(r->ctx, r->w, &q, &out);
		assert_int_equal(out.status, 206);
		/* Pages have no pieces: they are compressed, and change. */
		assert_int_equal(gp_request_parse(r->ctx, "GET", gp_strdup(r->ctx, "/bees/"), &q), 0);
		q.range = "bytes=0-0";
		gp_web_answer(r->ctx, r->w, &q, &out);
		assert_int_equal(out.status, 200);
	}
	/* A wrong name is mended, a wrong number is nothing; the container is no file. */
	ask(r, "GET", gp_asprintf(r->ctx, "/bees/m/%s/2-wrong.exe", key), NULL, NULL, &out);
	assert_int_equal(out.status, 301);
	assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/m/%s/2-a.png", key));
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s/1-x", key)), 404);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s/10-x", key)), 404);
}

/* ---- acts ---------------------------------------------------------------------------------------------- */

static void
one_click(void **state)
{
	static const struct { const char *body; int status; } cases[] = {
		{"List-Unsubscribe=One-Click", 0}, {"confirm=1", 0},
		{"a=b&List-Unsubscribe=One-Click", 0},
		{"--B\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--B--", 0},
		{"", 400}, {"x", 400}, {"List-Unsubscribe", 400}, {"List-Unsubscribe=Two", 400},
		{"confirm=0", 400}, {"name=\"List-Unsubscribe\"", 400},
	};
	struct reader *r = *state;
	struct gp_response out;
	struct gp_request q;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		ask(r, "POST", "/u/abcdefghijklmnop", cases[i].body, NULL, &out);
		if (cases[i].status != 0) {
			assert_int_equal(out.status, cases[i].status);
			assert_null(out.act);
		} else {
			assert_string_equal(out.act, "one-click");
			assert_string_equal(out.token, "abcdefghijklmnop");
		}
	}
	/* Reading changes nothing and is never kept. */
	ask(r, "GET", "/u/abcdefghijklmnop", NULL, NULL, &out);
	assert_int_equal(out.status, 200);
	assert_null(out.act);
	assert_null(out.etag);
	assert_string_equal(out.cache, "no-store");
	has(page(r, "/u/abcdefghijklmnop"), "<form method=\"post\">");
	hasnt(page(r, "/u/abcdefghijklmnop"), "abcdefghijklmnop");
	assert_int_equal(gp_request_parse(r->ctx, "POST", "/u/abcdefghijklmnop", &q), 0);
	gp_web_acted(r->ctx, r->w, &q, true, &out);
	assert_int_equal(out.status, 200);
	gp_web_acted(r->ctx, r->w, &q, false, &out);
	assert_int_equal(out.status, 503);
}

/* ---- lists and their pages ------------------------------------------------------------------------------ */

static void
closed_archive(void **state)
{
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "marker private", "word");
	size_t i;

	set(r, "archive", "off");
	for (i = 0; i < GP_COUNT(everywhere); i++) {
		struct gp_response out;

		ask(r, "GET", with_key(r, everywhere[i], key), NULL, NULL, &out);
		if (gp_starts(everywhere[i], "/bees"))
			assert_int_equal(out.status, 404);
		hasnt(gp_strndup(r->ctx, out.body.p, out.body.n), "private");
	}
	assert_int_equal(status_of(r, "/mid/1@x.example"), 404);
	set(r, "archive", "public");
	assert_int_equal(status_of(r, "/bees/"), 200);
}

static void
pages_of_threads(void **state)
{
	struct reader *r = *state;
	char *path = gp_strdup(r->ctx, "/bees/"), *html;
	int i, seen = 0, pages = 0;

	for (i = 0; i < 120; i++)
		post_on(r, r->p.bees, gp_asprintf(r->ctx, "From: Ann <ann@example.org>\n"
		    "Subject: thread %d\nMessage-ID: <%d@x.example>\n"
		    "Date: Sun, 22 Nov 2026 %02d:%02d:00 +0000\n\nx\n", i, i, i / 60, i % 60));
	for (; path != NULL && pages < 9; pages++) {
		const char *p;

		html = page(r, path);
		for (p = strstr(html, "<h3>"); p != NULL; p = strstr(p + 1, "<h3>"))
			seen++;
		p = strstr(html, "<link rel=\"next\" href=\"");
		path = p == NULL ? NULL : gp_strndup(r->ctx, p + 23, strcspn(p + 23, "\""));
	}
	assert_int_equal(pages, 3);
	assert_int_equal(seen, 120);
	has(page(r, "/bees/"), "thread 119");
	has(page(r, "/bees/2026/11/"), "120 messages");
	has(page(r, "/bees/2026/11/"), "?after=");
	has(page(r, "/bees/2026/11/22"), "thread 0");
}

static void
found(void **state)
{
	struct reader *r = *state;
	char *html;

	post(r, "1@x.example", NULL, "Ann <ann@example.org>", "About varroa",
	    "It was a long summer & we <counted> mites. The oxalic acid comes in December.");
	html = page(r, "/bees/search?q=oxalic");
	has(html, "1 message for");
	has(html, "<mark>oxalic</mark>");
	has(html, "&lt;counted&gt;");
	html = page(r, "/search?q=VARROA");
	has(html, "About <mark>varroa</mark>");
	has(page(r, "/bees/search?q=nothingofthekind"), "No message has");
	has(page(r, "/bees/search?q=%22open"), "quotation mark");
	has(page(r, "/bees/search"), "How to search");
	has(page(r, "/bees/search?q=%00%00"), "<h1>");
	has(page(r, "/bees/search?q=varroa&after=nokey"), "<mark>varroa</mark>");
}

static void
not_found_helps(void **state)
{
	struct reader *r = *state;
	struct gp_response out;

	ask(r, "GET", "/beas/", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
	has(gp_strndup(r->ctx, out.body.p, out.body.n), "Did you mean <a href=\"/bees/\"");
	ask(r, "GET", "/bees/oxalic-acid%22%3E%3Cb%3E", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
	has(gp_strndup(r->ctx, out.body.p, out.body.n), "/bees/search?q=oxalic%20acid");
	hasnt(gp_strndup(r->ctx, out.body.p, out.body.n), "\"><b>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(addresses), WEB_TEST(methods), WEB_TEST(copies_of_readers),
		WEB_TEST(compressed), WEB_TEST(hidden_addresses), WEB_TEST(nothing_becomes_markup),
		WEB_TEST(documents), WEB_TEST(parts), WEB_TEST(one_click), WEB_TEST(closed_archive),
		WEB_TEST(pages_of_threads), WEB_TEST(found), WEB_TEST(not_found_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
