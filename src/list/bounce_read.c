/* SPDX-License-Identifier: ISC */
/*
 * Reports about our mail, at whatever address of ours they come in: whom they are about, and what is
 * done about it. The token of an envelope sender names the member, whatever the report says; so does a
 * token in the header of our mail that came back. Without one a report counts only if it holds a
 * Message-ID of the last two weeks and names a member: anybody can write one.
 */
#include "config.h"

#include "bounce.h"

#include <inttypes.h>
#include <string.h>

enum { DAY = 86400, EVIDENCE = 14 * DAY };

struct reading {
	const void *ctx;
	struct gp_site *site;
	struct gp_list *list;
	struct gp_outcome *out;
	struct gp_err *err;
	struct gp_report report;
	int64_t job;
	size_t counted;
};

/* ---- what is it --------------------------------------------------------------------------- */

static bool
is_for_owners(const struct gp_report *r)
{
	return r->kind == GP_REPORT_COMPLAINT && (strcmp(r->feedback, "auth-failure") == 0 ||
	    strcmp(r->feedback, "dmarc") == 0);
}

static bool
is_complaint(const struct gp_report *r)
{
	static const char *const types[] = {"abuse", "fraud", "virus", "opt-out", "opt-out-list",
		"miscategorized", "other"};
	size_t i;

	for (i = 0; r->kind == GP_REPORT_COMPLAINT && i < GP_COUNT(types); i++)
		if (strcmp(r->feedback, types[i]) == 0)
			return true;
	return false;
}

enum gp_status
gp_bounce_decide(const void *ctx, const struct gp_inbound *in, struct gp_decision *out,
    struct gp_err *err)
{
	struct gp_report r;
	enum gp_status st;

	if (in->mail == NULL)
		return GP_E_NOTFOUND;
	st = gp_report_read(ctx, in->mail, in->raw, in->n, &r, err);
	if (st != GP_OK)
		return st == GP_E_TOOBIG ? GP_E_NOTFOUND : st;
	/* By words alone a person's mail could be taken for one: that wants the null sender. */
	if (!r.sure && in->envelope_from[0] != '\0')
		return GP_E_NOTFOUND;
	if (is_for_owners(&r)) {
		out->kind = GP_DECIDE_FORWARD;
		out->reason = gp_strdup(ctx, "a provider reports that our signature or sender failed");
	} else if (r.kind == GP_REPORT_COMPLAINT) {
		out->kind = GP_DECIDE_BOUNCE;
		out->reason = gp_asprintf(ctx, "a complaint (%s): never posted, never answered",
		    r.feedback);
	} else if (r.kind == GP_REPORT_BOUNCE) {
		out->kind = GP_DECIDE_BOUNCE;
		out->reason = gp_asprintf(ctx, "a bounce%s%s: never posted, never answered",
		    r.rcpts_n > 0 ? " of mail to " : "", r.rcpts_n > 0 ? r.rcpts[0].address : "");
	} else {
		return GP_E_NOTFOUND;
	}
	out->rule = "report";
	return GP_OK;
}

/* ---- tokens in the header of our mail -------------------------------------------------------- */

static size_t
token_length(struct gp_str s)
{
	size_t n = 0;

	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
	    (s.p[n] >= '2' && s.p[n] <= '7')))
		n++;
	return n;
}

/* The first token behind `mark` that is ours. */
static bool
find_behind(struct reading *r, struct gp_str left, const char *mark, int64_t *job, int64_t *member)
{
	const char *p;
	char *token;
	size_t n;

	while ((p = gp_memmem(left.p, left.n, mark, strlen(mark))) != NULL) {
		p += strlen(mark);
		left.n -= (size_t)(p - left.p);
		left.p = p;
		n = token_length(left);
		if (n < 16 || n > 64)
			continue;
		token = gp_strndup(r->ctx, p, n);
		if (mark[0] == '/' ? gp_one_click_parse(r->site, token, member) :
		    gp_verp_parse(r->site, token, job, member))
			return true;
	}
	return false;
}

/* A header without its folds: one may stand in an address. */
static struct gp_str
unfolded(const void *ctx, const struct gp_header *h)
{
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, ctx, h->end + 1);
	for (i = 0; i < h->end; i++) {
		if (h->raw[i] == '\r' && i + 2 < h->end && strchr(" \t", h->raw[i + 2]) != NULL) {
			for (i += 2; i + 1 < h->end && strchr(" \t", h->raw[i + 1]) != NULL;)
				i++;
			continue;
		}
		gp_buf_putc(&b, (unsigned char)h->raw[i]);
	}
	return (struct gp_str){b.p, b.len};
}

/*
 * Our own token proves whose mail it was, whoever sends the report: in the header of our mail that came
 * back, or in a field of the report that says whom it was sent to (To, Delivered-To, X-Original-To ...).
 */
static bool
find_token(struct reading *r, const struct gp_inbound *in, int64_t *job, int64_t *member)
{
	static const char *const marks[] = {"+bounce-", "-bounce-", "/u/"};
	const struct gp_header *h = &r->report.returned;
	struct gp_header own;
	struct gp_str text;
	size_t i;

	*job = *member = 0;
	for (i = 0; h->n > 0 && i < GP_COUNT(marks); i++)
		if (find_behind(r, (struct gp_str){h->raw, h->end}, marks[i], job, member))
			return true;
	if (gp_header_scan(r->ctx, in->raw, in->n, &own, NULL) != GP_OK)
		return false;
	text = unfolded(r->ctx, &own);
	for (i = 0; text.n > 0 && i < 2; i++)
		if (find_behind(r, text, marks[i], job, member))
			return true;
	return false;
}

/* ---- one member ---------------------------------------------------------------------------------- */

static const char *
words_of(const struct gp_report_rcpt *said)
{
	return said->text != NULL && said->text[0] != '\0' ? said->text : said->status;
}

static enum gp_status
about(struct reading *r, const struct gp_member *m, const struct gp_report_rcpt *said)
{
	struct gp_failed f = {.ctx = r->ctx, .site = r->site, .list = r->list, .err = r->err,
	    .member = m, .job = r->job, .category = said->category, .text = words_of(said)};
	enum gp_status st = GP_OK;

	r->counted++;
	r->out->text = gp_asprintf(r->ctx, "%s about member %" PRId64 "%s%s",
	    r->report.kind == GP_REPORT_COMPLAINT ? "a complaint" : "a bounce", m->id,
	    *f.text != '\0' ? ": " : "", f.text);
	if (r->report.kind == GP_REPORT_COMPLAINT) {
		f.text = r->report.feedback;
		return gp_bounce_complain(&f);
	}
	if (r->job != 0)
		st = gp_queue_bounce(r->site->store, r->job, m->id, gp_now(), f.text, r->err);
	return st == GP_OK ? gp_bounce_count(&f) : st;
}

/* The member whom a token names. Of a list that is not this one, or gone: nothing. */
static enum gp_status
about_token(struct reading *r, int64_t id)
{
	const struct gp_report *rep = &r->report;
	const struct gp_report_rcpt *said = &rep->whole;
	struct gp_member *m;
	enum gp_status st = gp_member_find_id(r->ctx, r->site->store, id, &m, r->err);
	size_t i;

	if (st == GP_E_NOTFOUND || (st == GP_OK && m->list != r->list->id)) {
		r->out->text = gp_asprintf(r->ctx, "about member %" PRId64 ", who is not here: ignored", id);
		return GP_OK;
	}
	/* What is said of this address; else of the first that failed. */
	for (i = rep->rcpts_n; st == GP_OK && i > 0; i--)
		if (rep->rcpts[i - 1].kind == GP_REPORT_BOUNCE)
			said = &rep->rcpts[i - 1];
	for (i = 0; st == GP_OK && i < rep->rcpts_n; i++)
		if (gp_strieq(rep->rcpts[i].address, m->address))
			said = &rep->rcpts[i];
	/* One report for many members, and for this one it is no failure. */
	if (st == GP_OK && rep->kind == GP_REPORT_BOUNCE && said != &rep->whole &&
	    said->kind != GP_REPORT_BOUNCE)
		return GP_OK;
	return st == GP_OK ? about(r, m, said) : st;
}

/* Everybody whom the report names. */
static enum gp_status
about_named(struct reading *r)
{
	const struct gp_report *rep = &r->report;
	struct gp_member *m;
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && i < rep->rcpts_n; i++) {
		const struct gp_report_rcpt *said = &rep->rcpts[i];

		if (rep->kind == GP_REPORT_BOUNCE && said->kind != GP_REPORT_BOUNCE)
			continue;
		st = gp_member_find(r->ctx, r->site->store, r->list->id, said->address, &m, r->err);
		if (st == GP_E_NOTFOUND && said->final != NULL)
			st = gp_member_find(r->ctx, r->site->store, r->list->id, said->final, &m, r->err);
		if (st == GP_OK)
			st = about(r, m, said);
		else if (st == GP_E_NOTFOUND)
			st = GP_OK;
	}
	return st;
}

/* ---- doors ------------------------------------------------------------------------------------------ */

/* False: nothing in it is to be counted, and out->text says why. */
static enum gp_status
begin(struct reading *r, const struct gp_inbound *in, bool *count)
{
	enum gp_status st;

	*count = false;
	if (in->mail == NULL) {
		r->out->text = gp_strdup(r->ctx, "a report that can't be read: ignored");
		return GP_OK;
	}
	st = gp_report_read(r->ctx, in->mail, in->raw, in->n, &r->report, r->err);
	if (st != GP_OK && st != GP_E_TOOBIG)
		return st;
	*count = st == GP_OK && (r->report.kind == GP_REPORT_BOUNCE || is_complaint(&r->report));
	if (!*count)
		r->out->text = gp_asprintf(r->ctx, "no failure in it (%s): ignored",
		    gp_report_names[r->report.kind]);
	return GP_OK;
}

enum gp_status
gp_bounce_verp(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err)
{
	struct reading r = {.ctx = ctx, .site = site, .list = route->list, .out = out, .err = err};
	enum gp_status st;
	int64_t member;
	bool count;

	if (!gp_verp_parse(site, route->token, &r.job, &member)) {
		out->text = gp_strdup(ctx, "a bounce with a token that is not ours: ignored");
		return GP_OK;
	}
	out->job = r.job;
	st = begin(&r, in, &count);
	if (st != GP_OK || !count)
		return st;
	out->text = gp_asprintf(ctx, "a delivery of job %" PRId64 " came back, and names nobody",
	    r.job);
	return member != 0 ? about_token(&r, member) : about_named(&r);
}

/* Did we send it in the last two weeks? */
static enum gp_status
is_ours(struct reading *r, bool *ours)
{
	struct gp_message **found;
	enum gp_status st;
	size_t i, n;

	*ours = false;
	if (r->report.returned_msgid == NULL)
		return GP_OK;
	st = gp_message_find_msgid(r->ctx, r->site->store, r->list->id, r->report.returned_msgid,
	    &found, &n, r->err);
	for (i = 0; st == GP_OK && i < n; i++)
		*ours |= found[i]->received >= gp_now() - EVIDENCE;
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

enum gp_status
gp_bounce_file(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, bool *filed, struct gp_err *err)
{
	struct reading r = {.ctx = ctx, .site = site, .list = route->list, .out = out, .err = err};
	enum gp_status st;
	int64_t member;
	bool count, ours;

	*filed = false;
	st = begin(&r, in, &count);
	if (st != GP_OK || !count)
		return st;
	out->text = gp_strdup(ctx, "a report that proves nothing: kept for the owners to see");
	if (find_token(&r, in, &r.job, &member)) {
		st = member != 0 ? about_token(&r, member) : about_named(&r);
	} else {
		st = is_ours(&r, &ours);
		if (st == GP_OK && ours)
			st = about_named(&r);
	}
	*filed = r.counted > 0;
	return st;
}
