/* SPDX-License-Identifier: ISC */
/*
 * Recipients of a report: addresses out of any text (RFC 5321 section 4.1.2 as real servers
 * write them, RFC 6533 section 3), each kept once, and what is said of them.
 */
#include "report.h"

#include <string.h>

static bool
is_local(unsigned char c)
{
	return c >= 0x80 || (c > 32 && c < 127 && strchr("()<>,;:\\\"[]@", c) == NULL);
}

static bool
is_domain(unsigned char c)
{
	return c >= 0x80 || c == '-' || c == '.' || c == '_' || (c >= '0' && c <= '9') ||
	    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* From the '@' at `i` to both sides. */
static bool
around(struct gp_str s, size_t i, size_t *at, size_t *len)
{
	size_t from = i, to = i + 1;
	char text[GP_MAX_ADDRESS + 1];

	if (from > 0 && s.p[from - 1] == '"') {
		for (from--; from > 0 && s.p[from - 1] != '"' && i - from < GP_MAX_LOCAL_PART;)
			from--;
		from -= from > 0;
	} else {
		while (from > 0 && is_local((unsigned char)s.p[from - 1]) && i - from <= GP_MAX_LOCAL_PART)
			from--;
	}
	/* What a text puts in front of an address: quotes, "mailto", bullets. */
	while (from < i && (strchr("'`=*.", s.p[from]) != NULL))
		from++;
	while (to < s.n && is_domain((unsigned char)s.p[to]) && to - i <= GP_MAX_ADDRESS)
		to++;
	while (to > i + 1 && (s.p[to - 1] == '.' || s.p[to - 1] == '-' || s.p[to - 1] == '_'))
		to--;
	/* Exchange: "dda:SMTP=a@b"; and an address that someone cut is none. */
	if (i - from > 5 && gp_mail_ieq(s.p + from, "smtp=", 5))
		from += 5;
	if (i - from > 3 && memcmp(s.p + i - 3, "...", 3) == 0)
		return false;
	if (from == i || memchr(s.p + i, '.', to - i) == NULL || to - from > GP_MAX_ADDRESS)
		return false;
	memcpy(text, s.p + from, to - from);
	text[to - from] = '\0';
	if (gp_addr_check(text, NULL) != GP_OK)
		return false;
	*at = from;
	*len = to - from;
	return true;
}

bool
gp_report_find_address(struct gp_str s, size_t *at, size_t *len)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '@' && around(s, i, at, len))
			return true;
	return false;
}

struct gp_report_rcpt *
gp_report_rcpt(struct gp_reading *r, const char *address)
{
	struct gp_report *out = r->out;
	struct gp_report_rcpt *rcpt;
	size_t i;

	for (i = 0; i < out->rcpts_n; i++)
		if (gp_strieq(out->rcpts[i].address, address))
			return &out->rcpts[i];
	if (out->rcpts_n == GP_REPORT_RCPTS || gp_addr_check(address, NULL) != GP_OK)
		return NULL;
	if (out->rcpts == NULL)
		out->rcpts = gp_array(r->ctx, struct gp_report_rcpt, GP_REPORT_RCPTS);
	rcpt = &out->rcpts[out->rcpts_n++];
	memset(rcpt, 0, sizeof(*rcpt));
	rcpt->address = gp_strdup(r->ctx, address);
	rcpt->status = gp_strdup(r->ctx, "");
	rcpt->text = gp_strdup(r->ctx, "");
	return rcpt;
}

/* Does the status of the report say no more than its class? */
static bool
is_class_only(const char *status)
{
	return status[0] == '\0' || gp_ends(status, ".0.0");
}

void
gp_report_say(const void *ctx, struct gp_report_rcpt *rcpt, struct gp_str said)
{
	char status[12] = "";

	if (said.n > 0)
		rcpt->text = gp_utf8_line(ctx, said.p, said.n, GP_REPORT_SAID);
	gp_report_codes(said, &rcpt->code, status);
	if (status[0] != '\0' && is_class_only(rcpt->status))
		rcpt->status = gp_strdup(ctx, status);
	rcpt->category = gp_bounce_judge(rcpt->status, rcpt->code, rcpt->text);
}
