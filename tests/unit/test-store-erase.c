/* SPDX-License-Identifier: ISC */
/* Erasing a person: nothing of them is left in the file, and nothing else is lost. */
#include "store.h"
#include "../../src/store/private.h"

enum { PARTS = 3 };

/* A message of two parts, a text and a file, whose text is a slice of the bytes. */
static struct gp_mail *
mail_of(const void *ctx, const char *id, const char *name, const char *addr, const char *to,
    char **raw)
{
	static const char front[] = "Return-Path: <%s>\r\nReceived: from laptop-of-%s\r\n"
	    "DKIM-Signature: v=1; d=x; i=%s\r\nX-Face: %s\r\nFrom: %s <%s>\r\nSender: %s\r\n"
	    "Reply-To: %s\r\nTo: %s\r\nDate: Mon, 23 Nov 2026 17:50:00 +0000\r\n"
	    "Subject: Swarms\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: multipart/mixed;\r\n boundary=b\r\nX-Mailer: %s's\r\n\r\n";
	static const char text[] = "Honey is sweet.\r\n", file[] = "aGVsbG8=\r\n";
	struct gp_mail *m = gp_new(ctx, struct gp_mail);
	char *head = gp_asprintf(m, front, addr, name, addr, name, name, addr, addr, addr, to, id,
	    name), *body;

	body = gp_asprintf(m, "--b\r\n\r\n%s\r\n--b\r\nContent-Type: image/png\r\n\r\n%s\r\n--b--\r\n",
	    text, file);
	*raw = gp_asprintf(ctx, "%s%s", head, body);
	m->flags = GP_MAIL_DATE_OK | GP_MAIL_TEXT_SLICE;
	m->date = NOW;
	m->subject = gp_strdup(m, "Swarms");
	m->from_name = gp_strdup(m, name);
	m->from_addr = m->sender_addr = gp_strdup(m, addr);
	m->from.v = gp_array(m, struct gp_addr, 1);
	m->from.v[0] = (struct gp_addr){m->from_name, m->from_addr};
	m->from.n = 1;
	m->reply_to = m->from;
	m->to.v = gp_array(m, struct gp_addr, 1);
	m->to.v[0] = (struct gp_addr){gp_strdup(m, ""), gp_strdup(m, to)};
	m->to.n = 1;
	m->msgid = gp_strdup(m, id);
	m->received = 1;
	m->snippet = gp_strdup(m, "Honey is sweet.");
	m->text = gp_strdup(m, "Honey is sweet.\n");
	m->text_n = strlen(m->text);
	m->own = gp_strdup(m, "Honey is sweet.\n");
	m->own_n = strlen(m->own);
	m->quoted = gp_strdup(m, "wax burns\n");
	m->quoted_n = strlen(m->quoted);
	m->text_off = strlen(head) + 7;
	m->text_len = strlen(text);
	m->parts = gp_array(m, struct gp_part, PARTS);
	m->parts_n = PARTS;
	m->parts[0] = (struct gp_part){.index = 1, .type = gp_strdup(m, "multipart/mixed"),
	    .flags = GP_PART_MULTIPART, .body = strlen(head), .len = strlen(body)};
	m->parts[1] = (struct gp_part){.index = 2, .parent = 1, .depth = 1,
	    .type = gp_strdup(m, "text/plain"), .flags = GP_PART_BODY_TEXT,
	    .head = strlen(head) + 5, .body = m->text_off, .len = m->text_len, .size = m->text_len};
	m->parts[2] = (struct gp_part){.index = 3, .parent = 1, .depth = 1,
	    .type = gp_strdup(m, "image/png"), .name = gp_strdup(m, "a.png"),
	    .flags = GP_PART_ATTACHMENT, .cte = GP_CTE_BASE64,
	    .head = (size_t)(strstr(*raw, "Content-Type: image/png") - *raw),
	    .body = (size_t)(strstr(*raw, file) - *raw), .len = strlen(file), .size = 5};
	return m;
}

static int64_t
put_with(struct fixture *f, struct gp_list *list, unsigned flags, const char *id, const char *name,
    const char *addr, const char *to)
{
	struct gp_archived a = {0};
	char *raw;
	struct gp_mail *m = mail_of(f, id, name, addr, to, &raw);

	m->flags |= flags;
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), NOW, &a, err));
	assert_false(a.duplicate);
	return a.id;
}

static int64_t
put(struct fixture *f, struct gp_list *list, const char *id, const char *name, const char *addr,
    const char *to)
{
	return put_with(f, list, 0, id, name, addr, to);
}

static struct gp_list *
new_list(struct fixture *f, const char *address)
{
	struct gp_list *list = NULL;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, address, &list, err));
	OK(gp_store_commit(f->s, err));
	return list;
}

static int64_t
hold(struct fixture *f, struct gp_list *list, const char *addr, int state)
{
	struct gp_hold h = {.list = list->id, .state = state, .from_name = gp_strdup(f, "Annabel"),
	    .from_addr = gp_strdup(f, addr), .envelope_from = gp_strdup(f, addr),
	    .snippet = gp_strdup(f, "I am Annabel"), .created = NOW, .expires = NOW + 100};
	char *raw = gp_asprintf(f, "From: Annabel <%s>\r\n\r\nx %d\r\n", addr, state);

	OK(gp_hold_add(f->s, &h, raw, strlen(raw), (struct gp_str){NULL, 0}, err));
	return h.id;
}

/* Rows of all tables but the search's hold none of these words. */
static void
expect_nowhere(struct fixture *f, const char *const *words, size_t n)
{
	sqlite3_stmt *tables, *columns, *st;
	char *sql;
	size_t i;

	assert_int_equal(sqlite3_prepare_v2(f->s->db, "SELECT name FROM sqlite_schema WHERE "
	    "type = 'table' AND name <> 'search' AND name NOT LIKE 'sqlite%'", -1, &tables, NULL),
	    SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(tables, 0);

		sql = gp_asprintf(f, "SELECT name FROM pragma_table_info('%s')", table);
		assert_int_equal(sqlite3_prepare_v2(f->s->db, sql, -1, &columns, NULL), SQLITE_OK);
		while (sqlite3_step(columns) == SQLITE_ROW) {
			const char *column = (const char *)sqlite3_column_text(columns, 0);

			for (i = 0; i < n; i++) {
				sql = gp_asprintf(f, "SELECT 1 FROM %s WHERE instr(lower(CAST(\"%s\" "
				    "AS TEXT)), '%s')", table, column, words[i]);
				assert_int_equal(sqlite3_prepare_v2(f->s->db, sql, -1, &st, NULL),
				    SQLITE_OK);
				if (sqlite3_step(st) == SQLITE_ROW)
					fail_msg("%s.%s holds %s", table, column, words[i]);
				sqlite3_finalize(st);
			}
		}
		sqlite3_finalize(columns);
	}
	sqlite3_finalize(tables);
}

static size_t
found(struct fixture *f, const char *query)
{
	struct gp_hits hits = {0};

	OK(gp_search_run(f, f->s, &(struct gp_search){.query = query, .limit = 10, .now = NOW}, &hits,
	    err));
	return hits.n;
}

static void
reopen(struct fixture *f)
{
	gp_store_close(f->s);
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
}

static int64_t
person_of(struct fixture *f, const char *address)
{
	struct gp_person *p;

	OK(gp_person_find(f, f->s, address, &p, err));
	return p->id;
}

static void
erase(struct fixture *f, const char *address, int64_t want)
{
	int64_t person = person_of(f, address), messages = -1;

	OK(gp_store_begin(f->s, err));
	OK(gp_person_erase(f->s, person, &messages, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(messages, want);
}

/* ---- messages ------------------------------------------------------------------------- */

/* What is left of a message says the same, by nobody. */
static void
expect_nameless(struct fixture *f, int64_t id, bool to_is_kept)
{
	static const char *const gone[] = {"annabel", "Annabel", "laptop", "X-Face", "X-Mailer", "DKIM",
	    "Sender", "Reply-To", "Return-Path", "Received"};
	struct gp_message *msg;
	struct gp_mail m;
	char *raw, *file;
	size_t n, i, file_n;

	OK(gp_message_find_id(f, f->s, id, &msg, err));
	assert_string_equal(msg->from_name, "");
	assert_string_equal(msg->from_addr, "");
	assert_string_equal(msg->subject, "Swarms");
	assert_string_equal(msg->snippet, "Honey is sweet.");
	OK(gp_message_mail(f, f->s, id, &m, &raw, &n, err));
	assert_int_equal(msg->size, n);
	assert_string_equal(m.from_addr, "");
	assert_int_equal(m.from.n, 0);
	assert_int_equal(m.reply_to.n, 0);
	assert_int_equal(m.to.n, to_is_kept);
	assert_true(gp_starts(raw, "From: \"someone who left\" <erased@invalid>\r\n"));
	assert_non_null(strstr(raw, "\r\nDate: Mon, 23 Nov 2026 17:50:00 +0000\r\nSubject: Swarms\r\n"));
	assert_non_null(strstr(raw, "boundary=b\r\n\r\n--b\r\n\r\nHoney is sweet.\r\n"));
	assert_int_equal(strstr(raw, "\r\nTo: ") != NULL, to_is_kept);
	for (i = 0; i < GP_COUNT(gone); i++)
		if (strstr(raw, gone[i]) != NULL)
			fail_msg("%s is in: %s", gone[i], raw);
	/* Every offset moved along. */
	assert_string_equal(m.text, "Honey is sweet.\n");
	assert_int_equal(m.parts_n, PARTS);
	assert_memory_equal(raw + m.parts[1].body, "Honey", 5);
	assert_memory_equal(raw + m.parts[2].head, "Content-Type: image/png", 23);
	OK(gp_cte_decode(f, m.parts[2].cte, raw + m.parts[2].body, m.parts[2].len, 100, &file,
	    &file_n, err));
	assert_string_equal(file, "hello");
}

static void
test_messages(void **state)
{
	static const char *const words[] = {"annabel"};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_thread *t;
	struct gp_message *bob;
	struct gp_list_stats stats;
	struct gp_mail *again;
	int64_t first, second, other, copy, id, entries;
	char *raw, *problems;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, list->id, "Annabel@B\xc3\xbc" "cher.example", "Annabel", 0, 0,
	    NOW, &id, err));
	OK(gp_person_add_address(f->s, person_of(f, "annabel@xn--bcher-kva.example"),
	    "annabel@example.net", err));
	first = put(f, list, "1@x.example", "Annabel", "ANNABEL@xn--bcher-kva.example",
	    "bees@example.org");
	/* One that is not shown, which she sent to herself, too. */
	second = put_with(f, list, GP_MAIL_NO_ARCHIVE, "2@x.example", "Annabel", "annabel@example.net",
	    "annabel@example.net");
	other = put(f, list, "3@x.example", "Bob", "bob@example.org", "bees@example.org");
	copy = put(f, list, "4@x.example", "Ann", "joannabel@example.org", "bees@example.org");
	OK(gp_store_commit(f->s, err));
	assert_int_equal(found(f, "from:annabel"), 1);
	assert_int_equal(found(f, "honey"), 3);

	erase(f, "annabel@example.net", 2);
	reopen(f);
	expect_nameless(f, first, true);
	expect_nameless(f, second, false);
	OK(gp_message_find_id(f, f->s, other, &bob, err));
	assert_string_equal(bob->from_addr, "bob@example.org");
	OK(gp_message_find_id(f, f->s, copy, &bob, err));
	assert_string_equal(bob->from_addr, "joannabel@example.org");
	OK(gp_thread_find(f, f->s, bob->thread, &t, err));
	assert_null(strstr(t->authors, "Annabel"));
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.people, 3);
	assert_int_equal(stats.messages, 3);

	/* The search: the author's words are gone, the others stay where they were. */
	assert_int_equal(found(f, "from:annabel"), 0);
	assert_int_equal(found(f, "annabel"), 0);
	assert_int_equal(found(f, "body:\"honey is sweet\""), 3);
	assert_int_equal(found(f, "from:bob"), 1);
	assert_int_equal(found(f, "wax"), 3);
	OK(gp_sql_script(f->s, "CREATE VIRTUAL TABLE temp.w USING fts5vocab(main, search, row)", err));
	OK(gp_sql_int(f->s, &entries, "SELECT count(*) FROM temp.w WHERE term LIKE 'annab%'", GP_NOARGS,
	    err));
	assert_int_equal(entries, 0);
	OK(gp_sql_script(f->s, "DROP TABLE temp.w", err));
	OK(gp_sql_script(f->s, "INSERT INTO search(search, rank) VALUES('integrity-check', 0)", err));
	OK(gp_store_check(f, f->s, false, &problems, err));
	assert_string_equal(problems, "");
	OK(gp_store_begin(f->s, err));
	OK(gp_message_remove(f->s, copy, err));	/* her namesake, for the next look */
	OK(gp_store_commit(f->s, err));
	expect_nowhere(f, words, 1);

	/* A rebuild finds nobody, and an import of the old mbox nothing new. */
	again = mail_of(f, "1@x.example", "someone who left", "erased@invalid", "bees@example.org", &raw);
	OK(gp_store_begin(f->s, err));
	again->flags &= ~(unsigned)GP_MAIL_TEXT_SLICE;
	again->parts_n = 0;
	OK(gp_archive_rederive(f->s, first, again, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_message_find_id(f, f->s, first, &bob, err));
	assert_string_equal(bob->from_name, "");
	assert_string_equal(bob->from_addr, "");
	assert_int_equal(found(f, "from:erased"), 0);
	assert_int_equal(found(f, "honey"), 2);
	OK(gp_list_stats(f->s, list->id, NOW, &stats, err));
	assert_int_equal(stats.people, 2);
}

/* A delivery of a message of theirs that waits goes out with its body whole. */
static void
test_on_its_way(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	struct gp_job job = {.list = list->id, .kind = GP_JOB_POST, .created = NOW, .header = gp_strdup(f,
	    "From: x\r\n"), .header_n = 9}, *got;
	char *raw;
	struct gp_archived a;
	struct gp_mail *m = mail_of(f, "1@x.example", "Annabel", "annabel@example.net", "b@c.example",
	    &raw);
	int64_t id;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, list->id, "annabel@example.net", "Annabel", 0, 0, NOW, &id, err));
	OK(gp_archive_add(f, f->s, list, m, raw, strlen(raw), NOW, &a, err));
	job.message = a.id;
	job.body_off = m->parts[0].body;
	OK(gp_job_add(f->s, &job, err));
	OK(gp_job_add_address(f->s, job.id, "bob@example.org", 0, err));
	OK(gp_job_add_address(f->s, job.id, "Annabel@Example.net", 0, err));
	OK(gp_store_commit(f->s, err));
	erase(f, "annabel@example.net", 1);
	OK(gp_job_find(f, f->s, job.id, true, &got, err));
	assert_string_equal(got->body, raw + m->parts[0].body);
	assert_int_equal(got->left, 1);
	assert_int_equal(got->dropped, 1);
}

/* ---- everything else ------------------------------------------------------------------ */

static void
fill(struct fixture *f, struct gp_list *list, int64_t *waiting, int64_t *decided, int64_t *others)
{
	struct gp_vote vote = {.who = gp_strdup(f, "Annabel@example.net"), .approves = true, .time = NOW};
	struct gp_token t = {.purpose = gp_strdup(f, "join"), .list = list->id,
	    .address = gp_strdup(f, "annabel@example.net"), .expires = NOW + 9};
	int64_t id, n, yes, no, version;
	char *token;

	OK(gp_member_add(f->s, list->id, "annabel@example.net", "Annabel", 0, 0, NOW, &id, err));
	OK(gp_member_add(f->s, list->id, "bob@example.org", "Bob", 0, 0, NOW, &n, err));
	OK(gp_interest_set(f->s, id, put(f, list, "9@x.example", "Bob", "bob@example.org",
	    "x@y.example"), GP_INTEREST_FOLLOW, err));
	*waiting = hold(f, list, "annabel@example.net", GP_HOLD_WAITING);
	*decided = hold(f, list, "Annabel@Example.NET", GP_HOLD_DISCARDED);
	*others = hold(f, list, "annabel.b@example.org", GP_HOLD_WAITING);
	OK(gp_sql_run(f->s, "UPDATE hold SET from_name = 'X', snippet = '' WHERE id = ?1",
	    GP_ARGS(GP_INT(*others)), err));
	OK(gp_hold_update(f->s, &(struct gp_hold){.id = *others, .claimed_by = vote.who,
	    .expires = NOW + 50}, err));
	OK(gp_hold_vote(f->s, *others, &vote, &yes, &no, err));
	OK(gp_token_add(f, f->s, &t, &token, err));
	t.address = gp_strdup(f, "bob@example.org");
	t.data = gp_strdup(f, "{\"address\":\"annabel@example.net\"}");
	OK(gp_token_add(f, f->s, &t, &token, err));
	t.data = NULL;
	OK(gp_token_add(f, f->s, &t, &token, err));
	OK(gp_count_add(f->s, "answer", "annabel@example.net", NOW, 9, &n, err));
	OK(gp_count_add(f->s, "answer", "bob@example.org", NOW, 9, &n, err));
	OK(gp_text_put(f->s, list->id, "welcome", "en", "Hi", "annabel@example.net", NOW, &version, err));
	OK(gp_ban_add(f->s, &(struct gp_ban){.list = list->id, .pattern = gp_strdup(f, "@spam.example"),
	    .by = vote.who}, err));
	OK(gp_trusted_add(f->s, list->id, "bob@example.org", "ann@example.org", NOW, err));
	OK(gp_trusted_add(f->s, list->id, "eva@other.example", "annabel@example.net", NOW, err));
	OK(gp_trusted_add(f->s, list->id, "annabel@example.net", "x@example.org", NOW, err));
}

static void
fill_acts(struct fixture *f, struct gp_list *list)
{
	static const struct gp_act_record acts[] = {
		{.who = "annabel@example.net", .verb = "join", .what = "Annabel@example.net", .msgid = "q@z"},
		{.who = "annabel@example.net", .verb = "set", .what = "name", .detail = "Annabella"},
		{.who = "command line", .verb = "set", .what = "annabel@example.net", .detail = "name=Annabel"},
		{.who = "bob@example.org", .verb = "merge", .what = "bob@example.org",
		    .detail = "with annabel@example.net"},
		{.who = "bob@example.org", .verb = "refuse", .what = "hold 3", .detail = "no names",
		    .msgid = "b@z"},
	};
	size_t i;

	for (i = 0; i < GP_COUNT(acts); i++) {
		struct gp_act_record a = acts[i];

		a.list = list->id;
		OK(gp_act_add(f->s, &a, err));
	}
}

static void
expect_acts(struct fixture *f, struct gp_list *list)
{
	static const char *const want[][4] = {{"bob@example.org", "hold 3", "no names", "b@z"},
	    {"bob@example.org", "bob@example.org", GP_ERASED_NAME, ""},
	    {"command line", GP_ERASED_NAME, GP_ERASED_NAME, ""},
	    {GP_ERASED_NAME, "name", GP_ERASED_NAME, ""}, {GP_ERASED_NAME, GP_ERASED_NAME, "", ""}};
	struct gp_act_record **acts;
	size_t n, i;

	OK(gp_act_all(f, f->s, list->id, 0, 100, &acts, &n, err));
	assert_int_equal(n, GP_COUNT(want));
	for (i = 0; i < n; i++) {
		assert_string_equal(acts[i]->who, want[i][0]);
		assert_string_equal(acts[i]->what, want[i][1]);
		assert_string_equal(acts[i]->detail, want[i][2]);
		assert_string_equal(acts[i]->msgid, want[i][3]);
	}
}

static void
test_records(void **state)
{
	static const char *const words[] = {"annabel@", "annabel<", "annabella", "am annabel"};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	int64_t waiting, decided, others, n, member;
	struct gp_person *p;
	struct gp_vote *votes;
	struct gp_hold *h;
	struct gp_str wire;
	size_t count;
	char *raw;

	OK(gp_store_begin(f->s, err));
	fill(f, list, &waiting, &decided, &others);
	fill_acts(f, list);
	FAILS(GP_E_NOTFOUND, gp_person_erase(f->s, 4711, &n, err));
	OK(gp_store_commit(f->s, err));
	erase(f, "annabel@example.net", 0);
	reopen(f);
	FAILS(GP_E_NOTFOUND, gp_person_find(f, f->s, "annabel@example.net", &p, err));
	expect_nowhere(f, words, GP_COUNT(words));
	expect_acts(f, list);

	OK(gp_hold_find(f, f->s, waiting, &h, err));
	assert_int_equal(h->state, GP_HOLD_DISCARDED);
	assert_string_equal(h->from_name, GP_ERASED_NAME);
	FAILS(GP_E_NOTFOUND, gp_hold_raw(f, f->s, waiting, &raw, &count, &wire, err));
	FAILS(GP_E_NOTFOUND, gp_hold_raw(f, f->s, decided, &raw, &count, &wire, err));
	/* The post of somebody else still waits, with its votes, looked at by nobody. */
	OK(gp_hold_find(f, f->s, others, &h, err));
	assert_int_equal(h->state, GP_HOLD_WAITING);
	assert_string_equal(h->claimed_by, "");
	OK(gp_hold_raw(f, f->s, others, &raw, &count, &wire, err));
	OK(gp_hold_votes(f, f->s, others, &votes, &count, err));
	assert_int_equal(count, 1);
	assert_string_equal(votes[0].who, GP_ERASED_NAME);
	assert_true(votes[0].approves);

	OK(gp_member_count(f->s, list->id, &n, err));
	assert_int_equal(n, 1);
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM token", GP_NOARGS, err));
	assert_int_equal(n, 1);
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM count", GP_NOARGS, err));
	assert_int_equal(n, 1);
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM interest", GP_NOARGS, err));
	assert_int_equal(n, 0);
	/* Who comes back is new. */
	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, list->id, "annabel@example.net", "", 0, 0, NOW, &member, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_person_find(f, f->s, "annabel@example.net", &p, err));
	assert_string_equal(p->name, "");
}

/* Undone with the transaction: the bytes are as they were. */
static void
test_undone(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org");
	int64_t id, n, member;
	char *before, *after;
	size_t len, len2;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, list->id, "annabel@example.net", "Annabel", 0, 0, NOW, &member, err));
	id = put(f, list, "1@x.example", "Annabel", "annabel@example.net", "b@c.example");
	OK(gp_store_commit(f->s, err));
	OK(gp_message_raw(f, f->s, id, &before, &len, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_person_erase(f->s, person_of(f, "annabel@example.net"), &n, err));
	gp_store_rollback(f->s);
	reopen(f);
	OK(gp_message_raw(f, f->s, id, &after, &len2, err));
	assert_int_equal(len, len2);
	assert_memory_equal(before, after, len);
	assert_int_equal(found(f, "from:annabel"), 1);
	person_of(f, "annabel@example.net");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_messages),
		STORE_TEST(test_on_its_way),
		STORE_TEST(test_records),
		STORE_TEST(test_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
