/* SPDX-License-Identifier: ISC */
/* Circles: proposed, born by +1, kept going or ended. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static struct gp_list *
child(struct place *p, const char *address)
{
	struct gp_list *list;
	struct gp_err err;

	return gp_list_find(p->ctx, p->site->store, address, &list, &err) == GP_OK ? list : NULL;
}

static void
propose(struct place *p)
{
	set(p, "circles", "on");
	set(p, "circle_quorum", "3");
	post(p, BOB, "c", NULL, "circle: Queen rearing", "Let us learn to rear queens.\n");
}

static void
test_birth(void **state)
{
	struct place *p = *state;
	struct gp_member **members;
	struct gp_list *list;
	struct gp_err err;
	char *text;
	int64_t before;
	size_t n;

	post(p, BOB, "no", NULL, "circle: Wax", "Off, this is a thread like others.\n");
	assert_string_equal(thread(p, 1)->mark, "");
	propose(p);
	before = last_job(p);
	assert_int_equal(post(p, CLEO, "p1", "c", "Re: circle: Queen rearing", "+1\n"), 0);
	HAS(mails(p, before), "2 of 3 want it so far");
	/* Once is enough; no is no; a stranger is held. */
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "vote %lld yes\n", (long long)number(p, "c"))), "2 of 3");
	assert_int_not_equal(post(p, ANN, "p2", "c", "Re: circle: Queen rearing", "No, I have no time.\n"), 0);
	post(p, EVE, "p3", "c", "Re: circle: Queen rearing", "+1\n");
	assert_null(child(p, "bees-queen-rearing@example.org"));
	before = last_job(p);
	assert_int_not_equal(post(p, ANN, "p4", "c", "Re: circle: Queen rearing", "+1, and I bring a book.\n"), 0);
	text = mails(p, before);
	list = child(p, "bees-queen-rearing@example.org");
	assert_non_null(list);
	HAS(text, "has begun: enough of you want it");
	HAS(text, "bees-queen-rearing+subscribe@example.org");
	HAS(text, "|Welcome to the circle Queen rearing|");
	assert_string_equal(list->set.title, "Queen rearing");
	must(gp_member_all(p->ctx, p->site->store, list->id, -1, -1, &members, &n, &err), &err);
	assert_int_equal(n, 3);
	must(gp_member_all(p->ctx, p->site->store, list->id, GP_ROLE_OWNER, -1, &members, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(members[0]->address, "bob@example.net");
	HAS(ask(p, ANN, "circle\n"), "When 3 have answered");
}

/* What a thread is not to tell, the list of its circle does not tell either. */
static void
test_veiled(void **state)
{
	static const struct { const char *subject, *text, *address, *title; bool told; int archive; bool unnamed; } cases[] = {
		{"circle: Varroa talk #chatham", "Ben says mites.\n", "bees-varroa-talk", "Varroa talk", false,
		    GP_ARCHIVE_MEMBERS, true},
		{"circle: Old tools #members", "Hammers of Ben.\n", "bees-old-tools", "Old tools", false, GP_ARCHIVE_MEMBERS, false},
		{"circle: Debts [members then]", "Who owes Ben.\n", "bees-debts", "Debts", false, GP_ARCHIVE_MEMBERS, false},
		{"circle: [note: stings] Wax", "Let us melt.\n", "bees-wax", "Wax", true, GP_ARCHIVE_PUBLIC, false},
		{"circle: #Queens", "Let us rear.\n", "bees-queens", "Queens", true, GP_ARCHIVE_PUBLIC, false},
		{"circle: #members", "Only Ben.\n", "bees-bees", "bees", false, GP_ARCHIVE_MEMBERS, false},
	};
	struct place *p = *state;
	struct gp_list *list;
	int64_t before;
	char *id;
	size_t i;

	set(p, "circles", "on");
	set(p, "circle_quorum", "2");
	set(p, "repeats", "yes");
	for (i = 0; i < GP_COUNT(cases); i++) {
		id = gp_asprintf(p->ctx, "v%zu", i);
		post(p, BOB, id, NULL, cases[i].subject, cases[i].text);
		before = last_job(p);
		post(p, CLEO, gp_asprintf(p->ctx, "w%zu", i), id, gp_asprintf(p->ctx, "Re: %s", cases[i].subject), "+1\n");
		list = child(p, gp_asprintf(p->ctx, "%s@example.org", cases[i].address));
		if (list == NULL)
			fail_msg("%s: not born", cases[i].subject);
		assert_string_equal(list->set.title, cases[i].title);
		if ((list->set.description[0] != '\0') != cases[i].told)
			fail_msg("%s: %s", cases[i].subject, list->set.description);
		assert_int_equal(list->set.archive, cases[i].archive);
		assert_int_equal(list->set.unnamed == GP_UNNAMED_ALL, cases[i].unnamed);
		/* Nor the mail that stands in its archive. */
		if (!cases[i].told)
			HASNT(strstr(mails(p, before), "Welcome to the circle"), "Ben");
	}
	/* A stricter archive stays so. */
	set(p, "archive", "owners");
	post(p, BOB, "s", NULL, "circle: Smoke #members", "Cough.\n");
	post(p, CLEO, "s2", "s", "Re: circle: Smoke #members", "+1\n");
	assert_int_equal(child(p, "bees-smoke@example.org")->set.archive, GP_ARCHIVE_OWNERS);
}

static void
test_life(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	propose(p);
	set(p, "circle_for", "60d");
	post(p, CLEO, "p1", "c", "Re: circle: Queen rearing", "+1\n");
	post(p, ANN, "p2", "c", "Re: circle: Queen rearing", "+1\n");
	assert_string_equal(tick(p, 29 * DAY, gp_circle_tick), "");
	text = tick(p, 2 * DAY, gp_circle_tick);
	HAS(text, "bob@example.net|Re: Queen rearing|You look after the circle");
	assert_string_equal(tick(p, DAY, gp_circle_tick), "");
	/* The end is near: it goes on, then it ends. */
	HAS(tick(p, 15 * DAY, gp_circle_tick), "Shall the circle Queen rearing go on?");
	HAS(say(p, BOB, reply_address(p), "Re: go on", "yes\n"), "goes on until");
	tick(p, 31 * DAY, gp_circle_tick);
	HAS(tick(p, 29 * DAY, gp_circle_tick), "Shall the circle");
	HAS(say(p, BOB, reply_address(p), "Re: go on", "no\n"), "Thank you for looking after it");
	text = tick(p, 15 * DAY, gp_circle_tick);
	HAS(text, "This circle ends today");
	HAS(text, "Queen rearing has ended");
	assert_true(child(p, "bees-queen-rearing@example.org")->set.closed);
	assert_string_equal(tick(p, 40 * DAY, gp_circle_tick), "");
	gp_clock_set(start, true);
}

static void
test_nobody(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();

	propose(p);
	assert_string_equal(tick(p, 31 * DAY, gp_circle_tick), "");
	assert_int_not_equal(post(p, CLEO, "p1", "c", "Re: circle: Queen rearing", "+1\n"), 0);
	assert_null(child(p, "bees-queen-rearing@example.org"));
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_birth),
		PLACE_TEST(test_veiled),
		PLACE_TEST(test_life),
		PLACE_TEST(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
