/* SPDX-License-Identifier: ISC */
/*
 * The list's prefix in a Subject: once, however often replies went to and fro, and behind the
 * reply words, so that a reply that has it already needs no change and its signature holds.
 */
#include "private.h"

#include <inttypes.h>
#include <string.h>

#define NO_SUBJECT "(no subject)"

struct peeled {
	struct gp_buf *words;	/* "Re: ", "Fwd: " ... in front of the rest */
	const char *rest;
};

/* Behind the n bytes of text at p, any case, blanks of any number; NULL if something else is there. */
static const char *
behind(const char *p, const char *text, size_t n)
{
	for (; n > 0; text++, n--) {
		if (*text == ' ') {
			p += strspn(p, " ");
		} else if (*p != '\0' && gp_ascii_lower((unsigned char)*p) ==
		    gp_ascii_lower((unsigned char)*text)) {
			p++;
		} else {
			return NULL;
		}
	}
	return p;
}

/* Behind a copy of the prefix at p, with any number where it has one; p if there is none. */
static const char *
copy_at(const char *p, const char *prefix)
{
	const char *hash = strchr(prefix, '#'), *q;
	size_t digits;

	if (hash == NULL) {
		q = behind(p, prefix, strlen(prefix));
	} else {
		q = behind(p, prefix, (size_t)(hash - prefix));
		if (q != NULL) {
			q += strspn(q, " ");
			digits = strspn(q, "0123456789");
			q += digits;
			q = digits == 0 ? NULL : q + strspn(q, " ");
		}
		if (q != NULL)
			q = behind(q, hash + 1, strlen(hash + 1));
	}
	return q != NULL ? q + strspn(q, " ") : p;
}

/* Copies of the prefix and reply words off the front, in any order and number. */
static void
peel(const char *text, const char *prefix, struct peeled *out)
{
	const char *p = text, *end = text + strlen(text), *before, *q;
	bool forward, replied = false;

	do {
		before = p;
		p = copy_at(p + strspn(p, " "), prefix);
		q = gp_subject_reply_word(p, end, &forward);
		if (q != p && forward)
			gp_buf_add(out->words, p, (size_t)(q - p));
		else if (q != p && !replied)
			gp_buf_puts(out->words, "Re: ");
		replied = q != p && !forward;
		p = q;
	} while (p != before);
	out->rest = p;
}

static char *
with_number(const void *ctx, const char *prefix, int64_t number)
{
	const char *hash = strchr(prefix, '#');

	if (hash == NULL)
		return gp_strdup(ctx, prefix);
	return gp_asprintf(ctx, "%.*s%" PRId64 "%s", (int)(hash - prefix), prefix, number, hash + 1);
}

static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s >= 0x7f || (unsigned char)*s < 0x20)
			return false;
	return true;
}

/*
 * The rest as it came, where that can be told: nothing was taken off but what stands there letter by
 * letter, and nothing in it needs another form. A charset that we don't know stays whole so.
 */
static const char *
rest_as_came(const char *value, const char *text, const struct peeled *p)
{
	size_t off = (size_t)(p->rest - text), run = 0;
	const char *q;

	if (strncmp(value, text, off) != 0 || !is_plain(value))
		return NULL;
	for (q = value; *q != '\0'; q++) {
		run = *q == ' ' ? 0 : run + 1;
		if (run > 900)
			return NULL;
	}
	return value + off;
}

char *
gp_subject_prefix(const void *ctx, const char *value, const char *prefix, int64_t number)
{
	void *tmp = gp_ctx(ctx);
	const char *raw = value != NULL ? value : "", *kept;
	char *text = gp_mail_decode_words(tmp, raw, strlen(raw)), *front, *whole, *out = NULL;
	struct peeled p = {gp_buf_new(tmp, 4 * GP_MAX_SUBJECT), NULL};

	peel(text, prefix, &p);
	front = gp_asprintf(tmp, "%s%s ", p.words->p, with_number(tmp, prefix, number));
	whole = gp_asprintf(tmp, "%s%s", front, *p.rest != '\0' ? p.rest : NO_SUBJECT);
	kept = rest_as_came(raw, text, &p);
	if (strcmp(whole, text) == 0)
		out = NULL;
	else if (kept != NULL && *p.rest != '\0' && is_plain(front))
		out = gp_asprintf(ctx, "%s%s", front, kept);
	else
		out = gp_mail_encode_words(ctx, whole, sizeof("Subject: ") - 1);
	talloc_free(tmp);
	return out;
}
