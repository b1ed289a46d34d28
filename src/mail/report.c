/* SPDX-License-Identifier: ISC */
/*
 * Is a message a report on mail of ours, and what does it say? The machine-readable part decides where
 * there is one (RFC 6522: anywhere in the message), then the fields of servers that name
 * recipients in the header, then words. What came from a person is never one.
 */
#include "report.h"

#include <string.h>

enum { RETURNED = 128 << 10 };	/* bytes read of our own mail */

const char *const gp_report_names[] = {"none", "bounce", "delay", "delivered", "complaint", "mdn",
	"auto"};

/* ---- who wrote it ------------------------------------------------------------------------ */

static bool
is_machine_name(const char *address)
{
	const char *at = strrchr(address, '@');
	size_t n = at != NULL ? (size_t)(at - address) : strlen(address), i, len;

	if (n == 0)
		return true;
	for (i = 0; gp_report_senders[i] != NULL; i++) {
		len = strlen(gp_report_senders[i]);
		if (n >= len && gp_mail_ieq(address, gp_report_senders[i], len) &&
		    (n == len || strchr("-+_.0123456789=", address[len]) != NULL))
			return true;
	}
	return false;
}

/* Nobody has such a name who takes part in a list. */
static bool
is_daemon(const char *address)
{
	static const char *const names[] = {"mailer-daemon@", "mailerdaemon@", "mailer_daemon@",
		"mail-daemon@", "maildaemon@", "mdaemon@", "postmaster@"};
	size_t i;

	for (i = 0; i < GP_COUNT(names); i++)
		if (gp_istarts(address, names[i]))
			return true;
	return address[0] == '\0';
}

/* "re: something : words", "re: something (words)" */
static bool
is_behind(const char *subject, const char *words)
{
	const char *at = strstr(subject, words);

	return at - subject > 8 && (at[-1] == '(' || memcmp(at - 3, " : ", 3) == 0);
}

static const struct gp_phrase *
subject_sign(const struct gp_reading *r)
{
	const struct gp_phrase *p = NULL;
	bool is_reply;
	char *folded;

	talloc_free(gp_subject_base(r->ctx, r->mail->subject, NULL, &is_reply, NULL));
	folded = gp_utf8_fold(r->ctx, r->mail->subject, strlen(r->mail->subject));
	p = gp_phrase_find(gp_report_subjects, folded);
	/* Someone answers to one. But Exchange puts its words behind the subject of the first mail. */
	if (p != NULL && is_reply && p->means != GP_SAYS_AUTO && !is_behind(folded, p->text))
		p = NULL;
	talloc_free(folded);
	return p;
}

static bool
is_by_machine(const struct gp_reading *r, const struct gp_phrase *subject)
{
	if (r->mail->from_addr[0] != '\0' && !is_machine_name(r->mail->from_addr) && subject == NULL)
		return (r->mail->flags & GP_MAIL_REPORT) != 0 ||
		    gp_header_find(&r->h, "X-Failed-Recipients", 0) != NULL ||
		    ((r->mail->flags & GP_MAIL_AUTO) != 0 && r->mail->list_ids_n == 0);
	return true;
}

/* ---- parts -------------------------------------------------------------------------------- */

static bool
is_status_type(const char *type)
{
	return strcmp(type, "message/delivery-status") == 0 ||
	    strcmp(type, "message/global-delivery-status") == 0;
}

static bool
is_returned_type(const char *type)
{
	return strcmp(type, "message/rfc822") == 0 || strcmp(type, "text/rfc822-headers") == 0 ||
	    strcmp(type, "message/rfc822-headers") == 0 || strcmp(type, "text/rfc822") == 0 ||
	    strcmp(type, "message/global") == 0 || strcmp(type, "message/global-headers") == 0;
}

static struct gp_str
part_text(const struct gp_reading *r, const struct gp_part *p, size_t max)
{
	struct gp_str s = {r->raw + p->body, p->len};
	char *out;

	if (p->cte == GP_CTE_IDENTITY || p->cte == GP_CTE_UNKNOWN) {
		s.n = s.n < max ? s.n : max;
		return s;
	}
	/* What is behind the limit is not decoded at all: base64 takes four bytes for three, and lines. */
	if (s.n > 3 * max)
		s.n = 3 * max;
	if (gp_cte_decode(r->ctx, p->cte, s.p, s.n, 3 * max, &out, &s.n, NULL) != GP_OK)
		return (struct gp_str){"", 0};
	s.p = out;
	s.n = s.n < max ? s.n : max;
	return s;
}

/* ---- our own mail ---------------------------------------------------------------------------- */

static void
read_returned(struct gp_reading *r, struct gp_str s)
{
	struct gp_header h;
	char *raw, *id;
	size_t n;

	if (r->out->returned.n > 0 || s.n == 0)
		return;
	while (s.n > 0 && gp_mail_space(*s.p)) {
		s.p++;
		s.n--;
	}
	raw = gp_mail_canon(r->ctx, s.p, s.n < RETURNED ? s.n : RETURNED, &n, NULL);
	if (gp_header_scan(r->ctx, raw, n, &h, NULL) != GP_OK || h.n < 1)
		return;
	r->out->returned = h;
	id = gp_header_value(r->ctx, &h, "Message-ID");
	if (id != NULL)
		r->out->returned_msgid = gp_msgid_parse(r->ctx, id, strlen(id));
}

/* Behind a line such as "--- Original message follows": to the first field. */
static void
read_returned_text(struct gp_reading *r, struct gp_str rest)
{
	size_t lines, value;

	for (lines = 0; lines < 12 && rest.n > 0; lines++) {
		size_t n = gp_mail_line(rest.p, rest.n);

		if (gp_mail_field_name(rest.p, n, &value) > 0) {
			read_returned(r, rest);
			return;
		}
		rest.p += n;
		rest.n -= n;
	}
}

/* ---- reports in reports ------------------------------------------------------------------------ */

/* A gateway wrapped the report into one of its own, or into a multipart: look inside, one level. */
static void
read_inner(struct gp_reading *r, struct gp_str s)
{
	struct gp_header h;
	struct gp_part part;
	struct gp_walk w;
	char *raw;
	size_t i, n;

	raw = gp_mail_canon(r->ctx, s.p, s.n, &n, NULL);
	if (gp_mail_walk(r->ctx, raw, n, &w, NULL) != GP_OK)
		return;
	for (i = 0; i < w.parts_n; i++) {
		const struct gp_walk_part *p = &w.parts[i];
		struct gp_reading inner = *r;

		memset(&part, 0, sizeof(part));
		if (gp_header_scan(r->ctx, raw + p->head, p->body - p->head, &h, NULL) != GP_OK)
			continue;
		gp_part_read(r->ctx, &h, "text/plain", &part);
		part.body = p->body;
		part.len = p->end - p->body;
		inner.raw = raw;
		if (is_status_type(part.type))
			gp_report_status(r, part_text(&inner, &part, GP_REPORT_STATUS));
	}
}

/* ---- the machine-readable parts --------------------------------------------------------------- */

static void
read_parts(struct gp_reading *r, char **disposition)
{
	const struct gp_mail *m = r->mail;
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if (is_status_type(p->type))
			gp_report_status(r, part_text(r, p, GP_REPORT_STATUS));
		else if (strcmp(p->type, "message/feedback-report") == 0)
			gp_report_feedback(r, part_text(r, p, GP_REPORT_STATUS));
		else if (strcmp(p->type, "message/disposition-notification") == 0)
			*disposition = gp_report_disposition(r->ctx, part_text(r, p, GP_REPORT_STATUS));
		else if (is_returned_type(p->type))
			read_returned(r, part_text(r, p, RETURNED));
	}
	for (i = 0; i < m->parts_n && r->out->rcpts_n == 0; i++)
		if (strcmp(m->parts[i].type, "message/rfc822") == 0)
			read_inner(r, part_text(r, &m->parts[i], GP_REPORT_STATUS));
}

/* The report as a whole, of what its recipients say. */
static enum gp_report_kind
kind_of_rcpts(const struct gp_report *out)
{
	enum gp_report_kind kind = GP_REPORT_NONE;
	size_t i;

	for (i = 0; i < out->rcpts_n; i++) {
		if (out->rcpts[i].kind == GP_REPORT_BOUNCE)
			return GP_REPORT_BOUNCE;
		if (kind == GP_REPORT_NONE || out->rcpts[i].kind == GP_REPORT_DELAY)
			kind = out->rcpts[i].kind;
	}
	return kind;
}

/* ---- words --------------------------------------------------------------------------------------- */

/* Fields of Exim and Gmail. */
static void
read_failed_recipients(struct gp_reading *r, struct gp_report *notice)
{
	struct gp_report_rcpt *rcpt, said = notice->whole;
	struct gp_addrs found;
	char *value = gp_header_value(r->ctx, &r->h, "X-Failed-Recipients");
	size_t i, k;

	if (value == NULL || gp_addrs_parse(r->ctx, value, strlen(value), &found, NULL) != GP_OK)
		return;
	for (i = 0; i < found.n; i++) {
		rcpt = gp_report_rcpt(r, found.v[i].addr);
		if (rcpt == NULL)
			continue;
		rcpt->kind = GP_REPORT_BOUNCE;
		rcpt->text = said.text != NULL ? said.text : rcpt->text;
		rcpt->status = said.status != NULL ? said.status : rcpt->status;
		rcpt->code = said.code;
		rcpt->category = said.category;
		for (k = 0; k < notice->rcpts_n; k++)
			if (gp_strieq(notice->rcpts[k].address, rcpt->address))
				*rcpt = notice->rcpts[k];
		rcpt->kind = GP_REPORT_BOUNCE;
		r->out->kind = GP_REPORT_BOUNCE;
	}
}

/* Nobody is named, but our mail came back and was for one address. */
static void
read_returned_to(struct gp_reading *r)
{
	struct gp_report_rcpt *rcpt;
	struct gp_addrs to;
	char *value;

	if (r->out->rcpts_n > 0 || r->out->returned.n == 0 ||
	    gp_header_find(&r->out->returned, "List-Id", 0) != NULL ||
	    gp_header_find(&r->out->returned, "X-BeenThere", 0) != NULL)
		return;
	value = gp_header_value(r->ctx, &r->out->returned, "To");
	if (value == NULL || gp_addrs_parse(r->ctx, value, strlen(value), &to, NULL) != GP_OK ||
	    to.n != 1 || to.more || gp_addr_check(to.v[0].addr, NULL) != GP_OK)
		return;
	rcpt = gp_report_rcpt(r, to.v[0].addr);
	if (rcpt == NULL)
		return;
	rcpt->kind = r->out->whole.kind;
	rcpt->status = r->out->whole.status;
	rcpt->code = r->out->whole.code;
	rcpt->text = r->out->whole.text;
	rcpt->category = r->out->whole.category;
}

static bool
read_words(struct gp_reading *r)
{
	const struct gp_mail *m = r->mail;
	struct gp_str rest = {"", 0}, s;
	bool said;
	char *text;
	size_t i, n;

	/* Fields for machines, in a part that is called text. */
	if (gp_memmem(m->text, m->text_n, "Final-", 6) != NULL &&
	    gp_report_status(r, (struct gp_str){m->text, m->text_n}))
		r->out->kind = kind_of_rcpts(r->out);
	if (r->out->rcpts_n > 0)
		return true;
	said = gp_report_text(r, m->text, m->text_n, &rest);
	read_returned_text(r, rest);
	for (i = 0; i < m->parts_n && r->out->rcpts_n == 0; i++) {
		const struct gp_part *p = &m->parts[i];

		if (strcmp(p->type, "text/plain") != 0 || (p->flags & GP_PART_BODY_TEXT) != 0)
			continue;
		s = part_text(r, p, GP_REPORT_TEXT);
		text = gp_charset_text(r->ctx, p->charset, s.p, s.n, GP_REPORT_TEXT, &n);
		said |= gp_report_text(r, text, n, &rest);
		read_returned_text(r, rest);
	}
	/* A structure that nobody could read, or a text in a part that is called something else. */
	if (r->out->rcpts_n == 0 && r->h.body < r->n && (!said || m->text_n == 0)) {
		s = (struct gp_str){r->raw + r->h.body, r->n - r->h.body};
		text = gp_charset_text(r->ctx, NULL, s.p, s.n < GP_REPORT_TEXT ? s.n : GP_REPORT_TEXT,
		    GP_REPORT_TEXT, &n);
		said |= gp_report_text(r, text, n, &rest);
		read_returned_text(r, rest);
	}
	return said;
}

/* Words beside a status part that named nobody, or instead of one. */
static void
read_notice(struct gp_reading *r)
{
	struct gp_report notice = {0}, *out = r->out;
	struct gp_reading inner = *r;
	bool said;

	notice.whole = out->whole;
	notice.returned = out->returned;
	notice.returned_msgid = out->returned_msgid;
	inner.out = &notice;
	said = read_words(&inner);
	if (said)
		read_returned_to(&inner);
	out->returned = notice.returned;
	out->returned_msgid = notice.returned_msgid;
	if (!said && gp_header_find(&r->h, "X-Failed-Recipients", 0) == NULL)
		return;
	out->kind = notice.kind;
	if (said)
		out->whole = notice.whole;
	read_failed_recipients(r, &notice);
	if (out->rcpts_n == 0) {
		out->rcpts = notice.rcpts;
		out->rcpts_n = notice.rcpts_n;
	}
}

/* A receipt. One that says "deleted" because the mailbox is full is a bounce (Dovecot's). */
static void
read_receipt(struct gp_reading *r, const char *disposition)
{
	r->out->kind = GP_REPORT_NONE;
	if (strcmp(disposition, "deleted") == 0 || strcmp(disposition, "failed") == 0 ||
	    strcmp(disposition, "denied") == 0) {
		read_notice(r);
		if (r->out->kind == GP_REPORT_BOUNCE)
			return;
	}
	r->out->kind = GP_REPORT_MDN;
	r->out->rcpts_n = 0;
}

enum gp_status
gp_report_read(const void *ctx, const struct gp_mail *mail, const char *raw, size_t n,
    struct gp_report *out, struct gp_err *err)
{
	struct gp_reading r = {.ctx = ctx, .mail = mail, .raw = raw, .n = n, .out = out};
	const struct gp_phrase *subject;
	enum gp_status st;
	char *disposition = NULL;

	memset(out, 0, sizeof(*out));
	out->feedback = gp_strdup(ctx, "");
	out->whole = (struct gp_report_rcpt){.address = gp_strdup(ctx, ""),
	    .status = gp_strdup(ctx, ""), .text = gp_strdup(ctx, "")};
	st = gp_header_scan(ctx, raw, n, &r.h, err);
	if (st != GP_OK)
		return st;
	out->sure = is_daemon(mail->from_addr) || (mail->flags & GP_MAIL_REPORT) != 0 ||
	    gp_header_find(&r.h, "X-Failed-Recipients", 0) != NULL;
	subject = subject_sign(&r);
	r.by_machine = is_by_machine(&r, subject);
	if (r.by_machine)
		read_parts(&r, &disposition);
	if (out->kind == GP_REPORT_COMPLAINT)
		return GP_OK;
	out->kind = kind_of_rcpts(out);
	out->sure |= out->rcpts_n > 0 || r.nameless;
	if (disposition != NULL && out->kind == GP_REPORT_NONE)
		read_receipt(&r, disposition);
	else if (r.by_machine && out->kind == GP_REPORT_NONE &&
	    (subject == NULL || subject->means != GP_SAYS_AUTO))
		read_notice(&r);
	if (out->kind == GP_REPORT_NONE && r.nameless)
		out->kind = out->whole.kind;
	if (out->kind == GP_REPORT_NONE && ((mail->flags & GP_MAIL_AUTO) != 0 ||
	    (subject != NULL && subject->means == GP_SAYS_AUTO)))
		out->kind = GP_REPORT_AUTO;
	return GP_OK;
}
