/* SPDX-License-Identifier: ISC */
/* Flat bytes for frames: LEB128 numbers, length-prefixed strings, bounded reads. */
#include "config.h"

#include "guildpost/base.h"

#include <string.h>

void
gp_pack_u(struct gp_buf *b, uint64_t v)
{
	unsigned char out[10];
	size_t n = 0;

	do {
		out[n] = (unsigned char)(v & 0x7f);
		v >>= 7;
		if (v != 0)
			out[n] |= 0x80;
		n++;
	} while (v != 0);
	gp_buf_add(b, out, n);
}

void
gp_pack_i(struct gp_buf *b, int64_t v)
{
	gp_pack_u(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

void
gp_pack_str(struct gp_buf *b, const char *p, size_t n)
{
	gp_pack_u(b, n);
	gp_buf_add(b, p, n);
}

/* Length plus one, so that 0 means NULL. */
void
gp_pack_text(struct gp_buf *b, const char *s)
{
	size_t n;

	if (s == NULL) {
		gp_pack_u(b, 0);
		return;
	}
	n = strlen(s);
	gp_pack_u(b, (uint64_t)n + 1);
	gp_buf_add(b, s, n);
}

static void
spoil(struct gp_unpack *u)
{
	u->bad = true;
	u->n = 0;
}

uint64_t
gp_unpack_u(struct gp_unpack *u)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; shift < 64 && u->n > 0; shift += 7) {
		unsigned char c = (unsigned char)*u->p++;

		u->n--;
		v |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0)
			return v;
	}
	spoil(u);
	return 0;
}

int64_t
gp_unpack_i(struct gp_unpack *u)
{
	uint64_t v = gp_unpack_u(u);

	return (int64_t)(v >> 1 ^ (~(v & 1) + 1));
}

static struct gp_str
take(struct gp_unpack *u, uint64_t n)
{
	struct gp_str s = {NULL, 0};

	if (u->bad || n > u->n) {
		spoil(u);
		return s;
	}
	s.p = u->p;
	s.n = (size_t)n;
	u->p += n;
	u->n -= (size_t)n;
	return s;
}

struct gp_str
gp_unpack_str(struct gp_unpack *u)
{
	return take(u, gp_unpack_u(u));
}

char *
gp_unpack_text(struct gp_unpack *u, const void *ctx)
{
	uint64_t n = gp_unpack_u(u);
	struct gp_str s;

	if (n == 0)
		return NULL;
	s = take(u, n - 1);
	if (!u->bad && !gp_utf8_valid(s.p, s.n))
		spoil(u);
	return u->bad ? NULL : gp_memdup(ctx, s.p, s.n);
}
