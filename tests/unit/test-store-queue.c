/* SPDX-License-Identifier: ISC */
/* Queue and imports: nothing is lost, nothing is done twice. */
#include "store.h"
#include "../../src/store/private.h"

#include <signal.h>
#include <sys/wait.h>

static struct gp_list *
new_list(struct fixture *f, int members)
{
	struct gp_list *list = NULL;
	char address[64];
	int64_t id;
	int i;

	OK(gp_store_begin(f->s, err));
	OK(gp_list_create(f, f->s, "bees@example.org", &list, err));
	for (i = 0; i < members; i++) {
		snprintf(address, sizeof(address), "m%d@example.org", i);
		OK(gp_member_add(f->s, list->id, address, "", 0, i % 5 == 4 ? GP_DELIVERY_DAILY :
		    GP_DELIVERY_EACH, NOW, &id, err));
	}
	OK(gp_store_commit(f->s, err));
	return list;
}

/* Everybody but one (0: nobody left out). */
static enum gp_status
add_all(struct gp_store *s, int64_t job, int64_t list, int64_t but, int64_t *n, struct gp_err *err)
{
	return gp_job_add_audience(s, job, &(struct gp_audience){.list = list, .author = but,
	    .now = NOW}, n, err);
}

static int64_t
new_job(struct fixture *f, struct gp_list *list, const char *body)
{
	struct gp_job job = {.list = list->id, .kind = GP_JOB_NOTICE, .header = gp_strdup(f, "A: b\r\n"),
	    .header_n = 6, .body = gp_strdup(f, body), .body_n = strlen(body),
	    .subject = gp_strdup(f, "Hello"), .created = NOW, .expires = NOW + 5 * 86400,
	    .flags = GP_JOB_ONE_CLICK};

	OK(gp_job_add(f->s, &job, err));
	return job.id;
}

static void
reopen(struct fixture *f)
{
	f->s->writing = false;	/* as a crash: nothing is closed in order */
	f->s->mode = GP_STORE_READ;
	talloc_free(f->s);
	f->s = NULL;
	OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
}

static void
expect(struct fixture *f, int64_t id, int64_t sent, int64_t failed, int64_t dropped, int64_t left)
{
	struct gp_job *job;

	OK(gp_job_find(f, f->s, id, false, &job, err));
	assert_int_equal(job->sent, sent);
	assert_int_equal(job->failed, failed);
	assert_int_equal(job->dropped, dropped);
	assert_int_equal(job->left, left);
	assert_int_equal(job->total, sent + failed + dropped + left);
}

static void
results(struct fixture *f, const struct gp_result *r, size_t n)
{
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_results(f->s, r, n, NOW, err));
	OK(gp_store_commit(f->s, err));
}

/* A job for seven members (m1 is the first) and a guest (the last): r is all of them. */
static int64_t
eight(struct fixture *f, struct gp_rcpt **r)
{
	struct gp_list *list = new_list(f, 10);
	int64_t id, n;
	size_t count;

	OK(gp_store_begin(f->s, err));
	id = new_job(f, list, "body");
	OK(add_all(f->s, id, list->id, 1, &n, err));
	assert_int_equal(n, 7);
	OK(gp_job_add_address(f->s, id, "Guest@example.net", 0, err));
	FAILS(GP_E_PARSE, gp_job_add_address(f->s, id, "x@y.example\r\nRCPT TO:<z>", 0, err));
	FAILS(GP_E_NOTFOUND, gp_job_add_address(f->s, 99, "a@y.example", 0, err));
	OK(gp_store_commit(f->s, err));
	reopen(f);
	OK(gp_queue_fresh(f, f->s, id, 0, 100, r, &count, err));
	assert_int_equal(count, 8);
	return id;
}

static void
test_fresh(void **state)
{
	struct fixture *f = *state;
	struct gp_rcpt *r, *part;
	struct gp_queue_entry *turn;
	int64_t id = eight(f, &r);
	size_t count;

	OK(gp_queue_turn(f, f->s, 10, &turn, &count, err));
	assert_int_equal(count, 1);
	assert_int_equal(turn[0].job, id);
	assert_int_equal(turn[0].left, 8);
	OK(gp_queue_fresh(f, f->s, id, 0, 3, &part, &count, err));
	assert_int_equal(count, 3);
	assert_string_equal(part[0].address, "m1@example.org");
	assert_int_equal(part[0].member, part[0].n);
	OK(gp_queue_fresh(f, f->s, id, part[2].n, 100, &part, &count, err));
	assert_int_equal(count, 5);
	assert_string_equal(part[4].address, "Guest@example.net");
	assert_int_equal(part[4].member, 0);
}

/* One sent, one failed, one dropped, two put off: m2 to NOW + 900, the guest to NOW + 600. */
static void
first_round(struct fixture *f, int64_t id, const struct gp_rcpt *r)
{
	results(f, (struct gp_result[]){{id, r[0].n, GP_RESULT_SENT, 0, "250 ok"},
	    {id, r[1].n, GP_RESULT_DEFER, NOW + 900, "451 later"},
	    {id, r[2].n, GP_RESULT_FAIL, 0, "550 5.1.1 no such user"},
	    {id, r[3].n, GP_RESULT_DROPPED, 0, NULL},
	    {id, r[7].n, GP_RESULT_DEFER, NOW + 600, "421 busy"},
	    {id, 12345678, GP_RESULT_SENT, 0, NULL}, {77, 1, GP_RESULT_FAIL, 0, "x"}}, 7);
	expect(f, id, 1, 1, 1, 5);
}

static void
test_retries(void **state)
{
	struct fixture *f = *state;
	struct gp_rcpt *r, *due;
	int64_t id = eight(f, &r), n, when;
	size_t count;

	first_round(f, id, r);
	reopen(f);
	expect(f, id, 1, 1, 1, 5);
	/* The same results once more change nothing. */
	results(f, (struct gp_result[]){{id, r[0].n, GP_RESULT_SENT, 0, "250 ok"},
	    {id, r[2].n, GP_RESULT_FAIL, 0, "550 no"}}, 2);
	expect(f, id, 1, 1, 1, 5);
	OK(gp_queue_fresh(f, f->s, id, 0, 100, &due, &count, err));
	assert_int_equal(count, 3);

	OK(gp_queue_next_due(f->s, &when, err));
	assert_int_equal(when, NOW + 600);
	OK(gp_queue_due(f, f->s, NOW + 600, 10, &due, &count, err));
	assert_int_equal(count, 1);
	assert_string_equal(due[0].address, "Guest@example.net");
	assert_int_equal(due[0].tries, 1);
	assert_string_equal(due[0].last, "421 busy");
	results(f, (struct gp_result[]){{id, due[0].n, GP_RESULT_DEFER, NOW + 5000, "421 again"}}, 1);
	OK(gp_queue_deferred(f, f->s, id, &due, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(due[1].tries, 2);
	assert_int_equal(due[0].member, r[1].member);
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_retry(f->s, id, NOW, &n, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(n, 2);
	OK(gp_queue_due(f, f->s, NOW, 10, &due, &count, err));
	assert_int_equal(count, 2);
}

static void
test_end_of_a_job(void **state)
{
	struct fixture *f = *state;
	struct gp_job *job, **jobs;
	struct gp_failure *failures;
	struct gp_rcpt *r;
	struct gp_queue_entry *turn;
	int64_t id = eight(f, &r), n, when;
	size_t count;

	OK(gp_job_find(f, f->s, id, true, &job, err));
	assert_int_equal(job->body_n, 4);
	assert_memory_equal(job->body, "body", 4);
	assert_memory_equal(job->header, "A: b\r\n", 6);
	first_round(f, id, r);
	results(f, (struct gp_result[]){{id, r[1].n, GP_RESULT_SENT, 0, NULL},
	    {id, r[7].n, GP_RESULT_FAIL, 0, "550 gone"}, {id, r[4].n, GP_RESULT_SENT, 0, NULL},
	    {id, r[5].n, GP_RESULT_SENT, 0, NULL}, {id, r[6].n, GP_RESULT_SENT, 0, NULL}}, 5);
	expect(f, id, 5, 2, 1, 0);
	OK(gp_queue_next_due(f->s, &when, err));
	assert_int_equal(when, 0);
	OK(gp_queue_turn(f, f->s, 10, &turn, &count, err));
	assert_int_equal(count, 0);
	OK(gp_queue_failures(f, f->s, id, &failures, &count, err));
	assert_int_equal(count, 2);
	assert_string_equal(failures[0].text, "550 5.1.1 no such user");
	assert_string_equal(failures[0].address, r[2].address);
	assert_int_equal(failures[0].member, r[2].member);
	assert_string_equal(failures[1].address, "Guest@example.net");
	/* Its bytes are gone, its figures stay until they are forgotten. */
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM job_data", GP_NOARGS, err));
	assert_int_equal(n, 0);
	OK(gp_queue_list(f, f->s, true, &jobs, &count, err));
	assert_int_equal(count, 1);
	OK(gp_queue_list(f, f->s, false, &jobs, &count, err));
	assert_int_equal(count, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_bounce(f->s, id, r[0].member, NOW, "5.1.1 later", err));
	OK(gp_queue_forget(f->s, NOW, err));
	OK(gp_queue_failures(f, f->s, id, &failures, &count, err));
	assert_int_equal(count, 3);
	assert_true(failures[2].bounced);
	OK(gp_queue_forget(f->s, NOW + 1, err));
	OK(gp_store_commit(f->s, err));
	FAILS(GP_E_NOTFOUND, gp_job_find(f, f->s, id, false, &job, err));
}

static void
test_post(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, 2);
	struct gp_mail m = {.subject = gp_strdup(f, "S"), .from_name = gp_strdup(f, ""),
	    .from_addr = gp_strdup(f, ""), .sender_addr = gp_strdup(f, ""), .text = gp_strdup(f, "hello\n")};
	const char *raw = "Subject: S\r\n\r\nhello\r\n";
	struct gp_archived a;
	struct gp_job job = {.list = list->id, .kind = GP_JOB_POST, .body_off = 14, .created = NOW}, *j;

	OK(gp_store_begin(f->s, err));
	OK(gp_archive_add(f, f->s, list, &m, raw, strlen(raw), NOW, &a, err));
	job.message = a.id;
	OK(gp_job_add(f->s, &job, err));
	OK(gp_job_add_address(f->s, job.id, "a@b.example", 0, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_job_find(f, f->s, job.id, true, &j, err));
	assert_int_equal(j->body_n, 7);
	assert_string_equal(j->body, "hello\r\n");
	assert_int_equal(j->message, a.id);
	/* A removed message goes to nobody any more. */
	OK(gp_store_begin(f->s, err));
	OK(gp_message_remove(f->s, a.id, err));
	OK(gp_store_commit(f->s, err));
	expect(f, job.id, 0, 0, 1, 0);
}

/* Who leaves gets nothing more; who changes the address gets it at the new one. */
static void
test_leaving(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, 4);
	struct gp_rcpt *r;
	int64_t id, n;
	size_t count;

	OK(gp_store_begin(f->s, err));
	id = new_job(f, list, "x");
	OK(add_all(f->s, id, list->id, 0, &n, err));
	OK(gp_job_add_address(f->s, id, "m0@example.org", 1, err));
	OK(gp_store_commit(f->s, err));
	results(f, (struct gp_result[]){{id, 2, GP_RESULT_DEFER, NOW, "4"}}, 1);
	OK(gp_store_begin(f->s, err));
	OK(gp_member_remove(f->s, 1, err));
	OK(gp_member_remove(f->s, 2, err));
	OK(gp_store_commit(f->s, err));
	expect(f, id, 0, 0, 3, 2);
	OK(gp_queue_fresh(f, f->s, id, 0, 9, &r, &count, err));
	assert_int_equal(count, 2);
	assert_int_equal(r[0].member, 3);
	OK(gp_queue_due(f, f->s, NOW, 9, &r, &count, err));
	assert_int_equal(count, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_drop(f->s, id, &n, err));
	OK(gp_store_commit(f->s, err));
	assert_int_equal(n, 2);
	expect(f, id, 0, 0, 5, 0);
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_drop(f->s, 4711, &n, err));
	assert_int_equal(n, 0);
	OK(gp_list_delete(f->s, list->id, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_sql_int(f->s, &n, "SELECT count(*) FROM job", GP_NOARGS, err));
	assert_int_equal(n, 0);
}

/* A crash in the middle of a transaction leaves what the last commit said. */
static void
test_crash(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, 10);
	struct gp_rcpt *r;
	int64_t id, n;
	size_t count;

	OK(gp_store_begin(f->s, err));
	id = new_job(f, list, "x");
	OK(add_all(f->s, id, list->id, 0, &n, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_queue_results(f->s, (struct gp_result[]){{id, 1, GP_RESULT_SENT, 0, NULL},
	    {id, 2, GP_RESULT_DEFER, 5, "4"}}, 2, NOW, err));
	reopen(f);
	expect(f, id, 0, 0, 0, 8);
	OK(gp_queue_fresh(f, f->s, id, 0, 99, &r, &count, err));
	assert_int_equal(count, 8);
	OK(gp_queue_due(f, f->s, NOW, 99, &r, &count, err));
	assert_int_equal(count, 0);
}

/* One post after the other, each said to be accepted once it is committed. */
static void
accept_posts(const char *path, int64_t list_id, int first, int out)
{
	struct gp_store *s;
	struct gp_list *list;
	struct gp_archived a;
	char id[32];
	int64_t n;
	int i;

	if (gp_store_open(NULL, path, GP_STORE_CORE, &s, NULL) != GP_OK ||
	    gp_list_find_id(s, s, list_id, &list, NULL) != GP_OK)
		_exit(1);
	for (i = first;; i++) {
		struct gp_mail m = {.subject = id, .from_name = id, .from_addr = id,
		    .sender_addr = id, .msgid = id, .text = id};
		struct gp_job job = {.list = list_id, .kind = GP_JOB_POST, .created = i};

		snprintf(id, sizeof(id), "%d@x.example", i);
		if (gp_store_begin(s, NULL) != GP_OK || gp_archive_add(s, s, list, &m, id,
		    strlen(id), NOW, &a, NULL) != GP_OK)
			_exit(2);
		job.message = a.id;
		if (gp_job_add(s, &job, NULL) != GP_OK || add_all(s, job.id, list_id, 0,
		    &n, NULL) != GP_OK || gp_store_commit(s, NULL) != GP_OK)
			_exit(3);
		if (write(out, &i, sizeof(i)) != sizeof(i))
			_exit(4);
	}
}

/* Killed at any moment: what was accepted is there, with all its deliveries, once. */
static void
test_kill(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, 5);
	int64_t messages, jobs, waiting, entries;
	int last = -1, round, got, fds[2], status;
	char *problems;
	pid_t pid;

	for (round = 0; round < 6; round++) {
		gp_store_close(f->s);
		f->s = NULL;
		assert_int_equal(pipe(fds), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			close(fds[0]);
			accept_posts(f->path, list->id, (round + 1) * 1000, fds[1]);
		}
		close(fds[1]);
		for (got = 0; got < 20 + 7 * round; got++)
			assert_int_equal(read(fds[0], &last, sizeof(last)), sizeof(last));
		kill(pid, SIGKILL);
		while (read(fds[0], &got, sizeof(got)) == sizeof(got))
			last = got;
		close(fds[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		OK(gp_store_open(f, f->path, GP_STORE_CORE, &f->s, err));
		OK(gp_sql_int(f->s, &messages, "SELECT count(*) FROM node WHERE state = 1", GP_NOARGS,
		    err));
		OK(gp_sql_int(f->s, &jobs, "SELECT count(DISTINCT message) FROM job JOIN node ON "
		    "node.id = job.message", GP_NOARGS, err));
		OK(gp_sql_int(f->s, &waiting, "SELECT count(*) FROM rcpt", GP_NOARGS, err));
		OK(gp_sql_int(f->s, &entries, "SELECT count(*) FROM search_docsize", GP_NOARGS, err));
		assert_int_equal(messages, jobs);
		assert_int_equal(waiting, 4 * jobs);
		assert_int_equal(entries, messages);
		OK(gp_sql_int(f->s, &jobs, "SELECT max(created) FROM job", GP_NOARGS, err));
		/* The one in flight may be there too. */
		assert_true(jobs == last || jobs == last + 1);
	}
	OK(gp_store_check(f, f->s, false, &problems, err));
	assert_string_equal(problems, "");
}

/* ---- imports ---------------------------------------------------------------------------- */

static void
test_imports(void **state)
{
	struct fixture *f = *state;
	struct gp_list *list = new_list(f, 0);
	struct gp_store *tool;
	int64_t offset, automerge;
	bool done;

	FAILS(GP_E_NOTFOUND, gp_import_find(f->s, list->id, "a.mbox", &offset, &done, err));
	OK(gp_store_begin(f->s, err));
	OK(gp_import_mark(f->s, list->id, "a.mbox", 100, false, err));
	OK(gp_import_mark(f->s, list->id, "a.mbox", 250, false, err));
	OK(gp_store_commit(f->s, err));
	OK(gp_import_find(f->s, list->id, "a.mbox", &offset, &done, err));
	assert_int_equal(offset, 250);
	assert_false(done);
	OK(gp_store_begin(f->s, err));
	OK(gp_import_mark(f->s, list->id, "a.mbox", 300, true, err));
	gp_store_rollback(f->s);
	OK(gp_import_find(f->s, list->id, "a.mbox", &offset, &done, err));
	assert_int_equal(offset, 250);
	/* A bulk load that was killed: the next to open mends its settings. */
	OK(gp_archive_bulk_begin(f->s, err));
	OK(gp_sql_int(f->s, &automerge, "SELECT v FROM search_config WHERE k = 'automerge'",
	    GP_NOARGS, err));
	assert_int_equal(automerge, 0);
	reopen(f);
	OK(gp_sql_int(f->s, &automerge, "SELECT v FROM search_config WHERE k = 'automerge'",
	    GP_NOARGS, err));
	assert_int_equal(automerge, 8);
	OK(gp_archive_bulk_begin(f->s, err));
	OK(gp_archive_bulk_end(f->s, err));
	OK(gp_store_open(f, f->path, GP_STORE_TOOL, &tool, err));
	gp_store_close(tool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_fresh),
		STORE_TEST(test_retries),
		STORE_TEST(test_end_of_a_job),
		STORE_TEST(test_post),
		STORE_TEST(test_leaving),
		STORE_TEST(test_crash),
		STORE_TEST(test_kill),
		STORE_TEST(test_imports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
