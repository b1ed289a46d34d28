/* SPDX-License-Identifier: ISC */
/* Threads that are kept, their pages, summaries, and what is asked about them later. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "practice.h"
#include "../../src/store/private.h"

static struct gp_practice *
page(struct place *p, const char *slug)
{
	struct gp_practice *out;
	struct gp_err err;

	return gp_practice_find(p->ctx, p->site->store, p->bees->id, slug, &out, &err) == GP_OK ? out : NULL;
}

static char *
body(struct place *p, const char *slug)
{
	struct gp_err err;
	char *out;

	must(gp_practice_body(p->ctx, p->site->store, page(p, slug), &out, NULL, &err), &err);
	return out;
}

/* A question of Cleo's with an answer of Bob's. */
static int64_t
asked(struct place *p)
{
	int64_t t = post(p, CLEO, "q", NULL, "How do you mark queens?", "Which colour this year?\n");

	post(p, BOB, "a", "q", "Re: How do you mark queens?", "White, with a pen.\n");
	return t;
}

static void
test_keep(void **state)
{
	struct place *p = *state;
	int64_t before;
	char *text;

	asked(p);
	before = last_job(p);
	/* In a reply, with nothing else: no post. */
	assert_int_equal(post(p, ANN, "k", "a", "Re: How do you mark queens?",
	    "keep: How we mark queens #queens #May\n"), 0);
	text = mails(p, before);
	HAS(text, "ann@example.org|");
	HAS(text, "\"How we mark queens\" is in the library now, under the name how-we-mark-queens");
	HASNT(text, "bob@example.net|");
	assert_string_equal(page(p, "how-we-mark-queens")->tags, " queens may ");
	assert_string_equal(page(p, "how-we-mark-queens")->keeper, "ann@example.org");
	/* Again: the same page with another title. */
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking #queens\n", (long long)number(p, "q"))),
	    "\"Marking\" is in the library now, under the name how-we-mark-queens");
	assert_string_equal(page(p, "how-we-mark-queens")->tags, " queens ");
	/* Another thread of the same title has another name. */
	post(p, BOB, "q2", NULL, "Marking drones", "Nobody does.\n");
	/* Once more without a title: it has one. */
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q"))), "\"Marking\" is in the library");
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld How we mark queens\n", (long long)number(p, "q2"))),
	    "how-we-mark-queens-2");
	/* Without a title: that of the thread. */
	post(p, BOB, "q3", NULL, "W\xc3\xa4rme im Stock", "x\n");
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q3"))), "warme-im-stock");
	text = ask(p, BOB, "library\n");
	HAS(text, "- how-we-mark-queens: Marking");
	HAS(text, "- warme-im-stock");
	HAS(ask(p, BOB, "library drones\n"), "Nothing of that");
	HASNT(ask(p, BOB, "library queens\n"), "warme");
	HAS(ask(p, ANN, "unkeep warme-im-stock\n"), "Was that you");
	HAS(say_yes(p, ANN), "not in the library any more");
	assert_null(page(p, "warme-im-stock"));
}

/* Words of a post that begin like it are none. */
static void
test_may_keep(void **state)
{
	struct place *p = *state;
	int64_t t = asked(p);

	assert_int_equal(post(p, BOB, "k", "a", "Re: How do you mark queens?", "keep: Marking\n"), 0);
	HAS(mails(p, last_job(p) - 1), "it was sent to nobody");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q"))), "by its moderators");
	HAS(ask(p, EVE, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q"))), "for members");
	assert_int_equal(post(p, ANN, "k2", "a", "Re: How do you mark queens?", "Keep the pen dry.\n"), t);
	assert_null(page(p, "marking"));
	set(p, "library", "on");
	assert_int_equal(post(p, BOB, "k3", "a", "Re: How do you mark queens?", "keep: Marking #queens\n"), 0);
	assert_non_null(page(p, "marking"));
	set(p, "library", "off");
	HAS(ask(p, ANN, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q"))), "no library");
}

static void
test_edit(void **state)
{
	struct place *p = *state;
	struct gp_list_text **v;
	struct gp_err err;
	const char *back, *text;
	struct gp_buf many;
	size_t n;

	asked(p);
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking\n", (long long)number(p, "q")));
	HAS(ask(p, ANN, "page marking\n"), "change it and send it back");
	HAS(ask(p, BOB, "page marking\n"), "kept by its moderators. What is missing");
	back = reply_address(p);
	text = say(p, ANN, back, "Re: page", "Thanks!\n> ~~~~~~~~~~~~~~~~~~~~\n> White in 2026.\n> Blue in 2027.\n"
	    "> ~~~~~~~~~~~~~~~~~~~~\n");
	HAS(text, "has the new text now, as version 1");
	HASNT(text, "write marking");	/* they know nothing of our command for it */
	assert_string_equal(body(p, "marking"), "White in 2026.\nBlue in 2027.\n");
	/* The token does it once. */
	HASNT(say(p, ANN, back, "Re: page", "~~~~~~~~~~~~~~~~~~~~\nfoul\n~~~~~~~~~~~~~~~~~~~~\n"), "new text");
	HAS(ask(p, ANN, "page marking\n"), "White in 2026.");
	HAS(say(p, ANN, reply_address(p), "Re: page", "I forgot the text\n"), "Where is the text?");
	/* Without a token, and without a proof: asked. */
	HAS(ask(p, ANN, "write marking\n~~~~~~~~~~~~~~~~~~~~\nRed\n~~~~~~~~~~~~~~~~~~~~\n"), "Was that you");
	HAS(say_yes(p, ANN), "version 2");
	assert_string_equal(body(p, "marking"), "Red\n");
	/* What is too long for a page leaves it as it was. */
	HAS(ask(p, ANN, "page marking\n"), "Red");
	gp_buf_init(&many, p->ctx, 2 * GP_MAX_PAGE);
	gp_buf_puts(&many, "~~~~~~~~~~~~~~~~~~~~\n");
	while (many.len < GP_MAX_PAGE + 30)
		gp_buf_puts(&many, "White in 2026.\n");
	gp_buf_puts(&many, "~~~~~~~~~~~~~~~~~~~~\n");
	HAS(say(p, ANN, reply_address(p), "Re: page", many.p), "the text is too long");
	assert_string_equal(body(p, "marking"), "Red\n");
	HAS(ask(p, ANN, "page nothing\n"), "no page nothing");
	HAS(ask(p, BOB, "write marking\n~~~~~~~~~~~~~~~~~~~~\nRed\n~~~~~~~~~~~~~~~~~~~~\n"), "by its moderators");
	must(gp_practice_versions(p->ctx, p->site->store, page(p, "marking"), &v, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_string_equal(v[0]->by, "ann@example.org");
	HAS(ask(p, BOB, "library red\n"), "marking");
	HASNT(ask(p, BOB, "library white\n"), "marking");
	/* Who may not change it reads it, and older versions. */
	text = ask(p, BOB, "page marking\n");
	HAS(text, "Red");
	HASNT(text, "reply to this mail");
	text = ask(p, ANN, "page marking 1\n");
	HAS(text, "as it was in version 1");
	HAS(text, "White in 2026.");
	HAS(ask(p, ANN, "page marking 7\n"), "as it is now");
}

/* Two who change a page at once: the second is told, and has their words back. */
static void
test_two_editors(void **state)
{
	struct place *p = *state;
	char *first, *second, *text;

	asked(p);
	set(p, "library", "on");
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking\n", (long long)number(p, "q")));
	ask(p, ANN, "page marking\n");
	first = gp_strdup(p->ctx, reply_address(p));
	ask(p, BOB, "page marking\n");
	second = gp_strdup(p->ctx, reply_address(p));
	HAS(say(p, ANN, first, "Re: page", "~~~~~~~~~~~~~~~~~~~~\nWhite\n~~~~~~~~~~~~~~~~~~~~\n"), "as version 1");
	text = say(p, BOB, second, "Re: page", "~~~~~~~~~~~~~~~~~~~~\nBlue pens\n~~~~~~~~~~~~~~~~~~~~\n");
	HAS(text, "was changed while you were at it");
	HAS(text, "Blue pens");
	assert_string_equal(body(p, "marking"), "White\n");
	ask(p, BOB, "page marking\n");
	HAS(say(p, BOB, reply_address(p), "Re: page", "~~~~~~~~~~~~~~~~~~~~\nWhite, blue pens\n~~~~~~~~~~~~~~~~~~~~\n"),
	    "as version 2");
}

/* A search shows the library first. */
static void
test_search(void **state)
{
	static const struct {
		const char *query;
		bool marking, hives;	/* found? */
	} cases[] = {
		{"queen", true, false},			/* a form of what stands there */
		{"queens", true, false},
		{"\"queen\"", false, false},		/* just so: nowhere */
		{"\"white pens\"", true, false},
		{"\"pens white\"", false, false},
		{"white -pens", false, false},
		{"white -wax", true, false},
		{"WINTERING", false, true},
		{"winter*", false, true},
		{"winter", false, true},
		{"pens OR hives", true, true},
		{"pens hives", false, false},
		{"subject:hive", false, true},
		{"subject:white", false, false},
		{"body:white", true, false},
		{"#may", true, false},			/* a tag */
		{"colour", true, false},		/* what was asked */
		{"sharpie", true, false},		/* what solved it */
		{"sharpie -white", false, false},
		{"bystander", false, false},		/* another message of the thread */
		{"from:ann hives", false, false},	/* who kept it did not write it */
		{"from:cleo", true, false},		/* who asked */
		{"has:attachment white", false, false},
		{"white before:2001", false, false},
		{"white after:2001", true, false},
		{"-white", false, true},			/* Bob's "Brr" is without it */
		{"sort:new", false, false},
		{"white'; --", true, false},
		{"whit", false, false},
		{"list:bees white", true, false},
		{"list:wasps white", false, false},
	};
	struct place *p = *state;
	size_t i, wrong = 0;
	char *text;
	bool marking, hives;

	asked(p);
	post(p, BOB, "s", "q", "Re: How do you mark queens?", "A sharpie does it.\n");
	post(p, BOB, "b", "q", "Re: How do you mark queens?", "I am a bystander.\n");
	ask(p, CLEO, gp_asprintf(p->ctx, "solved %lld by %lld\n", (long long)number(p, "q"),
	    (long long)number(p, "s")));
	post(p, BOB, "w", NULL, "Cold", "Brr.\n");
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking #queens #may\n", (long long)number(p, "q")));
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Wintering our hives\n", (long long)number(p, "w")));
	ask(p, ANN, "page marking\n");
	say(p, ANN, reply_address(p), "Re: page", "~~~~~~~~~~~~~~~~~~~~\nUse *white* pens.\n~~~~~~~~~~~~~~~~~~~~\n");
	for (i = 0; i < GP_COUNT(cases); i++) {
		text = ask(p, BOB, gp_asprintf(p->ctx, "search %s\n", cases[i].query));
		marking = strstr(text, "- marking: Marking") != NULL;
		hives = strstr(text, "- wintering-our-hives") != NULL;
		if (marking == cases[i].marking && hives == cases[i].hives &&
		    (strstr(text, "From the library") != NULL) == (marking || hives))
			continue;
		fprintf(stderr, "# %s: %s\n", cases[i].query, text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	/* First the page, then what was written. */
	text = ask(p, BOB, "search colour\n");
	assert_true(strstr(text, "- marking") < strstr(text, "In messages"));
	assert_true(strstr(text, "In messages") < strstr(text, "Which colour this year"));
	/* Found only there: no other word is offered. */
	HASNT(ask(p, BOB, "search pens\n"), "Nothing was found");
	ask(p, ANN, "unkeep marking\n");
	say_yes(p, ANN);
	HASNT(ask(p, BOB, "search white\n"), "From the library");
	set(p, "library", "off");
	HASNT(ask(p, BOB, "search wintering\n"), "From the library");
}

/* Where all may keep, a page is taken out by who kept it, and by moderators. */
static void
test_unkeep(void **state)
{
	struct place *p = *state;
	char *text;

	set(p, "library", "on");
	post(p, CLEO, "q", NULL, "Which smoke? #question", "Hay or wood?\n");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q"))), "\"Which smoke?\" is in the library");
	text = ask(p, CLEO, "unkeep which-smoke\n");
	HAS(text, "by whoever kept it, and by the moderators: bees+owner@example.org");
	HAS(text, "outdated which-smoke REASON");
	HASNT(text, "Was that you");
	HAS(ask(p, BOB, "unkeep which-smoke\n"), "Was that you");
	HAS(say_yes(p, BOB), "is not in the library any more");
	ask(p, BOB, gp_asprintf(p->ctx, "keep %lld\n", (long long)number(p, "q")));
	HAS(ask(p, ANN, "unkeep which-smoke\n"), "Was that you");
}

/* Names that a page does not show find nothing: from the first on, when that is said later, and who comes last. */
static void
test_search_unnamed(void **state)
{
	struct place *p = *state;
	struct gp_veil veil = {.unnamed = false};
	struct gp_err err;
	int64_t t;
	size_t i;

	set(p, "repeats", "yes");
	for (i = 0; i < 2; i++) {
		char *q = gp_asprintf(p->ctx, "q%zu", i), *page = gp_asprintf(p->ctx, "- sweet%zu", i);

		t = post(p, CLEO, q, NULL, gp_asprintf(p->ctx, "Tea %zu?%s", i, i == 0 ? " #question #chatham" : ""), "What?\n");
		post(p, "Ben Okafor <bob@example.net>", gp_asprintf(p->ctx, "o%zu", i), q, "Re: Tea", "Honey.\n");
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_summary_put(p->ctx, p->site->store, p->bees->id, thread(p, t)->key,
		    "Honey helped, said Ben Okafor and Ann Archer", "cleo@example.com", &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
		ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Sweet%zu tea\n", (long long)number(p, q), i));
		if (i == 1) {
			HAS(ask(p, BOB, "search okafor\n"), page);
			veil.unnamed = true;
			must(gp_store_begin(p->site->store, &err), &err);
			must(gp_thread_veil_set(p->site->store, t, &veil, &err), &err);
			must(gp_store_commit(p->site->store, &err), &err);
		}
		HASNT(ask(p, BOB, "search okafor\n"), page);
		HAS(ask(p, BOB, "search helped\n"), page);
		HAS(ask(p, BOB, "search archer\n"), page);
		post(p, "Ann Archer <ann@example.org>", gp_asprintf(p->ctx, "a%zu", i), q, "Re: Tea", "Sugar.\n");
		HASNT(ask(p, BOB, "search archer\n"), page);
	}
	/* Where they went before the search knew of it: a database of then. */
	must(gp_sql_script(p->site->store, "UPDATE practice SET words = ' okafor sweet ', title = title; "
	    "PRAGMA user_version = 27", &err), &err);
	HAS(ask(p, BOB, "search okafor\n"), "- sweet1");
	must(gp_schema_migrate(p->site->store, 0, &err), &err);
	HASNT(ask(p, BOB, "search okafor\n"), "- sweet1");
	HAS(ask(p, BOB, "search helped\n"), "- sweet1");
	/* Names may be shown again. */
	veil.unnamed = false;
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_thread_veil_set(p->site->store, t, &veil, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HAS(ask(p, BOB, "search okafor\n"), "- sweet1");
}

/* A member who may see only what came since they joined sees pages that were kept since. */
static void
test_search_since(void **state)
{
	struct place *p = *state;
	struct gp_err err;
	int64_t dora;

	asked(p);
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking\n", (long long)number(p, "q")));
	HAS(ask(p, BOB, "search marking\n"), "From the library");
	gp_clock_set(gp_now() + DAY, true);
	set(p, "history", "joined");
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_member_add(p->site->store, p->bees->id, "dora@example.org", "Dora", GP_ROLE_MEMBER,
	    GP_DELIVERY_EACH, gp_now(), &dora,
	    &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
	HASNT(ask(p, "Dora <dora@example.org>", "search marking\n"), "Marking");
	HASNT(ask(p, "Dora <dora@example.org>", "library\n"), "Marking");
}

static void
test_still_true(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	const char *back;
	char *text;

	asked(p);
	ask(p, ANN, gp_asprintf(p->ctx, "keep %lld Marking\n", (long long)number(p, "q")));
	set(p, "summary_after", "0");
	assert_string_equal(tick(p, 364 * DAY, gp_library_tick), "");
	text = tick(p, 2 * DAY, gp_library_tick);
	HAS(text, "ann@example.org|[bees] Is \"Marking\" still true?");
	HAS(text, " > Which colour this year? The page: https://");
	assert_string_equal(tick(p, DAY, gp_library_tick), "");
	back = reply_address(p);
	/* Neither yes nor no: asked again, and the same address still answers. */
	HAS(say(p, ANN, back, "Re: true", "I must look it up\n"), "That was not clear");
	HAS(say(p, BOB, back, "Re: true", "yes\n"), "not");
	HAS(say(p, ANN, back, "Re: true", "Nein: seit diesem Jahr ist es blau\n"), "warns its readers");
	assert_string_equal(page(p, "marking")->doubt, "seit diesem Jahr ist es blau");
	/* In doubt it is not asked about again; confirmed it is as before. */
	assert_string_equal(tick(p, 400 * DAY, gp_library_tick), "");
	HAS(ask(p, ANN, "still-true marking\n"), "confirmed today");
	assert_string_equal(page(p, "marking")->doubt, "");
	tick(p, 366 * DAY, gp_library_tick);
	HAS(say(p, ANN, reply_address(p), "Re: true", "yes\n"), "confirmed today");
	assert_int_equal(page(p, "marking")->confirmed, gp_now());
	gp_clock_set(start, true);
}

static void
test_sum_up(void **state)
{
	struct place *p = *state;
	int64_t start = gp_now();
	struct gp_list_text *t;
	struct gp_err err;
	char *text;

	asked(p);
	post(p, BOB, "n", NULL, "Nobody answers?", "Does anyone?\n");
	assert_string_equal(tick(p, 6 * DAY, gp_library_tick), "");
	text = tick(p, 2 * DAY, gp_library_tick);
	HAS(text, "cleo@example.com|Re: How do you mark queens?|You asked");
	HAS(text, "- Bob: White, with a pen.");
	HASNT(text, "bob@example.net|");
	/* Once. */
	assert_string_equal(tick(p, DAY, gp_library_tick), "");
	HAS(say(p, CLEO, reply_address(p), "Re: How do you mark queens?",
	    "Hello,\n\nWhite it is.\nA pen does it.\n\n> You asked bees\n"), "Your summary stands on the page");
	must(gp_summary_find(p->ctx, p->site->store, p->bees->id, thread(p, 1)->key, &t, &err), &err);
	assert_string_equal(t->body, "White it is.\nA pen does it.");
	assert_string_equal(t->by, "cleo@example.com");
	/* As a command, below a line; not by others. */
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "summary %lld\n-----\nBlue it is.\n", (long long)number(p, "q"))),
	    "Your summary stands");
	HAS(ask(p, CLEO, gp_asprintf(p->ctx, "summary %lld\n", (long long)number(p, "q"))), "Where is the summary?");
	HAS(ask(p, BOB, gp_asprintf(p->ctx, "summary %lld\n-----\nRed.\n", (long long)number(p, "q"))),
	    "is for whoever asked");
	gp_clock_set(start, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_unkeep),
		PLACE_TEST(test_keep),
		PLACE_TEST(test_may_keep),
		PLACE_TEST(test_edit), PLACE_TEST(test_two_editors),
		PLACE_TEST(test_search), PLACE_TEST(test_search_unnamed),
		PLACE_TEST(test_search_since),
		PLACE_TEST(test_still_true),
		PLACE_TEST(test_sum_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
