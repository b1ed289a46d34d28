/* SPDX-License-Identifier: ISC */
/* Lists of tag=value, as DKIM (RFC 6376 section 3.2) and DMARC (RFC 9989 section 4.7) have them. */
#include "private.h"

#include "guildpost/mail/dmarc.h"

#include <string.h>

char *
gp_tag_value(const void *ctx, const char *list, const char *name)
{
	struct gp_str found = {NULL, 0};
	const char *p, *end;

	for (p = list; *p != '\0'; p = *end == ';' ? end + 1 : end) {
		const char *eq;

		end = p + strcspn(p, ";");
		eq = memchr(p, '=', (size_t)(end - p));
		if (eq == NULL || !gp_str_eq(gp_str_trim((struct gp_str){p, (size_t)(eq - p)}), name))
			continue;
		if (found.p != NULL)
			return NULL;
		found = gp_str_trim((struct gp_str){eq + 1, (size_t)(end - eq - 1)});
	}
	return found.p != NULL ? gp_strndup(ctx, found.p, found.n) : NULL;
}
