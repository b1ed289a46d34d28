/* SPDX-License-Identifier: ISC */
/*
 * Dates in a search, as people write them: "swarm since May", "varroa last week", "acide en mars
 * 2024", "Honig vor 3 Wochen". What can be read as a span of time becomes one of the fields that the
 * search knows (d:2026-05-01..); all else stays as it is, and so does what is quoted. A month without
 * a year is the last one that has begun.
 */
#include "config.h"

#include "when.h"

#include <string.h>

enum { DAY = 86400, YEAR_FIRST = 1970, YEAR_LAST = 2100, MANY = 999 };

struct look {
	const struct gp_words *words;
	struct gp_civil today;
};

/* [from, to) as days; an end may be open. */
struct days {
	int64_t from, to;
};

/* How many of something there are: "3"; its length or 0. */
static size_t
number(const char *p, int max, int *out)
{
	size_t n = strspn(p, "0123456789"), i;

	*out = 0;
	if (n == 0 || n > 4)
		return 0;
	for (i = 0; i < n; i++)
		*out = *out * 10 + (p[i] - '0');
	if (*out <= max)
		return n;
	*out = 0;
	return 0;
}

static size_t
blanks(const char *p)
{
	return strspn(p, " ,");
}

/* That word at p, and the blanks behind it; 0: it isn't there. */
static size_t
takes(const struct look *l, enum gp_word_kind kind, const char *p, const char *wanted)
{
	size_t used;
	const struct gp_word *w = gp_words_find(l->words, kind, p, &used);

	return w != NULL && strcmp(w->name, wanted) == 0 ? used + blanks(p + used) : 0;
}

static size_t
skip(const struct look *l, const char *p)
{
	size_t at = 0, n;

	while ((n = takes(l, GP_WORD_DATE, p + at, "the")) > 0 || (n = takes(l, GP_WORD_DATE, p + at, "of")) > 0 ||
	    (n = takes(l, GP_WORD_SPAN, p + at, "the")) > 0)
		at += n;
	return at;
}

static int64_t
midnight(int year, int month, int day)
{
	return gp_civil_time(year, month, day, 0, 0, 0);
}

/* "week": the one that began `back` before this one, and so many of them (from then to now). */
static size_t
unit(const struct look *l, const char *p, int back, int many, struct days *out)
{
	int64_t today = midnight(l->today.year, l->today.month, l->today.day);
	int64_t monday = today - (l->today.weekday + 6) % 7 * DAY;
	int y = l->today.year, m = l->today.month;
	size_t n;

	if ((n = takes(l, GP_WORD_DATE, p, "day")) > 0)
		*out = many > 0 ? (struct days){today - many * DAY, today + DAY} :
		    (struct days){today - back * DAY, today - back * DAY + DAY};
	else if ((n = takes(l, GP_WORD_DATE, p, "week")) > 0)
		*out = many > 0 ? (struct days){today - 7 * many * DAY, today + DAY} :
		    (struct days){monday - 7 * back * DAY, monday + 7 * (1 - back) * DAY};
	else if ((n = takes(l, GP_WORD_DATE, p, "month")) > 0)
		*out = many > 0 ? (struct days){midnight(y, m - many, l->today.day), today + DAY} :
		    (struct days){midnight(y, m - back, 1), midnight(y, m - back + 1, 1)};
	else if ((n = takes(l, GP_WORD_SPAN, p, "year")) > 0)
		*out = many > 0 ? (struct days){midnight(y - many, m, l->today.day), today + DAY} :
		    (struct days){midnight(y - back, 1, 1), midnight(y - back + 1, 1, 1)};
	return n;
}

/* "last week", "the past 3 days", "les 3 derniers jours", "la semaine dernière", "this year". */
static size_t
relative(const struct look *l, const char *p, struct days *out)
{
	size_t at = 0, n;
	int many = 0, back = -1;

	if ((n = number(p, MANY, &many)) > 0)
		at += n + blanks(p + n);
	if (n > 0 && many == 0)
		return 0;
	if ((n = takes(l, GP_WORD_SPAN, p + at, "last")) > 0)
		back = 1;
	else if (many == 0 && (n = takes(l, GP_WORD_SPAN, p + at, "this")) > 0)
		back = 0;
	at += n;
	if (back == 1 && many == 0 && (n = number(p + at, MANY, &many)) > 0) {
		if (many == 0)
			return 0;
		at += n + blanks(p + at + n);
	}
	n = unit(l, p + at, back, many, out);
	if (n == 0)
		return 0;
	at += n;
	if (back < 0) {
		/* "semaine dernière" */
		n = takes(l, GP_WORD_SPAN, p + at, "last");
		if (n == 0 || unit(l, p, 1, many, out) == 0)
			return 0;
		at += n;
	}
	return at;
}

/* "3 weeks ago", "vor 3 Wochen": that day. */
static size_t
ago(const struct look *l, const char *p, struct days *out)
{
	size_t before = takes(l, GP_WORD_SPAN, p, "ago"), at, n;
	int many;

	if (before == 0)
		before = takes(l, GP_WORD_SPAN, p, "before");
	at = before;
	n = number(p + at, MANY, &many);
	if (n == 0 || many == 0)
		return 0;
	at += n + blanks(p + at + n);
	n = unit(l, p + at, 0, many, out);
	if (n == 0)
		return 0;
	at += n;
	n = takes(l, GP_WORD_SPAN, p + at, "ago");
	if (before == 0 && n == 0)
		return 0;
	out->to = out->from + DAY;
	return at + n;
}

static size_t
year(const char *p, int *out)
{
	size_t n = number(p, YEAR_LAST, out);

	return n == 4 && *out >= YEAR_FIRST && (p[n] == '\0' || strchr(" ,.", p[n]) != NULL) ?
	    n + blanks(p + n) : 0;
}

static size_t
month(const struct look *l, const char *p, int *out)
{
	size_t used;
	const struct gp_word *w = gp_words_find(l->words, GP_WORD_DATE, p, &used);
	int64_t v;

	if (w == NULL || !gp_parse_int(w->name, 1, 12, &v))
		return 0;
	*out = (int)v;
	used += p[used] == '.';
	return used + blanks(p + used);
}

/* "14", "14th", "14." */
static size_t
day(const char *p, int *out)
{
	static const char *const ends[] = {"th", "st", "nd", "rd", "er", ".", "\xc2\xba", ""};
	size_t n = number(p, 31, out), i, len;

	for (i = 0; n > 0 && n <= 2 && *out > 0 && i < GP_COUNT(ends); i++) {
		len = strlen(ends[i]);
		if (strncmp(p + n, ends[i], len) == 0 && (p[n + len] == '\0' || strchr(" ,", p[n + len]) != NULL))
			return n + len + blanks(p + n + len);
	}
	*out = 0;
	return 0;
}

/* "May", "May 2024", "14 May", "May 14, 2024", "14 de mayo de 2024". */
static size_t
named(const struct look *l, const char *p, struct days *out)
{
	int d = 0, m = 0, y = 0;
	size_t at = day(p, &d), n;

	at += at > 0 ? skip(l, p + at) : 0;
	n = month(l, p + at, &m);
	if (n == 0)
		return 0;
	at += n;
	if (d == 0)
		at += day(p + at, &d);
	n = skip(l, p + at);
	if (year(p + at + n, &y) > 0)
		at += n + year(p + at + n, &y);
	if (y == 0)
		y = l->today.year - (m > l->today.month || (m == l->today.month && d > l->today.day));
	*out = d > 0 ? (struct days){midnight(y, m, d), midnight(y, m, d) + DAY} :
	    (struct days){midnight(y, m, 1), midnight(y, m + 1, 1)};
	return at;
}

/* Something that is a time; `bare`: without a word in front that says so. */
static size_t
moment(const struct look *l, const char *p, bool bare, struct days *out)
{
	int64_t today = midnight(l->today.year, l->today.month, l->today.day);
	size_t at = skip(l, p), n;
	int y;

	if ((n = relative(l, p + at, out)) > 0 || (n = ago(l, p + at, out)) > 0)
		return at + n;
	if ((n = takes(l, GP_WORD_SPAN, p + at, "yesterday")) > 0)
		*out = (struct days){today - DAY, today};
	else if (bare)
		return 0;
	else if ((n = takes(l, GP_WORD_DATE, p + at, "today")) > 0)
		*out = (struct days){today, today + DAY};
	else if ((n = named(l, p + at, out)) == 0 && (n = year(p + at, &y)) > 0)
		*out = (struct days){midnight(y, 1, 1), midnight(y + 1, 1, 1)};
	return n > 0 ? at + n : 0;
}

/* A span at p: "since May", "in 2024", "last week"; its length, or 0. */
static size_t
span(const struct look *l, const char *p, struct days *out)
{
	static const char *const before[] = {"since", "before", "until", "in"};
	size_t i, n, len;

	n = moment(l, p, true, out);
	for (i = 0; n == 0 && i < GP_COUNT(before); i++) {
		len = takes(l, GP_WORD_SPAN, p, before[i]);
		if (len == 0 || (n = moment(l, p + len, false, out)) == 0)
			continue;
		n += len;
		if (i == 0)
			out->to = INT64_MAX;
		else if (i == 1)
			*out = (struct days){INT64_MIN, out->from};
		else if (i == 2)
			out->from = INT64_MIN;
	}
	while (n > 0 && strchr(" ,", p[n - 1]) != NULL)
		n--;
	/* "last weekend" is not "last week". */
	return n > 0 && p[n] != '\0' && strchr(" ,", p[n]) == NULL ? 0 : n;
}

static void
put_span(struct gp_buf *b, const void *ctx, const struct days *d)
{
	gp_buf_printf(b, "d:%s..%s", d->from == INT64_MIN ? "" : gp_time_format(ctx, d->from, NULL, "%Y-%m-%d"),
	    d->to == INT64_MAX ? "" : gp_time_format(ctx, d->to - DAY, NULL, "%Y-%m-%d"));
}

char *
gp_when_query(const void *ctx, const struct gp_words *words, const char *query, int64_t now, char **read)
{
	struct look l = {words, {0}};
	const char *p = query;
	struct days d;
	struct gp_buf b;
	bool quoted = false;
	size_t n;

	*read = NULL;
	gp_time_civil(now, NULL, &l.today);
	gp_buf_init(&b, ctx, 64 << 10);
	gp_buf_puts(&b, "");
	while (*p != '\0') {
		n = quoted || *read != NULL || strlen(p) > 400 ? 0 : span(&l, p, &d);
		if (n > 0) {
			put_span(&b, ctx, &d);
			*read = gp_strndup(ctx, p, n);
			p += n;
			continue;
		}
		/* On to the next word. */
		do {
			quoted ^= *p == '"';
			gp_buf_putc(&b, *p++);
		} while (*p != '\0' && (p[-1] != ' ' || *p == ' ' || quoted));
	}
	return b.over ? gp_strdup(ctx, query) : b.p;
}
