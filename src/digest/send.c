/* SPDX-License-Identifier: ISC */
/*
 * Digests on their way: composed once for all members who stand at the same place, queued
 * as one job in the transaction that moves their marks. From the clock: once for each list
 * and period; a server that was down catches up with one digest.
 */
#include "config.h"

#include "guildpost/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *
gp_digest_mime(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *to_name, const char *to_addr, size_t *n)
{
	struct gp_compose c;

	memset(&c, 0, sizeof(c));
	c.from_name = list->set.title[0] != '\0' ? list->set.title : list->name;
	c.from_addr = gp_route_address(ctx, site, list, "owner", NULL);
	c.to_name = to_name;
	c.to_addr = to_addr;
	c.subject = d->subject;
	/* An answer to it is known by this: gp_rule_digest. */
	c.msgid = gp_asprintf(ctx, GP_DIGEST_MSGID "%s", gp_msgid_new(ctx, list->domain));
	c.domain = list->domain;
	c.date = gp_now();
	c.auto_submitted = "auto-generated";
	c.extra = gp_cook_notice_fields(ctx, site, list);
	c.text = d->text;
	c.html = d->html;
	return gp_mail_compose(ctx, &c, n);
}

/* The job, without recipients yet. */
static enum gp_status
add_job(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *to, int64_t *id, struct gp_err *err)
{
	struct gp_job job;
	enum gp_status st;
	size_t n, head;
	char *whole = gp_digest_mime(ctx, site, list, d, "", to, &n);
	const char *end = gp_memmem(whole, n, "\r\n\r\n", 4);

	if (end == NULL)
		return gp_fail(err, GP_E_BUG, "a digest without a body");
	head = (size_t)(end - whole) + 2;
	memset(&job, 0, sizeof(job));
	job.list = list->id;
	job.kind = GP_JOB_DIGEST;
	job.header = whole;
	job.header_n = head;
	job.body = whole + head + 2;
	job.body_n = n - head - 2;
	job.subject = d->subject;
	job.created = gp_now();
	job.expires = job.created + site->conf->expire;
	job.flags = GP_JOB_ONE_CLICK;
	st = gp_job_add(site->store, &job, err);
	*id = job.id;
	return st;
}

enum gp_status
gp_digest_send(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const struct gp_member *member, const char *address, int64_t *job,
    struct gp_err *err)
{
	const char *to = member != NULL ? member->address : address;
	enum gp_status st = add_job(ctx, site, list, d, to, job, err);

	if (st == GP_OK)
		st = gp_job_add_address(site->store, *job, to, member != NULL ? member->id : 0, err);
	if (st == GP_OK && member != NULL)
		st = gp_member_digest_mark(site->store, member->id, d->upto, gp_now(), err);
	return st;
}

/* Members who stand at the same place get the same digest: one job. */
struct batch {
	struct batch *next;
	int64_t after;
	struct gp_digest *d;	/* NULL: nothing new */
	int64_t job;
};

static enum gp_status
batch_for(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest_span *span, int64_t after, struct batch **all, struct batch **out,
    struct gp_err *err)
{
	struct batch *b;
	enum gp_status st;

	for (b = *all; b != NULL && b->after != after;)
		b = b->next;
	*out = b;
	if (b != NULL)
		return GP_OK;
	*out = b = gp_new(ctx, struct batch);
	b->after = after;
	b->next = *all;
	*all = b;
	st = gp_digest_make(ctx, site, list, span, after, &b->d, err);
	if (st == GP_E_NOTFOUND) {
		b->d = NULL;
		return GP_OK;
	}
	return st == GP_OK ? add_job(ctx, site, list, b->d, list->address, &b->job, err) : st;
}

static enum gp_status
send_to_members(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest_span *span, size_t *sent, struct gp_err *err)
{
	struct gp_member **members;
	struct batch *all = NULL, *b;
	enum gp_status st;
	size_t i, n;

	st = gp_member_all(ctx, site->store, list->id, -1, span->delivery, &members, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		if (members[i]->digest_last >= span->to || members[i]->joined >= span->to)
			continue;
		/* Who pauses gets one digest of what was missed, when the pause is over. */
		if (members[i]->pause_from <= gp_now() && gp_now() < members[i]->pause_to)
			continue;
		if (members[i]->bounces >= GP_BOUNCES_SUSPENDED)
			continue;
		st = batch_for(ctx, site, list, span, members[i]->digest_upto, &all, &b, err);
		if (st == GP_OK && b->d != NULL) {
			st = gp_job_add_address(site->store, b->job, members[i]->address, members[i]->id,
			    err);
			(*sent)++;
		}
		if (st == GP_OK)
			st = gp_member_digest_mark(site->store, members[i]->id,
			    b->d != NULL ? b->d->upto : members[i]->digest_upto, span->to, err);
	}
	return st;
}

/* One period of one list, in a transaction; the mark says that it is done. */
static enum gp_status
run_period(const void *ctx, struct gp_site *site, const struct gp_list *list, int delivery,
    int64_t now, size_t *sent, struct gp_err *err)
{
	char *name = gp_asprintf(ctx, "digest/%" PRId64 "/%d", list->id, delivery), *text;
	struct gp_digest_span span;
	enum gp_status st;
	int64_t done = 0;
	size_t n;

	gp_digest_span_at(list, delivery, now, &span);
	st = gp_store_meta_get(ctx, site->store, name, &text, &n, err);
	if (st == GP_OK && !gp_parse_int(text, 0, INT64_MAX, &done))
		done = 0;
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	if (done >= span.to)
		return GP_OK;
	st = gp_store_begin(site->store, err);
	if (st != GP_OK)
		return st;
	st = send_to_members(ctx, site, list, &span, sent, err);
	if (st == GP_OK) {
		text = gp_asprintf(ctx, "%" PRId64, span.to);
		st = gp_store_meta_set(site->store, name, text, strlen(text), err);
	}
	if (st == GP_OK)
		st = gp_store_commit(site->store, err);
	if (st != GP_OK)
		gp_store_rollback(site->store);
	return st;
}

enum gp_status
gp_digest_run(struct gp_site *site, int64_t now, size_t *n, struct gp_err *err)
{
	static const int periods[] = {GP_DELIVERY_DAILY, GP_DELIVERY_WEEKLY, GP_DELIVERY_MONTHLY};
	void *ctx = gp_ctx(NULL);
	struct gp_list **lists;
	enum gp_status st;
	size_t i, k, lists_n;

	*n = 0;
	st = gp_list_all(ctx, site->store, &lists, &lists_n, err);
	for (i = 0; st == GP_OK && i < lists_n; i++)
		for (k = 0; st == GP_OK && k < GP_COUNT(periods); k++)
			st = run_period(ctx, site, lists[i], periods[k], now, n, err);
	talloc_free(ctx);
	return st;
}
