/* SPDX-License-Identifier: ISC */
/*
 * The header of a post as the list sends it. Fields of ours go in front, fields that
 * must not travel on go (standards.md 1.3), all other bytes stay in their order, so
 * that an author's DKIM signature still holds, unless the list wants a change.
 * RFC 2369, 2919 (List-*), 5064 (Archived-At), 8058 (one-click), 5321 4.4 (Received).
 */
#include "config.h"

#include "guildpost/list.h"
#include "guildpost/mail/carry.h"

#include <string.h>

/* Passwords, membership fishing, leftovers of mailboxes, other lists' fields. */
static const char *const dropped[] = {
	"Return-Path", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To",
	"X-Envelope-From", "X-MailFrom", "Apparently-To", "Bcc", "Resent-Bcc", "Approved", "Approve",
	"X-Approved", "X-Approve", "Urgent", "Return-Receipt-To", "Disposition-Notification-To",
	"X-Confirm-Reading-To", "X-PMRQC", "Generate-Delivery-Report",
	"Notice-Requested-Upon-Delivery-To", "Original-Recipient", "Errors-To", "Archived-At",
	"List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe",
	"List-Post", "List-Owner", "List-Archive", "Lines", "Content-Length", "Status", "X-Status",
	"X-UID", "X-Original-From", GP_FIRST_POST,
};

/* Those that we add: a signature that covers them is broken by that. */
static const char *const added[] = {
	"List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe",
	"List-Post", "List-Owner", "List-Archive", "Archived-At", "Received", GP_FIRST_POST,
};

enum { NAMES = GP_COUNT(dropped) + GP_COUNT(added) + 16 }; /* and as many as the header has fields */

/* What happens to a header: names of fields that go, names of all that are touched. */
struct changes {
	const char **drop, **touched;
	size_t drop_n, touched_n;
	struct gp_buf front;	/* new fields */
};

char *
gp_cook_list_id(const void *ctx, const struct gp_list *list)
{
	const char *title = gp_list_title(list);

	return gp_asprintf(ctx, "%s <%s.%s>", gp_mail_encode_phrase(ctx, title), list->name,
	    list->domain);
}

static void
add_mailto(struct gp_buf *b, const void *ctx, const char *field, const char *address,
    const char *query)
{
	gp_header_add(b, field, gp_asprintf(ctx, "<mailto:%s%s>", address, query));
}

/* What posts and notices share. */
static void
add_common(struct gp_buf *b, const void *ctx, const struct gp_site *site,
    const struct gp_list *list)
{
	gp_header_add(b, "List-Id", gp_cook_list_id(ctx, list));
	add_mailto(b, ctx, "List-Help", gp_route_address(ctx, site, list, "help", NULL), "");
	add_mailto(b, ctx, "List-Subscribe", gp_route_address(ctx, site, list, "subscribe", NULL),
	    "");
	add_mailto(b, ctx, "List-Owner", gp_route_address(ctx, site, list, "owner", NULL), "");
	if (gp_list_has_archive(list))
		gp_header_add(b, "List-Archive",
		    gp_asprintf(ctx, "<%s/%s/>", site->conf->url, list->name));
}

/* RFC 5321 section 4.4 has a word for what a message came by, or none. */
static const char *
protocol(const char *via)
{
	return gp_streq(via, "LMTP") ? "LMTP" : gp_streq(via, "IMAP") ? "IMAP" : "local";
}

/* RFC 5321 section 4.4: hop counts must grow through us. */
static void
add_received(struct gp_buf *b, const void *ctx, const struct gp_site *site,
    const struct gp_list *list, const struct gp_cooking *k)
{
	char *id = gp_msgid_key(ctx, k->msgid, 12);

	gp_header_add(b, "Received", gp_asprintf(ctx, "by %s (guildpost) with %s id %s for <%s>; %s",
	    site->conf->helo, protocol(k->in->via), id, list->address,
	    gp_date_format(ctx, k->in->received, 0)));
}

/* RFC 2369 section 3.4: a list that only moderators write to has no address for posts. */
static void
add_post(struct gp_buf *b, const void *ctx, const struct gp_list *list)
{
	if (list->set.post == GP_POST_MODERATORS || list->set.closed)
		gp_header_add(b, "List-Post", "NO");
	else
		add_mailto(b, ctx, "List-Post", list->address, "");
}

/* A field in place of what stood there. */
static void
replace(struct changes *c, const char *name, const char *value)
{
	if (value == NULL)
		return;
	c->drop[c->drop_n++] = name;
	c->touched[c->touched_n++] = name;
	gp_header_add(&c->front, name, value);
}

/* A field that is missing. */
static void
complete(struct changes *c, const struct gp_header *h, const char *name, const char *value)
{
	if (gp_header_find(h, name, 0) != NULL)
		return;
	c->touched[c->touched_n++] = name;
	gp_header_add(&c->front, name, value);
}

/* Results of our own server tell our readers nothing, and someone may have written them there. */
static bool
is_our_verdict(const void *ctx, const struct gp_header *h, const char *authserv)
{
	size_t n = gp_header_count(h, "Authentication-Results"), i;

	for (i = 0; *authserv != '\0' && i < n; i++) {
		char *v = gp_field_value(ctx, h, gp_header_find(h, "Authentication-Results", i));

		if (gp_istarts(v, authserv) && strchr("; \t", v[strlen(authserv)]) != NULL)
			return true;
	}
	return false;
}

static void
start(struct changes *c, const void *ctx, const struct gp_site *site, const struct gp_header *h)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->drop = gp_array(ctx, const char *, NAMES + h->n);
	c->touched = gp_array(ctx, const char *, NAMES + h->n);
	gp_buf_init(&c->front, ctx, 256 << 10);
	for (i = 0; i < GP_COUNT(dropped); i++) {
		c->drop[c->drop_n++] = dropped[i];
		if (gp_header_find(h, dropped[i], 0) != NULL)
			c->touched[c->touched_n++] = dropped[i];
	}
	for (i = 0; i < GP_COUNT(added); i++)
		c->touched[c->touched_n++] = added[i];
	if (is_our_verdict(ctx, h, site->conf->authserv))
		c->drop[c->drop_n++] = "Authentication-Results";
}

/* Fields that describe another body than the author's. */
static void
replace_content(struct changes *c, const void *ctx, const struct gp_cooking *k)
{
	size_t i;

	if (k->fields == NULL)
		return;
	for (i = 0; i < k->h->n; i++) {
		const struct gp_field *f = &k->h->fields[i];

		if (gp_field_is_content(k->h, f))
			c->drop[c->drop_n++] = gp_strndup(ctx, k->h->raw + f->start, f->name_len);
	}
	gp_buf_puts(&c->front, k->fields);
}

/* A content note as its author could have written it, which stands in answers again. */
static char *
note_prefix(const void *ctx, const char *note)
{
	char *text = gp_strdup(ctx, note), *p;

	/* A "#" in a prefix is a number. */
	for (p = text; *p != '\0'; p++)
		*p = *p == '[' ? '(' : *p == ']' ? ')' : *p == '#' ? ' ' : *p;
	return gp_asprintf(ctx, "[note: %s]", gp_utf8_line(ctx, text, strlen(text), GP_NOTE_LONGEST));
}

/* What the settings of the list change. */
static void
change(struct changes *c, const void *ctx, const struct gp_list *list,
    const struct gp_cooking *k)
{
	char *subject = gp_header_value(ctx, k->h, "Subject"), *other = NULL;
	struct gp_sender sender;

	if (k->note != NULL)
		other = gp_subject_prefix(ctx, subject, note_prefix(ctx, k->note), 0);
	subject = other != NULL ? other : subject;
	if (list->set.prefix[0] != '\0')
		subject = gp_subject_prefix(ctx, subject, list->set.prefix, k->number);
	replace(c, "Subject", list->set.prefix[0] != '\0' && subject != NULL ? subject : other);
	gp_cook_sender(ctx, list, k->h, NULL, &sender);
	replace(c, "Reply-To", sender.reply_to);
}

/*
 * Must the author's domain be asked whether From may stay? Not where a signature of it still holds
 * behind us: then the mail passes for its own (RFC 9989 section 7.4).
 */
static bool
must_ask(const void *ctx, const struct gp_list *list, const struct gp_cooking *k,
    const struct changes *c)
{
	if (list->set.dmarc == GP_DMARC_LEAVE)
		return false;
	if (list->set.dmarc == GP_DMARC_ALWAYS)
		return true;
	return k->body_changed ||
	    !gp_dkim_survives(ctx, k->h, k->in->mail->from_addr, c->touched, c->touched_n);
}

enum gp_status
gp_cook_header(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_cooking *k, struct gp_cooked *out, struct gp_err *err)
{
	struct changes c;
	struct gp_buf whole;

	start(&c, ctx, site, k->h);
	add_received(&c.front, ctx, site, list, k);
	add_common(&c.front, ctx, site, list);
	add_post(&c.front, ctx, list);
	if (k->key != NULL && gp_list_has_archive(list))
		gp_header_add(&c.front, "Archived-At",
		    gp_asprintf(ctx, "<%s/%s/m/%s>", site->conf->url, list->name, k->key));
	if (k->first)
		gp_header_add(&c.front, GP_FIRST_POST, "yes");
	complete(&c, k->h, "Precedence", "list");
	complete(&c, k->h, "Message-ID", gp_asprintf(ctx, "<%s>", k->msgid));
	complete(&c, k->h, "Date", gp_date_format(ctx, k->in->received, 0));
	change(&c, ctx, list, k);
	replace_content(&c, ctx, k);
	gp_buf_init(&whole, ctx, GP_MAX_MESSAGE);
	gp_header_splice(&whole, k->h, c.drop, c.drop_n, c.front.p, NULL);
	if (whole.over)
		return gp_fail(err, GP_E_TOOBIG, "the header of the post grew too large");
	out->header = whole.p;
	out->n = whole.len;
	out->ask = must_ask(ctx, list, k, &c);
	return GP_OK;
}

void
gp_cook_private(const void *ctx, const struct gp_site *site, const struct gp_header *h,
    struct gp_buf *out)
{
	struct changes c;

	start(&c, ctx, site, h);
	gp_header_splice(out, h, c.drop, c.drop_n, NULL, NULL);
}

char *
gp_cook_notice_fields(const void *ctx, const struct gp_site *site, const struct gp_list *list)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, 64 << 10);
	add_common(&b, ctx, site, list);
	gp_header_add(&b, "Precedence", "bulk");
	gp_header_add(&b, "X-Auto-Response-Suppress", "All");
	return b.p;
}

/* RFC 2369 section 3.2, RFC 8058: one click where the mail is one person's, and an address that knows whose it
 * is; else an address that asks whoever writes. */
static void
add_unsubscribe(struct gp_buf *b, const void *ctx, const struct gp_site *site,
    const struct gp_list *list, const struct gp_job *job, const struct gp_rcpt *rcpt)
{
	char *address = gp_route_address(ctx, site, list, "unsubscribe", NULL), *token, *own;

	if ((job->flags & GP_JOB_BATCH) != 0)
		add_mailto(b, ctx, "List-Unsubscribe", address, "");
	if ((job->flags & GP_JOB_ONE_CLICK) == 0 || rcpt->member == 0)
		return;
	/* Whatever address it is sent from, it takes off this member; RFC 5321 section 4.5.3.1.1 sets a limit. */
	token = gp_one_click_token(ctx, site, rcpt->member);
	own = gp_route_address(ctx, site, list, "unsubscribe", token);
	if (strcspn(own, "@") <= GP_MAX_LOCAL_PART)
		address = own;
	gp_header_add(b, "List-Unsubscribe", gp_asprintf(ctx, "<%s/u/%s>, <mailto:%s>",
	    site->conf->url, token, address));
	if (gp_starts(site->conf->url, "https://"))
		gp_header_add(b, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
}

/* Has the job no such field, as each recipient has one of its own? */
static bool
lacks(const void *ctx, const struct gp_job *job, const char *name)
{
	struct gp_header h;

	return gp_header_scan(ctx, job->header, job->header_n, &h, NULL) == GP_OK &&
	    gp_header_find(&h, name, 0) == NULL;
}

void
gp_cook_envelope(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const struct gp_job *job, const struct gp_rcpt *rcpt, struct gp_envelope *out)
{
	/* A batch goes to many: its bounces tell the job alone. */
	int64_t member = (job->flags & GP_JOB_BATCH) != 0 ? 0 : rcpt->member;
	struct gp_buf b;

	if ((job->flags & GP_JOB_NULL_SENDER) != 0)
		out->sender = gp_strdup(ctx, "");
	else
		out->sender = gp_route_address(ctx, site, list, "bounce",
		    gp_verp_token(ctx, site, job->id, member));
	gp_buf_init(&b, ctx, 4096);
	/* One digest goes to many, and each reads their own name on it. */
	if (job->kind == GP_JOB_DIGEST && lacks(ctx, job, "To"))
		gp_header_add(&b, "To", gp_addr_format(ctx, NULL, rcpt->address));
	add_unsubscribe(&b, ctx, site, list, job, rcpt);
	out->fields = b.p;
}
