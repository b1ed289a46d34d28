/* SPDX-License-Identifier: ISC */
/*
 * What single lines of an mbox look like: a "From " line by its date (RFC 4155
 * appendix A asks for asctime's form, programs write many), a header field by its name.
 */
#include "private.h"

#include <string.h>

#define FROM_LINE_MAX 1000	/* a longer one is none */

static bool
is_date(const char *p, size_t n)
{
	int64_t t;
	int zone;
	bool known;

	return gp_date_parse(p, n, &t, &zone, &known);
}

/* "From word ... date": the date starts at a weekday, or behind the first word. */
bool
gp_mbox_has_date(struct gp_str line)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	size_t i, d;

	if (line.n > FROM_LINE_MAX)
		return false;
	for (i = 5; i + 4 < line.n; i++) {
		if (line.p[i - 1] != ' ' || !(line.p[i + 3] == ' ' || line.p[i + 3] == ','))
			continue;
		for (d = 0; d < 7; d++)
			if (memcmp(line.p + i, days + 3 * d, 3) == 0)
				return is_date(line.p + i, line.n - i);
	}
	for (i = 5; i < line.n && line.p[i] != ' '; i++)
		;
	return is_date(line.p + i, line.n - i);
}

/* A field that mail begins with; any field when `any`. */
bool
gp_mbox_is_field(struct gp_str line, bool any)
{
	static const char *const names[] = { "Received", "Return-Path", "From", "Date",
		"Subject", "To", "Message-ID", "Delivered-To", "MIME-Version", "Content-Type",
		"X-Mozilla-Status", "Status", "X-UIDL", "X-From-Line", "Envelope-to",
		"X-Original-To", "Path", "Sender", "Reply-To", "Cc", "Article" };
	size_t i, value, n = gp_mail_field_name(line.p, line.n, &value);

	for (i = 0; i < GP_COUNT(names) && n > 0 && !any; i++)
		if (strlen(names[i]) == n && gp_mail_ieq(line.p, names[i], n))
			return true;
	return any && n > 0;
}
