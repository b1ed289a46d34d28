/* SPDX-License-Identifier: ISC */
/*
 * Mails of ours: header lines and Markdown, from a template of the set or from a text that
 * the owners of a list wrote in its place.
 */
#include "config.h"

#include "markdown.h"
#include "template.h"

#include <string.h>

/* The value of one header line of a rendered head, or NULL. */
static char *
head_value(const void *ctx, const char *head, const char *name)
{
	size_t len = strlen(name);
	const char *p, *nl;

	for (p = head; p && *p; p = nl ? nl + 1 : NULL) {
		nl = strchr(p, '\n');
		if (gp_istarts(p, name) && p[len] == ':')
			return gp_utf8_line(ctx, p + len + 1,
			    nl ? (size_t)(nl - p) - len - 1 : strlen(p + len + 1), GP_MAX_SUBJECT);
	}
	return NULL;
}

static enum gp_status
render(const void *ctx, struct gp_template *t, const json_t *data, struct gp_mail_text *out,
    struct gp_err *err)
{
	void *mem = gp_ctx(ctx);
	struct gp_buf head, body;
	enum gp_status st;
	size_t html_n;

	gp_buf_init(&head, mem, TEMPLATE_MAX_OUTPUT);
	gp_buf_init(&body, mem, TEMPLATE_MAX_OUTPUT);
	st = gp_template_render(t->head, data, &head, err);
	if (!st)
		st = gp_template_render(t, data, &body, err);
	if (!st) {
		struct markdown_opts o = {.kind = GP_MD_MAIL, .top = 1};

		out->subject = head_value(ctx, head.p, "Subject");
		if (!out->subject)
			out->subject = gp_strdup(ctx, "");
		o.title = out->subject;
		o.lang = t->lang;
		o.preview = head_value(mem, head.p, "Preview");
		st = markdown_write(ctx, body.p, body.len, &o, &out->html, &html_n, err);
	}
	if (!st) {
		out->text = gp_markdown_text(ctx, body.p, body.len);
		out->markdown = gp_strndup(ctx, body.p, body.len);
	}
	talloc_free(mem);
	return st;
}

enum gp_status
gp_mail_template(const void *ctx, struct gp_templates *set, const char *name, const char *lang,
    const json_t *data, struct gp_mail_text *out, struct gp_err *err)
{
	struct gp_template *t = gp_templates_find(set, name, lang);

	if (t == NULL || t->head == NULL)
		return gp_fail(err, GP_E_NOTFOUND, "there is no mail template %s with a subject", name);
	return render(ctx, t, data, out, err);
}

enum gp_status
gp_mail_template_own(const void *ctx, struct gp_templates *set, const char *name, const char *text,
    size_t n, const json_t *data, struct gp_mail_text *out, struct gp_err *err)
{
	struct file *f = gp_new(ctx, struct file);
	enum gp_status st;

	memset(f, 0, sizeof(*f));
	f->name = gp_strdup(f, name);
	f->path = f->name;
	f->text = gp_memdup(f, text, n);
	f->n = n;
	st = gp_utf8_valid(text, n) ? templates_compile(set, f, GP_ESCAPE_MD, err) :
	    gp_fail(err, GP_E_PARSE, "the text is not UTF-8");
	if (st == GP_OK && (f->t->head == NULL || !gp_istarts(text, "Subject:")))
		st = gp_fail(err, GP_E_PARSE, "the text must begin with a line \"Subject: ...\"");
	if (st == GP_OK)
		st = templates_check(f->t->head, err);
	if (st == GP_OK)
		st = templates_check(f->t, err);
	if (st == GP_OK)
		st = render(ctx, f->t, data, out, err);
	talloc_free(f);
	return st;
}

bool
gp_templates_is_mail(struct gp_templates *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (strcmp(set->files[i]->name, name) == 0)
			return set->files[i]->t != NULL && set->files[i]->t->head != NULL;
	return false;
}

const char *const *
gp_templates_mails(const void *ctx, const struct gp_templates *set, size_t *n)
{
	const char **v = gp_array(ctx, const char *, set->n + 1);
	size_t i, k;

	*n = 0;
	for (i = 0; i < set->n; i++) {
		const struct file *f = set->files[i];

		if (!gp_starts(f->name, "mail/en/") || f->t == NULL || f->t->head == NULL)
			continue;
		k = strlen("mail/en/");
		v[(*n)++] = gp_strndup(v, f->name + k, strlen(f->name) - k - strlen(".md"));
	}
	return v;
}
