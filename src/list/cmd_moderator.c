/* SPDX-License-Identifier: ISC */
/*
 * What moderators ask for: what waits for them, whom to trust, whom to keep out, threads that
 * are closed; threads are put right. All but looking must be proven: a From line is no proof of who asks.
 */
#include "config.h"

#include "command.h"
#include "verdict.h"
#include "when.h"

#include <string.h>

enum { DAY = 86400, LONGEST = 200 };

enum gp_status
gp_do_queue(struct asked *a, const char *args)
{
	enum gp_status st;
	size_t n;

	(void)args;
	st = gp_queue_mail_send(a->ctx, a->site, a->list, a->member,
	    a->msgid != NULL ? a->msgid : "", &n, a->err);
	if (st == GP_OK && n > 0)
		gp_said_elsewhere(a, "queue");
	else
		gp_json_bool(gp_said(a, "queue_empty"), "done", true);
	return st;
}

/* ---- members ------------------------------------------------------------------------------------ */

/* Who is not on the list is in a book of its own. */
static enum gp_status
set_outside(struct asked *a, const char *address, bool trusted)
{
	enum gp_status st = trusted ?
	    gp_trusted_add(a->site->store, a->list->id, address, a->from, gp_now(), a->err) :
	    gp_trusted_remove(a->site->store, a->list->id, address, a->err);

	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
set_posting(struct asked *a, const char *args, const char *value)
{
	char *address = gp_command_address(a, args);
	struct gp_member *m;
	enum gp_status st;
	json_t *said;

	if (address == NULL) {
		gp_json_bool(gp_said(a, "no_address"), "done", true);
		return GP_OK;
	}
	st = gp_member_find(a->ctx, a->site->store, a->list->id, address, &m, a->err);
	if (st == GP_OK) {
		address = m->address;
		st = gp_member_set(a->site->store, m->id, "posting", value, a->err);
	} else if (st == GP_E_NOTFOUND) {
		st = set_outside(a, address, strcmp(value, "trusted") == 0);
	}
	if (st != GP_OK)
		return st;
	said = gp_said(a, "posting");
	gp_json_text(said, "address", address);
	gp_json_bool(gp_json_new_object(said, "posting_is"), value, true);
	return gp_command_log(a, GP_VERB_POSTING, address, value);
}

/* Those from outside; of members `member ADDRESS` tells. */
static enum gp_status
show_trusted(struct asked *a)
{
	json_t *rows = gp_json_new_array(gp_said(a, "trusted"), "addresses");
	enum gp_status st;
	char **v;
	size_t i, n;

	st = gp_trusted_all(a->ctx, a->site->store, a->list->id, &v, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++)
		gp_json_push_text(rows, v[i]);
	return st;
}

enum gp_status
gp_do_trust(struct asked *a, const char *args)
{
	if (args[strspn(args, " \t,.")] == '\0')
		return show_trusted(a);
	return set_posting(a, args, "trusted");
}

enum gp_status
gp_do_moderate(struct asked *a, const char *args)
{
	return set_posting(a, args, "held");
}

/* ---- bans ---------------------------------------------------------------------------------------- */

/* "<eve@evil.example>", "@evil.example", "*@evil.example". */
static char *
pattern_in(struct asked *a, const char **args)
{
	struct gp_str word = gp_command_word(args);

	while (word.n > 0 && strchr("<*\"", *word.p) != NULL) {
		word.p++;
		word.n--;
	}
	while (word.n > 0 && strchr(">\".", word.p[word.n - 1]) != NULL)
		word.n--;
	return gp_strndup(a->ctx, word.p, word.n);
}

/* "until 24 December": the day itself is the last. */
static bool
until_in(struct asked *a, const char **args, int64_t *until)
{
	const struct gp_word *to;
	size_t used, day;

	*until = 0;
	to = gp_words_find(a->site->words, GP_WORD_DATE, *args, &used);
	if (to == NULL || strcmp(to->name, "to") != 0)
		return true;
	used += strspn(*args + used, " \t");
	if (!gp_when_day(a->site->words, *args + used, gp_now(), a->list->set.timezone, until, &day))
		return false;
	*until += DAY;
	if (*until <= gp_now())
		return false;
	*args += used + day;
	*args += strspn(*args, " \t,.:;");
	return true;
}

enum gp_status
gp_do_ban(struct asked *a, const char *args)
{
	struct gp_err why = {GP_OK, ""};
	struct gp_ban ban = {0};
	enum gp_status st;
	json_t *said;

	ban.list = a->list->id;
	ban.pattern = pattern_in(a, &args);
	ban.by = a->from;
	ban.created = gp_now();
	if (!until_in(a, &args, &ban.until)) {
		gp_json_bool(gp_said(a, "bad_dates"), "done", true);
		return GP_OK;
	}
	args = gp_command_text(a, args);
	ban.reason = gp_utf8_line(a->ctx, args, strlen(args), LONGEST);
	st = gp_ban_add(a->site->store, &ban, &why);
	if (st == GP_E_PARSE) {
		gp_json_bool(gp_said(a, "ban_what"), "done", true);
		return GP_OK;
	}
	if (st != GP_OK) {
		*a->err = why;
		return st;
	}
	said = gp_said(a, "banned");
	gp_json_text(said, "address", ban.pattern);
	if (ban.until != 0)
		gp_json_text(said, "to_date", gp_time_format(a->ctx, ban.until - 1,
		    a->list->set.timezone, "%Y-%m-%d"));
	return gp_command_log(a, GP_VERB_BAN, ban.pattern, ban.reason);
}

enum gp_status
gp_do_unban(struct asked *a, const char *args)
{
	char *pattern = pattern_in(a, &args);
	enum gp_status st = gp_ban_remove(a->site->store, a->list->id, pattern, NULL);

	if (st != GP_OK && st != GP_E_NOTFOUND)
		return gp_fail(a->err, st, "the ban could not be ended");
	gp_json_text(gp_said(a, st == GP_OK ? "unbanned" : "not_banned"), "address", pattern);
	return st == GP_OK ? gp_command_log(a, GP_VERB_UNBAN, pattern, "") : GP_OK;
}

enum gp_status
gp_do_bans(struct asked *a, const char *args)
{
	json_t *rows = gp_json_new_array(gp_said(a, "bans"), "bans");
	struct gp_ban **v;
	enum gp_status st;
	size_t i, n;

	(void)args;
	st = gp_ban_all(a->ctx, a->site->store, a->list->id, &v, &n, a->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		json_t *row;

		if (v[i]->until != 0 && v[i]->until <= gp_now())
			continue;
		row = gp_json_push_object(rows);
		gp_json_text(row, "address", v[i]->pattern);
		gp_json_text(row, "reason", v[i]->reason);
		gp_json_text(row, "by", v[i]->by);
		if (v[i]->until != 0)
			gp_json_text(row, "to_date", gp_time_format(a->ctx, v[i]->until - 1,
			    a->list->set.timezone, "%Y-%m-%d"));
	}
	return st;
}

/* ---- closed ---------------------------------------------------------------------------------------- */

static enum gp_status
set_list_closed(struct asked *a, bool closed)
{
	enum gp_status st = gp_list_set(a->site->store, a->list, "closed", closed ? "yes" : "no",
	    a->err);

	if (st != GP_OK)
		return st;
	gp_json_bool(gp_said(a, closed ? "list_closed" : "list_opened"), "done", true);
	return gp_command_log(a, closed ? GP_VERB_CLOSE : GP_VERB_OPEN, a->list->address, "");
}

static enum gp_status
set_thread_closed(struct asked *a, const char *args, bool closed)
{
	const char *number = args;
	struct gp_message *m;
	enum gp_status st;
	char *why;

	st = gp_command_mailed(a, args, &m);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	number += strspn(number, " #");
	gp_command_word(&number);
	number = gp_command_text(a, number);
	why = gp_utf8_line(a->ctx, number, strlen(number), LONGEST);
	if (!closed)
		*why = '\0';
	/* The reply of SMTP is in English. */
	st = gp_thread_close(a->site->store, m->thread, !closed ? "" : *why != '\0' ? why :
	    "closed by a moderator", a->err);
	if (st != GP_OK)
		return st;
	gp_said_title(a, gp_said(a, closed ? "thread_closed" : "thread_opened"), m->title);
	return gp_command_log(a, closed ? GP_VERB_CLOSE_THREAD : GP_VERB_OPEN_THREAD, m->title, why);
}

/* "thread 12 reason", "12 reason", or "list". */
static enum gp_status
set_closed(struct asked *a, const char *args, bool closed)
{
	if (gp_command_thing(a, &args, "list"))
		return set_list_closed(a, closed);
	gp_command_thing(a, &args, "thread");
	if (*args == '\0') {
		gp_json_bool(gp_said(a, "close_what"), "done", true);
		return GP_OK;
	}
	return set_thread_closed(a, args, closed);
}

enum gp_status
gp_do_close(struct asked *a, const char *args)
{
	return set_closed(a, args, true);
}

enum gp_status
gp_do_open(struct asked *a, const char *args)
{
	return set_closed(a, args, false);
}

/* ---- threads put right -------------------------------------------------------------------------------- */

/* The error of a decision that changes nothing is an answer, not a failure. */
static enum gp_status
decided(struct asked *a, enum gp_status st, const struct gp_message *m, enum gp_verb verb, const char *said)
{
	if (st == GP_E_EXISTS || st == GP_E_DENIED)
		said = st == GP_E_DENIED ? "thread_too_deep" : verb == GP_VERB_SPLIT ? "thread_begins" : "thread_same";
	else if (st != GP_OK)
		return st;
	gp_said_title(a, gp_said(a, said), m->title);
	return st == GP_OK ? gp_command_log(a, verb, m->title, m->key) : GP_OK;
}

enum gp_status
gp_do_split(struct asked *a, const char *args)
{
	struct gp_message *m;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = gp_command_message(a, args, &m);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return decided(a, gp_thread_split(a->site->store, a->list, m->id, a->err), m, GP_VERB_SPLIT,
	    "thread_split");
}

enum gp_status
gp_do_merge(struct asked *a, const char *args)
{
	struct gp_message *m, *under;
	enum gp_status st;

	gp_command_thing(a, &args, "thread");
	st = gp_command_message(a, args, &m);
	if (st == GP_OK) {
		args += strspn(args, " #");
		gp_command_word(&args);
		st = gp_command_message(a, args, &under);
	}
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	return decided(a, gp_thread_join(a->site->store, a->list, m->thread, under->id, a->err), m,
	    GP_VERB_MERGE, "thread_merged");
}
