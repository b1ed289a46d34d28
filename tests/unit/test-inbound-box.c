/* SPDX-License-Identifier: ISC */
/* Mail out of a mailbox: whom it is for, and the files of a Maildir. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/inbound.h"
#include "guildpost/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* bees and wasps at example.org, with any word behind a +; trouble@ is that of a database. */
static enum gp_status
ours(void *arg, const char *address, struct gp_err *err)
{
	size_t *asked = arg;

	++*asked;
	if (strcmp(address, "trouble@example.org") == 0)
		return gp_fail(err, GP_E_DB, "the database is away");
	if (!gp_ends(address, "@example.org") ||
	    (!gp_istarts(address, "bees@") && !gp_istarts(address, "bees+") &&
	    !gp_istarts(address, "wasps@")))
		return gp_fail(err, GP_E_NOTFOUND, "no such list");
	return GP_OK;
}

#define RECEIVED "Received: by mx.example.org; Mon, 2 Nov 2026 10:00:00 +0000\n"
#define NONE GP_E_NOTFOUND, NULL, NULL

static const struct {
	const char *name, *mail;
	enum gp_status st;
	const char *rcpts, *sender;	/* parted by blanks */
} cases[] = {
	/* What servers write on top. */
	{"postfix", "Return-Path: <ann@a.example>\nX-Original-To: bees@example.org\n"
	    "Delivered-To: lists@example.org\n" RECEIVED "From: ann@a.example\nTo: x@y.example\n\n",
	    GP_OK, "bees@example.org", "ann@a.example"},
	{"dovecot", "Return-Path: <ann@a.example>\nDelivered-To: bees+owner@example.org\n" RECEIVED
	    "To: bees@example.org\n\n", GP_OK, "bees+owner@example.org", "ann@a.example"},
	{"exim, two of ours", "Return-path: <ann@a.example>\nEnvelope-to: bees@example.org,\n"
	    " wasps@example.org, x@y.example\nDelivery-date: x\n" RECEIVED "\n", GP_OK,
	    "bees@example.org wasps@example.org", "ann@a.example"},
	{"fetchmail", "X-Envelope-To: <wasps@example.org>\n" RECEIVED "From: Ann <ann@a.example>\n\n",
	    GP_OK, "wasps@example.org", "ann@a.example"},
	{"forwarded by a mail service", "Delivered-To: box@mail.example\nX-Forwarded-To: bees@example.org\n"
	    "X-Forwarded-For: me@mail.example bees@example.org\n" RECEIVED
	    "Return-Path: <ann@a.example>\n" RECEIVED "From: b@b.example\n\n", GP_OK, "bees@example.org",
	    "ann@a.example"},
	{"what was written before aliases counts", "Delivered-To: bees@example.org\n"
	    "X-Original-To: bees+owner@example.org\n" RECEIVED "\n", GP_OK, "bees+owner@example.org", ""},
	{"two deliveries", "Delivered-To: bees@example.org\nDelivered-To: wasps@example.org\n" RECEIVED "\n",
	    GP_OK, "bees@example.org wasps@example.org", ""},
	{"the same twice", "Delivered-To: BEES@example.org\nDelivered-To: bees@example.org\n\n", GP_OK,
	    "BEES@example.org", ""},
	{"folded", "Delivered-To:\n\tbees@example.org\n" RECEIVED "\n", GP_OK, "bees@example.org", ""},
	{"names in any case", "dElIvErEd-tO: bees@example.org\nRETURN-PATH: <a@b.example>\n\n", GP_OK,
	    "bees@example.org", "a@b.example"},
	{"other fields between", "X-Sieve: x\nAuthentication-Results: y\nDelivered-To: bees@example.org\n"
	    RECEIVED "\n", GP_OK, "bees@example.org", ""},
	{"a report", "Return-Path: <>\nDelivered-To: bees+bounce-abc@example.org\n" RECEIVED
	    "From: MAILER-DAEMON@a.example\n\n", GP_OK, "bees+bounce-abc@example.org", ""},
	{"a null sender with blanks", "Return-Path:  <>  \nTo: bees@example.org\nFrom: a@b.example\n\n",
	    GP_OK, "bees@example.org", ""},
	/* Only the mail itself. */
	{"To", "From: ann@a.example\nTo: bees@example.org\n\n", GP_OK, "bees@example.org", "ann@a.example"},
	{"Cc", "From: ann@a.example\nTo: x@y.example\nCc: \"The bees\" <bees@example.org>\n\n", GP_OK,
	    "bees@example.org", "ann@a.example"},
	{"To and Cc", "To: bees@example.org\nCc: wasps@example.org\n\n", GP_OK,
	    "bees@example.org wasps@example.org", ""},
	{"a box that is none of ours", "Delivered-To: lists@example.org\n" RECEIVED
	    "To: bees+subscribe@example.org\n\n", GP_OK, "bees+subscribe@example.org", ""},
	{"Resent counts more", "Resent-To: wasps@example.org\nTo: bees@example.org\n\n", GP_OK,
	    "wasps@example.org", ""},
	{"resent to somebody else", "Resent-To: me@home.example\nTo: bees@example.org\n\n", GP_OK,
	    "bees@example.org", ""},
	{"a group", "To: friends: ann@a.example, bees@example.org;\n\n", GP_OK, "bees@example.org", ""},
	{"LF and CRLF", "To: bees@example.org\r\nFrom: a@b.example\n\n", GP_OK, "bees@example.org",
	    "a@b.example"},
	/* What strangers write. */
	{"below Received", RECEIVED "Delivered-To: bees+bounce-abc@example.org\nTo: bees@example.org\n\n",
	    GP_OK, "bees@example.org", ""},
	{"below Received, and none else", RECEIVED "Delivered-To: bees@example.org\n\n", NONE},
	{"a second one lower down", "Delivered-To: bees@example.org\n" RECEIVED
	    "Delivered-To: wasps@example.org\nX-Original-To: bees+owner@example.org\n\n", GP_OK,
	    "bees@example.org", ""},
	{"below From", "From: a@b.example\nDelivered-To: bees@example.org\n\n", NONE},
	{"below a signature", "DKIM-Signature: v=1\nEnvelope-To: bees@example.org\n\n", NONE},
	{"below Resent-From", "Resent-From: a@b.example\nDelivered-To: bees@example.org\n\n", NONE},
	{"below Content-Type", "Content-Type: text/plain\nDelivered-To: bees@example.org\n\n", NONE},
	{"in the body", "Subject: x\n\nDelivered-To: bees@example.org\nTo: bees@example.org\n", NONE},
	{"within a fold", "X-Note: x\n Delivered-To: bees@example.org\n" RECEIVED "\n", NONE},
	{"within a comment", "To: (bees@example.org) x@y.example\n\n", NONE},
	{"within a name", "To: \"bees@example.org\" <x@y.example>\n\n", NONE},
	{"within a quoted name of the field", "\"Delivered-To\": bees@example.org\n" RECEIVED "\n", NONE},
	{"a name that begins so", "Delivered-To-X: bees@example.org\nX-Delivered-To: bees@example.org\n"
	    RECEIVED "\n", NONE},
	{"Bcc", "Bcc: bees@example.org\n\n", NONE},
	{"Reply-To", "Reply-To: bees@example.org\nSender: bees@example.org\n\n", NONE},
	{"From a list", "From: bees@example.org\nTo: x@y.example\n\n", NONE},
	{"List-Post", "List-Post: <mailto:bees@example.org>\n\n", NONE},
	/* What is no address. */
	{"nothing", "", NONE},
	{"no header", "\nTo: bees@example.org\n", NONE},
	{"no To", "From: a@b.example\nSubject: x\n\n", NONE},
	{"an empty To", "To:\nDelivered-To:\n\n", NONE},
	{"another domain", "To: bees@example.com\n\n", NONE},
	{"another list", "To: hornets@example.org\n\n", NONE},
	{"a longer name", "To: xbees@example.org, beesx@example.org\n\n", NONE},
	{"a longer domain", "To: bees@example.org.evil.example\n\n", NONE},
	{"two at", "Delivered-To: bees@example.org@evil.example\n\n", NONE},
	{"a route is left off", "To: <@evil.example:bees@example.org>\n\n", GP_OK, "bees@example.org", ""},
	{"blanks within", "Delivered-To: be es@example.org\n" RECEIVED "\n", NONE},
	{"only the name", "To: bees\n\n", NONE},
	{"8-bit", "Delivered-To: b\xe9""es@example.org\n" RECEIVED "\n", NONE},
	{"8-bit in the field's name", "Delivered\xe9-To: bees@example.org\n" RECEIVED "\n", NONE},
	{"UTF-8 that looks alike", "To: be\xd0\xb5s@example.org\n\n", NONE},
	{"an encoded word", "To: =?utf-8?q?bees=40example=2Eorg?=\n\n", NONE},
	{"an undisclosed group", "To: undisclosed-recipients:;\n\n", NONE},
	{"a line without a colon on top", "hello there\nDelivered-To: bees@example.org\n" RECEIVED "\n", GP_OK,
	    "bees@example.org", ""},
	{"a control character is left out", "Return-Path: <a\001b@c.example>\nTo: bees@example.org\n\n",
	    GP_OK, "bees@example.org", "ab@c.example"},
	{"a sender that is no address", "Return-Path: nobody\nFrom: a@b.example\nTo: bees@example.org\n\n",
	    GP_OK, "bees@example.org", "a@b.example"},
	{"two senders: the upper one", "Return-Path: <a@b.example>\nReturn-Path: <>\nTo: bees@example.org\n\n",
	    GP_OK, "bees@example.org", "a@b.example"},
	/* The database is away: no guess. */
	{"trouble", "Delivered-To: trouble@example.org\nTo: bees@example.org\n\n", GP_E_DB, NULL, NULL},
	{"trouble behind one of ours", "To: bees@example.org, trouble@example.org\n\n", GP_E_DB, NULL, NULL},
};

static char *
joined(const void *ctx, const struct gp_box_envelope *e)
{
	char *s = gp_strdup(ctx, "");
	size_t i;

	for (i = 0; i < e->rcpts_n; i++)
		s = gp_asprintf(ctx, "%s%s%s", s, i > 0 ? " " : "", e->rcpts[i]);
	return s;
}

static enum gp_status
find(const void *ctx, const char *mail, size_t len, size_t max, struct gp_box_envelope *e, size_t *asked,
    struct gp_err *err)
{
	unsigned changes;
	size_t n;
	char *raw = gp_mail_canon(ctx, mail, len, &n, &changes);

	*asked = 0;
	return gp_box_envelope_find(ctx, raw, n, max, ours, asked, e, err);
}

static void
test_envelope(void **state)
{
	size_t i, asked;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_box_envelope e;
		struct gp_err err;
		enum gp_status st = find(ctx, cases[i].mail, strlen(cases[i].mail), 100, &e, &asked, &err);

		if (st != cases[i].st || (st == GP_OK && (strcmp(joined(ctx, &e), cases[i].rcpts) != 0 ||
		    strcmp(e.sender, cases[i].sender) != 0)))
			fail_msg("%s: status %d, for %s, from <%s>", cases[i].name, (int)st,
			    st == GP_OK ? joined(ctx, &e) : err.msg, st == GP_OK ? e.sender : "");
		talloc_free(ctx);
	}
}

/* So many of them that somebody means harm. */
static void
test_many(void **state)
{
	static const struct {
		const char *name, *line;	/* a %zu in it */
		size_t n;
		enum gp_status st;
		size_t asked;			/* at most */
	} many[] = {
		{"fields that name others", "Delivered-To: x%zu@y.example\n", 900, GP_OK, 901},
		{"more fields than a header may have", "Delivered-To: x%zu@y.example\n", 3000, GP_E_TOOBIG, 0},
		{"a few of ours", "Delivered-To: bees+%zu@example.org\n", 50, GP_OK, 50},
		{"more of ours than may be", "Delivered-To: bees+%zu@example.org\n", 101, GP_E_TOOBIG, 101},
		{"one of ours many times", "Delivered-To: bees@example.org\n", 900, GP_OK, 1},
		{"others in one field", "To: a%1$zu@b.example, c%1$zu@b.example, d%1$zu@b.example\n", 500,
		    GP_E_TOOBIG, GP_MAX_ADDRESSES},
	};
	size_t i, k, asked;

	(void)state;
	for (i = 0; i < GP_COUNT(many); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_box_envelope e;
		struct gp_err err;
		enum gp_status st;
		struct gp_buf b;

		gp_buf_init(&b, ctx, 1 << 20);
		for (k = 0; k < many[i].n; k++) {
			char line[200];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(line, sizeof(line), many[i].line, k);
#pragma GCC diagnostic pop
			gp_buf_puts(&b, line);
		}
		gp_buf_puts(&b, "To: bees@example.org\n\n");
		st = find(ctx, b.p, b.len, 100, &e, &asked, &err);
		if (st != many[i].st || asked > many[i].asked)
			fail_msg("%s: status %d, %zu asked: %s", many[i].name, (int)st, asked,
			    st == GP_OK ? "" : err.msg);
		talloc_free(ctx);
	}
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
test_files(void **state)
{
	char dir[] = "/tmp/gp-inbox.XXXXXX";
	void *ctx = gp_ctx(NULL);
	struct gp_err err;
	char **names, *data, *refused;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(gp_inbox_list(ctx, dir, &names, &n, &err), GP_E_IO);
	assert_int_equal(gp_inbox_prepare(dir, &err), GP_OK);
	assert_int_equal(gp_inbox_list(ctx, dir, &names, &n, &err), GP_OK);
	assert_int_equal(n, 0);
	put(gp_asprintf(ctx, "%s/new/1000.b", dir), "second");
	put(gp_asprintf(ctx, "%s/new/999.a", dir), "first");
	put(gp_asprintf(ctx, "%s/new/.hidden", dir), "x");
	put(gp_asprintf(ctx, "%s/new/name", dir), "no time");
	assert_int_equal(mkdir(gp_asprintf(ctx, "%s/new/1001.folder", dir), 0700), 0);
	assert_int_equal(mkfifo(gp_asprintf(ctx, "%s/new/1002.fifo", dir), 0600), 0);
	assert_int_equal(symlink("/etc/passwd", gp_asprintf(ctx, "%s/new/1003.link", dir)), 0);
	assert_int_equal(gp_inbox_list(ctx, dir, &names, &n, &err), GP_OK);
	assert_int_equal(n, 6);
	assert_string_equal(names[0], "name");
	assert_string_equal(names[1], "999.a");
	assert_string_equal(names[2], "1000.b");
	assert_int_equal(gp_inbox_read(ctx, dir, "999.a", 5, &data, &n, &err), GP_OK);
	assert_int_equal(n, 5);
	assert_string_equal(data, "first");
	assert_int_equal(gp_inbox_read(ctx, dir, "999.a", 4, &data, &n, &err), GP_E_TOOBIG);
	assert_int_equal(gp_inbox_read(ctx, dir, "gone", 5, &data, &n, &err), GP_E_NOTFOUND);
	assert_int_equal(gp_inbox_read(ctx, dir, "1001.folder", 5, &data, &n, &err), GP_E_IO);
	assert_int_equal(gp_inbox_read(ctx, dir, "1002.fifo", 5, &data, &n, &err), GP_E_IO);
	assert_int_equal(gp_inbox_read(ctx, dir, "1003.link", 1 << 20, &data, &n, &err), GP_E_IO);
	assert_int_equal(gp_inbox_remove(dir, "999.a", &err), GP_OK);
	assert_int_equal(gp_inbox_remove(dir, "999.a", &err), GP_OK);
	assert_int_equal(gp_inbox_remove(dir, "1001.folder", &err), GP_E_IO);

	/* Put aside: twice is once, one line of reason, the line ends of the mail. */
	assert_int_equal(gp_refused_put(dir, "IMAP", "no\r\nX-Evil: 1", "To: x\r\n\r\n", 9, &err), GP_OK);
	assert_int_equal(gp_refused_put(dir, "IMAP", "no\r\nX-Evil: 1", "To: x\r\n\r\n", 9, &err), GP_OK);
	refused = gp_refused_dir(ctx, dir);
	assert_int_equal(gp_inbox_count(refused, "new"), 1);
	assert_int_equal(gp_inbox_list(ctx, refused, &names, &n, &err), GP_OK);
	assert_int_equal(gp_inbox_read(ctx, refused, names[0], 1000, &data, &n, &err), GP_OK);
	assert_string_equal(data, "X-Guildpost-Refused: IMAP: no X-Evil: 1\r\nTo: x\r\n\r\n");
	assert_int_equal(gp_refused_copy(dir, "Maildir", "too large", dir, "1000.b", &err), GP_OK);
	assert_int_equal(gp_refused_copy(dir, "Maildir", "too large", dir, "1000.b", &err), GP_OK);
	assert_int_equal(gp_inbox_count(refused, "new"), 2);
	assert_int_not_equal(gp_refused_copy(dir, "Maildir", "too large", dir, "gone", &err), GP_OK);
	assert_int_equal(gp_inbox_count(refused, "new"), 2);
	assert_int_equal(gp_inbox_count(refused, "cur"), 0);
	assert_int_equal(system(gp_asprintf(ctx, "rm -rf %s", dir)), 0);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
