/* SPDX-License-Identifier: ISC */
/* What we learned in a month: when it comes, what is in it, and that it is never empty. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

static void
at(int64_t t)
{
	gp_clock_set(t, true);
}

static char *
key_of(struct place *p, const char *msgid)
{
	struct gp_message *m;
	struct gp_err err;

	must(gp_message_find_id(p->ctx, p->site->store, number(p, msgid), &m, &err), &err);
	return m->key;
}

/* One thread that is kept (and solved), one that is summed up (and solved), one solved, one solved under a note. */
static void
november(struct place *p)
{
	static const struct { const char *id, *subject, *answer; } threads[] = {
		{"q", "How do you mark queens?", "White.\n"}, {"s", "When do you feed?", "In August, and never later.\n"},
		{"t", "Which wood is best?", "Pine, of course.\n\nOak is far too heavy for us.\n"},
		{"n", "[note: loss] How did they die?", "They starved.\n"},
	};
	struct gp_err err;
	size_t i;

	at(gp_civil_time(2026, 11, 24, 8, 0, 0));
	for (i = 0; i < GP_COUNT(threads); i++) {
		const char *answer = gp_asprintf(p->ctx, "%s-a", threads[i].id);

		post(p, CLEO, threads[i].id, NULL, threads[i].subject, gp_asprintf(p->ctx, "I wonder %zu.\n", i));
		post(p, BOB, answer, threads[i].id, gp_asprintf(p->ctx, "Re: %s", threads[i].subject), threads[i].answer);
		post(p, CLEO, "x", answer, gp_asprintf(p->ctx, "Re: %s", threads[i].subject), "solved\n");
	}
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking queens\n", (long long)number(p, "q")));
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_summary_put(p->ctx, p->site->store, p->bees->id, key_of(p, "s"), "Early.", "cleo@example.com", &err), &err);
	must(gp_summary_put(p->ctx, p->site->store, p->bees->id, key_of(p, "s"), "Feed in August.\nNot later.",
	    "cleo@example.com", &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static void
test_post(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), first = gp_civil_time(2026, 12, 1, 0, 0, 0);
	char *text;

	november(p);
	at(first + 8 * 3600);
	assert_string_equal(tick(p, 0, gp_learned_tick), "");	/* nobody wants it */
	set(p, "learned", "on");
	at(first + 6 * 3600);
	assert_string_equal(tick(p, 0, gp_learned_tick), "");	/* not before the hour */
	text = tick(p, 3600, gp_learned_tick);
	HAS(text, "|bees, November 2026: what we learned|This is what bees learned in November 2026.");
	HAS(text, "Kept in the library ------------------- - Marking queens: https://lists.example.org/bees/library/marking-queens: White. Summed up by whoever asked -----");
	HAS(text, gp_asprintf(p->ctx, "When do you feed? https://lists.example.org/bees/t/%s: Feed in August. Not later. Solved ------",
	    key_of(p, "s")));
	HAS(text, gp_asprintf(p->ctx, "Which wood is best? https://lists.example.org/bees/m/%s: Pine, of course.",
	    key_of(p, "t-a")));
	HASNT(text, "starved");
	/* Each once. */
	HASNT(text, "Solved ------ - Marking");
	HASNT(text, "Early.");
	HAS(text, "- How did they die? ");
	HASNT(text, "[note:");
	assert_string_equal(tick(p, 3600, gp_learned_tick), "");
	/* A month without anything has none, and the post itself is no news. */
	at(gp_civil_time(2027, 1, 1, 8, 0, 0));
	assert_string_equal(tick(p, 0, gp_learned_tick), "");
	gp_clock_set(start, true);
}

/* The letter does not tell it again; moderators can have it alone. */
static void
test_beside_letter(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;

	november(p);
	set(p, "learned", "on");
	set(p, "letter", "on");
	at(gp_civil_time(2026, 12, 2, 0, 0, 0));
	text = tick(p, 0, gp_letter_tick);
	HAS(text, "how are we doing?");
	HASNT(text, "Marking queens");
	set(p, "learned", "moderators");
	text = tick(p, 0, gp_learned_tick);
	HAS(text, "ann@example.org|bees, November 2026: what we learned|");
	HASNT(text, "bob@example.net|");
	gp_clock_set(start, true);
}

static const struct { const char *name, *from, *line, *says; } lines[] = {
	{"a month", BOB, "learned 2026-11\n", "What we learned in November 2026: Kept in the library ------------------- - Marking queens"},
	{"the one before", EVE, "learned\n", "What we learned in November 2026:"},
	{"in German", BOB, "gelernt 2026-11\n", "What we learned in November 2026:"},
	{"an empty one", BOB, "learned 2026-10\n", "In October 2026 nothing was kept"},
	{"no month", BOB, "learned 2026-13\n", "\"2026-13\" is no month."},
	{"a word", BOB, "learned much\n", "\"much\" is no month."},
};

static void
test_command(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;
	size_t i;

	november(p);
	at(gp_civil_time(2026, 12, 2, 0, 0, 0));
	for (i = 0; i < GP_COUNT(lines); i++) {
		text = ask(p, lines[i].from, lines[i].line);
		if (strstr(text, lines[i].says) == NULL)
			fail_msg("%s: %s", lines[i].name, text);
	}
	set(p, "archive", "members");
	HASNT(ask(p, EVE, "learned 2026-11\n"), "Marking queens");
	HAS(ask(p, BOB, "learned 2026-11\n"), "Marking queens");
	gp_clock_set(start, true);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PLACE_TEST(test_post), PLACE_TEST(test_beside_letter), PLACE_TEST(test_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
