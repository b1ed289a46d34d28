/* SPDX-License-Identifier: ISC */
/*
 * Erasing a person, who asked for it: what the site knows of them goes, or stays without
 * their name where others need it: messages that were answered, votes, the log of acts.
 * Bans stay: they are what keeps someone out.
 */
#include "config.h"

#include "private.h"

struct person {
	const char **forms;	/* of each address: folded and as written */
	size_t n;
	struct gp_forget *forget;
	int64_t *members;
	size_t members_n;
	char *addresses;	/* folded and as written, in small letters: a JSON array */
	char *words;		/* and the name, if there is one */
};

/* ---- who it is -------------------------------------------------------------------- */

static void
append(json_t *array, const char *s)
{
	char *small = gp_strdup(NULL, s);

	gp_str_lower(small);
	if (gp_utf8_valid(small, strlen(small)))
		json_array_append_new(array, json_string(small));
	talloc_free(small);
}

static enum gp_status
read_addresses(struct gp_store *s, int64_t id, struct person *p, json_t *json, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st,
	    "SELECT folded, written FROM address WHERE person = ?1", GP_ARGS(GP_INT(id)), err);
	int col;

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		for (col = 0; col < 2; col++) {
			p->forms = gp_store_grow(p, p->forms, p->n, sizeof(*p->forms));
			p->forms[p->n] = gp_sql_text(p, st, col);
			append(json, p->forms[p->n++]);
		}
	}
	return gp_sql_end(status);
}

static enum gp_status
read_members(struct gp_store *s, int64_t id, struct person *p, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id FROM member WHERE person = ?1",
	    GP_ARGS(GP_INT(id)), err);

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		p->members = gp_store_grow(p, p->members, p->members_n, sizeof(*p->members));
		p->members[p->members_n++] = sqlite3_column_int64(st, 0);
	}
	return gp_sql_end(status);
}

static enum gp_status
read_person(struct gp_store *s, int64_t id, struct person *p, struct gp_err *err)
{
	json_t *json = gp_json_array(p);
	char *name;
	enum gp_status status = gp_sql_string(p, s, &name, "SELECT name FROM person WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);

	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "there is no such person");
	if (status != GP_OK)
		return status;
	status = read_addresses(s, id, p, json, err);
	p->addresses = gp_json_dump(p, json, false);
	p->forget = gp_forget_new(p, p->forms, p->n, GP_ERASED_NAME, GP_ERASED_ADDRESS);
	if (name[0] != '\0') {
		append(json, name);
		gp_forget_name(p->forget, name);
	}
	p->words = gp_json_dump(p, json, false);
	return status == GP_OK ? read_members(s, id, p, err) : status;
}

/* ---- where the person stands ------------------------------------------------------ */

/* Is, or holds, one of the addresses (?1). json_each has columns of its own, such as key. */
#define IS(column) "lower(" column ") IN (SELECT value FROM json_each(?1))"
#define HOLDS(column) "EXISTS(SELECT 1 FROM json_each(?1) WHERE instr(lower(" column "), value))"
#define OF_AUTHOR "(author IN (SELECT value FROM json_each(?1)) OR " IS("from_addr") " OR " \
	IS("envelope_from") ")"

static enum gp_status
run_all(struct gp_store *s, const char *const *statements, size_t n, const struct gp_arg *args,
    struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; status == GP_OK && i < n; i++)
		status = gp_sql_run(s, statements[i], args, err);
	return status;
}

/* A key or a token that names another address as well goes, too: nothing is lost with it. */
static enum gp_status
erase_rows(struct gp_store *s, const struct person *p, struct gp_err *err)
{
	static const char *const statements[] = {
		"DELETE FROM token WHERE " HOLDS("address") " OR " HOLDS("data"),
		"DELETE FROM count WHERE " HOLDS("count.key"),
		"DELETE FROM failure WHERE " IS("address"),
		"DELETE FROM trusted WHERE " IS("address"),
		"UPDATE hold SET state = 3, decided_by = 'guildpost' WHERE state = 0 AND id IN "
		    "(SELECT hold FROM anon_post WHERE " IS("address") ")",
		"DELETE FROM anon_post WHERE " IS("address"),
		"DELETE FROM hold_data WHERE hold IN (SELECT id FROM hold WHERE " OF_AUTHOR ")",
		"UPDATE hold SET claimed_by = '' WHERE " IS("claimed_by"),
		"UPDATE job SET subject = '' WHERE " HOLDS("subject"),
		/* Old mail programs put an address where an id belongs. */
		"UPDATE node SET mid = '' WHERE state = 0 AND " IS("mid"),
		"DELETE FROM correction WHERE " IS("child") " OR " IS("parent"),
	};

	return run_all(s, statements, GP_COUNT(statements), GP_ARGS(GP_TEXT(p->addresses)), err);
}

/* What waits of the person's is thrown away; what was decided says no more by whom it was. */
static enum gp_status
erase_holds(struct gp_store *s, const struct person *p, struct gp_err *err)
{
	static const char *const statements[] = {
		"UPDATE hold SET from_name = ?2, from_addr = '', author = '', envelope_from = '', "
		    "msgid = '', snippet = '', data = '' WHERE " OF_AUTHOR,
		"UPDATE hold SET decided_by = ?2 WHERE " IS("decided_by"),
		"UPDATE hold_vote SET who = ?2 WHERE " IS("who"),
		"UPDATE ban SET by = ?2 WHERE " IS("by"),
		"UPDATE trusted SET by = ?2 WHERE " IS("by"),
		"UPDATE text SET by = ?2 WHERE " IS("by"),
		"UPDATE practice SET keeper = '', name = ?2 WHERE " IS("keeper"),
		"UPDATE share SET by = '' WHERE " IS("by") " AND ?2 <> ''",
	};
	enum gp_status status = gp_sql_run(s, "UPDATE hold SET state = ?2, decided = ?3, "
	    "decided_by = 'guildpost', decision_reason = 'the author left' "
	    "WHERE state = 0 AND " OF_AUTHOR, GP_ARGS(GP_TEXT(p->addresses),
	    GP_INT(GP_HOLD_DISCARDED), GP_INT(gp_now())), err);

	return status != GP_OK ? status : run_all(s, statements, GP_COUNT(statements),
	    GP_ARGS(GP_TEXT(p->addresses), GP_TEXT(GP_ERASED_NAME)), err);
}

/* The rows stay, so that it can be seen what was done, but not by whom or to whom. */
static enum gp_status
erase_acts(struct gp_store *s, const struct person *p, struct gp_err *err)
{
	static const char *const statements[] = {
		/* ?1: the addresses, ?3: and the name. */
		"UPDATE act SET detail = ?2 WHERE detail <> '' AND (" HOLDS("detail") " OR "
		    "((" IS("who") " OR " HOLDS("what") ") AND (instr(lower(what), 'name') OR "
		    "EXISTS(SELECT 1 FROM json_each(?3) WHERE instr(lower(detail), value)))))",
		"UPDATE act SET what = ?2 WHERE ?3 <> '' AND " HOLDS("what"),
		"UPDATE act SET who = ?2, msgid = '' WHERE ?3 <> '' AND " IS("who"),
	};

	return run_all(s, statements, GP_COUNT(statements), GP_ARGS(GP_TEXT(p->addresses),
	    GP_TEXT(GP_ERASED_NAME), GP_TEXT(p->words)), err);
}

static enum gp_status
erase(struct gp_store *s, int64_t id, const struct person *p, int64_t *messages,
    struct gp_err *err)
{
	enum gp_status status = GP_OK;
	size_t i;

	for (i = 0; status == GP_OK && i < p->members_n; i++)
		status = gp_queue_forget_member(s, p->members[i], err);
	if (status == GP_OK)
		status = gp_queue_forget_addresses(s, p->addresses, err);
	if (status == GP_OK)
		status = erase_rows(s, p, err);
	if (status == GP_OK)
		status = erase_holds(s, p, err);
	if (status == GP_OK)
		status = erase_acts(s, p, err);
	if (status == GP_OK)
		status = gp_archive_erase_author(s, p->forget, messages, err);
	if (status == GP_OK)
		status = gp_erase_texts(s, p->forget, err);
	/* Addresses, memberships and what they chose go along. */
	return status != GP_OK ? status : gp_sql_run(s, "DELETE FROM person WHERE id = ?1",
	    GP_ARGS(GP_INT(id)), err);
}

enum gp_status
gp_person_erase(struct gp_store *s, int64_t person, int64_t *messages, struct gp_err *err)
{
	struct person *p = gp_new(NULL, struct person);
	enum gp_status status = read_person(s, person, p, err), after;

	*messages = 0;
	/* Overwrite what is deleted, too. */
	if (status == GP_OK)
		status = gp_db_overwrite(s, true, err);
	if (status == GP_OK) {
		status = erase(s, person, p, messages, err);
		after = gp_db_overwrite(s, false, status == GP_OK ? err : NULL);
		status = status == GP_OK ? after : status;
	}
	talloc_free(p);
	return status;
}
