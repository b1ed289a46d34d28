/* SPDX-License-Identifier: ISC */
/* What feeder.c (hands transactions out) and results.c (takes the answers) share. */
#ifndef GP_SERVE_FEEDER_H
#define GP_SERVE_FEEDER_H

#include "guildpost/outbound.h"
#include "guildpost/serve.h"

#include "manners.h"

struct feed_job {
	struct feed_job *next;
	int64_t id;
	struct gp_job *job;		/* with header and body */
	struct gp_list *list;
	struct gp_rcpt *rcpts;		/* read ahead */
	size_t n, at;
	int64_t cursor;			/* name of the last one read */
	bool read_all;
	bool sent;			/* outbound has its bytes */
	bool retries;			/* here for those alone */
	int running;
	int put_off;			/* recipients whose putting off is not saved yet */
	uint64_t turn;			/* the last one in which it had something to send */
};

struct asking {				/* a job that waits for a policy */
	struct asking *next;
	int64_t id, created;
	char *domain;
};

struct run {				/* a transaction at outbound */
	struct run *next;
	uint64_t id;
	struct feed_job *job;
	struct gp_rcpt *rcpts;
	size_t n;
	bool answered;
};

struct gp_feeder {
	struct gp_core *core;
	struct gp_conn *out;		/* NULL: no outbound at the moment */
	struct feed_job *jobs;		/* in turn */
	struct asking *asking;
	struct run *runs;
	struct gp_manners *manners;
	uint64_t turn;
	size_t running;
	uint64_t last_txn;
	int64_t pause_until;		/* gp_now_ms */
	bool more_jobs, planned;
	bool down;			/* the relay is away: hand out nothing, then start over */
	char *down_why;			/* its words, or ours */
	bool alarm;			/* there is an alarm for it, or may be one */
	int64_t version, retries;	/* of the database; how many times a person asked for retries */
	void *results_ctx;
	struct gp_result *results;
	size_t results_n;
	struct gp_whose { int64_t list, member; } *whose; /* of each result */
	uint64_t *saved;		/* transactions to acknowledge after the commit */
	size_t saved_n;
};

/* The job if it is at hand, or NULL. */
struct feed_job *gp_feeder_find(struct gp_feeder *f, int64_t id);
/* Has the list a job at hand; with `turn`, one that had its turn? */
bool gp_feeder_has_list(const struct gp_feeder *f, int64_t list, bool turn);
/* Bring a job into memory, at the end of the turn. NULL: it is gone or can't be read now. */
struct feed_job *gp_feeder_load_job(struct gp_feeder *f, int64_t id, bool retries_only);
/* Those for which there is room; those whose question is answered. */
void gp_feeder_load(struct gp_feeder *f);
void gp_feeder_load_asking(struct gp_feeder *f);
/* Hand out what there is room for. */
void gp_feeder_feed(struct gp_feeder *f);
/* Forget what was read: everything not committed is in the database. */
void gp_feeder_reset(struct gp_feeder *f);
/* A recipient waits although nobody was asked: its domain pauses. */
void gp_feeder_put_off(struct gp_feeder *f, struct feed_job *j, const struct gp_rcpt *rcpt, int64_t until,
    const char *words);
/* Outbound is gone. */
void gp_feeder_lost(struct gp_feeder *f, const char *why);
/* Frames have come from outbound. */
void gp_feeder_on_result(struct gp_conn *c, void *arg);

#endif
