/* SPDX-License-Identifier: ISC */
/*
 * The parts of a report that are for machines: message/delivery-status (RFC 3464 section 2, with
 * addresses of RFC 6533), message/feedback-report (RFC 5965 section 3) and
 * message/disposition-notification (RFC 8098 section 3). Fields in blocks, as lenient as those who
 * write them need it: blocks that run together, missing blocks, folds, comments, types left out.
 */
#include "report.h"

#include <string.h>

/* ---- fields ------------------------------------------------------------------------- */

struct fields {
	struct gp_str left;
	struct gp_str name, value;	/* value: with its folds */
	bool gap;			/* an empty line stood in front */
};

static struct gp_str
take_line(struct gp_str *left)
{
	struct gp_str line = {left->p, gp_mail_line(left->p, left->n)};

	left->p += line.n;
	left->n -= line.n;
	return line;
}

/* The next field; lines that are none are passed over. */
static bool
next_field(struct fields *f)
{
	f->gap = false;
	while (f->left.n > 0) {
		struct gp_str line = take_line(&f->left);
		const char *colon = memchr(line.p, ':', line.n);

		if (gp_str_trim(line).n == 0) {
			f->gap = true;
			continue;
		}
		if (colon == NULL || gp_mail_blank(line.p[0]))
			continue;
		f->name = gp_str_trim((struct gp_str){line.p, (size_t)(colon - line.p)});
		while (f->left.n > 0 && gp_mail_blank(f->left.p[0]) &&
		    gp_str_trim((struct gp_str){f->left.p, gp_mail_line(f->left.p, f->left.n)}).n > 0)
			line.n += take_line(&f->left).n;
		f->value = gp_str_trim((struct gp_str){colon + 1,
		    (size_t)(line.p + line.n - colon - 1)});
		return true;
	}
	return false;
}

/* ---- addresses ------------------------------------------------------------------------ */

/* RFC 6533 section 3: \x{FC} stands for U+00FC. */
static size_t
embedded(struct gp_str s, struct gp_buf *b)
{
	uint32_t cp = 0;
	size_t i, n;
	char out[4];

	if (s.n < 5 || memcmp(s.p, "\\x{", 3) != 0)
		return 0;
	for (i = 3; i < s.n && i < 9 && gp_hex_digit(s.p[i]) >= 0; i++)
		cp = cp * 16 + (uint32_t)gp_hex_digit(s.p[i]);
	if (i == 3 || i >= s.n || s.p[i] != '}' || cp < 32 || cp > 0x10ffff ||
	    (cp >= 0xd800 && cp < 0xe000))
		return 0;
	n = gp_utf8_put(out, cp);
	gp_buf_add(b, out, n);
	return i + 1;
}

/* RFC 3461 section 4: +40 stands for '@', where someone left it so. */
static bool
is_xtext(struct gp_str s)
{
	return memchr(s.p, '@', s.n) == NULL && gp_memmem(s.p, s.n, "+40", 3) != NULL;
}

/* "rfc822; <a@b> (comment)" to an address, or NULL. */
static char *
address_of(const void *ctx, struct gp_str value)
{
	const char *semi;
	struct gp_buf b;
	size_t i, n, at, len;
	int byte;
	bool xtext;
	char *out = NULL;

	if (value.n == 0 || value.n > GP_MAX_HEADER_FIELD)
		return NULL;
	semi = memchr(value.p, ';', value.n);
	if (semi != NULL) {
		value.n -= (size_t)(semi + 1 - value.p);
		value.p = semi + 1;
	}
	gp_buf_init(&b, ctx, 2 * GP_MAX_HEADER_FIELD);
	xtext = is_xtext(value);
	for (i = 0; i < value.n; i += n) {
		struct gp_str s = {value.p + i, value.n - i};

		if ((n = embedded(s, &b)) > 0)
			continue;
		if (xtext && *s.p == '+' && (byte = gp_hex_byte(s.p + 1, s.n - 1)) >= 0) {
			gp_buf_putc(&b, byte);
			n = 3;
		} else {
			gp_buf_putc(&b, (unsigned char)*s.p);
			n = 1;
		}
	}
	/* An escape that stands for nothing: whoever is meant, it is not the rest. */
	if (b.len > 0 && gp_memmem(b.p, b.len, "\\x{", 3) == NULL && gp_report_find_address((struct gp_str){b.p, b.len}, &at, &len))
		out = gp_utf8_line(ctx, b.p + at, len, GP_MAX_ADDRESS);
	talloc_free(b.p);
	return out;
}

/* ---- delivery status -------------------------------------------------------------------- */

struct block {
	struct gp_str original, actual, final, action, status, said;
};

static enum gp_report_kind
kind_of(const struct block *b)
{
	static const struct {
		const char *word;
		enum gp_report_kind kind;
	} actions[] = {
		{"fail", GP_REPORT_BOUNCE}, {"error", GP_REPORT_BOUNCE}, {"undeliver", GP_REPORT_BOUNCE},
		{"delay", GP_REPORT_DELAY}, {"deliver", GP_REPORT_DELIVERED},
		{"relay", GP_REPORT_DELIVERED}, {"expand", GP_REPORT_DELIVERED},
	};
	size_t i, n;

	for (i = 0; i < GP_COUNT(actions); i++) {
		n = strlen(actions[i].word);
		if (b->action.n >= n && gp_mail_ieq(b->action.p, actions[i].word, n))
			return actions[i].kind;
	}
	if (b->status.n > 0 && b->status.p[0] == '2')
		return GP_REPORT_DELIVERED;
	return b->status.n > 0 && b->status.p[0] == '4' ? GP_REPORT_DELAY : GP_REPORT_BOUNCE;
}

/* Kind, status and words of a block. */
static void
read_block(struct gp_reading *r, const struct block *b, struct gp_report_rcpt *rcpt)
{
	char status[12] = "";
	int code = 0;

	rcpt->kind = kind_of(b);
	gp_report_codes(b->status, &code, status);
	if (status[0] == '\0' && b->status.n > 0 && b->status.p[0] == '2')
		memcpy(status, "2.0.0", 6);
	rcpt->status = gp_strdup(r->ctx, status);
	gp_report_say(r->ctx, rcpt, b->said);
}

/* One block of a recipient ends. */
static bool
add_block(struct gp_reading *r, struct block *b)
{
	struct gp_report_rcpt *rcpt;
	char *first = NULL, *final, *actual;

	if (b->original.n == 0 && b->final.n == 0 && b->actual.n == 0)
		return false;
	/* RFC 3464 appendix C: the original recipient is the one that we know. */
	final = address_of(r->ctx, b->final);
	actual = address_of(r->ctx, b->actual);
	if (b->original.n > 0)
		first = address_of(r->ctx, b->original);
	if (first == NULL)
		first = actual != NULL ? actual : final;
	if (first == NULL && b->action.n > 0) {
		r->nameless = true;
		read_block(r, b, &r->out->whole);
	}
	if (first == NULL || (rcpt = gp_report_rcpt(r, first)) == NULL)
		return false;
	/* Failed once is failed, whatever another block says. */
	if (rcpt->kind == GP_REPORT_BOUNCE && kind_of(b) != GP_REPORT_BOUNCE)
		return true;
	if (final != NULL && !gp_strieq(final, first))
		rcpt->final = final;
	else if (actual != NULL && !gp_strieq(actual, first))
		rcpt->final = actual;
	read_block(r, b, rcpt);
	return true;
}

/* "smtp; 550 ...": the words behind the type. */
static struct gp_str
behind_type(struct gp_str v)
{
	const char *semi = v.n == 0 ? NULL : memchr(v.p, ';', v.n < 20 ? v.n : 20);

	if (semi == NULL)
		return v;
	return gp_str_trim((struct gp_str){semi + 1, v.n - (size_t)(semi + 1 - v.p)});
}

bool
gp_report_status(struct gp_reading *r, struct gp_str text)
{
	struct fields f = {.left = text};
	struct block b = {0};
	bool any = false;

	while (next_field(&f)) {
		bool final = gp_str_ieq(f.name, "Final-Recipient");

		/* An empty line ends a block; so does the next one's name where none is. */
		if ((f.gap && (b.final.n > 0 || b.original.n > 0) && b.action.n > 0) ||
		    (final && b.final.n > 0)) {
			any |= add_block(r, &b);
			b = (struct block){0};
		}
		if (final)
			b.final = f.value;
		else if (gp_str_ieq(f.name, "Original-Recipient"))
			b.original = f.value;
		else if (gp_str_ieq(f.name, "X-Actual-Recipient"))
			b.actual = f.value;
		else if (gp_str_ieq(f.name, "Action"))
			b.action = f.value;
		else if (gp_str_ieq(f.name, "Status"))
			b.status = f.value;
		else if (gp_str_ieq(f.name, "Diagnostic-Code") ||
		    (b.said.n == 0 && gp_str_ieq(f.name, "X-Supplementary-Info")))
			b.said = behind_type(f.value);
	}
	return add_block(r, &b) || any;
}

/* ---- complaints and receipts -------------------------------------------------------------- */

/* A word for a table: small letters, dashes, digits. */
static char *
word_of(const void *ctx, struct gp_str v)
{
	char *word;
	size_t n = 0;

	while (n < v.n && n < 30 && v.p[n] > 32 && v.p[n] < 127 && v.p[n] != ';' && v.p[n] != '(')
		n++;
	word = gp_strndup(ctx, v.p, n);
	gp_str_lower(word);
	return word;
}

void
gp_report_feedback(struct gp_reading *r, struct gp_str text)
{
	struct fields f = {.left = text};
	struct gp_report_rcpt *rcpt;
	char *address;

	while (next_field(&f)) {
		if (gp_str_ieq(f.name, "Feedback-Type")) {
			r->out->feedback = word_of(r->ctx, f.value);
			r->out->kind = GP_REPORT_COMPLAINT;
		} else if (gp_str_ieq(f.name, "Original-Rcpt-To") ||
		    gp_str_ieq(f.name, "Removal-Recipient") ||
		    gp_str_ieq(f.name, "Final-Recipient")) {
			address = address_of(r->ctx, f.value);
			rcpt = address != NULL ? gp_report_rcpt(r, address) : NULL;
			if (rcpt != NULL)
				rcpt->kind = GP_REPORT_COMPLAINT;
		}
	}
}

char *
gp_report_disposition(const void *ctx, struct gp_str text)
{
	struct fields f = {.left = text};
	const char *semi;

	while (next_field(&f)) {
		if (!gp_str_ieq(f.name, "Disposition"))
			continue;
		semi = memchr(f.value.p, ';', f.value.n);
		if (semi == NULL)
			break;
		return word_of(ctx, gp_str_trim((struct gp_str){semi + 1,
		    f.value.n - (size_t)(semi + 1 - f.value.p)}));
	}
	return gp_strdup(ctx, "");
}
