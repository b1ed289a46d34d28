/* SPDX-License-Identifier: ISC */
/*
 * Unit tests of Markdown: what is written, what is left out, that escaped text is only
 * ever text, and the text part of a mail.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/render/markdown.h"

#include <stdio.h>
#include <string.h>

#define P(x) "<p dir=\"auto\">" x "</p>\n"
#define A(url, x) "<a href=\"" url "\" rel=\"nofollow ugc noopener\">" x "</a>"

static const struct {
	const char *name, *in, *want;
} rows[] = {
	{"nothing", "", ""},
	{"paragraph", "a\nb", P("a\nb")},
	{"emphasis", "*a* **b** `c<d`", P("<em>a</em> <strong>b</strong> <code>c&lt;d</code>")},
	{"headings begin where asked", "# a\n## b\n###### c\n",
	    "<h3 dir=\"auto\">a</h3>\n<h4 dir=\"auto\">b</h4>\n"
	    "<h6 dir=\"auto\">c</h6>\n"},
	{"tight list", "- a\n- b", "<ul><li dir=\"auto\">a</li>\n<li dir=\"auto\">b</li>\n</ul>\n"},
	{"loose list", "3. a\n\n4. b", "<ol start=\"3\"><li dir=\"auto\">"
	    P("a") "</li>\n<li dir=\"auto\">" P("b")
	    "</li>\n</ol>\n"},
	{"quote", "> a", "<blockquote dir=\"auto\" class=\"q\">" P("a") "</blockquote>\n"},
	{"code", "```c\na<b\n```\n", "<pre>a&lt;b\n</pre>\n"},
	{"rule", "---", "<hr>\n"},
	{"break", "a\\\nb", P("a<br>\nb")},
	{"link", "[a](https://x.org/?b=1&c=2 \"title\")", P(A("https://x.org/?b=1&amp;c=2", "a"))},
	{"mail link", "[a](mailto:b@c.org)", P(A("mailto:b@c.org", "a"))},
	{"bare link", "see https://x.org/a_b_c.", P("see " A("https://x.org/a_b_c",
	    "https://x.org/a_b_c") ".")},
	{"image is a link", "![a](http://x.org/i.png)", P(A("http://x.org/i.png", "a"))},
	{"image without words", "![](http://x.org/i.png)", P(A("http://x.org/i.png",
	    "http://x.org/i.png"))},
	{"image in a link", "[![a](http://x/i)](http://y/)", P(A("http://y/", "a"))},
	{"image in a link to nowhere", "[![a](http://x/i)](javascript:y)", P("a")},
	{"no script", "[a](javascript:alert(1))", P("a")},
	{"no feed", "[a](feed:javascript:x)", P("a")},
	{"no data", "[a](data:text/html;base64,x)", P("a")},
	{"no host of nobody", "[a](//evil.example/x)", P("a")},
	{"no relative link", "[a](/x)", P("a")},
	{"no header field in a mail link", "[a](mailto:x@y?subject=b%0d%0aBcc:z)", P("a")},
	{"autolink with a foreign scheme", "<ftp://x/>", P("ftp://x/")},
	{"a link can't leave its attribute", "[a](<http://x/\"onclick=\"y>)",
	    P(A("http://x/%22onclick=%22y", "a"))},
	{"no HTML", "<b>a</b>\n\n<div onclick=x>\nb\n</div>\n\n<script>\nc\n</script>\n", P("a")},
	{"no entity tricks", "&lt;script&gt; [a](java&#115;cript:x)", P("&lt;script&gt; a")},
	{"bytes that are not UTF-8", "a\xff" "b", P("a\xef\xbf\xbd" "b")},
};

static void
test_web(void **state)
{
	size_t i, n;
	char *got;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		assert_int_equal(gp_markdown_html(NULL, rows[i].in, strlen(rows[i].in), GP_MD_WEB,
		    3, NULL, NULL,
		    &got, &n, NULL), GP_OK);
		if (strcmp(got, rows[i].want) || n != strlen(got))
			fail_msg("%s:\ngot  \"%s\"\nwant \"%s\"", rows[i].name, got, rows[i].want);
		talloc_free(got);
	}
}

/* A stranger's post: addresses are hidden, also those that would be links. */
static void
test_foreign(void **state)
{
	const char *in = "[a](mailto:b@c.org) <d@e.org> f@g.org";
	struct markdown_opts o = {.kind = GP_MD_WEB, .top = 4, .foreign = true};
	size_t n;
	char *got;

	(void)state;
	assert_int_equal(markdown_write(NULL, in, strlen(in), &o, &got, &n, NULL), GP_OK);
	assert_string_equal(got, P("a d@... f@..."));
	talloc_free(got);
}

static void
test_mail(void **state)
{
	const char *in = "# T\n\n[a](http://x/) & <b>\n\n> q\n";
	size_t n;
	char *got;

	(void)state;
	assert_int_equal(gp_markdown_html(NULL, in, strlen(in), GP_MD_MAIL, 1, "de", "S <1>", &got,
	    &n, NULL),
	    GP_OK);
	assert_true(gp_starts(got, "<!doctype html>\n<html lang=\"de\">"));
	assert_non_null(strstr(got, "<title>S &lt;1&gt;</title>"));
	assert_non_null(strstr(got, "<h1 dir=\"auto\" style=\"font-size:22px"));
	assert_non_null(strstr(got,
	    "<a href=\"http://x/\" style=\"color:#0a58a6;text-decoration:underline\">a</a> &amp; "));
	assert_non_null(strstr(got, "prefers-color-scheme:dark"));
	assert_null(strstr(got, "class="));
	assert_true(gp_ends(got, "</body></html>\n"));
	talloc_free(got);
}

/* Bare web addresses become links of themselves: here only their text counts. */
static char *
without_links(const void *ctx, const char *html)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, strlen(html) + 1);
	while (*html) {
		if (gp_starts(html, "<a ") || gp_starts(html, "</a>"))
			html = strchr(html, '>') + 1;
		else
			gp_buf_putc(&b, *html++);
	}
	return b.p;
}

/* What is escaped gives one paragraph of that very text, and the same text in the mail. */
static void
test_escape(void **state)
{
	static const char *const texts[] = {
		"# heading", "a\\b", "*a* _b_ **c**", "`code`", "[x](http://y/)",
		    "![x](http://y/)", "<b>", "- item",
		"+ item", "1. item", "2) item", "> quote", "=== ", "---", "~~~", "&amp; &#60;",
		    "http://x.y/a_b_c",
		"a | b", "<http://x/>", "[x]: http://y/", "****", "\\", "\\\\*", "~~a~~", "***",
		    "_ _ _", "a ",
		"{{x}}", "(x)", "!", "a\\", "`` ` ``", "12", "1.", "12345678901. x",
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(texts); i++) {
		void *ctx = gp_ctx(NULL);
		char *md = gp_markdown_escape(ctx, texts[i], strlen(texts[i])), *html, *text;
		struct gp_buf want;

		gp_buf_init(&want, ctx, 1000);
		gp_escape_html(&want, texts[i], gp_str_trim(GP_STR(texts[i])).n);
		assert_int_equal(gp_markdown_html(ctx, md, strlen(md), GP_MD_WEB, 1, NULL, NULL,
		    &html, &n, NULL),
		    GP_OK);
		assert_string_equal(without_links(ctx, html), gp_asprintf(ctx, P("%s"), want.p));
		text = gp_markdown_text(ctx, md, strlen(md));
		while (strlen(text) < strlen(texts[i]) && texts[i][strlen(text)] == ' ')
			text = gp_asprintf(ctx, "%s ", text);
		assert_string_equal(text, texts[i]);
		talloc_free(ctx);
	}
}

#define LONG "1234567890123456789012345678901234567890"

static void
test_text(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"", ""},
		{"# T\n\n> q\n- a\n", "T\n=====\n\n> q\n- a\n"},
		{"## Also n\xc3\xa9w\n\n### Three [x](y)\na\n", "Also n\xc3\xa9w\n--------\n\nThree x: y\na\n"},
		{"#a\n\\# b\n####### c\na # d\n# e", "#a # b ####### c a # d\ne\n====="},
		{"say **yes** or **no\\***.", "say *yes* or *no**."},
		{"** a ** b **c** d** **e", "** a ** b *c* d** **e"},
		{"**a\n\nb** c", "**a\n\nb** c"},
		{"\\*\\*a\\*\\*", "**a**"},
		{"a\\_b \\# \\\\", "a_b # \\"},
		{"[Read](http://x/a\\_b) now", "Read: http://x/a_b now"},
		{"[http://x/](http://x/)", "http://x/"},
		{"[Why?](http://x/) [Oh!](http://y/), [**Dr.**](http://z/)", "Why? http://x/ Oh! http://y/, *Dr.* http://z/"},
		{"### 12. [Why?](http://x/)\na", "12. Why?\n    http://x/\na"},
		{"### " LONG " [" LONG "](http://x/)", LONG "\n" LONG ":\nhttp://x/"},
		{"### [http://x/](http://x/)\n#### ", "http://x/\n"},
		{"[**a** b](http://x/)", "*a* b: http://x/"},
		{"[a](b c) [d] (e) [f", "[a](b c) [d] (e) [f"},
		{"`a\\_b` ``c\\`d``", "\"a\\_b\" \"c\\`d\""},
		{"`\"a\"` `a\nb` ``c", "`\"a\"` `a\nb` ``c"},
		{"`a\\_b", "`a_b"},
		{"```\na\\_b [c](d)\n```\nx\\_y\n", "```\na\\_b [c](d)\n```\nx_y\n"},
		{"~~~\nnever ended\\_", "~~~\nnever ended\\_"},
		{"a  \nb\\\nc", "a\nb\nc"},
		{"a\nb \n  c\n\nd\n", "a b c\n\nd\n"},
		{"\n\na\n\n\n\n- b\n\n> c\n\n\n", "a\n\n- b\n\n> c\n\n"},
		{"```\na\n\n\nb\n```\n\n\nc", "```\na\n\n\nb\n```\n\nc"},
		{LONG "a " LONG "\n" LONG "\nb\n", LONG "a\n" LONG "\n" LONG " b\n"},
		{"- " LONG "a " LONG "\n  b\n- c\n10. d  \ne\n", "- " LONG "a\n  " LONG " b\n- c\n10. d\n    e\n"},
		{"> a\n> " LONG "a " LONG "\n>\n> b\nc", "> a\n> " LONG "a\n> " LONG "\n>\n> b\nc"},
		{"a\n> b\nc\n---\nd\n    " LONG " " LONG "\n", "a\n> b\nc\n---\nd " LONG "\n" LONG "\n"},
		{"    " LONG " " LONG "\n", "    " LONG " " LONG "\n"},
		{LONG LONG LONG " a\n", LONG LONG LONG "\na\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *got = gp_markdown_text(NULL, cases[i].in, strlen(cases[i].in));

		assert_string_equal(got, cases[i].want);
		talloc_free(got);
	}
}

static void
test_bounds(void **state)
{
	struct gp_err err;
	struct gp_buf in;
	size_t n = 0, i;
	char *got;

	(void)state;
	gp_buf_init(&in, NULL, GP_MAX_MARKDOWN + 1);
	for (i = 0; i <= GP_MAX_MARKDOWN; i++)
		gp_buf_putc(&in, 'a');
	assert_int_equal(gp_markdown_html(in.p, in.p, in.len, GP_MD_WEB, 1, NULL, NULL, &got, &n,
	    &err),
	    GP_E_TOOBIG);
	gp_buf_reset(&in);
	for (i = 0; i < 50000; i++)
		gp_buf_puts(&in, "> ");
	gp_buf_puts(&in, "x");
	/* Deep nesting is flattened, and closed as it was opened. */
	assert_int_equal(gp_markdown_html(in.p, in.p, in.len, GP_MD_MAIL, 1, NULL, NULL, &got, &n,
	    &err), GP_OK);
	for (i = 0; (got = strstr(got, "<blockquote")); got++)
		i++;
	assert_int_equal(i, 12);
	talloc_free(in.p);
}

/* Signs that a line opens beyond the limit go, its words don't, and other lines stay letter by letter. */
static void
test_depth(void **state)
{
	static const struct {
		const char *sign, *words;
		size_t times, left;
	} cases[] = {
		{"> ", "x", 16, 16}, {"> ", "x", 17, 16}, {">", "x", 900, 16}, {"- ", "x", 900, 16},
		{"12. ", "1.5 kg", 40, 16}, {"+ > ", "x", 40, 8}, {"3) ", "", 40, 16}, {"* ", "*x*", 40, 16},
		{"-", "x", 40, 40}, {"1.", "x", 40, 40}, {"# ", "x", 40, 40}, {"-\t", "x", 40, 16},
	};
	size_t i, k, n;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_buf in, want;
		char *got;

		gp_buf_init(&in, NULL, 1 << 20);
		gp_buf_init(&want, NULL, 1 << 20);
		gp_buf_puts(&in, "a\n\n  ");
		gp_buf_puts(&want, "a\n\n  ");
		for (k = 0; k < cases[i].times; k++)
			gp_buf_puts(&in, cases[i].sign);
		for (k = 0; k < cases[i].left; k++)
			gp_buf_puts(&want, cases[i].sign);
		gp_buf_printf(&in, "%s\nb", cases[i].words);
		gp_buf_printf(&want, "%s\nb", cases[i].words);
		got = markdown_shallow(NULL, in.p, in.len, &n);
		if (got == NULL)
			got = gp_strndup(NULL, in.p, in.len);
		assert_string_equal(got, want.p);
		talloc_free(got);
		talloc_free(in.p);
		talloc_free(want.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_web),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
