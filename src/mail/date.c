/* SPDX-License-Identifier: ISC */
/*
 * Dates (RFC 5322 sections 3.3 and 4.3), and what mail of forty years made of
 * them: the value is cut into words and numbers, and each takes its place by what
 * it looks like, not by where it stands. So "Thu, 1 Apr 1999 12:30:45 +0200 (CEST)",
 * "Thu Apr  1 12:30:45 CEST 1999", "1999-04-01T12:30:45+02:00" and "01-Apr-99 12.30"
 * are all read. What names no real moment (31 February, 25 o'clock) is none.
 */
#include "private.h"

#include <string.h>

struct date {
	int year, month, day;		/* year -1, month and day 0: not seen */
	int hour, minute, second;	/* hour -1: not seen */
	int zone;			/* minutes */
	bool zone_seen, zone_known;
	int pm;				/* 0 none, 1 AM, 2 PM */
	bool bad;
};

struct cursor {
	const char *p, *end;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits at the cursor; capped, so that nothing overflows. */
static int
number(struct cursor *c, int *digits)
{
	int v = 0;

	for (*digits = 0; c->p < c->end && is_digit(*c->p); c->p++, ++*digits)
		if (v < 1000000)
			v = v * 10 + (*c->p - '0');
	return v;
}

static bool
at(const struct cursor *c, char ch)
{
	return c->p < c->end && *c->p == ch;
}

static bool
digit_behind(const struct cursor *c)
{
	return c->p + 1 < c->end && is_digit(c->p[1]);
}

/* ---- words ------------------------------------------------------------------- */

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char *const month_names[] = {
	"january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december"
};

static const struct {
	const char *name;
	int minutes;
} zones[] = {
	{ "ut", 0 }, { "utc", 0 }, { "gmt", 0 }, { "z", 0 }, { "wet", 0 },
	{ "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 },
	{ "mst", -420 }, { "mdt", -360 }, { "pst", -480 }, { "pdt", -420 },
	{ "akst", -540 }, { "akdt", -480 }, { "hst", -600 }, { "bst", 60 }, { "west", 60 },
	{ "cet", 60 }, { "met", 60 }, { "mez", 60 }, { "cest", 120 }, { "mest", 120 },
	{ "mesz", 120 }, { "eet", 120 }, { "eest", 180 }, { "msk", 180 }, { "msd", 240 },
	{ "jst", 540 }, { "kst", 540 }, { "hkt", 480 }, { "aest", 600 }, { "aedt", 660 },
	{ "nzst", 720 }, { "nzdt", 780 },
};

/* Three letters or more that begin the name of a month; 0 if none. */
static int
month_of(const char *w, size_t n)
{
	int m;

	for (m = 0; m < 12 && n >= 3; m++) {
		if (!gp_mail_ieq(w, months + 3 * m, 3))
			continue;
		if (n <= strlen(month_names[m]) && gp_mail_ieq(w, month_names[m], n))
			return m + 1;
	}
	return 0;
}

static void
word(struct date *d, struct cursor *c)
{
	const char *w = c->p;
	size_t n, i;
	int m;

	while (c->p < c->end && is_letter(*c->p))
		c->p++;
	n = (size_t)(c->p - w);
	if (d->month == 0 && (m = month_of(w, n)) != 0) {
		d->month = m;
		return;
	}
	if (n == 2 && (gp_mail_ieq(w, "am", 2) || gp_mail_ieq(w, "pm", 2))) {
		d->pm = gp_ascii_lower((unsigned char)*w) == 'p' ? 2 : 1;
		return;
	}
	if (d->hour < 0 || d->zone_seen)	/* zones stand behind the time */
		return;
	for (i = 0; i < GP_COUNT(zones); i++) {
		if (strlen(zones[i].name) != n || !gp_mail_ieq(w, zones[i].name, n))
			continue;
		d->zone = zones[i].minutes;
		d->zone_known = true;
		d->zone_seen = zones[i].minutes != 0;	/* "GMT+0200" goes on */
	}
}

/* ---- numbers --------------------------------------------------------------------- */

/* RFC 5322 section 4.3; and "19100" and "100" of programs that met the year 2000. */
static int
full_year(int v, int digits)
{
	if (digits >= 5 && v >= 19100 && v < 19200)
		return v - 17100;
	if (digits == 3)
		return v + 1900;
	if (digits <= 2)
		return v < 50 ? v + 2000 : v + 1900;
	return digits == 4 ? v : -2;
}

/* ":MM[:SS[.fraction]]" behind an hour; '.' may stand for ':'. */
static void
clock_time(struct date *d, struct cursor *c, int hour)
{
	char sep = *c->p++;
	int digits;

	d->hour = hour;
	d->minute = number(c, &digits);
	d->second = 0;
	if (digits == 0)
		d->bad = true;
	if (at(c, sep) && digit_behind(c)) {
		c->p++;
		d->second = number(c, &digits);
		if ((at(c, '.') || at(c, ',')) && digit_behind(c)) {
			c->p++;
			number(c, &digits);
		}
	}
}

static void
set_day(struct date *d, int v)
{
	if (d->day == 0)
		d->day = v;
}

static void
set_year(struct date *d, int v, int digits)
{
	if (d->year == -1)
		d->year = full_year(v, digits);
}

/* "-MM-DD" behind a year of four digits. */
static void
iso_date(struct date *d, struct cursor *c, int year)
{
	int digits;

	c->p++;
	set_year(d, year, 4);
	d->month = number(c, &digits);
	if (at(c, '-') && digit_behind(c)) {
		c->p++;
		set_day(d, number(c, &digits));
	}
}

/* "-Mon-YY[YY]" behind a day; or "/MM/YY": the American order where it can be. */
static void
short_date(struct date *d, struct cursor *c, int first)
{
	char sep = *c->p++;
	int digits, second;

	if (is_letter(*c->p)) {
		set_day(d, first);
		word(d, c);
		if (at(c, sep) && digit_behind(c)) {
			c->p++;
			second = number(c, &digits);
			set_year(d, second, digits);
		}
		return;
	}
	second = number(c, &digits);
	d->month = first <= 12 ? first : second;
	set_day(d, first <= 12 ? second : first);
	if (at(c, sep) && digit_behind(c)) {
		c->p++;
		second = number(c, &digits);
		set_year(d, second, digits);
	}
}

/* "+HHMM", "+HH:MM", "+HH". RFC 5322: -0000 says that nothing is known. */
static void
offset(struct date *d, struct cursor *c)
{
	int sign = *c->p++ == '-' ? -1 : 1, digits, v = number(c, &digits), minutes;

	if (d->zone_seen)
		return;
	minutes = v / 100 * 60 + v % 100;
	if (digits <= 2)
		minutes = v * 60;
	if (digits <= 2 && at(c, ':') && digit_behind(c)) {
		c->p++;
		minutes += number(c, &digits);
	}
	d->zone_seen = true;
	d->zone_known = minutes <= 14 * 60 && v % 100 < 60 && !(sign < 0 && minutes == 0);
	d->zone = d->zone_known ? sign * minutes : 0;
}

/* "DD.MM.YY[YY]". */
static void
dotted_date(struct date *d, struct cursor *c, int day)
{
	int digits, v;

	c->p++;
	set_day(d, day);
	d->month = number(c, &digits);
	if (at(c, '.') && digit_behind(c)) {
		c->p++;
		v = number(c, &digits);
		set_year(d, v, digits);
	}
}

static void
digits_token(struct date *d, struct cursor *c)
{
	int digits, v = number(c, &digits);
	bool more = c->p + 1 < c->end;

	if (digits > 2 && at(c, ':'))
		d->bad = true;
	else if (digits <= 2 && d->day == 0 && at(c, '.') && digit_behind(c))
		dotted_date(d, c, v);
	else if (d->hour < 0 && digits <= 2 && (at(c, ':') || at(c, '.')) && digit_behind(c))
		clock_time(d, c, v);
	else if (digits == 4 && d->year == -1 && at(c, '-') && digit_behind(c))
		iso_date(d, c, v);
	else if (digits <= 2 && d->day == 0 && at(c, '-') && more && is_letter(c->p[1]))
		short_date(d, c, v);
	else if (digits <= 2 && d->day == 0 && (at(c, '/') || at(c, '-')) && digit_behind(c))
		short_date(d, c, v);
	else if (digits <= 2 && d->day == 0)
		set_day(d, v);
	else
		set_year(d, v, digits);
}

/* ---- the whole value -------------------------------------------------------------- */

static void
skip_comment(struct cursor *c)
{
	int depth = 0;

	for (; c->p < c->end; c->p++) {
		if (*c->p == '\\' && c->p + 1 < c->end)
			c->p++;
		else if (*c->p == '(')
			depth++;
		else if (*c->p == ')' && --depth == 0)
			break;
	}
	if (c->p < c->end)
		c->p++;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* Is it a moment (RFC 5322 section 3.3: not before 1900)? A leap second counts as the second
 * behind it. */
static bool
is_moment(struct date *d)
{
	if (d->pm != 0 && (d->hour < 1 || d->hour > 12))
		d->pm = 0;	/* "13:05 PM" means what it says */
	if (d->pm != 0)
		d->hour = d->hour % 12 + (d->pm == 2 ? 12 : 0);
	if (d->bad || d->year < 1900 || d->month < 1 || d->month > 12 || d->day < 1)
		return false;
	return d->day <= month_days(d->year, d->month) && d->hour >= 0 && d->hour <= 23 &&
	    d->minute <= 59 && d->second <= 60;
}

bool
gp_date_parse(const char *s, size_t n, int64_t *time, int *zone, bool *zone_known)
{
	struct date d = { .year = -1, .hour = -1 };
	struct cursor c = { s, s + n };

	while (c.p < c.end) {
		if (*c.p == '(')
			skip_comment(&c);
		else if (is_letter(*c.p))
			word(&d, &c);
		else if (is_digit(*c.p))
			digits_token(&d, &c);
		else if ((*c.p == '+' || *c.p == '-') && digit_behind(&c) && d.hour >= 0)
			offset(&d, &c);
		else
			c.p++;
	}
	if (!is_moment(&d))
		return false;
	*time = gp_civil_time(d.year, d.month, d.day, d.hour, d.minute, d.second) -
	    (int64_t)d.zone * 60;
	*zone = d.zone;
	*zone_known = d.zone_known;
	return true;
}

char *
gp_date_format(const void *ctx, int64_t time, int zone_minutes)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int z = zone_minutes < 0 ? -zone_minutes : zone_minutes;
	struct gp_civil v;

	gp_time_civil(time + (int64_t)zone_minutes * 60, NULL, &v);
	return gp_asprintf(ctx, "%.3s, %d %.3s %04d %02d:%02d:%02d %c%02d%02d",
	    days + 3 * v.weekday, v.day, names + 3 * (v.month - 1), v.year, v.hour, v.minute,
	    v.second, zone_minutes < 0 ? '-' : '+', z / 60, z % 60);
}
