/* SPDX-License-Identifier: ISC */
/* Address lists and single addresses out of any bytes. */
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

static void
single(const void *ctx, const char *addr)
{
	char *fold = gp_addr_fold(ctx, addr), *inner = gp_addr_unwrap(ctx, addr), *twice;

	if (fold != NULL) {
		check(gp_addr_check(fold, NULL) == GP_OK);
		twice = gp_addr_fold(ctx, fold);
		check(twice != NULL && strcmp(fold, twice) == 0);
	}
	check(strcmp(inner, addr) == 0 || gp_addr_check(inner, NULL) == GP_OK);
	if (gp_addr_check(addr, NULL) == GP_OK) {
		check(strpbrk(addr, "\r\n <>") == NULL && strchr(addr, '@') != NULL);
		check(*gp_addr_domain(addr) != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_addrs list, back;
	char *bare = gp_strndup(ctx, (const char *)data, size), *text;
	size_t i;

	if (gp_addrs_parse(ctx, (const char *)data, size, &list, NULL) == GP_OK) {
		check(list.n <= GP_MAX_ADDRESSES);
		for (i = 0; i < list.n; i++) {
			check(strpbrk(list.v[i].name, "\r\n") == NULL);
			check(strlen(list.v[i].addr) <= GP_MAX_ADDRESS);
			check(strpbrk(list.v[i].addr, "\r\n") == NULL);
			check(gp_utf8_valid(list.v[i].addr, strlen(list.v[i].addr)));
			if (gp_addr_check(list.v[i].addr, NULL) != GP_OK || i > 20)
				continue;
			/* What we write is what we read. */
			text = gp_addr_format(ctx, list.v[i].name, list.v[i].addr);
			check(gp_addrs_parse(ctx, text, strlen(text), &back, NULL) == GP_OK);
			check(back.n == 1 && strcmp(back.v[0].addr, list.v[i].addr) == 0);
		}
	}
	single(ctx, bare);
	talloc_free(ctx);
	return 0;
}
