/* SPDX-License-Identifier: ISC */
/* Heated threads: each member once in a while, posts that wait and come together, a private word. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* What would become of a reply. */
static struct gp_decision
decision(struct place *p, const char *from, const char *under)
{
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;

	incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: Re: x\nMessage-ID: <t@t.example>\n"
	    "%s%s%s\nNo!\n", from, under != NULL ? "In-Reply-To: <" : "", under != NULL ? under : "",
	    under != NULL ? "@x.example>\n" : ""), "s@x.example", &in);
	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	return d;
}

/* Asked by a moderator who says yes to being asked. */
static char *
order(struct place *p, const char *line)
{
	ask(p, ANN, line);
	return say_yes(p, ANN);
}

static void
test_slow(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	long long number_of;

	post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	post(p, BOB, "h1", "h", "Re: Sugar or honey", "Never!\n");
	number_of = (long long)number(p, "h");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "slow %lld 1d\n", number_of)), "who look after the list");
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld soon\n", number_of)), "no time that can be used");
	assert_int_equal(decision(p, BOB, "h").kind, GP_DECIDE_ACCEPT);
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld 12h\n", number_of)), "12 hours.");
	assert_int_equal(decision(p, BOB, "h1").kind, GP_DECIDE_REJECT);
	HAS(decision(p, BOB, "h1").reply, "you can write in it again from 2026-11-24 00:00");
	/* Elsewhere, who looks after the list, and who has not written here yet. */
	assert_int_equal(decision(p, BOB, NULL).kind, GP_DECIDE_ACCEPT);
	assert_int_equal(decision(p, ANN, "h").kind, GP_DECIDE_ACCEPT);
	gp_clock_set(start + DAY / 2, true);
	assert_int_equal(decision(p, BOB, "h").kind, GP_DECIDE_ACCEPT);
	gp_clock_set(start, true);
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld 2d\n", number_of)), "2 days.");
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld 1h\n", number_of)), "1 hour.");
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld 60\n", number_of)), "1 minute.");
	HAS(order(p, gp_asprintf(p->ctx, "slow %lld off\n", number_of)), "as often as before");
	assert_int_equal(decision(p, BOB, "h").kind, GP_DECIDE_ACCEPT);
}

static void
test_cool(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	HAS(order(p, gp_asprintf(p->ctx, "cool %lld 24h\n", (long long)number(p, "h"))), "come together after: 1 day.");
	assert_int_equal(post(p, BOB, "h1", "h", "Re: Sugar or honey", "Never!\n"), 0);
	assert_int_equal(post(p, CLEO, "h2", "h", "Re: Sugar or honey", "Always!\n"), 0);
	/* No moderator is asked, and those who write of something else don't wait. */
	HASNT(mails(p, 0), "[bees] Held: Re: Sugar");
	assert_int_not_equal(post(p, BOB, "o", NULL, "Wax", "Wax.\n"), 0);
	assert_int_not_equal(post(p, ANN, "h3", "h", "Re: Sugar or honey", "Friends!\n"), 0);
	HASNT(tick(p, DAY - 60, gp_hold_expire), "Never!");
	text = tick(p, 120, gp_hold_expire);
	HAS(text, "Never!");
	HAS(text, "Always!");
	gp_clock_set(start, true);
}

/* A post that waits for another reason: the question says what its thread does. */
static void
test_question(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), before, number_of;
	char *text;

	post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	number_of = number(p, "h");
	order(p, "moderate bob@example.net\n");
	before = last_job(p);
	post(p, BOB, "h0", "h", "Re: Sugar or honey", "Before.\n");
	text = mails(p, before);
	HAS(text, "[bees] Held: Re: Sugar");
	HASNT(text, "ts thread");
	order(p, gp_asprintf(p->ctx, "slow %lld 2h\n", (long long)number_of));
	before = last_job(p);
	post(p, BOB, "h1", "h", "Re: Sugar or honey", "Slowly.\n");
	HAS(mails(p, before), "each member can write there once in 2 hours. ok sends");
	order(p, gp_asprintf(p->ctx, "cool %lld 36h\n", (long long)number_of));
	before = last_job(p);
	post(p, BOB, "h2", "h", "Re: Sugar or honey", "Now.\n");
	HAS(mails(p, before), "Its thread rests until 25 November 2026, 00:00. ok sends");
	HAS(tick(p, DAY + 60, gp_hold_expire), "Its thread rests until 25 November 2026, 00:00. ok sends");
	order(p, gp_asprintf(p->ctx, "close %lld Enough\n", (long long)number_of));
	HAS(tick(p, 3 * DAY, gp_hold_expire), "Its thread is closed. ok sends");
	gp_clock_set(start, true);
}

static const struct { const char *name, *from, *text; bool is_post; const char *rule; } replies[] = {
	{"praise is no order", ANN, "Cool!\n", true, NULL},
	{"nor is nearness", ANN, "Close to what we do.\n", true, NULL},
	{"a member's words are a post", BOB, "close: I am fed up\n", true, NULL},
	{"a moderator's, with a time", ANN, "slow 1d\n", false, NULL},
	{"with a colon", ANN, "close: Enough for today\n", false, NULL},
};

static void
test_replies(void **state)
{
	struct place *p = *state;
	size_t i;
	char *why, *text;
	struct gp_pace pace;
	struct gp_err err;
	int64_t id = post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");

	for (i = 0; i < GP_COUNT(replies); i++) {
		int64_t got = post(p, replies[i].from, gp_asprintf(p->ctx, "r%zu", i), "h", "Re: Sugar or honey",
		    replies[i].text);

		if ((got != 0) != replies[i].is_post)
			fail_msg("%s: %s", replies[i].name, got != 0 ? "a post" : "no post");
		if (got == 0)
			say_yes(p, ANN);
	}
	must(gp_thread_pace(p->site->store, id, &pace, &err), &err);
	assert_int_equal(pace.slow, DAY);
	assert_int_equal(pace.cool, 0);
	must(gp_thread_closed(p->ctx, p->site->store, id, &why, &err), &err);
	assert_string_equal(why, "Enough for today");
	/* Nor by a program that loses References. */
	assert_int_equal(post(p, BOB, "lost", "nobody-knows", "Re: Sugar or honey", "But no.\n"), 0);
	/* A word to one alone, which is not in the log. */
	text = order(p, gp_asprintf(p->ctx, "nudge %lld Please leave the queens out of it.\n", (long long)number(p, "h")));
	HAS(text, "cleo@example.com|Re: Sugar or honey|The moderators");
	HAS(text, "Please leave the queens out of it");
	text = order(p, "log\n");
	HAS(text, "private word sent");
	HASNT(text, "queens");
}

/* Marks behind a command are no part of it, but words for people keep theirs. */
static void
test_words_whole(void **state)
{
	struct place *p = *state;
	struct gp_practice **pages;
	struct gp_message *m;
	struct gp_err err;
	int64_t before;
	size_t n;
	char *why;

	post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	post(p, BOB, "k", NULL, "Marking", "White.\n");
	HAS(order(p, gp_asprintf(p->ctx, "nudge %lld Would you wait a day?\n", (long long)number(p, "h"))),
	    "Would you wait a day?");
	HAS(order(p, gp_asprintf(p->ctx, "- nudge %lld Thank you all!\n", (long long)number(p, "h"))), "Thank you all!");
	before = last_job(p);
	order(p, gp_asprintf(p->ctx, "nudge %lld ?\n", (long long)number(p, "h")));
	HASNT(mails(p, before), "cleo@example.com");
	order(p, gp_asprintf(p->ctx, "close thread %lld It is all said, is it not?\n", (long long)number(p, "h")));
	must(gp_message_find_id(p->ctx, p->site->store, number(p, "h"), &m, &err), &err);
	must(gp_thread_closed(p->ctx, p->site->store, m->thread, &why, &err), &err);
	assert_string_equal(why, "It is all said, is it not?");
	/* A number alone has none. */
	HAS(order(p, gp_asprintf(p->ctx, "open %lld.\n", (long long)number(p, "h"))), "open");
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld White, or blue? #queens, #may.\n", (long long)number(p, "k"))),
	    "\"White, or blue?\"");
	must(gp_practice_all(p->ctx, p->site->store, p->bees->id, NULL, 0, INT64_MAX, 9, &pages, &n, &err), &err);
	assert_string_equal(pages[0]->title, "White, or blue?");
	assert_string_equal(pages[0]->tags, " queens may ");
	HAS(ask(p, ANN, "outdated white-or-blue Who says so?\n"), "White, or blue?");
	must(gp_practice_all(p->ctx, p->site->store, p->bees->id, NULL, 0, INT64_MAX, 9, &pages, &n, &err), &err);
	assert_string_equal(pages[0]->doubt, "Who says so?");
	ask(p, BOB, "introduce I have two hives. You?\n");
	order(p, "configure description Bees, and who keeps them.\nconfigure archive members.\n");
	must(gp_list_find(p->ctx, p->site->store, "bees@example.org", &p->bees, &err), &err);
	assert_string_equal(p->bees->set.description, "Bees, and who keeps them.");
	assert_int_equal(p->bees->set.archive, GP_ARCHIVE_MEMBERS);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PLACE_TEST(test_words_whole), PLACE_TEST(test_slow), PLACE_TEST(test_cool), PLACE_TEST(test_question),
		PLACE_TEST(test_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
