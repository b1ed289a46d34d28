/* SPDX-License-Identifier: ISC */
/*
 * The last word on a post before it goes: what does the author's domain say of mail in its name
 * that others pass on (DMARC, RFC 9989 section 7.4)? A post whose signature can't hold behind us, of a
 * domain that wants such mail refused, goes in our own name: From written anew, or the whole
 * wrapped in a mail of ours (RFC 2046 section 5.2.1).
 */
#include "config.h"

#include "guildpost/list.h"
#include "guildpost/mail/carry.h"

#include <string.h>

enum { NAME_MAX = 64 };	/* characters of a display name */

static enum gp_status
read_job(const void *ctx, const struct gp_job *job, struct gp_header *h, struct gp_err *err)
{
	return gp_header_scan(ctx, job->header, job->header_n, h, err);
}

static void
read_from(const void *ctx, const struct gp_header *h, struct gp_addrs *out)
{
	char *value = gp_header_value(ctx, h, "From");

	if (value == NULL || gp_addrs_parse(ctx, value, strlen(value), out, NULL) != GP_OK)
		*out = (struct gp_addrs){NULL, 0, false};
}

char *
gp_cook_domain(const void *ctx, const struct gp_job *job)
{
	struct gp_addrs from;
	struct gp_header h;

	if (read_job(ctx, job, &h, NULL) != GP_OK)
		return gp_strdup(ctx, "");
	read_from(ctx, &h, &from);
	return gp_strdup(ctx, from.n > 0 ? gp_addr_domain(from.v[0].addr) : "");
}

/*
 * A name for people that holds no address of another domain: filters take that for a fraud. "Jane
 * jane@example.org" becomes "Jane jane"; signs that could end the phrase go.
 */
static char *
clean_name(const void *ctx, const char *name)
{
	char *out = gp_utf8_line(ctx, name, strlen(name), NAME_MAX), *p, *to;

	for (p = to = out; *p != '\0'; p++) {
		if (*p == '@') {
			p += strcspn(p, " ") - 1;
			continue;
		}
		if (strchr("<>\"", *p) == NULL)
			*to++ = *p;
	}
	*to = '\0';
	return (char *)gp_memdup(ctx, gp_str_trim(GP_STR(out)).p, gp_str_trim(GP_STR(out)).n);
}

/* Name in From, else the one that the member has here, else the local part of the address. */
static enum gp_status
author_name(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_addrs *from, char **out, struct gp_err *err)
{
	const struct gp_addr *a = &from->v[0];
	struct gp_member *m;
	enum gp_status st;

	*out = clean_name(ctx, a->name);
	if (**out != '\0')
		return GP_OK;
	st = gp_member_find(ctx, site->store, list->id, a->addr, &m, err);
	if (st == GP_OK)
		*out = clean_name(ctx, m->name);
	else if (st != GP_E_NOTFOUND)
		return st;
	if (**out == '\0')
		*out = clean_name(ctx, gp_strndup(ctx, a->addr, strcspn(a->addr, "@")));
	return GP_OK;
}

/* "Ann via bees", in the list's language. */
static enum gp_status
shown_name(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_addrs *from, char **out, struct gp_err *err)
{
	json_t *data = gp_json_object(ctx);
	enum gp_status st;
	char *name, *text;
	size_t n;

	st = author_name(ctx, site, list, from, &name, err);
	if (st != GP_OK)
		return st;
	gp_json_text(data, "name", name);
	gp_json_text(data, "list_name", list->name);
	st = gp_templates_render(ctx, site->templates, "mail/via.txt", list->set.language, data, &text,
	    &n, err);
	if (st == GP_OK)
		*out = gp_utf8_line(ctx, text, n, 2 * NAME_MAX);
	return st;
}

static void
put(struct gp_buf *b, const char *name, const char *value, const char **drop, size_t *n)
{
	if (value == NULL)
		return;
	gp_header_add(b, name, value);
	drop[(*n)++] = name;
}

static void
set_header(struct gp_job *job, struct gp_buf *b)
{
	job->header = b->p;
	job->header_n = b->len;
	job->flags &= ~(unsigned)GP_JOB_UTF8;
	if (!gp_is_ascii(b->p, b->len))
		job->flags |= GP_JOB_UTF8 | GP_JOB_8BIT;
}

/* From and its companions anew; the author's signature covered From and is worth nothing now. */
static void
rewrite(const void *ctx, const struct gp_header *h, const struct gp_sender *sender,
    struct gp_job *job)
{
	const char *drop[8] = {"DKIM-Signature", "X-Original-From"};
	struct gp_buf front, out;
	size_t n = 2;

	gp_buf_init(&front, ctx, 256 << 10);
	put(&front, "From", sender->from, drop, &n);
	put(&front, "Reply-To", sender->reply_to, drop, &n);
	put(&front, "Cc", sender->cc, drop, &n);
	gp_header_add(&front, "X-Original-From", sender->original_from);
	gp_buf_init(&out, ctx, GP_MAX_MESSAGE);
	gp_header_splice(&out, h, drop, n, front.p, NULL);
	set_header(job, &out);
}

/* Fields that the wrapping mail has of the one within. */
static const char *const kept[] = {
	"Received", "List-Id", "List-Help", "List-Subscribe", "List-Owner", "List-Post", "List-Archive",
	"Archived-At", "Precedence", "Date", "Subject", "In-Reply-To", "References", "To",
};

static bool
is_kept(const struct gp_header *h, const struct gp_field *f)
{
	size_t i;

	for (i = 0; i < GP_COUNT(kept); i++)
		if (gp_str_ieq((struct gp_str){h->raw + f->start, f->name_len}, kept[i]))
			return true;
	return false;
}

/* The message as it came, less what must not travel; what is within is not touched otherwise. */
static enum gp_status
original(const void *ctx, struct gp_site *site, const struct gp_job *job, struct gp_buf *out,
    struct gp_err *err)
{
	struct gp_header h;
	enum gp_status st;
	char *raw;
	size_t n;

	st = gp_message_raw(ctx, site->store, job->message, &raw, &n, err);
	if (st == GP_OK)
		st = gp_header_scan(ctx, raw, n, &h, err);
	if (st != GP_OK)
		return st;
	gp_cook_private(ctx, site, &h, out);
	gp_buf_puts(out, "\r\n");
	gp_buf_add(out, raw + h.body, n - h.body);
	return GP_OK;
}

/* As decided, or as it came. */
static void
put_or_keep(struct gp_buf *b, const struct gp_header *h, const char *name, const char *value)
{
	const struct gp_field *f = gp_header_find(h, name, 0);

	if (value != NULL)
		gp_header_add(b, name, value);
	else if (f != NULL)
		gp_buf_add(b, h->raw + f->start, f->len);
}

/* The post within a mail of ours. */
static enum gp_status
wrap(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_header *h,
    const struct gp_sender *sender, struct gp_job *job, struct gp_err *err)
{
	struct gp_buf head, body;
	bool has_utf8 = (job->flags & GP_JOB_UTF8) != 0;
	enum gp_status st;
	size_t i;

	gp_buf_init(&body, ctx, GP_MAX_MESSAGE + GP_MAX_HEADER_BLOCK);
	st = original(ctx, site, job, &body, err);
	if (st != GP_OK)
		return st;
	/* No server takes such lines, and within a wrapper nothing may be folded or encoded. */
	if ((gp_mail_down_wants((struct gp_str){"", 0}, (struct gp_str){body.p, body.len}) & GP_DOWN_LINES) != 0) {
		rewrite(ctx, h, sender, job);
		return GP_OK;
	}
	gp_buf_init(&head, ctx, GP_MAX_MESSAGE);
	for (i = 0; i < h->n; i++)
		if (is_kept(h, &h->fields[i]))
			gp_buf_add(&head, h->raw + h->fields[i].start, h->fields[i].len);
	gp_header_add(&head, "Message-ID", gp_asprintf(ctx, "<%s>", gp_msgid_new(ctx, list->domain)));
	gp_header_add(&head, "From", sender->from);
	put_or_keep(&head, h, "Reply-To", sender->reply_to);
	put_or_keep(&head, h, "Cc", sender->cc);
	gp_header_add(&head, "MIME-Version", "1.0");
	gp_header_add(&head, "Content-Type", has_utf8 ? "message/global" : "message/rfc822");
	gp_header_add(&head, "Content-Disposition", "inline");
	gp_header_add(&head, "Content-Transfer-Encoding",
	    (job->flags & GP_JOB_8BIT) != 0 ? "8bit" : "7bit");
	set_header(job, &head);
	job->message = 0;
	job->body = body.p;
	job->body_n = body.len;
	return GP_OK;
}

enum gp_status
gp_cook_settle(const void *ctx, struct gp_site *site, const struct gp_list *list,
    struct gp_job *job, enum gp_policy policy, struct gp_err *err)
{
	struct gp_sender sender;
	struct gp_addrs from;
	struct gp_header h;
	enum gp_status st;
	char *shown;

	job->flags &= ~(unsigned)GP_JOB_ASK;
	if (list->set.dmarc == GP_DMARC_LEAVE ||
	    (policy == GP_POLICY_NONE && list->set.dmarc != GP_DMARC_ALWAYS))
		return GP_OK;
	st = read_job(ctx, job, &h, err);
	if (st != GP_OK)
		return st;
	read_from(ctx, &h, &from);
	if (from.n == 0)
		return GP_OK;
	st = shown_name(ctx, site, list, &from, &shown, err);
	if (st != GP_OK)
		return st;
	gp_cook_sender(ctx, list, &h, shown, &sender);
	/* A post whose body was changed already is no longer what its author sent: nothing to wrap. */
	if (list->set.dmarc == GP_DMARC_WRAP && job->message != 0)
		return wrap(ctx, site, list, &h, &sender, job, err);
	rewrite(ctx, &h, &sender, job);
	return GP_OK;
}
