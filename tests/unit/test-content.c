/* SPDX-License-Identifier: ISC */
/* What posts may carry: rules by type and name of file, files taken out, HTML made into text. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#include "../../src/list/content.h"

#define HEAD "From: bob@example.net\nTo: bees@example.org\nSubject: x\nMessage-ID: <c@x.example>\nMIME-Version: 1.0\n"
#define MIXED HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\n"
#define FILE_OF(type, disposition) MIXED "Content-Type: " type "\nContent-Disposition: " disposition \
	"\nContent-Transfer-Encoding: base64\n\nTVqQAAMA\n--b--\n"
#define BOUND(written, used) HEAD "Content-Type: multipart/mixed; boundary=" written "\n\n--" used "\n\nHello\n--" used \
	"--\n"
#define ATTACHED(name) FILE_OF("application/octet-stream", "attachment; filename=\"" name "\"")

/* ---- by which the list refuses ------------------------------------------------------------- */

static const struct rule_case {
	const char *name, *key, *value, *mail;
	enum gp_decision_kind want;
} rule_cases[] = {
	{"no file", NULL, NULL, HEAD "\nHello\n", GP_DECIDE_ACCEPT},
	{"a picture", NULL, NULL, ATTACHED("a.png"), GP_DECIDE_ACCEPT},
	{"a program", NULL, NULL, ATTACHED("a.exe"), GP_DECIDE_HOLD},
	{"capitals", NULL, NULL, ATTACHED("A.EXE"), GP_DECIDE_HOLD},
	{"two ends", NULL, NULL, ATTACHED("a.pdf.exe"), GP_DECIDE_HOLD},
	{"a dot behind", NULL, NULL, ATTACHED("a.exe."), GP_DECIDE_HOLD},
	{"blanks behind", NULL, NULL, ATTACHED("a.exe . "), GP_DECIDE_HOLD},
	{"only looks so", NULL, NULL, ATTACHED("exe"), GP_DECIDE_ACCEPT},
	{"in the middle", NULL, NULL, ATTACHED("a.exe.pdf"), GP_DECIDE_ACCEPT},
	{"RFC 2231", NULL, NULL, FILE_OF("application/octet-stream", "attachment; filename*=utf-8''x%2Eexe"),
	    GP_DECIDE_HOLD},
	{"RFC 2231 in pieces", NULL, NULL, FILE_OF("application/octet-stream",
	    "attachment; filename*0=\"x.e\"; filename*1=\"xe\""), GP_DECIDE_HOLD},
	{"RFC 2047", NULL, NULL, FILE_OF("application/octet-stream", "attachment; filename=\"=?utf-8?Q?x=2Eexe?=\""),
	    GP_DECIDE_HOLD},
	{"only the other name", NULL, NULL, FILE_OF("application/octet-stream; name=x.exe",
	    "attachment; filename=x.txt"), GP_DECIDE_HOLD},
	{"inline", NULL, NULL, FILE_OF("application/octet-stream; name=x.exe", "inline"), GP_DECIDE_HOLD},
	{"own list of ends", "block_files", "pdf,zip", ATTACHED("a.zip"), GP_DECIDE_HOLD},
	{"and not the usual ones", "block_files", "pdf", ATTACHED("a.exe"), GP_DECIDE_ACCEPT},
	{"a whole name", "block_files", "winmail.dat", ATTACHED("WinMail.dat"), GP_DECIDE_HOLD},
	{"not that name", "block_files", "winmail.dat", ATTACHED("data.dat"), GP_DECIDE_ACCEPT},
	{"nothing blocked", "block_files", "", ATTACHED("a.exe"), GP_DECIDE_ACCEPT},
	{"refused", "blocked", "refuse", ATTACHED("a.exe"), GP_DECIDE_REJECT},
	{"taken out", "blocked", "drop", ATTACHED("a.exe"), GP_DECIDE_ACCEPT},
	{"nothing would be left", "blocked", "drop", HEAD "Content-Disposition: attachment; filename=a.exe\n"
	    "Content-Type: application/octet-stream\n\nMZ\n", GP_DECIDE_HOLD},
	{"within what is signed", "blocked", "drop", HEAD "Content-Type: multipart/signed; boundary=s\n\n--s\n"
	    "Content-Type: application/octet-stream; name=a.exe\n\nMZ\n--s\nContent-Type: application/pgp-signature\n\n"
	    "x\n--s--\n", GP_DECIDE_HOLD},
	{"types: text only", "types", "text/plain", ATTACHED("a.png"), GP_DECIDE_HOLD},
	{"types: this one", "types", "text/plain application/octet-stream", ATTACHED("a.png"), GP_DECIDE_ACCEPT},
	{"types: all of a kind", "types", "application/*", ATTACHED("a.png"), GP_DECIDE_ACCEPT},
	{"types: a text goes always", "types", "image/png", HEAD "\nHello\n", GP_DECIDE_ACCEPT},
	{"types: HTML is not a text", "types", "text/plain", HEAD "Content-Type: text/html\n\n<p>x\n", GP_DECIDE_HOLD},
	{"two types", NULL, NULL, HEAD "Content-Type: text/plain\nContent-Type: text/html\n\nx\n", GP_DECIDE_HOLD},
	{"two types that are one", NULL, NULL, HEAD "Content-Type: text/plain\nContent-type: text/plain\n\nx\n",
	    GP_DECIDE_ACCEPT},
	{"two encodings", NULL, NULL, HEAD "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx\n",
	    GP_DECIDE_HOLD},
	{"two names of one file", NULL, NULL, FILE_OF("image/png", "attachment; filename=a.png\nContent-Disposition: "
	    "attachment; filename=b.png"), GP_DECIDE_HOLD},
	{"doubtful, refused", "blocked", "refuse", HEAD "Content-Type: text/plain\nContent-Type: text/html\n\nx\n",
	    GP_DECIDE_REJECT},
	{"doubtful, can't be taken out", "blocked", "drop", HEAD "Content-Type: text/plain\nContent-Type: text/html\n\n"
	    "x\n", GP_DECIDE_HOLD},
	{"doubtful, but nobody filters", "block_files", "", HEAD "Content-Type: text/plain\nContent-Type: text/html\n\n"
	    "x\n", GP_DECIDE_ACCEPT},
	{"an encoded boundary", NULL, NULL, BOUND("\"a=?b\"", "a=?b"), GP_DECIDE_HOLD},
	{"a boundary that is no token", NULL, NULL, BOUND("a:b", "a:b"), GP_DECIDE_HOLD},
	{"cut at the colon it would be another", NULL, NULL, BOUND("a:b", "a"), GP_DECIDE_HOLD},
	{"a boundary with an escape", NULL, NULL, BOUND("\"a\\b\"", "ab"), GP_DECIDE_HOLD},
	{"two boundaries", NULL, NULL, BOUND("a; boundary=b", "b"), GP_DECIDE_HOLD},
	{"RFC 2231 for a boundary", NULL, NULL, BOUND("a; boundary*=us-ascii''b", "b"), GP_DECIDE_HOLD},
	{"a boundary with a comment", NULL, NULL, BOUND("a(b)c", "ac"), GP_DECIDE_HOLD},
	{"no boundary", NULL, NULL, HEAD "Content-Type: multipart/mixed\n\n--a\n\nx\n--a--\n", GP_DECIDE_HOLD},
	{"no boundary, and nothing that looks like one", NULL, NULL, HEAD "Content-Type: multipart/mixed; boundary=\n\nx\n",
	    GP_DECIDE_ACCEPT},
	{"a quoted boundary", NULL, NULL, BOUND("\"a:b c\"", "a:b c"), GP_DECIDE_ACCEPT},
	{"as many programs write it", NULL, NULL, BOUND("----=_Part_1.2", "----=_Part_1.2"), GP_DECIDE_ACCEPT},
	{"a comment in the type", NULL, NULL, HEAD "Content-Type: multipart(x)/mixed; boundary=a\n\n--a\n\nx\n--a--\n",
	    GP_DECIDE_HOLD},
	{"a comment that is a type", NULL, NULL, HEAD "Content-Type: text/plain (multipart/mixed); boundary=a\n\n--a\n\n"
	    "x\n--a--\n", GP_DECIDE_HOLD},
	{"a comment behind the type", NULL, NULL, HEAD "Content-Type: text/plain (a text); charset=utf-8\n\nx\n",
	    GP_DECIDE_ACCEPT},
	{"a piece", NULL, NULL, HEAD "Content-Type: message/partial; id=x; number=1; total=2\n\nx\n", GP_DECIDE_HOLD},
	{"a piece, refused", "blocked", "refuse", HEAD "Content-Type: Message/Partial; id=x; number=1\n\nx\n",
	    GP_DECIDE_REJECT},
	{"a piece, whatever else is filtered", "block_files", "", HEAD "Content-Type: message/partial; id=x\n\nx\n",
	    GP_DECIDE_HOLD},
	{"a piece that the list takes", "types", "message/partial", HEAD "Content-Type: message/partial; id=x\n\nx\n",
	    GP_DECIDE_ACCEPT},
	{"elsewhere", NULL, NULL, FILE_OF("message/external-body; access-type=URL; URL=\"http://a.example\"", "inline"),
	    GP_DECIDE_HOLD},
	{"elsewhere, taken out", "blocked", "drop", FILE_OF("message/external-body; access-type=URL", "inline"),
	    GP_DECIDE_ACCEPT},
	{"HTML alone", NULL, NULL, HEAD "Content-Type: text/html\n\n<p>x\n", GP_DECIDE_ACCEPT},
	{"HTML alone, refused", "html", "refuse", HEAD "Content-Type: text/html\n\n<p>x\n", GP_DECIDE_REJECT},
	{"HTML beside a text", "html", "refuse", HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n"
	    "--b\nContent-Type: text/html\n\n<p>Hello\n--b--\n", GP_DECIDE_ACCEPT},
};

static void
test_rules(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(rule_cases); i++) {
		const struct rule_case *c = &rule_cases[i];
		const struct gp_opt *opt = c->key == NULL ? NULL :
		    gp_opt_find(gp_list_options, gp_list_option_count, c->key);
		void *ctx = gp_ctx(p->ctx);
		struct gp_decision d;
		struct gp_route route;
		struct gp_inbound in;
		struct gp_err err;

		incoming(ctx, c->mail, "bob@example.net", &in);
		must(gp_route_find(ctx, p->site, "bees@example.org", &route, &err), &err);
		if (opt != NULL)
			must(gp_opt_set(gp_list_options, gp_list_option_count, &route.list->set, route.list,
			    c->key, c->value, &err), &err);
		must(gp_decide(ctx, p->site, &route, &in, &d, &err), &err);
		if (d.kind != c->want)
			fail_msg("%s: %s by %s (%s)", c->name, gp_decision_names[d.kind], d.rule, d.reason);
		talloc_free(ctx);
	}
}

/* ---- what is taken out ----------------------------------------------------------------------- */

/* The table that was carried along says what a parser says of the new bytes. */
static void
assert_as_parsed(const void *ctx, const char *name, const struct gp_inbound *in)
{
	const struct gp_mail *m = in->mail;
	struct gp_mail anew;
	struct gp_err err;
	size_t i;

	must(gp_derive(ctx, in->raw, in->n, &anew, &err), &err);
	if (anew.parts_n != m->parts_n)
		fail_msg("%s: %zu parts, not %zu:\n%s", name, anew.parts_n, m->parts_n, in->raw);
	for (i = 0; i < anew.parts_n; i++) {
		const struct gp_part *a = &anew.parts[i], *b = &m->parts[i];

		if (strcmp(a->type, b->type) != 0 || a->head != b->head || a->body != b->body ||
		    a->len != b->len || a->size != b->size || !gp_streq(a->name, b->name) || a->cte != b->cte)
			fail_msg("%s: part %zu is %s %zu %zu %zu, not %s %zu %zu %zu:\n%s", name, i + 1, a->type,
			    a->head, a->body, a->len, b->type, b->head, b->body, b->len, in->raw);
	}
	assert_string_equal(anew.files, m->files);
	if ((m->flags & GP_MAIL_TEXT_SLICE) != 0)
		assert_int_equal(anew.text_off, m->text_off);
	/* A note in front of the text stands behind it here, and may end another line. */
	if (strlen(anew.text) > strlen(m->text) + 1 || strlen(m->text) > strlen(anew.text) + 1)
		fail_msg("%s: the text is\n%s\nnot\n%s", name, m->text, anew.text);
}

static const struct shape_case {
	const char *name, *key, *value, *mail;
	const char *has, *hasnt;	/* NULL: nothing may change */
} shape_cases[] = {
	{"a program", "blocked", "drop", ATTACHED("a.exe"), "The file a.exe (1 kB) was here", "TVqQ"},
	{"a picture stays", "blocked", "drop", ATTACHED("a.png"), NULL, NULL},
	{"every file", "attachments", "drop", ATTACHED("a.png"), "The file a.png (1 kB) was here", "TVqQ"},
	{"in front of the text", "attachments", "drop", HEAD "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n"
	    "Content-Disposition: attachment; filename=a.png\nContent-Type: image/png\n\nTVqQ\n--b\n\nHello\n--b--\nepi\n",
	    "\r\n--b\r\n\r\nHello\r\n--b--\r\nepi\r\n", "TVqQ"},
	{"two of them", "attachments", "drop", HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\n"
	    "Content-Disposition: attachment; filename=a.png\n\nTVqQ\n--b\nContent-Type: multipart/mixed; boundary=c\n\n"
	    "--c\nContent-Disposition: attachment; filename=b.png\n\nTVqQ\n--c--\n--b--\n", "The file b.png", "TVqQ"},
	{"within what is signed", "attachments", "drop", HEAD "Content-Type: multipart/signed; boundary=s\n\n--s\n"
	    "Content-Disposition: attachment; filename=a.png\n\nTVqQ\n--s\nContent-Type: application/pgp-signature\n\nx\n"
	    "--s--\n", NULL, NULL},
	{"HTML alone", "html", "text", HEAD "Content-Type: text/html; charset=utf-8\n\n<p>Hello <b>bees</b></p>\n",
	    "Content-Type: text/plain; charset=us-ascii\r\n", "<p>"},
	{"HTML alone says so", "html", "text", HEAD "Content-Type: text/html; charset=utf-8\n\n<p>Hello <b>bees</b></p>\n",
	    "bees\r\n\r\n[This message came as HTML without a text.", "<p>"},
	{"HTML in a mixed", "html", "text", HEAD "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Type: text/html\n\n<p>Hello</p>\n--b\nContent-Type: image/png\n\nx\n--b--\n", "Hello\r\n", "<p>"},
	{"a pixel", "pixels", "drop", HEAD "Content-Type: text/html; charset=utf-8\n\n<p>Hello <b>bees</b>"
	    "<IMG src=\"https://spy.example/1.gif\" width=1 height='1' title=\"a>b\" alt=''>.</p>\n", "<b>bees</b>.</p>", "spy"},
	{"a pixel in base64 beside a text", "pixels", "drop", HEAD "Content-Type: multipart/alternative; boundary=b\n\n"
	    "--b\n\nHello\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
	    "PHA+SGVsbG88aW1nIHNyYz0vL3NweS5leGFtcGxlLyB3aWR0aD0iMHB4IiBoZWlnaHQ9IjEiLz48L3A+\n--b--\n",
	    "<p>Hello</p>", "PHA+"},
	{"a pixel, said at the end of what is shown", "pixels", "drop", HEAD "Content-Type: text/html; charset=iso-8859-1\n\n"
	    "<html><body>Gr\xfc\xdf" "e<img src=//spy.example/ width=0 height=0></BODY></html>\n",
	    "<p>[The list took out pictures", "spy"},
	{"a picture that is seen", "pixels", "drop", HEAD "Content-Type: text/html\n\n"
	    "<img src=https://a.example/b.png width=100 height=1><img src=cid:x width=1 height=1><img width=1 height=1 "
	    "src=https://a.example/ no end\n", NULL, NULL},
	{"HTML beside a text stays", "html", "text", HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n"
	    "Hello\n--b\nContent-Type: text/html\n\n<p>Hello\n--b--\n", NULL, NULL},
};

static void
test_shapes(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(shape_cases); i++) {
		const struct shape_case *c = &shape_cases[i];
		void *ctx = gp_ctx(p->ctx);
		const struct gp_inbound *out;
		struct gp_list list = *p->bees;
		struct gp_inbound in;
		struct gp_err err;

		must(gp_opt_set(gp_list_options, gp_list_option_count, &list.set, ctx, c->key, c->value, &err),
		    &err);
		incoming(ctx, c->mail, "bob@example.net", &in);
		must(gp_content_shape(ctx, p->site, &list, &in, &out, &err), &err);
		if ((out != &in) != (c->has != NULL))
			fail_msg("%s: %s", c->name, out != &in ? "changed" : "not changed");
		if (c->has != NULL && (strstr(out->raw, c->has) == NULL || strstr(out->raw, c->hasnt) != NULL))
			fail_msg("%s:\n%s", c->name, out->raw);
		assert_as_parsed(ctx, c->name, out);
		talloc_free(ctx);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rules, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_shapes, place_set_up, place_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
