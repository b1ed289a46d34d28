/* SPDX-License-Identifier: ISC */
/* The policies of a list: who may post, begin and reply, how much and when. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hold.h"

#define REPLY "In-Reply-To: <root@x.example>\n"

static void
set_member(struct place *p, const char *address, const char *key, const char *value)
{
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, member(p, address)->id, key, value, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static struct gp_decision
decision(struct place *p, const char *from, const char *fields, const char *sender)
{
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;

	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	incoming(p->ctx, gp_asprintf(p->ctx, "%sFrom: %s\nSubject: s\n\nText\n", fields, from), sender,
	    &in);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	return d;
}

/* A post of Ann's with a known name, so that there is something to reply to. */
static void
root(struct place *p)
{
	struct gp_outcome o;

	take_in(p, "bees@example.org", "From: ann@example.org\nSubject: s\nMessage-ID: <root@x.example>\n\nRoot\n",
	    "ann@example.org", &o);
	assert_true(o.message > 0);
}

/* So many messages of somebody, as an import brings them. */
static void
archive(struct place *p, const struct gp_list *list, const char *from, int n)
{
	static int number;
	struct gp_archived out;
	struct gp_inbound in;
	struct gp_err err;

	while (n-- > 0) {
		incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nSubject: s\nMessage-ID: <%d@old.example>\n\nx\n",
		    from, ++number), "x@x.example", &in);
		must(gp_archive_add(p->ctx, p->site->store, list, in.mail, in.raw, in.n, gp_now(), &out, &err),
		    &err);
	}
}

/* What becomes of a post of somebody, with these settings of the list. */
static const struct {
	const char *settings, *from, *fields;
	enum gp_decision_kind want;
	const char *rule;
} policies[] = {
	/* As it is. */
	{"", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	{"", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"", BOB, REPLY, GP_DECIDE_ACCEPT, "who-may-post"},
	{"", "BOB@EXAMPLE.NET", "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"", "Bob <bob@example.net.evil.example>", "", GP_DECIDE_HOLD, "who-may-post"},
	{"post=anyone", EVE, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"post=moderators", BOB, "", GP_DECIDE_HOLD, "who-may-post"},
	{"post=moderators", MAX, "", GP_DECIDE_ACCEPT, "who-may-post"},
	/* What becomes of the others. */
	{"strangers=refuse", EVE, "", GP_DECIDE_REJECT, "who-may-post"},
	{"strangers=discard", EVE, "", GP_DECIDE_DISCARD, "who-may-post"},
	{"strangers=refuse", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"members=refuse", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	{"post=moderators members=refuse", BOB, "", GP_DECIDE_REJECT, "who-may-post"},
	{"post=moderators members=discard", BOB, "", GP_DECIDE_DISCARD, "who-may-post"},
	{"post=moderators strangers=refuse", BOB, "", GP_DECIDE_HOLD, "who-may-post"},
	{"post=moderators members=refuse", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	/* An announcement list: moderators begin, members reply. */
	{"start=moderators", BOB, "", GP_DECIDE_HOLD, "who-may-post"},
	{"start=moderators", BOB, REPLY, GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=moderators", BOB, "References: <x@x.example> <root@x.example>\n", GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=moderators", BOB, "References: <root@x.example> <x@x.example>\n", GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=moderators", BOB, "In-Reply-To: <forged@x.example>\n", GP_DECIDE_HOLD, "who-may-post"},
	{"start=moderators", BOB, "In-Reply-To: root@x.example\n", GP_DECIDE_HOLD, "who-may-post"},
	{"start=moderators members=refuse", BOB, "Subject: Re: s\n", GP_DECIDE_REJECT, "who-may-post"},
	{"start=moderators", EVE, REPLY, GP_DECIDE_HOLD, "who-may-post"},
	{"start=moderators", MAX, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=anyone reply=members", EVE, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=anyone reply=members", EVE, REPLY, GP_DECIDE_HOLD, "who-may-post"},
	{"reply=anyone", EVE, REPLY, GP_DECIDE_ACCEPT, "who-may-post"},
	{"reply=anyone", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	{"reply=nobody", BOB, REPLY, GP_DECIDE_HOLD, "who-may-post"},
	{"reply=nobody members=refuse", ANN, REPLY, GP_DECIDE_REJECT, "who-may-post"},
	{"reply=nobody", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"start=nobody", ANN, "", GP_DECIDE_HOLD, "who-may-post"},
	{"start=nobody", ANN, REPLY, GP_DECIDE_ACCEPT, "who-may-post"},
	/* Other reasons come first, or after. */
	{"emergency=yes", ANN, "", GP_DECIDE_HOLD, "emergency"},
	{"emergency=yes strangers=refuse", EVE, "", GP_DECIDE_HOLD, "emergency"},
	{"closed=yes emergency=yes", ANN, "", GP_DECIDE_REJECT, "closed"},
	{"first_posts=2", BOB, "", GP_DECIDE_HOLD, "first-posts"},
	{"first_posts=2", ANN, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"first_posts=2", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	{"post=anyone first_posts=2", EVE, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"quiet_from=11 quiet_to=13", BOB, "", GP_DECIDE_HOLD, "quiet"},
	{"quiet_from=11 quiet_to=13", ANN, "", GP_DECIDE_HOLD, "quiet"},
	{"quiet_from=11 quiet_to=13", EVE, "", GP_DECIDE_HOLD, "who-may-post"},
	{"quiet_from=11 quiet_to=12", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"quiet_from=13 quiet_to=12", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"quiet_from=13 quiet_to=13", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"quiet_from=20 quiet_to=13", BOB, "", GP_DECIDE_HOLD, "quiet"},
	{"quiet_from=12 quiet_to=13 timezone=Europe/Berlin", BOB, "", GP_DECIDE_ACCEPT, "who-may-post"},
	{"quiet_from=13 quiet_to=14 timezone=Europe/Berlin", BOB, "", GP_DECIDE_HOLD, "quiet"},
	{"max_recipients=1", BOB, "To: a@x.example, b@x.example\n", GP_DECIDE_HOLD, "recipients"},
};

static void
test_settings(void **state)
{
	size_t i;

	for (i = 0; i < GP_COUNT(policies); i++) {
		struct gp_decision d;
		struct place *p;
		char *text, *next;

		hold_set_up(state);
		p = *state;
		root(p);
		for (text = gp_strdup(p->ctx, policies[i].settings); *text != '\0'; text = next) {
			char *equals = strchr(text, '=');

			next = text + strcspn(text, " ");
			if (*next != '\0')
				*next++ = '\0';
			*equals = '\0';
			setting(p, text, equals + 1);
		}
		d = decision(p, policies[i].from, policies[i].fields, "x@example.org");
		if (d.kind != policies[i].want || strcmp(d.rule, policies[i].rule) != 0)
			fail_msg("%s, %s, %s: %s by %s: %s", policies[i].settings, policies[i].from,
			    policies[i].fields, gp_decision_names[d.kind], d.rule, d.reason);
		assert_true(strlen(d.reason) > 5);
		if (d.kind == GP_DECIDE_REJECT) {
			assert_true(gp_starts(d.reply, "550 5.7.1 "));
			assert_null(strpbrk(d.reply, "\r\n"));
		}
		place_tear_down(state);
	}
}

static void
test_one_member(void **state)
{
	static const struct {
		const char *posting, *settings, *value;
		enum gp_decision_kind want;
		const char *rule;
	} cases[] = {
		{"list", "first_posts", "1", GP_DECIDE_HOLD, "first-posts"},
		{"trusted", "first_posts", "1", GP_DECIDE_ACCEPT, "who-may-post"},
		{"trusted", "post", "moderators", GP_DECIDE_ACCEPT, "who-may-post"},
		{"trusted", "start", "nobody", GP_DECIDE_HOLD, "who-may-post"},
		{"trusted", "emergency", "yes", GP_DECIDE_HOLD, "emergency"},
		{"trusted", "max_size", "1k", GP_DECIDE_ACCEPT, "who-may-post"},
		{"held", "post", "anyone", GP_DECIDE_HOLD, "member"},
		{"none", "post", "anyone", GP_DECIDE_REJECT, "member"},
		{"none", "members", "discard", GP_DECIDE_REJECT, "member"},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_decision d;
		struct place *p;

		hold_set_up(state);
		p = *state;
		setting(p, cases[i].settings, cases[i].value);
		set_member(p, "bob@example.net", "posting", cases[i].posting);
		d = decision(p, BOB, "", "bob@example.net");
		if (d.kind != cases[i].want || strcmp(d.rule, cases[i].rule) != 0)
			fail_msg("%s, %s=%s: %s by %s", cases[i].posting, cases[i].settings, cases[i].value,
			    gp_decision_names[d.kind], d.rule);
		place_tear_down(state);
	}
}

/* The first posts wait; then a member is trusted by itself. What was refused doesn't count. */
static void
test_first_posts(void **state)
{
	struct place *p = *state;

	setting(p, "first_posts", "2");
	HAS(say(p, BOB, "bees@example.org", "1", "x\n"), "Held: 1");
	verdict(p, ANN, "ann@example.org", "no\n");
	HAS(say(p, BOB, "bees@example.org", "2", "x\n"), "Held: 2");
	verdict(p, ANN, "ann@example.org", "ok\n");
	HAS(say(p, BOB, "bees@example.org", "3", "x\n"), "So far: 1 accepted, 1 refused");
	verdict(p, ANN, "ann@example.org", "ok\n");
	HASNT(say(p, BOB, "bees@example.org", "4", "x\n"), "Held");
	assert_int_equal(member(p, "bob@example.net")->accepted, 3);
	assert_string_equal(decision(p, "cleo@example.com", "", "x@x.example").rule, "first-posts");
}

/* Who wrote in an archive that was imported, from any of their addresses, is not new. */
static void
test_first_posts_of_old_members(void **state)
{
	static const struct {
		int from_one, from_other, elsewhere, on_other_list;
		const char *first;
		enum gp_decision_kind want;
	} cases[] = {
		{0, 0, 0, 0, "1", GP_DECIDE_HOLD}, {1, 0, 0, 0, "1", GP_DECIDE_ACCEPT},
		{1, 0, 0, 0, "2", GP_DECIDE_HOLD}, {2, 0, 0, 0, "2", GP_DECIDE_ACCEPT},
		{1, 1, 0, 0, "2", GP_DECIDE_ACCEPT}, {0, 2, 0, 0, "2", GP_DECIDE_ACCEPT},
		{0, 0, 3, 0, "1", GP_DECIDE_HOLD}, {1, 0, 3, 0, "2", GP_DECIDE_HOLD},
		{0, 0, 0, 3, "1", GP_DECIDE_HOLD}, {2, 0, 0, 3, "3", GP_DECIDE_HOLD},
		{3, 1, 0, 0, "100", GP_DECIDE_HOLD},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_decision d;
		struct gp_list *wasps;
		struct gp_err err;
		struct place *p;

		hold_set_up(state);
		p = *state;
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_list_create(p->ctx, p->site->store, "wasps@example.org", &wasps, &err), &err);
		must(gp_person_add_address(p->site->store, member(p, "bob@example.net")->person,
		    "bob@work.example", &err), &err);
		archive(p, p->bees, "Bob <BOB@example.net>", cases[i].from_one);
		archive(p, p->bees, "bob@work.example", cases[i].from_other);
		archive(p, p->bees, "Bob <bob@evil.example>", cases[i].elsewhere);
		archive(p, wasps, "bob@example.net", cases[i].on_other_list);
		must(gp_store_commit(p->site->store, &err), &err);
		setting(p, "first_posts", cases[i].first);
		d = decision(p, BOB, "", "bob@example.net");
		if (d.kind != cases[i].want)
			fail_msg("case %zu: %s by %s", i, gp_decision_names[d.kind], d.rule);
		place_tear_down(state);
	}
}

static void
test_daily_posts(void **state)
{
	struct place *p = *state;

	setting(p, "daily_posts", "2");
	HASNT(say(p, BOB, "bees@example.org", "1", "x\n"), "Held");
	HASNT(say(p, BOB, "bees@example.org", "2", "x\n"), "Held");
	assert_string_equal(decision(p, BOB, "", "x@x.example").rule, "daily-posts");
	/* Another member's are another's; moderators may. */
	assert_int_equal(decision(p, "cleo@example.com", "", "x@x.example").kind, GP_DECIDE_ACCEPT);
	say(p, ANN, "bees@example.org", "1", "x\n");
	say(p, ANN, "bees@example.org", "2", "x\n");
	assert_int_equal(decision(p, ANN, "", "x@x.example").kind, GP_DECIDE_ACCEPT);
	gp_clock_set(gp_now() + 86400, true);
	assert_int_equal(decision(p, BOB, "", "x@x.example").kind, GP_DECIDE_ACCEPT);
}

static void
test_bans(void **state)
{
	static const struct { const char *from, *sender; bool banned; } cases[] = {
		{EVE, "eve@evil.example", true},
		{"EVE@Evil.Example", "x@x.example", true},
		{BOB, "eve@evil.example", true},
		{"x@sub.bad.example", "x@x.example", true},
		{"x@bad.example", "x@x.example", true},
		{"x@x.example", "x@bad.example", true},
		{"eve@evil.example.org", "x@x.example", false},
		{"eve2@evil.example", "x@x.example", false},
		{"x@notbad.example", "x@x.example", false},
		{"x@bad.example.org", "x@x.example", false},
		{BOB, "bob@example.net", false},
		/* Who looks after the list can't be kept out by a ban of their domain. */
		{ANN, "ann@bad.example", false},
	};
	struct place *p = *state;
	struct gp_ban eve = {.list = p->bees->id, .pattern = gp_strdup(p->ctx, "eve@evil.example"),
	    .until = gp_now() + 10};
	struct gp_ban bad = {.pattern = gp_strdup(p->ctx, "@bad.example")};	/* of all lists */
	struct gp_decision d;
	struct gp_err err;
	size_t i;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_ban_add(p->site->store, &eve, &err), &err);
	must(gp_ban_add(p->site->store, &bad, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(cases); i++) {
		d = decision(p, cases[i].from, "", cases[i].sender);
		if ((strcmp(d.rule, "banned") == 0) != cases[i].banned)
			fail_msg("%s, %s: %s", cases[i].from, cases[i].sender, d.rule);
		assert_true(!cases[i].banned || (d.kind == GP_DECIDE_REJECT &&
		    gp_starts(d.reply, "550 5.7.1 ") && strstr(d.reply, "bees+owner@example.org") != NULL));
	}
	/* A bounce is no post, whoever it seems to be from. */
	assert_string_equal(decision(p, EVE, "", "").rule, "null-sender");
	gp_clock_set(gp_now() + 10, true);
	assert_string_equal(decision(p, EVE, "", "x@x.example").rule, "who-may-post");
}

static void
test_closed_threads(void **state)
{
	static const struct { const char *why, *reply; } cases[] = {
		{"this has been answered", "550 5.7.1 this thread is closed: this has been answered"},
		{"sch\xc3\xb6n", "550 5.7.1 this thread is closed"},
		{"a\r\nb", "550 5.7.1 this thread is closed: a b"},
	};
	struct place *p = *state;
	struct gp_message **v;
	struct gp_decision d;
	struct gp_err err;
	size_t i, n;

	root(p);
	must(gp_message_find_msgid(p->ctx, p->site->store, p->bees->id, "root@x.example", &v, &n, &err),
	    &err);
	for (i = 0; i < GP_COUNT(cases); i++) {
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_thread_close(p->site->store, v[0]->thread, cases[i].why, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		d = decision(p, BOB, REPLY, "x@x.example");
		assert_string_equal(d.rule, "thread-closed");
		assert_string_equal(d.reply, cases[i].reply);
	}
	assert_string_equal(decision(p, ANN, "References: <root@x.example>\n", "x@x.example").rule,
	    "thread-closed");
	assert_int_equal(decision(p, BOB, "", "x@x.example").kind, GP_DECIDE_ACCEPT);
	assert_int_equal(decision(p, BOB, "In-Reply-To: <other@x.example>\n", "x@x.example").kind,
	    GP_DECIDE_ACCEPT);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_close(p->site->store, v[0]->thread, "", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_int_equal(decision(p, BOB, REPLY, "x@x.example").kind, GP_DECIDE_ACCEPT);
}

/* A post with a subject and a text, and more fields; by which rule it is decided. It is taken in. */
static const char *
post_of(struct place *p, const char *from, const char *fields, const char *subject, const char *text)
{
	struct gp_outcome o = {0};
	struct gp_decision d;
	struct gp_inbound in;
	struct gp_route r;
	struct gp_err err;

	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	incoming(p->ctx, gp_asprintf(p->ctx, "%sFrom: %s\nSubject: %s\n\n%s", fields, from, subject, text),
	    "x@x.example", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	must(gp_act(p->ctx, p->site, &r, &in, &d, &o, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_true((d.kind == GP_DECIDE_HOLD) == (strcmp(d.rule, "who-may-post") != 0));
	return d.rule;
}

/* A gateway took every mark off: the words are the same. */
static void
test_repeated(void **state)
{
	static const struct { const char *from, *subject, *text; bool repeated; } cases[] = {
		{BOB, "Swarm", "Who can help?\nBob\n", true},
		{BOB, "Re: [theirs] swarm", "Who can help?\nBob\n", true},
		{BOB, "Swarm", "Who  can help?   \n\n\nBob", true},
		{"Robert <BOB@example.NET>", "Swarm", "Who can help?\nBob\n", true},
		{BOB, "Swarm", "Who can help? Bob\n", true},
		{BOB, "Swarm", "Who can help?\nBob!\n", false},
		{BOB, "Swarms", "Who can help?\nBob\n", false},
		{BOB, "", "Who can help?\nBob\n", false},
		{BOB, "Swarm", "", false},
		{ANN, "Swarm", "Who can help?\nBob\n", false},
	};
	struct place *p = *state;
	size_t i;

	assert_string_equal(post_of(p, BOB, "", "Swarm", "Who can help?\nBob\n"), "who-may-post");
	for (i = 0; i < GP_COUNT(cases); i++) {
		const char *rule = post_of(p, cases[i].from, "", cases[i].subject, cases[i].text);

		if ((strcmp(rule, "repeated") == 0) != cases[i].repeated)
			fail_msg("%s, %s, %s: %s", cases[i].from, cases[i].subject, cases[i].text, rule);
	}
	setting(p, "repeats", "yes");
	assert_string_equal(post_of(p, BOB, "", "Swarm", "Who can help?\nBob\n"), "who-may-post");
	setting(p, "repeats", "no");
	/* Owners go round, too. */
	assert_string_equal(post_of(p, ANN, "", "Swarm", "Who can help?\nBob\n"), "repeated");
	HAS(verdict(p, ANN, "ann@example.org", "ok\n"), "Swarm");
	gp_clock_set(gp_now() + 86400, true);
	assert_string_equal(post_of(p, BOB, "", "Swarm", "Who can help?\nBob\n"), "who-may-post");
}

static void
test_pictures_without_words(void **state)
{
	static const char fields[] = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n";
	struct place *p = *state;

	assert_string_equal(post_of(p, BOB, fields, "Photo", "iVBORw0KGgoAAAAN\n"), "who-may-post");
	assert_string_equal(post_of(p, BOB, fields, "Photo", "iVBORw0KGgoAAAANSUhEUgAA\n"), "who-may-post");
	assert_string_equal(post_of(p, BOB, fields, "Photo", "iVBORw0KGgoAAAAN\n"), "repeated");
}

/* Each round adds a footer. A person may still answer many in one thread. */
static void
test_storm(void **state)
{
	struct place *p = *state;
	char *text = gp_strdup(p->ctx, "Round and round\n");
	int i;

	root(p);
	for (i = 0; i < GP_MAX_SAME_SUBJECT; i++) {
		text = gp_asprintf(p->ctx, "%s-- \ntheirs@lists.example\n", text);
		assert_string_equal(post_of(p, BOB, "", "Re: s", text), "who-may-post");
	}
	assert_string_equal(post_of(p, BOB, "", "[theirs] s", "More\n"), "storm");
	assert_string_equal(post_of(p, BOB, "", "t", "More\n"), "who-may-post");
	assert_string_equal(post_of(p, "Cleo <cleo@example.com>", "", "Re: s", "More\n"), "who-may-post");
	for (i = 0; i < 2 * GP_MAX_SAME_SUBJECT; i++)
		assert_string_equal(post_of(p, BOB, gp_asprintf(p->ctx, "In-Reply-To: <%d@x.example>\n", i),
		    "Re: s", gp_asprintf(p->ctx, "Answer %d\n", i)), "who-may-post");
	for (i = 0; i < GP_MAX_SAME_SUBJECT; i++)
		assert_string_equal(post_of(p, BOB, REPLY, "Re: s", gp_asprintf(p->ctx, "Again %d\n", i)),
		    "who-may-post");
	assert_string_equal(post_of(p, BOB, REPLY, "Re: s", "More\n"), "storm");
	/* What was held doesn't count; an hour later it is a thread like any other. */
	gp_clock_set(gp_now() + 3600, true);
	assert_string_equal(post_of(p, BOB, "", "Re: s", "More\n"), "who-may-post");
}

/* What our own server says of a member's name. */
static void
test_forged(void **state)
{
	struct place *p = *state;

	p->conf->authserv = gp_strdup(p->ctx, "mx.example.org");
	assert_string_equal(decision(p, ANN, "Authentication-Results: mx.example.org; dmarc=fail\n",
	    "x@x.example").rule, "forged");
	assert_int_equal(decision(p, ANN, "Authentication-Results: evil.example; dmarc=fail\n",
	    "x@x.example").kind, GP_DECIDE_ACCEPT);
	assert_int_equal(decision(p, ANN, "Authentication-Results: mx.example.org; dmarc=pass\n",
	    "x@x.example").kind, GP_DECIDE_ACCEPT);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hold_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_one_member),
		TEST(test_first_posts), cmocka_unit_test(test_first_posts_of_old_members),
		TEST(test_daily_posts),
		TEST(test_bans),
		TEST(test_closed_threads),
		TEST(test_forged),
		TEST(test_repeated),
		TEST(test_pictures_without_words),
		TEST(test_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
