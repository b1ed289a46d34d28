/* SPDX-License-Identifier: ISC */
/*
 * Messages as files: one as it came (.eml), a thread as mbox (also compressed, as tools of
 * public-inbox want it), and the parts of a message. All are for strangers: addresses are cut.
 * A part is served so that nothing in it can run: with a type of ours, as a download unless it
 * is plain text or a picture, in a sandbox without origin.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { GZIP_LEVEL = 6, FOUND_MOST = 1000 };

int
raw_find(struct visit *v)
{
	return message_find(v);
}

/* A message for strangers on ctx. */
static int
read_hidden(struct visit *v, const void *ctx, int64_t id, char **out, size_t *n)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_mail mail;
	enum gp_status st;
	char *raw;
	size_t raw_n;

	st = gp_message_mail(ctx, v->s, id, &mail, &raw, &raw_n, &err);
	if (st == GP_OK)
		st = hide_message(ctx, v->list, &mail, raw, raw_n, out, n, &err);
	return st == GP_OK ? 200 : st == GP_E_TOOBIG ? 413 : visit_failed(&err);
}

int
raw_build(struct visit *v)
{
	char *raw;
	size_t n;
	int status = read_hidden(v, v->ctx, v->msg->id, &raw, &n);

	if (status != 200)
		return status;
	v->out->body = (struct gp_str){raw, n};
	v->out->sandbox = true;
	v->out->whole = true;
	v->out->disposition = gp_asprintf(v->ctx, "attachment; filename=\"%s.eml\"", v->msg->key);
	return 200;
}

/* ---- threads as mbox ---------------------------------------------------------------------- */

int
thread_file_find(struct visit *v)
{
	int status = message_find(v);
	const char *dot = strchr(strrchr(v->r->path, '/'), '.');

	if (status == 200 && strcmp(v->key, v->thread->key) != 0) {
		v->out->location = list_path(v, v->list, "t/%s%s", v->thread->key, dot);
		return 301;
	}
	return status;
}

/* One message more, as strangers may see it; 413 when that is too much for one answer. */
static int
put_in_mbox(struct visit *v, struct gp_buf *b, const struct gp_message *m)
{
	void *mem = gp_ctx(NULL);
	char *raw;
	size_t len;
	int status = read_hidden(v, mem, m->id, &raw, &len);

	if (status == 200)
		gp_mbox_write(b, "archive", m->received, raw, len);
	talloc_free(mem);
	return status != 200 ? status : b->over ? 413 : 200;
}

/* The file as a download, compressed if its name is to say so. */
static int
send_mbox(struct visit *v, struct gp_buf *b, const char *name, bool gzip)
{
	struct gp_response *out = v->out;
	char *packed;
	size_t n;

	out->body = (struct gp_str){b->p, b->len};
	if (gzip) {
		packed = gp_gzip(v->ctx, b->p, b->len, GZIP_LEVEL, &n);
		out->body = (struct gp_str){packed, n};
	}
	out->sandbox = true;
	out->whole = true;
	out->disposition = gp_asprintf(v->ctx, "attachment; filename=\"%s.mbox%s\"", name, gzip ? ".gz" : "");
	return 200;
}

/* ---- a month ------------------------------------------------------------------------------------- */

int
month_file_find(struct visit *v)
{
	return year_find(v);
}

/* Messages of a month, oldest first. */
static int
month_messages(struct visit *v, struct gp_message ***out, size_t *n)
{
	int64_t from = gp_civil_time(v->year, v->month, 1, 0, 0, 0), id = 0;
	int64_t date = gp_civil_time(v->year + v->month / 12, v->month % 12 + 1, 1, 0, 0, 0);
	struct gp_err err = {GP_OK, ""};
	struct gp_message **some;
	size_t i, k;

	*out = NULL;
	*n = 0;
	do {
		if (gp_message_newest(v->ctx, v->s, v->list->id, date, id, GP_WEB_MESSAGES_PER_PAGE, &some,
		    &k, &err) != GP_OK)
			return visit_failed(&err);
		*out = talloc_realloc(v->ctx, *out, struct gp_message *, *n + k + 1);
		for (i = 0; i < k && some[i]->date >= from; i++)
			if (visit_sees(v, some[i]))
				(*out)[(*n)++] = some[i];
		if (k > 0) {
			date = some[k - 1]->date;
			id = some[k - 1]->id;
		}
	} while (k == GP_WEB_MESSAGES_PER_PAGE && date >= from);
	for (i = 0; i < *n / 2; i++) {
		some = &(*out)[*n - 1 - i];
		v->msg = *some;
		*some = (*out)[i];
		(*out)[i] = v->msg;
	}
	return *n > 0 ? 200 : 404;
}

int
month_gz_build(struct visit *v)
{
	struct gp_message **all;
	struct gp_buf b;
	size_t i, n;
	int status = month_messages(v, &all, &n);

	gp_buf_init(&b, v->ctx, GP_WEB_DOWNLOAD);
	for (i = 0; i < n && status == 200; i++)
		status = put_in_mbox(v, &b, all[i]);
	return status == 200 ? send_mbox(v, &b, gp_asprintf(v->ctx, "%s-%04d-%02d", v->list->name, v->year,
	    v->month), true) : status;
}

/* ---- what a search finds --------------------------------------------------------------------------- */

/* The best thousand at most, the oldest first. */
int
search_gz_build(struct visit *v)
{
	const char *q = gp_request_arg(v->r, "q");
	struct gp_search query = {.list = v->list->id, .now = v->now, .limit = FOUND_MOST, .since = v->since,
	    .languages = v->list->set.language};
	struct gp_err err = {GP_OK, ""};
	struct gp_hits hits;
	struct gp_buf b;
	char *read;
	size_t i;
	int status = 200;

	if (q == NULL || *q == '\0')
		return 404;
	query.query = gp_asprintf(v->ctx, "sort:old %s", gp_when_query(v->ctx, v->w->site->words, q, v->now, &read));
	if (gp_search_run(v->ctx, v->s, &query, &hits, &err) != GP_OK)
		return visit_failed(&err);
	gp_buf_init(&b, v->ctx, GP_WEB_DOWNLOAD);
	for (i = 0; i < hits.n && status == 200; i++)
		status = put_in_mbox(v, &b, hits.v[i]);
	if (hits.n == 0)
		return 404;
	return status == 200 ? send_mbox(v, &b, gp_asprintf(v->ctx, "%s-search", v->list->name), true) : status;
}

/* ---- a thread ------------------------------------------------------------------------------------- */

static int
thread_file_build(struct visit *v, bool gzip)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_node *nodes;
	struct gp_buf b;
	size_t i, n;
	int status = 200;

	if (gp_thread_nodes(v->ctx, v->s, v->thread->id, &nodes, &n, &err) != GP_OK)
		return visit_failed(&err);
	if (!see_nodes(v, nodes, n))
		return 404;
	gp_buf_init(&b, v->ctx, GP_WEB_DOWNLOAD);
	for (i = 0; i < n && status == 200; i++)
		if (nodes[i].msg != NULL)
			status = put_in_mbox(v, &b, nodes[i].msg);
	return status == 200 ? send_mbox(v, &b, v->thread->key, gzip) : status;
}

int
thread_mbox_build(struct visit *v)
{
	return thread_file_build(v, false);
}

int
thread_gz_build(struct visit *v)
{
	return thread_file_build(v, true);
}

/* ---- parts --------------------------------------------------------------------------------------- */

int
part_find(struct visit *v)
{
	size_t digits = strspn(v->rest, "0123456789");

	if (digits == 0 || digits > 5 || v->rest[digits] != '-')
		return 404;
	return message_find(v);
}

/* A charset as a parameter, if it is a plain word. */
static const char *
charset_of(const struct gp_part *p)
{
	const char *c = p->charset;

	if (c == NULL || *c == '\0' || strlen(c) > 40 ||
	    c[strspn(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:")] != '\0')
		return "utf-8";
	return c;
}

/* What a reader's program is told: few types that can do nothing, else bytes. */
static void
set_type(struct visit *v, const struct gp_part *p)
{
	static const char *const known[] = {"application/pdf", "application/zip",
	    "application/gzip", "application/pgp-signature", "audio/mpeg", "audio/ogg",
	    "text/calendar", "text/vcard", "text/csv", "video/mp4", "video/webm"};
	struct gp_response *out = v->out;
	bool shown = part_is_picture(p);
	size_t i;

	if (shown) {
		out->type = gp_strdup(v->ctx, p->type);
	} else if (strcmp(p->type, "text/plain") == 0 || strcmp(p->type, "text/x-patch") == 0 ||
	    strcmp(p->type, "text/x-diff") == 0) {
		out->type = gp_asprintf(v->ctx, "text/plain; charset=%s", charset_of(p));
		shown = true;
	} else {
		out->type = "application/octet-stream";
		for (i = 0; i < GP_COUNT(known); i++)
			if (strcmp(known[i], p->type) == 0)
				out->type = known[i];
	}
	out->sandbox = true;
	out->whole = true;
	/* RFC 6266: the name in UTF-8; the path ends with it too. */
	out->disposition = gp_asprintf(v->ctx, "%s; filename*=UTF-8''%s",
	    shown ? "inline" : "attachment", url_value(v->ctx, part_name(v->ctx, p)));
}

int
part_build(struct visit *v)
{
	struct gp_err err = {GP_OK, ""};
	struct gp_mail mail;
	const struct gp_part *p = NULL;
	int64_t index;
	struct gp_buf b;
	char *raw, *bytes;
	size_t n, i;

	if (gp_message_mail(v->ctx, v->s, v->msg->id, &mail, &raw, &n, &err) != GP_OK)
		return visit_failed(&err);
	if (!gp_parse_int(gp_strndup(v->ctx, v->rest, strcspn(v->rest, "-")), 1, 99999, &index))
		return 404;
	for (i = 0; i < mail.parts_n; i++)
		if (mail.parts[i].index == index && !(mail.parts[i].flags & GP_PART_MULTIPART))
			p = &mail.parts[i];
	if (p == NULL)
		return 404;
	if (strcmp(strchr(v->rest, '-') + 1, part_name(v->ctx, p)) != 0) {
		v->out->location = part_path(v, v->list, v->msg->key, p);
		v->out->etag = NULL;
		return 301;
	}
	if (gp_cte_decode(v->ctx, p->cte, raw + p->body, p->len, GP_MAX_MESSAGE, &bytes, &n,
	    &err) != GP_OK)
		return err.code == GP_E_TOOBIG ? 413 : visit_failed(&err);
	if (gp_starts(p->type, "text/") || strcmp(p->type, "message/rfc822") == 0) {
		gp_buf_init(&b, v->ctx, GP_MAX_MESSAGE + (1 << 20));
		hide_text(&b, v->list, bytes, n);
		bytes = b.p;
		n = b.len;
	}
	v->out->body = (struct gp_str){bytes, n};
	set_type(v, p);
	return 200;
}
