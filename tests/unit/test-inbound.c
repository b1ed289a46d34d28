/* SPDX-License-Identifier: ISC */
/* LMTP: command lines taken apart, and sessions played through without a socket. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/inbound.h"

#include <stdio.h>
#include <string.h>

static void
test_commands(void **state)
{
	static const struct {
		const char *line;
		enum gp_lmtp_verb verb;
		const char *path, *error;	/* error: how it begins */
	} cases[] = {
		{"LHLO mx.example", GP_LMTP_LHLO, NULL, NULL},
		{"lhlo mx.example", GP_LMTP_LHLO, NULL, NULL},
		{"LHLO", GP_LMTP_LHLO, NULL, "501 5.5.4"},
		{"MAIL FROM:<>", GP_LMTP_MAIL, "", NULL},
		{"MAIL FROM:<ann@a.example>", GP_LMTP_MAIL, "ann@a.example", NULL},
		{"mail from: <ann@a.example> SIZE=12", GP_LMTP_MAIL, "ann@a.example", NULL},
		{"MAIL FROM:<@r1.example,@r2.example:ann@a.example>", GP_LMTP_MAIL, "ann@a.example",
		    NULL},
		{"MAIL FROM:<\"a b>c\"@a.example>", GP_LMTP_MAIL, "\"a b>c\"@a.example", "553 5.1.7"},
		{"MAIL FROM:<ann@a.example> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x AUTH=<>",
		    GP_LMTP_MAIL, "ann@a.example", NULL},
		{"MAIL FROM:<ann@a.example> SIZE=lots", GP_LMTP_MAIL, "ann@a.example", "501 5.5.4"},
		{"MAIL FROM:<ann@a.example> SIZE=99999999999999999999999999", GP_LMTP_MAIL,
		    "ann@a.example", "552 5.3.4"},
		{"MAIL FROM:<ann@a.example> BODY=BINARYMIME", GP_LMTP_MAIL, "ann@a.example",
		    "555 5.5.4"},
		{"MAIL FROM:<ann@a.example>SIZE=1", GP_LMTP_MAIL, "ann@a.example", "501 5.5.4"},
		{"MAIL FROM:ann@a.example", GP_LMTP_MAIL, NULL, "501 5.5.4"},
		{"MAIL FROM:<ann@a.example", GP_LMTP_MAIL, NULL, "501 5.5.4"},
		{"MAIL", GP_LMTP_MAIL, NULL, "501 5.5.4"},
		{"MAIL FROM:<ann>", GP_LMTP_MAIL, "ann", "553 5.1.7"},
		{"MAIL FROM:<a b@a.example>", GP_LMTP_MAIL, "a b@a.example", "553 5.1.7"},
		{"RCPT TO:<bees@example.org>", GP_LMTP_RCPT, "bees@example.org", NULL},
		{"RCPT TO:<bees@example.org> NOTIFY=NEVER ORCPT=rfc822;x", GP_LMTP_RCPT,
		    "bees@example.org", NULL},
		{"RCPT TO:<>", GP_LMTP_RCPT, "", "501 5.1.3"},
		{"RCPT TO:<bees@example.org> SIZE=1", GP_LMTP_RCPT, "bees@example.org", "555 5.5.4"},
		{"RCPT FROM:<bees@example.org>", GP_LMTP_RCPT, NULL, "501 5.5.4"},
		{"RCPT TO:<bees@>", GP_LMTP_RCPT, "bees@", "553 5.1.3"},
		{"DATA", GP_LMTP_DATA, NULL, NULL}, {"RSET", GP_LMTP_RSET, NULL, NULL},
		{"NOOP hello", GP_LMTP_NOOP, NULL, NULL}, {"QUIT", GP_LMTP_QUIT, NULL, NULL},
		{"EHLO x", GP_LMTP_SMTP_HELO, NULL, NULL}, {"", GP_LMTP_UNKNOWN, NULL, NULL},
		{"BDAT 12 LAST", GP_LMTP_UNKNOWN, NULL, NULL}, {"DATAX", GP_LMTP_UNKNOWN, NULL, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_lmtp_command c;

		gp_lmtp_command_parse(ctx, cases[i].line, strlen(cases[i].line), &c);
		assert_int_equal(c.verb, cases[i].verb);
		if (cases[i].error == NULL && c.error != NULL)
			fail_msg("%s: %s", cases[i].line, c.error);
		if (cases[i].error != NULL &&
		    (c.error == NULL || !gp_starts(c.error, cases[i].error)))
			fail_msg("%s: %s", cases[i].line, c.error);
		if (cases[i].path != NULL)
			assert_string_equal(c.path, cases[i].path);
		talloc_free(ctx);
	}
}

struct player {
	struct gp_lmtp *l;
	struct gp_buf *out;
	struct gp_lmtp_message *m;
	char data[4096];
	size_t messages;
};

static void
on_rcpt(void *arg, const char *address, char reply[GP_LMTP_REPLY])
{
	(void)arg;
	snprintf(reply, GP_LMTP_REPLY, strstr(address, "nobody") != NULL ? "550 5.1.1 no such list" :
	    strstr(address, "busy") != NULL ? "451 4.3.0 later" : "250 2.1.5 ok");
}

static void
on_message(void *arg, struct gp_lmtp_message *m)
{
	struct player *p = arg;
	size_t i;

	p->m = m;
	p->messages++;
	snprintf(p->data, sizeof(p->data), "%.*s", (int)m->n, m->data);
	for (i = 0; i < m->rcpts_n; i++)
		snprintf(m->rcpts[i].reply, GP_LMTP_REPLY, "250 2.0.0 %s", m->rcpts[i].address);
}

/* Give the bytes in pieces of `piece`, as a network may; messages are answered at once. */
static void
play(const void *ctx, struct player *p, const char *bytes, size_t n, size_t piece)
{
	static const struct gp_lmtp_ops ops = {on_rcpt, on_message};
	static const struct gp_lmtp_limits limits = {"us.example", 2000, 100};
	size_t at = 0, have = 0;

	memset(p, 0, sizeof(*p));
	p->out = gp_buf_new(ctx, 1 << 20);
	p->l = gp_lmtp_new(ctx, &limits, &ops, p, p->out);
	while (!gp_lmtp_is_over(p->l)) {
		at += gp_lmtp_feed(p->l, bytes + at, have - at);
		if (p->m != NULL) {
			gp_lmtp_answer(p->l, p->m);
			talloc_free(p->m);
			p->m = NULL;
			continue;
		}
		if (have == n)
			break;
		have = have + piece < n ? have + piece : n;
	}
}

#define HELLO "LHLO c.example\r\n"
#define GREETING "220 us.example LMTP guildpost\r\n250-us.example\r\n250-PIPELINING\r\n" \
	"250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 2000\r\n"

static void
test_sessions(void **state)
{
	static const struct {
		const char *name, *in, *out, *data;
	} cases[] = {
		{"one reply for each recipient, also the same twice",
		    HELLO "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<nobody@y.example>\r\n"
		    "RCPT TO:<b@y.example>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n",
		    GREETING "250 2.1.0 ok\r\n250 2.1.5 ok\r\n550 5.1.1 no such list\r\n250 2.1.5 ok\r\n"
		    "354 end with <CR><LF>.<CR><LF>\r\n250 2.0.0 b@y.example\r\n250 2.0.0 b@y.example\r\n"
		    "221 2.0.0 bye\r\n", "hi\r\n"},
		{"dots are unstuffed, bare line feeds don't end the data",
		    HELLO "MAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n..x\r\na\n.\nb\r\n.\nc\n.\r\n\r\n.\r\n",
		    GREETING "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 end with <CR><LF>.<CR><LF>\r\n"
		    "250 2.0.0 b@y.example\r\n", ".x\r\na\n.\nb\r\n\nc\n.\r\n\r\n"},
		{"an empty message",
		    HELLO "MAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\nDATA\r\n.\r\n",
		    GREETING "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 end with <CR><LF>.<CR><LF>\r\n"
		    "250 2.0.0 b@y.example\r\n", ""},
		{"no recipients: 503", HELLO "MAIL FROM:<>\r\nRCPT TO:<nobody@y.example>\r\nDATA\r\n",
		    GREETING "250 2.1.0 ok\r\n550 5.1.1 no such list\r\n503 5.5.1 no recipients\r\n", NULL},
		{"out of order", "MAIL FROM:<>\r\nDATA\r\nRCPT TO:<b@y.example>\r\nEHLO x\r\nFOO\r\n",
		    "220 us.example LMTP guildpost\r\n503 5.5.1 say LHLO first\r\n503 5.5.1 no recipients\r\n"
		    "503 5.5.1 say MAIL first\r\n500 5.5.1 this is LMTP: say LHLO\r\n"
		    "500 5.5.2 command not known\r\n", NULL},
		{"RSET forgets", HELLO "MAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\nRSET\r\nDATA\r\n",
		    GREETING "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 ok\r\n503 5.5.1 no recipients\r\n",
		    NULL},
		{"announced too large", HELLO "MAIL FROM:<> SIZE=2001\r\n",
		    GREETING "552 5.3.4 the message is larger than this server takes\r\n", NULL},
	};
	size_t i, piece;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		for (piece = 1; piece < 40; piece += 3) {
			void *ctx = gp_ctx(NULL);
			struct player p;

			play(ctx, &p, cases[i].in, strlen(cases[i].in), piece);
			if (strcmp(p.out->p, cases[i].out) != 0)
				fail_msg("%s (pieces of %zu):\n%s", cases[i].name, piece, p.out->p);
			if (cases[i].data != NULL)
				assert_string_equal(p.data, cases[i].data);
			talloc_free(ctx);
		}
	}
}

/* SMTP smuggling: all the ways to end data wrongly leave one message (CVE-2023-51764). */
static void
test_no_smuggling(void **state)
{
	static const char *const ends[] = {"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n",
		"\n.\r", "\r\n\x00.\r\n"};
	static const size_t lens[] = {3, 4, 3, 4, 4, 4, 3, 6};
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(ends); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_buf *in = gp_buf_new(ctx, 4096);
		struct player p;

		gp_buf_puts(in, HELLO "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\none");
		gp_buf_add(in, ends[i], lens[i]);
		gp_buf_puts(in, "MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@y.example>\r\nDATA\r\ntwo\r\n.\r\n");
		play(ctx, &p, in->p, in->len, 7);
		assert_int_equal(p.messages, 1);
		talloc_free(ctx);
	}
}

static void
test_limits(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_buf *in = gp_buf_new(ctx, 1 << 20);
	struct player p;
	int i;

	(void)state;
	/* Data over the limit: refused for each recipient, and the session goes on. */
	gp_buf_puts(in, HELLO "MAIL FROM:<>\r\nRCPT TO:<b@y.example>\r\nRCPT TO:<c@y.example>\r\nDATA\r\n");
	for (i = 0; i < 100; i++)
		gp_buf_puts(in, "thirty bytes of a line of text\r\n");
	gp_buf_puts(in, ".\r\nNOOP\r\n");
	play(ctx, &p, in->p, in->len, 100);
	assert_int_equal(p.messages, 0);
	assert_non_null(strstr(p.out->p, "552 5.3.4 the message is larger than this server takes\r\n"
	    "552 5.3.4 the message is larger than this server takes\r\n250 2.0.0 ok\r\n"));
	/* A command line without end. */
	gp_buf_reset(in);
	for (i = 0; i < 5000; i++)
		gp_buf_putc(in, 'x');
	gp_buf_puts(in, "\r\nNOOP\r\n");
	play(ctx, &p, in->p, in->len, 512);
	assert_non_null(strstr(p.out->p, "500 5.5.2 the line is too long\r\n250 2.0.0 ok\r\n"));
	/* Too many recipients: 452, after a hundred. */
	gp_buf_reset(in);
	gp_buf_puts(in, HELLO "MAIL FROM:<>\r\n");
	for (i = 0; i < 101; i++)
		gp_buf_printf(in, "RCPT TO:<b%d@y.example>\r\n", i);
	play(ctx, &p, in->p, in->len, 64);
	assert_non_null(strstr(p.out->p, "250 2.1.5 ok\r\n452 4.5.3"));
	/* Twenty errors end the session. */
	gp_buf_reset(in);
	for (i = 0; i < 40; i++)
		gp_buf_puts(in, "NONSENSE\r\n");
	play(ctx, &p, in->p, in->len, 64);
	assert_true(gp_lmtp_is_over(p.l));
	assert_true(gp_ends(p.out->p, "421 4.7.0 too many errors\r\n"));
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_no_smuggling),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
