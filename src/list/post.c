/* SPDX-License-Identifier: ISC */
/* Archive a post and queue it for every member: one transaction, the caller's. */
#include "config.h"

#include "guildpost/list.h"

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

/* Queue an archived post for all who want it. */
static enum gp_status
queue_post(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_header *h, const struct gp_member *author,
    const struct gp_archived *a, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_audience audience = {.list = list->id, .message = a->id,
	    .author = author != NULL ? author->id : 0, .own_copy = list->set.own_copy};
	struct gp_job job;
	enum gp_status st;

	memset(&job, 0, sizeof(job));
	job.list = list->id;
	job.kind = GP_JOB_POST;
	job.message = a->id;
	job.header = gp_cook_header(ctx, site, list, in, h, a->msgid, a->hidden ? NULL : a->key,
	    &job.header_n);
	job.body_off = h->body;
	job.subject = in->mail->subject;
	job.created = gp_now();
	job.expires = job.created + site->conf->expire;
	job.flags = list->set.personal ? GP_JOB_ONE_CLICK : GP_JOB_BATCH;
	if (has_8bit(job.header, job.header_n))
		job.flags |= GP_JOB_UTF8 | GP_JOB_8BIT;
	else if (has_8bit(in->raw + h->body, in->n - h->body))
		job.flags |= GP_JOB_8BIT;
	audience.now = job.created;
	audience.addressed = addressed(ctx, in->mail, &audience.addressed_n);
	st = gp_job_add(site->store, &job, err);
	if (st == GP_OK)
		st = gp_job_add_audience(site->store, job.id, &audience, &out->recipients, err);
	out->job = job.id;
	return st;
}

enum gp_status
gp_post(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_inbound *in,
    const struct gp_member *author, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_archived a;
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
	st = queue_post(ctx, site, list, in, &h, author, &a, out, err);
	out->text = gp_asprintf(ctx, "archived, queued for %lld", (long long)out->recipients);
	return st;
}
