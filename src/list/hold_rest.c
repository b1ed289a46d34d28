/* SPDX-License-Identifier: ISC */
/*
 * What a moderator should know of the thread that a held post would go into. Their ok sends it at once, whatever
 * the thread is meant to do just now: so the question says that it rests, goes slowly, or is closed.
 */
#include "config.h"

#include "command.h"
#include "hold.h"
#include "rules.h"

#include <string.h>

/* How seldom, and whether it comes too soon: the rule can't tell of who gives no name, but the name can. */
static enum gp_status
add_slow(struct gp_case *c, int64_t thread, int64_t slow, const char *from, json_t *data)
{
	json_t *said = gp_json_new_object(data, "slow");
	int64_t last = 0;
	enum gp_status st = gp_thread_wrote_from(c->site->store, thread, from, &last, c->err);

	gp_span_said(said, slow);
	if (st == GP_OK && last > gp_now() - slow)
		gp_json_text(said, "wrote_date", gp_time_format(c->ctx, last, c->list->set.timezone, "%Y-%m-%d %H:%M"));
	return st;
}

enum gp_status
gp_hold_thread(struct gp_case *c, const struct gp_mail *mail, json_t *data)
{
	struct gp_message *parent;
	struct gp_pace pace;
	enum gp_status st = GP_E_NOTFOUND;
	char *why = NULL;

	if (mail != NULL && strcmp(c->hold->rule, GP_RULE_COOL) != 0)
		st = gp_rules_thread(c->ctx, c->site, c->list, mail, &parent, c->err);
	if (st == GP_OK)
		st = gp_thread_pace(c->site->store, parent->thread, &pace, c->err);
	if (st == GP_OK)
		st = gp_thread_closed(c->ctx, c->site->store, parent->thread, &why, c->err);
	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (why != NULL && *why != '\0')
		gp_json_bool(data, "thread_shut", true);
	else if (pace.cool > gp_now())
		gp_json_text(data, "rests_until_date", gp_time_format(c->ctx, pace.cool, c->list->set.timezone,
		    "%Y-%m-%d %H:%M"));
	else if (pace.slow > 0)
		return add_slow(c, parent->thread, pace.slow, mail->from_addr, data);
	return GP_OK;
}
