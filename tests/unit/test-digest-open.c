/* SPDX-License-Identifier: ISC */
/* What a digest tells of before: questions that wait, however long, and what was kept in the library. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"

/* The text of what everybody may read of some days before the clock. */
static char *
digest(struct place *p, int days)
{
	struct gp_digest_how how = {.span = {GP_DELIVERY_WEEKLY, gp_now() - days * DAY, gp_now() + 1},
	    .language = "en", .timezone = "UTC", .form = GP_FORM_SUMMARY, .hour = 7};
	struct gp_looker before = gp_store_look(p->site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	struct gp_digest *d;
	struct gp_err err;

	must(gp_news_pool_between(p->ctx, p->site, p->bees, how.span.from, how.span.to, &pool, &err), &err);
	must(gp_issue_pick(p->ctx, p->site, pool, NULL, -1, 0, how.span.from, &issue, &err), &err);
	must(gp_digest_write(p->ctx, p->site, &how, &issue, 1, &d, &err), &err);
	gp_store_look(p->site->store, before);
	return gp_utf8_line(p->ctx, d->text, strlen(d->text), 1 << 16);
}

/* An open question stays until somebody answers. The newest have a line, the others a count and a link. */
static void
test_open(void **state)
{
	static const char *const about[] = {"wax", "queens", "acid", "sugar", "wasps", "smoke", "frames"};
	struct place *p = *state;
	int64_t start = gp_now();
	char *text;
	size_t i;

	for (i = 0; i < GP_COUNT(about); i++) {
		post(p, CLEO, about[i], NULL, gp_asprintf(p->ctx, "#question How about %s?", about[i]),
		    gp_asprintf(p->ctx, "Who knows %s?\n", about[i]));
		gp_clock_set(gp_now() + DAY, true);
		if (i == 4)
			HASNT(digest(p, 0), "more question");
	}
	gp_clock_set(gp_now() + 80 * DAY, true);
	post(p, BOB, "new", NULL, "Rain", "All day.\n");
	text = digest(p, 1);
	HAS(text, "Still waiting for an answer");
	HAS(text, "How about frames?");
	HAS(text, "To answer: bees+reply-");
	HAS(text, "How about acid?");
	HASNT(text, "How about queens?");
	HAS(text, "and 2 more questions: all that wait");
	HAS(text, "https://lists.example.org/bees/questions");
	post(p, BOB, "a", "smoke", "Re: #question How about smoke?", "With grass.\n");
	HAS(digest(p, 1), "and 1 more question: all");
	post(p, BOB, "b", "wasps", "Re: #question How about wasps?", "In a trap.\n");
	text = digest(p, 1);
	HAS(text, "How about wax?");
	HASNT(text, "more question");
	/* After a season they are counted, and the newest stands for them. */
	gp_clock_set(gp_now() + 60 * DAY, true);
	post(p, BOB, "dry", NULL, "Drought", "Not a drop.\n");
	text = digest(p, 1);
	HAS(text, "How about frames?");
	HASNT(text, "How about wax?");
	HAS(text, "and 4 more questions: all that wait");
	gp_clock_set(start, true);
}

static const struct { const char *name, *subject, *summary, *answer, *page, *line; } pages[] = {
	{"the summary comes first", "Do bees sleep?", "They do, at night. And by day.", "Yes.", "A page.", "do-bees-sleep: They do, at night. -"},
	{"then what solved it", "Do bees dream?", NULL, "Nobody knows that. I asked.", "A page.", "do-bees-dream: Nobody knows that. -"},
	{"then the page", "Do bees dance?", NULL, NULL, "# Dance\n\nThey **dance** the *way*. So.", "do-bees-dance: They dance the way. -"},
	{"or how it began", "Do bees sing?", NULL, NULL, NULL, "do-bees-sing: I ask 3. -"},
	{"no words under a note", "[note: death] Do bees die?", "They die in winter.", "Yes.", NULL, "do-bees-die -"},
	{"a long one is cut at a word", "Do bees count?", "It was found that they can tell one flower from two and two from three and "
	    "three from four but no more than that as far as anybody who has tried to find it out with them was able to see", NULL, NULL,
	    "anybody who has tried to find it … -"},
};

static void
test_kept(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now(), version;
	struct gp_practice *page;
	struct gp_err err;
	char *text, *id;
	size_t i;

	for (i = 0; i < GP_COUNT(pages); i++) {
		id = gp_asprintf(p->ctx, "p%zu", i);
		post(p, CLEO, id, NULL, gp_asprintf(p->ctx, "%s #question", pages[i].subject), gp_asprintf(p->ctx, "I ask %zu.\n", i));
		if (pages[i].answer != NULL) {
			post(p, BOB, gp_asprintf(p->ctx, "a%zu", i), id, gp_asprintf(p->ctx, "Re: %s #question", pages[i].subject),
			    gp_asprintf(p->ctx, "%s\n", pages[i].answer));
			ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld\n", (long long)number(p, id)));
		}
		ask(p, ANN, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, id)));
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_practice_of(p->ctx, p->site->store, number(p, id), &page, &err), &err);
		if (pages[i].summary != NULL)
			must(gp_summary_put(p->ctx, p->site->store, p->bees->id, thread(p, page->thread)->key, pages[i].summary,
			    "cleo@example.com", &err), &err);
		if (pages[i].page != NULL)
			must(gp_practice_write(p->ctx, p->site->store, page, pages[i].page, "ann@example.org", &version, &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
	}
	text = digest(p, 1);
	HAS(text, "Kept in the library");
	text = strstr(text, "Kept in the library");
	for (i = 0; i < GP_COUNT(pages); i++)
		if (strstr(text, pages[i].line) == NULL)
			fail_msg("%s: %s", pages[i].name, text);
	HASNT(text, "#question");
	HASNT(text, "[note");
	/* Told once: the next digest has what came after. */
	gp_clock_set(gp_now() + 2 * DAY, true);
	post(p, BOB, "new", NULL, "Rain", "All day.\n");
	HASNT(digest(p, 1), "Kept in the library");
	/* What stands in no archive stands in no library that one could look at. */
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Again\n", (long long)number(p, "new")));
	HAS(digest(p, 1), "bees/library/again");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_practice_of(p->ctx, p->site->store, number(p, "new"), &page, &err), &err);
	must(gp_thread_veil_set(p->site->store, page->thread, &(struct gp_veil){.visible = GP_VISIBLE_NONE}, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HASNT(digest(p, 1), "bees/library/again");
	gp_clock_set(start, true);
}

/* Whoever gets digests is asked to decide like all others. */
static void
test_round(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();

	set(p, "decisions", "on");
	post(p, CLEO, "old", NULL, "Rain", "All day.\n");
	gp_clock_set(gp_now() + 10 * DAY, true);
	post(p, CLEO, "d", NULL, "#decide Buy a wax press", "It costs 300.\n");
	HAS(digest(p, 1), "(to decide: answer *yes*, *no*, *abstain* or *block*), Cleo");
	post(p, ANN, "v", "d", "Re: #decide Buy a wax press", "Yes.\n\nThe old one is broken.\n");
	HAS(digest(p, 1), "everyone is asked to decide: answer with *yes*, *no*, *abstain* or *block*");
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_open),
		PLACE_TEST(test_kept),
		PLACE_TEST(test_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
