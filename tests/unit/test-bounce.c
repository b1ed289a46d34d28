/* SPDX-License-Identifier: ISC */
/* Mail that comes back: what it does to members, day by day, and what it must not do. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bounce.h"

/* ---- one failure ------------------------------------------------------------------------------- */

static void
test_weights(void **state)
{
	static const struct { const char *action, *status, *text, *want; } cases[] = {
		{"failed", "5.1.1", "550 User unknown", "ok 1.00"},
		{"failed", "5.2.2", "552 full", "ok 0.50"},
		{"failed", "4.4.7", "message expired", "ok 0.50"},
		{"delayed", "4.4.1", "later", "ok 0.00"},
		{"delivered", "2.0.0", "fine", "ok 0.00"},
		{"relayed", "2.0.0", "fine", "ok 0.00"},
		{"failed", "5.7.26", "550 5.7.26 DMARC", "ok 0.00"},
		{"failed", "5.3.4", "552 too big", "ok 0.00"},
	};
	struct place *p = *state;
	struct gp_err err;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t job = post(p, gp_asprintf(p->ctx, "w%zu", i));

		assert_string_equal(bounce(p, job, cases[i].action, cases[i].status, cases[i].text),
		    cases[i].want);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_bounces_clear(p->site->store, id_of(p, "bob@example.net"), &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
	}
}

static void
test_a_point_a_day(void **state)
{
	struct place *p = *state;
	int i;

	for (i = 0; i < 5; i++)
		bounce(p, post(p, gp_asprintf(p->ctx, "d%d", i)), "failed", "5.1.1", "550 no");
	assert_string_equal(state_of(p, "bob@example.net"), "ok 1.00");
	/* The same delivery again says nothing new, not even tomorrow. */
	gp_clock_set(start + DAY, true);
	bounce(p, last_job(p), "failed", "5.1.1", "550 no");
	assert_string_equal(state_of(p, "bob@example.net"), "ok 1.00");
}

static void
test_not_counted(void **state)
{
	static const char vacation[] = "From: bob@example.net\nSubject: Out of office\n"
	    "Auto-Submitted: auto-replied\n\nI am away until Monday.\n";
	struct place *p = *state;
	int64_t job = post(p, "n1");
	struct gp_outcome out = {0};
	char *address = verp(p, job, "bob@example.net");
	size_t n;

	take_in(p, address, vacation, "", &out);
	assert_non_null(strstr(out.text, "no failure"));
	/* Another's token, a token that someone made, and none. */
	address = gp_asprintf(p->ctx, "bees+bounce-%s@example.org", "aaaaaaaaaaaaaaaaaaaaaaaaaa");
	take_in(p, address, dsn(p, "bob@example.net", "failed", "5.1.1", "no", ""), "", &out);
	assert_non_null(strstr(out.text, "not ours"));
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	/* To the list, forged: without a Message-ID of ours it is kept, and nothing else. */
	take_in(p, "bees@example.org", dsn(p, "bob@example.net", "failed", "5.1.1", "no", ""), "", &out);
	take_in(p, "bees@example.org", dsn(p, "bob@example.net", "failed", "5.1.1", "no",
	    "Message-ID: <other@example.org>\nSubject: x\n"), "x@evil.example", &out);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	jobs_since(p, job, &n);
	assert_int_equal(n, 0);
	/* Someone who left long ago. */
	address = gp_route_address(p->ctx, p->site, p->bees, "bounce",
	    gp_verp_token(p->ctx, p->site, job, 4711));
	take_in(p, address, dsn(p, "x@example.net", "failed", "5.1.1", "no", ""), "", &out);
	assert_non_null(strstr(out.text, "not here"));
}

static void
test_at_other_addresses(void **state)
{
	static const char *const to[] = {"bees@example.org", "bees+owner@example.org",
		"bees+request@example.org", "bees+help@example.org"};
	struct place *p = *state;
	struct gp_outcome out = {0};
	int64_t job = 0;
	size_t i, n;

	for (i = 0; i < GP_COUNT(to); i++) {
		gp_clock_set(start + (int64_t)i * DAY, true);
		job = post(p, gp_asprintf(p->ctx, "o%zu", i));
		take_in(p, to[i], dsn(p, "bob@example.net", "failed", "5.1.1", "550 no",
		    gp_asprintf(p->ctx, "Message-ID: <o%zu@example.org>\nSubject: x\n", i)),
		    i % 2 == 0 ? "" : "postmaster@mx.example.net", &out);
		assert_string_equal(state_of(p, "bob@example.net"),
		    gp_asprintf(p->ctx, "ok %zu.00", i + 1));
		jobs_since(p, job, &n);
		assert_int_equal(n, 0);
	}
	/* Too long ago. */
	gp_clock_set(start + 30 * DAY, true);
	take_in(p, to[0], dsn(p, "ann@example.org", "failed", "5.1.1", "550 no",
	    "Message-ID: <o0@example.org>\nSubject: x\n"), "", &out);
	assert_string_equal(state_of(p, "ann@example.org"), "ok 0.00");
}

static void
test_decay(void **state)
{
	struct place *p = *state;

	bounce(p, post(p, "a"), "failed", "5.1.1", "550 no");
	gp_clock_set(start + DAY, true);
	bounce(p, post(p, "b"), "failed", "5.1.1", "550 no");
	assert_string_equal(state_of(p, "bob@example.net"), "ok 2.00");
	/* Eight days in which nothing was sent prove nothing. */
	tick(p, start + 9 * DAY + 10);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 2.00");
	post(p, "c");
	tick(p, start + 11 * DAY);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
}

static void
test_refused_in_smtp(void **state)
{
	struct place *p = *state;
	int64_t job = post(p, "s"), id = id_of(p, "bob@example.net");
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_bounce_refused(p->ctx, p->site, p->bees->id, job, id, "connection refused", &err), &err);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	must(gp_bounce_refused(p->ctx, p->site, p->bees->id, job, id, "550 5.1.1 no such user", &err),
	    &err);
	must(gp_bounce_refused(p->ctx, p->site, p->bees->id, job, 0, "550 5.1.1 no such user", &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 1.00");
}

/* ---- the life of a dead address ------------------------------------------------------------------ */

/* Five days of bounces, and the probe's job. */
static int64_t
until_probe(struct place *p)
{
	int i;

	for (i = 0; i < 5; i++) {
		gp_clock_set(start + i * DAY, true);
		bounce(p, post(p, gp_asprintf(p->ctx, "p%d", i)), "failed", "5.1.1",
		    "550 5.1.1 there is no Bob");
	}
	assert_string_equal(state_of(p, "bob@example.net"), "probing 5.00");
	return last_job(p);
}

static void
test_probe_is_read(void **state)
{
	struct place *p = *state;
	int64_t probe = until_probe(p);
	size_t n;
	struct gp_job **v = jobs_since(p, probe - 1, &n);
	const struct gp_mail *m;

	assert_int_equal(n, 1);
	assert_string_equal(goes_to(p, v[0]), "bob@example.net");
	m = read_job(p, v[0]);
	assert_non_null(strstr(m->text, "there is no Bob"));
	tick(p, start + 4 * DAY + 3 * DAY - 60);
	assert_string_equal(state_of(p, "bob@example.net"), "probing 5.00");
	tick(p, start + 4 * DAY + 3 * DAY);
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
}

static int64_t
until_suspended(struct place *p)
{
	int64_t probe = until_probe(p);

	bounce(p, probe, "failed", "5.1.1", "550 5.1.1 there is no Bob");
	assert_string_equal(state_of(p, "bob@example.net"), "suspended 5.00");
	return probe;
}

static void
test_to_the_end(void **state)
{
	struct place *p = *state;
	int64_t probe = until_suspended(p), day = start + 4 * DAY, job;
	struct gp_rcpt *r;
	struct gp_err err;
	size_t n, i;

	assert_int_equal(mails_to(p, probe, "bob@example.net"), 1);
	/* Nothing more of the list is sent, and what still comes back changes nothing. */
	job = post(p, "quiet");
	must(gp_queue_fresh(p->ctx, p->site->store, job, 0, 10, &r, &n, &err), &err);
	for (i = 0; i < n; i++)
		assert_string_not_equal(r[i].address, "bob@example.net");
	bounce(p, job - 1, "failed", "5.1.1", "550 no");
	assert_string_equal(state_of(p, "bob@example.net"), "suspended 5.00");
	tick(p, day + 7 * DAY);
	tick(p, day + 7 * DAY + 60);
	assert_int_equal(mails_to(p, probe, "bob@example.net"), 2);
	tick(p, day + 14 * DAY);
	assert_int_equal(mails_to(p, probe, "bob@example.net"), 3);
	assert_int_equal(mails_to(p, probe, "ann@example.org"), 0);
	tick(p, day + 21 * DAY);
	assert_string_equal(state_of(p, "bob@example.net"), "gone");
	assert_int_equal(mails_to(p, probe, "ann@example.org"), 1);
	tick(p, day + 40 * DAY);
	assert_int_equal(mails_to(p, probe, "ann@example.org"), 1);
}

static void
test_back_by_reply(void **state)
{
	struct place *p = *state;
	const struct gp_mail *m;
	struct gp_job **v;
	size_t n;
	char *to, *said;

	until_suspended(p);
	v = jobs_since(p, last_job(p) - 1, &n);
	m = read_job(p, v[0]);
	assert_int_equal(m->reply_to.n, 1);
	to = m->reply_to.v[0].addr;
	post(p, "missed1");
	post(p, "missed2");
	/* Somebody else can't. */
	say(p, "eve@example.net", to, "Re: x", "");
	assert_string_equal(state_of(p, "bob@example.net"), "suspended 5.00");
	said = say(p, "bob@example.net", to, "Re: x", "thank you");
	assert_non_null(strstr(said, "2 messages came"));
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
}

static void
test_back_by_word(void **state)
{
	struct place *p = *state;
	char *said;

	until_suspended(p);
	said = say(p, "bob@example.net", "bees+request@example.org", "back", "");
	assert_non_null(strstr(said, "You have missed nothing"));
	assert_string_equal(state_of(p, "bob@example.net"), "ok 0.00");
	said = say(p, "bob@example.net", "bees+request@example.org", "back", "");
	assert_non_null(strstr(said, "no pause"));
}

/* Whoever asks for mail in any way is told what was missed, once; whoever wants none is not. */
static void
test_back_by_delivery(void **state)
{
	static const struct { const char *line, *does, *state; bool told; } cases[] = {
		{"each", "you get each message by itself", "ok 0.00", true},
		{"daily", "one mail a day", "ok 0.00", true},
		{"set weekly", "one mail a week", "ok 0.00", true},
		{"none", "you get no mail", "suspended 5.00", false},
		{"set hidden yes", "hidden is now yes", "suspended 5.00", false},
		{"set language nonsense", "can't be that", "suspended 5.00", false},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct place *p;
		char *said;

		open_place(state);
		p = *state;
		until_suspended(p);
		gp_clock_set(gp_now() + 60, true);
		post(p, "missed1");
		post(p, "missed2");
		said = say(p, "bob@example.net", "bees+request@example.org", "", cases[i].line);
		HAS(said, cases[i].does);
		if (cases[i].told)
			HAS(said, "Mail of the list comes to you again. 2 messages came since");
		else
			HASNT(said, "comes to you again");
		assert_string_equal(state_of(p, "bob@example.net"), cases[i].state);
		HASNT(say(p, "bob@example.net", "bees+request@example.org", "", "none"), "comes to you again");
		if (cases[i].told)
			HASNT(say(p, "bob@example.net", "bees+request@example.org", "", "each"), "comes to you again");
		close_place(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_weights), TEST(test_a_point_a_day), TEST(test_not_counted),
		TEST(test_at_other_addresses), TEST(test_decay), TEST(test_refused_in_smtp),
		TEST(test_probe_is_read), TEST(test_to_the_end), TEST(test_back_by_reply),
		TEST(test_back_by_word), cmocka_unit_test(test_back_by_delivery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
