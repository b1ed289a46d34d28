/* SPDX-License-Identifier: ISC */
/* talloc with one policy: when memory runs out, the process ends (gp_oom). */
#include "config.h"

#include "guildpost/base.h"

#include <string.h>

void *
gp_alloc(const void *ctx, size_t size, const char *name)
{
	void *p = talloc_named_const(ctx, size, name);

	if (p == NULL)
		gp_oom();
	memset(p, 0, size);
	return p;
}

void *
gp_alloc_array(const void *ctx, size_t size, size_t n, const char *name)
{
	void *p;

	if (n > SIZE_MAX / 2 / size)
		gp_oom();
	p = talloc_named_const(ctx, size * n, name);
	if (p == NULL)
		gp_oom();
	memset(p, 0, size * n);
	return p;
}

void *
gp_ctx(const void *parent)
{
	void *p = talloc_new(parent);

	if (p == NULL)
		gp_oom();
	return p;
}

void *
gp_ctx_block(const void *parent, size_t size)
{
	void *p = talloc_pool(parent, size);

	if (p == NULL)
		gp_oom();
	return p;
}

char *
gp_strdup(const void *ctx, const char *s)
{
	return s == NULL ? NULL : gp_memdup(ctx, s, strlen(s));
}

char *
gp_strndup(const void *ctx, const char *s, size_t n)
{
	return gp_memdup(ctx, s, strnlen(s, n));
}

void *
gp_memdup(const void *ctx, const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		gp_oom();
	copy = talloc_named_const(ctx, n + 1, "bytes");
	if (copy == NULL)
		gp_oom();
	if (n > 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *
gp_vasprintf(const void *ctx, const char *fmt, va_list ap)
{
	char *s = talloc_vasprintf(ctx, fmt, ap);

	if (s == NULL)
		gp_oom();
	return s;
}

char *
gp_asprintf(const void *ctx, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = gp_vasprintf(ctx, fmt, ap);
	va_end(ap);
	return s;
}
