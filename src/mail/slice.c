/* SPDX-License-Identifier: ISC */
/*
 * The text body out of the raw message, where it stands there as it is but for its
 * line ends (GP_MAIL_TEXT_SLICE): the archive keeps no second copy of it.
 */
#include "private.h"

#include <string.h>

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
