/* SPDX-License-Identifier: ISC */
/*
 * The two transfer encodings written: RFC 2045 sections 6.7 and 6.8.
 */
#include "private.h"

#include <string.h>

enum { LINE = 76 };		/* a soft line break is one of them */

static bool
ends_line(const char *p, const char *end)
{
	return p == end || (p + 1 < end && p[0] == '\r' && p[1] == '\n');
}

/* At the beginning of a line: a dot for SMTP, "From " for an mbox, what may be a boundary. */
static bool
is_risky_start(const char *p, const char *end)
{
	return *p == '.' || (end - p >= 2 && memcmp(p, "--", 2) == 0) ||
	    (end - p >= 5 && memcmp(p, "From ", 5) == 0);
}

bool
gp_cte_is_literal(unsigned char c)
{
	return (c >= 33 && c <= 126 && c != '=') || c == '\t' || c == ' ';
}

void
gp_cte_write_qp(struct gp_buf *b, const char *p, size_t n)
{
	const char *end = p + n;
	size_t used = 0;

	for (; p < end; p++) {
		unsigned char c = (unsigned char)*p;
		bool plain = gp_cte_is_literal(c);

		if (ends_line(p, end)) {
			gp_buf_puts(b, "\r\n");
			used = 0;
			p++;
			continue;
		}
		if (used + (plain ? 1 : 3) > LINE - 1) {
			gp_buf_puts(b, "=\r\n");
			used = 0;
		}
		if (((c == ' ' || c == '\t') && ends_line(p + 1, end)) ||
		    (used == 0 && is_risky_start(p, end)))
			plain = false;
		if (plain)
			gp_buf_putc(b, *p);
		else
			gp_buf_printf(b, "=%02X", (unsigned)c);
		used += plain ? 1 : 3;
	}
}

void
gp_cte_write_base64(struct gp_buf *b, const char *p, size_t n)
{
	char *code = gp_base64(b->ctx, p, n);
	size_t at, len = strlen(code);

	for (at = 0; at < len; at += LINE) {
		gp_buf_puts(b, at > 0 ? "\r\n" : "");
		gp_buf_add(b, code + at, len - at < LINE ? len - at : LINE);
	}
	talloc_free(code);
}
