/* SPDX-License-Identifier: ISC */
/*
 * The queue's way to outbound. Untried recipients of each unfinished job are read in order,
 * some at a time, the jobs in turn; retries when they are due. No more is handed out than
 * outbound can use at once. What comes of it is in results.c (design section 6.2).
 */
#include "config.h"

#include "feeder.h"

#include <inttypes.h>
#include <string.h>

enum { JOBS = 16, AHEAD = 200, PATIENCE = 15 * 60 };

struct gp_feeder *
gp_feeder_new(struct gp_core *core)
{
	struct gp_feeder *f = gp_new(core, struct gp_feeder);

	f->core = core;
	f->more_jobs = true;
	f->results_ctx = gp_ctx(f);
	return f;
}

void
gp_feeder_reset(struct gp_feeder *f)
{
	struct feed_job *j;
	struct asking *a;
	struct run *r;

	while ((a = f->asking) != NULL) {
		f->asking = a->next;
		talloc_free(a);
	}
	while ((j = f->jobs) != NULL) {
		f->jobs = j->next;
		talloc_free(j);
	}
	while ((r = f->runs) != NULL) {
		f->runs = r->next;
		talloc_free(r);
	}
	f->running = 0;
	f->last_job = 0;
	f->more_jobs = true;
}

void
gp_feeder_lost(struct gp_feeder *f, const char *why)
{
	gp_log(GP_LOG_WARN, "event=outbound-lost why=\"%s\"", why);
	TALLOC_FREE(f->out);
	gp_feeder_reset(f);
}

static void
on_closed(struct gp_conn *c, const char *why, void *arg)
{
	(void)c;
	gp_feeder_lost(arg, why);
}

void
gp_feeder_connect(struct gp_feeder *f, int fd)
{
	static const struct gp_conn_ops ops = {gp_feeder_on_result, NULL, on_closed};

	TALLOC_FREE(f->out);
	f->out = gp_conn_new(f->core->loop, f, fd, &ops, f);
	gp_feeder_poke(f);
}

static void
feed_later(void *arg)
{
	struct gp_feeder *f = arg;

	f->planned = false;
	gp_feeder_feed(f);
}

void
gp_feeder_poke(struct gp_feeder *f)
{
	f->more_jobs = true;
	if (!f->planned) {
		f->planned = true;
		gp_loop_later(f->core->loop, feed_later, f);
	}
}

static size_t
count_jobs(const struct gp_feeder *f)
{
	const struct feed_job *j;
	size_t n = 0;

	for (j = f->jobs; j != NULL; j = j->next)
		n++;
	return n;
}

static struct feed_job *
find_job(struct gp_feeder *f, int64_t id)
{
	struct feed_job *j;

	for (j = f->jobs; j != NULL && j->id != id;)
		j = j->next;
	return j;
}

/* Once the author's domain has spoken the job gets its last shape, for good. */
static enum gp_status
settle(struct gp_feeder *f, struct feed_job *j, enum gp_policy policy, struct gp_err *err)
{
	struct gp_store *store = f->core->site->store;
	enum gp_status st = gp_store_begin(store, err);

	if (st != GP_OK)
		return st;
	st = gp_cook_settle(j, f->core->site, j->list, j->job, policy, err);
	if (st == GP_OK)
		st = gp_job_settle(store, j->job, err);
	if (st == GP_OK)
		st = gp_store_commit(store, err);
	if (st != GP_OK)
		gp_store_rollback(store);
	return st;
}

/* A domain that can't be asked: some time later mail of it goes out as if it were strict (standards.md
 * 2.1). */
static bool
know_policy(struct gp_feeder *f, const char *domain, int64_t created, enum gp_policy *policy)
{
	return gp_policies_get(f->core->policies, domain, policy) &&
	    (*policy != GP_POLICY_UNKNOWN || gp_now() - created >= PATIENCE);
}

/* GP_E_BUSY: the job waits for the policy of a domain. */
static enum gp_status
ask_policy(struct gp_feeder *f, struct feed_job *j, struct gp_err *err)
{
	char *domain = gp_cook_domain(j, j->job);
	enum gp_policy policy;
	struct asking *a;

	if (j->list->set.dmarc == GP_DMARC_ALWAYS)
		return settle(f, j, GP_POLICY_REJECT, err);
	if (know_policy(f, domain, j->job->created, &policy))
		return settle(f, j, policy, err);
	a = gp_new(f, struct asking);
	*a = (struct asking){f->asking, j->id, j->job->created, talloc_steal(a, domain)};
	f->asking = a;
	return GP_E_BUSY;
}

/* Bring a job into memory, at the end of the turn. NULL: it is gone or can't be read now. */
static struct feed_job *
load_job(struct gp_feeder *f, int64_t id, bool retries_only)
{
	struct gp_store *store = f->core->site->store;
	struct feed_job *j = gp_new(f, struct feed_job), **end;
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;

	j->id = id;
	j->read_all = retries_only;
	st = gp_job_find(j, store, id, true, &j->job, &err);
	if (st == GP_OK)
		st = gp_list_find_id(j, store, j->job->list, &j->list, &err);
	if (st == GP_OK && (j->job->flags & GP_JOB_ASK) != 0)
		st = ask_policy(f, j, &err);
	if (st != GP_OK) {
		if (st != GP_E_NOTFOUND && err.code != GP_OK)
			gp_log(GP_LOG_ERR, "event=job-read job=%" PRId64 " what=\"%s\"", id, err.msg);
		talloc_free(j);
		return NULL;
	}
	for (end = &f->jobs; *end != NULL;)
		end = &(*end)->next;
	*end = j;
	return j;
}

static void
load_jobs(struct gp_feeder *f)
{
	void *ctx = gp_ctx(NULL);
	struct gp_err err;
	int64_t *ids;
	size_t n, i, room = JOBS - count_jobs(f);

	if (gp_queue_jobs(ctx, f->core->site->store, f->last_job, room, &ids, &n, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		n = 0;
	}
	for (i = 0; i < n; i++) {
		struct feed_job *j = find_job(f, ids[i]);

		/* One that is here for its retries has its fresh recipients still to be read. */
		if (j != NULL)
			j->read_all = false;
		else
			load_job(f, ids[i], false);
		f->last_job = ids[i];
	}
	f->more_jobs = n == room;
	talloc_free(ctx);
}

/* Jobs whose question is answered join the turn. */
static void
load_asking(struct gp_feeder *f)
{
	struct asking *a = f->asking, *next;
	enum gp_policy policy;

	f->asking = NULL;
	for (; a != NULL; a = next) {
		next = a->next;
		if (count_jobs(f) >= JOBS || !know_policy(f, a->domain, a->created, &policy)) {
			a->next = f->asking;
			f->asking = a;
			continue;
		}
		load_job(f, a->id, false);
		talloc_free(a);
	}
}

static bool
read_ahead(struct gp_feeder *f, struct feed_job *j)
{
	struct gp_err err;

	if (j->at < j->n)
		return true;
	if (j->read_all)
		return false;
	TALLOC_FREE(j->rcpts);
	j->at = j->n = 0;
	if (gp_queue_fresh(j, f->core->site->store, j->id, j->cursor, AHEAD, &j->rcpts, &j->n,
	    &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		j->n = 0;
	}
	j->read_all = j->n < AHEAD;
	if (j->n > 0)
		j->cursor = j->rcpts[j->n - 1].n;
	return j->n > 0;
}

static void
send_job(struct gp_feeder *f, struct feed_job *j)
{
	struct gp_txn_job t = {.id = j->id, .header = {j->job->header, j->job->header_n},
	    .body = {j->job->body, j->job->body_n}};
	struct gp_buf *b;

	if (j->sent)
		return;
	t.flags = ((j->job->flags & GP_JOB_8BIT) != 0 ? GP_TXN_8BIT : 0) |
	    ((j->job->flags & GP_JOB_UTF8) != 0 ? GP_TXN_UTF8 : 0);
	b = gp_buf_new(NULL, GP_MAX_FRAME);
	gp_txn_pack_job(b, &t);
	gp_frame_send(f->out, GP_IPC_BATCH, 0, b->p, b->len);
	talloc_free(b);
	j->sent = true;
}

/* Hand one transaction to outbound: one recipient, or a hundred when they all get the same. */
static void
send_txn(struct gp_feeder *f, struct feed_job *j, const struct gp_rcpt *v, size_t n)
{
	struct run *r = gp_new(f, struct run);
	struct gp_txn t = {0};
	struct gp_envelope env;
	struct gp_buf *b;
	size_t i;

	send_job(f, j);
	gp_cook_envelope(r, f->core->site, j->list, j->job, &v[0], &env);
	r->id = t.id = ++f->last_txn;
	r->job = j;
	r->n = t.rcpts_n = n;
	r->rcpts = gp_array(r, struct gp_rcpt, n);
	t.rcpts = gp_array(r, struct gp_txn_rcpt, n);
	t.job = j->id;
	t.sender = env.sender;
	t.fields = env.fields;
	for (i = 0; i < n; i++) {
		r->rcpts[i] = v[i];
		r->rcpts[i].last = NULL;
		r->rcpts[i].address = gp_strdup(r, v[i].address);
		t.rcpts[i] = (struct gp_txn_rcpt){v[i].n, r->rcpts[i].address};
	}
	b = gp_buf_new(r, 1 << 20);
	gp_txn_pack(b, &t);
	gp_frame_send(f->out, GP_IPC_BATCH, t.id, b->p, b->len);
	talloc_free(b);
	r->next = f->runs;
	f->runs = r;
	j->running++;
	f->running++;
}

/* A job with nothing left to hand out leaves the turn when its last answer is saved. */
static void
retire(struct gp_feeder *f, struct feed_job *j)
{
	struct feed_job **p;
	struct gp_buf *b;

	if (j->running > 0 || j->at < j->n || !j->read_all)
		return;
	if (j->sent && f->out != NULL) {
		b = gp_buf_new(NULL, 64);
		gp_txn_pack_forget(b, j->id);
		gp_frame_send(f->out, GP_IPC_BATCH, 0, b->p, b->len);
		talloc_free(b);
	}
	for (p = &f->jobs; *p != j;)
		p = &(*p)->next;
	*p = j->next;
	talloc_free(j);
}

static bool
may_feed(struct gp_feeder *f)
{
	return f->out != NULL && !f->down && gp_now_ms() >= f->pause_until && !f->core->ending;
}

void
gp_feeder_feed(struct gp_feeder *f)
{
	size_t window = (size_t)f->core->conf->connections * 2, n;
	struct feed_job *j, *next;
	bool any = true;

	if (!may_feed(f))
		return;
	load_asking(f);
	while (any && f->running < window) {
		any = false;
		if (f->more_jobs && count_jobs(f) < JOBS)
			load_jobs(f);
		for (j = f->jobs; j != NULL && f->running < window; j = next) {
			next = j->next;
			if (!read_ahead(f, j)) {
				retire(f, j);
				continue;
			}
			n = j->n - j->at;
			if ((j->job->flags & GP_JOB_BATCH) == 0)
				n = 1;
			else if (n > GP_TXN_RCPTS)
				n = GP_TXN_RCPTS;
			send_txn(f, j, j->rcpts + j->at, n);
			j->at += n;
			any = true;
		}
	}
}

static bool
is_running(const struct gp_feeder *f, int64_t job, int64_t n)
{
	const struct run *r;
	size_t i;

	for (r = f->runs; r != NULL; r = r->next)
		for (i = 0; r->job->id == job && i < r->n; i++)
			if (r->rcpts[i].n == n)
				return true;
	return false;
}

void
gp_feeder_tick(struct gp_feeder *f)
{
	void *ctx = gp_ctx(NULL);
	struct gp_rcpt *due;
	struct gp_err err;
	struct feed_job *j;
	size_t n = 0, i;

	if (may_feed(f) &&
	    gp_queue_due(ctx, f->core->site->store, gp_now(), AHEAD, &due, &n, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		n = 0;
	}
	for (i = 0; i < n && f->running < (size_t)f->core->conf->connections * 2; i++) {
		if (is_running(f, due[i].job, due[i].n))
			continue;
		j = find_job(f, due[i].job);
		if (j == NULL)
			j = load_job(f, due[i].job, true);
		if (j != NULL)
			send_txn(f, j, &due[i], 1);
	}
	talloc_free(ctx);
	/* Jobs of other processes (the command line) are found here. */
	gp_feeder_poke(f);
}
