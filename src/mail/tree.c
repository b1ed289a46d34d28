/* SPDX-License-Identifier: ISC */
/*
 * The MIME tree as libetpan sees it (RFC 2045, 2046): the only file that includes
 * libetpan, and only mailmime_parse() of it. It is called on canonical bytes that the
 * walk found within the limits (so its recursion is bounded) and free of what makes
 * version 1.9.4 write out of bounds. Nothing it says is believed unseen: every
 * pointer is checked against the message, and the parts must be those of the walk.
 */
#include "private.h"

#include <libetpan/mailmime.h>
#include <string.h>

struct tree {
	const char *raw;	/* what libetpan was given */
	size_t n;
	size_t before;		/* bytes of the message that it was not given: of its header */
	const struct gp_walk *walk;
	size_t at;		/* parts compared so far */
	const char *wrong;	/* why the two views differ, NULL: they don't yet */
};

/* [*start, *end) of a body, if it lies in the message. */
static bool
body_range(const struct tree *t, const struct mailmime_data *d, size_t *start, size_t *end)
{
	uintptr_t base = (uintptr_t)t->raw, p;

	if (d == NULL || d->dt_type != MAILMIME_DATA_TEXT)
		return false;
	p = (uintptr_t)d->dt_data.dt_text.dt_data;
	if (p < base || p - base > t->n || d->dt_data.dt_text.dt_length > t->n - (p - base))
		return false;
	*start = p - base;
	*end = *start + d->dt_data.dt_text.dt_length;
	return true;
}

static enum gp_walk_kind
kind_of(const struct mailmime *m)
{
	switch (m->mm_type) {
	case MAILMIME_MULTIPLE:
		return GP_WALK_MULTIPART;
	case MAILMIME_MESSAGE:
		return GP_WALK_MESSAGE;
	default:
		return GP_WALK_LEAF;
	}
}

/* Only line ends lie between two places: each parser counts its own to a boundary. */
static bool
only_eol(const struct tree *t, size_t a, size_t b)
{
	for (; a < b; a++)
		if (t->raw[a] != '\r' && t->raw[a] != '\n')
			return false;
	return true;
}

/* The message with only those fields of its header that shape it: a large part of the time
 * would go into addresses and ids that nobody asks for. */
static char *
shape(const void *ctx, const struct gp_header *h, size_t n, size_t *out_n)
{
	char *out = gp_mail_bytes(ctx, n + 2), *o = out;
	size_t i;

	for (i = 0; i < h->n; i++) {
		const struct gp_field *f = &h->fields[i];

		if (f->name_len < 8 || (!gp_mail_ieq(h->raw + f->start, "content-", 8) &&
		    !gp_mail_ieq(h->raw + f->start, "mime-ver", 8)))
			continue;
		memcpy(o, h->raw + f->start, f->len);
		o += f->len;
	}
	*o++ = '\r';
	*o++ = '\n';
	memcpy(o, h->raw + h->body, n - h->body);
	o += n - h->body;
	*o = '\0';
	*out_n = (size_t)(o - out);
	return out;
}

/* Both must say where a leaf or a container begins and where a leaf ends. (Where the header
 * of a message begins libetpan has its own idea, if the part has no fields.) */
static const char *
compare(const struct tree *t, const struct mailmime *m, const struct gp_walk_part *p, int depth)
{
	size_t start, end, due;

	if (kind_of(m) != p->kind)
		return "a part is of another kind";
	if (depth != p->depth)
		return "a part is at another depth";
	if (!body_range(t, m->mm_body, &start, &end))
		return "a part lies outside of the message";
	if (p->kind == GP_WALK_MESSAGE || (p->body == p->end && start == end))
		return NULL;
	if (start + t->before != p->body)
		return "a part begins elsewhere";
	due = p->end - t->before;
	if (p->kind == GP_WALK_LEAF &&
	    !only_eol(t, end < due ? end : due, end < due ? due : end))
		return "a part ends elsewhere";
	return NULL;
}

/* Bounded: the walk has counted the depth, and `depth` is compared with it here. */
static void
visit(struct tree *t, const struct mailmime *m, int depth)
{
	clistiter *cur;

	if (t->wrong != NULL)
		return;
	if (m == NULL || t->at >= t->walk->parts_n) {
		t->wrong = "there are other parts";
		return;
	}
	t->wrong = compare(t, m, &t->walk->parts[t->at++], depth);
	if (t->wrong != NULL)
		return;
	if (m->mm_type == MAILMIME_MESSAGE)
		visit(t, m->mm_data.mm_message.mm_msg_mime, depth + 1);
	if (m->mm_type != MAILMIME_MULTIPLE || m->mm_data.mm_multipart.mm_mp_list == NULL)
		return;
	for (cur = clist_begin(m->mm_data.mm_multipart.mm_mp_list); cur != NULL;
	    cur = clist_next(cur))
		visit(t, clist_content(cur), depth + 1);
}

enum gp_status
gp_mail_tree(const struct gp_header *h, size_t n, const struct gp_walk *w, struct gp_err *err)
{
	struct tree t = { .walk = w };
	struct mailmime *mime = NULL;
	char *message = shape(NULL, h, n, &t.n);
	size_t at = 0;

	t.raw = message;
	t.before = n - t.n;
	if (mailmime_parse(message, t.n, &at, &mime) != MAILIMF_NO_ERROR || mime == NULL) {
		talloc_free(message);
		return gp_fail(err, GP_E_PARSE, "libetpan can't read the message");
	}
	/* The outermost node stands for the message itself. */
	if (mime->mm_type != MAILMIME_MESSAGE)
		t.wrong = "it is no message";
	else
		visit(&t, mime->mm_data.mm_message.mm_msg_mime, 0);
	if (t.wrong == NULL && t.at != w->parts_n)
		t.wrong = "there are other parts";
	mailmime_free(mime);
	talloc_free(message);
	if (t.wrong != NULL)
		return gp_fail(err, GP_E_PARSE, "two readings of the structure differ: %s",
		    t.wrong);
	return GP_OK;
}
