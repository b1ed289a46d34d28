/* SPDX-License-Identifier: ISC */
/*
 * Runs of plain text, skipped eight bytes at a time, as nearly all of a message is; and
 * the text body out of the raw message, where it stands there as it is but for its
 * line ends (GP_MAIL_TEXT_SLICE): the archive keeps no second copy of it.
 */
#include "private.h"

#include <string.h>

size_t
gp_mail_plain_run(const char *p, size_t n)
{
	size_t i = 0;
	uint64_t w;

	while (i + 8 <= n) {
		memcpy(&w, p + i, 8);
		/* A byte that is 8-bit, below a blank, or DEL: look closer. */
		if (((w | (w - 0x2020202020202020u) | (w + 0x0101010101010101u)) &
		    0x8080808080808080u) != 0)
			break;
		i += 8;
	}
	while (i < n && (unsigned char)p[i] >= 32 && (unsigned char)p[i] < 127)
		i++;
	return i;
}

char *
gp_mail_slice_text(const void *ctx, const char *raw, size_t off, size_t len, size_t *out_n)
{
	char *out = gp_mail_bytes(ctx, len), *o = out;
	const char *p = raw + off, *end = p + len;

	while (p < end) {
		size_t line = gp_mail_line(p, (size_t)(end - p));

		memcpy(o, p, line);
		o += line;
		if (line > 1 && o[-1] == '\n' && o[-2] == '\r') {
			o[-2] = '\n';
			o--;
		}
		p += line;
	}
	*o = '\0';
	*out_n = (size_t)(o - out);
	return out;
}
