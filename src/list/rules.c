/* SPDX-License-Identifier: ISC */
/*
 * The decision: what a list does with a message, and by which rule. Nothing here has
 * a side effect. The rules of a post stand in one table, in the order in which they are
 * asked; the first that speaks decides. Loops: standards.md 5.1; whom not to answer is
 * notice.c's matter.
 */
#include "config.h"

#include "bounce.h"
#include "content.h"
#include "digest_answer.h"
#include "rules.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

const char *const gp_decision_names[] = {"accept", "hold", "reject", "discard", "duplicate",
	"forward", "command", "bounce"};

enum { REMOVED = 3 };	/* state of a struct gp_message */

enum gp_status
gp_rules_decide(struct asking *a, enum gp_decision_kind kind, const char *reason, ...)
{
	va_list ap;

	va_start(ap, reason);
	a->out->kind = kind;
	a->out->reason = gp_vasprintf(a->ctx, reason, ap);
	va_end(ap);
	return GP_OK;
}

static enum gp_status
rule_closed(struct asking *a)
{
	if (!a->route->list->set.closed)
		return GP_E_NOTFOUND;
	a->out->reply = "550 5.7.1 this list is closed";
	return gp_rules_decide(a, GP_DECIDE_REJECT, "the list is closed");
}

/* Our own mail, or mail that has been round too often, must never go out again. */
static enum gp_status
rule_loop(struct asking *a)
{
	const struct gp_mail *m = a->in->mail;
	const struct gp_list *list = a->route->list;
	char *id = gp_asprintf(a->ctx, "%s.%s", list->name, list->domain);
	size_t i;

	if (m == NULL)
		return GP_E_NOTFOUND;
	for (i = 0; i < m->list_ids_n; i++) {
		if (gp_strieq(m->list_ids[i], id)) {
			a->out->reply = "554 5.4.6 this message went through this list already";
			return gp_rules_decide(a, GP_DECIDE_REJECT, "it carries this list's own List-Id");
		}
	}
	if (m->received > GP_MAX_RECEIVED) {
		a->out->reply = "554 5.4.6 too many hops";
		return gp_rules_decide(a, GP_DECIDE_REJECT, "it has %zu Received fields", m->received);
	}
	return GP_E_NOTFOUND;
}

/* Reports about our mail come to any of our addresses. */
static enum gp_status
rule_report(struct asking *a)
{
	return gp_bounce_decide(a->ctx, a->in, a->out, a->err);
}

static enum gp_status
rule_null_sender(struct asking *a)
{
	if (a->in->envelope_from[0] != '\0')
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_DISCARD,
	    "it has the null sender: a bounce or an automatic answer, not a post");
}

static enum gp_status
rule_unreadable(struct asking *a)
{
	if (a->in->mail != NULL)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it can't be read: %s",
	    a->in->unreadable != NULL ? a->in->unreadable : "the parser gave up");
}

/* Nobody writes from the address of a name that is good for one thread: it is forged, whatever else is known. */
static bool
is_from_no_one(struct asking *a)
{
	struct gp_route r;

	return a->in->mail != NULL && gp_route_find(a->ctx, a->site, a->in->mail->from_addr, &r, NULL) == GP_OK &&
	    r.kind == GP_ROUTE_ANON;
}

static enum gp_status
rule_no_one(struct asking *a)
{
	if (!is_from_no_one(a))
		return GP_E_NOTFOUND;
	a->out->reply = "550 5.7.1 nobody writes from such an address: it only stands for somebody without a name";
	return gp_rules_decide(a, GP_DECIDE_REJECT, "its sender is forged: nobody writes from the address of a name "
	    "that is good for one thread");
}

static enum gp_status
rule_automatic(struct asking *a)
{
	const struct gp_mail *m = a->in->mail;

	if ((m->flags & GP_MAIL_REPORT) != 0)
		return gp_rules_decide(a, GP_DECIDE_DISCARD, "it is a delivery report");
	if ((m->flags & GP_MAIL_AUTO) != 0 ||
	    gp_words_starts(a->site->words, GP_WORD_ROBOT, m->subject)) {
		/* Nobody wants to judge what holidays answer to digests. */
		if (gp_digest_is_answered(a->route->list, m))
			return gp_rules_decide(a, GP_DECIDE_DISCARD, "a machine answers a digest");
		return gp_rules_decide(a, GP_DECIDE_HOLD, "it says that a machine wrote it");
	}
	return GP_E_NOTFOUND;
}

static enum gp_status
rule_no_author(struct asking *a)
{
	const struct gp_mail *m = a->in->mail;
	struct gp_header h;

	if (m->from_addr[0] == '\0')
		return gp_rules_decide(a, GP_DECIDE_HOLD, "it doesn't say who wrote it");
	/* Two From fields: each reader believes another one (RFC 7103 section 7.5). */
	if (gp_header_scan(a->ctx, a->in->raw, a->in->n, &h, NULL) == GP_OK &&
	    gp_header_count(&h, "From") > 1)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "it has more than one From field");
	return GP_E_NOTFOUND;
}

/* The same Message-ID again. What says something else is no copy: someone looks at it. */
static enum gp_status
rule_duplicate(struct asking *a)
{
	const struct gp_inbound *in = a->in;
	struct gp_message **found;
	enum gp_status st;
	bool same = false;
	size_t n, i;

	if (in->mail->msgid == NULL)
		return GP_E_NOTFOUND;
	st = gp_message_find_msgid(a->ctx, a->site->store, a->route->list->id, in->mail->msgid,
	    &found, &n, a->err);
	if (st != GP_OK || n == 0)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	/* The archive has it as the list keeps it. */
	st = gp_content_shape(a->ctx, a->site, a->route->list, in, &in, a->err);
	for (i = 0; st == GP_OK && !same && i < n; i++) {
		same = found[i]->state == REMOVED;
		if (!same)
			st = gp_message_same(a->ctx, a->site->store, found[i]->id, in->mail, in->raw,
			    in->n, &same, a->err);
	}
	if (st != GP_OK)
		return st;
	if (!same)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "another message with its Message-ID is in the archive");
	return gp_rules_decide(a, GP_DECIDE_DUPLICATE, "it is in the archive already");
}

static enum gp_status
rule_size(struct asking *a)
{
	int64_t max = a->route->list->set.max_size;

	if ((int64_t)a->in->n <= max)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it has %zu kB, and the list takes %" PRId64 " kB",
	    a->in->n / 1024, max / 1024);
}

static enum gp_status
rule_recipients(struct asking *a)
{
	size_t n = a->in->mail->to.n + a->in->mail->cc.n;

	if ((int64_t)n <= a->route->list->set.max_recipients)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it is addressed to %zu people", n);
}

/* What the list's own server says of it; the member would be surprised. */
static enum gp_status
rule_forged(struct asking *a)
{
	if (gp_rules_auth(a->ctx, a->site, a->in) != GP_AUTH_FAIL)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD,
	    "the receiving server says that %s didn't send it", a->in->mail->from_addr);
}

static const struct {
	const char *name;
	rule_fn *ask;
} post_rules[] = {
	{"closed", rule_closed},
	{"loop", rule_loop},
	{"report", rule_report},
	{"null-sender", rule_null_sender},
	{"forged", rule_no_one},
	{"banned", gp_rule_banned},
	{"unreadable", rule_unreadable},
	{"automatic", rule_automatic},
	{"author", rule_no_author},
	{"forged", rule_forged},
	{"duplicate", rule_duplicate},
	{"size", rule_size},
	{"recipients", rule_recipients},
	{"doubtful", gp_rule_doubtful},
	{"piece", gp_rule_piece},
	{"content", gp_rule_content},
	{"digest", gp_rule_digest},
	{"thread-closed", gp_rule_thread_closed},
	{"emergency", gp_rule_emergency},
	{"member", gp_rule_member},
	{"who-may-post", gp_rule_who},
	{"repeated", gp_rule_repeated},
	{"storm", gp_rule_storm},
	{"first-posts", gp_rule_first_posts},
	{"daily-posts", gp_rule_daily_posts},
	{"slow", gp_rule_slow},
	{"visible", gp_rule_veil},
	{"visible", gp_rule_circle},
	{GP_RULE_COOL, gp_rule_cool},
	{GP_RULE_QUIET, gp_rule_quiet},
	{"who-may-post", gp_rule_accept},
};

static enum gp_status
find_author(struct asking *a)
{
	enum gp_status st;

	if (a->in->mail == NULL || a->in->mail->from_addr[0] == '\0')
		return GP_OK;
	st = gp_member_find(a->ctx, a->site->store, a->route->list->id, a->in->mail->from_addr,
	    &a->out->author, a->err);
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
decide_post(struct asking *a)
{
	enum gp_status st = find_author(a);
	const struct gp_inbound *meant;
	bool which = false;
	size_t i;

	if (st == GP_OK)
		st = gp_digest_answer(a->ctx, a->site, a->route->list, a->in, &meant, &which, a->err);
	if (st == GP_OK && a->in->mail != NULL && gp_digest_is_answered(a->route->list, a->in->mail))
		a->wordless = !gp_digest_has_words(a->ctx, a->in->mail) && a->in->mail->files[0] == '\0';
	/* Who may answer, and whether a thread is closed, is asked of the message that is meant. */
	if (st == GP_OK && which)
		a->in = meant;

	for (i = 0; st == GP_OK && i < GP_COUNT(post_rules); i++) {
		st = post_rules[i].ask(a);
		if (st == GP_OK) {
			a->out->rule = post_rules[i].name;
			return GP_OK;
		}
		if (st == GP_E_NOTFOUND)
			st = GP_OK;
	}
	return st == GP_OK ? gp_fail(a->err, GP_E_BUG, "no rule decided") : st;
}

/* An answer in a thread that another list has, too, of somebody who is on that one alone: it counts as written
 * there. */
static enum gp_status
find_side(struct asking *a, struct gp_list **out)
{
	struct gp_share_side *sides;
	struct gp_message *parent;
	struct gp_member *m;
	size_t i, n = 0;
	enum gp_status st = find_author(a);

	*out = NULL;
	if (st != GP_OK || a->out->author != NULL || a->in->mail == NULL || a->in->mail->from_addr[0] == '\0')
		return st;
	st = gp_rules_parent(a->ctx, a->site, a->route->list, a->in->mail, &parent, a->err);
	if (st == GP_OK)
		st = gp_share_sides(a->ctx, a->site->store, parent->thread, &sides, &n, a->err);
	for (i = 0; st == GP_OK && *out == NULL && i < n; i++) {
		st = gp_member_find(a->ctx, a->site->store, sides[i].list, a->in->mail->from_addr, &m, a->err);
		if (st == GP_OK)
			st = gp_list_find_id(a->ctx, a->site->store, sides[i].list, out, a->err);
		else if (st == GP_E_NOTFOUND)
			st = GP_OK;
	}
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static enum gp_status
decide_post_anywhere(struct asking *a)
{
	struct gp_route *route;
	struct gp_list *as;
	enum gp_status st = find_side(a, &as);

	if (st == GP_OK && as != NULL) {
		route = gp_new(a->ctx, struct gp_route);
		*route = *a->route;
		route->list = as;
		a->route = route;
	}
	if (st == GP_OK)
		st = decide_post(a);
	a->out->as = as;
	return st;
}

static enum gp_status
decide_owner(struct asking *a)
{
	enum gp_status st = rule_report(a);

	if (st != GP_E_NOTFOUND)
		return st;
	a->out->rule = "owner";
	if (rule_loop(a) == GP_OK)
		return GP_OK;
	if (a->in->envelope_from[0] == '\0')
		return gp_rules_decide(a, GP_DECIDE_DISCARD, "it has the null sender");
	return gp_rules_decide(a, GP_DECIDE_FORWARD, "mail for the owners");
}

enum gp_auth
gp_rules_auth(const void *ctx, const struct gp_site *site, const struct gp_inbound *in)
{
	struct gp_header h;

	if (in->mail == NULL || gp_header_scan(ctx, in->raw, in->n, &h, NULL) != GP_OK)
		return GP_AUTH_NONE;
	return gp_auth_results(ctx, &h, site->conf->authserv, in->mail->from_addr);
}

static enum gp_status
decide_command(struct asking *a)
{
	const struct gp_inbound *in = a->in;
	enum gp_status st = rule_report(a);

	if (st != GP_E_NOTFOUND)
		return st;
	a->out->rule = a->route->name;
	if (in->mail == NULL)
		return gp_rules_decide(a, GP_DECIDE_DISCARD, "it can't be read");
	if (!gp_notice_may_answer(in) ||
	    gp_words_starts(a->site->words, GP_WORD_ROBOT, in->mail->subject))
		return gp_rules_decide(a, GP_DECIDE_DISCARD,
		    "a machine sent it: such mail is never answered");
	if (is_from_no_one(a) || gp_rules_auth(a->ctx, a->site, in) == GP_AUTH_FAIL)
		return gp_rules_decide(a, GP_DECIDE_DISCARD,
		    is_from_no_one(a) ? "nobody writes from the address of a name that is good for one thread" :
		    "the receiving server says that its sender is forged");
	return gp_rules_decide(a, GP_DECIDE_COMMAND, "mail to %s", a->route->name);
}

/* What can't become a post without a name is refused at the door: nothing of it is kept. */
static enum gp_status
refuse_anon(struct asking *a, const char *reply)
{
	a->out->reply = gp_asprintf(a->ctx, "550 5.7.1 %s", reply);
	return gp_rules_decide(a, GP_DECIDE_REJECT, "%s", reply);
}

static bool
may_be_anon(const struct gp_list *list, const struct gp_member *m)
{
	return m != NULL && m->posting != GP_POSTING_NONE &&
	    (list->set.anon == GP_FEATURE_ON || m->role != GP_ROLE_MEMBER);
}

static enum gp_status
decide_anon(struct asking *a)
{
	const struct gp_list *list = a->route->list;
	const struct gp_inbound *in = a->in;
	enum gp_status st = rule_report(a);

	if (st != GP_E_NOTFOUND)
		return st;
	a->out->rule = GP_RULE_ANON;
	if (in->mail != NULL && (!gp_notice_may_answer(in) ||
	    gp_words_starts(a->site->words, GP_WORD_ROBOT, in->mail->subject)))
		return gp_rules_decide(a, GP_DECIDE_DISCARD, "a machine sent it: such mail is never answered");
	if (list->set.anon == GP_FEATURE_OFF)
		return refuse_anon(a, "this list takes no mail without a name");
	if (in->mail == NULL || (int64_t)in->n > list->set.max_size)
		return refuse_anon(a, in->mail == NULL ? "this mail can't be read" : "this mail is too large");
	if (a->route->token != NULL && strlen(a->route->token) != GP_TOKEN_CHARS)
		return refuse_anon(a, gp_asprintf(a->ctx, "who wrote without a name gets no mail of others: "
		    "answers go to %s", list->address));
	if (is_from_no_one(a) || gp_rules_auth(a->ctx, a->site, in) == GP_AUTH_FAIL)
		return refuse_anon(a, "its sender seems to be forged");
	if (rule_closed(a) == GP_OK || rule_loop(a) == GP_OK)
		return GP_OK;
	st = find_author(a);
	if (st == GP_OK && !may_be_anon(list, a->out->author))
		return refuse_anon(a, list->set.anon == GP_FEATURE_ON ? "only members can write without a name" :
		    "only moderators can write without a name");
	if (st == GP_OK)
		st = gp_rule_thread_closed(a);
	if (st != GP_E_NOTFOUND)
		return st;
	return gp_rules_decide(a, GP_DECIDE_COMMAND, "mail to %s", a->route->name);
}

enum gp_status
gp_decide(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_decision *out, struct gp_err *err)
{
	struct asking a = {ctx, site, route, in, out, err, false, false};
	int64_t member;

	memset(out, 0, sizeof(*out));
	switch (route->kind) {
	case GP_ROUTE_POST:
		return decide_post_anywhere(&a);
	case GP_ROUTE_OWNER:
		return decide_owner(&a);
	case GP_ROUTE_ANON:
		return decide_anon(&a);
	case GP_ROUTE_LEAVE:
		/* The token says whose it is: who wrote, and whether it can be read, doesn't matter. */
		if (!gp_one_click_parse(site, route->token, &member))
			return decide_command(&a);
		out->rule = route->name;
		return gp_rules_decide(&a, GP_DECIDE_COMMAND, "mail with the token of a membership");
	case GP_ROUTE_BOUNCE:
		out->rule = "bounce";
		return gp_rules_decide(&a, GP_DECIDE_COMMAND, "a delivery that came back");
	default:
		return decide_command(&a);
	}
}
