/* SPDX-License-Identifier: ISC */
/* The event loop: the only file that includes libevent. Connections are bufferevents. */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <string.h>

struct later {
	struct later *next;
	void (*fn)(void *arg);
	void *arg;
};

struct holder {
	struct event_base *base;
};

struct gp_loop {
	struct event_base *base;
	struct later *later, **later_end;
	bool stop;
};

struct gp_watch {
	struct event *ev;
	void (*fd_fn)(int fd, void *arg);
	void (*timer_fn)(void *arg);
	void *arg;
};

struct gp_conn {
	struct bufferevent *be;
	struct gp_conn_ops ops;
	void *arg;
	bool closing;
};

static int
holder_free(struct holder *h)
{
	event_base_free(h->base);
	return 0;
}

struct gp_loop *
gp_loop_new(const void *ctx)
{
	struct gp_loop *loop = gp_new(ctx, struct gp_loop);
	/* The first child goes last, when no connection needs the base any more. */
	struct holder *h = gp_new(loop, struct holder);

	loop->base = h->base = event_base_new();
	if (loop->base == NULL)
		gp_oom();
	loop->later_end = &loop->later;
	talloc_set_destructor(h, holder_free);
	return loop;
}

void
gp_loop_later(struct gp_loop *loop, void (*fn)(void *arg), void *arg)
{
	struct later *l = gp_new(loop, struct later);

	l->fn = fn;
	l->arg = arg;
	*loop->later_end = l;
	loop->later_end = &l->next;
}

static void
run_later(struct gp_loop *loop)
{
	struct later *l = loop->later, *next;

	/* What these add waits for the next round. */
	loop->later = NULL;
	loop->later_end = &loop->later;
	for (; l != NULL; l = next) {
		next = l->next;
		l->fn(l->arg);
		talloc_free(l);
	}
}

static void
on_wait_over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

void
gp_loop_once(struct gp_loop *loop, int wait_ms)
{
	struct timeval tv = {wait_ms / 1000, wait_ms % 1000 * 1000};
	struct event *ev = NULL;

	if (loop->later != NULL)
		wait_ms = 0;
	if (wait_ms > 0) {
		ev = evtimer_new(loop->base, on_wait_over, NULL);
		evtimer_add(ev, &tv);
	}
	/* ONCE as well: without it, what stays ready without being read would never let us go. */
	event_base_loop(loop->base, wait_ms == 0 ? EVLOOP_ONCE | EVLOOP_NONBLOCK : EVLOOP_ONCE);
	if (ev != NULL)
		event_free(ev);
	run_later(loop);
}

void
gp_loop_run(struct gp_loop *loop)
{
	loop->stop = false;
	while (!loop->stop)
		gp_loop_once(loop, -1);
}

void
gp_loop_stop(struct gp_loop *loop)
{
	loop->stop = true;
	event_base_loopbreak(loop->base);
}

static int
watch_free(struct gp_watch *w)
{
	event_free(w->ev);
	return 0;
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct gp_watch *w = arg;

	(void)what;
	if (w->fd_fn != NULL)
		w->fd_fn((int)fd, w->arg);
	else
		w->timer_fn(w->arg);
}

static struct gp_watch *
watch_new(struct gp_loop *loop, int fd, short what, const struct timeval *tv)
{
	struct gp_watch *w = gp_new(loop, struct gp_watch);

	w->ev = event_new(loop->base, fd, what, on_event, w);
	if (w->ev == NULL || event_add(w->ev, tv) != 0)
		gp_oom();
	talloc_set_destructor(w, watch_free);
	return w;
}

struct gp_watch *
gp_loop_fd(struct gp_loop *loop, int fd, bool write, void (*fn)(int fd, void *arg), void *arg)
{
	struct gp_watch *w = watch_new(loop, fd, (write ? EV_WRITE : EV_READ) | EV_PERSIST, NULL);

	w->fd_fn = fn;
	w->arg = arg;
	return w;
}

struct gp_watch *
gp_loop_timer(struct gp_loop *loop, int64_t ms, bool repeat, void (*fn)(void *arg), void *arg)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};
	struct gp_watch *w = watch_new(loop, -1, repeat ? EV_PERSIST : 0, &tv);

	w->timer_fn = fn;
	w->arg = arg;
	return w;
}

struct gp_watch *
gp_loop_signal(struct gp_loop *loop, int signo, void (*fn)(int signo, void *arg), void *arg)
{
	struct gp_watch *w = watch_new(loop, signo, EV_SIGNAL | EV_PERSIST, NULL);

	w->fd_fn = fn;
	w->arg = arg;
	return w;
}

static int
conn_free(struct gp_conn *c)
{
	/* The peer learns of it now, whatever the library still has planned for the socket. */
	shutdown((int)bufferevent_getfd(c->be), SHUT_RDWR);
	bufferevent_free(c->be);
	return 0;
}

static void
on_read(struct bufferevent *be, void *arg)
{
	struct gp_conn *c = arg;

	(void)be;
	if (!c->closing)
		c->ops.read(c, c->arg);
}

static void
on_write(struct bufferevent *be, void *arg)
{
	struct gp_conn *c = arg;

	(void)be;
	/* What was written since this call was put off has a call of its own. */
	if (c->closing && gp_conn_pending(c) > 0)
		return;
	if (c->closing)
		c->ops.closed(c, "done", c->arg);
	else if (c->ops.drained != NULL)
		c->ops.drained(c, c->arg);
}

static void
on_end(struct bufferevent *be, short what, void *arg)
{
	struct gp_conn *c = arg;

	(void)be;
	if ((what & BEV_EVENT_TIMEOUT) != 0)
		c->ops.closed(c, "timeout", c->arg);
	else if ((what & BEV_EVENT_ERROR) != 0)
		c->ops.closed(c, strerror(errno), c->arg);
	else
		c->ops.closed(c, "end of file", c->arg);
}

struct gp_conn *
gp_conn_new(struct gp_loop *loop, const void *ctx, int fd, const struct gp_conn_ops *ops, void *arg)
{
	struct gp_conn *c = gp_new(ctx, struct gp_conn);

	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	c->be = bufferevent_socket_new(loop->base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (c->be == NULL)
		gp_oom();
	c->ops = *ops;
	c->arg = arg;
	bufferevent_set_max_single_read(c->be, 256 << 10);
	bufferevent_set_max_single_write(c->be, 256 << 10);
	bufferevent_setcb(c->be, on_read, on_write, on_end, c);
	bufferevent_enable(c->be, EV_READ | EV_WRITE);
	talloc_set_destructor(c, conn_free);
	return c;
}

void
gp_conn_timeout(struct gp_conn *c, int seconds)
{
	struct timeval tv = {seconds, 0};

	bufferevent_set_timeouts(c->be, seconds > 0 ? &tv : NULL, seconds > 0 ? &tv : NULL);
}

struct gp_str
gp_conn_peek(struct gp_conn *c, size_t max)
{
	struct evbuffer *in = bufferevent_get_input(c->be);
	size_t n = evbuffer_get_length(in);
	struct gp_str s = {NULL, 0};

	if (n > max)
		n = max;
	if (n > 0) {
		s.p = (const char *)evbuffer_pullup(in, (ssize_t)n);
		if (s.p == NULL)
			gp_oom();
		s.n = n;
	}
	return s;
}

size_t
gp_conn_available(struct gp_conn *c)
{
	return evbuffer_get_length(bufferevent_get_input(c->be));
}

void
gp_conn_take(struct gp_conn *c, size_t n)
{
	evbuffer_drain(bufferevent_get_input(c->be), n);
}

void
gp_conn_write(struct gp_conn *c, const void *p, size_t n)
{
	if (bufferevent_write(c->be, p, n) != 0)
		gp_oom();
}

void
gp_conn_puts(struct gp_conn *c, const char *s)
{
	gp_conn_write(c, s, strlen(s));
}

size_t
gp_conn_pending(struct gp_conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->be));
}

void
gp_conn_pause(struct gp_conn *c, bool paused)
{
	if (paused)
		bufferevent_disable(c->be, EV_READ);
	else
		bufferevent_enable(c->be, EV_READ);
}

void
gp_conn_close_after_write(struct gp_conn *c)
{
	c->closing = true;
	bufferevent_disable(c->be, EV_READ);
	if (gp_conn_pending(c) == 0)
		bufferevent_trigger(c->be, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS | BEV_TRIG_IGNORE_WATERMARKS);
}

int
gp_conn_fd(struct gp_conn *c)
{
	return (int)bufferevent_getfd(c->be);
}
