/* SPDX-License-Identifier: ISC */
/*
 * One field of a header without somebody (RFC 5322 section 3.6): address fields are written
 * anew without them, text gets other words, and what machines put there about them goes.
 * What the archive stands on stays: ids, dates, the structure of MIME.
 */
#include "rewrite.h"

#include <string.h>

enum kind { OTHER, ADDRESSES, TEXT, PARAMS, IDS, STAYS };

static const struct {
	const char *name;
	enum kind kind;
} fields[] = {
	{ "From", ADDRESSES }, { "Sender", ADDRESSES }, { "Reply-To", ADDRESSES },
	{ "To", ADDRESSES }, { "Cc", ADDRESSES }, { "Bcc", ADDRESSES },
	{ "Resent-From", ADDRESSES }, { "Resent-Sender", ADDRESSES }, { "Resent-To", ADDRESSES },
	{ "Resent-Cc", ADDRESSES }, { "Mail-Followup-To", ADDRESSES },
	{ "Mail-Reply-To", ADDRESSES },
	{ "Subject", TEXT }, { "Thread-Topic", TEXT }, { "Comments", TEXT }, { "Keywords", TEXT },
	{ "Content-Description", TEXT },
	{ "Content-Type", PARAMS }, { "Content-Disposition", PARAMS },
	{ "In-Reply-To", IDS }, { "References", IDS },
	{ "Message-ID", STAYS }, { "Date", STAYS }, { "MIME-Version", STAYS },
	{ "Content-Transfer-Encoding", STAYS }, { "Content-ID", STAYS },
	{ "Thread-Index", STAYS },
};

static enum kind
kind_of(struct gp_str name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(fields); i++)
		if (gp_str_ieq(name, fields[i].name))
			return fields[i].kind;
	return OTHER;
}

static bool
holds(const struct gp_rewriter *w, const char *p, size_t n)
{
	char *text;
	bool yes;

	if (w->how->holds(w->how->arg, p, n))
		return true;
	if (n < 2 || gp_memmem(p, n, "=?", 2) == NULL)
		return false;
	text = gp_mail_decode_words(w->ctx, p, n);
	yes = w->how->holds(w->how->arg, text, strlen(text));
	talloc_free(text);
	return yes;
}

static void
begin(struct gp_buf *out, struct gp_str name)
{
	gp_buf_add(out, name.p, name.n);
	gp_buf_puts(out, ": ");
}

/* "Ann by way of Bees" <bees@example.org>: what lists put there for her. True: another name. */
static bool
rename_sender(const struct gp_rewriter *w, struct gp_addr *a)
{
	static const char field[] = "From: ";
	static const char *const ways[] = { " via ", " by way of ", "@" };
	char *line = gp_asprintf(w->ctx, "%s%s", field, a->name);
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, w->ctx, 2 * GP_MAX_HEADER_FIELD);
	for (i = 0; i < GP_COUNT(ways) && strstr(a->name, ways[i]) == NULL; i++)
		;
	if (i == GP_COUNT(ways) || !w->how->text(w->how->arg, &b, line, strlen(line)) || b.over)
		return false;
	a->name = b.p + strlen(field);
	return true;
}

/* Those who stay, one a line; without anybody the field goes, but there must be a From. */
static bool
write_addresses(const struct gp_rewriter *w, struct gp_str name, struct gp_str v,
    struct gp_buf *out)
{
	const struct gp_rewrite *how = w->how;
	struct gp_addrs a;
	size_t i, kept = 0;
	bool other = false;

	if (gp_addrs_parse(w->ctx, v.p, v.n, &a, NULL) != GP_OK)
		return true;
	for (i = 0; i < a.n; i++)
		if (!how->is_gone(how->arg, &a.v[i]))
			a.v[kept++] = a.v[i];
	for (i = 0; i < kept; i++)
		other |= rename_sender(w, &a.v[i]);
	if (kept == a.n && !other && !how->text(how->arg, gp_buf_new(w->ctx, 2 * GP_MAX_HEADER_FIELD),
	    v.p, v.n))
		return false;
	for (i = 0; i < kept; i++) {
		if (i == 0)
			begin(out, name);
		gp_buf_puts(out, gp_addr_format(w->ctx, a.v[i].name, a.v[i].addr));
		gp_buf_puts(out, i + 1 < kept ? ",\r\n " : "\r\n");
	}
	if (kept == 0 && gp_str_ieq(name, "From")) {
		begin(out, name);
		gp_buf_printf(out, "\"%s\" <%s>\r\n", how->name, how->address);
	}
	return true;
}

static bool
write_text(const struct gp_rewriter *w, struct gp_str name, struct gp_str v, struct gp_buf *out)
{
	char *text = gp_mail_decode_words(w->ctx, v.p, v.n);
	struct gp_buf b;

	gp_buf_init(&b, w->ctx, 2 * GP_MAX_HEADER_FIELD);
	if (!w->how->text(w->how->arg, &b, text, strlen(text)) || b.over)
		return b.over;
	begin(out, name);
	gp_buf_puts(out, gp_mail_encode_words(w->ctx, b.p, name.n + 2));
	gp_buf_puts(out, "\r\n");
	return true;
}

/* The names of files; boundaries stay, as they stand in the body too. */
static bool
write_params(const struct gp_rewriter *w, struct gp_str name, struct gp_str v,
    struct gp_buf *out)
{
	struct gp_buf b;

	if (v.n > 10 && gp_mail_ieq(v.p, "multipart/", 10))
		return false;
	gp_buf_init(&b, w->ctx, 2 * GP_MAX_HEADER_FIELD);
	if (!w->how->text(w->how->arg, &b, v.p, v.n) || b.over)
		return false;
	begin(out, name);
	gp_buf_add(out, b.p, b.len);
	gp_buf_puts(out, "\r\n");
	return true;
}

/* Old programs wrote "Your message of Monday, Ann <ann@example.org>" beside the id. */
static bool
write_ids(const struct gp_rewriter *w, struct gp_str name, struct gp_str v, struct gp_buf *out)
{
	size_t n, i, kept = 0;
	char **ids;

	if (!holds(w, v.p, v.n))
		return false;
	ids = gp_msgids_parse(w->ctx, v.p, v.n, &n);
	for (i = 0; i < n; i++) {
		struct gp_addr a = { .name = (char *)(uintptr_t)"", .addr = ids[i] };

		if (w->how->is_gone(w->how->arg, &a))
			continue;
		if (kept++ == 0)
			begin(out, name);
		else
			gp_buf_puts(out, "\r\n ");
		gp_buf_printf(out, "<%s>", ids[i]);
	}
	if (kept > 0)
		gp_buf_puts(out, "\r\n");
	return true;
}

void
gp_rewrite_ask(const struct gp_rewriter *w, const struct gp_header *h)
{
	struct gp_addrs a;
	struct gp_str v;
	size_t i, k;

	for (i = 0; i < h->n; i++) {
		v = (struct gp_str){ h->raw + h->fields[i].start, h->fields[i].name_len };
		if (kind_of(v) != ADDRESSES)
			continue;
		v = gp_mail_field(h, &h->fields[i]);
		if (gp_addrs_parse(w->ctx, v.p, v.n, &a, NULL) != GP_OK)
			continue;
		for (k = 0; k < a.n; k++)
			(void)w->how->is_gone(w->how->arg, &a.v[k]);
	}
}

bool
gp_rewrite_field(const struct gp_rewriter *w, const struct gp_header *h,
    const struct gp_field *f, struct gp_buf *out)
{
	struct gp_str name = { h->raw + f->start, f->name_len }, v = gp_mail_field(h, f);

	switch (kind_of(name)) {
	case ADDRESSES:
		return write_addresses(w, name, v, out);
	case TEXT:
		return write_text(w, name, v, out);
	case PARAMS:
		return write_params(w, name, v, out);
	case IDS:
		return write_ids(w, name, v, out);
	case STAYS:
		return false;
	case OTHER:
		break;
	}
	return holds(w, h->raw + f->start, f->len);
}
