/* SPDX-License-Identifier: ISC */
/*
 * Other forms of a digest: the originals as a multipart/digest (RFC 2046 section 5.1.5) behind the contents, or
 * all texts one below the other with lines of dashes between (RFC 1153). And any digest as a whole message, queued.
 */
#include "config.h"

#include "news.h"

#include "guildpost/mail/carry.h"

#include <string.h>

enum {
	ORIGINAL = 300 << 10,		/* a larger message is only linked to */
	ORIGINALS = 4 << 20,		/* all together */
	PLAIN = 20000, PLAIN_ALL = 600 << 10,
	DASHES = 30
};

/* ---- multipart/digest ----------------------------------------------------------------------- */

/* The message without what must not travel on, in 7 bits where that can be done. */
static enum gp_status
original(const void *ctx, struct gp_site *site, int64_t id, struct gp_enclosure *e, struct gp_err *err)
{
	struct gp_header h;
	struct gp_down down;
	struct gp_buf b;
	enum gp_status st;
	char *raw;
	size_t n, head;

	st = gp_message_raw(ctx, site->store, id, &raw, &n, err);
	if (st == GP_OK && n > ORIGINAL)
		return GP_E_NOTFOUND;
	if (st == GP_OK)
		st = gp_header_scan(ctx, raw, n, &h, err);
	if (st != GP_OK)
		return st == GP_E_TOOBIG ? GP_E_NOTFOUND : st;
	gp_buf_init(&b, ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_cook_private(ctx, site, &h, &b);
	head = b.len;
	if (gp_mail_down(ctx, (struct gp_str){b.p, head}, (struct gp_str){raw + h.body, n - h.body},
	    GP_DOWN_8BIT | GP_DOWN_LINES | GP_DOWN_UTF8, &down, NULL) == GP_OK && down.left == 0) {
		gp_buf_reset(&b);
		gp_buf_add(&b, down.header, down.header_n);
		gp_buf_puts(&b, "\r\n");
		gp_buf_add(&b, down.body, down.body_n);
	} else {
		gp_buf_puts(&b, "\r\n");
		gp_buf_add(&b, raw + h.body, n - h.body);
	}
	*e = (struct gp_enclosure){"message/rfc822", NULL, b.p, b.len};
	return GP_OK;
}

enum gp_status
news_form_mime(const void *ctx, struct gp_site *site, struct gp_issue *const *issues, size_t n,
    struct gp_digest *d, struct gp_err *err)
{
	struct gp_enclosure *v = gp_array(ctx, struct gp_enclosure, d->messages + 1);
	enum gp_status st = GP_OK;
	size_t i, k, m, size = 0;

	d->originals = v;
	for (i = 0; i < n; i++)
		for (k = 0; k < issues[i]->threads_n; k++)
			for (m = 0; m < issues[i]->threads[k].n; m++) {
				struct gp_enclosure *e = &v[d->originals_n];
				const struct gp_message *one = issues[i]->pool->v[issues[i]->threads[k].v[m]]->m;

				if (news_is_folded(issues[i], one))
					continue;
				st = original(ctx, site, one->id, e, err);
				if (st == GP_E_NOTFOUND)
					continue;
				if (st != GP_OK)
					return st;
				size += e->n;
				if (size > ORIGINALS)
					return GP_OK;
				d->originals_n++;
			}
	return GP_OK;
}

/* ---- RFC 1153 --------------------------------------------------------------------------------- */

/* Section 3: a line that would part messages must not stand in one. Too much is cut. */
static char *
plain_text(const void *ctx, const struct gp_mail *mail, bool *cut)
{
	size_t n = gp_utf8_cut(mail->text, mail->text_n, PLAIN), len;
	const char *p = mail->text, *end = p + n, *nl;
	struct gp_buf b;

	*cut = n < mail->text_n;
	gp_buf_init(&b, ctx, 2 * (size_t)PLAIN + 1024);
	for (; p < end; p += len + (nl != NULL)) {
		nl = memchr(p, '\n', (size_t)(end - p));
		len = nl != NULL ? (size_t)(nl - p) : (size_t)(end - p);
		if (strspn(p, "-") >= DASHES)
			gp_buf_putc(&b, ' ');
		gp_buf_add(&b, p, len);
		gp_buf_putc(&b, '\n');
	}
	return b.p != NULL ? b.p : gp_strdup(ctx, "");
}

static enum gp_status
put_plain(const void *ctx, struct gp_site *site, const char *language, const struct gp_issue *issue,
    const struct gp_message *m, size_t number, json_t *o, size_t *size, struct gp_err *err)
{
	const struct gp_list *list = issue->pool->list;
	struct gp_mail mail;
	void *tmp = gp_ctx(NULL);
	enum gp_status st = gp_message_mail(tmp, site->store, m->id, &mail, NULL, NULL, err);
	bool folded = news_is_folded(issue, m), cut = true;

	gp_json_int(o, "number", (int64_t)number);
	gp_json_int(o, "number_of", m->id);
	gp_json_text(o, "author", news_author(ctx, site, language, m));
	gp_json_text(o, "title", news_line(ctx, m->title, 150));
	gp_json_text(o, "subject", m->subject);
	gp_json_text(o, "msgid", m->msgid);
	gp_json_text(o, "date", gp_date_format(ctx, m->date, m->zone));
	gp_json_text(o, "reply_address", gp_route_address(ctx, site, list, "reply", m->key));
	gp_json_bool(o, "is_kept", m->state == 1);
	if (gp_list_has_archive(list) && m->state == 1)
		gp_json_text(o, "url", gp_asprintf(ctx, "%s/%s/m/%s", site->conf->url, list->name, m->key));
	gp_json_text(o, "content_note", m->note[0] != '\0' ? news_line(ctx, m->note, GP_NOTE_LONGEST) : NULL);
	gp_json_text(o, "text", "");
	if (st == GP_OK && !folded && *size < PLAIN_ALL)
		gp_json_text(o, "text", plain_text(ctx, &mail, &cut));
	*size += st == GP_OK && !folded ? mail.text_n : 0;
	gp_json_bool(o, "cut", cut && !folded);
	gp_json_bool(o, "folded", folded);
	gp_json_int(o, "attachments", m->attachments);
	talloc_free(tmp);
	return st == GP_E_NOTFOUND || st == GP_E_PARSE ? GP_OK : st;
}

enum gp_status
news_form_plain(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, json_t *data, struct gp_digest *d, struct gp_err *err)
{
	json_t *messages = gp_json_new_array(data, "messages");
	enum gp_status st = GP_OK;
	size_t i, k, m, number = 0, size = 0, len;

	for (i = 0; i < n; i++)
		for (k = 0; k < issues[i]->threads_n; k++)
			for (m = 0; st == GP_OK && m < issues[i]->threads[k].n; m++)
				st = put_plain(ctx, site, how->language, issues[i],
				    issues[i]->pool->v[issues[i]->threads[k].v[m]]->m, ++number,
				    gp_json_push_object(messages), &size, err);
	if (st == GP_OK)
		st = gp_templates_render(ctx, site->templates, "mail/digest-plain.txt", how->language, data, &d->text,
		    &len, err);
	d->html = NULL;
	return st;
}

/* ---- as a mail ---------------------------------------------------------------------------------- */

char *
gp_digest_mime(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *to_addr, size_t *n)
{
	struct gp_compose c;

	memset(&c, 0, sizeof(c));
	c.from_name = gp_list_title(list);
	/* An answer goes where it is asked which message is meant, whatever a mail program makes of it. */
	c.from_addr = gp_route_address(ctx, site, list, "answer", NULL);
	c.to_addr = to_addr;
	c.subject = d->subject;
	/* It is known by this, too. */
	c.msgid = gp_asprintf(ctx, GP_DIGEST_MSGID "%s", gp_msgid_new(ctx, list->domain));
	c.domain = list->domain;
	c.date = gp_now();
	c.auto_submitted = "auto-generated";
	c.extra = gp_cook_notice_fields(ctx, site, list);
	c.text = d->text;
	c.html = d->html;
	c.digest = true;
	c.enclosures = d->originals;
	c.enclosures_n = d->originals_n;
	return gp_mail_compose(ctx, &c, n);
}

enum gp_status
gp_digest_queue(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *whole, size_t n, int64_t *id, struct gp_err *err)
{
	const char *end = gp_memmem(whole, n, "\r\n\r\n", 4);
	struct gp_job job;
	enum gp_status st;
	size_t head;

	(void)ctx;
	if (end == NULL)
		return gp_fail(err, GP_E_BUG, "a digest without a body");
	head = (size_t)(end - whole) + 2;
	memset(&job, 0, sizeof(job));
	job.list = list->id;
	job.kind = GP_JOB_DIGEST;
	job.header = (char *)(uintptr_t)whole;
	job.header_n = head;
	job.body = (char *)(uintptr_t)whole + head + 2;
	job.body_n = n - head - 2;
	job.subject = d->subject;
	job.created = gp_now();
	job.expires = job.created + site->conf->expire;
	job.flags = GP_JOB_ONE_CLICK | (gp_is_ascii(whole, n) ? 0 : GP_JOB_8BIT);
	st = gp_job_add(site->store, &job, err);
	*id = job.id;
	return st;
}
