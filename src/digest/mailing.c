/* SPDX-License-Identifier: ISC */
/* What is new for whoever a digest is made for, and the mail: written once for all who get it alike. */
#include "config.h"

#include "mailing.h"

#include <string.h>

/* ---- what is new ------------------------------------------------------------------------------- */

void
mailing_drop_pools(struct gp_digester *d)
{
	struct shared_pool *p;

	while ((p = d->pools) != NULL) {
		d->pools = p->next;
		talloc_free(p);
	}
	d->pools_n = 0;
}

static enum gp_status
pool_for(struct mailing *m, const struct gp_member *member, struct shared_pool **out)
{
	struct gp_digester *d = m->d;
	struct shared_pool *p, **at;
	enum gp_status st;

	for (at = &d->pools; (p = *at) != NULL; at = &p->next)
		if (p->list_id == member->list && p->to == m->to)
			break;
	*out = p;
	if (p != NULL && p->after <= member->digest_upto)
		return GP_OK;
	if (p == NULL) {
		p = gp_new(d->mem, struct shared_pool);
		*p = (struct shared_pool){.next = d->pools, .list_id = member->list, .to = m->to};
		d->pools = p;
		d->pools_n++;
		st = gp_list_find_id(p, d->site->store, member->list, &p->list, m->err);
		if (st != GP_OK)
			return st;
	}
	/* Issues of this mailing may draw on the one before: it goes with the rest. */
	p->after = member->digest_upto;
	*out = p;
	return gp_news_pool_after(p, d->site, p->list, p->after, p->to, &p->pool, m->err);
}

enum gp_status
mailing_pick(struct mailing *m, size_t *count)
{
	enum gp_status st = GP_OK;
	size_t i;

	*count = 0;
	m->issues = gp_array(m->ctx, struct gp_issue *, m->n);
	m->pools = gp_array(m->ctx, struct shared_pool *, m->n);
	for (i = 0; st == GP_OK && i < m->n; i++) {
		const struct gp_member *member = m->members[i];

		st = pool_for(m, member, &m->pools[i]);
		if (st == GP_OK)
			st = gp_issue_pick(m->ctx, m->d->site, m->pools[i]->pool, member, member->digest_upto,
			    member->digest_next == GP_DIGEST_FINAL ? member->digest_until : 0, 0, &m->issues[i], m->err);
		if (st == GP_OK)
			*count += gp_issue_count(m->issues[i]);
	}
	return st;
}

/* ---- the mail ---------------------------------------------------------------------------------- */

static void
how_of(const struct mailing *m, struct gp_digest_how *how)
{
	const struct gp_member *member = m->members[0];
	bool regular = member->digest_next >= GP_DIGEST_TIMES;
	int64_t first = INT64_MAX, received;
	size_t i;

	memset(how, 0, sizeof(*how));
	how->span.delivery = member->digest_next == GP_DIGEST_FINAL ? GP_DELIVERY_NONE : member->delivery;
	how->span.to = m->to;
	how->span.from = gp_digest_last_due(&m->times, member->delivery, m->to - 1);
	for (i = 0; i < m->n; i++) {
		received = gp_issue_first(m->issues[i]);
		if (received > 0 && received < first)
			first = received;
	}
	/* After a time without digests it begins at the moment from which on they are missing. */
	if (first < how->span.from)
		how->span.from = gp_digest_last_due(&m->times, member->delivery, first);
	how->language = member->language[0] != '\0' ? member->language : m->clock->set.language;
	how->timezone = m->times.zone;
	how->form = member->digest_form;
	how->minutes = member->digest_minutes;
	how->hour = regular ? m->times.hour : -1;
	how->day = m->times.weekday;
	how->personal = true;
}

/* The one that was used least lately makes room, unless a job of this transaction has it. */
static struct written *
place_for(struct gp_digester *d, const unsigned char print[GP_SHA256_LEN])
{
	struct written *oldest = NULL;
	size_t i;

	for (i = 0; i < KEPT; i++) {
		struct written *w = &d->written[i];

		if (w->used > 0 && memcmp(w->print, print, GP_SHA256_LEN) == 0) {
			w->used = ++d->uses;
			return w;
		}
		if (w->job == 0 && (oldest == NULL || w->used < oldest->used))
			oldest = w;
	}
	return oldest;
}

static enum gp_status
settle(struct gp_digester *d, struct written *w, struct gp_err *err)
{
	enum gp_status st = GP_OK;

	if (w->members_n > 0)
		st = gp_job_add_members(d->site->store, w->job, w->members, w->members_n, err);
	w->members_n = 0;
	w->job = 0;
	return st;
}

/* All recipients of the jobs of this transaction. */
enum gp_status
mailing_settle(struct gp_digester *d, struct gp_err *err)
{
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; d->written != NULL && i < KEPT; i++) {
		enum gp_status one = st == GP_OK ? settle(d, &d->written[i], err) : st;

		if (st != GP_OK) {
			d->written[i].members_n = 0;
			d->written[i].job = 0;
		}
		st = one;
	}
	return st;
}

static enum gp_status
write_mail(struct mailing *m, const struct gp_digest_how *how, struct written *w)
{
	struct gp_digest *digest;
	enum gp_status st = gp_digest_write(m->ctx, m->d->site, how, m->issues, m->n, &digest, m->err);

	if (st != GP_OK)
		return st;
	w->whole = gp_digest_mime(m->d->mem, m->d->site, m->clock, digest, NULL, &w->n);
	w->digest.subject = gp_strdup(m->d->mem, digest->subject);
	w->used = ++m->d->uses;
	return GP_OK;
}

enum gp_status
mailing_queue(struct mailing *m)
{
	struct gp_digester *d = m->d;
	unsigned char print[GP_SHA256_LEN];
	struct gp_digest_how how;
	struct written *w;
	enum gp_status st = GP_OK;

	how_of(m, &how);
	gp_digest_print(&how, m->issues, m->n, print);
	w = place_for(d, print);
	if (w == NULL) {	/* all are in use */
		st = mailing_settle(d, m->err);
		w = place_for(d, print);
	}
	if (st == GP_OK && (w->used == 0 || memcmp(w->print, print, sizeof(print)) != 0)) {
		TALLOC_FREE(w->whole);
		TALLOC_FREE(w->digest.subject);
		TALLOC_FREE(w->members);
		w->used = 0;
		memcpy(w->print, print, sizeof(print));
		st = write_mail(m, &how, w);
	}
	if (st == GP_OK && w->job == 0)
		st = gp_digest_queue(m->ctx, d->site, m->clock, &w->digest, w->whole, w->n, &w->job, m->err);
	if (st != GP_OK)
		return st;
	if (w->members == NULL)
		w->members = gp_array(d->mem, int64_t, SLICE);
	w->members[w->members_n++] = m->members[0]->id;
	return GP_OK;
}
