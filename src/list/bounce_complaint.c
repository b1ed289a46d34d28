/* SPDX-License-Identifier: ISC */
/*
 * Complaints (RFC 5965). Who pressed "this is spam" gets no more mail, at once; and one mail that says
 * so kindly, as many press it by mistake or to leave: one answer brings the mail back. Not more than
 * once in half a year, whatever comes.
 */
#include "config.h"

#include "bounce.h"

enum { DAY = 86400, AGAIN = 180 * DAY };

enum gp_status
gp_bounce_complain(const struct gp_failed *f)
{
	struct gp_bounces *b;
	enum gp_status st = gp_bounces_get(f->ctx, f->site->store, f->member->id, &b, f->err);
	int64_t now = gp_now();
	bool tell;

	if (st != GP_OK || b->state == GP_BOUNCES_COMPLAINED)
		return st;
	tell = b->told == 0 || now - b->told > AGAIN;
	st = gp_bounce_stop(f, b, GP_BOUNCES_COMPLAINED);
	if (st == GP_OK && tell) {
		b->told = now;
		st = gp_bounce_notice(f, "complaint", gp_json_object(f->ctx), AGAIN);
	}
	if (st == GP_OK)
		st = gp_bounces_put(f->site->store, b, f->err);
	return st == GP_OK ? gp_bounce_log(f, GP_VERB_COMPLAINT, f->text) : st;
}
