/* SPDX-License-Identifier: ISC */
/* Strings as bytes and as UTF-8 (RFC 3629), and numbers that people write. */
#include "config.h"

#include "guildpost/base.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool
gp_str_eq(struct gp_str a, const char *b)
{
	return strlen(b) == a.n && (a.n == 0 || memcmp(a.p, b, a.n) == 0);
}

bool
gp_str_ieq(struct gp_str a, const char *b)
{
	return strlen(b) == a.n && (a.n == 0 || strncasecmp(a.p, b, a.n) == 0);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct gp_str
gp_str_trim(struct gp_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
gp_str_next_line(const char **p, struct gp_str *line)
{
	size_t n;

	while (**p != '\0') {
		n = strcspn(*p, "\n");
		*line = gp_str_trim((struct gp_str){*p, n});
		*p += n + ((*p)[n] == '\n');
		if (line->n > 0)
			return true;
	}
	return false;
}

bool
gp_streq(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
gp_strieq(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

bool
gp_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
gp_istarts(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

bool
gp_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

int
gp_ascii_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int
gp_hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = gp_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
gp_hex_byte(const char *p, size_t n)
{
	int high = n < 2 ? -1 : gp_hex_digit(p[0]), low = n < 2 ? -1 : gp_hex_digit(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

void
gp_str_lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = (char)gp_ascii_lower((unsigned char)*s);
}

const char *
gp_memmem(const char *hay, size_t n, const char *needle, size_t m)
{
	return memmem(hay, n, needle, m);
}

bool
gp_parse_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long v;

	if (s == NULL || (*s != '-' && (*s < '0' || *s > '9')))
		return false;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || end == s || v < min || v > max)
		return false;
	*out = v;
	return true;
}

/* Digits and one unit letter out of `units`, each worth factors[i]. */
static bool
parse_scaled(const char *s, const char *units, const int64_t *factors, int64_t *out)
{
	size_t n = strlen(s);
	int64_t v, factor = 1;
	char digits[24];
	const char *u;

	if (n == 0 || n >= sizeof(digits))
		return false;
	u = strchr(units, gp_ascii_lower((unsigned char)s[n - 1]));
	if (u != NULL) {
		factor = factors[u - units];
		n--;
	}
	memcpy(digits, s, n);
	digits[n] = '\0';
	if (!gp_parse_int(digits, 0, INT64_MAX / factor, &v))
		return false;
	*out = v * factor;
	return true;
}

bool
gp_parse_size(const char *s, int64_t *out)
{
	static const int64_t factors[] = {1 << 10, 1 << 20, 1 << 30};

	return parse_scaled(s, "kmg", factors, out);
}

bool
gp_parse_duration(const char *s, int64_t *out)
{
	static const int64_t factors[] = {1, 60, 3600, 86400, 7 * 86400};

	return parse_scaled(s, "smhdw", factors, out);
}

size_t
gp_utf8_next(const char *p, size_t n, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t len, i;
	uint32_t c, least;

	if (n == 0)
		return 0;
	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] <= 0xdf) {
		len = 2, c = u[0] & 0x1f, least = 0x80;
	} else if ((u[0] & 0xf0) == 0xe0) {
		len = 3, c = u[0] & 0x0f, least = 0x800;
	} else if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		len = 4, c = u[0] & 0x07, least = 0x10000;
	} else {
		return 0;
	}
	if (n < len)
		return 0;
	for (i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

size_t
gp_utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/* Length of the leading run of plain ASCII without NUL: the common case. */
static size_t
ascii_run(const char *p, size_t n)
{
	size_t i = 0;

	while (i + 8 <= n) {
		uint64_t w;

		memcpy(&w, p + i, 8);
		if ((w & 0x8080808080808080u) != 0 ||
		    ((w - 0x0101010101010101u) & ~w & 0x8080808080808080u) != 0)
			break;
		i += 8;
	}
	while (i < n && p[i] > 0)
		i++;
	return i;
}

bool
gp_is_ascii(const char *p, size_t n)
{
	uint64_t w;

	for (; n >= sizeof(w); p += sizeof(w), n -= sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		if ((w & 0x8080808080808080u) != 0)
			return false;
	}
	while (n > 0)
		if ((signed char)p[--n] < 0)
			return false;
	return true;
}

bool
gp_utf8_valid(const char *p, size_t n)
{
	size_t i = 0, len;
	uint32_t cp;

	while (i < n) {
		i += ascii_run(p + i, n - i);
		if (i == n)
			break;
		len = gp_utf8_next(p + i, n - i, &cp);
		if (len == 0 || cp == 0)
			return false;
		i += len;
	}
	return true;
}

char *
gp_utf8_clean(const void *ctx, const char *p, size_t n)
{
	struct gp_buf b;
	size_t i = 0, run, len;
	uint32_t cp;

	if (gp_utf8_valid(p, n))
		return gp_memdup(ctx, p, n);
	gp_buf_init(&b, ctx, n * 3 + 1);
	while (i < n) {
		run = ascii_run(p + i, n - i);
		gp_buf_add(&b, p + i, run);
		i += run;
		if (i == n)
			break;
		len = gp_utf8_next(p + i, n - i, &cp);
		if (len == 0 || cp == 0) {
			gp_buf_add(&b, "\xef\xbf\xbd", 3);
			i++;
		} else {
			gp_buf_add(&b, p + i, len);
			i += len;
		}
	}
	return b.p;
}

/* Has no place in one line of text: controls and what turns reading direction. */
static bool
is_invisible(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f || cp == 0x61c ||
	    cp == 0xfeff;
}

static bool
is_space(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xa0 ||
	    cp == 0x2028 || cp == 0x2029;
}

/* One line already: printable ASCII, single blanks, none at the ends. Most are. */
static bool
is_plain_line(const char *p, size_t n)
{
	size_t i;

	if (n > 0 && (p[0] == ' ' || p[n - 1] == ' '))
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] < 32 || (unsigned char)p[i] > 126 ||
		    (p[i] == ' ' && p[i - 1] == ' '))
			return false;
	return true;
}

char *
gp_utf8_line(const void *ctx, const char *p, size_t n, size_t max)
{
	struct gp_buf b;
	size_t i = 0, len, count = 0;
	bool blank = false;
	uint32_t cp;

	if (n <= max && is_plain_line(p, n))
		return gp_memdup(ctx, p, n);
	gp_buf_init(&b, ctx, n * 3 + 4);
	while (i < n) {
		len = gp_utf8_next(p + i, n - i, &cp);
		if (len == 0) {
			len = 1;
			cp = 0xfffd;
		}
		if (is_space(cp)) {
			blank = b.len > 0;
		} else if (!is_invisible(cp)) {
			char out[4];

			if (count + blank >= max) {
				gp_buf_add(&b, "\xe2\x80\xa6", 3);
				break;
			}
			if (blank)
				gp_buf_putc(&b, ' ');
			count += 1 + blank;
			blank = false;
			gp_buf_add(&b, out, gp_utf8_put(out, cp));
		}
		i += len;
	}
	return b.p;
}

size_t
gp_utf8_cut(const char *p, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)p[max] & 0xc0) == 0x80)
		max--;
	return max;
}
