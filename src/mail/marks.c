/* SPDX-License-Identifier: ISC */
/*
 * What a message is, beyond its text: written by a machine (RFC 3834 section 5 and
 * what was used before it), bulk, a report, signed, encrypted, not for the archive
 * (RFC 5536 section 3.2.2), with a patch or a link in it.
 */
#include "private.h"

#include <string.h>

/* The first word of a field in front of ';' or a blank. */
static struct gp_str
first_word(const struct gp_header *h, const char *name)
{
	const struct gp_field *f = gp_header_find(h, name, 0);
	struct gp_params ps;

	if (f == NULL)
		return (struct gp_str){ "", 0 };
	return gp_params_start(&ps, gp_mail_field(h, f));
}

static bool
value_starts(const struct gp_header *h, const char *name, const char *prefix)
{
	const struct gp_field *f = gp_header_find(h, name, 0);
	struct gp_str v;

	if (f == NULL)
		return false;
	v = gp_mail_field(h, f);
	return v.n >= strlen(prefix) && gp_mail_ieq(v.p, prefix, strlen(prefix));
}

/* X-Auto-Response-Suppress is no sign: it asks for no answers, people's mail has it too. */
static bool
is_automatic(const struct gp_header *h)
{
	static const char *const signs[] = { "X-Autoreply", "X-Autorespond", "X-Autoresponder",
		"X-FC-MachineGenerated", "X-Mail-Autoreply" };
	struct gp_str word = first_word(h, "Auto-Submitted");
	struct gp_str precedence = first_word(h, "Precedence");
	size_t i;

	if (word.n > 0 && !gp_str_ieq(word, "no"))
		return true;
	for (i = 0; i < GP_COUNT(signs); i++)
		if (gp_header_find(h, signs[i], 0) != NULL &&
		    !gp_str_ieq(first_word(h, signs[i]), "no"))
			return true;
	return gp_str_ieq(precedence, "auto_reply") || gp_str_ieq(precedence, "auto-reply") ||
	    value_starts(h, "Content-Identifier", "auto-replied") ||
	    value_starts(h, "X400-Content-Identifier", "auto reply to") ||
	    gp_str_eq(first_word(h, "Return-Path"), "<>");
}

unsigned
gp_mail_header_marks(const struct gp_header *h)
{
	struct gp_str precedence = first_word(h, "Precedence");
	unsigned flags = 0;

	if (is_automatic(h))
		flags |= GP_MAIL_AUTO;
	if (gp_str_ieq(precedence, "bulk") || gp_str_ieq(precedence, "junk"))
		flags |= GP_MAIL_BULK;
	if (gp_str_ieq(first_word(h, "X-No-Archive"), "yes") ||
	    gp_str_ieq(first_word(h, "Archive"), "no"))
		flags |= GP_MAIL_NO_ARCHIVE;
	return flags;
}

/* ---- the parts ---------------------------------------------------------------- */

static bool
is_patch_part(const struct gp_part *p)
{
	if (strcmp(p->type, "text/x-patch") == 0 || strcmp(p->type, "text/x-diff") == 0)
		return true;
	return p->name != NULL && (gp_ends(p->name, ".patch") || gp_ends(p->name, ".diff"));
}

unsigned
gp_mail_part_marks(const struct gp_mail *m, const struct gp_header *h)
{
	const struct gp_field *f = gp_header_find(h, "Content-Type", 0);
	unsigned flags = 0;
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if (strcmp(p->type, "multipart/signed") == 0)
			flags |= GP_MAIL_SIGNED;
		if (strcmp(p->type, "multipart/encrypted") == 0)
			flags |= GP_MAIL_ENCRYPTED;
		if (is_patch_part(p))
			flags |= GP_MAIL_HAS_PATCH;
	}
	if (m->parts_n == 0 || f == NULL)
		return flags;
	/* The field says it even where the parts are damaged. */
	if (strcmp(m->parts[0].type, "multipart/report") == 0 ||
	    gp_str_ieq(first_word(h, "Content-Type"), "multipart/report"))
		flags |= GP_MAIL_REPORT | GP_MAIL_AUTO;
	if (strcmp(m->parts[0].type, "application/pkcs7-mime") == 0 ||
	    strcmp(m->parts[0].type, "application/x-pkcs7-mime") == 0) {
		char *smime = gp_param_value(m->parts, gp_mail_field(h, f), "smime-type");

		flags |= gp_strieq(smime, "signed-data") ? GP_MAIL_SIGNED : GP_MAIL_ENCRYPTED;
		talloc_free(smime);
	}
	return flags;
}

/* ---- the text ------------------------------------------------------------------- */

static bool
line_starts(const char *p, size_t n, const char *prefix)
{
	size_t len = strlen(prefix);

	return n >= len && memcmp(p, prefix, len) == 0;
}

/* A git diff, or the three lines that begin a unified one. */
static unsigned
line_marks(const char *p, size_t n, int *diff)
{
	if (line_starts(p, n, "-----BEGIN PGP SIGNED MESSAGE-----"))
		return GP_MAIL_SIGNED;
	if (line_starts(p, n, "-----BEGIN PGP MESSAGE-----"))
		return GP_MAIL_ENCRYPTED;
	if (line_starts(p, n, "diff --git "))
		return GP_MAIL_HAS_PATCH;
	if (line_starts(p, n, "--- "))
		*diff = 1;
	else if (*diff == 1 && line_starts(p, n, "+++ "))
		*diff = 2;
	else if (*diff == 2 && line_starts(p, n, "@@ -"))
		return GP_MAIL_HAS_PATCH;
	else
		*diff = 0;
	return 0;
}

unsigned
gp_mail_text_marks(const char *text, size_t n)
{
	const char *p = text, *end = text + n, *hit = text;
	unsigned flags = 0;
	int diff = 0;

	while (p < end) {
		size_t len = gp_mail_line(p, (size_t)(end - p));

		if (*p == '-' || *p == '+' || *p == '@' || *p == 'd')
			flags |= line_marks(p, len, &diff);
		else
			diff = 0;
		p += len;
	}
	while (hit < end && (hit = memchr(hit, ':', (size_t)(end - hit))) != NULL) {
		size_t before = (size_t)(hit - text);

		if (end - hit > 2 && hit[1] == '/' && hit[2] == '/' &&
		    ((before >= 4 && gp_mail_ieq(hit - 4, "http", 4)) ||
		    (before >= 5 && gp_mail_ieq(hit - 5, "https", 5))))
			return flags | GP_MAIL_HAS_LINK;
		hit++;
	}
	return flags;
}
