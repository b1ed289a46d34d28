/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "guildpost/base.h"

#include <stdio.h>

int
main(void)
{
	printf("guildpost %s\n", GP_VERSION);
	return 0;
}
