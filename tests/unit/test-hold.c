/* SPDX-License-Identifier: ISC */
/* Verdicts by reply: which words decide, whose count, what they cause and who hears of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

/* ---- words ------------------------------------------------------------------------------------- */

static void
test_words(void **state)
{
	static const struct { const char *text, *state; } cases[] = {
		{"ok\n", "approved"},
		{"OK, thanks.\n\nAnn\n", "approved"},
		{"  Yes!\n", "approved"},
		{"*Approve*\n", "approved"},
		{"okay trust\n", "approved"},
		{"trust\n", "approved"},
		{"no\n", "rejected"},
		{"No. We don't sell honey here.\n\n-- \nAnn\n", "rejected"},
		{"nope\nsee the charter\n", "rejected"},
		{"veto\n", "rejected"},
		{"drop\n", "discarded"},
		{"Spam\n", "discarded"},
		{"ban\n", "discarded"},
		{"CAUTION: This email came from outside.\nDo not click.\n\nok\n", "approved"},
		{"ok\n\nOn Monday, The bees wrote:\n> no\n> drop\n", "approved"},
		{"wait\n", "waiting"},
		{"mine\n", "waiting"},
		/* Nothing of this decides. */
		{"\n", "waiting"},
		{"> ok\n", "waiting"},
		{"-- \nok\n", "waiting"},
		{"ok?\n", "waiting"},
		{"OK??\n", "waiting"},
		{"yes/no\n", "waiting"},
		{"okra is a vegetable\n", "waiting"},
		{"nobody\n", "waiting"},
		{"no problem, send it\n", "waiting"},
		{"No worries.\n", "waiting"},
		{"not sure\n", "waiting"},
		{"ok but not yet\n", "waiting"},
		{"I am out of office\n", "waiting"},
		{"Hm, let me think about it. ok?\n", "waiting"},
		{"Thank you\nok\n", "waiting"},
		{"aprove\n", "waiting"},
		{"move\n", "waiting"},
		{"move nowhere\n", "waiting"},
		{"move bees\n", "waiting"},
		{"edit\n", "waiting"},
		{"edit\nHere is the new text.\n", "waiting"},
		{"edit\n--\nHere is the new text.\n", "waiting"},
		{"no 7\n", "waiting"},
		{"no 0\n", "waiting"},
		{"help\n", "waiting"},
		{"subscribe\n", "waiting"},
		{"confirm\n", "waiting"},
		{"https://evil.example/ok\n", "waiting"},
		{"\xef\xbb\xbf?\n", "waiting"},
	};
	struct place *p = *state;
	size_t i;

	setting(p, "reasons", "Too long.\n\n  Off topic.  \n");
	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t id;

		held_post(p, gp_asprintf(p->ctx, "Case %zu", i));
		id = newest_hold(p)->id;
		verdict(p, ANN, "ann@example.org", cases[i].text);
		if (strcmp(state_of(p, id), cases[i].state) != 0)
			fail_msg("\"%s\": %s, not %s", cases[i].text, state_of(p, id), cases[i].state);
		if (strcmp(cases[i].text, "ban\n") == 0)
			ask(p, ANN, "unban eve@evil.example\n"), say_yes(p, ANN);
		if (strstr(cases[i].text, "trust") != NULL)
			ask(p, ANN, "moderate eve@evil.example\n"), say_yes(p, ANN);
	}
}

/* What is unclear is answered with the choices, at the same address. */
static void
test_unclear(void **state)
{
	static const struct { const char *text, *says; } cases[] = {
		{"What is this?\n", "did not begin with a word that decides"},
		{"aprove\n", "Did you mean approve?"},
		{"no 4\n", "no reason number 4"},
		{"move wasps\n", "no list wasps here"},
		{"move bees@example.org\n", "no list bees@example.org here"},
		{"edit\nnothing below\n", "no text below a line of dashes"},
	};
	struct place *p = *state;
	const char *address;
	size_t i;

	held_post(p, "Hm");
	address = asked(p, "ann@example.org");
	for (i = 0; i < GP_COUNT(cases); i++) {
		char *text = say(p, ANN, address, "Re: Held", cases[i].text);

		HAS(text, cases[i].says);
		HAS(text, "ann@example.org|[bees] Was that ok or no? Hm|");
		HAS(text, "drop throws it away");
		HASNT(text, " // ");
		assert_string_equal(asked(p, "ann@example.org"), address);
	}
	assert_string_equal(state_of(p, newest_hold(p)->id), "waiting");
}

static void
test_reasons(void **state)
{
	struct place *p = *state;
	char *text;

	setting(p, "reasons", "Too long.\n\n  Off topic.  \nNo ads: *never*.\n");
	text = held_post(p, "One");
	HAS(text, "2: \"Off topic.\"");
	text = verdict(p, ANN, "ann@example.org", "no 3\n");
	HAS(text, "eve@evil.example|[bees] Not sent to the list: One|");
	HAS(text, "No ads: never.");
	held_post(p, "Two");
	text = verdict(p, MAX, "max@example.net", "No 2.\nPlease read the charter first.\n");
	HAS(text, "> Off topic. > Please read the charter first.");
	held_post(p, "Three");
	text = verdict(p, MAX, "max@example.net", "no: 3 eggs are too many\n");
	HAS(text, "> 3 eggs are too many");
	/* The author gets the post back, and doesn't learn who said no. */
	text = strstr(text, "eve@evil.example|");
	*strstr(text, " // ") = '\0';
	HASNT(text, "max@");
}

/* ---- whose ------------------------------------------------------------------------------------------ */

static void
test_whose(void **state)
{
	static const struct { const char *name, *from, *to, *header; } cases[] = {
		{"a member with the owner's token", BOB, "ann", ""},
		{"the author with the owner's token", EVE, "ann", ""},
		{"a moderator with another's token", MAX, "ann", ""},
		{"the other way round", ANN, "max", ""},
		{"a token of nobody", ANN, "bees+hold-aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", ""},
		{"no token", ANN, "bees+hold-x@example.org", ""},
		{"a name like hers", "\"ann@example.org\" <eve@evil.example>", "ann", ""},
		{"an address like hers", "Ann <ann@example.org.evil.example>", "ann", ""},
		{"another list's address", ANN, "wasps", ""},
		{"a machine of hers", ANN, "ann", "Auto-Submitted: auto-replied\n"},
		{"a holiday answer", ANN, "ann", "X-Autoreply: yes\n"},
		{"bulk", ANN, "ann", "Precedence: bulk\n"},
		{"through a list", ANN, "ann", "List-Id: <x.example>\n"},
		{"forged, says the server", ANN, "ann",
		    "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\n"},
	};
	struct place *p = *state;
	struct gp_list *wasps;
	struct gp_outcome o;
	struct gp_err err;
	const char *ann, *max;
	int64_t id;
	size_t i;

	p->conf->authserv = gp_strdup(p->ctx, "mx.example.org");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "Held");
	ann = asked(p, "ann@example.org");
	max = asked(p, "max@example.net");
	id = newest_hold(p)->id;
	assert_string_not_equal(ann, max);
	for (i = 0; i < GP_COUNT(cases); i++) {
		const char *to = strcmp(cases[i].to, "ann") == 0 ? ann :
		    strcmp(cases[i].to, "max") == 0 ? max : strcmp(cases[i].to, "wasps") == 0 ?
		    gp_asprintf(p->ctx, "wasps%s", ann + 4) : cases[i].to;

		take_in(p, to, gp_asprintf(p->ctx, "%sFrom: %s\nSubject: Re: Held\n\nok\n",
		    cases[i].header, cases[i].from), "x@example.org", &o);
		if (strcmp(state_of(p, id), "waiting") != 0)
			fail_msg("%s decided", cases[i].name);
	}
	/* The null sender, and who is no moderator any more. */
	take_in(p, ann, "From: ann@example.org\n\nok\n", "", &o);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, "max@example.net")->id, "role", "member", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HAS(say(p, MAX, max, "Re", "ok\n"), "Nothing was done");
	assert_string_equal(state_of(p, id), "waiting");
	assert_int_equal(archived(p), 0);
	HAS(say(p, ANN, ann, "Re", "ok\n"), "Held");
	assert_string_equal(state_of(p, id), "approved");
	assert_int_equal(archived(p), 1);
}

/* Guessing is answered only so often. */
static void
test_guessing(void **state)
{
	struct place *p = *state;
	size_t i, n = 0;

	p->conf->answers = 5;
	for (i = 0; i < 20; i++)
		n += strlen(say(p, EVE, "bees+hold-aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", "x", "ok\n")) > 0;
	assert_int_equal(n, 5);
}

static void
test_once(void **state)
{
	struct place *p = *state;
	const char *ann, *max;
	char *text;

	held_post(p, "Once");
	ann = asked(p, "ann@example.org");
	max = asked(p, "max@example.net");
	text = say(p, ANN, ann, "Re: Held", "ok\n");
	/* The others see it; the one who said it doesn't need to; the author sees the post. */
	HAS(text, "max@example.net|Re: [bees] Held: Once|ann@example.org said ok");
	HASNT(text, "ann@example.org|Re: [bees] Held");
	assert_false(is_told(text, "eve@evil.example"));
	/* The same again is only logged, another is told who did what, when. */
	assert_string_equal(say(p, ANN, ann, "Re: Held", "yes\n"), "");
	assert_string_equal(say(p, MAX, max, "Re: Held", "ok\n"), "");
	text = say(p, MAX, max, "Re: Held", "no: too late\n");
	HAS(text, "max@example.net|[bees] Already decided: Once|");
	HAS(text, "Who: ann@example.org - What: ok - When: 23 November 2026, 12:00");
	assert_false(is_told(text, "eve@evil.example"));
	HAS(say(p, MAX, max, "Re: Held", "ban\n"), "Already decided");
	HAS(say(p, MAX, max, "Re: Held", "edit\n-----\nx\n-----\n"), "Already decided");
	assert_int_equal(archived(p), 1);
	HAS(say(p, EVE, "bees@example.org", "Again", "not banned\n"), "Held: Again");
}

/* A forwarded notice, with the answer address in it, gives nobody power. */
static void
test_forwarded(void **state)
{
	struct place *p = *state;
	struct gp_outcome o;
	const char *ann;

	held_post(p, "Held");
	ann = asked(p, "ann@example.org");
	take_in(p, ann, "From: Bob <bob@example.net>\nSender: ann@example.org\nReply-To: ann@example.org\n"
	    "Subject: Fwd: [bees] Held\n\nok\n\n---------- Forwarded message ---------\nFrom: ann@example.org\n\n"
	    "> ok\n", "ann@example.org", &o);
	assert_string_equal(state_of(p, newest_hold(p)->id), "waiting");
	/* Two authors are none: only the first counts, and that is not Ann. */
	take_in(p, ann, "From: bob@example.net, ann@example.org\nSubject: Re\n\nok\n", "ann@example.org",
	    &o);
	assert_string_equal(state_of(p, newest_hold(p)->id), "waiting");
}

/* ---- votes ----------------------------------------------------------------------------------------- */

static void
test_votes(void **state)
{
	struct place *p = *state;
	char *text;
	int64_t id;

	setting(p, "approvals", "2");
	text = held_post(p, "Two keys");
	HAS(text, "For ok and no, 2 of you must agree");
	id = newest_hold(p)->id;
	text = verdict(p, ANN, "ann@example.org", "ok\n");
	HAS(text, "max@example.net|Re: [bees] Held: Two keys|ann@example.org said ok. So far: 1 ok, 0 no; 2 are needed.");
	/* The same moderator twice is one. */
	verdict(p, ANN, "ann@example.org", "ok\n");
	verdict(p, ANN, "ann@example.org", "ok\n");
	assert_string_equal(state_of(p, id), "waiting");
	/* Minds can change. */
	HAS(verdict(p, ANN, "ann@example.org", "no: hm\n"), "0 ok, 1 no");
	HAS(verdict(p, ANN, "ann@example.org", "ok\n"), "1 ok, 0 no");
	HAS(verdict(p, MAX, "max@example.net", "ok\n"), "ann@example.org|Re: [bees] Held: Two keys|max@example.net said ok");
	assert_string_equal(state_of(p, id), "approved");
	assert_int_equal(archived(p), 1);

	held_post(p, "Two noes");
	id = newest_hold(p)->id;
	verdict(p, ANN, "ann@example.org", "no: no ads\n");
	assert_string_equal(state_of(p, id), "waiting");
	HAS(verdict(p, MAX, "max@example.net", "no\n"), "> no ads");
	assert_string_equal(state_of(p, id), "rejected");

	held_post(p, "Veto");
	id = newest_hold(p)->id;
	verdict(p, ANN, "ann@example.org", "ok\n");
	HAS(verdict(p, MAX, "max@example.net", "veto: never\n"), "max@example.net said veto");
	assert_string_equal(state_of(p, id), "rejected");
	assert_int_equal(archived(p), 1);
	HAS(acts(p), "max@example.net refuse eve@evil.example hold 3: never");
	HAS(acts(p), "ann@example.org vote ok eve@evil.example hold 3");
}

/* Who agreed before agreed to another text. */
static void
test_votes_and_edits(void **state)
{
	struct place *p = *state;
	char *text;
	int64_t id;

	setting(p, "approvals", "2");
	held_post(p, "Edited");
	id = newest_hold(p)->id;
	verdict(p, ANN, "ann@example.org", "ok\n");
	text = verdict(p, MAX, "max@example.net", "edit\n----------\nAnother text.\n----------\n");
	HAS(text, "1 ok, 0 no");
	HAS(text, "The text is a new one: > Another text.");
	assert_string_equal(state_of(p, id), "waiting");
	HAS(verdict(p, ANN, "ann@example.org", "ok\n"), "Another text.");
	assert_string_equal(state_of(p, id), "approved");
}

/* ---- other verdicts ------------------------------------------------------------------------------------ */

static void
test_trust(void **state)
{
	struct place *p = *state;
	char *text;

	setting(p, "first_posts", "3");
	HAS(say(p, BOB, "bees@example.org", "First", "x\n"), "Held: First");
	text = verdict(p, ANN, "ann@example.org", "ok trust\n");
	HAS(text, "posts of bob@example.net need no moderator");
	assert_int_equal(member(p, "bob@example.net")->posting, GP_POSTING_TRUSTED);
	HASNT(say(p, BOB, "bees@example.org", "Second", "x\n"), "Held");
	assert_int_equal(archived(p), 2);
	/* A stranger can be trusted, too, and stays one. */
	held_post(p, "Stranger");
	text = verdict(p, ANN, "ann@example.org", "ok, trust.\n");
	HAS(text, "posts of eve@evil.example need no moderator");
	assert_int_equal(archived(p), 3);
	assert_null(member(p, "eve@evil.example"));
	HAS(acts(p), "ann@example.org trust eve@evil.example");
	HASNT(say(p, EVE, "bees@example.org", "Again", "Here I am.\n"), "Held");
	assert_int_equal(archived(p), 4);
	/* "trust" in a sentence is none. */
	setting(p, "post", "moderators");
	say(p, "Cleo <cleo@example.com>", "bees@example.org", "Hm", "x\n");
	verdict(p, ANN, "ann@example.org", "ok\ntrust me, she is fine\n");
	assert_int_equal(member(p, "cleo@example.com")->posting, GP_POSTING_LIST);
	assert_int_equal(archived(p), 5);
}

/* Where two must agree on a post, one alone doesn't open the door for all that follow. */
static void
test_trust_needs_all(void **state)
{
	struct place *p = *state;

	setting(p, "approvals", "2");
	setting(p, "post", "moderators");
	HAS(say(p, BOB, "bees@example.org", "First", "x\n"), "Held: First");
	HASNT(verdict(p, ANN, "ann@example.org", "ok trust\n"), "need no moderator");
	assert_int_equal(member(p, "bob@example.net")->posting, GP_POSTING_LIST);
	/* Nor by saying it twice. */
	verdict(p, ANN, "ann@example.org", "ok trust\n");
	assert_int_equal(member(p, "bob@example.net")->posting, GP_POSTING_LIST);
	assert_int_equal(archived(p), 0);
	HAS(verdict(p, MAX, "max@example.net", "ok trust\n"), "posts of bob@example.net need no moderator");
	assert_int_equal(member(p, "bob@example.net")->posting, GP_POSTING_TRUSTED);
	assert_int_equal(archived(p), 1);
}

/* From outside, and then a member; whom the others don't let in. */
static void
test_trust_outside(void **state)
{
	static const struct { const char *key, *value; bool goes; } cases[] = {
		{"post", "members", true}, {"strangers", "refuse", true}, {"post", "moderators", true},
		{"emergency", "yes", false}, {"emergency", "no", true}, {"reply", "nobody", true},
		{"start", "nobody", false}, {"start", "same", true},
	};
	struct place *p = *state;
	struct gp_err err;
	int64_t before, id;
	size_t i;

	held_post(p, "Neighbour");
	verdict(p, ANN, "ann@example.org", "ok trust\n");
	for (i = 0; i < GP_COUNT(cases); i++) {
		setting(p, cases[i].key, cases[i].value);
		before = archived(p);
		say(p, "EVE@evil.example", "bees@example.org", gp_asprintf(p->ctx, "No. %zu", i), "x\n");
		if ((archived(p) > before) != cases[i].goes)
			fail_msg("%s=%s", cases[i].key, cases[i].value);
	}
	/* Nobody else of that domain; and a ban counts more. */
	HAS(say(p, "eva@evil.example", "bees@example.org", "x", "I too\n"), "");
	assert_int_equal(archived(p), before + 1);
	/* Who joins stays trusted. */
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "eve@evil.example", "Eve", GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_int_equal(member(p, "eve@evil.example")->posting, GP_POSTING_TRUSTED);
	assert_int_equal(gp_trusted_find(p->site->store, p->bees->id, "eve@evil.example", &err), GP_E_NOTFOUND);
}

static void
test_ban(void **state)
{
	struct place *p = *state;
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;
	char *text;

	held_post(p, "Cheap");
	text = verdict(p, MAX, "max@example.net", "ban spammer\n");
	HAS(text, "max@example.net threw it away and banned eve@evil.example");
	assert_false(is_told(text, "eve@evil.example"));
	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	incoming(p->ctx, "From: eve@evil.example\nSubject: x\n\nx\n", "eve@evil.example", &in);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	assert_int_equal(d.kind, GP_DECIDE_REJECT);
	assert_string_equal(d.rule, "banned");
	HAS(acts(p), "max@example.net ban eve@evil.example hold 1: spammer");
	/* A post in the owner's name doesn't lock her out. */
	setting(p, "emergency", "yes");
	say(p, ANN, "bees@example.org", "Forged", "x\n");
	verdict(p, MAX, "max@example.net", "ban\n");
	setting(p, "emergency", "no");
	incoming(p->ctx, "From: ann@example.org\nSubject: x\n\nx\n", "ann@example.org", &in);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	assert_int_equal(d.kind, GP_DECIDE_ACCEPT);
}

static void
test_claim(void **state)
{
	struct place *p = *state;
	char *text;

	held_post(p, "Long");
	text = verdict(p, MAX, "max@example.net", "wait\n");
	HAS(text, "ann@example.org|Re: [bees] Held: Long|max@example.net looks at it; you need not.");
	HASNT(text, "max@example.net|Re");
	assert_string_equal(newest_hold(p)->claimed_by, "max@example.net");
	/* Anybody can decide all the same. */
	HAS(verdict(p, ANN, "ann@example.org", "drop\n"), "ann@example.org threw it away");
}

static void
test_move(void **state)
{
	struct place *p = *state;
	struct gp_list *wasps, *flies;
	struct gp_list_stats stats;
	struct gp_hold **v;
	struct gp_err err;
	int64_t id;
	size_t n;
	char *text;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "flies@example.org", &flies, &err), &err);
	must(gp_member_add(p->site->store, wasps->id, "ann@example.org", "Ann", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_member_add(p->site->store, flies->id, "fred@example.org", "Fred", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "A wasp");
	text = verdict(p, ANN, "ann@example.org", "move to wasps@example.org, please\n");
	HAS(text, "eve@evil.example|[bees] Moved to another list: A wasp|");
	HAS(text, "moved the message of eve@evil.example to wasps@example.org.");
	must(gp_list_stats(p->site->store, wasps->id, gp_now(), &stats, &err), &err);
	assert_int_equal(stats.messages, 1);
	/* Who doesn't look after the other list can only put it before those who do. */
	held_post(p, "A fly");
	text = verdict(p, ANN, "ann@example.org", "move flies\n");
	HAS(text, "fred@example.org|[flies] Held: A fly|");
	HAS(text, "The moderators there look at it first.");
	HASNT(text, "Your message waits");
	must(gp_hold_all(p->ctx, p->site->store, flies->id, GP_HOLD_WAITING, &v, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(v[0]->rule, "moved");
	assert_int_equal(archived(p), 0);
	/* A list that is closed takes nothing. */
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_set(p->site->store, wasps, "closed", "yes", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	held_post(p, "Another wasp");
	HAS(verdict(p, ANN, "ann@example.org", "move wasps\n"), "no list wasps here");
}

/* ---- edited ------------------------------------------------------------------------------------------- */

/* The newest archived message as its readers get it. */
static const char *
newest_raw(struct place *p, struct gp_mail *m)
{
	struct gp_message **v;
	struct gp_err err;
	size_t n, len;
	char *raw;

	must(gp_message_newest(p->ctx, p->site->store, p->bees->id, 0, 0, 1, &v, &n, &err), &err);
	assert_int_equal(n, 1);
	must(gp_message_raw(p->ctx, p->site->store, v[0]->id, &raw, &len, &err), &err);
	must(gp_derive(p->ctx, raw, len, m, &err), &err);
	return raw;
}

static void
test_edit(void **state)
{
	static const char body[] = "DKIM-Signature: v=1; d=evil.example\nFrom: Eve <eve@evil.example>\n"
	    "To: bees@example.org\nSubject: Edit =?utf-8?q?m=C3=A9?=\nMessage-ID: <edit@evil.example>\n"
	    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
	    "Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nBuy my honey.\n"
	    "--c\nContent-Type: text/html\n\n<p>Buy my <b>honey</b>.</p>\n--c--\n--b\n"
	    "Content-Type: application/pdf; name=\"bees.pdf\"\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n--b--\n";
	struct place *p = *state;
	struct gp_outcome o;
	struct gp_mail m;
	const char *raw;

	take_in(p, "bees@example.org", body, "eve@evil.example", &o);
	verdict(p, ANN, "ann@example.org", "edit\nI took out the ad.\n\n------------\nSch\xc3\xb6ner Honig.\n\n"
	    ".\nFrom here on\n------------\nAnn\n");
	raw = newest_raw(p, &m);
	assert_string_equal(m.text, "Sch\xc3\xb6ner Honig.\n\n.\nFrom here on\n\n[Edited by a moderator of bees]\n");
	assert_string_equal(m.from_addr, "eve@evil.example");
	assert_string_equal(m.msgid, "edit@evil.example");
	assert_string_equal(m.subject, "Edit m\xc3\xa9");
	assert_null(m.html);
	assert_null(strstr(raw, "DKIM-Signature"));
	assert_null(strstr(raw, "honey"));
	assert_non_null(strstr(raw, "Content-Type: application/pdf; name=\"bees.pdf\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8="));
	assert_string_equal(m.files, "bees.pdf");
	assert_false(m.flags & GP_MAIL_MIME_BROKEN);
	/* One that is nothing but text stays that. */
	held_post(p, "Plain");
	verdict(p, ANN, "ann@example.org", "edit\n------------\nPlain text.\n");
	raw = newest_raw(p, &m);
	assert_string_equal(m.text, "Plain text.\n\n[Edited by a moderator of bees]\n");
	assert_null(strstr(raw, "multipart"));
	assert_int_equal(m.parts_n, 1);
}

/* Nothing but a file: the text comes in front of it. */
static void
test_edit_a_file(void **state)
{
	struct place *p = *state;
	struct gp_outcome o;
	struct gp_mail m;
	const char *raw;

	take_in(p, "bees@example.org", "From: eve@evil.example\nSubject: File\nMessage-ID: <f@evil.example>\n"
	    "MIME-Version: 1.0\nContent-Type: application/pdf; name=x.pdf\nContent-Disposition: attachment\n"
	    "Content-Transfer-Encoding: base64\n\nSGVsbG8=\n", "eve@evil.example", &o);
	verdict(p, ANN, "ann@example.org", "edit\n------------\nThe file is Eve's.\n------------\n");
	raw = newest_raw(p, &m);
	assert_string_equal(m.text, "The file is Eve's.\n\n[Edited by a moderator of bees]\n");
	assert_string_equal(m.files, "x.pdf");
	assert_int_equal(m.parts_n, 3);
	assert_non_null(strstr(raw, "SGVsbG8="));
}

/* ---- what moderators see --------------------------------------------------------------------------------- */

static void
test_the_question(void **state)
{
	struct place *p = *state;
	struct gp_job **v;
	struct gp_outcome o;
	const struct gp_mail *m;
	char *text, *first;
	size_t n;

	text = held_post(p, "Hello");
	HAS(text, "So far: nothing, this is the first post; not on the list");
	HAS(text, "> May I say something?");
	HAS(text, "Without an answer by 30 November 2026 it goes back to its author");
	v = jobs_since(p, 0, &n);
	assert_int_equal(n, 3);
	/* One thread: the same name for all, and what follows answers it. */
	first = read_job(p, v[0])->msgid;
	assert_string_equal(read_job(p, v[1])->msgid, first);
	verdict(p, ANN, "ann@example.org", "ok\n");
	v = jobs_since(p, v[2]->id, &n);
	m = read_job(p, v[n - 1]);
	assert_int_equal(m->in_reply_to_n, 1);
	assert_string_equal(m->in_reply_to[0], first);
	/* How it went before is known the next time. */
	held_post(p, "Second");
	verdict(p, ANN, "ann@example.org", "no\n");
	HAS(held_post(p, "Third"), "So far: 1 accepted, 1 refused; not on the list");
	/* Nothing in a mail becomes markup or a field of ours. */
	take_in(p, "bees@example.org", "From: \"Eve\\\nBcc: x@y.example\" <eve@evil.example>\n"
	    "Subject: =?utf-8?q?Hi=0D=0ABcc:_x@y.example=0A=0A<b>*x*</b>?=\nMessage-ID: <i@evil.example>\n\n"
	    "# Not a heading\n\n```\n</blockquote>\n\n[a](https://evil.example/)\n--\n1. x\n    code\n",
	    "eve@evil.example", &o);
	v = jobs_since(p, 0, &n);
	for (; n > 0 && strcmp(goes_to(p, v[n - 1]), "ann@example.org") != 0; n--)
		;
	m = read_job(p, v[n - 1]);
	assert_null(strstr(v[n - 1]->header, "\nBcc"));
	HAS(m->subject, "<b>*x*</b>");
	HAS(m->text, "> # Not a heading");
	HAS(m->text, "> ```");
	HAS(m->text, "> </blockquote>");
	HASNT(m->html, ">a</a>");
	HASNT(m->html, "<h1");
}

/* Whoever floods the list doesn't flood its moderators; nothing is lost. */
static void
test_flood(void **state)
{
	struct place *p = *state;
	size_t i, asked_n = 0, n;
	struct gp_hold **v;
	struct gp_err err;

	for (i = 0; i < 210; i++)
		asked_n += is_told(held_post(p, gp_asprintf(p->ctx, "Flood %zu", i)), "ann@example.org");
	assert_int_equal(asked_n, 200);
	must(gp_hold_all(p->ctx, p->site->store, p->bees->id, GP_HOLD_WAITING, &v, &n, &err), &err);
	assert_int_equal(n, 210);
	HAS(ask(p, ANN, "queue\n"), "210 wait for you");
}

static void
test_known_by_name(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	int64_t id;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.org", "Dora Bee", GP_ROLE_MEMBER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HAS(say(p, "Dora Bee <dora@home.example>", "bees@example.org", "Hi", "x\n"),
	    "A member of that name has the address dora@example.org");
	/* Two of a name are nobody. */
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.net", "Dora Bee", GP_ROLE_MEMBER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HASNT(say(p, "Dora Bee <dora@home.example>", "bees@example.org", "Hi", "x\n"), "of that name");
}

/* A moderator's robot answers our question, our answer to that, and so on. */
static void
test_robot(void **state)
{
	struct place *p = *state;
	size_t i, answers = 0;

	p->conf->answers = 5;
	held_post(p, "One");
	for (i = 0; i < 12; i++)
		answers += *verdict(p, MAX, "max@example.net", "I am in the mountains.\n") != '\0';
	assert_int_equal(answers, 5);
	/* Max is heard all the same. */
	HAS(verdict(p, MAX, "max@example.net", "ok\n"), "max@example.net said ok");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hold_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_words),
		TEST(test_unclear),
		TEST(test_reasons),
		TEST(test_whose),
		TEST(test_guessing),
		TEST(test_once),
		TEST(test_forwarded),
		TEST(test_votes),
		TEST(test_votes_and_edits),
		TEST(test_trust),
		TEST(test_trust_outside),
		TEST(test_trust_needs_all),
		TEST(test_ban),
		TEST(test_claim),
		TEST(test_move),
		TEST(test_edit),
		TEST(test_edit_a_file),
		TEST(test_the_question),
		TEST(test_flood),
		TEST(test_known_by_name),
		TEST(test_robot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
