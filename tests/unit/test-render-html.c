/* SPDX-License-Identifier: ISC */
/*
 * Unit tests of HTML from strangers: what may pass, what must not, how it reads as text,
 * and that nothing takes long or grows without bound.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/render.h"

#include <stdio.h>
#include <string.h>

#define REL " rel=\"nofollow ugc noopener\""

static const struct {
	const char *name, *in, *clean, *text;
} rows[] = {
	{"nothing", "", "", ""},
	{"text", "a &amp; b &lt;i&gt;", "a &amp; b &lt;i&gt;", "a & b <i>\n"},
	{"whole document",
	    "<!DOCTYPE html><html><head><title>T</title><meta charset=x></head><body bgcolor=red>x</body></html>",
	    "x", "x\n"},
	{"paragraphs", "<p>a</p><p>b\n c", "<p>a</p><p>b\n c</p>", "a\n\nb c\n"},
	{"lines", "a<br>b<br/><br>c", "a<br>b<br><br>c", "a\nb\n\nc\n"},
	{"divs as Gmail has them", "<div>a</div><div><br></div><div>b</div>",
	    "<div>a</div><div><br></div><div>b</div>", "a\n\nb\n"},
	{"attributes go", "<p class=x id=y onclick=\"z()\" style='color:red' data-a=b>a</p>",
	    "<p>a</p>", "a\n"},
	{"headings are small", "<h1>a</h1><h3>b</h3>", "<h4>a</h4><h6>b</h6>", "a\n\nb\n"},
	{"lists", "<ul><li>a<li>b<ol start=3><li>c</ol></ul>d",
	    "<ul><li>a</li><li>b<ol start=\"3\"><li>c</li></ol></li></ul>d",
	    "- a\n- b\n  3. c\n\nd\n"},
	{"quote", "a<blockquote type=cite><p>b</p><p>c</p></blockquote>d",
	    "a<blockquote class=\"q\"><p>b</p><p>c</p></blockquote>d", "a\n\n> b\n>\n> c\n\nd\n"},
	{"quote in quote", "<blockquote>a<blockquote>b</blockquote></blockquote>",
	    "<blockquote class=\"q\">a<blockquote class=\"q\">b</blockquote></blockquote>",
	    "> a\n>\n> > b\n"},
	{"pre", "<pre>\n a\n  b\n\n c</pre>", "<pre> a\n  b\n\n c</pre>", " a\n  b\n\n c\n"},
	{"table", "<table border=1><tr><td colspan=2>a<td>b<tr><th rowspan=x>c</table>",
	    "<table><tbody><tr><td colspan=\"2\">a</td><td>b</td></tr><tr><th>c</th></tr></tbody></table>",
	    "a  b\nc\n"},
	{"closed as it should be", "<b><i>a</b>b</i>", "<b><i>a</i></b><i>b</i>", "ab\n"},
	{"never closed", "<div><b>a", "<div><b>a</b></div>", "a\n"},
	{"end of nothing", "</div></p></table>a", "a", "a\n"},
	{"blanks fold", "a \n\t b&nbsp;c", "a \n\t b\xc2\xa0" "c", "a b c\n"},
	{"what only decorates", "<center><font color=red>a</font></center><tt>b</tt><o:p>c</o:p>",
	    "<div>a</div><code>b</code>c", "a\nbc\n"},
	{"right to left", "<p dir=RTL>a</p><p dir='x y'>b", "<p dir=\"rtl\">a</p><p>b</p>",
	    "a\n\nb\n"},
	/* links and images */
	{"link", "<a href=\"https://x.org/?a=1&amp;b=2\" target=_blank>y</a>",
	    "<a href=\"https://x.org/?a=1&amp;b=2\"" REL ">y</a>", "y (https://x.org/?a=1&b=2)\n"},
	{"link that says where it goes", "<a href=\"https://x.org/\">https://x.org</a>",
	    "<a href=\"https://x.org/\"" REL ">https://x.org</a>", "https://x.org\n"},
	{"bare address", "see https://x.org/y.", "see <a href=\"https://x.org/y\""
	    REL ">https://x.org/y</a>.",
	    "see https://x.org/y.\n"},
	{"mail link", "<a href=\"mailto:jane@example.org?subject=x\">Jane</a> or jane@example.org",
	    "<a>Jane</a> or jane@...", "Jane (jane@example.org?subject=x) or jane@example.org\n"},
	{"address as a link's text", "<a href='http://x.org/'>jane@example.org</a>",
	    "<a href=\"http://x.org/\"" REL ">jane@...</a>", "jane@example.org (http://x.org/)\n"},
	{"no script", "<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>", "x\n"},
	{"no script, disguised",
	    "<a href=\" java&#10;script:alert(1)\">x</a><a href='&#1;javascript:x'>y</a>",
	    "<a>x</a><a>y</a>", "xy\n"},
	{"no data", "<a href='data:text/html,<script>'>x</a>", "<a>x</a>", "x\n"},
	{"no host of nobody",
	    "<a href='//evil.example/'>x</a><a href='http:///x'>y</a><a href='/z'>z</a>",
	    "<a>x</a><a>y</a><a>z</a>", "xyz\n"},
	{"quotes in an address", "<a href='http://x/\"><script>'>x</a>",
	    "<a href=\"http://x/%22%3E%3Cscript%3E\"" REL ">x</a>", "x (http://x/\"><script>)\n"},
	{"remote image", "a<img src=\"http://track.example/1.gif\" width=1>b", "ab", "ab\n"},
	{"remote image with words", "<img src=\"http://x/1.png\" alt=\"A <hive>\">",
	    "[A &lt;hive&gt;]", "[A <hive>]\n"},
	{"image of the mail", "<img src=\"cid:image001.png@01DA\" alt=''>",
	    "<a href=\"cid:image001.png@01DA\">[image001.png]</a>", ""},
	{"image of the mail in a link", "<a href='http://x.org/'><img src='cid:a\"b' alt=logo></a>",
	    "<a href=\"http://x.org/\"" REL ">[logo]</a>", "[logo] (http://x.org/)\n"},
	/* what must not pass */
	{"script", "a<script>alert('</b>')</script>b", "ab", "ab\n"},
	{"script never closed", "a<script>alert(1)", "a", "a\n"},
	{"style", "a<STYLE>p{} <!-- </style>b", "ab", "ab\n"},
	{"comment", "a<!-- <b>x</b> -->b<!-->c<!--->d<!-- e", "abcd", "abcd\n"},
	{"conditional comment", "<!--[if mso]><table><![endif]-->a<![if !mso]>b<![endif]>", "ab",
	    "ab\n"},
	{"frames and objects",
	    "<iframe src=x>y</iframe><object data=x>z</object><embed src=x><frameset><frame>",
	    "z", "z\n"},
	{"forms",
	    "<form action=x><input name=y value=z><button>go</button><select><option>o</select></form>",
	    "<div>goo</div>", "goo\n"},
	{"svg and math",
	    "<svg onload=x><style><a>y</style><script>z</script></svg><math><mi>q</math>", "q",
	    "q\n"},
	{"meta and base",
	    "<base href='http://evil/'><meta http-equiv=refresh content='0;x'><link rel=stylesheet href=x>a",
	    "a", "a\n"},
	{"hidden",
	    "<div style=\"Display : none\">x</div><span hidden>y</span><p style='mso-hide:all'>z</p>a", "a", "a\n"},
	{"tag in a tag", "<<b>a</b><scr<script>ipt>x</scr</script>ipt>",
	    "&lt;<b>a</b>ipt&gt;xipt&gt;",
	    "<aipt>xipt>\n"},
	{"tag never ended", "a<b onclick=", "a", "a\n"},
	{"attribute never ended", "a<a href=\"http://x", "a", "a\n"},
	{"not a tag", "a < b <3 </ c> <", "a &lt; b &lt;3  &lt;", "a < b <3 <\n"},
	{"attributes twice", "<a href='http://x/' href='javascript:y'>z</a>",
	    "<a href=\"http://x/\"" REL ">z</a>",
	    "z (http://x/)\n"},
	{"entities that make markup", "&lt;script&gt;&#60;b&#62;", "&lt;script&gt;&lt;b&gt;",
	    "<script><b>\n"},
	{"direction and controls", "a&#x202e;b&#27;c", "a[U+202E]b\xe2\x90\x9b" "c",
	    "a\xe2\x80\xae" "bc\n"},
	{"numbers beyond all bounds",
	    "a&#2147483818;b&#99999999999999999999;<a href='http://x/&#2147483818;'>c</a>",
	    "a\xef\xbf\xbd" "b\xef\xbf\xbd<a href=\"http://x/%EF%BF%BD\"" REL ">c</a>",
	    "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c (http://x/\xef\xbf\xbd)\n"},
	{"no link in a link", "<a href='http://x/'>http://y/ <a href='http://z/'>w</a></a>",
	    "<a href=\"http://x/\"" REL ">http://y/ </a><a href=\"http://z/\"" REL ">w</a>",
	    "http://y/ (http://x/)w (http://z/)\n"},
	{"a signature", "<p>a</p><div class=\"gmail_signature\" dir=ltr>Ann<br>Ltd</div>", "<p>a</p><div dir=\"ltr\">Ann<br>Ltd</div>",
	    "a\n\n-- \nAnn\nLtd\n"},
	{"a signature that has its mark", "a<br><span class=gmail_signature_prefix>-- </span><br><div class=gmail_signature>"
	    "Ann</div>", "a<br><span>-- </span><br><div>Ann</div>", "a\n--\nAnn\n"},
	{"nothing but a signature", "<div id='AppleMailSignature'>Ann</div>", "<div>Ann</div>", "Ann\n"},
	{"a signature within a quote", "<blockquote>a<div id=Signature>Ann</div></blockquote>",
	    "<blockquote class=\"q\">a<div>Ann</div></blockquote>", "> a\n> Ann\n"},
	{"a word that is called so", "a <span class=signature>b</span>", "a <span>b</span>", "a b\n"},
};

static void
test_rows(void **state)
{
	size_t i, n;
	char *got;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx = gp_ctx(NULL);

		assert_int_equal(gp_html_clean(ctx, rows[i].in, strlen(rows[i].in), &got, &n,
		    NULL), GP_OK);
		if (strcmp(got, rows[i].clean) || n != strlen(got))
			fail_msg("%s, clean:\ngot  \"%s\"\nwant \"%s\"", rows[i].name, got,
			    rows[i].clean);
		assert_int_equal(gp_html_text(ctx, rows[i].in, strlen(rows[i].in), &got, &n, NULL),
		    GP_OK);
		if (strcmp(got, rows[i].text) || n != strlen(got))
			fail_msg("%s, text:\ngot  \"%s\"\nwant \"%s\"", rows[i].name, got,
			    rows[i].text);
		talloc_free(ctx);
	}
}

/* What is clean stays as it is, but for the tags that a second look adds nothing to. */
static void
test_clean_twice(void **state)
{
	size_t i, n, n2;
	char *once, *twice;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx;

		if (strstr(rows[i].clean, "cid:") || strstr(rows[i].clean, "<h"))
			continue;
		ctx = gp_ctx(NULL);
		assert_int_equal(gp_html_clean(ctx, rows[i].in, strlen(rows[i].in), &once, &n,
		    NULL), GP_OK);
		assert_int_equal(gp_html_clean(ctx, once, n, &twice, &n2, NULL), GP_OK);
		assert_string_equal(once, twice);
		talloc_free(ctx);
	}
}

static size_t
count(const char *s, size_t n, const char *what)
{
	size_t found = 0, len = strlen(what);
	const char *p = s;

	while ((p = gp_memmem(p, n - (size_t)(p - s), what, len))) {
		found++;
		p += len;
	}
	return found;
}

/* A page of ours goes on behind it: what is cut must still be closed. */
static void
balanced(const char *html, size_t n)
{
	static const char *const names[] = {"div", "b", "blockquote", "table", "td", "p", "ul",
	    "li", "i"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++) {
		char open[16], close[16];

		snprintf(open, sizeof(open), "<%s%s", names[i],
		    gp_streq(names[i], "blockquote") ? " " : ">");
		snprintf(close, sizeof(close), "</%s>", names[i]);
		if (count(html, n, open) != count(html, n, close))
			fail_msg("%s: %zu opened, %zu closed", names[i], count(html, n, open),
			    count(html, n, close));
	}
	assert_int_equal(count(html, n, "<a>") + count(html, n, "<a "), count(html, n, "</a>"));
}

/* Inputs that are known to hurt parsers: done soon, and within the bounds of the result. */
static void
test_hostile(void **state)
{
	static const struct {
		const char *unit;
		size_t times;
	} inputs[] = {
		{"<div>", 400000}, {"<b>", 500000}, {"<table><td>", 200000}, {"<table>", 300000},
		{"<blockquote>x", 150000}, {"</p>", 500000}, {"<p>", 600000}, {"<", 2000000},
		    {"<!--", 500000},
		{"<a href=", 250000}, {"<a \"", 500000}, {"<font>x<b><p>", 150000},
		    {"<b><i><u><s><p>x", 120000},
		{"<a><div></a>", 150000}, {"<table><td></div><div>", 90000}, {"<ul><li>", 200000},
		{"<svg><style><b>", 130000}, {"<template>", 200000}, {"<select><option>", 120000},
		{"<x><y></x>", 200000}, {"&#x202e;", 200000}, {"&", 2000000}, {"<pre>\n", 300000},
		{"<img alt=x>", 180000}, {"<img src=cid:x>", 130000}, {"<script></scrip", 130000},
		{"<b></b>", 280000}, {"<nobr><a><b><table><tr>", 80000}, {"<li><ol>x", 200000},
	};
	int64_t before = gp_now_ms();
	struct gp_buf in;
	size_t i, k, n;
	char *got;

	(void)state;
	for (i = 0; i < GP_COUNT(inputs); i++) {
		void *ctx = gp_ctx(NULL);
		int64_t start = gp_now_ms();

		gp_buf_init(&in, ctx, 4 << 20);
		for (k = 0; k < inputs[i].times; k++)
			gp_buf_puts(&in, inputs[i].unit);
		assert_int_equal(gp_html_clean(ctx, in.p, in.len, &got, &n, NULL), GP_OK);
		assert_true(n <= GP_MAX_HTML);
		balanced(got, n);
		assert_int_equal(gp_html_text(ctx, in.p, in.len, &got, &n, NULL), GP_OK);
		assert_true(n <= GP_MAX_TEXT);
		if (gp_now_ms() - start > 5000)
			print_message("%s x %zu: %d ms\n", inputs[i].unit, inputs[i].times,
			    (int)(gp_now_ms() - start));
		talloc_free(ctx);
	}
	/* One tag with very many attributes. */
	gp_buf_init(&in, NULL, 4 << 20);
	gp_buf_puts(&in, "<a");
	for (k = 0; k < 300000; k++)
		gp_buf_printf(&in, " a%zu", k);
	gp_buf_puts(&in, " href=http://x/>y</a>");
	assert_int_equal(gp_html_clean(in.p, in.p, in.len, &got, &n, NULL), GP_OK);
	assert_string_equal(got, "<a href=\"http://x/\"" REL ">y</a>");
	talloc_free(in.p);
	/* Generous for a slow machine with sanitizers; quadratic code takes hours. */
	assert_true(gp_now_ms() - before < 240000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_clean_twice),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
