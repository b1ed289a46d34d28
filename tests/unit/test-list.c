/* SPDX-License-Identifier: ISC */
/* What a list does with a message: addresses, rules, cooking, holds, commands. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "talk.h"

static void
test_routes(void **state)
{
	static const struct {
		const char *rcpt;
		enum gp_status st;
		enum gp_route_kind kind;
		const char *token;
	} cases[] = {
		{"bees@example.org", GP_OK, GP_ROUTE_POST, NULL},
		{"BEES@Example.ORG", GP_OK, GP_ROUTE_POST, NULL},
		{"bees+owner@example.org", GP_OK, GP_ROUTE_OWNER, NULL},
		{"bees-owner@example.org", GP_OK, GP_ROUTE_OWNER, NULL},
		{"bees+help@example.org", GP_OK, GP_ROUTE_COMMAND, NULL},
		{"bees+subscribe@example.org", GP_OK, GP_ROUTE_COMMAND, NULL},
		{"bees-unsubscribe@example.org", GP_OK, GP_ROUTE_COMMAND, NULL},
		{"bees+request@example.org", GP_OK, GP_ROUTE_REQUEST, NULL},
		{"bees+hold-AbC2@example.org", GP_OK, GP_ROUTE_HOLD, "abc2"},
		{"bees-confirm-abc@example.org", GP_OK, GP_ROUTE_CONFIRM, "abc"},
		{"bees+bounce-abc@example.org", GP_OK, GP_ROUTE_BOUNCE, "abc"},
		{"bees+bounce@example.org", GP_E_NOTFOUND, 0, NULL},
		{"bees+hold-@example.org", GP_E_NOTFOUND, 0, NULL},
		{"bees+ownerx@example.org", GP_E_NOTFOUND, 0, NULL},
		{"bees+@example.org", GP_E_NOTFOUND, 0, NULL},
		{"bees@example.com", GP_E_NOTFOUND, 0, NULL},
		{"+owner@example.org", GP_E_NOTFOUND, 0, NULL},
		{"wasps@example.org", GP_E_NOTFOUND, 0, NULL},
		{"bees", GP_E_NOTFOUND, 0, NULL},
		{"", GP_E_NOTFOUND, 0, NULL},
		{"bees@example.org@example.org", GP_E_NOTFOUND, 0, NULL},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_route r;
		struct gp_err err;

		if (gp_route_find(ctx, p->site, cases[i].rcpt, &r, &err) != cases[i].st)
			fail_msg("%s", cases[i].rcpt);
		if (cases[i].st == GP_OK) {
			assert_int_equal(r.kind, cases[i].kind);
			assert_true(gp_streq(r.token, cases[i].token));
		}
		talloc_free(ctx);
	}
}

/* A list with a dash in its name is found before a word behind a dash. */
static void
test_routes_with_dashes(void **state)
{
	struct place *p = *state;
	struct gp_list *list;
	struct gp_route r;
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "old-bees@example.org", &list, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	must(gp_route_find(p->ctx, p->site, "old-bees@example.org", &r, &err), &err);
	assert_int_equal(r.kind, GP_ROUTE_POST);
	must(gp_route_find(p->ctx, p->site, "old-bees-owner@example.org", &r, &err), &err);
	assert_int_equal(r.kind, GP_ROUTE_OWNER);
	assert_string_equal(r.list->name, "old-bees");
}

#define POST(from, extra) "From: " from "\nTo: bees@example.org\nSubject: Hi\n" \
	"Message-ID: <m1@x.example>\nDate: Mon, 23 Nov 2026 11:00:00 +0000\n" extra "\nHello\n"

static void
test_rules(void **state)
{
	static const struct {
		const char *name, *text, *sender;
		enum gp_decision_kind want;
		const char *rule;
	} cases[] = {
		{"a member", POST("Bob <bob@example.net>", ""), "bob@example.net", GP_DECIDE_ACCEPT,
		    "who-may-post"},
		{"in capitals", POST("BOB@Example.NET", ""), "bob@example.net", GP_DECIDE_ACCEPT,
		    "who-may-post"},
		{"a stranger", POST("eve@evil.example", ""), "eve@evil.example", GP_DECIDE_HOLD,
		    "who-may-post"},
		{"a member by envelope only", POST("eve@evil.example", ""), "bob@example.net",
		    GP_DECIDE_HOLD, "who-may-post"},
		{"the null sender", POST("bob@example.net", ""), "", GP_DECIDE_DISCARD, "null-sender"},
		{"our own List-Id", POST("bob@example.net", "List-Id: Bees <bees.example.org>\n"),
		    "bob@example.net", GP_DECIDE_REJECT, "loop"},
		{"another list's List-Id", POST("bob@example.net", "List-Id: <wasps.example.org>\n"),
		    "bob@example.net", GP_DECIDE_ACCEPT, "who-may-post"},
		{"a vacation", POST("bob@example.net", "Auto-Submitted: auto-replied\n"),
		    "bob@example.net", GP_DECIDE_HOLD, "automatic"},
		{"Auto-Submitted: no", POST("bob@example.net", "Auto-Submitted: no\n"),
		    "bob@example.net", GP_DECIDE_ACCEPT, "who-may-post"},
		{"two From fields", POST("bob@example.net", "From: ann@example.org\n"),
		    "bob@example.net", GP_DECIDE_HOLD, "author"},
		{"no From", "Subject: x\n\nHello\n", "bob@example.net", GP_DECIDE_HOLD, "author"},
		{"a report", "From: bob@example.net\nContent-Type: multipart/report; "
		    "report-type=delivery-status; boundary=B\nMIME-Version: 1.0\n\n--B\n\nfailed\n--B--\n",
		    "bob@example.net", GP_DECIDE_DISCARD, "automatic"},
		{"an answer to a digest", POST("bob@example.net", "In-Reply-To: <digest.x1@example.org>\n"),
		    "bob@example.net", GP_DECIDE_HOLD, "digest"},
		{"the same by References", POST("bob@example.net",
		    "References: <a@b.example> <digest.x1@example.org>\n"), "bob@example.net", GP_DECIDE_HOLD,
		    "digest"},
		{"of a digest of others", POST("bob@example.net", "In-Reply-To: <digest.x1@b.example>\n"),
		    "bob@example.net", GP_DECIDE_ACCEPT, "who-may-post"},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		struct gp_inbound in;
		struct gp_decision d;
		struct gp_route r;
		struct gp_err err;

		must(gp_route_find(ctx, p->site, "bees@example.org", &r, &err), &err);
		incoming(ctx, cases[i].text, cases[i].sender, &in);
		must(gp_decide(ctx, p->site, &r, &in, &d, &err), &err);
		if (d.kind != cases[i].want || strcmp(d.rule, cases[i].rule) != 0)
			fail_msg("%s: %s by %s", cases[i].name, gp_decision_names[d.kind], d.rule);
		assert_true(strlen(d.reason) > 5);
		talloc_free(ctx);
	}
}

/* Settings of the list change what the rules say. */
static void
test_rules_and_settings(void **state)
{
	static const struct {
		const char *key, *value, *from;
		enum gp_decision_kind want;
	} cases[] = {
		{"post", "anyone", "eve@evil.example", GP_DECIDE_ACCEPT},
		{"post", "moderators", "bob@example.net", GP_DECIDE_HOLD},
		{"post", "moderators", "ann@example.org", GP_DECIDE_ACCEPT},
		{"closed", "yes", "ann@example.org", GP_DECIDE_REJECT},
		{"max_size", "1k", "ann@example.org", GP_DECIDE_HOLD},
		{"max_recipients", "1", "ann@example.org", GP_DECIDE_HOLD},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		void *ctx = gp_ctx(NULL);
		char *text = gp_asprintf(ctx, "From: %s\nTo: bees@example.org, x@y.example\n"
		    "Subject: s\n\n%01100d\n", cases[i].from, 1);
		struct gp_inbound in;
		struct gp_decision d;
		struct gp_route r;
		struct gp_err err;

		must(gp_route_find(ctx, p->site, "bees@example.org", &r, &err), &err);
		must(gp_opt_set(gp_list_options, gp_list_option_count, &r.list->set, ctx, cases[i].key,
		    cases[i].value, &err), &err);
		incoming(ctx, text, cases[i].from, &in);
		must(gp_decide(ctx, p->site, &r, &in, &d, &err), &err);
		if (d.kind != cases[i].want)
			fail_msg("%s=%s: %s", cases[i].key, cases[i].value, d.reason);
		assert_true(d.kind != GP_DECIDE_REJECT || gp_starts(d.reply, "550 5.7.1"));
		talloc_free(ctx);
	}
}

static void
test_unreadable_is_held(void **state)
{
	struct place *p = *state;
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_outcome o;
	struct gp_hold *h;
	struct gp_route r;
	struct gp_err err;

	must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
	incoming(p->ctx, POST("Bob <bob@example.net>", ""), "bob@example.net", &in);
	in.mail = NULL;
	in.unreadable = "the parser died";
	must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
	assert_int_equal(d.kind, GP_DECIDE_HOLD);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_act(p->ctx, p->site, &r, &in, &d, &o, &err), &err);
	must(gp_hold_find(p->ctx, p->site->store, o.hold, &h, &err), &err);
	assert_string_equal(h->subject, "Hi");
	assert_string_equal(h->from_addr, "bob@example.net");
	/* Approved, it is archived as far as it can be read. */
	must(gp_hold_verdict(p->ctx, p->site, p->bees, h, GP_HOLD_APPROVED, "ann@example.org", "", &o,
	    &err), &err);
	assert_true(o.message > 0);
	must(gp_store_commit(p->site->store, &err), &err);
}

static char *
value_of(const void *ctx, const char *header, size_t n, const char *name)
{
	struct gp_header h;
	struct gp_err err;
	char *raw = gp_asprintf(ctx, "%.*s\r\n", (int)n, header);

	must(gp_header_scan(ctx, raw, strlen(raw), &h, &err), &err);
	assert_true(gp_header_count(&h, name) <= 1 || strcmp(name, "Received") == 0);
	return gp_header_value(ctx, &h, name);
}

/* What each recipient gets of their own, and what nobody does where all get the same bytes. */
static void
test_envelopes(void **state)
{
	static const struct {
		const char *name;
		unsigned flags;
		int64_t member;
		const char *bounces_of;		/* NULL: null sender */
		bool link, mailto;
	} cases[] = {
		{"a member's own", GP_JOB_ONE_CLICK, 7, "7", true, false},
		{"not a member", GP_JOB_ONE_CLICK, 0, "0", false, false},
		{"one of a batch", GP_JOB_BATCH, 7, "0", false, true},
		{"neither", 0, 7, "7", false, false},
		{"a notice", GP_JOB_NULL_SENDER, 7, NULL, false, false},
	};
	struct place *p = *state;
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		struct gp_job job = {.id = 12, .list = p->bees->id, .flags = cases[i].flags};
		struct gp_rcpt rcpt = {.job = 12, .n = 7, .member = cases[i].member};
		struct gp_envelope e;
		struct gp_route route;
		struct gp_err err;
		int64_t number, member = -1;

		gp_cook_envelope(p->ctx, p->site, p->bees, &job, &rcpt, &e);
		if ((strstr(e.fields, "/u/") != NULL) != cases[i].link ||
		    (strstr(e.fields, "<mailto:bees+unsubscribe@example.org>") != NULL) !=
		    cases[i].mailto ||
		    (strstr(e.fields, "<mailto:bees+unsubscribe-") != NULL) != cases[i].link)
			fail_msg("%s: %s", cases[i].name, e.fields);
		if (cases[i].link) {
			char *to = strstr(e.fields, "<mailto:") + 8;

			to = gp_strndup(p->ctx, to, strcspn(to, ">"));
			must(gp_route_find(p->ctx, p->site, to, &route, &err), &err);
			assert_int_equal(route.kind, GP_ROUTE_LEAVE);
			assert_true(gp_one_click_parse(p->site, route.token, &member));
			assert_int_equal(member, cases[i].member);
		}
		assert_true(strstr(e.fields, "List-Unsubscribe-Post") == NULL || cases[i].link);
		if (cases[i].bounces_of == NULL) {
			assert_string_equal(e.sender, "");
			continue;
		}
		must(gp_route_find(p->ctx, p->site, e.sender, &route, &err), &err);
		assert_true(gp_verp_parse(p->site, route.token, &number, &member));
		assert_int_equal(number, 12);
		assert_int_equal(member, atoi(cases[i].bounces_of));
	}
}

static void
test_tokens_that_live_long(void **state)
{
	struct place *p = *state;
	int64_t job = 0, member = 0;
	char *t = gp_verp_token(p->ctx, p->site, 123456789, 42), *bad;
	size_t i;

	assert_true(strlen("bees+bounce-") + strlen(t) <= GP_MAX_LOCAL_PART);
	assert_true(gp_verp_parse(p->site, t, &job, &member));
	assert_int_equal(job, 123456789);
	assert_int_equal(member, 42);
	for (i = 0; t[i] != '\0'; i++) {
		bad = gp_strdup(p->ctx, t);
		bad[i] = bad[i] == 'a' ? 'b' : 'a';
		assert_false(gp_verp_parse(p->site, bad, &job, &member) && job == 123456789 &&
		    strcmp(bad, t) == 0);
		if (i + 2 < strlen(t))	/* the last character holds spare bits */
			assert_false(gp_verp_parse(p->site, bad, &job, &member));
	}
	/* One purpose's token is no use for another. */
	assert_false(gp_one_click_parse(p->site, t, &member));
	assert_false(gp_verp_parse(p->site, gp_one_click_token(p->ctx, p->site, 42), &job, &member));
	assert_false(gp_verp_parse(p->site, "", &job, &member));
	assert_false(gp_verp_parse(p->site, "!!!", &job, &member));
}

/* The Reply-To address of a queued notice. */
static char *
reply_to(struct place *p, int64_t job)
{
	struct gp_job *j;
	struct gp_err err;

	must(gp_job_find(p->ctx, p->site->store, job, true, &j, &err), &err);
	return value_of(p->ctx, j->header, j->header_n, "Reply-To");
}

/* Whom a post is sent to directly gets no second copy from the list, if that is the wish. */
static void
test_addressed(void **state)
{
	static const struct { const char *name, *header; int64_t want; } cases[] = {
	    {"nobody", "", 2}, {"in Cc", "Cc: Bob <BOB@example.net>\n", 1},
	    {"among others", "Cc: x@example.com, bob@example.net\n", 1},
	    {"another", "Cc: bob@example.com\n", 2}};
	struct place *p = *state;
	struct gp_member *bob;
	struct gp_outcome o;
	struct gp_err err;
	size_t i;

	must(gp_member_find(p->ctx, p->site->store, p->bees->id, "bob@example.net", &bob, &err), &err);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_set(p->site->store, bob->id, "duplicates", "no", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	for (i = 0; i < GP_COUNT(cases); i++) {
		take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: ann@example.org\n"
		    "Message-ID: <%zu@x.example>\nSubject: S\nTo: bees@example.org\n%s\nhello %zu\n", i,
		    cases[i].header, i), "ann@example.org", &o);
		if (o.recipients != cases[i].want)
			fail_msg("%s: %d", cases[i].name, (int)o.recipients);
	}
}

static void
test_join_and_leave(void **state)
{
	struct place *p = *state;
	struct gp_member *m;
	struct gp_outcome o;
	struct gp_err err;
	char *to;

	take_in(p, "bees+subscribe@example.org", "From: Dora <dora@example.org>\n\njoin\n",
	    "dora@example.org", &o);
	assert_int_equal(gp_member_find(p->ctx, p->site->store, p->bees->id, "dora@example.org", &m,
	    &err), GP_E_NOTFOUND);
	to = reply_to(p, o.job);
	/* Only the address that was asked can say yes. */
	take_in(p, to, "From: eve@evil.example\n\nyes\n", "eve@evil.example", &o);
	assert_int_equal(gp_member_find(p->ctx, p->site->store, p->bees->id, "eve@evil.example", &m,
	    &err), GP_E_NOTFOUND);
	take_in(p, to, "From: Dora <dora@example.org>\n\nyes\n", "dora@example.org", &o);
	must(gp_member_find(p->ctx, p->site->store, p->bees->id, "dora@example.org", &m, &err), &err);
	take_in(p, "bees+request@example.org", "From: dora@example.org\nSubject: leave\n\n\n",
	    "dora@example.org", &o);
	to = reply_to(p, o.job);
	take_in(p, to, "From: dora@example.org\n\n\n", "dora@example.org", &o);
	assert_int_equal(gp_member_find(p->ctx, p->site->store, p->bees->id, "dora@example.org", &m,
	    &err), GP_E_NOTFOUND);
}

static void
test_one_click(void **state)
{
	struct place *p = *state;
	struct gp_member *m;
	struct gp_err err;
	char *token, *removed;

	must(gp_member_find(p->ctx, p->site->store, p->bees->id, "bob@example.net", &m, &err), &err);
	token = gp_one_click_token(p->ctx, p->site, m->id);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_command_click(p->ctx, p->site, "aaaaaaaaaaaaaaaaaaaa", &removed, &err), &err);
	assert_null(removed);
	must(gp_command_click(p->ctx, p->site, token, &removed, &err), &err);
	assert_string_equal(removed, "bob@example.net");
	must(gp_command_click(p->ctx, p->site, token, &removed, &err), &err);
	assert_null(removed);
	must(gp_store_commit(p->site->store, &err), &err);
	assert_int_equal(gp_member_find(p->ctx, p->site->store, p->bees->id, "bob@example.net", &m,
	    &err), GP_E_NOTFOUND);
}

/* RFC 3834: machines get no answers. */
static void
test_no_answers_to_machines(void **state)
{
	static const char *const texts[] = {
		"From: mailer-daemon@x.example\n\nhelp\n", "From: owner-x@x.example\n\nhelp\n",
		"From: x-request@x.example\n\nhelp\n", "From: a@x.example\nPrecedence: bulk\n\nhelp\n",
		"From: a@x.example\nAuto-Submitted: auto-generated\n\nhelp\n",
		"From: a@x.example\nList-Id: <l.x.example>\n\nhelp\n", "Subject: help\n\nhelp\n",
		"From: noreply@x.example\n\nhelp\n"};
	struct place *p = *state;
	struct gp_outcome o;
	size_t i;

	for (i = 0; i < GP_COUNT(texts); i++) {
		take_in(p, "bees+help@example.org", texts[i], "a@x.example", &o);
		if (o.job != 0)
			fail_msg("answered: %s", texts[i]);
	}
	take_in(p, "bees+help@example.org", "From: a@x.example\n\nhelp\n", "", &o);
	assert_int_equal(o.job, 0);
	take_in(p, "bees+help@example.org", "From: a@x.example\n\nhelp\n", "a@x.example", &o);
	assert_true(o.job != 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_routes),
		TEST(test_routes_with_dashes),
		TEST(test_rules),
		TEST(test_rules_and_settings),
		TEST(test_unreadable_is_held),
		TEST(test_envelopes),
		TEST(test_tokens_that_live_long),
		TEST(test_addressed),
		TEST(test_join_and_leave),
		TEST(test_one_click),
		TEST(test_no_answers_to_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
