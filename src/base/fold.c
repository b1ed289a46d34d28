/* SPDX-License-Identifier: ISC */
/*
 * Words as people mean them, whatever the case: for comparing what was typed with what
 * we know. Latin, Greek and Cyrillic letters; each character stays one, so that places in
 * the folded text can be found in the original.
 */
#include "config.h"

#include "guildpost/base.h"

static uint32_t
fold(uint32_t cp)
{
	if (cp < 0x80)
		return (uint32_t)gp_ascii_lower((int)cp);
	if (cp == 0xa0 || cp == 0x202f || (cp >= 0x2000 && cp <= 0x200a))
		return ' ';
	if (cp == 0x2018 || cp == 0x2019 || cp == 0x00b4 || cp == 0x02bc)
		return '\'';
	if (cp == 0x201c || cp == 0x201d || cp == 0x00ab || cp == 0x00bb || cp == 0x201e)
		return '"';
	/* The long dash parts sentences: it is no hyphen. */
	if ((cp >= 0x2010 && cp <= 0x2013) || cp == 0x2212)
		return '-';
	if (cp == 0x0178 || cp == 0x1e9e)
		return cp == 0x0178 ? 0xff : 0xdf;
	if ((cp >= 0xc0 && cp <= 0xde && cp != 0xd7) || (cp >= 0x0391 && cp <= 0x03a9) ||
	    (cp >= 0x0410 && cp <= 0x042f))
		return cp + 32;
	if (cp >= 0x0400 && cp <= 0x040f)
		return cp + 80;
	/* Capital and small letter in turn. */
	if ((cp >= 0x0100 && cp <= 0x0137 && cp != 0x0130) || (cp >= 0x014a && cp <= 0x0177) ||
	    (cp >= 0x0460 && cp <= 0x0481))
		return cp | 1;
	if ((cp >= 0x0139 && cp <= 0x0148) || (cp >= 0x0179 && cp <= 0x017e))
		return cp + (cp & 1);
	return cp;
}

char *
gp_utf8_fold(const void *ctx, const char *p, size_t n)
{
	char *out = gp_alloc(ctx, n * 3 + 1, "folded"), *to = out;
	const char *end = p + n;
	uint32_t cp;
	size_t len;

	while (p < end) {
		len = gp_utf8_next(p, (size_t)(end - p), &cp);
		if (len == 0) {
			len = 1;
			cp = 0xfffd;
		}
		to += gp_utf8_put(to, fold(cp));
		p += len;
	}
	*to = '\0';
	return out;
}

size_t
gp_utf8_count(const char *p, size_t n)
{
	const char *end = p + n;
	size_t count = 0, len;
	uint32_t cp;

	for (; p < end; p += len, count++) {
		len = gp_utf8_next(p, (size_t)(end - p), &cp);
		len += len == 0;
	}
	return count;
}

size_t
gp_utf8_skip(const char *p, size_t n, size_t count)
{
	size_t at = 0, len;
	uint32_t cp;

	for (; count > 0 && at < n; count--) {
		len = gp_utf8_next(p + at, n - at, &cp);
		at += len + (len == 0);
	}
	return at;
}
