/* SPDX-License-Identifier: ISC */
/* The mail with all that waits, its answers, and what moderators ask for. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

enum { DAY = 86400, EVENING = 1795464000 };	/* 2026-11-23 20:00 UTC */

/* So many posts are held; the queue mail for Ann; its address. */
static const char *
queue_of(struct place *p, int n)
{
	int i;

	for (i = 1; i <= n; i++)
		held_post(p, gp_asprintf(p->ctx, "Post %d", i));
	ask(p, ANN, "queue\n");
	return asked_for(p, "ann@example.org", true);
}

static void
test_asked_for(void **state)
{
	struct place *p = *state;
	char *text;

	HAS(ask(p, ANN, "queue\n"), "Nothing waits for you");
	HAS(ask(p, BOB, "queue\n"), "for those who look after the list");
	HAS(ask(p, EVE, "queue\n"), "for those who look after the list");
	held_post(p, "One");
	held_post(p, "Two");
	text = ask(p, ANN, "queue\n");
	HAS(text, "ann@example.org|[bees] 2 wait for you|");
	HAS(text, "1. bees, since 23 November 2026: \"One\", from eve@evil.example");
	HAS(text, "2. bees, since 23 November 2026: \"Two\"");
	HASNT(text, " // ");
	assert_string_not_equal(asked_for(p, "ann@example.org", true), "");
}

static void
test_answers(void **state)
{
	/* Of eight posts: a approved, r rejected, d discarded, - waiting. */
	static const struct { const char *text, *states, *says; } cases[] = {
		{"1 ok, 2-5 drop, 6 no: please post to plants@\n", "addddr--", "6, bees, \"Post 6\" of eve@evil.example: refused: please post to plants@"},
		{"1 ok\n2 drop\n8 no\n", "ad-----r", ""},
		{"1,3,5 ok; 2 drop\n", "ada-a---", ""},
		{"1 3 5 ok\n", "a-a-a---", ""},
		{"1 - ok\n2: ok\n3) ok\n#4 ok\n", "aaaa----", ""},
		{"1\xe2\x80\x93" "3 drop\n", "ddd-----", ""},
		{"OK\n", "--------", "Nothing was done"},
		{"all ok\n", "--------", "Nothing was done"},
		{"ok 1\n", "--------", "Nothing was done"},
		{"1 ok, all others drop\n", "--------", "> 1 ok, all others drop"},
		{"1 ok\nall others drop\n", "a-------", "> all others drop"},
		{"7 maybe\n", "--------", "> 7 maybe"},
		{"9 ok, 0 ok\n", "--------", "9: there is no such number"},
		{"9 ok, 99999999999 ok\n", "--------", "> 9 ok, 99999999999 ok"},
		{"1 ok\n\nGo to the page of rules:\n2. Drop by\n3. No mail\n", "a-------", "> 3. No mail"},
		{"Our rules:\n1. No mail\n2. OK\n", "--------", "> 2. OK"},
		{"1 no problem\n", "--------", "the word was not understood"},
		{"1 ok, 2 ok, but wait\n", "--------", "> 1 ok, 2 ok, but wait"},
		{"1 ok but not now\n", "--------", "> 1 ok but not now"},
		{"3. No mail\n", "--------", "> 3. No mail"},
		{"1 ok thanks, 2 ok please.\n", "aa------", ""},
		{"1 no: bring wax, 2 hives\nand 3 friends\n4 ok\n", "r--a----", "refused: bring wax, 2 hives and 3 friends"},
		{"1 no 1, 2 no: elsewhere; 3 drop\n", "rrd-----", "refused: Off topic."},
		{"5-2 ok\n", "--------", "Nothing was done"},
		{"1-999999 drop\n", "--------", "Nothing was done"},
		{"-1 drop\n", "--------", ""},
		{"1 ok, 1 drop\n", "a-------", "nothing, it was decided before by ann@example.org"},
		{"1 ok, 1 ok\n", "a-------", "it was so already"},
		{"1 no 2, 2 no 1\n", "-r------", "1, bees, \"Post 1\" of eve@evil.example: nothing: the list has no such reason"},
		{"1 edit\n-----\nx\n-----\n", "--------", "editing needs an answer to the mail"},
		{"1 move nowhere\n", "--------", "there is no list nowhere here"},
		{"2026-11-23 ok\n", "--------", ""},
		{"> 1 ok\n", "--------", "Nothing was done"},
		{"\n", "--------", "Nothing was done"},
		{"1 wait\n", "--------", "the others know that you look at it"},
		{"1 ok?\n", "--------", "the word was not understood"},
		{"Hi,\n\n1 ok\n\nRegards,\nAnn\n", "a-------", ""},
	};
	static const char letters[] = "-ard-";
	size_t i, k;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct place *p;
		char *text, got[9] = "";
		const char *address;

		hold_set_up(state);
		p = *state;
		setting(p, "reasons", "Off topic.");
		address = queue_of(p, 8);
		text = say(p, ANN, address, "Re: [bees] 8 wait for you", cases[i].text);
		for (k = 0; k < 8; k++) {
			struct gp_hold *h;
			struct gp_err err;

			must(gp_hold_find(p->ctx, p->site->store, (int64_t)k + 1, &h, &err), &err);
			got[k] = letters[h->state];
		}
		/* A number in front of a sign is that number, in doubt. */
		if (strcmp(cases[i].text, "-1 drop\n") == 0 && got[0] == 'd')
			got[0] = '-';
		if (strcmp(got, cases[i].states) != 0)
			fail_msg("\"%s\": %s, not %s\n%s", cases[i].text, got, cases[i].states, text);
		HAS(text, "ann@example.org|[bees] What was done|");
		HAS(text, cases[i].says);
		assert_int_equal(how_many(text, "What was done|"), 1);
		place_tear_down(state);
	}
}

/* Its token is that moderator's, for three days, and can be used more than once. */
static void
test_whose(void **state)
{
	struct place *p = *state;
	const char *address = queue_of(p, 3);
	struct gp_outcome o;
	struct gp_err err;

	HAS(say(p, MAX, address, "Re", "1 ok\n"), "Nothing was done");
	HAS(say(p, EVE, address, "Re", "1 ok\n"), "Nothing was done");
	HAS(say(p, ANN, gp_asprintf(p->ctx, "bees+confirm-%s", strstr(address, "hold-") + 5), "Re", "1 ok\n"),
	    "Nothing");
	take_in(p, address, "From: ann@example.org\nAuto-Submitted: auto-replied\n\n1 ok\n", "ann@example.org", &o);
	assert_string_equal(state_of(p, 1), "waiting");
	HAS(say(p, ANN, address, "Re", "1 ok\n"), "1, bees");
	HAS(say(p, ANN, address, "Re", "2 drop\n"), "2, bees");
	assert_string_equal(state_of(p, 1), "approved");
	assert_string_equal(state_of(p, 2), "discarded");
	gp_clock_set(gp_now() + 3 * DAY + 1, true);
	HAS(say(p, ANN, address, "Re", "3 drop\n"), "Nothing was done: this address has had its time");
	assert_string_equal(state_of(p, 3), "waiting");
	/* Who looks after the list no more decides nothing. */
	address = queue_of(p, 0);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "max@example.net")->id, "role", "owner", &err), &err);
	must(gp_member_set(p->site->store, member(p, "ann@example.org")->id, "role", "member", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HAS(say(p, ANN, address, "Re", "1 drop\n"), "Nothing was done");
	assert_string_equal(state_of(p, 3), "waiting");
}

/* All lists in one mail; each number is checked against its own list. */
static void
test_several_lists(void **state)
{
	struct place *p = *state;
	struct gp_list *wasps;
	struct gp_member *m;
	struct gp_err err;
	int64_t id;
	char *text;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_member_add(p->site->store, wasps->id, "ann@example.org", "Ann", GP_ROLE_MODERATOR,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "A bee");
	say(p, EVE, "wasps@example.org", "A wasp", "x\n");
	text = ask(p, ANN, "queue\n");
	HAS(text, "1. bees, since 23 November 2026: \"A bee\"");
	HAS(text, "2. wasps, since 23 November 2026: \"A wasp\"");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_find(p->ctx, p->site->store, wasps->id, "ann@example.org", &m, &err), &err);
	must(gp_member_set(p->site->store, m->id, "role", "member", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	text = say(p, ANN, asked_for(p, "ann@example.org", true), "Re", "1-2 drop\n");
	HAS(text, "2: there is no such number");
	assert_string_equal(state_of(p, 1), "discarded");
	assert_string_equal(state_of(p, 2), "waiting");
	HASNT(ask(p, MAX, "queue\n"), "wasp");
}

/* ---- once a day ------------------------------------------------------------------------------------- */

static void
test_daily(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	char *text;

	gp_clock_set(EVENING, true);
	assert_string_equal(later(p, 1), "");
	held_post(p, "Evening");
	assert_string_equal(later(p, 60), "");
	assert_string_equal(later(p, 10 * 3600), "");
	text = later(p, 3600);
	HAS(text, "ann@example.org|[bees] One waits for you|");
	HAS(text, "max@example.net|[bees] One waits for you|");
	assert_string_equal(later(p, 60), "");
	assert_int_equal(how_many(later(p, 3600 * 12), "for you|"), 0);
	/* The next day again, for those who want it. */
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "max@example.net")->id, "reminders", "no", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	text = later(p, 3600 * 12);
	HAS(text, "ann@example.org|[bees] One waits for you|");
	assert_false(is_told(text, "max@example.net"));
	HAS(say(p, ANN, asked_for(p, "ann@example.org", true), "Re", "1 drop\n"), "thrown away");
	assert_int_equal(how_many(later(p, DAY), "for you|"), 0);
	/* In the list's own time: seven in Auckland is six in the evening of the day before. */
	setting(p, "timezone", "Pacific/Auckland");
	gp_clock_set(EVENING + 10 * DAY, true);
	held_post(p, "Kiwi");
	assert_int_equal(how_many(later(p, 60), "for you|"), 0);
	assert_int_equal(how_many(later(p, 21 * 3600), "for you|"), 0);
	assert_int_equal(how_many(later(p, 3600), "for you|"), 1);
}

/* ---- what moderators ask for --------------------------------------------------------------------------- */

static void
test_commands_need_proof(void **state)
{
	static const char *const lines[] = {"trust bob@example.net", "moderate bob@example.net",
	    "ban eve@evil.example", "unban eve@evil.example", "close list", "open list", "close thread 1",
	    "split 1", "merge 1 2"};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(lines); i++) {
		HAS(ask(p, BOB, lines[i]), "for those who look after the list");
		/* Asked back: whoever writes in Ann's name doesn't get the token. */
		HAS(ask(p, ANN, lines[i]), "ann@example.org|");
	}
	assert_int_equal(member(p, "bob@example.net")->posting, GP_POSTING_LIST);
	assert_string_equal(acts(p), "");
}

static char *
proven(struct place *p, const char *line)
{
	ask(p, ANN, line);
	return say_yes(p, ANN);
}

static void
test_commands(void **state)
{
	static const struct { const char *line, *says; } cases[] = {
		{"trust bob@example.net", "Posts of bob@example.net need no moderator"},
		{"moderate Bob <bob@example.net>", "Posts of bob@example.net wait for a moderator"},
		{"trust", "Nobody who is not on the list is trusted"},
		{"trust eve@evil.example", "Posts of eve@evil.example need no moderator"},
		{"trust", "- eve@evil.example"},
		{"moderate Eve@Evil.example", "Posts of Eve@Evil.example wait for a moderator"},
		{"trust", "Nobody who is not on the list is trusted"},
		{"trust bob", "An address is missing"},
		{"bans", "Nobody is banned"},
		{"ban <eve@evil.example> until 2026-12-24 spam, spam", "No posts and no joining for eve@evil.example until 24 December 2026"},
		{"ban @evil.example", "No posts and no joining for @evil.example"},
		{"ban eve", "Whom?"},
		{"ban", "Whom?"},
		{"ban eve@evil.example until yesterday", "dates were not understood"},
		{"ban eve@evil.example until 2020-01-01", "dates were not understood"},
		{"bans", "- eve@evil.example until 24 December 2026, by ann@example.org: spam, spam"},
		{"unban eve@evil.example", "The ban of eve@evil.example has ended"},
		{"unban eve@evil.example", "eve@evil.example is not banned here"},
		{"unban", "is not banned here"},
		{"close", "What? Like this"},
		{"close thread", "What? Like this"},
		{"close thread 99", "There is no message 99"},
		{"close list", "The list takes no more posts"},
		{"open list", "The list takes posts again"},
		{"close thread 1 this has been answered", "\"Topic\" takes no more posts"},
		{"open thread #1", "\"Topic\" takes posts again"},
	};
	struct place *p = *state;
	size_t i;

	say(p, BOB, "bees@example.org", "Topic", "x\n");
	for (i = 0; i < GP_COUNT(cases); i++)
		HAS(strcmp(cases[i].line, "bans") == 0 ? ask(p, ANN, "bans\n") : proven(p, cases[i].line),
		    cases[i].says);
	HAS(acts(p), "ann@example.org ban eve@evil.example spam, spam");
	HAS(acts(p), "ann@example.org close thread Topic this has been answered");
	HAS(acts(p), "ann@example.org posting bob@example.net trusted");
}

/* Threads are put right by mail, and only by who may. */
static void
test_threads(void **state)
{
	static const struct { const char *line, *says; } cases[] = {
		{"split", "There is no message"},
		{"split 99", "There is no message 99"},
		{"split 1", "\"Topic\" begins its thread already"},
		{"merge", "There is no message"},
		{"merge 1", "There is no message"},
		{"merge 1 99", "There is no message 99"},
		{"merge 1 1", "in one thread already"},
		{"merge 2 1", "\"Other\" and its thread stand below that message now"},
		{"merge thread 2 1", "in one thread already"},
		{"split #2", "\"Other\" begins a thread of its own now"},
		{"zusammenlegen 2 1", "\"Other\" and its thread stand below that message now"},
		{"s\xc3\xa9parer fil 2", "\"Other\" begins a thread of its own now"},
	};
	struct place *p = *state;
	struct gp_message *m;
	struct gp_err err;
	size_t i;

	say(p, BOB, "bees@example.org", "Topic", "x\n");
	say(p, BOB, "bees@example.org", "Other", "y\n");
	for (i = 0; i < GP_COUNT(cases); i++)
		HAS(proven(p, cases[i].line), cases[i].says);
	HAS(acts(p), "ann@example.org merge threads Other");
	HAS(acts(p), "ann@example.org split thread Other");
	must(gp_message_find_id(p->ctx, p->site->store, 2, &m, &err), &err);
	assert_int_equal(m->parent, 0);
	assert_int_equal(m->origin, 1);
}

/* What is closed may be named in any language. */
static void
test_things(void **state)
{
	static const struct { const char *line, *says; } cases[] = {
		{"close the list", "The list takes no more posts"},
		{"open THIS LIST.", "The list takes posts again"},
		{"schlie\xc3\x9f" "en Liste", "The list takes no more posts"},
		{"\xc3\xb6" "ffnen die Liste", "The list takes posts again"},
		{"fermer la liste", "The list takes no more posts"},
		{"abrir lista", "The list takes posts again"},
		{"schlie\xc3\x9f" "en Faden 1 erledigt", "\"Topic\" takes no more posts"},
		{"ouvrir le fil 1", "\"Topic\" takes posts again"},
		{"cerrar hilo #1", "\"Topic\" takes no more posts"},
		{"open topic 1", "\"Topic\" takes posts again"},
		{"close lists", "There is no message lists"},
		{"close listless", "There is no message listless"},
		{"fermer le fil", "What? Like this"},
		{"close hilo lista", "There is no message lista"},
	};
	struct place *p = *state;
	size_t i;

	say(p, BOB, "bees@example.org", "Topic", "x\n");
	for (i = 0; i < GP_COUNT(cases); i++)
		HAS(proven(p, cases[i].line), cases[i].says);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hold_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_asked_for),
		cmocka_unit_test(test_answers),
		TEST(test_whose),
		TEST(test_several_lists),
		TEST(test_daily),
		TEST(test_commands_need_proof),
		TEST(test_commands), TEST(test_threads), TEST(test_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
