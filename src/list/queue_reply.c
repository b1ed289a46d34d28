/* SPDX-License-Identifier: ISC */
/*
 * The answer to the mail with all that waits: "1 ok, 2-5 drop, 6 no: please post to plants@".
 * Numbers and ranges, then a word as for one; parted by commas, semicolons or lines. What is
 * not understood does nothing; one mail says what was done for each.
 */
#include "config.h"

#include "verdict.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_NUMBERS = 200 };

/* What was said: these numbers, this word, what stands behind it. */
struct item {
	int64_t numbers[MOST_NUMBERS];
	size_t n;
	const struct gp_word *word;
	size_t begin, rest, end;	/* in the text */
};

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
range(const char *p, struct item *item)
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
read_item(const struct gp_words *words, const char *p, struct item *item)
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

/* Where the next item may begin, behind p: a comma, a semicolon or a new line. */
static const char *
next_start(const char *p)
{
	p += strcspn(p, ",;\n");
	return *p != '\0' ? p + 1 : NULL;
}

/* All of them, in order; *n: how many. */
static struct item *
read_items(const void *ctx, const struct gp_words *words, const char *text, size_t *n)
{
	struct item *v = gp_array(ctx, struct item, MOST_NUMBERS), *item;
	const char *p = text;
	size_t len;

	*n = 0;
	while (p != NULL && *n < MOST_NUMBERS) {
		item = &v[*n];
		len = read_item(words, p, item);
		if (len > 0) {
			item->begin = (size_t)(p - text);
			item->rest = item->begin + len;
			item->end = strlen(text);
			if (*n > 0)
				v[*n - 1].end = item->begin;
			(*n)++;
			p += len;
		}
		p = next_start(p);
	}
	return v;
}

/* What stands behind the word, without marks around it. */
static char *
rest_of(const void *ctx, const char *text, const struct item *item)
{
	const char *p = text + item->rest, *end = text + item->end;

	while (p < end && strchr(" \t,.:;!*_-", *p) != NULL)
		p++;
	while (end > p && strchr(" \t,;\n", end[-1]) != NULL)
		end--;
	return gp_strndup(ctx, p, (size_t)(end - p));
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

/* Lines that are no part of an item, nor of the reason that one gives. */
static void
add_not_understood(const void *ctx, const struct gp_words *words, const char *text,
    const struct item *items, size_t n, json_t *lines)
{
	size_t from = 0, to, i, k;

	for (i = 0; i <= n; i++) {
		char *gap, *line, *next;

		/* Reasons may have several lines; behind other words the line ends it. */
		to = i < n ? items[i].begin : strlen(text);
		gap = gp_strndup(ctx, text + from, to > from ? to - from : 0);
		for (line = gap; line != NULL && *line != '\0'; line = next) {
			k = strcspn(line, "\n");
			next = line[k] != '\0' ? line + k + 1 : NULL;
			line[k] = '\0';
			if (is_meant(words, line))
				gp_json_push_text(lines, gp_utf8_line(ctx, line, k, 200));
		}
		if (i == n)
			break;
		from = items[i].rest;
		if (strcmp(items[i].word->name, "no") == 0 || strcmp(items[i].word->name, "veto") == 0)
			from = items[i].end;
		else
			from += strcspn(text + from, "\n");
	}
}

static enum gp_status
answer(struct gp_case *c, const struct gp_route *route, const struct gp_inbound *in,
    const struct gp_member *m, json_t *data)
{
	struct gp_notice n = {0};
	enum gp_status st;
	bool may;

	st = gp_notice_count_answer(c->ctx, c->site, in->mail->from_addr, &may, c->err);
	if (st != GP_OK || !may)
		return st;
	n.template_name = "queue-done";
	n.data = data;
	n.to_name = m->name;
	n.to_addr = in->mail->from_addr;
	n.in_reply_to = in->mail->msgid;
	n.reply_to = route->rcpt;
	n.language = m->language[0] != '\0' ? m->language : NULL;
	n.answer = true;
	return gp_notice_send(c->ctx, c->site, route->list, &n, NULL, c->err);
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
	char *text = gp_read_own(ctx, site->words, in->mail);
	struct gp_member *m;
	struct item *items;
	enum gp_status st;
	size_t i, k, n;

	st = gp_member_find(ctx, site->store, route->list->id, token->address, &m, err);
	items = read_items(ctx, site->words, text, &n);
	for (i = 0; st == GP_OK && i < n; i++)
		for (k = 0; st == GP_OK && k < items[i].n; k++)
			st = do_one(&c, ids, items[i].numbers[k], items[i].word,
			    rest_of(ctx, text, &items[i]), rows);
	if (st != GP_OK)
		return st;
	add_not_understood(ctx, site->words, text, items, n, lines);
	gp_json_bool(data, "has_lines", json_array_size(lines) > 0);
	gp_json_bool(data, "none", json_array_size(rows) == 0);
	out->text = gp_asprintf(ctx, "%zu verdicts of %s", json_array_size(rows), token->address);
	return answer(&c, route, in, m, data);
}
