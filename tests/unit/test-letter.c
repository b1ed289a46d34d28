/* SPDX-License-Identifier: ISC */
/* The monthly letter: when it comes, to whom, and that it counts rightly. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static void
at(int64_t t)
{
	gp_clock_set(t, true);
}

/* November: a question with an answer after six hours, one without, something kept. */
static void
november(struct place *p)
{
	int64_t day = gp_civil_time(2026, 11, 24, 8, 0, 0);

	at(day);
	post(p, CLEO, "q", NULL, "How do you mark queens?", "Which colour?\n");
	at(day + 6 * 3600);
	post(p, BOB, "a", "q", "Re: How do you mark queens?", "White.\n");
	post(p, BOB, "q2", NULL, "Who has a press?", "Does anyone lend one?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking queens\n", (long long)number(p, "q")));
	post(p, CLEO, "s", "a", "Re: How do you mark queens?", "solved\n");
}

static void
test_figures(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	struct gp_health h;
	struct gp_err err;

	november(p);
	must(gp_letter_health(p->site, p->bees->id, gp_civil_time(2026, 11, 1, 0, 0, 0),
	    gp_civil_time(2026, 12, 1, 0, 0, 0), &h, &err), &err);
	assert_int_equal(h.messages, 3);
	assert_int_equal(h.threads, 2);
	assert_int_equal(h.people, 2);
	assert_int_equal(h.newcomers, 2);
	assert_int_equal(h.questions, 2);
	assert_int_equal(h.answered, 1);
	assert_int_equal(h.solved, 1);
	assert_int_equal(h.median_answer, 6 * 3600);
	assert_int_equal(h.loudest, 100);
	assert_int_equal(h.kept, 1);
	assert_int_equal(h.members, 3);
	must(gp_letter_health(p->site, p->bees->id, gp_civil_time(2026, 12, 1, 0, 0, 0),
	    gp_civil_time(2027, 1, 1, 0, 0, 0), &h, &err), &err);
	assert_int_equal(h.threads, 0);
	assert_int_equal(h.messages + h.newcomers + h.questions + h.median_answer + h.loudest + h.kept, 0);
	gp_clock_set(start, true);
}

/* A name that is good for one thread is neither one of the people nor new among them. */
static void
test_nameless(void **state)
{
	static const char *const from[] = {"Heron <bees+anon-abcdefgh@example.org>", "Gull <bees+anon-bcdefghi@example.org>",
	    "Cleo <cleo@example.com>"};
	struct place *p = *state;
	int64_t start = gp_now();
	struct gp_archived a;
	struct gp_inbound in;
	struct gp_health h;
	struct gp_err err;
	size_t i;

	at(gp_civil_time(2026, 11, 10, 8, 0, 0));
	must(gp_store_begin(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(from); i++) {
		incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nSubject: Loss %zu\nMessage-ID: <l%zu@x.example>\nDate: %s\n\n"
		    "Words %zu.\n", from[i], i, i, gp_date_format(p->ctx, gp_now(), 0), i), "s@x.example", &in);
		must(gp_archive_add(p->ctx, p->site->store, p->bees, in.mail, in.raw, in.n, gp_now(), &a, &err), &err);
	}
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_letter_health(p->site, p->bees->id, gp_now() - DAY, gp_now() + DAY, &h, &err), &err);
	assert_int_equal(h.messages, 3);
	assert_int_equal(h.people, 1);
	assert_int_equal(h.newcomers, 1);
	assert_int_equal(h.loudest, 33);
	gp_clock_set(start, true);
}

static void
test_letter(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), first = gp_civil_time(2026, 12, 1, 0, 0, 0);
	char *text;

	november(p);
	set(p, "letter", "on");
	at(gp_civil_time(2026, 11, 30, 23, 0, 0));
	/* October is over, but the list was not there. */
	assert_string_equal(tick(p, 0, gp_letter_tick), "");
	at(first + 6 * 3600);
	assert_string_equal(tick(p, 0, gp_letter_tick), "");
	text = tick(p, 3600, gp_letter_tick);
	HAS(text, "|bees, November 2026: how are we doing?|");
	HAS(text, "3 messages in 2 new threads, from 2 people");
	HAS(text, "2 questions: 1 has an answer, 1 is solved");
	HAS(text, "within 6 hours");
	HAS(text, "Marking queens: https://lists.example.org/bees/library/marking-queens");
	HAS(text, "Who has a press?");
	assert_string_equal(tick(p, 3600, gp_letter_tick), "");
	/* The letter is in the archive, and no question of anybody. */
	assert_string_equal(thread(p, 3)->mark, "");
	assert_string_equal(thread(p, 3)->title, "bees, November 2026: how are we doing?");
	/* Which counts neither as a message nor as a thread. */
	{
		struct gp_health h;
		struct gp_err err;

		must(gp_letter_health(p->site, p->bees->id, first, gp_now() + 1, &h, &err), &err);
		assert_int_equal(h.messages + h.threads, 0);
	}
	/* December had that letter only; January nothing at all. */
	at(gp_civil_time(2027, 1, 1, 8, 0, 0));
	assert_string_equal(tick(p, 0, gp_letter_tick), "");
	at(gp_civil_time(2027, 3, 1, 8, 0, 0));
	assert_string_equal(tick(p, 0, gp_letter_tick), "");
	gp_clock_set(start, true);
}

/* One of each, and answered in the same second; marks of a kind are no part of what the thread is called. */
static void
test_one(void **state)
{
	static const struct { const char *language, *count, *wait; } cases[] = {
		{"en", "1 question: 1 has an answer, 0 are solved", "within 1 minute "},
		{"de", "1 Frage: 1 hat eine Antwort, 0 sind gel\xc3\xb6st", "innerhalb von 1 Minute "},
		{"fr", "1 question : 1 a une r\xc3\xa9ponse, 0 sont r\xc3\xa9solues", "en 1 minute "},
		{"es", "1 pregunta: 1 tiene respuesta, 0 est\xc3\xa1n resueltas", "en 1 minuto "},
	};
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;
	size_t i;

	set(p, "letter", "moderators");
	for (i = 0; i < GP_COUNT(cases); i++) {
		at(gp_civil_time(2027, 1 + (int)i, 24, 8, 0, 0));
		set(p, "language", cases[i].language);
		post(p, CLEO, gp_asprintf(p->ctx, "q%zu", i), NULL, gp_asprintf(p->ctx, "#question Which colour in year %zu?", i), "Which?\n");
		post(p, BOB, gp_asprintf(p->ctx, "a%zu", i), gp_asprintf(p->ctx, "q%zu", i), "Re: Which colour?", "White.\n");
		at(gp_civil_time(2027, 2 + (int)i, 1, 8, 0, 0));
		text = tick(p, 0, gp_letter_tick);
		HAS(text, cases[i].count);
		HAS(text, cases[i].wait);
	}
	at(gp_civil_time(2027, 6, 24, 8, 0, 0));
	set(p, "language", "en");
	post(p, CLEO, "last", NULL, "#question Who has a press?", "Does anyone lend one?\n");
	at(gp_civil_time(2027, 7, 1, 8, 0, 0));
	text = tick(p, 0, gp_letter_tick);
	HAS(text, "1 message in 1 new thread, from 1 person");
	HAS(text, "Who has a press?");
	HASNT(text, "#question");
	gp_clock_set(start, true);
}

static void
test_moderators(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	november(p);
	set(p, "letter", "moderators");
	at(gp_civil_time(2026, 12, 2, 0, 0, 0));
	text = tick(p, 0, gp_letter_tick);
	HAS(text, "ann@example.org|bees, November 2026");
	HASNT(text, "bob@example.net|");
	set(p, "letter", "off");
	at(gp_civil_time(2027, 1, 2, 0, 0, 0));
	assert_string_equal(tick(p, 0, gp_letter_tick), "");
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_figures), PLACE_TEST(test_nameless),
		PLACE_TEST(test_letter),
		PLACE_TEST(test_one),
		PLACE_TEST(test_moderators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
