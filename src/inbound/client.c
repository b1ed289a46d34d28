/* SPDX-License-Identifier: ISC */
/* Hand one message to a running server: a small, blocking LMTP client for `receive`. */
#include "config.h"

#include "guildpost/inbound.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_SECONDS = 120 };	/* of silence; then the pipe exits 75 */

struct client {
	int fd;
	char in[4096];
	size_t have;
};

/* One reply, the last line of it in text (without CRLF). */
static enum gp_status
read_reply(struct client *c, char text[GP_LMTP_REPLY], struct gp_err *err)
{
	char *nl;
	ssize_t got;
	size_t n;

	for (;;) {
		nl = memchr(c->in, '\n', c->have);
		if (nl == NULL) {
			if (c->have == sizeof(c->in))
				return gp_fail(err, GP_E_NET, "the server's reply has no end");
			got = read(c->fd, c->in + c->have, sizeof(c->in) - c->have);
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return gp_fail(err, GP_E_NET, "the server went away");
			c->have += (size_t)got;
			continue;
		}
		n = (size_t)(nl - c->in);
		snprintf(text, GP_LMTP_REPLY, "%.*s", (int)(n > 0 && nl[-1] == '\r' ? n - 1 : n),
		    c->in);
		c->have -= n + 1;
		memmove(c->in, nl + 1, c->have);
		if (strlen(text) < 4 || text[3] != '-')
			return GP_OK;
	}
}

/* Send a command and read its reply; GP_E_NET unless it starts with `want`. */
static enum gp_status
say(struct client *c, const char *line, char want, struct gp_err *err)
{
	char text[GP_LMTP_REPLY];
	enum gp_status st = GP_OK;

	if (line != NULL)
		st = gp_fd_write_all(c->fd, line, strlen(line), err);
	if (st == GP_OK)
		st = read_reply(c, text, err);
	if (st == GP_OK && text[0] != want)
		return gp_fail(err, GP_E_NET, "the server says: %s", text);
	return st;
}

/* The data with dots stuffed and CRLF at the ends of its lines. */
static void
stuff(struct gp_buf *b, const char *p, size_t n)
{
	const char *end = p + n, *nl;

	while (p < end) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if (*p == '.')
			gp_buf_putc(b, '.');
		gp_buf_add(b, p, (size_t)(nl - p) - (nl > p && nl[-1] == '\r'));
		gp_buf_puts(b, "\r\n");
		p = nl < end ? nl + 1 : end;
	}
	gp_buf_puts(b, ".\r\n");
}

static enum gp_status
transact(struct client *c, const char *hostname, struct gp_lmtp_message *m, struct gp_err *err)
{
	void *ctx = gp_ctx(NULL);
	enum gp_status st;
	struct gp_buf data;
	size_t i, accepted = 0;

	st = say(c, NULL, '2', err);
	if (st == GP_OK)
		st = say(c, gp_asprintf(ctx, "LHLO %s\r\n", hostname), '2', err);
	if (st == GP_OK)
		st = say(c, gp_asprintf(ctx, "MAIL FROM:<%s> SIZE=%zu SMTPUTF8\r\n", m->sender, m->n),
		    '2', err);
	for (i = 0; st == GP_OK && i < m->rcpts_n; i++) {
		char *line = gp_asprintf(ctx, "RCPT TO:<%s>\r\n", m->rcpts[i].address);

		st = gp_fd_write_all(c->fd, line, strlen(line), err);
		if (st == GP_OK)
			st = read_reply(c, m->rcpts[i].reply, err);
		accepted += st == GP_OK && m->rcpts[i].reply[0] == '2';
	}
	if (st == GP_OK && accepted > 0) {
		st = say(c, "DATA\r\n", '3', err);
		gp_buf_init(&data, ctx, GP_MAX_FRAME);
		stuff(&data, m->data, m->n);
		if (st == GP_OK && data.over)
			st = gp_fail(err, GP_E_TOOBIG, "the message is too large");
		if (st == GP_OK)
			st = gp_fd_write_all(c->fd, data.p, data.len, err);
		for (i = 0; st == GP_OK && i < m->rcpts_n; i++)
			if (m->rcpts[i].reply[0] == '2')
				st = read_reply(c, m->rcpts[i].reply, err);
	}
	if (st == GP_OK)
		(void)!write(c->fd, "QUIT\r\n", 6);
	talloc_free(ctx);
	return st;
}

enum gp_status
gp_lmtp_send(const char *where, const char *hostname, struct gp_lmtp_message *m, struct gp_err *err)
{
	struct timeval tv = {CLIENT_SECONDS, 0};
	struct client c = {-1, "", 0};
	enum gp_status st = gp_connect(where, &c.fd, err);

	if (st != GP_OK)
		return st;
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	st = transact(&c, hostname, m, err);
	close(c.fd);
	return st;
}
