/* SPDX-License-Identifier: ISC */
/* Who sees a thread, by mail: said in its first post, by a command, by the list; and what mails then tell whom. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static struct gp_veil
veil_of(struct place *p, int64_t thread)
{
	struct gp_veil v;
	struct gp_err err;

	must(gp_thread_veil(p->site->store, thread, &v, &err), &err);
	return v;
}

/* What a first post says, in all languages; and what only looks like it. */
static void
test_said(void **state)
{
	static const struct {
		const char *subject, *text;
		int visible;
		bool unnamed;
	} cases[] = {
		{"Hive #members", "Words of one.\n", GP_VISIBLE_MEMBERS, false},
		{"[members only] Hive", "Words of two.\n", GP_VISIBLE_MEMBERS, false},
		{"Hive", "[Members only]\nWords of three.\n", GP_VISIBLE_MEMBERS, false},
		{"Hive", "#members-then #chatham\nWords of four.\n", GP_VISIBLE_THEN, true},
		{"Hive #not-archived", "Words of five.\n", GP_VISIBLE_NONE, false},
		{"[not archived] Hive", "Words of six.\n", GP_VISIBLE_NONE, false},
		{"[Chatham House] Hive", "Words of seven.\n", GP_VISIBLE_LIST, true},
		{"Beute [nur Mitglieder]", "Words of eight.\n", GP_VISIBLE_MEMBERS, false},
		{"Beute #ohne-namen #nicht-archiviert", "Words of nine.\n", GP_VISIBLE_NONE, true},
		{"Ruche [ne pas archiver]", "Words of ten.\n", GP_VISIBLE_NONE, false},
		{"Ruche #sans-noms #membres", "Words of eleven.\n", GP_VISIBLE_MEMBERS, true},
		{"Colmena [solo miembros]", "Words of twelve.\n", GP_VISIBLE_MEMBERS, false},
		{"Colmena #sin-nombres", "Words of thirteen.\n", GP_VISIBLE_LIST, true},
		{"#members #not-archived: the stricter", "Words of fourteen.\n", GP_VISIBLE_NONE, false},
		{"What members only know", "Words of fifteen.\n", GP_VISIBLE_LIST, false},
		{"[members only know] Hive", "Words of sixteen.\n", GP_VISIBLE_LIST, false},
		{"Hive #membership", "Words of seventeen.\n", GP_VISIBLE_LIST, false},
		{"Hive", "Words of eighteen.\n\n> [members only]\n", GP_VISIBLE_LIST, false},
		{"Hive [", "Words of [nineteen.\n", GP_VISIBLE_LIST, false},
		{"Hive []", "Words of twenty. [members only]\nsaid she\n", GP_VISIBLE_MEMBERS, false},
		{"#everyone", "Words of twenty one.\n", GP_VISIBLE_LIST, false},
	};
	struct place *p = *state;
	struct gp_veil v;
	int64_t t;
	size_t i;

	set(p, "repeats", "yes");
	for (i = 0; i < GP_COUNT(cases); i++) {
		t = post(p, CLEO, gp_asprintf(p->ctx, "s%zu", i), NULL, gp_asprintf(p->ctx, "%s %zu", cases[i].subject, i),
		    cases[i].text);
		v = veil_of(p, t);
		if (v.visible != cases[i].visible || v.unnamed != cases[i].unnamed)
			fail_msg("%s: %d %d", cases[i].subject, v.visible, v.unnamed);
	}
	/* An answer says nothing of the thread. */
	t = post(p, CLEO, "plain", NULL, "Plain talk", "About nothing.\n");
	assert_int_equal(post(p, BOB, "answer", "plain", "Re: Plain talk #members", "[members only]\nWell, well.\n"), t);
	assert_int_equal(veil_of(p, t).visible, GP_VISIBLE_LIST);
}

static struct gp_decision
decision(struct place *p, const char *from, const char *subject)
{
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;

	incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: %s\nMessage-ID: <t@t.example>\n"
	    "\nNo!\n", from, subject), "s@x.example", &in);
	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	return d;
}

/* Where it is not theirs to say, nothing goes out as if they had not said it. */
static void
test_settings(void **state)
{
	static const struct {
		const char *narrow, *unnamed, *from, *subject;
		enum gp_decision_kind kind;
	} cases[] = {
		{"on", "on", BOB, "#members", GP_DECIDE_ACCEPT},
		{"off", "on", BOB, "#members", GP_DECIDE_HOLD},
		{"off", "on", ANN, "#members", GP_DECIDE_HOLD},
		{"moderators", "on", BOB, "#members", GP_DECIDE_HOLD},
		{"moderators", "on", ANN, "#members", GP_DECIDE_ACCEPT},
		{"moderators", "on", BOB, "#chatham", GP_DECIDE_ACCEPT},
		{"on", "off", BOB, "#chatham", GP_DECIDE_HOLD},
		{"on", "moderators", BOB, "#chatham #members", GP_DECIDE_HOLD},
		{"on", "moderators", ANN, "#chatham", GP_DECIDE_ACCEPT},
		{"on", "all", BOB, "#chatham", GP_DECIDE_ACCEPT},
		{"off", "off", BOB, "Hello", GP_DECIDE_ACCEPT},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_decision d;

		set(p, "narrow", cases[i].narrow);
		set(p, "unnamed", cases[i].unnamed);
		d = decision(p, cases[i].from, cases[i].subject);
		if (d.kind != cases[i].kind)
			fail_msg("%s %s %s %s: %s", cases[i].narrow, cases[i].unnamed, cases[i].from, cases[i].subject,
			    gp_decision_names[d.kind]);
		if (d.kind == GP_DECIDE_HOLD)
			assert_string_equal(d.rule, "visible");
	}
}

static char *
order(struct place *p, const char *from, const char *line)
{
	ask(p, from, line);
	return say_yes(p, from);
}

static void
test_commands(void **state)
{
	static const struct {
		const char *from, *word, *what, *says;
		int visible;
		bool unnamed;
	} steps[] = {
		{BOB, "visible", "members", "for whoever began it", GP_VISIBLE_LIST, false},
		{CLEO, "visible", "soon", "Write visible NUMBER", GP_VISIBLE_LIST, false},
		{CLEO, "visible", "", "Write visible NUMBER", GP_VISIBLE_LIST, false},
		{CLEO, "visible", "members", "for members of the list", GP_VISIBLE_MEMBERS, false},
		{CLEO, "visible", "list", "by the moderators only", GP_VISIBLE_MEMBERS, false},
		{CLEO, "visible", "nur mitglieder", "for members of the list", GP_VISIBLE_MEMBERS, false},
		{CLEO, "visible", "then", "members when it began", GP_VISIBLE_THEN, false},
		{CLEO, "unnamed", "", "without names", GP_VISIBLE_THEN, true},
		{CLEO, "unnamed", "off", "by the moderators only", GP_VISIBLE_THEN, true},
		{CLEO, "visible", "none", "in no archive", GP_VISIBLE_NONE, true},
		{BOB, "visible", "list", "no message", GP_VISIBLE_NONE, true},
		{ANN, "visible", "members", "for members of the list", GP_VISIBLE_MEMBERS, true},
		{ANN, "unnamed", "maybe", "Write visible NUMBER", GP_VISIBLE_MEMBERS, true},
		{ANN, "unnamed", "nein", "names are shown", GP_VISIBLE_MEMBERS, false},
		{ANN, "visible", "list", "all who may read", GP_VISIBLE_LIST, false},
	};
	struct place *p = *state;
	int64_t t = post(p, CLEO, "h", NULL, "Sugar or honey", "Sugar.\n");
	struct gp_veil v;
	size_t i;

	for (i = 0; i < GP_COUNT(steps); i++) {
		char *line = gp_asprintf(p->ctx, "%s %lld %s", steps[i].word, (long long)number(p, "h"), steps[i].what);

		HAS(order(p, steps[i].from, line), steps[i].says);
		v = veil_of(p, t);
		if (v.visible != steps[i].visible || v.unnamed != steps[i].unnamed)
			fail_msg("%s: %d %d", line, v.visible, v.unnamed);
	}
	HAS(order(p, ANN, "visible 99999 list"), "no message");
	HAS(order(p, ANN, "visible"), "no message");
	set(p, "narrow", "moderators");
	HAS(order(p, CLEO, gp_asprintf(p->ctx, "visible %lld members", (long long)number(p, "h"))), "not yours to say");
	assert_int_equal(veil_of(p, t).visible, GP_VISIBLE_LIST);
}

/* The bytes of what comes back, with all that is enclosed. */
static char *
got(struct place *p, const char *from, const char *line)
{
	size_t n;
	struct gp_job **v;

	ask(p, from, line);
	v = jobs_since(p, last_job(p) - 1, &n);
	return gp_strndup(p->ctx, v[n - 1]->body, v[n - 1]->body_n);
}

/* A thread of before Dora came; and one without names, in which somebody signs and quotes. */
static void
test_mails(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	int64_t id, before;
	char *text;

	post(p, CLEO, "then", NULL, "Old matter #members-then", "Amber words.\n");
	post(p, "Bob Beekeeper <bob@example.net>", "quiet", NULL, "Quiet matter #chatham", "Silver words.\n\n-- \n"
	    "Bob Beekeeper, Apiary Ltd\n");
	post(p, "Cleo Clay <cleo@example.com>", "quiet2", "quiet", "Re: Quiet matter #chatham", "Dear Bob,\n\nGolden words.\n\n"
	    "Cleo\n\nOn Monday, Bob Beekeeper <bob@example.net> wrote:\n> Silver words.\n");
	post(p, "Bob Beekeeper <bob@example.net>", "quiet3", "quiet", "Re: Quiet matter #chatham",
	    "Plain words: write to bob@example.net.\n");
	post(p, "cleo <cleo@example.com>", "quiet4", "quiet", "Re: Quiet matter #chatham", "More words for @bob, says Cleo here.\n");
	post(p, BOB, "gone", NULL, "Secret matter #not-archived", "Copper words.\n");
	gp_clock_set(gp_now() + 100, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.net", "Dora", GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	/* Who was not there gets no mail of it; who was, does. */
	before = last_job(p);
	post(p, CLEO, "then2", "then", "Re: Old matter #members-then", "More amber words.\n");
	text = mails(p, before);
	HAS(text, "More amber");
	{
		struct gp_rcpt *r;
		size_t n, i;

		must(gp_queue_fresh(p->ctx, p->site->store, last_job(p), 0, 10, &r, &n, &err), &err);
		assert_true(n > 0);
		for (i = 0; i < n; i++)
			assert_string_not_equal(r[i].address, "dora@example.net");
	}
	HAS(got(p, "Dora <dora@example.net>", "last\n"), "Quiet matter");
	HASNT(got(p, "Dora <dora@example.net>", "last\n"), "Old matter");
	HASNT(got(p, "Dora <dora@example.net>", "index\n"), "Old matter");
	HASNT(got(p, "Dora <dora@example.net>", "search amber\n"), "Amber words");
	HASNT(got(p, "Dora <dora@example.net>", "search everywhere amber\n"), "Amber words");
	HASNT(got(p, EVE, "search everywhere golden\n"), "Bob");
	HASNT(got(p, "Dora <dora@example.net>", gp_asprintf(p->ctx, "get %lld\n", (long long)number(p, "then"))), "Amber");
	HASNT(got(p, "Dora <dora@example.net>", "catchup 2 weeks\n"), "amber");
	HAS(got(p, BOB, "last\n"), "Old matter");
	HAS(got(p, BOB, gp_asprintf(p->ctx, "get %lld\n", (long long)number(p, "then"))), "Amber words");
	HASNT(got(p, BOB, "last\n"), "Secret matter");
	HASNT(got(p, ANN, gp_asprintf(p->ctx, "get %lld\n", (long long)number(p, "gone"))), "Copper");
	/* No names: in lists, whole messages, threads, what was missed. */
	for (id = 0; id < 5; id++) {
		const char *lines[] = {"last\n", "search words\n", gp_asprintf(p->ctx, "get %lld\n",
		    (long long)number(p, "quiet")), gp_asprintf(p->ctx, "get thread %lld\n", (long long)number(p, "quiet")),
		    "catchup 2 weeks\n"};

		text = got(p, "Dora <dora@example.net>", lines[id]);
		HAS(text, id < 2 ? "Somebody" : "words");
		if (id == 2)
			HAS(text, "From: Somebody <bees@example.org>");
		HASNT(text, "Bob");
		HASNT(text, "bob");
		HASNT(text, "Beekeeper");
		HASNT(text, "Cleo");
		HASNT(text, "Apiary");
		HASNT(text, "x.example");
	}
	/* Authors still have their say in it. */
	ask(p, CLEO, gp_asprintf(p->ctx, "takedown %lld\n", (long long)number(p, "quiet2")));
	HAS(say_yes(p, CLEO), "out of the archive");
}

/* Whoever may not see a thread does not come in by answering it: a moderator lets them. */
static void
test_answers(void **state)
{
	static const struct { const char *from, *header, *subject; bool held; } cases[] = {
		{"Dora <dora@example.net>", "In-Reply-To: <then@x.example>\n", "Re: Budget [members then]", true},
		{"Dora <dora@example.net>", "References: <then@x.example>\n", "Re: other", true},
		{"Dora <dora@example.net>", "", "Re: Budget [members then]", true},
		{"Dora <dora@example.net>", "In-Reply-To: <only@x.example>\n", "Re: Plans #members", false},
		{"Dora <dora@example.net>", "In-Reply-To: <gone@x.example>\n", "Re: Gone #not-archived", false},
		{"Dora <dora@example.net>", "In-Reply-To: <open@x.example>\n", "Re: Open", false},
		{"Dora <dora@example.net>", "", "Budget of mine", false},
		{BOB, "In-Reply-To: <then@x.example>\n", "Re: Budget [members then]", false},
		{ANN, "In-Reply-To: <then@x.example>\n", "Re: Budget [members then]", false},
		{EVE, "In-Reply-To: <then@x.example>\n", "Re: Budget [members then]", true},
		{EVE, "In-Reply-To: <only@x.example>\n", "Re: Plans #members", true},
		{EVE, "In-Reply-To: <open@x.example>\n", "Re: Open", false},
	};
	static const char *const said[] = {"solved\n", "keep: Honey\n", "yes\n", "+1\n", "visible: none\n", "unnamed: on\n",
		"share bees\n", "slow 1d\n", "cool 24h\n", "close: enough\n", "pass\n", "Solved! Thank you.\n"};
	struct place *p = *state;
	struct gp_decision d;
	struct gp_err err;
	int64_t id, then, before;
	size_t i;

	set(p, "post", "anyone");
	then = post(p, CLEO, "then", NULL, "Budget [members then]", "Amber words.\n");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_mark(p->site->store, then, "question", 0, GP_MARK_PERSON, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	post(p, CLEO, "only", NULL, "Plans #members", "Blue words.\n");
	post(p, CLEO, "gone", NULL, "Gone #not-archived", "Copper words.\n");
	post(p, CLEO, "open", NULL, "Open", "Dull words.\n");
	gp_clock_set(gp_now() + 100, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.net", "Dora", GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(cases); i++) {
		/* Header fields behind the subject. */
		d = decision(p, cases[i].from, gp_asprintf(p->ctx, "%s\n%.*s", cases[i].subject,
		    (int)strcspn(cases[i].header, "\n"), cases[i].header[0] != '\0' ? cases[i].header : "X-None: 1"));
		if (d.kind != (cases[i].held ? GP_DECIDE_HOLD : GP_DECIDE_ACCEPT) ||
		    (cases[i].held && strcmp(d.rule, "visible") != 0))
			fail_msg("%zu: %s %s %s: %s by %s", i, cases[i].from, cases[i].header, cases[i].subject,
			    gp_decision_names[d.kind], d.rule);
	}
	assert_int_equal(post(p, "Dora <dora@example.net>", "in", "then", "Re: Budget [members then]", "What is it?\n"), 0);
	/* Nor by what is said to the list, nor where it is closed: nothing is done, and nothing of it is told. */
	for (i = 0; i < GP_COUNT(said); i++) {
		char *text;

		before = last_job(p);
		assert_int_equal(post(p, "Dora <dora@example.net>", gp_asprintf(p->ctx, "s%zu", i), "then",
		    gp_asprintf(p->ctx, "Re: my own words %zu", i), said[i]), 0);
		text = mails(p, before);
		HAS(text, "may not see");
		HASNT(text, "Budget");
		HASNT(text, thread(p, then)->key);
	}
	assert_string_equal(thread(p, then)->mark, "question");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_close(p->site->store, then, "Amber is over", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_string_equal(decision(p, "Dora <dora@example.net>", "Re: x\nIn-Reply-To: <then@x.example>").rule, "visible");
	assert_int_equal(decision(p, BOB, "Re: x\nIn-Reply-To: <then@x.example>").kind, GP_DECIDE_REJECT);
	HASNT(got(p, "Dora <dora@example.net>", gp_asprintf(p->ctx, "get %lld\n", (long long)number(p, "then"))), "Amber");
}

/* Where files are links into the archive: what that does not show stays in the mail. */
static void
test_files(void **state)
{
	static const struct { const char *subject; bool stays; } cases[] = {
		{"A chart", false}, {"Another chart #members", false}, {"A third chart #chatham", true},
		{"A fourth chart #not-archived", true},
	};
	struct place *p = *state;
	struct gp_outcome out;
	struct gp_job **v;
	size_t i, n;

	set(p, "attachments", "link");
	for (i = 0; i < GP_COUNT(cases); i++) {
		int64_t before = last_job(p);

		take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: %s\n"
		    "Message-ID: <c%zu@x.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
		    "Look at number %zu.\n--b\nContent-Type: application/pdf; name=c.pdf\nContent-Disposition: attachment; "
		    "filename=c.pdf\n\nFilebytes\n--b--\n", CLEO, cases[i].subject, i, i), "s@x.example", &out);
		v = jobs_since(p, before, &n);
		assert_true(n > 0);
		if ((strstr(gp_strndup(p->ctx, v[0]->body, v[0]->body_n), "Filebytes") != NULL) != cases[i].stays)
			fail_msg("%s: %.*s", cases[i].subject, (int)v[0]->body_n, v[0]->body);
	}
}

/* ---- what is in no archive ------------------------------------------------------------------------ */

/* What its author hears of a reply in such a thread, which is no post. */
static char *
reply(struct place *p, const char *from, const char *under, const char *text)
{
	static int n;
	int64_t before = last_job(p);

	if (post(p, from, gp_asprintf(p->ctx, "n%d", n++), under, "Re: so be it", text) != 0)
		fail_msg("%s: a post", text);
	return mails(p, before);
}

static void
test_unarchived_says(void **state)
{
	static const char *const refused[] = {"keep: Acid\n", NULL};
	struct place *p = *state;
	struct gp_pace pace;
	struct gp_err err;
	int64_t t, before;
	char *text;
	size_t i;

	t = post(p, CLEO, "q", NULL, "#question Which acid? #not-archived", "Does anyone know?\n");
	post(p, BOB, "a", "q", "Re: #question Which acid? #not-archived", "The cold one.\n");
	for (i = 0; refused[i] != NULL; i++) {
		text = reply(p, ANN, "q", refused[i]);
		HAS(text, "is in no archive");
		HAS(text, "sent to nobody");
	}
	HAS(reply(p, BOB, "q", "solved\n"), "for whoever asked to say");
	text = reply(p, CLEO, "q", "solved\n");
	HAS(text, "is solved now");
	HAS(text, "bob@example.net|Re: #question Which acid?");
	HASNT(text, "https://");
	assert_string_equal(thread(p, t)->mark, "solved");
	HAS(reply(p, CLEO, "a", "reopen\n"), "open question again");
	HAS(reply(p, CLEO, "a", "kind: story\n"), "story");
	reply(p, ANN, "a", "slow 1d\n");
	HAS(say_yes(p, ANN), "each member can write once");
	must(gp_thread_pace(p->site->store, t, &pace, &err), &err);
	assert_int_equal(pace.slow, DAY);
	reply(p, ANN, "a", "cool 24h\n");
	HAS(say_yes(p, ANN), "wait now");
	ask(p, ANN, gp_asprintf(p->ctx, "nudge %lld Take care.\n", (long long)number(p, "a")));
	before = last_job(p);
	HAS(say_yes(p, ANN), "");
	HAS(mails(p, before), "bob@example.net|");
	reply(p, ANN, "a", "close: enough\n");
	HAS(say_yes(p, ANN), "takes no more posts");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "mute %lld\n", (long long)number(p, "a"))), "No more mail of");
	/* Who came later, and strangers, learn nothing of it. */
	HAS(ask(p, EVE, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, "q"))), "no message");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "get %lld\n", (long long)number(p, "q"))), "is in no archive");
}

static void
test_unarchived_decides(void **state)
{
	struct place *p = *state;
	struct gp_vote_counts c;
	struct gp_decision_round *d;
	struct gp_practice *kept;
	struct gp_err err;
	int64_t id, t;
	char *text;

	set(p, "decisions", "on");
	t = post(p, CLEO, "d", NULL, "#decide Buy a press #not-archived", "It costs 300.\n");
	HAS(reply(p, ANN, "d", "yes\n"), "Counted in");
	assert_int_not_equal(post(p, BOB, "v", "d", "Re: #decide Buy a press #not-archived", "No: too dear.\n"), 0);
	HAS(reply(p, BOB, "d", "abstain\n"), "Counted in");
	gp_clock_set(gp_now() + 100, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.net", "Dora", GP_ROLE_MEMBER, GP_DELIVERY_EACH,
	    gp_now(), &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	text = ask(p, "Dora <dora@example.net>", gp_asprintf(p->ctx, "vote %lld yes\n", (long long)number(p, "d")));
	HAS(text, "no message");
	HASNT(text, "press");
	must(gp_decision_of(p->ctx, p->site->store, number(p, "d"), &d, &err), &err);
	must(gp_vote_count(p->site->store, d, &c, &err), &err);
	assert_true(c.n[GP_VOTE_YES] == 1 && c.n[GP_VOTE_NO] == 0 && c.n[GP_VOTE_ABSTAIN] == 1);
	reply(p, BOB, "d", "yes\n");
	text = tick(p, 7 * DAY, gp_decide_tick);
	HAS(text, "Agreed.");
	HAS(text, "- yes: 2");
	HASNT(text, "https://lists");
	assert_string_equal(thread(p, t)->mark, "decided");
	assert_int_equal(gp_practice_of(p->ctx, p->site->store, number(p, "d"), &kept, &err), GP_E_NOTFOUND);
	assert_string_equal(tick(p, DAY, gp_decide_tick), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_said), PLACE_TEST(test_settings), PLACE_TEST(test_commands), PLACE_TEST(test_mails),
		PLACE_TEST(test_files), PLACE_TEST(test_answers), PLACE_TEST(test_unarchived_says),
		PLACE_TEST(test_unarchived_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
