/* SPDX-License-Identifier: ISC */
/*
 * A canonical message as struct gp_mail. The structure is that of our own walk;
 * where there is more than one part and nothing in it that libetpan is known to
 * stumble over, libetpan has to see the same one, or the message is marked. Runs in
 * a parser process only. Odd mail is no error: what can't be understood is text.
 */
#include "private.h"

#include <string.h>

#define LIST_IDS 20

struct parse {
	const void *ctx;
	const char *raw;
	size_t n;
	struct gp_header h;
	struct gp_walk walk;
	struct gp_mail *m;
};

/* ---- header --------------------------------------------------------------------- */

static struct gp_str
field(const struct parse *s, const char *name)
{
	const struct gp_field *f = gp_header_find(&s->h, name, 0);

	return f == NULL ? (struct gp_str){ "", 0 } : gp_mail_field(&s->h, f);
}

static char *
text_field(const struct parse *s, const char *name)
{
	char *text = gp_header_text(s->ctx, &s->h, name);

	return text == NULL ? gp_strdup(s->ctx, "") : text;
}

/* All addresses of all fields of that name (there should be one). */
static void
addrs_field(const struct parse *s, const char *name, struct gp_addrs *out)
{
	struct gp_buf b;
	size_t i, n = gp_header_count(&s->h, name);
	struct gp_str v = field(s, name);

	*out = (struct gp_addrs){ .n = 0 };
	if (n > 1) {
		gp_buf_init(&b, s->ctx, GP_MAX_HEADER_FIELD);
		for (i = 0; i < n && !b.over; i++) {
			v = gp_mail_field(&s->h, gp_header_find(&s->h, name, i));
			gp_buf_add(&b, v.p, v.n);
			gp_buf_putc(&b, ',');
		}
		v = (struct gp_str){ b.p, b.len };
	}
	if (v.n > 0 && gp_addrs_parse(s->ctx, v.p, v.n, out, NULL) != GP_OK)
		out->more = true;
}

/* The first From field only: a second one is for the rules to refuse, not for us to add. */
static void
read_people(const struct parse *s)
{
	struct gp_str from = field(s, "From"), sender = field(s, "Sender");
	struct gp_addrs one = { .n = 0 };
	struct gp_mail *m = s->m;

	m->from_name = m->from_addr = m->sender_addr = gp_strdup(s->ctx, "");
	if (gp_addrs_parse(s->ctx, from.p, from.n, &m->from, NULL) != GP_OK)
		m->from.more = true;
	if (m->from.n > 0) {
		m->from_name = m->from.v[0].name;
		m->from_addr = m->from.v[0].addr;
	} else if (m->from.more) {
		m->from_name = text_field(s, "From");
	}
	if (gp_addrs_parse(s->ctx, sender.p, sender.n, &one, NULL) == GP_OK && one.n > 0)
		m->sender_addr = one.v[0].addr;
	addrs_field(s, "To", &m->to);
	addrs_field(s, "Cc", &m->cc);
	addrs_field(s, "Reply-To", &m->reply_to);
}

static void
read_ids(const struct parse *s)
{
	struct gp_str id = field(s, "Message-ID"), irt = field(s, "In-Reply-To");
	struct gp_str refs = field(s, "References");
	struct gp_mail *m = s->m;

	m->msgid = gp_msgid_parse(s->ctx, id.p, id.n);
	m->in_reply_to = gp_msgids_parse(s->ctx, irt.p, irt.n, &m->in_reply_to_n);
	m->references = gp_msgids_parse(s->ctx, refs.p, refs.n, &m->references_n);
}

/* Exchange's Thread-Index: base64 and nothing else. */
static char *
thread_index(const struct parse *s)
{
	struct gp_str v = field(s, "Thread-Index");
	char *out = gp_array(s->ctx, char, v.n + 1), *o = out;
	size_t i;

	for (i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (gp_mail_space(c))
			continue;
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || c == '+' || c == '/' || c == '='))
			break;
		*o++ = c;
	}
	*o = '\0';
	if (v.n > 0 && i == v.n && v.n <= GP_MAX_MSGID)
		return out;
	talloc_free(out);
	return NULL;
}

/* What stands in <>, or the whole value; without white space (RFC 2919 section 2). */
static char *
list_id(const struct parse *s, const struct gp_field *f)
{
	struct gp_str v = gp_mail_field(&s->h, f);
	const char *open = v.n == 0 ? NULL : memrchr(v.p, '<', v.n);
	char *out, *o, *p;

	if (open != NULL) {
		v = (struct gp_str){ open + 1, v.n - (size_t)(open + 1 - v.p) };
		if (v.n > 0 && memchr(v.p, '>', v.n) != NULL)
			v.n = (size_t)((const char *)memchr(v.p, '>', v.n) - v.p);
	}
	out = gp_utf8_line(s->ctx, v.p, v.n, GP_MAX_MSGID);
	for (o = p = out; *p != '\0'; p++)
		if (*p != ' ')
			*o++ = *p;
	*o = '\0';
	return out;
}

static void
read_rest(const struct parse *s)
{
	struct gp_str date = field(s, "Date");
	struct gp_mail *m = s->m;
	size_t i, n = gp_header_count(&s->h, "List-Id");
	bool known = false;

	m->subject = text_field(s, "Subject");
	if (gp_date_parse(date.p, date.n, &m->date, &m->zone, &known))
		m->flags |= GP_MAIL_DATE_OK | (known ? GP_MAIL_ZONE_OK : 0);
	m->thread_index = thread_index(s);
	m->received = gp_header_count(&s->h, "Received");
	m->list_ids_n = n < LIST_IDS ? n : LIST_IDS;
	m->list_ids = gp_array(s->ctx, char *, m->list_ids_n + 1);
	for (i = 0; i < m->list_ids_n; i++)
		m->list_ids[i] = list_id(s, gp_header_find(&s->h, "List-Id", i));
	m->list_ids[i] = NULL;
	m->flags |= gp_mail_header_marks(&s->h);
}

void
gp_mail_read_header(const void *ctx, const struct gp_header *h, struct gp_mail *m)
{
	struct parse s = { .ctx = ctx, .raw = h->raw, .h = *h, .m = m };

	read_people(&s);
	read_ids(&s);
	read_rest(&s);
}

/* ---- text ------------------------------------------------------------------------------ */

/* The body decoded, in UTF-8, at most max bytes of it. */
static void
add_part_text(const struct parse *s, const struct gp_part *p, struct gp_buf *b, size_t max)
{
	void *work = gp_ctx(s->ctx);
	char *bytes = NULL, *text;
	size_t n;

	if (b->len > 0 && b->len < max && b->p[b->len - 1] != '\n')
		gp_buf_putc(b, '\n');
	if (gp_cte_decode(work, p->cte, s->raw + p->body, p->len, GP_MAX_MESSAGE, &bytes, &n,
	    NULL) == GP_OK && b->len < max) {
		text = gp_charset_text(work, p->charset, bytes, n, max - b->len, &n);
		gp_buf_add(b, text, n);
	}
	talloc_free(work);
}

/* All parts that carry the flag, one behind the other; NULL when there is none. */
static char *
join_parts(const struct parse *s, unsigned flag, size_t max, size_t *n)
{
	struct gp_buf b;
	bool any = false;
	size_t i;

	gp_buf_init(&b, s->ctx, max);
	for (i = 0; i < s->m->parts_n; i++) {
		if ((s->m->parts[i].flags & flag) == 0)
			continue;
		add_part_text(s, &s->m->parts[i], &b, max);
		any = true;
	}
	*n = b.len;
	return any ? b.p : NULL;
}

/* The only part that carries the flag, or NULL. */
static const struct gp_part *
single(const struct gp_mail *m, unsigned flag)
{
	const struct gp_part *found = NULL;
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		if ((m->parts[i].flags & flag) == 0)
			continue;
		if (found != NULL)
			return NULL;
		found = &m->parts[i];
	}
	return found;
}

/* format=flowed and DelSp (RFC 3676 section 4), or Markdown. */
static void
read_format(const struct parse *s, const struct gp_part *p)
{
	struct gp_header h;
	const struct gp_field *f;
	char *format, *delsp;

	if (strcmp(p->type, "text/markdown") == 0)
		s->m->flags |= GP_MAIL_MARKDOWN;
	if (gp_header_scan(s->ctx, s->raw + p->head, p->body - p->head, &h, NULL) != GP_OK)
		return;
	f = gp_header_find(&h, "Content-Type", 0);
	if (f != NULL) {
		format = gp_param_value(s->ctx, gp_mail_field(&h, f), "format");
		delsp = gp_param_value(s->ctx, gp_mail_field(&h, f), "delsp");
		if (format != NULL && gp_strieq(format, "flowed"))
			s->m->flags |= GP_MAIL_FLOWED;
		if (format != NULL && gp_strieq(format, "flowed") && delsp != NULL &&
		    gp_strieq(delsp, "yes"))
			s->m->flags |= GP_MAIL_DELSP;
		talloc_free(format);
		talloc_free(delsp);
	}
	talloc_free(h.fields);
}

static void
read_text(const struct parse *s)
{
	const struct gp_part *p = single(s->m, GP_PART_BODY_TEXT);
	struct gp_mail *m = s->m;

	if (p != NULL)
		read_format(s, p);
	if (p != NULL && (p->cte == GP_CTE_IDENTITY || p->cte == GP_CTE_UNKNOWN) &&
	    p->len <= GP_MAX_TEXT &&
	    gp_charset_is_identity(p->charset, s->raw + p->body, p->len)) {
		m->flags |= GP_MAIL_TEXT_SLICE;
		m->text_off = p->body;
		m->text_len = p->len;
		m->text = gp_mail_slice_text(s->ctx, s->raw, p->body, p->len, &m->text_n);
	} else {
		m->text = join_parts(s, GP_PART_BODY_TEXT, GP_MAX_TEXT, &m->text_n);
	}
	if (m->text == NULL)
		m->text = gp_strdup(s->ctx, "");
	m->html = join_parts(s, GP_PART_BODY_HTML, GP_MAX_HTML, &m->html_n);
	m->flags |= gp_mail_text_marks(m->text, m->text_n);
}

char *
gp_mail_file_names(const void *ctx, const struct gp_mail *m)
{
	struct gp_buf b;
	size_t i;

	gp_buf_init(&b, ctx, (size_t)1 << 20);
	for (i = 0; i < m->parts_n; i++) {
		if (m->parts[i].name == NULL)
			continue;
		if (b.len > 0)
			gp_buf_putc(&b, '\n');
		gp_buf_puts(&b, m->parts[i].name);
	}
	return b.p;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void
check_structure(const struct parse *s)
{
	const struct gp_walk *w = &s->walk;

	if (w->broken)
		s->m->flags |= GP_MAIL_MIME_BROKEN;
	if (w->parts_n > 1 && (!w->plain || gp_mail_tree(&s->h, s->n, w, NULL) != GP_OK))
		s->m->flags |= GP_MAIL_MIME_BROKEN;
}

enum gp_status
gp_mail_parse(const void *ctx, const char *raw, size_t n, struct gp_mail *out,
    struct gp_err *err)
{
	struct parse s = { .ctx = ctx, .raw = raw, .n = n, .m = out };
	enum gp_status st;

	*out = (struct gp_mail){ .flags = 0 };
	if (n > GP_MAX_MESSAGE)
		return gp_fail(err, GP_E_TOOBIG, "the message has more than %d bytes",
		    GP_MAX_MESSAGE);
	st = gp_mail_walk(ctx, raw, n, &s.walk, err);
	if (st == GP_OK)
		st = gp_header_scan(ctx, raw, n, &s.h, err);
	if (st != GP_OK)
		return st;
	check_structure(&s);
	gp_mail_read_header(ctx, &s.h, out);
	st = gp_parts_read(ctx, &s.h, &s.walk, out, err);
	if (st != GP_OK)
		return st;
	gp_mail_choose_body(out);
	out->flags |= gp_mail_part_marks(out, &s.h);
	read_text(&s);
	out->files = gp_mail_file_names(ctx, out);
	out->snippet = out->own = out->quoted = gp_strdup(ctx, "");
	return GP_OK;
}
