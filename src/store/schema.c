/* SPDX-License-Identifier: ISC */
/*
 * Migrations: the tables as numbered steps (schema/), applied in order, each in
 * a transaction that also writes the new number (PRAGMA user_version). A step,
 * once released, never changes: what is wrong with it is mended by a later one.
 */
#include "config.h"

#include "private.h"

#include <inttypes.h>
#include <stdio.h>

static const struct gp_migration *const migrations[] = {
	&gp_schema_1,
	&gp_schema_2,
	&gp_schema_3,
	&gp_schema_4,
	&gp_schema_5,
	&gp_schema_6,
	&gp_schema_7,
	&gp_schema_8,
	&gp_schema_9,
	&gp_schema_10,
	&gp_schema_11,
	&gp_schema_12,
	&gp_schema_13,
	&gp_schema_14,
	&gp_schema_15,
	&gp_schema_16,
	&gp_schema_17,
	&gp_schema_18,
	&gp_schema_19,
	&gp_schema_20,
	&gp_schema_21,
	&gp_schema_22,
	&gp_schema_23,
	&gp_schema_24,
	&gp_schema_25,
	&gp_schema_26,
	&gp_schema_27,
	&gp_schema_28,
};

int64_t
gp_schema_newest(void)
{
	return migrations[GP_COUNT(migrations) - 1]->version;
}

static enum gp_status
pragma(struct gp_store *s, const char *sql, int64_t *out, struct gp_err *err)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return gp_sql_fail(s, rc, "can't read the database", err);
	rc = sqlite3_step(st);
	*out = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? GP_OK : gp_sql_fail(s, rc, "can't read the database", err);
}

enum gp_status
gp_schema_check(struct gp_store *s, bool *old, struct gp_err *err)
{
	int64_t application, version;
	enum gp_status status = pragma(s, "PRAGMA application_id", &application, err);

	if (status == GP_OK)
		status = pragma(s, "PRAGMA user_version", &version, err);
	if (status != GP_OK)
		return status;
	if (application != GP_STORE_APPLICATION)
		return gp_fail(err, GP_E_CONFIG, "%s: this is not a database of guildpost",
		    s->path);
	if (version > gp_schema_newest())
		return gp_fail(err, GP_E_CONFIG, "%s: the database has version %" PRId64
		    ", but this program knows versions up to %" PRId64
		    ": install a newer guildpost", s->path, version, gp_schema_newest());
	*old = version < gp_schema_newest();
	return GP_OK;
}

static enum gp_status
apply(struct gp_store *s, const struct gp_migration *m, struct gp_err *err)
{
	enum gp_status status = gp_sql_script(s, "BEGIN IMMEDIATE", err);
	char number[64];
	size_t i;

	if (status != GP_OK)
		return status;
	for (i = 0; m->sql[i] != NULL && status == GP_OK; i++)
		status = gp_sql_script(s, m->sql[i], err);
	snprintf(number, sizeof(number), "PRAGMA user_version = %d", m->version);
	if (status == GP_OK)
		status = gp_sql_script(s, number, err);
	if (status == GP_OK)
		status = gp_sql_script(s, "COMMIT", err);
	if (status == GP_OK)
		return GP_OK;
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	gp_err_prefix(err, "can't bring the database to version %d", m->version);
	return status;
}

enum gp_status
gp_schema_migrate(struct gp_store *s, int64_t to, struct gp_err *err)
{
	enum gp_status status;
	int64_t version;
	size_t i;

	status = pragma(s, "PRAGMA user_version", &version, err);
	for (i = 0; i < GP_COUNT(migrations) && status == GP_OK; i++)
		if (migrations[i]->version > version && (to == 0 || migrations[i]->version <= to))
			status = apply(s, migrations[i], err);
	return status;
}
