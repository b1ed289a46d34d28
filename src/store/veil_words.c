/* SPDX-License-Identifier: ISC */
/*
 * Words without names. Whole names and addresses of those who wrote in a thread go wherever they stand; parts of
 * a name where they are written as a name is, with the same capitals, or where they are a line of their own. A
 * signature goes with all that is in it, quoted words with whoever is quoted.
 */
#include "config.h"

#include "veil.h"

enum { SHORTEST = 2,	/* bytes of a part of a name */
	WRITERS = 500, PARTS = 2000, SNIPPET = 200 };

#define GONE "[...]"

struct gp_veil_names {
	struct gp_forget *whole;	/* addresses, and names of several words: anywhere */
	struct gp_forget *alone;	/* parts of names: in a line of their own */
	char **parts;			/* as written: as words of their own */
	size_t parts_n;
};

static bool
is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_known(const struct gp_veil_names *v, const char *p, size_t n, bool any_case)
{
	size_t i;

	for (i = 0; i < v->parts_n; i++)
		if (strlen(v->parts[i]) == n && (any_case ? strncasecmp(v->parts[i], p, n) : memcmp(v->parts[i], p, n)) == 0)
			return true;
	return false;
}

/* Is nothing of it written large? Then no part tells itself from a word of a language but by how others write it. */
static bool
is_small(const char *name)
{
	for (; *name != '\0'; name++)
		if ((*name >= 'A' && *name <= 'Z') || (unsigned char)*name >= 0x80)
			return false;
	return true;
}

/* Parts that begin like a name does; "von" and "de la" are words of a language. Of "ann smith" it is "Ann", "Smith". */
static void
add_parts(struct gp_veil_names *v, const char *written)
{
	bool small = is_small(written);
	char *name = gp_strdup(v, written);
	const char *p = name;
	size_t n;

	for (n = 0; small && name[n] != '\0'; n++)
		if (name[n] >= 'a' && name[n] <= 'z' && (n == 0 || !is_word((unsigned char)name[n - 1])))
			name[n] = (char)(name[n] - 'a' + 'A');

	for (; *p != '\0'; p += n) {
		n = 1;
		if (!is_word((unsigned char)*p))
			continue;
		for (n = 0; is_word((unsigned char)p[n]);)
			n++;
		if (n < SHORTEST || v->parts_n == PARTS || is_known(v, p, n, false))
			continue;
		if ((*p < 'A' || *p > 'Z') && (unsigned char)*p < 0x80)
			continue;
		v->parts[v->parts_n] = gp_strndup(v->parts, p, n);
		gp_forget_name(v->alone, v->parts[v->parts_n++]);
	}
}

enum gp_status
gp_veil_names(const void *ctx, struct gp_store *s, int64_t thread, struct gp_veil_names **out, struct gp_err *err)
{
	struct gp_veil_names *v = gp_new(ctx, struct gp_veil_names);
	const char **addresses = gp_array(v, const char *, WRITERS);
	char **names = gp_array(v, char *, WRITERS);
	sqlite3_stmt *st;
	size_t i, n = 0;
	/* What the list says itself, and a name that stands for nobody's, tell nothing. */
	enum gp_status status = gp_sql_open(s, &st, "SELECT DISTINCT n.from_addr, n.from_name FROM node n "
	    "JOIN list l ON l.id = n.list WHERE n.thread = ?1 AND n.state IN (1, 2) AND "
	    "instr(n.from_addr, l.name || '+') <> 1", GP_ARGS(GP_INT(thread)), err);

	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK) {
		if (n == WRITERS)
			continue;
		addresses[n] = gp_sql_text(v, st, 0);
		names[n++] = gp_sql_text(v, st, 1);
	}
	status = gp_sql_end(status);
	v->whole = gp_forget_new(v, addresses, n, GONE, GONE);
	v->alone = gp_forget_new(v, NULL, 0, GONE, GONE);
	v->parts = gp_array(v, char *, PARTS);
	v->parts_n = 0;
	for (i = 0; i < n; i++) {
		if (strpbrk(names[i], " ,") != NULL)
			gp_forget_name(v->whole, names[i]);
		add_parts(v, names[i]);
	}
	*out = v;
	return status;
}

struct gp_veil_names *
gp_look_names(struct gp_store *s)
{
	if (s->look.names == NULL && gp_veil_names(s, s, s->look.thread, &s->look.names, NULL) != GP_OK)
		TALLOC_FREE(s->look.names);
	return s->look.names;
}

/* The part that stands there as a word of its own, or 0. "@ann" calls somebody, however it is written. */
static size_t
part_at(const struct gp_veil_names *v, const char *text, const char *p)
{
	bool called = p > text && p[-1] == '@' && (p - 1 == text || !is_word((unsigned char)p[-2]));
	size_t n = 0;

	if (p > text && is_word((unsigned char)p[-1]))
		return 0;
	while (is_word((unsigned char)p[n]))
		n++;
	return n > 0 && is_known(v, p, n, called) ? n : 0;
}

static char *
without_parts(const void *ctx, const struct gp_veil_names *v, const char *text)
{
	struct gp_buf b;
	const char *p = text;
	size_t n;

	gp_buf_init(&b, ctx, 4 * strlen(text) + 16);
	gp_buf_puts(&b, "");
	while (*p != '\0') {
		n = part_at(v, text, p);
		if (n > 0)
			gp_buf_puts(&b, GONE);
		else
			gp_buf_putc(&b, *p);
		p += n > 0 ? n : 1;
	}
	return b.p != NULL ? b.p : gp_strdup(ctx, "");
}

/* Text that a forgetting changed, or as it was. */
static char *
forgotten(const void *ctx, const struct gp_forget *f, char *text, int where)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, 4 * strlen(text) + 64);
	return gp_forget_text(f, &b, text, strlen(text), where) ? b.p : text;
}

char *
gp_veil_words(const void *ctx, const struct gp_veil_names *names, const char *text, size_t n)
{
	void *tmp = gp_ctx(NULL);
	char *s = gp_strndup(tmp, text, n);

	if (names == NULL) {
		talloc_free(tmp);
		return gp_strdup(ctx, GONE);
	}
	s = forgotten(tmp, names->whole, s, GP_FORGET_ANYWHERE);
	s = without_parts(tmp, names, s);
	s = gp_strdup(ctx, forgotten(tmp, names->alone, s, GP_FORGET_OWN));
	talloc_free(tmp);
	return s;
}

void
gp_veil_mail(const void *ctx, const struct gp_veil_names *names, const char *key, struct gp_mail *m)
{
	struct gp_mail out = {.flags = m->flags & GP_MAIL_DATE_OK, .date = m->date};
	size_t own_n;

	gp_derive_words(ctx, m);
	own_n = m->own_n > 0 ? gp_text_own_end(ctx, m->own, m->own_n) : 0;
	out.subject = gp_veil_words(ctx, names, m->subject, strlen(m->subject));
	out.from_name = out.from_addr = out.sender_addr = gp_strdup(ctx, "");
	out.quoted = out.files = out.from_name;
	out.msgid = gp_asprintf(ctx, "%s@" GP_UNNAMED_DOMAIN, key);
	out.text = own_n > 0 ? gp_veil_words(ctx, names, m->own, own_n) : gp_strdup(ctx, "");
	out.text_n = strlen(out.text);
	out.own = out.text;
	out.own_n = out.text_n;
	out.snippet = gp_text_snippet(ctx, out.own, out.own_n, SNIPPET);
	*m = out;
}

char *
gp_veil_raw(const void *ctx, const struct gp_list *list, const char *nobody, const struct gp_mail *m, size_t *n)
{
	struct gp_compose c = {.from_name = nobody, .from_addr = list->address, .to_name = "",
	    .to_addr = list->address, .subject = m->subject, .msgid = m->msgid, .domain = list->domain,
	    .in_reply_to = m->in_reply_to_n > 0 ? m->in_reply_to[0] : NULL, .date = m->date, .text = m->text};

	return gp_mail_compose(ctx, &c, n);
}
