/* SPDX-License-Identifier: ISC */
/*
 * The web process: HTTP by libmicrohttpd, which this file alone knows. One thread: the
 * library's epoll descriptor is watched by our loop beside the link to core. Answers that are
 * kept are made once as objects of the library and queued again.
 *
 * An act (a POST to /u/TOKEN) goes to core as a frame; its connection waits, suspended, until
 * core says what came of it or the time is over. Who asks for a link to log in does not wait.
 */
#include "config.h"

#include "private.h"

#include <microhttpd.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct server {
	struct gp_loop *loop;
	struct gp_conn *core;
	struct gp_web *web;
	struct MHD_Daemon *daemon;
	struct exchange *waiting;	/* for core */
	uint64_t last_id;
	bool over;
};

/* One request from its first line until its answer is sent. */
struct exchange {
	struct server *server;
	struct MHD_Connection *connection;
	char *target;
	struct gp_request r;
	struct gp_buf body;		/* of a POST */
	bool begun, too_big;
	/* Waiting for core. */
	struct exchange *next, **prev;
	uint64_t id;
	int64_t until;
	int outcome;			/* GP_WEB_, -1: not known yet, -2: nothing was asked */
};

/* ---- sending -------------------------------------------------------------------------------- */

static void
put_header(void *arg, const char *name, const char *value)
{
	if (MHD_add_response_header(arg, name, value) == MHD_NO)
		gp_log(GP_LOG_WARN, "event=header name=%s", name);
}

static void
drop_blob(void *arg)
{
	blob_drop(arg);
}

static void
drop_native(void *native)
{
	MHD_destroy_response(native);
}

static struct MHD_Response *
kept_response(const void *ctx, struct gp_kept *k, int form, const struct gp_response *out)
{
	struct MHD_Response *m = k->native[form];
	struct blob *b = k->form[form];

	if (m != NULL)
		return m;
	/* The library may send longer than the page is kept: it holds the bytes itself. */
	if (b != NULL)
		m = MHD_create_response_from_buffer_with_free_callback_cls(b->n, b->p, drop_blob,
		    blob_hold(b));
	else
		m = MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
	if (m == NULL)
		gp_oom();
	gp_response_headers(ctx, out, put_header, m);
	k->native[form] = m;
	k->native_free = drop_native;
	return m;
}

static enum MHD_Result
send_answer(struct exchange *x, const struct gp_response *out)
{
	struct MHD_Response *m;
	enum MHD_Result rc;

	if (out->kept != NULL) {
		m = kept_response(x, out->kept, out->status == 304 ? FORM_NOTHING :
		    out->gzip ? FORM_GZIP : FORM_PLAIN, out);
		return MHD_queue_response(x->connection, (unsigned)out->status, m);
	}
	/* Its bytes are on the exchange, which lives until they are sent. */
	m = MHD_create_response_from_buffer(out->body.n, (void *)(uintptr_t)out->body.p,
	    MHD_RESPMEM_PERSISTENT);
	if (m == NULL)
		gp_oom();
	gp_response_headers(x, out, put_header, m);
	rc = MHD_queue_response(x->connection, (unsigned)out->status, m);
	MHD_destroy_response(m);
	return rc;
}

/* ---- acts --------------------------------------------------------------------------------------- */

static int
exchange_free(struct exchange *x)
{
	if (x->prev != NULL) {
		*x->prev = x->next;
		if (x->next != NULL)
			x->next->prev = x->prev;
	}
	return 0;
}

static void
send_act(struct exchange *x, const struct gp_response *out)
{
	struct gp_buf b;

	gp_buf_init(&b, x, 16 << 10);
	gp_pack_text(&b, out->act);
	gp_pack_text(&b, out->token);
	x->id = ++x->server->last_id;
	gp_frame_send(x->server->core, GP_IPC_ACT, x->id, b.p, b.len);
}

static void
ask_core(struct exchange *x, const struct gp_response *out)
{
	struct server *s = x->server;

	send_act(x, out);
	x->outcome = -1;
	x->until = gp_now_ms() + GP_WEB_ACT_TIMEOUT * 1000;
	x->next = s->waiting;
	x->prev = &s->waiting;
	if (x->next != NULL)
		x->next->prev = &x->next;
	s->waiting = x;
	MHD_suspend_connection(x->connection);
}

static void
core_answered(struct exchange *x, int outcome)
{
	exchange_free(x);
	x->prev = NULL;
	x->outcome = outcome;
	MHD_resume_connection(x->connection);
}

static void
on_core(struct gp_conn *c, void *arg)
{
	struct server *s = arg;
	struct exchange *x;
	struct gp_frame f;
	size_t used;

	while (gp_frame_next(c, 64 << 10, &f, &used, NULL) == GP_OK) {
		for (x = s->waiting; x != NULL && x->id != f.id;)
			x = x->next;
		if (f.kind == GP_IPC_ACTED && x != NULL)
			core_answered(x, f.body.n == 1 ? f.body.p[0] : GP_WEB_FAILED);
		gp_conn_take(c, used);
	}
}

static void
on_core_closed(struct gp_conn *c, const char *why, void *arg)
{
	struct server *s = arg;

	(void)c;
	(void)why;
	s->over = true;
	gp_loop_stop(s->loop);
}

static void
on_tick(void *arg)
{
	struct server *s = arg;
	struct exchange *x, *next;

	for (x = s->waiting; x != NULL; x = next) {
		next = x->next;
		if (gp_now_ms() >= x->until)
			core_answered(x, GP_WEB_FAILED);
	}
}

/* ---- requests --------------------------------------------------------------------------------------- */

/* The first thing that is known of a request: its target, before the library decodes it. */
static void *
on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct exchange *x = gp_new(NULL, struct exchange);

	x->server = arg;
	x->connection = connection;
	x->target = gp_strdup(x, target);
	x->outcome = -2;
	talloc_set_destructor(x, exchange_free);
	return x;
}

static void
on_completed(void *arg, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	(void)arg;
	(void)connection;
	(void)why;
	talloc_free(*state);
	*state = NULL;
}

static const char *
header(struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
answer(struct exchange *x)
{
	struct gp_response out;

	x->r.body = (struct gp_str){x->body.p, x->body.len};
	x->r.if_none_match = header(x, "If-None-Match");
	x->r.if_modified_since = header(x, "If-Modified-Since");
	x->r.accept_encoding = header(x, "Accept-Encoding");
	x->r.range = header(x, "Range");
	x->r.if_range = header(x, "If-Range");
	x->r.cookie = header(x, "Cookie");
	gp_web_answer(x, x->server->web, &x->r, &out);
	if (out.act == NULL)
		return send_answer(x, &out);
	if (out.unasked) {
		send_act(x, &out);
		return send_answer(x, &out);
	}
	ask_core(x, &out);
	return MHD_YES;
}

static enum MHD_Result
refuse(struct exchange *x, int status)
{
	struct gp_response out;

	gp_web_refuse(x, x->server->web, status, &out);
	return send_answer(x, &out);
}

static enum MHD_Result
acted(struct exchange *x)
{
	struct gp_response out;

	gp_web_acted(x, x->server->web, &x->r, x->outcome, &out);
	return send_answer(x, &out);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *data, size_t *data_n, void **state)
{
	struct exchange *x = *state;
	bool post = strcmp(method, "POST") == 0;
	int status;

	(void)arg;
	(void)connection;
	(void)url;
	(void)version;
	if (!x->begun) {
		x->begun = true;
		status = gp_request_parse(x, post ? "POST" : strcmp(method, "HEAD") == 0 ? "HEAD" :
		    strcmp(method, "GET") == 0 ? "GET" : "OTHER", x->target, &x->r);
		gp_buf_init(&x->body, x, post ? GP_WEB_POST : 0);
		/* An answer this early would cost the connection; see below. */
		return status != 0 ? refuse(x, status) : MHD_YES;
	}
	if (*data_n > 0) {
		gp_buf_add(&x->body, data, *data_n);
		*data_n = 0;
		return MHD_YES;
	}
	if (x->outcome >= 0)
		return acted(x);
	return x->body.over ? refuse(x, 413) : answer(x);
}

/* ---- the process -------------------------------------------------------------------------------------- */

static size_t
keep_escapes(void *arg, struct MHD_Connection *connection, char *s)
{
	(void)arg;
	(void)connection;
	return strlen(s);
}

static void
on_ready(int fd, void *arg)
{
	(void)fd;
	(void)arg;	/* the loop below runs the library after every wake */
}

static bool
open_daemon(struct server *s, int fd)
{
	const union MHD_DaemonInfo *info;

	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO, 0,
	    NULL, NULL, on_request, s,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)GP_WEB_CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)GP_WEB_TIMEOUT,
	    MHD_OPTION_END);
	info = s->daemon == NULL ? NULL : MHD_get_daemon_info(s->daemon,
	    MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL)
		return false;
	gp_loop_fd(s->loop, info->epoll_fd, false, on_ready, s);
	return true;
}

static void
serve(struct server *s)
{
	MHD_UNSIGNED_LONG_LONG left;
	int wait;

	while (!s->over) {
		wait = -1;
		if (MHD_get_timeout(s->daemon, &left) == MHD_YES)
			wait = left > 1000 ? 1000 : (int)left;
		gp_loop_once(s->loop, wait);
		MHD_run(s->daemon);
	}
}

int
gp_web_run(struct gp_config *conf, int fd)
{
	static const struct gp_conn_ops ops = {on_core, NULL, on_core_closed};
	struct server *s = gp_new(NULL, struct server);
	struct gp_site *site;
	struct gp_err err;
	int door;

	if (gp_site_open(s, conf, GP_STORE_READ, &site, &err) != GP_OK ||
	    gp_listen(conf->web_listen, &door, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=web what=\"%s\"", err.msg);
		return gp_status_exit(err.code);
	}
	s->web = gp_web_new(s, site);
	s->loop = gp_loop_new(s);
	if (!open_daemon(s, door)) {
		gp_log(GP_LOG_ERR, "event=web what=\"the HTTP library did not start\"");
		return EX_OSERR;
	}
	s->core = gp_conn_new(s->loop, s, fd, &ops, s);
	gp_loop_timer(s->loop, 1000, true, on_tick, s);
	gp_frame_send(s->core, GP_IPC_HELLO, GP_IPC_VERSION, NULL, 0);
	gp_log(GP_LOG_INFO, "event=listening on=%s", conf->web_listen);
	serve(s);
	while (s->waiting != NULL)
		core_answered(s->waiting, 0);
	MHD_stop_daemon(s->daemon);
	talloc_free(s);
	return EX_OK;
}
