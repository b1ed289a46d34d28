/* SPDX-License-Identifier: ISC */
/*
 * Dates as people write them. Only what can't be misread: 3/4/2026 is April here and March
 * there, so slashes are taken only where one of the two can't be a month.
 */
#include "config.h"

#include "when.h"

#include <string.h>

enum {
	DAY = 86400,
	LONGEST = 2 * 366 * DAY,
	/* Longer than this without a year, the two days were turned round. */
	LONGEST_GUESS = 300 * DAY
};

struct date {
	int year, month, day;	/* year 0: not said */
};

struct reader {
	const struct gp_words *words;
	const char *zone;
	struct gp_civil today;
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

/* A word about dates at p; its length, or 0. *name: what it means, "" for nothing. */
static size_t
word(const struct reader *r, const char *p, const char **name)
{
	const struct gp_word *w;
	size_t used;

	w = gp_words_find(r->words, GP_WORD_DATE, p, &used);
	*name = w != NULL ? w->name : "";
	return w != NULL ? used : 0;
}

static size_t
blanks(const char *p)
{
	return strspn(p, " \t,");
}

/* Blanks, and words that only stand there: "the", "of". */
static size_t
skip(const struct reader *r, const char *p)
{
	size_t at = blanks(p), n;
	const char *name;

	while ((n = word(r, p + at, &name)) > 0 &&
	    (strcmp(name, "the") == 0 || strcmp(name, "of") == 0)) {
		at += n;
		at += blanks(p + at);
	}
	return at;
}

/* The length of that word at p, and of the blanks behind it; 0: it isn't there. */
static size_t
takes(const struct reader *r, const char *p, const char *wanted)
{
	const char *name;
	size_t n = word(r, p, &name);

	return n > 0 && strcmp(name, wanted) == 0 ? n + skip(r, p + n) : 0;
}

static size_t
month_word(const struct reader *r, const char *p, int *month)
{
	const char *name;
	size_t n = word(r, p, &name);
	int64_t v;

	if (n == 0 || (*p >= '0' && *p <= '9') || !gp_parse_int(name, 1, 12, &v))
		return 0;
	*month = (int)v;
	return n + (p[n] == '.');
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
year_behind(const struct reader *r, const char *p, int *year)
{
	size_t at = skip(r, p), n = number(p + at, year);

	if (n != 4) {
		*year = 0;
		return 0;
	}
	return at + n;
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
	if (n > 2 || m > 2)
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
	/* A slash is for both: day first and month first. */
	if (sep == '/' && a <= 12 && b <= 12 && a != b)
		return 0;
	*d = sep == '/' && b > 12 ? (struct date){c, a, b} : (struct date){c, b, a};
	return k;
}

/* "24 December 2026", "December 24, 2026", "24. Dezember", "24 de diciembre de 2026". */
static size_t
words_of(const struct reader *r, const char *p, struct date *d)
{
	size_t n, at;

	memset(d, 0, sizeof(*d));
	n = month_word(r, p, &d->month);
	if (n > 0) {
		at = n + skip(r, p + n);
		n = number(p + at, &d->day);
		if (n == 0 || n > 2)
			return 0;
		at += n;
		at += ordinal(p + at);
		return at + year_behind(r, p + at, &d->year);
	}
	n = number(p, &d->day);
	if (n == 0 || n > 2)
		return 0;
	at = n + ordinal(p + n);
	at += skip(r, p + at);
	n = month_word(r, p + at, &d->month);
	if (n == 0)
		return 0;
	at += n;
	return at + year_behind(r, p + at, &d->year);
}

static bool
is_day(const struct date *d)
{
	struct gp_civil c;

	if (d->month < 1 || d->month > 12 || d->day < 1 || d->day > 31 || d->year < 2000)
		return false;
	gp_time_civil(gp_civil_time(d->year, d->month, d->day, 0, 0, 0), NULL, &c);
	return c.day == d->day && c.month == d->month;
}

/* A day at p; its length, or 0. */
static size_t
read_day(const struct reader *r, const char *p, struct date *d)
{
	size_t at = skip(r, p), n;
	struct gp_civil c;
	const char *name;

	n = word(r, p + at, &name);
	if (strcmp(name, "today") == 0 || strcmp(name, "tomorrow") == 0) {
		gp_time_civil(gp_civil_time(r->today.year, r->today.month, r->today.day +
		    (strcmp(name, "tomorrow") == 0), 0, 0, 0), NULL, &c);
		*d = (struct date){c.year, c.month, c.day};
		return at + n;
	}
	n = numbers(p + at, d);
	if (n == 0)
		n = words_of(r, p + at, d);
	return n == 0 ? 0 : at + n;
}

static int
compare(const struct date *a, const struct date *b)
{
	return a->year != b->year ? a->year - b->year : a->month != b->month ? a->month - b->month :
	    a->day - b->day;
}

/* Its year, where none was said: the first from `since` on. False: there is no such day. */
static bool
complete(struct date *d, const struct date *since)
{
	int last = since->year + 8;

	if (d->year != 0)
		return is_day(d);
	/* The 29th of February is in some years only. */
	for (d->year = since->year; d->year <= last; d->year++)
		if (is_day(d) && compare(d, since) >= 0)
			return true;
	return false;
}

static int64_t
start_of(const struct reader *r, const struct date *d)
{
	return gp_civil_local(d->year, d->month, d->day, 0, r->zone);
}

static int64_t
end_of(const struct reader *r, const struct date *d)
{
	struct gp_civil c;

	gp_time_civil(gp_civil_time(d->year, d->month, d->day + 1, 0, 0, 0), NULL, &c);
	return gp_civil_local(c.year, c.month, c.day, 0, r->zone);
}

static void
start(struct reader *r, const struct gp_words *words, int64_t now, const char *zone)
{
	r->words = words;
	r->zone = zone;
	gp_time_civil(now, zone, &r->today);
}

bool
gp_when_day(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *first, size_t *used)
{
	char *folded = gp_utf8_fold(NULL, text, strlen(text));
	struct date d, today;
	struct reader r;
	size_t n;
	bool ok;

	start(&r, words, now, zone);
	today = (struct date){r.today.year, r.today.month, r.today.day};
	n = read_day(&r, folded, &d);
	ok = n > 0 && complete(&d, &today);
	if (ok) {
		*first = start_of(&r, &d);
		*used = gp_utf8_skip(text, strlen(text), gp_utf8_count(folded, n));
	}
	talloc_free(folded);
	return ok;
}

/* "2 weeks", "10 days": from today on, that many whole days and what is left of today. */
static bool
read_length(const struct reader *r, const char *p, struct date *to)
{
	struct gp_civil c;
	const char *name;
	int64_t days;
	size_t n;
	int v;

	n = number(p, &v);
	if (n == 0 || v == 0 || v > 999)
		return false;
	p += n + blanks(p + n);
	n = word(r, p, &name);
	if (n == 0 || p[n + strspn(p + n, " .")] != '\0')
		return false;
	days = strcmp(name, "day") == 0 ? v : strcmp(name, "week") == 0 ? 7 * (int64_t)v :
	    strcmp(name, "month") == 0 ? 30 * (int64_t)v : 0;
	if (days == 0)
		return false;
	gp_time_civil(gp_civil_time(r->today.year, r->today.month, r->today.day, 0, 0, 0) +
	    days * DAY, NULL, &c);
	*to = (struct date){c.year, c.month, c.day};
	return true;
}

/* "24" in "24 to 26 December": the day alone, in front of "to". */
static size_t
bare_day(const struct reader *r, const char *p, struct date *d)
{
	size_t at = skip(r, p), n;

	memset(d, 0, sizeof(*d));
	n = number(p + at, &d->day);
	if (n == 0 || n > 2)
		return 0;
	at += n;
	/* "24.-26.": a full stop in front of the dash is one of an ordinal too. */
	at += p[at] == '.' ? 1 : ordinal(p + at);
	return takes(r, p + at + blanks(p + at), "to") > 0 ? at : 0;
}

/* Both days without a year: a pause that has begun already, or the next one. */
static bool
guess(const struct reader *r, struct date *from, struct date *to)
{
	struct date today = {r->today.year, r->today.month, r->today.day}, begun = *from, end = *to;

	begun.year = today.year;
	if (is_day(&begun) && compare(&begun, &today) < 0 && complete(&end, &today) &&
	    end_of(r, &end) - start_of(r, &begun) <= LONGEST_GUESS) {
		*from = begun;
		*to = end;
		return true;
	}
	return complete(from, &today) && complete(to, from) &&
	    end_of(r, to) - start_of(r, from) <= LONGEST_GUESS;
}

static bool
read_span(const struct reader *r, const char *p, struct date *from, struct date *to)
{
	struct date today = {r->today.year, r->today.month, r->today.day};
	size_t n;
	bool bare = false;

	p += skip(r, p);
	if (read_length(r, p, to))
		return true;
	p += takes(r, p, "from");
	n = takes(r, p, "to");
	if (n == 0) {
		n = read_day(r, p, from);
		if (n == 0) {
			n = bare_day(r, p, from);
			bare = n > 0;
		}
		if (n == 0)
			return false;
		p += n;
		p += blanks(p);
		if (p[strspn(p, " .")] == '\0') {
			*to = *from;
			return complete(from, &today) && complete(to, from);
		}
		n = takes(r, p, "to");
		if (n == 0)
			return false;
	}
	p += n;
	n = read_day(r, p, to);
	if (n == 0 || p[n + strspn(p + n, " .,")] != '\0')
		return false;
	if (from->month == 0 && !bare)
		return complete(to, &today);
	if (bare) {
		if (from->day > to->day)
			return false;
		from->month = to->month;
		from->year = to->year;
	}
	if (from->year != 0)
		return is_day(from) && complete(to, from);
	if (to->year == 0)
		return guess(r, from, to);
	/* "24 December to 6 January 2027" */
	from->year = to->year;
	if (compare(from, to) > 0)
		from->year--;
	return is_day(from) && is_day(to);
}

bool
gp_when_span(const struct gp_words *words, const char *text, int64_t now, const char *zone,
    int64_t *from, int64_t *to)
{
	char *folded = gp_utf8_fold(NULL, text, strlen(text));
	struct date first = {0, 0, 0}, last = {0, 0, 0};
	struct reader r;
	bool ok;

	start(&r, words, now, zone);
	ok = read_span(&r, folded, &first, &last);
	talloc_free(folded);
	if (!ok)
		return false;
	*from = first.month != 0 ? start_of(&r, &first) : now;
	*to = end_of(&r, &last);
	return *to > *from && *to > now && *to - *from <= LONGEST;
}
