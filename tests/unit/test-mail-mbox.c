/* SPDX-License-Identifier: ISC */
/* mbox files split and written: what is a From line and what is not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/mail.h"

#include <string.h>

#define FROM "From a@b.example Sat Jan  3 01:05:34 1996\n"

/* All that comes out, "|" behind each message; "!" for junk, "^" for too big. */
static char *
split(const void *ctx, const char *in, size_t n, size_t piece, enum gp_mbox_kind *kind)
{
	struct gp_mbox *m = gp_mbox_new(ctx);
	struct gp_buf *b = gp_buf_new(ctx, 1 << 20);
	struct gp_mbox_msg msg;
	enum gp_status st;
	size_t at = 0, len;

	do {
		len = n - at < piece ? n - at : piece;
		gp_mbox_feed(m, in + at, len);
		while ((st = gp_mbox_next(m, &msg, NULL)) != GP_E_NOTFOUND) {
			if (st == GP_OK) {
				assert_int_equal(strncmp(in + msg.offset, msg.from_line,
				    strlen(msg.from_line)), 0);
				gp_buf_add(b, msg.raw, msg.n);
			}
			gp_buf_putc(b, st == GP_OK ? '|' : st == GP_E_PARSE ? '!' : '^');
		}
		at += len;
	} while (len > 0);
	*kind = gp_mbox_kind(m);
	return b->p == NULL ? gp_strdup(ctx, "") : b->p;
}

static void
test_split(void **state)
{
	static const struct {
		const char *name, *in, *want;
		enum gp_mbox_kind kind;
	} cases[] = {
		{ "one", FROM "A: 1\n\nx\n\n", "A: 1\n\nx\n|", GP_MBOX_UNKNOWN },
		{ "two", FROM "A: 1\n\nx\n\n" FROM "A: 2\n\ny\n\n", "A: 1\n\nx\n|A: 2\n\ny\n|",
		    GP_MBOX_UNKNOWN },
		{ "no empty line at the end", FROM "A: 1\n\nx\n", "A: 1\n\nx\n|", GP_MBOX_UNKNOWN },
		{ "no line end at the end", FROM "A: 1\n\nx", "A: 1\n\nx|", GP_MBOX_UNKNOWN },
		{ "no empty line between", FROM "A: 1\n\nx\n" FROM "Subject: 2\n\ny\n",
		    "A: 1\n\nx\n|Subject: 2\n\ny\n|", GP_MBOX_UNKNOWN },
		{ "CRLF", "From a Sat Jan 3 01:05:34 1996\r\nA: 1\r\n\r\nx\r\n\r\n"
		    "From b Sat Jan 3 01:05:34 1996\r\nA: 2\r\n\r\ny\r\n",
		    "A: 1\r\n\r\nx\r\n|A: 2\r\n\r\ny\r\n|", GP_MBOX_UNKNOWN },
		{ "empty lines first", "\n\n" FROM "A: 1\n\nx\n", "A: 1\n\nx\n|", GP_MBOX_UNKNOWN },
		{ "byte order mark", "\xef\xbb\xbf" "From -\nA: 1\n\nx\n", "A: 1\n\nx\n|",
		    GP_MBOX_UNKNOWN },
		{ "mozilla", "From - Sat Jan 03 01:05:34 1996\nX-Mozilla-Status: 1\n\nx\n",
		    "X-Mozilla-Status: 1\n\nx\n|", GP_MBOX_UNKNOWN },
		{ "first From line without a date", "From nobody\nA: 1\n\nx\n", "A: 1\n\nx\n|",
		    GP_MBOX_UNKNOWN },
		{ "pipermail", "From jane at b.example  Thu Feb 19 10:17:01 2004\nFrom: jane at "
		    "b.example"
		    " (J)\n\nx\n\nFrom joe at c.example  Thu Feb 19 11:17:01 2004\nFrom: joe\n\n"
		    "y\n",
		    "From: jane at b.example (J)\n\nx\n|From: joe\n\ny\n|", GP_MBOX_UNKNOWN },
		{ "From in a sentence", FROM "A: 1\n\nx\n\nFrom what I see, no.\n\n"
		    "From Monday on, too.\n", "A: 1\n\nx\n\nFrom what I see, no.\n\n"
		    "From Monday on, too.\n|", GP_MBOX_UNKNOWN },
		{ "From and a colon behind it", FROM "A: 1\n\nx\n\nFrom the docs:\nNote: y\n",
		    "A: 1\n\nx\n\nFrom the docs:\nNote: y\n|", GP_MBOX_UNKNOWN },
		{ "a date but text behind it", FROM "A: 1\n\n" FROM "was at the top.\n",
		    "A: 1\n\n" FROM "was at the top.\n|", GP_MBOX_UNKNOWN },
		{ "no date but a header behind it",
		    FROM "A: 1\n\nx\n\nFrom nobody\nReceived: y\n\nz\n",
		    "A: 1\n\nx\n|Received: y\n\nz\n|", GP_MBOX_UNKNOWN },
		{ "mboxrd", FROM "A: 1\n\n>From x\n>>From y\n> From z\n>Fromm\n",
		    "A: 1\n\nFrom x\n>From y\n> From z\n>Fromm\n|", GP_MBOX_RD },
		{ "mboxo", FROM "A: 1\n\n>From x\n", "A: 1\n\nFrom x\n|", GP_MBOX_O },
		{ "mboxcl2", FROM "A: 1\nContent-Length: 46\n\n" FROM "A: 2\n\n" FROM "A: 3\n\nz\n",
		    "A: 1\nContent-Length: 46\n\n" FROM "A: 2|A: 3\n\nz\n|", GP_MBOX_CL2 },
		{ "mboxcl", FROM "A: 1\nContent-Length: 8\n\n>From x\n\n" FROM "A: 3\n\nz\n",
		    "A: 1\nContent-Length: 8\n\nFrom x\n|A: 3\n\nz\n|", GP_MBOX_CL },
		{ "length to the end", FROM "A: 1\nContent-Length: 2\n\nx\n",
		    "A: 1\nContent-Length: 2\n\nx\n|", GP_MBOX_CL },
		{ "length too long", FROM "A: 1\nContent-Length: 999\n\nx\n\n" FROM "A: 3\n\nz\n",
		    "A: 1\nContent-Length: 999\n\nx\n|A: 3\n\nz\n|", GP_MBOX_UNKNOWN },
		{ "length too short", FROM "A: 1\nContent-Length: 2\n\nx\ny\n\n" FROM "A: 3\n\nz\n",
		    "A: 1\nContent-Length: 2\n\nx\ny\n|A: 3\n\nz\n|", GP_MBOX_UNKNOWN },
		{ "length is rubbish", FROM "A: 1\nContent-Length: -5\n\nx\n\n" FROM "A: 3\n\nz\n",
		    "A: 1\nContent-Length: -5\n\nx\n|A: 3\n\nz\n|", GP_MBOX_UNKNOWN },
		{ "no mbox", "hello\nworld\n", "!", GP_MBOX_UNKNOWN },
		{ "no mbox at first", "hello\n\n" FROM "A: 1\n\nx\n", "!A: 1\n\nx\n|",
		    GP_MBOX_UNKNOWN },
		{ "nothing", "", "", GP_MBOX_UNKNOWN },
		{ "only empty lines", "\n\n\n", "", GP_MBOX_UNKNOWN },
		{ "only a From line", FROM, "|", GP_MBOX_UNKNOWN },
		{ "empty messages", FROM "\n" FROM "\n", "|" "|", GP_MBOX_UNKNOWN },
		{ "header only", FROM "A: 1\n\n" FROM "A: 2\n", "A: 1\n|A: 2\n|", GP_MBOX_UNKNOWN },
	};
	static const size_t pieces[] = { 1, 2, 7, 64, 100000 };
	size_t i, k;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		for (k = 0; k < GP_COUNT(pieces); k++) {
			void *ctx = gp_ctx(NULL);
			enum gp_mbox_kind kind;
			char *got = split(ctx, cases[i].in, strlen(cases[i].in), pieces[k], &kind);

			if (strcmp(got, cases[i].want) != 0 || kind != cases[i].kind)
				fail_msg("%s, in pieces of %zu: got %s, kind %d", cases[i].name,
				    pieces[k], got, kind);
			talloc_free(ctx);
		}
	}
}

/* Feed n bytes of one kind in pieces, counting what comes out. */
static void
flood(struct gp_mbox *m, const char *piece, size_t n, int *big)
{
	struct gp_mbox_msg msg;
	enum gp_status st;
	size_t len = strlen(piece), fed;

	for (fed = 0; fed < n; fed += len) {
		gp_mbox_feed(m, piece, len);
		while ((st = gp_mbox_next(m, &msg, NULL)) != GP_E_NOTFOUND)
			*big += st == GP_E_TOOBIG;
	}
}

/* A message over the limit is reported once, with its place, and the next one is read;
 * also when it is one line without end. */
static void
test_too_big(void **state)
{
	static const char *const fillers[] = { "x\n", "x" };
	size_t i, k;

	(void)state;
	for (i = 0; i < GP_COUNT(fillers); i++) {
		struct gp_mbox *m = gp_mbox_new(NULL);
		struct gp_buf *b = gp_buf_new(m, 2 << 20);
		struct gp_mbox_msg msg;
		int big = 0;

		for (k = 0; k < 1 << 20; k += strlen(fillers[i]))
			gp_buf_puts(b, fillers[i]);
		gp_mbox_feed(m, FROM "A: 1\n\n", strlen(FROM "A: 1\n\n"));
		flood(m, b->p, (size_t)GP_MAX_MESSAGE + (4 << 20), &big);
		assert_int_equal(big, 0);
		gp_mbox_feed(m, "\n\n" FROM "A: 2\n\ny\n", strlen("\n\n" FROM "A: 2\n\ny\n"));
		assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_TOOBIG);
		assert_int_equal(msg.offset, 0);
		assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_NOTFOUND);
		gp_mbox_feed(m, "", 0);
		assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_OK);
		assert_int_equal(msg.n, strlen("A: 2\n\ny\n"));
		assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_NOTFOUND);
		talloc_free(m);
	}
}

static void
test_junk_without_end(void **state)
{
	struct gp_mbox *m = gp_mbox_new(NULL);
	struct gp_buf *b = gp_buf_new(m, 2 << 20);
	struct gp_mbox_msg msg;
	int big = 0;
	size_t k;

	(void)state;
	for (k = 0; k < 1 << 20; k++)
		gp_buf_putc(b, (int)(k % 251) == 10 ? 11 : (int)(k % 251));
	b->p[0] = 'x';
	b->p[b->len - 1] = 'x';
	for (k = 0; k < b->len; k++)
		if (b->p[k] == '\0')
			b->p[k] = 'x';
	flood(m, b->p, (size_t)200 << 20, &big);
	gp_mbox_feed(m, "", 0);
	assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_PARSE);
	assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_NOTFOUND);
	talloc_free(m);
}

static void
test_write_and_read_back(void **state)
{
	static const char *const messages[] = {
		"A: 1\r\n\r\nFrom x\r\n>From y\r\n>>From z\r\nFromage\r\n\r\n",
		"A: 1\r\n\r\n\r\n\r\n", "A: 1\r\n\r\n", "A: 1\r\n", "A: 1\r\n\r\nx\r\n",
		"A: 1\r\nContent-Length: 3\r\n\r\nlonger than that\r\n",
	};
	void *ctx = gp_ctx(NULL);
	struct gp_buf *b = gp_buf_new(ctx, 100000);
	struct gp_mbox *m = gp_mbox_new(ctx);
	struct gp_mbox_msg msg;
	unsigned changes;
	size_t i, n;

	(void)state;
	for (i = 0; i < GP_COUNT(messages); i++)
		gp_mbox_write(b, i % 2 ? "" : "a b@c.example", 820631134, messages[i],
		    strlen(messages[i]));
	assert_true(gp_starts(b->p,
	    "From a-b@c.example Wed Jan  3 01:05:34 1996\nA: 1\n\n>From x"));
	gp_mbox_feed(m, b->p, b->len);
	for (i = 0; i < GP_COUNT(messages); i++) {
		char *canon;

		if (i + 1 == GP_COUNT(messages)) {
			assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_E_NOTFOUND);
			gp_mbox_feed(m, "", 0);
		}
		assert_int_equal(gp_mbox_next(m, &msg, NULL), GP_OK);
		canon = gp_mail_canon(ctx, msg.raw, msg.n, &n, &changes);
		if (n != strlen(messages[i]) || memcmp(canon, messages[i], n) != 0)
			fail_msg("message %zu: got %s", i, canon);
	}
	talloc_free(ctx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_junk_without_end),
		cmocka_unit_test(test_write_and_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
