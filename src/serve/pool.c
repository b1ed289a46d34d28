/* SPDX-License-Identifier: ISC */
/*
 * The pool of parser processes. Each has a few messages: the one in work and some behind
 * it, so that it never waits for us. A parser that dies or takes too long is replaced; the
 * message in work is to blame, the others are given to someone else.
 */
#include "config.h"

#include "guildpost/serve.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DEPTH = 8,		/* messages of a parser */
	DEPTH_BYTES = 128 << 10	/* with so many bytes it has enough */
};

struct request {
	struct request *next;
	uint64_t id;
	const char *raw;
	size_t n;
	gp_parsed_fn *fn;
	void *arg;
};

struct parser {
	struct gp_pool *pool;
	pid_t pid;
	struct gp_conn *conn;
	struct request *work;		/* in order; the first is in work */
	size_t n, bytes;
	int64_t since;			/* gp_now_ms when the first was begun */
};

struct gp_pool {
	struct gp_loop *loop;
	struct parser *v;
	size_t n;
	struct request *queue, **queue_end;
	size_t waiting;
	uint64_t last_id;
};

static void pump(struct gp_pool *pool);
static void on_answer(struct gp_conn *c, void *arg);
static void on_closed(struct gp_conn *c, const char *why, void *arg);

static enum gp_status
start(struct parser *p, struct gp_err *err)
{
	static const struct gp_conn_ops ops = {on_answer, NULL, on_closed};
	enum gp_status st;
	int fds[2];

	st = gp_socketpair(SOCK_STREAM, fds, err);
	if (st != GP_OK)
		return st;
	st = gp_spawn("parser", NULL, fds[1], &p->pid, err);
	close(fds[1]);
	if (st != GP_OK) {
		close(fds[0]);
		return st;
	}
	p->conn = gp_conn_new(p->pool->loop, p->pool, fds[0], &ops, p);
	return GP_OK;
}

static void
finish(struct gp_pool *pool, struct request *r, struct gp_str wire, const char *unreadable)
{
	pool->waiting--;
	r->fn(r->arg, wire, unreadable);
	talloc_free(r);
}

/* Requests to the front of the queue. */
static void
put_back(struct gp_pool *pool, struct request *first)
{
	struct request *last;

	if (first == NULL)
		return;
	for (last = first; last->next != NULL; last = last->next)
		;
	last->next = pool->queue;
	if (pool->queue == NULL)
		pool->queue_end = &last->next;
	pool->queue = first;
}

/* The parser is gone: blame the message in work, keep the others, start anew. */
static void
replace(struct parser *p, const char *why)
{
	struct gp_pool *pool = p->pool;
	struct request *r = p->work;
	struct gp_err err;

	TALLOC_FREE(p->conn);
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	p->pid = 0;
	p->work = NULL;
	p->n = p->bytes = 0;
	if (r != NULL) {
		put_back(pool, r->next);
		gp_log(GP_LOG_WARN, "event=parser-lost bytes=%zu why=\"%s\"", r->n, why);
	}
	if (start(p, &err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=parser-start what=\"%s\"", err.msg);
	if (r != NULL)
		finish(pool, r, (struct gp_str){NULL, 0}, why);
	pump(pool);
}

static void
on_closed(struct gp_conn *c, const char *why, void *arg)
{
	(void)c;
	(void)why;
	replace(arg, "the parser ended while it was at work on it");
}

/* Status, then the reason or the wire form. */
static void
deliver(struct gp_pool *pool, struct request *r, struct gp_str body)
{
	struct gp_unpack u = {body.p, body.n, false};
	uint64_t st = gp_unpack_u(&u);
	void *ctx = gp_ctx(NULL);
	char *why;

	if (!u.bad && st == GP_OK) {
		finish(pool, r, (struct gp_str){u.p, u.n}, NULL);
	} else {
		why = gp_unpack_text(&u, ctx);
		finish(pool, r, (struct gp_str){NULL, 0}, why != NULL ? why : "the parser gave up");
	}
	talloc_free(ctx);
}

static void
on_answer(struct gp_conn *c, void *arg)
{
	struct parser *p = arg;
	struct gp_frame f;
	struct gp_err err;
	enum gp_status st;
	size_t used;

	while ((st = gp_frame_next(c, GP_MAX_FRAME, &f, &used, &err)) == GP_OK) {
		struct request *r = p->work;

		if (r == NULL || f.id != r->id || f.kind != GP_IPC_PARSED) {
			replace(p, "the parser answered nonsense");
			return;
		}
		p->work = r->next;
		p->n--;
		p->bytes -= r->n;
		p->since = gp_now_ms();
		deliver(p->pool, r, f.body);
		gp_conn_take(c, used);
	}
	if (st != GP_E_NOTFOUND)
		replace(p, "the parser answered nonsense");
	else
		pump(p->pool);
}

static struct parser *
least_busy(struct gp_pool *pool)
{
	struct parser *best = NULL;
	size_t i;

	for (i = 0; i < pool->n; i++) {
		struct parser *p = &pool->v[i];

		if (p->conn == NULL || p->n >= DEPTH || (p->n > 1 && p->bytes >= DEPTH_BYTES))
			continue;
		if (best == NULL || p->n < best->n)
			best = p;
	}
	return best;
}

static void
pump(struct gp_pool *pool)
{
	struct request *r, **end;
	struct parser *p;

	while (pool->queue != NULL && (p = least_busy(pool)) != NULL) {
		r = pool->queue;
		pool->queue = r->next;
		if (pool->queue == NULL)
			pool->queue_end = &pool->queue;
		r->next = NULL;
		for (end = &p->work; *end != NULL;)
			end = &(*end)->next;
		*end = r;
		p->bytes += r->n;
		if (p->n++ == 0)
			p->since = gp_now_ms();
		gp_frame_send(p->conn, GP_IPC_PARSE, r->id, r->raw, r->n);
	}
}

/* Once a second: who takes too long? Who could not be started? */
static void
on_tick(void *arg)
{
	struct gp_pool *pool = arg;
	size_t i;

	for (i = 0; i < pool->n; i++) {
		struct parser *p = &pool->v[i];

		if (p->conn == NULL)
			replace(p, "");
		else if (p->n > 0 && gp_now_ms() - p->since > GP_PARSER_SECONDS * 1000)
			replace(p, "reading it took too long");
	}
}

static int
pool_free(struct gp_pool *pool)
{
	size_t i;

	for (i = 0; i < pool->n; i++) {
		TALLOC_FREE(pool->v[i].conn);
		if (pool->v[i].pid > 0)
			waitpid(pool->v[i].pid, NULL, 0);
	}
	return 0;
}

enum gp_status
gp_pool_new(const void *ctx, struct gp_loop *loop, size_t processes, struct gp_pool **out,
    struct gp_err *err)
{
	struct gp_pool *pool = gp_new(ctx, struct gp_pool);
	enum gp_status st = GP_OK;
	size_t i;

	pool->loop = loop;
	pool->queue_end = &pool->queue;
	pool->v = gp_array(pool, struct parser, processes);
	for (i = 0; st == GP_OK && i < processes; i++) {
		pool->v[i].pool = pool;
		st = start(&pool->v[i], err);
		pool->n += st == GP_OK;
	}
	talloc_set_destructor(pool, pool_free);
	if (st != GP_OK) {
		talloc_free(pool);
		return st;
	}
	talloc_steal(pool, gp_loop_timer(loop, 1000, true, on_tick, pool));
	*out = pool;
	return GP_OK;
}

void
gp_pool_parse(struct gp_pool *pool, const char *raw, size_t n, gp_parsed_fn *fn, void *arg)
{
	struct request *r = gp_new(pool, struct request);

	r->id = ++pool->last_id;
	r->raw = raw;
	r->n = n;
	r->fn = fn;
	r->arg = arg;
	*pool->queue_end = r;
	pool->queue_end = &r->next;
	pool->waiting++;
	pump(pool);
}

size_t
gp_pool_waiting(const struct gp_pool *pool)
{
	return pool->waiting;
}

struct one {
	const void *ctx;
	const char *raw;
	size_t n;
	struct gp_mail *mail;
	char *unreadable;
	bool done;
};

static void
on_one(void *arg, struct gp_str wire, const char *unreadable)
{
	struct one *o = arg;
	struct gp_err err;

	o->done = true;
	if (unreadable != NULL) {
		o->unreadable = gp_strdup(o->ctx, unreadable);
		return;
	}
	o->mail = gp_new(o->ctx, struct gp_mail);
	if (gp_mail_unpack(o->ctx, wire, o->raw, o->n, o->mail, &err) != GP_OK) {
		o->unreadable = gp_strdup(o->ctx, err.msg);
		o->mail = NULL;
	}
}

enum gp_status
gp_pool_parse_one(const void *ctx, struct gp_loop *loop, struct gp_pool *pool, const char *raw,
    size_t n, struct gp_mail **mail, char **unreadable, struct gp_err *err)
{
	struct one o = {ctx, raw, n, NULL, NULL, false};
	struct gp_scan scan;

	*mail = NULL;
	*unreadable = NULL;
	if (gp_mail_scan(raw, n, &scan, err) != GP_OK) {
		*unreadable = gp_strdup(ctx, err != NULL ? err->msg : "over a limit");
		return GP_OK;
	}
	gp_pool_parse(pool, raw, n, on_one, &o);
	while (!o.done)
		gp_loop_once(loop, 1000);
	*mail = o.mail;
	*unreadable = o.unreadable;
	return GP_OK;
}
