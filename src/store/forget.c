/* SPDX-License-Identifier: ISC */
/*
 * One message without somebody who was erased: bytes (mail/rewrite.c), the words that are put
 * in their place (render/forget.c), and what was derived of the text.
 */
#include "config.h"

#include "private.h"

struct forgetting {
	struct gp_forget *forget;
	int where;		/* GP_FORGET_OWN, GP_FORGET_OTHERS */
};

/* Whatever name stands by the address is one of theirs, in this message. */
static bool
is_gone(void *arg, const struct gp_addr *a)
{
	const struct forgetting *f = arg;

	if (!gp_forget_is(f->forget, a->addr))
		return false;
	gp_forget_name(f->forget, a->name);
	return true;
}

static bool
holds(void *arg, const char *p, size_t n)
{
	const struct forgetting *f = arg;

	return gp_forget_holds(f->forget, p, n);
}

static bool
text(void *arg, struct gp_buf *out, const char *p, size_t n)
{
	const struct forgetting *f = arg;

	return gp_forget_text(f->forget, out, p, n, f->where);
}

static bool
html(void *arg, struct gp_buf *out, const char *p, size_t n)
{
	const struct forgetting *f = arg;

	return gp_forget_text(f->forget, out, p, n, GP_FORGET_HTML);
}

bool
gp_forget_mail(const void *ctx, struct gp_forget *forget, bool own, const char *raw, size_t n,
    struct gp_mail *m, struct gp_rewritten *out)
{
	struct forgetting f = {forget, own ? GP_FORGET_OWN : GP_FORGET_OTHERS};
	struct gp_rewrite how = {.arg = &f, .is_gone = is_gone, .holds = holds, .text = text,
	    .html = html,
	    .name = GP_ERASED_NAME, .address = GP_ERASED_ADDRESS};
	bool changed;

	gp_forget_reset(forget);
	changed = gp_mail_rewrite(ctx, &how, raw, n, m, out);
	gp_forget_reset(forget);
	if (changed && m != NULL)
		gp_derive_words(ctx, m);
	return changed;
}
