/* SPDX-License-Identifier: ISC */
/* Rows of messages: every query that shows them selects the same columns. */
#ifndef GP_STORE_MESSAGE_H
#define GP_STORE_MESSAGE_H

#include "private.h"

/* n: the node, p: its parent when that is shown. */
#define MESSAGE_COLUMNS "n.id, n.list, n.thread, n.key, n.mid, n.parent, n.kind, p.key, n.date, " \
	"n.received, n.zone, n.from_name, n.from_addr, n.subject, n.title, n.snippet, n.size, " \
	"n.flags, n.files, n.state"
#define MESSAGE_PARENT " LEFT JOIN node p ON p.id = n.parent AND p.state = 1 "
#define MESSAGE_QUERY "SELECT " MESSAGE_COLUMNS " FROM node n" MESSAGE_PARENT

struct gp_message *gp_message_read(const void *ctx, sqlite3_stmt *st);
enum gp_status gp_message_rows(const void *ctx, struct gp_store *s, sqlite3_stmt *st,
    struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

#endif
