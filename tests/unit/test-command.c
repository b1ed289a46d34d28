/* SPDX-License-Identifier: ISC */
/* Commands by mail: what a member can do for themselves, and what nobody can do to them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

#define BOB "Bob <bob@example.net>"
#define DORA "Dora <dora@example.org>"
#define EVE "Eve <eve@evil.example>"

static void
test_three_ways(void **state)
{
	struct place *p = *state;

	/* A word, a line of the body, a line of the subject, an address: the same result. */
	HAS(ask(p, BOB, "daily\n"), "one mail a day");
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_DAILY);
	HAS(say(p, BOB, "bees+request@example.org", "weekly", ""), "one mail a week");
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_WEEKLY);
	HAS(say(p, BOB, "bees+none@example.org", "", ""), "you get no mail");
	/* The subject holds what is looked for, whatever a gateway put in front. */
	say(p, "ann@example.org", "bees@example.org", "Topbar hives", "Who has one?\n");
	HAS(say(p, BOB, "bees+search@example.org", "Topbar", ""), "Topbar hives");
	HAS(say(p, BOB, "bees+search@example.org", "[EXTERNAL] Topbar", ""), "Topbar hives");
	HAS(say(p, BOB, "bees+search@example.org", "Re: [EXT] \"topbar hives\"", ""), "Topbar hives");
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_NONE);
	HAS(say(p, BOB, "bees-each@example.org", "Re: whatever", "hello"), "each message by itself");
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_EACH);
	HAS(ask(p, BOB, "  Please DIGEST.\n"), "one mail a day");
	HAS(ask(p, BOB, "set nomail\n"), "you get no mail");
}

static void
test_several_lines(void **state)
{
	struct place *p = *state;
	char *text = ask(p, BOB, "weekly\nset language de\nunsubscirbe\nfrobnicate\n\nstop\nnone\n");

	HAS(text, "weekly");
	HAS(text, "language is now de");
	HAS(text, "Did you mean unsubscribe?");
	HAS(text, "frobnicate");
	HAS(text, "not understood");
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_WEEKLY);
	assert_string_equal(member(p, "bob@example.net")->language, "de");
	HAS(text, "What you asked for");
	HAS(ask(p, EVE, "info\nstop\neach\n"), "Your answer");
	/* One answer, to the one who wrote. */
	assert_null(strstr(text, " // "));
	assert_true(gp_starts(text, "bob@example.net|"));
	assert_non_null(member(p, "bob@example.net"));
}

static void
test_prose(void **state)
{
	struct place *p = *state;
	char *text = ask(p, BOB, "Hello,\n\nI am writing to you about my bees.\nThey are well.\nIt is warm.\n"
	    "We had rain.\nAnd sun.\nAnd snow.\nAnd hail.\nleave\n");

	HAS(text, "not understood");
	HAS(text, "more lines were not read");
	HASNT(text, "// ");
	assert_non_null(member(p, "bob@example.net"));
	/* Nothing at all: help. */
	HAS(ask(p, BOB, "\n"), "How this list works");
	HAS(ask(p, BOB, "-- \nBob\n"), "How this list works");
}

static void
test_strangers(void **state)
{
	static const char *const lines[] = {"daily", "none", "pause 2 weeks", "set language de", "show",
	    "mute 1", "address", "export", "erase"};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(lines); i++)
		HAS(ask(p, EVE, lines[i]), "this address is not on the list");
	HAS(ask(p, EVE, "which"), "on no list here");
	HAS(ask(p, EVE, "who"), "not shown to everyone");
	HAS(ask(p, EVE, "info"), "bees@example.org");
	HAS(ask(p, EVE, "lists"), "bees@example.org");
	HASNT(ask(p, EVE, "who"), "bob@");
}

static void
test_join_with_options(void **state)
{
	struct place *p = *state;
	char *text = ask(p, DORA, "join weekly\n");

	HAS(text, "dora@example.org|[bees] Do you want to join?");
	assert_null(strstr(text, " // "));
	assert_null(member(p, "dora@example.org"));
	/* Someone else's yes is none; nor is a second one. */
	HAS(say_yes(p, EVE), "came too late, or twice");
	ask(p, DORA, "join weekly\n");
	HAS(say_yes(p, DORA), "Welcome");
	assert_int_equal(member(p, "dora@example.org")->delivery, GP_DELIVERY_WEEKLY);
	HAS(ask(p, DORA, "subscribe"), "You are on this list");
}

static void
test_join_for_others(void **state)
{
	struct place *p = *state;
	char *text = ask(p, EVE, "subscribe dora@example.org\n"), *same;

	HAS(text, "eve@evil.example asked for this address");
	HAS(text, "A mail went to dora@example.org");
	/* Of a member the asker learns the same, and the member gets a harmless note. */
	same = ask(p, EVE, "subscribe bob@example.net\n");
	HAS(same, "A mail went to bob@example.net");
	HAS(same, "bob@example.net|[bees] You are on this list");
	assert_null(member(p, "dora@example.org"));
	HAS(ask(p, EVE, "unsubscribe address=bob@example.net\n"), "eve@evil.example asked to take this");
	say_yes(p, EVE);
	assert_non_null(member(p, "bob@example.net"));
}

static void
test_limits(void **state)
{
	struct place *p = *state;
	size_t i, sent = 0;

	/* One address is asked three times a day, whoever asks. */
	for (i = 0; i < 8; i++)
		sent += strstr(ask(p, gp_asprintf(p->ctx, "x%zu@evil.example", i), "join dora@example.org\n"),
		    "Do you want to join") != NULL;
	assert_int_equal(sent, 3);
	/* One asker asks ten. */
	for (i = 0, sent = 0; i < 15; i++)
		sent += strstr(ask(p, EVE, gp_asprintf(p->ctx, "join v%zu@example.org\n", i)),
		    "Do you want to join") != NULL;
	assert_int_equal(sent, 10);
}

static void
test_flood(void **state)
{
	struct place *p = *state;
	size_t i, answers = 0;

	p->conf->answers = 5;
	for (i = 0; i < 9; i++)
		answers += *ask(p, EVE, "info\n") != '\0';
	assert_int_equal(answers, 5);
	/* Another address is not hurt by that. */
	HAS(ask(p, BOB, "info\n"), "bees");
}

/* Lines that each get a mail of their own: together not more than the limit either. */
static void
test_many_mails(void **state)
{
	struct place *p = *state;
	struct gp_buf b;
	char *text;
	size_t i, mails = 1;

	gp_buf_init(&b, p->ctx, 1 << 16);
	for (i = 0; i < 30; i++)
		gp_buf_puts(&b, "help\n");
	p->conf->answers = 6;
	text = ask(p, EVE, b.p);
	HAS(text, "That is enough for one mail and one day");
	while ((text = strstr(text, " // ")) != NULL && (text += 4) != NULL)
		mails++;
	assert_int_equal(mails, 7);
	assert_string_equal(ask(p, EVE, "info\n"), "");
}

static void
test_unknown_tokens(void **state)
{
	struct place *p = *state;
	size_t i, answers = 0;

	p->conf->answers = 5;
	for (i = 0; i < 9; i++)
		answers += *say(p, EVE, "bees+confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", "", "") != '\0';
	assert_int_equal(answers, 5);
	/* A token that is one is heard all the same. */
	p->conf->answers = 50;
	ask(p, DORA, "join\n");
	p->conf->answers = 1;
	ask(p, DORA, "info\n");
	HAS(say_yes(p, DORA), "Welcome");
}

/* Robots that don't say what they are, but for the subject; and those that say nothing at all. */
static void
test_robots(void **state)
{
	static const char *const subjects[] = {"Out of office: help", "Automatic reply: [bees] Held",
		"AUTO-REPLY help", "out of the Office"};
	struct place *p = *state;
	size_t i, mails = 0;

	for (i = 0; i < GP_COUNT(subjects); i++) {
		assert_string_equal(say(p, EVE, "bees+request@example.org", subjects[i], "help\n"), "");
		HAS(say(p, BOB, "bees@example.org", subjects[i], "I am away"), "Held: ");
	}
	HAS(say(p, EVE, "bees+help@example.org", "How do you say out of office?", ""), "How this list");
	for (i = 0; i < 25; i++)
		mails += *say(p, EVE, "bees+owner@example.org", "Re: mail for the owners", "Away") != '\0';
	assert_int_equal(mails, 20);
}

/* "confirm TOKEN" as a line, among others. */
static void
test_confirm_line(void **state)
{
	struct place *p = *state;
	char *token, *text;

	ask(p, DORA, "join weekly\n");
	token = gp_strdup(p->ctx, strstr(reply_address(p), "-") + 1);
	*strchr(token, '@') = '\0';
	HAS(ask(p, EVE, gp_asprintf(p->ctx, "confirm %s\n", token)), "came too late");
	assert_null(member(p, "dora@example.org"));
	text = ask(p, DORA, gp_asprintf(p->ctx, "info\nconfirm %s\nwho\n", token));
	HAS(text, "Welcome");
	HAS(text, "bees@example.org.");
	assert_int_equal(member(p, "dora@example.org")->delivery, GP_DELIVERY_WEEKLY);
	ask(p, BOB, "erase\n");
	token = gp_strdup(p->ctx, strstr(reply_address(p), "-") + 1);
	*strchr(token, '@') = '\0';
	text = ask(p, BOB, gp_asprintf(p->ctx, "confirm %s\n", token));
	HAS(text, "You are forgotten");
	HASNT(text, "Was that you");
	assert_null(member(p, "bob@example.net"));
	HAS(ask(p, BOB, "confirm\n"), "came too late");
}

static void
test_one_open_question(void **state)
{
	struct place *p = *state;
	char *first;

	ask(p, DORA, "join\n");
	first = reply_address(p);
	ask(p, DORA, "join\n");
	HAS(say(p, DORA, first, "Re: join", "yes"), "came too late");
	assert_null(member(p, "dora@example.org"));
	HAS(ask(p, DORA, "join\n"), "Do you want to join");
	HAS(say_yes(p, DORA), "Welcome");
}

static void
test_pause(void **state)
{
	static const struct { const char *line, *want; } cases[] = {
		{"pause 2026-12-24 to 2027-01-06", "from 24 December 2026 to 6 January 2027"},
		{"pause 24 December to 6 January", "from 24 December 2026 to 6 January 2027"},
		{"pause until 6 January", "from 23 November 2026 to 6 January 2027"},
		{"pause 24.12. - 6.1.", "from 24 December 2026 to 6 January 2027"},
		{"pause 2 weeks", "from 23 November 2026 to 7 December 2026"},
		{"vacation 2026-12-24", "from 24 December 2026 to 24 December 2026"},
		{"pause", "not understood"},
		{"pause to", "not understood"},
		{"pause 3/4/2027", "not understood"},
		{"pause 2027-02-30", "not understood"},
		{"pause 2026-01-01 to 2026-01-02", "not understood"},
		{"pause 2027-01-06 to 2026-12-24", "not understood"},
		{"pause 10 years", "not understood"},
		{"pause 99 months", "not understood"},
		{"pause for ever", "not understood"},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++)
		HAS(ask(p, BOB, cases[i].line), cases[i].want);
	assert_true(member(p, "bob@example.net")->pause_to > 0);
	HAS(ask(p, BOB, "resume\n"), "mail comes as before");
	assert_int_equal(member(p, "bob@example.net")->pause_to, 0);
}

static void
test_options(void **state)
{
	static const struct { const char *line, *want; } cases[] = {
		{"set language fr", "language is now fr"},
		{"set language=es", "language is now es"},
		{"set timezone Europe/Berlin", "timezone is now Europe/Berlin"},
		{"set timezone Mars/Base", "can't be that"},
		{"set hidden yes", "hidden is now yes"},
		{"set own_copy no", "own_copy is now no"},
		{"set attachments 500k", "attachments is now 500k"},
		{"set attachments lots", "can't be that"},
		{"set role owner", "no option"},
		{"set posting trusted", "no option"},
		{"set", "no option"},
		{"set language", "no option"},
		{"set nonsense 1", "no option nonsense"},
	};
	struct place *p = *state;
	size_t i;

	ask(p, BOB, "set language en");
	for (i = 0; i < GP_COUNT(cases); i++) {
		HAS(ask(p, BOB, cases[i].line), cases[i].want);
		ask(p, BOB, "set language en");
	}
	assert_int_equal(member(p, "bob@example.net")->role, GP_ROLE_MEMBER);
	HAS(ask(p, BOB, "show"), "hidden is yes");
	HAS(ask(p, BOB, "which"), "bees@example.org: each message, to bob@example.net");
	/* Hidden from members, not from those who look after the list. */
	HASNT(ask(p, "cleo@example.com", "who"), "Bob");
	HAS(ask(p, "ann@example.org", "who"), "bob@example.net");
}

static void
test_addresses(void **state)
{
	struct place *p = *state;

	HAS(ask(p, BOB, "address add bob@work.example\n"), "Was that you?");
	/* Both must say yes. */
	HAS(say_yes(p, BOB), "bob@work.example|[bees] Is this address yours, too?");
	assert_null(member(p, "bob@work.example"));
	HAS(say_yes(p, BOB), "came too late");
	ask(p, BOB, "address add bob@work.example\n");
	say_yes(p, BOB);
	HAS(say_yes(p, "bob@work.example"), "belongs to you now");
	assert_int_equal(member(p, "bob@work.example")->id, member(p, "bob@example.net")->id);
	ask(p, "bob@work.example", "address use bob@work.example\n");
	HAS(say_yes(p, "bob@work.example"), "comes to bob@work.example from now on");
	assert_string_equal(member(p, "bob@example.net")->address, "bob@work.example");
	HAS(ask(p, BOB, "address"), "bob@example.net");
	ask(p, BOB, "address remove nobody@example.net");
	HAS(say_yes(p, BOB), "none of your addresses");
	HAS(ask(p, BOB, "address add"), "Which address?");
}

/* A known member writes from an address that is not on the list. */
static void
test_is_that_you(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	char *text;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "bob@example.net")->id, "name", "Bob B\xc3\xa4r", &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	text = say(p, "\"bob b\xc3\xa4r\" <bob@work.example>", "bees@example.org", "From work", "Hello\n");
	HAS(text, "bob@example.net|[bees] Did you write from bob@work.example?");
	/* Someone else's yes is none; both addresses must say it. */
	HAS(say_yes(p, EVE), "came too late");
	say(p, "\"Bob B\xc3\xa4r\" <bob@work.example>", "bees@example.org", "Again", "Hello again\n");
	HAS(say_yes(p, BOB), "bob@work.example|[bees] Is this address yours, too?");
	assert_null(member(p, "bob@work.example"));
	HAS(say_yes(p, "bob@work.example"), "belongs to you now");
	assert_non_null(member(p, "bob@work.example"));
	/* A name of one word, or of nobody, asks nobody. */
	HASNT(say(p, "Ann <ann@evil.example>", "bees@example.org", "x", "y\n"), "Did you write");
	HASNT(say(p, "No Body <no@evil.example>", "bees@example.org", "x", "z\n"), "Did you write");
}

static void
test_leaving(void **state)
{
	struct place *p = *state;

	HAS(ask(p, BOB, "unsubscribe"), "Do you want to leave?");
	assert_non_null(member(p, "bob@example.net"));
	HAS(say_yes(p, BOB), "You have left");
	assert_null(member(p, "bob@example.net"));
	HAS(ask(p, BOB, "leave"), "not on the list");
	/* The last owner names another first. */
	ask(p, "ann@example.org", "leave");
	HAS(say_yes(p, "ann@example.org"), "the only owner");
	assert_non_null(member(p, "ann@example.org"));
}

/* What a server that we trust says of From takes the place of a question, or stops it all. */
/* Whoever owns another list alone can't be forgotten, however many owners this one has. */
static void
test_owner_elsewhere(void **state)
{
	struct place *p = *state;
	struct gp_list *wasps;
	struct gp_err err;
	int64_t id;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_member_add(p->site->store, wasps->id, "bob@example.net", "Bob", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.org", "Dora", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	ask(p, BOB, "erase");
	HAS(say_yes(p, BOB), "the only owner");
	assert_non_null(member(p, "bob@example.net"));
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, wasps->id, "dora@example.org", "Dora", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_member_set(p->site->store, member(p, "dora@example.org")->id, "role", "member", &err),
	    &err);
	must(gp_store_commit(p->site->store, &err), &err);
	ask(p, BOB, "erase");
	HAS(say_yes(p, BOB), "You are forgotten");
	assert_null(member(p, "bob@example.net"));
}

static void
test_vouched_for(void **state)
{
	struct place *p = *state;
	const struct { const char *field, *line; bool leaves, answered; } cases[] = {
		{"x: y", "leave", false, true},
		{"Authentication-Results: mx.example.org; dmarc=pass header.from=example.net", "leave", true, true},
		{"Authentication-Results: mx.evil.example; dmarc=pass header.from=example.net", "leave", false, true},
		{"Authentication-Results: mx.example.org; dmarc=fail header.from=example.net", "leave", false, false},
		{"Authentication-Results: mx.example.org; dmarc=fail header.from=example.net", "daily", false, false},
	};
	size_t i;

	p->conf->authserv = gp_strdup(p->ctx, "mx.example.org");
	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t before = last_job(p);
		struct gp_outcome out = {0};
		size_t n;

		take_in(p, "bees+request@example.org", gp_asprintf(p->ctx, "%s\nFrom: %s\n\n%s\n", cases[i].field,
		    BOB, cases[i].line), "bob@example.net", &out);
		jobs_since(p, before, &n);
		if ((member(p, "bob@example.net") == NULL) != cases[i].leaves || (n > 0) != cases[i].answered)
			fail_msg("case %zu: %s", i, cases[i].field);
		if (cases[i].leaves) {
			ask(p, BOB, "join\n");
			say_yes(p, BOB);
		}
	}
	assert_int_equal(member(p, "bob@example.net")->delivery, GP_DELIVERY_EACH);
}

/* Names and subjects that try to be more than text. */
static void
test_injection(void **state)
{
	static const char *const names[] = {"=?utf-8?q?Eve=0D=0ABcc:_x=40y.example?=",
	    "\"Eve {{list_name}} **x** <script>\"", "=?utf-8?q?=E2=80=AEevE?=", "\"Zo\xc3\xab \xf0\x9f\x90\x9d\"",
	    "=?utf-8?b?15DXldeo15k=?="};
	struct place *p = *state;
	size_t i, n;

	for (i = 0; i < GP_COUNT(names); i++) {
		struct gp_job **v;

		say(p, gp_asprintf(p->ctx, "%s <dora%zu@example.org>", names[i], i),
		    "bees+help@example.org", "=?utf-8?q?x=0ABcc:_z=40y.example?=", "");
		v = jobs_since(p, 0, &n);
		assert_null(gp_memmem(v[n - 1]->header, v[n - 1]->header_n, "\nBcc", 4));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_three_ways), TEST(test_several_lines), TEST(test_prose),
		TEST(test_strangers), TEST(test_join_with_options), TEST(test_join_for_others),
		TEST(test_limits), TEST(test_flood), TEST(test_many_mails), TEST(test_unknown_tokens),
		TEST(test_robots),
		TEST(test_confirm_line), TEST(test_one_open_question), TEST(test_pause),
		TEST(test_options), TEST(test_addresses), TEST(test_leaving), TEST(test_owner_elsewhere),
		TEST(test_is_that_you), TEST(test_injection),
		TEST(test_vouched_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
