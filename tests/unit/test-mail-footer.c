/* SPDX-License-Identifier: ISC */
/* Footers under mail that passes through: where they stand, and that nothing else moves. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail/carry.h"

#include <string.h>

#define RULE "_______________________________________________\n"
#define PLAIN "The bees, bees@example.org\n"
#define WIDE "Die Bienen gr\xc3\xbc\xc3\x9f" "en\n"

enum where { BEHIND, AS_PART, BESIDE, NOWHERE };

static const struct footer_case {
	const char *name, *in, *footer;
	enum where where;
	const char *want;	/* the whole body (LF), or with '~' in front a piece of it */
} cases[] = {
	{"plain", "From: a@b.example\n\nHello\n", PLAIN, BEHIND, "Hello\n\n" RULE PLAIN},
	{"no end of line", "From: a@b.example\n\nHello", PLAIN, BEHIND, "Hello\n\n" RULE PLAIN},
	{"no text", "From: a@b.example\n\n", PLAIN, BEHIND, "\n" RULE PLAIN},
	{"an empty line in the footer", "From: a@b.example\n\nHello\n", "One\n\n  two  \n \n\nthree", BEHIND,
	    "Hello\n\n" RULE "One\n\n  two\n\n\nthree\n"},
	{"empty lines around it", "From: a@b.example\n\nHello\n", "\n \n\nOne\n\n \n", BEHIND, "Hello\n\n" RULE "One\n"},
	{"a footer of blanks", "From: a@b.example\n\nHello\n", " \n\n", BEHIND, "Hello\n\n" RULE},
	{"ascii, wide footer", "From: a@b.example\n\nHello\n", WIDE, BESIDE, "~Hello\n"},
	{"utf-8 8bit", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\xc3\xbc\n",
	    WIDE, BEHIND, "\xc3\xbc\n\n" RULE WIDE},
	{"utf-8 7bit, wide footer", "Content-Type: text/plain; charset=utf-8\n\nx\n", WIDE, BESIDE, "~x\n"},
	{"latin1, ascii footer", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"
	    "\xfc\n", PLAIN, BEHIND, "\xfc\n\n" RULE PLAIN},
	{"latin1, wide footer", "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"
	    "\xfc\n", WIDE, BESIDE, "~\xfc\n"},
	{"utf-16", "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//48AD4A\n",
	    PLAIN, BESIDE, "~//48AD4A\n"},
	{"quoted-printable", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "=C3=BC\n", WIDE, BEHIND, "=C3=BC\n\n" RULE "Die Bienen gr=C3=BC=C3=9Fen\n"},
	{"soft break at the end", "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nx=\n", PLAIN, BEHIND, "x\n\n" RULE PLAIN},
	{"base64", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVsbG8K\n",
	    "x\n", BEHIND, "SGVsbG8KDQoNCl9fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19fX19f\nDQp4DQo=\n"},
	{"flowed", "Content-Type: text/plain; format=flowed; delsp=yes\n\nand on \n", PLAIN, BEHIND,
	    "and on \n\n" RULE PLAIN},
	{"html", "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>x\n", PLAIN, BESIDE,
	    "~Content-Type: text/html; charset=utf-8\n\n<p>x\n"},
	{"alternative", "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\n\n"
	    "<p>x\n--b--\n", PLAIN, BESIDE, "~--b\n\nx\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n"},
	{"mixed", "Content-Type: multipart/mixed; boundary=\"b b\"\n\npre\n--b b\n\nx\n--b b--\nepi\n", PLAIN, AS_PART,
	    "pre\n--b b\n\nx\n--b b\nContent-Disposition: inline\nContent-Type: text/plain; charset=us-ascii\n"
	    "Content-Transfer-Encoding: 7bit\n\n\n" RULE PLAIN "--b b--\nepi\n"},
	{"mixed in mixed", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n"
	    "--c\n\nx\n--c--\n--b--\n", PLAIN, AS_PART, "~--c--\n--b\nContent-Disposition: inline\n"},
	{"mixed without an end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n", PLAIN, BESIDE, "~--b\n\nx\n"},
	{"mixed without its boundary", "Content-Type: multipart/mixed; boundary=b\n\nx\n", PLAIN, BESIDE, "~\n\nx\n"},
	{"an image", "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n", PLAIN, BESIDE, "~AAAA\n"},
	{"a text as a file", "Content-Disposition: attachment; filename=a.txt\n\nx\n", PLAIN, BESIDE, "~x\n"},
	{"signed", "Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n", PLAIN, NOWHERE, NULL},
	{"encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n", PLAIN, NOWHERE, NULL},
	{"S/MIME", "Content-Type: Application/PKCS7-mime; name=smime.p7m\n\nAAAA\n", PLAIN, NOWHERE, NULL},
	{"inline PGP", "From: a@b.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\nx\n", PLAIN, NOWHERE, NULL},
	{"invitation", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n", PLAIN, NOWHERE, NULL},
	{"report", "Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--\n", PLAIN, NOWHERE, NULL},
	{"a piece", "Content-Type: message/partial; id=1; number=1\n\nx\n", PLAIN, NOWHERE, NULL},
	{"unknown encoding", "Content-Transfer-Encoding: x-odd\n\nx\n", PLAIN, BESIDE, "~x\n"},
	{"boundary with =?", "Content-Type: multipart/mixed; boundary=\"a=?b\"\n\n--a=?b\n\nx\n--a=?b--\n", PLAIN, BESIDE,
	    "~--a=?b\n\nx\n--a=?b--\n"},
};

static char *
lf(const void *ctx, const char *p, size_t n)
{
	char *out = gp_array(ctx, char, n + 1), *to = out;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != '\r')
			*to++ = p[i];
	*to = '\0';
	return out;
}

static void
check(const void *ctx, const struct footer_case *c)
{
	struct gp_footed out;
	struct gp_err err;
	unsigned changes;
	size_t n;
	char *raw = gp_mail_canon(ctx, c->in, strlen(c->in), &n, &changes), *body;

	if (gp_footer_add(ctx, raw, n, c->footer, &out, &err) != GP_OK)
		fail_msg("%s: %s", c->name, err.msg);
	if (out.added != (c->where != NOWHERE) || (out.fields != NULL) != (c->where == BESIDE))
		fail_msg("%s: the footer stands elsewhere", c->name);
	if (!out.added)
		return;
	body = lf(ctx, out.body, out.n);
	if (c->want[0] == '~' ? strstr(body, c->want + 1) == NULL : strcmp(body, c->want) != 0)
		fail_msg("%s: got\n%s\nnot\n%s", c->name, body, c->want);
	if (c->where == BESIDE && (strstr(out.fields, "multipart/mixed") == NULL ||
	    strstr(body, "Content-Disposition: inline\nContent-Type: text/plain") == NULL))
		fail_msg("%s: no part beside:\n%s\n%s", c->name, out.fields, body);
}

static void
test_footer(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);

		check(ctx, &cases[i]);
		talloc_free(ctx);
	}
}

/* The result is a message again, with all that was in it and the footer. */
static void
test_parses_again(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_mail before, after;
		struct gp_footed out;
		struct gp_header h;
		struct gp_err err;
		unsigned changes;
		size_t n;
		char *raw = gp_mail_canon(ctx, cases[i].in, strlen(cases[i].in), &n, &changes), *whole;

		assert_int_equal(gp_footer_add(ctx, raw, n, cases[i].footer, &out, &err), GP_OK);
		if (out.added) {
			assert_int_equal(gp_header_scan(ctx, raw, n, &h, &err), GP_OK);
			whole = gp_asprintf(ctx, "%s\r\n%.*s", out.fields != NULL ? out.fields :
			    gp_asprintf(ctx, "%.*s", (int)h.end, raw), (int)out.n, out.body);
			assert_int_equal(gp_mail_parse(ctx, raw, n, &before, &err), GP_OK);
			assert_int_equal(gp_mail_parse(ctx, whole, strlen(whole), &after, &err), GP_OK);
			if (after.parts_n != before.parts_n + (cases[i].where == BESIDE ? 2 :
			    cases[i].where == AS_PART ? 1 : 0))
				fail_msg("%s: %zu parts became %zu", cases[i].name, before.parts_n,
				    after.parts_n);
		}
		talloc_free(ctx);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_footer),
		cmocka_unit_test(test_parses_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
