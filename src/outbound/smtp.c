/* SPDX-License-Identifier: ISC */
/*
 * SMTP transactions (RFC 5321) over an open session, pipelined where the relay allows it
 * (RFC 2920), as a machine: bytes in, bytes out, an answer for each recipient. The data of
 * a transaction waits until the result of the one before it is saved. Relays that know DSN
 * are asked to tell of failures alone (RFC 3461).
 */
#include "config.h"

#include "guildpost/mail/carry.h"
#include "guildpost/outbound.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum state { IDLE, SENT_MAIL, SENT_RCPT, SENT_DATA, WAIT_SAVED, SENT_DOT, SENT_EMPTY_DOT };

struct gp_smtp {
	enum state state;
	unsigned features;
	int64_t max_size;
	const struct gp_smtp_ops *ops;
	void *arg;
	struct gp_txn *t;
	const struct gp_txn_job *job;
	struct gp_answer *answers;	/* of t's recipients */
	char **wire;			/* their addresses as they are sent; NULL: not at all */
	size_t next_rcpt;		/* the one whose reply comes next */
	size_t accepted;
	bool unsaved;			/* the last result is not saved yet */
	bool need_reset;		/* RSET before the next MAIL */
	int resets;			/* replies to RSET still to come */
	char *bye;			/* what the relay said with its 421 */
	char line[1024];
	size_t line_n;
	struct gp_buf text;		/* lines of the reply so far */
	struct gp_buf *out;
};

struct gp_smtp *
gp_smtp_new(const void *ctx, unsigned features, int64_t max_size, const struct gp_smtp_ops *ops,
    void *arg)
{
	struct gp_smtp *s = gp_new(ctx, struct gp_smtp);

	s->features = features;
	s->max_size = max_size;
	s->ops = ops;
	s->arg = arg;
	s->out = gp_buf_new(s, 2 * GP_MAX_FRAME);
	gp_buf_init(&s->text, s, 4096);
	return s;
}

struct gp_buf *
gp_smtp_out(struct gp_smtp *s)
{
	return s->out;
}

bool
gp_smtp_is_idle(const struct gp_smtp *s)
{
	return s->state == IDLE;
}

static void
answer_one(struct gp_smtp *s, size_t i, enum gp_answer_kind kind, const char *text)
{
	s->answers[i].n = s->t->rcpts[i].n;
	s->answers[i].kind = kind;
	s->answers[i].text = gp_utf8_line(s->answers, text, strlen(text), 400);
}

/* The same for all recipients that still wait for an answer. */
static void
answer_rest(struct gp_smtp *s, enum gp_answer_kind kind, const char *text)
{
	size_t i;

	for (i = 0; i < s->t->rcpts_n; i++)
		if (s->answers[i].text == NULL)
			answer_one(s, i, kind, text);
}

static void
finish(struct gp_smtp *s)
{
	struct gp_txn *t = s->t;
	struct gp_answer *v = s->answers;

	s->t = NULL;
	s->answers = NULL;
	s->state = IDLE;
	s->unsaved = true;
	s->ops->answered(s->arg, t, v);
	talloc_free(v);
}

/* RFC 3461 section 4: printable ASCII but "+" and "=". */
static void
add_xtext(struct gp_buf *b, const char *p)
{
	for (; *p != '\0'; p++)
		if (*p > ' ' && *p < 127 && *p != '+' && *p != '=')
			gp_buf_putc(b, *p);
		else
			gp_buf_printf(b, "+%02X", (unsigned)(unsigned char)*p);
}

/* Is there something in it that only SMTPUTF8 can carry? */
static bool
needs_utf8(const struct gp_smtp *s)
{
	size_t i;

	for (i = 0; i < s->t->rcpts_n; i++)
		if (s->wire[i] != NULL && !gp_is_ascii(s->wire[i], strlen(s->wire[i])))
			return true;
	return (s->job->flags & GP_TXN_UTF8) != 0 || !gp_is_ascii(s->t->sender, strlen(s->t->sender));
}

/* Whatever the database says: a line end in an address would be a command of its own. */
static bool
has_controls(const char *p)
{
	while (*p != '\0' && (unsigned char)*p >= ' ' && *p != 127)
		p++;
	return *p != '\0';
}

/* Addresses as this relay can take them; those that it can't are answered, nothing is said of them. */
static void
write_addresses(struct gp_smtp *s)
{
	bool utf8 = (s->features & GP_SESSION_UTF8) != 0;
	size_t i;

	s->wire = gp_array(s->answers, char *, s->t->rcpts_n);
	for (i = 0; i < s->t->rcpts_n; i++) {
		if (has_controls(s->t->rcpts[i].address)) {
			s->wire[i] = NULL;
			answer_one(s, i, GP_ANSWER_FAIL, "553 5.1.3 this is no address");
			continue;
		}
		s->wire[i] = utf8 ? s->t->rcpts[i].address :
		    gp_addr_ascii(s->wire, s->t->rcpts[i].address);
		if (s->wire[i] == NULL)
			answer_one(s, i, GP_ANSWER_FAIL, "553 5.6.7 the relay can't take addresses that "
			    "aren't ASCII (SMTPUTF8)");
	}
}

static void
say_mail(struct gp_smtp *s)
{
	struct gp_buf *b = s->out;

	if (s->need_reset) {
		gp_buf_puts(b, "RSET\r\n");
		s->resets++;
		s->need_reset = false;
	}
	gp_buf_printf(b, "MAIL FROM:<%s>", s->t->sender);
	if (s->max_size > 0)
		gp_buf_printf(b, " SIZE=%zu", s->job->header.n + s->job->body.n +
		    strlen(s->t->fields) + 2);
	if ((s->job->flags & GP_TXN_8BIT) != 0 && (s->features & GP_SESSION_8BIT) != 0)
		gp_buf_puts(b, " BODY=8BITMIME");
	if ((s->features & GP_SESSION_UTF8) != 0 && needs_utf8(s))
		gp_buf_puts(b, " SMTPUTF8");
	if ((s->features & GP_SESSION_DSN) != 0)
		gp_buf_printf(b, " RET=HDRS ENVID=%" PRId64, s->job->id);
	gp_buf_puts(b, "\r\n");
	s->state = SENT_MAIL;
}

static void
say_rcpt(struct gp_smtp *s, size_t i)
{
	gp_buf_printf(s->out, "RCPT TO:<%s>", s->wire[i]);
	if ((s->features & GP_SESSION_DSN) != 0) {
		gp_buf_puts(s->out, " NOTIFY=FAILURE");
		if (gp_is_ascii(s->wire[i], strlen(s->wire[i]))) {
			gp_buf_puts(s->out, " ORCPT=rfc822;");
			add_xtext(s->out, s->wire[i]);
		}
	}
	gp_buf_puts(s->out, "\r\n");
}

/* The first recipient from i on that the relay is told of. */
static size_t
next_said(const struct gp_smtp *s, size_t i)
{
	while (i < s->t->rcpts_n && s->wire[i] == NULL)
		i++;
	return i;
}

void
gp_smtp_stuff(struct gp_buf *b, const char *p, size_t n)
{
	const char *end = p + n, *dot;

	if (n > 0 && *p == '.')
		gp_buf_putc(b, '.');
	while (p < end && (dot = gp_memmem(p, (size_t)(end - p), "\r\n.", 3)) != NULL) {
		gp_buf_add(b, p, (size_t)(dot + 3 - p));
		gp_buf_putc(b, '.');
		p = dot + 3;
	}
	gp_buf_add(b, p, (size_t)(end - p));
	if (n < 2 || memcmp(end - 2, "\r\n", 2) != 0)
		gp_buf_puts(b, "\r\n");
	gp_buf_puts(b, ".\r\n");
}

/* Header fields never start with a dot: only the body is stuffed. */
static void
say_content(struct gp_smtp *s)
{
	gp_buf_puts(s->out, s->t->fields);
	gp_buf_add(s->out, s->job->header.p, s->job->header.n);
	gp_buf_puts(s->out, "\r\n");
	gp_smtp_stuff(s->out, s->job->body.p, s->job->body.n);
	s->state = SENT_DOT;
}

static bool
is_answered(const struct gp_smtp *s)
{
	size_t i;

	for (i = 0; i < s->t->rcpts_n && s->answers[i].text != NULL;)
		i++;
	return i == s->t->rcpts_n;
}

void
gp_smtp_start(struct gp_smtp *s, struct gp_txn *t, const struct gp_txn_job *job)
{
	size_t i;

	s->t = t;
	s->job = job;
	s->answers = gp_array(s, struct gp_answer, t->rcpts_n);
	s->accepted = 0;
	write_addresses(s);
	s->next_rcpt = next_said(s, 0);
	if (job->refused != NULL)
		answer_rest(s, GP_ANSWER_FAIL, job->refused);
	else if (s->max_size > 0 && (int64_t)(job->header.n + job->body.n) > s->max_size)
		answer_rest(s, GP_ANSWER_FAIL, "552 5.3.4 the message is larger than the relay takes");
	if (is_answered(s)) {
		finish(s);
		return;
	}
	say_mail(s);
	if ((s->features & GP_SESSION_PIPELINING) == 0)
		return;
	for (i = s->next_rcpt; i < t->rcpts_n; i = next_said(s, i + 1))
		say_rcpt(s, i);
	gp_buf_puts(s->out, "DATA\r\n");
}

void
gp_smtp_saved(struct gp_smtp *s)
{
	s->unsaved = false;
	if (s->state == WAIT_SAVED)
		say_content(s);
}

/* After MAIL or RCPT: what comes next when nothing was sent ahead. */
static void
step(struct gp_smtp *s)
{
	if ((s->features & GP_SESSION_PIPELINING) != 0)
		return;
	if (s->state == SENT_RCPT)
		say_rcpt(s, s->next_rcpt);
	else if (s->state == SENT_DATA)
		gp_buf_puts(s->out, "DATA\r\n");
}

static enum gp_answer_kind
kind_of(int code)
{
	return code >= 500 ? GP_ANSWER_FAIL : code >= 400 ? GP_ANSWER_DEFER : GP_ANSWER_SENT;
}

static void
got_mail(struct gp_smtp *s, int code, const char *text)
{
	if (code / 100 != 2) {
		answer_rest(s, kind_of(code), text);
		s->need_reset = true;
	}
	s->state = SENT_RCPT;
	if (code / 100 != 2 && (s->features & GP_SESSION_PIPELINING) == 0)
		finish(s);
	else
		step(s);
}

/*
 * RFC 5321 section 4.5.3.1.10: too many at once is no fault of this one, and some say so by 552; a full
 * mailbox may be emptied. But 552 is for good where the message is too large (RFC 3463: x.2.3, x.3.4).
 */
static enum gp_answer_kind
kind_of_rcpt(const struct gp_smtp *s, int code, const char *text)
{
	if (code == 552 && strstr(text, "5.2.3") == NULL && strstr(text, "5.3.4") == NULL)
		return s->accepted > 0 && strstr(text, "5.2.2") == NULL ? GP_ANSWER_AGAIN :
		    GP_ANSWER_DEFER;
	return code == 452 && s->accepted > 0 && strstr(text, "4.2.2") == NULL ? GP_ANSWER_AGAIN :
	    kind_of(code);
}

static void
got_rcpt(struct gp_smtp *s, int code, const char *text)
{
	size_t i = s->next_rcpt;

	s->next_rcpt = next_said(s, i + 1);
	if (code / 100 == 2)
		s->accepted++;
	else if (s->answers[i].text == NULL)
		answer_one(s, i, kind_of_rcpt(s, code, text), text);
	if (s->next_rcpt == s->t->rcpts_n) {
		s->state = SENT_DATA;
		if (s->accepted == 0 && (s->features & GP_SESSION_PIPELINING) == 0) {
			s->need_reset = true;
			finish(s);
			return;
		}
	}
	step(s);
}

static void
got_data(struct gp_smtp *s, int code, const char *text)
{
	if (code / 100 != 3) {
		answer_rest(s, code / 100 == 2 ? GP_ANSWER_DEFER : kind_of(code), text);
		s->need_reset = true;
		finish(s);
	} else if (s->accepted == 0) {
		/* DATA was sent ahead and taken although nobody is left: end it empty. */
		gp_buf_puts(s->out, ".\r\n");
		s->state = SENT_EMPTY_DOT;
	} else if (s->unsaved) {
		s->state = WAIT_SAVED;
	} else {
		say_content(s);
	}
}

static void
got_reply(struct gp_smtp *s, int code, const char *text)
{
	if (s->resets > 0) {
		s->resets--;
		return;
	}
	switch (s->state) {
	case SENT_MAIL:
		got_mail(s, code, text);
		break;
	case SENT_RCPT:
		got_rcpt(s, code, text);
		break;
	case SENT_DATA:
		got_data(s, code, text);
		break;
	case SENT_DOT:
		answer_rest(s, kind_of(code), text);
		finish(s);
		break;
	case SENT_EMPTY_DOT:
		s->need_reset = true;
		finish(s);
		break;
	default:
		break;
	}
}

/* It ends the session (RFC 5321 section 3.8); said of a recipient it means its domain too. */
static void
said_bye(struct gp_smtp *s, const char *text)
{
	talloc_free(s->bye);
	s->bye = gp_strdup(s, text);
	if (s->state == SENT_RCPT && s->resets == 0 && s->answers[s->next_rcpt].text == NULL)
		answer_one(s, s->next_rcpt, GP_ANSWER_DEFER, text);
}

/* A whole line. False: not SMTP, or the relay says 421. */
static bool
take_line(struct gp_smtp *s, const char *line, size_t n)
{
	int code;

	while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
		n--;
	if (n < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' ||
	    line[2] < '0' || line[2] > '9')
		return false;
	code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	if (s->text.len == 0)
		gp_buf_add(&s->text, line, n);
	else if (n > 4) {
		gp_buf_putc(&s->text, ' ');
		gp_buf_add(&s->text, line + 4, n - 4);
	}
	if (n > 3 && line[3] == '-')
		return true;
	if (code == 421)
		said_bye(s, s->text.p);
	if (code != 421 || s->state == SENT_DOT)
		got_reply(s, code, s->text.p);
	gp_buf_reset(&s->text);
	return code != 421;
}

bool
gp_smtp_feed(struct gp_smtp *s, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s->line_n == sizeof(s->line))
			return false;
		s->line[s->line_n++] = p[i];
		if (p[i] != '\n')
			continue;
		if (!take_line(s, s->line, s->line_n))
			return false;
		s->line_n = 0;
	}
	return true;
}

void
gp_smtp_lost(struct gp_smtp *s, const char *why)
{
	if (s->state == IDLE)
		return;
	why = s->bye != NULL ? s->bye : why;
	answer_rest(s, s->state == SENT_DOT ? GP_ANSWER_DOUBT : GP_ANSWER_AGAIN, why);
	finish(s);
}

void
gp_smtp_quit(struct gp_smtp *s)
{
	gp_buf_puts(s->out, "QUIT\r\n");
}
