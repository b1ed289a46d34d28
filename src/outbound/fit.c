/* SPDX-License-Identifier: ISC */
/*
 * A message as the relay can take it: without 8-bit bytes where it lacks 8BITMIME (RFC 6152) or, in the
 * header, SMTPUTF8 (RFC 6531), and never with lines over 998 octets. Most relays lack nothing and most
 * mail goes as it is.
 */
#include "config.h"

#include "guildpost/mail/carry.h"
#include "guildpost/outbound.h"

#include <inttypes.h>

static void
complain(const struct gp_txn_job *job, unsigned left)
{
	if ((left & (GP_DOWN_8BIT | GP_DOWN_UTF8)) != 0)
		gp_log(GP_LOG_WARN, "event=8bit job=%" PRId64 " what=\"the relay lacks 8BITMIME or SMTPUTF8, "
		    "and what is signed or encrypted may not be changed; sent as it is\"", job->id);
	if ((left & GP_DOWN_LINES) != 0)
		gp_log(GP_LOG_WARN, "event=long-lines job=%" PRId64 " what=\"lines over 998 octets in what "
		    "may not be changed; sent as it is\"", job->id);
}

static struct gp_txn_job *
lower(const void *ctx, const struct gp_txn_job *job, unsigned what)
{
	struct gp_txn_job *fit = gp_new(ctx, struct gp_txn_job);
	struct gp_err err = {GP_OK, ""};
	struct gp_down d;

	*fit = *job;
	if (gp_mail_down(fit, job->header, job->body, what, &d, &err) != GP_OK) {
		gp_log(GP_LOG_WARN, "event=8bit job=%" PRId64 " what=\"%s; sent as it is\"", job->id,
		    err.msg);
		return fit;
	}
	fit->header = (struct gp_str){d.header, d.header_n};
	fit->body = (struct gp_str){d.body, d.body_n};
	if (d.address != NULL)
		fit->refused = gp_asprintf(fit, "553 5.6.7 the header names %s, and the relay can't take "
		    "addresses that aren't ASCII (SMTPUTF8)", d.address);
	else
		complain(job, d.left);
	if ((what & GP_DOWN_8BIT) != 0)
		fit->flags &= ~(unsigned)GP_TXN_8BIT;
	if ((what & GP_DOWN_UTF8) != 0)
		fit->flags &= ~(unsigned)GP_TXN_UTF8;
	return fit;
}

const struct gp_txn_job *
gp_txn_fit(const void *ctx, const struct gp_txn_job *job, unsigned features)
{
	unsigned what = GP_DOWN_LINES;

	if ((features & GP_SESSION_8BIT) == 0)
		what |= GP_DOWN_8BIT | GP_DOWN_UTF8;
	else if ((features & GP_SESSION_UTF8) == 0)
		what |= GP_DOWN_UTF8;
	what &= gp_mail_down_wants(job->header, job->body);
	return what == 0 ? job : lower(ctx, job, what);
}
