/* SPDX-License-Identifier: ISC */
/* Archives that are not for everybody: who gets in, by which link and cookie, and what they see. */
#include "web.h"

#define ASK "address=%s&to=%%2Fbees%%2F"

/* Who reads; their memberships are those of place_open. */
enum { STRANGER, BOB, ANN, WASP, WHO_COUNT };

static void
act(struct reader *r, const struct gp_response *out)
{
	struct gp_err err;
	char *done;

	must(gp_store_begin(r->p.site->store, &err), &err);
	if (strcmp(out->act, "log-in") == 0)
		must(gp_login_ask(r->ctx, r->p.site, out->token, &err), &err);
	else if (strcmp(out->act, "log-out") == 0)
		must(gp_login_end(r->p.site, out->token, &err), &err);
	else
		must(gp_command_click(r->ctx, r->p.site, out->token, &done, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
}

static int64_t
person_of(struct reader *r, const char *address)
{
	struct gp_person *p;
	struct gp_err err;

	must(gp_person_find(r->ctx, r->p.site->store, address, &p, &err), &err);
	return p->id;
}

static char *
cookie_of(struct reader *r, const char *address)
{
	struct gp_err err;
	char *cookie;

	must(gp_login_cookie(r->ctx, r->site, person_of(r, address), &cookie, &err), &err);
	return gp_asprintf(r->ctx, "other=x; gp_reader=%s; more=y", cookie);
}

static void
visit(struct reader *r, const char *cookie, const char *target, const char *tag, struct gp_response *out)
{
	struct gp_request q;

	assert_int_equal(gp_request_parse(r->ctx, "GET", gp_strdup(r->ctx, target), &q), 0);
	q.cookie = cookie;
	q.if_none_match = tag;
	gp_web_answer(r->ctx, r->w, &q, out);
}

static char *
text_of(struct reader *r, const struct gp_response *out)
{
	return gp_strndup(r->ctx, out->body.p, out->body.n);
}

/* Mails that wait, and the newest of them. */
static size_t
mails(struct reader *r, char **newest)
{
	struct gp_job **all, *job;
	struct gp_err err;
	size_t n;

	must(gp_queue_list(r->ctx, r->p.site->store, true, &all, &n, &err), &err);
	if (n > 0 && newest != NULL) {
		int64_t id = 0;
		size_t i;

		for (i = 0; i < n; i++)
			id = all[i]->id > id ? all[i]->id : id;
		must(gp_job_find(r->ctx, r->p.site->store, id, true, &job, &err), &err);
		*newest = gp_strndup(r->ctx, job->body, job->body_n);
	}
	return n;
}

static struct gp_list *
wasps(struct reader *r)
{
	struct gp_list *list;
	struct gp_err err;
	int64_t id;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_create(r->p.ctx, r->p.site->store, "wasps@example.org", &list, &err), &err);
	must(gp_member_add(r->p.site->store, list->id, "wim@example.org", "Wim", GP_ROLE_OWNER,
	    GP_DELIVERY_EACH, gp_now(), &id, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	return list;
}

/* ---- who sees what --------------------------------------------------------------------------------- */

static void
levels(void **state)
{
	static const struct {
		const char *archive, *history;
		bool may[WHO_COUNT];	/* stranger, Bob, Ann (owner), someone of another list */
		int refused;
	} cases[] = {
		{"public", "all", {true, true, true, true}, 0},
		{"members", "all", {false, true, true, false}, 403},
		{"owners", "all", {false, false, true, false}, 403},
		{"off", "all", {false, false, false, false}, 404},
		{"public", "joined", {false, true, true, false}, 403},
		{"members", "joined", {false, true, true, false}, 403},
	};
	struct reader *r = *state;
	char *key = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "marker secretly", "secretly");
	const char *who[WHO_COUNT];
	struct gp_response out;
	size_t i, k, n;

	wasps(r);
	who[STRANGER] = NULL;
	who[BOB] = cookie_of(r, "bob@example.net");
	who[ANN] = cookie_of(r, "ann@example.org");
	who[WASP] = cookie_of(r, "wim@example.org");
	/* Twice: what is kept for one reader is not for another. */
	for (n = 0; n < GP_COUNT(cases) * 2; n++) {
		i = n / 2;
		set(r, "archive", cases[i].archive);
		set(r, "history", cases[i].history);
		for (k = 0; k < GP_COUNT(everywhere) * WHO_COUNT; k++) {
			size_t reader = n % 2 ? WHO_COUNT - 1 - k % WHO_COUNT : k % WHO_COUNT;
			char *path = with_key(r, everywhere[k / WHO_COUNT], key);
			bool may = cases[i].may[reader], public = cases[i].refused == 0;

			visit(r, who[reader], path, NULL, &out);
			if (gp_starts(path, "/bees") && out.status != (may ? 200 : cases[i].refused))
				fail_msg("%s %s: reader %zu, %s: %d", cases[i].archive, cases[i].history,
				    reader, path, out.status);
			if (!may)
				hasnt(text_of(r, &out), "secretly");
			if (out.own != (may && !public && gp_starts(path, "/bees")) &&
			    !(reader != STRANGER && strchr("/is", path[1]) != NULL))
				fail_msg("%s: reader %zu, %s: own %d", cases[i].archive, reader, path, out.own);
			if (out.own)
				assert_string_equal(out.cache, "private, no-cache");
			else if (gp_starts(path, "/bees") && !may)
				assert_string_equal(out.cache, cases[i].refused == 403 ? "no-store" :
				    "public, max-age=60");
		}
		visit(r, NULL, "/mid/1@x.example", NULL, &out);
		assert_int_equal(out.status, cases[i].may[STRANGER] ? 301 : 404);
		visit(r, who[BOB], "/mid/1@x.example", NULL, &out);
		assert_int_equal(out.status, cases[i].may[BOB] ? 301 : 404);
	}
}

/* Two messages; Bob came between them. */
static void
since_joined(void **state)
{
	struct reader *r = *state;
	struct gp_err err;
	char *old, *new, *bob, *ann;
	struct gp_response out;
	size_t i;

	old = post(r, "1@x.example", NULL, "Early Bird <early@example.org>", "marker topic", "before secretly");
	gp_clock_set(gp_now() + 100, true);
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_member_add(r->p.site->store, r->p.bees->id, "new@example.org", "Nina", GP_ROLE_MEMBER,
	    GP_DELIVERY_EACH, gp_now(), &(int64_t){0}, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	gp_clock_set(gp_now() + 100, true);
	new = post(r, "2@x.example", "1@x.example", "Late <late@example.org>", "Re: marker topic", "afterwards");
	set(r, "history", "joined");
	bob = cookie_of(r, "new@example.org");
	ann = cookie_of(r, "ann@example.org");
	for (i = 0; i < GP_COUNT(everywhere); i++) {
		visit(r, bob, with_key(r, everywhere[i], old), NULL, &out);
		hasnt(text_of(r, &out), "secretly");
		if (!gp_starts(everywhere[i], "/bees/people/K"))
			hasnt(text_of(r, &out), "Early Bird");
		visit(r, ann, with_key(r, everywhere[i], old), NULL, &out);
		if (gp_starts(everywhere[i], "/bees"))
			assert_int_equal(out.status, 200);
	}
	visit(r, bob, with_key(r, "/bees/m/K", old), NULL, &out);
	assert_int_equal(out.status, 404);
	visit(r, bob, with_key(r, "/bees/m/K", new), NULL, &out);
	assert_int_equal(out.status, 200);
	visit(r, bob, with_key(r, "/bees/t/K", old), NULL, &out);
	assert_int_equal(out.status, 200);
	has(text_of(r, &out), "afterwards");
	visit(r, bob, "/bees/search?q=secretly", NULL, &out);
	has(text_of(r, &out), "No message has");
	visit(r, bob, "/mid/1@x.example", NULL, &out);
	assert_int_equal(out.status, 404);
}

/* ---- the link and the cookie ------------------------------------------------------------------------- */

static void
ask_for_link(struct reader *r, const char *address, struct gp_response *out)
{
	ask(r, "POST", "/bees/log-in", gp_asprintf(r->ctx, ASK, address), NULL, out);
}

/* The answer tells nothing, and only who may read gets a mail. */
static void
asking(void **state)
{
	static const struct { const char *address; bool mailed; } cases[] = {
		{"bob%40example.net", true}, {"BOB%40EXAMPLE.NET", true}, {"nobody%40example.net", false},
		{"wim%40example.org", false}, {"rubbish", false}, {"", false}, {"a%0Ab%40example.net", false},
		{"bob%40example.net%0A%2Fx", false}, {"%00", false},
	};
	struct reader *r = *state;
	struct gp_response out, first;
	size_t i, n;

	set(r, "archive", "members");
	wasps(r);
	for (i = 0; i < GP_COUNT(cases); i++) {
		n = mails(r, NULL);
		ask_for_link(r, cases[i].address, &out);
		if (out.status == 400)	/* a line end in it: no form sends that */
			continue;
		assert_int_equal(out.status, 200);
		assert_true(out.unasked);
		assert_string_equal(out.act, "log-in");
		if (i == 0)
			first = out;
		assert_string_equal(text_of(r, &out), text_of(r, &first));
		act(r, &out);
		if (mails(r, NULL) != n + cases[i].mailed)
			fail_msg("%s: %zu mails", cases[i].address, mails(r, NULL) - n);
	}
	/* No flood. */
	for (i = 0; i < 30; i++) {
		ask_for_link(r, "cleo%40example.com", &out);
		act(r, &out);
	}
	assert_true(mails(r, NULL) <= n + 10);
	/* Where everybody or nobody reads there is nothing to ask for. */
	set(r, "archive", "public");
	ask_for_link(r, "bob%40example.net", &out);
	assert_int_equal(out.status, 301);
	assert_null(out.act);
	set(r, "archive", "off");
	ask_for_link(r, "bob%40example.net", &out);
	assert_int_equal(out.status, 404);
}

static char *
link_for(struct reader *r, const char *form)
{
	struct gp_response out;
	const char *at;
	char *mail;

	ask(r, "POST", "/bees/log-in", form, NULL, &out);
	act(r, &out);
	assert_true(mails(r, &mail) > 0);
	at = strstr(mail, "https://lists.example.org/u/");
	assert_non_null(at);
	at += strlen("https://lists.example.org");
	return gp_strndup(r->ctx, at, strlen("/u/") + GP_TOKEN_CHARS);
}

static void
press(struct reader *r, const char *link, int outcome, struct gp_response *out)
{
	struct gp_request q;

	ask(r, "POST", link, "confirm=1", NULL, out);
	assert_string_equal(out->act, "one-click");
	act(r, out);
	assert_int_equal(gp_request_parse(r->ctx, "POST", link, &q), 0);
	gp_web_acted(r->ctx, r->w, &q, outcome, out);
}

static void
entering(void **state)
{
	static const struct { const char *to, *want; } paths[] = {
		{"%2Fbees%2Ft%2Fabc%3Fq%3D1", "/bees/t/abc?q=1"}, {"%2F%2Fevil.example%2F", "/bees/"},
		{"https%3A%2F%2Fevil.example%2F", "/bees/"}, {"%2F%5Cevil.example", "/bees/"},
		{"%2Fbees%2F%0D%0ASet-Cookie%3Ax", "/bees/"}, {"", "/bees/"}, {"bees", "/bees/"},
	};
	struct reader *r = *state;
	struct gp_response out;
	char *link, *cookie;
	size_t i;

	set(r, "archive", "members");
	for (i = 0; i < GP_COUNT(paths); i++) {
		link = link_for(r, gp_asprintf(r->ctx, "address=bob%%40example.net&to=%s", paths[i].to));
		/* Looking at the link changes nothing. */
		has(page(r, link), "<form method=\"post\">");
		has(page(r, link), "Log in");
		press(r, link, GP_WEB_DONE, &out);
		assert_int_equal(out.status, 303);
		assert_string_equal(out.location, paths[i].want);
		has(out.set_cookie, "; HttpOnly; SameSite=Lax; Secure");
		has(out.set_cookie, "Max-Age=2592000");
	}
	cookie = gp_strndup(r->ctx, out.set_cookie, strcspn(out.set_cookie, ";"));
	visit(r, cookie, "/bees/", NULL, &out);
	assert_int_equal(out.status, 200);
	has(text_of(r, &out), "Log out");
	has(page(r, "/"), "There is no public list");
	visit(r, cookie, "/", NULL, &out);
	has(text_of(r, &out), "bees");
	/* Once only. */
	press(r, link, GP_WEB_NOTHING, &out);
	assert_int_equal(out.status, 410);
	assert_null(out.set_cookie);
	/* Nor when it is too old. */
	link = link_for(r, "address=bob%40example.net");
	gp_clock_set(gp_now() + GP_LOGIN_LINK + 1, true);
	has(page(r, link), "had its time");
	press(r, link, GP_WEB_NOTHING, &out);
	assert_null(out.set_cookie);
	hasnt(text_of(r, &out), "no longer on that list");
	has(text_of(r, &out), "had its time");
}

static void
cookies(void **state)
{
	struct reader *r = *state;
	char *good = strstr(cookie_of(r, "bob@example.net"), "gp_reader="), *last, *bad;
	struct gp_response out;
	struct gp_request q;
	struct gp_err err;
	struct gp_member *m;
	size_t i;

	good = gp_strndup(r->ctx, good, strcspn(good, ";"));
	set(r, "archive", "members");
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 200);
	/* Any letter changed, more, less: nobody. */
	last = good + strlen("gp_reader=");
	for (i = 0; last[i] != '\0'; i++) {
		bad = gp_strdup(r->ctx, good);
		bad[strlen("gp_reader=") + i] = last[i] == 'a' ? 'b' : 'a';
		visit(r, bad, "/bees/", NULL, &out);
		/* The last letter holds bits that say nothing. */
		if (out.status != 403 && last[i + 1] != '\0')
			fail_msg("letter %zu of the cookie does not count", i);
	}
	{
		static const char *const wrong[] = {"", "gp_reader=", "gp_reader", "gp_reader=aaaa", ";;;=", "x=gp_reader=1",
		    "gp_reader=\"\"", "gp_reader=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

		for (i = 0; i < GP_COUNT(wrong); i++) {
			visit(r, wrong[i], "/bees/", NULL, &out);
			assert_int_equal(out.status, 403);
		}
	}
	visit(r, gp_asprintf(r->ctx, "xgp_reader=%s", last), "/bees/", NULL, &out);
	assert_int_equal(out.status, 403);
	/* One-click tokens of the same person are no cookies. */
	visit(r, gp_asprintf(r->ctx, "gp_reader=%s", gp_one_click_token(r->ctx, r->site, 2)), "/bees/", NULL, &out);
	assert_int_equal(out.status, 403);
	/* Out of time. */
	gp_clock_set(gp_now() + GP_LOGIN_COOKIE, true);
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 403);
	gp_clock_set(gp_now() - GP_LOGIN_COOKIE, true);
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 200);
	/* Logged out: this cookie and all others of that person. */
	assert_int_equal(gp_request_parse(r->ctx, "POST", "/log-out", &q), 0);
	q.cookie = good;
	gp_web_answer(r->ctx, r->w, &q, &out);
	assert_string_equal(out.act, "log-out");
	act(r, &out);
	gp_web_acted(r->ctx, r->w, &q, GP_WEB_DONE, &out);
	assert_int_equal(out.status, 303);
	has(out.set_cookie, "Max-Age=0");
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 403);
	/* Who leaves the list is out at once, whatever was kept. */
	good = cookie_of(r, "bob@example.net");
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 200);
	must(gp_member_find(r->ctx, r->p.site->store, r->p.bees->id, "bob@example.net", &m, &err), &err);
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_member_remove(r->p.site->store, m->id, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	visit(r, good, "/bees/", NULL, &out);
	assert_int_equal(out.status, 403);
}

/* One search over all that a reader may read; what was kept for one is not shown to another. */
static void
search_all(void **state)
{
	struct reader *r = *state;
	struct gp_list *list = wasps(r);
	char *wim, *bob = cookie_of(r, "bob@example.net"), *text;
	struct gp_response out, again;
	struct gp_member *m;
	struct gp_err err;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_set(r->p.site->store, list, "archive", "members", &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	post(r, "1@x.example", NULL, "Eve <eve@hidden.example>", "Marker at bees", "marker");
	post_on(r, list, "From: Wim <wim@example.org>\nTo: wasps@example.org\nSubject: Marker at wasps\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <w@x.example>\n\nmarker\n");
	wim = cookie_of(r, "wim@example.org");
	visit(r, wim, "/search?q=marker", NULL, &out);
	text = text_of(r, &out);
	has(text, "<mark>Marker</mark> at wasps");
	has(text, "<mark>Marker</mark> at bees");
	has(text, "lists that you are on");
	has(text, "list:wasps");
	assert_true(out.own);
	visit(r, bob, "/search?q=marker", NULL, &again);
	text = text_of(r, &again);
	hasnt(text, "wasps");
	has(text, "<mark>Marker</mark> at bees");
	assert_string_not_equal(out.etag, again.etag);
	visit(r, NULL, "/search?q=marker", out.etag, &again);
	assert_int_equal(again.status, 200);
	text = text_of(r, &again);
	hasnt(text, "wasps");
	hasnt(text, "you are on");
	assert_false(again.own);
	hasnt(page(r, "/search.json?q=marker+list:wasps"), "Marker at wasps");
	visit(r, wim, "/search.atom?q=marker", NULL, &again);
	has(text_of(r, &again), "Marker at wasps");
	assert_true(again.own);
	text = page(r, "/search.atom?q=marker");
	has(text, "Marker at bees");
	hasnt(text, "wasps");
	/* Off the list: at once. */
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_member_find(r->ctx, r->p.site->store, list->id, "wim@example.org", &m, &err), &err);
	must(gp_member_remove(r->p.site->store, m->id, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	visit(r, wim, "/search?q=marker", out.etag, &again);
	assert_int_equal(again.status, 200);
	hasnt(text_of(r, &again), "at wasps");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(levels),
		WEB_TEST(since_joined),
		WEB_TEST(asking),
		WEB_TEST(entering),
		WEB_TEST(cookies),
		WEB_TEST(search_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
