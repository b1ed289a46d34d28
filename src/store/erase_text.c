/* SPDX-License-Identifier: ISC */
/*
 * What names an erased person outside of the archive: posts of others that wait, mail that is
 * on its way, and whatever people wrote that is kept in a column: reasons, texts of lists, the
 * words of other servers. An address there gets neutral words in its place, as in mail.
 */
#include "config.h"

#include "hold.h"

/* ---- columns ---------------------------------------------------------------------- */

/* gone(TEXT): with other words; NULL when nothing of it changes. */
static void
sql_gone(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct gp_forget *forget = sqlite3_user_data(c);
	const char *p = (const char *)sqlite3_value_text(v[0]);
	struct gp_buf b;

	(void)n;
	gp_buf_init(&b, NULL, 2 * GP_MAX_FRAME);
	if (p != NULL && gp_forget_text(forget, &b, p, (size_t)sqlite3_value_bytes(v[0]),
	    GP_FORGET_OTHERS) && !b.over)
		sqlite3_result_text(c, b.p, (int)b.len, SQLITE_TRANSIENT);
	talloc_free(b.p);
}

#define GONE(table, column) "UPDATE " table " SET " column " = gone(" column ") " \
	"WHERE gone(" column ") IS NOT NULL"

static enum gp_status
erase_columns(struct gp_store *s, struct gp_forget *forget, struct gp_err *err)
{
	static const char *const statements[] = {
		GONE("hold", "subject"), GONE("hold", "snippet"), GONE("hold", "reason"),
		GONE("hold", "from_name"), GONE("hold", "data"), GONE("hold", "decision_reason"),
		GONE("hold", "note"), GONE("hold_vote", "reason"), GONE("ban", "reason"), GONE("text", "body"),
		GONE("list_setting", "value"), GONE("act", "what"), GONE("act", "detail"),
		GONE("failure", "text"), GONE("retry", "last"), GONE("bounce", "text"),
		GONE("job", "subject"), GONE("thread", "closed"), GONE("import", "source"),
		GONE("token", "data"), GONE("practice", "title"), GONE("practice", "doubt"),
		GONE("practice", "name"),
		"UPDATE node SET note = gone(note) WHERE note <> '' AND gone(note) IS NOT NULL",
	};
	enum gp_status status = GP_OK;
	size_t i;
	int rc = sqlite3_create_function(s->db, "gone", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, forget,
	    sql_gone, NULL, NULL);

	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't look for texts", err);
	for (i = 0; status == GP_OK && i < GP_COUNT(statements); i++)
		status = gp_sql_run(s, statements[i], GP_NOARGS, err);
	sqlite3_create_function(s->db, "gone", 1, SQLITE_UTF8, NULL, NULL, NULL, NULL);
	/* Of the texts as they are now. */
	return status == GP_OK ? gp_page_words_set(s, 0, err) : status;
}

/* ---- posts that wait -------------------------------------------------------------- */

struct numbers {
	int64_t *v;
	size_t n;
};

static enum gp_status
read_numbers(const void *ctx, struct gp_store *s, const char *sql, struct numbers *out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, sql, GP_NOARGS, err);

	*out = (struct numbers){NULL, 0};
	return status == GP_OK ? gp_sql_numbers(ctx, s, st, &out->v, &out->n, err) : status;
}

/* The bytes, what was derived of them, and by what a copy of it is known. */
static enum gp_status
erase_hold(struct gp_store *s, struct gp_forget *forget, int64_t id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_hold *h = NULL;
	struct gp_rewritten r;
	struct gp_mail m;
	struct gp_buf b;
	struct gp_str wire;
	bool read = false;
	char *raw;
	size_t n;
	enum gp_status status = gp_hold_find(tmp, s, id, &h, err);

	if (status == GP_OK)
		status = gp_hold_raw(tmp, s, id, &raw, &n, &wire, err);
	if (status == GP_OK && wire.n > 0) {
		status = gp_mail_unpack(tmp, wire, raw, n, &m, err);
		read = true;
	}
	if (status == GP_OK &&
	    gp_forget_mail(tmp, forget, false, raw, n, read ? &m : NULL, &r)) {
		gp_buf_init(&b, tmp, GP_MAX_FRAME);
		if (read)
			gp_mail_pack(&b, &m);
		status = gp_hold_write(s, id, r.raw, r.n, (struct gp_str){b.p, b.over ? 0 : b.len},
		    err);
		if (status == GP_OK)
			status = gp_hold_set_digest(s, h, r.raw, r.n, err);
	}
	talloc_free(tmp);
	return status;
}

/* ---- mail on its way -------------------------------------------------------------- */

/* Header and body are one message; of a post only the header stands here. */
static enum gp_status
erase_job(struct gp_store *s, struct gp_forget *forget, int64_t id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_job *job;
	struct gp_rewritten r;
	struct gp_buf b;
	size_t off, end, gap;
	enum gp_status status = gp_job_find(tmp, s, id, false, &job, err);
	bool post = status == GP_OK && job->message != 0;

	if (status == GP_OK && !post)
		status = gp_job_find(tmp, s, id, true, &job, err);
	if (status != GP_OK || job->header == NULL) {
		talloc_free(tmp);
		return gp_sql_end(status);
	}
	gp_buf_init(&b, tmp, 2 * GP_MAX_FRAME);
	gp_buf_add(&b, job->header, job->header_n);
	/* The empty line may be part of either, or of none. */
	gap = job->header_n > 3 && memcmp(b.p + b.len - 4, "\r\n\r\n", 4) == 0 ? 0 : 2;
	if (gap > 0)
		gp_buf_puts(&b, "\r\n");
	off = b.len;
	if (!post)
		gp_buf_add(&b, job->body, job->body_n);
	if (!b.over && gp_forget_mail(tmp, forget, false, b.p, b.len, NULL, &r)) {
		end = gp_rewritten_at(&r, off);
		status = gp_sql_run(s, "UPDATE job_data SET header = ?2, body = ?3 WHERE job = ?1",
		    GP_ARGS(GP_INT(id), GP_BLOB(r.raw, end - gap),
		    GP_BLOB(post ? NULL : r.raw + end, r.n - end)), err);
	}
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_erase_texts(struct gp_store *s, struct gp_forget *forget, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct numbers holds = {NULL, 0}, jobs = {NULL, 0};
	enum gp_status status = read_numbers(tmp, s, "SELECT hold FROM hold_data", &holds, err);
	size_t i;

	if (status == GP_OK)
		status = read_numbers(tmp, s, "SELECT job FROM job_data", &jobs, err);
	for (i = 0; status == GP_OK && i < holds.n; i++)
		status = erase_hold(s, forget, holds.v[i], err);
	for (i = 0; status == GP_OK && i < jobs.n; i++)
		status = erase_job(s, forget, jobs.v[i], err);
	if (status == GP_OK)
		status = erase_columns(s, forget, err);
	talloc_free(tmp);
	return status;
}
