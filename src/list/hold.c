/* SPDX-License-Identifier: ISC */
/*
 * Moderation: a post waits, every moderator gets a mail with a token of their own, a
 * reply whose first word is ok or no decides. A machine's answer never decides, nor does
 * anyone but the moderator whom the token was made for (standards.md 5.4).
 */
#include "config.h"

#include "hold.h"

#include <string.h>

enum { HOLD_KEEP = 30 * 86400 };	/* what is decided or delivered is shown so long */

static struct gp_str
wire_of(const void *ctx, const struct gp_mail *m)
{
	struct gp_buf b;

	if (m == NULL)
		return (struct gp_str){NULL, 0};
	gp_buf_init(&b, ctx, GP_MAX_FRAME);
	gp_mail_pack(&b, m);
	return (struct gp_str){b.p, b.over ? 0 : b.len};
}

/* What the header says, read by our own code: for mail that no parser can read. */
static void
read_header_only(const void *ctx, const struct gp_inbound *in, struct gp_mail *m)
{
	struct gp_header h;
	struct gp_addrs from = {NULL, 0, false};
	char *s;

	memset(m, 0, sizeof(*m));
	m->flags = GP_MAIL_MIME_BROKEN;
	m->subject = m->from_name = m->from_addr = m->sender_addr = m->text = gp_strdup(ctx, "");
	m->snippet = m->own = m->quoted = m->files = m->text;
	if (gp_header_scan(ctx, in->raw, in->n, &h, NULL) != GP_OK)
		return;
	s = gp_header_text(ctx, &h, "Subject");
	if (s != NULL)
		m->subject = s;
	s = gp_header_value(ctx, &h, "From");
	if (s != NULL && gp_addrs_parse(ctx, s, strlen(s), &from, NULL) == GP_OK && from.n > 0) {
		m->from_name = from.v[0].name;
		m->from_addr = from.v[0].addr;
		m->from = from;
	}
	s = gp_header_value(ctx, &h, "Message-ID");
	if (s != NULL)
		m->msgid = gp_msgid_parse(ctx, s, strlen(s));
	s = gp_header_value(ctx, &h, "Date");
	if (s != NULL) {
		bool known;

		if (gp_date_parse(s, strlen(s), &m->date, &m->zone, &known))
			m->flags |= GP_MAIL_DATE_OK | (known ? GP_MAIL_ZONE_OK : 0);
	}
}

static void
fill_hold(const void *ctx, const struct gp_list *list, const struct gp_inbound *in,
    const char *rule, const char *reason, struct gp_hold *h)
{
	struct gp_mail header;
	const struct gp_mail *m = in->mail;

	if (m == NULL) {
		read_header_only(ctx, in, &header);
		m = &header;
	}
	memset(h, 0, sizeof(*h));
	h->list = list->id;
	h->rule = gp_strdup(ctx, rule);
	h->reason = gp_strdup(ctx, reason);
	h->envelope_from = gp_strdup(ctx, in->envelope_from);
	h->from_name = m->from_name;
	h->from_addr = m->from_addr;
	h->subject = m->subject;
	h->msgid = m->msgid;
	h->snippet = m->snippet;
	h->size = (int64_t)in->n;
	h->created = gp_now();
	h->expires = h->created + list->set.hold_expire;
}

static enum gp_status
ask_moderator(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_hold *h, const struct gp_inbound *in, const struct gp_member *moderator,
    struct gp_err *err)
{
	struct gp_enclosure post = {"message/rfc822", NULL, NULL, 0};
	struct gp_notice n = {0};
	struct gp_token t = {0};
	enum gp_status st;
	char *token;

	t.purpose = gp_strdup(ctx, "hold");
	t.list = list->id;
	t.object = h->id;
	t.address = gp_addr_fold(ctx, moderator->address);
	t.expires = h->expires;
	st = gp_token_add(ctx, site->store, &t, &token, err);
	if (st != GP_OK)
		return st;
	n.template_name = "hold";
	n.data = gp_json_object(ctx);
	gp_json_text(n.data, "from_name", h->from_name);
	gp_json_text(n.data, "from_addr", h->from_addr);
	gp_json_text(n.data, "subject", h->subject[0] != '\0' ? h->subject : "(no subject)");
	gp_json_text(n.data, "reason", h->reason);
	gp_json_text(n.data, "snippet", h->snippet);
	gp_json_text(n.data, "expires",
	    gp_time_format(ctx, h->expires, list->set.timezone, "%e %B %Y"));
	n.to_name = moderator->name;
	n.to_addr = moderator->address;
	n.member = moderator->id;
	n.reply_to = gp_route_address(ctx, site, list, "hold", token);
	/* What no parser could read is not passed on to a moderator's mail program. */
	if (in != NULL && in->mail != NULL) {
		post.p = in->raw;
		post.n = in->n;
		n.enclosures = &post;
		n.enclosures_n = 1;
	}
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

enum gp_status
gp_hold_ask(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_hold *h, const struct gp_inbound *in, struct gp_outcome *out,
    struct gp_err *err)
{
	struct gp_member **mods;
	enum gp_status st;
	size_t i, n;

	st = gp_member_all(ctx, site->store, list->id, GP_ROLE_MODERATOR, -1, &mods, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		st = ask_moderator(ctx, site, list, h, in, mods[i], err);
	if (st == GP_OK)
		out->text = gp_asprintf(ctx, "held as %lld, moderators asked: %zu",
		    (long long)h->id, n);
	return st;
}

enum gp_status
gp_hold_post(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const struct gp_decision *d, struct gp_outcome *out,
    struct gp_err *err)
{
	struct gp_hold h;
	enum gp_status st;

	fill_hold(ctx, list, in, d->rule, d->reason, &h);
	st = gp_hold_add(site->store, &h, in->raw, in->n, wire_of(ctx, in->mail), err);
	out->hold = h.id;
	if (st == GP_E_EXISTS) {
		out->text = gp_asprintf(ctx, "it waits already as hold %lld", (long long)h.id);
		return GP_OK;
	}
	return st == GP_OK ? gp_hold_ask(ctx, site, list, &h, in, out, err) : st;
}

enum gp_status
gp_hold_keep(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_inbound *in, const char *rule, const char *reason, int64_t *id,
    struct gp_err *err)
{
	struct gp_hold h;
	enum gp_status st;

	fill_hold(ctx, list, in, rule, reason, &h);
	st = gp_hold_add(site->store, &h, in->raw, in->n, wire_of(ctx, in->mail), err);
	*id = h.id;
	return st;
}

enum gp_status
gp_hold_message(const void *ctx, struct gp_site *site, const struct gp_hold *hold,
    struct gp_inbound *out, struct gp_err *err)
{
	struct gp_mail *m = gp_new(ctx, struct gp_mail);
	struct gp_str wire;
	enum gp_status st;
	char *raw;

	memset(out, 0, sizeof(*out));
	st = gp_hold_raw(ctx, site->store, hold->id, &raw, &out->n, &wire, err);
	if (st != GP_OK)
		return st;
	out->raw = raw;
	out->envelope_from = hold->envelope_from;
	out->via = "approval";
	out->received = gp_now();
	if (wire.n == 0 || gp_mail_unpack(ctx, wire, raw, out->n, m, NULL) != GP_OK)
		read_header_only(ctx, out, m);
	out->mail = m;
	return GP_OK;
}

/* Tell the author of a rejected post why; not when a machine or nobody wrote it. */
static enum gp_status
tell_author(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_hold *hold, const struct gp_inbound *held, const char *reason,
    struct gp_err *err)
{
	struct gp_notice n = {0};

	if (!gp_notice_may_answer(held))
		return GP_OK;
	n.template_name = "rejected";
	n.data = gp_json_object(ctx);
	gp_json_text(n.data, "subject", hold->subject[0] != '\0' ? hold->subject : "(no subject)");
	gp_json_text(n.data, "reason", reason);
	n.to_name = hold->from_name;
	n.to_addr = hold->from_addr;
	n.in_reply_to = hold->msgid;
	n.answer = true;
	return gp_notice_send(ctx, site, list, &n, NULL, err);
}

enum gp_status
gp_hold_verdict(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, int state, const char *by, const char *reason,
    struct gp_outcome *out, struct gp_err *err)
{
	struct gp_member *author = NULL;
	struct gp_inbound held;
	enum gp_status st;

	st = gp_hold_decide(site->store, hold->id, state, by, reason, gp_now(), err);
	if (st != GP_OK)
		return st;
	out->hold = hold->id;
	out->text = gp_asprintf(ctx, "hold %lld %s by %s", (long long)hold->id,
	    gp_hold_state_names[state], by);
	if (state != GP_HOLD_APPROVED && state != GP_HOLD_REJECTED)
		return GP_OK;
	st = gp_hold_message(ctx, site, hold, &held, err);
	if (st != GP_OK)
		return st;
	if (state == GP_HOLD_REJECTED)
		return tell_author(ctx, site, list, hold, &held, reason, err);
	st = gp_member_find(ctx, site->store, list->id, hold->from_addr, &author, err);
	if (st != GP_OK && st != GP_E_NOTFOUND)
		return st;
	return gp_post(ctx, site, list, &held, author, out, err);
}

enum gp_status
gp_hold_withdraw(const void *ctx, struct gp_site *site, struct gp_list *list,
    const struct gp_hold *hold, const char *author, struct gp_outcome *out, struct gp_err *err)
{
	return gp_hold_verdict(ctx, site, list, hold, GP_HOLD_DISCARDED, author, "withdrawn", out, err);
}

enum gp_status
gp_hold_read_reply(const void *ctx, const struct gp_mail *mail, int *state, char **reason,
    struct gp_err *err)
{
	static const struct {
		const char *word;
		int state;
	} words[] = {{"ok", GP_HOLD_APPROVED}, {"okay", GP_HOLD_APPROVED}, {"yes", GP_HOLD_APPROVED},
	    {"approve", GP_HOLD_APPROVED}, {"no", GP_HOLD_REJECTED}, {"reject", GP_HOLD_REJECTED},
	    {"drop", GP_HOLD_DISCARDED}, {"discard", GP_HOLD_DISCARDED},
	    {"spam", GP_HOLD_DISCARDED}};
	struct gp_str text = gp_str_trim((struct gp_str){mail->own, mail->own_n});
	char word[16];
	size_t n, i;

	for (n = 0; n < text.n && n < sizeof(word) - 1; n++) {
		int c = gp_ascii_lower((unsigned char)text.p[n]);

		if (c < 'a' || c > 'z')
			break;
		word[n] = (char)c;
	}
	word[n] = '\0';
	for (i = 0; i < GP_COUNT(words); i++) {
		if (strcmp(word, words[i].word) != 0)
			continue;
		*state = words[i].state;
		while (n < text.n && strchr(" \t\r\n,.:;-!", text.p[n]) != NULL)
			n++;
		*reason = gp_utf8_line(ctx, text.p + n, text.n - n, 500);
		return GP_OK;
	}
	return gp_fail(err, GP_E_PARSE, "the first word is neither ok nor no");
}

/* Answer a moderator: what came of the reply. */
static enum gp_status
answer(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_hold *hold, const char *template_name,
    const char *what, struct gp_err *err)
{
	struct gp_notice n = {0};

	n.template_name = template_name;
	n.data = gp_json_object(ctx);
	gp_json_text(n.data, "subject",
	    hold != NULL && hold->subject[0] != '\0' ? hold->subject : "(no subject)");
	gp_json_text(n.data, "what", what);
	n.to_name = in->mail->from_name;
	n.to_addr = in->mail->from_addr;
	n.in_reply_to = in->mail->msgid;
	n.reply_to = route->rcpt;
	n.answer = true;
	return gp_notice_send(ctx, site, route->list, &n, NULL, err);
}

/* The token, its hold, and whether this sender may use it. GP_E_NOTFOUND: none of our business. */
static enum gp_status
find_by_token(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_hold **hold, struct gp_err *err)
{
	char *from = gp_addr_fold(ctx, in->mail->from_addr);
	struct gp_member *m;
	struct gp_token *t;
	enum gp_status st;

	st = gp_token_find(ctx, site->store, "hold", route->token, gp_now(), &t, err);
	if (st != GP_OK)
		return st;
	if (t->list != route->list->id || !gp_streq(t->address, from))
		return GP_E_NOTFOUND;
	st = gp_member_find(ctx, site->store, route->list->id, t->address, &m, err);
	if (st != GP_OK || m->role == GP_ROLE_MEMBER)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_hold_find(ctx, site->store, t->object, hold, err);
}

enum gp_status
gp_hold_reply(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, struct gp_outcome *out, struct gp_err *err)
{
	struct gp_hold *hold;
	enum gp_status st;
	char *reason;
	int state;

	st = find_by_token(ctx, site, route, in, &hold, err);
	if (st == GP_E_NOTFOUND) {
		out->text = gp_strdup(ctx, "unknown or foreign token: nothing done");
		return answer(ctx, site, route, in, NULL, "hold-unknown", "", err);
	}
	if (st != GP_OK)
		return st;
	out->hold = hold->id;
	if (gp_hold_read_reply(ctx, in->mail, &state, &reason, NULL) != GP_OK) {
		out->text = gp_strdup(ctx, "the reply said neither ok nor no: asked again");
		return answer(ctx, site, route, in, hold, "hold-unclear", "", err);
	}
	st = gp_hold_verdict(ctx, site, route->list, hold, state, in->mail->from_addr, reason, out,
	    err);
	if (st == GP_E_EXISTS) {
		out->text = gp_strdup(ctx, "it was decided before: nothing done");
		return answer(ctx, site, route, in, hold, "hold-decided",
		    err != NULL ? err->msg : "", err);
	}
	if (st != GP_OK)
		return st;
	st = gp_token_use(site->store, route->token, gp_now(), err);
	return st == GP_E_EXISTS ? GP_OK : st;
}

enum gp_status
gp_hold_expire(const void *ctx, struct gp_site *site, int64_t now, struct gp_err *err)
{
	struct gp_hold **holds;
	enum gp_status st;
	size_t i, n;

	st = gp_hold_expired(ctx, site->store, now, &holds, &n, err);
	for (i = 0; st == GP_OK && i < n; i++) {
		st = gp_hold_decide(site->store, holds[i]->id, GP_HOLD_EXPIRED, "guildpost",
		    "nobody decided in time", now, err);
		gp_log(GP_LOG_INFO, "event=hold-expired hold=%lld", (long long)holds[i]->id);
	}
	if (st == GP_OK)
		st = gp_hold_forget(site->store, now - HOLD_KEEP, err);
	if (st == GP_OK)
		st = gp_queue_forget(site->store, now - HOLD_KEEP, err);
	return st == GP_OK ? gp_token_forget(site->store, now, err) : st;
}
