/* SPDX-License-Identifier: ISC */
/*
 * What outbound says of the transactions it was handed. Results are committed together and
 * then acknowledged: only then does a connection send its next message (design section 6.2).
 */
#include "config.h"

#include "feeder.h"

#include <inttypes.h>
#include <string.h>

enum { DOWN_MS = 30000, AGAIN = 3, DOWN_MAIL = 3600 /* seconds until the admin gets a mail */ };

/* Growing delays: 1, 5, 15, 30, 60 minutes, then every hour. */
static int64_t
retry_at(int tries)
{
	static const int minutes[] = {1, 5, 15, 30, 60};

	return gp_now() + 60 * (tries < (int)GP_COUNT(minutes) ? minutes[tries] : 60);
}

static struct gp_result *
push_result(struct gp_feeder *f, const struct feed_job *j, const struct gp_rcpt *rcpt)
{
	struct gp_result *res;

	f->results = talloc_realloc(f->results_ctx, f->results, struct gp_result,
	    (unsigned)f->results_n + 1);
	f->whose = talloc_realloc(f->results_ctx, f->whose, struct gp_whose,
	    (unsigned)f->results_n + 1);
	if (f->results == NULL || f->whose == NULL)
		gp_oom();
	/* What comes back of a secret mail is counted for nobody. */
	f->whose[f->results_n] = (struct gp_whose){j->list->id,
	    (j->job->flags & GP_JOB_SECRET) != 0 ? 0 : rcpt->member};
	res = &f->results[f->results_n++];
	memset(res, 0, sizeof(*res));
	res->job = j->id;
	res->n = rcpt->n;
	return res;
}

/* What an answer says of the whole domain; when a recipient of it that is put off is due. */
static int64_t
heed(struct gp_feeder *f, const char *address, const struct gp_answer *a, int64_t next)
{
	int64_t until;

	if (a->kind == GP_ANSWER_SENT)
		gp_manners_sent(f->manners, address, gp_now());
	if (a->kind != GP_ANSWER_DEFER || a->text == NULL || !gp_manners_is_slow(a->text))
		return next;
	until = gp_manners_slow(f->manners, address, a->text, gp_now());
	return until > next ? until : next;
}

static void
add_result(struct gp_feeder *f, const struct run *r, size_t i, const struct gp_answer *a)
{
	struct gp_result *res = push_result(f, r->job, &r->rcpts[i]);
	int64_t expires = r->job->job->expires;

	res->text = gp_strdup(f->results_ctx, a->text != NULL ? a->text : "");
	switch (a->kind) {
	case GP_ANSWER_SENT:
		res->kind = GP_RESULT_SENT;
		break;
	case GP_ANSWER_FAIL:
		res->kind = GP_RESULT_FAIL;
		break;
	default:
		res->kind = gp_now() >= expires ? GP_RESULT_FAIL : GP_RESULT_DEFER;
		res->next = a->kind == GP_ANSWER_DOUBT ? gp_now() + 600 :
		    a->kind == GP_ANSWER_AGAIN && r->rcpts[i].tries < AGAIN ? gp_now() :
		    retry_at(r->rcpts[i].tries);
	}
	res->next = heed(f, r->rcpts[i].address, a, res->next);
	if (res->kind != GP_RESULT_SENT && (r->job->job->flags & GP_JOB_SECRET) != 0)
		gp_log(GP_LOG_INFO, "event=delivery job=%" PRId64 " to=<> result=%s", res->job,
		    res->kind == GP_RESULT_FAIL ? "failed" : "deferred");
	else if (res->kind != GP_RESULT_SENT)
		gp_log(GP_LOG_INFO, "event=delivery job=%" PRId64 " to=<%s> result=%s text=\"%s\"",
		    res->job, r->rcpts[i].address,
		    res->kind == GP_RESULT_FAIL ? "failed" : "deferred", res->text);
}

/* Say to outbound that the results are saved; drop what is done. */
static void
acknowledge(struct gp_feeder *f)
{
	struct run **p, *r;
	size_t i;

	for (i = 0; i < f->saved_n && f->out != NULL; i++)
		gp_frame_send(f->out, GP_IPC_RESULT_SAVED, f->saved[i], NULL, 0);
	f->saved_n = 0;
	for (p = &f->runs; (r = *p) != NULL;) {
		if (!r->answered) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		f->running--;
		r->job->running--;
		gp_manners_end(f->manners, r->rcpts[0].address);
		talloc_free(r);
	}
}

static void
save_results(void *arg)
{
	struct gp_feeder *f = arg;
	struct gp_store *store = f->core->site->store;
	struct gp_err err;
	enum gp_status st;

	/* New mail is about to be committed: these go with it. */
	if ((f->saved_n == 0 && f->results_n == 0) || f->core->commit_planned)
		return;
	st = gp_store_begin(store, &err);
	if (st == GP_OK) {
		st = gp_feeder_write(f, &err);
		if (st == GP_OK)
			st = gp_store_commit(store, &err);
		if (st != GP_OK)
			gp_store_rollback(store);
	}
	gp_feeder_written(f, st == GP_OK ? NULL : &err);
}

/* What was refused says the same of a member as what comes back. */
static enum gp_status
count_failures(struct gp_feeder *f, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < f->results_n; i++) {
		const struct gp_result *r = &f->results[i];

		if (r->kind == GP_RESULT_FAIL && gp_too_large_is(r->text))
			st = gp_too_large(ctx, f->core->site, r->job, r->text, err);
		else if (r->kind == GP_RESULT_FAIL)
			st = gp_bounce_refused(ctx, f->core->site, f->whose[i].list, r->job,
			    f->whose[i].member, r->text, err);
	}
	talloc_free(ctx);
	return st;
}

/* What the relay doesn't take for long, or for what only a person can mend, somebody must hear of. */
static enum gp_status
watch_relay(struct gp_feeder *f, struct gp_err *err)
{
	void *ctx;
	enum gp_status st;

	if (f->saved_n == 0 || (!f->down && !f->alarm))
		return GP_OK;
	ctx = gp_ctx(NULL);
	if (f->down)
		st = gp_alarm_raise(ctx, f->core->site, GP_ALARM_RELAY, f->down_why,
		    strstr(f->down_why, "certificate") != NULL ? 0 : DOWN_MAIL, err);
	else
		st = gp_alarm_clear(ctx, f->core->site, GP_ALARM_RELAY, err);
	f->alarm = f->down;
	talloc_free(ctx);
	if (st == GP_OK || gp_status_is_temporary(st))
		return st;
	/* Results count for more than a mail about them. */
	gp_log(GP_LOG_ERR, "event=alarm-failed what=\"%s\"", err->msg);
	return GP_OK;
}

enum gp_status
gp_feeder_write(struct gp_feeder *f, struct gp_err *err)
{
	/* First: a job that is done with gives up its bytes. */
	enum gp_status st = count_failures(f, err);

	if (st == GP_OK)
		st = gp_queue_results(f->core->site->store, f->results, f->results_n, gp_now(), err);
	return st == GP_OK ? watch_relay(f, err) : st;
}

void
gp_feeder_written(struct gp_feeder *f, const struct gp_err *err)
{
	struct feed_job *j;

	if (f->saved_n == 0 && f->results_n == 0)
		return;
	if (err != NULL) {
		/* Better to wait with what is sent than to lose count of it. */
		gp_log(GP_LOG_ERR, "event=results-not-saved what=\"%s\"", err->msg);
		talloc_steal(f->results_ctx,
		    gp_loop_timer(f->core->loop, 1000, false, save_results, f));
		return;
	}
	TALLOC_FREE(f->results_ctx);
	f->results_ctx = gp_ctx(f);
	f->results = NULL;
	f->whose = NULL;
	f->results_n = 0;
	for (j = f->jobs; j != NULL; j = j->next)
		j->put_off = 0;
	acknowledge(f);
	if (f->down && f->running == 0) {
		/* What was not tried is in the database as if it had never been read. */
		f->down = false;
		f->pause_until = gp_now_ms() + DOWN_MS;
		gp_feeder_reset(f);
	}
	gp_feeder_feed(f);
}

void
gp_feeder_put_off(struct gp_feeder *f, struct feed_job *j, const struct gp_rcpt *rcpt, int64_t until,
    const char *words)
{
	struct gp_result *res;

	if (f->saved_n == 0 && f->results_n == 0)
		gp_loop_later(f->core->loop, save_results, f);
	res = push_result(f, j, rcpt);
	res->kind = GP_RESULT_DEFER;
	res->next = until;
	res->text = gp_asprintf(f->results_ctx, "%s pauses; it said: %s", gp_addr_domain(rcpt->address),
	    words);
	j->put_off++;
}

static void
take_result(struct gp_feeder *f, const struct gp_frame *frame)
{
	void *ctx = gp_ctx(NULL);
	struct gp_answer *v;
	struct gp_err err;
	struct run *r;
	int64_t job;
	size_t n, i;

	for (r = f->runs; r != NULL && r->id != frame->id;)
		r = r->next;
	if (gp_answer_unpack(ctx, frame->body, &job, &v, &n, &err) != GP_OK || r == NULL ||
	    r->n != n) {
		gp_log(GP_LOG_ERR, "event=result-odd txn=%" PRIu64, frame->id);
		talloc_free(ctx);
		return;
	}
	for (i = 0; i < n; i++) {
		if (v[i].kind == GP_ANSWER_DOWN) {
			f->down = true;
			talloc_free(f->down_why);
			f->down_why = gp_strdup(f, v[i].text != NULL ? v[i].text : "");
		} else {
			add_result(f, r, i, &v[i]);
		}
	}
	r->answered = true;
	f->saved = talloc_realloc(f, f->saved, uint64_t, (unsigned)f->saved_n + 1);
	if (f->saved == NULL)
		gp_oom();
	f->saved[f->saved_n++] = r->id;
	talloc_free(ctx);
}

void
gp_feeder_on_result(struct gp_conn *c, void *arg)
{
	struct gp_feeder *f = arg;
	struct gp_frame frame;
	struct gp_err err;
	enum gp_status st;
	bool first = f->saved_n == 0 && f->results_n == 0;
	size_t used;

	while ((st = gp_frame_next(c, GP_MAX_FRAME, &frame, &used, &err)) == GP_OK) {
		if (frame.kind == GP_IPC_RESULT)
			take_result(f, &frame);
		gp_conn_take(c, used);
	}
	if (st != GP_E_NOTFOUND) {
		gp_feeder_lost(f, err.msg);
		return;
	}
	if (first && f->saved_n > 0)
		gp_loop_later(f->core->loop, save_results, f);
}
