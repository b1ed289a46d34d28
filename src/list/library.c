/* SPDX-License-Identifier: ISC */
/*
 * The clock of the library: some days after the last answer whoever asked is invited, once, to sum up;
 * and who kept a thread is asked after a year whether it is still true.
 */
#include "config.h"

#include "command.h"
#include "news.h"

#include <string.h>

enum {
	DAY = 86400,
	SPAN = 14 * DAY,	/* after it is time: what is older was archived before, or nobody ran us */
	FEW = 20,		/* mails of a kind that one list causes at once */
	EXPIRES = 60 * DAY
};

struct round {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	int64_t now;
	struct gp_err *err;
};

/* ---- summaries ------------------------------------------------------------------------------------- */

/* What a list said itself, of the lists that have the thread, answers nothing. */
static enum gp_status
is_of_list(struct round *r, const char *addr, bool *yes)
{
	const char *plus = strchr(addr, '+');
	struct gp_list *list;
	enum gp_status st;

	*yes = false;
	if (plus == NULL || !gp_starts(plus, "+owner@"))
		return GP_OK;
	st = gp_list_find(r->ctx, r->site->store, gp_asprintf(r->ctx, "%.*s@%s", (int)(plus - addr), addr,
	    gp_addr_domain(addr)), &list, r->err);
	*yes = st == GP_OK;
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* What others wrote; in a thread without names, as it went to the members. */
static enum gp_status
add_answers(struct round *r, const struct gp_thread *t, const struct gp_message *head, json_t *data)
{
	json_t *rows = gp_json_new_array(data, "messages"), *row;
	struct gp_looker before;
	struct gp_node *nodes;
	struct gp_message *m;
	bool ours = false;
	size_t i, n, count = 0;
	enum gp_status st = gp_thread_nodes(r->ctx, r->site->store, t->id, &nodes, &n, r->err);

	before = gp_store_look(r->site->store, (struct gp_looker){GP_LOOK_MAILED, 0, false});
	for (i = 0; st == GP_OK && i < n && count < FEW; i++) {
		if (nodes[i].msg == NULL || gp_strieq(nodes[i].msg->from_addr, head->from_addr))
			continue;
		st = is_of_list(r, nodes[i].msg->from_addr, &ours);
		if (st == GP_OK && !ours)
			st = gp_message_find_id(r->ctx, r->site->store, nodes[i].msg->id, &m, r->err);
		if (st != GP_OK || ours)
			continue;
		row = gp_json_push_object(rows);
		gp_json_text(row, "author", t->veil.unnamed ? "" : m->from_name[0] != '\0' ? m->from_name :
		    gp_text_hide_addrs(r->ctx, m->from_addr, strlen(m->from_addr)));
		gp_json_text(row, "excerpt", m->snippet);
		count++;
	}
	gp_store_look(r->site->store, before);
	return st;
}

/* No list that has the thread invites again. */
static enum gp_status
invited(struct round *r, const struct gp_thread *t, bool everywhere)
{
	struct gp_share_side *sides;
	size_t i, n = 0;
	enum gp_status st = gp_summary_invited(r->site->store, t->id, r->now, r->err);

	if (st == GP_OK && everywhere)
		st = gp_share_sides(r->ctx, r->site->store, t->id, &sides, &n, r->err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = gp_summary_invited(r->site->store, sides[i].thread, r->now, r->err);
	return st;
}

/* Whoever asked; not on this list, they are perhaps on another that has the thread. */
static enum gp_status
invite(struct round *r, const struct gp_thread *t)
{
	struct gp_notice notice = {.template_name = "sum-up", .data = gp_json_object(r->ctx)};
	char *token;
	struct gp_message *head;
	struct gp_member *m;
	enum gp_status st = gp_message_find_key(r->ctx, r->site->store, r->list->id, t->key, &head, r->err);

	if (st == GP_OK)
		st = gp_member_find(r->ctx, r->site->store, r->list->id, head->from_addr, &m, r->err);
	if (st != GP_OK || !m->reminders)
		return st == GP_OK || st == GP_E_NOTFOUND ? invited(r, t, false) : st;
	gp_json_text(notice.data, "title", t->title);
	gp_json_text(notice.data, "plain_title", gp_kind_title(r->ctx, r->site, r->list, t->title));
	gp_json_bool(notice.data, "unnamed", t->veil.unnamed);
	st = add_answers(r, t, head, notice.data);
	if (st != GP_OK)
		return st;
	st = gp_text_token(r->ctx, r->site, r->list, m->address, gp_asprintf(r->ctx, "summary %s", head->key), EXPIRES,
	    &token, r->err);
	if (st != GP_OK)
		return st;
	notice.reply_to = gp_route_address(r->ctx, r->site, r->list, "confirm", token);
	notice.in_reply_to = head->msgid;
	st = gp_member_send(r->ctx, r->site, r->list, m, &notice, r->err);
	return st == GP_OK ? invited(r, t, true) : st;
}

static enum gp_status
invite_all(struct round *r)
{
	int64_t after = r->list->set.summary_after;
	struct gp_thread **v;
	enum gp_status st;
	size_t i, n;

	if (after == 0 || r->list->set.answers == GP_FEATURE_OFF)
		return GP_OK;
	st = gp_summary_due(r->ctx, r->site->store, r->list->id, r->now - after - SPAN, r->now - after, FEW, &v, &n,
	    r->err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = invite(r, v[i]);
	return st;
}

/* ---- still true? ------------------------------------------------------------------------------------- */

/* Who kept it, or the first owner when they have left. */
static enum gp_status
keeper_of(struct round *r, const struct gp_practice *p, struct gp_member **out)
{
	struct gp_member **owners;
	enum gp_status st = gp_member_find(r->ctx, r->site->store, r->list->id, p->keeper, out, r->err);
	size_t n;

	if (st != GP_E_NOTFOUND)
		return st;
	st = gp_member_all(r->ctx, r->site->store, r->list->id, GP_ROLE_OWNER, -1, &owners, &n, r->err);
	if (st == GP_OK && n == 0)
		return GP_E_NOTFOUND;
	*out = st == GP_OK ? owners[0] : NULL;
	return st;
}

static enum gp_status
ask_keeper(struct round *r, const struct gp_practice *p)
{
	struct gp_notice n = {.template_name = "still-true", .data = gp_json_object(r->ctx)};
	json_t *data = n.data;
	struct gp_member *m;
	char *line;
	enum gp_status st = keeper_of(r, p, &m);

	if (st == GP_OK)
		st = news_kept_line(r->ctx, r->site, p, &line, r->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	gp_json_text(data, "title", p->title);
	gp_json_text(data, "since_date", gp_time_format(r->ctx, p->confirmed, r->list->set.timezone, "%Y-%m-%d"));
	gp_json_text(data, "line", line);
	if (r->list->set.archive == GP_ARCHIVE_PUBLIC)
		gp_json_text(data, "url", gp_asprintf(r->ctx, "%s/%s/library/%s", r->site->conf->url, r->list->name,
		    p->slug));
	return gp_choice_send(r->ctx, r->site, r->list, m, &n, gp_asprintf(r->ctx, "still-true %s", p->slug),
	    gp_asprintf(r->ctx, "outdated %s", p->slug), EXPIRES, r->err);
}

static enum gp_status
ask_keepers(struct round *r)
{
	int64_t after = r->list->set.confirm_after;
	struct gp_practice **v;
	enum gp_status st;
	size_t i, n;

	if (after == 0 || r->list->set.library == GP_FEATURE_OFF)
		return GP_OK;
	st = gp_practice_due(r->ctx, r->site->store, r->list->id, r->now - after, r->now - after, FEW, &v, &n, r->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = ask_keeper(r, v[i]);
		if (st == GP_OK)
			st = gp_practice_asked(r->site->store, v[i], r->err);
	}
	return st;
}

static enum gp_status
one_list(const void *ctx, struct gp_site *site, struct gp_list *list, int64_t now, struct gp_err *err)
{
	struct round r = {ctx, site, list, now, err};
	enum gp_status st = list->set.closed ? GP_OK : invite_all(&r);

	return st == GP_OK ? ask_keepers(&r) : st;
}

enum gp_status
gp_library_tick(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	return gp_site_each_list(ctx, site, one_list, now, err);
}
