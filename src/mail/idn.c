/* SPDX-License-Identifier: ISC */
/*
 * Domain names to A-labels (IDNA2008, non-transitional), the only file that knows
 * libidn2. Used for keys and for hosts that speak ASCII only; what is shown to
 * people stays as it was written.
 */
#include "private.h"

#include <idn2.h>
#include <string.h>

char *
gp_idn_ascii(const void *ctx, const char *domain)
{
	const char *p;
	char *ace = NULL, *out;

	for (p = domain; *p != '\0' && (unsigned char)*p < 128; p++)
		;
	if (*p == '\0') {
		out = gp_strdup(ctx, domain);
		gp_str_lower(out);
		return out;
	}
	if (!gp_utf8_valid(domain, strlen(domain)) || strlen(domain) > GP_MAX_ADDRESS)
		return NULL;
	if (idn2_to_ascii_8z(domain, &ace, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	out = gp_strdup(ctx, ace);
	idn2_free(ace);
	return out;
}
