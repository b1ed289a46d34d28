/* SPDX-License-Identifier: ISC */
/*
 * Do two messages with one Message-ID say the same? Copies of a message differ in
 * what relays and lists add: Received fields, a footer below the text, white space
 * at the ends of lines. Text and attachments must agree, nothing else.
 */
#include "config.h"

#include "private.h"

enum {
	FOOTER_LINES = 12,
	RULE_MIN = 10		/* characters of a line that sets off a footer */
};

/* The next line of *t without blanks at its end; false at the end of the text. */
static bool
next_line(struct gp_str *t, struct gp_str *line)
{
	const char *eol;

	if (t->n == 0)
		return false;
	eol = memchr(t->p, '\n', t->n);
	line->p = t->p;
	line->n = eol == NULL ? t->n : (size_t)(eol - t->p);
	t->p += eol == NULL ? t->n : line->n + 1;
	t->n -= eol == NULL ? t->n : line->n + 1;
	while (line->n > 0 && strchr(" \t\r", line->p[line->n - 1]) != NULL)
		line->n--;
	return true;
}

static bool
next_full_line(struct gp_str *t, struct gp_str *line)
{
	while (next_line(t, line))
		if (line->n > 0)
			return true;
	return false;
}

/* "_______________" or "---------------" or the signature mark. */
static bool
is_rule(struct gp_str line)
{
	size_t i;

	if (line.n == 2 && memcmp(line.p, "--", 2) == 0)
		return true;
	for (i = 0; i < line.n; i++)
		if (line.p[i] != line.p[0] || strchr("_-=~*", line.p[i]) == NULL)
			return false;
	return line.n >= RULE_MIN;
}

/* Is what is left of a text nothing but a list's footer? */
static bool
is_footer(struct gp_str first, struct gp_str rest)
{
	int lines = 0;

	if (!is_rule(first))
		return false;
	while (next_full_line(&rest, &first))
		lines++;
	return lines <= FOOTER_LINES;
}

static bool
same_text(struct gp_str a, struct gp_str b)
{
	struct gp_str x, y;
	bool more_x, more_y;

	for (;;) {
		more_x = next_full_line(&a, &x);
		more_y = next_full_line(&b, &y);
		if (!more_x || !more_y)
			break;
		if (x.n != y.n || memcmp(x.p, y.p, x.n) != 0)
			/* Both may have one, each another list's. */
			return is_footer(x, a) && is_footer(y, b);
	}
	return more_x == more_y || (more_x ? is_footer(x, a) : is_footer(y, b));
}

static const struct gp_part *
next_attachment(const struct gp_mail *m, size_t *i)
{
	while (*i < m->parts_n) {
		const struct gp_part *p = &m->parts[(*i)++];

		if ((p->flags & (GP_PART_MULTIPART | GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) == 0)
			return p;
	}
	return NULL;
}

static bool
same_part(const struct gp_part *a, const char *a_raw, size_t a_n, const struct gp_part *b,
    const char *b_raw, size_t b_n)
{
	void *tmp;
	char *x, *y;
	size_t xn, yn;
	bool same = false;

	if (a->size != b->size || !gp_streq(a->type, b->type))
		return false;
	if (a->body > a_n || a->len > a_n - a->body || b->body > b_n || b->len > b_n - b->body)
		return false;
	tmp = gp_ctx(NULL);
	if (gp_cte_decode(tmp, a->cte, a_raw + a->body, a->len, GP_MAX_MESSAGE, &x, &xn, NULL) ==
	    GP_OK && gp_cte_decode(tmp, b->cte, b_raw + b->body, b->len, GP_MAX_MESSAGE, &y, &yn,
	    NULL) == GP_OK)
		same = same_text((struct gp_str){x, xn}, (struct gp_str){y, yn});
	talloc_free(tmp);
	return same;
}

/* A list may have put its footer behind as a part of its own. */
static bool
may_be_footer(const struct gp_part *p)
{
	return p == NULL || (gp_streq(p->type, "text/plain") && p->name == NULL && p->size < 2048);
}

bool
gp_mail_same(const struct gp_mail *a, const char *a_raw, size_t a_n, const struct gp_mail *b,
    const char *b_raw, size_t b_n)
{
	const struct gp_part *x, *y;
	size_t i = 0, j = 0;

	if (!same_text((struct gp_str){a->text, a->text_n}, (struct gp_str){b->text, b->text_n}))
		return false;
	for (;;) {
		x = next_attachment(a, &i);
		y = next_attachment(b, &j);
		if (x == NULL || y == NULL)
			return may_be_footer(x) && may_be_footer(y);
		if (!same_part(x, a_raw, a_n, y, b_raw, b_n))
			return false;
	}
}

enum gp_status
gp_message_same(const void *ctx, struct gp_store *s, int64_t id, const struct gp_mail *m,
    const char *raw, size_t n, bool *same, struct gp_err *err)
{
	void *tmp = gp_ctx(ctx);
	struct gp_mail other;
	char *other_raw;
	size_t other_n;
	enum gp_status status = gp_body_raw(tmp, s, id, &other_raw, &other_n, err);

	*same = status == GP_OK && other_n == n && memcmp(other_raw, raw, n) == 0;
	/* What can't be read again counts as something else: nothing is lost. */
	if (status == GP_OK && !*same &&
	    gp_body_mail(tmp, s, id, &other, &other_raw, &other_n, NULL) == GP_OK)
		*same = gp_mail_same(&other, other_raw, other_n, m, raw, n);
	talloc_free(tmp);
	return status;
}
