/* SPDX-License-Identifier: ISC */
/*
 * The outbound process: transactions from core, several connections to the relay that are
 * kept open, results back. When the relay can't be reached, everything at hand goes back to
 * core as "down" and core waits before it sends more.
 */
#include "config.h"

#include "guildpost/outbound.h"

#include <stdlib.h>
#include <string.h>

enum { IDLE_MS = 60000, REPLY_SECONDS = 600 };

struct job {
	struct job *next;
	struct gp_txn_job j;
	const struct gp_txn_job *fits[4]; /* j for relays with and without 8BITMIME, SMTPUTF8 */
	int running;			/* transactions that use it */
	bool forgotten;
};

struct waiting {
	struct waiting *next;
	struct gp_txn t;
	struct job *job;
};

struct line {				/* one connection */
	struct sender *s;
	struct gp_session *session;
	struct gp_smtp *smtp;
	struct gp_watch *readable, *writable;
	struct waiting *w;		/* what runs */
	uint64_t unsaved;		/* transaction whose result core has not saved, 0: none */
	int64_t busy_since, idle_since;
};

struct sender {
	const struct gp_config *conf;
	struct gp_loop *loop;
	struct gp_conn *core;
	struct job *jobs;
	struct waiting *queue, **queue_end;
	struct line *lines;
	size_t lines_n;
	const char *maildir;		/* or NULL */
	int64_t down_until;		/* in gp_now_ms */
};

static void pump(struct sender *s);

static struct job *
find_job(struct sender *s, int64_t id)
{
	struct job *j;

	for (j = s->jobs; j != NULL && j->j.id != id;)
		j = j->next;
	return j;
}

static void
release_job(struct sender *s, struct job *j)
{
	struct job **p;

	if (j->running > 0 || !j->forgotten)
		return;
	for (p = &s->jobs; *p != j;)
		p = &(*p)->next;
	*p = j->next;
	talloc_free(j);
}

static void
tell_core(struct sender *s, const struct gp_txn *t, const struct gp_answer *v)
{
	struct gp_buf *b = gp_buf_new(NULL, 1 << 20);

	gp_answer_pack(b, t->job, v, t->rcpts_n);
	gp_frame_send(s->core, GP_IPC_RESULT, t->id, b->p, b->len);
	talloc_free(b);
}

static void
done_with(struct sender *s, struct waiting *w)
{
	w->job->running--;
	release_job(s, w->job);
	talloc_free(w);
}

/* The same answer for all recipients of a transaction. */
static void
answer_all(struct sender *s, struct waiting *w, enum gp_answer_kind kind, const char *text)
{
	struct gp_answer *v = gp_array(w, struct gp_answer, w->t.rcpts_n);
	size_t i;

	for (i = 0; i < w->t.rcpts_n; i++)
		v[i] = (struct gp_answer){w->t.rcpts[i].n, kind, gp_strdup(v, text)};
	tell_core(s, &w->t, v);
	done_with(s, w);
}

static struct waiting *
take_waiting(struct sender *s)
{
	struct waiting *w = s->queue;

	if (w != NULL) {
		s->queue = w->next;
		if (s->queue == NULL)
			s->queue_end = &s->queue;
	}
	return w;
}

static void
line_close(struct line *l)
{
	TALLOC_FREE(l->readable);
	TALLOC_FREE(l->writable);
	TALLOC_FREE(l->smtp);
	TALLOC_FREE(l->session);
	l->unsaved = 0;
}

static void
line_lost(struct line *l, const char *why)
{
	gp_log(GP_LOG_WARN, "event=relay-lost why=\"%s\"", why);
	gp_smtp_lost(l->smtp, why);
	line_close(l);
}

static void on_writable(int fd, void *arg);

/* Send what is to be sent; wait for room when the relay is slow. */
static void
line_flush(struct line *l)
{
	struct gp_buf *out = gp_smtp_out(l->smtp);
	struct gp_err err;
	size_t at = 0, done;

	while (at < out->len) {
		if (gp_session_send(l->session, out->p + at, out->len - at, &done, &err) != GP_OK) {
			line_lost(l, err.msg);
			return;
		}
		if (done == 0)
			break;
		at += done;
	}
	if (at > 0) {
		memmove(out->p, out->p + at, out->len - at);
		gp_buf_cut(out, out->len - at);
	}
	if (out->len > 0 && l->writable == NULL)
		l->writable = gp_loop_fd(l->s->loop, gp_session_fd(l->session), true, on_writable, l);
	else if (out->len == 0)
		TALLOC_FREE(l->writable);
}

static void
on_writable(int fd, void *arg)
{
	(void)fd;
	line_flush(arg);
}

static void
on_readable(int fd, void *arg)
{
	struct line *l = arg;
	struct sender *s = l->s;
	char buf[16384];
	struct gp_err err;
	size_t done;

	(void)fd;
	for (;;) {
		if (gp_session_recv(l->session, buf, sizeof(buf), &done, &err) != GP_OK) {
			line_lost(l, err.msg);
			break;
		}
		if (done == 0)
			break;
		if (!gp_smtp_feed(l->smtp, buf, done)) {
			line_lost(l, "the relay ended the session");
			break;
		}
	}
	if (l->session != NULL)
		line_flush(l);
	pump(s);
}

static void
on_answered(void *arg, struct gp_txn *t, const struct gp_answer *v)
{
	struct line *l = arg;
	struct waiting *w = l->w;

	l->w = NULL;
	l->unsaved = t->id;
	l->idle_since = gp_now_ms();
	tell_core(l->s, t, v);
	done_with(l->s, w);
}

/* Everything at hand goes back: the relay is away, not the recipients. */
static void
relay_down(struct sender *s, const char *why)
{
	struct waiting *w;

	gp_log(GP_LOG_WARN, "event=relay-down why=\"%s\"", why);
	s->down_until = gp_now_ms() + 5000;
	while ((w = take_waiting(s)) != NULL)
		answer_all(s, w, GP_ANSWER_DOWN, why);
}

static bool
line_open(struct line *l)
{
	static const struct gp_smtp_ops ops = {on_answered};
	struct gp_err err;

	if (gp_session_open(l->s, l->s->conf, &l->session, &err) != GP_OK) {
		relay_down(l->s, err.msg);
		return false;
	}
	l->smtp = gp_smtp_new(l->s, gp_session_features(l->session), gp_session_size(l->session),
	    &ops, l);
	l->readable = gp_loop_fd(l->s->loop, gp_session_fd(l->session), false, on_readable, l);
	return true;
}

/* The job as this relay can take it: made once, for all its transactions. */
static const struct gp_txn_job *
fit_job(struct job *j, unsigned features)
{
	const struct gp_txn_job **fit = &j->fits[((features & GP_SESSION_8BIT) != 0 ? 1 : 0) |
	    ((features & GP_SESSION_UTF8) != 0 ? 2 : 0)];

	if (*fit == NULL)
		*fit = gp_txn_fit(j, &j->j, features);
	return *fit;
}

static void
line_start(struct line *l)
{
	struct waiting *w = take_waiting(l->s);

	l->w = w;
	l->busy_since = gp_now_ms();
	gp_smtp_start(l->smtp, &w->t, fit_job(w->job, gp_session_features(l->session)));
	line_flush(l);
}

/* A line that is open and idle, else one that is closed, else none. */
static struct line *
free_line(struct sender *s)
{
	struct line *closed = NULL;
	size_t i;

	for (i = 0; i < s->lines_n; i++) {
		struct line *l = &s->lines[i];

		if (l->session == NULL)
			closed = closed != NULL ? closed : l;
		else if (l->w == NULL && gp_smtp_is_idle(l->smtp))
			return l;
	}
	return closed;
}

static void
deliver_to_maildir(struct sender *s, struct waiting *w)
{
	struct gp_answer *v = gp_array(w, struct gp_answer, w->t.rcpts_n);
	struct gp_err err;
	size_t i;

	for (i = 0; i < w->t.rcpts_n; i++) {
		v[i] = (struct gp_answer){w->t.rcpts[i].n, GP_ANSWER_SENT, gp_strdup(v, "250 filed")};
		if (gp_maildir_deliver(s->maildir, &w->t, w->t.rcpts[i].address, &w->job->j, &err) !=
		    GP_OK) {
			v[i].kind = GP_ANSWER_DEFER;
			v[i].text = gp_strdup(v, err.msg);
			gp_log(GP_LOG_ERR, "event=maildir what=\"%s\"", err.msg);
		}
	}
	tell_core(s, &w->t, v);
	done_with(s, w);
}

static void
pump(struct sender *s)
{
	struct line *l;

	while (s->queue != NULL) {
		if (s->maildir != NULL) {
			deliver_to_maildir(s, take_waiting(s));
			continue;
		}
		if (gp_now_ms() < s->down_until) {
			relay_down(s, "the relay was away a moment ago");
			return;
		}
		l = free_line(s);
		if (l == NULL || (l->session == NULL && !line_open(l)))
			return;
		line_start(l);
	}
}

static void
take_saved(struct sender *s, uint64_t id)
{
	size_t i;

	for (i = 0; i < s->lines_n; i++) {
		struct line *l = &s->lines[i];

		if (l->unsaved != id || l->session == NULL)
			continue;
		l->unsaved = 0;
		gp_smtp_saved(l->smtp);
		line_flush(l);
		return;
	}
}

static void
take_batch(struct sender *s, struct gp_str body)
{
	struct waiting *w = gp_new(s, struct waiting);
	struct job *j = gp_new(s, struct job), *old;
	enum gp_batch_kind kind;
	struct gp_err err;

	if (gp_txn_unpack(w, body, &kind, &j->j, &w->t, &err) != GP_OK)
		gp_bug("%s", err.msg);
	old = find_job(s, kind == GP_BATCH_TXN ? w->t.job : j->j.id);
	if (kind == GP_BATCH_JOB && old == NULL) {
		talloc_steal(j, j->j.header.p);
		talloc_steal(j, j->j.body.p);
		j->next = s->jobs;
		s->jobs = j;
		talloc_free(w);
		return;
	}
	talloc_free(j);
	if (kind == GP_BATCH_TXN && old != NULL) {
		w->job = old;
		old->running++;
		*s->queue_end = w;
		s->queue_end = &w->next;
		return;
	}
	talloc_free(w);
	if (kind == GP_BATCH_FORGET && old != NULL) {
		old->forgotten = true;
		release_job(s, old);
	}
}

static void
on_core(struct gp_conn *c, void *arg)
{
	struct sender *s = arg;
	struct gp_frame f;
	struct gp_err err;
	enum gp_status st;
	size_t used;

	while ((st = gp_frame_next(c, GP_MAX_FRAME, &f, &used, &err)) == GP_OK) {
		if (f.kind == GP_IPC_BATCH)
			take_batch(s, f.body);
		else if (f.kind == GP_IPC_RESULT_SAVED)
			take_saved(s, f.id);
		gp_conn_take(c, used);
	}
	if (st != GP_E_NOTFOUND)
		gp_bug("frames from core: %s", err.msg);
	pump(s);
}

static void
on_core_closed(struct gp_conn *c, const char *why, void *arg)
{
	struct sender *s = arg;

	(void)c;
	(void)why;
	gp_loop_stop(s->loop);
}

/* Close what is idle too long; give up on a relay that doesn't answer. */
static void
on_tick(void *arg)
{
	struct sender *s = arg;
	int64_t now = gp_now_ms();
	size_t i;

	for (i = 0; i < s->lines_n; i++) {
		struct line *l = &s->lines[i];

		if (l->session == NULL)
			continue;
		if (l->w != NULL && l->unsaved == 0 && now - l->busy_since > REPLY_SECONDS * 1000) {
			line_lost(l, "the relay didn't answer in time");
		} else if (l->w == NULL && now - l->idle_since > IDLE_MS) {
			gp_smtp_quit(l->smtp);
			line_flush(l);
			line_close(l);
		}
	}
	pump(s);
}

int
gp_outbound_run(const struct gp_config *conf, int fd)
{
	static const struct gp_conn_ops ops = {on_core, NULL, on_core_closed};
	struct sender *s = gp_new(NULL, struct sender);
	struct gp_err err;
	size_t i;

	s->conf = conf;
	s->loop = gp_loop_new(s);
	s->queue_end = &s->queue;
	if (gp_starts(conf->relay, "maildir:")) {
		s->maildir = conf->relay + strlen("maildir:");
		if (gp_maildir_prepare(s->maildir, &err) != GP_OK)
			gp_log(GP_LOG_ERR, "event=maildir what=\"%s\"", err.msg);
	}
	s->lines_n = (size_t)conf->connections;
	s->lines = gp_array(s, struct line, s->lines_n);
	for (i = 0; i < s->lines_n; i++)
		s->lines[i].s = s;
	s->core = gp_conn_new(s->loop, s, fd, &ops, s);
	gp_loop_timer(s->loop, 1000, true, on_tick, s);
	gp_frame_send(s->core, GP_IPC_HELLO, GP_IPC_VERSION, NULL, 0);
	gp_loop_run(s->loop);
	talloc_free(s);
	return 0;
}
