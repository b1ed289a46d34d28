/* SPDX-License-Identifier: ISC */
/* Archive a post and queue it for every member: one transaction, the caller's. */
#include "config.h"

#include "linked.h"
#include "rules.h"

#include <string.h>

static bool
has_8bit(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((signed char)p[i] < 0)
			return true;
	return false;
}

/* Folded addresses of To and Cc: who has a copy already. */
static const char *const *
addressed(const void *ctx, const struct gp_mail *m, size_t *n)
{
	const struct gp_addrs *const lists[] = {&m->to, &m->cc};
	const char **v = gp_array(ctx, const char *, m->to.n + m->cc.n + 1);
	size_t i, k;

	*n = 0;
	for (k = 0; k < GP_COUNT(lists); k++) {
		for (i = 0; i < lists[k]->n; i++) {
			v[*n] = gp_addr_fold(ctx, lists[k]->v[i].addr);
			*n += v[*n] != NULL;
		}
	}
	return v;
}

struct posting {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	const struct gp_inbound *in;
	const struct gp_header *h;
	const struct gp_archived *archived;
	struct gp_outcome *out;
	struct gp_err *err;
};

static enum gp_status
queue_job(struct posting *p, struct gp_job *job, struct gp_audience *audience)
{
	enum gp_status st = gp_job_add(p->site->store, job, p->err);
	int64_t n = 0;

	if (st == GP_OK)
		st = gp_job_add_audience(p->site->store, job->id, audience, &n, p->err);
	p->out->recipients += n;
	return st;
}

/* The same for those who want attachments over a limit as links: its body is its own. */
static enum gp_status
queue_linked(struct posting *p, struct gp_job *job, struct gp_audience *audience, int64_t limit)
{
	struct gp_job linked = *job;
	enum gp_status st;

	linked.message = 0;
	/* No signature over the body holds now. */
	if (p->list->set.dmarc != GP_DMARC_LEAVE)
		linked.flags |= GP_JOB_ASK;
	audience->limit = limit;
	st = gp_linked_body(p->ctx, p->site, p->list, p->in, p->h->body, p->archived->key, limit,
	    &linked.body, &linked.body_n, p->err);
	return st == GP_OK ? queue_job(p, &linked, audience) : st;
}

static unsigned
flags_of(const struct posting *p, const struct gp_job *job)
{
	unsigned flags = p->list->set.personal ? GP_JOB_ONE_CLICK : GP_JOB_BATCH;

	if (has_8bit(job->header, job->header_n))
		return flags | GP_JOB_UTF8 | GP_JOB_8BIT;
	return has_8bit(p->in->raw + p->h->body, p->in->n - p->h->body) ? flags | GP_JOB_8BIT : flags;
}

/* Its header, and how it is to be sent. */
static enum gp_status
cook(struct posting *p, struct gp_job *job)
{
	struct gp_cooking k = {.in = p->in, .h = p->h, .msgid = p->archived->msgid,
	    .key = p->archived->hidden ? NULL : p->archived->key};
	struct gp_list_stats stats;
	struct gp_cooked cooked;
	enum gp_status st = GP_OK;

	if (strchr(p->list->set.prefix, '#') != NULL) {
		st = gp_list_stats(p->site->store, p->list->id, gp_now(), &stats, p->err);
		k.number = stats.messages;
	}
	if (st == GP_OK)
		st = gp_cook_header(p->ctx, p->site, p->list, &k, &cooked, p->err);
	if (st != GP_OK)
		return st;
	job->header = cooked.header;
	job->header_n = cooked.n;
	job->flags = flags_of(p, job) | (cooked.ask ? GP_JOB_ASK : 0);
	return GP_OK;
}

/* Queue an archived post for all who want it. */
static enum gp_status
queue_post(struct posting *p, const struct gp_member *author)
{
	struct gp_audience audience = {.list = p->list->id, .message = p->archived->id,
	    .author = author != NULL ? author->id : 0, .own_copy = p->list->set.own_copy};
	struct gp_job job = {0};
	enum gp_status st;
	int64_t *limits;
	size_t i, n = 0;

	st = cook(p, &job);
	if (st != GP_OK)
		return st;

	job.list = p->list->id;
	job.kind = GP_JOB_POST;
	job.message = p->archived->id;
	job.body_off = p->h->body;
	job.subject = p->in->mail->subject;
	job.created = audience.now = gp_now();
	job.expires = job.created + p->site->conf->expire;
	audience.addressed = addressed(p->ctx, p->in->mail, &audience.addressed_n);
	if (!p->archived->hidden)
		audience.largest = gp_linked_largest(p->list, p->in->mail);
	st = queue_job(p, &job, &audience);
	p->out->job = job.id;
	if (st == GP_OK && audience.largest > 0)
		st = gp_audience_limits(p->ctx, p->site->store, p->list->id, audience.largest, &limits, &n,
		    p->err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = queue_linked(p, &job, &audience, limits[i]);
	return st;
}

/* What the rules want to know the next time. */
static enum gp_status
count_post(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_member *author, struct gp_err *err)
{
	enum gp_status st;
	int64_t n;

	if (author == NULL)
		return GP_OK;
	st = gp_member_count_post(site->store, author->id, true, err);
	if (st == GP_OK && list->set.daily_posts > 0)
		st = gp_count_add(site->store, gp_rules_posts_kind(ctx, list),
		    gp_addr_fold(ctx, author->address), gp_now(), 86400, &n, err);
	return st;
}

enum gp_status
gp_post(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_member *author, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_archived a;
	struct posting p;
	struct gp_header h;
	enum gp_status st;

	st = gp_header_scan(ctx, in->raw, in->n, &h, err);
	if (st != GP_OK)
		return st;
	st = gp_archive_add(ctx, site->store, list, in->mail, in->raw, in->n, in->received, &a, err);
	if (st != GP_OK)
		return st;
	out->message = a.id;
	out->thread = a.thread;
	out->key = gp_strdup(ctx, a.key);
	if (a.duplicate) {
		out->text = gp_strdup(ctx, "it was in the archive already: nothing sent");
		return GP_OK;
	}
	p = (struct posting){ctx, site, list, in, &h, &a, out, err};
	out->recipients = 0;
	st = queue_post(&p, author);
	if (st == GP_OK)
		st = count_post(ctx, site, list, author, err);
	if (st == GP_OK)
		st = gp_rules_count_words(ctx, site, list, in->mail, err);
	out->text = gp_asprintf(ctx, "archived, queued for %lld", (long long)out->recipients);
	return st;
}
