/* SPDX-License-Identifier: ISC */
/* SMTP transactions played through without a socket, frames, and the Maildir. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/outbound.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct player {
	struct gp_buf *log;
};

static void
on_answered(void *arg, struct gp_txn *t, const struct gp_answer *v)
{
	static const char *const kinds[] = {"sent", "defer", "fail", "doubt", "again", "down"};
	struct player *p = arg;
	size_t i;

	for (i = 0; i < t->rcpts_n; i++)
		gp_buf_printf(p->log, "%lld=%s(%s) ", (long long)v[i].n, kinds[v[i].kind], v[i].text);
}

static const struct gp_smtp_ops ops = {on_answered};

static struct gp_txn_rcpt rcpts[] = {{1, (char *)(uintptr_t)"a@x.example"},
	{2, (char *)(uintptr_t)"b@x.example"}};

#define BODY "Hello\r\n.dot\r\n"

static void
make_txn(struct gp_txn *t, struct gp_txn_job *job, size_t n)
{
	memset(t, 0, sizeof(*t));
	memset(job, 0, sizeof(*job));
	t->id = 1;
	t->sender = (char *)(uintptr_t)"v@us.example";
	t->fields = (char *)(uintptr_t)"X: y\r\n";
	t->rcpts = rcpts;
	t->rcpts_n = n;
	job->header = GP_STR("Subject: s\r\n");
	job->body = GP_STR(BODY);
}

/* What goes out and what comes of it, for two recipients and a relay that pipelines. */
static void
test_transactions(void **state)
{
	static const struct {
		const char *name, *in, *want;
		bool feed_ok;
	} cases[] = {
		{"all taken", "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 queued\r\n",
		    "1=sent(250 2.0.0 queued) 2=sent(250 2.0.0 queued) ", true},
		{"one refused", "250 ok\r\n550 5.1.1 who?\r\n250 ok\r\n354 go\r\n250 queued\r\n",
		    "1=fail(550 5.1.1 who?) 2=sent(250 queued) ", true},
		{"several lines", "250 ok\r\n550-5.1.1 no\r\n550 5.1.1 body\r\n451 4.2.0 later\r\n354 go\r\n554 no\r\n",
		    "1=fail(550-5.1.1 no 5.1.1 body) 2=defer(451 4.2.0 later) ", true},
		{"sender refused", "550 5.7.1 not you\r\n503 x\r\n503 x\r\n503 x\r\n",
		    "1=fail(550 5.7.1 not you) 2=fail(550 5.7.1 not you) ", true},
		{"sender later", "451 4.3.0 later\r\n503 x\r\n503 x\r\n503 x\r\n",
		    "1=defer(451 4.3.0 later) 2=defer(451 4.3.0 later) ", true},
		{"nobody left, data taken all the same", "250 ok\r\n550 a\r\n550 b\r\n354 go\r\n554 none\r\n",
		    "1=fail(550 a) 2=fail(550 b) ", true},
		{"too many at once", "250 ok\r\n250 ok\r\n452 4.5.3 many\r\n354 go\r\n250 in\r\n",
		    "1=sent(250 in) 2=again(452 4.5.3 many) ", true},
		{"too many, by the other code", "250 ok\r\n250 ok\r\n552 5.5.3 many\r\n354 go\r\n250 in\r\n",
		    "1=sent(250 in) 2=again(552 5.5.3 many) ", true},
		{"full mailboxes may be emptied", "250 ok\r\n552 5.2.2 full\r\n452 4.2.2 full\r\n554 none\r\n",
		    "1=defer(552 5.2.2 full) 2=defer(452 4.2.2 full) ", true},
		{"too large for one", "250 ok\r\n250 ok\r\n552 5.2.3 size\r\n354 go\r\n250 in\r\n",
		    "1=sent(250 in) 2=fail(552 5.2.3 size) ", true},
		{"data refused", "250 ok\r\n250 ok\r\n250 ok\r\n421 4.3.2 bye\r\n", "", false},
		{"content refused for good", "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n552 5.3.4 big\r\n",
		    "1=fail(552 5.3.4 big) 2=fail(552 5.3.4 big) ", true},
		{"421 to the dot", "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n421 4.0.0 bye\r\n",
		    "1=defer(421 4.0.0 bye) 2=defer(421 4.0.0 bye) ", false},
		{"nonsense", "hello\r\n", "", false},
		{"a line without end", "250 ok", "", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct player p = {gp_buf_new(ctx, 10000)};
		struct gp_smtp *s = gp_smtp_new(ctx, GP_SESSION_PIPELINING, 0, &ops, &p);
		struct gp_txn_job job;
		struct gp_txn t;

		make_txn(&t, &job, 2);
		gp_smtp_start(s, &t, &job);
		assert_string_equal(gp_smtp_out(s)->p, "MAIL FROM:<v@us.example>\r\n"
		    "RCPT TO:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n");
		if (gp_smtp_feed(s, cases[i].in, strlen(cases[i].in)) != cases[i].feed_ok ||
		    strcmp(p.log->p, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, p.log->p);
		talloc_free(ctx);
	}
}

static void
test_without_pipelining(void **state)
{
	static const char *const steps[][2] = {
		{"MAIL FROM:<v@us.example> SIZE=33 BODY=8BITMIME\r\n", "250 ok\r\n"},
		{"RCPT TO:<a@x.example>\r\n", "250 ok\r\n"}, {"RCPT TO:<b@x.example>\r\n", "550 no\r\n"},
		{"DATA\r\n", "354 go\r\n"}, {"X: y\r\nSubject: s\r\n\r\nHello\r\n..dot\r\n.\r\n", "250 in\r\n"}};
	void *ctx = gp_ctx(NULL);
	struct player p = {gp_buf_new(ctx, 10000)};
	struct gp_smtp *s = gp_smtp_new(ctx, GP_SESSION_8BIT, 1000, &ops, &p);
	struct gp_txn_job job;
	struct gp_txn t;
	size_t i;

	(void)state;
	make_txn(&t, &job, 2);
	job.flags = GP_TXN_8BIT | GP_TXN_UTF8;
	gp_smtp_start(s, &t, &job);
	for (i = 0; i < GP_COUNT(steps); i++) {
		assert_string_equal(gp_smtp_out(s)->p, steps[i][0]);
		gp_buf_reset(gp_smtp_out(s));
		assert_true(gp_smtp_feed(s, steps[i][1], strlen(steps[i][1])));
	}
	assert_string_equal(p.log->p, "1=sent(250 in) 2=fail(550 no) ");
	assert_true(gp_smtp_is_idle(s));
	talloc_free(ctx);
}

/* 421: what was not tried is to be tried again; a recipient that it was said of waits. */
static void
test_bye(void **state)
{
	static const char *const cases[][2] = {
		{"421 4.7.0 bye\r\n", "1=again(421 4.7.0 bye) 2=again(421 4.7.0 bye) "},
		{"250 ok\r\n250 ok\r\n421 4.7.0 bye\r\n", "1=again(421 4.7.0 bye) 2=defer(421 4.7.0 bye) "},
		{"250 ok\r\n550 no\r\n250 ok\r\n421 4.3.2 bye\r\n", "1=fail(550 no) 2=again(421 4.3.2 bye) "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct player p = {gp_buf_new(ctx, 10000)};
		struct gp_smtp *s = gp_smtp_new(ctx, GP_SESSION_PIPELINING, 0, &ops, &p);
		struct gp_txn_job job;
		struct gp_txn t;

		make_txn(&t, &job, 2);
		gp_smtp_start(s, &t, &job);
		assert_false(gp_smtp_feed(s, cases[i][0], strlen(cases[i][0])));
		gp_smtp_lost(s, "the relay ended the session");
		assert_string_equal(p.log->p, cases[i][1]);
		talloc_free(ctx);
	}
}

/* What is said of a transaction to a relay with these features. */
static void
test_words(void **state)
{
	static struct gp_txn_rcpt odd[] = {{1, (char *)(uintptr_t)"a+b=\"c\"@x.example"},
	    {2, (char *)(uintptr_t)"j\xc3\xb6@x.example"}, {3, (char *)(uintptr_t)"k@\xc3\xb6.example"}};
	static const struct {
		unsigned features, flags;
		char *refused;
		const char *want, *answers;
	} cases[] = {
		{GP_SESSION_PIPELINING | GP_SESSION_DSN, 0, NULL, "MAIL FROM:<v@us.example> RET=HDRS ENVID=77\r\n"
		    "RCPT TO:<a+b=\"c\"@x.example> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb+3D\"c\"@x.example\r\n"
		    "RCPT TO:<k@xn--nda.example> NOTIFY=FAILURE ORCPT=rfc822;k@xn--nda.example\r\nDATA\r\n",
		    "1=sent(250 in) 2=fail(553 5.6.7 the relay can't take addresses that aren't ASCII (SMTPUTF8)) "
		    "3=sent(250 in) "},
		{GP_SESSION_PIPELINING | GP_SESSION_8BIT | GP_SESSION_UTF8, GP_TXN_8BIT, NULL,
		    "MAIL FROM:<v@us.example> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<a+b=\"c\"@x.example>\r\n"
		    "RCPT TO:<j\xc3\xb6@x.example>\r\nRCPT TO:<k@\xc3\xb6.example>\r\nDATA\r\n",
		    "1=sent(250 in) 2=sent(250 in) 3=sent(250 in) "},
		{GP_SESSION_PIPELINING, 0, (char *)(uintptr_t)"553 5.6.7 no", "", "1=fail(553 5.6.7 no) 2=fail(553 5.6.7 "
		    "the relay can't take addresses that aren't ASCII (SMTPUTF8)) 3=fail(553 5.6.7 no) "},
	};
	static const char in[] = "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 in\r\n";
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct player p = {gp_buf_new(ctx, 10000)};
		struct gp_smtp *s = gp_smtp_new(ctx, cases[i].features, 0, &ops, &p);
		size_t skip = (cases[i].features & GP_SESSION_UTF8) != 0 ? 0 : 8;
		struct gp_txn_job job;
		struct gp_txn t;

		make_txn(&t, &job, 3);
		t.rcpts = odd;
		job.id = 77;
		job.flags = cases[i].flags;
		job.refused = cases[i].refused;
		gp_smtp_start(s, &t, &job);
		assert_string_equal(gp_smtp_out(s)->len == 0 ? "" : gp_smtp_out(s)->p, cases[i].want);
		if (cases[i].refused == NULL)
			assert_true(gp_smtp_feed(s, in + skip, sizeof(in) - 1 - skip));
		assert_string_equal(p.log->p, cases[i].answers);
		talloc_free(ctx);
	}
}

/* The same job for relays that lack more and more. */
static void
test_fit(void **state)
{
	struct gp_txn_job job = {.id = 1, .flags = GP_TXN_8BIT | GP_TXN_UTF8,
	    .header = GP_STR("Subject: \xc3\xb6\r\n"), .body = GP_STR("\xc3\xb6 is a letter\r\n")};
	struct gp_txn_job bad = {.id = 2, .flags = GP_TXN_8BIT | GP_TXN_UTF8,
	    .header = GP_STR("From: j\xc3\xb6@x.example\r\n"), .body = GP_STR("x\r\n")};
	void *ctx = gp_ctx(NULL);
	const struct gp_txn_job *fit;

	(void)state;
	assert_ptr_equal(gp_txn_fit(ctx, &job, GP_SESSION_8BIT | GP_SESSION_UTF8), &job);
	fit = gp_txn_fit(ctx, &job, GP_SESSION_8BIT);
	assert_int_equal(fit->flags, GP_TXN_8BIT);
	assert_true(gp_str_eq(fit->header, "Subject: =?utf-8?B?w7Y=?=\r\n"));
	assert_true(gp_str_eq(fit->body, "\xc3\xb6 is a letter\r\n"));
	fit = gp_txn_fit(ctx, &job, 0);
	assert_int_equal(fit->flags, 0);
	assert_true(gp_str_eq(fit->body, "=C3=B6 is a letter\r\n"));
	assert_null(fit->refused);
	assert_null(gp_txn_fit(ctx, &bad, GP_SESSION_8BIT | GP_SESSION_UTF8)->refused);
	assert_int_equal(strncmp(gp_txn_fit(ctx, &bad, GP_SESSION_8BIT)->refused, "553 5.6.7 ", 10), 0);
	talloc_free(ctx);
}

/* The data of the next transaction waits until the last result is saved. */
static void
test_waits_for_the_save(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct player p = {gp_buf_new(ctx, 10000)};
	struct gp_smtp *s = gp_smtp_new(ctx, GP_SESSION_PIPELINING, 0, &ops, &p);
	static const char all[] = "250 ok\r\n250 ok\r\n354 go\r\n", in[] = "250 in\r\n";
	struct gp_txn_job job;
	struct gp_txn t;

	(void)state;
	make_txn(&t, &job, 1);
	gp_smtp_start(s, &t, &job);
	assert_true(gp_smtp_feed(s, all, strlen(all)) && gp_smtp_feed(s, in, strlen(in)));
	gp_buf_reset(gp_smtp_out(s));
	gp_smtp_start(s, &t, &job);
	assert_true(gp_smtp_feed(s, all, strlen(all)));
	assert_null(strstr(gp_smtp_out(s)->p, "Subject"));
	gp_smtp_saved(s);
	assert_non_null(strstr(gp_smtp_out(s)->p, "Subject"));
	/* Lost after the final dot: it may have arrived. */
	gp_smtp_lost(s, "gone");
	assert_string_equal(p.log->p, "1=sent(250 in) 1=doubt(gone) ");
	talloc_free(ctx);
}

static void
test_lost_before_the_dot(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct player p = {gp_buf_new(ctx, 10000)};
	struct gp_smtp *s = gp_smtp_new(ctx, GP_SESSION_PIPELINING, 20, &ops, &p);
	struct gp_txn_job job;
	struct gp_txn t;

	(void)state;
	make_txn(&t, &job, 2);
	/* Over the relay's SIZE: no word is said. */
	gp_smtp_start(s, &t, &job);
	assert_non_null(strstr(p.log->p, "1=fail(552 5.3.4"));
	assert_int_equal(gp_smtp_out(s)->len, 0);
	gp_buf_reset(p.log);
	s = gp_smtp_new(ctx, GP_SESSION_PIPELINING, 0, &ops, &p);
	gp_smtp_start(s, &t, &job);
	assert_true(gp_smtp_feed(s, "250 ok\r\n550 no\r\n", 16));
	gp_smtp_lost(s, "gone");
	assert_string_equal(p.log->p, "1=fail(550 no) 2=again(gone) ");
	talloc_free(ctx);
}

static void
test_stuffing(void **state)
{
	static const char *const cases[][2] = {{"", "\r\n.\r\n"}, {"a", "a\r\n.\r\n"},
		{"a\r\n", "a\r\n.\r\n"}, {".\r\n", "..\r\n.\r\n"}, {"a\r\n.", "a\r\n..\r\n.\r\n"},
		{"a\r\n.\r\n.b\r\n", "a\r\n..\r\n..b\r\n.\r\n"}, {"a.b\r\n", "a.b\r\n.\r\n"}};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_buf *b = gp_buf_new(NULL, 1000);

		gp_smtp_stuff(b, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(b->p, cases[i][1]);
		talloc_free(b);
	}
}

static void
test_frames(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, 10000);
	struct gp_txn_job job, job2;
	struct gp_txn t, t2;
	enum gp_batch_kind kind;
	struct gp_err err;
	size_t cut;

	(void)state;
	make_txn(&t, &job, 2);
	gp_txn_pack(b, &t);
	assert_int_equal(gp_txn_unpack(ctx, (struct gp_str){b->p, b->len}, &kind, &job2, &t2, &err),
	    GP_OK);
	assert_int_equal(kind, GP_BATCH_TXN);
	assert_string_equal(t2.rcpts[1].address, "b@x.example");
	for (cut = 0; cut < b->len; cut++)
		assert_int_equal(gp_txn_unpack(ctx, (struct gp_str){b->p, cut}, &kind, &job2, &t2,
		    &err), GP_E_PARSE);
	talloc_free(ctx);
}

static void
test_maildir(void **state)
{
	char dir[] = "/tmp/guildpost-test-XXXXXX", command[200];
	void *ctx = gp_ctx(NULL);
	struct gp_txn_job job;
	struct gp_txn t;
	struct gp_err err;
	FILE *f;
	int i, n = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	make_txn(&t, &job, 1);
	assert_int_equal(gp_maildir_prepare(dir, &err), GP_OK);
	/* The same delivery twice is one file. */
	for (i = 0; i < 2; i++)
		assert_int_equal(gp_maildir_deliver(dir, &t, "a@x.example", &job, &err), GP_OK);
	assert_int_equal(gp_maildir_deliver(dir, &t, "b@x.example", &job, &err), GP_OK);
	snprintf(command, sizeof(command), "grep -l '^Delivered-To: a@x.example$' %s/new/* | wc -l", dir);
	f = popen(command, "r");
	assert_int_equal(fscanf(f, "%d", &n), 1);
	pclose(f);
	assert_int_equal(n, 1);
	assert_int_equal(gp_maildir_deliver("/nonexistent", &t, "a@x.example", &job, &err), GP_E_IO);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_without_pipelining),
		cmocka_unit_test(test_bye),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_waits_for_the_save),
		cmocka_unit_test(test_lost_before_the_dot),
		cmocka_unit_test(test_stuffing),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_maildir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
