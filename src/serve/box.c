/* SPDX-License-Identifier: ISC */
/*
 * Mail out of a mailbox: its envelope is found (inbound/envelope.c), it is taken as one of LMTP
 * would be, and what a client would be told becomes a verdict for whoever holds the box: taken,
 * put aside into DATA/refused, or to be tried later.
 */
#include "config.h"

#include "box.h"

#include <string.h>

/* More of a mail than its header may have. */
enum { HEAD = 2 * GP_MAX_HEADER_BLOCK };

struct asking {
	const void *ctx;
	struct gp_site *site;
};

static enum gp_status
is_ours(void *arg, const char *address, struct gp_err *err)
{
	const struct asking *a = arg;
	struct gp_route route;

	return gp_route_find(a->ctx, a->site, address, &route, err);
}

/* Refused for good: it goes where a person finds it. Only when it is safe there is it refused. */
static void
put_aside(struct gp_boxes *b, struct gp_parcel *p, const char *reason)
{
	struct gp_err err;

	p->reason = gp_utf8_line(p, reason, strlen(reason), 400);
	if (gp_refused_put(b->core->conf->data, p->via, reason, p->data, p->n, &err) == GP_OK) {
		p->verdict = GP_PARCEL_REFUSED;
		return;
	}
	p->verdict = GP_PARCEL_LATER;
	gp_log(GP_LOG_ERR, "event=put-aside via=%s what=\"%s\"", p->via, err.msg);
}

static void
later(struct gp_parcel *p, const char *reason)
{
	p->verdict = GP_PARCEL_LATER;
	p->reason = gp_strdup(p, reason);
}

static void
finish(struct gp_boxes *b, struct gp_parcel *p)
{
	static const char *const verdicts[] = {"taken", "refused", "later"};

	if (p->verdict != GP_PARCEL_TAKEN)
		gp_log(p->verdict == GP_PARCEL_LATER ? GP_LOG_ERR : GP_LOG_WARN,
		    "event=%s via=%s mail=%s reason=\"%s\"", verdicts[p->verdict], p->via, p->what, p->reason);
	b->busy--;
	p->done(p);
}

/* What a client of LMTP would be told, as one verdict: whoever may take it later decides. */
static void
on_done(struct gp_intake *i)
{
	struct gp_parcel *p = talloc_get_type_abort(talloc_parent(i), struct gp_parcel);
	struct gp_boxes *b = i->arg;
	const char *refused = NULL, *again = NULL;
	size_t k;

	for (k = 0; k < i->rcpts_n; k++) {
		const struct gp_intake_rcpt *r = &i->rcpts[k];

		if (r->reply[0] == '5')
			refused = gp_asprintf(p, "for %s: %s", r->address, r->reply);
		else if (r->reply[0] != '2')
			again = r->reply;
	}
	if (again != NULL)
		later(p, again);
	else if (refused != NULL)
		put_aside(b, p, refused);
	else
		p->verdict = GP_PARCEL_TAKEN;
	finish(b, p);
}

static enum gp_status
find_envelope(struct gp_boxes *b, struct gp_parcel *p, struct gp_box_envelope *e, struct gp_err *err)
{
	void *ctx = gp_ctx(p);
	struct asking a = {ctx, b->core->site};
	unsigned changes;
	size_t n;
	char *head = gp_mail_canon(ctx, p->data, p->n < HEAD ? p->n : HEAD, &n, &changes);

	return gp_box_envelope_find(ctx, head, n, (size_t)b->core->conf->max_recipients, is_ours, &a, e, err);
}

void
gp_boxes_take(struct gp_boxes *b, struct gp_parcel *p)
{
	struct gp_box_envelope e;
	struct gp_intake *i;
	struct gp_err err;
	size_t k;

	talloc_set_name_const(p, "struct gp_parcel");
	b->busy++;
	if (find_envelope(b, p, &e, &err) != GP_OK) {
		if (gp_status_is_temporary(err.code))
			later(p, err.msg);
		else
			put_aside(b, p, err.msg);
		finish(b, p);
		return;
	}
	i = gp_new(p, struct gp_intake);
	i->rcpts_n = e.rcpts_n;
	i->rcpts = gp_array(i, struct gp_intake_rcpt, e.rcpts_n);
	for (k = 0; k < e.rcpts_n; k++)
		i->rcpts[k].address = e.rcpts[k];
	i->in.envelope_from = e.sender;
	i->in.via = p->via;
	i->in.raw = p->data;
	i->in.n = p->n;
	i->once = true;
	i->kept = p->kept;
	i->done = on_done;
	i->arg = b;
	gp_core_take(b->core, i);
}

void
gp_boxes_trouble(struct gp_boxes *b, struct gp_door_state *d, const char *what)
{
	if (gp_streq(d->trouble, what))
		return;
	if (what[0] != '\0')
		gp_log(GP_LOG_ERR, "event=box-trouble door=%s what=\"%s\"", d->name, what);
	else
		gp_log(GP_LOG_INFO, "event=box-well door=%s", d->name);
	if (d->trouble[0] == '\0' || what[0] == '\0')
		d->since = gp_now();
	talloc_free(d->trouble);
	d->trouble = gp_strdup(b, what);
	b->changed = true;
}

void
gp_boxes_count(struct gp_boxes *b, struct gp_door_state *d, const struct gp_parcel *p)
{
	if (p->verdict == GP_PARCEL_LATER)
		return;
	d->taken += p->verdict == GP_PARCEL_TAKEN;
	d->last = gp_now();
	if (p->verdict == GP_PARCEL_REFUSED) {
		d->refused++;
		talloc_free(d->reason);
		d->reason = gp_strdup(b, p->reason);
	}
	b->changed = true;
}

/* How doors stand, for `status`: written when it changed, at most once a second. */
static void
write_states(struct gp_boxes *b)
{
	struct gp_store *store = b->core->site->store;
	struct gp_err err;
	enum gp_status st;

	if (!b->changed)
		return;
	st = gp_store_begin(store, &err);
	if (st == GP_OK) {
		if (b->maildir != NULL)
			st = gp_door_write(store, &b->maildir_state, &err);
		if (st == GP_OK && b->imap != NULL)
			st = gp_door_write(store, &b->imap_state, &err);
		if (st == GP_OK)
			st = gp_store_commit(store, &err);
		if (st != GP_OK)
			gp_store_rollback(store);
	}
	if (st == GP_OK)
		b->changed = false;
	else
		gp_log(GP_LOG_ERR, "event=box-state what=\"%s\"", err.msg);
}

void
gp_boxes_open(struct gp_core *core)
{
	struct gp_boxes *b = gp_new(core, struct gp_boxes);

	b->core = core;
	core->boxes = b;
	if (core->conf->maildir[0] != '\0')
		gp_maildir_box_open(b);
	if (core->conf->imap[0] != '\0')
		gp_imap_box_open(b);
}

bool
gp_boxes_connect(struct gp_boxes *b, int fd)
{
	if (b->imap != NULL)
		gp_imap_box_connect(b->imap, fd);
	return b->imap != NULL;
}

void
gp_boxes_tick(struct gp_boxes *b)
{
	if (b->maildir != NULL)
		gp_maildir_box_tick(b->maildir);
	write_states(b);
}

void
gp_boxes_close(struct gp_boxes *b)
{
	if (b->maildir != NULL)
		gp_maildir_box_close(b->maildir);
	if (b->imap != NULL)
		gp_imap_box_close(b->imap);
	write_states(b);
}

size_t
gp_boxes_busy(const struct gp_boxes *b)
{
	return b->busy;
}
