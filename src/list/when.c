/* SPDX-License-Identifier: ISC */
/*
 * Dates as people write them. Only what can't be misread: 3/4/2026 is April here and March
 * there, so slashes are taken only where one of the two can't be a month.
 */
#include "config.h"

#include "when.h"

#include <string.h>

enum { DAY = 86400, LONGEST = 2 * 366 * DAY };

struct date {
	int year, month, day;	/* year 0: not said */
};

/* A number of at most four digits; its length, or 0. */
static size_t
number(const char *p, int *out)
{
	size_t n = strspn(p, "0123456789");
	int64_t v;
	char buf[8];

	if (n == 0 || n > 4)
		return 0;
	memcpy(buf, p, n);
	buf[n] = '\0';
	if (!gp_parse_int(buf, 0, 9999, &v))
		return 0;
	*out = (int)v;
	return n;
}

/* A word about dates at p; its length, or 0. *name: what it means. */
static size_t
word(const struct gp_words *words, const char *p, const char **name)
{
	const struct gp_word *w;
	size_t used;

	w = gp_words_find(words, GP_WORD_DATE, p, &used);
	*name = w != NULL ? w->name : "";
	return w != NULL ? used : 0;
}

static size_t
month_word(const struct gp_words *words, const char *p, int *month)
{
	const char *name;
	size_t n = word(words, p, &name);
	int64_t v;

	if (n == 0 || (*p >= '0' && *p <= '9') || !gp_parse_int(name, 1, 12, &v))
		return 0;
	*month = (int)v;
	return n + (p[n] == '.');
}

static size_t
blanks(const char *p)
{
	return strspn(p, " \t,");
}

/* An ordinal's end: "24th", "24.", "1er", "2º". */
static size_t
ordinal(const char *p)
{
	static const char *const ends[] = {"th", "st", "nd", "rd", "er", ".", "\xc2\xba"};
	size_t i, n;

	for (i = 0; i < GP_COUNT(ends); i++) {
		n = strlen(ends[i]);
		if (strncmp(p, ends[i], n) == 0 && (p[n] == '\0' || strchr(" ,.\t", p[n]) != NULL))
			return n;
	}
	return 0;
}

static size_t
year_behind(const char *p, int *year)
{
	size_t skip = blanks(p), n = number(p + skip, year);

	if (n != 4) {
		*year = 0;
		return 0;
	}
	return skip + n;
}

/* "2026-12-24", "24.12.2026", "24.12.", "24/12/2026". */
static size_t
numbers(const char *p, struct date *d)
{
	int a = 0, b = 0, c = 0;
	size_t n = number(p, &a), m, k;
	char sep;

	sep = p[n];
	if (n == 0 || (sep != '-' && sep != '.' && sep != '/'))
		return 0;
	m = number(p + n + 1, &b);
	if (m == 0)
		return 0;
	k = n + 1 + m;
	if (sep == '-') {
		if (n != 4 || p[k] != '-' || number(p + k + 1, &c) == 0)
			return 0;
		*d = (struct date){a, b, c};
		return k + 1 + number(p + k + 1, &c);
	}
	if (n > 2 || m > 2 || (sep == '/' && p[k] != '/'))
		return 0;
	if (p[k] == sep)
		k++;
	m = number(p + k, &c);
	if (m == 2)
		c += 2000;
	if (m != 2 && m != 4)
		c = 0;
	else
		k += m;
	if (sep == '/' && a <= 12 && b <= 12 && a != b)
		return 0;
	*d = sep == '/' && b > 12 ? (struct date){c, a, b} : (struct date){c, b, a};
	return k;
}

/* "24 December 2026", "December 24, 2026", "24. Dezember", "24 de diciembre de 2026". */
static size_t
words_of(const struct gp_words *words, const char *p, struct date *d)
{
	size_t n, at;

	memset(d, 0, sizeof(*d));
	n = month_word(words, p, &d->month);
	if (n > 0) {
		at = n + blanks(p + n);
		n = number(p + at, &d->day);
		if (n == 0 || n > 2)
			return 0;
		at += n;
		at += ordinal(p + at);
		return at + year_behind(p + at, &d->year);
	}
	n = number(p, &d->day);
	if (n == 0 || n > 2)
		return 0;
	at = n + ordinal(p + n);
	at += blanks(p + at);
	if (strncmp(p + at, "de ", 3) == 0)
		at += 3;
	n = month_word(words, p + at, &d->month);
	if (n == 0)
		return 0;
	at += n;
	if (strncmp(p + at, " de ", 4) == 0 && number(p + at + 4, &d->year) == 4)
		return at + 8;
	return at + year_behind(p + at, &d->year);
}

static bool
is_day(const struct date *d)
{
	struct gp_civil c;

	if (d->month < 1 || d->month > 12 || d->day < 1 || d->day > 31)
		return false;
	gp_time_civil(gp_civil_time(d->year, d->month, d->day, 0, 0, 0), NULL, &c);
	return c.day == d->day && c.month == d->month;
}

bool
gp_when_day(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *start, size_t *used)
{
	struct gp_civil today;
	const char *name;
	struct date d;
	bool guess;

	gp_time_civil(now, zone, &today);
	*used = word(words, text, &name);
	if (strcmp(name, "today") == 0 || strcmp(name, "tomorrow") == 0) {
		*start = gp_civil_local(today.year, today.month, today.day +
		    (strcmp(name, "tomorrow") == 0), 0, zone);
		return true;
	}
	*used = numbers(text, &d);
	if (*used == 0)
		*used = words_of(words, text, &d);
	if (*used == 0)
		return false;
	guess = d.year == 0;
	if (guess)
		d.year = today.year;
	/* The 29th of February is in some years only. */
	if (guess && (!is_day(&d) || d.month < today.month ||
	    (d.month == today.month && d.day < today.day)))
		d.year++;
	if (!is_day(&d) || d.year < 2000)
		return false;
	*start = gp_civil_local(d.year, d.month, d.day, 0, zone);
	return true;
}

static int64_t
day_behind(int64_t start, const char *zone)
{
	struct gp_civil c;

	/* Some hours on, as a day may have 23 or 25. */
	gp_time_civil(start + DAY + DAY / 2, zone, &c);
	return gp_civil_local(c.year, c.month, c.day, 0, zone);
}

/* "2 weeks", "10 days", "3 months". */
static bool
length(const struct gp_words *words, const char *p, int64_t *out)
{
	const char *name;
	size_t n;
	int v;

	n = number(p, &v);
	if (n == 0 || v == 0)
		return false;
	p += n + blanks(p + n);
	n = word(words, p, &name);
	if (n == 0 || p[n + blanks(p + n)] != '\0')
		return false;
	*out = (int64_t)v * (strcmp(name, "day") == 0 ? DAY : strcmp(name, "week") == 0 ? 7 * DAY :
	    strcmp(name, "month") == 0 ? 30 * DAY : 0);
	return *out > 0;
}

bool
gp_when_span(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *from, int64_t *to)
{
	const char *p = text + blanks(text), *name;
	int64_t span;
	size_t n;

	*from = now;
	if (length(words, p, &span)) {
		*to = now + span;
		return span <= LONGEST;
	}
	n = word(words, p, &name);
	if (strcmp(name, "from") == 0)
		p += n + blanks(p + n);
	n = word(words, p, &name);
	if (strcmp(name, "to") != 0) {
		if (!gp_when_day(words, p, now, zone, from, &n))
			return false;
		p += n + blanks(p + n);
		*to = day_behind(*from, zone);
		if (*p == '\0')
			return *to > now;
		n = word(words, p, &name);
		if (strcmp(name, "to") != 0)
			return false;
	}
	p += n + blanks(p + n);
	if (!gp_when_day(words, p, *from > now ? *from : now, zone, to, &n) ||
	    p[n + blanks(p + n)] != '\0')
		return false;
	*to = day_behind(*to, zone);
	return *to > *from && *to > now && *to - *from <= LONGEST;
}
