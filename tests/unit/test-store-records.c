/* SPDX-License-Identifier: ISC */
/* Closed threads, bans, texts of owners, the log of acts, counts. */
#include "store_lists.h"

/* ---- threads ------------------------------------------------------------------------- */

static int64_t
post(struct fixture *f, const struct gp_list *list, const char *id)
{
	struct gp_mail m = {.msgid = gp_strdup(f, id), .subject = gp_strdup(f, id),
	    .from_name = gp_strdup(f, "A"), .from_addr = gp_strdup(f, "a@b.example"),
	    .sender_addr = gp_strdup(f, ""), .text = gp_strdup(f, id)};
	struct gp_archived a;

	OK(gp_archive_add(f, f->s, list, &m, id, strlen(id), NOW, &a, err));
	return a.id;
}

static void
expect_closed(struct fixture *f, int64_t message, const char *want)
{
	struct gp_message *m;
	char *why;

	OK(gp_message_find_id(f, f->s, message, &m, err));
	OK(gp_thread_closed(f, f->s, m->thread, &why, err));
	assert_string_equal(why, want);
}

static void
test_closed_threads(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org"), *now;
	struct gp_message *a, *b;
	int64_t first, second;
	char *why;

	OK(gp_store_begin(f->s, err));
	first = post(f, list, "1@x.example");
	second = post(f, list, "2@x.example");
	OK(gp_message_find_id(f, f->s, first, &a, err));
	OK(gp_message_find_id(f, f->s, second, &b, err));
	OK(gp_list_find_id(f, f->s, list->id, &list, err));
	FAILS(GP_E_NOTFOUND, gp_thread_close(f->s, 99, "x", err));
	FAILS(GP_E_NOTFOUND, gp_thread_closed(f, f->s, 99, &why, err));
	OK(gp_thread_close(f->s, a->thread, "It is\r\nsaid\x1b", err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	expect_closed(f, first, "It is said");
	expect_closed(f, second, "");
	OK(gp_list_find_id(f, f->s, list->id, &now, err));
	assert_true(now->version > list->version);
	/* What is joined to it is closed with it; what is split off is not. */
	OK(gp_store_begin(f->s, err));
	OK(gp_thread_join(f->s, list, b->thread, first, err));
	expect_closed(f, second, "It is said");
	OK(gp_thread_split(f->s, list, second, err));
	expect_closed(f, second, "");
	expect_closed(f, first, "It is said");
	OK(gp_message_find_id(f, f->s, first, &a, err));
	OK(gp_thread_close(f->s, a->thread, "", err));
	OK(gp_store_commit(f->s, err));
	expect_closed(f, first, "");
}

/* ---- bans ---------------------------------------------------------------------------- */

static enum gp_status
ban(struct fixture *f, int64_t list, const char *pattern, int64_t until)
{
	struct gp_ban b = {.list = list, .pattern = gp_strdup(f, pattern), .until = until,
	    .reason = gp_strdup(f, pattern), .created = NOW};

	return gp_ban_add(f->s, &b, NULL);
}

static void
test_bans(void **state)
{
	static const char *const wrong[] = {"", "@", "ann", "spam.example", "@a b.example", "a@@b.example",
	    "@spam..example", "*@spam.example", "x@", "a@b.example\r\n", "@\xff.example"};
	static const struct { const char *address; int64_t list, now; const char *want; } cases[] = {
	    {"eve@example.org", 1, NOW, "Eve@Example.org"}, {"EVE@example.ORG", 1, NOW, "Eve@Example.org"},
	    {"eve@example.org", 2, NOW, NULL}, {"bob@example.org", 1, NOW, NULL},
	    {"a@spam.example", 1, NOW, "@Spam.example"}, {"a@spam.example", 2, NOW, "@Spam.example"},
	    {"a@mail.of.spam.example", 1, NOW, "@Spam.example"}, {"a@notspam.example", 1, NOW, NULL},
	    {"spam.example@example.org", 1, NOW, NULL}, {"a@spam.example.org", 1, NOW, NULL},
	    {"\"a@spam.example\"@example.org", 1, NOW, NULL}, {"a@example", 1, NOW, NULL},
	    {"a@tmp.example", 1, NOW, "@tmp.example"}, {"a@tmp.example", 1, NOW + 9, "@tmp.example"},
	    {"a@tmp.example", 1, NOW + 10, NULL}, {"bob@tmp.example", 1, NOW + 10, "bob@tmp.example"},
	    {"x@b\xc3\xbc" "cher.example", 1, NOW, "@xn--bcher-kva.example"},
	    {"rubbish", 1, NOW, NULL}, {"", 1, NOW, NULL}, {"@spam.example", 1, NOW, NULL}};
	struct fixture *f = *state;
	int64_t bees = new_list(f, "bees@example.org")->id;
	struct gp_ban *b, **all;
	enum gp_status want;
	size_t i, n;

	new_list(f, "ants@example.org");
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(wrong); i++)
		if (ban(f, bees, wrong[i], 0) != GP_E_PARSE)
			fail_msg("%s", wrong[i]);
	assert_int_equal(ban(f, bees, "Eve@Example.org", 0), GP_OK);
	assert_int_equal(ban(f, 0, "@Spam.example", 0), GP_OK);
	assert_int_equal(ban(f, bees, "@tmp.example", NOW + 10), GP_OK);
	assert_int_equal(ban(f, bees, "bob@tmp.example", NOW + 5), GP_OK);
	assert_int_equal(ban(f, bees, "BOB@tmp.example", NOW + 50), GP_OK); /* in its place */
	assert_int_equal(ban(f, bees, "@xn--bcher-kva.example", 0), GP_OK);
	OK(gp_sql_run(f->s, "UPDATE ban SET reason = 'bob@tmp.example' WHERE pattern LIKE 'bob%'",
	    GP_NOARGS, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	for (i = 0; i < GP_COUNT(cases); i++) {
		want = gp_ban_find(f, f->s, cases[i].list, cases[i].address, cases[i].now, &b, NULL);
		if (want != (cases[i].want != NULL ? GP_OK : GP_E_NOTFOUND) ||
		    (want == GP_OK && strcmp(b->reason, cases[i].want) != 0))
			fail_msg("%zu: %s", i, cases[i].address);
	}
	OK(gp_ban_all(f, f->s, bees, &all, &n, err));
	assert_int_equal(n, 4);
	assert_string_equal(all[0]->pattern, "@tmp.example");
	assert_string_equal(all[3]->pattern, "eve@example.org");
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_ban_remove(f->s, 0, "eve@example.org", err));
	FAILS(GP_E_NOTFOUND, gp_ban_remove(f->s, bees, "rubbish", err));
	FAILS(GP_E_NOTFOUND, gp_ban_remove(f->s, bees, "@spam.example", err));
	OK(gp_ban_remove(f->s, bees, "EVE@example.org", err));
	OK(gp_ban_forget(f->s, NOW + 10, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_ban_all(f, f->s, bees, &all, &n, err));
	assert_int_equal(n, 2);
	/* The list's own comes before the site's; and goes with the list. */
	OK(gp_store_begin(f->s, err));
	assert_int_equal(ban(f, bees, "@spam.example", 0), GP_OK);
	OK(gp_ban_find(f, f->s, bees, "a@spam.example", NOW, &b, err));
	assert_int_equal(b->list, bees);
	OK(gp_list_delete(f->s, bees, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(count(f, "SELECT count(*) FROM ban"), 1);
}

/* ---- texts, acts, counts ------------------------------------------------------------- */

static void
test_texts(void **state)
{
	static const struct { const char *name, *language, *body; enum gp_status want; } cases[] = {
	    {"welcome", "de", "Hallo", GP_OK}, {"../welcome", "de", "x", GP_E_PARSE},
	    {"welcome", "../de", "x", GP_E_PARSE}, {"", "de", "x", GP_E_PARSE},
	    {"welcome", "", "x", GP_E_PARSE}, {"Welcome", "de", "x", GP_E_PARSE},
	    {"welcome", "de", "\xff", GP_E_PARSE}, {"welcome", "de", "a\x1b", GP_E_PARSE},
	    {"welcome", "de", "Hallo\n\n* du\n", GP_OK}, {"goodbye", "en", "", GP_OK}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_list_text *t, **all;
	int64_t version;
	size_t i, n;
	char *big = gp_alloc_array(f, 1, GP_MAX_MARKDOWN + 2, "big");

	memset(big, 'x', GP_MAX_MARKDOWN + 1);
	FAILS(GP_E_NOTFOUND, gp_text_find(f, f->s, list->id, "welcome", "de", &t, err));
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_text_put(f->s, list->id, cases[i].name, cases[i].language, cases[i].body, "ann",
		    NOW + (int64_t)i, &version, NULL) != cases[i].want)
			fail_msg("%zu", i);
	FAILS(GP_E_TOOBIG, gp_text_put(f->s, list->id, "welcome", "de", big, "ann", NOW, &version, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_text_find(f, f->s, list->id, "welcome", "de", &t, err));
	assert_int_equal(t->version, 2);
	assert_string_equal(t->body, "Hallo\n\n* du\n");
	assert_string_equal(t->by, "ann");
	assert_int_equal(t->time, NOW + 8);
	FAILS(GP_E_NOTFOUND, gp_text_find(f, f->s, list->id, "welcome", "en", &t, err));
	FAILS(GP_E_NOTFOUND, gp_text_find(f, f->s, list->id + 1, "welcome", "de", &t, err));
	FAILS(GP_E_NOTFOUND, gp_text_find(f, f->s, list->id, "goodbye", "en", &t, err));
	OK(gp_text_all(f, f->s, list->id, "welcome", "de", &all, &n, err));
	assert_int_equal(n, 2);
	assert_int_equal(all[0]->version, 2);
	assert_string_equal(all[1]->body, "Hallo");
	OK(gp_text_all(f, f->s, list->id, NULL, NULL, &all, &n, err));
	assert_int_equal(n, 2);
	assert_string_equal(all[0]->name, "goodbye");
	assert_int_equal(all[1]->version, 2);
	/* Given back, and written anew. */
	OK(gp_store_begin(f->s, err));
	OK(gp_text_put(f->s, list->id, "welcome", "de", "", NULL, NOW, &version, err));
	FAILS(GP_E_NOTFOUND, gp_text_find(f, f->s, list->id, "welcome", "de", &t, err));
	OK(gp_text_put(f->s, list->id, "welcome", "de", "Neu", "bob", NOW, &version, err));
	assert_int_equal(version, 4);
	OK(gp_list_delete(f->s, list->id, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(count(f, "SELECT count(*) FROM text"), 0);
}

static void
test_acts(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_act_record act = {.list = list->id, .who = "ann@example.org", .verb = "join"}, **all;
	size_t n;
	int i;

	OK(gp_act_all(f, f->s, list->id, 0, 10, &all, &n, err));
	assert_int_equal(n, 0);
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < 7; i++) {
		act.what = gp_asprintf(f, "%d", i);
		gp_clock_set(NOW + i, true);
		OK(gp_act_add(f->s, &act, err));
	}
	act.list = 0;
	OK(gp_act_add(f->s, &act, err));
	OK(gp_store_commit(f->s, err));
	gp_clock_set(NOW, true);
	reopen(f);
	OK(gp_act_all(f, f->s, list->id, 0, 5, &all, &n, err));
	assert_int_equal(n, 5);
	assert_string_equal(all[0]->what, "6");
	assert_int_equal(all[0]->time, NOW + 6);
	assert_string_equal(all[0]->who, "ann@example.org");
	assert_string_equal(all[0]->detail, "");
	OK(gp_act_all(f, f->s, list->id, all[4]->id, 5, &all, &n, err));
	assert_int_equal(n, 2);
	assert_string_equal(all[1]->what, "0");
	OK(gp_act_all(f, f->s, 0, 0, 5, &all, &n, err));
	assert_int_equal(n, 1);
}

static void
test_counts(void **state)
{
	static const struct { const char *kind, *key; int64_t now, want; } cases[] = {
	    {"answer", "ann", NOW, 1}, {"answer", "ann", NOW + 5, 2}, {"answer", "bob", NOW + 5, 1},
	    {"login", "ann", NOW + 5, 1}, {"answer", "ann", NOW + 9, 3},
	    {"answer", "ann", NOW + 10, 1},	/* the next span */
	    {"answer", "ann", NOW + 19, 2}, {"answer", "ann", NOW + 20, 1},
	    {"answer", "ann", NOW, 1},		/* the clock was set back */
	    {"answer", "ann", NOW + 1, 2}, {"answer", "'; DROP TABLE count", NOW, 1}};
	struct fixture *f = *state;
	size_t i;
	int64_t n;

	OK(gp_count_get(f->s, "answer", "ann", NOW, 10, &n, err));
	assert_int_equal(n, 0);
	for (i = 0; i < GP_COUNT(cases); i++) {
		OK(gp_store_begin(f->s, err));
		OK(gp_count_add(f->s, cases[i].kind, cases[i].key, cases[i].now, 10, &n, err));
		if (n != cases[i].want)
			fail_msg("%zu: %d", i, (int)n);
		OK(gp_store_commit(f->s, err));
		OK(gp_count_get(f->s, cases[i].kind, cases[i].key, cases[i].now, 10, &n, err));
		assert_int_equal(n, cases[i].want);
		if (i == 4)
			reopen(f);
	}
	OK(gp_count_get(f->s, "answer", "ann", NOW + 10, 10, &n, err));
	assert_int_equal(n, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_count_forget(f->s, NOW + 5, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(count(f, "SELECT count(*) FROM count"), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_closed_threads),
		STORE_TEST(test_bans),
		STORE_TEST(test_texts),
		STORE_TEST(test_acts),
		STORE_TEST(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
