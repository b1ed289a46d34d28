/* SPDX-License-Identifier: ISC */
/* Threads: the order in which they are read, their shape on a page, pages of long ones. */
#include "web.h"

/* A forest as text: "1(2 3(4)) 5": nodes by id, answers in brackets, gaps with a star. */
static void
draw(struct gp_buf *b, const struct tree *t, int64_t i)
{
	for (; i >= 0; i = t->v[i].next) {
		gp_buf_printf(b, "%s%lld%s", b->len > 0 && b->p[b->len - 1] != '(' ? " " : "",
		    (long long)t->v[i].node->id, t->v[i].node->msg == NULL ? "*" : "");
		if (t->v[i].first >= 0) {
			gp_buf_putc(b, '(');
			draw(b, t, t->v[i].first);
			gp_buf_putc(b, ')');
		}
	}
}

static void
trees(void **state)
{
	/* Nodes in order of date: id, parent, and "!" when the message is not there. */
	static const struct {
		const char *name;
		struct { int id, parent; bool gone; } nodes[8];
		const char *want;
	} cases[] = {
		{"nothing", {{0}}, ""},
		{"one", {{1, 0}}, "1"},
		{"chain", {{1, 0}, {2, 1}, {3, 2}}, "1(2(3))"},
		{"branches by date", {{1, 0}, {2, 1}, {3, 1}, {4, 2}}, "1(2(4) 3)"},
		{"answer dated before", {{2, 1}, {1, 0}}, "1(2)"},
		{"gap with one answer", {{1, 0}, {9, 1, true}, {2, 9}}, "1(2)"},
		{"gap with two answers", {{1, 0}, {9, 1, true}, {2, 9}, {3, 9}}, "1(9*(2 3))"},
		{"gap at the root with one", {{9, 0, true}, {2, 9}}, "2"},
		{"gap at the root with two", {{9, 0, true}, {2, 9}, {3, 9}}, "9*(2 3)"},
		{"gap without answers", {{1, 0}, {9, 1, true}}, "1"},
		{"gaps in a row", {{9, 0, true}, {8, 9, true}, {1, 8}, {2, 1}}, "1(2)"},
		{"gaps in a row that part below", {{9, 0, true}, {8, 9, true}, {1, 8}, {2, 8}},
		    "8*(1 2)"},
		{"only gaps", {{9, 0, true}, {8, 9, true}}, ""},
		{"parent elsewhere", {{1, 77}, {2, 1}}, "1(2)"},
		{"itself", {{1, 1}, {2, 1}}, "1(2)"},
		{"loop of two", {{1, 2}, {2, 1}}, "1(2)"},
		{"loop of three with an answer", {{1, 3}, {2, 1}, {3, 2}, {4, 2}}, "1(2(3 4))"},
		{"two loops", {{1, 2}, {2, 1}, {3, 4}, {4, 3}}, "1(2) 3(4)"},
	};
	size_t c, n, i;

	(void)state;
	for (c = 0; c < GP_COUNT(cases); c++) {
		void *ctx = gp_ctx(NULL);
		struct gp_node nodes[8];
		struct gp_message msg = {0};
		struct gp_buf b;
		struct tree *t;

		memset(nodes, 0, sizeof(nodes));
		for (n = 0; n < 8 && cases[c].nodes[n].id != 0; n++) {
			nodes[n].id = cases[c].nodes[n].id;
			nodes[n].parent = cases[c].nodes[n].parent;
			nodes[n].msg = cases[c].nodes[n].gone ? NULL : &msg;
			nodes[n].state = cases[c].nodes[n].gone ? 0 : 1;
		}
		t = tree_new(ctx, nodes, n);
		gp_buf_init(&b, ctx, 1000);
		for (i = 0; i < n; i++)
			if (t->v[i].shown && t->v[i].up < 0) {
				gp_buf_puts(&b, b.len > 0 ? " " : "");
				gp_buf_printf(&b, "%lld%s", (long long)nodes[i].id,
				    nodes[i].msg == NULL ? "*" : "");
				if (t->v[i].first >= 0) {
					gp_buf_putc(&b, '(');
					draw(&b, t, t->v[i].first);
					gp_buf_putc(&b, ')');
				}
			}
		if (strcmp(b.p, cases[c].want) != 0)
			fail_msg("%s: %s, not %s", cases[c].name, b.p, cases[c].want);
		talloc_free(ctx);
	}
}

/* Whatever the links are: every message is shown once, behind what it answers. */
static void
any_links(void **state)
{
	enum { N = 300 };
	uint32_t seed = 1;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		void *ctx = gp_ctx(NULL);
		struct gp_node *nodes = gp_array(ctx, struct gp_node, N);
		struct gp_message msg = {0};
		size_t i, there = 0, seen = 0;
		struct tree *t;

		for (i = 0; i < N; i++) {
			seed = seed * 1103515245u + 12345u;
			nodes[i].id = (int64_t)i + 1;
			nodes[i].parent = (seed >> 16) % (N + 5);
			nodes[i].msg = (seed >> 8) % 4 == 0 ? NULL : &msg;
			there += nodes[i].msg != NULL;
		}
		t = tree_new(ctx, nodes, N);
		for (i = 0; i < t->order_n; i++) {
			const struct tree_node *node = &t->v[t->order[i]];

			assert_true(node->shown);
			assert_int_equal(node->place, i);
			assert_true(node->up < 0 || t->v[node->up].place < i);
			seen += node->node->msg != NULL;
		}
		assert_int_equal(seen, there);
		talloc_free(ctx);
	}
}

/* A chain as long as a thread can get is walked without recursion. */
static void
deep(void **state)
{
	enum { N = 100000 };
	void *ctx = gp_ctx(NULL);
	struct gp_node *nodes = gp_array(ctx, struct gp_node, N);
	struct gp_message msg = {0};
	struct tree *t;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++)
		nodes[i] = (struct gp_node){(int64_t)i + 1, (int64_t)i, 1, 1, &msg};
	t = tree_new(ctx, nodes, N);
	assert_int_equal(t->order_n, N);
	assert_int_equal(t->order[N - 1], N - 1);
	talloc_free(ctx);
}

/* ---- on a page ------------------------------------------------------------------------------- */

/* Order of the bodies in a page, as the numbers of their words: "word1 word2" is "1 2". */
static char *
order_in(struct reader *r, const char *html)
{
	struct gp_buf b;
	const char *p;

	gp_buf_init(&b, r->ctx, 1 << 16);
	html = strstr(html, "<main");	/* the head quotes the first one */
	assert_non_null(html);
	for (p = strstr(html, "word"); p != NULL; p = strstr(p + 4, "word"))
		gp_buf_printf(&b, "%s%.*s", b.len > 0 ? " " : "", (int)strspn(p + 4, "0123456789"),
		    p + 4);
	return b.p;
}

static void
nested_and_flat(void **state)
{
	struct reader *r = *state;
	char *root, *second, *html, *path;

	root = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "How now", "word1");
	second = post(r, "2@x.example", "1@x.example", "Bob <bob@example.org>", "Re: How now", "word2");
	post(r, "3@x.example", "1@x.example", "Cleo <c@example.org>", "Re: How now", "word3");
	post(r, "4@x.example", "2@x.example", "Ann <ann@example.org>", "Another thing (was: How now)", "word4");
	path = gp_asprintf(r->ctx, "/bees/t/%s", root);
	html = page(r, path);
	assert_string_equal(order_in(r, html), "1 2 4 3");
	has(html, "<div class=\"br\">");
	has(html, "in reply to <a href=\"#");
	has(html, "<p class=\"sub\" dir=\"auto\">Another thing (was: How now)</p>");
	has(html, "4 messages · 3 people");
	html = page(r, gp_asprintf(r->ctx, "%s?view=flat", path));
	assert_string_equal(order_in(r, html), "1 2 3 4");
	hasnt(html, "class=\"br\"");
	has(html, "name=\"robots\" content=\"noindex\"");
	html = page(r, gp_asprintf(r->ctx, "%s?view=flat&order=new", path));
	assert_string_equal(order_in(r, html), "4 3 2 1");
	/* Any member's key leads to its place. */
	{
		struct gp_response out;

		ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s", second), NULL, NULL, &out);
		assert_int_equal(out.status, 301);
		assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/t/%s/how-now#%s", root,
		    second));
		ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s.mbox", second), NULL, NULL, &out);
		assert_int_equal(out.status, 301);
		assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/t/%s.mbox", root));
		ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s.json", second), NULL, NULL, &out);
		assert_int_equal(out.status, 301);
	}
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/t/%s/any-slug-at-all", root)), 200);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "%s?after=%s", path, "aaaaaaaaaaaa")), 404);
}

/* As a moderator does, in a process of its own. */
static void
take_out(struct reader *r, const char *key)
{
	struct gp_store *store = r->p.site->store;
	struct gp_message *m;
	struct gp_err err;

	must(gp_store_begin(store, &err), &err);
	must(gp_message_find_key(r->ctx, store, r->p.bees->id, key, &m, &err), &err);
	must(gp_message_remove(store, m->id, &err), &err);
	must(gp_store_commit(store, &err), &err);
}

/* The first message is taken out: the thread lives on under the next one; then all of it goes. */
static void
no_root(void **state)
{
	struct reader *r = *state;
	char *root = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Headless", "word1");
	char *second = post(r, "2@x.example", "1@x.example", "Bob <b@example.org>", "Re: Headless",
	    "word2");
	struct gp_response out;

	take_out(r, root);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/t/%s", root)), 410);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/t/%s.atom", root)), 410);
	has(page(r, "/bees/"), second);
	has(page(r, "/bees/threads.atom"), "word2");
	hasnt(page(r, "/bees/threads.atom"), "word1");
	hasnt(page(r, "/bees/feed.atom"), "word1");
	hasnt(page(r, "/bees/search.json?q=word1"), root);
	ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s", second), NULL, NULL, &out);
	assert_int_equal(out.status, 200);
	take_out(r, second);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/t/%s", second)), 410);
	hasnt(page(r, "/bees/threads.atom"), "<entry>");
	hasnt(page(r, "/bees/"), second);
}

static void
gaps(void **state)
{
	struct reader *r = *state;
	char *root, *middle, *html, *quiet;

	root = post(r, "1@x.example", NULL, "Ann <ann@example.org>", "Gaps", "word1");
	middle = post(r, "2@x.example", "1@x.example", "Bob <bob@example.org>", "Re: Gaps", "word2");
	post(r, "3@x.example", "2@x.example", "Ann <ann@example.org>", "Re: Gaps", "word3");
	post(r, "4@x.example", "2@x.example", "Cleo <c@example.org>", "Re: Gaps", "word4");
	quiet = post_on(r, r->p.bees, "From: Dan <dan@example.org>\nSubject: Re: Gaps\n"
	    "Message-ID: <5@x.example>\nIn-Reply-To: <1@x.example>\nX-No-Archive: yes\n\nsecret5\n");
	take_out(r, middle);
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", root));
	assert_string_equal(order_in(r, html), "1 3 4");
	has(html, "A message was removed here.");
	hasnt(html, "secret5");
	hasnt(html, "Dan");
	/* Removed: gone everywhere, and said so. Not archived: never was. */
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s", middle)), 410);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s.eml", middle)), 410);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/t/%s", middle)), 410);
	assert_int_equal(status_of(r, "/mid/2@x.example"), 410);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s", quiet)), 404);
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/bees/m/%s.eml", quiet)), 404);
	assert_int_equal(status_of(r, "/mid/5@x.example"), 404);
	hasnt(page(r, gp_asprintf(r->ctx, "/bees/t/%s.mbox", root)), "secret5");
	hasnt(page(r, "/bees/feed.atom"), "secret5");
	hasnt(page(r, "/bees/search.json?q=secret5"), "Dan");
}

static void
long_thread(void **state)
{
	enum { N = 450 };
	struct reader *r = *state;
	char *root, *path, *html, *key = NULL;
	struct gp_response out;
	int i, seen = 0, pages = 0;
	json_t *doc;

	root = post(r, "0@x.example", NULL, "Ann <ann@example.org>", "Long", "word0");
	for (i = 1; i < N; i++) {
		char *k = post(r, gp_asprintf(r->ctx, "%d@x.example", i), gp_asprintf(r->ctx,
		    "%d@x.example", i % 7 == 0 ? 0 : i - 1), "Bob <bob@example.org>", "Re: Long", "b");

		if (i == 300)
			key = k;
	}
	/* Following "next" shows every message once. */
	for (path = gp_asprintf(r->ctx, "/bees/t/%s", root); path != NULL && pages < 10; pages++) {
		const char *p;

		html = page(r, path);
		for (p = strstr(html, "<article id="); p != NULL; p = strstr(p + 1, "<article id="))
			seen++;
		p = strstr(html, "<link rel=\"next\" href=\"");
		path = p == NULL ? NULL : gp_strndup(r->ctx, p + 23, strcspn(p + 23, "\""));
	}
	assert_int_equal(pages, 3);
	assert_int_equal(seen, N);
	/* A message in the middle: its link leads to the page where it is. */
	ask(r, "GET", gp_asprintf(r->ctx, "/bees/t/%s", key), NULL, NULL, &out);
	assert_int_equal(out.status, 301);
	*strchr(out.location, '#') = '\0';
	has(out.location, "?at=");
	has(page(r, out.location), gp_asprintf(r->ctx, "<article id=\"%s\"", key));
	doc = json_loads(page(r, gp_asprintf(r->ctx, "/bees/t/%s.json", root)), 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(doc, "page_of")), N);
	json_decref(doc);
}

/* A content note stands in front of a text that is folded, and in place of it wherever posts are shown in passing. */
static void
content_note(void **state)
{
	static const char *const passing[] = {"/bees/", "/bees.json", "/bees/2026/11/", "/bees/2026/11/23", "/bees/d/2026-11",
	    "/bees/feed.atom", "/bees/threads.atom", "/bees/t/K.atom", "/bees/search?q=froze", "/bees/search.json?q=froze",
	    "/bees/search.atom?q=froze", "/bees/files", "/"};
	struct reader *r = *state;
	struct gp_message *m;
	struct gp_err err;
	char *key, *html, *body;
	size_t i;

	key = post_on(r, r->p.bees, "From: Bob <bob@hidden.example>\nTo: bees@example.org\nSubject: Our winter\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <n@x.example>\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nThey froze.\n--x\nContent-Type: image/png\n"
	    "Content-Disposition: attachment; filename=hive.png\nContent-Transfer-Encoding: base64\n\naGl2ZQ==\n--x--\n");
	has(page(r, gp_asprintf(r->ctx, "/bees/t/%s", key)), "They froze");
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_message_find_key(r->ctx, r->p.site->store, r->p.bees->id, key, &m, &err), &err);
	must(gp_message_set_note(r->p.site->store, m->id, "loss of <b>ann@hidden.example", true, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	for (i = 0; i < 3; i++) {
		html = page(r, gp_asprintf(r->ctx, i == 0 ? "/bees/t/%s" : i == 1 ? "/bees/m/%s" : "/bees/m/%s?view=fixed", key));
		has(html, "<summary>Content note: <b dir=\"auto\">loss of &lt;b&gt;ann@");
		hasnt(html, "hidden.example");
		body = strstr(html, "<details class=\"cn\">");
		assert_non_null(body);
		assert_true(body < strstr(html, "They froze"));
		assert_true(strstr(html, "They froze") < strstr(html, "hive.png\" loading"));
		assert_true(strstr(html, "hive.png\" loading") < strstr(body, "</details>"));
		/* Nor in what others show of a link. */
		*body = '\0';
		hasnt(html, "froze");
	}
	for (i = 0; i < GP_COUNT(passing); i++) {
		char *path = gp_strdup(r->ctx, passing[i]), *k = strchr(path, 'K');

		if (k != NULL) {
			*k = '\0';
			path = gp_asprintf(r->ctx, "%s%s%s", path, key, k + 1);
		}
		html = page(r, path);
		if (strstr(path, "q=froze") == NULL)
			hasnt(html, "froze");
		hasnt(html, "They");
		hasnt(html, "hive.png");
		if (strcmp(path, "/") != 0)
			has(html, "loss of ");
	}
	/* A message without one, on the same page, is as ever. */
	key = post(r, "o@x.example", "n@x.example", "Ann <ann@hidden.example>", "Re: Our winter", "Ours thrive.");
	html = page(r, gp_asprintf(r->ctx, "/bees/m/%s", key));
	hasnt(html, "details class=\"cn\"");
	has(html, "Ours thrive.");
}

/* A copy on another list leads to the one page, which says so; who may read only the copy sees that. */
static void
shared(void **state)
{
	struct reader *r = *state;
	struct gp_response out;
	struct gp_message *m, *copy;
	struct gp_share *h;
	struct gp_list *list;
	struct gp_err err;
	char *key = post(r, "1@x.example", NULL, "Eve <eve@hidden.example>", "Nests", "marker"), *html;

	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_list_create(r->p.ctx, r->p.site->store, "wasps@example.org", &list, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	post_on(r, list, "From: Eve <eve@hidden.example>\nTo: bees@example.org\nSubject: Nests\n"
	    "Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <1@x.example>\n\nmarker\n");
	assert_int_equal(status_of(r, gp_asprintf(r->ctx, "/wasps/t/%s", key)), 200);
	hasnt(page(r, gp_asprintf(r->ctx, "/bees/t/%s", key)), "Also a thread of");
	must(gp_store_begin(r->p.site->store, &err), &err);
	must(gp_message_find_key(r->ctx, r->p.site->store, r->p.bees->id, key, &m, &err), &err);
	must(gp_message_find_key(r->ctx, r->p.site->store, list->id, key, &copy, &err), &err);
	must(gp_share_ask(r->ctx, r->p.site->store, m->id, list->id, "ann@example.org", &h, &err), &err);
	h->guest = copy->id;
	h->state = GP_SHARE_ON;
	must(gp_share_set(r->p.site->store, h, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	html = page(r, gp_asprintf(r->ctx, "/bees/t/%s", key));
	has(html, "Also a thread of");
	has(html, "<a href=\"/wasps/\" dir=\"auto\">wasps</a>");
	ask(r, "GET", gp_asprintf(r->ctx, "/wasps/t/%s", key), NULL, NULL, &out);
	assert_int_equal(out.status, 301);
	assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/t/%s", key));
	ask(r, "GET", gp_asprintf(r->ctx, "/wasps/m/%s.json", key), NULL, NULL, &out);
	assert_string_equal(out.location, gp_asprintf(r->ctx, "/bees/m/%s.json", key));
	/* Both lists' pages have it, a search of all once. */
	has(page(r, "/wasps/"), key);
	has(page(r, "/wasps/2026/11/"), key);
	has(page(r, "/wasps/feed.atom"), key);
	has(page(r, "/wasps/search?q=marker"), key);
	html = page(r, "/search?q=marker");
	has(html, "/bees/t/");
	hasnt(html, "/wasps/t/");
	set(r, "archive", "members");
	has(page(r, gp_asprintf(r->ctx, "/wasps/t/%s", key)), "Also a thread of");
	has(page(r, "/search?q=marker"), "/wasps/t/");
	must(gp_store_begin(r->p.site->store, &err), &err);
	h->state = GP_SHARE_OVER;
	must(gp_share_set(r->p.site->store, h, &err), &err);
	must(gp_store_commit(r->p.site->store, &err), &err);
	hasnt(page(r, gp_asprintf(r->ctx, "/wasps/t/%s", key)), "Also a thread of");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees), cmocka_unit_test(any_links), cmocka_unit_test(deep),
		WEB_TEST(content_note), WEB_TEST(nested_and_flat), WEB_TEST(gaps), WEB_TEST(no_root),
		WEB_TEST(long_thread),
		WEB_TEST(shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
