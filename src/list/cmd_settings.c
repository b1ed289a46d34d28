/* SPDX-License-Identifier: ISC */
/* What members choose for themselves: how they get mail, pauses, options. */
#include "config.h"

#include "bounce.h"
#include "when.h"

#include <string.h>

/* Not for members to set by `set`: these have commands, or are for moderators. */
static const char *const others[] = {"role", "delivery", "posting"};

static bool
is_own_option(const char *name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(others); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return gp_opt_find(gp_member_options, gp_member_option_count, name) != NULL;
}

static char *
day_of(struct asked *a, int64_t t)
{
	return gp_time_format(a->ctx, t, a->list->set.timezone, "%Y-%m-%d");
}

/* ---- delivery --------------------------------------------------------------------------------- */

static enum gp_status
deliver(struct asked *a, int delivery)
{
	const char *name = gp_delivery_names[delivery];
	enum gp_status st = GP_OK;
	bool was;

	/* Who asks for mail that had been stopped has missed some. */
	if (delivery != GP_DELIVERY_NONE)
		st = gp_bounce_back(a, &was);
	if (st == GP_OK)
		st = gp_member_set(a->site->store, a->member->id, "delivery", name, a->err);
	if (st != GP_OK)
		return st;
	a->member->delivery = delivery;
	gp_json_bool(gp_json_new_object(gp_said(a, "delivery"), "delivery_is"), name, true);
	return gp_command_log(a, GP_VERB_SET, a->member->address, gp_asprintf(a->ctx, "delivery=%s", name));
}

enum gp_status
gp_do_each(struct asked *a, const char *args)
{
	(void)args;
	return deliver(a, GP_DELIVERY_EACH);
}

enum gp_status
gp_do_daily(struct asked *a, const char *args)
{
	(void)args;
	return deliver(a, GP_DELIVERY_DAILY);
}

enum gp_status
gp_do_weekly(struct asked *a, const char *args)
{
	(void)args;
	return deliver(a, GP_DELIVERY_WEEKLY);
}

enum gp_status
gp_do_monthly(struct asked *a, const char *args)
{
	(void)args;
	return deliver(a, GP_DELIVERY_MONTHLY);
}

enum gp_status
gp_do_none(struct asked *a, const char *args)
{
	(void)args;
	return deliver(a, GP_DELIVERY_NONE);
}

/* ---- pauses ----------------------------------------------------------------------------------- */

enum gp_status
gp_do_pause(struct asked *a, const char *args)
{
	int64_t from, to;
	enum gp_status st;
	json_t *said;

	if (!gp_when_span(a->site->words, args, gp_now(), a->list->set.timezone, &from, &to)) {
		gp_json_text(gp_said(a, "bad_dates"), "dates", args);
		return GP_OK;
	}
	st = gp_member_pause(a->site->store, a->member->id, from, to, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, "pause");
	gp_json_text(said, "from_date", day_of(a, from));
	gp_json_text(said, "to_date", day_of(a, to - 1));
	return gp_command_log(a, GP_VERB_PAUSE, a->member->address,
	    gp_asprintf(a->ctx, "%s to %s", day_of(a, from), day_of(a, to - 1)));
}

enum gp_status
gp_do_resume(struct asked *a, const char *args)
{
	enum gp_status st = gp_member_pause(a->site->store, a->member->id, 0, 0, a->err);
	bool was = false;

	(void)args;
	if (st == GP_OK)
		st = gp_bounce_back(a, &was);
	if (st != GP_OK || was)
		return st;
	gp_json_bool(gp_said(a, "resume"), "done", true);
	return gp_command_log(a, GP_VERB_RESUME, a->member->address, "");
}

/* ---- options ---------------------------------------------------------------------------------- */

enum gp_status
gp_do_set(struct asked *a, const char *args)
{
	const char *whole = args;
	struct gp_err why = {GP_OK, ""};
	char *name = gp_command_option(a, &args);
	enum gp_status st;
	json_t *said;

	/* "set daily", "set nomail": as these commands. */
	if (*args == '\0' && gp_command_delivery(a, name) >= 0)
		return deliver(a, gp_command_delivery(a, name));
	/* Owners say "set" for the list's options, too; what has one name in both is their own. */
	if (gp_opt_find(gp_member_options, gp_member_option_count, name) == NULL &&
	    gp_opt_find(gp_list_options, gp_list_option_count, name) != NULL &&
	    a->member->role == GP_ROLE_OWNER)
		return gp_do_configure(a, whole);
	if (!is_own_option(name) || *args == '\0') {
		gp_said_unknown_option(a, name, gp_member_options, gp_member_option_count);
		return GP_OK;
	}
	args = gp_command_option_text(a, name, args);
	st = gp_member_set(a->site->store, a->member->id, name, gp_command_value(args), &why);
	if (st != GP_OK)
		return gp_said_bad_value(a, st,
		    gp_opt_find(gp_member_options, gp_member_option_count, name), &why);
	said = gp_said(a, "set");
	gp_json_text(said, "option", name);
	gp_json_text(said, "value", args);
	return gp_command_log(a, GP_VERB_SET, a->member->address, gp_asprintf(a->ctx, "%s=%s", name, args));
}

json_t *
gp_said_member(struct asked *a, const struct gp_member *m)
{
	json_t *said = gp_said(a, "show"), *options = gp_json_new_array(said, "options");
	size_t i;

	gp_json_text(said, "address", m->address);
	for (i = 0; i < gp_member_option_count; i++) {
		const struct gp_opt *opt = &gp_member_options[i];
		json_t *row = gp_json_push_object(options);

		gp_json_text(row, "option", opt->name);
		gp_json_text(row, "value", gp_opt_get(a->ctx, opt, m));
		gp_json_text(row, "meaning", gp_said_meaning(a, "member", opt->name));
	}
	return said;
}

enum gp_status
gp_do_show(struct asked *a, const char *args)
{
	struct gp_member *m;
	enum gp_status st;
	json_t *said;

	(void)args;
	/* As it is after the lines above. */
	st = gp_member_find_id(a->ctx, a->site->store, a->member->id, &m, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said_member(a, m);
	if (m->pause_to != 0) {
		gp_json_text(said, "from_date", day_of(a, m->pause_from));
		gp_json_text(said, "to_date", day_of(a, m->pause_to - 1));
	}
	return GP_OK;
}
