/* SPDX-License-Identifier: ISC */
/*
 * The envelope of a mail that came by no SMTP session: what the server that put it into a mailbox
 * wrote above it (RFC 5321 section 4.4: it puts its fields on top; Return-Path), else whom the mail
 * itself names (RFC 5322 sections 3.6.3 and 3.6.6). The order stands in inbound.h and in
 * guildpost.conf(5). What stands below the first Received may be anybody's: a Delivered-To there
 * is not looked at.
 */
#include "config.h"

#include "guildpost/inbound.h"
#include "guildpost/mail.h"

#include <string.h>
#include <strings.h>

struct finding {
	const void *ctx;
	const struct gp_header *h;
	size_t top;		/* fields above this one are of the server that delivered */
	size_t max;		/* recipients */
	gp_ours_fn *ours;
	void *arg;
	struct gp_box_envelope *out;
	struct gp_err *err;
	size_t asked;		/* addresses that were looked up */
};

static bool
is_named(const struct gp_header *h, const struct gp_field *f, const char *name)
{
	return f->name_len == strlen(name) &&
	    gp_str_ieq((struct gp_str){h->raw + f->start, f->name_len}, name);
}

/* Where the fields of the author begin, or those of servers on the way. */
static bool
ends_top(const struct gp_header *h, const struct gp_field *f)
{
	static const char *const names[] = {"Received", "From", "Sender", "Reply-To", "To", "Cc",
	    "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Comments", "Keywords",
	    "MIME-Version", "DKIM-Signature"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (is_named(h, f, names[i]))
			return true;
	return f->name_len > 7 && (strncasecmp(h->raw + f->start, "Resent-", 7) == 0 ||
	    strncasecmp(h->raw + f->start, "Content-", 8) == 0);
}

static bool
has_already(const struct gp_box_envelope *e, const char *folded)
{
	size_t i;

	for (i = 0; i < e->rcpts_n; i++)
		if (gp_streq(e->folded[i], folded))
			return true;
	return false;
}

/* One address: is it ours? */
static enum gp_status
consider(struct finding *f, const char *address)
{
	struct gp_box_envelope *e = f->out;
	char *folded = gp_addr_check(address, NULL) == GP_OK ? gp_addr_fold(f->ctx, address) : NULL;
	enum gp_status st;

	if (folded == NULL || has_already(e, folded))
		return GP_OK;
	if (++f->asked > GP_MAX_ADDRESSES)
		return gp_fail(f->err, GP_E_TOOBIG, "it names more than %d addresses", GP_MAX_ADDRESSES);
	st = f->ours(f->arg, address, f->err);
	if (st == GP_E_NOTFOUND)
		return GP_OK;
	if (st != GP_OK)
		return st;
	if (e->rcpts_n == f->max)
		return gp_fail(f->err, GP_E_TOOBIG, "it names more than %zu addresses of ours", f->max);
	e->rcpts = talloc_realloc(f->ctx, e->rcpts, char *, (unsigned)e->rcpts_n + 1);
	e->folded = talloc_realloc(f->ctx, e->folded, char *, (unsigned)e->rcpts_n + 1);
	if (e->rcpts == NULL || e->folded == NULL)
		gp_oom();
	e->rcpts[e->rcpts_n] = gp_strdup(f->ctx, address);
	e->folded[e->rcpts_n++] = folded;
	return GP_OK;
}

/* All of that name among the first `below` fields. */
static enum gp_status
consider_fields(struct finding *f, const char *name, size_t below)
{
	enum gp_status st = GP_OK;
	struct gp_addrs addrs;
	size_t i, k;

	for (i = 0; st == GP_OK && i < below; i++) {
		const struct gp_field *field = &f->h->fields[i];
		char *value;

		if (!is_named(f->h, field, name))
			continue;
		value = gp_field_value(f->ctx, f->h, field);
		st = gp_addrs_parse(f->ctx, value, strlen(value), &addrs, f->err);
		for (k = 0; st == GP_OK && k < addrs.n; k++)
			st = consider(f, addrs.v[k].addr);
	}
	return st;
}

/* Step by step; the first that names an address of ours counts alone. */
static enum gp_status
find_recipients(struct finding *f)
{
	static const struct { const char *name, *other; bool top; } steps[] = {
		{"X-Original-To", NULL, true}, {"X-Envelope-To", NULL, true},
		{"Envelope-To", NULL, true}, {"Delivered-To", NULL, true},
		{"X-Forwarded-To", NULL, true}, {"Resent-To", "Resent-Cc", false}, {"To", "Cc", false},
	};
	enum gp_status st = GP_OK;
	size_t i;

	for (i = 0; st == GP_OK && f->out->rcpts_n == 0 && i < GP_COUNT(steps); i++) {
		f->out->by = steps[i].name;
		st = consider_fields(f, steps[i].name, steps[i].top ? f->top : f->h->n);
		if (st == GP_OK && steps[i].other != NULL)
			st = consider_fields(f, steps[i].other, f->h->n);
	}
	if (st == GP_OK && f->out->rcpts_n == 0)
		st = gp_fail(f->err, GP_E_NOTFOUND, "it names no address of ours");
	return st;
}

/* The first address of a field, or NULL. */
static char *
first_address(const void *ctx, const char *value)
{
	struct gp_addrs addrs;

	if (value == NULL || gp_addrs_parse(ctx, value, strlen(value), &addrs, NULL) != GP_OK ||
	    addrs.n == 0 || gp_addr_check(addrs.v[0].addr, NULL) != GP_OK)
		return NULL;
	return addrs.v[0].addr;
}

static char *
find_sender(const void *ctx, const struct gp_header *h)
{
	char *value = gp_header_value(ctx, h, "Return-Path"), *found;

	if (value != NULL && gp_str_eq(gp_str_trim(GP_STR(value)), "<>"))
		return gp_strdup(ctx, "");
	found = first_address(ctx, value);
	if (found == NULL)
		found = first_address(ctx, gp_header_value(ctx, h, "From"));
	return found != NULL ? found : gp_strdup(ctx, "");
}

enum gp_status
gp_box_envelope_find(const void *ctx, const char *raw, size_t n, size_t max, gp_ours_fn *ours, void *arg,
    struct gp_box_envelope *out, struct gp_err *err)
{
	struct gp_header h;
	struct finding f = {ctx, &h, 0, max, ours, arg, out, err, 0};
	enum gp_status st = gp_header_scan(ctx, raw, n, &h, err);

	memset(out, 0, sizeof(*out));
	if (st != GP_OK)
		return st;
	while (f.top < h.n && !ends_top(&h, &h.fields[f.top]))
		f.top++;
	st = find_recipients(&f);
	if (st == GP_OK)
		out->sender = find_sender(ctx, &h);
	return st;
}
