/* SPDX-License-Identifier: ISC */
/*
 * Tracking pixels in HTML that passes through: remote images that nobody could see. Own code, linear, on the
 * bytes as they are in any charset that holds ASCII; what isn't surely a pixel stays.
 */
#include "config.h"

#include "guildpost/render.h"

#include <string.h>

enum { TAG_MAX = 4096, SMALL = 2 };	/* bytes of a tag; points of a side that can't be seen */

struct attribute {
	struct gp_str name, value;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/';
}

/* Length of the tag at p, '>' included, quotes heeded; 0: it has no end near by. */
static size_t
tag_length(const char *p, size_t n)
{
	char quote = '\0';
	size_t i;

	for (i = 1; i < n && i < TAG_MAX; i++) {
		if (quote != '\0')
			quote = p[i] == quote ? '\0' : quote;
		else if (p[i] == '"' || p[i] == '\'')
			quote = p[i];
		else if (p[i] == '>')
			return i + 1;
	}
	return 0;
}

/* The attribute at *p; false: the tag is at its end. */
static bool
next_attribute(const char **p, const char *end, struct attribute *a)
{
	const char *q = *p;
	char quote;

	while (q < end && is_blank(*q))
		q++;
	a->name.p = q;
	while (q < end && !is_blank(*q) && *q != '=' && *q != '>')
		q++;
	a->name.n = (size_t)(q - a->name.p);
	a->value = (struct gp_str){q, 0};
	if (q < end && *q == '=') {
		q++;
		quote = q < end && (*q == '"' || *q == '\'') ? *q : '\0';
		q += quote != '\0';
		a->value.p = q;
		while (q < end && (quote != '\0' ? *q != quote : (!is_blank(*q) || *q == '/') && *q != '>'))
			q++;
		a->value.n = (size_t)(q - a->value.p);
		q += q < end && quote != '\0';
	} else if (a->name.n == 0) {
		return false;
	}
	*p = q;
	return true;
}

static bool
is_small(struct gp_str value)
{
	char text[16];
	int64_t points;
	size_t n;

	value = gp_str_trim(value);
	for (n = 0; n < value.n && n < sizeof(text) - 1 && value.p[n] >= '0' && value.p[n] <= '9'; n++)
		text[n] = value.p[n];
	text[n] = '\0';
	return gp_parse_int(text, 0, SMALL, &points) &&
	    (n == value.n || gp_str_ieq((struct gp_str){value.p + n, value.n - n}, "px"));
}

/* Is it an image of another server that has no size to be seen? */
static bool
is_pixel(const char *p, size_t n)
{
	const char *at = p + 4, *end = p + n;
	bool remote = false, narrow = false, low = false;
	struct attribute a;

	while (next_attribute(&at, end, &a)) {
		struct gp_str v = gp_str_trim(a.value);

		if (gp_str_ieq(a.name, "src"))
			remote = (v.n > 4 && gp_str_ieq((struct gp_str){v.p, 4}, "http")) ||
			    (v.n > 2 && v.p[0] == '/' && v.p[1] == '/');
		else if (gp_str_ieq(a.name, "width"))
			narrow = is_small(v);
		else if (gp_str_ieq(a.name, "height"))
			low = is_small(v);
	}
	return remote && narrow && low;
}

char *
gp_html_without_pixels(const void *ctx, const char *p, size_t n, size_t *out_n)
{
	struct gp_buf b;
	size_t i, from = 0, len;

	gp_buf_init(&b, ctx, n + 1);
	for (i = 0; i + 5 < n; i++) {
		if (p[i] != '<' || !gp_str_ieq((struct gp_str){p + i + 1, 3}, "img") || !is_blank(p[i + 4]))
			continue;
		len = tag_length(p + i, n - i);
		if (len == 0 || !is_pixel(p + i, len))
			continue;
		gp_buf_add(&b, p + from, i - from);
		from = i + len;
		i = from - 1;
	}
	if (from == 0)
		return NULL;
	gp_buf_add(&b, p + from, n - from);
	*out_n = b.len;
	return b.p;
}
