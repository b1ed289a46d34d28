/* SPDX-License-Identifier: ISC */
/* What core and outbound say to each other, packed and checked. */
#include "config.h"

#include "guildpost/outbound.h"

#include <string.h>

void
gp_txn_pack_job(struct gp_buf *b, const struct gp_txn_job *job)
{
	gp_pack_u(b, GP_BATCH_JOB);
	gp_pack_u(b, (uint64_t)job->id);
	gp_pack_u(b, job->flags);
	gp_pack_str(b, job->header.p, job->header.n);
	gp_pack_str(b, job->body.p, job->body.n);
}

void
gp_txn_pack(struct gp_buf *b, const struct gp_txn *t)
{
	size_t i;

	gp_pack_u(b, GP_BATCH_TXN);
	gp_pack_u(b, t->id);
	gp_pack_u(b, (uint64_t)t->job);
	gp_pack_text(b, t->sender);
	gp_pack_text(b, t->fields);
	gp_pack_u(b, t->rcpts_n);
	for (i = 0; i < t->rcpts_n; i++) {
		gp_pack_u(b, (uint64_t)t->rcpts[i].n);
		gp_pack_text(b, t->rcpts[i].address);
	}
}

void
gp_txn_pack_forget(struct gp_buf *b, int64_t job)
{
	gp_pack_u(b, GP_BATCH_FORGET);
	gp_pack_u(b, (uint64_t)job);
}

static void
unpack_job(const void *ctx, struct gp_unpack *u, struct gp_txn_job *job)
{
	struct gp_str s;

	memset(job, 0, sizeof(*job));
	job->id = (int64_t)gp_unpack_u(u);
	job->flags = (unsigned)gp_unpack_u(u);
	s = gp_unpack_str(u);
	job->header = (struct gp_str){gp_memdup(ctx, s.p, s.n), s.n};
	s = gp_unpack_str(u);
	job->body = (struct gp_str){gp_memdup(ctx, s.p, s.n), s.n};
}

static void
unpack_txn(const void *ctx, struct gp_unpack *u, struct gp_txn *t)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->id = gp_unpack_u(u);
	t->job = (int64_t)gp_unpack_u(u);
	t->sender = gp_unpack_text(u, ctx);
	t->fields = gp_unpack_text(u, ctx);
	t->rcpts_n = (size_t)gp_unpack_u(u);
	if (t->rcpts_n == 0 || t->rcpts_n > GP_TXN_RCPTS || t->sender == NULL || t->fields == NULL) {
		u->bad = true;
		return;
	}
	t->rcpts = gp_array(ctx, struct gp_txn_rcpt, t->rcpts_n);
	for (i = 0; i < t->rcpts_n; i++) {
		t->rcpts[i].n = (int64_t)gp_unpack_u(u);
		t->rcpts[i].address = gp_unpack_text(u, ctx);
		if (t->rcpts[i].address == NULL)
			u->bad = true;
	}
}

enum gp_status
gp_txn_unpack(const void *ctx, struct gp_str body, enum gp_batch_kind *kind, struct gp_txn_job *job,
    struct gp_txn *txn, struct gp_err *err)
{
	struct gp_unpack u = {body.p, body.n, false};

	*kind = (enum gp_batch_kind)gp_unpack_u(&u);
	switch (*kind) {
	case GP_BATCH_JOB:
		unpack_job(ctx, &u, job);
		break;
	case GP_BATCH_TXN:
		unpack_txn(ctx, &u, txn);
		break;
	case GP_BATCH_FORGET:
		memset(job, 0, sizeof(*job));
		job->id = (int64_t)gp_unpack_u(&u);
		break;
	default:
		u.bad = true;
	}
	return u.bad ? gp_fail(err, GP_E_PARSE, "core sent a frame that can't be understood") : GP_OK;
}

void
gp_answer_pack(struct gp_buf *b, int64_t job, const struct gp_answer *v, size_t n)
{
	size_t i;

	gp_pack_u(b, (uint64_t)job);
	gp_pack_u(b, n);
	for (i = 0; i < n; i++) {
		gp_pack_u(b, (uint64_t)v[i].n);
		gp_pack_u(b, v[i].kind);
		gp_pack_text(b, v[i].text);
	}
}

enum gp_status
gp_answer_unpack(const void *ctx, struct gp_str body, int64_t *job, struct gp_answer **v, size_t *n,
    struct gp_err *err)
{
	struct gp_unpack u = {body.p, body.n, false};
	size_t i;

	*job = (int64_t)gp_unpack_u(&u);
	*n = (size_t)gp_unpack_u(&u);
	if (u.bad || *n > GP_TXN_RCPTS)
		return gp_fail(err, GP_E_PARSE, "outbound sent a result that can't be understood");
	*v = gp_array(ctx, struct gp_answer, *n);
	for (i = 0; i < *n; i++) {
		(*v)[i].n = (int64_t)gp_unpack_u(&u);
		(*v)[i].kind = (enum gp_answer_kind)gp_unpack_u(&u);
		(*v)[i].text = gp_unpack_text(&u, ctx);
		if ((*v)[i].kind > GP_ANSWER_DOWN)
			u.bad = true;
	}
	return u.bad ? gp_fail(err, GP_E_PARSE, "outbound sent a result that can't be understood") :
	    GP_OK;
}
