/* SPDX-License-Identifier: ISC */
/*
 * The cheap look in front of the parser: is a message within the limits of base.h?
 * What is not is never given to a foreign library (libetpan recurses without limit
 * and goes quadratic on nesting); it is kept and held for the moderators.
 */
#include "private.h"

enum gp_status
gp_mail_scan(const char *raw, size_t n, struct gp_scan *out, struct gp_err *err)
{
	struct gp_walk w;
	enum gp_status st;

	if (n > GP_MAX_MESSAGE)
		return gp_fail(err, GP_E_TOOBIG, "the message has more than %d bytes",
		    GP_MAX_MESSAGE);
	st = gp_mail_walk(NULL, raw, n, &w, err);
	if (out != NULL)
		*out = w.scan;
	return st;
}
