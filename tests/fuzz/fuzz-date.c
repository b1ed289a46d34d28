/* SPDX-License-Identifier: ISC */
/* Dates out of any bytes: what is read can be written and read again. */
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t t, again;
	int zone, z;
	bool known, k;
	char *s;

	if (!gp_date_parse((const char *)data, size, &t, &zone, &known))
		return 0;
	if (zone < -14 * 60 || zone > 14 * 60 || (!known && zone != 0))
		abort();
	s = gp_date_format(NULL, t, zone);
	/* Years of one to three digits are read as short for others. */
	if (t > gp_civil_time(1000, 1, 2, 0, 0, 0) && t < gp_civil_time(9999, 12, 30, 0, 0, 0) &&
	    (!gp_date_parse(s, strlen(s), &again, &z, &k) || again != t || z != zone))
		abort();
	talloc_free(s);
	return 0;
}
