/* SPDX-License-Identifier: ISC */
/* Who gets a post: delivery, pauses, interest, own copies, duplicates, attachments. */
#include "store_lists.h"
#include "../../src/store/queue.h"

#include <time.h>

struct place {
	struct gp_list *list, *other;
	int64_t first, reply, elsewhere;	/* messages: two of one thread, one of another */
};

static int64_t
post(struct fixture *f, const struct gp_list *list, const char *id, const char *parent)
{
	char *parents[1] = {gp_strdup(f, parent == NULL ? "" : parent)};
	struct gp_mail m = {.msgid = gp_strdup(f, id), .subject = gp_asprintf(f, "About %s", id),
	    .from_name = gp_strdup(f, "A"), .from_addr = gp_strdup(f, "a@b.example"),
	    .sender_addr = gp_strdup(f, ""), .text = gp_strdup(f, id), .in_reply_to = parents,
	    .in_reply_to_n = parent != NULL};
	struct gp_archived a;

	OK(gp_archive_add(f, f->s, list, &m, id, strlen(id), NOW, &a, err));
	return a.id;
}

static void
open_place(struct fixture *f, struct place *p)
{
	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, "bees@example.org", &p->list, err));
	OK(gp_list_create(f, f->s, "ants@example.org", &p->other, err));
	p->first = post(f, p->list, "1@x.example", NULL);
	p->elsewhere = post(f, p->list, "3@x.example", NULL);
	p->reply = post(f, p->list, "2@x.example", "1@x.example");
	OK(gp_store_commit(f->s, err));
}

static int64_t
queue(struct fixture *f, struct place *p, struct gp_audience *a, int64_t *n)
{
	struct gp_job job = {.list = p->list->id, .kind = GP_JOB_POST, .message = p->reply,
	    .created = NOW, .expires = NOW + 1};

	a->list = p->list->id;
	a->message = p->reply;
	a->now = NOW;
	OK(gp_job_add(f->s, &job, err));
	OK(gp_job_add_audience(f->s, job.id, a, n, err));
	return job.id;
}

/* One member with these settings; does a reply in the thread reach them? */
struct reach {
	const char *name;
	const char *set;		/* "key=value key=value" */
	int first, reply, elsewhere;	/* interest in these */
	int64_t from, to;		/* a pause, from NOW */
	int author;			/* the member wrote it: 1, and the list gives no copies: 2 */
	const char *addressed;
	int64_t largest;
	int64_t limit;
	bool want;
};

static void
run_reach(struct fixture *f, struct place *p, const struct reach *c)
{
	static const char *const addresses[] = {"Ann@example.org", "ann@other.example"};
	const char *to[] = {"bees@example.org", c->addressed};
	struct gp_audience a = {.own_copy = c->author != 2, .addressed = to,
	    .addressed_n = c->addressed != NULL ? 2 : 1, .largest = c->largest, .limit = c->limit};
	struct gp_person *person;
	char *key = gp_strdup(f, c->set), *value, *next;
	int64_t id, n;
	struct gp_job *job;

	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, p->list->id, addresses[0], "Ann", 0, 0, NOW, &id, err));
	OK(gp_person_find(f, f->s, addresses[0], &person, err));
	OK(gp_person_add_address(f->s, person->id, addresses[1], err));
	for (; *key != '\0'; key = next) {
		value = strchr(key, '=');
		*value++ = '\0';
		next = value + strcspn(value, " ");
		if (*next == ' ')
			*next++ = '\0';
		OK(gp_member_set(f->s, id, key, value, err));
	}
	if (c->elsewhere != 0)
		OK(gp_interest_set(f->s, id, p->elsewhere, c->elsewhere, err));
	if (c->first != 0)
		OK(gp_interest_set(f->s, id, p->first, c->first, err));
	if (c->reply != 0)
		OK(gp_interest_set(f->s, id, p->reply, c->reply, err));
	if (c->to != 0)
		OK(gp_member_pause(f->s, id, NOW + c->from, NOW + c->to, err));
	a.author = c->author != 0 ? id : 0;
	OK(gp_store_commit(f->s, err));
	OK(gp_store_begin(f->s, err));
	id = queue(f, p, &a, &n);
	if (n != c->want)
		fail_msg("%s: %d", c->name, (int)n);
	OK(gp_job_find(f, f->s, id, false, &job, err));
	assert_int_equal(job->left, n);
	assert_int_equal(job->total, n);
	OK(gp_store_commit(f->s, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_member_find(f, f->s, p->list->id, addresses[1], &(struct gp_member *){NULL}, err));
	OK(gp_sql_run(f->s, "DELETE FROM person", GP_NOARGS, err));
	OK(gp_store_commit(f->s, err));
}

static void
test_reach(void **state)
{
	enum { F = GP_INTEREST_FOLLOW, M = GP_INTEREST_MUTE };
	static const struct reach cases[] = {
		{.name = "each", .set = "", .want = true},
		{.name = "daily", .set = "delivery=daily"},
		{.name = "monthly", .set = "delivery=monthly"},
		{.name = "none", .set = "delivery=none"},
		{.name = "moderator with a digest", .set = "role=moderator delivery=weekly"},
		{.name = "held ones read on", .set = "posting=none", .want = true},

		{.name = "daily, follows the first", .set = "delivery=daily", .first = F, .want = true},
		{.name = "none, follows the reply", .set = "delivery=none", .reply = F, .want = true},
		{.name = "each, follows: once", .set = "", .first = F, .reply = F, .want = true},
		{.name = "follows another thread", .set = "delivery=daily", .elsewhere = F},
		{.name = "mutes another thread", .set = "", .elsewhere = M, .want = true},
		{.name = "mutes by the first", .set = "", .first = M},
		{.name = "mutes by the reply", .set = "", .reply = M},
		{.name = "followed, then muted", .set = "", .first = F, .reply = M},
		{.name = "muted, then followed", .set = "", .first = M, .reply = F, .want = true},
		{.name = "none, muted", .set = "delivery=none", .first = M},

		{.name = "paused", .set = "", .from = -1, .to = 1},
		{.name = "pause begins now", .set = "", .from = 0, .to = 1},
		{.name = "pause ends now", .set = "", .from = -1, .to = 0, .want = true},
		{.name = "pause is over", .set = "", .from = -9, .to = -1, .want = true},
		{.name = "pause comes", .set = "", .from = 1, .to = 9, .want = true},
		{.name = "follows, but paused", .set = "delivery=none", .first = F, .from = -1, .to = 9},

		{.name = "author", .set = "", .author = 1, .want = true},
		{.name = "author, list says no", .set = "", .author = 2},
		{.name = "author says no", .set = "own_copy=no", .author = 1},
		{.name = "author says yes", .set = "own_copy=yes", .author = 2, .want = true},
		{.name = "no own copies, not the author", .set = "own_copy=no", .want = true},
		{.name = "author follows, own_copy no", .set = "delivery=none own_copy=no", .first = F,
		    .author = 1},

		{.name = "addressed too", .set = "", .addressed = "ann@example.org", .want = true},
		{.name = "addressed, no duplicates", .set = "duplicates=no", .addressed = "ann@example.org"},
		{.name = "at another address", .set = "duplicates=no", .addressed = "ann@other.example"},
		{.name = "no duplicates, not addressed", .set = "duplicates=no", .want = true},
		{.name = "somebody else addressed", .set = "duplicates=no", .addressed = "bob@example.org",
		    .want = true},
		{.name = "odd address", .set = "duplicates=no", .addressed = "\"a\\\"'b\"@x.example",
		    .want = true},
		{.name = "bad bytes", .set = "duplicates=no", .addressed = "\xff@x.example", .want = true},

		{.name = "attachments whole", .set = "", .largest = 1000, .want = true},
		{.name = "wants no links", .set = "", .largest = 1000, .limit = 100},
		{.name = "wants links", .set = "attachments=100", .largest = 1000, .limit = 100,
		    .want = true},
		{.name = "not the whole too", .set = "attachments=100", .largest = 1000},
		{.name = "small enough", .set = "attachments=1000", .largest = 1000, .want = true},
		{.name = "no attachment", .set = "attachments=1", .want = true},
		{.name = "no attachment, linked", .set = "attachments=1", .limit = 1},
		{.name = "follows with links", .set = "delivery=none attachments=1", .reply = F,
		    .largest = 2, .limit = 1, .want = true},
	};
	struct fixture *f = *state;
	struct place p;
	size_t i;

	open_place(f, &p);
	for (i = 0; i < GP_COUNT(cases); i++) {
		if (i % 10 == 9)
			reopen(f);
		run_reach(f, &p, &cases[i]);
	}
}

/* A join brings "follow" and "mute" into one thread: mute counts. And nothing reaches over lists. */
static void
test_threads_change(void **state)
{
	struct fixture *f = *state;
	struct gp_audience a = {0};
	struct gp_message *msg;
	struct gp_interest *v;
	struct place p;
	int64_t id, stranger, n;
	size_t count;

	open_place(f, &p);
	OK(gp_store_begin(f->s, err));
	OK(gp_member_add(f->s, p.list->id, "ann@example.org", "", 0, 0, NOW, &id, err));
	OK(gp_member_add(f->s, p.other->id, "bob@example.org", "", 0, 0, NOW, &stranger, err));
	FAILS(GP_E_NOTFOUND, gp_interest_set(f->s, stranger, p.first, GP_INTEREST_FOLLOW, err));
	FAILS(GP_E_NOTFOUND, gp_interest_set(f->s, id, 4711, GP_INTEREST_FOLLOW, err));
	FAILS(GP_E_NOTFOUND, gp_interest_set(f->s, id, -1, GP_INTEREST_FOLLOW, err));
	FAILS(GP_E_NOTFOUND, gp_interest_set(f->s, 4711, p.first, GP_INTEREST_FOLLOW, err));
	OK(gp_interest_set(f->s, id, p.reply, GP_INTEREST_FOLLOW, err));
	OK(gp_interest_set(f->s, id, p.elsewhere, GP_INTEREST_MUTE, err));
	queue(f, &p, &a, &n);
	assert_int_equal(n, 1);
	OK(gp_message_find_id(f, f->s, p.elsewhere, &msg, err));
	OK(gp_thread_join(f->s, p.list, msg->thread, p.first, err));
	queue(f, &p, &a, &n);
	assert_int_equal(n, 0);
	OK(gp_interest_all(f, f->s, id, &v, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(v[0].thread, v[1].thread);
	OK(gp_thread_split(f->s, p.list, p.elsewhere, err));
	queue(f, &p, &a, &n);
	assert_int_equal(n, 1);
	/* The branch that is followed goes into a thread of its own, and is still followed. */
	OK(gp_interest_set(f->s, id, p.first, GP_INTEREST_MUTE, err));
	OK(gp_interest_set(f->s, id, p.reply, GP_INTEREST_NONE, err));
	OK(gp_interest_all(f, f->s, id, &v, &count, err));
	assert_int_equal(count, 1);
	OK(gp_member_set(f->s, id, "delivery", "none", err));
	OK(gp_interest_set(f->s, id, p.reply, GP_INTEREST_FOLLOW, err));
	OK(gp_thread_split(f->s, p.list, p.reply, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_store_begin(f->s, err));
	queue(f, &p, &a, &n);
	assert_int_equal(n, 1);
	OK(gp_interest_all(f, f->s, id, &v, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(v[1].message, p.reply);
	assert_int_equal(v[1].kind, GP_INTEREST_FOLLOW);
	assert_string_equal(v[1].title, "About 2@x.example");
	assert_string_equal(v[1].key, gp_msgid_key(f, "2@x.example", 12));
	OK(gp_member_remove(f->s, id, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM interest", GP_NOARGS, err));
	assert_int_equal(n, 0);
}

/* ---- ten thousand -------------------------------------------------------------------------- */

static bool
plan_has(struct fixture *f, const char *what)
{
	sqlite3_stmt *st;
	char *sql = gp_asprintf(f, "EXPLAIN QUERY PLAN %s", gp_audience_sql);
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(f->s->db, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found = found || strstr((const char *)sqlite3_column_text(st, 3), what) != NULL;
	sqlite3_finalize(st);
	return found;
}

static void
test_many(void **state)
{
	struct fixture *f = *state;
	struct gp_audience a = {.addressed = (const char *const[]){"m7@example.org"}, .addressed_n = 1};
	struct place p;
	struct timespec t0, t1;
	int64_t id, n;
	char address[40];
	int i;

	open_place(f, &p);
	OK(gp_store_begin(f->s, err));
	for (i = 0; i < 12000; i++) {
		snprintf(address, sizeof(address), "m%d@example.org", i);
		OK(gp_member_add(f->s, p.list->id, address, "", 0, i % 6 == 5 ? GP_DELIVERY_DAILY :
		    GP_DELIVERY_EACH, NOW, &id, err));
		if (i % 100 == 0)
			OK(gp_interest_set(f->s, id, p.first, GP_INTEREST_MUTE, err));
		if (i % 100 == 5)	/* every second of them has a digest */
			OK(gp_interest_set(f->s, id, p.reply, GP_INTEREST_FOLLOW, err));
		if (i == 7)
			OK(gp_member_set(f->s, id, "duplicates", "no", err));
	}
	OK(gp_store_commit(f->s, err));
	OK(gp_store_begin(f->s, err));
	clock_gettime(CLOCK_MONOTONIC, &t0);
	queue(f, &p, &a, &n);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	OK(gp_store_commit(f->s, err));
	printf("# %d recipients in %.1f ms\n", (int)n, (double)(t1.tv_sec - t0.tv_sec) * 1e3 +
	    (double)(t1.tv_nsec - t0.tv_nsec) / 1e6);
	assert_int_equal(n, 10000 - 120 - 1 + 40);
	/* Off the index, in order; no walk over all members, all addresses or all messages. */
	assert_true(plan_has(f, "SEARCH m USING INDEX member_delivery (list=? AND delivery=?)"));
	assert_true(plan_has(f, "SEARCH a USING INDEX"));
	assert_true(plan_has(f, "SEARCH q USING"));
	assert_false(plan_has(f, "SCAN m"));
	assert_false(plan_has(f, "SCAN a"));
	assert_false(plan_has(f, "SCAN q"));
	assert_false(plan_has(f, "SCAN i"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_reach),
		STORE_TEST(test_threads_change),
		STORE_TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
