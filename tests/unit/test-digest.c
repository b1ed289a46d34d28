/* SPDX-License-Identifier: ISC */
/* Digests: when they are due, what is in them, and that none comes twice. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

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

/* ---- for one reader ------------------------------------------------------------------------ */

static void
post_by(struct place *p, const char *from, const char *id, const char *subject, const char *reply_to, const char *body)
{
	struct gp_inbound in;
	struct gp_outcome o = {0};
	struct gp_err err;

	incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nSubject: %s\nMessage-ID: <%s@x.example>\n"
	    "Date: Mon, 23 Nov 2026 11:59:00 +0000\n%s%s%s\n%s", from, subject, id, reply_to != NULL ? "In-Reply-To: <" : "",
	    reply_to != NULL ? reply_to : "", reply_to != NULL ? "@x.example>\n" : "", body), "bob@example.net", &in);
	in.received = gp_now();
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_post(p->ctx, p->site, p->bees, &in, NULL, &o, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static int64_t
member_of(struct place *p, const char *address)
{
	struct gp_member *m;
	struct gp_err err;

	must(gp_member_find(p->ctx, p->site->store, p->bees->id, address, &m, &err), &err);
	return m->id;
}

static void
choose(struct place *p, const char *address, const char *key, const char *value)
{
	int64_t id = member_of(p, address);
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, id, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static int64_t
message(struct place *p, const char *id)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n;

	must(gp_message_find_msgid(p->ctx, p->site->store, p->bees->id, gp_asprintf(p->ctx, "%s@x.example", id), &v, &n,
	    &err), &err);
	assert_int_equal(n, 1);
	return v[0]->id;
}

/* The newest digest to somebody. */
static struct gp_mail *
digest_to(struct place *p, const char *address)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0)
		if (v[n]->kind == GP_JOB_DIGEST && strcmp(goes_to(p, v[n]), address) == 0)
			return read_job(p, v[n]);
	fail_msg("no digest to %s", address);
	return NULL;
}

static void
in_order(const char *text, const char *const *v, size_t n)
{
	const char *at = text;
	size_t i;

	for (i = 0; i < n; i++) {
		at = strstr(at, v[i]);
		if (at == NULL)
			fail_msg("\"%s\" is not there, or not behind \"%s\" in:\n%s", v[i], i > 0 ? v[i - 1] : "", text);
	}
}

static void
test_order(void **state)
{
	static const char *const order[] = {"Answers to you\n--------------", "Mites in May", "in answer to you", "Where you take part\n-------------------",
	    "Feeding", "Questions\n---------", "Varroa treatment?", "you said that you can help", "Which smoker?",
	    "Conversations\n-------------", "Harvest", "Also new\n--------", "Market"};
	struct place *p = *state;
	struct gp_mail *m;
	struct gp_err err;

	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post_by(p, "Cleo <cleo@example.com>", "old1", "Mites in May", NULL, "I found mites.\n");
	post_by(p, "Bob <bob@example.net>", "old0", "Feeding", NULL, "With what?\n");
	post_by(p, "Cleo <cleo@example.com>", "old2", "Re: Feeding", "old0", "Sugar.\n");
	post_by(p, "Bob <bob@example.net>", "old3", "Harvest", NULL, "Ten jars.\n");
	/* Everybody is known by now. */
	post_by(p, "Ann <ann@example.org>", "old4", "Noise", NULL, "Loud.\n");
	assert_int_equal(run(p, "2026-11-24T07:00:00Z"), 1);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_skill_set(p->site->store, member_of(p, "cleo@example.com"), "varroa", true, &err), &err);
	must(gp_interest_set(p->site->store, member_of(p, "cleo@example.com"), message(p, "old4"), GP_INTEREST_MUTE, &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	post_by(p, "Ann <ann@example.org>", "n1", "Which smoker?", NULL, "Which smoker should I buy, and where do you get yours?\n");
	post_by(p, "Bob <bob@example.net>", "n2", "Varroa treatment?", NULL, "How do you treat varroa in autumn? What works?\n");
	post_by(p, "Bob <bob@example.net>", "n3", "Re: Mites in May", "old1", "> I found\n\nSo did I.\n");
	post_by(p, "Ann <ann@example.org>", "n4", "Re: Feeding", "old0", "Honey.\n");
	post_by(p, "Ann <ann@example.org>", "n5", "Re: Harvest", "old3", "Twelve jars.\n");
	post_by(p, "Ann <ann@example.org>", "n6", "Market", NULL, "On Sunday we sell.\n");
	post_by(p, "Ann <ann@example.org>", "n7", "Re: Noise", "old4", "Louder.\n");
	assert_int_equal(run(p, "2026-11-25T07:00:00Z"), 1);
	m = digest_to(p, "cleo@example.com");
	in_order(m->text, order, GP_COUNT(order));
	assert_null(strstr(m->text, "Louder"));
	assert_non_null(strstr(m->text, "One thread that you muted"));
	assert_non_null(strstr(m->subject, "6 messages, 1 thread answers you"));
	assert_non_null(strstr(m->text, "every day at 7:00 (UTC)"));
}

static void
test_choices(void **state)
{
	struct place *p = *state;
	struct gp_mail *m;
	const char *text;
	size_t i, originals = 0;

	choose(p, "cleo@example.com", "timezone", "Asia/Kolkata");
	choose(p, "cleo@example.com", "digest_hour", "18");
	choose(p, "cleo@example.com", "language", "de");
	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post(p, "one", "Wax moths", NULL, "Who?\n------------------------------\nI.\n");
	post(p, "two", "Re: Wax moths", "one", "Me.\n");
	assert_int_equal(run(p, "2026-11-23T12:29:00Z"), 0);
	assert_int_equal(run(p, "2026-11-23T12:30:00Z"), 1);
	assert_non_null(strstr(digest_to(p, "cleo@example.com")->text, "jeden Tag um 18:00 Uhr (Asia/Kolkata)"));
	/* RFC 1153: messages stand between lines of dashes, and no line of a message is taken for one. */
	choose(p, "cleo@example.com", "digest_form", "plain");
	post(p, "three", "Lines", NULL, "Above\n------------------------------\nbelow\n");
	post(p, "four", "Others", NULL, "Text\n");
	assert_int_equal(run(p, "2026-11-24T12:30:00Z"), 1);
	m = digest_to(p, "cleo@example.com");
	assert_null(m->html);
	assert_non_null(strstr(m->text, "Above\n ------------------------------\nbelow"));
	for (text = m->text, i = 0; (text = strstr(text, "\n------------------------------\n")) != NULL; text++)
		i++;
	assert_int_equal(i, 2);
	assert_non_null(strstr(m->text, "Message-ID: <three@x.example>"));
	choose(p, "cleo@example.com", "digest_form", "mime");
	post(p, "five", "Sealed", NULL, "Text\n");
	post(p, "six", "Re: Sealed", "five", "Gr\xc3\xbc\xc3\x9f""e\n");
	assert_int_equal(run(p, "2026-11-25T12:30:00Z"), 1);
	m = digest_to(p, "cleo@example.com");
	for (i = 0; i < m->parts_n; i++)
		originals += strcmp(m->parts[i].type, "message/rfc822") == 0;
	assert_int_equal(originals, 2);
	/* So many posts are enough. */
	choose(p, "cleo@example.com", "digest_posts", "3");
	post(p, "a", "A", NULL, "a\n");
	post(p, "b", "B", NULL, "b\n");
	assert_int_equal(run(p, "2026-11-25T14:00:00Z"), 0);
	post(p, "c", "C", NULL, "c\n");
	assert_int_equal(run(p, "2026-11-25T15:00:00Z"), 1);
	assert_int_equal(run(p, "2026-11-26T12:30:00Z"), 0);
	/* To each mail: a last one with what was in neither. */
	post(p, "d", "Last words", NULL, "d\n");
	choose(p, "cleo@example.com", "delivery", "each");
	assert_int_equal(run(p, "2026-11-26T13:00:00Z"), 1);
	assert_int_equal(run(p, "2026-12-26T13:00:00Z"), 0);
}

static size_t
words_of(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == ' ' || *s == '\n';
	return n;
}

static void
test_minutes(void **state)
{
	struct place *p = *state;
	int i;

	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	for (i = 0; i < 40; i++)
		post(p, gp_asprintf(p->ctx, "m%d", i), gp_asprintf(p->ctx, "Thread %d", i % 10), i < 10 ? NULL :
		    gp_asprintf(p->ctx, "m%d", i % 10), gp_asprintf(p->ctx, "%s%s%s", "one two three four five six seven eight nine ten "
		    "one two three four five six seven eight nine ten\n\n", "some more words of it\n\n", "and the end of it all\n"));
	assert_true(words_of(look(p, 2, GP_FORM_SUMMARY, 0)->text) > 1200);
	assert_true(words_of(look(p, 2, GP_FORM_SUMMARY, 3)->text) < 3 * 220 + 100);
	assert_true(words_of(look(p, 2, GP_FORM_SUMMARY, 1)->text) < 400);
	assert_int_equal(look(p, 2, GP_FORM_SUMMARY, 1)->messages, 40);
}

/* One digest of two lists, when the reader wants that, at the hour of one of them. */
static void
test_together(void **state)
{
	struct place *p = *state;
	struct gp_list *wasps, *bees = p->bees;
	struct gp_err err;
	struct gp_mail *m;
	int64_t id;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_list_set(p->site->store, wasps, "digest_hour", "15", &err), &err);
	must(gp_member_add(p->site->store, wasps->id, "cleo@example.com", "", GP_ROLE_MEMBER, GP_DELIVERY_DAILY, gp_now(),
	    &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post(p, "one", "Of bees", NULL, "Text\n");
	p->bees = wasps;
	post(p, "two", "Of wasps", NULL, "Text\n");
	p->bees = bees;
	assert_int_equal(run(p, "2026-11-23T15:00:00Z"), 1);
	assert_int_equal(run(p, "2026-11-24T07:00:00Z"), 1);
	choose(p, "cleo@example.com", "digest_together", "yes");
	assert_int_equal(run(p, "2026-11-24T12:00:00Z"), 0);
	post(p, "three", "Of bees again", NULL, "Text\n");
	p->bees = wasps;
	post(p, "four", "Of wasps again", NULL, "Text\n");
	p->bees = bees;
	assert_int_equal(run(p, "2026-11-24T15:00:00Z"), 0);
	assert_int_equal(run(p, "2026-11-25T07:00:00Z"), 1);
	m = digest_to(p, "cleo@example.com");
	assert_non_null(strstr(m->subject, "2 messages on 2 lists"));
	assert_non_null(strstr(m->text, "Of bees again"));
	assert_non_null(strstr(m->text, "Of wasps again"));
	assert_int_equal(run(p, "2026-11-25T16:00:00Z"), 0);
}

static void
test_catchup(void **state)
{
	static const struct { const char *line, *there, *not_there; } cases[] = {
	    {"catchup", "Second", "First"}, {"catch up", "Second", NULL}, {"catchup 3 weeks", "First", NULL},
	    {"catchup since 20 November", "First", NULL}, {"catchup since 2026-12-05", "Second", "First"},
	    {"catchup 5 December", "Second", "First"}, {"catchup 2026-11-20 to 2026-11-30", "First", "Second"},
	    {"catchup 20 November to 30 November", "First", "Second"}, {"verpasst seit 20. November", "First", NULL},
	    {"catchup 1 day", NULL, "Nothing new"}, {"catchup since 2026-12-09", NULL, "Nothing new"},
	    {"catchup yesterweek", NULL, "not understood"}, {"catchup 3/4/2026", NULL, "not understood"},
	    {"catchup since 2027-12-09", NULL, "not understood"}};
	struct place *p = *state;
	size_t i;

	choose(p, "bob@example.net", "delivery", "none");
	assert_int_equal(run(p, "2026-11-23T12:00:00Z"), 0);
	post(p, "one", "First", NULL, "Text\n");
	gp_clock_set(gp_now() + 14 * 86400, true);
	{
		struct gp_inbound in;
		struct gp_outcome o = {0};
		struct gp_err err;

		incoming(p->ctx, "From: Ann <ann@example.org>\nSubject: Second\nMessage-ID: <two@x.example>\n"
		    "Date: Mon, 07 Dec 2026 11:59:00 +0000\n\nText\n", "ann@example.org", &in);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_post(p->ctx, p->site, p->bees, &in, NULL, &o, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
	}
	gp_clock_set(gp_now() + 3 * 86400, true);
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_outcome o = {0};
		int64_t before = last_job(p);
		struct gp_job **v;
		const char *text;
		size_t n;

		take_in(p, "bees+request@example.org", gp_asprintf(p->ctx, "From: Cleo <cleo@example.com>\nMessage-ID: <%zu@c.example>\n\n"
		    "%s\n", i, cases[i].line), "cleo@example.com", &o);
		v = jobs_since(p, before, &n);
		if (n != 1)
			fail_msg("%s: %zu mails", cases[i].line, n);
		text = read_job(p, v[0])->text;
		if (cases[i].there == NULL) {
			if (strstr(text, cases[i].not_there) == NULL)
				fail_msg("%s: %s", cases[i].line, text);
			continue;
		}
		if (v[0]->kind != GP_JOB_DIGEST || strstr(text, cases[i].there) == NULL ||
		    (cases[i].not_there != NULL && strstr(text, cases[i].not_there) != NULL))
			fail_msg("%s: %s", cases[i].line, text);
		gp_clock_set(gp_now() + 1, true);
	}
}

/* What is mailed and never kept stands in it, and nobody is told to ask for it. */
static void
test_never_kept(void **state)
{
	struct place *p = *state;
	static const struct { int form; int64_t minutes; bool words; } cases[] = {{GP_FORM_SUMMARY, 0, true},
	    {GP_FORM_PLAIN, 0, true}, {GP_FORM_SUMMARY, 1, false}, {GP_FORM_TITLES, 0, false}};
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_digest *d;
	struct gp_err err;
	char *words = gp_strdup(p->ctx, "");
	size_t i;

	must(gp_list_set(p->site->store, p->bees, "archive", "owners", &err), &err);
	must(gp_list_find(p->ctx, p->site->store, "bees@example.org", &p->bees, &err), &err);
	post(p, "kept", "Wax moths", NULL, "Who has seen wax moths?\n");
	for (i = 0; i < 400; i++)
		words = gp_asprintf(p->ctx, "%s Word %zu.", words, i);
	post(p, "gone", "Robbers #not-archived", NULL, gp_asprintf(p->ctx, "Copper words.\n\n%s\n", words));
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - 86400, gp_now() + 1}, .language = "en",
		    .timezone = "UTC", .form = cases[i].form, .minutes = cases[i].minutes, .hour = 7};

		must(gp_news_pool_after(p->ctx, p->site, p->bees, 0, gp_now() + 1, &pool, &err), &err);
		must(gp_issue_pick(p->ctx, p->site, pool, NULL, -1, 0, how.span.from, &issue, &err), &err);
		must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
		HAS(d->text, cases[i].words ? "Copper words" : "Robbers");
		HASNT(d->text, "get 2");
		/* Whole, since there is no other place to read it. */
		if (cases[i].words)
			HAS(d->text, "399.");
		if (cases[i].form == GP_FORM_SUMMARY)
			HAS(d->text, "get 1");
	}
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
		TEST(test_order),
		TEST(test_choices),
		TEST(test_never_kept),
		TEST(test_minutes),
		TEST(test_together),
		TEST(test_catchup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
