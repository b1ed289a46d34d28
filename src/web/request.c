/* SPDX-License-Identifier: ISC */
/*
 * What a reader's program asks for: the target of a request (RFC 9112 section 3.2) taken apart
 * and decoded (RFC 3986 section 2.1; parameters as forms send them). A path that is not text
 * (bad escapes, NUL, other controls, bytes that are not UTF-8) is refused here, so that no page
 * ever sees one; in parameters such bytes are mended, since people type and cut them.
 */
#include "config.h"

#include "private.h"

#include <string.h>

/* Into out, which has room for n bytes; false when an escape is broken (it is kept as it is). */
static bool
decode(char *out, size_t *out_n, const char *p, size_t n, bool form)
{
	size_t i, k = 0;
	bool ok = true;
	int byte;

	for (i = 0; i < n; i++) {
		if (p[i] != '%') {
			out[k++] = form && p[i] == '+' ? ' ' : p[i];
			continue;
		}
		byte = gp_hex_byte(p + i + 1, n - i - 1);
		if (byte < 0) {
			ok = false;
			out[k++] = '%';
		} else {
			out[k++] = (char)byte;
			i += 2;
		}
	}
	*out_n = k;
	return ok;
}

static bool
has_controls(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return true;
	return false;
}

static char *
decode_value(const void *ctx, const char *p, size_t n)
{
	char *raw = gp_alloc(ctx, n + 1, "value");
	size_t len;

	(void)decode(raw, &len, p, n, true);
	return gp_utf8_clean(ctx, raw, len);
}

static void
parse_args(const void *ctx, const char *q, struct gp_request *out)
{
	const char *end, *eq;
	struct gp_request_arg *a;

	for (; q != NULL && out->args_n < GP_WEB_ARGS; q = *end == '\0' ? NULL : end + 1) {
		end = q + strcspn(q, "&");
		if (end == q)
			continue;
		eq = memchr(q, '=', (size_t)(end - q));
		a = &out->args[out->args_n++];
		a->name = decode_value(ctx, q, (size_t)((eq != NULL ? eq : end) - q));
		a->value = eq == NULL ? gp_strdup(ctx, "") :
		    decode_value(ctx, eq + 1, (size_t)(end - eq - 1));
	}
}

char *
request_field(const void *ctx, const struct gp_request *r, const char *name)
{
	struct gp_request form = {0};
	const char *value;

	parse_args(ctx, gp_strndup(ctx, r->body.p, r->body.n), &form);
	value = gp_request_arg(&form, name);
	return value == NULL ? NULL : gp_strdup(ctx, value);
}

/* "http://host/path" is what proxies send: the host is not our business. */
static const char *
skip_origin(const char *target)
{
	const char *p;

	if (!gp_istarts(target, "http://") && !gp_istarts(target, "https://"))
		return target;
	p = strchr(strchr(target, ':') + 3, '/');
	return p != NULL ? p : "/";
}

int
gp_request_parse(const void *ctx, const char *method, const char *target, struct gp_request *out)
{
	size_t path_n, n;

	memset(out, 0, sizeof(*out));
	out->method = method;
	out->target = target = skip_origin(target);
	path_n = strcspn(target, "?#");
	if (target[path_n] == '?')
		out->query = target + path_n + 1;
	if (path_n > GP_WEB_PATH || (out->query != NULL && strlen(out->query) > GP_WEB_PATH))
		return 414;
	if (target[0] != '/' || has_controls(target, strlen(target)))
		return 400;
	out->path = gp_alloc(ctx, path_n + 1, "path");
	if (!decode(out->path, &n, target, path_n, false))
		return 400;
	out->path[n] = '\0';
	if (!gp_utf8_valid(out->path, n) || has_controls(out->path, n))
		return 400;
	parse_args(ctx, out->query, out);
	return 0;
}

const char *
gp_request_arg(const struct gp_request *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->args_n; i++)
		if (strcmp(r->args[i].name, name) == 0)
			return r->args[i].value;
	return NULL;
}

/* RFC 9110 section 12.5.3, as far as gzip is concerned: named and not with q=0. */
bool
request_accepts_gzip(const struct gp_request *r)
{
	const char *p = r->accept_encoding, *end;

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t,");
		end = p + strcspn(p, ",");
		if (gp_istarts(p, "gzip") && strchr(" \t;,", p[4]) != NULL) {
			p += 4 + strspn(p + 4, " \t;");
			if (gp_istarts(p, "q=0"))
				return p < end && strspn(p + 3, ".0") != (size_t)(end - p - 3);
			return true;
		}
		p = end;
	}
	return false;
}

static char *
encode(const void *ctx, const char *s, const char *safe)
{
	struct gp_buf b;

	gp_buf_init(&b, ctx, strlen(s) * 3 + 1);
	gp_buf_puts(&b, "");
	for (; *s != '\0'; s++)
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= '0' && *s <= '9') || strchr(safe, *s) != NULL)
			gp_buf_putc(&b, *s);
		else
			gp_buf_printf(&b, "%%%02X", (unsigned char)*s);
	return b.p;
}

char *
url_segment(const void *ctx, const char *s)
{
	return encode(ctx, s, "-._~!$'()*,;:@");
}

char *
url_value(const void *ctx, const char *s)
{
	return encode(ctx, s, "-._~!*():,");
}
