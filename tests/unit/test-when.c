/* SPDX-License-Identifier: ISC */
/* Dates as people write them: what can be read in one way only, and the much that can't. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../src/list/when.h"
#include "site.h"

static struct gp_words *
load_words(const void *ctx)
{
	const char *src = getenv("GP_SRCDIR");
	const char *dir = gp_path_join(ctx, src != NULL ? src : ".", "templates");
	struct gp_templates *set;
	struct gp_words *words;
	struct gp_err err;

	must(gp_templates_load(ctx, &dir, 1, &set, &err), &err);
	must(gp_words_load(ctx, set, &words, &err), &err);
	return words;
}

static int64_t
at(const char *iso)
{
	int64_t t;

	if (!gp_time_parse(iso, &t))
		fail_msg("bad time in the test: %s", iso);
	return t;
}

/* Now is Monday, 23 November 2026, 11:30 in Berlin. Spans as first and last day; "": none. */
#define NOW "2026-11-23T10:30:00Z"
static const char *const spans[][2] = {
	{"2026-12-24 to 2027-01-06", "2026-12-24 2027-01-06"},
	{"2026-12-24 - 2027-01-06", "2026-12-24 2027-01-06"},
	{"2026-12-24 \xe2\x80\x93 2027-01-06", "2026-12-24 2027-01-06"},
	{"2026-12-24 \xe2\x80\x94 2027-01-06", "2026-12-24 2027-01-06"},
	{"from 2026-12-24 to 2027-01-06", "2026-12-24 2027-01-06"},
	{"  from 2026-12-24   until 2027-01-06  ", "2026-12-24 2027-01-06"},
	{"24 December to 6 January", "2026-12-24 2027-01-06"},
	{"24 DECEMBER TO 6 JANUARY", "2026-12-24 2027-01-06"},
	{"from the 24th of December to the 6th of January", "2026-12-24 2027-01-06"},
	{"December 24 to January 6", "2026-12-24 2027-01-06"},
	{"December 24, 2026 to January 6, 2027", "2026-12-24 2027-01-06"},
	{"Dec. 24th - Jan. 6th", "2026-12-24 2027-01-06"},
	{"24 December to 6 January 2027", "2026-12-24 2027-01-06"},
	{"24 December 2026 to 6 January", "2026-12-24 2027-01-06"},
	{"between 24 December and 6 January", "2026-12-24 2027-01-06"},
	{"24 to 26 December", "2026-12-24 2026-12-26"},
	{"24-26 December", "2026-12-24 2026-12-26"},
	{"24th to 26th of December 2026", "2026-12-24 2026-12-26"},
	{"24.12. bis 6.1.", "2026-12-24 2027-01-06"},
	{"24.12.-6.1.", "2026-12-24 2027-01-06"},
	{"24.-26.12.", "2026-12-24 2026-12-26"},
	{"24.12.2026 - 6.1.2027", "2026-12-24 2027-01-06"},
	{"24.12.26 bis 06.01.27", "2026-12-24 2027-01-06"},
	{"24. Dezember bis 6. Januar", "2026-12-24 2027-01-06"},
	{"vom 24. Dezember bis zum 6. J\xc3\xa4nner", "2026-12-24 2027-01-06"},
	{"ab dem 1. M\xc3\x84RZ bis 3. M\xc3\xa4rz", "2027-03-01 2027-03-03"},
	{"du 24 d\xc3\xa9" "cembre au 6 janvier", "2026-12-24 2027-01-06"},
	{"du 24 au 26 d\xc3\xa9" "cembre", "2026-12-24 2026-12-26"},
	{"du 1er au 3 janvier", "2027-01-01 2027-01-03"},
	{"del 24 de diciembre al 6 de enero", "2026-12-24 2027-01-06"},
	{"desde el 24 de diciembre de 2026 hasta el 6 de enero de 2027", "2026-12-24 2027-01-06"},
	{"del 24 al 26 de diciembre", "2026-12-24 2026-12-26"},
	{"24/12/2026 to 31/12/2026", "2026-12-24 2026-12-31"},
	{"12/24/2026 to 12/31/2026", "2026-12-24 2026-12-31"},
	{"24/12 au 31/12", "2026-12-24 2026-12-31"},
	{"until 6 January", "now 2027-01-06"},
	{"till 2026-12-01.", "now 2026-12-01"},
	{"jusqu'au 1er janvier", "now 2027-01-01"},
	{"jusqu\xe2\x80\x99" "au 1er janvier", "now 2027-01-01"},
	{"hasta el 6 de enero", "now 2027-01-06"},
	{"bis 6.1.", "now 2027-01-06"},
	{"2 weeks", "now 2026-12-07"},
	{"1 day", "now 2026-11-24"},
	{"10 days.", "now 2026-12-03"},
	{"3 months", "now 2027-02-21"},
	{"2 Wochen", "now 2026-12-07"},
	{"15 jours", "now 2026-12-08"},
	{"2 semanas", "now 2026-12-07"},
	{"today", "2026-11-23 2026-11-23"},
	{"tomorrow", "2026-11-24 2026-11-24"},
	{"today to tomorrow", "2026-11-23 2026-11-24"},
	{"from today until 30 November", "2026-11-23 2026-11-30"},
	{"heute bis morgen", "2026-11-23 2026-11-24"},
	{"aujourd'hui", "2026-11-23 2026-11-23"},
	{"hoy", "2026-11-23 2026-11-23"},
	{"24 December", "2026-12-24 2026-12-24"},
	{"23 November", "2026-11-23 2026-11-23"},
	{"22 November", "2027-11-22 2027-11-22"},
	{"29 February", "2028-02-29 2028-02-29"},
	{"29 February 2028 to 1 March 2028", "2028-02-29 2028-03-01"},
	/* It has begun already. */
	{"1 November to 10 December", "2026-11-01 2026-12-10"},
	{"1.6. bis 1.3.", "2026-06-01 2027-03-01"},
	{"1 July to 14 July", "2027-07-01 2027-07-14"},
	{"2026-11-01 to 2026-12-10", "2026-11-01 2026-12-10"},
	/* A change of clocks within: in Berlin on 28 March 2027. */
	{"27 March to 29 March", "2027-03-27 2027-03-29"},
	{"28 March 2027", "2027-03-28 2027-03-28"},
	/* What can be read in two ways, or in none. */
	{"3/4/2026 to 5/4/2026", ""},
	{"3/4/2027", ""},
	{"3/4", ""},
	{"", ""},
	{" ", ""},
	{"to", ""},
	{"-", ""},
	{"until", ""},
	{"from", ""},
	{"from to", ""},
	{"24 December to", ""},
	{"to 24 December to 26 December", ""},
	{"24 December 6 January", ""},
	{"24 December to 6 January please call", ""},
	{"whenever I feel like it", ""},
	{"24", ""},
	{"24 to 26", ""},
	{"26 to 24 December", ""},
	{"December", ""},
	{"December to January", ""},
	{"32 December", ""},
	{"31 November", ""},
	{"0 December", ""},
	{"29 February 2027", ""},
	{"2027-02-29", ""},
	{"2027-13-01", ""},
	{"2027-00-10", ""},
	{"2027-1", ""},
	{"24.13.", ""},
	{"1999-12-24", ""},
	{"0024-12-24", ""},
	{"20261224", ""},
	{"99999-12-24", ""},
	{"24 Foo to 26 Foo", ""},
	{"24 Decemberly", ""},
	/* Over, turned round, too long. */
	{"2020-01-01 to 2020-01-05", ""},
	{"1 January 2020", ""},
	{"until 2026-11-22", ""},
	{"2027-01-06 to 2026-12-24", ""},
	{"6 January 2027 to 24 December 2026", ""},
	{"20 December to 10 December", ""},
	{"2027-01-01 to 2099-01-01", ""},
	{"until 2031-01-01", ""},
	{"0 weeks", ""},
	{"-2 weeks", ""},
	{"999 months", ""},
	{"99999999999 days", ""},
	{"2 weeks and a bit", ""},
	{"2 fortnights", ""},
	{"1.5 weeks", ""},
	{"weeks", ""},
	{"\xff\xfe to \xff", ""},
};

static char *
day(const void *ctx, int64_t t, const char *zone)
{
	return gp_time_format(ctx, t, zone, "%Y-%m-%d");
}

static void
test_spans(void **state)
{
	static const char *const zones[] = {"Europe/Berlin", "UTC", "America/New_York",
	    "Pacific/Kiritimati", NULL};
	void *ctx = gp_ctx(NULL);
	struct gp_words *words = load_words(ctx);
	size_t i, k;

	(void)state;
	for (k = 0; k < GP_COUNT(zones); k++) {
		/* The same time of day everywhere. */
		int64_t now = gp_civil_local(2026, 11, 23, 11, zones[k]) + 1800, from, to;

		for (i = 0; i < GP_COUNT(spans); i++) {
			const char *got = "";

			if (gp_when_span(words, spans[i][0], now, zones[k], &from, &to))
				got = gp_asprintf(ctx, "%s %s", from == now ? "now" :
				    day(ctx, from, zones[k]), day(ctx, to - 1, zones[k]));
			if (strcmp(got, spans[i][1]) != 0)
				fail_msg("%s (%s): \"%s\", not \"%s\"", spans[i][0],
				    zones[k] != NULL ? zones[k] : "none", got, spans[i][1]);
		}
	}
	talloc_free(ctx);
}

/* The very seconds: days of 23 and 25 hours, and a zone whose midnight is passed over. */
static void
test_seconds(void **state)
{
	static const struct { const char *zone, *text, *from, *to; } cases[] = {
		{"UTC", "2026-12-24 to 2026-12-24", "2026-12-24T00:00:00Z", "2026-12-25T00:00:00Z"},
		{"Europe/Berlin", "2026-12-24", "2026-12-23T23:00:00Z", "2026-12-24T23:00:00Z"},
		{"Europe/Berlin", "2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"},
		{"Europe/Berlin", "2027-10-31", "2027-10-30T22:00:00Z", "2027-10-31T23:00:00Z"},
		{"America/New_York", "2027-03-14", "2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z"},
		{"Asia/Kolkata", "tomorrow", "2026-11-23T18:30:00Z", "2026-11-24T18:30:00Z"},
	};
	void *ctx = gp_ctx(NULL);
	struct gp_words *words = load_words(ctx);
	int64_t from, to;
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		assert_true(gp_when_span(words, cases[i].text, at(NOW), cases[i].zone, &from, &to));
		assert_string_equal(gp_time_iso(ctx, from), cases[i].from);
		assert_string_equal(gp_time_iso(ctx, to), cases[i].to);
	}
	/* The last evening of a year, in a zone that is ahead. */
	assert_true(gp_when_span(words, "1 January", at("2026-12-31T20:00:00Z"), "Asia/Tokyo", &from,
	    &to));
	assert_string_equal(day(ctx, from, "Asia/Tokyo"), "2027-01-01");
	assert_true(gp_when_span(words, "tomorrow", at("2026-12-31T12:00:00Z"), "UTC", &from, &to));
	assert_string_equal(day(ctx, from, "UTC"), "2027-01-01");
	talloc_free(ctx);
}

/* How much of a text one day takes. */
static void
test_day(void **state)
{
	static const struct { const char *text; size_t used; const char *day; } cases[] = {
		{"24 December he was rude", 11, "2026-12-24"},
		{"2026-12-24: spam", 10, "2026-12-24"},
		{"24.12. spam", 6, "2026-12-24"},
		{"24.12.2026, spam", 10, "2026-12-24"},
		{"December 24, 2026 spam", 17, "2026-12-24"},
		{"24 D\xc3\x89" "CEMBRE 2026 x", 17, "2026-12-24"},
		{"1. M\xc3\x84RZ x", 8, "2027-03-01"},
		{"spam until 24 December", 0, NULL},
		{"", 0, NULL},
		{"1/2/2027", 0, NULL},
	};
	void *ctx = gp_ctx(NULL);
	struct gp_words *words = load_words(ctx);
	int64_t first;
	size_t i, used;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		if (gp_when_day(words, cases[i].text, at(NOW), "UTC", &first, &used) !=
		    (cases[i].day != NULL))
			fail_msg("%s", cases[i].text);
		if (cases[i].day == NULL)
			continue;
		assert_string_equal(day(ctx, first, "UTC"), cases[i].day);
		if (used != cases[i].used)
			fail_msg("%s: %zu, not %zu", cases[i].text, used, cases[i].used);
	}
	talloc_free(ctx);
}

/* Queries, and what becomes of them; NULL: they stay. Now is Monday, 23 November 2026. */
static const char *const queries[][2] = {
	{"swarm since May", "swarm d:2026-05-01.."}, {"since May swarm", "d:2026-05-01.. swarm"},
	{"swarm since December", "swarm d:2025-12-01.."}, {"swarm since May 2024", "swarm d:2024-05-01.."},
	{"swarm in May 2024", "swarm d:2024-05-01..2024-05-31"}, {"swarm in 2024", "swarm d:2024-01-01..2024-12-31"},
	{"swarm before 2024", "swarm d:..2023-12-31"}, {"swarm until 2024", "swarm d:..2024-12-31"},
	{"swarm last week", "swarm d:2026-11-16..2026-11-22"}, {"last week", "d:2026-11-16..2026-11-22"},
	{"swarm this week", "swarm d:2026-11-23..2026-11-29"}, {"LAST WEEK swarm", "d:2026-11-16..2026-11-22 swarm"},
	{"swarm in the last 3 days", "swarm d:2026-11-20..2026-11-23"}, {"past 2 weeks", "d:2026-11-09..2026-11-23"},
	{"swarm last month", "swarm d:2026-10-01..2026-10-31"}, {"last year", "d:2025-01-01..2025-12-31"},
	{"swarm yesterday", "swarm d:2026-11-22..2026-11-22"}, {"since yesterday", "d:2026-11-22.."},
	{"since 3 weeks ago", "d:2026-11-02.."}, {"swarm on 14 May 2024", "swarm d:2024-05-14..2024-05-14"},
	{"swarm on May 14th, 2024", "swarm d:2024-05-14..2024-05-14"}, {"since 24 December", "d:2025-12-24.."},
	{"Honig seit Mai", "Honig d:2026-05-01.."}, {"Honig letzte Woche", "Honig d:2026-11-16..2026-11-22"},
	{"Honig vor 3 Wochen", "Honig d:2026-11-02..2026-11-02"}, {"Honig im März 2024", "Honig d:2024-03-01..2024-03-31"},
	{"Honig gestern", "Honig d:2026-11-22..2026-11-22"}, {"Honig am 14. Mai 2024", "Honig d:2024-05-14..2024-05-14"},
	{"miel depuis mai", "miel d:2026-05-01.."}, {"miel la semaine dernière", "miel d:2026-11-16..2026-11-22"},
	{"miel en mars 2024", "miel d:2024-03-01..2024-03-31"}, {"les 3 derniers jours", "d:2026-11-20..2026-11-23"},
	{"miel il y a 3 jours", "miel d:2026-11-20..2026-11-20"}, {"miel depuis le 14 mai 2024", "miel d:2024-05-14.."},
	{"miel desde mayo", "miel d:2026-05-01.."}, {"la semana pasada", "d:2026-11-16..2026-11-22"},
	{"hace 3 semanas", "d:2026-11-02..2026-11-02"}, {"miel en marzo de 2024", "miel d:2024-03-01..2024-03-31"},
	{"", NULL}, {"swarm", NULL}, {"\"last week\"", NULL}, {"\"swarm since May\"", NULL}, {"last weekend", NULL},
	{"since", NULL}, {"since Mayhem", NULL}, {"may", NULL}, {"today", NULL}, {"in hives", NULL}, {"last", NULL},
	{"since 20245", NULL}, {"2024", NULL}, {"march", NULL}, {"in 99", NULL}, {"week", NULL}, {"3 weeks", NULL},
	{"after:2024", NULL}, {"d:2024..", NULL}, {"before queens", NULL}, {"\"open since May", NULL}, {"-since", NULL},
	{"last 0 days", NULL}, {"since 0 weeks ago", NULL}, {"last 99999 days", NULL},
};

static void
test_queries(void **state)
{
	void *ctx = gp_ctx(NULL);
	struct gp_words *words = load_words(ctx);
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(queries); i++) {
		const char *want = queries[i][1] != NULL ? queries[i][1] : queries[i][0];
		char *read, *got = gp_when_query(ctx, words, queries[i][0], at(NOW), &read);

		if (strcmp(got, want) != 0 || (read != NULL) != (queries[i][1] != NULL))
			fail_msg("%s: %s, not %s", queries[i][0], got, want);
	}
	talloc_free(ctx);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
