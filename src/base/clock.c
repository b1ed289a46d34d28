/* SPDX-License-Identifier: ISC */
/*
 * Time: the only caller of the system's clocks, so that tests can set them, and
 * calendar arithmetic (proleptic Gregorian; days from civil after the well-known
 * era method). Time zones come from the system's database through localtime_r.
 */
#include "config.h"

#include "guildpost/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct {
	bool set, frozen;
	int64_t at, since;
} fake;

static int64_t
real_now(void)
{
	return (int64_t)time(NULL);
}

int64_t
gp_now(void)
{
	if (!fake.set)
		return real_now();
	return fake.frozen ? fake.at : fake.at + (real_now() - fake.since);
}

int64_t
gp_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
gp_clock_set(int64_t now, bool frozen)
{
	fake.set = true;
	fake.frozen = frozen;
	fake.at = now;
	fake.since = real_now();
}

int64_t
gp_civil_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2), era, doy, doe;

	era = (y >= 0 ? y : y - 399) / 400;
	doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	doe = (y - era * 400) * 365 + (y - era * 400) / 4 - (y - era * 400) / 100 + doy;
	return era * 146097 + doe - 719468;
}

int64_t
gp_civil_time(int year, int month, int day, int hour, int minute, int second)
{
	return gp_civil_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

/* Fields of t in UTC. */
static void
civil_utc(int64_t t, struct gp_civil *out)
{
	int64_t days = t / 86400, rest = t % 86400, era, doe, yoe, doy, mp;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	out->weekday = (int)(((days + 4) % 7 + 7) % 7);
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	out->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	out->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	out->year = (int)(yoe + era * 400 + (out->month <= 2));
	out->hour = (int)(rest / 3600);
	out->minute = (int)(rest % 3600 / 60);
	out->second = (int)(rest % 60);
	out->offset = 0;
}

/* localtime_r in another zone: $TZ is process-wide, so it is put back at once. */
static void
civil_zone(int64_t t, const char *zone, struct gp_civil *out)
{
	const char *old = getenv("TZ");
	char *keep = old == NULL ? NULL : gp_strdup(NULL, old);
	time_t tt = (time_t)t;
	struct tm tm;

	setenv("TZ", zone, 1);
	tzset();
	if (localtime_r(&tt, &tm) != NULL) {
		out->year = tm.tm_year + 1900;
		out->month = tm.tm_mon + 1;
		out->day = tm.tm_mday;
		out->hour = tm.tm_hour;
		out->minute = tm.tm_min;
		out->second = tm.tm_sec;
		out->weekday = tm.tm_wday;
		out->offset = (int)tm.tm_gmtoff;
	} else {
		civil_utc(t, out);
	}
	if (keep != NULL)
		setenv("TZ", keep, 1);
	else
		unsetenv("TZ");
	tzset();
	talloc_free(keep);
}

void
gp_time_civil(int64_t t, const char *zone, struct gp_civil *out)
{
	if (zone == NULL || *zone == '\0' || strcmp(zone, "UTC") == 0)
		civil_utc(t, out);
	else
		civil_zone(t, zone, out);
}

int64_t
gp_civil_local(int year, int month, int day, int hour, const char *zone)
{
	int64_t t = gp_civil_time(year, month, day, hour, 0, 0), guess;
	struct gp_civil c;

	/* Twice, as the first guess may lie on the other side of a change of clocks. */
	gp_time_civil(t, zone, &c);
	guess = t - c.offset;
	gp_time_civil(guess, zone, &c);
	return t - c.offset;
}

char *
gp_time_iso(const void *ctx, int64_t t)
{
	struct gp_civil c;

	civil_utc(t, &c);
	return gp_asprintf(ctx, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
	    c.minute, c.second);
}

char *
gp_time_format(const void *ctx, int64_t t, const char *zone, const char *fmt)
{
	struct gp_civil c;
	struct tm tm;
	char out[256];
	size_t n;

	gp_time_civil(t, zone, &c);
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = c.year - 1900;
	tm.tm_mon = c.month - 1;
	tm.tm_mday = c.day;
	tm.tm_hour = c.hour;
	tm.tm_min = c.minute;
	tm.tm_sec = c.second;
	tm.tm_wday = c.weekday;
	tm.tm_yday = (int)(gp_civil_days(c.year, c.month, c.day) - gp_civil_days(c.year, 1, 1));
	tm.tm_gmtoff = c.offset;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = strftime(out, sizeof(out), fmt, &tm);
#pragma GCC diagnostic pop
	return gp_strndup(ctx, out, n);
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool
civil_ok(int y, int mo, int d, int h, int mi, int s)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (y < 1900 || y > 9999 || mo < 1 || mo > 12 || d < 1 || h < 0 || h > 23 || mi < 0 ||
	    mi > 59 || s < 0 || s > 60)
		return false;
	return d <= days[mo - 1] + (mo == 2 && is_leap(y));
}

/* "Z", "+01:00", "" behind a time; false if it is anything else. */
static bool
parse_offset(const char *s, int *seconds)
{
	int h, m, used = 0;

	*seconds = 0;
	if (*s == '\0' || strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || sscanf(s + 1, "%2d:%2d%n", &h, &m, &used) != 2 ||
	    s[1 + used] != '\0' || h > 23 || m > 59)
		return false;
	*seconds = (h * 3600 + m * 60) * (*s == '-' ? -1 : 1);
	return true;
}

bool
gp_time_parse(const char *s, int64_t *out)
{
	int y, mo = 1, d = 1, h = 0, mi = 0, sec = 0, used = 0, off = 0;
	char sep;

	if (*s == '@')
		return gp_parse_int(s + 1, INT32_MIN, (int64_t)1 << 40, out);
	if (strspn(s, "0123456789") != 4)
		return false;
	if (sscanf(s, "%4d-%2d-%2d%c%2d:%2d%n", &y, &mo, &d, &sep, &h, &mi, &used) == 6 &&
	    used > 0 && (sep == 'T' || sep == 't' || sep == ' ')) {
		s += used;
		if (*s == ':') {
			if (sscanf(s, ":%2d%n", &sec, &used) != 1)
				return false;
			s += used;
		}
		if (*s == '.')
			s += 1 + strspn(s + 1, "0123456789");
		if (!parse_offset(s, &off))
			return false;
	} else {
		h = mi = sec = 0;
		mo = d = 1;
		if (!(sscanf(s, "%4d-%2d-%2d%n", &y, &mo, &d, &used) == 3 && s[used] == '\0') &&
		    !(d = 1, sscanf(s, "%4d-%2d%n", &y, &mo, &used) == 2 && s[used] == '\0') &&
		    !(mo = 1, sscanf(s, "%4d%n", &y, &used) == 1 && s[used] == '\0'))
			return false;
	}
	if (!civil_ok(y, mo, d, h, mi, sec))
		return false;
	*out = gp_civil_time(y, mo, d, h, mi, sec) - off;
	return true;
}
