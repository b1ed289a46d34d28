/* SPDX-License-Identifier: ISC */
/*
 * Unit tests of plain text: what becomes of quotes, signatures, patches, addresses and
 * links; what is joined and, more often, what must not be; own words and quoted ones.
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

#define LONG1 "This line of prose is long enough to have been wrapped by a mail program at"
#define LONG2 "seventy-two columns, so that the two of them belong together in the end."

static const struct {
	const char *name;
	unsigned flags;
	const char *in, *want;
	bool fixed;
} pages[] = {
	{"nothing", 0, "", "", false},
	{"only empty lines", 0, "\n\n \n", "", false},
	{"short lines are kept", 0, "Hello\nyou\n", "<p>Hello<br>\nyou</p>\n", false},
	{"paragraphs", 0, "a\n\n\nb", "<p>a</p>\n<p>b</p>\n", false},
	{"markup is text", 0, "<script>alert(\"1\")</script> & co",
	    "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; co</p>\n", false},
	/* joining */
	{"prose is joined", 0, LONG1 "\n" LONG2 "\n", "<p>" LONG1 "\n" LONG2 "</p>\n", false},
	{"the next word would have fitted", 0,
	    LONG1 "\nThis line stops short here, of its own free will\n"
	    "and a second line\n", "<p>" LONG1 "\nThis line stops short here, of its own free will"
	    "<br>\nand a second line</p>\n", false},
	{"lists are not joined", 0, LONG1 "\n- one thing\n* another thing\n1. a third\n",
	    "<p>" LONG1 "<br>\n- one thing<br>\n* another thing<br>\n1. a third</p>\n", false},
	{"numbered entries start a line", 0, LONG1 "\n12) seventy-two columns and on\n",
	    "<p>" LONG1 "<br>\n12) seventy-two columns and on</p>\n", false},
	{"narrow text was not wrapped by a program", 0,
	    "Roses are red and so\nviolets\nare blue too\n",
	    "<p>Roses are red and so<br>\nviolets<br>\nare blue too</p>\n", false},
	{"no join at a prompt", 0, LONG1 "\njane@host:~$ seventy-two columns and some more of it\n",
	    "<p>" LONG1 "<br>\njane@host:~$ seventy-two columns and some more of it</p>\n", false},
	{"no join of log lines", 0,
	    "2026-03-14 12:30:01 daemon started and is listening on the usual port\n"
	    "2026-03-14 12:30:02 daemon stopped\n",
	    "<p>2026-03-14 12:30:01 daemon started and is listening on the usual port<br>\n"
	    "2026-03-14 12:30:02 daemon stopped</p>\n", false},
	{"no join at a long token", 0,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbb cccc\nddddddd\n",
	    "<p>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbb cccc<br>\nddddddd</p>\n",
	    false},
	{"no join of rows of signs", 0,
	    "x = (a+b)*(c+d)/(e-f)%(g|h)&(i^j)~(k<<l)>>(m==n)!=(o&&p)||(q>=r)<=(s,t)\nxxxxx\n",
	    "<p>x = (a+b)*(c+d)/(e-f)%(g|h)&amp;(i^j)~(k&lt;&lt;l)&gt;&gt;(m==n)!=(o&amp;&amp;p)||"
	    "(q&gt;=r)&lt;=(s,t)<br>\nxxxxx</p>\n", false},
	/* aligned by hand */
	{"indented text is fixed", 0, "look:\n  a = b\n", "<pre>look:\n  a = b\n</pre>\n", false},
	{"the text around it is not", 0, "look:\n\n  a = b\n\nso\nit is",
	    "<p>look:</p>\n<pre>  a = b\n</pre>\n<p>so<br>\nit is</p>\n", false},
	{"all is when most is", 0, "a:\n\n  b\n  c\n\n  d",
	    "<pre>a:\n\n  b\n  c\n\n  d\n</pre>\n", true},
	{"an indented list is none", 0, "so:\n  * one\n  * two\n  12. three",
	    "<p>so:<br>\n  * one<br>\n  * two<br>\n  12. three</p>\n", false},
	{"an entry goes on below its text", 0, "- one, which\n  goes on\n- two",
	    "<p>- one, which\ngoes on<br>\n- two</p>\n", false},
	{"with its number too", 0, "10) one\n    more", "<p>10) one\nmore</p>\n", false},
	{"not elsewhere", 0, "- one\n    more\n", "<pre>- one\n    more\n</pre>\n", false},
	{"what it announces stands alone", 0, "- do:\n  make", "<p>- do:<br>\nmake</p>\n", false},
	{"a table in a list is fixed", 0, "- a    b\n- c    d\n",
	    "<pre>- a    b\n- c    d\n</pre>\n", true},
	{"a minus is no list", 0, "  -x\n  -y", "<pre>  -x\n  -y\n</pre>\n", true},
	{"the first line of a paragraph", 0, "   " LONG1 "\n" LONG2,
	    "<p>" LONG1 "\n" LONG2 "</p>\n", false},
	{"a tab between is a table", 0, "a\tb\n", "<pre>a\tb\n</pre>\n", true},
	{"a table is fixed", 0, "one   two\nx     y\n\n\nend",
	    "<pre>one   two\nx     y\n\n\nend\n</pre>\n", true},
	{"a tab in front is fixed", 0, "\tx", "<pre>\tx\n</pre>\n", true},
	{"two blanks behind a full stop are not", 0, "One.  Two", "<p>One.  Two</p>\n", false},
	{"aligned quotes don't make it fixed", 0, "yes\n> a    b\n> c    d\nno",
	    "<p>yes</p>\n<blockquote class=\"q\"><pre>a    b\nc    d\n</pre>\n</blockquote>\n<p>no</p>\n", false},
	/* quotes */
	{"quote", 0, "> a\nb", "<blockquote class=\"q\"><p>a</p>\n</blockquote>\n<p>b</p>\n",
	    false},
	{"levels", 0, ">> a\n> b\n> > > c\nd",
	    "<blockquote class=\"q\"><blockquote class=\"q\"><p>a</p>\n"
	    "</blockquote>\n<p>b</p>\n<blockquote class=\"q\"><blockquote class=\"q\"><p>c</p>\n"
	    "</blockquote>\n</blockquote>\n</blockquote>\n<p>d</p>\n", false},
	{"a paragraph within a quote", 0, "> a\n>\n> b\nc",
	    "<blockquote class=\"q\"><p>a</p>\n<p>b</p>\n</blockquote>\n<p>c</p>\n", false},
	{"mbox's From is no quote", 0, ">From here on", "<p>&gt;From here on</p>\n", false},
	{"a long quote is folded", 0, "> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7\n> 8\n> 9\nx",
	    "<details><summary>9 &gt;</summary>\n<blockquote class=\"q\"><p>1<br>\n2<br>\n3<br>\n4<br>\n"
	    "5<br>\n6<br>\n7<br>\n8<br>\n9</p>\n</blockquote>\n</details>\n<p>x</p>\n", false},
	{"one of eight lines is not", 0, "> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7\n> 8\nx",
	    "<blockquote class=\"q\"><p>1<br>\n2<br>\n3<br>\n4<br>\n5<br>\n6<br>\n7<br>\n8</p>\n</blockquote>\n"
	    "<p>x</p>\n", false},
	{"a quote at the end is", 0, "x\n\n> 1\n",
	    "<p>x</p>\n<details><summary>1 &gt;</summary>\n<blockquote class=\"q\"><p>1</p>\n</blockquote>\n"
	    "</details>\n", false},
	{"also before a signature", 0, "x\n\n> 1\n-- \nme\n",
	    "<p>x</p>\n<details><summary>1 &gt;</summary>\n<blockquote class=\"q\"><p>1</p>\n</blockquote>\n"
	    "</details>\n<p class=\"sig\">-- <br>\nme</p>\n", false},
	{"not when nothing else is there", 0, "> 1\n",
	    "<blockquote class=\"q\"><p>1</p>\n</blockquote>\n", false},
	{"not when asked", GP_TEXT_OPEN_QUOTES, "x\n\n> 1\n",
	    "<p>x</p>\n<blockquote class=\"q\"><p>1</p>\n</blockquote>\n", false},
	{"attribution", 0, "On 3 May 2026, Jane Doe <jane@example.org> wrote:\n> a\nb",
	    "<p class=\"m\">On 3 May 2026, Jane Doe &lt;jane@...&gt; wrote:</p>\n"
	    "<blockquote class=\"q\"><p>a</p>\n</blockquote>\n<p>b</p>\n", false},
	{"attribution of two lines", 0,
	    "On Sunday the third of May 2026, Jane Doe\n<jane@example.org> wrote:\n\n> a\nb",
	    "<p class=\"m\">On Sunday the third of May 2026, Jane Doe<br>\n&lt;jane@...&gt; wrote:</p>\n"
	    "<blockquote class=\"q\"><p>a</p>\n</blockquote>\n<p>b</p>\n", false},
	{"a colon alone is none", 0, "My answer to this:\n> a\nb",
	    "<p>My answer to this:</p>\n<blockquote class=\"q\"><p>a</p>\n</blockquote>\n<p>b</p>\n", false},
	{"original message", 0, "yes\n\n-----Original Message-----\nFrom: x\nno",
	    "<p>yes</p>\n<details><summary>3 &gt;</summary>\n<blockquote class=\"q\"><p>-----Original Message-----"
	    "<br>\nFrom: x<br>\nno</p>\n</blockquote>\n</details>\n", false},
	{"Outlook's header", 0, "yes\n\nVon: Jane\nGesendet: heute\nAn: x\n\nno",
	    "<p>yes</p>\n<details><summary>4 &gt;</summary>\n<blockquote class=\"q\"><p>Von: Jane<br>\n"
	    "Gesendet: heute<br>\nAn: x</p>\n<p>no</p>\n</blockquote>\n</details>\n", false},
	/* signatures and footers */
	{"signature", 0, "x\n-- \nJane\n", "<p>x</p>\n<p class=\"sig\">-- <br>\nJane</p>\n", false},
	{"dashes without a blank, few lines", 0, "x\n--\nJane\n",
	    "<p>x</p>\n<p class=\"sig\">--<br>\nJane</p>\n",
	    false},
	{"dashes without a blank, many lines", 0, "x\n--\n1\n2\n3\n4\n5\n6\n7\n",
	    "<p>x<br>\n--<br>\n1<br>\n2<br>\n3<br>\n4<br>\n5<br>\n6<br>\n7</p>\n", false},
	{"footer of a list", 0,
	    "x\n_______________________________________________\nbees mailing list\n",
	    "<p>x</p>\n<p class=\"sig\">_______________________________________________<br>\n"
	    "bees mailing list</p>\n", false},
	{"signature over a quote", 0, "x\n-- \nJane\n\nAm 3.5.2026 schrieb Joe:\n> a\n",
	    "<p>x</p>\n<p class=\"sig\">-- <br>\nJane</p>\n<p class=\"m\">Am 3.5.2026 schrieb Joe:</p>\n"
	    "<details><summary>1 &gt;</summary>\n<blockquote class=\"q\"><p>a</p>\n</blockquote>\n</details>\n",
	    false},
	{"PGP armour", 0, "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nx\n"
	    "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n",
	    "<p class=\"sig\">-----BEGIN PGP SIGNED MESSAGE-----<br>\nHash: SHA1</p>\n<p>x</p>\n"
	    "<p class=\"sig\">-----BEGIN PGP SIGNATURE-----</p>\n<p class=\"sig\">abc<br>\n"
	    "-----END PGP SIGNATURE-----</p>\n", false},
	/* patches */
	{"patch", 0,
	    "fix\n---\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n-- \n2.40\n",
	    "<pre>fix\n---\n<span class=\"fh\">diff --git a/x b/x</span>\n<span class=\"fh\">index 1..2 100644</span>\n"
	    "<span class=\"fh\">--- a/x</span>\n<span class=\"fh\">+++ b/x</span>\n"
	    "<span class=\"hk\">@@ -1,2 +1,2 @@ f</span>\n a\n<del>-b</del>\n<ins>+c</ins>\n</pre>\n"
	    "<pre class=\"sig\">-- \n2.40\n</pre>\n", true},
	{"a removed dash is no signature", 0, "@@ -1,2 +1 @@\n-- \n x\n",
	    "<pre><span class=\"hk\">@@ -1,2 +1 @@</span>\n<del>-- </del>\n x\n</pre>\n", true},
	{"a hunk cut short", 0, "@@ -1,9 +1,9 @@\n a\nand so on\n+1\n",
	    "<pre><span class=\"hk\">@@ -1,9 +1,9 @@</span>\n a\nand so on\n+1\n</pre>\n", true},
	{"no hunk", 0, "@@ -1,x +1 @@\n+1\n", "<p>@@ -1,x +1 @@<br>\n+1</p>\n", false},
	{"numbers beyond all bounds", 0, "@@ -1,99999999999999999999 +1 @@\n+1\n",
	    "<p>@@ -1,99999999999999999999 +1 @@<br>\n+1</p>\n", false},
	{"quoted patch", 0, "> @@ -1 +1 @@\n> -a\nwhy?\n> +b\nok",
	    "<blockquote class=\"q\"><pre><span class=\"hk\">@@ -1 +1 @@</span>\n<del>-a</del>\n</pre>\n</blockquote>\n"
	    "<p>why?</p>\n<blockquote class=\"q\"><pre><ins>+b</ins>\n</pre>\n</blockquote>\n<p>ok</p>\n", false},
	/* links and addresses */
	{"link", 0, "see https://example.org/a?b=1&c=(2).",
	    "<p>see <a href=\"https://example.org/a?b=1&amp;c=(2)\" "
	    "rel=\"nofollow ugc noopener\">https://example.org/a?b=1&amp;c=(2)</a>.</p>\n", false},
	{"link in brackets", 0, "(http://example.org/) <http://x.org>",
	    "<p>(<a href=\"http://example.org/\" "
	    "rel=\"nofollow ugc noopener\">http://example.org/</a>) &lt;<a href=\"http://x.org\" "
	    "rel=\"nofollow ugc noopener\">http://x.org</a>&gt;</p>\n", false},
	{"own link", 0, "https://lists.example.org/bees/m/abc", "<p><a href=\"/bees/m/abc\">"
	    "https://lists.example.org/bees/m/abc</a></p>\n", false},
	{"no link of ours", 0, "https://lists.example.org.evil.net/x",
	    "<p><a href=\"https://lists.example.org.evil.net/x\" "
	    "rel=\"nofollow ugc noopener\">https://lists.example.org.evil.net/x</a></p>\n", false},
	{"other schemes are text", 0,
	    "javascript://x data:text/html,x ftp://x xhttp://y http:// http:///x",
	    "<p>javascript://x data:text/html,x ftp://x xhttp://y http:// http:///x</p>\n", false},
	{"a link can't leave its attribute", 0, "http://x/\"onclick=alert(1) http://x/'b'<i>",
	    "<p><a href=\"http://x/\" rel=\"nofollow ugc noopener\">http://x/</a>&quot;onclick=alert(1) "
	    "<a href=\"http://x/&#39;b\" rel=\"nofollow ugc noopener\">http://x/&#39;b</a>'&lt;i&gt;</p>\n", false},
	{"addresses", 0, "jane.doe+x@mail.example.org, <a@b.c> mailto:x@y.org",
	    "<p>jane.doe+x@..., &lt;a@...&gt; mailto:x@...</p>\n", false},
	{"no addresses", 0, "@media a@b pkg@1.2.3 a @ b.c x@.org",
	    "<p>@media a@b pkg@1.2.3 a @ b.c x@.org</p>\n",
	    false},
	{"address of a machine", 0, "x@[192.0.2.1] y", "<p>x@... y</p>\n", false},
	{"controls are seen", 0, "a\x1b[31mb\x7f", "<p>a\xe2\x90\x9b[31mb\xe2\x90\xa1</p>\n",
	    false},
	{"direction is seen", 0, "a\xe2\x80\xae" "b\xd8\x9c" "c\xe2\x81\xa6\xc2\x85",
	    "<p>a[U+202E]b[U+061C]c[U+2066][U+0085]</p>\n", false},
	{"other letters are left alone", 0, "\xc3\xa4 \xe2\x82\xac \xd8\xa7 \xef\xbc\xa1",
	    "<p>\xc3\xa4 \xe2\x82\xac \xd8\xa7 \xef\xbc\xa1</p>\n", false},
	/* format=flowed */
	{"flowed", GP_TEXT_FLOWED, "one \ntwo \nthree\nfour\n", "<p>one two three<br>\nfour</p>\n",
	    false},
	{"flowed quotes", GP_TEXT_FLOWED, "> one \n> two\n>> three \nfour\n",
	    "<blockquote class=\"q\"><p>one two</p>\n<blockquote class=\"q\"><p>three</p>\n</blockquote>\n"
	    "</blockquote>\n<p>four</p>\n", false},
	{"flowed with DelSp", GP_TEXT_FLOWED | GP_TEXT_DELSP, "on \ne\n", "<p>one</p>\n", false},
	{"flowed, stuffed", GP_TEXT_FLOWED, " >one \n From x\n", "<p>&gt;one From x</p>\n", false},
	{"flowed, signature", GP_TEXT_FLOWED, "one \n-- \nme\n",
	    "<p>one</p>\n<p class=\"sig\">-- <br>\nme</p>\n",
	    false},
	{"flowed lines are not joined by guess", GP_TEXT_FLOWED, LONG1 "\n" LONG2 "\n",
	    "<p>" LONG1 "<br>\n" LONG2 "</p>\n", false},
	/* as sent */
	{"as sent", GP_TEXT_FIXED, "a \n> b\n", "<pre>a\n&gt; b\n</pre>\n", true},
	{"with numbers", GP_TEXT_FIXED | GP_TEXT_LINES, "a\n\n> b",
	    "<pre><span id=\"L1\">a</span>\n"
	    "<span id=\"L2\"></span>\n<span id=\"L3\">&gt; b</span>\n</pre>\n", true},
};

static void
test_pages(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(pages); i++) {
		struct gp_text_opts o = {.flags = pages[i].flags,
		    .url = "https://lists.example.org"};
		struct gp_buf *b = gp_buf_new(NULL, 1 << 20);
		bool fixed;

		gp_text_html(b, pages[i].in, strlen(pages[i].in), &o, &fixed);
		if (strcmp(b->p, pages[i].want) || fixed != pages[i].fixed)
			fail_msg("%s:\ngot  %d \"%s\"\nwant %d \"%s\"", pages[i].name, fixed, b->p,
			    pages[i].fixed, pages[i].want);
		talloc_free(b);
	}
}

static void
test_split(void **state)
{
	static const struct {
		const char *in, *own, *quoted;
	} rows[] = {
		{"", "", ""},
		{"a\n\n\nb\n", "a\n\nb", ""},
		{"On 3 May 2026 Jane wrote:\n> x\n> y\n\nmine\n\n> z\nmore\n-- \nJoe\n",
		    "mine\n\nmore", "x\ny\n\nz"},
		{"mine\n-----Original Message-----\nFrom: Jane\n\nhers\n", "mine",
		    "-----Original Message-----\nFrom: Jane\n\nhers"},
		{"mine\n____________________________________\nlist footer\nhttp://x/\n", "mine",
		    ""},
		{"-- \nonly a signature\n", "", ""},
		{"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nmine\n-----BEGIN PGP SIGNATURE-----\nx\n", "mine", ""},
		{">>> deep\n", "", "deep"},
		{">\n", "", ""},
	};
	size_t i, own_n, quoted_n;
	char *own, *quoted;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx = gp_ctx(NULL);

		gp_text_split(ctx, rows[i].in, strlen(rows[i].in), 0, &own, &own_n, &quoted,
		    &quoted_n);
		assert_string_equal(own, rows[i].own);
		assert_string_equal(quoted, rows[i].quoted);
		assert_int_equal(own_n, strlen(own));
		assert_int_equal(quoted_n, strlen(quoted));
		talloc_free(ctx);
	}
}

static void
test_snippet(void **state)
{
	static const struct {
		const char *in, *want;
		size_t max;
	} rows[] = {
		{"", "", 20},
		{"one\ntwo\n\nthree", "one two three", 20},
		{"Hi all,\n\nthe text", "the text", 20},
		{"Hello!\nthe text", "the text", 20},
		{"Hi all,", "Hi all,", 20},
		{"a long text that must be cut", "a long text\xe2\x80\xa6", 11},
		{"ask jane@example.org", "ask jane@...", 50},
		{"**Agreed.** So be it", "Agreed. So be it", 50}, {"It is **new** (**very**)", "It is new (very)", 50},
		{"int **p, **q;", "int **p, **q;", 50}, {"2**8 is **so", "2**8 is **so", 50}, {"** a **", "** a **", 50},
		{"****", "****", 50}, {"**a**b", "**a**b", 50}, {"**", "**", 50}, {"**a** **b", "a **b", 50},
		{"a\x1b[1m\xe2\x80\xae" "b", "a[1mb", 20},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(rows); i++) {
		char *got = gp_text_snippet(NULL, rows[i].in, strlen(rows[i].in), rows[i].max);

		assert_string_equal(got, rows[i].want);
		talloc_free(got);
	}
}

/* Whatever comes, it is done in linear time, keeps the buffer's bound and closes its tags. */
static void
test_hostile(void **state)
{
	static const char *const units[] = {">", "> \n", "\n", "-- \n", "@@ -1 +1 @@\n", "a@",
	    "http://",
	    "-----BEGIN PGP \n", ">a\nb\n", " ", "> \n\n", "--- \n+++ \n", "_",
	    "From: a\nSent: b\n", "\xff",
	    "x:\n\n> y\n", "a@b.", "((((", "\xe2\x80", "@[", "On 2026\nx:\n>y\n",
	    "-----Original Message-----\n"};
	size_t size = 400000, i, k, own_n, quoted_n;
	int64_t before = gp_now_ms();

	(void)state;
	for (i = 0; i < GP_COUNT(units); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_buf in, out;
		struct gp_text_opts o = {.flags = i % 2 ? GP_TEXT_FLOWED : 0};
		char *own, *quoted;
		size_t opened = 0, closed = 0;

		gp_buf_init(&in, ctx, size + 32);
		while (in.len < size)
			gp_buf_puts(&in, units[i]);
		gp_buf_init(&out, ctx, 64 << 20);
		gp_text_html(&out, in.p, in.len, &o, NULL);
		assert_false(out.over);
		for (k = 0; k + 12 < out.len; k++) {
			opened += !memcmp(out.p + k, "<blockquote ", 12);
			closed += !memcmp(out.p + k, "</blockquote", 12);
		}
		assert_int_equal(opened, closed);
		gp_text_split(ctx, in.p, in.len, o.flags, &own, &own_n, &quoted, &quoted_n);
		gp_buf_init(&out, ctx, 100);
		gp_text_html(&out, in.p, in.len, &o, NULL);
		assert_true(out.len <= 100);
		talloc_free(ctx);
	}
	/* Generous for a slow machine with sanitizers; quadratic code takes minutes. */
	assert_true(gp_now_ms() - before < 30000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_snippet),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
