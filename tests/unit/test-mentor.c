/* SPDX-License-Identifier: ISC */
/* Mentors and those who seek them; what newcomers are told; a line about oneself. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* Where the mail to that address, of those since `since`, wants its answer. */
static char *
answer_of(struct place *p, int64_t since, const char *to)
{
	size_t i, n;
	struct gp_job **v = jobs_since(p, since, &n);

	for (i = 0; i < n; i++)
		if (strcmp(goes_to(p, v[i]), to) == 0)
			return read_job(p, v[i])->reply_to.v[0].addr;
	fail_msg("no mail to %s", to);
	return NULL;
}

/* Bob offers and Cleo seeks: both are asked. Where their words go. */
static void
propose(struct place *p, char **bob, char **cleo)
{
	int64_t before;

	set(p, "mentors", "on");
	ask(p, BOB, "mentor offer #queens\n");
	ask(p, CLEO, "mentor seek #queens\n");
	before = last_job(p);
	tick(p, 60, gp_mentor_tick);
	*bob = answer_of(p, before, "bob@example.net");
	*cleo = answer_of(p, before, "cleo@example.com");
}

static void
test_meet(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), before;
	char *text, *bob, *cleo;

	HAS(ask(p, BOB, "mentor offer #queens\n"), "brings no mentors together");
	set(p, "mentors", "on");
	HAS(ask(p, BOB, "mentor offer #Queens #wax\n"), "- you offer #queens - you offer #wax");
	HAS(ask(p, CLEO, "mentor suche #queens\n"), "- you seek #queens");
	HASNT(ask(p, ANN, "mentor\n"), "#queens");
	HAS(ask(p, EVE, "mentor seek #queens\n"), "for members");
	before = last_job(p);
	text = tick(p, 60, gp_mentor_tick);
	HAS(text, "bob@example.net|[bees] Would you help someone along with #queens?");
	HAS(text, "cleo@example.com|[bees] Somebody could help you along with #queens");
	HAS(text, "You offered to be a mentor for #queens");
	HASNT(text, "A moderator of");
	HASNT(text, "cleo@example.com of");
	bob = answer_of(p, before, "bob@example.net");
	cleo = answer_of(p, before, "cleo@example.com");
	assert_string_equal(tick(p, 60, gp_mentor_tick), "");
	HAS(say(p, BOB, bob, "Re: mentor", "hm\n"), "That was not clear");
	text = say(p, BOB, bob, "Re: mentor", "yes\n");
	HAS(text, "When the other one says yes, too");
	/* What we ran for that yes is nothing that he said. */
	HASNT(text, "mentor yes");
	text = say(p, CLEO, cleo, "Re: mentor", "ja\n");
	HAS(text, "bob@example.net|[bees] You and Cleo, about #queens");
	HAS(text, "it goes to cleo@example.com");
	HAS(text, "it goes to bob@example.net");
	HAS(ask(p, CLEO, "mentor\n"), "- you and Bob, about #queens");
	/* After 2, 6 and 12 weeks, then quietly. */
	assert_string_equal(tick(p, 13 * DAY, gp_mentor_tick), "");
	before = last_job(p);
	HAS(tick(p, 2 * DAY, gp_mentor_tick), "does it go on?");
	HAS(say(p, BOB, answer_of(p, before, "bob@example.net"), "Re: mentor", "yes\n"), "Thank you.");
	assert_string_equal(tick(p, 20 * DAY, gp_mentor_tick), "");
	HAS(tick(p, 8 * DAY, gp_mentor_tick), "does it go on?");
	HAS(tick(p, 45 * DAY, gp_mentor_tick), "does it go on?");
	assert_string_equal(tick(p, 8 * DAY, gp_mentor_tick), "");
	HASNT(ask(p, CLEO, "mentor\n"), "you and Bob");
	/* Nobody is proposed to the same one twice. */
	assert_string_equal(tick(p, 60, gp_mentor_tick), "");
	gp_clock_set(start, true);
}

static void
test_no(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text, *bob, *cleo;

	set(p, "mentor_cap", "1");
	propose(p, &bob, &cleo);
	HAS(say(p, BOB, bob, "Re: mentor", "no: too busy\n"), "nobody is told");
	/* Who says yes too late is not told who said no, nor that it was said. */
	text = say(p, CLEO, cleo, "Re: mentor", "yes\n");
	HAS(text, "It did not come about this time. Thank you for being ready. You stay on the list of those who seek "
	    "#queens, and we go on looking.");
	HASNT(text, "over already");
	HASNT(text, "Bob");
	/* The next one who seeks has him, and one is enough. */
	ask(p, ANN, "mentor seek #queens\n");
	HAS(tick(p, 60, gp_mentor_tick), "ann@example.org|");
	assert_string_equal(tick(p, 60, gp_mentor_tick), "");
	/* A proposal that nobody answers ends. */
	tick(p, 29 * DAY, gp_mentor_tick);
	HASNT(ask(p, ANN, "mentor\n"), "you and");
	gp_clock_set(start, true);
}

/* A late word changes nothing, and promises only what is done. */
static void
test_late(void **state)
{
	static const struct { const char *says, *before, *has, *hasnt; } cases[] = {
		{"no\n", "", "That is fine, and nobody is told.", "did not come about"},
		{"yes\n", "mentor seek none\n", "It did not come about this time.", "You stay"},
		{"yes\n", "", "we go on looking", "You stay on the list of those who offer"},
	};
	static const char *const mentors[] = {BOB, ANN, "Dora <dora@example.org>"};
	struct place *p = *state;
	int64_t start = gp_now(), before;
	size_t i;
	char *mentor, *cleo, *text;

	set(p, "mentors", "on");
	ask(p, mentors[2], "join\n");
	say_yes(p, mentors[2]);
	for (i = 0; i < GP_COUNT(cases); i++) {
		ask(p, mentors[i], "mentor offer #queens\n");
		ask(p, CLEO, "mentor seek #queens\n");
		before = last_job(p);
		tick(p, 2 * DAY, gp_mentor_tick);
		mentor = answer_of(p, before, gp_strndup(p->ctx, strchr(mentors[i], '<') + 1,
		    strcspn(strchr(mentors[i], '<') + 1, ">")));
		cleo = answer_of(p, before, "cleo@example.com");
		say(p, mentors[i], mentor, "Re: mentor", "no\n");
		ask(p, mentors[i], "mentor offer none\n");
		if (cases[i].before[0] != '\0')
			ask(p, CLEO, cases[i].before);
		text = say(p, CLEO, cleo, "Re: mentor", cases[i].says);
		HAS(text, cases[i].has);
		HASNT(text, cases[i].hasnt);
	}
	gp_clock_set(start, true);
}

/* Who said yes cannot tell by the clock that the other one said no. */
static void
test_no_is_not_told(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text, *bob, *cleo;

	propose(p, &bob, &cleo);
	ask(p, ANN, "mentor offer #queens\n");
	HAS(say(p, CLEO, cleo, "Re: mentor", "yes\n"), "When the other one");
	/* Counted from the no, not from the proposal. */
	assert_string_equal(tick(p, 5 * DAY, gp_mentor_tick), "");
	text = say(p, BOB, bob, "Re: mentor", "no\n");
	HASNT(text, "cleo@example.com|");
	assert_string_equal(tick(p, 60, gp_mentor_tick), "");
	assert_string_equal(tick(p, DAY - 120, gp_mentor_tick), "");
	text = tick(p, 120, gp_mentor_tick);
	HAS(text, "cleo@example.com|[bees] Somebody could help you");
	HAS(text, "ann@example.org|[bees] Would you help");
	HASNT(text, "bob@example.net|");
	gp_clock_set(start, true);
}

/* Whoever did not end it is told that it has ended, and no more. */
static void
test_ends(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), before;
	char *text, *bob, *cleo;

	propose(p, &bob, &cleo);
	say(p, BOB, bob, "Re: mentor", "yes\n");
	say(p, CLEO, cleo, "Re: mentor", "yes\n");
	before = last_job(p);
	text = tick(p, 15 * DAY, gp_mentor_tick);
	HAS(text, "We ask three times in all: after 2, 6 and 12 weeks.");
	HASNT(text, "said yes, three times");
	text = say(p, CLEO, answer_of(p, before, "cleo@example.com"), "Re: mentor", "no: he talks too much\n");
	HAS(text, "The other one is told that it has ended, not why");
	HAS(text, "bob@example.net|[bees] You and Cleo: it has ended");
	HAS(text, "It has ended; thank you for the time that you gave it. You get this because");
	HASNT(text, "cleo@example.com|[bees] You and");
	text = say(p, BOB, answer_of(p, before, "bob@example.net"), "Re: mentor", "no\n");
	HAS(text, "over already");
	HASNT(text, "cleo@example.com|");
	gp_clock_set(start, true);
}

static void
test_nothing_set(void **state)
{
	struct place *p = *state;
	char *text;

	set(p, "mentors", "on");
	text = ask(p, BOB, "mentor\n");
	HAS(text, "You offer nothing and seek nothing.");
	HAS(text, "mentor offer #topic");
	HASNT(text, "moderators bring two people together");
	HASNT(ask(p, BOB, "mentor offer #wax\n"), "offer nothing");
	HAS(ask(p, BOB, "mentor offer\n"), "You offer nothing");
	set(p, "mentors", "moderators");
	text = ask(p, BOB, "mentor seek #wax\n");
	HAS(text, "- you seek #wax");
	HAS(text, "On this list moderators bring two people together");
	HAS(text, "bees+owner@");
}

static void
test_by_hand(void **state)
{
	struct place *p = *state;
	char *text;

	set(p, "mentors", "moderators");
	ask(p, BOB, "mentor offer #queens\n");
	ask(p, CLEO, "mentor seek #queens\n");
	assert_string_equal(tick(p, 60, gp_mentor_tick), "");
	text = ask(p, BOB, "mentor match bob@example.net cleo@example.com #queens\n");
	HASNT(text, "Both are asked");
	HASNT(text, "you offer #queens");
	HAS(text, "Only moderators bring two people together so.");
	text = ask(p, ANN, "mentor match bob@example.net cleo@example.com #queens\n");
	HAS(text, "Both are asked now, about #queens");
	HAS(text, "cleo@example.com|[bees] Somebody could help you");
	/* What nobody said is not put into their mouths. */
	HAS(text, "A moderator of bees thinks that you and Bob fit: Bob could help you along with #queens");
	HAS(text, "A moderator of bees thinks that you and Cleo fit: could you help Cleo along with #queens");
	HASNT(text, "You offered");
	HASNT(text, "You look for");
	HASNT(text, "because you wrote");
	HAS(ask(p, ANN, "mentor match bob@example.net cleo@example.com #queens\n"), "proposed to each other before");
	HAS(ask(p, ANN, "mentor match bob@example.net nobody@example.com #queens\n"), "two members of this list");
	HAS(ask(p, ANN, "mentor match bob@example.net\n"), "two members of this list");
}

static void
test_welcome(void **state)
{
	struct place *p = *state;
	struct gp_intro **v;
	struct gp_err err;
	size_t n;

	set(p, "charter", "All about bees.");
	post(p, BOB, "q", NULL, "How do you mark queens?", "Which colour?\n");
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking queens\n", (long long)number(p, "q")));
	ask(p, "Dora <dora@example.org>", "join\n");
	{
		char *text = say_yes(p, "Dora <dora@example.org>");

		HAS(text, "All about bees.");
		HAS(text, "Marking queens: https://lists.example.org/bees/library/marking-queens");
		HAS(text, "Around these days: Bob");
	}
	HAS(ask(p, "Dora <dora@example.org>", "about me: I have two hives in Ulm\n"), "\"I have two hives in Ulm\"");
	must(gp_intro_between(p->ctx, p->site->store, p->bees->id, 0, gp_now() + 1, 10, &v, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(v[0]->text, "I have two hives in Ulm");
	assert_string_equal(v[0]->name, "Dora");
	HAS(ask(p, "Dora <dora@example.org>", "introduce\n"), "Nothing is told");
	/* As the welcome has it: that, and a line. */
	{
		char *text = ask(p, "Dora <dora@example.org>", "about me\nI am a nurse.\nTwo hives in Ulm!\nshow\n");

		HAS(text, "\"I am a nurse. Two hives in Ulm!\"");
		HASNT(text, "not understood");
		HAS(text, "digest_hour");
	}
	set(p, "welcome", "off");
	ask(p, "Emil <emil@example.org>", "join\n");
	HASNT(say_yes(p, "Emil <emil@example.org>"), "All about bees.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_meet),
		PLACE_TEST(test_no),
		PLACE_TEST(test_late),
		PLACE_TEST(test_no_is_not_told),
		PLACE_TEST(test_ends),
		PLACE_TEST(test_nothing_set),
		PLACE_TEST(test_by_hand),
		PLACE_TEST(test_welcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
