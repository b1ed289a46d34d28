/* SPDX-License-Identifier: ISC */
/*
 * What is done to a post's header, done twice, is done once: prefix, Reply-To, fields dropped and added.
 * Nothing that came in becomes a line of its own.
 */
#include "config.h"

#include "guildpost/list.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* Every line of a field's value but the first begins with a blank (RFC 5322 section 2.2.3). */
static void
check_lines(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		check(p[i] != '\n' || (i > 0 && p[i - 1] == '\r'));
		check(p[i] != '\r' || (i + 1 < n && p[i + 1] == '\n'));
	}
}

static void
check_prefix(const void *ctx, const struct gp_header *h, const char *prefix)
{
	char *value = gp_header_value(ctx, h, "Subject"), *once, *again;
	struct gp_header changed;
	struct gp_buf b;

	once = gp_subject_prefix(ctx, value, prefix, 7);
	if (once == NULL)
		return;
	gp_buf_init(&b, ctx, 1 << 20);
	gp_header_add(&b, "Subject", once);
	check_lines(b.p, b.len);
	gp_buf_puts(&b, "\r\n");
	check(gp_header_scan(ctx, b.p, b.len, &changed, NULL) == GP_OK && changed.n == 1);
	again = gp_subject_prefix(ctx, gp_header_value(ctx, &changed, "Subject"), prefix, 7);
	check(again == NULL);
}

static void
check_splice(const void *ctx, const struct gp_header *h, const struct gp_list *list)
{
	const char *drop[] = {"Bcc", "List-Id", "Reply-To"};
	struct gp_header changed;
	struct gp_sender sender;
	struct gp_buf front, once, again;

	gp_cook_sender(ctx, list, h, NULL, &sender);
	gp_buf_init(&front, ctx, 1 << 20);
	gp_header_add(&front, "List-Id", "<bees.example.org>");
	if (sender.reply_to != NULL)
		gp_header_add(&front, "Reply-To", sender.reply_to);
	check_lines(front.p, front.len);
	gp_buf_init(&once, ctx, 1 << 20);
	gp_header_splice(&once, h, drop, sender.reply_to != NULL ? 3 : 2, front.p, NULL);
	gp_buf_puts(&once, "\r\n");
	check(gp_header_scan(ctx, once.p, once.len, &changed, NULL) == GP_OK);
	check(gp_header_count(&changed, "List-Id") == 1 && gp_header_find(&changed, "Bcc", 0) == NULL);
	gp_cook_sender(ctx, list, &changed, NULL, &sender);
	if (gp_header_count(&changed, "Reply-To") == 1)
		check(sender.reply_to == NULL);
	gp_buf_init(&again, ctx, 1 << 20);
	gp_header_splice(&again, &changed, drop, 2, "List-Id: <bees.example.org>\r\n", NULL);
	gp_buf_puts(&again, "\r\n");
	check(again.len == once.len && memcmp(again.p, once.p, once.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_list *list = gp_new(ctx, struct gp_list);
	struct gp_header h;
	unsigned changes;
	size_t n;
	char *raw;

	gp_opt_defaults(gp_list_options, gp_list_option_count, &list->set, list);
	list->set.reply_to = size > 0 && data[0] % 2 == 0 ? GP_REPLY_LIST : GP_REPLY_ONLY_LIST;
	list->address = gp_strdup(list, "bees@example.org");
	raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);
	if (gp_header_scan(ctx, raw, n, &h, NULL) == GP_OK) {
		check_prefix(ctx, &h, size % 2 == 0 ? "[bees]" : "[bees #]");
		check_splice(ctx, &h, list);
	}
	talloc_free(ctx);
	return 0;
}
