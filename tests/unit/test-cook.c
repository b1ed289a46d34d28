/* SPDX-License-Identifier: ISC */
/* What a post's header is made into: From, Reply-To and Cc in all combinations, prefix, wrapping. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#define ANN "Ann <ann@author.example>"
#define LIST "The bees <bees@example.org>"
#define VIA "Ann via bees <bees@example.org>"

enum { AUTHOR = GP_REPLY_AUTHOR, BOTH = GP_REPLY_LIST, ONLY = GP_REPLY_ONLY_LIST };

/* "-": the field stays as it came. */
static const struct sender_case {
	const char *header;
	int reply_to;
	bool rewritten;
	const char *want_reply_to, *want_cc;
} sender_cases[] = {
	/* From stays: only a list that wants replies changes anything. */
	{"From: " ANN, AUTHOR, false, "-", "-"},
	{"From: " ANN "\r\nReply-To: x@y.example", AUTHOR, false, "-", "-"},
	{"From: " ANN "\r\nTo: bees@example.org\r\nCc: z@y.example", AUTHOR, false, "-", "-"},
	{"From: " ANN, BOTH, false, LIST, "-"},
	{"From: " ANN "\r\nReply-To: x@y.example", BOTH, false, "x@y.example, " LIST, "-"},
	{"From: " ANN "\r\nReply-To: BEES@example.org", BOTH, false, "-", "-"},
	{"From: " ANN "\r\nReply-To: bees@example.org, bees@example.org", BOTH, false,
	    "bees@example.org", "-"},
	{"From: " ANN, ONLY, false, LIST, "-"},
	{"From: " ANN "\r\nReply-To: x@y.example", ONLY, false, LIST, "-"},
	{"From: " ANN "\r\nReply-To: bees@example.org", ONLY, false, "-", "-"},
	/* From is ours: the author stays within reach. */
	{"From: " ANN, AUTHOR, true, ANN, "-"},
	{"From: " ANN "\r\nReply-To: x@y.example", AUTHOR, true, "x@y.example, " ANN, "-"},
	{"From: " ANN "\r\nReply-To: ANN@author.example", AUTHOR, true, "-", "-"},
	{"From: " ANN ", Bob <bob@b.example>", AUTHOR, true, ANN ", Bob <bob@b.example>", "-"},
	{"From: " ANN "\r\nCc: z@y.example", AUTHOR, true, ANN, "-"},
	{"From: " ANN, BOTH, true, LIST, ANN},
	{"From: " ANN "\r\nCc: z@y.example", BOTH, true, LIST, "z@y.example, " ANN},
	{"From: " ANN "\r\nCc: ann@author.example", BOTH, true, LIST, "-"},
	{"From: " ANN "\r\nTo: Ann <Ann@Author.Example>, bees@example.org", BOTH, true, LIST, "-"},
	{"From: " ANN "\r\nReply-To: x@y.example", BOTH, true, "x@y.example, " LIST, ANN},
	{"From: " ANN ", Bob <bob@b.example>", BOTH, true, LIST, ANN ", Bob <bob@b.example>"},
	{"From: " ANN, ONLY, true, LIST, ANN},
	{"From: " ANN "\r\nReply-To: x@y.example", ONLY, true, LIST, ANN},
	{"From: " ANN "\r\nCc: undisclosed-recipients:;", ONLY, true, LIST, ANN},
};

static void
assert_field(size_t i, const char *name, const char *got, const char *want)
{
	if (!gp_streq(got, gp_streq(want, "-") ? NULL : want))
		fail_msg("case %zu: %s is %s, not %s", i, name, got, want);
}

static void
test_sender(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	size_t i;

	p->bees->set.title = gp_strdup(p->bees, "The bees");
	for (i = 0; i < GP_COUNT(sender_cases); i++) {
		const struct sender_case *c = &sender_cases[i];
		char *raw = gp_asprintf(p->ctx, "%s\r\n\r\n", c->header);
		struct gp_sender s;
		struct gp_header h;

		must(gp_header_scan(p->ctx, raw, strlen(raw), &h, &err), &err);
		p->bees->set.reply_to = c->reply_to;
		gp_cook_sender(p->ctx, p->bees, &h, c->rewritten ? "Ann via bees" : NULL, &s);
		assert_field(i, "From", s.from, c->rewritten ? VIA : "-");
		assert_field(i, "Reply-To", s.reply_to, c->want_reply_to);
		assert_field(i, "Cc", s.cc, c->want_cc);
		assert_true((s.original_from != NULL) == c->rewritten);
	}
	p->bees->set.reply_to = ONLY;
	p->bees->set.reply_address = gp_strdup(p->bees, "desk@example.org");
	{
		const char raw[] = "From: x@y.example\r\n\r\n";
		struct gp_sender s;
		struct gp_header h;

		must(gp_header_scan(p->ctx, raw, strlen(raw), &h, &err), &err);
		gp_cook_sender(p->ctx, p->bees, &h, NULL, &s);
		assert_string_equal(s.reply_to, "desk@example.org");
	}
}

static char *
cooked(struct place *p, const struct gp_cooking *k, size_t *n)
{
	struct gp_cooked out;
	struct gp_err err;

	must(gp_cook_header(p->ctx, p->site, p->bees, k, &out, &err), &err);
	*n = out.n;
	return out.header;
}

static char *
value_of(const void *ctx, const char *header, size_t n, const char *name)
{
	struct gp_header h;
	struct gp_err err;
	char *raw = gp_asprintf(ctx, "%.*s\r\n", (int)n, header);

	must(gp_header_scan(ctx, raw, strlen(raw), &h, &err), &err);
	assert_true(gp_header_count(&h, name) <= 1 || strcmp(name, "Received") == 0);
	return gp_header_value(ctx, &h, name);
}

static void
test_cooking(void **state)
{
	static const char post[] = "Received: from a by b; x\nDKIM-Signature: v=1; h=from:subject;\n"
	    "\tb=AAA=\nFrom:  Bob  <bob@example.net>\nTo: bees@example.org\nSubject:  Two  blanks\n"
	    "Message-ID: <m2@x.example>\nDate: Mon, 23 Nov 2026 11:00:00 +0000\nBcc: x@y.example\n"
	    "List-Id: <wasps.example.org>\nApproved: secret\nReturn-Path: <bob@example.net>\n"
	    "Disposition-Notification-To: bob@example.net\n\nHello\n";
	static const char *const gone[] = {"Bcc", "Approved", "Return-Path", "Disposition-Notification-To"};
	struct place *p = *state;
	struct gp_inbound in;
	struct gp_header h;
	struct gp_err err;
	size_t n, i;
	char *out;

	incoming(p->ctx, post, "bob@example.net", &in);
	must(gp_header_scan(p->ctx, in.raw, in.n, &h, &err), &err);
	out = cooked(p, &(struct gp_cooking){.in = &in, .h = &h, .msgid = "m2@x.example",
	    .key = "abcdefghijkl"}, &n);
	/* What the author signed is there, byte for byte. */
	assert_non_null(strstr(out, "DKIM-Signature: v=1; h=from:subject;\r\n\tb=AAA=\r\n"
	    "From:  Bob  <bob@example.net>\r\nTo: bees@example.org\r\nSubject:  Two  blanks\r\n"));
	for (i = 0; i < GP_COUNT(gone); i++)
		assert_null(value_of(p->ctx, out, n, gone[i]));
	assert_string_equal(value_of(p->ctx, out, n, "List-Id"), "bees <bees.example.org>");
	assert_string_equal(value_of(p->ctx, out, n, "List-Post"), "<mailto:bees@example.org>");
	assert_string_equal(value_of(p->ctx, out, n, "Archived-At"),
	    "<https://lists.example.org/bees/m/abcdefghijkl>");
	assert_string_equal(value_of(p->ctx, out, n, "Precedence"), "list");
	assert_true(gp_starts(out, "Received: by example.org (guildpost) with LMTP"));
}

static void
test_cooking_adds_what_is_missing(void **state)
{
	struct place *p = *state;
	struct gp_inbound in;
	struct gp_header h;
	struct gp_err err;
	size_t n;
	char *out;

	incoming(p->ctx, "From: bob@example.net\n\nHello\n", "bob@example.net", &in);
	must(gp_header_scan(p->ctx, in.raw, in.n, &h, &err), &err);
	out = cooked(p, &(struct gp_cooking){.in = &in, .h = &h, .msgid = "made@example.org"}, &n);
	assert_string_equal(value_of(p->ctx, out, n, "Message-ID"), "<made@example.org>");
	assert_non_null(value_of(p->ctx, out, n, "Date"));
	assert_null(value_of(p->ctx, out, n, "Archived-At"));
	assert_null(strstr(out, "\r\n\r\n"));
}

/* A post cooked and settled: the header that goes out. */
static char *
settled(struct place *p, const char *text, enum gp_policy policy, struct gp_job *job)
{
	struct gp_cooking k = {0};
	struct gp_cooked cooked;
	struct gp_header h;
	struct gp_inbound in;
	struct gp_err err;

	incoming(p->ctx, text, "ann@author.example", &in);
	must(gp_header_scan(p->ctx, in.raw, in.n, &h, &err), &err);
	k.in = &in;
	k.h = &h;
	k.msgid = in.mail->msgid != NULL ? in.mail->msgid : "made@example.org";
	k.key = "abcdefghijkl";
	must(gp_cook_header(p->ctx, p->site, p->bees, &k, &cooked, &err), &err);
	memset(job, 0, sizeof(*job));
	job->header = cooked.header;
	job->header_n = cooked.n;
	job->flags = cooked.ask ? GP_JOB_ASK : 0;
	if (cooked.ask)
		must(gp_cook_settle(p->ctx, p->site, p->bees, job, policy, &err), &err);
	assert_int_equal(job->flags & GP_JOB_ASK, 0);
	return gp_strndup(p->ctx, job->header, job->header_n);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void
assert_hasnt(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" stands in:\n%s", part, text);
}

#define POST "From: =?utf-8?Q?J=C3=BCrg=2C_A=2E?= <jane@author.example>\nTo: bees@example.org\n" \
	"Subject: Swarms\nMessage-ID: <1@author.example>\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n" \
	"X-Original-From: fake@evil.example\n"
#define DKIM(h) "DKIM-Signature: v=1; d=author.example; s=s; h=" h "; bh=x; b=y\n"

static void
test_policy(void **state)
{
	struct place *p = *state;
	struct gp_job job;
	char *out;

	out = settled(p, POST "\nHello\n", GP_POLICY_REJECT, &job);
	assert_has(out, "From: =?UTF-8?Q?J=C3=BCrg=2C_A=2E_via_bees?= <bees@example.org>\r\n");
	assert_has(out, "Reply-To: =?UTF-8?Q?J=C3=BCrg=2C_A=2E?= <jane@author.example>\r\n");
	assert_has(out, "X-Original-From: =?UTF-8?Q?J=C3=BCrg=2C_A=2E?= <jane@author.example>\r\n");
	assert_hasnt(out, "evil");
	out = settled(p, POST "\nHello\n", GP_POLICY_QUARANTINE, &job);
	assert_has(out, " <bees@example.org>\r\n");
	out = settled(p, POST "\nHello\n", GP_POLICY_UNKNOWN, &job);
	assert_has(out, "via_bees");
	out = settled(p, POST "\nHello\n", GP_POLICY_NONE, &job);
	assert_has(out, "From: =?utf-8?Q?J=C3=BCrg=2C_A=2E?= <jane@author.example>\r\n");
	assert_hasnt(out, "Reply-To");
	/* A signature that holds speaks for itself; one that covers what we add doesn't hold. */
	out = settled(p, DKIM("from:to:subject") POST "\nHello\n", GP_POLICY_REJECT, &job);
	assert_hasnt(out, "via");
	assert_has(out, "DKIM-Signature: ");
	out = settled(p, DKIM("from:list-id") POST "\nHello\n", GP_POLICY_REJECT, &job);
	assert_has(out, "via_bees");
	assert_hasnt(out, "DKIM-Signature: ");
	p->bees->set.prefix = gp_strdup(p->bees, "[bees]");
	out = settled(p, DKIM("from:to:subject") POST "\nHello\n", GP_POLICY_REJECT, &job);
	assert_has(out, "via_bees");
	assert_has(out, "Subject: [bees] Swarms\r\n");
	p->bees->set.dmarc = GP_DMARC_LEAVE;
	out = settled(p, POST "\nHello\n", GP_POLICY_REJECT, &job);
	assert_hasnt(out, "via_bees");
	p->bees->set.dmarc = GP_DMARC_ALWAYS;
	out = settled(p, DKIM("from") POST "\nHello\n", GP_POLICY_NONE, &job);
	assert_has(out, "via_bees");
}

/* What stands in front of our address: never a second address, always something. */
static void
test_shown_name(void **state)
{
	static const struct { const char *from, *want; } cases[] = {
		{"Ann Doe <ann@a.example>", "From: Ann Doe via bees <bees@example.org>\r\n"},
		{"\"Ann ann@yahoo.example\" <ann@a.example>", "From: Ann ann via bees <bees@example.org>\r\n"},
		{"\"ann@yahoo.example\" <ann@a.example>", "From: ann via bees <bees@example.org>\r\n"},
		{"ann@a.example", "From: ann via bees <bees@example.org>\r\n"},
		{"bob@example.net", "From: Bob via bees <bees@example.org>\r\n"},
		{"\"Doe, Ann\" <a@a.example>", "From: \"Doe, Ann via bees\" <bees@example.org>\r\n"},
		{"\"A <x@y> B\" <a@a.example>", "From: A x B via bees <bees@example.org>\r\n"},
		{"=?utf-8?Q?Ann=E2=80=AEcod?= <a@a.example>", "From: Anncod via bees <bees@example.org>\r\n"},
		{"=?utf-8?Q?Ann=0D=0ABcc=3A_x=40y?= <a@a.example>", "From: \"Ann Bcc: x via bees\" <bees@example.org>\r\n"},
		{"\"@\" <a@a.example>", "From: a via bees <bees@example.org>\r\n"},
	};
	struct place *p = *state;
	struct gp_job job;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		char *text = gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: x\n\nx\n",
		    cases[i].from);

		assert_has(settled(p, text, GP_POLICY_REJECT, &job), cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cooking, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_cooking_adds_what_is_missing, place_set_up,
		    place_tear_down),
		cmocka_unit_test_setup_teardown(test_sender, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_policy, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_shown_name, place_set_up, place_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
