/* SPDX-License-Identifier: ISC */
/*
 * Rules about what a post carries: parts that the list doesn't take, or that can't be looked at, HTML without
 * a text; and what
 * answers a digest as a whole, so that nobody could tell which message is meant.
 */
#include "config.h"

#include "content.h"
#include "digest_answer.h"
#include "rules.h"

#include "guildpost/mail/carry.h"

/* What the list doesn't take is held, or refused if it says so. */
static enum gp_status
refuse_or_hold(struct asking *a, const char *reply, const char *why)
{
	if (a->route->list->set.blocked != GP_BLOCKED_REFUSE)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "%s", why);
	a->out->reply = reply;
	return gp_rules_decide(a, GP_DECIDE_REJECT, "%s", why);
}

/* A filter that can be read past is none: what a mail program might find there, nobody here has looked at. */
enum gp_status
gp_rule_doubtful(struct asking *a)
{
	const char *what;

	if (!gp_content_is_filtered(a->route->list) ||
	    gp_part_doubt(a->ctx, a->in->raw, a->in->mail, &what) == NULL)
		return GP_E_NOTFOUND;
	return refuse_or_hold(a, "550 5.6.0 the fields of a part of this message can be read in two ways",
	    gp_asprintf(a->ctx, "its %s can be read in two ways, so that nobody can say what it carries", what));
}

enum gp_status
gp_rule_piece(struct asking *a)
{
	const struct gp_part *part = gp_content_piece(a->route->list, a->in);

	if (part == NULL)
		return GP_E_NOTFOUND;
	return refuse_or_hold(a, "550 5.6.1 this list doesn't take pieces of messages",
	    gp_streq(part->type, "message/partial") ? "it is a piece of a message: what it carries can't be seen" :
	    "part of it lies elsewhere: what it carries can't be seen");
}

enum gp_status
gp_rule_content(struct asking *a)
{
	const struct gp_list *list = a->route->list;
	const struct gp_part *part;
	char *why;

	if (list->set.html == GP_HTML_REFUSE && gp_content_is_html_only(a->in->mail)) {
		a->out->reply = "550 5.6.1 this list takes plain text: please send it again as plain text";
		return gp_rules_decide(a, GP_DECIDE_REJECT, "it is HTML without a text");
	}
	part = gp_content_find(a->ctx, list, a->in, &why);
	if (part == NULL)
		return GP_E_NOTFOUND;
	return refuse_or_hold(a, "550 5.6.1 this list doesn't take such files", why);
}

enum gp_status
gp_rule_digest(struct asking *a)
{
	if (a->wordless) {
		a->out->reply = "550 5.6.0 there are no words of yours in this answer to a digest";
		return gp_rules_decide(a, GP_DECIDE_REJECT, "it answers a digest and says nothing");
	}
	/* What quotes one of the messages in it was taken for an answer to that by now. */
	if (!gp_digest_is_answered(a->route->list, a->in->mail))
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it answers a digest as a whole, not one of the messages in it");
}
