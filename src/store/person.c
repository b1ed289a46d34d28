/* SPDX-License-Identifier: ISC */
/*
 * Persons: one human with several addresses. Who proves an address that belongs to
 * someone else is the same human: two persons become one. Who is on no list any more
 * is not kept.
 */
#include "config.h"

#include "private.h"

/* ---- reading ---------------------------------------------------------------------- */

static enum gp_status
read_addresses(struct gp_store *s, struct gp_person *p, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT written FROM address WHERE person = ?1 ORDER BY folded",
	    GP_ARGS(GP_INT(p->id)), err);

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		p->addresses = gp_store_grow(p, p->addresses, p->n, sizeof(*p->addresses));
		p->addresses[p->n++] = gp_sql_text(p, st, 0);
	}
	return gp_sql_end(status);
}

enum gp_status
gp_person_find(const void *ctx, struct gp_store *s, const char *address, struct gp_person **out,
    struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	struct gp_person *p;
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT p.id, p.name FROM address a "
	    "JOIN person p ON p.id = a.person WHERE a.folded = ?1", GP_ARGS(GP_TEXT(folded)), err);

	if (status == GP_OK)
		status = gp_sql_next(s, st, err);
	if (status != GP_OK) {
		talloc_free(folded);
		return status;
	}
	p = gp_new(ctx, struct gp_person);
	p->id = sqlite3_column_int64(st, 0);
	p->name = gp_sql_text(p, st, 1);
	gp_sql_done(st);
	talloc_free(folded);
	status = read_addresses(s, p, err);
	if (status == GP_OK)
		*out = p;
	else
		talloc_free(p);
	return status;
}

/* Of each address, a counter is read that the archive keeps. */
enum gp_status
gp_person_archived(struct gp_store *s, const char *address, int64_t list, int64_t *n,
    struct gp_err *err)
{
	struct gp_person *p = NULL;
	enum gp_status status = gp_person_find(NULL, s, address, &p, err);
	int64_t one;
	size_t i;

	*n = 0;
	for (i = 0; status == GP_OK && i < p->n; i++) {
		struct gp_mail m = {.from_addr = p->addresses[i]};

		status = gp_sql_int(s, &one, "SELECT messages FROM list_author WHERE list = ?1 AND "
		    "author = ?2", GP_ARGS(GP_INT(list), GP_INT(gp_archive_author(&m))), err);
		*n += status == GP_OK ? one : 0;
		status = gp_sql_end(status);
	}
	talloc_free(p);
	return status;
}

/* ---- two become one --------------------------------------------------------------- */

struct pair {
	int64_t kept, other;	/* memberships of the two on one list */
};

/* The kept membership's settings stay; what others decided on either counts. */
static enum gp_status
merge_members(struct gp_store *s, const struct pair *p, struct gp_err *err)
{
	const struct gp_arg *args = GP_ARGS(GP_INT(p->kept), GP_INT(p->other));
	enum gp_status status = gp_sql_run(s, "UPDATE member SET (role, joined, accepted, refused) "
	    "= (SELECT max(member.role, o.role), min(member.joined, o.joined), "
	    "member.accepted + o.accepted, member.refused + o.refused FROM member o "
	    "WHERE o.id = ?2) WHERE id = ?1", args, err);

	if (status == GP_OK)
		status = gp_sql_run(s, "INSERT OR IGNORE INTO interest(member, node, kind) "
		    "SELECT ?1, node, kind FROM interest WHERE member = ?2", args, err);
	/* What waits for the other: the kept one has a copy of it, or didn't want one. */
	if (status == GP_OK)
		status = gp_queue_forget_member(s, p->other, err);
	return status != GP_OK ? status : gp_sql_run(s, "DELETE FROM member WHERE id = ?1",
	    GP_ARGS(GP_INT(p->other)), err);
}

static enum gp_status
find_pairs(const void *ctx, struct gp_store *s, int64_t kept, int64_t other, struct pair **out,
    size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT m.id, o.id FROM member m JOIN member o "
	    "ON o.list = m.list WHERE m.person = ?1 AND o.person = ?2",
	    GP_ARGS(GP_INT(kept), GP_INT(other)), err);

	*out = NULL;
	*n = 0;
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		*out = gp_store_grow(ctx, *out, *n, sizeof(**out));
		(*out)[(*n)++] = (struct pair){sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1)};
	}
	return gp_sql_end(status);
}

static enum gp_status
merge(struct gp_store *s, int64_t kept, int64_t other, struct gp_err *err)
{
	static const char *const rest[] = {
		"UPDATE member SET person = ?1 WHERE person = ?2",
		"UPDATE address SET person = ?1 WHERE person = ?2",
		("UPDATE person SET (name, folded) = (SELECT name, folded FROM person WHERE id = ?2) "
		    "WHERE id = ?1 AND name = ''"),
		/* Takes nothing along: nothing is left of it. */
		"DELETE FROM person WHERE id = ?2 AND ?1 <> ?2",
	};
	void *tmp = gp_ctx(NULL);
	const struct gp_arg *args = GP_ARGS(GP_INT(kept), GP_INT(other));
	struct pair *pairs;
	size_t i, n;
	enum gp_status status = find_pairs(tmp, s, kept, other, &pairs, &n, err);

	for (i = 0; status == GP_OK && i < n; i++)
		status = merge_members(s, &pairs[i], err);
	for (i = 0; status == GP_OK && i < GP_COUNT(rest); i++)
		status = gp_sql_run(s, rest[i], args, err);
	talloc_free(tmp);
	return status;
}

/* ---- addresses -------------------------------------------------------------------- */

enum gp_status
gp_person_add_address(struct gp_store *s, int64_t person, const char *address, struct gp_err *err)
{
	int64_t owner = 0, there = 0;
	enum gp_status status = gp_addr_check(address, err);
	char *folded = status == GP_OK ? gp_addr_fold(NULL, address) : NULL;

	if (status == GP_OK && folded == NULL)
		status = gp_fail(err, GP_E_PARSE, "\"%s\" is not an address", address);
	if (status != GP_OK)
		return status;
	status = gp_sql_int(s, &there, "SELECT id FROM person WHERE id = ?1",
	    GP_ARGS(GP_INT(person)), err);
	if (status == GP_E_NOTFOUND)
		gp_fail(err, status, "there is no such person");
	if (status == GP_OK)
		status = gp_sql_end(gp_sql_int(s, &owner,
		    "SELECT person FROM address WHERE folded = ?1", GP_ARGS(GP_TEXT(folded)), err));
	if (status == GP_OK && owner == 0)
		status = gp_sql_run(s, "INSERT INTO address(folded, written, person) "
		    "VALUES(?1, ?2, ?3)", GP_ARGS(GP_TEXT(folded), GP_TEXT(address),
		    GP_INT(person)), err);
	else if (status == GP_OK && owner != person)
		status = merge(s, person, owner, err);
	talloc_free(folded);
	return status;
}

enum gp_status
gp_person_remove_address(struct gp_store *s, int64_t person, const char *address,
    struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	int64_t id = 0, other = 0;
	enum gp_status status = gp_sql_int(s, &id,
	    "SELECT id FROM address WHERE person = ?1 AND folded = ?2",
	    GP_ARGS(GP_INT(person), GP_TEXT(folded)), err);

	talloc_free(folded);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "%s is not one of the person's addresses",
		    address);
	if (status == GP_OK)
		status = gp_sql_int(s, &other, "SELECT id FROM address WHERE person = ?1 AND "
		    "id <> ?2 ORDER BY id LIMIT 1", GP_ARGS(GP_INT(person), GP_INT(id)), err);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_EXISTS, "%s is the person's only address", address);
	/* Lists deliver to another one, from now on. */
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE member SET address = ?2 WHERE address = ?1",
		    GP_ARGS(GP_INT(id), GP_INT(other)), err);
	return status != GP_OK ? status : gp_sql_run(s, "DELETE FROM address WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_person_forget(struct gp_store *s, struct gp_err *err)
{
	return gp_sql_run(s, "DELETE FROM person WHERE id NOT IN (SELECT person FROM member)",
	    GP_NOARGS, err);
}

enum gp_status
gp_person_session(struct gp_store *s, int64_t person, int64_t *session, struct gp_err *err)
{
	return gp_sql_int(s, session, "SELECT session FROM person WHERE id = ?1",
	    GP_ARGS(GP_INT(person)), err);
}

enum gp_status
gp_person_end_session(struct gp_store *s, int64_t person, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE person SET session = session + 1 WHERE id = ?1",
	    GP_ARGS(GP_INT(person)), err);
}
