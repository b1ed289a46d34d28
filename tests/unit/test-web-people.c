/* SPDX-License-Identifier: ISC */
/* Pages of who wrote, and what; their feeds, and those of a search. */
#include "web.h"

static char *
of(struct reader *r, const char *key, const char *tail)
{
	return gp_asprintf(r->ctx, "/bees/people/%s%s", key, tail);
}

static void
people(void **state)
{
	struct reader *r = *state;
	char *ann = post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "First", "one"), *html, *second, *bob;
	struct gp_response out;

	bob = post(r, "2@x.example", NULL, "bob@hidden.example", "Other", "two");
	second = post(r, "3@x.example", NULL, "Ann Doe <ANN@hidden.example>", "Second", "three");
	html = page(r, "/bees/people/");
	has(html, ">Ann Doe<");	/* the newest name */
	hasnt(html, ">Ann<");
	hasnt(html, "hidden.example");
	has(html, "2 messages");
	has(html, gp_asprintf(r->ctx, "href=\"/bees/people/%s\"", ann));
	has(html, "aria-current=\"page\">People");
	html = page(r, of(r, ann, ""));
	has(html, "<h1 dir=\"auto\">Ann Doe</h1>");
	has(html, ">First</a>");
	has(html, ">Second</a>");
	hasnt(html, ">Other</a>");
	hasnt(html, "hidden.example");
	has(html, "noindex");
	/* Any message of theirs leads there; a page of an address that is none has no name. */
	ask(r, "GET", of(r, second, ""), NULL, NULL, &out);
	assert_int_equal(out.status, 301);
	assert_string_equal(out.location, of(r, ann, ""));
	ask(r, "GET", of(r, second, ".atom"), NULL, NULL, &out);
	assert_string_equal(out.location, of(r, ann, ".atom"));
	ask(r, "GET", of(r, second, ".json"), NULL, NULL, &out);
	assert_string_equal(out.location, of(r, ann, ".json"));
	html = page(r, of(r, bob, ""));
	has(html, "1 message ");
	has(html, "bob@...");
	html = page(r, of(r, ann, ".atom"));
	has(html, "<title>Second</title>");
	hasnt(html, "<title>Other</title>");
	has(page(r, gp_asprintf(r->ctx, "/bees/m/%s", second)), of(r, second, "\" dir=\"auto\">Ann Doe"));
	has(page(r, "/bees/people.json"), "\"messages\": 2");
}

static void
none(void **state)
{
	static const char *const wrong[] = {"/bees/people/aaaaaaaaaaaa", "/bees/people/short", "/bees/people/?before=nokey",
	    "/bees/people/?before=aaaaaaaaaaaa", "/wasps/people/"};
	struct reader *r = *state;
	char *ann = post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "First", "one");
	size_t i;

	for (i = 0; i < GP_COUNT(wrong); i++)
		if (status_of(r, wrong[i]) != 404)
			fail_msg("%s: %d", wrong[i], status_of(r, wrong[i]));
	set(r, "people", "no");
	assert_int_equal(status_of(r, "/bees/people/"), 404);
	assert_int_equal(status_of(r, of(r, ann, "")), 404);
	assert_int_equal(status_of(r, of(r, ann, ".atom")), 404);
	hasnt(page(r, "/bees/"), "people/");
	hasnt(page(r, gp_asprintf(r->ctx, "/bees/m/%s", ann)), "people/");
}

/* Whoever is hidden on the roster is not shown here. */
static void
hidden_members(void **state)
{
	struct reader *r = *state;
	struct gp_err err;
	int64_t id;
	char *ann;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_member_add(r->p.site->store, r->p.bees->id, "ann@hidden.example", "Ann", GP_ROLE_MEMBER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_member_set(r->p.site->store, id, "hidden", "yes", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	ann = post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "First", "one");
	hasnt(page(r, "/bees/people/"), "Ann");
	assert_int_equal(status_of(r, of(r, ann, "")), 404);
}

/* A name that was made for a thread is nobody's: it stands there, and not among the people. */
static void
nobodys_names(void **state)
{
	struct reader *r = *state;
	char *heron = post(r, "1@x.example", NULL, "Heron (no name given) <bees+anon-abcdefgh@example.org>", "First", "one");
	char *html;

	post(r, "2@x.example", NULL, "Ann <bees-fan+anon-x@hidden.example>", "Second", "two");
	html = page(r, "/bees/people/");
	hasnt(html, "Heron");
	has(html, ">Ann<");
	hasnt(page(r, "/bees/people.json"), "Heron");
	assert_int_equal(status_of(r, of(r, heron, "")), 404);
	assert_int_equal(status_of(r, of(r, heron, ".atom")), 404);
	html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", heron));
	has(html, "Heron");
	hasnt(html, of(r, heron, ""));
	has(page(r, gp_asprintf(r->ctx, "/bees/t/%s", heron)), "Heron");
}

/* More than a page of people, and of messages: each once. */
static void
pages(void **state)
{
	struct reader *r = *state;
	char *html, *next, *key = NULL;
	int i, n;

	for (i = 0; i < 130; i++)
		post(r, gp_asprintf(r->ctx, "p%d@x.example", i), NULL,
		    gp_asprintf(r->ctx, "P%d <p%d@x.example>", i, i), "Hello", "hello");
	for (i = 0; i < 70; i++)
		key = post(r, gp_asprintf(r->ctx, "q%d@x.example", i), NULL, "Q <q@x.example>",
		    gp_asprintf(r->ctx, "Number %d.", i), "hello");
	for (n = 0, html = page(r, "/bees/people/"); html != NULL; html = next) {
		char *p;

		for (p = html; (p = strstr(p, "<h2>")) != NULL; p++)
			n++;
		p = strstr(html, "/bees/people/?before=");
		next = p == NULL ? NULL : page(r, gp_strndup(r->ctx, p, strcspn(p, "\"")));
	}
	assert_int_equal(n, 131);
	{
		struct gp_response out;

		ask(r, "GET", of(r, key, ""), NULL, NULL, &out);
		html = out.status == 301 ? page(r, out.location) : page(r, of(r, key, ""));
	}
	next = strstr(html, "?before=");
	assert_non_null(next);
	while (next > html && next[-1] != '"')
		next--;
	html = page(r, gp_strndup(r->ctx, next, strcspn(next, "\"")));
	for (n = 0; (html = strstr(html, "<h2>")) != NULL; html++)
		n++;
	assert_int_equal(n, 20);
}

static void
search_feed(void **state)
{
	struct reader *r = *state;
	char *html;

	post(r, "1@x.example", NULL, "Ann <ann@hidden.example>", "Wax moths", "of the wax");
	post(r, "2@x.example", NULL, "Bob <bob@hidden.example>", "Swarms", "in June");
	html = page(r, "/bees/search?q=wax%20%26%20moths");
	has(html, "href=\"/bees/search.atom?q=wax%20%26%20moths\"");
	html = page(r, "/bees/search.atom?q=wax");
	has(html, "<title>Wax moths</title>");
	hasnt(html, "<title>Swarms</title>");
	hasnt(html, "hidden.example");
	assert_int_equal(status_of(r, "/bees/search.atom"), 404);
	/* Of all lists. */
	has(page(r, "/search?q=wax"), "href=\"/search.atom?q=wax\"");
	html = page(r, "/search.atom?q=wax");
	has(html, "<title>wax · ");
	has(html, "<entry>");
	has(html, "/bees/m/");
	assert_int_equal(status_of(r, "/search.atom"), 404);
	hasnt(page(r, "/bees/search.atom?q=nothingatall"), "<entry>");
	has(page(r, "/bees/search.atom?q=%3Cb%3E%22"), "&lt;b&gt;&quot;");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(people), WEB_TEST(none), WEB_TEST(hidden_members), WEB_TEST(nobodys_names), WEB_TEST(pages), WEB_TEST(search_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
