/* SPDX-License-Identifier: ISC */
/*
 * Taking part from the archive: addresses that open a mail program with all that an answer needs
 * (RFC 6068: To, Subject, In-Reply-To, the text that is quoted), and that follow a thread by mail.
 */
#include "config.h"

#include "private.h"

#include <string.h>

enum { QUOTE_MOST = 1200 };	/* bytes: some programs take no address longer than 2,000 */

static void
put_reply(const struct visit *v, json_t *o, const char *name, const struct gp_message *m,
    const char *body)
{
	const char *subject = hidden(v->ctx, m->title);
	struct gp_buf b;

	gp_buf_init(&b, v->ctx, GP_WEB_PATH * 8);
	gp_buf_printf(&b, "mailto:%s?In-Reply-To=%s&Subject=%s", url_segment(v->ctx, v->list->address),
	    url_value(v->ctx, gp_asprintf(v->ctx, "<%s>", m->msgid)),
	    url_value(v->ctx, gp_asprintf(v->ctx, "Re: %s", subject)));
	if (body != NULL)
		gp_buf_printf(&b, "&body=%s", url_value(v->ctx, body));
	gp_json_text(o, name, b.p);
}

void
put_links(const struct visit *v, json_t *o, const struct gp_message *m)
{
	gp_json_text(o, "url", message_path(v, v->list, m->key));
	gp_json_text(o, "raw_url", list_path(v, v->list, "m/%s.eml", m->key));
	put_reply(v, o, "reply_url", m, NULL);
}

char *
follow_url(const struct visit *v, const char *key)
{
	return gp_asprintf(v->ctx, "mailto:%s?subject=follow", url_segment(v->ctx,
	    gp_route_address(v->ctx, v->w->site, v->list, "thread", key)));
}

/* Can it stand between single quotes in a shell? */
static bool
is_safe(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || *s == '\'')
			return false;
	return true;
}

void
put_commands(const struct visit *v, json_t *o, const struct gp_message *m, const struct gp_thread *t)
{
	bool known = v->w->url[0] != '\0';

	gp_json_text(o, "shell_mbox", known && is_safe(v->w->url) ? gp_asprintf(v->ctx,
	    "%s/%s/t/%s.mbox", v->w->url, url_segment(v->ctx, v->list->name), t->key) : NULL);
	gp_json_text(o, "shell_msgid", (m->flags & GP_MAIL_HAS_PATCH) != 0 && is_safe(m->msgid) &&
	    m->msgid[0] != '-' ? m->msgid : NULL);
	gp_json_text(o, "follow_url", follow_url(v, m->key));
}

/* The writer's own words as lines; a long text ends early, at the end of a line. */
static void
put_lines(const struct visit *v, json_t *o, const struct gp_mail *mail)
{
	json_t *array = gp_json_new_array(o, "lines");
	char *own, *quoted, *line;
	size_t own_n, quoted_n, used = 0;
	struct gp_str next;
	const char *p;

	gp_text_split(v->ctx, mail->text, mail->text_n, mail->flags, &own, &own_n, &quoted, &quoted_n);
	for (p = own; used < QUOTE_MOST && gp_str_next_line(&p, &next);) {
		line = hidden(v->ctx, gp_strndup(v->ctx, next.p, next.n));
		used += strlen(line) + 4;
		if (used <= QUOTE_MOST)
			gp_json_text(gp_json_push_object(array), "line", line);
	}
}

int
put_quoting_reply(const struct visit *v, json_t *o, const struct gp_message *m,
    const struct gp_mail *mail)
{
	struct gp_err err = {GP_OK, ""};
	json_t *data = gp_json_object(v->ctx);
	struct gp_buf crlf;
	const char *p;
	char *text;
	size_t n;

	put_author(v, data, m);
	put_date(v, data, "date", m->date);
	put_lines(v, data, mail);
	if (gp_templates_render(v->ctx, v->w->templates, "web/quote.txt", NULL, data, &text, &n, &err) !=
	    GP_OK)
		return visit_failed(&err);
	gp_buf_init(&crlf, v->ctx, 2 * n + 1);
	for (p = text; *p != '\0'; p++) {
		gp_buf_puts(&crlf, *p == '\n' ? "\r" : "");
		gp_buf_putc(&crlf, *p);
	}
	put_reply(v, o, "quote_url", m, crlf.p);
	return 200;
}
