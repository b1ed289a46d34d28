/* SPDX-License-Identifier: ISC */
/*
 * A plain text message as HTML (fragments for <div class="b">). Quotes become nested
 * <blockquote class="q">, folded into <details> when they are long or stand at the end;
 * signatures are dimmed, patches coloured. Blocks that were aligned by hand stay as they were,
 * in <pre> (the whole message if they are most of it); prose becomes paragraphs whose lines are joined again, so that it fits a
 * phone: only where the line end can be told to come from a mail program's margin.
 *
 * The rules of joining were measured on real lists: a wrong join is worse than none.
 */
#include "config.h"

#include "text.h"

#include <string.h>

enum {
	FOLD_LINES = 8,		/* quotes of more lines are folded */
	MAX_LEVELS = 8,		/* blockquotes within each other that are written */
	MARGIN_LEAST = 55,	/* narrower text was not wrapped by a program */
	MARGIN_MOST = 80,
	MARGIN_USUAL = 72,
	TOKEN_MOST = 40
};

struct page {
	struct gp_buf *b;
	const struct gp_text_opts *opts;
	const struct text *t;
	bool fixed;
	unsigned margin[2];	/* widest line of own text, and of what is quoted once */
	unsigned levels;	/* blockquotes open */
};

/* Columns of a line, no further than needed to know that it is too long. */
static unsigned
columns(const struct line *l)
{
	size_t i, n = l->n > 400 ? 400 : l->n;
	unsigned c = 0;

	for (i = 0; i < n; i++)
		c += ((unsigned char)l->p[i] & 0xc0) != 0x80;
	return c;
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12.", "3)": the start of an entry in a list. */
static bool
is_entry(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && i < 4 && is_digit(l->p[i]))
		i++;
	return i && i < l->n && (l->p[i] == '.' || l->p[i] == ')') &&
	    (i + 1 == l->n || l->p[i + 1] == ' ');
}

/* A prompt ("user@host:~$ ls") or a line of a log ("2024-03-14 ...", "12:30:01 ..."). */
static bool
is_machine(const struct line *l)
{
	const char *blank = memchr(l->p, ' ', l->n), *at;
	size_t word = blank ? (size_t)(blank - l->p) : l->n;

	at = memchr(l->p, '@', word);
	if (at && word && strchr("$#%>", l->p[word - 1]))
		return true;
	if (l->n >= 5 && is_digit(l->p[0]) && is_digit(l->p[1]) && l->p[2] == ':' &&
	    is_digit(l->p[3]))
		return true;
	if (l->n >= 7 && is_digit(l->p[0]) && is_digit(l->p[3]) && (l->p[4] == '-' ||
	    l->p[4] == '/') &&
	    is_digit(l->p[5]))
		return true;
	/* "Mar 14 12:30:01 host daemon[1]:" */
	return l->n >= 15 && l->p[3] == ' ' && l->p[6] == ' ' && l->p[9] == ':' &&
	    l->p[12] == ':' &&
	    is_digit(l->p[7]);
}

static size_t
blanks(const struct line *l)
{
	size_t i = 0;

	while (i < l->n && l->p[i] == ' ')
		i++;
	return i;
}

/* Words with blanks between: no code, no address, no row of signs. */
static bool
is_prose(const struct line *l)
{
	size_t i = l->align == ALIGN_FIRST ? blanks(l) : 0, token = 0, good = i;
	unsigned char c = i < l->n ? (unsigned char)l->p[i] : 0;

	if (!is_letter(c) && !is_digit((char)c) && !strchr("(\"'", c))
		return false;
	for (; i < l->n; i++) {
		c = (unsigned char)l->p[i];
		if (c == ' ') {
			/* Two blanks only behind a full stop. */
			if (i && i + 1 < l->n && l->p[i + 1] == ' ' && !strchr(".?!:", l->p[i - 1]))
				return false;
			token = 0;
			good++;
		} else {
			/* A code point counts once. */
			if ((c & 0xc0) != 0x80 && ++token > TOKEN_MOST)
				return false;
			good += is_letter(c);
		}
	}
	return good * 4 >= l->n * 3u && !is_machine(l);
}

static unsigned
first_word(const struct line *l)
{
	size_t i;
	unsigned c = 0;

	for (i = 0; i < l->n && l->p[i] != ' '; i++)
		c += ((unsigned char)l->p[i] & 0xc0) != 0x80;
	return c;
}

/*
 * Was the end of line a made by a program, because the first word of line b did not fit
 * any more? Both must be prose, and a long enough.
 */
static bool
joins(const struct line *a, const struct line *b, unsigned margin)
{
	unsigned width = columns(a), usual = margin < MARGIN_USUAL ? margin : MARGIN_USUAL;

	if (margin < MARGIN_LEAST || width > MARGIN_MOST || width * 100 < margin * 62)
		return false;
	return width + 1 + first_word(b) > usual - 1 && is_prose(a) && is_prose(b) && !is_entry(b);
}

/* Does b go on with the entry of a list that a belongs to? What is announced stands alone. */
static bool
hangs(const struct line *a, const struct line *b)
{
	return b->align == ALIGN_HANGING && a->n > 0 && a->p[a->n - 1] != ':';
}

/* The widest line of text, own or quoted once, that is not over 80 columns. */
static void
measure(struct page *pg)
{
	size_t i;
	unsigned c;

	for (i = 0; i < pg->t->n; i++) {
		const struct line *l = &pg->t->v[i];

		if (l->kind == LINE_TEXT && l->depth < 2 && l->n > pg->margin[l->depth] &&
		    (c = columns(l)) <= MARGIN_MOST && c > pg->margin[l->depth])
			pg->margin[l->depth] = c;
	}
}

static void
put_line(struct page *pg, const struct line *l)
{
	static const char *const open[] = {
		[LOOK_PLAIN] = "", [LOOK_CONTEXT] = "", [LOOK_FILE] = "<span class=\"fh\">",
		[LOOK_HUNK] = "<span class=\"hk\">", [LOOK_ADDED] = "<ins>",
		    [LOOK_REMOVED] = "<del>"};
	static const char *const close[] = {
		[LOOK_PLAIN] = "", [LOOK_CONTEXT] = "", [LOOK_FILE] = "</span>",
		    [LOOK_HUNK] = "</span>",
		[LOOK_ADDED] = "</ins>", [LOOK_REMOVED] = "</del>"};

	gp_buf_puts(pg->b, open[l->look]);
	text_inline(pg->b, l->p, l->n, pg->opts);
	gp_buf_puts(pg->b, close[l->look]);
}

/* Lines [i, j) as they are, with numbers to link to when asked for. */
static void
put_pre(struct page *pg, size_t i, size_t j, const char *attr)
{
	gp_buf_printf(pg->b, "<pre%s>", attr);
	for (; i < j; i++) {
		if (pg->opts->flags & GP_TEXT_LINES)
			gp_buf_printf(pg->b, "<span id=\"L%u\"><a class=\"l\" href=\"#L%u\" title=\"#L%u\"></a>",
			    pg->t->v[i].number, pg->t->v[i].number, pg->t->v[i].number);
		put_line(pg, &pg->t->v[i]);
		gp_buf_puts(pg->b, pg->opts->flags & GP_TEXT_LINES ? "</span>\n" : "\n");
	}
	gp_buf_puts(pg->b, "</pre>\n");
}

/* Lines [i, j) as a paragraph: lines joined where a program cut them. */
static void
put_paragraph(struct page *pg, size_t i, size_t j, const char *attr)
{
	const struct line *v = pg->t->v;
	unsigned margin = v[i].depth < 2 && v[i].kind != LINE_SIGNATURE &&
	    !(pg->opts->flags & GP_TEXT_FLOWED) ? pg->margin[v[i].depth] : 0;

	if (pg->opts->flags & GP_TEXT_LINES)
		gp_buf_printf(pg->b, "<p%s id=\"L%u\"><a class=\"l\" href=\"#L%u\" title=\"#L%u\"></a>", attr,
		    v[i].number, v[i].number, v[i].number);
	else
		gp_buf_printf(pg->b, "<p%s>", attr);
	for (; i < j; i++) {
		size_t in = v[i].align != ALIGN_NONE ? blanks(&v[i]) : 0;

		text_inline(pg->b, v[i].p + in, v[i].n - in, pg->opts);
		if (i + 1 < j)
			gp_buf_puts(pg->b, hangs(&v[i], &v[i + 1]) ||
			    joins(&v[i], &v[i + 1], margin) ? "\n" : "<br>\n");
	}
	gp_buf_puts(pg->b, "</p>\n");
}

static void
put_block(struct page *pg, size_t i, size_t j, const char *attr)
{
	bool pre = pg->fixed;
	size_t k;

	for (k = i; k < j && !pre; k++)
		pre = pg->t->v[k].align == ALIGN_COLUMNS;
	if (pre)
		put_pre(pg, i, j, attr);
	else
		put_paragraph(pg, i, j, attr);
}

/* The end of the run of lines of one kind and depth; in <pre> empty lines belong to it. */
static size_t
run_end(const struct page *pg, size_t i, size_t end)
{
	const struct line *v = pg->t->v;
	size_t j = i, last = i;

	for (; j < end; j++) {
		if (v[j].kind == LINE_BLANK && v[j].look == LOOK_PLAIN && !pg->fixed)
			break;
		if (v[j].kind == LINE_BLANK)
			continue;
		if (v[j].kind != v[i].kind || v[j].depth != v[i].depth)
			break;
		last = j;
	}
	return last + 1;
}

static void
set_levels(struct page *pg, unsigned levels)
{
	if (levels > MAX_LEVELS)
		levels = MAX_LEVELS;
	for (; pg->levels < levels; pg->levels++)
		gp_buf_puts(pg->b, "<blockquote class=\"q\">");
	for (; pg->levels > levels; pg->levels--)
		gp_buf_puts(pg->b, "</blockquote>\n");
}

/* The end of a quote: the last quoted line before the next own one; counts its lines. */
static size_t
quote_end(const struct text *t, size_t i, size_t *count)
{
	size_t end = i;

	for (*count = 0; i < t->n; i++) {
		if (t->v[i].kind == LINE_BLANK)
			continue;
		if (!t->v[i].depth)
			break;
		++*count;
		end = i + 1;
	}
	return end;
}

/* Does the writer say anything in lines [i, j)? */
static bool
has_own(const struct text *t, size_t i, size_t j)
{
	for (; i < j; i++)
		if (t->v[i].kind == LINE_TEXT && !t->v[i].depth)
			return true;
	return false;
}

static void
put_quote(struct page *pg, size_t i, size_t end, size_t count, bool fold)
{
	size_t j;

	if (fold)
		gp_buf_printf(pg->b, "<details><summary>%zu %s</summary>\n", count,
		    pg->opts->folded ? pg->opts->folded : "&gt;");
	while (i < end) {
		if (pg->t->v[i].kind == LINE_BLANK) {
			i++;
			continue;
		}
		j = run_end(pg, i, end);
		set_levels(pg, pg->t->v[i].depth);
		put_block(pg, i, j, "");
		i = j;
	}
	set_levels(pg, 0);
	if (fold)
		gp_buf_puts(pg->b, "</details>\n");
}

static void
put_body(struct page *pg)
{
	const struct text *t = pg->t;
	size_t i = 0, j, count, last_own = t->n;
	bool own = false;

	while (last_own > 0 && !has_own(t, last_own - 1, last_own))
		last_own--;
	while (i < t->n && !pg->b->over) {
		const struct line *l = &t->v[i];

		if (l->kind == LINE_BLANK) {
			i++;
		} else if (l->depth) {
			j = quote_end(t, i, &count);
			put_quote(pg, i, j, count, !(pg->opts->flags & GP_TEXT_OPEN_QUOTES) &&
			    (count > FOLD_LINES || (own && j > last_own)));
			i = j;
		} else {
			j = run_end(pg, i, t->n);
			own |= l->kind == LINE_TEXT;
			put_block(pg, i, j, l->kind == LINE_SIGNATURE ? " class=\"sig\"" :
			    l->kind == LINE_ATTRIBUTION ? " class=\"m\"" : "");
			i = j;
		}
	}
}

/* As sent: every line with its marks. */
static void
put_as_sent(struct page *pg, const char *text, size_t n)
{
	const char *p = text, *end = text + n, *nl;
	size_t i = 0;

	gp_buf_puts(pg->b, "<pre>");
	for (; p < end && !pg->b->over; p = nl + 1) {
		const struct line *l = &pg->t->v[i++];
		struct line whole = *l;

		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		whole.p = p;
		whole.n = (uint32_t)(l->p + l->n - p);
		if (pg->opts->flags & GP_TEXT_LINES)
			gp_buf_printf(pg->b, "<span id=\"L%zu\">", i);
		put_line(pg, &whole);
		gp_buf_puts(pg->b, pg->opts->flags & GP_TEXT_LINES ? "</span>\n" : "\n");
	}
	gp_buf_puts(pg->b, "</pre>\n");
}

/* Patches, and what is aligned by hand for two thirds: all of it stays as it is. */
static bool
is_fixed(const struct text *t)
{
	size_t i, own = 0, aligned = 0;

	for (i = 0; i < t->n; i++) {
		if (t->v[i].kind != LINE_TEXT || t->v[i].depth > 0)
			continue;
		if (t->v[i].look != LOOK_PLAIN)
			return true;
		own++;
		aligned += t->v[i].align == ALIGN_COLUMNS;
	}
	return aligned > 0 && aligned * 3 >= own * 2;
}

void
gp_text_html(struct gp_buf *b, const char *text, size_t n, const struct gp_text_opts *opts,
    bool *fixed)
{
	struct page pg = {.b = b, .opts = opts};
	struct text t;

	text_lines(&t, NULL, text, n, opts->flags);
	pg.t = &t;
	if (opts->flags & GP_TEXT_FIXED) {
		text_mark_diffs(&t);
		put_as_sent(&pg, text, n);
		pg.fixed = true;
	} else {
		text_mark(&t);
		text_mark_aligned(&t);
		pg.fixed = is_fixed(&t);
		measure(&pg);
		put_body(&pg);
	}
	if (fixed)
		*fixed = pg.fixed;
	talloc_free(t.mem);
}
