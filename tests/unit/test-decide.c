/* SPDX-License-Identifier: ISC */
/* Rounds that decide something: who may begin one, what counts, and what comes of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static struct gp_vote_counts
counts(struct place *p, const char *msgid)
{
	struct gp_decision_round *d;
	struct gp_vote_counts out;
	struct gp_err err;

	must(gp_decision_of(p->ctx, p->site->store, number(p, msgid), &d, &err), &err);
	must(gp_vote_count(p->site->store, d, &out, &err), &err);
	return out;
}

static int64_t
propose(struct place *p)
{
	set(p, "decisions", "on");
	return post(p, CLEO, "d", NULL, "#decide Buy a wax press", "It costs 300.\n");
}

static void
test_who_may(void **state)
{
	struct place *p = *state;
	struct gp_decision_round *d;
	struct gp_err err;
	int64_t before = last_job(p);
	const char *heard;

	post(p, CLEO, "off", NULL, "#decide Buy a scale", "x\n");
	HASNT(mails(p, before), "|Re: ");
	assert_int_equal(gp_decision_of(p->ctx, p->site->store, number(p, "off"), &d, &err), GP_E_NOTFOUND);
	set(p, "decisions", "moderators");
	before = last_job(p);
	post(p, CLEO, "no", NULL, "#decide Buy a smoker", "y\n");
	/* Whoever asks hears what happens now, or that nothing does. */
	heard = mails(p, before);
	HAS(heard, "cleo@example.com|Re: #decide Buy a smoker|Your message");
	HAS(heard, "not counted here, unless a moderator asks.");
	assert_int_equal(gp_decision_of(p->ctx, p->site->store, number(p, "no"), &d, &err), GP_E_NOTFOUND);
	before = last_job(p);
	post(p, ANN, "yes", NULL, "Entscheidung: eine Presse", "z\n");
	heard = mails(p, before);
	HAS(heard, "You ask everyone on bees to decide: Entscheidung: eine Presse. Until 30 November 2026 members reply");
	assert_null(strstr(heard, "bob@example.net|Re:"));
	must(gp_decision_of(p->ctx, p->site->store, number(p, "yes"), &d, &err), &err);
	assert_int_equal(d->ends, gp_now() + 7 * DAY);
	assert_string_equal(thread(p, d->thread)->mark, "decide");
}

static const struct said { const char *name, *from, *text; bool is_post; int yes, no, abstain, block; } said[] = {
	{"one word", ANN, "yes\n", false, 1, 0, 0, 0},
	{"the last one counts", ANN, "No.\n", false, 0, 1, 0, 0},
	{"with a reason it is a post", ANN, "No: it is too dear.\n", true, 0, 1, 0, 0},
	{"and below it", BOB, "Ja!\n\nWe need one.\n", true, 1, 1, 0, 0},
	{"in French", CLEO, "abstention\n", false, 1, 1, 1, 0},
	{"a block", CLEO, "block\n", false, 1, 1, 0, 1},
	{"a word that goes on", BOB, "Yes and no are both right.\n", true, 1, 1, 0, 1},
	{"further down", BOB, "I think:\nno\n", true, 1, 1, 0, 1},
	{"no answer at all", BOB, "What does it weigh?\n", true, 1, 1, 0, 1},
	{"a stranger is held", EVE, "block\n", false, 1, 1, 0, 1},
};

static void
test_votes(void **state)
{
	struct place *p = *state;
	struct gp_vote_counts c;
	size_t i;
	int64_t got;

	propose(p);
	for (i = 0; i < GP_COUNT(said); i++) {
		got = post(p, said[i].from, gp_asprintf(p->ctx, "v%zu", i), "d", "Re: #decide Buy a wax press",
		    said[i].text);
		c = counts(p, "d");
		if ((got != 0) != said[i].is_post)
			fail_msg("%s: %s", said[i].name, got != 0 ? "a post" : "no post");
		if (c.n[GP_VOTE_YES] != said[i].yes || c.n[GP_VOTE_NO] != said[i].no ||
		    c.n[GP_VOTE_ABSTAIN] != said[i].abstain || c.n[GP_VOTE_BLOCK] != said[i].block)
			fail_msg("%s: counted wrongly", said[i].name);
	}
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "vote %lld no\n", (long long)number(p, "d"))), "Counted in");
	assert_int_equal(counts(p, "d").n[GP_VOTE_NO], 2);
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "vote %lld perhaps\n", (long long)number(p, "d"))), "What do you say");
	/* An answer to the reminder by a program that loses References. */
	assert_int_equal(post(p, ANN, "lost", "nobody-knows", "Re: Re: #decide Buy a wax press", "abstain\n"), 0);
	assert_int_equal(counts(p, "d").n[GP_VOTE_ABSTAIN], 1);
	/* Elsewhere these words are words. */
	post(p, BOB, "o", NULL, "Wax", "x\n");
	assert_int_not_equal(post(p, ANN, "o2", "o", "Re: Wax", "yes\n"), 0);
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "vote %lld no\n", (long long)number(p, "o"))), "Nothing is being decided");
}

static void
test_end(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), t = propose(p);
	struct gp_practice *kept;
	struct gp_err err;
	char *text, *body;

	post(p, ANN, "v1", "d", "Re: #decide Buy a wax press", "yes\n");
	assert_string_equal(tick(p, 3 * DAY, gp_decide_tick), "");
	text = tick(p, DAY, gp_decide_tick);
	HAS(text, "bob@example.net|Re:");
	/* Who asks need not be reminded. */
	HASNT(text, "cleo@example.com|Re:");
	HASNT(text, "ann@example.org|");
	HAS(text, "> Buy a wax press > > It costs 300.");
	assert_string_equal(tick(p, DAY, gp_decide_tick), "");
	post(p, BOB, "v2", "d", "Re: #decide Buy a wax press", "yes\n");
	text = tick(p, 3 * DAY, gp_decide_tick);
	HAS(text, "Agreed.");
	HAS(text, "- yes: 2");
	HAS(text, "3 members of bees could answer");
	HAS(text, "|Re: #decide Buy a wax press|The round about \"Buy a wax press\" is over.");
	HAS(text, "kept in the library: https://lists.example.org/bees/library/buy-a-wax-press You get this because "
	    "everyone on bees was asked.");
	assert_string_equal(thread(p, t)->mark, "decided");
	assert_int_equal(thread(p, t)->messages, 2);
	must(gp_practice_of(p->ctx, p->site->store, number(p, "d"), &kept, &err), &err);
	must(gp_practice_body(p->ctx, p->site->store, kept, &body, NULL, &err), &err);
	HAS(body, "- yes: 2");
	assert_true(gp_starts(body, "**Agreed.**"));
	HASNT(body, "You get this");
	HASNT(body, "library/");
	assert_string_equal(kept->title, "Buy a wax press");
	assert_string_equal(kept->tags, " decision ");
	assert_string_equal(tick(p, 30 * DAY, gp_decide_tick), "");
	/* Too late: it is a post. */
	assert_int_not_equal(post(p, CLEO, "late", "d", "Re: #decide Buy a wax press", "no\n"), 0);
	gp_clock_set(start, true);
}

/* What is written to members about a thread without names says no name, and nothing that stands in its words. */
static void
test_without_names(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	set(p, "decisions", "on");
	post(p, "Cleo Clay <cleo@example.com>", "d", NULL, "#decide A press for Cleo Clay #chatham",
	    "It costs 300, says Cleo Clay.\n\n-- \nCleo Clay, Apiary Ltd\n");
	post(p, ANN, "v1", "d", "Re: #decide A press", "yes\n");
	text = tick(p, 4 * DAY, gp_decide_tick);
	HAS(text, "bob@example.net|Re:");
	HAS(text, "Somebody asks everyone");
	HAS(text, "It costs 300, says [...].");
	HASNT(text, "Clay");
	HASNT(text, "Apiary");
	text = tick(p, 4 * DAY, gp_decide_tick);
	HAS(text, "is over.");
	HASNT(text, "Clay");
	gp_clock_set(start, true);
}

static void
test_blocked(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();

	propose(p);
	post(p, ANN, "v1", "d", "Re: #decide Buy a wax press", "yes\n");
	post(p, BOB, "v2", "d", "Re: #decide Buy a wax press", "Block. We have no room for it.\n");
	set(p, "library", "off");
	tick(p, 4 * DAY, gp_decide_tick);
	HAS(tick(p, 4 * DAY, gp_decide_tick), "Blocked.");
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_who_may),
		PLACE_TEST(test_votes),
		PLACE_TEST(test_end),
		PLACE_TEST(test_without_names),
		PLACE_TEST(test_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
