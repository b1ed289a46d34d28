/* SPDX-License-Identifier: ISC */
/*
 * struct gp_mail as flat bytes, from a parser process to core. The order here is the
 * order in unpack.c; WIRE_VERSION changes with it. Text that is a slice of the raw
 * message is not sent: core has the message.
 */
#include "private.h"

static void
pack_addrs(struct gp_buf *b, const struct gp_addrs *a)
{
	size_t i;

	gp_pack_u(b, a->n);
	for (i = 0; i < a->n; i++) {
		gp_pack_text(b, a->v[i].name);
		gp_pack_text(b, a->v[i].addr);
	}
	gp_pack_u(b, a->more);
}

static void
pack_strings(struct gp_buf *b, char *const *v, size_t n)
{
	size_t i;

	gp_pack_u(b, n);
	for (i = 0; i < n; i++)
		gp_pack_text(b, v[i]);
}

static void
pack_part(struct gp_buf *b, const struct gp_part *p)
{
	gp_pack_u(b, (uint64_t)p->parent);
	gp_pack_u(b, (uint64_t)p->depth);
	gp_pack_text(b, p->type);
	gp_pack_text(b, p->charset);
	gp_pack_text(b, p->name);
	gp_pack_text(b, p->cid);
	gp_pack_u(b, p->cte);
	gp_pack_u(b, p->flags);
	gp_pack_u(b, p->head);
	gp_pack_u(b, p->body);
	gp_pack_u(b, p->len);
	gp_pack_u(b, p->size);
}

/* Long text: NULL is told from "" by a number in front. */
static void
pack_long(struct gp_buf *b, const char *s, size_t n)
{
	gp_pack_u(b, s != NULL);
	if (s != NULL)
		gp_pack_str(b, s, n);
}

void
gp_mail_pack(struct gp_buf *b, const struct gp_mail *m)
{
	bool slice = (m->flags & GP_MAIL_TEXT_SLICE) != 0;
	size_t i;

	gp_pack_u(b, GP_MAIL_WIRE_VERSION);
	gp_pack_u(b, m->flags);
	gp_pack_i(b, m->date);
	gp_pack_i(b, m->zone);
	gp_pack_text(b, m->subject);
	gp_pack_text(b, m->from_name);
	gp_pack_text(b, m->from_addr);
	gp_pack_text(b, m->sender_addr);
	pack_addrs(b, &m->from);
	pack_addrs(b, &m->to);
	pack_addrs(b, &m->cc);
	pack_addrs(b, &m->reply_to);
	gp_pack_text(b, m->msgid);
	pack_strings(b, m->in_reply_to, m->in_reply_to_n);
	pack_strings(b, m->references, m->references_n);
	gp_pack_text(b, m->thread_index);
	pack_strings(b, m->list_ids, m->list_ids_n);
	gp_pack_u(b, m->received);
	gp_pack_u(b, m->parts_n);
	for (i = 0; i < m->parts_n; i++)
		pack_part(b, &m->parts[i]);
	gp_pack_u(b, m->text_off);
	gp_pack_u(b, m->text_len);
	pack_long(b, slice ? NULL : m->text, slice ? 0 : m->text_n);
	pack_long(b, m->html, m->html_n);
	gp_pack_text(b, m->snippet);
	pack_long(b, m->own, m->own_n);
	pack_long(b, m->quoted, m->quoted_n);
	gp_pack_text(b, m->files);
}
