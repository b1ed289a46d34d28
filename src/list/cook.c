/* SPDX-License-Identifier: ISC */
/*
 * The header of a post as the list sends it. Fields of ours go in front, fields that
 * must not travel on go (standards.md 1.3), all other bytes stay in their order, so
 * that an author's DKIM signature still holds: subject and body are untouched.
 * RFC 2369, 2919 (List-*), 5064 (Archived-At), 8058 (one-click), 5321 4.4 (Received).
 */
#include "config.h"

#include "guildpost/list.h"

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
	"X-UID",
};

char *
gp_cook_list_id(const void *ctx, const struct gp_list *list)
{
	const char *title = list->set.title[0] != '\0' ? list->set.title : list->name;

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
	if (list->set.archive == GP_ARCHIVE_PUBLIC)
		gp_header_add(b, "List-Archive",
		    gp_asprintf(ctx, "<%s/%s/>", site->conf->url, list->name));
}

/* RFC 5321 section 4.4: hop counts must grow through us. */
static void
add_received(struct gp_buf *b, const void *ctx, const struct gp_site *site,
    const struct gp_list *list, const struct gp_inbound *in)
{
	gp_header_add(b, "Received", gp_asprintf(ctx, "by %s (guildpost) with %s for <%s>; %s",
	    site->conf->helo, in->via, list->address, gp_date_format(ctx, in->received, 0)));
}

char *
gp_cook_header(const void *ctx, const struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, const struct gp_header *h, const char *msgid, const char *key,
    size_t *n)
{
	struct gp_buf front, out;

	gp_buf_init(&front, ctx, 64 << 10);
	add_received(&front, ctx, site, list, in);
	add_common(&front, ctx, site, list);
	add_mailto(&front, ctx, "List-Post", list->address, "");
	if (key != NULL && list->set.archive == GP_ARCHIVE_PUBLIC)
		gp_header_add(&front, "Archived-At",
		    gp_asprintf(ctx, "<%s/%s/m/%s>", site->conf->url, list->name, key));
	if (gp_header_find(h, "Precedence", 0) == NULL)
		gp_header_add(&front, "Precedence", "list");
	if (gp_header_find(h, "Message-ID", 0) == NULL)
		gp_header_add(&front, "Message-ID", gp_asprintf(ctx, "<%s>", msgid));
	if (gp_header_find(h, "Date", 0) == NULL)
		gp_header_add(&front, "Date", gp_date_format(ctx, in->received, 0));
	gp_buf_init(&out, ctx, GP_MAX_MESSAGE);
	gp_header_splice(&out, h, dropped, GP_COUNT(dropped), front.p, NULL);
	*n = out.len;
	return out.p;
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

/* RFC 2369 section 3.2, RFC 8058: one click where the mail is one person's, else by mail. */
static void
add_unsubscribe(struct gp_buf *b, const void *ctx, const struct gp_site *site,
    const struct gp_list *list, const struct gp_job *job, const struct gp_rcpt *rcpt)
{
	char *address = gp_route_address(ctx, site, list, "unsubscribe", NULL);

	if ((job->flags & GP_JOB_BATCH) != 0)
		add_mailto(b, ctx, "List-Unsubscribe", address, "");
	if ((job->flags & GP_JOB_ONE_CLICK) == 0 || rcpt->member == 0)
		return;
	gp_header_add(b, "List-Unsubscribe", gp_asprintf(ctx, "<%s/u/%s>, <mailto:%s>",
	    site->conf->url, gp_one_click_token(ctx, site, rcpt->member), address));
	if (gp_starts(site->conf->url, "https://"))
		gp_header_add(b, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
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
	add_unsubscribe(&b, ctx, site, list, job, rcpt);
	out->fields = b.p;
}
