/* SPDX-License-Identifier: ISC */
/*
 * From, Reply-To and Cc of a post are one decision: where does a reader's answer go, and does
 * anybody lose the author's address? When From must be ours (RFC 9989 section 7.4), the author
 * moves to Reply-To, or to Cc where Reply-To is the list's.
 */
#include "config.h"

#include "guildpost/list.h"

#include <string.h>

struct people {
	const void *ctx;
	struct gp_addr *v;
	size_t n, max;
};

static void
people_init(struct people *p, const void *ctx, size_t max)
{
	*p = (struct people){ctx, gp_array(ctx, struct gp_addr, max + 1), 0, max};
}

static bool
has(const struct people *p, const char *addr)
{
	char *key = gp_addr_fold(p->ctx, addr);
	size_t i;

	for (i = 0; key != NULL && i < p->n; i++)
		if (gp_streq(gp_addr_fold(p->ctx, p->v[i].addr), key))
			return true;
	return false;
}

/* Everybody once; what is no address gets no answer, wherever it stands. */
static void
add(struct people *p, const char *name, const char *addr)
{
	if (p->n < p->max && gp_addr_fold(p->ctx, addr) != NULL && !has(p, addr))
		p->v[p->n++] = (struct gp_addr){gp_strdup(p->ctx, name), gp_strdup(p->ctx, addr)};
}

static void
add_all(struct people *p, const struct gp_addrs *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		add(p, from->v[i].name, from->v[i].addr);
}

/* Are these the addresses of the field as it came? */
static bool
is_same(const struct people *p, const struct gp_addrs *field)
{
	size_t i;

	for (i = 0; i < field->n; i++)
		if (!has(p, field->v[i].addr))
			return false;
	return p->n == field->n;
}

static char *
format(const void *ctx, const struct people *p)
{
	char *out = NULL;
	size_t i;

	for (i = 0; i < p->n; i++) {
		char *one = gp_addr_format(ctx, p->v[i].name, p->v[i].addr);

		out = out == NULL ? one : gp_asprintf(ctx, "%s, %s", out, one);
	}
	return out;
}

/* The addresses of a field; none where there is no field. */
static void
read_field(const void *ctx, const struct gp_header *h, const char *name, struct gp_addrs *out)
{
	char *value = gp_header_value(ctx, h, name);

	if (value == NULL || gp_addrs_parse(ctx, value, strlen(value), out, NULL) != GP_OK)
		*out = (struct gp_addrs){NULL, 0, false};
}

/* Reply-To: where the author wants replies, and where the list wants them. */
static char *
decide_reply_to(const void *ctx, const struct gp_list *list, const struct gp_addrs *own,
    const struct gp_addrs *authors, bool rewritten)
{
	const char *address = list->set.reply_address[0] != '\0' ? list->set.reply_address :
	    list->address;
	struct people p;

	people_init(&p, ctx, own->n + authors->n + 1);
	if (list->set.reply_to != GP_REPLY_ONLY_LIST)
		add_all(&p, own);
	if (list->set.reply_to == GP_REPLY_AUTHOR && rewritten)
		add_all(&p, authors);
	if (list->set.reply_to != GP_REPLY_AUTHOR)
		add(&p, list->set.reply_address[0] != '\0' ? "" : list->set.title, address);
	return is_same(&p, own) ? NULL : format(ctx, &p);
}

/* Cc: as it came, and behind it the authors whom nobody else names any more. */
static char *
decide_cc(const void *ctx, const struct gp_header *h, const struct gp_addrs *authors)
{
	struct gp_addrs to, cc;
	struct people all, cced;
	size_t i, before;

	read_field(ctx, h, "To", &to);
	read_field(ctx, h, "Cc", &cc);
	people_init(&all, ctx, to.n + cc.n + authors->n);
	people_init(&cced, ctx, cc.n + authors->n);
	add_all(&all, &to);
	add_all(&all, &cc);
	add_all(&cced, &cc);
	before = cced.n;
	for (i = 0; i < authors->n; i++)
		if (!has(&all, authors->v[i].addr))
			add(&cced, authors->v[i].name, authors->v[i].addr);
	return cced.n > before ? format(ctx, &cced) : NULL;
}

void
gp_cook_sender(const void *ctx, const struct gp_list *list, const struct gp_header *h,
    const char *shown, struct gp_sender *out)
{
	struct gp_addrs authors, own;
	struct people p;

	memset(out, 0, sizeof(*out));
	read_field(ctx, h, "From", &authors);
	read_field(ctx, h, "Reply-To", &own);
	out->reply_to = decide_reply_to(ctx, list, &own, &authors, shown != NULL);
	if (shown == NULL)
		return;
	out->from = gp_addr_format(ctx, shown, list->address);
	people_init(&p, ctx, authors.n);
	add_all(&p, &authors);
	out->original_from = format(ctx, &p);
	if (list->set.reply_to != GP_REPLY_AUTHOR)
		out->cc = decide_cc(ctx, h, &authors);
}
