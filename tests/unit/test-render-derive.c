/* SPDX-License-Identifier: ISC */
/* Unit tests of what is made of a whole message: which text, own words, snippet, images. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "From: Jane <jane@example.org>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
#define TEXT(type) "Content-Type: " type "; charset=utf-8\r\n\r\n"
#define ALT HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n"

static const struct {
	const char *name, *raw;
	unsigned on, off;
	const char *text, *html, *own, *quoted, *snippet;
} rows[] = {
	{"plain", HEAD TEXT("text/plain") "Hi all,\r\n\r\nmine\r\n\r\n> hers\r\n",
	    GP_MAIL_TEXT_SLICE,
	    GP_MAIL_TEXT_FROM_HTML, "Hi all,\n\nmine\n\n> hers\n", NULL, "Hi all,\n\nmine", "hers",
	    "mine"},
	{"HTML only", HEAD TEXT("text/html") "<p>a <b>b</b></p><blockquote>c</blockquote>\r\n",
	    GP_MAIL_TEXT_FROM_HTML, GP_MAIL_TEXT_SLICE, "a b\n\n> c\n",
	    "<p>a <b>b</b></p><blockquote class=\"q\">c</blockquote>\n", "a b", "c", "a b"},
	{"both", ALT "--b\r\n" TEXT("text/plain") "text\r\n--b\r\n"
	    TEXT("text/html") "<i>html</i>\r\n--b--\r\n",
	    0, GP_MAIL_TEXT_FROM_HTML, "text", "<i>html</i>", "text", "", "text"},
	{"both, the text is empty", ALT "--b\r\n" TEXT("text/plain") " \r\n\r\n--b\r\n"
	    TEXT("text/html")
	    "<i>html</i>\r\n--b--\r\n", GP_MAIL_TEXT_FROM_HTML, GP_MAIL_TEXT_SLICE, "html\n",
	    "<i>html</i>",
	    "html", "", "html"},
	{"both, the text says nothing", ALT "--b\r\n" TEXT("text/plain") "See the web.\r\n--b\r\n"
	    TEXT("text/html")
	    "<p>One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
	    "seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five "
	    "twenty-six</p>\r\n--b--\r\n", GP_MAIL_TEXT_FROM_HTML, GP_MAIL_TEXT_SLICE, NULL, NULL,
	    NULL, "", NULL},
	{"flowed",
	    HEAD "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\non \r\ne\r\n> tw \r\n> o\r\n",
	    GP_MAIL_FLOWED | GP_MAIL_DELSP, 0, NULL, NULL, "one", "two", "one"},
	{"only a quote", HEAD TEXT("text/plain") "> hers <x@example.org>\r\n", 0, 0, NULL, NULL, "",
	    "hers <x@example.org>", "hers <x@...>"},
	{"image of the mail", HEAD "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
	    TEXT("text/html")
	    "<img src=\"cid:i@x\" alt=a><img src='cid:none@x' alt=c>\r\n--b\r\nContent-Type: image/png; name=i.png\r\n"
	    "Content-ID: <i@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n", 0,
	    0, NULL,
	    "<a href=\"cid:3\">[a]</a><a>[c]</a>", "[a][c]", "", "[a][c]"},
	{"Markdown", HEAD TEXT("text/markdown") "# T\r\n\r\n*a* <b@c.org>\r\n", GP_MAIL_MARKDOWN, 0,
	    "# T\n\n*a* <b@c.org>\n",
	    "<h4 dir=\"auto\">T</h4>\n<p dir=\"auto\"><em>a</em> b@...</p>\n",
	    "# T\n\n*a* <b@c.org>", "", "# T *a* <b@...>"},
	{"script", HEAD TEXT("text/html") "<script>x</script>\r\n", 0, GP_MAIL_TEXT_FROM_HTML, "",
	    NULL, "", "", ""},
	{"nothing", HEAD "\r\n", 0, 0, "", NULL, "", "", ""},
	{"no header", "hello\r\n", 0, 0, NULL, NULL, NULL, NULL, NULL},
};

static void
same(const char *row, const char *what, const char *got, const char *want)
{
	if (want && (!got || strcmp(got, want)))
		fail_msg("%s, %s:\ngot  \"%s\"\nwant \"%s\"", row, what, got ? got : "(none)",
		    want);
}

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	gp_charset_preload();
	for (i = 0; i < GP_COUNT(rows); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail m, again;
		struct gp_err err = {GP_OK, ""};
		struct gp_buf wire;

		if (gp_derive(ctx, rows[i].raw, strlen(rows[i].raw), &m, &err))
			fail_msg("%s: %s", rows[i].name, err.msg);
		same(rows[i].name, "text", m.text, rows[i].text);
		same(rows[i].name, "html", m.html, rows[i].html);
		same(rows[i].name, "own", m.own, rows[i].own);
		same(rows[i].name, "quoted", m.quoted, rows[i].quoted);
		same(rows[i].name, "snippet", m.snippet, rows[i].snippet);
		assert_int_equal(m.flags & rows[i].on, rows[i].on);
		assert_int_equal(m.flags & rows[i].off, 0);
		/* What a parser answers must pass the check that it meets in core. */
		gp_buf_init(&wire, ctx, 1 << 20);
		gp_mail_pack(&wire, &m);
		if (gp_mail_unpack(ctx, (struct gp_str){wire.p, wire.len}, rows[i].raw,
		    strlen(rows[i].raw),
		    &again, &err))
			fail_msg("%s: %s", rows[i].name, err.msg);
		assert_string_equal(again.text, m.text);
		talloc_free(ctx);
	}
}

/* Text that no unpacking would let through unless it is made clean on the way. */
static void
test_odd_bytes(void **state)
{
	static const char *const bodies[] = {"a&#27;b&#x85;c&#13;d&#0;e&#xFFFE;f&#xD800;g",
	    "a\x1b[1mb\xc2\x85",
	    "\xff\xfe\xc3", "<a href='http://x/&#x85;\xc2\x85'>a&#27;b&#13;&#x85;</a>",
	    "<img src='cid:&#27;&#x85;' alt='&#27;&#x85;'>", "<a href='http://x/\xff'>\xff</a>"};
	static const char *const types[] = {"text/html", "text/plain", "text/markdown"};
	size_t i, k;

	(void)state;
	for (i = 0; i < GP_COUNT(bodies); i++)
		for (k = 0; k < GP_COUNT(types); k++) {
			void *ctx = gp_ctx(NULL);
			char *raw = gp_asprintf(ctx,
			    HEAD "Content-Type: %s; charset=utf-8\r\n\r\n%s\r\n",
			    types[k], bodies[i]);
			struct gp_mail m, again;
			struct gp_err err = {GP_OK, ""};
			struct gp_buf wire;

			assert_int_equal(gp_derive(ctx, raw, strlen(raw), &m, &err), GP_OK);
			gp_buf_init(&wire, ctx, 1 << 20);
			gp_mail_pack(&wire, &m);
			if (gp_mail_unpack(ctx, (struct gp_str){wire.p, wire.len}, raw,
			    strlen(raw), &again,
			    &err))
				fail_msg("%s as %s: %s", bodies[i], types[k], err.msg);
			talloc_free(ctx);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_odd_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
