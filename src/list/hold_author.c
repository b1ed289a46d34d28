/* SPDX-License-Identifier: ISC */
/*
 * Mails to whoever wrote what is held, or asks to join. A From line may be forged: so machines
 * are never told anything (RFC 3834), nobody too often, and what a stranger is said to have written isn't
 * sent on to them: a list must not carry other people's mail to its victims.
 */
#include "config.h"

#include "hold.h"
#include "words.h"

#include <inttypes.h>

enum { MOST_A_DAY = 20, DAY = 86400 };

static enum gp_status
is_too_often(struct gp_case *c, const char *address, bool *yes)
{
	int64_t n = 0;
	enum gp_status st = gp_count_add(c->site->store, "told", address, gp_now(), DAY, &n, c->err);

	*yes = n > MOST_A_DAY;
	if (*yes)
		gp_log(GP_LOG_WARN, "event=author-not-told hold=%" PRId64, c->hold->id);
	return st;
}

/* Did they write it, as far as can be known: does our server vouch for it, or are they on the list? */
static enum gp_status
is_known(struct gp_case *c, const struct gp_inbound *held, bool *known)
{
	struct gp_member *m;
	enum gp_status st = GP_OK;

	*known = gp_rules_auth(c->ctx, c->site, held) == GP_AUTH_PASS;
	if (!*known) {
		st = gp_member_find(c->ctx, c->site->store, c->list->id, c->hold->from_addr, &m, c->err);
		*known = st == GP_OK;
	}
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

/* So that who wrote it knows what is meant without the post itself. */
static void
add_marks(struct gp_case *c, const struct gp_inbound *held, json_t *data)
{
	if (held->mail->msgid == NULL)
		return;
	gp_json_text(data, "msgid", held->mail->msgid);
	gp_json_text(data, "date", gp_date_format(c->ctx, (held->mail->flags & GP_MAIL_DATE_OK) != 0 ?
	    held->mail->date : held->received, held->mail->zone));
}

/* May anything be said, and what can be enclosed? */
static enum gp_status
may_tell(struct gp_case *c, struct gp_enclosure *post, json_t *data, bool *may)
{
	const char *folded = gp_addr_fold(c->ctx, c->hold->from_addr);
	struct gp_inbound held;
	enum gp_status st;
	bool readable, often, known = false;

	*may = false;
	if (folded == NULL)
		return GP_OK;
	if (c->hold->kind == GP_HOLD_POST) {
		st = gp_hold_load(c, &held, &readable);
		if (st != GP_OK || !gp_notice_may_answer(&held) ||
		    gp_words_starts(c->site->words, GP_WORD_ROBOT, c->hold->subject))
			return st;
		if (readable)
			st = is_known(c, &held, &known);
		if (st != GP_OK)
			return st;
		if (known) {
			post->p = held.raw;
			post->n = held.n;
		} else if (readable) {
			add_marks(c, &held, data);
		}
	}
	st = is_too_often(c, folded, &often);
	*may = !often;
	return st;
}

enum gp_status
gp_hold_tell_author(struct gp_case *c, const char *template_name, json_t *data, bool enclose)
{
	struct gp_enclosure post = {"message/rfc822", NULL, NULL, 0};
	struct gp_notice n = {0};
	struct gp_member *m;
	enum gp_status st;
	bool may;

	n.template_name = template_name;
	n.data = data != NULL ? data : gp_json_object(c->ctx);
	st = may_tell(c, &post, n.data, &may);
	if (st != GP_OK || !may)
		return st;
	st = gp_hold_data(c, n.data);
	if (st != GP_OK)
		return st;
	/* Which moderator has it, and with what reasons others were refused, is not the author's. */
	json_object_del(n.data, "claimed_by");
	json_object_del(n.data, "reasons");
	n.to_name = c->hold->from_name;
	n.to_addr = c->hold->from_addr;
	n.in_reply_to = c->hold->msgid != NULL && c->hold->msgid[0] != '\0' ? c->hold->msgid : NULL;
	n.answer = true;
	n.enclosures = &post;
	n.enclosures_n = enclose && post.p != NULL ? 1 : 0;
	gp_json_bool(n.data, "enclosed", n.enclosures_n > 0);
	st = gp_member_find(c->ctx, c->site->store, c->list->id, c->hold->from_addr, &m, c->err);
	if (st == GP_OK && m->language[0] != '\0')
		n.language = m->language;
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	return gp_notice_send(c->ctx, c->site, c->list, &n, NULL, c->err);
}
