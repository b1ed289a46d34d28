/* SPDX-License-Identifier: ISC */
/*
 * The answer to the mail with all that waits: "1 ok, 2-5 drop, 6 no: please post to plants@".
 * Lines of numbers and ranges, then a word as for one, parted by commas or semicolons; a reason
 * stands behind a colon. They stand at the beginning: below the first line that says anything else,
 * a signature or a quotation may have numbers and words, too. A line with anything more in it does
 * nothing, since it may take back what it says; one mail says what was done for each.
 */
#include "config.h"

#include "verdict.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_NUMBERS = GP_QUEUE_NUMBERS, MOST_ITEMS = 200 };

static size_t
number(const char *p, int64_t *out)
{
	size_t n = strspn(p, "0123456789");
	char text[8];

	if (n == 0 || n >= sizeof(text))
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	return gp_parse_int(text, 0, 999999, out) ? n : 0;
}

/* "-", an en dash or ".." between two numbers; its length with blanks. */
static size_t
dash(const char *p)
{
	static const char *const marks[] = {"-", "\xe2\x80\x93", ".."};
	size_t at = strspn(p, " "), i;

	for (i = 0; i < GP_COUNT(marks); i++)
		if (gp_starts(p + at, marks[i]))
			return at + strlen(marks[i]) + strspn(p + at + strlen(marks[i]), " ");
	return 0;
}

/* A number or a range; its length, or 0. */
static size_t
range(const char *p, struct gp_queue_item *item)
{
	int64_t from, to;
	size_t n = number(p, &from), gap, m;

	if (n == 0)
		return 0;
	to = from;
	gap = dash(p + n);
	m = gap > 0 ? number(p + n + gap, &to) : 0;
	if (m > 0)
		n += gap + m;
	else
		to = from;
	if (to < from || to - from >= MOST_NUMBERS)
		return 0;
	for (; from <= to && item->n < MOST_NUMBERS; from++)
		item->numbers[item->n++] = from;
	return n;
}

/* Numbers and a word at p; the length of both, or 0. */
static size_t
read_item(const struct gp_words *words, const char *p, struct gp_queue_item *item)
{
	size_t at = strspn(p, " \t#*"), n, used;

	item->n = 0;
	while ((n = range(p + at, item)) > 0) {
		at += n;
		at += strspn(p + at, " \t,:.)&+#-");
	}
	if (item->n == 0)
		return 0;
	item->word = gp_words_find(words, GP_WORD_VERDICT, p + at, &used);
	return item->word != NULL ? at + used : 0;
}

/* Words that refuse: what stands behind their colon is said to the author. */
static bool
takes_reason(const struct gp_word *w)
{
	return strcmp(w->name, "no") == 0 || strcmp(w->name, "veto") == 0 || strcmp(w->name, "ban") == 0;
}

/* May that stand behind the word, up to the next comma? */
static bool
may_follow(const struct gp_words *words, const struct gp_word *verdict, const char *rest)
{
	const struct gp_word *w;
	size_t used;
	int64_t n;

	/* "ok?" is said to be unclear. */
	if (*rest == '\0' || strchr("?/", *rest) != NULL)
		return true;
	/* "3. No mail" is no refusal, though "mail" behind a command says nothing. */
	if (strcmp(verdict->name, "ok") == 0 && gp_words_only_polite(words, rest))
		return true;
	if (strcmp(verdict->name, "move") == 0 || strcmp(verdict->name, "note:") == 0)
		return true;
	if (takes_reason(verdict))
		return gp_parse_int(rest, 0, INT64_MAX, &n);
	w = gp_words_find(words, GP_WORD_VERDICT, rest, &used);
	return strcmp(verdict->name, "ok") == 0 && w != NULL && strcmp(w->name, "trust") == 0 &&
	    rest[used] == '\0';
}

static char *
without_marks(const void *ctx, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end && strchr(" \t.:!*_", *p) != NULL)
		p++;
	while (end > p && strchr(" \t.,;!*_", end[-1]) != NULL)
		end--;
	return gp_strndup(ctx, p, (size_t)(end - p));
}

static size_t read_line(const void *ctx, const struct gp_words *words, const char *p,
    struct gp_queue_item *v, size_t max);

/* A reason: up to where the rest of the line is items again. */
static size_t
read_reason(const void *ctx, const struct gp_words *words, const char *p, struct gp_queue_item *v,
    size_t max)
{
	const char *q = p + strcspn(p, ",;");
	size_t n = 0;

	for (; *q != '\0' && n == 0; q += 1 + strcspn(q + 1, ",;")) {
		n = read_line(ctx, words, q + 1, v + 1, max - 1);
		if (n > 0)
			break;
	}
	v->rest = without_marks(ctx, p, (size_t)(q - p));
	v->open = n == 0;
	return n + 1;
}

/* How many items a line is; 0 where anything else is in it. */
static size_t
read_line(const void *ctx, const struct gp_words *words, const char *p, struct gp_queue_item *v,
    size_t max)
{
	size_t n = 0, len;

	while (n < max && (len = read_item(words, p, &v[n])) > 0) {
		struct gp_queue_item *item = &v[n++];

		p += len;
		p += strspn(p, " \t*_\"`");
		item->open = false;
		if (takes_reason(item->word) && *p == ':')
			return n - 1 + read_reason(ctx, words, p + 1, item, max - n + 1);
		len = strcspn(p, ",;");
		item->rest = without_marks(ctx, p, len);
		if (!may_follow(words, item->word, item->rest))
			return 0;
		p += len;
		p += strspn(p, ",; \t");
		if (*p == '\0')
			return n;
	}
	return 0;
}

struct gp_queue_item *
gp_queue_read(const void *ctx, const struct gp_words *words, const char *text, size_t *n,
    const char **below)
{
	struct gp_queue_item *v = gp_array(ctx, struct gp_queue_item, MOST_ITEMS);
	const char *next;
	char *line;
	size_t found;

	*n = 0;
	for (*below = text; **below != '\0'; *below = next) {
		next = *below + strcspn(*below, "\n");
		line = without_marks(ctx, *below, (size_t)(next - *below));
		next += *next != '\0';
		found = read_line(ctx, words, line, v + *n, MOST_ITEMS - *n);
		*n += found;
		if (found > 0 || *line == '\0')
			continue;
		if (*n == 0 || !v[*n - 1].open)
			break;
		v[*n - 1].rest = gp_asprintf(ctx, "%s\n%s", v[*n - 1].rest, line);
	}
	return v;
}

/* ---- doing it --------------------------------------------------------------------------------------- */

static enum gp_status
find_hold(struct gp_case *c, const json_t *ids, int64_t number, struct gp_member **m)
{
	const json_t *id = number > 0 ? json_array_get(ids, (size_t)number - 1) : NULL;
	enum gp_status st;

	if (id == NULL)
		return GP_E_NOTFOUND;
	st = gp_hold_find(c->ctx, c->site->store, json_integer_value(id), &c->hold, c->err);
	if (st == GP_OK)
		st = gp_list_find_id(c->ctx, c->site->store, c->hold->list, &c->list, c->err);
	if (st == GP_OK)
		st = gp_member_find(c->ctx, c->site->store, c->list->id, c->by, m, c->err);
	return st == GP_OK && (*m)->role == GP_ROLE_MEMBER ? GP_E_NOTFOUND : st;
}

/* One number: its row says what was done. */
static enum gp_status
do_one(struct gp_case *c, const json_t *ids, int64_t number, const struct gp_word *word,
    char *rest, json_t *rows)
{
	json_t *row = gp_json_push_object(rows);
	struct gp_opinion o;
	struct gp_member *m;
	const char *what = "";
	enum gp_status st;

	st = find_hold(c, ids, number, &m);
	gp_json_int(row, "number", number);
	if (st == GP_E_NOTFOUND) {
		gp_json_bool(gp_json_new_object(row, "verdict_is"), "no_number", true);
		return GP_OK;
	}
	if (st != GP_OK)
		return st;
	c->member = m->id;
	st = gp_verdict_of(c, word, rest, NULL, &o);
	if (st == GP_OK)
		st = gp_verdict_do(c, &o, &what, row);
	if (st == GP_OK)
		st = gp_hold_data(c, row);
	json_object_del(row, "reasons");
	gp_json_int(row, "number", number);
	gp_json_text(row, "list_name", c->list->name);
	json_object_del(row, "verdict_is");
	gp_json_bool(gp_json_new_object(row, "verdict_is"), what, true);
	return st;
}

/* A line that was meant, but not understood: it has a number or a verdict in it. */
static bool
is_meant(const struct gp_words *words, const char *line)
{
	const char *p = line;

	if (strpbrk(line, "0123456789") != NULL)
		return true;
	for (; *p != '\0'; p += strcspn(p, " \t"), p += strspn(p, " \t"))
		if (gp_words_find(words, GP_WORD_VERDICT, p, NULL) != NULL)
			return true;
	return false;
}

/* Lines below the items that look as if something was to be done. */
static void
add_not_understood(const void *ctx, const struct gp_words *words, const char *below, json_t *lines)
{
	struct gp_str s;
	char *line;

	while (gp_str_next_line(&below, &s)) {
		line = gp_utf8_line(ctx, s.p, s.n, 200);
		if (is_meant(words, line))
			gp_json_push_text(lines, line);
	}
}

enum gp_status
gp_queue_mail_reply(const void *ctx, struct gp_site *site, const struct gp_route *route,
    const struct gp_inbound *in, const struct gp_token *token, struct gp_outcome *out,
    struct gp_err *err)
{
	struct gp_case c = {ctx, site, route->list, NULL, token->address, 0, in->mail->msgid, out, err};
	json_t *ids = json_object_get(gp_json_load(ctx, token->data != NULL ? token->data : "{}"),
	    "holds");
	json_t *data = gp_json_object(ctx), *rows = gp_json_new_array(data, "results");
	json_t *lines = gp_json_new_array(data, "lines");
	const char *below;
	struct gp_member *m;
	struct gp_queue_item *items;
	enum gp_status st;
	size_t i, k, n;

	st = gp_member_find(ctx, site->store, route->list->id, token->address, &m, err);
	items = gp_queue_read(ctx, site->words, gp_read_own(ctx, site->words, in->mail), &n, &below);
	for (i = 0; st == GP_OK && i < n; i++)
		for (k = 0; st == GP_OK && k < items[i].n; k++)
			st = do_one(&c, ids, items[i].numbers[k], items[i].word,
			    items[i].rest, rows);
	if (st != GP_OK)
		return st;
	add_not_understood(ctx, site->words, below, lines);
	gp_json_bool(data, "has_lines", json_array_size(lines) > 0);
	gp_json_bool(data, "none", json_array_size(rows) == 0);
	out->text = gp_asprintf(ctx, "%zu verdicts of %s", json_array_size(rows), token->address);
	return gp_verdict_answer(&c, route, in, "queue-done",
	    m->language[0] != '\0' ? m->language : NULL, data);
}
