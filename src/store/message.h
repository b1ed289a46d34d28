/* SPDX-License-Identifier: ISC */
/* Rows of messages: every query that shows them selects the same columns. */
#ifndef GP_STORE_MESSAGE_H
#define GP_STORE_MESSAGE_H

#include "private.h"
#include "veil.h"

/* The first words of a node, or its content note in their place: whatever shows them in passing. */
#define NOTED(node) "iif(" node ".note <> '', '[' || " node ".note || ']', " node ".snippet)"
/* n: the node, p: its parent when that is shown. */
#define MESSAGE_COLUMNS "n.id, n.list, n.thread, n.key, look_id(n.thread, n.mid, n.key), n.parent, n.kind, " \
	"p.key, n.date, n.received, n.zone, look_name(n.thread, n.from_name), look_name(n.thread, n.from_addr), " \
	"look_words(n.thread, n.subject), look_words(n.thread, n.title), look_words(n.thread, " NOTED("n") "), n.size, " \
	"n.flags, n.files, n.state, n.origin, look_words(n.thread, n.note), look(n.thread) = 2, " \
	"n.first AND look(n.thread) = 1"
#define MESSAGE_PARENT " LEFT JOIN node p ON p.id = n.parent AND p.state = 1 "
/* Whoever looks sees only what is theirs to see: a query goes on behind this with its own conditions. */
#define MESSAGE_SEEN "WHERE look(n.thread) AND "
#define MESSAGE_QUERY "SELECT " MESSAGE_COLUMNS " FROM node n" MESSAGE_PARENT MESSAGE_SEEN

/* A struct gp_message of a row with MESSAGE_COLUMNS. */
gp_row_fn gp_message_read;

/* t: the thread, h: the message that gives it its name. */
#define GP_THREAD_COLUMNS "t.id, t.list, h.key, look_words(t.id, t.title), t.first, t.last, t.messages, " \
	"t.people, t.version, look_name(t.id, t.names), look_words(t.id, " NOTED("h") "), t.last_id, t.mark, " \
	"t.mark_message, t.mark_at, t.mark_by, t.visible, t.unnamed"
enum { GP_THREAD_COLUMNS_N = 18 };
#define GP_THREAD_SEEN "WHERE look(t.id) AND "
#define GP_THREAD_QUERY "SELECT " GP_THREAD_COLUMNS " FROM thread t LEFT JOIN node h ON h.id = t.head " GP_THREAD_SEEN

/* A struct gp_thread of a row with GP_THREAD_COLUMNS. */
gp_row_fn gp_thread_read;

/* p: the page of the library, n: the message whose thread was kept. */
#define PRACTICE_QUERY "SELECT p.id, p.list, p.slug, p.node, look_words(n.thread, p.title), p.tags, " \
	"look_name(n.thread, p.keeper), look_name(n.thread, p.name), p.kept, p.confirmed, p.asked, " \
	"p.doubt, n.thread FROM practice p LEFT JOIN node n ON n.id = p.node "

/* A struct gp_practice of a row of it. */
gp_row_fn gp_practice_read;

#endif
