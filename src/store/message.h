/* SPDX-License-Identifier: ISC */
/* Rows of messages: every query that shows them selects the same columns. */
#ifndef GP_STORE_MESSAGE_H
#define GP_STORE_MESSAGE_H

#include "private.h"

/* n: the node, p: its parent when that is shown. */
#define MESSAGE_COLUMNS "n.id, n.list, n.thread, n.key, n.mid, n.parent, n.kind, p.key, n.date, " \
	"n.received, n.zone, n.from_name, n.from_addr, n.subject, n.title, n.snippet, n.size, " \
	"n.flags, n.files, n.state, n.origin"
#define MESSAGE_PARENT " LEFT JOIN node p ON p.id = n.parent AND p.state = 1 "
#define MESSAGE_QUERY "SELECT " MESSAGE_COLUMNS " FROM node n" MESSAGE_PARENT

/* A struct gp_message of a row with MESSAGE_COLUMNS. */
gp_row_fn gp_message_read;

#endif
