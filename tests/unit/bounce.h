/* SPDX-License-Identifier: ISC */
/* For tests of mail that comes back: a place whose clock stands still, bounces, what they did. */
#ifndef TESTS_UNIT_BOUNCE_H
#define TESTS_UNIT_BOUNCE_H

#include "talk.h"

enum { DAY = 86400 };

static int64_t start;	/* noon of the first day */

static inline int
open_place(void **state)
{
	struct place *p = talloc_zero(NULL, struct place);

	place_open(p);
	start = gp_now();
	*state = p;
	return 0;
}

static inline int
close_place(void **state)
{
	gp_clock_set(start, true);
	place_close(*state);
	talloc_free(*state);
	return 0;
}

/* ---- telling ------------------------------------------------------------------------------- */

static inline int64_t
id_of(struct place *p, const char *address)
{
	struct gp_member *m;
	struct gp_err err;

	return gp_member_find(p->ctx, p->site->store, p->bees->id, address, &m, &err) == GP_OK ? m->id : 0;
}

/* "ok 1.00" */
static inline const char *
state_of(struct place *p, const char *address)
{
	struct gp_bounces *b;
	struct gp_err err;

	if (id_of(p, address) == 0)
		return "gone";
	must(gp_bounces_get(p->ctx, p->site->store, id_of(p, address), &b, &err), &err);
	return gp_asprintf(p->ctx, "%s %lld.%02lld", gp_bounce_state_names[b->state],
	    (long long)b->score / 100, (long long)b->score % 100);
}

static inline void
tick(struct place *p, int64_t time)
{
	struct gp_err err;

	gp_clock_set(time, true);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_bounce_tick(p->ctx, p->site, time, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

/* A post by Ann; the job. One recipient is marked as sent, so that deliveries went out. */
static inline int64_t
post(struct place *p, const char *id)
{
	struct gp_outcome out = {0};
	struct gp_result r = {.kind = GP_RESULT_SENT};
	struct gp_rcpt *rcpts;
	struct gp_err err;
	size_t n;

	take_in(p, "bees@example.org", gp_asprintf(p->ctx, "From: ann@example.org\nSubject: %s\n"
	    "Message-ID: <%s@example.org>\n\nhello %s\n", id, id, id), "ann@example.org", &out);
	must(gp_queue_fresh(p->ctx, p->site->store, out.job, 0, 1, &rcpts, &n, &err), &err);
	if (n > 0) {
		r.job = out.job;
		r.n = rcpts[0].n;
		must(gp_store_begin(p->site->store, &err), &err);
		must(gp_queue_results(p->site->store, &r, 1, gp_now(), &err), &err);
		must(gp_store_commit(p->site->store, &err), &err);
	}
	return out.job;
}

static inline char *
dsn(struct place *p, const char *to, const char *action, const char *status, const char *text,
    const char *returned)
{
	return gp_asprintf(p->ctx, "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered\n"
	    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n\n"
	    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
	    "Final-Recipient: rfc822; %s\nAction: %s\nStatus: %s\nDiagnostic-Code: smtp; %s\n\n--b\n"
	    "Content-Type: text/rfc822-headers\n\n%s\n--b--\n", to, action, status, text, returned);
}

static inline char *
verp(struct place *p, int64_t job, const char *address)
{
	return gp_route_address(p->ctx, p->site, p->bees, "bounce",
	    gp_verp_token(p->ctx, p->site, job, id_of(p, address)));
}

/* A bounce of job for Bob, with the null sender, to the address that the job had. */
static inline const char *
bounce(struct place *p, int64_t job, const char *action, const char *status, const char *text)
{
	struct gp_outcome out = {0};

	take_in(p, verp(p, job, "bob@example.net"), dsn(p, "bob@example.net", action, status, text, ""),
	    "", &out);
	return state_of(p, "bob@example.net");
}

static inline size_t
mails_to(struct place *p, int64_t since, const char *address)
{
	size_t n, i, count = 0;
	struct gp_job **v = jobs_since(p, since, &n);

	for (i = 0; i < n; i++)
		count += v[i]->kind == GP_JOB_NOTICE && strcmp(goes_to(p, v[i]), address) == 0;
	return count;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)

#endif
