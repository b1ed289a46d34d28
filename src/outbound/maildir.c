/* SPDX-License-Identifier: ISC */
/* Delivery into a Maildir: the default of a new site, so that a trial needs no mail server. */
#include "config.h"

#include "guildpost/outbound.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum gp_status
gp_maildir_prepare(const char *dir, struct gp_err *err)
{
	static const char *const subs[] = {"tmp", "new", "cur"};
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < GP_COUNT(subs); i++) {
		char *path = gp_path_join(NULL, dir, subs[i]);

		st = gp_dir_make(path, 0700, err);
		talloc_free(path);
	}
	return st;
}

/* LF line ends, as mail programs expect them in a Maildir. */
static void
add_lines(struct gp_buf *b, const char *p, size_t n)
{
	const char *end = p + n, *cr;

	while (p < end && (cr = memchr(p, '\r', (size_t)(end - p))) != NULL) {
		gp_buf_add(b, p, (size_t)(cr - p));
		if (cr + 1 == end || cr[1] != '\n')
			gp_buf_putc(b, '\r');
		p = cr + 1;
	}
	gp_buf_add(b, p, (size_t)(end - p));
}

/*
 * The same delivery always gets the same name, so that one repeated after a crash replaces
 * itself. The envelope sender holds a MAC of the site: another site's names differ.
 */
static char *
file_name(const void *ctx, const struct gp_txn *t, const char *rcpt)
{
	unsigned char sum[GP_SHA256_LEN];
	char *who = gp_asprintf(ctx, "%s %s", t->sender, rcpt);

	gp_sha256(who, strlen(who), sum);
	return gp_asprintf(ctx, "%" PRId64 ".%s.guildpost", t->job, gp_base32(ctx, sum, 10));
}

enum gp_status
gp_maildir_deliver(const char *dir, const struct gp_txn *t, const char *rcpt,
    const struct gp_txn_job *job, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	enum gp_status st;
	struct gp_buf b;
	char *name, *tmp, *final;

	gp_buf_init(&b, ctx, 2 * GP_MAX_FRAME);
	gp_buf_printf(&b, "Return-Path: <%s>\nDelivered-To: %s\n", t->sender, rcpt);
	add_lines(&b, t->fields, strlen(t->fields));
	add_lines(&b, job->header.p, job->header.n);
	gp_buf_putc(&b, '\n');
	add_lines(&b, job->body.p, job->body.n);
	name = file_name(ctx, t, rcpt);
	tmp = gp_asprintf(ctx, "%s/tmp/%s", dir, name);
	final = gp_asprintf(ctx, "%s/new/%s", dir, name);
	st = b.over ? gp_fail(err, GP_E_TOOBIG, "the message is too large") :
	    gp_file_write(tmp, b.p, b.len, 0600, err);
	if (st == GP_OK && rename(tmp, final) != 0)
		st = gp_fail_errno(err, GP_E_IO, "can't rename %s", tmp);
	talloc_free(ctx);
	return st;
}
