/* SPDX-License-Identifier: ISC */
/* The page of questions, its feed, and what a solved one says on its own page. */
#include "web.h"

static void
mark(struct reader *r, const char *key, const char *mark, const char *by)
{
	struct gp_message *m, *answer = NULL;
	struct gp_err err;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_message_find_key(r->ctx, r->p.site->store, r->p.bees->id, key, &m, &err), &err);
	if (by != NULL)
		must(gp_message_find_key(r->ctx, r->p.site->store, r->p.bees->id, by, &answer, &err), &err);
	must(gp_thread_mark(r->p.site->store, m->thread, mark, answer != NULL ? answer->id : 0, GP_MARK_PERSON,
	    &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
}

static void
later(struct reader *r, int64_t seconds)
{
	(void)r;
	gp_clock_set(gp_now() + seconds, true);
}

static void
questions(void **state)
{
	struct reader *r = *state;
	int64_t start = gp_now();
	char *open, *answered, *solved, *answer, *html;

	html = page(r, "/bees/questions");
	has(html, "No question is open");
	open = post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "Open one", "text");
	answered = post(r, "2@x.example", NULL, "Ann <ann@hidden.example>", "Answered one", "text");
	post(r, "3@x.example", "2@x.example", "Bob <bob@hidden.example>", "Re: Answered one", "text");
	solved = post(r, "4@x.example", NULL, "Ann <ann@hidden.example>", "Solved one", "text");
	answer = post(r, "5@x.example", "4@x.example", "Bob <bob@hidden.example>", "Re: Solved one", "a cold day");
	post(r, "6@x.example", NULL, "Ann <ann@hidden.example>", "No question", "text");
	mark(r, open, "question", NULL);
	mark(r, answered, "question", NULL);
	mark(r, solved, "solved", answer);
	/* It has a day for an answer. */
	hasnt(page(r, "/bees/questions"), "Open one");
	later(r, 2 * 86400);
	html = page(r, "/bees/questions");
	has(html, "1 open");
	has(html, "1 with answers");
	has(html, "1 solved");
	assert_true(strstr(html, "Open one") < strstr(html, "Answered one"));
	assert_true(strstr(html, "Answered one") < strstr(html, "Solved one"));
	hasnt(html, "No question<");
	hasnt(html, "hidden.example");
	has(html, "aria-current=\"page\">Questions");
	html = page(r, "/bees/questions.atom");
	has(html, "(open questions)</title>");
	hasnt(html, "(new threads)");
	has(html, "<title>Open one</title>");
	hasnt(html, "Answered one");
	has(page(r, "/bees/questions.json"), "\"open_count\": 1");
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", solved));
	has(html, "Solved by what Bob wrote");
	has(html, gp_asprintf(r->ctx, "#%s\" dir=\"auto\">a cold day", answer));
	has(page(r, gp_asprintf(r->ctx, "/bees/t/%s", open)), "/bees/questions\">question");
	gp_clock_set(start, true);
}

static void
off(void **state)
{
	struct reader *r = *state;
	struct gp_response out;
	struct gp_err err;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, r->p.bees, "answers", "off", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	ask(r, "GET", "/bees/questions", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
	ask(r, "GET", "/bees/questions.atom", NULL, NULL, &out);
	assert_int_equal(out.status, 404);
	hasnt(page(r, "/bees/"), "/bees/questions");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(questions),
		WEB_TEST(off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
