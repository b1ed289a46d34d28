/* SPDX-License-Identifier: ISC */
/* What authors hear, what the clock does, and people who ask to join. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

enum { DAY = 86400 };

/* ---- authors ------------------------------------------------------------------------------------ */

static void
test_told_that_it_waits(void **state)
{
	static const struct { const char *name, *from, *header, *sender; bool told; } cases[] = {
		{"a stranger", EVE, "", "eve@evil.example", true},
		{"a machine", EVE, "Auto-Submitted: auto-generated\n", "eve@evil.example", false},
		{"bulk", EVE, "Precedence: bulk\n", "eve@evil.example", false},
		{"another list", EVE, "List-Id: <x.evil.example>\n", "eve@evil.example", false},
		{"nobody answers there", "noreply@evil.example", "", "noreply@evil.example", false},
		{"a server", "MAILER-DAEMON@evil.example", "", "x@evil.example", false},
		{"no author", "", "", "x@evil.example", false},
		{"forged", EVE, "Authentication-Results: mx.example.org; dmarc=fail\n", "eve@evil.example", false},
	};
	struct place *p = *state;
	size_t i;

	p->conf->authserv = gp_strdup(p->ctx, "mx.example.org");
	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t before = last_job(p);
		struct gp_outcome o;
		bool told = false;
		struct gp_job **v;
		size_t n, k;

		take_in(p, "bees@example.org", gp_asprintf(p->ctx, "%sFrom: %s\nSubject: Hi %zu\n\nHi %zu\n",
		    cases[i].header, cases[i].from, i, i), cases[i].sender, &o);
		assert_true(o.hold > 0);
		v = jobs_since(p, before, &n);
		for (k = 0; k < n; k++)
			told |= strstr(read_job(p, v[k])->subject, "Your message waits") != NULL;
		if (told != cases[i].told)
			fail_msg("%s: %s", cases[i].name, told ? "told" : "not told");
	}
	/* With the null sender it is no post at all; and a list may keep silent. */
	setting(p, "tell_author", "no");
	HASNT(held_post(p, "Silence"), "Your message waits");
}

static void
test_the_note(void **state)
{
	struct place *p = *state;
	char *text = held_post(p, "Hello"), *to_eve = strstr(text, "eve@evil.example|");

	assert_non_null(to_eve);
	HAS(to_eve, "[bees] Your message waits: Hello");
	HAS(to_eve, "eve@evil.example is not a member of the list");
	HAS(to_eve, "send withdraw 1 to bees+request@example.org");
	HAS(to_eve, "send address add eve@evil.example to bees+request@example.org from that one");
	HAS(to_eve, "if nobody has decided by 30 November 2026");
	HASNT(to_eve, "ann@");
	/* Who is on the list has no need of another address. */
	setting(p, "post", "moderators");
	text = say(p, BOB, "bees@example.org", "Mine", "x\n");
	HASNT(strstr(text, "bob@example.net|"), "address add");
}

/* Whoever writes in a stranger's name can't flood them through us. */
static void
test_not_too_often(void **state)
{
	struct place *p = *state;
	size_t i, told = 0;

	for (i = 0; i < 60; i++)
		told += strstr(held_post(p, gp_asprintf(p->ctx, "%zu", i)), "Your message waits") != NULL;
	assert_int_equal(told, 20);
	later(p, DAY + 1);
	HAS(held_post(p, "Tomorrow"), "Your message waits");
}

static void
test_withdraw(void **state)
{
	struct place *p = *state;
	char *text;

	held_post(p, "Oops");
	/* Only its author, and only when it is proven. */
	HAS(ask(p, BOB, "withdraw 1\n"), "No message of yours");
	HAS(ask(p, EVE, "withdraw 2\n"), "No message of yours");
	HAS(ask(p, EVE, "withdraw x\n"), "No message of yours");
	ask(p, EVE, "withdraw 1\n");
	assert_string_equal(state_of(p, 1), "waiting");
	text = say_yes(p, EVE);
	HAS(text, "Your message \"Oops\" is taken back");
	HAS(text, "max@example.net|Re: [bees] Held: Oops|eve@evil.example took it back");
	assert_string_equal(state_of(p, 1), "discarded");
	HAS(ask(p, EVE, "withdraw 1\n"), "No message of yours");
	HAS(verdict(p, ANN, "ann@example.org", "ok\n"), "Already decided");
	assert_int_equal(archived(p), 0);
}

/* The body of the newest mail to that address. */
static const char *
body_to(struct place *p, const char *address)
{
	size_t n = 0;
	struct gp_job **v = jobs_since(p, 0, &n);

	while (n-- > 0 && strcmp(goes_to(p, v[n]), address) != 0)
		;
	assert_int_equal(v[n]->flags & GP_JOB_NULL_SENDER, GP_JOB_NULL_SENDER);
	return gp_strndup(p->ctx, v[n]->body, v[n]->body_n);
}

/* Machines and drops: nobody is told; the post comes back with a no, if it is sure whose it was. */
static void
test_refused(void **state)
{
	struct place *p = *state;
	struct gp_outcome o;
	char *text;

	take_in(p, "bees@example.org", "From: eve@evil.example\nSubject: Robot\n"
	    "Auto-Submitted: auto-generated\n\nBeep\n", "eve@evil.example", &o);
	assert_false(is_told(verdict(p, ANN, "ann@example.org", "no\n"), "eve@evil.example"));
	held_post(p, "Spam");
	assert_false(is_told(verdict(p, ANN, "ann@example.org", "drop\n"), "eve@evil.example"));
	held_post(p, "Off topic");
	text = verdict(p, ANN, "ann@example.org", "no: wrong list\n");
	HAS(text, "eve@evil.example|[bees] Not sent to the list: Off topic|");
	HASNT(body_to(p, "eve@evil.example"), "message/rfc822");
	HASNT(body_to(p, "eve@evil.example"), "May I say something?");
	HAS(body_to(p, "eve@evil.example"), "with the Message-ID");
	/* A member's, as far as anybody knows. */
	setting(p, "post", "moderators");
	say(p, BOB, "bees@example.org", "Off topic, too", "Mine\n");
	verdict(p, ANN, "ann@example.org", "no\n");
	HAS(body_to(p, "bob@example.net"), "message/rfc822");
	HAS(body_to(p, "bob@example.net"), "Mine");
	HASNT(body_to(p, "bob@example.net"), "with the Message-ID");
	/* Members' posts are counted. */
	say(p, BOB, "bees@example.org", "Accepted", "x\n");
	verdict(p, ANN, "ann@example.org", "ok\n");
	assert_int_equal(member(p, "bob@example.net")->accepted, 1);
	assert_int_equal(member(p, "bob@example.net")->refused, 1);
}

/* ---- the clock ------------------------------------------------------------------------------------ */

static void
test_ends(void **state)
{
	static const struct { const char *end, *state, *says; bool enclosed, archived; } cases[] = {
		{"return", "expired", "[bees] Nobody decided: ", false, false},
		{"accept", "approved", "[bees] Sent after all: ", false, true},
		{"discard", "expired", "[bees] Nobody decided: ", false, false},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t before = archived(p), id;
		char *text, *to_eve;

		setting(p, "hold_end", cases[i].end);
		held_post(p, gp_asprintf(p->ctx, "End %zu", i));
		id = newest_hold(p)->id;
		assert_false(is_told(later(p, 7 * DAY - 1), "eve@evil.example"));
		text = later(p, 2);
		to_eve = strstr(text, "eve@evil.example|");
		assert_string_equal(state_of(p, id), cases[i].state);
		assert_int_equal(archived(p) - before, cases[i].archived);
		assert_non_null(to_eve);
		HAS(to_eve, cases[i].says);
		if ((strstr(to_eve, "Here it is again") != NULL) != cases[i].enclosed)
			fail_msg("%s: %s", cases[i].end, to_eve);
		HAS(text, "max@example.net|Re: [bees] Held: End");
		/* Once. */
		HASNT(later(p, 60), "End");
		/* Too late. */
		HAS(say(p, ANN, asked(p, "ann@example.org"), "Re", "drop\n"), "Already decided");
	}
}

static void
test_reminders(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	char *text;

	gp_clock_set(gp_now() - gp_now() % DAY + 12 * 3600, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "max@example.net")->id, "reminders", "no", &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "Remember");
	assert_string_equal(later(p, 3600), "");
	text = later(p, DAY);
	HAS(text, "ann@example.org|Re: [bees] Held: Remember|The message \"Remember\"");
	assert_false(is_told(text, "max@example.net"));
	assert_int_equal(how_many(later(p, 60), "|Re: "), 0);
	/* The answer to a reminder counts. */
	assert_int_equal(how_many(later(p, 2 * DAY), "|Re: [bees] Held: Remember|"), 1);
	HAS(verdict(p, ANN, "ann@example.org", "ok\n"), "max@example.net|Re: [bees] Held: Remember");
	assert_string_equal(state_of(p, 1), "approved");
	assert_string_equal(later(p, 4 * DAY), "");
	/* After a long stop nobody is reminded twice; who looks at it is reminded alone. */
	held_post(p, "Stopped");
	assert_int_equal(how_many(later(p, 5 * DAY), "|Re: [bees] Held: Stopped|"), 1);
	verdict(p, ANN, "ann@example.org", "drop\n");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "max@example.net")->id, "reminders", "yes", &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "Claimed");
	verdict(p, MAX, "max@example.net", "wait\n");
	text = later(p, DAY + 60);
	HAS(text, "max@example.net|Re: [bees] Held: Claimed|");
	HASNT(text, "ann@example.org|Re:");
	HAS(later(p, 2 * DAY), "ann@example.org|Re: [bees] Held: Claimed|");
}

/* Quiet hours: nobody is asked, and it goes when they are over. */
static void
test_quiet_hours(void **state)
{
	struct place *p = *state;
	char *text;

	gp_clock_set(1795464000, true);	/* 2026-11-23 20:00 UTC */
	setting(p, "quiet_from", "21");
	setting(p, "quiet_to", "6");
	assert_int_equal(archived(p), 0);
	say(p, BOB, "bees@example.org", "Evening", "x\n");
	assert_int_equal(archived(p), 1);
	later(p, 2 * 3600);
	text = say(p, BOB, "bees@example.org", "Night", "x\n");
	assert_false(is_told(text, "ann@example.org"));
	HAS(text, "bob@example.net|[bees] Your message waits: Night|");
	HAS(text, "the list is quiet until 06:00");
	assert_int_equal(archived(p), 1);
	assert_false(is_told(later(p, 7 * 3600), "ann@example.org"));
	assert_int_equal(archived(p), 1);
	HASNT(later(p, 3600), "Re: ");
	assert_int_equal(archived(p), 2);
	/* Strangers wait for a moderator at night, too. */
	later(p, 17 * 3600);
	HAS(held_post(p, "Stranger at night"), "ann@example.org|");
	/* What has changed until then counts. */
	say(p, BOB, "bees@example.org", "Night 2", "x\n");
	say(p, BOB, "bees@example.org", "Night 3", "x\n");
	setting(p, "emergency", "yes");
	HAS(later(p, 7 * 3600 + 60), "ann@example.org|[bees] Held: Night 2|");
	assert_int_equal(archived(p), 2);
	assert_string_equal(state_of(p, newest_hold(p)->id), "waiting");
	verdict(p, ANN, "ann@example.org", "ok\n");
	assert_int_equal(archived(p), 3);
}

/* ---- joining --------------------------------------------------------------------------------------- */

/* Dora asks to join and confirms, with an answer to the question. */
static char *
dora_asks(struct place *p)
{
	say(p, "Dora <dora@example.org>", "bees+subscribe@example.org", "", "");
	return say(p, "Dora <dora@example.org>", reply_address(p), "Re", "My aunt told me.\n");
}

static void
test_joining(void **state)
{
	struct place *p = *state;
	char *text;

	setting(p, "join", "moderated");
	setting(p, "questions", "How did you hear of us?");
	text = dora_asks(p);
	HAS(text, "ann@example.org|[bees] Wants to join: dora@example.org|");
	HAS(text, "> My aunt told me.");
	HAS(text, "dora@example.org|[bees] Your request waits|");
	assert_null(member(p, "dora@example.org"));
	/* Neither moved nor edited; asked twice it waits once. */
	HAS(verdict(p, ANN, "ann@example.org", "move wasps\n"), "neither moved nor edited");
	HAS(verdict(p, ANN, "ann@example.org", "edit\n-----\nx\n-----\n"), "neither moved nor edited");
	HASNT(dora_asks(p), "Wants to join");
	HAS(verdict(p, MAX, "max@example.net", "wait\n"), "max@example.net looks at it");
	text = verdict(p, ANN, "ann@example.org", "ok\n");
	HAS(text, "dora@example.org|[bees] Welcome|");
	HAS(text, "max@example.net|Re: [bees] Wants to join: dora@example.org|ann@example.org said ok: dora@example.org is on the list");
	assert_non_null(member(p, "dora@example.org"));
	assert_int_equal(archived(p), 0);
	HAS(verdict(p, MAX, "max@example.net", "no\n"), "Already decided: dora@example.org");
	assert_non_null(member(p, "dora@example.org"));
}

static void
test_not_joining(void **state)
{
	struct place *p = *state;
	char *text;

	setting(p, "join", "moderated");
	dora_asks(p);
	text = verdict(p, ANN, "ann@example.org", "no: bee-keepers only, sorry\n");
	HAS(text, "dora@example.org|[bees] About your request to join|");
	HAS(text, "> bee-keepers only, sorry");
	dora_asks(p);
	assert_false(is_told(verdict(p, ANN, "ann@example.org", "drop\n"), "dora@example.org"));
	dora_asks(p);
	HAS(later(p, 8 * DAY), "dora@example.org|[bees] Nobody has answered your request|");
	dora_asks(p);
	ask(p, "Dora <dora@example.org>", gp_asprintf(p->ctx, "withdraw %lld\n",
	    (long long)newest_hold(p)->id));
	HAS(say_yes(p, "Dora <dora@example.org>"), "took it back");
	assert_null(member(p, "dora@example.org"));
	dora_asks(p);
	assert_false(is_told(verdict(p, ANN, "ann@example.org", "ban\n"), "dora@example.org"));
	HASNT(dora_asks(p), "Wants to join");
	assert_null(member(p, "dora@example.org"));
}

static void
test_joining_and_the_clock(void **state)
{
	struct place *p = *state;

	setting(p, "join", "moderated");
	setting(p, "hold_end", "accept");
	dora_asks(p);
	HAS(later(p, 8 * DAY), "dora@example.org|[bees] Welcome|");
	assert_non_null(member(p, "dora@example.org"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hold_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_told_that_it_waits),
		TEST(test_the_note),
		TEST(test_not_too_often),
		TEST(test_withdraw),
		TEST(test_refused),
		TEST(test_ends),
		TEST(test_reminders),
		TEST(test_quiet_hours),
		TEST(test_joining),
		TEST(test_not_joining),
		TEST(test_joining_and_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
