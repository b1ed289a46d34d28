/* SPDX-License-Identifier: ISC */
/* One message (or the end of a file) as flat bytes, from an import's reader to the import. */
#include "config.h"

#include "import.h"

#include <string.h>

enum { SINGLE = 1, LAST = 2 };

/* Paths, and what is said about them, may be in any charset. */
static void
pack_bytes(struct gp_buf *b, const char *s)
{
	gp_pack_u(b, s != NULL);
	if (s != NULL)
		gp_pack_str(b, s, strlen(s));
}

static char *
unpack_bytes(struct gp_unpack *u, const void *ctx)
{
	struct gp_str s;

	if (gp_unpack_u(u) == 0)
		return NULL;
	s = gp_unpack_str(u);
	return u->bad ? NULL : gp_strndup(ctx, s.p, s.n);
}

void
import_item_pack(struct gp_buf *b, const struct import_item *item)
{
	pack_bytes(b, item->path);
	pack_bytes(b, item->id);
	gp_pack_i(b, item->offset);
	gp_pack_i(b, item->next);
	gp_pack_i(b, item->from_time);
	gp_pack_u(b, (item->single ? SINGLE : 0) | (item->last ? LAST : 0));
	gp_pack_i(b, item->done);
	pack_bytes(b, item->unreadable);
	gp_pack_u(b, item->raw_n);
	gp_pack_str(b, item->wire.p, item->wire.n);
	gp_pack_str(b, item->bytes.p, item->bytes.n);
}

bool
import_item_unpack(const void *ctx, struct gp_str body, struct import_item *item)
{
	struct gp_unpack u = {body.p, body.n, false};
	uint64_t flags;

	item->path = unpack_bytes(&u, ctx);
	item->id = unpack_bytes(&u, ctx);
	item->offset = gp_unpack_i(&u);
	item->next = gp_unpack_i(&u);
	item->from_time = gp_unpack_i(&u);
	flags = gp_unpack_u(&u);
	item->single = (flags & SINGLE) != 0;
	item->last = (flags & LAST) != 0;
	item->done = gp_unpack_i(&u);
	item->unreadable = unpack_bytes(&u, ctx);
	item->raw_n = (size_t)gp_unpack_u(&u);
	item->wire = gp_unpack_str(&u);
	item->bytes = gp_unpack_str(&u);
	return !u.bad && u.n == 0 && item->path != NULL && item->id != NULL;
}
