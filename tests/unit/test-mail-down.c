/* SPDX-License-Identifier: ISC */
/* Mail for relays without 8BITMIME or SMTPUTF8: what changes, and what never does. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail/carry.h"

#include <string.h>

#define ALL (GP_DOWN_8BIT | GP_DOWN_LINES | GP_DOWN_UTF8)
#define WIDE "\xc3\xbc"

static const struct down_case {
	const char *name;
	unsigned what;
	const char *in, *want;	/* the whole (LF) */
	unsigned left;
	const char *address;
} cases[] = {
	{"ascii", ALL, "Subject: x\n\nHello\n", "Subject: x\n\nHello\n", 0, NULL},
	{"no body", ALL, "Subject: x\n\n", "Subject: x\n\n", 0, NULL},
	{"utf-8 text", ALL, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGr" WIDE
	    "ezi mitenand \nFrom here\n.\n", "Content-Type: text/plain; charset=utf-8\nMIME-Version: 1.0\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BCezi mitenand=20\n=46rom here\n=2E\n", 0, NULL},
	{"mostly wide", ALL, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" WIDE WIDE WIDE "\n",
	    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: base64\n\nw7zDvMO8DQo=\n", 0, NULL},
	{"nothing asked of bodies", GP_DOWN_UTF8, "Subject: x\n\n" WIDE "\n", "Subject: x\n\n" WIDE "\n", 0, NULL},
	{"nothing asked of headers", GP_DOWN_8BIT, "Subject: " WIDE "\n\nx\n", "Subject: " WIDE "\n\nx\n", 0, NULL},
	{"parts", ALL, "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\npr" WIDE "\n--b\n\n"
	    "plain\n--b\nContent-Transfer-Encoding: 8bit\nContent-Type: text/html\n\n<p>one two three " WIDE
	    "\n--b--\nepi\n", "Content-Type: multipart/mixed; boundary=b\n\npr??\n--b\n\nplain\n--b\n"
	    "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>one two three =C3=BC\n--b--\nepi\n",
	    0, NULL},
	{"a picture without encoding", ALL, "MIME-Version: 1.0\nContent-Type: image/x\n\nabc\xff\n",
	    "MIME-Version: 1.0\nContent-Type: image/x\nContent-Transfer-Encoding: base64\n\nYWJj/w0K\n", 0, NULL},
	{"signed", ALL, "Content-Type: multipart/signed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\n\n" WIDE
	    "\n--b--\n", "Content-Type: multipart/signed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\n\n" WIDE
	    "\n--b--\n", GP_DOWN_8BIT, NULL},
	{"signed beside text", ALL, "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: 8bit\n\n--a\n"
	    "Content-Type: multipart/signed; boundary=b\n\n--b\n\n" WIDE "\n--b--\n--a\n\nfooter text, " WIDE "\n--a--\n",
	    "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: 8bit\n\n--a\n"
	    "Content-Type: multipart/signed; boundary=b\n\n--b\n\n" WIDE "\n--b--\n--a\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nfooter text, =C3=BC\n--a--\n", GP_DOWN_8BIT, NULL},
	{"S/MIME", ALL, "Content-Type: application/pkcs7-mime\n\n\xff\n", "Content-Type: application/pkcs7-mime\n\n\xff\n",
	    GP_DOWN_8BIT, NULL},
	{"a message in it", ALL, "Content-Type: message/rfc822\n\nSubject: " WIDE "\n\n" WIDE "\n",
	    "Content-Type: message/rfc822\n\nSubject: " WIDE "\n\n" WIDE "\n", GP_DOWN_8BIT, NULL},
	{"its own header all the same", ALL, "Subject: " WIDE "\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nx\n"
	    "--b--\n", "Subject: =?utf-8?B?w7w=?=\nContent-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n", 0, NULL},
	{"a boundary of 8-bit bytes", ALL, "Content-Type: multipart/mixed; boundary=\"" WIDE "\"\n\n--" WIDE "\n\nx\n--" WIDE
	    "--\n", "Content-Type: multipart/mixed; boundary=\"" WIDE "\"\n\n--" WIDE "\n\nx\n--" WIDE "--\n",
	    GP_DOWN_8BIT | GP_DOWN_UTF8, NULL},
	{"unknown encoding", ALL, "Content-Transfer-Encoding: x-odd\n\n" WIDE "\n",
	    "Content-Transfer-Encoding: x-odd\n\n" WIDE "\n", GP_DOWN_8BIT, NULL},
	{"quoted-printable that isn't", ALL, "Content-Transfer-Encoding: quoted-printable\nMIME-Version: 1.0\n\na=3Db" WIDE
	    "\n", "MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=C3=BC\n", 0, NULL},
	{"subject", ALL, "Subject: Re:  Gr" WIDE "ezi mit" WIDE "nand all\n\nx\n",
	    "Subject: Re:  =?utf-8?B?R3LDvGV6aSBtaXTDvG5hbmQ=?= all\n\nx\n", 0, NULL},
	{"beside an encoded-word", ALL, "Subject: =?utf-8?Q?a?= " WIDE " =?utf-8?Q?b?=\n\nx\n",
	    "Subject: =?utf-8?Q?a?= =?utf-8?B?IMO8?= =?utf-8?Q?b?=\n\nx\n", 0, NULL},
	{"unknown bytes", ALL, "Subject: \xfc" "ber\n\nx\n", "Subject: =?unknown-8bit?B?/GJlcg==?=\n\nx\n", 0, NULL},
	{"people", ALL, "From: J" WIDE "rg M <j@x.example> (" WIDE ")\nTo: \"M, " WIDE "\" <m@x.example>, k@x.example\n\nx\n",
	    "From: =?utf-8?B?SsO8cmcgTQ==?= <j@x.example> (=?utf-8?B?w7w=?=)\n"
	    "To: =?utf-8?B?TSwgw7w=?= <m@x.example>, k@x.example\n\nx\n", 0, NULL},
	{"a group", ALL, "To: B" WIDE "s: m@x.example, \"a b\" <k@x.example>;\n\nx\n",
	    "To: =?utf-8?B?QsO8cw==?=: m@x.example, \"a b\" <k@x.example>;\n\nx\n", 0, NULL},
	{"a domain", ALL, "From: a@b" WIDE "cher.example\n\nx\n", "From: a@xn--bcher-kva.example\n\nx\n", 0, NULL},
	{"an address", ALL, "From: J <j" WIDE "@x.example>\n\nx\n", "From: J <j" WIDE "@x.example>\n\nx\n", GP_DOWN_UTF8,
	    "j" WIDE "@x.example"},
	{"a quoted address", ALL, "Cc: \"" WIDE "\"@x.example\n\nx\n", "Cc: \"" WIDE "\"@x.example\n\nx\n", GP_DOWN_UTF8,
	    "\"" WIDE "\"@x.example"},
	{"name of a file", ALL, "Content-Type: text/plain; name=\"a " WIDE ".txt\"; charset=utf-8\n\nx\n",
	    "Content-Type: text/plain; name*=utf-8''a%20%C3%BC.txt; charset=utf-8\n\nx\n", 0, NULL},
	{"name without quotes", ALL, "Content-Disposition: attachment; filename=a " WIDE ".txt\n\nx\n",
	    "Content-Disposition: attachment; filename*=utf-8''a%20%C3%BC.txt\n\nx\n", 0, NULL},
	{"a long name", ALL, "Content-Disposition: attachment; filename=\"" WIDE "23456789012345678\"\n\nx\n",
	    "Content-Disposition: attachment; filename*0*=utf-8''%C3%BC23456789012345;\n filename*1*=678\n\nx\n", 0, NULL},
	{"a digest's default", ALL, "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: a\n\n" WIDE "\n--b--\n",
	    "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: a\n\n" WIDE "\n--b--\n", GP_DOWN_8BIT, NULL},
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

static char *
lower(void *ctx, const char *in, unsigned what, struct gp_down *d)
{
	struct gp_header h;
	struct gp_err err;
	unsigned changes;
	size_t n;
	char *raw = gp_mail_canon(ctx, in, strlen(in), &n, &changes);

	assert_int_equal(gp_header_scan(ctx, raw, n, &h, &err), GP_OK);
	assert_int_equal(gp_mail_down(ctx, (struct gp_str){raw, h.end},
	    (struct gp_str){raw + h.body, n - h.body}, what, d, &err), GP_OK);
	return gp_asprintf(ctx, "%s\n%s", lf(ctx, d->header, d->header_n), lf(ctx, d->body, d->body_n));
}

static void
test_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		const struct down_case *c = &cases[i];
		struct gp_down d;
		char *got = lower(ctx, c->in, c->what, &d);

		if (strcmp(got, c->want) != 0)
			fail_msg("%s: got\n%s\nnot\n%s", c->name, got, c->want);
		if (d.changed != (strcmp(c->in, c->want) != 0) || d.left != c->left)
			fail_msg("%s: changed %d, left %u", c->name, d.changed, d.left);
		if (c->address == NULL ? d.address != NULL : !gp_streq(d.address, c->address))
			fail_msg("%s: address %s", c->name, d.address);
		talloc_free(ctx);
	}
}

/* Too long for RFC 5321: the leaf gets an encoding that has shorter lines, and reads the same. */
static void
test_long_lines(void **state)
{
	static const char *const heads[] = {"Subject: x\n\n", "Content-Type: image/x\n\n",
	    "Content-Transfer-Encoding: base64\n\n",
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"};
	void *ctx = gp_ctx(NULL);
	char *line = gp_array(ctx, char, 200001);
	size_t i;

	(void)state;
	memset(line, 'A', 200000);
	memcpy(line + 75, "--b", 3);	/* where a line could end: no boundary may come of it */
	for (i = 0; i < GP_COUNT(heads); i++) {
		struct gp_down d;
		struct gp_mail m;
		struct gp_err err;
		char *in = gp_asprintf(ctx, "%s%s\n", heads[i], line), *got, *raw;
		unsigned changes;
		size_t n;

		got = lower(ctx, in, GP_DOWN_LINES, &d);
		assert_true(d.changed && d.left == 0);
		assert_int_equal(gp_mail_down_wants((struct gp_str){d.header, d.header_n},
		    (struct gp_str){d.body, d.body_n}), 0);
		raw = gp_mail_canon(ctx, got, strlen(got), &n, &changes);
		assert_int_equal(gp_mail_parse(ctx, raw, n, &m, &err), GP_OK);
		assert_int_equal(m.parts_n, i == 3 ? 2 : 1);
		if (i == 0)
			assert_int_equal(strncmp(m.text, line, 200000), 0);
	}
	talloc_free(ctx);
}

static void
test_addresses(void **state)
{
	static const char *const table[][2] = {{"a@b.example", "a@b.example"},
	    {"A.B@" WIDE ".example", "A.B@xn--tda.example"}, {WIDE "@b.example", NULL}, {WIDE, NULL},
	    {"a@\xff.example", NULL}, {"", ""}};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(table); i++) {
		char *got = gp_addr_ascii(NULL, table[i][0]);

		if (!gp_streq(got, table[i][1]))
			fail_msg("%s: %s", table[i][0], got);
		talloc_free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
