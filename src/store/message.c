/* SPDX-License-Identifier: ISC */
/*
 * Reading messages: single ones by key, id or Message-ID; rows of them for pages,
 * digests and exports; their bytes and what was derived of them.
 */
#include "config.h"

#include "message.h"

void *
gp_message_read(const void *ctx, sqlite3_stmt *st)
{
	struct gp_message *m = gp_new(ctx, struct gp_message);

	m->id = sqlite3_column_int64(st, 0);
	m->list = sqlite3_column_int64(st, 1);
	m->thread = sqlite3_column_int64(st, 2);
	m->key = gp_sql_text(m, st, 3);
	m->msgid = gp_sql_text(m, st, 4);
	m->parent = sqlite3_column_int64(st, 5);
	m->parent_kind = sqlite3_column_int(st, 6);
	m->parent_key = gp_sql_text_null(m, st, 7);
	m->date = sqlite3_column_int64(st, 8);
	m->received = sqlite3_column_int64(st, 9);
	m->zone = sqlite3_column_int(st, 10);
	m->from_name = gp_sql_text(m, st, 11);
	m->from_addr = gp_sql_text(m, st, 12);
	m->subject = gp_sql_text(m, st, 13);
	m->title = gp_sql_text_null(m, st, 14);
	if (m->title == NULL)
		m->title = m->subject;
	m->snippet = gp_sql_text(m, st, 15);
	m->size = sqlite3_column_int64(st, 16);
	m->flags = (unsigned)sqlite3_column_int64(st, 17);
	m->attachments = sqlite3_column_int(st, 18);
	m->state = sqlite3_column_int(st, 19);
	m->origin = sqlite3_column_int64(st, 20);
	m->note = gp_sql_text(m, st, 21);
	m->unnamed = sqlite3_column_int(st, 22) != 0;
	if (m->unnamed) {
		m->zone = m->attachments = 0;
		m->flags &= GP_MAIL_DATE_OK;
	}
	m->first = sqlite3_column_int(st, 23) != 0;
	return m;
}

enum gp_status
gp_message_find_key(const void *ctx, struct gp_store *s, int64_t list, const char *key,
    struct gp_message **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY
	    "n.key = ?1 AND n.list = ?2 AND n.state > 0",
	    GP_ARGS(GP_TEXT(key), GP_INT(list)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_message_read, out, err) : status;
}

enum gp_status
gp_message_find_id(const void *ctx, struct gp_store *s, int64_t id, struct gp_message **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.id = ?1 AND n.state > 0",
	    GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_message_read, out, err) : status;
}

/* Messages with exactly this id: keys are hashes of it. */
static enum gp_status
find_exact(const void *ctx, struct gp_store *s, int64_t list, const char *mid,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	sqlite3_stmt *st;
	enum gp_status status = gp_veil_id(tmp, s, list, mid, &mid, err);
	char *from = gp_msgid_key(tmp, mid, 12), *to = gp_asprintf(tmp, "%s~", from);

	if (status == GP_OK)
		status = gp_sql_open(s, &st, MESSAGE_QUERY "n.key >= ?1 AND "
		    "n.key < ?2 AND n.mid = ?3 AND (?4 = 0 OR n.list = ?4) AND n.state > 0 ORDER BY n.id",
		    GP_ARGS(GP_TEXT(from), GP_TEXT(to), GP_TEXT(mid), GP_INT(list)), err);
	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, gp_message_read, out, n, err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_message_find_msgid(const void *ctx, struct gp_store *s, int64_t list, const char *msgid,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	struct gp_message **v = NULL, **more;
	size_t count, i;
	enum gp_status status = find_exact(ctx, s, list, msgid, &v, &count, err);
	char *other;
	int k;

	/* Others that came with the same id and other content: "id#2" and so on. */
	for (k = 2; status == GP_OK && count > 0; k++) {
		other = gp_asprintf(NULL, "%s#%d", msgid, k);
		status = find_exact(v, s, list, other, &more, n, err);
		talloc_free(other);
		if (status != GP_OK || *n == 0)
			break;
		for (i = 0; i < *n; i++) {
			v = gp_store_grow(ctx, v, count, sizeof(*v));
			v[count++] = talloc_steal(v, more[i]);
		}
	}
	if (status != GP_OK) {
		talloc_free(v);
		return status;
	}
	*out = v;
	*n = count;
	return GP_OK;
}

enum gp_status
gp_message_replies(const void *ctx, struct gp_store *s, int64_t id, struct gp_message ***out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.thread = "
	    "(SELECT thread FROM node WHERE id = ?1) AND n.parent = ?1 AND n.state = 1 "
	    "ORDER BY n.date, n.id", GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_message_mailed(const void *ctx, struct gp_store *s, int64_t thread, struct gp_message ***out, size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.thread = ?1 AND n.state IN (1, 2) "
	    "ORDER BY n.date, n.id", GP_ARGS(GP_INT(thread)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_thread_begins(const void *ctx, struct gp_store *s, const struct gp_thread *t, struct gp_message **out,
    struct gp_err *err)
{
	struct gp_message **v;
	enum gp_status status;
	size_t n;

	if (t->key != NULL && t->key[0] != '\0')
		return gp_message_find_key(ctx, s, t->list, t->key, out, err);
	status = gp_message_mailed(ctx, s, t->id, &v, &n, err);
	if (status == GP_OK && n == 0)
		return gp_fail(err, GP_E_NOTFOUND, "nothing of the thread is left");
	if (status == GP_OK)
		*out = v[0];
	return status;
}

enum gp_status
gp_message_since(const void *ctx, struct gp_store *s, int64_t list, int64_t after, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.list = ?1 AND n.id > ?2 "
	    "AND n.state > 0 AND n.state < 3 ORDER BY n.id LIMIT ?3",
	    GP_ARGS(GP_INT(list), GP_INT(after), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_message_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t date, int64_t id,
    size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.list = ?1 AND "
	    "n.state = 1 AND (n.date, n.id) < (?2, ?3) ORDER BY n.date DESC, n.id DESC LIMIT ?4",
	    GP_ARGS(GP_INT(list), GP_INT(date == 0 ? INT64_MAX : date), GP_INT(id),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

/* ---- bodies ----------------------------------------------------------------------- */

enum gp_status
gp_body_write_packed(struct gp_store *s, int64_t id, struct gp_str data, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT OR REPLACE INTO body(id, data) VALUES(?1, ?2)",
	    GP_ARGS(GP_INT(id), GP_BLOB(data.p, data.n)), err);
}

enum gp_status
gp_body_write(struct gp_store *s, int64_t id, const struct gp_mail *m, const char *raw, size_t n,
    struct gp_err *err)
{
	struct gp_packer *packer;
	struct gp_str data;
	enum gp_status status = gp_zip_packer(s, &packer, err);

	if (status == GP_OK)
		status = gp_packer_message(packer, m, raw, n, &data, err);
	return status == GP_OK ? gp_body_write_packed(s, id, data, err) : status;
}

enum gp_status
gp_body_unpack(const void *ctx, struct gp_store *s, struct gp_str data, struct gp_str *wire,
    struct gp_str *raw, struct gp_err *err)
{
	struct gp_unpack u;
	char *all;
	size_t n;
	enum gp_status status = gp_zip_unpack(ctx, s, data.p, data.n, &all, &n, err);

	if (status != GP_OK)
		return status;
	u = (struct gp_unpack){all, n, false};
	*wire = gp_unpack_str(&u);
	if (u.bad)
		return gp_fail(err, GP_E_DB, "%s: an archived message is damaged", s->path);
	*raw = (struct gp_str){u.p, u.n};
	return GP_OK;
}

enum gp_status
gp_body_read(const void *ctx, struct gp_store *s, int64_t id, struct gp_str *wire,
    struct gp_str *raw, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT data FROM body WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "the message is not in the archive any more");
	if (status != GP_OK)
		return status;
	status = gp_body_unpack(ctx, s, (struct gp_str){sqlite3_column_blob(st, 0),
	    (size_t)sqlite3_column_bytes(st, 0)}, wire, raw, err);
	gp_sql_done(st);
	return status;
}

enum gp_status
gp_body_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n, struct gp_err *err)
{
	struct gp_str wire, bytes;
	enum gp_status status = gp_body_read(ctx, s, id, &wire, &bytes, err);

	if (status != GP_OK)
		return status;
	*raw = (char *)(uintptr_t)bytes.p;
	*n = bytes.n;
	return GP_OK;
}

enum gp_status
gp_body_mail(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out, char **raw,
    size_t *n, struct gp_err *err)
{
	struct gp_str wire, bytes;
	enum gp_status status = gp_body_read(ctx, s, id, &wire, &bytes, err);

	if (status == GP_OK)
		status = gp_mail_unpack(ctx, wire, bytes.p, bytes.n, out, err);
	if (status == GP_OK)
		status = gp_sql_string(ctx, s, &out->snippet, "SELECT snippet FROM node WHERE id = ?1",
		    GP_ARGS(GP_INT(id)), err);
	if (status != GP_OK)
		return status;
	if (raw != NULL)
		*raw = (char *)(uintptr_t)bytes.p;
	if (n != NULL)
		*n = bytes.n;
	return GP_OK;
}

/* What these eyes see of a message. */
static enum gp_status
look_at(struct gp_store *s, int64_t id, int *seen, struct gp_err *err)
{
	int64_t thread = 0;
	enum gp_status status = gp_sql_int(s, &thread, "SELECT thread FROM node WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	*seen = status == GP_OK ? gp_look_at(s, thread) : GP_SEEN_NOTHING;
	if (status == GP_E_NOTFOUND || (status == GP_OK && *seen == GP_SEEN_NOTHING))
		return gp_fail(err, GP_E_NOTFOUND, "the message is not in the archive any more");
	return status;
}

/* The message without names, and bytes made of that. */
static enum gp_status
read_unnamed(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out, char **raw, size_t *n,
    struct gp_err *err)
{
	struct gp_message *m;
	struct gp_list *list;
	enum gp_status status = gp_body_mail(ctx, s, id, out, NULL, NULL, err);

	if (status == GP_OK)
		status = gp_message_find_id(ctx, s, id, &m, err);
	if (status == GP_OK)
		status = gp_list_find_id(ctx, s, m->list, &list, err);
	if (status != GP_OK)
		return status;
	gp_veil_mail(ctx, gp_look_names(s), m->key, out);
	if (m->parent_key != NULL) {
		out->in_reply_to = gp_array(ctx, char *, 1);
		out->in_reply_to[0] = gp_asprintf(ctx, "%s@" GP_UNNAMED_DOMAIN, m->parent_key);
		out->in_reply_to_n = 1;
	}
	*raw = gp_veil_raw(ctx, list, gp_look_nobody(s, list->set.language), out, n);
	return GP_OK;
}

enum gp_status
gp_message_mail(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out, char **raw,
    size_t *n, struct gp_err *err)
{
	int seen;
	enum gp_status status = look_at(s, id, &seen, err);
	size_t made_n;
	char *made;

	if (status != GP_OK)
		return status;
	if (seen == GP_SEEN_WHOLE)
		return gp_body_mail(ctx, s, id, out, raw, n, err);
	status = read_unnamed(ctx, s, id, out, &made, &made_n, err);
	if (status == GP_OK && raw != NULL)
		*raw = made;
	if (status == GP_OK && n != NULL)
		*n = made_n;
	return status;
}

enum gp_status
gp_message_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n,
    struct gp_err *err)
{
	struct gp_mail m;
	int seen;
	enum gp_status status = look_at(s, id, &seen, err);

	if (status != GP_OK)
		return status;
	return seen == GP_SEEN_UNNAMED ? read_unnamed(ctx, s, id, &m, raw, n, err) :
	    gp_body_raw(ctx, s, id, raw, n, err);
}

enum gp_status
gp_message_by(const void *ctx, struct gp_store *s, const char *address, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.from_addr = ?1 "
	    "COLLATE nocase AND n.state > 0 AND n.state < 3 ORDER BY n.id LIMIT ?2",
	    GP_ARGS(GP_TEXT(address), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

enum gp_status
gp_message_files(const void *ctx, struct gp_store *s, int64_t list, int64_t date, int64_t id, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY "n.list = ?1 AND n.state = 1 AND "
	    "n.files > 0 AND (n.date, n.id) < (?2, ?3) ORDER BY n.date DESC, n.id DESC LIMIT ?4",
	    GP_ARGS(GP_INT(list), GP_INT(date == 0 ? INT64_MAX : date), GP_INT(id), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_message_read, out, n, err) : status;
}

/* People cut ids off, or lose what is behind a line's end; the beginning tells them apart. */
enum gp_status
gp_message_near(const void *ctx, struct gp_store *s, const char *msgid, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err)
{
	enum { LEAST = 8 };
	size_t length = strcspn(msgid, "@"), most = strlen(msgid);
	sqlite3_stmt *st;
	enum gp_status status;
	char *from, *to;

	*out = NULL;
	*n = 0;
	if (length < LEAST)
		length = most;
	/* Without its end, then with less and less of it. */
	for (; length >= LEAST && *n == 0; length -= length / 4 + 1) {
		from = gp_strndup(NULL, msgid, gp_utf8_cut(msgid, most, length));
		to = gp_asprintf(from, "%s\xf4\x8f\xbf\xbf", from);
		status = gp_sql_open(s, &st, MESSAGE_QUERY "n.mid >= ?1 AND n.mid < ?2 AND n.state = 1 "
		    "LIMIT ?3", GP_ARGS(GP_TEXT(from), GP_TEXT(to), GP_INT((int64_t)limit)), err);
		if (status == GP_OK)
			status = gp_sql_rows(ctx, s, st, gp_message_read, out, n, err);
		talloc_free(from);
		if (status != GP_OK)
			return status;
	}
	return GP_OK;
}
