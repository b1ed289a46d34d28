/* SPDX-License-Identifier: ISC */
/* What the two halves of holds share: rows, bytes, and what to say of decided ones. */
#ifndef GP_STORE_HOLD_H
#define GP_STORE_HOLD_H

#include "private.h"

#define HOLD_QUERY "SELECT h.id, h.list, h.state, h.rule, h.reason, h.envelope_from, " \
	"h.from_name, h.from_addr, h.subject, h.msgid, h.snippet, h.size, h.created, h.expires, " \
	"h.decided, h.decided_by, h.decision_reason, h.kind, h.approvals, h.claimed_by, " \
	"h.reminded, h.at_end, h.data, h.note FROM hold h "

/* A struct gp_hold of a row of HOLD_QUERY. */
gp_row_fn gp_hold_read;
/* The bytes of a hold, in place of those that it has. */
enum gp_status gp_hold_write(struct gp_store *s, int64_t id, const char *raw, size_t n,
    struct gp_str wire, struct gp_err *err) GP_MUST_CHECK;
/* Its bytes were changed: so are its size, and what a copy is known by. */
enum gp_status gp_hold_set_digest(struct gp_store *s, const struct gp_hold *h, const char *raw,
    size_t n, struct gp_err *err) GP_MUST_CHECK;
/* Why it can't be changed: GP_E_EXISTS decided already, GP_E_NOTFOUND; GP_OK: it waits. */
enum gp_status gp_hold_waits(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;

#endif
