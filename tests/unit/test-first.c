/* SPDX-License-Identifier: ISC */
/* The first post of a member is marked for the others, and nobody else's is. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* The newest job as it goes out. */
static char *
sent(struct place *p)
{
	size_t n;
	struct gp_job **v = jobs_since(p, 0, &n);

	assert_true(n > 0);
	return gp_asprintf(p->ctx, "%.*s\r\n%.*s", (int)v[n - 1]->header_n, v[n - 1]->header, (int)v[n - 1]->body_n,
	    v[n - 1]->body);
}

static bool
is_marked(struct place *p, const char *msgid)
{
	struct gp_message *m;
	struct gp_err err;

	must(gp_message_find_id(p->ctx, p->site->store, number(p, msgid), &m, &err), &err);
	return m->first;
}

static void
test_once(void **state)
{
	struct place *p = *state;

	post(p, BOB, "a", NULL, "Hello", "I am new.\n");
	HAS(sent(p), "X-First-Post: yes\r\n");
	/* The body is as it came. */
	HAS(sent(p), "\r\n\r\nI am new.\r\n");
	HASNT(sent(p), "Welcome");
	assert_true(is_marked(p, "a"));
	post(p, BOB, "b", NULL, "Wax", "Is wax good?\n");
	HASNT(sent(p), "X-First-Post");
	assert_false(is_marked(p, "b"));
	/* Nobody says so of themselves. */
	post(p, BOB, "c", NULL, "Honey\nX-First-Post: yes\nx-first-post: please", "Is it?\n");
	HASNT(sent(p), "irst-");
	assert_false(is_marked(p, "c"));
	/* A list that doesn't welcome anybody says nothing. */
	set(p, "welcome", "off");
	post(p, CLEO, "d", NULL, "Wood", "Pine.\n");
	HASNT(sent(p), "X-First-Post");
	assert_false(is_marked(p, "d"));
}

static const struct { const char *name, *language, *from, *line; } footers[] = {
	{"in English", "en", BOB, "This is Bob's first post here. Welcome!\r\nBees of the valley"},
	{"in German", "de", CLEO, "Das ist der erste Beitrag von Cleo hier. Willkommen!\r\nBees of the valley"},
	{"without a name", "en", "ann@example.org", "This is a first post here. Welcome to its author!\r\nBees"},
};

/* Where the list has a footer anyway. */
static void
test_footer(void **state)
{
	struct place *p = *state;
	size_t i;

	set(p, "footer", "Bees of the valley");
	for (i = 0; i < GP_COUNT(footers); i++) {
		set(p, "language", footers[i].language);
		post(p, footers[i].from, gp_asprintf(p->ctx, "f%zu", i), NULL, gp_asprintf(p->ctx, "Hello %zu", i),
		    gp_asprintf(p->ctx, "I am new, too: %zu.\n", i));
		if (strstr(sent(p), footers[i].line) == NULL)
			fail_msg("%s: %s", footers[i].name, sent(p));
	}
	post(p, BOB, "g", NULL, "Wax", "Is wax good?\n");
	HAS(sent(p), "Bees of the valley");
	HASNT(sent(p), "Welcome");
}

/* Whose other address wrote before, or whose posts are in an imported archive, is not new. */
static void
test_known(void **state)
{
	struct place *p = *state;
	struct gp_archived a;
	struct gp_inbound in;
	struct gp_err err;

	incoming(p->ctx, "From: Bob <old@example.net>\nSubject: Long ago\nMessage-ID: <old@x.example>\n\nYes.\n",
	    "old@example.net", &in);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_person_add_address(p->site->store, member(p, "bob@example.net")->person, "old@example.net", &err), &err);
	must(gp_archive_add(p->ctx, p->site->store, p->bees, in.mail, in.raw, in.n, gp_now(), &a, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	post(p, BOB, "a", NULL, "Hello", "I am back.\n");
	HASNT(sent(p), "X-First-Post");
	assert_false(is_marked(p, "a"));
}

/* Strangers are let through one by one; who gives no name must not be known by being new. */
static void
test_others(void **state)
{
	struct place *p = *state;
	struct gp_outcome out = {0};
	struct gp_hold **v;
	struct gp_err err;
	size_t n, i;

	set(p, "anon", "on");
	post(p, EVE, "e", NULL, "May I", "May I?\n");
	say(p, BOB, "bees+anon@example.org", "A simple question", "What is a queen?\n");
	for (n = 0, i = last_job(p); i > 0 && n == 0; i--) {
		struct gp_job *job;

		must(gp_job_find(p->ctx, p->site->store, (int64_t)i, true, &job, &err), &err);
		if (strstr(job->header, "+anon-") != NULL && ++n == 1) {
			const struct gp_mail *m = read_job(p, job);

			say(p, BOB, m->reply_to.v[0].addr, "Re: x", "yes\n");
		}
	}
	must(gp_hold_all(p->ctx, p->site->store, p->bees->id, GP_HOLD_WAITING, &v, &n, &err), &err);
	assert_int_equal(n, 2);
	for (i = 0; i < n; i++) {
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_hold_verdict(p->ctx, p->site, p->bees, v[i], GP_HOLD_APPROVED, "ann@example.org", "", &out, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		HASNT(sent(p), "X-First-Post");
	}
	post(p, BOB, "a", NULL, "Hello", "I am new.\n");
	assert_true(is_marked(p, "a"));
	/* Nor does a digest call such a name new. */
	{
		struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - DAY, gp_now() + 1}, .language = "en",
		    .timezone = "UTC", .hour = 7};
		struct gp_news_pool *pool;
		struct gp_issue *issue;
		struct gp_digest *d;

		must(gp_news_pool_between(p->ctx, p->site, p->bees, how.span.from, how.span.to, &pool, &err), &err);
		must(gp_issue_pick(p->ctx, p->site, pool, NULL, -1, 0, how.span.from, &issue, &err), &err);
		must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
		HAS(d->text, "What is a queen?");
		HASNT(d->text, "(no name given)** (new here)");
		HASNT(strstr(d->text, "Begun by people who are new here") != NULL ?
		    strstr(d->text, "Begun by people who are new here") : "", "no name given");
	}
}

/* In a thread without names nobody is known by being new. */
static void
test_unnamed(void **state)
{
	struct place *p = *state;
	const struct gp_veil veil = {.unnamed = true};
	int64_t id = post(p, ANN, "a", NULL, "Without names", "Say what you like.\n");
	struct gp_err err;

	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_veil_set(p->site->store, id, &veil, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	set(p, "footer", "Bees");
	assert_int_equal(post(p, BOB, "b", "a", "Re: Without names", "I don't.\n"), id);
	HASNT(sent(p), "X-First-Post");
	HASNT(sent(p), "Welcome");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PLACE_TEST(test_once), PLACE_TEST(test_footer), PLACE_TEST(test_known), PLACE_TEST(test_others), PLACE_TEST(test_unnamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
