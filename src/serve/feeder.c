/* SPDX-License-Identifier: ISC */
/*
 * The queue's way to outbound. Untried recipients of each unfinished job are read in order,
 * some at a time; lists take turns, and the jobs of a list, so that small ones get through while a large
 * one drains. Retries go when they are due. No more is handed out than outbound can use at
 * once, and than a domain may get (manners.c). What comes of it is in results.c (design section 6.2).
 */
#include "config.h"

#include "feeder.h"

#include <inttypes.h>
#include <string.h>

enum { AHEAD = 200 };

struct gp_feeder *
gp_feeder_new(struct gp_core *core)
{
	struct gp_feeder *f = gp_new(core, struct gp_feeder);
	struct gp_err err;

	f->core = core;
	f->more_jobs = f->alarm = true;
	f->manners = gp_manners_new(f, core->conf->per_domain, core->conf->rate);
	f->results_ctx = gp_ctx(f);
	/* What is asked from now on counts, also before the first tick. */
	f->version = gp_store_version(core->site->store);
	if (gp_queue_retries(core->site->store, &f->retries, &err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
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
	gp_manners_reset(f->manners);
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

bool
gp_feeder_is_idle(const struct gp_feeder *f)
{
	return !f->more_jobs && !f->planned && f->jobs == NULL && f->asking == NULL && f->runs == NULL &&
	    f->results_n == 0;
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
	gp_manners_begin(f->manners, r->rcpts[0].address);
}

/* A job with nothing left to hand out leaves the turn when its last answer is saved. */
static void
retire(struct gp_feeder *f, struct feed_job *j)
{
	struct feed_job **p;
	struct gp_buf *b;

	if (j->running > 0 || j->put_off > 0 || j->at < j->n || !j->read_all)
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

/* May it go now? If its domain pauses, it is put off until then. */
static bool
may_go(struct gp_feeder *f, struct feed_job *j, struct gp_rcpt *r)
{
	const char *words;
	int64_t until;
	enum gp_may may = gp_manners_may(f->manners, r->address, gp_now(), &until, &words);

	if (may == GP_MAY_LATER) {
		gp_feeder_put_off(f, j, r, until, words);
		r->address = NULL;
	}
	return may == GP_MAY;
}

/* The first that may go now and, where all get the same, others of its domain. They are taken out of
 * what was read. */
static size_t
pick(struct gp_feeder *f, struct feed_job *j, struct gp_rcpt *v)
{
	size_t n = 0, i, most = (j->job->flags & GP_JOB_BATCH) != 0 ? GP_TXN_RCPTS : 1;

	for (i = j->at; i < j->n && n < most; i++) {
		struct gp_rcpt *r = &j->rcpts[i];

		if (r->address == NULL || (n == 0 && !may_go(f, j, r)) ||
		    (n > 0 && !gp_strieq(gp_addr_domain(r->address), gp_addr_domain(v[0].address))))
			continue;
		v[n++] = *r;
		r->address = NULL;
	}
	while (j->at < j->n && j->rcpts[j->at].address == NULL)
		j->at++;
	return n;
}

static void
move_to_end(struct gp_feeder *f, struct feed_job *j)
{
	struct feed_job **p;

	for (p = &f->jobs; *p != j;)
		p = &(*p)->next;
	*p = j->next;
	j->next = NULL;
	while (*p != NULL)
		p = &(*p)->next;
	*p = j;
}

/* One transaction of each list that has one to send. False: none has. */
static bool
one_turn(struct gp_feeder *f, size_t window)
{
	struct gp_rcpt v[GP_TXN_RCPTS];
	struct feed_job *j, *next;
	bool any = false;
	size_t n;

	f->turn++;
	for (j = f->jobs; j != NULL && f->running < window; j = next) {
		next = j->next;
		if (gp_feeder_has_list(f, j->list->id, true))
			continue;
		if (!read_ahead(f, j)) {
			retire(f, j);
			continue;
		}
		if (!gp_manners_take(f->manners, 0, gp_now_ms()))
			return false;
		n = pick(f, j, v);
		if (n == 0)
			continue;
		gp_manners_take(f->manners, (int64_t)n, gp_now_ms());
		send_txn(f, j, v, n);
		j->turn = f->turn;
		move_to_end(f, j);
		any = true;
	}
	return any;
}

void
gp_feeder_feed(struct gp_feeder *f)
{
	size_t window = (size_t)f->core->conf->connections * 2;
	bool any = true;

	if (!may_feed(f))
		return;
	gp_feeder_load_asking(f);
	while (any && f->running < window) {
		if (f->more_jobs)
			gp_feeder_load(f);
		any = one_turn(f, window);
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

/* `queue retry`: what waits is due by now, and neither a domain nor the relay pauses any longer. */
static void
heed_retry(struct gp_feeder *f)
{
	struct gp_store *store = f->core->site->store;
	int64_t version = gp_store_version(store), retries;
	struct gp_err err;

	if (version == f->version)
		return;
	if (gp_queue_retries(store, &retries, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		return;
	}
	if (retries != f->retries) {
		gp_log(GP_LOG_INFO, "event=queue-retry");
		gp_manners_lift(f->manners);
		f->pause_until = 0;
	}
	f->version = version;
	f->retries = retries;
}

void
gp_feeder_tick(struct gp_feeder *f)
{
	void *ctx = gp_ctx(NULL);
	struct gp_rcpt *due;
	struct gp_err err;
	struct feed_job *j;
	const char *words;
	int64_t until;
	size_t n = 0, i;

	if (may_feed(f) &&
	    gp_queue_due(ctx, f->core->site->store, gp_now(), AHEAD, &due, &n, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		n = 0;
	}
	/* After they are read: what becomes due in between is not put off again. */
	heed_retry(f);
	for (i = 0; i < n && f->running < (size_t)f->core->conf->connections * 2; i++) {
		if (is_running(f, due[i].job, due[i].n))
			continue;
		/* When as many as may go there are under way, it isn't even read. */
		if (gp_manners_may(f->manners, due[i].address, gp_now(), &until, &words) == GP_MAY_SOON)
			continue;
		j = gp_feeder_find(f, due[i].job);
		if (j == NULL)
			j = gp_feeder_load_job(f, due[i].job, true);
		if (j == NULL || !may_go(f, j, &due[i]))
			continue;
		if (!gp_manners_take(f->manners, 1, gp_now_ms()))
			break;
		send_txn(f, j, &due[i], 1);
	}
	talloc_free(ctx);
	/* Jobs of other processes (the command line) are found here. */
	gp_feeder_poke(f);
}
