/* SPDX-License-Identifier: ISC */
/* The archive: what goes in comes out the same, once, and is found by every way there is. */
#include "store_lists.h"

/* A message with a body, as a parser would give it. */
static struct gp_mail *
mail_of(const void *ctx, const char *id, const char *from, const char *subject, const char *text,
    int64_t date)
{
	struct gp_mail *m = gp_new(ctx, struct gp_mail);

	m->flags = GP_MAIL_DATE_OK;
	m->date = date;
	m->zone = 60;
	m->subject = gp_strdup(m, subject);
	m->from_name = gp_strdup(m, from);
	m->from_addr = gp_asprintf(m, "%s@example.org", from);
	m->sender_addr = gp_strdup(m, "");
	m->msgid = gp_strdup(m, id);
	m->text = gp_strdup(m, text);
	m->text_n = strlen(text);
	m->own = m->text;
	m->own_n = m->text_n;
	m->snippet = gp_strdup(m, "a snippet");
	return m;
}

static char *
raw_of(const void *ctx, const struct gp_mail *m, const char *extra)
{
	return gp_asprintf(ctx, "%sFrom: %s <%s>\r\nSubject: %s\r\n\r\n%s", extra, m->from_name,
	    m->from_addr, m->subject, m->text);
}

static struct gp_archived
put(struct fixture *f, struct gp_list *list, const struct gp_mail *m, const char *raw)
{
	struct gp_archived a = {0};

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), NOW, &a, err));
	OK(gp_store_commit(f->s, err));
	return a;
}

static void
test_out_as_in(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_mail *m = mail_of(f, "a@x.example", "Ann", "Re: [bees] Swarm", "hello\n", NOW - 5), got;
	char *raw = raw_of(f, m, "X-Odd: \xff\xfe\r\n"), *back;
	struct gp_part part = {.index = 1, .type = gp_strdup(f, "image/png"), .name = gp_strdup(f, "a.png"),
	    .cte = GP_CTE_BASE64, .flags = GP_PART_ATTACHMENT, .head = 3, .body = 5, .len = 7, .size = 5};
	struct gp_archived a;
	struct gp_message *msg, **v;
	size_t n;

	m->parts = &part;
	m->parts_n = 1;
	m->html = gp_strdup(f, "<p>hello</p>");
	m->html_n = strlen(m->html);
	list->set.tag = gp_strdup(f, "[bees]");
	a = put(f, list, m, raw);
	assert_false(a.duplicate);
	assert_string_equal(a.msgid, "a@x.example");
	assert_int_equal(strlen(a.key), 12);
	assert_string_equal(a.key, gp_msgid_key(f, "a@x.example", 12));

	OK(gp_message_raw(f, f->s, a.id, &back, &n, err));
	assert_int_equal(n, strlen(raw));
	assert_memory_equal(back, raw, n);
	OK(gp_message_mail(f, f->s, a.id, &got, &back, &n, err));
	assert_string_equal(got.text, "hello\n");
	assert_string_equal(got.html, "<p>hello</p>");
	assert_string_equal(got.snippet, "a snippet");
	assert_int_equal(got.parts_n, 1);
	assert_string_equal(got.parts[0].name, "a.png");
	assert_memory_equal(back, raw, n);

	OK(gp_message_find_key(f, f->s, list->id, a.key, &msg, err));
	assert_int_equal(msg->id, a.id);
	assert_string_equal(msg->subject, "Re: [bees] Swarm");
	assert_string_equal(msg->title, "Swarm");
	assert_string_equal(msg->from_name, "Ann");
	assert_int_equal(msg->zone, 60);
	assert_int_equal(msg->date, NOW - 5);
	assert_int_equal(msg->received, NOW);
	assert_int_equal(msg->attachments, 1);
	assert_int_equal(msg->size, strlen(raw));
	assert_int_equal(msg->state, 1);
	OK(gp_message_find_msgid(f, f->s, 0, "a@x.example", &v, &n, err));
	assert_int_equal(n, 1);
	OK(gp_message_find_msgid(f, f->s, list->id + 1, "a@x.example", &v, &n, err));
	assert_int_equal(n, 0);
	FAILS(GP_E_NOTFOUND, gp_message_find_key(f, f->s, list->id, "aaaaaaaaaaaa", &msg, err));
	FAILS(GP_E_NOTFOUND, gp_message_find_key(f, f->s, list->id + 1, a.key, &msg, err));
	FAILS(GP_E_NOTFOUND, gp_message_find_id(f, f->s, 0, &msg, err));
	FAILS(GP_E_NOTFOUND, gp_message_find_id(f, f->s, -1, &msg, err));
	FAILS(GP_E_NOTFOUND, gp_message_raw(f, f->s, 99, &back, &n, err));
}

static void
test_dates(void **state)
{
	static const struct {
		unsigned flags;
		int64_t date, want;
	} cases[] = {{GP_MAIL_DATE_OK, NOW - 100, NOW - 100}, {GP_MAIL_DATE_OK, NOW + 86400, NOW + 86400},
	    {GP_MAIL_DATE_OK, NOW + 86401, NOW}, {GP_MAIL_DATE_OK, 0, NOW}, {GP_MAIL_DATE_OK, -5, NOW},
	    {0, NOW - 100, NOW}, {GP_MAIL_DATE_OK, INT64_MAX, NOW}, {GP_MAIL_DATE_OK, 1, 1}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_message *msg;
	struct gp_mail *m;
	char *parent[1] = {gp_strdup(f, "0@x.example")};
	size_t i;

	for (i = 0; i < GP_COUNT(cases); i++) {
		m = mail_of(f, gp_asprintf(f, "%zu@x.example", i), "Ann", "x", "y", cases[i].date);
		m->flags = cases[i].flags;
		OK(gp_message_find_id(f, f->s, put(f, list, m, "raw").id, &msg, err));
		assert_int_equal(msg->date, cases[i].want);
	}
	/* Before its parent: the time of arrival counts. */
	m = mail_of(f, "r@x.example", "Ann", "x", "y", NOW - 200);
	m->in_reply_to = parent;
	m->in_reply_to_n = 1;
	OK(gp_message_find_id(f, f->s, put(f, list, m, "raw").id, &msg, err));
	assert_int_equal(msg->date, NOW);
	assert_string_equal(msg->parent_key, gp_msgid_key(f, "0@x.example", 12));
}

static void
test_duplicates(void **state)
{
	static const struct {
		const char *name, *text, *extra;
		bool duplicate;
	} cases[] = {{"the first", "hello\nbees\n", "", false},
	    {"the same bytes", "hello\nbees\n", "", true},
	    {"another path", "hello\nbees\n", "Received: by x\r\n", true},
	    {"white space", "hello  \n\nbees\n\n\n", "", true},
	    {"a list's footer", "hello\nbees\n\n_______________________________________________\n"
	        "bees mailing list\nhttps://x.example/\n", "", true},
	    {"another footer", "hello\nbees\n-- \nbees\n", "", true},
	    {"other words", "hello\nwasps\n", "", false},
	    {"other words again", "hello\nwasps\n", "", true},
	    {"more words", "hello\nbees\nand more\n", "", false},
	    {"fewer words", "hello\n", "", false},
	    {"words behind a rule", "hello\nbees\n____________________\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	        "11\n12\n13\n14\n", "", false},
	    {"no words", "", "", false}, {"no words again", "", "X-A: b\r\n", true}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org");
	struct gp_archived a, first = {0};
	struct gp_message **v;
	struct gp_mail *m;
	size_t i, n, kept = 0;

	for (i = 0; i < GP_COUNT(cases); i++) {
		m = mail_of(f, "a@x.example", "Ann", "x", cases[i].text, NOW);
		a = put(f, list, m, raw_of(f, m, cases[i].extra));
		if (a.duplicate != cases[i].duplicate)
			fail_msg("%s", cases[i].name);
		if (i == 0)
			first = a;
		if (i == 1) {
			assert_int_equal(a.id, first.id);
			assert_string_equal(a.key, first.key);
		}
		kept += !a.duplicate;
	}
	OK(gp_message_find_msgid(f, f->s, list->id, "a@x.example", &v, &n, err));
	assert_int_equal(n, kept);
	for (i = 1; i < n; i++) {
		assert_int_equal(v[i]->thread, v[0]->thread);
		assert_string_not_equal(v[i]->key, v[0]->key);
	}
	/* Another list has its own. */
	m = mail_of(f, "a@x.example", "Ann", "x", cases[0].text, NOW);
	a = put(f, ants, m, raw_of(f, m, ""));
	assert_false(a.duplicate);
	assert_string_equal(a.key, first.key);
	OK(gp_message_find_msgid(f, f->s, 0, "a@x.example", &v, &n, err));
	assert_int_equal(n, kept + 1);
}

static void
test_no_msgid(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_mail *m = mail_of(f, NULL, "Ann", "x", "y", NOW);
	struct gp_archived a = put(f, list, m, "one"), b = put(f, list, m, "two"),
	    c = put(f, list, m, "one");

	assert_non_null(strchr(a.msgid, '@'));
	assert_string_not_equal(a.msgid, b.msgid);
	assert_string_equal(a.msgid, c.msgid);
	assert_true(c.duplicate);
}

/* Pages by key, newest first, without gaps or repeats. */
/* Twenty messages on one list and five on another. */
static void
fill_lists(struct fixture *f, struct gp_list **list, struct gp_list **ants)
{
	struct gp_mail *m;
	size_t i;

	*list = new_list(f, "bees@example.org");
	*ants = new_list(f, "ants@example.org");
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < 25; i++) {
		struct gp_archived a;

		/* Several at one moment. */
		m = mail_of(f, gp_asprintf(f, "%zu@x.example", i), i % 2 ? "Ann" : "Bob",
		    gp_asprintf(f, "subject %zu", i), "text", NOW - (int64_t)(i / 5) * 20 * 86400);
		OK(gp_archive_add(f, f->s, i < 20 ? *list : *ants, m, "raw", 3, NOW, &a, err));
	}
	OK(gp_store_commit(f->s, err));
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	int64_t last = 0, id = 0, date = 0, seen = 0;
	struct gp_list *list, *ants;
	struct gp_thread **t;
	struct gp_message **v;
	size_t n, i;

	fill_lists(f, &list, &ants);
	do {
		OK(gp_thread_newest(f, f->s, list->id, last, id, 3, &t, &n, err));
		for (i = 0; i < n; i++, seen++) {
			assert_true(last == 0 || t[i]->last < last || (t[i]->last == last && t[i]->id < id));
			last = t[i]->last;
			id = t[i]->id;
		}
	} while (n == 3);
	assert_int_equal(seen, 20);
	for (seen = 0, id = 0;; seen += (int64_t)n) {
		OK(gp_message_newest(f, f->s, list->id, date, id, 7, &v, &n, err));
		if (n == 0)
			break;
		date = v[n - 1]->date;
		id = v[n - 1]->id;
	}
	assert_int_equal(seen, 20);
	for (seen = 0, id = 0;; seen += (int64_t)n) {
		OK(gp_message_since(f, f->s, list->id, id, 6, &v, &n, err));
		if (n == 0)
			break;
		assert_true(v[0]->id > id);
		id = v[n - 1]->id;
	}
	assert_int_equal(seen, 20);
	OK(gp_thread_between(f, f->s, list->id, NOW - 20 * 86400, NOW, 0, 0, 3, &t, &n, err));
	assert_int_equal(n, 3);
	OK(gp_thread_between(f, f->s, list->id, NOW - 20 * 86400, NOW, t[2]->first, t[2]->id, 9, &t, &n,
	    err));
	assert_int_equal(n, 2);
}

static void
test_stats(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list, *ants;
	struct gp_list_stats stats;
	struct gp_store_stats all;
	struct gp_month *months;
	size_t n;

	fill_lists(f, &list, &ants);
	OK(gp_list_months(f, f->s, list->id, &months, &n, err));
	assert_int_equal(n, 3);
	assert_int_equal(months[0].year, 2026);
	assert_int_equal(months[0].month, 9);
	assert_int_equal(months[0].messages, 5);
	assert_int_equal(months[2].messages, 10);
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.people, 2);
	assert_int_equal(stats.threads, 20);
	assert_int_equal(stats.last, NOW);
	assert_int_equal(stats.last_30_days, 10);
	FAILS(GP_E_NOTFOUND, gp_list_stats(f->s, 99, NOW, &stats, err));
	OK(gp_store_stats(f->s, &all, err));
	assert_int_equal(all.messages, 25);
	assert_int_equal(all.lists, 2);
	assert_true(all.bytes > 0);
}

static void
test_all_lists(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list, *ants;
	struct gp_thread **t;
	int64_t seen;
	size_t n;

	fill_lists(f, &list, &ants);
	/* All public lists, and not the one that is not. */
	OK(gp_thread_newest(f, f->s, 0, 0, 0, 100, &t, &n, err));
	assert_int_equal(n, 25);
	OK(gp_store_begin(f->s, err));
	OK(gp_list_set(f->s, ants, "archive", "off", err));
	OK(gp_store_commit(f->s, err));
	OK(gp_thread_newest(f, f->s, 0, 0, 0, 100, &t, &n, err));
	assert_int_equal(n, 20);
	OK(gp_store_begin(f->s, err));
	OK(gp_list_delete(f->s, list->id, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &seen, "SELECT count(*) FROM body", GP_NOARGS, err));
	assert_int_equal(seen, 5);
	OK(gp_sql_int(f->s, &seen, "SELECT count(*) FROM thread", GP_NOARGS, err));
	assert_int_equal(seen, 5);
}

static void
test_replies_and_names(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	static const char *const people[] = {"Ann", "Bob", "Ann", "Cem", "Dan", "Eve", "Fay"};
	char *parent[1] = {gp_strdup(f, "0@x.example")};
	struct gp_archived a = {0}, root = {0};
	struct gp_message **v;
	struct gp_thread *t;
	struct gp_mail *m;
	size_t i, n;

	for (i = 0; i < GP_COUNT(people); i++) {
		m = mail_of(f, gp_asprintf(f, "%zu@x.example", i), people[i], "x", "y", NOW + (int64_t)i);
		m->in_reply_to = parent;
		m->in_reply_to_n = i > 0;
		a = put(f, list, m, gp_asprintf(f, "%zu", i));
		if (i == 0)
			root = a;
	}
	OK(gp_message_replies(f, f->s, root.id, &v, &n, err));
	assert_int_equal(n, 6);
	assert_string_equal(v[5]->from_name, "Fay");
	OK(gp_thread_find(f, f->s, root.thread, &t, err));
	assert_int_equal(t->messages, 7);
	assert_int_equal(t->people, 6);
	assert_string_equal(t->authors, "Ann, Bob, Cem, Dan, Eve");
	assert_string_equal(t->key, root.key);
	assert_int_equal(t->last_id, a.id);
	assert_int_equal(t->first, NOW);
	assert_int_equal(t->last, NOW + 6);
	FAILS(GP_E_NOTFOUND, gp_thread_find(f, f->s, 99, &t, err));
}

/* What was packed without a dictionary, and with one, comes back; the same after a restart. */
static void
test_dictionary(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_str samples[300];
	struct gp_archived a, b;
	struct gp_mail *m;
	int64_t small, large, count;
	char *raw, *back;
	size_t i, n;

	for (i = 0; i < GP_COUNT(samples); i++) {
		m = mail_of(f, "x@y.example", i % 3 ? "Ann" : "Bob", gp_asprintf(f, "about %zu", i * 7919),
		    "The bees and the wax and the honey and the hive are here.\r\n", NOW);
		raw = raw_of(f, m, gp_asprintf(f, "Received: from mail%zu.example.org by mx.example.org; "
		    "%zu Nov 2026\r\nMessage-ID: <%zu@mail.example.org>\r\n", i % 9, i, i * 104729));
		samples[i] = GP_STR(raw);
	}
	m = mail_of(f, "a@x.example", "Ann", "x", "The bees and the wax\n", NOW);
	raw = raw_of(f, m, samples[7].p);
	a = put(f, list, m, raw);
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_learn(f->s, samples, 5, err));	/* too few */
	OK(gp_sql_int(f->s, &count, "SELECT count(*) FROM dictionary", GP_NOARGS, err));
	assert_int_equal(count, 0);
	OK(gp_archive_learn(f->s, samples, GP_COUNT(samples), err));
	gp_store_rollback(f->s);
	m->msgid = gp_strdup(m, "c@x.example");
	put(f, list, m, raw);	/* not with what was undone */
	OK(gp_store_begin(f->s, err));
	OK(gp_archive_learn(f->s, samples, GP_COUNT(samples), err));
	OK(gp_archive_learn(f->s, samples, GP_COUNT(samples), err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &count, "SELECT count(*) FROM dictionary", GP_NOARGS, err));
	assert_int_equal(count, 1);
	m->msgid = gp_strdup(m, "b@x.example");
	b = put(f, list, m, raw);
	OK(gp_sql_int(f->s, &large, "SELECT length(data) FROM body WHERE id = ?1",
	    GP_ARGS(GP_INT(a.id)), err));
	OK(gp_sql_int(f->s, &small, "SELECT length(data) FROM body WHERE id = ?1",
	    GP_ARGS(GP_INT(b.id)), err));
	assert_true(small < large * 3 / 4);
	gp_store_close(f->s);
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
	OK(gp_message_raw(f, f->s, a.id, &back, &n, err));
	assert_string_equal(back, raw);
	OK(gp_message_raw(f, f->s, b.id, &back, &n, err));
	assert_string_equal(back, raw);
	/* A damaged blob is an error, not a crash. */
	OK(gp_sql_script(f->s, "UPDATE body SET data = substr(data, 1, length(data) - 5)", err));
	FAILS(GP_E_DB, gp_message_raw(f, f->s, b.id, &back, &n, err));
	OK(gp_sql_script(f->s, "UPDATE body SET data = x'00'", err));
	FAILS(GP_E_DB, gp_message_raw(f, f->s, b.id, &back, &n, err));
	OK(gp_sql_script(f->s, "UPDATE body SET data = NULL WHERE 0; DELETE FROM dictionary", err));
}

/* The disk is full in the middle of a post: nothing of it is there, the rest is whole, and the
 * next post goes through once there is room. */
static void
test_full(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	char *text = gp_alloc_array(f, 1, 300001, "text");
	struct gp_archived a;
	struct gp_list_stats stats;
	struct gp_mail *m;
	int64_t pages;
	uint32_t x = 1;
	size_t i;
	char sql[64], *problems;

	for (i = 0; i < 300000; i++) {	/* nothing that could be compressed */
		x = x * 1664525 + 1013904223;
		text[i] = (char)(' ' + (x >> 24) % 90);
	}
	put(f, list, mail_of(f, "a@x.example", "Ann", "x", "y", NOW), "raw");
	OK(gp_sql_int(f->s, &pages, "PRAGMA page_count", GP_NOARGS, err));
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d", (int)pages + 5);
	OK(gp_sql_script(f->s, sql, err));
	m = mail_of(f, "b@x.example", "Ann", "x", text, NOW);
	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_FULL, gp_archive_add(f, f->s, list, m, text, 300000, NOW, &a, err));
	gp_store_rollback(f->s);
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 1);
	put(f, list, mail_of(f, "c@x.example", "Ann", "x", "small", NOW), "raw");
	OK(gp_sql_script(f->s, "PRAGMA max_page_count = 100000", err));
	a = put(f, list, m, text);
	assert_false(a.duplicate);
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 3);
	OK(gp_store_check(f, f->s, false, &problems, err));
	assert_string_equal(problems, "");
}

/* A reader sees whole transactions only; a tool adds beside the server. */
static void
test_readers(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_store *reader, *tool;
	struct gp_list_stats stats;
	struct gp_archived a;
	struct gp_thread **t;
	size_t n;

	put(f, list, mail_of(f, "a@x.example", "Ann", "x", "y", NOW), "raw");
	OK(gp_store_open(f, f->path, GP_STORE_READ, &reader, err));
	OK(gp_store_open(f, f->path, GP_STORE_TOOL, &tool, err));
	OK(gp_store_begin(tool, err));
	OK(gp_archive_add(f, tool, list, mail_of(f, "b@x.example", "Bob", "z", "y", NOW), "raw", 3, NOW, &a,
	    err));
	OK(gp_list_stats(reader, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 1);
	OK(gp_store_read_begin(reader, err));
	OK(gp_thread_newest(f, reader, list->id, 0, 0, 9, &t, &n, err));
	assert_int_equal(n, 1);
	OK(gp_store_commit(tool, err));
	OK(gp_list_stats(reader, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 1);
	gp_store_read_end(reader);
	OK(gp_list_stats(reader, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 2);
	put(f, list, mail_of(f, "c@x.example", "Ann", "x", "y", NOW), "raw");
	OK(gp_list_stats(tool, list->id, NOW, &stats, err));
	assert_int_equal(stats.messages, 3);
	gp_store_close(tool);
	gp_store_close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_out_as_in),
		STORE_TEST(test_dates),
		STORE_TEST(test_duplicates),
		STORE_TEST(test_no_msgid),
		STORE_TEST(test_pages),
		STORE_TEST(test_stats),
		STORE_TEST(test_all_lists),
		STORE_TEST(test_replies_and_names),
		STORE_TEST(test_dictionary),
		STORE_TEST(test_full),
		STORE_TEST(test_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
