/* SPDX-License-Identifier: ISC */
/*
 * An LMTP session and, from the same bytes, an SMTP relay's replies: both are machines that
 * know no socket. The first byte says in what pieces the bytes come.
 */
#include "config.h"

#include "guildpost/inbound.h"
#include "guildpost/outbound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct session {
	struct gp_lmtp *l;
	struct gp_lmtp_message *m;
};

static void
on_rcpt(void *arg, const char *address, char reply[GP_LMTP_REPLY])
{
	(void)arg;
	snprintf(reply, GP_LMTP_REPLY, "%s", address[0] == 'x' ? "550 5.1.1 no" : "250 2.1.5 ok");
}

static void
on_message(void *arg, struct gp_lmtp_message *m)
{
	struct session *s = arg;

	/* What is promised: at least one recipient, and a NUL behind the data. */
	if (m->rcpts_n == 0 || m->data[m->n] != '\0')
		abort();
	s->m = m;
}

static void
serve(const char *p, size_t n, size_t piece)
{
	static const struct gp_lmtp_ops ops = {on_rcpt, on_message};
	static const struct gp_lmtp_limits limits = {"us.example", 4096, 100};
	void *ctx = gp_ctx(NULL);
	struct gp_buf *out = gp_buf_new(ctx, 1 << 20);
	struct session s = {NULL, NULL};
	size_t at = 0, have = 0;

	s.l = gp_lmtp_new(ctx, &limits, &ops, &s, out);
	while (!gp_lmtp_is_over(s.l)) {
		at += gp_lmtp_feed(s.l, p + at, have - at);
		if (at > have)
			abort();
		if (s.m != NULL) {
			gp_lmtp_answer(s.l, s.m);
			talloc_free(s.m);
			s.m = NULL;
		} else if (have == n) {
			break;
		} else {
			have = have + piece < n ? have + piece : n;
		}
	}
	talloc_free(ctx);
}

static void
on_answered(void *arg, struct gp_txn *t, const struct gp_answer *v)
{
	size_t i;

	(void)arg;
	for (i = 0; i < t->rcpts_n; i++)
		if (v[i].text == NULL || v[i].kind > GP_ANSWER_AGAIN)
			abort();
}

static void
relay(const char *p, size_t n, size_t piece)
{
	static const struct gp_smtp_ops ops = {on_answered};
	static char a[] = "a@x.example", b[] = "b@x.example", sender[] = "v@us.example", none[] = "";
	struct gp_txn_rcpt rcpts[] = {{1, a}, {2, b}};
	struct gp_txn t = {1, 1, sender, none, rcpts, 2};
	struct gp_txn_job job = {.id = 1, .header = {"S: x\r\n", 6}, .body = {".\r\n", 3}};
	void *ctx = gp_ctx(NULL);
	struct gp_smtp *s = gp_smtp_new(ctx, piece % 2 ? GP_SESSION_PIPELINING : 0, 0, &ops, NULL);
	size_t at, step;

	gp_smtp_start(s, &t, &job);
	for (at = 0; at < n; at += step) {
		step = n - at < piece ? n - at : piece;
		if (!gp_smtp_feed(s, p + at, step))
			break;
		gp_smtp_saved(s);
		if (gp_smtp_is_idle(s))
			gp_smtp_start(s, &t, &job);
	}
	gp_smtp_lost(s, "gone");
	talloc_free(ctx);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n < 2)
		return 0;
	serve((const char *)p + 1, n - 1, (size_t)p[0] + 1);
	relay((const char *)p + 1, n - 1, (size_t)p[0] + 1);
	return 0;
}
