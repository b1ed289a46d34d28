/* SPDX-License-Identifier: ISC */
/*
 * Alarms: what is wrong with the server as a whole, so that no list's owner could mend it. They stand in the
 * database until they are over, for `status` and `check`; whoever runs the server gets a mail, at most one a
 * day for each kind. The mail goes out in the name of the oldest list: a server has no address of its own.
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

enum { DAY = 86400 };

const char *const gp_alarm_names[] = {"relay", "wal", NULL};

static const struct { bool daily; } kinds[] = {
	[GP_ALARM_RELAY] = {false},	/* no mail leaves before it is over */
	[GP_ALARM_WAL] = {true},
};

static const char *
key_of(const void *ctx, enum gp_alarm_kind kind)
{
	return gp_asprintf(ctx, "alarm-%s", gp_alarm_names[kind]);
}

enum gp_status
gp_alarm_find(const void *ctx, struct gp_store *s, enum gp_alarm_kind kind, struct gp_alarm *out,
    struct gp_err *err)
{
	json_t *data;
	enum gp_status st;
	char *value;
	size_t n;

	memset(out, 0, sizeof(*out));
	st = gp_store_meta_get(ctx, s, key_of(ctx, kind), &value, &n, err);
	if (st != GP_OK)
		return st;
	if (n == 0)
		return GP_E_NOTFOUND;
	data = gp_json_load(ctx, gp_strndup(ctx, value, n));
	out->since = json_integer_value(json_object_get(data, "since"));
	out->mailed = json_integer_value(json_object_get(data, "mailed"));
	out->words = json_string_value(json_object_get(data, "words"));
	return GP_OK;
}

static enum gp_status
put(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind, const struct gp_alarm *a,
    struct gp_err *err)
{
	json_t *data = gp_json_object(ctx);
	char *text;

	gp_json_int(data, "since", a->since);
	gp_json_int(data, "mailed", a->mailed);
	gp_json_text(data, "words", a->words);
	text = gp_json_dump(ctx, data, false);
	return gp_store_meta_set(site->store, key_of(ctx, kind), text, strlen(text), err);
}

static enum gp_status
mail(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind, const struct gp_alarm *a,
    struct gp_err *err)
{
	struct gp_notice notice = {.template_name = "alarm", .data = gp_json_object(ctx), .to_name = "",
	    .to_addr = site->conf->admin};
	struct gp_list **lists, *oldest = NULL;
	enum gp_status st;
	size_t i, n;

	st = gp_list_all(ctx, site->store, &lists, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (oldest == NULL || lists[i]->id < oldest->id)
			oldest = lists[i];
	if (st != GP_OK || oldest == NULL)
		return st;
	gp_json_bool(gp_json_new_object(notice.data, "alarm_is"), gp_alarm_names[kind], true);
	gp_json_text(notice.data, "why", a->words);
	gp_json_text(notice.data, "domain", site->conf->domain);
	gp_json_text(notice.data, "since_date",
	    gp_time_format(ctx, a->since, oldest->set.timezone, "%Y-%m-%d %H:%M"));
	return gp_notice_send(ctx, site, oldest, &notice, NULL, err);
}

/* Is it time for a mail: none today, and where one is enough none since it began? */
static enum gp_status
may_mail(struct gp_site *site, enum gp_alarm_kind kind, const struct gp_alarm *a, int64_t patience, bool *may,
    struct gp_err *err)
{
	int64_t now = gp_now(), today = 0;
	enum gp_status st;

	*may = false;
	if (now - a->since < patience || (a->mailed != 0 && (!kinds[kind].daily || now - a->mailed < DAY)))
		return GP_OK;
	st = gp_count_add(site->store, "alarm", gp_alarm_names[kind], now, DAY, &today, err);
	*may = st == GP_OK && today == 1;
	return st;
}

enum gp_status
gp_alarm_raise(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind, const char *words,
    int64_t patience, struct gp_err *err)
{
	struct gp_alarm a;
	enum gp_status st = gp_alarm_find(ctx, site->store, kind, &a, NULL);
	bool is_new = st == GP_E_NOTFOUND, may;

	if (st != GP_OK && !is_new)
		return gp_fail(err, st, "can't read the alarms");
	if (is_new)
		a.since = gp_now();
	st = may_mail(site, kind, &a, patience, &may, err);
	if (st != GP_OK || (!is_new && !may && gp_streq(a.words, words)))
		return st;
	a.words = words;
	if (is_new)
		gp_log(GP_LOG_WARN, "event=alarm kind=%s why=\"%s\"", gp_alarm_names[kind], words);
	if (may) {
		a.mailed = gp_now();
		st = mail(ctx, site, kind, &a, err);
	}
	return st == GP_OK ? put(ctx, site, kind, &a, err) : st;
}

enum gp_status
gp_alarm_clear(const void *ctx, struct gp_site *site, enum gp_alarm_kind kind, struct gp_err *err)
{
	struct gp_alarm a;
	enum gp_status st = gp_alarm_find(ctx, site->store, kind, &a, NULL);

	if (st == GP_E_NOTFOUND)
		return GP_OK;
	if (st != GP_OK)
		return gp_fail(err, st, "can't read the alarms");
	gp_log(GP_LOG_WARN, "event=alarm-over kind=%s", gp_alarm_names[kind]);
	return gp_store_meta_set(site->store, key_of(ctx, kind), "", 0, err);
}
