/* SPDX-License-Identifier: ISC */
/*
 * Spans of time as people write them in a query: 2024, 2024-03, 2024-03-14,
 * 20240314, 3d (that long ago), yesterday, last-week; all in UTC.
 */
#include "config.h"

#include "search_query.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static int64_t
day_start(int64_t t)
{
	return t - ((t % DAY) + DAY) % DAY;
}

static void
month_span(int year, int month, struct gp_span *out)
{
	out->from = gp_civil_time(year, month, 1, 0, 0, 0);
	out->to = month == 12 ? gp_civil_time(year + 1, 1, 1, 0, 0, 0) :
	    gp_civil_time(year, month + 1, 1, 0, 0, 0);
}

static bool
named_span(const char *s, int64_t now, struct gp_span *out)
{
	int64_t today = day_start(now), monday;
	struct gp_civil c;

	gp_time_civil(now, NULL, &c);
	monday = today - (c.weekday + 6) % 7 * DAY;
	if (strcmp(s, "today") == 0)
		*out = (struct gp_span){today, today + DAY};
	else if (strcmp(s, "yesterday") == 0)
		*out = (struct gp_span){today - DAY, today};
	else if (strcmp(s, "this-week") == 0)
		*out = (struct gp_span){monday, monday + 7 * DAY};
	else if (strcmp(s, "last-week") == 0)
		*out = (struct gp_span){monday - 7 * DAY, monday};
	else if (strcmp(s, "this-month") == 0)
		month_span(c.year, c.month, out);
	else if (strcmp(s, "last-month") == 0)
		month_span(c.month == 1 ? c.year - 1 : c.year,
		    c.month == 1 ? 12 : c.month - 1, out);
	else if (strcmp(s, "this-year") == 0 || strcmp(s, "last-year") == 0)
		*out = (struct gp_span){gp_civil_time(c.year - (s[0] == 'l'), 1, 1, 0, 0, 0),
		    gp_civil_time(c.year + (s[0] == 't'), 1, 1, 0, 0, 0)};
	else
		return false;
	return true;
}

bool
gp_span_parse(const char *s, int64_t now, struct gp_span *out)
{
	char day[16];
	const char *dash;
	size_t n = strlen(s);
	int64_t t, age;
	struct gp_civil c;

	if (named_span(s, now, out))
		return true;
	if (n == 8 && strspn(s, "0123456789") == 8) {
		snprintf(day, sizeof(day), "%.4s-%.2s-%.2s", s, s + 4, s + 6);
		return gp_span_parse(day, now, out);
	}
	if (n > 1 && strchr("dwhm", s[n - 1]) != NULL && gp_parse_duration(s, &age) &&
	    age < now) {
		*out = (struct gp_span){now - age, now - age + DAY};
		return true;
	}
	if (n < 4 || strspn(s, "0123456789-") != n || !gp_time_parse(s, &t))
		return false;
	gp_time_civil(t, NULL, &c);
	dash = strchr(s, '-');
	if (dash == NULL)
		*out = (struct gp_span){t, gp_civil_time(c.year + 1, 1, 1, 0, 0, 0)};
	else if (strchr(dash + 1, '-') == NULL)
		month_span(c.year, c.month, out);
	else
		*out = (struct gp_span){t, t + DAY};
	return true;
}
