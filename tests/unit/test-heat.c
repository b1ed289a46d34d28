/* SPDX-License-Identifier: ISC */
/* Threads that heat up: when moderators are told, once, and what their answer does. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* So many posts of so many people, in turn, into a thread of that name, so many seconds apart; the mails about it. */
static char *
burst(struct place *p, const char *name, int from, int posts, int people, int64_t apart)
{
	int64_t before = last_job(p), i;
	struct gp_job **v;
	struct gp_buf b;
	struct gp_err err;
	size_t k, n;

	for (i = from; i < from + posts; i++) {
		struct gp_inbound in;
		struct gp_outcome out = {0};

		incoming(p->ctx, gp_asprintf(p->ctx, "From: P%d <p%d@x.example>\nSubject: %s%s\nMessage-ID: <%s%d@x.example>\n"
		    "%s%s%s\nWord %s %d.\n", (int)i % people, (int)i % people, i > 0 ? "Re: " : "", name, name, (int)i,
		    i > 0 ? "In-Reply-To: <" : "", i > 0 ? gp_asprintf(p->ctx, "%s0", name) : "", i > 0 ? "@x.example>\n" : "",
		    name, (int)i), "s@x.example", &in);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_post(p->ctx, p->site, p->bees, &in, NULL, &out, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		gp_clock_set(gp_now() + apart, true);
	}
	v = jobs_since(p, before, &n);
	gp_buf_init(&b, p->ctx, 1 << 20);
	for (k = 0; k < n; k++) {
		const struct gp_mail *m = read_job(p, v[k]);

		if (strstr(m->subject, "heats up") != NULL)
			gp_buf_printf(&b, "%s|%s|%s // ", goes_to(p, v[k]), m->subject,
			    without_stars(p->ctx, gp_utf8_line(p->ctx, m->text, m->text_n, 1 << 16)));
	}
	return b.p != NULL ? b.p : gp_strdup(p->ctx, "");
}

/* What was before: so many messages over the month, the last of them half a day ago. */
static void
history(struct place *p, int posts)
{
	struct gp_err err;
	int i;

	must(gp_store_begin(p->site->store, &err), &err);
	for (i = 0; i < posts; i++) {
		struct gp_archived a;
		struct gp_inbound in;

		incoming(p->ctx, gp_asprintf(p->ctx, "From: Q%d <q%d@x.example>\nSubject: Old %d\nMessage-ID: <o%d@x.example>\n"
		    "Date: %s\n\nOld %d.\n", i, i, i, i, gp_date_format(p->ctx, gp_now() - DAY / 2 - (int64_t)i * 28 * DAY / posts, 0),
		    i), "s@x.example", &in);
		must(gp_archive_add(p->ctx, p->site->store, p->bees, in.mail, in.raw, in.n, gp_now() - DAY / 2, &a, &err), &err);
	}
	must(gp_store_commit(p->site->store, &err), &err);
}

static const struct { const char *name, *heat; int posts, people, before; int64_t apart; const char *says; } cases[] = {
	{"two go at each other", "12", 12, 2, 0, 60, "12 messages in 3 hours, from 2 people"},
	{"few, on a list that is busy anyway", "12", 12, 3, 2400, 60, "Few people wrote most of it."},
	{"some, on a quiet list", "12", 14, 5, 24, 60, "The whole list usually has 1 in that time"},
	{"some, on a busy list", "12", 14, 5, 2400, 60, NULL},
	{"good wishes of many", "12", 20, 20, 24, 60, NULL},
	{"a series of one", "12", 20, 1, 0, 60, NULL},
	{"a post too few", "12", 11, 2, 0, 60, NULL},
	{"over two days", "12", 40, 2, 0, 3600, NULL},
	{"never", "0", 40, 2, 0, 60, NULL},
	{"sooner", "6", 6, 2, 0, 60, "6 messages in 3 hours, from 2 people. Usually nothing is written here"},
};

static void
test_rule(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(cases); i++) {
		struct place p;
		int64_t start;
		char *mails;

		place_open(&p);
		start = gp_now();
		gp_clock_set(start + 40 * DAY, true);
		set(&p, "heat", cases[i].heat);
		history(&p, cases[i].before);
		mails = burst(&p, "Sugar", 0, cases[i].posts, cases[i].people, cases[i].apart);
		if (cases[i].says == NULL ? *mails != '\0' : strstr(mails, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].name, mails);
		gp_clock_set(start, true);
		place_close(&p);
	}
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

/* One mail for each who looks after the list, and not two in a day of one thread. */
static void
test_once(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text = burst(p, "Sugar", 0, 20, 2, 60);

	assert_int_equal(count(text, "heats up: Sugar"), 1);
	HAS(text, "ann@example.org|[bees] A thread heats up: Sugar|");
	HAS(text, "P0, 5 messages: nudge");
	HAS(text, "/bees/t/");
	/* Another thread is another matter. */
	assert_int_equal(count(burst(p, "Honey", 0, 20, 2, 60), "heats up: Honey"), 1);
	assert_string_equal(burst(p, "Sugar", 20, 20, 2, 60), "");
	gp_clock_set(gp_now() + DAY, true);
	assert_int_equal(count(burst(p, "Sugar", 40, 20, 2, 60), "heats up: Sugar"), 1);
	gp_clock_set(start, true);
}

/* Where Ann's answer to the newest such mail goes. */
static char *
answer(struct place *p, const char *from, const char *text)
{
	return say(p, from, reply_address(p), "Re: [bees] A thread heats up: Sugar", text);
}

static void
test_answer(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), id;
	struct gp_message *m;
	struct gp_pace pace;
	struct gp_err err;
	char *text, *why;

	burst(p, "Sugar", 0, 12, 2, 60);
	id = number(p, "Sugar0");
	must(gp_message_find_id(p->ctx, p->site->store, id, &m, &err), &err);
	/* Nobody else's word counts, and what says nothing can be said again. */
	answer(p, BOB, "close: I am fed up\n");
	must(gp_thread_closed(p->ctx, p->site->store, m->thread, &why, &err), &err);
	assert_string_equal(why, "");
	HAS(answer(p, ANN, "It is a good talk, thanks.\n"), "What should be done about that thread?");
	text = answer(p, ANN, gp_asprintf(p->ctx, "slow 12h\nnudge %lld Please be kind.\n", (long long)number(p, "Sugar11")));
	HAS(text, "each member can write once");
	must(gp_thread_pace(p->site->store, m->thread, &pace, &err), &err);
	assert_int_equal(pace.slow, DAY / 2);
	/* P1 is on no list. */
	HAS(text, "is not on the list");
	/* Once it is looked after, nobody is told. */
	gp_clock_set(gp_now() + 2 * DAY, true);
	assert_string_equal(burst(p, "Sugar", 12, 12, 2, 60), "");
	gp_clock_set(start, true);
}

/* Of a thread in no archive they are told all the same, with nothing that leads nowhere. */
static void
test_unarchived(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	struct gp_message *m;
	struct gp_pace pace;
	struct gp_err err;
	char *text = burst(p, "#not-archived", 0, 12, 2, 60);

	HAS(text, "heats up: #not-archived");
	HAS(text, "P0, 5 messages: nudge");
	HASNT(text, "/t/");
	HAS(answer(p, ANN, "slow 1d\n"), "each member can write once");
	must(gp_message_find_id(p->ctx, p->site->store, number(p, "#not-archived0"), &m, &err), &err);
	must(gp_thread_pace(p->site->store, m->thread, &pace, &err), &err);
	assert_int_equal(pace.slow, DAY);
	gp_clock_set(start, true);
}

static const struct { const char *name, *text; int64_t slow; bool cool; const char *closed; } answers[] = {
	{"in a day together", "cool 24h\n", 0, true, ""},
	{"in German, with a greeting", "Hallo,\n\nabkühlen 24h\n", 0, true, ""},
	{"an end", "close: Enough for today\n", 0, false, "Enough for today"},
	{"two things", "slow 1d\ncool 1d\n", DAY, true, ""},
	{"what stands below is no order", "slow 1d\nThat should do.\nclose: never\n", DAY, false, ""},
};

static void
test_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < GP_COUNT(answers); i++) {
		struct place p;
		int64_t start, id;
		struct gp_message *m;
		struct gp_pace pace;
		struct gp_err err;
		char *why;

		place_open(&p);
		start = gp_now();
		burst(&p, "Sugar", 0, 12, 2, 60);
		id = number(&p, "Sugar0");
		must(gp_message_find_id(p.ctx, p.site->store, id, &m, &err), &err);
		answer(&p, ANN, answers[i].text);
		must(gp_thread_pace(p.site->store, m->thread, &pace, &err), &err);
		must(gp_thread_closed(p.ctx, p.site->store, m->thread, &why, &err), &err);
		if (pace.slow != answers[i].slow || (pace.cool > 0) != answers[i].cool || strcmp(why, answers[i].closed) != 0)
			fail_msg("%s: slow %lld, cool %lld, \"%s\"", answers[i].name, (long long)pace.slow, (long long)pace.cool, why);
		gp_clock_set(start, true);
		place_close(&p);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule), PLACE_TEST(test_once), PLACE_TEST(test_unarchived), PLACE_TEST(test_answer), cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
