/* SPDX-License-Identifier: ISC */
/*
 * Can a signature of the author's domain still hold when the message leaves us? It covers the
 * fields that its h= names, also those that are not there ("oversigned": RFC 6376 section 5.4.2), so that
 * adding one of them breaks it as taking one away does.
 */
#include "private.h"

#include "guildpost/mail/dmarc.h"

#include <string.h>

/* The same domain, or one of them above the other: relaxed alignment (RFC 9989 section 4.10.2), as
 * far as it can be told without the DNS. */
static bool
are_aligned(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	const char *longer = n > m ? a : b, *shorter = n > m ? b : a;
	size_t more = n > m ? n - m : m - n;

	if (!gp_strieq(longer + more, shorter))
		return false;
	return more == 0 || (longer[more - 1] == '.' && strchr(shorter, '.') != NULL);
}

/* Does h= ("from:to:subject") name one of these? */
static bool
covers(const char *signed_fields, const char *const *touched, size_t n)
{
	const char *p = signed_fields, *end;
	size_t i;

	for (;; p = end + 1) {
		struct gp_str name;

		end = p + strcspn(p, ":");
		name = gp_str_trim((struct gp_str){p, (size_t)(end - p)});
		for (i = 0; i < n; i++)
			if (gp_str_ieq(name, touched[i]))
				return true;
		if (*end == '\0')
			return false;
	}
}

bool
gp_dkim_survives(const void *ctx, const struct gp_header *h, const char *from_addr,
    const char *const *touched, size_t n)
{
	size_t count = gp_header_count(h, "DKIM-Signature"), i;
	void *tmp = gp_ctx(ctx);
	char *domain = gp_idn_ascii(tmp, gp_addr_domain(from_addr));
	bool yes = false;

	for (i = 0; domain != NULL && !yes && i < count; i++) {
		char *list = gp_field_value(tmp, h, gp_header_find(h, "DKIM-Signature", i));
		char *d = gp_tag_value(tmp, list, "d"), *fields = gp_tag_value(tmp, list, "h");

		yes = d != NULL && fields != NULL && are_aligned(d, domain) &&
		    !covers(fields, touched, n);
	}
	talloc_free(tmp);
	return yes;
}
