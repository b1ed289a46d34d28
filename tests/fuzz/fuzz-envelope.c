/* SPDX-License-Identifier: ISC */
/* Whom a mail out of a mailbox is for, on any bytes: only what was asked for and is ours, each once. */
#include "guildpost/inbound.h"
#include "guildpost/mail.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static enum gp_status
ours(void *arg, const char *address, struct gp_err *err)
{
	size_t *asked = arg;

	check(++*asked <= GP_MAX_ADDRESSES && gp_addr_check(address, NULL) == GP_OK);
	return gp_istarts(address, "bees") ? GP_OK : gp_fail(err, GP_E_NOTFOUND, "no such list");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_box_envelope e;
	size_t n, i, k, asked = 0;
	unsigned changes;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);
	struct gp_err err;
	enum gp_status st = gp_box_envelope_find(ctx, raw, n, 10, ours, &asked, &e, &err);

	check(st == GP_OK || st == GP_E_NOTFOUND || st == GP_E_TOOBIG);
	if (st == GP_OK) {
		check(e.rcpts_n > 0 && e.rcpts_n <= 10 && e.by != NULL);
		check(*e.sender == '\0' || gp_addr_check(e.sender, NULL) == GP_OK);
		for (i = 0; i < e.rcpts_n; i++) {
			check(gp_istarts(e.rcpts[i], "bees"));
			for (k = 0; k < i; k++)
				check(strcmp(e.folded[i], e.folded[k]) != 0);
		}
	}
	talloc_free(ctx);
	return 0;
}
