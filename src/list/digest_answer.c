/* SPDX-License-Identifier: ISC */
/*
 * People answer a digest as they answer any mail, and cut away what they don't mean. What is left of it says
 * which message that is: the link behind each message of a digest, or its number ("get 12") where the archive
 * has no pages. Only the header is written anew, and nothing is parsed a second time.
 */
#include "config.h"

#include "digest_answer.h"

#include <string.h>

#define REPLY "reply-"
#define ANSWER "answer@"

enum { TITLE = 60, MOST_REFERENCES = 20, MOST_MARKS = 200 };

static bool
is_digest(const struct gp_list *list, const char *id)
{
	return gp_starts(id, GP_DIGEST_MSGID) && gp_strieq(gp_addr_domain(id), list->domain);
}

/* Is it an address of the list, with that word behind the separator? Then what stands behind the word. */
static const char *
behind_word(const struct gp_list *list, const char *addr, const char *word)
{
	size_t n = strlen(list->name), len = strlen(word);

	if (!gp_istarts(addr, list->name) || (addr[n] != '+' && addr[n] != '-') ||
	    !gp_istarts(addr + n + 1, word) || !gp_strieq(gp_addr_domain(addr), list->domain))
		return NULL;
	return addr + n + 1 + len;
}

/* The address of the list with that word that the mail went to, or NULL. */
static const char *
went_to(const struct gp_list *list, const struct gp_mail *m, const char *word)
{
	const struct gp_addrs *const v[] = {&m->to, &m->cc};
	size_t i, k;

	for (i = 0; i < GP_COUNT(v); i++)
		for (k = 0; k < v[i]->n; k++)
			if (behind_word(list, v[i]->v[k].addr, word) != NULL)
				return v[i]->v[k].addr;
	return NULL;
}

bool
gp_digest_is_answered(const struct gp_list *list, const struct gp_mail *m)
{
	size_t i;

	for (i = 0; i < m->in_reply_to_n; i++)
		if (is_digest(list, m->in_reply_to[i]))
			return true;
	if (m->in_reply_to_n == 0 && went_to(list, m, ANSWER) != NULL)
		return true;
	/* The nearest is named last. */
	return m->in_reply_to_n == 0 && m->references_n > 0 &&
	    is_digest(list, m->references[m->references_n - 1]);
}

/* ---- which message? --------------------------------------------------------------------------------- */

/* What leads to messages of the list, wherever in the text: ".../bees/m/KEY", "bees+reply-KEY". */
static size_t
links(const void *ctx, const char *start, const char *text, struct gp_digest_mark *v, size_t max)
{
	size_t n = 0, len;

	while (n < max && (text = strstr(text, start)) != NULL) {
		text += strlen(start);
		len = strspn(text, "abcdefghijklmnopqrstuvwxyz234567");
		v[n++] = (struct gp_digest_mark){gp_strndup(ctx, text, len), 0};
		text += len;
	}
	return n;
}

/* "(get 12)", in any language. */
static size_t
numbers(const void *ctx, const struct gp_words *words, const char *text, struct gp_digest_mark *v, size_t max)
{
	const struct gp_word *w;
	size_t n = 0, used, digits;
	int64_t id;

	for (; n < max && (text = strchr(text, '(')) != NULL; text++) {
		char *inside = gp_strndup(ctx, text + 1, strcspn(text + 1, ")\n"));

		w = gp_words_find(words, GP_WORD_COMMAND, inside, &used);
		if (w == NULL || strcmp(w->name, "get") != 0)
			continue;
		used += strspn(inside + used, " \t");
		digits = strspn(inside + used, "0123456789");
		if (inside[used + digits] == '\0' && gp_parse_int(inside + used, 1, INT64_MAX, &id))
			v[n++] = (struct gp_digest_mark){NULL, id};
	}
	return n;
}

struct gp_digest_mark *
gp_digest_marks(const void *ctx, const struct gp_words *words, const char *const *starts, const char *text,
    size_t *n)
{
	struct gp_digest_mark *v = gp_array(ctx, struct gp_digest_mark, MOST_MARKS);

	for (*n = 0; *starts != NULL; starts++)
		*n += links(ctx, *starts, text, v + *n, MOST_MARKS - *n);
	if (*n == 0)
		*n = numbers(ctx, words, text, v, MOST_MARKS);
	return v;
}

struct looking {
	const void *ctx;
	struct gp_site *site;
	const struct gp_list *list;
	struct gp_message *found;
	bool digest;		/* it answers a digest, not one message of it */
	struct gp_err *err;
};

static enum gp_status
find_marked(struct looking *l, const struct gp_digest_mark *mark, struct gp_message **out)
{
	enum gp_status st = mark->key != NULL ?
	    gp_message_find_key(l->ctx, l->site->store, l->list->id, mark->key, out, l->err) :
	    gp_message_find_id(l->ctx, l->site->store, mark->id, out, l->err);

	return st == GP_OK && (*out)->list != l->list->id ? GP_E_NOTFOUND : st;
}

/* The one message that is quoted; NULL: none, or several. */
static enum gp_status
find_quoted(struct looking *l, const struct gp_mail *m)
{
	const char *const starts[] = {gp_asprintf(l->ctx, "%s/%s/m/", l->site->conf->url, l->list->name),
	    gp_asprintf(l->ctx, "%s%s" REPLY, l->list->name, l->site->conf->separator), NULL};
	struct gp_message *one;
	enum gp_status st;
	size_t i, n;
	struct gp_digest_mark *v = gp_digest_marks(l->ctx, l->site->words, starts,
	    gp_strndup(l->ctx, m->text, m->text_n), &n);

	for (i = 0; i < n; i++) {
		st = find_marked(l, &v[i], &one);
		if (st == GP_E_NOTFOUND)
			continue;
		if (st != GP_OK)
			return st;
		if (l->found != NULL && l->found->id != one->id) {
			l->found = NULL;
			return GP_OK;
		}
		l->found = one;
	}
	return GP_OK;
}

/* ---- the header ------------------------------------------------------------------------------------------ */

static bool
is_other_subject(struct looking *l, const char *subject)
{
	const char *tag = l->list->set.tag;

	return strcmp(gp_subject_base(l->ctx, subject, tag, NULL, NULL), gp_subject_base(l->ctx, l->found->subject, tag,
	    NULL, NULL)) != 0;
}

/* What it answers, and all that was answered before. */
static enum gp_status
refer(struct looking *l, struct gp_mail *m)
{
	struct gp_mail parent;
	enum gp_status st = gp_message_mail(l->ctx, l->site->store, l->found->id, &parent, NULL, NULL, l->err);
	size_t from, i;

	if (st != GP_OK)
		return st;
	from = parent.references_n > MOST_REFERENCES ? parent.references_n - MOST_REFERENCES : 0;
	m->references = gp_array(l->ctx, char *, parent.references_n - from + 1);
	m->in_reply_to = gp_array(l->ctx, char *, 1);
	m->references_n = 0;
	for (i = from; i < parent.references_n; i++)
		m->references[m->references_n++] = parent.references[i];
	m->in_reply_to[m->in_reply_to_n++] = l->found->msgid;
	m->references[m->references_n++] = l->found->msgid;
	/* Another subject would begin a thread of its own. */
	if (l->digest || is_other_subject(l, m->subject))
		m->subject = gp_asprintf(l->ctx, "Re: %s", l->found->title);
	return GP_OK;
}

/* A thread of its own, called by its first words. */
static void
name_by_words(struct looking *l, struct gp_mail *m)
{
	size_t n = strlen(m->snippet), cut = gp_utf8_cut(m->snippet, n, TITLE), at = cut;

	while (cut < n && at > 0 && m->snippet[at] != ' ')
		at--;
	m->subject = n == 0 ? gp_strdup(l->ctx, l->list->set.title) :
	    gp_asprintf(l->ctx, "%.*s%s", (int)(at > 0 ? at : cut), m->snippet, cut < n ? " ..." : "");
}

static void
add_ids(struct gp_buf *b, const void *ctx, const char *field, char *const *ids, size_t n)
{
	struct gp_buf value;
	size_t i;

	gp_buf_init(&value, ctx, GP_MAX_HEADER_BLOCK);
	for (i = 0; i < n; i++)
		gp_buf_printf(&value, "%s<%s>", i > 0 ? " " : "", ids[i]);
	if (n > 0)
		gp_header_add(b, field, value.p);
}

/* All parts stand behind the header, which has another length now. */
static void
shift(const void *ctx, struct gp_mail *m, size_t before, size_t now)
{
	struct gp_part *parts = gp_array(ctx, struct gp_part, m->parts_n + 1);
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		parts[i] = m->parts[i];
		parts[i].body += now - before;
		if (parts[i].head >= before)
			parts[i].head += now - before;
	}
	m->parts = parts;
	if ((m->flags & GP_MAIL_TEXT_SLICE) != 0)
		m->text_off += now - before;
}

/* Whoever answers all must not write to the address that was for this answer: the list's stands in its place. */
static void
address_list(struct looking *l, const struct gp_header *h, const char *addr, struct gp_addrs *v, const char *field,
    struct gp_buf *fields, const char **gone, size_t *gone_n)
{
	char *value = gp_header_value(l->ctx, h, field), *at, *text;
	size_t i;

	if (value == NULL || addr == NULL || gp_header_count(h, field) != 1 || !gp_is_ascii(value, strlen(value)) ||
	    (at = strstr(value, addr)) == NULL)
		return;
	text = gp_asprintf(l->ctx, "%.*s%s%s", (int)(at - value), value, l->list->address, at + strlen(addr));
	gp_header_add(fields, field, text);
	gone[(*gone_n)++] = field;
	v->v = gp_memdup(l->ctx, v->v, v->n * sizeof(*v->v));
	for (i = 0; i < v->n; i++)
		if (strcmp(v->v[i].addr, addr) == 0)
			v->v[i].addr = l->list->address;
}

static enum gp_status
write_header(struct looking *l, const struct gp_inbound *in, struct gp_inbound *out, struct gp_mail *m)
{
	const char *gone[8] = {"Subject", "In-Reply-To", "References", "Thread-Topic", "Thread-Index"};
	const char *addr = went_to(l->list, m, l->digest ? ANSWER : REPLY);
	struct gp_buf fields, raw;
	struct gp_header h;
	enum gp_status st = gp_header_scan(l->ctx, in->raw, in->n, &h, l->err);
	size_t end, gone_n = 5;

	if (st != GP_OK)
		return st;
	gp_buf_init(&fields, l->ctx, 2 * GP_MAX_HEADER_BLOCK);
	gp_header_add(&fields, "Subject", gp_mail_encode_words(l->ctx, m->subject, strlen("Subject: ")));
	add_ids(&fields, l->ctx, "In-Reply-To", m->in_reply_to, m->in_reply_to_n);
	add_ids(&fields, l->ctx, "References", m->references, m->references_n);
	address_list(l, &h, addr, &m->to, "To", &fields, gone, &gone_n);
	address_list(l, &h, addr, &m->cc, "Cc", &fields, gone, &gone_n);
	gp_buf_init(&raw, l->ctx, 2 * (size_t)GP_MAX_MESSAGE);
	gp_header_splice(&raw, &h, gone, gone_n, NULL, fields.p);
	gp_buf_puts(&raw, "\r\n");
	end = raw.len;
	gp_buf_add(&raw, in->raw + h.body, in->n - h.body);
	if (raw.over)
		return gp_fail(l->err, GP_E_TOOBIG, "the message is too large");
	out->raw = raw.p;
	out->n = raw.len;
	shift(l->ctx, m, h.body, end);
	return GP_OK;
}

/* The message that the address names which it went to, unless it names one of the list's itself. */
static enum gp_status
find_addressed(struct looking *l, const struct gp_mail *m)
{
	const char *addr = went_to(l->list, m, REPLY), *key;
	struct gp_message **known;
	enum gp_status st = GP_OK;
	size_t i, n;

	for (i = 0; addr != NULL && st == GP_OK && i < m->in_reply_to_n; i++) {
		st = gp_message_find_msgid(l->ctx, l->site->store, l->list->id, m->in_reply_to[i], &known, &n, l->err);
		if (st == GP_OK && n > 0)
			return GP_OK;
	}
	if (addr == NULL || st != GP_OK)
		return st;
	key = behind_word(l->list, addr, REPLY);
	key = gp_strndup(l->ctx, key, strcspn(key, "@"));
	gp_str_lower((char *)(uintptr_t)key);
	st = gp_message_find_key(l->ctx, l->site->store, l->list->id, key, &l->found, l->err);
	if (st == GP_E_NOTFOUND)
		l->found = NULL;
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

enum gp_status
gp_digest_answer(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, const struct gp_inbound **out, bool *which, struct gp_err *err)
{
	struct looking l = {.ctx = ctx, .site = site, .list = list, .err = err};
	struct gp_inbound *answer;
	struct gp_mail *m;
	enum gp_status st;

	*out = in;
	*which = false;
	if (in->mail == NULL)
		return GP_OK;
	l.digest = gp_digest_is_answered(list, in->mail);
	st = l.digest ? find_quoted(&l, in->mail) : find_addressed(&l, in->mail);
	if (st != GP_OK || (!l.digest && l.found == NULL))
		return st;
	m = gp_memdup(ctx, in->mail, sizeof(*m));
	m->in_reply_to_n = m->references_n = 0;
	m->thread_index = NULL;
	*which = l.found != NULL;
	if (*which)
		st = refer(&l, m);
	else
		name_by_words(&l, m);
	if (st != GP_OK)
		return st;
	answer = gp_memdup(ctx, in, sizeof(*answer));
	answer->mail = m;
	*out = answer;
	st = write_header(&l, in, answer, m);
	return st == GP_OK && l.digest && *which ? gp_digest_strip(ctx, site, l.found, out, err) : st;
}
