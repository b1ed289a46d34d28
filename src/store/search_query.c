/* SPDX-License-Identifier: ISC */
/*
 * The query language: words, "phrases", -not, OR, word*, and fields with a colon.
 * Whatever people type has a meaning: an open quote is closed, an unknown field is
 * a word. All words go into the FTS5 expression between quotes, so nothing of the
 * query can become an operator that we did not write.
 */
#include "config.h"

#include "guildpost/mail.h"
#include "private.h"
#include "search_query.h"
#include "tokenizer.h"

#include <string.h>
#include <strings.h>

enum {
	ITEMS_MAX = 64,
	QUERY_MAX = 4096	/* bytes that are looked at */
};

struct parser {
	struct gp_query *q;
	const char *p, *end;
	const struct gp_query_forms *forms;	/* or NULL */
	struct gp_buf match, exclude;
	bool open_group;	/* match ends with a group that OR may extend */
	bool alternative;	/* OR was read */
	size_t groups;
	int64_t now;
};

/* One thing between blanks. */
struct item {
	bool negated;
	struct gp_str field;	/* in front of the colon, or empty */
	char *value;
	bool prefix;		/* word* */
	bool quoted;		/* just as it stands */
	char *whole;		/* as typed, for when the field is none of ours */
};

static void
note(struct parser *p, const char *what)
{
	if (p->q->note == NULL)
		p->q->note = what;
}

/* ---- reading items ---------------------------------------------------------------- */

/* Length of a quotation mark at s: ASCII, or the curved ones that phones write. */
static size_t
quote_at(const char *s, const char *end)
{
	if (s < end && *s == '"')
		return 1;
	if (end - s >= 3 && s[0] == '\xe2' && s[1] == '\x80' &&
	    (s[2] == '\x9c' || s[2] == '\x9d' || s[2] == '\x9e'))
		return 3;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value at p->p: quoted, or up to the next blank. */
static char *
read_value(struct parser *p, bool *prefix)
{
	size_t mark = quote_at(p->p, p->end), n;
	const char *from = p->p + mark;
	char *value;

	if (mark > 0) {
		for (p->p = from; p->p < p->end && quote_at(p->p, p->end) == 0; p->p++)
			;
		value = gp_strndup(p->q, from, (size_t)(p->p - from));
		if (p->p == p->end)
			note(p, "open-quote");
		p->p += quote_at(p->p, p->end);
		*prefix = p->p < p->end && *p->p == '*';
		p->p += *prefix;
		return value;
	}
	while (p->p < p->end && !is_blank(*p->p) && quote_at(p->p, p->end) == 0)
		p->p++;
	n = (size_t)(p->p - from);
	/* One letter begins half of all words: that narrows nothing. */
	*prefix = n > 2 && from[n - 1] == '*';
	return gp_strndup(p->q, from, n > 1 && from[n - 1] == '*' ? n - 1 : n);
}

/* "subject:" at p->p: its length without the colon, or 0. */
static size_t
field_length(const struct parser *p)
{
	const char *s = p->p;

	while (s < p->end && ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')))
		s++;
	return s > p->p && s < p->end && *s == ':' && s + 1 < p->end && !is_blank(s[1]) ?
	    (size_t)(s - p->p) : 0;
}

static bool
read_item(struct parser *p, struct item *it)
{
	const char *from;
	size_t n;

	memset(it, 0, sizeof(*it));
	while (p->p < p->end && is_blank(*p->p))
		p->p++;
	if (p->p == p->end)
		return false;
	if (*p->p == '-' && p->p + 1 < p->end && !is_blank(p->p[1])) {
		it->negated = true;
		p->p++;
	}
	from = p->p;
	n = field_length(p);
	if (n > 0) {
		it->field = (struct gp_str){from, n};
		p->p += n + 1;
	}
	it->quoted = quote_at(p->p, p->end) > 0;
	it->value = read_value(p, &it->prefix);
	it->whole = gp_strndup(p->q, from, (size_t)(p->p - from));
	return true;
}

/* ---- words ------------------------------------------------------------------------ */

struct words {
	struct gp_buf *b;
	size_t n;
};

static int
add_word(void *arg, int flags, const char *word, int len, int from, int to)
{
	struct words *w = arg;

	(void)flags;
	(void)from;
	(void)to;
	if (w->n++ > 0)
		gp_buf_putc(w->b, ' ');
	gp_buf_add(w->b, word, (size_t)len);
	return 0;
}

static void
add_term(struct gp_query *q, char *term)
{
	size_t i;

	for (i = 0; i < q->terms_n; i++)
		if (strcmp(q->terms[i], term) == 0)
			return;
	if (q->terms_n < GP_TERMS_MAX)
		q->terms[q->terms_n++] = term;
}

/* The other forms of a word that people wrote: "hive" for "hives". */
static void
find_forms(struct parser *p, const char *folded, const struct item *it, const char *columns, char ***forms,
    size_t *n)
{
	*n = 0;
	if (p->forms == NULL || it->quoted || it->prefix || strchr(folded, ' ') != NULL ||
	    (columns != NULL && strstr(columns, "author") != NULL) ||
	    (columns != NULL && strstr(columns, "files") != NULL))
		return;
	p->forms->find(p->forms->arg, p->q, folded, forms, n);
}

/* What asks for an author, a file or a quotation finds messages only. */
static void
keep_word(struct parser *p, const char *columns, const struct gp_query_word *word)
{
	struct gp_query *q = p->q;
	bool page = columns == NULL || strstr(columns, "subject") != NULL || strstr(columns, "own") != NULL;

	if (!page) {
		q->of_messages |= !word->negated;
		return;
	}
	q->words = gp_store_grow(q, q->words, q->words_n, sizeof(*q->words));
	q->words[q->words_n] = *word;
	q->words[q->words_n++].title = columns != NULL && strstr(columns, "subject") != NULL;
}

static void
add_phrase(struct parser *p, struct gp_buf *b, const char *columns, const char *folded,
    const struct item *it, bool mark)
{
	char **forms = NULL;
	size_t i, n;

	find_forms(p, folded, it, columns, &forms, &n);
	if (columns != NULL)
		gp_buf_printf(b, "%s : ", columns);
	/* Folded words hold no quotation mark. */
	gp_buf_printf(b, "%s\"%s\"%s", n > 0 ? "(" : "", folded, it->prefix ? " *" : "");
	for (i = 0; i < n; i++)
		gp_buf_printf(b, " OR \"%s\"%s", forms[i], i + 1 == n ? ")" : "");
	keep_word(p, columns, &(struct gp_query_word){gp_strdup(p->q, folded), p->groups, it->negated,
	    it->prefix, it->quoted, false});
	if (!mark)
		return;
	add_term(p->q, it->prefix ? gp_asprintf(p->q, "%s*", folded) : gp_strdup(p->q, folded));
	for (i = 0; i < n; i++)
		add_term(p->q, forms[i]);
}

/* Look for (or without) the words of `text`, in some columns or in all. */
static void
add_words(struct parser *p, const char *text, const char *columns, const struct item *it)
{
	struct gp_buf *folded = gp_buf_new(p->q, QUERY_MAX * 4);
	struct words w = {folded, 0};

	gp_tokenize(text, strlen(text), add_word, &w);
	if (w.n == 0) {
		note(p, "no-word");
		return;
	}
	if (it->negated) {
		if (p->exclude.len > 0)
			gp_buf_puts(&p->exclude, " OR ");
		add_phrase(p, &p->exclude, columns, folded->p, it, false);
		p->alternative = false;
		return;
	}
	if (p->alternative && p->open_group) {
		/* "(a OR b" gets " OR c"; its bracket is closed below. */
		gp_buf_cut(&p->match, p->match.len - 1);
		gp_buf_puts(&p->match, " OR ");
	} else {
		if (p->match.len > 0)
			gp_buf_puts(&p->match, " AND ");
		gp_buf_putc(&p->match, '(');
		p->groups++;
	}
	add_phrase(p, &p->match, columns, folded->p, it, true);
	gp_buf_putc(&p->match, ')');
	p->open_group = true;
	p->alternative = false;
}

/* ---- dates ---------------------------------------------------------------------- */

static void
narrow(struct gp_query *q, int64_t from, int64_t to)
{
	if (from > q->from)
		q->from = from;
	if (to < q->to)
		q->to = to;
}

/* d:a..b, either end may be missing. */
static bool
parse_range(struct parser *p, const char *value)
{
	const char *dots = strstr(value, "..");
	struct gp_span a = {INT64_MIN, 0}, b = {0, INT64_MAX};
	char *first;

	if (dots == NULL) {
		if (!gp_span_parse(value, p->now, &a))
			return false;
		narrow(p->q, a.from, a.to);
		return true;
	}
	first = gp_strndup(p->q, value, (size_t)(dots - value));
	if ((first[0] != '\0' && !gp_span_parse(first, p->now, &a)) ||
	    (dots[2] != '\0' && !gp_span_parse(dots + 2, p->now, &b)))
		return false;
	narrow(p->q, a.from, b.to);
	return true;
}

/* ---- fields ----------------------------------------------------------------------- */

enum kind { COLUMNS, LIST, BEFORE, AFTER, ON, RANGE, HAS, IS, ID, THREAD, SORT };

static const struct {
	const char *name;
	enum kind kind;
	const char *columns;
} fields[] = {
	{"subject", COLUMNS, "{subject}"}, {"s", COLUMNS, "{subject}"},
	{"from", COLUMNS, "{author}"}, {"f", COLUMNS, "{author}"},
	{"body", COLUMNS, "{own quoted}"}, {"b", COLUMNS, "{own quoted}"},
	{"own", COLUMNS, "{own}"}, {"nq", COLUMNS, "{own}"},
	{"quoted", COLUMNS, "{quoted}"}, {"q", COLUMNS, "{quoted}"},
	{"file", COLUMNS, "{files}"}, {"n", COLUMNS, "{files}"},
	{"list", LIST, NULL}, {"to", LIST, NULL}, {"t", LIST, NULL}, {"l", LIST, NULL},
	{"before", BEFORE, NULL}, {"after", AFTER, NULL}, {"on", ON, NULL}, {"d", RANGE, NULL},
	{"has", HAS, NULL}, {"is", IS, NULL}, {"id", ID, NULL}, {"m", ID, NULL},
	{"thread", THREAD, NULL}, {"sort", SORT, NULL},
};

static bool
apply_has(struct gp_query *q, const char *value, bool negated)
{
	unsigned *flags = negated ? &q->not_flags : &q->flags;

	if (strcasecmp(value, "attachment") == 0 || strcasecmp(value, "file") == 0)
		q->attachment = negated ? -1 : 1;
	else if (strcasecmp(value, "patch") == 0)
		*flags |= GP_MAIL_HAS_PATCH;
	else if (strcasecmp(value, "link") == 0)
		*flags |= GP_MAIL_HAS_LINK;
	else
		return false;
	return true;
}

static bool
apply_is(struct gp_query *q, const char *value)
{
	if (strcasecmp(value, "root") == 0)
		q->root = true;
	else if (strcasecmp(value, "unanswered") == 0)
		q->unanswered = true;
	else if (strcasecmp(value, "solved") == 0)
		q->solved = true;
	else
		return false;
	return true;
}

static bool
apply_sort(struct gp_query *q, const char *value)
{
	static const char *const names[] = {"rank", "new", "old"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (strcasecmp(value, names[i]) == 0) {
			q->sort = (enum gp_query_sort)i;
			return true;
		}
	return false;
}

/* A Message-ID with or without its brackets. */
static char *
bare_id(const void *ctx, const char *value)
{
	size_t n = strlen(value);

	if (n > 2 && value[0] == '<' && value[n - 1] == '>')
		return gp_strndup(ctx, value + 1, n - 2);
	return gp_strdup(ctx, value);
}

static bool
apply_date(struct parser *p, enum kind kind, const char *value)
{
	struct gp_span span;

	if (kind == RANGE)
		return parse_range(p, value);
	if (!gp_span_parse(value, p->now, &span))
		return false;
	if (kind == BEFORE)
		narrow(p->q, INT64_MIN, span.from);
	else if (kind == AFTER)
		narrow(p->q, span.from, INT64_MAX);
	else
		narrow(p->q, span.from, span.to);
	return true;
}

/* False: this value means nothing to that field. */
static bool
apply_field(struct parser *p, size_t field, const struct item *it)
{
	struct gp_query *q = p->q;

	if (fields[field].kind == COLUMNS) {
		add_words(p, it->value, fields[field].columns, it);
		return true;
	}
	if (fields[field].kind == HAS)
		return apply_has(q, it->value, it->negated);
	if (it->negated || it->value[0] == '\0')
		return false;
	switch (fields[field].kind) {
	case LIST:
		q->list = gp_strdup(q, it->value);
		gp_str_lower(q->list);
		return true;
	case IS:
		return apply_is(q, it->value);
	case ID:
		q->msgid = bare_id(q, it->value);
		return true;
	case THREAD:
		q->thread = gp_strdup(q, it->value);
		gp_str_lower(q->thread);
		return true;
	case SORT:
		return apply_sort(q, it->value);
	default:
		return apply_date(p, fields[field].kind, it->value);
	}
}

static void
apply(struct parser *p, const struct item *it)
{
	size_t i;

	if (it->field.n == 0) {
		add_words(p, it->value, NULL, it);
		return;
	}
	for (i = 0; i < GP_COUNT(fields); i++)
		if (gp_str_ieq(it->field, fields[i].name)) {
			if (!apply_field(p, i, it))
				break;
			p->q->of_messages |= fields[i].kind >= HAS && fields[i].kind <= THREAD;
			return;
		}
	note(p, "unknown-prefix");
	add_words(p, it->whole, NULL, it);
}

/* ---- all of it -------------------------------------------------------------------- */

static void
finish(struct parser *p)
{
	struct gp_query *q = p->q;

	if (p->exclude.len > 0)
		q->exclude = p->exclude.p;
	if (p->match.len > 0)
		q->match = q->exclude == NULL ? p->match.p :
		    gp_asprintf(q, "(%s) NOT (%s)", p->match.p, q->exclude);
	if (p->match.over || p->exclude.over) {
		q->match = q->exclude = NULL;
		q->note = "too-long";
	}
}

struct gp_query *
gp_query_parse(const void *ctx, const char *text, int64_t now, const struct gp_query_forms *forms)
{
	struct gp_query *q = gp_new(ctx, struct gp_query);
	struct parser p = {.q = q, .now = now, .forms = forms};
	size_t n = strlen(text), items = 0;
	char *clean;
	struct item it;
	bool negate = false;

	clean = gp_utf8_clean(q, text, gp_utf8_cut(text, n, QUERY_MAX));
	p.p = clean;
	p.end = clean + strlen(clean);
	gp_buf_init(&p.match, q, QUERY_MAX * 16);
	gp_buf_init(&p.exclude, q, QUERY_MAX * 16);
	q->from = INT64_MIN;
	q->to = INT64_MAX;
	q->terms = gp_array(q, char *, GP_TERMS_MAX);
	if (n > QUERY_MAX)
		note(&p, "too-long");
	while (read_item(&p, &it)) {
		if (items++ == ITEMS_MAX) {
			note(&p, "too-long");
			break;
		}
		if (strcmp(it.whole, "OR") == 0 && !it.negated) {
			p.alternative = p.open_group;
			continue;
		}
		if (strcmp(it.whole, "AND") == 0 && !it.negated)
			continue;
		if (strcmp(it.whole, "NOT") == 0 && !it.negated) {
			negate = true;
			continue;
		}
		it.negated |= negate;
		negate = false;
		apply(&p, &it);
	}
	finish(&p);
	return q;
}
