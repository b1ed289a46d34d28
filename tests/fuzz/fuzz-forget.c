/* SPDX-License-Identifier: ISC */
/* A stranger's message without somebody: still a message, and all offsets into it hold. */
#include "guildpost/render.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static bool
is_gone(void *arg, const struct gp_addr *a)
{
	return gp_forget_is(arg, a->addr);
}

static bool
holds(void *arg, const char *p, size_t n)
{
	return gp_forget_holds(arg, p, n);
}

static bool
text(void *arg, struct gp_buf *out, const char *p, size_t n)
{
	return gp_forget_text(arg, out, p, n, GP_FORGET_OTHERS);
}

static void
check_canon(const char *raw, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		check(raw[i] != '\n' || (i > 0 && raw[i - 1] == '\r'));
		check(raw[i] != '\r' || (i + 1 < n && raw[i + 1] == '\n'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const addresses[] = {"a@b.c"};
	void *ctx = gp_ctx(NULL);
	struct gp_rewrite how = {NULL, is_gone, holds, text, text, "N", "x@y"};
	struct gp_forget *forget = gp_forget_new(ctx, addresses, 1, how.name, how.address);
	struct gp_rewritten r;
	struct gp_mail m, back;
	struct gp_buf wire;
	unsigned changes;
	size_t n;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);

	how.arg = forget;
	gp_forget_name(forget, "Ann Bee");
	if (gp_mail_parse(ctx, raw, n, &m, NULL) == GP_OK &&
	    gp_mail_rewrite(ctx, &how, raw, n, &m, &r)) {
		check_canon(r.raw, r.n);
		gp_buf_init(&wire, ctx, GP_MAX_FRAME);
		gp_mail_pack(&wire, &m);
		check(gp_mail_unpack(ctx, (struct gp_str){wire.p, wire.len}, r.raw, r.n, &back,
		    NULL) == GP_OK);
		check(gp_rewritten_at(&r, n) == r.n && gp_rewritten_at(&r, 0) == 0);
	}
	talloc_free(ctx);
	return 0;
}
