/* SPDX-License-Identifier: ISC */
/*
 * What was missed: one digest of any time, at once, for whoever asks. Marks of digests to come don't move: it is a
 * look back, not one of them.
 */
#include "config.h"

#include "command.h"
#include "when.h"

#include <string.h>

enum { DAY = 86400, YEAR = 364 * DAY, USUAL = 7 * DAY };

/* A day that is behind us: without a year the last such day. */
static bool
past_day(struct asked *a, const char *text, int64_t now, int64_t *first)
{
	size_t used;

	text += strspn(text, " ");
	return *text != '\0' && gp_when_day(a->site->words, text, now - YEAR, a->list->set.timezone, first, &used) &&
	    text[used + strspn(text + used, " .")] == '\0' && *first < now;
}

/* "3 weeks" is the same length whenever it begins. */
static bool
is_length(struct asked *a, const char *args, int64_t now, int64_t *length)
{
	int64_t from, to, before_from, before_to;

	if (!gp_when_span(a->site->words, args, now, a->list->set.timezone, &from, &to) ||
	    !gp_when_span(a->site->words, args, now - 70 * DAY, a->list->set.timezone, &before_from, &before_to))
		return false;
	*length = to - from;
	return from - before_from > 69 * DAY && from - before_from < 71 * DAY;
}

/* Nothing: since the last digest, or a week. "since 1 November", "2 weeks", "1 to 14 November". */
static bool
read_span(struct asked *a, const char *args, int64_t now, int64_t *from, int64_t *to)
{
	int64_t length;

	*to = now + 1;
	if (*args == '\0') {
		*from = a->member->digest_last > 0 && a->member->digest_last < now ? a->member->digest_last : now - USUAL;
		return true;
	}
	if (past_day(a, args, now, from) || past_day(a, args + strcspn(args, " "), now, from))
		return true;
	if (is_length(a, args, now, &length)) {
		*from = now - length;
		return true;
	}
	if (!gp_when_span(a->site->words, args, now - YEAR, a->list->set.timezone, from, to))
		return false;
	if (*to > now + 1)
		*to = now + 1;
	return *from < now;
}

static enum gp_status
write_digest(struct asked *a, int64_t from, int64_t to, struct gp_digest **out)
{
	const struct gp_member *m = a->member;
	struct gp_digest_how how = {.span = {GP_DELIVERY_NONE, from, to}, .language = a->language,
	    .timezone = m->timezone[0] != '\0' ? m->timezone : a->list->set.timezone, .form = m->digest_form,
	    .minutes = m->digest_minutes, .hour = -1, .personal = true, .asked = true};
	int64_t readable = gp_list_readable_from(a->list, m);
	struct gp_news_pool *pool;
	struct gp_issue *issue;
	enum gp_status st;

	if (from < readable)
		from = readable;
	st = gp_news_pool_between(a->ctx, a->site, a->list, from, to, &pool, a->err);
	if (st == GP_OK)
		st = gp_issue_pick(a->ctx, a->site, pool, m, -1, 0, from, &issue, a->err);
	if (st != GP_OK)
		return st;
	return gp_issue_count(issue) == 0 ? GP_E_NOTFOUND :
	    gp_digest_write(a->ctx, a->site, &how, &issue, 1, out, a->err);
}

enum gp_status
gp_do_catchup(struct asked *a, const char *args)
{
	struct gp_digest *digest;
	int64_t from, to, job;
	enum gp_status st;
	char *whole;
	size_t n;
	bool may;

	if (gp_command_may_read(a) != GP_OK)
		return GP_OK;
	if (!read_span(a, args, gp_now(), &from, &to)) {
		gp_json_text(gp_said(a, "catchup_when"), "dates", args);
		return GP_OK;
	}
	st = gp_command_may_mail(a, &may);
	if (st != GP_OK || !may)
		return st;
	st = write_digest(a, from, to, &digest);
	if (st == GP_E_NOTFOUND) {
		gp_json_text(gp_said(a, "catchup_none"), "from_date",
		    gp_time_format(a->ctx, from, a->list->set.timezone, "%Y-%m-%d"));
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	gp_said_elsewhere(a, "catchup");
	whole = gp_digest_mime(a->ctx, a->site, a->list, digest, NULL, &n);
	st = gp_digest_queue(a->ctx, a->site, a->list, digest, whole, n, &job, a->err);
	return st == GP_OK ? gp_job_add_members(a->site->store, job, &a->member->id, 1, a->err) : st;
}
