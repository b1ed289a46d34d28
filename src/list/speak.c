/* SPDX-License-Identifier: ISC */
/*
 * What a list itself writes to all: composed as our other mails are, then archived and delivered like
 * any post. We wrote it: nothing that could be hostile has to be parsed to know what is in it. Pages show it as
 * the Markdown that it was.
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

static void
one_address(const void *ctx, const char *name, const char *addr, struct gp_addrs *out)
{
	out->v = gp_array(ctx, struct gp_addr, 1);
	out->v[0].name = gp_strdup(ctx, name);
	out->v[0].addr = gp_strdup(ctx, addr);
	out->n = 1;
}

/* What a parser would say of it. */
static enum gp_status
describe(const void *ctx, const struct gp_compose *c, const struct gp_header *h, size_t n, struct gp_mail *m,
    struct gp_err *err)
{
	memset(m, 0, sizeof(*m));
	m->flags = (c->auto_submitted != NULL ? GP_MAIL_AUTO : 0) | GP_MAIL_DATE_OK | GP_MAIL_ZONE_OK;
	m->date = c->date;
	m->subject = gp_strdup(ctx, c->subject);
	m->from_name = gp_strdup(ctx, c->from_name);
	m->from_addr = gp_strdup(ctx, c->from_addr);
	m->sender_addr = m->files = gp_strdup(ctx, "");
	one_address(ctx, c->from_name, c->from_addr, &m->from);
	one_address(ctx, c->to_name, c->to_addr, &m->to);
	m->msgid = gp_strdup(ctx, c->msgid);
	if (c->in_reply_to != NULL) {
		m->in_reply_to = gp_array(ctx, char *, 1);
		m->in_reply_to[0] = gp_strdup(ctx, c->in_reply_to);
		m->in_reply_to_n = 1;
		m->references = m->in_reply_to;
		m->references_n = 1;
	}
	m->text = gp_strdup(ctx, c->text);
	m->text_n = strlen(m->text);
	gp_derive_words(ctx, m);
	return gp_mail_own_parts(ctx, h, n, m, err);
}

enum gp_status
gp_say_compose(const void *ctx, const struct gp_compose *c, struct gp_inbound *in, struct gp_mail *m,
    struct gp_err *err)
{
	struct gp_header h;
	enum gp_status st;
	size_t len;

	in->raw = gp_mail_compose(ctx, c, &len);
	in->n = len;
	st = gp_header_scan(ctx, in->raw, in->n, &h, err);
	if (st == GP_OK)
		st = describe(ctx, c, &h, in->n, m, err);
	in->mail = m;
	return st;
}

enum gp_status
gp_list_says(const void *ctx, struct gp_site *site, struct gp_list *list, const struct gp_notice *n,
    struct gp_outcome *out, struct gp_err *err)
{
	struct gp_compose c = {.from_name = gp_list_title(list),
	    .from_addr = gp_route_address(ctx, site, list, "owner", NULL), .to_addr = list->address,
	    .to_name = "", .in_reply_to = n->in_reply_to, .domain = list->domain, .date = gp_now(),
	    .auto_submitted = "auto-generated", .msgid = gp_msgid_new(ctx, list->domain)};
	struct gp_inbound in = {.envelope_from = "", .via = "guildpost", .received = gp_now()};
	struct gp_mail_text text;
	struct gp_mail m;
	enum gp_status st = gp_notice_text(ctx, site, list, n, &text, err);

	if (st != GP_OK)
		return st;
	c.subject = text.subject;
	c.text = text.text;
	c.html = text.html;
	st = gp_say_compose(ctx, &c, &in, &m, err);
	if (st != GP_OK)
		return st;
	gp_derive_markdown(ctx, &m, text.markdown, strlen(text.markdown));
	memset(out, 0, sizeof(*out));
	return gp_post(ctx, site, list, &in, NULL, out, err);
}
