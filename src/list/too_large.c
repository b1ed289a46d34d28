/* SPDX-License-Identifier: ISC */
/*
 * A mail of a list that the relay refuses for its size (RFC 1870; RFC 3463 X.3.4). It would refuse it for every
 * recipient, so that is no bounce of anybody: those who look after the list are told once, with what to do.
 */
#include "config.h"

#include "bounce.h"

#include <inttypes.h>
#include <string.h>

enum { SPAN = 7 * 86400,	/* longer than a mail stays in the queue */
	LITTLE = 64 << 10 };	/* bytes of a notice that can't be at fault: ours about this is one */

bool
gp_too_large_is(const char *text)
{
	return text[0] == '5' && strlen(text) > 9 && strncmp(text + 4, "5.3.4", 5) == 0;
}

static enum gp_status
add_post(const struct gp_failed *f, const struct gp_job *job, json_t *data)
{
	struct gp_message *m;
	enum gp_status st = job->message == 0 ? GP_E_NOTFOUND :
	    gp_message_find_id(f->ctx, f->site->store, job->message, &m, f->err);

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(data, "author", m->from_name[0] != '\0' ? m->from_name : m->from_addr);
	if (gp_list_has_archive(f->list) && m->state == 1)
		gp_json_text(data, "url", gp_asprintf(f->ctx, "%s/%s/m/%s", f->site->conf->url, f->list->name,
		    m->key));
	return GP_OK;
}

static enum gp_status
tell(struct gp_failed *f, const struct gp_job *job)
{
	json_t *data = gp_json_object(f->ctx);
	enum gp_status st = gp_list_find_id(f->ctx, f->site->store, job->list, &f->list, f->err);

	if (st == GP_OK)
		st = add_post(f, job, data);
	if (st != GP_OK)
		return st;
	gp_json_text(data, "subject", job->subject);
	gp_json_text(data, "size", gp_asprintf(f->ctx, "%" PRId64 " kB",
	    (int64_t)(job->header_n + job->body_n + 1023) / 1024));
	gp_json_text(data, "why", f->text);
	gp_log(GP_LOG_WARN, "event=too-large list=%s job=%" PRId64, f->list->address, job->id);
	return gp_bounce_tell_owners(f, "too-large", data);
}

enum gp_status
gp_too_large(const void *ctx, struct gp_site *site, int64_t id, const char *text, struct gp_err *err)
{
	struct gp_failed f = {.ctx = ctx, .site = site, .job = id, .text = text, .err = err};
	struct gp_job *job;
	int64_t times = 0;
	enum gp_status st = gp_count_add(site->store, "too-large", gp_asprintf(ctx, "%" PRId64, id), gp_now(),
	    SPAN, &times, err);

	if (st != GP_OK || times > 1)
		return st;
	st = gp_job_find(ctx, site->store, id, true, &job, err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (job->kind == GP_JOB_NOTICE && job->header_n + job->body_n < LITTLE)
		return GP_OK;
	return tell(&f, job);
}
