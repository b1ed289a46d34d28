/* SPDX-License-Identifier: ISC */
/* Core's end of the process that looks into a mailbox by IMAP (inbound/imap.c). */
#include "config.h"

#include "box.h"

#include <inttypes.h>
#include <string.h>

struct gp_imap_box {
	struct gp_boxes *boxes;
	struct gp_conn *conn;		/* NULL: no such process at the moment */
	struct gp_parcel *work;		/* what it brought, or NULL */
	bool closed;
};

static void
on_done(struct gp_parcel *p)
{
	struct gp_imap_box *m = p->arg;
	char settled = (char)(p->verdict != GP_PARCEL_LATER);
	int64_t uid = 0;

	gp_boxes_count(m->boxes, &m->boxes->imap_state, p);
	/* Another process would know nothing of it. */
	if (m->work == p) {
		m->work = NULL;
		(void)!gp_parse_int(p->what, 0, UINT32_MAX, &uid);
		gp_frame_send(m->conn, GP_IPC_BOX_VERDICT, (uint64_t)uid, &settled, 1);
	}
	talloc_free(p);
}

static void
take_mail(struct gp_imap_box *m, const struct gp_frame *f)
{
	struct gp_parcel *p = gp_new(m->boxes, struct gp_parcel);

	p->via = "IMAP";
	p->data = gp_memdup(p, f->body.p, f->body.n);
	p->n = f->body.n;
	p->kept = m->boxes->core->conf->imap_keep;
	p->what = gp_asprintf(p, "%" PRIu64, f->id);
	p->done = on_done;
	p->arg = m;
	m->work = p;
	gp_boxes_take(m->boxes, p);
}

static void
take_state(struct gp_imap_box *m, struct gp_str body)
{
	struct gp_door_state *d = &m->boxes->imap_state;
	struct gp_unpack u = {body.p, body.n, false};
	int64_t waiting = gp_unpack_i(&u), large = gp_unpack_i(&u);
	char *trouble = gp_unpack_text(&u, NULL);

	if (!u.bad && trouble != NULL) {
		m->boxes->changed |= d->waiting != waiting || d->large != large;
		d->waiting = waiting;
		d->large = large;
		gp_boxes_trouble(m->boxes, d, trouble);
	}
	talloc_free(trouble);
}

static void
take_upto(struct gp_imap_box *m, struct gp_str body)
{
	struct gp_unpack u = {body.p, body.n, false};
	int64_t validity = gp_unpack_i(&u), uid = gp_unpack_i(&u);

	if (u.bad)
		return;
	m->boxes->imap_state.validity = validity;
	m->boxes->imap_state.uid = uid;
	m->boxes->changed = true;
}

static void
send_at(struct gp_imap_box *m)
{
	struct gp_buf *b = gp_buf_new(NULL, 64);

	gp_pack_i(b, m->boxes->imap_state.validity);
	gp_pack_i(b, m->boxes->imap_state.uid);
	gp_frame_send(m->conn, GP_IPC_BOX_AT, 0, b->p, b->len);
	talloc_free(b);
}

static void
lost(struct gp_imap_box *m, const char *why)
{
	if (!m->closed)
		gp_log(GP_LOG_WARN, "event=imap-lost why=\"%s\"", why);
	m->work = NULL;			/* it is taken all the same */
	TALLOC_FREE(m->conn);
}

static void
on_read(struct gp_conn *c, void *arg)
{
	struct gp_imap_box *m = arg;
	struct gp_frame f;
	struct gp_err err;
	enum gp_status st;
	size_t used;

	while ((st = gp_frame_next(c, GP_MAX_FRAME, &f, &used, &err)) == GP_OK) {
		if (f.kind == GP_IPC_HELLO)
			send_at(m);
		else if (f.kind == GP_IPC_BOX_MAIL && m->work == NULL && !m->closed)
			take_mail(m, &f);
		else if (f.kind == GP_IPC_BOX_STATE)
			take_state(m, f.body);
		else if (f.kind == GP_IPC_BOX_UPTO)
			take_upto(m, f.body);
		gp_conn_take(c, used);
	}
	if (st != GP_E_NOTFOUND)
		lost(m, err.msg);
}

static void
on_closed(struct gp_conn *c, const char *why, void *arg)
{
	(void)c;
	lost(arg, why);
}

void
gp_imap_box_connect(struct gp_imap_box *m, int fd)
{
	static const struct gp_conn_ops ops = {on_read, NULL, on_closed};

	m->work = NULL;
	TALLOC_FREE(m->conn);
	m->conn = gp_conn_new(m->boxes->core->loop, m, fd, &ops, m);
}

void
gp_imap_box_close(struct gp_imap_box *m)
{
	m->closed = true;
}

void
gp_imap_box_open(struct gp_boxes *b)
{
	struct gp_imap_box *m = gp_new(b, struct gp_imap_box);
	const char *place = b->core->conf->imap;
	struct gp_err err;

	m->boxes = b;
	b->imap = m;
	if (gp_door_read(b, b->core->site->store, "imap", place, &b->imap_state, &err) != GP_OK)
		gp_log(GP_LOG_ERR, "event=box-state what=\"%s\"", err.msg);
	gp_log(GP_LOG_INFO, "event=listen imap=%s", place);
}
