/* SPDX-License-Identifier: ISC */
/*
 * A header changed without touching the rest: signatures over the fields that stay
 * still hold (RFC 6376 section 3.4, RFC 5322 section 2.2.3 for the folds of ours).
 */
#include "private.h"

#include <string.h>

#define FOLD_AT 78	/* RFC 5322 section 2.1.1: should */
#define LINE_LIMIT 998	/* must */

static bool
is_dropped(const struct gp_header *h, const struct gp_field *f, const char *const *drop,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(drop[i]) == f->name_len &&
		    gp_mail_ieq(h->raw + f->start, drop[i], f->name_len))
			return true;
	return false;
}

/* As it stands; but a line that only we take for part of the field gets the blank that
 * makes it one for everybody (RFC 7103 section 7.2). */
static void
copy_field(struct gp_buf *out, const char *p, size_t n)
{
	size_t line = gp_mail_line(p, n);

	gp_buf_add(out, p, line);
	for (p += line, n -= line; n > 0; p += line, n -= line) {
		line = gp_mail_line(p, n);
		if (!gp_mail_blank(*p))
			gp_buf_putc(out, ' ');
		gp_buf_add(out, p, line);
	}
}

void
gp_header_splice(struct gp_buf *out, const struct gp_header *h, const char *const *drop,
    size_t drop_n, const char *prepend, const char *append)
{
	size_t i;

	gp_buf_puts(out, prepend == NULL ? "" : prepend);
	for (i = 0; i < h->n; i++) {
		const struct gp_field *f = &h->fields[i];

		/* Lines in front of the first field would become part of ours. */
		if (f->name_len > 0 && !is_dropped(h, f, drop, drop_n))
			copy_field(out, h->raw + f->start, f->len);
	}
	gp_buf_puts(out, append == NULL ? "" : append);
}

/* One line: folds undone, controls to blanks. */
static char *
flatten(const void *ctx, const char *value)
{
	char *out = gp_array(ctx, char, strlen(value) + 1), *o = out;

	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if ((c == '\r' || c == '\n') && (value[1] == '\n' || gp_mail_blank(value[1])))
			continue;
		*o++ = (char)(c < 32 || c == 127 ? ' ' : c);
	}
	*o = '\0';
	return out;
}

/* Where the line that starts at p ends, `used` columns being taken: at the last blank
 * that fits, else at the next one, else where it must. */
static size_t
fold_point(const char *p, size_t used)
{
	size_t i, best = 0, n = strlen(p);

	if (used + n <= FOLD_AT)
		return n;
	for (i = 1; i < n; i++) {
		/* A line of blanks only is none. */
		if (p[i] != ' ' || p[i - 1] == ' ' || strspn(p + i, " ") == n - i)
			continue;
		if (used + i > FOLD_AT && best > 0)
			break;
		best = i;
		if (used + i > FOLD_AT)
			break;
	}
	if (best == 0)
		best = n;
	return used + best > LINE_LIMIT ? LINE_LIMIT - used : best;
}

void
gp_header_add(struct gp_buf *out, const char *name, const char *value)
{
	char *line = flatten(out->ctx, value), *p = line + strspn(line, " ");
	size_t used = strlen(name) + 2, len;

	gp_buf_printf(out, "%s:", name);
	if (*p != '\0')
		gp_buf_putc(out, ' ');
	while (*p != '\0') {
		len = fold_point(p, used);
		gp_buf_add(out, p, len);
		p += len;
		if (*p == '\0')
			break;
		gp_buf_puts(out, *p == ' ' ? "\r\n" : "\r\n ");
		used = *p == ' ' ? 0 : 1;
	}
	gp_buf_puts(out, "\r\n");
	talloc_free(line);
}
