/* SPDX-License-Identifier: ISC */
/* Questions that are solved, reopened, handed to those who can help: by command and by reply. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* A question of Cleo's that Bob answered. */
static int64_t
asked(struct place *p)
{
	int64_t t = post(p, CLEO, "q", NULL, "Which day for the acid?", "I have two hives.\n");

	assert_string_equal(thread(p, t)->mark, "question");
	assert_int_equal(post(p, BOB, "a", "q", "Re: Which day for the acid?", "A cold one in December.\n"), t);
	return t;
}

static void
test_solved_by_reply(void **state)
{
	struct place *p = *state;
	int64_t t = asked(p), before = last_job(p);
	char *text;

	/* The one word is no post: an answer to who wrote it, thanks to who answered. */
	assert_int_equal(post(p, CLEO, "s", "a", "Re: Which day for the acid?", "Solved!\n"), 0);
	text = mails(p, before);
	assert_string_equal(thread(p, t)->mark, "solved");
	assert_int_equal(thread(p, t)->mark_message, number(p, "a"));
	assert_int_equal(thread(p, t)->messages, 2);
	HAS(text, "bob@example.net|Re: Which day for the acid?|Your answer helped: Cleo says");
	HAS(text, "cleo@example.com|");
	HAS(text, "is solved now, by what Bob wrote");
	HASNT(text, "ann@example.org|");
	/* Said again: no second thanks. */
	before = last_job(p);
	post(p, CLEO, "s2", "a", "Re: Which day for the acid?", "> A cold one in December.\n\nsolved\n\nCleo\n");
	HASNT(mails(p, before), "Your answer helped");
	/* Taken back. */
	post(p, CLEO, "s3", "a", "Re: Which day for the acid?", "Reopen.\n");
	assert_string_equal(thread(p, t)->mark, "question");
}

static void
test_solved_with_words(void **state)
{
	struct place *p = *state;
	int64_t t = asked(p), before = last_job(p);
	char *text;

	assert_int_equal(post(p, CLEO, "s", "a", "Re: Which day for the acid?",
	    "Solved: it works in the cold.\n\nThank you all, the mites fell in heaps.\n"), t);
	text = mails(p, before);
	assert_string_equal(thread(p, t)->mark, "solved");
	assert_int_equal(thread(p, t)->messages, 3);
	HAS(text, "the mites fell in heaps");
	HAS(text, "Your answer helped");
	HAS(text, "cleo@example.com|[bees] Your answer|Solved: it works in the cold. \"Which day");
}

/* A mail of nothing but a command, by who may not give it: its author hears why, and nobody else gets it. */
static void
test_not_yours(void **state)
{
	static const struct { const char *from, *text, *why; bool is_post; } cases[] = {
		{BOB, "solved\n", "is for whoever asked to say", false},
		{BOB, "Gel\xc3\xb6st!\n", "is for whoever asked to say", false},
		{BOB, "kind: story\n", "is for whoever asked to say", false},
		{BOB, "keep: Acid in winter\n", "kept by its moderators", false},
		{BOB, "slow 2d\n", "who look after the list", false},
		{BOB, "close: I am fed up\n", NULL, true},
		{BOB, "Keep it up, all.\n", NULL, true},
		{EVE, "solved\n", NULL, false},
	};
	struct place *p = *state;
	int64_t before, got;
	size_t i;
	char *text;

	asked(p);
	set(p, "repeats", "yes");
	for (i = 0; i < GP_COUNT(cases); i++) {
		before = last_job(p);
		got = post(p, cases[i].from, gp_asprintf(p->ctx, "n%zu", i), "a", "Re: Which day for the acid?", cases[i].text);
		if ((got != 0) != cases[i].is_post)
			fail_msg("%s: %s", cases[i].text, got != 0 ? "a post" : "no post");
		text = mails(p, before);
		if (cases[i].why == NULL)
			continue;
		HAS(text, "bob@example.net|");
		HAS(text, cases[i].why);
		HAS(text, "it was sent to nobody");
		HASNT(text, "cleo@example.com|");
	}
}

/* Who asked found it: their own words are the answer where nobody else wrote. */
static void
test_solved_by_oneself(void **state)
{
	struct place *p = *state;
	int64_t t = post(p, CLEO, "q", NULL, "Where is a press to be had?", "Does anyone lend one?\n");

	assert_int_equal(post(p, CLEO, "s", "q", "Re: Where is a press to be had?", "Solved!\nI found one at the market.\n"), t);
	assert_string_equal(thread(p, t)->mark, "solved");
	assert_int_equal(thread(p, t)->mark_message, number(p, "s"));
	t = post(p, CLEO, "q2", NULL, "Where is a smoker to be had?", "Does anyone lend it?\n");
	assert_int_equal(post(p, CLEO, "s2", "q2", "Re: Where is a smoker to be had?", "solved\n"), 0);
	HAS(mails(p, last_job(p) - 1), "Nobody but you");
	assert_string_equal(thread(p, t)->mark, "question");
}

/* Where there are to be no names, private mails have none, and no marks in what they call the thread. */
static void
test_nameless(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), before;
	char *text;

	set(p, "unnamed", "on");
	ask(p, ANN, "can-help #cellar\n");
	post(p, "Cleo Clay <cleo@example.com>", "q", NULL, "#question #chatham Who stores combs in a cellar?", "Does anyone?\n");
	text = tick(p, 3 * DAY, gp_help_tick);
	HAS(text, "ann@example.org|Re: ");
	HAS(text, "|Somebody asked bees");
	post(p, "Bob Hill <bob@example.net>", "a", "q", "Re: #question #chatham Who stores combs in a cellar?",
	    "In the cold, says Bob Hill.\n");
	text = tick(p, 8 * DAY, gp_library_tick);
	HAS(text, "cleo@example.com|Re: #question #chatham Who stores");
	HAS(text, "about \"Who stores combs in a cellar?\"");
	HAS(text, "- In the cold, says");
	HAS(text, "without your name");
	HASNT(text, "Bob");
	before = last_job(p);
	post(p, "Cleo Clay <cleo@example.com>", "s", "a", "Re: #question #chatham Who stores combs in a cellar?", "solved\n");
	text = mails(p, before);
	HAS(text, "Your answer helped: somebody says that it solved \"Who stores combs in a cellar?\"");
	HAS(text, "by what somebody wrote");
	HASNT(text, "Cleo Clay");
	HASNT(text, "Bob");
	gp_clock_set(start, true);
}

static const struct reply { const char *name, *from, *under, *text; bool is_post; const char *mark; } replies[] = {
	{"somebody else's word alone is answered", BOB, "q", "Solved!\n", false, "question"},
	{"somebody else's with more words is a post", BOB, "q", "Solved! Mine are fine.\n", true, "question"},
	{"a stranger's waits", EVE, "a", "Solved!\n", false, "question"},
	{"a moderator may", ANN, "a", "solved\n", false, "solved"},
	{"in German", CLEO, "a", "Gel\xc3\xb6st.\n", false, "solved"},
	{"in French", CLEO, "a", "R\xc3\xa9solu\n", false, "solved"},
	{"in Spanish", CLEO, "a", "resuelto\n", false, "solved"},
	{"below a quote", CLEO, "a", "On Monday Bob wrote:\n> A cold one\n\nsolved\n", false, "solved"},
	{"with thanks in the same line", CLEO, "a", "Solved! Thank you, the mites fell in heaps.\n", true, "solved"},
	{"the word within a sentence", CLEO, "a", "Solved problems are the best ones.\n", true, "question"},
	{"further down", CLEO, "a", "Thank you.\nsolved\n", true, "question"},
	{"in what is quoted", CLEO, "a", "> solved\n\nIs it?\n", true, "question"},
	{"not the beginning of another", CLEO, "a", "solvedness\n", true, "question"},
	{"a command that is none for replies", CLEO, "a", "unsubscribe\n", true, "question"},
	{"no reply at all", CLEO, NULL, "solved\n", true, "question"},
};

static void
test_replies(void **state)
{
	struct place *p = *state;
	int64_t t = asked(p), got;
	struct gp_err err;
	size_t i;

	/* So many posts on one subject would wait. */
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, p->bees, "repeats", "yes", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(replies); i++) {
		got = post(p, replies[i].from, gp_asprintf(p->ctx, "r%zu", i), replies[i].under,
		    gp_asprintf(p->ctx, "Re: Which day for the acid%s", replies[i].under == NULL ? " in May" : "?"),
		    replies[i].text);
		if ((got != 0) != replies[i].is_post)
			fail_msg("%s: %s", replies[i].name, got != 0 ? "a post" : "no post");
		if (strcmp(thread(p, t)->mark, replies[i].mark) != 0)
			fail_msg("%s: now %s", replies[i].name, thread(p, t)->mark);
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_thread_mark(p->site->store, t, "question", 0, GP_MARK_RULE, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
	}
}

/* Messages 1, 2 and 4 of the list are 1, 2 and 3 of the thread on its page. */
static void
test_numbers(struct place *p)
{
	static const struct { const char *by, *says; } cases[] = {
		{"by 2", "by what Bob wrote, \""}, {"by 4", "by what Ann wrote, \"Or in January.\" (number 4)"},
		{"by #3", "by what Ann wrote"}, {"by 3", "by what Ann wrote"}, {"#2", "by what Bob wrote"},
		{"by #4", "by what Ann wrote"}, {"by 6", "stands in another thread"}, {"by 77", "no message 77"},
		{"by #0", "no message 0"},
	};
	size_t i;

	post(p, BOB, "far", NULL, "Drones", "They are gone.\n");
	post(p, BOB, "farther", NULL, "Pollen", "It is yellow.\n");
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *text = ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld %s\n", (long long)number(p, "q"), cases[i].by));

		if (strstr(text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].by, text);
	}
}

static void
test_commands(void **state)
{
	struct place *p = *state;
	int64_t t = asked(p);
	int64_t other = post(p, BOB, "o", NULL, "Wax moths", "They are back.\n");

	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, "q"))), "by what Bob wrote");
	assert_int_equal(thread(p, t)->mark_message, number(p, "a"));
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "reopen %lld\n", (long long)number(p, "a"))), "open question again");
	post(p, ANN, "b", "q", "Re: Which day for the acid?", "Or in January.\n");
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld by %lld\n", (long long)number(p, "q"),
	    (long long)number(p, "a"))), "by what Bob wrote");
	assert_int_equal(thread(p, t)->mark_message, number(p, "a"));
	test_numbers(p);
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, "q"))), "is for whoever asked");
	HAS(ask(p, BOB, "solved 99999\n"), "no message 99999");
	HAS(ask(p, BOB, "solved\n"), "no message");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, "o"))), "Nobody but you");
	/* To the address of the thread. */
	HAS(say(p, CLEO, gp_asprintf(p->ctx, "bees+thread-%s@example.org", thread(p, t)->key), "", "reopen\n"),
	    "open question again");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "kind %lld story\n", (long long)number(p, "o"))), "this is a story now");
	assert_string_equal(thread(p, other)->mark, "story");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "kind %lld frage\n", (long long)number(p, "o"))), "this is a question");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "kind %lld song\n", (long long)number(p, "o"))), "song is no kind");
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "kind %lld none\n", (long long)number(p, "o"))), "ordinary thread");
	assert_string_equal(thread(p, other)->mark, "");
	HAS(ask(p, ANN, "configure answers off\n"), "answers");
	HAS(say_yes(p, ANN), "answers is now off");
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, "q"))), "does not follow questions");
}

static void
test_ask_the_right_few(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), before;
	char *text;

	HAS(ask(p, BOB, "can-help\n"), "You have not said");
	HAS(ask(p, BOB, "can-help #Varroa, #oxalic-acid\n"), "- #oxalic-acid - #varroa");
	HAS(ask(p, BOB, "can help varroa\n"), "- #varroa");
	HAS(ask(p, ANN, "can-help #varroa #wax\n"), "4 times in 30 days");
	set(p, "help_cap", "1");
	HAS(ask(p, CLEO, "can-help #varroa\n"), "asked: once in 30 days at most");
	set(p, "help_cap", "4");
	HAS(ask(p, EVE, "can-help #varroa\n"), "for members");
	post(p, CLEO, "q", NULL, "How many varroa in winter?", "Does anyone count them?\n");
	assert_string_equal(tick(p, DAY, gp_help_tick), "");
	text = tick(p, DAY + 60, gp_help_tick);
	HAS(text, "ann@example.org|Re: How many varroa in winter?|Cleo asked");
	HAS(text, "Does anyone count them?");
	HASNT(text, "bob@example.net");
	/* One after the other: not at once, but when the first one passes. */
	assert_string_equal(tick(p, 60, gp_help_tick), "");
	HAS(say(p, ANN, "bees+pass@example.org", gp_asprintf(p->ctx, "%lld", (long long)number(p, "q")), ""),
	    "Somebody else is asked");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "pass %lld\n", (long long)number(p, "q"))), "You were not asked");
	HAS(tick(p, 60, gp_help_tick), "bob@example.net|Re: How many varroa");
	/* By reply, with one word, and nobody else sees it. */
	before = last_job(p);
	/* A program may name our mail alone in the answer to it. */
	assert_int_equal(post(p, BOB, "pass0", "ours", "Re: Varroa", "pass\n"), 0);
	assert_int_equal(post(p, BOB, "pass", "q", "Re: How many varroa in winter?", "pass\n"), 0);
	HAS(mails(p, before), "bob@example.net|");
	HASNT(mails(p, before), "ann@example.org");
	/* Cleo asked it herself, and nobody is left. */
	assert_string_equal(tick(p, 3 * DAY, gp_help_tick), "");
	/* Who has an answer asks nobody. */
	post(p, CLEO, "q2", NULL, "How much wax?", "Does anyone weigh it?\n");
	post(p, BOB, "a2", "q2", "Re: How much wax?", "A kilogram.\n");
	assert_string_equal(tick(p, 5 * DAY, gp_help_tick), "");
	HAS(ask(p, ANN, "can-help none\n"), "You have not said");
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_solved_by_reply),
		PLACE_TEST(test_solved_with_words),
		PLACE_TEST(test_not_yours),
		PLACE_TEST(test_solved_by_oneself),
		PLACE_TEST(test_nameless),
		PLACE_TEST(test_replies),
		PLACE_TEST(test_commands),
		PLACE_TEST(test_ask_the_right_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
