/* SPDX-License-Identifier: ISC */
/* Requests, paths, header fields and the cache of web/: what needs no archive. */
#include "web.h"

static void
targets(void **state)
{
	static const struct {
		const char *target;
		int status;
		const char *path, *q;
	} cases[] = {
		{"/", 0, "/", NULL},
		{"/bees/search?q=a+b", 0, "/bees/search", "a b"},
		{"/bees/search?x=1&q=%C3%A9&q=second", 0, "/bees/search", "é"},
		{"/s?q", 0, "/s", ""},
		{"/s?q=", 0, "/s", ""},
		{"/s?&&q=x&", 0, "/s", "x"},
		{"/s?q=%zz%4", 0, "/s", "%zz%4"},
		{"/s?q=a%00b", 0, "/s", "a\xef\xbf\xbd" "b"},
		{"/s?q=%ff", 0, "/s", "\xef\xbf\xbd"},
		{"/s?q=a=b", 0, "/s", "a=b"},
		{"/s#q=x", 0, "/s", NULL},
		{"/mid/a%2Fb@c", 0, "/mid/a/b@c", NULL},
		{"http://other.example/bees/?q=1", 0, "/bees/", "1"},
		{"https://other.example", 0, "/", NULL},
		{"/a%20b", 0, "/a b", NULL},
		{"", 400}, {"*", 400}, {"bees", 400}, {"?q=1", 400},
		{"/%", 400}, {"/%4", 400}, {"/%zz", 400}, {"/%00", 400}, {"/a%0d%0aX: y", 400},
		{"/\x01", 400}, {"/%7f", 400}, {"/%ff", 400}, {"/%c0%ae%c0%ae/", 400},
		{"/%ed%a0%80", 400}, {"/s?q=a\nb", 400}, {"ftp://x/y", 400},
	};
	void *ctx = gp_ctx(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_request r;
		int status = gp_request_parse(ctx, "GET", cases[i].target, &r);

		if (status != cases[i].status)
			fail_msg("%s: %d, not %d", cases[i].target, status, cases[i].status);
		if (status == 0) {
			const char *q = gp_request_arg(&r, "q");

			assert_string_equal(r.path, cases[i].path);
			if (!gp_streq(q, cases[i].q))
				fail_msg("%s: q is %s", cases[i].target, q != NULL ? q : "not there");
		}
	}
	talloc_free(ctx);
}

static void
long_targets(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_request r;
	struct gp_buf b;
	int i;

	(void)state;
	gp_buf_init(&b, ctx, 1 << 20);
	for (i = 0; i < GP_WEB_PATH; i++)
		gp_buf_putc(&b, i == 0 ? '/' : 'a');
	assert_int_equal(gp_request_parse(ctx, "GET", b.p, &r), 0);
	gp_buf_putc(&b, 'a');
	assert_int_equal(gp_request_parse(ctx, "GET", b.p, &r), 414);
	gp_buf_reset(&b);
	gp_buf_puts(&b, "/?");
	for (i = 0; i < GP_WEB_PATH; i++)
		gp_buf_putc(&b, '&');
	assert_int_equal(gp_request_parse(ctx, "GET", b.p, &r), 0);
	assert_int_equal(r.args_n, 0);
	gp_buf_putc(&b, '&');
	assert_int_equal(gp_request_parse(ctx, "GET", b.p, &r), 414);
	/* More parameters than are kept: the first ones count. */
	gp_buf_reset(&b);
	gp_buf_puts(&b, "/?q=1");
	for (i = 0; i < GP_WEB_ARGS * 2; i++)
		gp_buf_printf(&b, "&n%d=%d", i, i);
	assert_int_equal(gp_request_parse(ctx, "GET", b.p, &r), 0);
	assert_int_equal(r.args_n, GP_WEB_ARGS);
	assert_string_equal(gp_request_arg(&r, "q"), "1");
	assert_null(gp_request_arg(&r, "n60"));
	talloc_free(ctx);
}

static void
encodings(void **state)
{
	static const struct { const char *field; bool want; } cases[] = {
		{"gzip", true}, {"GZIP", true}, {"deflate, gzip;q=0.5, br", true}, {"br,gzip", true},
		{"gzip;q=1.0", true}, {"gzip ; q=0.1", true}, {"gzip;q=0.001", true},
		{NULL, false}, {"", false}, {"identity", false}, {"gzip;q=0", false},
		{"gzip;q=0.0", false}, {"gzip; q=0.000, br", false}, {"x-gzipped", false},
		{"gzipped", false}, {"br;gzip", false}, {",,,", false}, {"*", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_request r = {.accept_encoding = cases[i].field};

		if (request_accepts_gzip(&r) != cases[i].want)
			fail_msg("%s", cases[i].field != NULL ? cases[i].field : "none");
	}
}

static void
slugs(void **state)
{
	static const struct { const char *title, *want; } cases[] = {
		{"Moving nine hives 400 m in the snow?", "moving-nine-hives-400-m-in-the-snow"},
		{"Quelle couleur pour la reine cette année ?",
		    "quelle-couleur-pour-la-reine-cette-annee"},
		{"Zielińska, Łódź, Žižek", "zielinska-lodz-zizek"},
		{"  --- ", ""}, {"", ""}, {"日本語", ""}, {"../../etc/passwd", "etc-passwd"},
		{"<script>alert(1)</script>", "script-alert-1-script"},
		{"\xff\xfe" "a", "a"}, {"a?b#c/d%e", "a-b-c-d-e"},
		{"one two three four five six seven eight nine ten eleven twelve thirteen",
		    "one-two-three-four-five-six-seven-eight-nine-ten-eleven"},
	};
	void *ctx = gp_ctx(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++)
		assert_string_equal(gp_slug(ctx, cases[i].title, 60), cases[i].want);
	talloc_free(ctx);
}

static void
kept_pages(void **state)
{
	static const char body[] = "a page";
	struct gp_response r = {.status = 200, .type = "text/html", .body = GP_STR(body),
	    .etag = (char *)(uintptr_t)"\"x\""};
	struct cache *c = cache_new(NULL, 16 << 10);
	struct gp_response big = r;
	struct gp_kept *k;
	struct blob *b;
	char name[32];
	char *much;
	int i, left = 0;

	(void)state;
	assert_null(cache_find(c, "/"));
	k = cache_add(c, "/", &r, NULL);
	assert_non_null(k);
	assert_ptr_equal(cache_find(c, "/"), k);
	assert_string_equal(k->form[FORM_PLAIN]->p, "a page");
	/* Someone still sends these bytes when the page is dropped. */
	b = blob_hold(k->form[FORM_PLAIN]);
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "/page-%d", i);
		assert_non_null(cache_add(c, name, &r, NULL));
	}
	assert_null(cache_find(c, "/"));
	assert_string_equal(b->p, "a page");
	blob_drop(b);
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "/page-%d", i);
		left += cache_find(c, name) != NULL;
	}
	assert_in_range(left, 10, 16);
	/* The last used stay: page-99 was looked at before page-98 is. */
	assert_non_null(cache_find(c, "/page-99"));
	/* Replaced, not doubled. */
	k = cache_add(c, "/page-99", &r, blob_new("zipped", 6));
	assert_ptr_equal(cache_find(c, "/page-99"), k);
	/* Too big for the cache at all. */
	much = gp_alloc(NULL, GP_WEB_KEPT + 1, "much");
	big.body = (struct gp_str){much, GP_WEB_KEPT + 1};
	assert_null(cache_add(c, "/big", &big, NULL));
	assert_non_null(cache_find(c, "/page-99"));
	talloc_free(much);
	talloc_free(c);
}

static void
collect(void *arg, const char *name, const char *value)
{
	gp_buf_printf(arg, "%s: %s\n", name, value);
}

static void
header_fields(void **state)
{
	struct gp_response r = {.status = 200, .type = "text/html", .etag =
	    (char *)(uintptr_t)"\"x\"", .modified = 784111777};
	void *ctx = gp_ctx(NULL);
	struct gp_buf b;

	(void)state;
	gp_buf_init(&b, ctx, 1 << 16);
	gp_response_headers(ctx, &r, collect, &b);
	has(b.p, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\n");
	has(b.p, "Content-Security-Policy: default-src 'none'");
	has(b.p, "X-Content-Type-Options: nosniff");
	hasnt(b.p, "unsafe-inline");
	hasnt(b.p, "script-src");
	hasnt(b.p, "sandbox");
	gp_buf_reset(&b);
	r.sandbox = true;
	gp_response_headers(ctx, &r, collect, &b);
	has(b.p, "Content-Security-Policy: sandbox; default-src 'none'");
	talloc_free(ctx);
}

static void
ranges(void **state)
{
	static const struct {
		const char *field;
		enum range want;
		size_t from, to;	/* of 100 bytes */
	} cases[] = {
		{NULL, RANGE_NONE}, {"", RANGE_NONE}, {"bytes", RANGE_NONE}, {"bytes=", RANGE_NONE},
		{"bytes=-", RANGE_NONE}, {"bytes=a-b", RANGE_NONE}, {"bytes=0", RANGE_NONE},
		{"lines=0-5", RANGE_NONE}, {"bytes=0-5,10-15", RANGE_NONE}, {"bytes=5-4", RANGE_NONE},
		{"bytes= 0-5", RANGE_NONE}, {"bytes=0-5 ", RANGE_NONE}, {"bytes=--5", RANGE_NONE},
		{"bytes=0x1-5", RANGE_NONE}, {"bytes=99999999999999999999-", RANGE_NONE},
		{"bytes=0-99999999999999999999", RANGE_NONE},
		{"bytes=0-0", RANGE_FOUND, 0, 1}, {"bytes=0-99", RANGE_FOUND, 0, 100},
		{"bytes=0-100", RANGE_FOUND, 0, 100}, {"bytes=0-999999999999999", RANGE_FOUND, 0, 100},
		{"BYTES=10-19", RANGE_FOUND, 10, 20}, {"bytes=99-", RANGE_FOUND, 99, 100},
		{"bytes=100-", RANGE_OUTSIDE}, {"bytes=100-200", RANGE_OUTSIDE}, {"bytes=-0", RANGE_OUTSIDE},
		{"bytes=-1", RANGE_FOUND, 99, 100}, {"bytes=-100", RANGE_FOUND, 0, 100},
		{"bytes=-101", RANGE_FOUND, 0, 100},
	};
	size_t i, from, to;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		enum range got = range_read(cases[i].field, 100, &from, &to);

		if (got != cases[i].want || (got == RANGE_FOUND && (from != cases[i].from || to != cases[i].to)))
			fail_msg("%s: %d, %zu to %zu", cases[i].field, got, from, to);
	}
	assert_int_equal(range_read("bytes=0-", 0, &from, &to), RANGE_OUTSIDE);
	assert_int_equal(range_read("bytes=-5", 0, &from, &to), RANGE_OUTSIDE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets), cmocka_unit_test(long_targets),
		cmocka_unit_test(encodings), cmocka_unit_test(slugs), cmocka_unit_test(kept_pages),
		cmocka_unit_test(header_fields), cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
