/* SPDX-License-Identifier: ISC */
/*
 * The cheap look in front of the parser: is a message within the limits of base.h?
 * What is not is never given to a foreign library (libetpan recurses without limit
 * and goes quadratic on nesting); it is kept and held for the moderators.
 */
#include "private.h"

#include <string.h>

/* Fields that libetpan takes apart, comments and all. */
static bool
is_structured(const char *p, size_t n)
{
	static const char *const names[] = { "from", "to", "cc", "bcc", "sender", "reply-to",
		"date", "message-id", "references", "in-reply-to", "mime-version",
		"return-path", "keywords" };
	size_t i;

	if (n > 7 && (gp_mail_ieq(p, "resent-", 7) || gp_mail_ieq(p, "content", 7)))
		return true;
	for (i = 0; i < GP_COUNT(names); i++)
		if (strlen(names[i]) == n && gp_mail_ieq(p, names[i], n))
			return true;
	return false;
}

static size_t
comment_depth(const char *p, size_t n)
{
	size_t i, depth = 0, max = 0;

	for (i = 0; i < n; i++) {
		if (p[i] == '\\')
			i++;
		else if (p[i] == '(' && ++depth > max)
			max = depth;
		else if (p[i] == ')' && depth > 0)
			depth--;
	}
	return max;
}

enum gp_status
gp_mail_check_field(const char *p, size_t name, size_t n, struct gp_err *err)
{
	size_t i, params = 0;

	if (n > GP_MAX_HEADER_FIELD)
		return gp_fail(err, GP_E_TOOBIG, "a header field has more than %d bytes",
		    GP_MAX_HEADER_FIELD);
	if (!is_structured(p, name))
		return GP_OK;
	if (comment_depth(p, n) > GP_MAX_COMMENT_DEPTH)
		return gp_fail(err, GP_E_TOOBIG, "comments are nested more than %d deep",
		    GP_MAX_COMMENT_DEPTH);
	if (name < 7 || !gp_mail_ieq(p, "content", 7))
		return GP_OK;
	for (i = 0; i < n; i++)
		params += p[i] == ';';
	if (params > GP_MAX_MIME_PARAMS)
		return gp_fail(err, GP_E_TOOBIG, "a header field has more than %d parameters",
		    GP_MAX_MIME_PARAMS);
	return GP_OK;
}

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
