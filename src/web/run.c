/* SPDX-License-Identifier: ISC */
/* The web process. */
#include "config.h"

#include "guildpost/web.h"

#include <unistd.h>

int
gp_web_run(struct gp_config *conf, int fd)
{
	char b;

	(void)conf;
	while (read(fd, &b, 1) > 0)
		continue;
	return 0;
}
