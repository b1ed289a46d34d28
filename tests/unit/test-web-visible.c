/* SPDX-License-Identifier: ISC */
/*
 * Threads that not all may see, and threads without names: every page, for every kind of reader. Who may not see a
 * thread finds none of its words anywhere; where there are no names, nobody does.
 */
#include "web.h"

enum who { STRANGER, WASP, LATE, THERE, WROTE_LATE, MODERATOR, WHO_COUNT };

static const char *const names[WHO_COUNT] = {"stranger", "wasp", "late", "there", "wrote late", "moderator"};
static const char *const addresses[WHO_COUNT] = {NULL, "wim@example.org", "lea@example.net", "bob@example.net",
	"zoe@example.net", "mia@example.net"};

struct stage {
	struct reader *r;
	const char *who[WHO_COUNT];
	char *key, *other;
	int64_t thread;
};

static int64_t
join(struct reader *r, int64_t list, const char *address, const char *name, int role, int64_t when)
{
	struct gp_err err;
	int64_t id;

	must(gp_member_add(r->p.site->store, list, address, name, role, GP_DELIVERY_EACH, when, &id, &err), &err);
	return id;
}

static char *
cookie_of(struct reader *r, const char *address)
{
	struct gp_person *p;
	struct gp_err err;
	char *cookie;

	if (address == NULL)
		return NULL;
	must(gp_person_find(r->ctx, r->site->store, address, &p, &err), &err);
	must(gp_login_cookie(r->ctx, r->site, p->id, &cookie, &err), &err);
	return gp_asprintf(r->ctx, "gp_reader=%s", cookie);
}

static char *
unzipped(struct reader *r, struct gp_str body)
{
	char *path = gp_asprintf(r->ctx, "%s/got.gz", r->p.dir), *text = gp_alloc(r->ctx, 1 << 18, "text");
	FILE *f = fopen(path, "w");
	struct gp_inflate *in;
	struct gp_err err;
	size_t n;

	assert_non_null(f);
	fwrite(body.p, 1, body.n, f);
	fclose(f);
	must(gp_inflate_open(r->ctx, path, &in, &err), &err);
	must(gp_inflate_read(in, text, (1 << 18) - 1, &n, &err), &err);
	text[n] = '\0';
	talloc_free(in);
	return text;
}

static char *
visit(struct reader *r, const char *cookie, const char *target, struct gp_response *out)
{
	struct gp_request q;

	assert_int_equal(gp_request_parse(r->ctx, "GET", gp_strdup(r->ctx, target), &q), 0);
	q.cookie = cookie;
	gp_web_answer(r->ctx, r->w, &q, out);
	if (out->body.n > 2 && memcmp(out->body.p, "\x1f\x8b", 2) == 0)
		return unzipped(r, out->body);
	return out->body.n > 0 ? gp_strndup(r->ctx, out->body.p, out->body.n) : gp_strdup(r->ctx, "");
}

static void
veil(struct stage *s, int visible, bool unnamed)
{
	struct gp_store *store = s->r->p.site->store;
	struct gp_veil v = {visible, unnamed};
	struct gp_err err;

	must(gp_store_begin(store, &err), &err);
	must(gp_thread_veil_set(store, s->thread, &v, &err), &err);
	must(gp_store_commit(store, &err), &err);
}

/* A public thread, and one with a question, an answer, a file, a page of the library and what a latecomer wrote. */
static void
open_stage(struct stage *s, struct reader *r)
{
	struct gp_store *store = r->p.site->store;
	int64_t now = gp_now(), bees = r->p.bees->id;
	struct gp_practice what = {.list = bees, .title = gp_strdup(r->ctx, "hidden page"),
	    .tags = gp_strdup(r->ctx, " "), .keeper = gp_strdup(r->ctx, "bob@example.net"),
	    .name = gp_strdup(r->ctx, "Bob Beekeeper")}, *p;
	struct gp_message *m;
	struct gp_list *wasps;
	struct gp_err err;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->r = r;
	must(gp_store_begin(store, &err), &err);
	must(gp_list_set(store, r->p.bees, "people", "yes", &err), &err);
	must(gp_list_create(r->p.ctx, store, "wasps@example.org", &wasps, &err), &err);
	join(r, wasps->id, addresses[WASP], "Wim", GP_ROLE_OWNER, now);
	join(r, bees, addresses[MODERATOR], "Mia", GP_ROLE_MODERATOR, now + 100);
	join(r, bees, addresses[LATE], "Lea", GP_ROLE_MEMBER, now + 100);
	join(r, bees, addresses[WROTE_LATE], "Zoe Zander", GP_ROLE_MEMBER, now + 100);
	must(gp_store_commit(store, &err), &err);
	s->other = post(r, "0@x.example", NULL, "Ann <ann@example.org>", "open marker", "openly");
	s->key = post_on(r, r->p.bees, "From: Bob Beekeeper <bob@example.net>\nTo: bees@example.org\n"
	    "Subject: hidden marker\nDate: Mon, 23 Nov 2026 10:00:00 +0200\nMessage-ID: <1@bobs-laptop.example>\n"
	    "X-Mailer: bobmail\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
	    "secretly marker\n\n-- \nBob Beekeeper, Apiary Ltd\n--b\nContent-Type: text/plain; name=secret.txt\n"
	    "Content-Disposition: attachment; filename=secret.txt\n\nfile of bob\n--b--\n");
	post(r, "2@zoes-laptop.example", "1@bobs-laptop.example", "Zoe Zander <zoe@example.net>",
	    "Re: hidden marker", "Dear Bob,\n\nsecretly marker too\n\nZoe\n\nOn Monday, Bob Beekeeper <bob@example.net> "
	    "wrote:\n> secretly marker\n");
	must(gp_message_find_key(r->ctx, store, bees, s->key, &m, &err), &err);
	s->thread = m->thread;
	must(gp_store_begin(store, &err), &err);
	what.message = m->id;
	must(gp_practice_keep(r->ctx, store, &what, &p, &err), &err);
	must(gp_thread_mark(store, s->thread, "question", 0, GP_MARK_AUTHOR, &err), &err);
	must(gp_old_path_add(store, bees, "/old/1.html", "1@bobs-laptop.example", &err), &err);
	must(gp_store_commit(store, &err), &err);
	for (i = 0; i < WHO_COUNT; i++)
		s->who[i] = cookie_of(r, addresses[i]);
}

static const char *const here[] = {"/bees/m/K/2-secret.txt", "/bees/questions", "/bees/questions.atom",
	"/bees/library/", "/bees/library/hidden-page", "/bees/d/", "/bees/d/2026-11-23", "/bees/d/feed.atom",
	"/bees/health", "/bees/sitemap.xml", "/bees/2026/sitemap.xml", "/mid/1@bobs-laptop.example",
	"/mid/1@bobs-laptop.exam", "/bees/1@bobs-laptop.example/", "/old/1.html", "/bees/search?q=Bob",
	"/bees/search?q=from:bob", "/bees/search?q=from:bob@example.net", "/bees/search?q=Apiary", "/bees/search?q=hidden",
	"/search?q=secretly", "/search.atom?q=secretly", "/bees/search.json?q=secretly", "/bees/t/K?since=2026-11-01", "/bees/nothing"};

static const char *
path_of(size_t i)
{
	return i < GP_COUNT(everywhere) ? everywhere[i] : i - GP_COUNT(everywhere) < GP_COUNT(here) ?
	    here[i - GP_COUNT(everywhere)] : NULL;
}

/* Is the path one of the thread's own, so that there is nothing for whoever may not see it? */
static bool
is_own(const char *path)
{
	return strchr(path, 'K') != NULL;
}

/* Words, title or key; but for what was asked for, which is said again. */
static bool
tells(const char *text, const char *path, const char *key)
{
	if (strstr(text, "secretly") != NULL && strstr(path, "secretly") == NULL)
		return true;
	if (strstr(text, "secretly marker") != NULL)
		return true;
	return !is_own(path) && strstr(path, "hidden") == NULL && (strstr(text, "hidden marker") != NULL ||
	    strstr(text, "hidden page") != NULL || strstr(text, key) != NULL);
}

static void
who_sees(void **state)
{
	static const struct {
		int visible;
		bool sees[WHO_COUNT];	/* stranger, another list, late, there, wrote late, moderator */
		int otherwise;
	} cases[] = {
		{GP_VISIBLE_LIST, {true, true, true, true, true, true}, 200},
		{GP_VISIBLE_MEMBERS, {false, false, true, true, true, true}, 403},
		{GP_VISIBLE_THEN, {false, false, false, true, true, true}, 403},
		{GP_VISIBLE_NONE, {false, false, false, false, false, false}, 404},
		{GP_VISIBLE_LIST, {true, true, true, true, true, true}, 200},
	};
	struct reader *r = *state;
	struct gp_response out;
	struct stage s;
	size_t i, k, w, seen;
	const char *path;
	char *text;

	open_stage(&s, r);
	for (i = 0; i < GP_COUNT(cases); i++) {
		veil(&s, cases[i].visible, false);
		seen = 0;
		/* Readers in turn, so that what is kept for one would be given to the next. */
		for (k = 0; (path = path_of(k)) != NULL; k++)
			for (w = 0; w < WHO_COUNT; w++) {
				size_t who = i % 2 ? WHO_COUNT - 1 - w : w;

				text = visit(r, s.who[who], with_key(r, path, s.key), &out);
				if (cases[i].sees[who]) {
					seen += strstr(text, "secretly") != NULL;
					continue;
				}
				if (tells(text, path, s.key))
					fail_msg("%s, %s: %s: %.400s", gp_visible_names[cases[i].visible], names[who],
					    path, strstr(text, "hidden") != NULL ? strstr(text, "hidden") : text);
				if (is_own(path) && out.status != cases[i].otherwise &&
				    !(out.status == 404 && (strstr(path, "people") || strstr(path, "secret.txt"))))
					fail_msg("%s, %s: %s: status %d", gp_visible_names[cases[i].visible], names[who], path,
					    out.status);
			}
		if (cases[i].visible != GP_VISIBLE_NONE)
			assert_true(seen > 20);
		/* The other thread is there all the while; and only a reader's own copy is private. */
		text = visit(r, NULL, "/bees/", &out);
		has(text, "open marker");
		assert_false(out.own);
		visit(r, s.who[THERE], "/bees/", &out);
		assert_true(out.own == (cases[i].visible != GP_VISIBLE_LIST));
	}
}

/* No name, no address, no machine, no file: for nobody, not even moderators. */
static void
no_names(void **state)
{
	static const char *const gone[] = {"Bob", "Beekeeper", "bob@", "Zoe", "Zander", "zoe@", "laptop", "bobmail",
		"Apiary", "file of", "secret.txt", "Received", "+0200", ">BB<", "\"BB\"", "\"ZZ\""};
	struct reader *r = *state;
	struct gp_response out;
	struct stage s;
	size_t k, w, g, seen = 0;
	const char *path;
	char *text, *at;

	open_stage(&s, r);
	veil(&s, GP_VISIBLE_LIST, true);
	for (k = 0; (path = path_of(k)) != NULL; k++)
		for (w = 0; w < WHO_COUNT; w += WHO_COUNT - 1) {
			text = visit(r, s.who[w], with_key(r, path, s.key), &out);
			seen += strstr(text, "secretly") != NULL;
			/* What was asked for is said again. */
			if (strstr(path, "q=Bob") || strstr(path, "from:bob") || strstr(path, "q=Apiary")) {
				hasnt(text, "secretly");
				continue;
			}
			for (g = 0; g < GP_COUNT(gone); g++)
				if ((at = strstr(text, gone[g])) != NULL && strncmp(path, "/mid/", 5) != 0 &&
				    strstr(path, "@bobs") == NULL && strstr(path, "secret.txt") == NULL)
					fail_msg("%s: %s has %s: ...%.200s", names[w], path, gone[g], at > text + 60 ? at - 60 : text);
		}
	assert_true(seen > 20);
	text = visit(r, NULL, with_key(r, "/bees/m/K.eml", s.key), &out);
	has(text, "From: ");
	has(text, "secretly marker");
	assert_int_equal(status_of(r, with_key(r, "/bees/people/K", s.key)), 404);
	/* The names come back when that is taken back. */
	veil(&s, GP_VISIBLE_LIST, false);
	has(visit(r, NULL, with_key(r, "/bees/t/K", s.key), &out), "Bob Beekeeper");
	has(visit(r, NULL, "/bees/search?q=from:bob", &out), "secretly");
}

/* Split off it stays as strict; joined it becomes so. An answer to the id that pages show goes to its thread. */
static void
moves(void **state)
{
	struct reader *r = *state;
	struct gp_store *store = r->p.site->store;
	struct gp_message *second, *first, *third;
	struct gp_response out;
	struct gp_veil v;
	struct gp_err err;
	struct stage s;
	struct gp_message **all;
	char *key;
	size_t n;

	open_stage(&s, r);
	veil(&s, GP_VISIBLE_MEMBERS, true);
	must(gp_message_find_msgid(r->ctx, store, r->p.bees->id, "2@zoes-laptop.example", &all, &n, &err), &err);
	second = all[0];
	must(gp_store_begin(store, &err), &err);
	must(gp_thread_split(store, r->p.bees, second->id, &err), &err);
	must(gp_store_commit(store, &err), &err);
	must(gp_message_find_id(r->ctx, store, second->id, &second, &err), &err);
	assert_true(second->thread != s.thread);
	must(gp_thread_veil(store, second->thread, &v, &err), &err);
	assert_int_equal(v.visible, GP_VISIBLE_MEMBERS);
	assert_true(v.unnamed);
	must(gp_message_find_key(r->ctx, store, r->p.bees->id, s.other, &first, &err), &err);
	must(gp_store_begin(store, &err), &err);
	must(gp_thread_join(store, r->p.bees, second->thread, first->id, &err), &err);
	must(gp_store_commit(store, &err), &err);
	must(gp_message_find_id(r->ctx, store, first->id, &first, &err), &err);
	must(gp_thread_veil(store, first->thread, &v, &err), &err);
	assert_int_equal(v.visible, GP_VISIBLE_MEMBERS);
	assert_true(v.unnamed);
	hasnt(visit(r, NULL, "/bees/", &out), "open marker");
	key = post(r, "3@x.example", gp_asprintf(r->ctx, "%s@unnamed.invalid", s.key), "Ann <ann@example.org>",
	    "Re: something else", "> secretly marker\n\nsecretly again");
	must(gp_message_find_key(r->ctx, store, r->p.bees->id, key, &third, &err), &err);
	assert_int_equal(third->thread, s.thread);
	/* The id of nobody is an id like any other. */
	key = post(r, "4@x.example", "abcdefghijkl@unnamed.invalid", "Ann <ann@example.org>", "alone", "openly");
	assert_int_equal(status_of(r, with_key(r, "/bees/t/K", key)), 200);
}

/* What the list wants holds from the first moment; who leaves sees nothing any more. */
static void
by_the_list(void **state)
{
	struct reader *r = *state;
	struct gp_response out;
	struct gp_err err;
	struct stage s;
	char *key;

	open_stage(&s, r);
	set(r, "visible", "members");
	key = post(r, "5@x.example", NULL, "Ann <ann@example.org>", "new marker", "secretly new");
	assert_int_equal(status_of(r, with_key(r, "/bees/t/K", key)), 403);
	has(visit(r, NULL, with_key(r, "/bees/t/K", key), &out), "/bees/log-in");
	has(visit(r, NULL, "/bees/log-in", &out), "type=\"email\"");
	has(visit(r, NULL, "/bees/", &out), "/bees/log-in");
	hasnt(visit(r, s.who[LATE], "/bees/", &out), "/bees/log-in");
	has(visit(r, s.who[LATE], with_key(r, "/bees/t/K", key), &out), "secretly new");
	has(visit(r, s.who[LATE], "/bees/", &out), "new marker");
	must(gp_store_begin(r->p.site->store, &err), &err);
	{
		struct gp_member *m;

		must(gp_member_find(r->ctx, r->p.site->store, r->p.bees->id, addresses[LATE], &m, &err), &err);
		must(gp_member_remove(r->p.site->store, m->id, &err), &err);
	}
	must(gp_store_commit(r->p.site->store, &err), &err);
	hasnt(visit(r, s.who[LATE], "/bees/", &out), "new marker");
	hasnt(visit(r, s.who[LATE], with_key(r, "/bees/t/K", key), &out), "secretly new");
	set(r, "unnamed", "all");
	key = post(r, "6@x.example", NULL, "Cleo Clay <cleo@example.org>", "one more", "words");
	hasnt(visit(r, s.who[THERE], with_key(r, "/bees/t/K", key), &out), "Cleo");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(who_sees), WEB_TEST(no_names), WEB_TEST(moves), WEB_TEST(by_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
