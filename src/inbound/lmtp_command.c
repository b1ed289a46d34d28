/* SPDX-License-Identifier: ISC */
/*
 * One LMTP command line, taken apart: RFC 5321 section 4.1.1 with the parameters of RFC
 * 1870 (SIZE), 6152 (BODY), 6531 (SMTPUTF8); those of RFC 3461 (DSN) and AUTH are read
 * over. A blank between the colon and the path is forgiven.
 */
#include "config.h"

#include "guildpost/inbound.h"
#include "guildpost/mail.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *word;
	enum gp_lmtp_verb verb;
} verbs[] = {
	{"LHLO", GP_LMTP_LHLO}, {"MAIL", GP_LMTP_MAIL}, {"RCPT", GP_LMTP_RCPT},
	{"DATA", GP_LMTP_DATA}, {"RSET", GP_LMTP_RSET}, {"NOOP", GP_LMTP_NOOP},
	{"QUIT", GP_LMTP_QUIT}, {"VRFY", GP_LMTP_VRFY}, {"HELP", GP_LMTP_HELP},
	{"HELO", GP_LMTP_SMTP_HELO}, {"EHLO", GP_LMTP_SMTP_HELO},
};

/* Behind "<": to the closing ">", honouring a quoted local part. NULL if there is none. */
static const char *
path_end(const char *p, const char *end)
{
	bool quoted = false;

	for (; p < end; p++) {
		if (*p == '\\' && quoted && p + 1 < end)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == '>' && !quoted)
			return p;
	}
	return NULL;
}

/* "FROM:<path>" -> path; *rest behind it. */
static bool
take_path(const void *ctx, const char *p, const char *end, const char *keyword,
    struct gp_lmtp_command *out, const char **rest)
{
	size_t k = strlen(keyword);
	const char *close, *colon;

	if ((size_t)(end - p) < k || strncasecmp(p, keyword, k) != 0)
		return false;
	p += k;
	while (p < end && *p == ' ')
		p++;
	if (p == end || *p != '<')
		return false;
	p++;
	close = path_end(p, end);
	if (close == NULL)
		return false;
	/* Source routes are to be ignored (RFC 5321 section 3.3). */
	if (p < close && *p == '@' && (colon = memchr(p, ':', (size_t)(close - p))) != NULL)
		p = colon + 1;
	out->path = gp_memdup(ctx, p, (size_t)(close - p));
	*rest = close + 1;
	return strlen(out->path) == (size_t)(close - p);
}

static const char *
take_mail_parameter(struct gp_str word, struct gp_lmtp_command *out)
{
	char number[24];

	if (word.n > 5 && strncasecmp(word.p, "SIZE=", 5) == 0) {
		if (word.n - 5 >= sizeof(number))
			return "552 5.3.4 this is larger than any message may be";
		memcpy(number, word.p + 5, word.n - 5);
		number[word.n - 5] = '\0';
		if (!gp_parse_int(number, 0, INT64_MAX, &out->size))
			return "501 5.5.4 SIZE= wants a number";
		return NULL;
	}
	if (gp_str_ieq(word, "BODY=8BITMIME")) {
		out->body8 = true;
		return NULL;
	}
	if (gp_str_ieq(word, "BODY=7BIT"))
		return NULL;
	if (gp_str_ieq(word, "SMTPUTF8")) {
		out->utf8 = true;
		return NULL;
	}
	if (strncasecmp(word.p, "RET=", 4) == 0 || strncasecmp(word.p, "ENVID=", 6) == 0 ||
	    strncasecmp(word.p, "AUTH=", 5) == 0)
		return NULL;
	return "555 5.5.4 this parameter of MAIL is not known here";
}

static const char *
take_rcpt_parameter(struct gp_str word, struct gp_lmtp_command *out)
{
	(void)out;
	if (strncasecmp(word.p, "NOTIFY=", 7) == 0 || strncasecmp(word.p, "ORCPT=", 6) == 0)
		return NULL;
	return "555 5.5.4 this parameter of RCPT is not known here";
}

static const char *
take_parameters(const char *p, const char *end, struct gp_lmtp_command *out,
    const char *(*take)(struct gp_str word, struct gp_lmtp_command *out))
{
	const char *error = NULL;

	while (p < end && error == NULL) {
		const char *start;

		if (*p != ' ')
			return "501 5.5.4 a blank must part the parameters";
		while (p < end && *p == ' ')
			p++;
		for (start = p; p < end && *p != ' ';)
			p++;
		if (p > start)
			error = take((struct gp_str){start, (size_t)(p - start)}, out);
	}
	return error;
}

/* The address itself; the null sender only for MAIL. */
static const char *
check_path(const struct gp_lmtp_command *c)
{
	struct gp_err err;

	if (c->path[0] == '\0')
		return c->verb == GP_LMTP_MAIL ? NULL : "501 5.1.3 a recipient is wanted";
	if (gp_addr_check(c->path, &err) != GP_OK)
		return c->verb == GP_LMTP_MAIL ? "553 5.1.7 this is no mail address" :
		    "553 5.1.3 this is no mail address";
	return NULL;
}

void
gp_lmtp_command_parse(const void *ctx, const char *line, size_t n, struct gp_lmtp_command *out)
{
	const char *end = line + n, *p, *rest;
	size_t i, word;

	memset(out, 0, sizeof(*out));
	out->verb = GP_LMTP_UNKNOWN;
	for (word = 0; word < n && line[word] != ' ';)
		word++;
	for (i = 0; i < GP_COUNT(verbs); i++)
		if (word == strlen(verbs[i].word) && strncasecmp(line, verbs[i].word, word) == 0)
			out->verb = verbs[i].verb;
	for (p = line + word; p < end && *p == ' ';)
		p++;
	if (out->verb == GP_LMTP_LHLO && p == end)
		out->error = "501 5.5.4 LHLO wants a name";
	if (out->verb != GP_LMTP_MAIL && out->verb != GP_LMTP_RCPT)
		return;
	if (!take_path(ctx, p, end, out->verb == GP_LMTP_MAIL ? "FROM:" : "TO:", out, &rest)) {
		out->error = out->verb == GP_LMTP_MAIL ? "501 5.5.4 MAIL FROM:<address> is wanted" :
		    "501 5.5.4 RCPT TO:<address> is wanted";
		return;
	}
	out->error = check_path(out);
	if (out->error == NULL)
		out->error = take_parameters(rest, end, out,
		    out->verb == GP_LMTP_MAIL ? take_mail_parameter : take_rcpt_parameter);
}
