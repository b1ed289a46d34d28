/* SPDX-License-Identifier: ISC */
/*
 * Cooling a heated thread, for moderators: everybody writes less often, or all posts wait for a while and
 * then come together; and a private word to one person.
 */
#include "config.h"

#include "command.h"
#include "hold.h"
#include "rules.h"

#include <string.h>

enum { DAY = 86400, MOST = 90 * DAY };

/* "1d", "24h", "off", or nothing: what is usual. False: the result says what is wanted. */
static bool
read_span(struct asked *a, const char *args, int64_t usual, int64_t *out)
{
	struct gp_str word = gp_command_word(&args);
	char *text = gp_strndup(a->ctx, word.p, word.n);

	*out = usual;
	if (*text == '\0')
		return true;
	*out = 0;
	if (gp_strieq(text, "off") || strcmp(text, "0") == 0)
		return true;
	if (gp_parse_duration(text, out) && *out >= 60 && *out <= MOST)
		return true;
	gp_json_text(gp_said(a, "span_what"), "what", text);
	return false;
}

/* In hours, or days. */
void
gp_span_said(json_t *said, int64_t seconds)
{
	if (seconds % DAY == 0)
		gp_json_int(said, "days", seconds / DAY);
	else if (seconds % 3600 == 0)
		gp_json_int(said, "hours", seconds / 3600);
	else
		gp_json_int(said, "minutes", seconds / 60);
	gp_json_bool(said, "one_day", seconds == DAY);
	gp_json_bool(said, "one_hour", seconds == 3600);
	gp_json_bool(said, "one_minute", seconds / 60 == 1);
}

enum gp_status
gp_do_slow(struct asked *a, const char *args)
{
	struct gp_message *m;
	struct gp_pace pace;
	enum gp_status st = gp_command_named_mailed(a, &args, &m);
	json_t *said;

	if (st == GP_OK)
		st = gp_thread_pace(a->site->store, m->thread, &pace, a->err);
	if (st != GP_OK || !read_span(a, args, DAY, &pace.slow))
		return st == GP_E_NOTFOUND ? GP_OK : st;
	st = gp_thread_pace_set(a->site->store, m->thread, &pace, a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, pace.slow > 0 ? "thread_slow" : "thread_slow_over");
	gp_said_title(a, said, m->title);
	gp_span_said(said, pace.slow);
	return gp_command_log(a, GP_VERB_SLOW, m->title, gp_asprintf(a->ctx, "%lld s", (long long)pace.slow));
}

enum gp_status
gp_do_cool(struct asked *a, const char *args)
{
	struct gp_message *m;
	struct gp_pace pace;
	enum gp_status st = gp_command_named_mailed(a, &args, &m);
	int64_t span;
	json_t *said;

	if (st == GP_OK)
		st = gp_thread_pace(a->site->store, m->thread, &pace, a->err);
	if (st != GP_OK || !read_span(a, args, DAY, &span))
		return st == GP_E_NOTFOUND ? GP_OK : st;
	pace.cool = span > 0 ? gp_now() + span : 0;
	st = gp_thread_pace_set(a->site->store, m->thread, &pace, a->err);
	/* What waits is asked about again, and goes if it may. */
	if (st == GP_OK)
		st = gp_hold_wake(a->site->store, a->list->id, GP_RULE_COOL, gp_now(), a->err);
	if (st != GP_OK)
		return st;
	said = gp_said(a, span > 0 ? "thread_cool" : "thread_cool_over");
	gp_said_title(a, said, m->title);
	gp_span_said(said, span);
	return gp_command_log(a, GP_VERB_COOL, m->title, gp_asprintf(a->ctx, "%lld s", (long long)span));
}

/* To whoever wrote it, from the moderators as such; the log doesn't have the words. */
enum gp_status
gp_do_nudge(struct asked *a, const char *args)
{
	struct gp_notice n = {.template_name = "nudge", .data = gp_json_object(a->ctx)};
	struct gp_message *m;
	struct gp_member *author;
	struct gp_veil veil;
	enum gp_status st = gp_command_named_mailed(a, &args, &m);
	bool cut;

	if (st != GP_OK)
		return st == GP_E_NOTFOUND ? GP_OK : st;
	if (*args == '\0') {
		gp_json_bool(gp_said(a, "nudge_what"), "done", true);
		return GP_OK;
	}
	st = gp_member_find(a->ctx, a->site->store, a->list->id, m->from_addr, &author, a->err);
	if (st == GP_E_NOTFOUND) {
		gp_said_title(a, gp_said(a, "nudge_nobody"), m->title);
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	gp_json_text(n.data, "title", m->title);
	args = gp_command_text(a, args);
	gp_json_text(n.data, "plain_title", gp_kind_title(a->ctx, a->site, a->list, m->title));
	gp_json_text(n.data, "text_md", gp_hold_quote(a->ctx, args, strlen(args), &cut));
	n.in_reply_to = m->msgid;
	st = gp_member_send(a->ctx, a->site, a->list, author, &n, a->err);
	if (st != GP_OK)
		return st;
	gp_said_title(a, gp_said(a, "nudged"), m->title);
	st = gp_thread_veil(a->site->store, m->thread, &veil, a->err);
	/* Where no names are shown the log has none. */
	return st == GP_OK ? gp_command_log(a, GP_VERB_NUDGE, veil.unnamed ? m->key : author->address, m->title) : st;
}
