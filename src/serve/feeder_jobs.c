/* SPDX-License-Identifier: ISC */
/*
 * Which jobs are at hand for outbound: some of each list, those first that are small; and those that wait
 * for what their author's domain wants (DMARC).
 */
#include "config.h"

#include "feeder.h"

#include <inttypes.h>
#include <string.h>

enum { JOBS = 16, PATIENCE = 15 * 60,
	SMALL = 20 };	/* recipients of a job that needn't wait for room */

static size_t
count_jobs(const struct gp_feeder *f)
{
	const struct feed_job *j;
	size_t n = 0;

	for (j = f->jobs; j != NULL; j = j->next)
		n++;
	return n;
}

struct feed_job *
gp_feeder_find(struct gp_feeder *f, int64_t id)
{
	struct feed_job *j;

	for (j = f->jobs; j != NULL && j->id != id;)
		j = j->next;
	return j;
}

/* Once the author's domain has spoken the job gets its last shape, for good. */
static enum gp_status
settle(struct gp_feeder *f, struct feed_job *j, enum gp_policy policy, struct gp_err *err)
{
	struct gp_store *store = f->core->site->store;
	enum gp_status st = gp_store_begin(store, err);

	if (st != GP_OK)
		return st;
	st = gp_cook_settle(j, f->core->site, j->list, j->job, policy, err);
	if (st == GP_OK)
		st = gp_job_settle(store, j->job, err);
	if (st == GP_OK)
		st = gp_store_commit(store, err);
	if (st != GP_OK)
		gp_store_rollback(store);
	return st;
}

/* A domain that can't be asked: some time later mail of it goes out as if it were strict (standards.md
 * 2.1). */
static bool
know_policy(struct gp_feeder *f, const char *domain, int64_t created, enum gp_policy *policy)
{
	return gp_policies_get(f->core->policies, domain, policy) &&
	    (*policy != GP_POLICY_UNKNOWN || gp_now() - created >= PATIENCE);
}

/* GP_E_BUSY: the job waits for the policy of a domain. */
static enum gp_status
ask_policy(struct gp_feeder *f, struct feed_job *j, struct gp_err *err)
{
	char *domain = gp_cook_domain(j, j->job);
	enum gp_policy policy;
	struct asking *a;

	if (j->list->set.dmarc == GP_DMARC_ALWAYS)
		return settle(f, j, GP_POLICY_REJECT, err);
	if (know_policy(f, domain, j->job->created, &policy))
		return settle(f, j, policy, err);
	a = gp_new(f, struct asking);
	*a = (struct asking){f->asking, j->id, j->job->created, talloc_steal(a, domain)};
	f->asking = a;
	return GP_E_BUSY;
}

/* Bring a job into memory, at the end of the turn. NULL: it is gone or can't be read now. */
struct feed_job *
gp_feeder_load_job(struct gp_feeder *f, int64_t id, bool retries_only)
{
	struct gp_store *store = f->core->site->store;
	struct feed_job *j = gp_new(f, struct feed_job), **end;
	struct gp_err err = {GP_OK, ""};
	enum gp_status st;

	j->id = id;
	j->read_all = j->retries = retries_only;
	st = gp_job_find(j, store, id, true, &j->job, &err);
	if (st == GP_OK)
		st = gp_list_find_id(j, store, j->job->list, &j->list, &err);
	if (st == GP_OK && (j->job->flags & GP_JOB_ASK) != 0)
		st = ask_policy(f, j, &err);
	if (st != GP_OK) {
		if (st != GP_E_NOTFOUND && err.code != GP_OK)
			gp_log(GP_LOG_ERR, "event=job-read job=%" PRId64 " what=\"%s\"", id, err.msg);
		talloc_free(j);
		return NULL;
	}
	for (end = &f->jobs; *end != NULL;)
		end = &(*end)->next;
	*end = j;
	return j;
}

static bool
is_asking(const struct gp_feeder *f, int64_t job)
{
	const struct asking *a;

	for (a = f->asking; a != NULL && a->id != job;)
		a = a->next;
	return a != NULL;
}

/* Has the list a job here; with `turn`, one that had its turn? */
bool
gp_feeder_has_list(const struct gp_feeder *f, int64_t list, bool turn)
{
	const struct feed_job *j;

	for (j = f->jobs; j != NULL; j = j->next)
		if (j->list->id == list && (!turn || j->turn == f->turn))
			return true;
	return false;
}

/* Is there room for one more: for every list's first always, and for small ones? */
static bool
may_enter(const struct gp_feeder *f, const struct gp_queue_entry *q)
{
	size_t n = count_jobs(f);

	return n < JOBS || (n < (size_t)4 * JOBS && (q->left <= SMALL || !gp_feeder_has_list(f, q->list, false)));
}

void
gp_feeder_load(struct gp_feeder *f)
{
	void *ctx = gp_ctx(NULL);
	struct gp_queue_entry *v;
	struct feed_job *j;
	struct gp_err err;
	size_t n, i;

	f->more_jobs = false;
	if (gp_queue_turn(ctx, f->core->site->store, (size_t)8 * JOBS, &v, &n, &err) != GP_OK) {
		gp_log(GP_LOG_ERR, "event=queue-read what=\"%s\"", err.msg);
		n = 0;
	}
	for (i = 0; i < n; i++) {
		j = gp_feeder_find(f, v[i].job);
		if (j == NULL && is_asking(f, v[i].job))
			continue;
		if (j == NULL && !may_enter(f, &v[i]))
			f->more_jobs = true;
		else if (j == NULL)
			gp_feeder_load_job(f, v[i].job, false);
		/* One that is here for its retries has its fresh recipients still to be read. */
		else if (j->retries)
			j->read_all = j->retries = false;
	}
	f->more_jobs = f->more_jobs || n == (size_t)8 * JOBS;
	talloc_free(ctx);
}

/* Jobs whose question is answered join the turn. */
void
gp_feeder_load_asking(struct gp_feeder *f)
{
	struct asking *a = f->asking, *next;
	enum gp_policy policy;

	f->asking = NULL;
	for (; a != NULL; a = next) {
		next = a->next;
		if (count_jobs(f) >= JOBS || !know_policy(f, a->domain, a->created, &policy)) {
			a->next = f->asking;
			f->asking = a;
			continue;
		}
		gp_feeder_load_job(f, a->id, false);
		talloc_free(a);
	}
}
