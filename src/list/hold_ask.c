/* SPDX-License-Identifier: ISC */
/*
 * Mails to moderators. All about one hold make one thread: the question has a Message-ID
 * that is known without being stored, and what follows answers to it. Whatever asks for an
 * answer carries a token of that moderator's own.
 */
#include "config.h"

#include "anon.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_TEXT = 4000, TOKEN_LIVES_ON = 7 * 86400,
	MOST_A_DAY = 200 };	/* questions on one list; what comes then is in the daily mail */

static char *
first_msgid(struct gp_case *c)
{
	return gp_asprintf(c->ctx, "hold-%" PRId64 ".%" PRId64 "@%s", c->hold->id, c->hold->created,
	    c->list->domain);
}

/* ---- the list's reasons --------------------------------------------------------------------------- */

char *
gp_hold_reason(const void *ctx, const struct gp_list *list, int64_t n)
{
	const char *p = list->set.reasons;
	struct gp_str s;

	while (gp_str_next_line(&p, &s))
		if (--n == 0)
			return gp_strndup(ctx, s.p, s.n);
	return NULL;
}

void
gp_hold_reasons(const struct gp_list *list, json_t *data)
{
	json_t *rows = gp_json_new_array(data, "reasons"), *row;
	char *reason;
	int64_t n;

	for (n = 1; (reason = gp_hold_reason(NULL, list, n)) != NULL; n++) {
		row = gp_json_push_object(rows);
		gp_json_int(row, "number", n);
		gp_json_text(row, "reason", reason);
		talloc_free(reason);
	}
	gp_json_bool(data, "has_reasons", n > 1);
}

/* ---- who and what ------------------------------------------------------------------------------- */

/* The one member of that name: perhaps someone who wrote from another address. */
static enum gp_status
find_namesake(struct gp_case *c, json_t *data)
{
	struct gp_member **all;
	const char *found = NULL;
	enum gp_status st;
	size_t i, n;

	if (strchr(c->hold->from_name, ' ') == NULL)	/* "Ann" is many */
		return GP_OK;
	st = gp_member_all(c->ctx, c->site->store, c->list->id, -1, -1, &all, &n, c->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		if (strcmp(all[i]->name, c->hold->from_name) != 0)
			continue;
		if (found != NULL)
			return GP_OK;
		found = all[i]->address;
	}
	if (st == GP_OK && found != NULL)
		gp_json_text(data, "namesake", found);
	return st;
}

static enum gp_status
add_history(struct gp_case *c, json_t *data)
{
	const struct gp_hold *h = c->hold;
	int64_t accepted = 0, refused = 0;
	struct gp_member *m;
	enum gp_status st;

	if (gp_anon_is(h)) {
		const json_t *known = gp_json_load(c->ctx, h->data);

		gp_json_text(data, "since", json_string_value(json_object_get(known, "since")));
		gp_json_bool(data, "unseen", json_is_true(json_object_get(known, "unseen")));
		return GP_OK;
	}
	st = gp_member_find(c->ctx, c->site->store, c->list->id, h->from_addr, &m, c->err);
	if (st == GP_OK) {
		accepted = m->accepted;
		refused = m->refused;
	} else if (st == GP_E_NOTFOUND) {
		gp_json_bool(data, "stranger", true);
		st = gp_hold_history(c->site->store, h->list, h->from_addr, GP_HOLD_APPROVED,
		    &accepted, c->err);
		if (st == GP_OK)
			st = gp_hold_history(c->site->store, h->list, h->from_addr,
			    GP_HOLD_REJECTED, &refused, c->err);
		if (st == GP_OK)
			st = find_namesake(c, data);
	}
	gp_json_bool(data, "first_post", accepted + refused == 0);
	gp_json_int(data, "accepted", accepted);
	gp_json_int(data, "refused", refused);
	return st;
}

/* Why it waits: templates have a sentence for each of these rules, in each language. */
static void
add_why(const void *ctx, json_t *data, const struct gp_hold *h)
{
	static const char *const rules[] = {
		"unreadable", "automatic", "author", "forged", "duplicate", "size",
		"recipients", "doubtful", "piece", "content", "digest", "emergency", "member", "who_may_post",
		"first_posts", "daily_posts", "quiet", "moved", "repeated", "storm", "anon",
		"cooling"
	};
	char *rule = gp_strdup(ctx, h->rule), *p;
	bool known = false;
	size_t i;

	for (p = rule; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	for (i = 0; i < GP_COUNT(rules); i++)
		known = known || strcmp(rule, rules[i]) == 0;
	gp_json_bool(gp_json_new_object(data, "rule_is"), known ? rule : "other", true);
	gp_json_text(data, "why", h->reason);
}

const char *
gp_hold_who(const struct gp_hold *h)
{
	if (gp_anon_is(h))
		return h->from_name;
	return h->from_addr[0] != '\0' ? h->from_addr : h->envelope_from;
}

enum gp_status
gp_hold_data(struct gp_case *c, json_t *data)
{
	const struct gp_hold *h = c->hold;

	gp_json_int(data, "number", h->id);
	gp_json_text(data, "from_name", h->from_name);
	gp_json_bool(data, "nameless", gp_anon_is(h));
	gp_json_text(data, "from_addr", gp_hold_who(h));
	gp_json_text(data, "subject", h->subject[0] != '\0' ? h->subject : "(no subject)");
	add_why(c->ctx, data, h);
	gp_json_text(data, "snippet", h->snippet);
	gp_json_text(data, "expires",
	    gp_time_format(c->ctx, h->expires, c->list->set.timezone, "%Y-%m-%d"));
	gp_json_bool(gp_json_new_object(data, "end_is"), h->at_end == GP_END_ACCEPT ? "accepted" :
	    h->at_end == GP_END_DISCARD ? "dropped" : "returned", true);
	gp_json_bool(data, "join", h->kind == GP_HOLD_JOIN);
	gp_json_text(data, "claimed_by", h->claimed_by);
	if (h->approvals > 1)
		gp_json_int(data, "needed", h->approvals);
	gp_hold_reasons(c->list, data);
	return GP_OK;
}

/* ---- what it says -------------------------------------------------------------------------------- */

char *
gp_hold_quote(const void *ctx, const char *text, size_t n, bool *cut)
{
	const char *p = text, *end, *nl;
	struct gp_buf b;

	*cut = n > MOST_TEXT;
	end = text + (*cut ? gp_utf8_cut(text, n, MOST_TEXT) : n);
	while (end > text && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	gp_buf_init(&b, ctx, 16 * MOST_TEXT);
	for (; p < end; p = nl + 1) {
		char *line;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		line = gp_markdown_escape(ctx, p, (size_t)(nl - p));
		gp_buf_printf(&b, "> %s  \n", line != NULL ? line : "");
	}
	return b.len > 0 ? b.p : gp_strdup(ctx, "");
}

void
gp_hold_add_reason(const void *ctx, json_t *data, const char *reason)
{
	bool cut;

	gp_json_text(data, "reason", gp_utf8_line(ctx, reason, strlen(reason), MOST_TEXT));
	gp_json_text(data, "reason_md", gp_hold_quote(ctx, reason, strlen(reason), &cut));
}

static void
add_files(const void *ctx, const struct gp_mail *m, json_t *data)
{
	json_t *rows = gp_json_new_array(data, "attachments");
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];
		json_t *row;

		if ((p->flags & GP_PART_ATTACHMENT) == 0)
			continue;
		row = gp_json_push_object(rows);
		gp_json_text(row, "name", p->name != NULL ? p->name : p->type);
		gp_json_text(row, "size", gp_asprintf(ctx, "%zu kB", (p->size + 1023) / 1024));
	}
	gp_json_bool(data, "has_attachments", json_array_size(rows) > 0);
}

static void
add_text(struct gp_case *c, const struct gp_inbound *in, json_t *data)
{
	json_t *asked = gp_json_load(c->ctx, c->hold->data);
	const char *text = json_string_value(json_object_get(asked, "answers"));
	size_t n = text != NULL ? strlen(text) : 0;
	bool cut = false;

	if (c->hold->kind == GP_HOLD_POST) {
		if (in == NULL || in->mail == NULL) {
			gp_json_bool(data, "unreadable", true);
			return;
		}
		text = in->mail->text;
		n = in->mail->text_n;
		add_files(c->ctx, in->mail, data);
	}
	gp_json_text(data, "text_md", gp_hold_quote(c->ctx, text != NULL ? text : "", n, &cut));
	gp_json_bool(data, "cut", cut);
}

/* ---- to each ------------------------------------------------------------------------------------- */

static const char *
language_of(struct gp_case *c, const struct gp_member *m)
{
	return m->language[0] != '\0' ? m->language : c->list->set.language;
}

/* The address that this moderator answers to. */
static enum gp_status
new_address(struct gp_case *c, const struct gp_member *m, const char **out)
{
	struct gp_token t = {0};
	enum gp_status st;
	char *token;

	t.purpose = gp_strdup(c->ctx, "hold");
	t.list = c->list->id;
	t.object = c->hold->id;
	t.address = gp_addr_fold(c->ctx, m->address);
	/* Who answers too late is told how it went. */
	t.expires = (c->hold->expires > gp_now() ? c->hold->expires : gp_now()) + TOKEN_LIVES_ON;
	st = gp_token_add(c->ctx, c->site->store, &t, &token, c->err);
	if (st == GP_OK)
		*out = gp_route_address(c->ctx, c->site, c->list, "hold", token);
	return st;
}

struct round {
	const char *template_name;
	json_t *data;
	bool first;		/* the mail that the others answer to */
	bool asks;		/* for a verdict */
	bool reminds;
	const char *only;
	const struct gp_enclosure *enclosures;
	size_t enclosures_n;
};

static enum gp_status
write_to(struct gp_case *c, const struct round *r, const struct gp_member *m)
{
	struct gp_notice n = {0};
	enum gp_status st = GP_OK;

	n.template_name = r->template_name;
	n.data = r->data;
	n.to_name = m->name;
	n.to_addr = m->address;
	n.member = m->id;
	n.language = language_of(c, m);
	n.enclosures = r->enclosures;
	n.enclosures_n = r->enclosures_n;
	if (r->first)
		n.msgid = first_msgid(c);
	else
		n.in_reply_to = first_msgid(c);
	if (r->asks)
		st = new_address(c, m, &n.reply_to);
	return st == GP_OK ? gp_notice_send(c->ctx, c->site, c->list, &n, NULL, c->err) : st;
}

static enum gp_status
write_to_all(struct gp_case *c, const struct round *r, size_t *count)
{
	struct gp_member **v;
	enum gp_status st;
	size_t i, n;

	*count = 0;
	st = gp_member_all(c->ctx, c->site->store, c->list->id, GP_ROLE_MODERATOR, -1, &v, &n,
	    c->err);
	for (i = 0; st == GP_OK && i < n; i++) {
		if (!r->first && v[i]->id == c->member)
			continue;
		if (r->reminds && !v[i]->reminders)
			continue;
		if (r->only != NULL && !gp_strieq(r->only, v[i]->address))
			continue;
		st = write_to(c, r, v[i]);
		(*count)++;
	}
	return st;
}

/* The post as it came, less what must not travel on: a password in its header is not for moderators' mailboxes. */
static enum gp_status
enclose(struct gp_case *c, const struct gp_inbound *in, struct gp_enclosure *post)
{
	struct gp_header h;
	struct gp_buf b;
	enum gp_status st = gp_header_scan(c->ctx, in->raw, in->n, &h, c->err);

	if (st != GP_OK)
		return st;
	gp_buf_init(&b, c->ctx, GP_MAX_MESSAGE);
	gp_cook_private(c->ctx, c->site, &h, &b);
	gp_buf_puts(&b, "\r\n");
	gp_buf_add(&b, in->raw + h.body, in->n - h.body);
	if (b.over)
		return gp_fail(c->err, GP_E_TOOBIG, "the post grew too large");
	post->p = b.p;
	post->n = b.len;
	return GP_OK;
}

enum gp_status
gp_hold_ask(struct gp_case *c, const struct gp_inbound *in)
{
	struct gp_enclosure post = {"message/rfc822", NULL, NULL, 0};
	struct round r = {c->hold->kind == GP_HOLD_JOIN ? "hold-join" : "hold",
	    gp_json_object(c->ctx), true, true, false, NULL, NULL, 0};
	int64_t asked = 0;
	enum gp_status st;
	size_t n;

	/* Whoever floods a list must not flood its moderators' mailboxes, too. */
	st = gp_count_add(c->site->store, "hold", c->list->address, gp_now(), 86400, &asked, c->err);
	if (st == GP_OK && asked > MOST_A_DAY) {
		gp_log(GP_LOG_WARN, "event=hold-not-asked hold=%" PRId64 " list=%s", c->hold->id,
		    c->list->address);
		return GP_OK;
	}
	if (st == GP_OK)
		st = gp_hold_data(c, r.data);
	if (st == GP_OK && c->hold->kind == GP_HOLD_POST)
		st = add_history(c, r.data);
	if (st == GP_OK && in != NULL)
		st = gp_hold_thread(c, in->mail, r.data);
	add_text(c, in, r.data);
	/* What no parser could read is not passed on to a moderator's mail program. */
	if (st == GP_OK && in != NULL && in->mail != NULL) {
		st = enclose(c, in, &post);
		r.enclosures = &post;
		r.enclosures_n = 1;
	}
	if (st == GP_OK)
		st = write_to_all(c, &r, &n);
	if (st == GP_OK)
		c->out->text = gp_asprintf(c->ctx, "held as %" PRId64 ", %zu moderators asked",
		    c->hold->id, n);
	return st;
}

enum gp_status
gp_hold_tell(struct gp_case *c, const char *what, json_t *data)
{
	struct round r = {"hold-verdict", data, false, false, false, NULL, NULL, 0};
	struct gp_hold *now;
	enum gp_status st;
	size_t n;

	/* Nobody was asked. */
	if (gp_hold_is_quiet(c->hold))
		return GP_OK;
	st = gp_hold_find(c->ctx, c->site->store, c->hold->id, &now, c->err);
	if (st != GP_OK)
		return st;
	r.asks = now->state == GP_HOLD_WAITING;
	gp_json_bool(data, "waits", r.asks);
	gp_json_text(data, "by", c->by);
	gp_json_bool(gp_json_new_object(data, "verdict_is"), what, true);
	st = gp_hold_data(c, data);
	return st == GP_OK ? write_to_all(c, &r, &n) : st;
}

enum gp_status
gp_hold_remind(struct gp_case *c, const char *only)
{
	struct round r = {"hold-reminder", gp_json_object(c->ctx), false, true, true, only, NULL, 0};
	enum gp_status st = gp_hold_data(c, r.data);
	struct gp_inbound held;
	bool readable;
	size_t n;

	if (st == GP_OK && c->hold->kind == GP_HOLD_POST) {
		st = gp_hold_load(c, &held, &readable);
		if (st == GP_OK)
			st = gp_hold_thread(c, readable ? held.mail : NULL, r.data);
	}
	if (st == GP_OK)
		st = write_to_all(c, &r, &n);
	if (st == GP_OK && n > 0)
		gp_log(GP_LOG_INFO, "event=hold-reminded hold=%" PRId64 " moderators=%zu",
		    c->hold->id, n);
	return st;
}
