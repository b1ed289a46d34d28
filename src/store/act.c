/* SPDX-License-Identifier: ISC */
/* The log of acts: who did what to whom, when, and by which message. */
#include "config.h"

#include "private.h"

const char *const gp_verb_names[] = {
	[GP_VERB_JOIN] = "join", [GP_VERB_LEAVE] = "leave", [GP_VERB_CONFIGURE] = "configure",
	[GP_VERB_ADD] = "add", [GP_VERB_REMOVE] = "remove", [GP_VERB_MEMBER] = "member",
	[GP_VERB_INVITE] = "invite", [GP_VERB_CREATE] = "create", [GP_VERB_RENAME] = "rename",
	[GP_VERB_ADDRESS] = "address", [GP_VERB_PUT] = "put", [GP_VERB_REVERT] = "revert",
	[GP_VERB_FOLLOW] = "follow", [GP_VERB_MUTE] = "mute", [GP_VERB_UNMUTE] = "unmute",
	[GP_VERB_SET] = "set", [GP_VERB_PAUSE] = "pause", [GP_VERB_RESUME] = "resume",
	[GP_VERB_BACK] = "back", [GP_VERB_POSTING] = "posting", [GP_VERB_BAN] = "ban",
	[GP_VERB_UNBAN] = "unban", [GP_VERB_CLOSE] = "close", [GP_VERB_OPEN] = "open",
	[GP_VERB_CLOSE_THREAD] = "close thread", [GP_VERB_OPEN_THREAD] = "open thread",
	[GP_VERB_ASK_TO_JOIN] = "ask to join", [GP_VERB_WITHDRAW] = "withdraw",
	[GP_VERB_EXPIRE] = "expire", [GP_VERB_VOTE_OK] = "vote ok", [GP_VERB_VOTE_NO] = "vote no",
	[GP_VERB_TRUST] = "trust", [GP_VERB_MOVE] = "move", [GP_VERB_EDIT] = "edit",
	[GP_VERB_CLAIM] = "claim", [GP_VERB_APPROVE] = "approve", [GP_VERB_REFUSE] = "refuse",
	[GP_VERB_DROP] = "drop", [GP_VERB_BRAKE] = "brake", [GP_VERB_COMPLAINT] = "complaint",
	[GP_VERB_PROBE] = "probe", [GP_VERB_SUSPEND] = "suspend",
	[GP_VERB_SPLIT] = "split thread", [GP_VERB_MERGE] = "merge threads",
	[GP_VERB_TAKE_DOWN] = "take down",
	[GP_VERB_SOLVE] = "solve", [GP_VERB_REOPEN] = "reopen", [GP_VERB_KIND] = "kind",
	[GP_VERB_SKILL] = "can help", [GP_VERB_KEEP] = "keep", [GP_VERB_UNKEEP] = "unkeep",
	[GP_VERB_WRITE] = "write page", [GP_VERB_STILL_TRUE] = "still true", [GP_VERB_OUTDATED] = "outdated",
	[GP_VERB_SUMMARY] = "summary", [GP_VERB_UNSEAL] = "unseal",
	[GP_VERB_SLOW] = "slow", [GP_VERB_COOL] = "cool", [GP_VERB_SHARE] = "share", [GP_VERB_UNSHARE] = "unshare",
	[GP_VERB_NUDGE] = "nudge", [GP_VERB_NOTE] = "note", [GP_VERB_VISIBLE] = "visible"
};

static const char *
text(const char *s)
{
	return s == NULL ? "" : s;
}

enum gp_status
gp_act_add(struct gp_store *s, const struct gp_act_record *act, struct gp_err *err)
{
	return gp_sql_run(s, "INSERT INTO act(time, list, who, verb, what, detail, msgid) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", GP_ARGS(GP_INT(gp_now()), GP_INT(act->list),
	    GP_TEXT(text(act->who)), GP_TEXT(text(act->verb)), GP_TEXT(text(act->what)),
	    GP_TEXT(text(act->detail)), GP_TEXT(text(act->msgid))), err);
}

static void *
read_act(const void *ctx, sqlite3_stmt *st)
{
	struct gp_act_record *a = gp_new(ctx, struct gp_act_record);

	a->id = sqlite3_column_int64(st, 0);
	a->time = sqlite3_column_int64(st, 1);
	a->list = sqlite3_column_int64(st, 2);
	a->who = gp_sql_text(a, st, 3);
	a->verb = gp_sql_text(a, st, 4);
	a->what = gp_sql_text(a, st, 5);
	a->detail = gp_sql_text(a, st, 6);
	a->msgid = gp_sql_text(a, st, 7);
	return a;
}

enum gp_status
gp_act_all(const void *ctx, struct gp_store *s, int64_t list, int64_t before, size_t limit,
    struct gp_act_record ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, time, list, who, verb, what, "
	    "detail, msgid FROM act WHERE list = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
	    GP_ARGS(GP_INT(list), GP_INT(before == 0 ? INT64_MAX : before),
	    GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_act, out, n, err) : status;
}

enum gp_status
gp_act_of(const void *ctx, struct gp_store *s, const char *address, size_t limit,
    struct gp_act_record ***out, size_t *n, struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id, time, list, who, verb, what, "
	    "detail, msgid FROM act WHERE who = ?1 COLLATE nocase OR what = ?1 COLLATE nocase "
	    "ORDER BY id DESC LIMIT ?2", GP_ARGS(GP_TEXT(address), GP_INT((int64_t)limit)), err);

	return status == GP_OK ? gp_sql_rows(ctx, s, st, read_act, out, n, err) : status;
}
