/* SPDX-License-Identifier: ISC */
/* Digests: when they are due, what is in them, and that none comes twice. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "site.h"

#include "guildpost/digest.h"

static void
test_spans(void **state)
{
	static const struct {
		const char *zone;
		int delivery, hour, weekday, monthday;
		const char *now, *from, *to;
	} cases[] = {
		{"UTC", GP_DELIVERY_DAILY, 7, 1, 1, "2026-11-23T12:00:00Z", "2026-11-22T07:00:00Z",
		    "2026-11-23T07:00:00Z"},
		{"UTC", GP_DELIVERY_DAILY, 7, 1, 1, "2026-11-23T07:00:00Z", "2026-11-22T07:00:00Z",
		    "2026-11-23T07:00:00Z"},
		{"UTC", GP_DELIVERY_DAILY, 7, 1, 1, "2026-11-23T06:59:59Z", "2026-11-21T07:00:00Z",
		    "2026-11-22T07:00:00Z"},
		{"Europe/Berlin", GP_DELIVERY_DAILY, 7, 1, 1, "2026-11-23T12:00:00Z",
		    "2026-11-22T06:00:00Z", "2026-11-23T06:00:00Z"},
		/* Clocks go forward on 2026-03-29 at 02:00: the hour is not there, and back on 10-25. */
		{"Europe/Berlin", GP_DELIVERY_DAILY, 2, 1, 1, "2026-03-29T12:00:00Z",
		    "2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", GP_DELIVERY_DAILY, 7, 1, 1, "2026-03-29T12:00:00Z",
		    "2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z"},
		{"Europe/Berlin", GP_DELIVERY_DAILY, 7, 1, 1, "2026-10-25T12:00:00Z",
		    "2026-10-24T05:00:00Z", "2026-10-25T06:00:00Z"},
		{"UTC", GP_DELIVERY_WEEKLY, 7, 1, 1, "2026-11-23T12:00:00Z", "2026-11-16T07:00:00Z",
		    "2026-11-23T07:00:00Z"},
		{"UTC", GP_DELIVERY_WEEKLY, 7, 0, 1, "2026-11-23T12:00:00Z", "2026-11-15T07:00:00Z",
		    "2026-11-22T07:00:00Z"},
		{"UTC", GP_DELIVERY_MONTHLY, 7, 1, 1, "2026-11-23T12:00:00Z", "2026-10-01T07:00:00Z",
		    "2026-11-01T07:00:00Z"},
		{"UTC", GP_DELIVERY_MONTHLY, 7, 1, 1, "2026-01-01T06:00:00Z", "2025-11-01T07:00:00Z",
		    "2025-12-01T07:00:00Z"},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_digest_times times;
		int64_t now, to, from;

		p->bees->set.timezone = gp_strdup(p->ctx, cases[i].zone);
		p->bees->set.digest_hour = cases[i].hour;
		p->bees->set.digest_weekday = cases[i].weekday;
		p->bees->set.digest_monthday = cases[i].monthday;
		assert_true(gp_time_parse(cases[i].now, &now));
		gp_digest_times_of(p->bees, NULL, &times);
		to = gp_digest_last_due(&times, cases[i].delivery, now);
		from = gp_digest_last_due(&times, cases[i].delivery, to - 1);
		assert_string_equal(gp_time_iso(p->ctx, to), cases[i].to);
		assert_string_equal(gp_time_iso(p->ctx, from), cases[i].from);
		assert_int_equal(gp_digest_next_due(&times, cases[i].delivery, from), to);
		assert_true(gp_digest_next_due(&times, cases[i].delivery, now) > now);
	}
}

static void
post(struct place *p, const char *id, const char *subject, const char *reply_to, const char *body)
{
	struct gp_inbound in;
	struct gp_outcome o = {0};
	struct gp_err err;

	incoming(p->ctx, gp_asprintf(p->ctx, "From: Bob <bob@example.net>\nSubject: %s\n"
	    "Message-ID: <%s@x.example>\nDate: Mon, 23 Nov 2026 11:59:00 +0000\n%s%s%s\n%s", subject, id,
	    reply_to != NULL ? "In-Reply-To: <" : "", reply_to != NULL ? reply_to : "",
	    reply_to != NULL ? "@x.example>\n" : "", body), "bob@example.net", &in);
	in.received = gp_now();
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_post(p->ctx, p->site, p->bees, &in, NULL, &o, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* The turn of the clock at a time, as often as it asks for; how many mails it gave. */
static size_t
run(struct place *p, const char *now)
{
	struct gp_digester *d = gp_digester_new(p->ctx, p->site);
	bool more = true;
	struct gp_err err;
	int64_t t;
	size_t n = 0;

	assert_true(gp_time_parse(now, &t));
	gp_clock_set(t, true);
	while (more)
		must(gp_digester_run(d, t, 1000, &n, &more, &err), &err);
	talloc_free(d);
	return n;
}

/* What everybody may read of some days before the clock. */
static struct gp_digest *
look(struct place *p, int days, int form, int64_t minutes)
{
	struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - days * 86400, gp_now() + 1},
	    .language = "en", .timezone = "UTC", .form = form, .minutes = minutes, .hour = 7};
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_digest *d;
	struct gp_err err;

	must(gp_news_pool_between(p->ctx, p->site, p->bees, how.span.from, how.span.to, &pool, &err), &err);
	must(gp_issue_pick(p->ctx, p->site, pool, NULL, -1, 0, how.span.from, &issue, &err), &err);
	must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
	return d;
}

static void
test_once_and_never_empty(void **state)
{
	struct place *p = *state;

	/* Cleo is the only one who wants a digest. */
	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post(p, "one", "Wax moths", NULL, "Who has seen wax moths?\n");
	assert_int_equal(run(p, "2026-11-23T13:00:00Z"), 0);
	assert_int_equal(run(p, "2026-11-24T06:59:00Z"), 0);
	assert_int_equal(run(p, "2026-11-24T07:00:00Z"), 1);
	assert_int_equal(run(p, "2026-11-24T07:01:00Z"), 0);
	assert_int_equal(run(p, "2026-11-25T07:01:00Z"), 0);
	post(p, "two", "Re: Wax moths", "one", "I have.\n");
	/* Down for ten days: one digest, with everything. */
	assert_int_equal(run(p, "2026-12-05T09:00:00Z"), 1);
	assert_int_equal(run(p, "2026-12-05T09:01:00Z"), 0);
	/* The clock goes back a day: nothing comes again. */
	assert_int_equal(run(p, "2026-12-04T09:00:00Z"), 0);
}

static void
test_what_is_in_it(void **state)
{
	struct place *p = *state;
	struct gp_digest *d;
	int i;

	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post(p, "one", "Wax moths", NULL, "Who has seen *wax* moths?\n");
	post(p, "two", "Re: Wax moths", "one", "> Who has seen\n\nI have, <script>alert(1)</script>.\n");
	for (i = 0; i < 5; i++)
		post(p, gp_asprintf(p->ctx, "s%d", i), gp_asprintf(p->ctx, "Single [x](http://evil/) %d", i),
		    NULL, "One post.\n");
	d = look(p, 8, GP_FORM_SUMMARY, 0);
	assert_int_equal(d->messages, 7);
	assert_int_equal(d->threads, 6);
	assert_non_null(strstr(d->subject, "7 messages"));
	assert_non_null(strstr(d->text, "Wax moths"));
	/* Nothing of a post becomes markup. */
	assert_null(strstr(d->html, "<script"));
	assert_non_null(strstr(d->html, "Single [x]("));
	assert_non_null(strstr(d->html, "*wax*"));
	/* Own words only. */
	assert_null(strstr(d->text, "> Who has seen"));
	assert_true(strlen(d->html) < 100000);
}

static void
test_many_posts_stay_below_the_limit(void **state)
{
	struct place *p = *state;
	struct gp_digest *d;
	char *body = gp_array(p->ctx, char, 3000);
	int i;

	for (i = 0; i < 2998; i++)
		body[i] = i % 7 == 6 ? ' ' : (char)('a' + i % 26);
	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	for (i = 0; i < 300; i++)
		post(p, gp_asprintf(p->ctx, "p%d", i), gp_asprintf(p->ctx, "Thread %d", i % 90),
		    i < 90 ? NULL : gp_asprintf(p->ctx, "p%d", i % 90), body);
	d = look(p, 8, GP_FORM_SUMMARY, 0);
	assert_int_equal(d->messages, 300);
	assert_true(strlen(d->html) < 100000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_spans),
		TEST(test_once_and_never_empty),
		TEST(test_what_is_in_it),
		TEST(test_many_posts_stay_below_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
