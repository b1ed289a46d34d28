/* SPDX-License-Identifier: ISC */
/* Rows of messages: every query that shows them selects the same columns. */
#ifndef GP_STORE_MESSAGE_H
#define GP_STORE_MESSAGE_H

#include "private.h"

/* The first words of a node, or its content note in their place: whatever shows them in passing. */
#define NOTED(node) "iif(" node ".note <> '', '[' || " node ".note || ']', " node ".snippet)"
/* n: the node, p: its parent when that is shown. */
#define MESSAGE_COLUMNS "n.id, n.list, n.thread, n.key, n.mid, n.parent, n.kind, p.key, n.date, " \
	"n.received, n.zone, n.from_name, n.from_addr, n.subject, n.title, " \
	NOTED("n") ", n.size, n.flags, n.files, n.state, n.origin, n.note"
#define MESSAGE_PARENT " LEFT JOIN node p ON p.id = n.parent AND p.state = 1 "
#define MESSAGE_QUERY "SELECT " MESSAGE_COLUMNS " FROM node n" MESSAGE_PARENT

/* A struct gp_message of a row with MESSAGE_COLUMNS. */
gp_row_fn gp_message_read;

/* t: the thread, h: the message that gives it its name. */
#define GP_THREAD_COLUMNS "t.id, t.list, h.key, t.title, t.first, t.last, t.messages, " \
	"t.people, t.version, t.names, " NOTED("h") ", t.last_id, t.mark, t.mark_message, t.mark_at, t.mark_by"
#define GP_THREAD_QUERY "SELECT " GP_THREAD_COLUMNS " FROM thread t LEFT JOIN node h ON h.id = t.head "

/* A struct gp_thread of a row with GP_THREAD_COLUMNS. */
gp_row_fn gp_thread_read;

/* p: the page of the library, n: the message whose thread was kept. */
#define PRACTICE_QUERY "SELECT p.id, p.list, p.slug, p.node, p.title, p.tags, p.keeper, p.name, " \
	"p.kept, p.confirmed, p.asked, p.doubt, n.thread FROM practice p LEFT JOIN node n ON n.id = p.node "

/* A struct gp_practice of a row of it. */
gp_row_fn gp_practice_read;

#endif
