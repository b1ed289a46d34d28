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
	HAS(text, "|Re: circle: Queen rearing|Queen rearing has begun: enough of you want it");
	HAS(text, "bees-queen-rearing+subscribe@example.org");
	HAS(text, "You get this once, because the circle was proposed on bees");
	HAS(text, "\"Queen rearing\": you are on it now. To write to it: bees-queen-rearing@example.org");
	HAS(text, "|Welcome to the circle Queen rearing|");
	assert_string_equal(list->set.title, "Queen rearing");
	must(gp_member_all(p->ctx, p->site->store, list->id, -1, -1, &members, &n, &err), &err);
	assert_int_equal(n, 3);
	must(gp_member_all(p->ctx, p->site->store, list->id, GP_ROLE_OWNER, -1, &members, &n, &err), &err);
	assert_int_equal(n, 1);
	assert_string_equal(members[0]->address, "bob@example.net");
	HAS(ask(p, ANN, "circle\n"), "When 3 have answered");
	/* Digests and pages hide addresses: an answer is enough to join. */
	HAS(text, "reply to this mail with +1");
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

/* The first word counts; what says more than that is for the others, too. */
static void
test_plus(void **state)
{
	static const struct { const char *text; bool counts, is_post; } cases[] = {
		{"+1\n", true, false}, {"+1!\n", true, false}, {"+1 yes\n", true, false}, {"+1 with pleasure\n", true, false},
		{"+1 gerne, danke\n", true, false}, {"+1 avec plaisir !\n", true, false},
		{"+1\n\n-- \nCleo\nHive 9\n", true, false},
		{"+1 please!\n\nBen <ben@x.example> wrote:\n> Let us rear.\n", true, false},
		{"+1 yes, but not on Tuesdays\n", true, true}, {"+1 with pleasure\n\nI have a hall for us.\n", true, true},
		{"+1 who has a hall?\n", true, true}, {"+100 queens\n", false, true}, {"I say +1\n", false, true},
		{"+1st of all, no\n", false, true},
	};
	struct place *p = *state;
	char *id, *subject;
	int64_t got;
	bool born;
	size_t i;

	set(p, "circles", "on");
	set(p, "circle_quorum", "2");
	set(p, "repeats", "yes");
	for (i = 0; i < GP_COUNT(cases); i++) {
		id = gp_asprintf(p->ctx, "c%zu", i);
		subject = gp_asprintf(p->ctx, "circle: Group %zu", i);
		post(p, BOB, id, NULL, subject, gp_asprintf(p->ctx, "Let us rear %zu.\n", i));
		got = post(p, CLEO, gp_asprintf(p->ctx, "p%zu", i), id, gp_asprintf(p->ctx, "Re: %s", subject), cases[i].text);
		born = child(p, gp_asprintf(p->ctx, "bees-group-%zu@example.org", i)) != NULL;
		if (born != cases[i].counts || (got != 0) != cases[i].is_post)
			fail_msg("%s: %d %d", cases[i].text, born, got != 0);
	}
	/* What is decided is no circle: there it may be about anything. */
	set(p, "decisions", "on");
	post(p, BOB, "d", NULL, "#decide A press", "It costs 300.\n");
	assert_int_not_equal(post(p, CLEO, "dp", "d", "Re: #decide A press", "+1 to what Bob fears\n"), 0);
}

/* A circle begins where its proposal can be read. */
static void
test_not_archived(void **state)
{
	static const struct { const char *from, *subject; bool refused; } cases[] = {
		{CLEO, "circle: Wax #not-archived", true}, {CLEO, "#decide Wax [not archived]", false},
		{CLEO, "circle: Wax #members", false}, {CLEO, "Wax #not-archived", false},
		{CLEO, "Re: circle: Wax #not-archived", true},
	};
	struct place *p = *state;
	struct gp_inbound in;
	struct gp_decision d;
	struct gp_route r;
	struct gp_err err;
	int64_t before;
	size_t i;

	set(p, "circles", "on");
	set(p, "decisions", "on");
	for (i = 0; i < GP_COUNT(cases); i++) {
		incoming(p->ctx, gp_asprintf(p->ctx, "From: %s\nTo: bees@example.org\nSubject: %s\nMessage-ID: <t%zu@t.example>\n"
		    "\nWords %zu.\n", cases[i].from, cases[i].subject, i, i), "s@x.example", &in);
		must(gp_route_find(p->ctx, p->site, "bees@example.org", &r, &err), &err);
		must(gp_decide(p->ctx, p->site, &r, &in, &d, &err), &err);
		if ((d.kind == GP_DECIDE_REJECT) != cases[i].refused)
			fail_msg("%s: %d", cases[i].subject, d.kind);
		if (cases[i].refused)
			HAS(d.reply, "send it again without #not-archived");
	}
	/* The welcome says why it came, and claims nothing of who proposed it. */
	propose(p);
	set(p, "circle_quorum", "2");
	before = last_job(p);
	post(p, CLEO, "p1", "c", "Re: circle: Queen rearing", "+1\n");
	HAS(mails(p, before), "You get this because you said +1 on bees, or proposed the circle there.");
	HAS(mails(p, before), "bees-queen-rearing+unsubscribe@example.org");
	HASNT(mails(p, before), "You said +1");
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
	HAS(text, "bob@example.net|Re: circle: Queen rearing|You look after the circle");
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
leave(struct place *p, int64_t list, const char *address)
{
	struct gp_member *m;
	struct gp_err err;

	must(gp_member_find(p->ctx, p->site->store, list, address, &m, &err), &err);
	must(gp_member_remove(p->site->store, m->id, &err), &err);
}

/* When the steward leaves, the next looks after it. */
static void
test_heir(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), circle;
	struct gp_member **owners;
	struct gp_err err;
	const char *first;
	char *text;
	size_t n;

	propose(p);
	set(p, "circle_for", "60d");
	post(p, CLEO, "p1", "c", "Re: circle: Queen rearing", "+1\n");
	post(p, ANN, "p2", "c", "Re: circle: Queen rearing", "+1\n");
	circle = child(p, "bees-queen-rearing@example.org")->id;
	leave(p, p->bees->id, "bob@example.net");
	leave(p, circle, "bob@example.net");
	text = tick(p, 31 * DAY, gp_circle_tick);
	HAS(text, "|Re: circle: Queen rearing|Who looked after the circle Queen rearing");
	HAS(text, "has left");
	HASNT(text, "you proposed");
	must(gp_member_all(p->ctx, p->site->store, circle, GP_ROLE_OWNER, -1, &owners, &n, &err), &err);
	assert_int_equal(n, 1);
	first = gp_strdup(p->ctx, owners[0]->address);
	HAS(text, gp_asprintf(p->ctx, "%s|", first));
	text = tick(p, 16 * DAY, gp_circle_tick);
	HAS(text, gp_asprintf(p->ctx, "%s|", first));
	HAS(text, "you look after the circle now");
	HAS(say(p, strstr(CLEO, first) != NULL ? CLEO : ANN, reply_address(p), "Re: go on", "yes\n"), "goes on until");
	/* Nobody who wanted it is there any more: it ends all the same. */
	leave(p, circle, "cleo@example.com");
	leave(p, circle, "ann@example.org");
	assert_string_equal(tick(p, 31 * DAY, gp_circle_tick), "");
	tick(p, 15 * DAY, gp_circle_tick);
	HAS(tick(p, 31 * DAY, gp_circle_tick), "Queen rearing has ended");
	gp_clock_set(start, true);
}

static void
test_nobody(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();

	propose(p);
	HAS(tick(p, 31 * DAY, gp_circle_tick), "bob@example.net|Re: circle: Queen rearing|The circle Queen rearing did not come "
	    "about: fewer than 3 people wanted it in 30 days.");
	assert_string_equal(tick(p, DAY, gp_circle_tick), "");
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
		PLACE_TEST(test_plus),
		PLACE_TEST(test_not_archived),
		PLACE_TEST(test_life),
		PLACE_TEST(test_heir),
		PLACE_TEST(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
