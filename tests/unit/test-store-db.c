/* SPDX-License-Identifier: ISC */
/* The database file itself: versions, locks, transactions, backup; lists. */
#include "store_lists.h"
#include "../../src/store/tokenizer.h"

#include <sys/wait.h>

/* ---- the file ------------------------------------------------------------------------ */

static void
test_create_refuses_what_is_there(void **state)
{
	struct fixture *f = *state;

	FAILS(GP_E_EXISTS, gp_store_create(f->path, err));
	FAILS(GP_E_IO, gp_store_create("/nonexistent/x.db", err));
}

static void
raw_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
test_foreign_and_newer_files(void **state)
{
	struct fixture *f = *state;
	char *other = gp_path_join(f, f->dir, "other.db"), sql[64];
	struct gp_store *s;

	FAILS(GP_E_CONFIG, gp_store_open(f, other, GP_STORE_TOOL, &s, err));
	raw_sql(other, "CREATE TABLE x(y)");
	FAILS(GP_E_CONFIG, gp_store_open(f, other, GP_STORE_TOOL, &s, err));
	FAILS(GP_E_CONFIG, gp_store_open(f, other, GP_STORE_READ, &s, err));
	gp_store_close(f->s);
	raw_sql(f->path, "PRAGMA user_version = 999");
	FAILS(GP_E_CONFIG, gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
	FAILS(GP_E_CONFIG, gp_store_open(f, f->path, GP_STORE_READ, &f->s, err));
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", (int)gp_schema_newest());
	raw_sql(f->path, sql);
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
	/* Not a database at all. */
	OK(gp_file_write(other, "hello, this is a letter, not a database", 39, 0600, err));
	FAILS(GP_E_DB, gp_store_open(f, other, GP_STORE_TOOL, &s, err));
}

/* A file of each older version is brought up to date, and READ refuses it until then. */
static void
test_migrations(void **state)
{
	struct fixture *f = *state;
	char *other = gp_path_join(f, f->dir, "other.db"), sql[100];
	struct gp_store *s, *t = gp_new(f, struct gp_store);
	struct gp_list *list;
	int64_t from;

	for (from = 1; from < gp_schema_newest(); from++) {
		snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", GP_STORE_APPLICATION);
		raw_sql(other, sql);
		t->path = other;
		t->mode = GP_STORE_TOOL;
		t->lock_fd = -1;
		assert_int_equal(sqlite3_open(other, &t->db), SQLITE_OK);
		assert_int_equal(gp_tokenizer_register(t->db), SQLITE_OK);
		assert_int_equal(gp_names_register(t->db), SQLITE_OK);
		assert_int_equal(gp_page_words_register(t->db), SQLITE_OK);
		OK(gp_schema_migrate(t, from, err));
		assert_int_equal(sqlite3_exec(t->db, "INSERT INTO list(address, name, domain, "
		    "created) VALUES('a@b.example', 'a', 'b.example', 7)", NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(t->db);
		FAILS(GP_E_CONFIG, gp_store_open(f, other, GP_STORE_READ, &s, err));
		OK(gp_store_open(f, other, GP_STORE_TOOL, &s, err));
		OK(gp_list_find(f, s, "a@b.example", &list, err));
		assert_int_equal(list->created, 7);
		gp_store_close(s);
		OK(gp_store_open(f, other, GP_STORE_READ, &s, err));
		gp_store_close(s);
		unlink(other);
	}
}

/* What stood in a file of version 4 is there afterwards, with the defaults of what is new. */
static void
test_from_4(void **state)
{
	static const char *const old[] = {
	    "INSERT INTO list(address, name, domain, created) VALUES('a@b.example', 'a', 'b.example', 7)",
	    "INSERT INTO list_setting VALUES(1, 'archive', 'off')",
	    "INSERT INTO person(name) VALUES('Ann L\xc3\x89" "E')",
	    "INSERT INTO address(folded, written, person) VALUES('ann@x.example', 'Ann@x.example', 1)",
	    "INSERT INTO member(list, person, address, role, delivery, joined) VALUES(1, 1, 1, 2, 1, 9)",
	    "INSERT INTO hold(list, state, rule, reason, envelope_from, from_name, from_addr, subject, msgid, "
	    "snippet, size, created, expires, digest) VALUES(1, 2, 'r', 'why', '', 'Eve', 'Eve@X.example', "
	    "'S', '', '', 1, 1, 2, x'00')",
	    "INSERT INTO token VALUES(x'00', 'hold', 1, 1, 'ann@x.example', 99, 0)",
	    "INSERT INTO thread(list, head) VALUES(1, 0)"};
	struct fixture *f = *state;
	char *other = gp_path_join(f, f->dir, "other.db"), *why;
	struct gp_store *t = gp_new(f, struct gp_store), *s;
	struct gp_member *m, **named;
	struct gp_hold **holds;
	struct gp_list *list;
	size_t i, n;
	int64_t count;

	raw_sql(other, gp_asprintf(f, "PRAGMA application_id = %d", GP_STORE_APPLICATION));
	t->path = other;
	t->mode = GP_STORE_TOOL;
	t->lock_fd = -1;
	assert_int_equal(sqlite3_open(other, &t->db), SQLITE_OK);
	assert_int_equal(gp_tokenizer_register(t->db), SQLITE_OK);
	assert_int_equal(gp_names_register(t->db), SQLITE_OK);
	OK(gp_schema_migrate(t, 4, err));
	sqlite3_close(t->db);
	for (i = 0; i < GP_COUNT(old); i++)
		raw_sql(other, old[i]);
	OK(gp_store_open(f, other, GP_STORE_CORE, &s, err));
	OK(gp_list_find(f, s, "a@b.example", &list, err));
	assert_int_equal(list->set.archive, GP_ARCHIVE_OFF);
	assert_int_equal(list->set.approvals, 1);
	OK(gp_member_find(f, s, list->id, "ann@X.example", &m, err));
	assert_int_equal(m->role, GP_ROLE_OWNER);
	assert_int_equal(m->delivery, GP_DELIVERY_DAILY);
	OK(gp_member_named(f, s, list->id, "ann l\xc3\xa9" "e", 2, &named, &n, err));
	assert_int_equal(n, 1);
	assert_string_equal(m->language, "");
	assert_true(m->duplicates);
	assert_true(m->reminders);
	assert_int_equal(m->pause_to, 0);
	OK(gp_hold_all(f, s, list->id, -1, &holds, &n, err));
	assert_int_equal(n, 1);
	assert_int_equal(holds[0]->kind, GP_HOLD_POST);
	assert_int_equal(holds[0]->approvals, 1);
	OK(gp_hold_history(s, list->id, "eve@x.example", GP_HOLD_REJECTED, &count, err));
	assert_int_equal(count, 1);
	OK(gp_thread_closed(f, s, 1, &why, err));
	assert_string_equal(why, "");
	OK(gp_store_check(f, s, false, &why, err));
	assert_string_equal(why, "");
	gp_store_close(s);
}

static void
test_one_server(void **state)
{
	struct fixture *f = *state;
	struct gp_store *second, *tool, *reader;

	FAILS(GP_E_BUSY, gp_store_open(f, f->path, GP_STORE_CORE, &second, err));
	OK(gp_store_open(f, f->path, GP_STORE_TOOL, &tool, err));
	OK(gp_store_open(f, f->path, GP_STORE_READ, &reader, err));
	gp_store_close(reader);
	gp_store_close(tool);
	gp_store_close(f->s);
	/* The tool alone: a new server finds its place free. */
	OK(gp_store_open(f, f->path, GP_STORE_TOOL, &tool, err));
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
	gp_store_close(tool);
}

static void
put_meta(struct gp_store *s, const char *name, const char *value)
{
	OK(gp_store_begin(s, err));
	OK(gp_store_meta_set(s, name, value, strlen(value), err));
	OK(gp_store_commit(s, err));
}

static void
expect_meta(struct gp_store *s, const char *name, const char *want)
{
	char *got;
	size_t n;

	if (want == NULL) {
		assert_int_equal(gp_store_meta_get(NULL, s, name, &got, &n, NULL), GP_E_NOTFOUND);
		return;
	}
	OK(gp_store_meta_get(NULL, s, name, &got, &n, err));
	assert_string_equal(got, want);
	talloc_free(got);
}

static void
test_secret(void **state)
{
	struct fixture *f = *state;
	char *secret;
	size_t n;

	OK(gp_store_meta_get(f, f->s, "secret", &secret, &n, err));
	assert_int_equal(n, 32);
	FAILS(GP_E_NOTFOUND, gp_store_meta_get(f, f->s, "nothing", &secret, &n, err));
}

static void
test_transactions(void **state)
{
	struct fixture *f = *state;

	OK(gp_store_begin(f->s, err));
	OK(gp_store_meta_set(f->s, "a", "1", 1, err));
	gp_store_rollback(f->s);
	expect_meta(f->s, "a", NULL);
	OK(gp_store_begin(f->s, err));
	OK(gp_store_mark(f->s, err));
	OK(gp_store_meta_set(f->s, "a", "1", 1, err));
	OK(gp_store_keep(f->s, err));
	OK(gp_store_mark(f->s, err));
	OK(gp_store_meta_set(f->s, "b", "2", 1, err));
	OK(gp_store_meta_set(f->s, "a", "9", 1, err));
	gp_store_undo(f->s);
	gp_store_undo(f->s);	/* nothing left to undo */
	OK(gp_store_commit(f->s, err));
	expect_meta(f->s, "a", "1");
	expect_meta(f->s, "b", NULL);
}

/* A reader keeps its state while others write, and learns of it by the version. */
static void
test_reader_beside_writers(void **state)
{
	struct fixture *f = *state;
	struct gp_store *reader, *tool;
	int64_t version;

	put_meta(f->s, "a", "1");
	OK(gp_store_open(f, f->path, GP_STORE_READ, &reader, err));
	OK(gp_store_open(f, f->path, GP_STORE_TOOL, &tool, err));
	version = gp_store_version(reader);
	assert_int_equal(gp_store_version(reader), version);
	OK(gp_store_read_begin(reader, err));
	expect_meta(reader, "a", "1");
	put_meta(f->s, "a", "2");
	put_meta(tool, "b", "3");
	expect_meta(reader, "a", "1");
	expect_meta(reader, "b", NULL);
	gp_store_read_end(reader);
	expect_meta(reader, "a", "2");
	expect_meta(reader, "b", "3");
	assert_int_not_equal(gp_store_version(reader), version);
	OK(gp_store_checkpoint(f->s, true, err));
	expect_meta(reader, "b", "3");
	gp_store_close(tool);
	gp_store_close(reader);
}

/* Two processes add in turns; none is lost, none starves. */
static void
test_writers_take_turns(void **state)
{
	struct fixture *f = *state;
	struct gp_store *s;
	int64_t n = 0, until;
	char name[32];
	int status, i;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* A batch after the other, without a pause, as an import does. */
		if (gp_store_open(NULL, f->path, GP_STORE_TOOL, &s, NULL) != GP_OK)
			_exit(1);
		until = gp_now_ms() + 10000;
		for (i = 0; gp_now_ms() < until; i++) {
			snprintf(name, sizeof(name), "child%d", i);
			if (gp_store_begin(s, NULL) != GP_OK ||
			    gp_store_meta_set(s, name, "x", 1, NULL) != GP_OK)
				_exit(2);
			usleep(20000);
			if (gp_store_meta_set(s, "children", name, strlen(name), NULL) != GP_OK ||
			    gp_store_commit(s, NULL) != GP_OK)
				_exit(3);
			if (gp_store_meta_get(s, s, "stop", &(char *){NULL}, &(size_t){0},
			    NULL) == GP_OK)
				_exit(0);
		}
		_exit(4);
	}
	for (i = 0; i < 20; i++) {
		until = gp_now_ms();
		snprintf(name, sizeof(name), "parent%d", i);
		put_meta(f->s, name, "x");
		if (gp_now_ms() - until > n)
			n = gp_now_ms() - until;
	}
	put_meta(f->s, "stop", "x");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(n < 2000);
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "parent%d", i);
		expect_meta(f->s, name, "x");
	}
}

static void
test_backup(void **state)
{
	struct fixture *f = *state;
	char *copy = gp_path_join(f, f->dir, "copy.db"), *problems;
	struct gp_store *s;

	put_meta(f->s, "a", "1");
	OK(gp_store_backup(f->s, copy, NULL, NULL, err));
	FAILS(GP_E_EXISTS, gp_store_backup(f->s, copy, NULL, NULL, err));
	put_meta(f->s, "a", "2");
	OK(gp_store_open(f, copy, GP_STORE_TOOL, &s, err));
	expect_meta(s, "a", "1");
	OK(gp_store_check(f, s, false, &problems, err));
	assert_string_equal(problems, "");
	gp_store_close(s);
	copy = gp_path_join(f, f->dir, "copy.lock");
	unlink(copy);
}

/* A full disk: the error says so, what was there before stays, and it goes on afterwards. */
static void
test_full(void **state)
{
	struct fixture *f = *state;
	char *big = gp_alloc_array(f, 1, 4 << 20, "big");
	int64_t pages;

	memset(big, 'x', 4 << 20);
	put_meta(f->s, "a", "1");
	OK(gp_sql_int(f->s, &pages, "PRAGMA page_count", GP_NOARGS, err));
	big[0] = 'y';
	OK(gp_sql_script(f->s, "PRAGMA max_page_count = 60", err));
	OK(gp_store_begin(f->s, err));
	OK(gp_store_mark(f->s, err));
	FAILS(GP_E_FULL, gp_store_meta_set(f->s, "big", big, 4 << 20, err));
	gp_store_undo(f->s);
	gp_store_rollback(f->s);
	expect_meta(f->s, "a", "1");
	expect_meta(f->s, "big", NULL);
	put_meta(f->s, "a", "2");
	OK(gp_sql_script(f->s, "PRAGMA max_page_count = 100000", err));
	OK(gp_store_begin(f->s, err));
	OK(gp_store_meta_set(f->s, "big", big, 4 << 20, err));
	OK(gp_store_commit(f->s, err));
	expect_meta(f->s, "a", "2");
}

/* ---- lists --------------------------------------------------------------------------- */

static void
test_list_names(void **state)
{
	static const struct {
		const char *address;
		enum gp_status want;
	} cases[] = {{"bees@example.org", GP_OK}, {"Bees@Example.ORG", GP_E_EXISTS},
	    {"bees@other.example", GP_OK}, {"a-b.c_d@example.org", GP_OK},
	    {"bees", GP_E_PARSE}, {"@example.org", GP_E_PARSE}, {"", GP_E_PARSE},
	    {"m@example.org", GP_E_PARSE}, {"Search@example.org", GP_E_PARSE},
	    {"about@example.org", GP_E_PARSE}, {"mid@example.org", GP_E_PARSE},
	    {"bees-request@example.org", GP_E_PARSE}, {"x-owner@example.org", GP_E_PARSE},
	    {"bees-unsubscribe@example.org", GP_E_PARSE}, {"bees+a@example.org", GP_E_PARSE},
	    {"-bees@example.org", GP_E_PARSE}, {"be..es@example.org", GP_E_PARSE},
	    {"be/es@example.org", GP_E_PARSE}, {"be%es@example.org", GP_E_PARSE},
	    {"owner@example.org", GP_OK}};
	struct fixture *f = *state;
	struct gp_list *list, **all;
	size_t i, n;

	for (i = 0; i < GP_COUNT(cases); i++) {
		OK(gp_store_begin(f->s, err));
		if (gp_list_create(f, f->s, cases[i].address, &list, NULL) != cases[i].want)
			fail_msg("%s", cases[i].address);
		OK(gp_store_commit(f->s, err));
	}
	OK(gp_list_all(f, f->s, &all, &n, err));
	assert_int_equal(n, 4);
	assert_string_equal(all[0]->address, "a-b.c_d@example.org");
	OK(gp_list_find(f, f->s, "BEES@example.org", &list, err));
	assert_string_equal(list->name, "bees");
	assert_string_equal(list->domain, "example.org");
	OK(gp_list_find_name(f, f->s, "bees", &list, err));
	assert_string_equal(list->domain, "example.org");
	FAILS(GP_E_NOTFOUND, gp_list_find(f, f->s, "ants@example.org", &list, err));
	FAILS(GP_E_NOTFOUND, gp_list_find(f, f->s, "not an address", &list, err));
	FAILS(GP_E_NOTFOUND, gp_list_find_id(f, f->s, 999, &list, err));
}

static void
test_list_settings(void **state)
{
	static const struct {
		const char *key, *value;
		enum gp_status want;
	} cases[] = {{"title", "The \"Bees\"", GP_OK}, {"post", "anyone", GP_OK},
	    {"max_size", "2M", GP_OK}, {"digest_hour", "23", GP_OK},
	    {"timezone", "UTC", GP_OK}, {"charter", "# Bees\n\nare welcome\n", GP_OK},
	    {"title", "a\r\nBcc: x@y.example", GP_E_PARSE}, {"tag", "a\tb", GP_E_PARSE},
	    {"description", "\xff", GP_E_PARSE}, {"post", "nobody", GP_E_PARSE},
	    {"digest_hour", "24", GP_E_PARSE}, {"digest_hour", "", GP_E_PARSE},
	    {"max_size", "1T", GP_E_PARSE}, {"timezone", "../../etc/passwd", GP_E_PARSE},
	    {"timezone", "Mars/Olympus", GP_E_PARSE}, {"timezone", "", GP_E_PARSE},
	    {"titel", "x", GP_E_NOTFOUND}, {"", "x", GP_E_NOTFOUND}};
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, "bees@example.org"), *again;
	int64_t version = list->version, rows;
	size_t i;

	assert_int_equal(list->set.max_size, 1 << 20);
	assert_true(list->set.own_copy);
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < GP_COUNT(cases); i++)
		if (gp_list_set(f->s, list, cases[i].key, cases[i].value, NULL) != cases[i].want)
			fail_msg("%s = %s", cases[i].key, cases[i].value);
	OK(gp_store_commit(f->s, err));
	OK(gp_list_find(f, f->s, "bees@example.org", &again, err));
	assert_string_equal(again->set.title, "The \"Bees\"");
	assert_int_equal(again->set.post, GP_POST_ANYONE);
	assert_int_equal(again->set.max_size, 2 << 20);
	assert_int_equal(again->set.digest_hour, 23);
	assert_true(again->version > version);
	/* Back to the default: no row. */
	OK(gp_store_begin(f->s, err));
	OK(gp_list_set(f->s, again, "post", "members", err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &rows, "SELECT count(*) FROM list_setting", GP_NOARGS, err));
	assert_int_equal(rows, 4);
}

static void
test_list_rename_and_delete(void **state)
{
	struct fixture *f = *state;
	struct gp_list *bees = new_list(f, "bees@example.org"), *ants = new_list(f, "ants@example.org"),
	    *found;
	struct gp_member *m;
	int64_t id, rows;

	OK(gp_store_begin(f->s, err));
	FAILS(GP_E_EXISTS, gp_list_rename(f->s, bees, "ants@example.org", err));
	FAILS(GP_E_PARSE, gp_list_rename(f->s, bees, "bees-request@example.org", err));
	OK(gp_list_rename(f->s, bees, "Bees@example.org", err));
	OK(gp_list_rename(f->s, bees, "hives@example.com", err));
	OK(gp_member_add(f->s, bees->id, "ann@example.org", "Ann", 0, 0, NOW, &id, err));
	OK(gp_member_add(f->s, ants->id, "bob@example.org", "Bob", 0, 0, NOW, &id, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_list_find(f, f->s, "hives@example.com", &found, err));
	assert_int_equal(found->id, bees->id);
	FAILS(GP_E_NOTFOUND, gp_list_find(f, f->s, "bees@example.org", &found, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_list_delete(f->s, bees->id, err));
	FAILS(GP_E_NOTFOUND, gp_list_delete(f->s, bees->id, err));
	OK(gp_store_commit(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_list_find(f, f->s, "hives@example.com", &found, err));
	OK(gp_member_find(f, f->s, ants->id, "bob@example.org", &m, err));
	OK(gp_sql_int(f->s, &rows, "SELECT count(*) FROM person", GP_NOARGS, err));
	assert_int_equal(rows, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_create_refuses_what_is_there),
		STORE_TEST(test_foreign_and_newer_files),
		STORE_TEST(test_migrations),
		STORE_TEST(test_from_4),
		STORE_TEST(test_one_server),
		STORE_TEST(test_secret),
		STORE_TEST(test_transactions),
		STORE_TEST(test_reader_beside_writers),
		STORE_TEST(test_writers_take_turns),
		STORE_TEST(test_backup),
		STORE_TEST(test_full),
		STORE_TEST(test_list_names),
		STORE_TEST(test_list_settings),
		STORE_TEST(test_list_rename_and_delete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
