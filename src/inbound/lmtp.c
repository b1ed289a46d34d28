/* SPDX-License-Identifier: ISC */
/*
 * An LMTP session (RFC 2033, 5321) as a machine: bytes in, replies out. After the final
 * dot there is one reply for each recipient that was accepted. Data ends at CRLF.CRLF and
 * nowhere else: a bare LF or CR is data (smuggling: RFC 5321 section 4.1.1.4); the caller
 * brings line ends into shape afterwards.
 */
#include "config.h"

#include "guildpost/inbound.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum state { WANT_LHLO, READY, HAVE_MAIL, IN_DATA, BUSY, OVER };

struct gp_lmtp {
	struct gp_lmtp_limits limits;
	const struct gp_lmtp_ops *ops;
	void *arg;
	struct gp_buf *out;
	enum state state;
	struct gp_lmtp_message *m;	/* the one being given, or NULL */
	struct gp_buf data;
	bool line_start;		/* the next byte of data starts a line */
	bool too_big;
	bool skip_line;			/* inside a command line that was too long */
	bool greeted;			/* LHLO was said */
	int errors;
};

static void
reply(struct gp_lmtp *l, const char *text)
{
	gp_buf_puts(l->out, text);
	gp_buf_puts(l->out, "\r\n");
	if (*text == '5' && ++l->errors >= GP_LMTP_ERRORS && l->state != OVER)
		gp_lmtp_shut(l, "421 4.7.0 too many errors");
}

void
gp_lmtp_shut(struct gp_lmtp *l, const char *why)
{
	if (l->state == OVER)
		return;
	l->state = OVER;
	reply(l, why);
}

struct gp_lmtp *
gp_lmtp_new(const void *ctx, const struct gp_lmtp_limits *limits, const struct gp_lmtp_ops *ops,
    void *arg, struct gp_buf *out)
{
	struct gp_lmtp *l = gp_new(ctx, struct gp_lmtp);

	l->limits = *limits;
	l->limits.hostname = gp_strdup(l, limits->hostname);
	l->ops = ops;
	l->arg = arg;
	l->out = out;
	gp_buf_printf(out, "220 %s LMTP guildpost\r\n", limits->hostname);
	return l;
}

static void
drop_message(struct gp_lmtp *l)
{
	talloc_free(l->m);
	l->m = NULL;
	if (l->state != OVER)
		l->state = l->greeted ? READY : WANT_LHLO;
}

static void
do_lhlo(struct gp_lmtp *l)
{
	l->greeted = true;
	drop_message(l);
	gp_buf_printf(l->out, "250-%s\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n"
	    "250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE %" PRId64 "\r\n", l->limits.hostname,
	    l->limits.max_size);
}

static void
do_mail(struct gp_lmtp *l, const struct gp_lmtp_command *c)
{
	if (l->state == WANT_LHLO) {
		reply(l, "503 5.5.1 say LHLO first");
	} else if (l->state != READY) {
		reply(l, "503 5.5.1 one MAIL at a time");
	} else if (c->size > l->limits.max_size) {
		reply(l, "552 5.3.4 the message is larger than this server takes");
	} else if (!c->utf8 && !gp_utf8_valid(c->path, strlen(c->path))) {
		reply(l, "553 5.6.7 an address beyond ASCII must be UTF-8");
	} else {
		l->m = gp_new(l, struct gp_lmtp_message);
		l->m->sender = gp_strdup(l->m, c->path);
		l->m->utf8 = c->utf8;
		l->m->rcpts = gp_array(l->m, struct gp_lmtp_rcpt, 1);
		l->state = HAVE_MAIL;
		reply(l, "250 2.1.0 ok");
	}
}

static void
do_rcpt(struct gp_lmtp *l, const struct gp_lmtp_command *c)
{
	char text[GP_LMTP_REPLY] = "451 4.3.0 try again later";
	struct gp_lmtp_message *m = l->m;

	if (l->state != HAVE_MAIL) {
		reply(l, "503 5.5.1 say MAIL first");
		return;
	}
	if ((int64_t)m->rcpts_n >= l->limits.max_recipients) {
		reply(l, "452 4.5.3 too many recipients: send the rest in another transaction");
		return;
	}
	l->ops->rcpt(l->arg, c->path, text);
	if (*text == '2') {
		m->rcpts = talloc_realloc(m, m->rcpts, struct gp_lmtp_rcpt,
		    (unsigned)m->rcpts_n + 1);
		if (m->rcpts == NULL)
			gp_oom();
		memset(&m->rcpts[m->rcpts_n], 0, sizeof(m->rcpts[0]));
		m->rcpts[m->rcpts_n++].address = gp_strdup(m, c->path);
	}
	reply(l, text);
}

static void
do_data(struct gp_lmtp *l)
{
	if (l->state != HAVE_MAIL || l->m->rcpts_n == 0) {
		/* RFC 2033 section 4.2: none accepted is 503. */
		reply(l, "503 5.5.1 no recipients");
		return;
	}
	l->state = IN_DATA;
	l->line_start = true;
	l->too_big = false;
	gp_buf_init(&l->data, l->m, (size_t)l->limits.max_size);
	reply(l, "354 end with <CR><LF>.<CR><LF>");
}

static void
command(struct gp_lmtp *l, const char *line, size_t n)
{
	void *ctx = gp_ctx(l);
	struct gp_lmtp_command c;

	gp_lmtp_command_parse(ctx, line, n, &c);
	if (c.error != NULL) {
		reply(l, c.error);
		talloc_free(ctx);
		return;
	}
	switch (c.verb) {
	case GP_LMTP_LHLO:
		do_lhlo(l);
		break;
	case GP_LMTP_MAIL:
		do_mail(l, &c);
		break;
	case GP_LMTP_RCPT:
		do_rcpt(l, &c);
		break;
	case GP_LMTP_DATA:
		do_data(l);
		break;
	case GP_LMTP_RSET:
		drop_message(l);
		reply(l, "250 2.0.0 ok");
		break;
	case GP_LMTP_NOOP:
		reply(l, "250 2.0.0 ok");
		break;
	case GP_LMTP_QUIT:
		l->state = OVER;
		reply(l, "221 2.0.0 bye");
		break;
	case GP_LMTP_VRFY:
		reply(l, "252 2.1.5 try RCPT");
		break;
	case GP_LMTP_HELP:
		reply(l, "214 2.0.0 LHLO MAIL RCPT DATA RSET NOOP QUIT");
		break;
	case GP_LMTP_SMTP_HELO:
		reply(l, "500 5.5.1 this is LMTP: say LHLO");
		break;
	default:
		reply(l, "500 5.5.2 command not known");
	}
	talloc_free(ctx);
}

/* One command line, if it is all there. Returns the bytes used. */
static size_t
feed_command(struct gp_lmtp *l, const char *p, size_t n)
{
	const char *nl = memchr(p, '\n', n);
	size_t len;

	if (nl == NULL) {
		if (n < GP_LMTP_LINE)
			return 0;
		l->skip_line = true;
		return n;
	}
	len = (size_t)(nl - p) + 1;
	if (l->skip_line || len > GP_LMTP_LINE) {
		l->skip_line = false;
		reply(l, "500 5.5.2 the line is too long");
		return len;
	}
	command(l, p, len - 1 - (len > 1 && p[len - 2] == '\r'));
	return len;
}

static void
data_add(struct gp_lmtp *l, const char *p, size_t n)
{
	gp_buf_add(&l->data, p, n);
	if (l->data.over && !l->too_big) {
		/* Keep listening for the end, keep nothing more. */
		l->too_big = true;
		gp_buf_init(&l->data, l->m, 0);
	}
}

static void
data_end(struct gp_lmtp *l)
{
	size_t i;

	if (l->too_big) {
		for (i = 0; i < l->m->rcpts_n; i++)
			reply(l, "552 5.3.4 the message is larger than this server takes");
		drop_message(l);
		return;
	}
	l->m->data = l->data.p;
	l->m->n = l->data.len;
	l->state = BUSY;
	l->ops->message(l->arg, l->m);
}

/* The end of the line that starts at p: behind its CRLF, or NULL if that isn't there yet. */
static const char *
line_end(const char *p, const char *end)
{
	const char *q = p;

	while ((q = memchr(q, '\n', (size_t)(end - q))) != NULL) {
		if (q > p && q[-1] == '\r')
			return q + 1;
		q++;
	}
	return NULL;
}

/* Bytes of data up to and with the final dot. Returns the bytes used. */
static size_t
feed_data(struct gp_lmtp *l, const char *p, size_t n)
{
	const char *start = p, *end = p + n, *line;

	while (p < end && l->state == IN_DATA) {
		if (l->line_start && *p == '.') {
			if (end - p < 3)
				break;
			p++;
			if (p[0] == '\r' && p[1] == '\n') {
				p += 2;
				data_end(l);
				break;
			}
			l->line_start = false;
		}
		line = line_end(p, end);
		if (line == NULL) {
			/* A CR at the end may be half of a line end. */
			size_t keep = end[-1] == '\r';

			data_add(l, p, (size_t)(end - p) - keep);
			if (p < end - keep)
				l->line_start = false;
			p = end - keep;
			break;
		}
		data_add(l, p, (size_t)(line - p));
		p = line;
		l->line_start = true;
	}
	return (size_t)(p - start);
}

size_t
gp_lmtp_feed(struct gp_lmtp *l, const char *p, size_t n)
{
	size_t used = 0, step;

	while (used < n && l->state != BUSY && l->state != OVER) {
		if (l->state == IN_DATA)
			step = feed_data(l, p + used, n - used);
		else
			step = feed_command(l, p + used, n - used);
		if (step == 0)
			break;
		used += step;
	}
	return used;
}

void
gp_lmtp_answer(struct gp_lmtp *l, const struct gp_lmtp_message *m)
{
	size_t i;

	for (i = 0; i < m->rcpts_n; i++)
		reply(l, m->rcpts[i].reply[0] != '\0' ? m->rcpts[i].reply :
		    "451 4.3.0 try again later");
	/* The message belongs to the owner now. */
	l->m = NULL;
	if (l->state == BUSY)
		l->state = READY;
}

bool
gp_lmtp_is_over(const struct gp_lmtp *l)
{
	return l->state == OVER;
}

bool
gp_lmtp_is_busy(const struct gp_lmtp *l)
{
	return l->state == BUSY;
}
