/* SPDX-License-Identifier: ISC */
/*
 * Who may post, as the settings of a list say: bans, closed threads, who begins and who
 * replies, new members, posts in a day, quiet hours. Refusals are said while the mail is
 * handed over, so that the author's own server tells them (RFC 5321 section 4.2).
 */
#include "config.h"

#include "rules.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, MOST_PARENTS = 20, LONGEST_WHY = 120 };

enum gp_status
gp_rules_reject(struct asking *a, const char *reply)
{
	a->out->reply = gp_asprintf(a->ctx, "550 5.7.1 %s", reply);
	return gp_rules_decide(a, GP_DECIDE_REJECT, "%s", reply);
}

static bool
looks_after(const struct gp_member *m)
{
	return m != NULL && m->role != GP_ROLE_MEMBER;
}

/* ---- bans ----------------------------------------------------------------------------------------- */

enum gp_status
gp_rule_banned(struct asking *a)
{
	const char *const from[] = {a->in->mail != NULL ? a->in->mail->from_addr : "",
	    a->in->envelope_from};
	enum gp_status st = GP_E_NOTFOUND;
	struct gp_ban *ban;
	size_t i;

	if (looks_after(a->out->author))
		return GP_E_NOTFOUND;
	for (i = 0; st == GP_E_NOTFOUND && i < GP_COUNT(from); i++)
		st = gp_ban_find(a->ctx, a->site->store, a->route->list->id, from[i], gp_now(), &ban,
		    a->err);
	if (st != GP_OK)
		return st;
	return gp_rules_reject(a, gp_asprintf(a->ctx, "%s takes no mail from you; questions go to %s",
	    a->route->list->address,
	    gp_route_address(a->ctx, a->site, a->route->list, "owner", NULL)));
}

/* ---- threads --------------------------------------------------------------------------------------- */

static enum gp_status
find_first(const void *ctx, struct gp_site *site, const struct gp_list *list, char *const *ids, size_t n,
    struct gp_message **out, struct gp_err *err)
{
	struct gp_message **found;
	enum gp_status st;
	size_t count, i;

	/* The nearest is named last. */
	for (i = 0; i < n && i < MOST_PARENTS; i++) {
		st = gp_message_find_msgid(ctx, site->store, list->id, ids[n - 1 - i], &found, &count, err);
		if (st != GP_OK && st != GP_E_NOTFOUND)
			return st;
		if (st == GP_OK && count > 0) {
			*out = found[0];
			return GP_OK;
		}
	}
	return GP_E_NOTFOUND;
}

enum gp_status
gp_rules_parent(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *m,
    struct gp_message **out, struct gp_err *err)
{
	enum gp_status st = find_first(ctx, site, list, m->in_reply_to, m->in_reply_to_n, out, err);

	return st == GP_E_NOTFOUND ? find_first(ctx, site, list, m->references, m->references_n, out, err) : st;
}

enum gp_status
gp_rules_thread(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_mail *m,
    struct gp_message **out, struct gp_err *err)
{
	enum gp_status st = gp_rules_parent(ctx, site, list, m, out, err);

	return st == GP_E_NOTFOUND ? gp_thread_guess(ctx, site->store, list, m, out, err) : st;
}

enum gp_status
gp_rule_thread_closed(struct asking *a)
{
	struct gp_message *parent;
	enum gp_status st = gp_rules_thread(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);
	char *why, *line;
	bool unseen;

	/* Whoever may not see it learns nothing of it: a moderator looks at their answer. */
	if (st == GP_OK)
		st = gp_veil_shuts_out(a->site, parent->thread, a->out->author, &unseen, a->err);
	if (st != GP_OK || unseen)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	st = gp_thread_closed(a->ctx, a->site->store, parent->thread, &why, a->err);
	if (st != GP_OK || why == NULL || *why == '\0')
		return st == GP_OK ? GP_E_NOTFOUND : st;
	/* A reply of SMTP is ASCII. */
	line = gp_utf8_line(a->ctx, why, strlen(why), LONGEST_WHY);
	if (gp_utf8_count(line, strlen(line)) != strlen(line))
		line = gp_strdup(a->ctx, "");
	return gp_rules_reject(a, gp_asprintf(a->ctx, "this thread is closed%s%s", *line != '\0' ? ": " : "",
	    line));
}

/* ---- who -------------------------------------------------------------------------------------------- */

enum gp_status
gp_rule_emergency(struct asking *a)
{
	if (!a->route->list->set.emergency)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "every post to this list waits now");
}

enum gp_status
gp_rule_member(struct asking *a)
{
	const struct gp_member *author = a->out->author;

	if (author != NULL && author->posting == GP_POSTING_NONE)
		return gp_rules_reject(a, gp_asprintf(a->ctx, "you can't write to this list now; questions go "
		    "to %s", gp_route_address(a->ctx, a->site, a->route->list, "owner", NULL)));
	if (author != NULL && author->posting == GP_POSTING_HELD)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "posts of this member wait for a moderator");
	return GP_E_NOTFOUND;
}

/* The policy for this post: one for the list, or one for those that begin or answer. */
static enum gp_status
find_policy(struct asking *a, int *may, bool *reply)
{
	static const int same[] = {GP_MAY_MEMBERS, GP_MAY_ANYONE, GP_MAY_MODERATORS};
	const struct gp_list_settings *set = &a->route->list->set;
	struct gp_message *parent;
	enum gp_status st = GP_OK;

	*reply = false;
	*may = GP_MAY_SAME;
	if (set->start != GP_MAY_SAME || set->reply != GP_MAY_SAME) {
		st = gp_rules_parent(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);
		*reply = st == GP_OK;
		*may = *reply ? set->reply : set->start;
	}
	if (*may == GP_MAY_SAME)
		*may = same[set->post];
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static bool
is_allowed(const struct gp_member *author, int may)
{
	switch (may) {
	case GP_MAY_ANYONE:
		return true;
	case GP_MAY_MEMBERS:
		return author != NULL;
	case GP_MAY_MODERATORS:
		return looks_after(author) || (author != NULL && author->posting == GP_POSTING_TRUSTED);
	default:
		return false;
	}
}

/* Hold, refuse or discard, as the list says for those who are on it or are not. */
static enum gp_status
otherwise(struct asking *a, int may, bool reply)
{
	const struct gp_list *list = a->route->list;
	bool stranger = a->out->author == NULL;
	const char *act = reply ? "reply on" : list->set.start != GP_MAY_SAME ? "begin a thread on" :
	    "write to";
	const char *who = may == GP_MAY_NOBODY ? "nobody may" : may == GP_MAY_MODERATORS ?
	    "only moderators may" : "only members may";
	char *text = gp_asprintf(a->ctx, "%s %s this list", who, act);

	switch (stranger ? list->set.strangers : list->set.members) {
	case GP_ELSE_REFUSE:
		if (stranger && may == GP_MAY_MEMBERS)
			text = gp_asprintf(a->ctx, "%s; to join write to %s", text,
			    gp_route_address(a->ctx, a->site, list, "subscribe", NULL));
		return gp_rules_reject(a, text);
	case GP_ELSE_DISCARD:
		return gp_rules_decide(a, GP_DECIDE_DISCARD, "%s", text);
	default:
		if (stranger && may == GP_MAY_MEMBERS)
			return gp_rules_decide(a, GP_DECIDE_HOLD, "%s is not a member of the list",
			    a->in->mail->from_addr);
		return gp_rules_decide(a, GP_DECIDE_HOLD, "%s by themselves",
		    may == GP_MAY_NOBODY ? gp_asprintf(a->ctx, "nobody may %s this list", act) : text);
	}
}

/* Someone from outside whom moderators let write, as they do with trusted members. */
static enum gp_status
find_trusted(struct asking *a, int may)
{
	if (a->out->author != NULL || (may != GP_MAY_MEMBERS && may != GP_MAY_MODERATORS))
		return GP_E_NOTFOUND;
	return gp_trusted_find(a->site->store, a->route->list->id, a->in->mail->from_addr, a->err);
}

enum gp_status
gp_rule_who(struct asking *a)
{
	bool reply;
	int may;
	enum gp_status st = find_policy(a, &may, &reply);

	if (st != GP_OK)
		return st;
	if (is_allowed(a->out->author, may))
		return GP_E_NOTFOUND;
	st = find_trusted(a, may);
	a->trusted = st == GP_OK;
	if (st != GP_E_NOTFOUND)
		return a->trusted ? GP_E_NOTFOUND : st;
	return otherwise(a, may, reply);
}

/* ---- how much, and when -------------------------------------------------------------------------------- */

/* A member like any other: neither trusted nor looking after the list. */
static bool
is_plain_member(const struct gp_member *m)
{
	return m != NULL && m->role == GP_ROLE_MEMBER && m->posting != GP_POSTING_TRUSTED;
}

enum gp_status
gp_rule_first_posts(struct asking *a)
{
	const struct gp_member *author = a->out->author;
	int64_t first = a->route->list->set.first_posts, archived = 0;
	enum gp_status st;

	if (!is_plain_member(author) || author->accepted >= first)
		return GP_E_NOTFOUND;
	/* Who wrote in the years before the list came here is not new. */
	st = gp_person_archived(a->site->store, author->address, author->list, &archived, a->err);
	if ((st != GP_OK && st != GP_E_NOTFOUND) || archived >= first)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	if (first == 1)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "the first post of a new member waits for a moderator");
	return gp_rules_decide(a, GP_DECIDE_HOLD,
	    "the first %" PRId64 " posts of a new member wait for a moderator", first);
}

char *
gp_rules_posts_kind(const void *ctx, const struct gp_list *list)
{
	return gp_asprintf(ctx, "posts %" PRId64, list->id);
}

enum gp_status
gp_rule_daily_posts(struct asking *a)
{
	int64_t most = a->route->list->set.daily_posts, n = 0;
	enum gp_status st;

	if (most == 0 || !is_plain_member(a->out->author))
		return GP_E_NOTFOUND;
	st = gp_count_get(a->site->store, gp_rules_posts_kind(a->ctx, a->route->list),
	    gp_addr_fold(a->ctx, a->out->author->address), gp_now(), DAY, &n, a->err);
	if (st != GP_OK || n < most)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "%" PRId64 " posts of this member came within a day",
	    n);
}

bool
gp_rules_is_quiet(const struct gp_list *list, int64_t now, int64_t *until)
{
	int from = (int)list->set.quiet_from, to = (int)list->set.quiet_to;
	struct gp_civil c;
	bool quiet;

	if (from == to)
		return false;
	gp_time_civil(now, list->set.timezone, &c);
	quiet = from < to ? c.hour >= from && c.hour < to : c.hour >= from || c.hour < to;
	if (!quiet)
		return false;
	*until = gp_civil_local(c.year, c.month, c.day, to, list->set.timezone);
	if (*until <= now) {
		gp_time_civil(now + DAY, list->set.timezone, &c);
		*until = gp_civil_local(c.year, c.month, c.day, to, list->set.timezone);
	}
	return true;
}

enum gp_status
gp_rule_quiet(struct asking *a)
{
	int64_t until;

	if (!gp_rules_is_quiet(a->route->list, gp_now(), &until))
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "the list is quiet until %s",
	    gp_time_format(a->ctx, until, a->route->list->set.timezone, "%H:%M"));
}

/* ---- heated threads ------------------------------------------------------------------------------------ */

static enum gp_status
find_pace(struct asking *a, int64_t *thread, struct gp_pace *out)
{
	struct gp_message *parent;
	enum gp_status st;

	if (looks_after(a->out->author))
		return GP_E_NOTFOUND;
	st = gp_rules_thread(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);
	if (st != GP_OK)
		return st;
	*thread = parent->thread;
	return gp_thread_pace(a->site->store, *thread, out, a->err);
}

enum gp_status
gp_rule_slow(struct asking *a)
{
	struct gp_pace pace;
	int64_t thread, last, next;
	enum gp_status st = a->out->author == NULL ? GP_E_NOTFOUND : find_pace(a, &thread, &pace);

	if (st != GP_OK || pace.slow == 0)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	st = gp_thread_wrote(a->site->store, thread, a->out->author->person, &last, a->err);
	next = last + pace.slow;
	if (st != GP_OK || last == 0 || next <= gp_now())
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_reject(a, gp_asprintf(a->ctx, "this thread goes slowly now: you can write in it again from %s on",
	    gp_time_format(a->ctx, next, a->route->list->set.timezone, "%Y-%m-%d %H:%M %Z")));
}

enum gp_status
gp_rule_cool(struct asking *a)
{
	struct gp_pace pace;
	int64_t thread;
	enum gp_status st = find_pace(a, &thread, &pace);

	if (st != GP_OK || pace.cool <= gp_now())
		return st == GP_OK ? GP_E_NOTFOUND : st;
	a->out->until = pace.cool;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "its thread cools until %s", gp_time_format(a->ctx, pace.cool,
	    a->route->list->set.timezone, "%Y-%m-%d %H:%M"));
}

/* ---- at last ------------------------------------------------------------------------------------------- */

enum gp_status
gp_rule_accept(struct asking *a)
{
	const struct gp_member *author = a->out->author;

	if (looks_after(author))
		return gp_rules_decide(a, GP_DECIDE_ACCEPT, "its author looks after the list (%s)",
		    gp_role_names[author->role]);
	if (a->trusted)
		return gp_rules_decide(a, GP_DECIDE_ACCEPT, "someone from outside whom moderators trust wrote it");
	if (author == NULL)
		return gp_rules_decide(a, GP_DECIDE_ACCEPT, "anyone may post to this list");
	return gp_rules_decide(a, GP_DECIDE_ACCEPT, author->posting == GP_POSTING_TRUSTED ?
	    "a member whom moderators trust wrote it" : "a member wrote it");
}
