/* SPDX-License-Identifier: ISC */
/*
 * mbox files (RFC 4155, and the four ways of quoting that it left alive), split as a
 * stream. What a "From " line is can't be known, only judged: here it takes a date in
 * it, an empty line in front and a header behind it, or two of these and no doubt in
 * the third. Content-Length is believed only where it leads exactly to such a line or
 * to the end. Every byte is looked at once or twice; the buffer holds one message.
 */
#include "private.h"

#include <string.h>

#define FEED_MAX (16 << 20)
#define LINE_PIECE (1 << 20)

enum state { BETWEEN, HEADER, BODY, SKIP, JUNK };

struct gp_mbox {
	const void *ctx;
	struct gp_buf buf;
	int64_t base;		/* offset in the stream of buf.p[0] */
	size_t pos;		/* line that is looked at next */
	size_t from, start;	/* the message: its From line, its first byte */
	size_t body;		/* behind the empty line of its header */
	enum state state;
	enum gp_mbox_kind kind;
	bool eof, after_empty;
	bool first;		/* nothing but empty lines has come so far */
	bool bare_from;		/* an unquoted "From " line in a body of known length */
	int64_t length;		/* Content-Length, -1: none or not believed */
	int64_t junk_at, skip_at;
	char *from_line;
};

struct gp_mbox *
gp_mbox_new(const void *ctx)
{
	struct gp_mbox *m = gp_new(ctx, struct gp_mbox);

	memset(m, 0, sizeof(*m));
	m->ctx = m;
	gp_buf_init(&m->buf, m, (size_t)GP_MAX_MESSAGE + 2 * FEED_MAX);
	m->kind = GP_MBOX_UNKNOWN;
	m->length = -1;
	m->first = true;
	return m;
}

enum gp_mbox_kind
gp_mbox_kind(const struct gp_mbox *m)
{
	return m->kind;
}

/* Forget the bytes in front of `at`. */
static void
forget(struct gp_mbox *m, size_t at)
{
	memmove(m->buf.p, m->buf.p + at, m->buf.len - at);
	gp_buf_cut(&m->buf, m->buf.len - at);
	m->base += (int64_t)at;
	m->pos -= at;
	m->from -= at < m->from ? at : m->from;
	m->start -= at < m->start ? at : m->start;
	m->body -= at < m->body ? at : m->body;
}

void
gp_mbox_feed(struct gp_mbox *m, const char *p, size_t n)
{
	size_t keep = m->state == HEADER || m->state == BODY ? m->from : m->pos;

	if (n == 0)
		m->eof = true;
	if (keep > m->buf.len / 2)
		forget(m, keep);
	gp_buf_add(&m->buf, p, n);
	if (m->buf.over)
		gp_bug("an mbox was fed %zu bytes before it was emptied", n);
}

/* ---- From lines --------------------------------------------------------------- */

/* Is a whole line there (or the last one)? A very long one comes in pieces, so that it
 * can't fill the memory. */
static bool
line_at(const struct gp_mbox *m, size_t at, struct gp_str *line, size_t *next)
{
	size_t n;

	if (at >= m->buf.len)
		return false;
	n = gp_mail_line(m->buf.p + at, m->buf.len - at);
	if (m->buf.p[at + n - 1] != '\n' && !m->eof && n < LINE_PIECE)
		return false;
	*next = at + n;
	while (n > 0 && (m->buf.p[at + n - 1] == '\n' || m->buf.p[at + n - 1] == '\r'))
		n--;
	*line = (struct gp_str){ m->buf.p + at, n };
	return true;
}

static bool
starts(struct gp_str s, const char *prefix)
{
	return s.n >= strlen(prefix) && memcmp(s.p, prefix, strlen(prefix)) == 0;
}

/* -1: the line behind it must be there first. */
static int
is_from(const struct gp_mbox *m, struct gp_str line, size_t next, bool after_empty)
{
	struct gp_str behind = { "", 0 };
	size_t end;
	bool dated, last;

	if (!starts(line, "From "))
		return 0;
	last = next >= m->buf.len && m->eof;
	if (!last && !line_at(m, next, &behind, &end))
		return -1;
	dated = gp_mbox_has_date(line);
	if (after_empty && dated)
		return last || behind.n == 0 || gp_mbox_is_field(behind, true) ||
		    starts(behind, ">From ") || gp_mail_blank(behind.p[0]);
	return (after_empty || dated) && gp_mbox_is_field(behind, false);
}

/* ---- Content-Length --------------------------------------------------------------- */

static void
read_length(struct gp_mbox *m, struct gp_str line)
{
	char number[20];
	struct gp_str v;

	if (line.n < 16 || !gp_mail_ieq(line.p, "content-length:", 15))
		return;
	v = gp_str_trim((struct gp_str){ line.p + 15, line.n - 15 });
	if (v.n == 0 || v.n >= sizeof(number))
		return;
	memcpy(number, v.p, v.n);
	number[v.n] = '\0';
	if (!gp_parse_int(number, 0, GP_MAX_MESSAGE, &m->length))
		m->length = -1;
}

/* Does the length lead to a From line or to the end? 1 yes, 0 no, -1: not there yet. */
static int
check_length(const struct gp_mbox *m, size_t *end, size_t *next)
{
	size_t at = m->body + (size_t)m->length, behind;
	struct gp_str line = { "", 0 };
	int empty;

	if (at > m->buf.len)
		return m->eof ? 0 : -1;
	*end = at;
	if (at > m->body && m->buf.p[at - 1] != '\n' && at < m->buf.len &&
	    m->buf.p[at] != '\n' && m->buf.p[at] != '\r')
		return 0;
	for (empty = 0; empty < 3; empty++) {
		*next = at;
		if (at >= m->buf.len)
			return m->eof ? 1 : -1;
		if (!line_at(m, at, &line, &behind))
			return -1;
		if (line.n > 0)
			return is_from(m, line, behind, true);
		at = behind;
	}
	return 0;
}

/* ---- one message ---------------------------------------------------------------------- */

static void
begin(struct gp_mbox *m, struct gp_str line, size_t next)
{
	talloc_free(m->from_line);
	m->from_line = gp_strndup(m, line.p, line.n);
	m->from = m->pos;
	m->start = m->pos = next;
	m->length = -1;
	m->after_empty = false;
	m->bare_from = m->first = false;
	m->state = HEADER;
}

/* Take one '>' off ">From ", ">>From " ... in place; returns the new length. */
static size_t
unquote(struct gp_mbox *m, char *p, size_t n)
{
	char *o = p, *end = p + n;

	while (p < end) {
		size_t line = gp_mail_line(p, (size_t)(end - p)), marks = 0;

		while (marks < line && p[marks] == '>')
			marks++;
		if (marks > 0 && line - marks >= 5 && memcmp(p + marks, "From ", 5) == 0) {
			if (m->kind == GP_MBOX_UNKNOWN || marks > 1)
				m->kind = marks > 1 ? GP_MBOX_RD : GP_MBOX_O;
			p++;
			line--;
		}
		if (o != p)
			memmove(o, p, line);
		o += line;
		p += line;
	}
	return n - (size_t)(end - o);
}

/* The message ends at `end`; `by_length`: Content-Length said so, and it is exact. */
static void
finish(struct gp_mbox *m, size_t end, bool by_length, struct gp_mbox_msg *out)
{
	char *p = m->buf.p + m->start;
	size_t n = end - m->start;

	/* The empty line in front of the next From line is not part of it. */
	if (!by_length && n > 0 && p[n - 1] == '\n') {
		size_t eol = n > 1 && p[n - 2] == '\r' ? 2 : 1;

		if (n == eol || p[n - eol - 1] == '\n')
			n -= eol;
	}
	if (by_length)
		m->kind = m->bare_from ? GP_MBOX_CL2 : GP_MBOX_CL;
	if (!m->bare_from)
		n = unquote(m, p, n);
	out->offset = m->base + (int64_t)m->from;
	out->raw = p;
	out->n = n;
	out->from_line = m->from_line;
	m->state = BETWEEN;
}

/* Is there an unquoted From line in the body up to `end`? Then nothing was quoted. */
static bool
find_bare_from(const struct gp_mbox *m, size_t end)
{
	const char *p = m->buf.p + m->body, *stop = m->buf.p + end;

	while (p < stop) {
		if (stop - p >= 5 && memcmp(p, "From ", 5) == 0)
			return true;
		p += gp_mail_line(p, (size_t)(stop - p));
	}
	return false;
}

/* 1: the header is over and the length decided, 0: go on, -1: need more. */
static int
header_line(struct gp_mbox *m, struct gp_str line, size_t next, struct gp_mbox_msg *out)
{
	size_t end = 0, behind = 0;
	int ok;

	if (line.n > 0) {
		read_length(m, line);
		m->pos = next;
		return 0;
	}
	m->body = next;
	ok = m->length < 0 ? 0 : check_length(m, &end, &behind);
	if (ok < 0)
		return -1;
	if (ok == 0) {
		m->state = BODY;
		m->after_empty = true;
		m->pos = next;
		return 0;
	}
	m->bare_from = find_bare_from(m, end);
	m->pos = behind;
	finish(m, end, true, out);
	return 1;
}

/* A message that grows over the limit is dropped while it comes in. */
static void
check_size(struct gp_mbox *m)
{
	if (m->pos - m->start > GP_MAX_MESSAGE) {
		m->skip_at = m->base + (int64_t)m->from;
		m->state = SKIP;
	}
}

static enum gp_status
end_skip(struct gp_mbox *m, struct gp_mbox_msg *out, struct gp_err *err)
{
	bool junk = m->state == JUNK;

	out->offset = junk ? m->junk_at : m->skip_at;
	m->state = BETWEEN;
	if (junk)
		return gp_fail(err, GP_E_PARSE, "the bytes at %lld are no message",
		    (long long)out->offset);
	return gp_fail(err, GP_E_TOOBIG, "the message at %lld has more than %d bytes",
	    (long long)out->offset, GP_MAX_MESSAGE);
}

/* ---- the stream ------------------------------------------------------------------------- */

/* A line outside of a message. GP_OK: went on. */
static enum gp_status
between_line(struct gp_mbox *m, struct gp_str line, size_t next, struct gp_mbox_msg *out,
    struct gp_err *err)
{
	int from = is_from(m, line, next, m->state == BETWEEN || m->after_empty);

	/* The first line of a file may be any From line, behind a byte order mark too. */
	if (m->first && starts(line, "\xef\xbb\xbf")) {
		m->pos += 3;
		return GP_OK;
	}
	if (from == 0 && m->first && starts(line, "From "))
		from = 1;
	if (from < 0)
		return GP_E_NOTFOUND;
	if (from > 0) {
		if (m->state != BETWEEN)
			return end_skip(m, out, err);
		begin(m, line, next);
		return GP_OK;
	}
	if (m->state == BETWEEN && line.n > 0) {
		m->state = JUNK;
		m->junk_at = m->base + (int64_t)m->pos;
	}
	m->first = m->first && line.n == 0;
	m->after_empty = line.n == 0;
	m->pos = next;
	return GP_OK;
}

/* A line of a message. 1: it is complete, 0: went on, -1: need more. */
static int
message_line(struct gp_mbox *m, struct gp_str line, size_t next, struct gp_mbox_msg *out)
{
	int from = is_from(m, line, next, m->after_empty);

	if (from != 0) {
		if (from > 0)
			finish(m, m->pos, false, out);
		return from;
	}
	if (m->state == HEADER) {
		from = header_line(m, line, next, out);
	} else {
		m->after_empty = line.n == 0;
		m->pos = next;
	}
	if (from == 0)
		check_size(m);
	return from;
}

/* The stream is over and so is what stands in it. */
static enum gp_status
at_end(struct gp_mbox *m, struct gp_mbox_msg *out, struct gp_err *err)
{
	if (m->state == HEADER || m->state == BODY) {
		finish(m, m->buf.len, false, out);
		return GP_OK;
	}
	if (m->state != BETWEEN)
		return end_skip(m, out, err);
	return GP_E_NOTFOUND;
}

enum gp_status
gp_mbox_next(struct gp_mbox *m, struct gp_mbox_msg *out, struct gp_err *err)
{
	struct gp_str line;
	enum gp_status st;
	size_t next;
	int done;

	*out = (struct gp_mbox_msg){ .n = 0 };
	while (line_at(m, m->pos, &line, &next)) {
		if (m->state == HEADER || m->state == BODY) {
			done = message_line(m, line, next, out);
			if (done != 0)
				return done > 0 ? GP_OK : GP_E_NOTFOUND;
		} else {
			st = between_line(m, line, next, out, err);
			if (st != GP_OK)
				return st;
		}
	}
	if (m->eof && m->pos >= m->buf.len)
		return at_end(m, out, err);
	return GP_E_NOTFOUND;
}

/* ---- writing ------------------------------------------------------------------------------ */

void
gp_mbox_write(struct gp_buf *out, const char *from_addr, int64_t time, const char *raw,
    size_t n)
{
	char *date = gp_time_format(out->ctx, time, NULL, "%a %b %e %H:%M:%S %Y");
	const char *p, *end = raw + n;

	gp_buf_puts(out, "From ");
	for (p = from_addr; *p != '\0'; p++)
		gp_buf_putc(out, (unsigned char)*p <= 32 ? '-' : (unsigned char)*p);
	gp_buf_printf(out, "%s %s\n", *from_addr == '\0' ? "MAILER-DAEMON" : "", date);
	talloc_free(date);
	for (p = raw; p < end;) {
		size_t line = gp_mail_line(p, (size_t)(end - p)), text = line, marks = 0;

		while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
			text--;
		while (marks < text && p[marks] == '>')
			marks++;
		if (text - marks >= 5 && memcmp(p + marks, "From ", 5) == 0)
			gp_buf_putc(out, '>');
		gp_buf_add(out, p, text);
		gp_buf_putc(out, '\n');
		p += line;
	}
	gp_buf_putc(out, '\n');
}
