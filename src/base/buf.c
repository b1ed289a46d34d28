/* SPDX-License-Identifier: ISC */
/* The growable buffer: capped at birth, sticky on overflow, always terminated. */
#include "config.h"

#include "guildpost/base.h"

#include <stdio.h>
#include <string.h>

void
gp_buf_init(struct gp_buf *b, const void *ctx, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->ctx = ctx;
	b->max = max;
	b->p = gp_memdup(ctx, "", 0);
	b->cap = 1;
}

struct gp_buf *
gp_buf_new(const void *ctx, size_t max)
{
	struct gp_buf *b = gp_new(ctx, struct gp_buf);

	gp_buf_init(b, b, max);
	return b;
}

char *
gp_buf_reserve(struct gp_buf *b, size_t n)
{
	size_t need, cap;
	char *p;

	if (b->over)
		return NULL;
	if (n > b->max || b->len > b->max - n) {
		b->over = true;
		return NULL;
	}
	need = b->len + n + 1;
	if (need > b->cap) {
		cap = b->cap < 64 ? 64 : b->cap;
		while (cap < need)
			cap += cap;
		if (cap > b->max + 1)
			cap = b->max + 1;
		p = talloc_realloc_size(b->ctx, b->p, cap);
		if (p == NULL)
			gp_oom();
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->len;
}

void
gp_buf_add(struct gp_buf *b, const void *p, size_t n)
{
	char *to = gp_buf_reserve(b, n);

	if (to == NULL || n == 0)
		return;
	memcpy(to, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void
gp_buf_puts(struct gp_buf *b, const char *s)
{
	gp_buf_add(b, s, strlen(s));
}

void
gp_buf_putc(struct gp_buf *b, int c)
{
	char byte = (char)c;

	gp_buf_add(b, &byte, 1);
}

void
gp_buf_printf(struct gp_buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;
	char *to;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->over = true;
		return;
	}
	if ((size_t)n < sizeof(small)) {
		gp_buf_add(b, small, (size_t)n);
		return;
	}
	to = gp_buf_reserve(b, (size_t)n);
	if (to == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void
gp_buf_reset(struct gp_buf *b)
{
	b->over = false;
	gp_buf_cut(b, 0);
}

void
gp_buf_cut(struct gp_buf *b, size_t len)
{
	if (len <= b->len) {
		b->len = len;
		b->p[len] = '\0';
	}
}
