/* SPDX-License-Identifier: ISC */
/*
 * A text that we sent, changed and sent back: it stands between two lines of one sign, and
 * mail programs put "> " in front of every line of it.
 */
#include "config.h"

#include "read.h"

#include <string.h>

enum { RULE = 10 };

/* Marks of quoting at the beginning of a line, blanks among them. */
static size_t
quote_of(const char *p, size_t n)
{
	size_t i = 0, end = 0;

	for (; i < n && (p[i] == '>' || p[i] == '|' || p[i] == ' '); i++)
		if (p[i] != ' ')
			end = i + 1;
	if (end > 0 && end < n && p[end] == ' ')
		end++;
	return end;
}

/* The line from `at` on, without the blanks at its end. */
static struct gp_str
rest_of(const char *p, size_t n, size_t at)
{
	while (n > at && strchr(" \t\r", p[n - 1]) != NULL)
		n--;
	return (struct gp_str){p + at, n - at};
}

/* One line, without the marks that the first rule had. */
static void
add_line(struct gp_buf *b, const char *p, size_t n, size_t depth)
{
	size_t at = 0, marks = 0;
	struct gp_str s;

	while (marks < depth && at < n && (p[at] == '>' || p[at] == '|' || p[at] == ' ')) {
		marks += p[at] != ' ';
		at++;
	}
	if (depth > 0 && at < n && p[at] == ' ')
		at++;
	s = rest_of(p, n, at);
	gp_buf_add(b, s.p, s.n);
	gp_buf_putc(b, '\n');
}

static size_t
marks_of(const char *p, size_t n)
{
	size_t i, end = quote_of(p, n), marks = 0;

	for (i = 0; i < end; i++)
		marks += p[i] != ' ';
	return marks;
}

char *
gp_read_returned(const void *ctx, const struct gp_mail *mail)
{
	const char *p = mail->text, *end = p + mail->text_n, *nl;
	bool inside = false, closed = false;
	size_t depth = 0, n;
	struct gp_buf b;
	struct gp_str s;

	gp_buf_init(&b, ctx, GP_MAX_TEXT);
	for (; mail->text != NULL && p < end && !closed; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		n = (size_t)(nl - p);
		if (gp_read_is_run(rest_of(p, n, quote_of(p, n)), RULE)) {
			closed = inside;
			depth = inside ? depth : marks_of(p, n);
			inside = true;
		} else if (inside) {
			add_line(&b, p, n, depth);
		}
	}
	/* Without its end nobody knows what a mail program put below. */
	if (!closed)
		return NULL;
	s = gp_str_trim((struct gp_str){b.p != NULL ? b.p : "", b.len});
	return s.n == 0 ? NULL : gp_asprintf(ctx, "%.*s\n", (int)s.n, s.p);
}
