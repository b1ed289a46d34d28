/* SPDX-License-Identifier: ISC */
/*
 * Persons, their addresses and their memberships. A person is known by any of
 * their addresses (folded by gp_addr_fold) and is on a list once, whichever of
 * them the mail goes to.
 */
#include "config.h"

#include "private.h"

/* ---- reading ---------------------------------------------------------------------- */

void *
gp_member_read(const void *ctx, sqlite3_stmt *st)
{
	struct gp_member *m = gp_new(ctx, struct gp_member);

	m->id = sqlite3_column_int64(st, 0);
	m->list = sqlite3_column_int64(st, 1);
	m->person = sqlite3_column_int64(st, 2);
	m->address = gp_sql_text(m, st, 3);
	m->name = gp_sql_text(m, st, 4);
	m->role = sqlite3_column_int(st, 5);
	m->delivery = sqlite3_column_int(st, 6);
	m->joined = sqlite3_column_int64(st, 7);
	m->digest_upto = sqlite3_column_int64(st, 8);
	m->digest_last = sqlite3_column_int64(st, 9);
	m->language = gp_sql_text(m, st, 10);
	m->timezone = gp_sql_text(m, st, 11);
	m->own_copy = sqlite3_column_int(st, 12);
	m->duplicates = sqlite3_column_int(st, 13) != 0;
	m->attachments = sqlite3_column_int64(st, 14);
	m->hidden = sqlite3_column_int(st, 15) != 0;
	m->reminders = sqlite3_column_int(st, 16) != 0;
	m->posting = sqlite3_column_int(st, 17);
	m->pause_from = sqlite3_column_int64(st, 18);
	m->pause_to = sqlite3_column_int64(st, 19);
	m->accepted = sqlite3_column_int64(st, 20);
	m->refused = sqlite3_column_int64(st, 21);
	m->bounces = sqlite3_column_int(st, 22);
	if (m->bounces < GP_BOUNCES_OK || m->bounces > GP_BOUNCES_COMPLAINED)
		m->bounces = GP_BOUNCES_OK;
	m->digest_hour = sqlite3_column_int(st, 23);
	m->digest_day = sqlite3_column_int(st, 24);
	m->digest_form = sqlite3_column_int(st, 25);
	m->digest_minutes = sqlite3_column_int64(st, 26);
	m->digest_posts = sqlite3_column_int64(st, 27);
	m->digest_together = sqlite3_column_int(st, 28) != 0;
	m->digest_next = sqlite3_column_type(st, 29) == SQLITE_NULL ? GP_DIGEST_NONE :
	    sqlite3_column_int64(st, 29);
	m->digest_until = sqlite3_column_int64(st, 30);
	m->notes = sqlite3_column_int(st, 31);
	return m;
}

enum gp_status
gp_member_find_id(const void *ctx, struct gp_store *s, int64_t id, struct gp_member **out,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_member_read, out, err) : status;
}

enum gp_status
gp_member_find(const void *ctx, struct gp_store *s, int64_t list, const char *address,
    struct gp_member **out, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	enum gp_status status = GP_E_NOTFOUND;
	sqlite3_stmt *st;

	if (folded != NULL)
		status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.list = ?1 AND m.person = "
		    "(SELECT person FROM address WHERE folded = ?2)",
		    GP_ARGS(GP_INT(list), GP_TEXT(folded)), err);
	if (status == GP_OK)
		status = gp_sql_row(ctx, s, st, gp_member_read, out, err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_member_of_person(const void *ctx, struct gp_store *s, int64_t list, int64_t person,
    struct gp_member **out, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.list = ?1 AND m.person = ?2",
	    GP_ARGS(GP_INT(list), GP_INT(person)), err);

	return status == GP_OK ? gp_sql_row(ctx, s, st, gp_member_read, out, err) : status;
}

enum gp_status
gp_member_all(const void *ctx, struct gp_store *s, int64_t list, int role, int delivery,
    struct gp_member ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "WHERE m.list = ?1 AND "
	    "m.role >= ?2 AND (?3 < 0 OR m.delivery = ?3) ORDER BY a.folded",
	    GP_ARGS(GP_INT(list), GP_INT(role), GP_INT(delivery)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, gp_member_read, out, n, err) : status;
}

enum gp_status
gp_member_count(struct gp_store *s, int64_t list, int64_t *n, struct gp_err *err)
{
	return gp_sql_int(s, n, "SELECT count(*) FROM member WHERE list = ?1",
	    GP_ARGS(GP_INT(list)), err);
}

enum gp_status
gp_member_lists(const void *ctx, struct gp_store *s, const char *address, struct gp_member ***out,
    size_t *n, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, GP_MEMBER_QUERY "JOIN list l ON l.id = m.list "
	    "WHERE m.person = (SELECT person FROM address WHERE folded = ?1) ORDER BY l.address",
	    GP_ARGS(GP_TEXT(folded)), err);

	if (status == GP_OK)
		status = gp_sql_rows(ctx, s, st, gp_member_read, out, n, err);
	talloc_free(folded);
	return status;
}

/* ---- joining ---------------------------------------------------------------------- */

/* The person of an address; both are made when they are new. */
static enum gp_status
find_person(struct gp_store *s, const char *folded, const char *written, const char *name,
    int64_t *person, int64_t *address, struct gp_err *err)
{
	enum gp_status status = gp_sql_ints(s, person, address,
	    "SELECT person, id FROM address WHERE folded = ?1", GP_ARGS(GP_TEXT(folded)), err);

	if (status == GP_OK)
		return gp_sql_run(s, "UPDATE person SET name = ?2, folded = fold_name(?2) "
		    "WHERE id = ?1 AND name = '' AND ?2 <> ''", GP_ARGS(GP_INT(*person), GP_TEXT(name)), err);
	if (status != GP_E_NOTFOUND)
		return status;
	status = gp_sql_run(s, "INSERT INTO person(name, folded) VALUES(?1, fold_name(?1))",
	    GP_ARGS(GP_TEXT(name)), err);
	if (status != GP_OK)
		return status;
	*person = sqlite3_last_insert_rowid(s->db);
	status = gp_sql_run(s, "INSERT INTO address(folded, written, person) VALUES(?1, ?2, ?3)",
	    GP_ARGS(GP_TEXT(folded), GP_TEXT(written), GP_INT(*person)), err);
	*address = sqlite3_last_insert_rowid(s->db);
	return status;
}

static enum gp_status
join(struct gp_store *s, int64_t list, int64_t person, int64_t address, const char *written,
    int role, int delivery, int64_t now, int64_t *id, struct gp_err *err)
{
	enum gp_status status = gp_sql_int(s, id,
	    "SELECT id FROM member WHERE list = ?1 AND person = ?2",
	    GP_ARGS(GP_INT(list), GP_INT(person)), err);

	if (status == GP_OK)
		return gp_fail(err, GP_E_EXISTS, "%s is a member already", written);
	if (status != GP_E_NOTFOUND)
		return status;
	/* A digest begins with what comes after joining. */
	status = gp_sql_run(s, "INSERT INTO member(list, person, address, role, delivery, joined, "
	    "digest_next, digest_upto) VALUES(?1, ?2, ?3, ?4, ?5, ?6, iif(?5 IN (1, 2, 3), -?6, NULL), "
	    "(SELECT max(0, coalesce(max(id), 0)) FROM node))",
	    GP_ARGS(GP_INT(list), GP_INT(person), GP_INT(address), GP_INT(role),
	    GP_INT(delivery), GP_INT(now)), err);
	*id = sqlite3_last_insert_rowid(s->db);
	return status;
}

enum gp_status
gp_member_add(struct gp_store *s, int64_t list, const char *address, const char *name, int role,
    int delivery, int64_t now, int64_t *id, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	enum gp_status status = gp_addr_check(address, err);
	int64_t person, address_id;
	char *folded, *line;

	if (status != GP_OK)
		goto out;
	folded = gp_addr_fold(tmp, address);
	if (folded == NULL) {
		status = gp_fail(err, GP_E_PARSE, "\"%s\" is not an address", address);
		goto out;
	}
	line = name == NULL ? gp_strdup(tmp, "") : gp_utf8_line(tmp, name, strlen(name), 200);
	status = find_person(s, folded, address, line, &person, &address_id, err);
	if (status == GP_OK)
		status = join(s, list, person, address_id, address, role, delivery, now, id, err);
	if (status == GP_OK)
		status = gp_trusted_join(s, list, folded, *id, err);
out:
	talloc_free(tmp);
	return status;
}

/* ---- leaving ---------------------------------------------------------------------- */

enum gp_status
gp_member_remove(struct gp_store *s, int64_t id, struct gp_err *err)
{
	enum gp_status status = gp_queue_forget_member(s, id, err);
	int64_t person;

	if (status == GP_OK)
		status = gp_sql_int(s, &person, "SELECT person FROM member WHERE id = ?1",
		    GP_ARGS(GP_INT(id)), err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such member");
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM member WHERE id = ?1", GP_ARGS(GP_INT(id)),
		    err);
	/* Who is on no list any more is not kept. */
	if (status == GP_OK)
		status = gp_sql_run(s, "DELETE FROM person WHERE id = ?1 AND NOT EXISTS "
		    "(SELECT 1 FROM member WHERE person = ?1)", GP_ARGS(GP_INT(person)), err);
	return status;
}
