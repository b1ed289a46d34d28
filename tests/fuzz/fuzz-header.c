/* SPDX-License-Identifier: ISC */
/* Header block, splicing, encoded-words there and back, subjects, ids, on any bytes. */
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
words(const void *ctx, const char *s, size_t n)
{
	char *text = gp_mail_decode_words(ctx, s, n), *enc, *back;
	bool reply, forward;

	check(gp_utf8_valid(text, strlen(text)) && strpbrk(text, "\r\n") == NULL);
	enc = gp_mail_encode_words(ctx, text, n % 80);
	back = gp_mail_decode_words(ctx, enc, strlen(enc));
	check(strstr(text, "\xe2\x80\xa6") != NULL || strcmp(back, text) == 0);
	gp_mail_encode_phrase(ctx, text);
	gp_subject_title(ctx, text, "bees");
	enc = gp_subject_base(ctx, text, "bees", &reply, &forward);
	check(strlen(enc) <= 2 * 255);
}

static void
ids(const void *ctx, const char *s, size_t n)
{
	size_t count;
	char **v = gp_msgids_parse(ctx, s, n, &count), *id = gp_msgid_parse(ctx, s, n);

	check(count <= GP_MAX_REFERENCES && v[count] == NULL);
	if (id != NULL)
		check(strlen(gp_msgid_key(ctx, id, 12)) == 12);
}

static void
splice(const void *ctx, const struct gp_header *h)
{
	static const char *const drop[] = { "list-id", "to" };
	struct gp_header again;
	struct gp_buf b;

	gp_buf_init(&b, ctx, 4 << 20);
	gp_header_splice(&b, h, drop, 2, "X-First: 1\r\n", "X-Last: 2\r\n");
	/* What we add stays what we added. */
	if (b.len > GP_MAX_HEADER_BLOCK || h->n + 2 > GP_MAX_HEADER_FIELDS)
		return;
	check(gp_header_scan(ctx, b.p, b.len, &again, NULL) == GP_OK);
	check(strcmp(gp_header_value(ctx, &again, "X-First"), "1") == 0);
	check(gp_header_find(&again, "List-Id", 0) == NULL);
	check(gp_header_find(&again, "X-Last", 0) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = gp_ctx(NULL);
	struct gp_header h;
	unsigned changes;
	struct gp_buf b;
	size_t n, i, at = 0;
	char *raw = gp_mail_canon(ctx, (const char *)data, size, &n, &changes);

	if (gp_header_scan(ctx, raw, n, &h, NULL) == GP_OK) {
		gp_buf_init(&b, ctx, 1 << 20);
		for (i = 0; i < h.n; i++) {
			char *v = gp_field_value(ctx, &h, &h.fields[i]);

			check(h.fields[i].start == at && strpbrk(v, "\r\n") == NULL);
			at += h.fields[i].len;
			if (i > 8)
				continue;
			words(ctx, v, strlen(v));
			ids(ctx, v, strlen(v));
			gp_header_add(&b, "X", v);
		}
		check(at == h.end && h.body <= n);
		splice(ctx, &h);
	}
	talloc_free(ctx);
	return 0;
}
