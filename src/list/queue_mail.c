/* SPDX-License-Identifier: ISC */
/*
 * All that waits for one moderator, on all lists, in one numbered mail: once a day, and when
 * asked. Its token is bound to the moderator and holds what the numbers mean; it can be used
 * more than once, since each hold is decided once anyway.
 */
#include "config.h"

#include "verdict.h"

#include <inttypes.h>
#include <string.h>

enum { TOKEN_LIVES = 3 * 86400, MOST = 100, HOUR = 7, DAY = 86400 };

static enum gp_status
add_row(const void *ctx, struct gp_site *site, struct gp_hold *h, json_t *rows, json_t *ids,
    struct gp_err *err)
{
	struct gp_case c = {.ctx = ctx, .site = site, .hold = h, .err = err};
	json_t *row;
	enum gp_status st;

	st = gp_list_find_id(ctx, site->store, h->list, &c.list, err);
	if (st != GP_OK)
		return st;
	row = gp_json_push_object(rows);
	json_array_append_new(ids, json_integer(h->id));
	st = gp_hold_data(&c, row);
	json_object_del(row, "reasons");
	gp_json_int(row, "number", (int64_t)json_array_size(ids));
	gp_json_text(row, "list_name", c.list->name);
	gp_json_text(row, "date", gp_time_format(ctx, h->created, c.list->set.timezone, "%Y-%m-%d"));
	return st;
}

/* Which words can be said to any of it: nobody is trusted or kept out by a name that is good for one thread. */
static void
add_words(json_t *data, const json_t *rows)
{
	bool named = false, nameless = false, movable = false;
	size_t i;

	for (i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool one = json_is_true(json_object_get(row, "nameless"));

		nameless |= one;
		named |= !one;
		movable |= !one && !json_is_true(json_object_get(row, "join"));
	}
	gp_json_bool(data, "has_named", named);
	gp_json_bool(data, "has_nameless", nameless);
	gp_json_bool(data, "has_movable", movable);
}

static enum gp_status
new_token(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_member *m, const json_t *ids, char **token, struct gp_err *err)
{
	struct gp_token t = {0};

	t.purpose = gp_strdup(ctx, "queue");
	t.list = list->id;
	t.address = gp_addr_fold(ctx, m->address);
	t.expires = gp_now() + TOKEN_LIVES;
	t.data = gp_json_dump(ctx, ids, false);
	return gp_token_add(ctx, site->store, &t, token, err);
}

enum gp_status
gp_queue_mail_send(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_member *m, const char *in_reply_to, size_t *count, struct gp_err *err)
{
	json_t *data = gp_json_object(ctx), *rows = gp_json_new_array(data, "entries");
	json_t *ids = gp_json_object(ctx), *array = gp_json_new_array(ids, "holds");
	struct gp_notice n = {0};
	struct gp_hold **holds;
	enum gp_status st;
	size_t i, total;
	char *token;

	*count = 0;
	st = gp_hold_queue(ctx, site->store, m->address, &holds, &total, err);
	for (i = 0; st == GP_OK && i < total && *count < MOST; i++) {
		if (gp_hold_is_quiet(holds[i]))
			continue;
		st = add_row(ctx, site, holds[i], rows, array, err);
		(*count)++;
	}
	if (st != GP_OK || *count == 0)
		return st;
	st = new_token(ctx, site, list, m, ids, &token, err);
	if (st != GP_OK)
		return st;
	add_words(data, rows);
	gp_json_int(data, "count", (int64_t)total);
	gp_json_bool(data, "one", total == 1);
	gp_json_bool(data, "more", i < total);
	gp_json_bool(data, "asked", in_reply_to != NULL);
	n.template_name = "queue";
	n.data = data;
	n.to_name = m->name;
	n.to_addr = m->address;
	n.member = m->id;
	n.reply_to = gp_route_address(ctx, site, list, "hold", token);
	n.in_reply_to = in_reply_to;
	n.answer = in_reply_to != NULL;
	n.language = m->language[0] != '\0' ? m->language : NULL;
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

/* ---- once a day --------------------------------------------------------------------------------- */

/* The membership that speaks for the person: the first that looks after a list. */
static enum gp_status
find_home(const void *ctx, struct gp_site *site, const char *address, struct gp_member **m,
    struct gp_err *err)
{
	struct gp_member **v;
	enum gp_status st;
	size_t i, n;

	*m = NULL;
	st = gp_member_lists(ctx, site->store, address, &v, &n, err);
	for (i = 0; st == GP_OK && *m == NULL && i < n; i++)
		if (v[i]->role >= GP_ROLE_MODERATOR)
			*m = v[i];
	return st;
}

/* The last time it was that hour. */
static int64_t
last_hour(int64_t now, const char *zone)
{
	struct gp_civil c;
	int64_t t;

	gp_time_civil(now, zone, &c);
	t = gp_civil_local(c.year, c.month, c.day, HOUR, zone);
	if (t <= now)
		return t;
	gp_time_civil(now - DAY, zone, &c);
	return gp_civil_local(c.year, c.month, c.day, HOUR, zone);
}

/* Something waited at the hour, and no mail went out since. */
static enum gp_status
is_due(const void *ctx, struct gp_site *site, const struct gp_list *home,
    const struct gp_member *m, int64_t now, bool *due, struct gp_err *err)
{
	int64_t hour = last_hour(now, home->set.timezone), n = 0;
	struct gp_hold **holds;
	enum gp_status st;
	size_t i, count;

	*due = false;
	st = gp_hold_queue(ctx, site->store, m->address, &holds, &count, err);
	for (i = 0; st == GP_OK && i < count; i++)
		*due |= holds[i]->created < hour && !gp_hold_is_quiet(holds[i]);
	if (st != GP_OK || !*due)
		return st;
	/* A span that began before the hour is another day's. */
	st = gp_count_get(site->store, "queue", gp_addr_fold(ctx, m->address), now, now - hour + 1, &n,
	    err);
	*due = n == 0;
	return st;
}

static enum gp_status
send_to_one(const void *ctx, struct gp_site *site, const char *address, int64_t now,
    struct gp_err *err)
{
	struct gp_member *m;
	struct gp_list *home;
	enum gp_status st;
	bool due = false;
	int64_t times;
	size_t n;

	st = find_home(ctx, site, address, &m, err);
	if (st != GP_OK || m == NULL || !m->reminders)
		return st;
	st = gp_list_find_id(ctx, site->store, m->list, &home, err);
	if (st == GP_OK)
		st = is_due(ctx, site, home, m, now, &due, err);
	if (st != GP_OK || !due)
		return st;
	/* A span of a second: each mail begins a new one. */
	st = gp_count_add(site->store, "queue", gp_addr_fold(ctx, m->address), now, 1, &times, err);
	return st == GP_OK ? gp_queue_mail_send(ctx, site, home, m, NULL, &n, err) : st;
}

enum gp_status
gp_queue_mail_daily(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_hold **holds;
	struct gp_member **mods;
	enum gp_status st;
	size_t i, k, n, count;

	/* By list: each list's moderators once. */
	st = gp_hold_unattended(ctx, site->store, now, INT64_MAX, &holds, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		if (i > 0 && holds[i]->list == holds[i - 1]->list)
			continue;
		st = gp_member_all(ctx, site->store, holds[i]->list, GP_ROLE_MODERATOR, -1, &mods,
		    &count, err);
		for (k = 0; st == GP_OK && k < count; k++)
			st = send_to_one(ctx, site, mods[k]->address, now, err);
	}
	return st;
}
