/* SPDX-License-Identifier: ISC */
/*
 * Addresses of an older archive of the same mail: links live longer than programs. A path is kept
 * with the place of its message, not with its Message-ID, so that what is removed is forgotten.
 */
#include "config.h"

#include "message.h"

static char *
bare(const void *ctx, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return gp_strndup(ctx, path, n);
}

enum gp_status
gp_old_path_add(struct gp_store *s, int64_t list, const char *path, const char *msgid, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	struct gp_place p = {0};
	enum gp_status status = gp_node_find(tmp, s, list, msgid, &p, NULL, err);

	if (status == GP_OK && (p.id == 0 || p.state == GP_NODE_GHOST))
		status = GP_E_NOTFOUND;
	else if (status == GP_OK)
		status = gp_sql_run(s, "INSERT INTO old_path(path, list, node) VALUES(?1, ?2, ?3) "
		    "ON CONFLICT DO UPDATE SET list = excluded.list, node = excluded.node",
		    GP_ARGS(GP_TEXT(bare(tmp, path)), GP_INT(list), GP_INT(p.id)), err);
	talloc_free(tmp);
	return status;
}

enum gp_status
gp_old_path_find(const void *ctx, struct gp_store *s, const char *path, struct gp_message **out,
    struct gp_err *err)
{
	char *key = bare(NULL, path);
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, MESSAGE_QUERY
	    "n.id = (SELECT node FROM old_path WHERE path = ?1) AND n.state > 0",
	    GP_ARGS(GP_TEXT(key)), err);

	if (status == GP_OK)
		status = gp_sql_row(ctx, s, st, gp_message_read, out, err);
	talloc_free(key);
	return status;
}
