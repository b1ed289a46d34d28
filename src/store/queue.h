/* SPDX-License-Identifier: ISC */
/* What the parts of the queue share: counters of jobs, gathered and written once. */
#ifndef GP_STORE_QUEUE_H
#define GP_STORE_QUEUE_H

#include "private.h"

/* n more recipients of a job. */
enum gp_status gp_job_count_in(struct gp_store *s, int64_t job, int64_t n, struct gp_err *err)
    GP_MUST_CHECK;
extern const char gp_audience_sql[];	/* for the test that looks at its plan */

struct gp_tally_job {
	int64_t job;
	int64_t sent, failed, dropped;
	int64_t tried;	/* left rcpt */
	int64_t done;	/* left rcpt or retry for good */
};
struct gp_tally {
	struct gp_tally_job *v;
	size_t n;
};
struct gp_tally *gp_tally_new(const void *ctx);
/* The counters of a job; valid until the next call. */
struct gp_tally_job *gp_tally_job(struct gp_tally *t, int64_t job);
enum gp_status gp_tally_write(struct gp_store *s, const struct gp_tally *t, struct gp_err *err)
    GP_MUST_CHECK;

#endif
