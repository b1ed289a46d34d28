/* SPDX-License-Identifier: ISC */
/* Transfer encodings, charsets, the structure of a message and what is made of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
#define PLAIN "Content-Type: text/plain\r\n\r\n"
#define HTML "Content-Type: text/html\r\n\r\n"

static void
test_cte(void **state)
{
	static const struct {
		enum gp_cte cte;
		const char *in, *want;
	} cases[] = {
		{ GP_CTE_IDENTITY, "=41\r\n", "=41\r\n" },
		{ GP_CTE_UNKNOWN, "=41\r\n", "=41\r\n" },
		{ GP_CTE_QP, "a=3Db\r\n", "a=b\r\n" },
		{ GP_CTE_QP, "a=\r\nb\r\n", "ab\r\n" },
		{ GP_CTE_QP, "a= \t\r\nb", "ab" },
		{ GP_CTE_QP, "a \t\r\nb", "a\r\nb" },
		{ GP_CTE_QP, "a=20\r\nb", "a \r\nb" },
		{ GP_CTE_QP, "=c3=bc", "\xc3\xbc" },
		{ GP_CTE_QP, "a=zz=4", "a=zz=4" },
		{ GP_CTE_QP, "=", "" }, { GP_CTE_QP, "", "" }, { GP_CTE_QP, "a=", "a" },
		{ GP_CTE_BASE64, "aGVsbG8=", "hello" },
		{ GP_CTE_BASE64, "aGVs\r\nbG8=\r\n", "hello" },
		{ GP_CTE_BASE64, "aGVsbG8", "hello" },
		{ GP_CTE_BASE64, "a G!V*s#bG8=", "hello" },
		{ GP_CTE_BASE64, "aGVsbG8=\r\n____\r\nlist footer\r\n", "hello" },
		{ GP_CTE_BASE64, "aGVs", "hel" }, { GP_CTE_BASE64, "aGU=", "he" },
		{ GP_CTE_BASE64, "aA==", "h" }, { GP_CTE_BASE64, "a", "" }, { GP_CTE_BASE64, "",
		    "" },
		{ GP_CTE_BASE64, "====", "" }, { GP_CTE_BASE64, "====aGVs", "hel" },
		{ GP_CTE_UUENCODE, "begin 644 x\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello" },
		{ GP_CTE_UUENCODE, "text\r\nbegin 644 x\r\n%:&5L;&\\\r\nend\r\nmore", "hello" },
		{ GP_CTE_UUENCODE, "begin 644 x\r\nM\r\n", "" },
		{ GP_CTE_UUENCODE, "no begin", "" }, { GP_CTE_UUENCODE, "", "" },
	};
	struct gp_err err;
	char *out;
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		assert_int_equal(gp_cte_decode(NULL, cases[i].cte, cases[i].in, strlen(cases[i].in),
		    1000, &out, &n, NULL), GP_OK);
		if (n != strlen(cases[i].want) || strcmp(out, cases[i].want) != 0)
			fail_msg("%s: got %s", cases[i].in, out);
		talloc_free(out);
	}
	assert_int_equal(gp_cte_decode(NULL, GP_CTE_QP, "abcdef", 6, 5, &out, &n, &err),
	    GP_E_TOOBIG);
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *charset, *in, *want;
	} cases[] = {
		{ "utf-8", "a\r\nb\r\n", "a\nb\n" },
		{ "UTF-8", "\xc3\xbc", "\xc3\xbc" },
		{ " \"utf8\" ", "\xc3\xbc", "\xc3\xbc" },
		{ "utf-8", "a\xff" "b\xc3", "a\xef\xbf\xbd" "b\xef\xbf\xbd" },
		{ "utf-8", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "utf-8", "\xef\xbb\xbf" "a", "a" },
		{ "utf-8", "a\x1b[31mb\x07\x7f\t", "a[31mb\t" },
		{ "utf-8", "a\rb", "a\nb" },
		{ "utf-8", "\xc2\x85", "" },
		{ "us-ascii", "\xc3\xbc", "\xc3\xbc" },
		{ "us-ascii", "\xfc", "\xc3\xbc" },
		{ NULL, "\xc3\xbc", "\xc3\xbc" },
		{ NULL, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3",
		    "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xef\xbf\xbd" },
		{ NULL, "\x93\xfc\x94", "\xe2\x80\x9c\xc3\xbc\xe2\x80\x9d" },
		{ "iso-8859-1", "\x80\xfc", "\xe2\x82\xac\xc3\xbc" },
		{ "iso-8859-1", "\xc3\xbc", "\xc3\x83\xc2\xbc" },
		{ "iso-8859-15", "\xa4", "\xe2\x82\xac" },
		{ "koi8-r", "\xd0\xd2", "\xd0\xbf\xd1\x80" },
		{ "windows-1251", "\xef\xf0", "\xd0\xbf\xd1\x80" },
		{ "gb2312", "\xc4\xe3", "\xe4\xbd\xa0" },
		{ "GBK", "\x81\x40", "\xe4\xb8\x82" },
		{ "big5", "\xa7\x41", "\xe4\xbd\xa0" },
		{ "ks_c_5601-1987", "\xb0\xa1\x81\x41", "\xea\xb0\x80\xea\xb0\x82" },
		{ "shift_jis", "\x82\xb1", "\xe3\x81\x93" },
		{ "euc-jp", "\xa4\xb3", "\xe3\x81\x93" },
		{ "iso-2022-jp", "\x1b$B$3\x1b(B", "\xe3\x81\x93" },
		{ "windows-874", "\xa1", "\xe0\xb8\x81" },
		{ "iso-8859-8-i", "\xe0", "\xd7\x90" },
		{ "euc-jp", "\xa4", "\xef\xbf\xbd" },
		{ "euc-jp", "\xff" "a", "\xef\xbf\xbd" "a" },
		/* Never given to iconv. */
		{ "utf-7", "+AGE-", "+AGE-" },
		{ "unicode-1-1-utf-7", "+AGE-", "+AGE-" },
		{ "iso-2022-cn-ext", "a", "a" },
		{ "x-unknown", "\xfc", "\xc3\xbc" },
		{ "utf-8//TRANSLIT", "\xc3\xbc", "\xc3\xbc" },
		{ "../../x", "\xc3\xbc", "\xc3\xbc" },
		{ "", "a", "a" },
	};
	size_t i, n;

	(void)state;
	gp_charset_preload();
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *out = gp_charset_text(NULL, cases[i].charset, cases[i].in,
		    strlen(cases[i].in), 1000, &n);

		if (n != strlen(cases[i].want) || strcmp(out, cases[i].want) != 0)
			fail_msg("%s %zu: got %s", cases[i].charset, i, out);
		talloc_free(out);
	}
}

static void
test_charset_limits(void **state)
{
	static const char *const charsets[] = { "utf-8", "iso-8859-1", "koi8-r", "utf-16le",
		"iso-2022-jp", "shift_jis", "x" };
	void *ctx = gp_ctx(NULL);
	char *big = gp_array(ctx, char, 300000), *out;
	size_t i, max, n;

	(void)state;
	memset(big, 0xe4, 300000);
	for (i = 0; i < GP_COUNT(charsets); i++) {
		for (max = 0; max < 100000; max = max * 3 + 1) {
			out = gp_charset_text(ctx, charsets[i], big, 300000, max, &n);
			assert_true(n <= max);
			assert_true(gp_utf8_valid(out, n));
			assert_int_equal(strlen(out), n);
			talloc_free(out);
		}
	}
	talloc_free(ctx);
}

/* Type of each part with its depth and how it is shown, then the flags that matter. */
static char *
describe(const void *ctx, const struct gp_mail *m)
{
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		gp_buf_printf(b, "%s%d:%s", i > 0 ? " " : "", p->depth, p->type);
		if (p->name != NULL)
			gp_buf_printf(b, "'%s'", p->name);
		gp_buf_printf(b, "%s%s%s%s%s", p->flags & GP_PART_BODY_TEXT ? "=T" : "",
		    p->flags & GP_PART_BODY_HTML ? "=H" : "",
		    p->flags & GP_PART_ATTACHMENT ? "=A" : "",
		    p->flags & GP_PART_SIGNATURE ? "=S" : "",
		    (p->flags & GP_PART_INLINE) && p->cid != NULL ? "=I" : "");
	}
	if (m->flags & GP_MAIL_MIME_BROKEN)
		gp_buf_puts(b, " broken");
	return b->p;
}

static const struct {
	const char *name, *in, *want, *text;
} structures[] = {
	{ "plain", HEAD "\r\nhi\r\n", "0:text/plain=T", "hi\n" },
	{ "html", HEAD "Content-Type: text/html\r\n\r\n<p>\r\n", "0:text/html=H", "" },
	{ "alternative", HEAD "Content-Type: multipart/alternative; boundary=B\r\n\r\n"
	    "--B\r\n" PLAIN "t\r\n--B\r\n" HTML "h\r\n--B--\r\n",
	    "0:multipart/alternative 1:text/plain=T 1:text/html=H", "t" },
	{ "markdown is the better plain text", HEAD
	    "Content-Type: multipart/alternative; boundary=B\r\n\r\n--B\r\n" PLAIN "t\r\n"
	    "--B\r\nContent-Type: text/markdown\r\n\r\nm\r\n--B--\r\n",
	    "0:multipart/alternative 1:text/plain 1:text/markdown=T", "m" },
	{ "mixed with a file and a footer",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n"
	    "\r\npreamble\r\n--B\r\n" PLAIN "t\r\n--B\r\nContent-Type: image/png; "
	    "name=a.png\r\n"
	    "\r\nx\r\n--B\r\n" PLAIN "footer\r\n--B--\r\nepilogue\r\n",
	    "0:multipart/mixed 1:text/plain=T 1:image/png'a.png'=A 1:text/plain=T",
	    "t\nfooter" },
	{ "text as an attachment", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
	    "--B\r\n" PLAIN "t\r\n--B\r\nContent-Type: text/plain\r\nContent-Disposition: "
	    "attachment; filename=a.txt\r\n\r\nx\r\n--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T 1:text/plain'a.txt'=A", "t" },
	{ "the only text has a name",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
	    "--B\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--B\r\n"
	    "Content-Type: text/plain; name=b.txt\r\n\r\nt\r\n--B\r\n"
	    "Content-Type: text/plain; name=c.txt\r\n\r\nu\r\n--B--\r\n",
	    "0:multipart/mixed 1:image/png'a.png'=A 1:text/plain'b.txt'=T "
	    "1:text/plain'c.txt'=A", "t" },
	{ "only an attachment", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
	    "--B\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\n"
	    "t\r\n"
	    "--B--\r\n", "0:multipart/mixed 1:text/plain=A", "" },
	{ "related", HEAD "Content-Type: multipart/related; boundary=B\r\n\r\n"
	    "--B\r\n" HTML "h\r\n--B\r\nContent-Type: image/png\r\nContent-ID: <1@x>\r\n"
	    "\r\nx\r\n"
	    "--B--\r\n", "0:multipart/related 1:text/html=H 1:image/png=I", "" },
	{ "signed", HEAD "Content-Type: multipart/signed; boundary=B\r\n\r\n--B\r\n" PLAIN
	    "t\r\n--B\r\nContent-Type: application/pgp-signature; name=sig.asc\r\n\r\n"
	    "x\r\n--B--",
	    "0:multipart/signed 1:text/plain=T 1:application/pgp-signature'sig.asc'=S",
	    "t" },
	{ "report", HEAD "Content-Type: multipart/report; report-type=delivery-status;\r\n"
	    " boundary=\"B\"\r\n\r\n--B\r\n\r\nfailed\r\n--B\r\nContent-Type: "
	    "message/delivery-status"
	    "\r\n\r\nA: b\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
	    "o\r\n\r\nb\r\n"
	    "--B--\r\n", "0:multipart/report 1:text/plain=T 1:message/delivery-status=A "
	    "1:message/rfc822=A", "failed" },
	{ "parts of an enclosed message are its own",
	    HEAD "Content-Type: message/rfc822\r\n\r\n"
	    "Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n",
	    "0:message/rfc822=A", "" },
	{ "digest", HEAD "Content-Type: multipart/digest; boundary=B\r\n\r\n--B\r\n\r\n"
	    "Subject: 1\r\n\r\na\r\n--B\r\nContent-Type: text/plain\r\n\r\nb\r\n--B--\r\n",
	    "0:multipart/digest 1:message/rfc822=A 1:text/plain=T", "b" },
	{ "a type that is none", HEAD "Content-Type: text\r\n\r\nhi\r\n",
	    "0:text/plain=T", "hi\n" },
	{ "an empty type", HEAD "Content-Type:\r\n\r\nhi\r\n", "0:text/plain=T", "hi\n" },
	{ "a strange type", HEAD "Content-Type: a/b/c\r\n\r\nhi\r\n",
	    "0:application/octet-stream=A", "" },
	{ "no boundary", HEAD "Content-Type: multipart/mixed\r\n\r\n--X\r\n\r\nhi\r\n"
	    "--X--\r\n",
	    "0:text/plain=T broken", "--X\n\nhi\n--X--\n" },
	{ "the boundary is missing in the body", HEAD
	    "Content-Type: multipart/mixed; boundary=B\r\n\r\nhello\r\n",
	    "0:text/plain=T broken", "hello\n" },
	{ "only the end", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B--\r\n",
	    "0:text/plain=T broken", "--B--\n" },
	{ "a boundary of one quote", HEAD
	    "Content-Type: multipart/mixed; boundary=\"\\\"\"\r\n\r\nhello\r\n",
	    "0:text/plain=T broken", "hello\n" },
	{ "a boundary that looks encoded", HEAD
	    "Content-Type: multipart/mixed; boundary=\"a=?b\"\r\n\r\n--a=?b\r\n\r\nhi\r\n"
	    "--a=?b--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "hi" },
	{ "an unquoted colon", HEAD
	    "Content-Type: multipart/mixed; boundary=a:b\r\n\r\n--a:b\r\n\r\nhi\r\n"
	    "--a:b--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "hi" },
	{ "a type that only some see", HEAD
	    "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
	    "Content-Type: multipart / mixed; boundary=\"\\\"\"\r\n\r\nhi\r\n--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "hi" },
	{ "a comment in the type", HEAD
	    "Content-Type: multipart/mixed (x); boundary=B (y)\r\n\r\n--B\r\n\r\nhi\r\n"
	    "--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "hi" },
	{ "two types", HEAD "Content-Type: multipart/mixed; boundary=B\r\nContent-Type: "
	    "text/html\r\n"
	    "\r\n--B\r\n\r\nhi\r\n--B--\r\n", "0:multipart/mixed 1:text/plain=T broken",
	    "hi" },
	{ "never closed", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
	    "\r\nhi\r\n",
	    "0:multipart/mixed 1:text/plain=T", "hi\n" },
	{ "a part without its empty line",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
	    "--B\r\nhi there\r\n--B--\r\n", "0:multipart/mixed 1:text/plain=T",
	    "hi there" },
	{ "a header cut by a boundary",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
	    "--B\r\nContent-Type: text/plain\r\n--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "" },
	{ "an inner boundary that is never used",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n"
	    "\r\n--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\nlost\r\n--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T broken", "lost" },
	{ "the outer boundary ends the inner",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n"
	    "\r\n--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\n"
	    "in\r\n--B\r\n\r\n"
	    "out\r\n--B--\r\n",
	    "0:multipart/mixed 1:multipart/mixed 2:text/plain=T 1:text/plain=T",
	    "in\nout" },
	{ "base64 on a multipart is ignored",
	    HEAD "Content-Type: multipart/mixed; boundary=B\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n--B\r\n\r\nhi\r\n--B--\r\n",
	    "0:multipart/mixed 1:text/plain=T", "hi" },
	{ "no header", "\r\nhi\r\n", "0:text/plain=T", "hi\n" },
	{ "nothing", "", "0:text/plain=T", "" },
};

static void
test_structure(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(structures); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail m;

		assert_int_equal(gp_mail_parse(ctx, structures[i].in, strlen(structures[i].in), &m, NULL),
		    GP_OK);
		if (strcmp(describe(ctx, &m), structures[i].want) != 0)
			fail_msg("%s: got %s", structures[i].name, describe(ctx, &m));
		if (strcmp(m.text, structures[i].text) != 0)
			fail_msg("%s: text %s", structures[i].name, m.text);
		talloc_free(ctx);
	}
}

static void
test_file_names(void **state)
{
	static const struct {
		const char *fields, *want;
	} cases[] = {
		{ "Content-Disposition: attachment; filename=x.pdf\r\n", "x.pdf" },
		{ "Content-Disposition: attachment; filename=\"a b.pdf\"\r\n", "a b.pdf" },
		{ "Content-Disposition: attachment; filename=a b.pdf\r\n", "a b.pdf" },
		{ "Content-Disposition: attachment; filename*=utf-8''na%C3%AFve.pdf\r\n",
		    "na\xc3\xafve.pdf" },
		{ "Content-Disposition: attachment; filename*0=\"x.e\"; filename*1=\"xe\"\r\n",
		    "x.exe" },
		{ "Content-Disposition: attachment; filename*1=\"xe\"; filename*0=\"x.e\"\r\n",
		    "x.exe" },
		{ "Content-Disposition: attachment; filename*0*=utf-8''na%C3%AF;\r\n "
		    "filename*1*=ve%20f;"
		    " filename*2=\".pdf\"\r\n", "na\xc3\xafve f.pdf" },
		{ "Content-Disposition: attachment; filename*=iso-8859-1'en'%A3.pdf\r\n",
		    "\xc2\xa3.pdf" },
		{ "Content-Disposition: attachment; filename=\"=?utf-8?Q?na=C3=AFve.pdf?=\"\r\n",
		    "na\xc3\xafve.pdf" },
		{ "Content-Disposition: attachment; filename==?utf-8?Q?x.exe?=\r\n", "x.exe" },
		{ "Content-Disposition: attachment; filename=plain.txt; filename*=utf-8''x.exe\r\n",
		    "x.exe" },
		{ "Content-Type: application/pdf; name=x.pdf\r\n", "x.pdf" },
		{ "Content-Type: application/pdf;\r\n name*0*=utf-8''na%C3%AFve; name*1*=%20file;"
		    " name*2=.pdf\r\n", "na\xc3\xafve file.pdf" },
		{ "Content-Disposition: attachment; filename=\"../../etc/passwd\"\r\n", "passwd" },
		{ "Content-Disposition: attachment; filename=\"C:\\\\x\\\\y.doc\"\r\n", "y.doc" },
		{ "Content-Disposition: attachment; filename=\"C:\\x\\y.doc\"\r\n", "C:xy.doc" },
		{ "Content-Disposition: attachment; filename*=utf-8''a%2Fb%00c%0Ad\r\n",
		    "b\xef\xbf\xbd" "c d" },
		{ "Content-Disposition: attachment; filename=\"a\r\n b\"\r\n", "a b" },
		/* No name. */
		{ "Content-Disposition: attachment; filename=\"..\"\r\n", NULL },
		{ "Content-Disposition: attachment; filename=\"/\"\r\n", NULL },
		{ "Content-Disposition: attachment; filename=\"\"\r\n", NULL },
		{ "Content-Disposition: attachment; filename\r\n", NULL },
		{ "Content-Disposition: attachment; filename*1=x\r\n", NULL },
		{ "Content-Disposition: attachment; filename*99999999999999999999=x\r\n", NULL },
		{ "Content-Disposition: attachment\r\n", NULL },
		{ "Content-Disposition: ;;;\r\n", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *raw = gp_asprintf(ctx, "%s%s\r\nx\r\n", HEAD, cases[i].fields);
		struct gp_mail m;

		assert_int_equal(gp_mail_parse(ctx, raw, strlen(raw), &m, NULL), GP_OK);
		if (!gp_streq(m.parts[0].name, cases[i].want))
			fail_msg("%s: got %s", cases[i].fields, m.parts[0].name);
		assert_string_equal(m.files, cases[i].want == NULL ? "" : cases[i].want);
		talloc_free(ctx);
	}
}

static void
test_marks(void **state)
{
	static const struct {
		const char *in;
		unsigned want, not;
	} cases[] = {
		{ "Auto-Submitted: auto-replied\r\n\r\n", GP_MAIL_AUTO, 0 },
		{ "Auto-Submitted: AUTO-GENERATED; owner=x\r\n\r\n", GP_MAIL_AUTO, 0 },
		{ "Auto-Submitted: no\r\n\r\n", 0, GP_MAIL_AUTO },
		{ "Auto-Submitted: No (really)\r\n\r\n", 0, GP_MAIL_AUTO },
		{ "X-Auto-Response-Suppress: All\r\n\r\n", 0, GP_MAIL_AUTO },
		{ "X-Autoreply: yes\r\n\r\n", GP_MAIL_AUTO, 0 },
		{ "Return-Path: <>\r\n\r\n", GP_MAIL_AUTO, 0 },
		{ "Return-Path: <a@b>\r\n\r\n", 0, GP_MAIL_AUTO },
		{ "Precedence: bulk\r\n\r\n", GP_MAIL_BULK, GP_MAIL_AUTO },
		{ "Precedence: Junk\r\n\r\n", GP_MAIL_BULK, 0 },
		{ "Precedence: list\r\n\r\n", 0, GP_MAIL_BULK },
		{ "X-No-Archive: Yes\r\n\r\n", GP_MAIL_NO_ARCHIVE, 0 },
		{ "X-No-Archive: no\r\n\r\n", 0, GP_MAIL_NO_ARCHIVE },
		{ "Archive: no\r\n\r\n", GP_MAIL_NO_ARCHIVE, 0 },
		{ "Archive: yes\r\n\r\n", 0, GP_MAIL_NO_ARCHIVE },
		{ "Content-Type: text/plain; format=flowed\r\n\r\n", GP_MAIL_FLOWED,
		    GP_MAIL_DELSP },
		{ "Content-Type: text/plain; Format=Flowed; DelSp=Yes\r\n\r\n",
		    GP_MAIL_FLOWED | GP_MAIL_DELSP, 0 },
		{ "Content-Type: text/plain; delsp=yes\r\n\r\n", 0, GP_MAIL_FLOWED |
		    GP_MAIL_DELSP },
		{ "Content-Type: text/markdown\r\n\r\n", GP_MAIL_MARKDOWN, 0 },
		{ "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n",
		    GP_MAIL_SIGNED, GP_MAIL_ENCRYPTED },
		{ "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\n",
		    GP_MAIL_ENCRYPTED, GP_MAIL_SIGNED },
		{ "A: b\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n", GP_MAIL_SIGNED, 0 },
		{ "A: b\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n", GP_MAIL_ENCRYPTED, 0 },
		{ "A: b\r\n\r\n> -----BEGIN PGP MESSAGE-----\r\n", 0, GP_MAIL_ENCRYPTED },
		{ "A: b\r\n\r\ndiff --git a/x b/x\r\n", GP_MAIL_HAS_PATCH, 0 },
		{ "A: b\r\n\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n", GP_MAIL_HAS_PATCH, 0 },
		{ "A: b\r\n\r\n--- a/x\r\nsome\r\n+++ b/x\r\n@@ -1 +1 @@\r\n", 0,
		    GP_MAIL_HAS_PATCH },
		{ "A: b\r\n\r\n> diff --git a/x b/x\r\n", 0, GP_MAIL_HAS_PATCH },
		{ "A: b\r\n\r\nsee https://x.example/\r\n", GP_MAIL_HAS_LINK, 0 },
		{ "A: b\r\n\r\nsee HTTP://x.example/\r\n", GP_MAIL_HAS_LINK, 0 },
		{ "A: b\r\n\r\nsee ftp://x.example/ or ://\r\n", 0, GP_MAIL_HAS_LINK },
		{ "Date: Thu, 19 Feb 2004 10:17:01 +0200\r\n\r\n", GP_MAIL_DATE_OK |
		    GP_MAIL_ZONE_OK, 0 },
		{ "Date: Thu, 19 Feb 2004 10:17:01 -0000\r\n\r\n", GP_MAIL_DATE_OK,
		    GP_MAIL_ZONE_OK },
		{ "Date: 31 Foo\r\n\r\n", 0, GP_MAIL_DATE_OK },
		{ "A: b\r\n\r\nplain\r\n", GP_MAIL_TEXT_SLICE, 0 },
		{ "Content-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xbc\r\n",
		    GP_MAIL_TEXT_SLICE, 0 },
		{ "Content-Type: text/plain; charset=koi8-r\r\n\r\nascii\r\n",
		    GP_MAIL_TEXT_SLICE, 0 },
		{ "Content-Type: text/plain; charset=koi8-r\r\n\r\n\xc3\xbc\r\n", 0,
		    GP_MAIL_TEXT_SLICE },
		{ "Content-Type: text/plain; charset=utf-16le\r\n\r\nascii\r\n", 0,
		    GP_MAIL_TEXT_SLICE },
		{ "A: b\r\n\r\nesc \x1b\r\n", 0, GP_MAIL_TEXT_SLICE },
		{ "A: b\r\n\r\nlatin1 \xfc\r\n", 0, GP_MAIL_TEXT_SLICE },
		{ "A: b\r\n\r\n\xef\xbb\xbf" "BOM\r\n", 0, GP_MAIL_TEXT_SLICE },
		{ "Content-Transfer-Encoding: base64\r\n\r\naGVs\r\n", 0, GP_MAIL_TEXT_SLICE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail m;

		assert_int_equal(gp_mail_parse(ctx, cases[i].in, strlen(cases[i].in), &m, NULL),
		    GP_OK);
		if ((m.flags & cases[i].want) != cases[i].want || (m.flags & cases[i].not) != 0)
			fail_msg("%s: flags %x", cases[i].in, m.flags);
		talloc_free(ctx);
	}
}

static void
test_header_fields(void **state)
{
	static const char raw[] =
	    "Received: x\r\nReceived: y\r\n"
	    "From: \"Doe, Jane\" <jane@b.example>, k@c.example\r\nFrom: evil@d.example\r\n"
	    "Sender: s@b.example\r\nTo: a@x.example\r\nTo: b@x.example\r\n"
	    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
	    "Message-ID:\r\n <id@b.example>\r\nIn-Reply-To: <p@x.example>\r\n"
	    "References: <r@x.example>\r\n <p@x.example>\r\n"
	    "List-Id: A list <bees.example.org>\r\nList-Id: other.example.org\r\n"
	    "Thread-Index: AQHZ\r\n abcd==\r\n\r\n";
	void *ctx = gp_ctx(NULL);
	struct gp_mail m;

	(void)state;
	assert_int_equal(gp_mail_parse(ctx, raw, sizeof(raw) - 1, &m, NULL), GP_OK);
	assert_string_equal(m.from_name, "Doe, Jane");
	assert_string_equal(m.from_addr, "jane@b.example");
	assert_int_equal(m.from.n, 2);
	assert_string_equal(m.sender_addr, "s@b.example");
	assert_int_equal(m.to.n, 2);
	assert_int_equal(m.cc.n, 0);
	assert_string_equal(m.subject, "Gr\xc3\xbc\xc3\x9f" "e");
	assert_string_equal(m.msgid, "id@b.example");
	assert_int_equal(m.in_reply_to_n, 1);
	assert_int_equal(m.references_n, 2);
	assert_string_equal(m.thread_index, "AQHZabcd==");
	assert_int_equal(m.list_ids_n, 2);
	assert_string_equal(m.list_ids[0], "bees.example.org");
	assert_string_equal(m.list_ids[1], "other.example.org");
	assert_int_equal(m.received, 2);
	talloc_free(ctx);
}

/* ---- limits ----------------------------------------------------------------------- */

static struct gp_buf *
repeat(const void *ctx, const char *head, const char *fmt, int n, const char *tail)
{
	struct gp_buf *b = gp_buf_new(ctx, 32 << 20);
	int i;

	gp_buf_puts(b, head);
	for (i = 0; i < n; i++) {
		const char *p;

		for (p = fmt; *p != '\0'; p++) {
			if (*p == '#')
				gp_buf_printf(b, "%d", i);
			else
				gp_buf_putc(b, (unsigned char)*p);
		}
	}
	gp_buf_puts(b, tail);
	return b;
}

static void
test_scan_limits(void **state)
{
	static const struct {
		const char *name, *head, *each;
		int n;
		const char *tail;
		enum gp_status want;
	} cases[] = {
		{ "fields", "", "X-#: y\r\n", GP_MAX_HEADER_FIELDS, "\r\nx\r\n", GP_OK },
		{ "fields", "", "X-#: y\r\n", GP_MAX_HEADER_FIELDS + 1, "\r\nx\r\n", GP_E_TOOBIG },
		{ "fields", "", "X-#: y\r\n", 100000, "\r\nx\r\n", GP_E_TOOBIG },
		{ "field", "A: ", "xxxxxxxxxx", 6000, "\r\n\r\n", GP_OK },
		{ "field", "A: ", "xxxxxxxxxx", 7000, "\r\n\r\n", GP_E_TOOBIG },
		{ "folded field", "A: ", "xxxxxxxx\r\n ", 7000, "\r\n\r\n", GP_E_TOOBIG },
		{ "parameters", "Content-Type: text/plain", "; a#=b", 100, "\r\n\r\n", GP_OK },
		{ "parameters", "Content-Type: text/plain", "; a#=b", 101, "\r\n\r\n",
		    GP_E_TOOBIG },
		{ "comments", "From: ", "(", 32, "\r\n\r\n", GP_OK },
		{ "comments", "From: ", "(", 33, "\r\n\r\n", GP_E_TOOBIG },
		{ "comments", "Content-Type: ", "(", 60000, "\r\n\r\n", GP_E_TOOBIG },
		{ "smileys in a subject", "Subject: ", "(", 100, "\r\n\r\n", GP_OK },
		{ "parts", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n",
		    "--B\r\n\r\nx\r\n",
		    GP_MAX_MIME_PARTS - 1, "--B--\r\n", GP_OK },
		{ "parts", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n",
		    "--B\r\n\r\nx\r\n",
		    GP_MAX_MIME_PARTS, "--B--\r\n", GP_E_TOOBIG },
		{ "parts", HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n",
		    "--B\r\n\r\nx\r\n",
		    100000, "--B--\r\n", GP_E_TOOBIG },
		{ "nested multiparts", HEAD,
		    "Content-Type: multipart/mixed; boundary=B#X\r\n\r\n--B#X\r\n",
		    GP_MAX_MIME_DEPTH, PLAIN "x\r\n", GP_OK },
		{ "nested multiparts", HEAD,
		    "Content-Type: multipart/mixed; boundary=B#X\r\n\r\n--B#X\r\n",
		    GP_MAX_MIME_DEPTH + 1, PLAIN "x\r\n", GP_E_TOOBIG },
		{ "nested multiparts", HEAD,
		    "Content-Type: multipart/mixed; boundary=B#X\r\n\r\n--B#X\r\n",
		    20000, PLAIN "x\r\n", GP_E_TOOBIG },
		{ "nested messages", HEAD, "Content-Type: message/rfc822\r\n\r\n",
		    GP_MAX_MIME_DEPTH,
		    "Subject: q\r\n\r\nx\r\n", GP_OK },
		{ "nested messages", HEAD, "Content-Type: message/rfc822\r\n\r\n", 30000,
		    "Subject: q\r\n\r\nx\r\n", GP_E_TOOBIG },
		{ "lines that look like boundaries", HEAD
		    "Content-Type: multipart/mixed; boundary=B\r\n\r\n", "--\r\n", 300000,
		    "--B--\r\n", GP_OK },
		{ "a long line", HEAD "\r\n", "aaaaaaaaaa", 500000, "\r\n", GP_OK },
	};
	int64_t start = gp_now_ms();
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_buf *b = repeat(ctx, cases[i].head, cases[i].each, cases[i].n,
		    cases[i].tail);
		struct gp_err err = { .msg = "" };
		struct gp_scan scan;
		struct gp_mail m;

		if (gp_mail_scan(b->p, b->len, &scan, &err) != cases[i].want)
			fail_msg("%s, %d: %s", cases[i].name, cases[i].n, err.msg);
		assert_int_equal(gp_mail_parse(ctx, b->p, b->len, &m, &err), cases[i].want);
		if (cases[i].want != GP_OK)
			assert_true(err.msg[0] != '\0');
		talloc_free(ctx);
	}
	assert_true(gp_now_ms() - start < 20000);
}

/* Text is cut at GP_MAX_TEXT, in one part or in many, and the wire takes it. */
static void
test_text_limit(void **state)
{
	static const struct {
		const char *head, *each;
	} cases[] = {
		{ HEAD "\r\n", "0123456789" },
		{ HEAD "Content-Type: text/html\r\n\r\n", "0123456789" },
		{ HEAD "Content-Type: text/plain; charset=koi8-r\r\n\r\n",
		    "\xd0\xd2\xc9\xd7\xc5\r\n" },
		{ HEAD "Content-Type: text/plain; charset=utf-8\r\n\r\n", "\xe4\xbd\xa0x" },
		{ HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n", NULL },
	};
	char part[5000];
	size_t i;

	(void)state;
	memset(part, 'y', sizeof(part));
	memcpy(part, "--B\r\n\r\n", 7);
	memcpy(part + sizeof(part) - 3, "\r\n", 3);
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		bool many = cases[i].each == NULL;
		struct gp_buf *b = repeat(ctx, cases[i].head, many ? part : cases[i].each,
		    many ? 900 : 600000, "\r\n"), wire;
		struct gp_mail m, back;

		assert_int_equal(gp_mail_parse(ctx, b->p, b->len, &m, NULL), GP_OK);
		assert_true(m.text_n <= GP_MAX_TEXT && m.html_n <= GP_MAX_HTML);
		assert_true(m.text_n + m.html_n > GP_MAX_TEXT - 4);
		gp_buf_init(&wire, ctx, GP_MAX_FRAME);
		gp_mail_pack(&wire, &m);
		assert_int_equal(gp_mail_unpack(ctx, (struct gp_str){ wire.p, wire.len }, b->p,
		    b->len,
		    &back, NULL), GP_OK);
		talloc_free(ctx);
	}
}

static void
test_scan_counts(void **state)
{
	static const char raw[] = "A: b\r\nC: d\r\nContent-Type: multipart/mixed; boundary=B\r\n"
	    "\r\n"
	    "--B\r\nContent-Type: message/rfc822\r\n\r\nX: y\r\n\r\ntext\r\n--B\r\n\r\nx\r\n"
	    "--B--\r\n";
	struct gp_scan s;

	(void)state;
	assert_int_equal(gp_mail_scan(raw, sizeof(raw) - 1, &s, NULL), GP_OK);
	assert_int_equal(s.fields, 3);
	assert_int_equal(s.header_bytes, strstr(raw, "\r\n\r\n") + 2 - raw);
	assert_int_equal(s.parts, 4);
	assert_int_equal(s.depth, 2);
	assert_int_equal(s.longest_line, strlen("Content-Type: multipart/mixed; boundary=B\r\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cte),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_charset_limits),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_scan_limits),
		cmocka_unit_test(test_text_limit),
		cmocka_unit_test(test_scan_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
