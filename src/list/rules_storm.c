/* SPDX-License-Identifier: ISC */
/*
 * Posts that come round again with no mark left on them: a gateway took off Message-ID, Received
 * and List-Id, so that rule_loop and rule_duplicate see nothing (standards.md 5.1). What is left
 * is what was said: the same words once more within a day wait, and so does, where each round
 * adds something, one more post of that subject than a person writes within an hour. Only what
 * was posted counts, so a moderator ends or continues it. Lists that machines write to set
 * `repeats`.
 */
#include "config.h"

#include "rules.h"

#include <inttypes.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400 };

/* ---- what is said ---------------------------------------------------------------------------------- */

/* Relays fold, quote and trim, so any white space is one blank. */
static void
add_words(struct gp_sha256 *h, const char *text, size_t n)
{
	const char *p = text, *end = text + n, *word;

	while (p < end) {
		for (word = p; p < end && strchr(" \t\r\n", *p) == NULL; p++)
			;
		gp_sha256_add(h, word, (size_t)(p - word));
		if (p > word)
			gp_sha256_add(h, " ", 1);
		p += p < end;
	}
}

static void
add_line(struct gp_sha256 *h, const char *text)
{
	gp_sha256_add(h, text, strlen(text) + 1);
}

/* Pictures without a word differ by their size. */
static void
add_attachments(const void *ctx, struct gp_sha256 *h, const struct gp_mail *m)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if ((p->flags & (GP_PART_MULTIPART | GP_PART_BODY_TEXT | GP_PART_BODY_HTML)) == 0)
			add_line(h, gp_asprintf(ctx, "%s %" PRId64, p->type, (int64_t)p->size));
	}
}

/* Kind of a count: what it is about, the list, and a hash of what was said. */
static char *
kind_of(const void *ctx, const char *about, const struct gp_list *list, struct gp_sha256 *h)
{
	unsigned char hash[GP_SHA256_LEN];

	gp_sha256_end(h, hash);
	return gp_asprintf(ctx, "%s %" PRId64 " %s", about, list->id,
	    gp_base32(ctx, hash, GP_TOKEN_BYTES));
}

static struct gp_sha256 *
begin(const void *ctx, const struct gp_mail *m)
{
	struct gp_sha256 *h = gp_sha256_new(ctx);
	bool reply, forward;

	add_line(h, gp_subject_base(ctx, m->subject, NULL, &reply, &forward));
	return h;
}

static char *
same_words(const void *ctx, const struct gp_list *list, const struct gp_mail *m)
{
	struct gp_sha256 *h = begin(ctx, m);

	add_words(h, m->text, m->text_n);
	add_attachments(ctx, h, m);
	return kind_of(ctx, "words", list, h);
}

/* People answer many mails of one thread in an hour, but not one mail over and over. */
static char *
same_subject(const void *ctx, const struct gp_list *list, const struct gp_mail *m)
{
	struct gp_sha256 *h = begin(ctx, m);

	if (m->in_reply_to_n > 0)
		add_line(h, m->in_reply_to[0]);
	else if (m->references_n > 0)
		add_line(h, m->references[m->references_n - 1]);
	return kind_of(ctx, "subject", list, h);
}

/* ---- the rules -------------------------------------------------------------------------------------- */

static enum gp_status
count_of(struct asking *a, const char *kind, int64_t span, int64_t *n)
{
	char *author = gp_addr_fold(a->ctx, a->in->mail->from_addr);

	*n = 0;
	return author == NULL || a->route->list->set.repeats ? GP_OK :
	    gp_count_get(a->site->store, kind, author, gp_now(), span, n, a->err);
}

enum gp_status
gp_rule_repeated(struct asking *a)
{
	int64_t n;
	enum gp_status st = count_of(a, same_words(a->ctx, a->route->list, a->in->mail), DAY, &n);

	if (st != GP_OK || n == 0)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "its author posted the same words within a day");
}

enum gp_status
gp_rule_storm(struct asking *a)
{
	int64_t n;
	enum gp_status st = count_of(a, same_subject(a->ctx, a->route->list, a->in->mail), HOUR, &n);

	if (st != GP_OK || n < GP_MAX_SAME_SUBJECT)
		return st == GP_OK ? GP_E_NOTFOUND : st;
	return gp_rules_decide(a, GP_DECIDE_HOLD, "its author posted %" PRId64
	    " messages with this subject within an hour", n);
}

enum gp_status
gp_rules_count_words(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_mail *m, struct gp_err *err)
{
	char *author = m->from_addr[0] != '\0' ? gp_addr_fold(ctx, m->from_addr) : NULL;
	enum gp_status st;
	int64_t n;

	if (author == NULL || list->set.repeats)
		return GP_OK;
	st = gp_count_add(site->store, same_words(ctx, list, m), author, gp_now(), DAY, &n, err);
	return st != GP_OK ? st : gp_count_add(site->store, same_subject(ctx, list, m), author,
	    gp_now(), HOUR, &n, err);
}
