/* SPDX-License-Identifier: ISC */
/*
 * Rules about what a post carries: parts that the list doesn't take, HTML without a text; and what
 * answers a digest as a whole, so that nobody could tell which message is meant.
 */
#include "config.h"

#include "content.h"
#include "rules.h"

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
	if (list->set.blocked != GP_BLOCKED_REFUSE)
		return gp_rules_decide(a, GP_DECIDE_HOLD, "%s", why);
	a->out->reply = "550 5.6.1 this list doesn't take such files";
	return gp_rules_decide(a, GP_DECIDE_REJECT, "%s", why);
}

static bool
is_digest(const struct gp_list *list, const char *id)
{
	return gp_starts(id, GP_DIGEST_MSGID) && gp_strieq(gp_addr_domain(id), list->domain);
}

enum gp_status
gp_rule_digest(struct asking *a)
{
	const struct gp_mail *m = a->in->mail;
	bool answers = false;
	size_t i;

	for (i = 0; i < m->in_reply_to_n; i++)
		answers = answers || is_digest(a->route->list, m->in_reply_to[i]);
	/* The nearest is named last. */
	if (m->in_reply_to_n == 0 && m->references_n > 0)
		answers = is_digest(a->route->list, m->references[m->references_n - 1]);
	if (!answers)
		return GP_E_NOTFOUND;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "it answers a digest as a whole, not one of the messages in it");
}
