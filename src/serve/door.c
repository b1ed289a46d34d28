/* SPDX-License-Identifier: ISC */
/*
 * LMTP listeners and their sessions: bytes between sockets and the machine of inbound/,
 * messages to core, replies back. When a session ends before its message is committed, the
 * message is committed all the same: the sender may try again and it is known by its id.
 */
#include "config.h"

#include "guildpost/inbound.h"
#include "guildpost/serve.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct session {
	struct session *next, **prev;
	struct gp_door *door;
	struct gp_conn *conn;
	struct gp_lmtp *lmtp;
	struct gp_buf *out;
	struct gp_intake *work;		/* the message with core, or NULL */
};

struct gp_door {
	struct gp_core *core;
	struct session *sessions;
	size_t n, busy;
	struct gp_watch *watches[16];
	int fds[16];
	size_t fds_n;
};

static int
session_free(struct session *s)
{
	*s->prev = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	s->door->n--;
	if (s->work != NULL) {
		s->work->arg = NULL;	/* nobody waits for its replies any more */
		s->door->busy--;
	}
	return 0;
}

static void
flush(struct session *s)
{
	if (s->out->len > 0) {
		gp_conn_write(s->conn, s->out->p, s->out->len);
		gp_buf_reset(s->out);
	}
	if (gp_lmtp_is_over(s->lmtp))
		gp_conn_close_after_write(s->conn);
}

static void
feed(struct session *s)
{
	while (!gp_lmtp_is_busy(s->lmtp) && !gp_lmtp_is_over(s->lmtp)) {
		struct gp_str in = gp_conn_peek(s->conn, 256 << 10);
		size_t used = gp_lmtp_feed(s->lmtp, in.p, in.n);

		gp_conn_take(s->conn, used);
		if (used == 0)
			break;
	}
	gp_conn_pause(s->conn, gp_lmtp_is_busy(s->lmtp));
	flush(s);
}

static void
on_read(struct gp_conn *c, void *arg)
{
	(void)c;
	feed(arg);
}

static void
on_closed(struct gp_conn *c, const char *why, void *arg)
{
	struct session *s = arg;

	(void)c;
	if (strcmp(why, "timeout") == 0 && !gp_lmtp_is_over(s->lmtp) && s->work == NULL) {
		gp_lmtp_shut(s->lmtp, "421 4.4.2 nothing was said for too long");
		flush(s);	/* and hang up when it is written, or at the next time-out */
		return;
	}
	talloc_free(s);
}

/* A cheap look at RCPT time, so that a mail server can refuse at its own door. */
static void
on_rcpt(void *arg, const char *address, char reply[GP_LMTP_REPLY])
{
	struct session *s = arg;
	void *ctx = gp_ctx(NULL);
	struct gp_route route;
	struct gp_err err;

	if (gp_route_find(ctx, s->door->core->site, address, &route, &err) != GP_OK)
		gp_reply_of_error(&err, reply, GP_LMTP_REPLY);
	else if (route.list->set.closed && route.kind == GP_ROUTE_POST)
		snprintf(reply, GP_LMTP_REPLY, "550 5.2.1 this list is closed");
	else
		snprintf(reply, GP_LMTP_REPLY, "250 2.1.5 ok");
	talloc_free(ctx);
}

static void
on_done(struct gp_intake *i)
{
	struct session *s = i->arg;
	struct gp_lmtp_message *m = talloc_get_type_abort(talloc_parent(i), struct gp_lmtp_message);
	size_t k;

	if (s != NULL) {
		for (k = 0; k < i->rcpts_n; k++)
			memcpy(m->rcpts[k].reply, i->rcpts[k].reply, GP_LMTP_REPLY);
		s->work = NULL;
		s->door->busy--;
		gp_lmtp_answer(s->lmtp, m);
		if (s->door->core->ending)
			gp_lmtp_shut(s->lmtp, "421 4.3.2 this server is closing");
		feed(s);
	}
	talloc_free(m);
}

/* The message outlives its session: it hangs on core, and its intake on it. */
static void
on_message(void *arg, struct gp_lmtp_message *m)
{
	struct session *s = arg;
	struct gp_intake *i = gp_new(m, struct gp_intake);
	size_t k;

	talloc_steal(s->door, m);
	talloc_set_name_const(m, "struct gp_lmtp_message");
	i->rcpts_n = m->rcpts_n;
	i->rcpts = gp_array(i, struct gp_intake_rcpt, m->rcpts_n);
	for (k = 0; k < m->rcpts_n; k++)
		i->rcpts[k].address = m->rcpts[k].address;
	i->in.envelope_from = m->sender;
	i->in.via = "LMTP";
	i->in.raw = m->data;
	i->in.n = m->n;
	i->done = on_done;
	i->arg = s;
	s->work = i;
	s->door->busy++;
	gp_core_take(s->door->core, i);
}

static void
on_accept(int fd, void *arg)
{
	static const struct gp_conn_ops conn_ops = {on_read, NULL, on_closed};
	static const struct gp_lmtp_ops lmtp_ops = {on_rcpt, on_message};
	static const char busy[] = "421 4.3.2 too many sessions, try again later\r\n";
	struct gp_door *d = arg;
	const struct gp_config *conf = d->core->conf;
	struct gp_lmtp_limits limits = {conf->helo, conf->max_size, conf->max_recipients};
	struct session *s;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	if (peer < 0)
		return;
	if ((int64_t)d->n >= conf->max_sessions) {
		(void)!write(peer, busy, sizeof(busy) - 1);
		close(peer);
		return;
	}
	s = gp_new(d, struct session);
	s->door = d;
	s->next = d->sessions;
	s->prev = &d->sessions;
	if (s->next != NULL)
		s->next->prev = &s->next;
	d->sessions = s;
	d->n++;
	talloc_set_destructor(s, session_free);
	s->conn = gp_conn_new(d->core->loop, s, peer, &conn_ops, s);
	gp_conn_timeout(s->conn, (int)conf->timeout);
	s->out = gp_buf_new(s, 1 << 20);
	s->lmtp = gp_lmtp_new(s, &limits, &lmtp_ops, s, s->out);
	flush(s);
}

static enum gp_status
listen_at(struct gp_door *d, const char *where, struct gp_err *err)
{
	enum gp_status st;

	if (d->fds_n == GP_COUNT(d->fds))
		return gp_fail(err, GP_E_CONFIG, "too many places to listen at");
	st = gp_listen(where, &d->fds[d->fds_n], err);
	if (st != GP_OK)
		return st;
	d->watches[d->fds_n] = gp_loop_fd(d->core->loop, d->fds[d->fds_n], false, on_accept, d);
	d->fds_n++;
	gp_log(GP_LOG_INFO, "event=listen lmtp=%s", where);
	return GP_OK;
}

enum gp_status
gp_door_open(struct gp_core *core, struct gp_door **out, struct gp_err *err)
{
	struct gp_door *d = gp_new(core, struct gp_door);
	const char *p = core->conf->listen;
	enum gp_status st;
	size_t n;

	d->core = core;
	/* The one that `receive` knocks at. */
	st = listen_at(d, gp_asprintf(d, "unix:%s/guildpost.sock", core->conf->data), err);
	while (st == GP_OK && *(p += strspn(p, " \t")) != '\0') {
		n = strcspn(p, " \t");
		st = listen_at(d, gp_strndup(d, p, n), err);
		p += n;
	}
	*out = d;
	return st;
}

void
gp_door_close(struct gp_door *d)
{
	struct session *s, *next;
	size_t i;

	for (i = 0; i < d->fds_n; i++) {
		talloc_free(d->watches[i]);
		close(d->fds[i]);
	}
	d->fds_n = 0;
	for (s = d->sessions; s != NULL; s = next) {
		next = s->next;
		if (s->work == NULL) {
			gp_lmtp_shut(s->lmtp, "421 4.3.2 this server is closing");
			flush(s);
		}
	}
}

size_t
gp_door_busy(const struct gp_door *d)
{
	return d->busy;
}
