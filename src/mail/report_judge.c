/* SPDX-License-Identifier: ISC */
/*
 * What a failure says, and of whom: by the enhanced status (RFC 3463, RFC 7372, RFC 7505), by words
 * of the other side where that status says little or is used for everything, by the code of SMTP
 * (RFC 5321 section 4.2). Nobody is to lose a membership for what is no fault of the address.
 */
#include "report.h"

#include <string.h>

const char *const gp_bounce_names[] = {"address", "full", "policy", "content", "infra"};

/* By prefix, the first that fits. Vague ones are asked when words say nothing. */
static const struct {
	const char *status;
	enum gp_bounce means;
	bool vague;
} statuses[] = {
	{"4.2.2", GP_BOUNCE_FULL, false}, {"4.3.4", GP_BOUNCE_CONTENT, false},
	{"4.2.3", GP_BOUNCE_CONTENT, false}, {"4.6", GP_BOUNCE_CONTENT, false},
	{"4.7", GP_BOUNCE_POLICY, true}, {"4.", GP_BOUNCE_INFRA, true},
	{"5.2.2", GP_BOUNCE_FULL, false}, {"5.1.7", GP_BOUNCE_POLICY, false},
	{"5.1.8", GP_BOUNCE_POLICY, false}, {"5.1.0", GP_BOUNCE_ADDRESS, true},
	{"5.1.3", GP_BOUNCE_ADDRESS, true}, {"5.1", GP_BOUNCE_ADDRESS, false}, {"5.2.3", GP_BOUNCE_CONTENT, false},
	{"5.2.0", GP_BOUNCE_ADDRESS, true}, {"5.2.1", GP_BOUNCE_ADDRESS, true},
	{"5.2", GP_BOUNCE_ADDRESS, true}, {"5.3.4", GP_BOUNCE_CONTENT, false},
	{"5.3", GP_BOUNCE_INFRA, true}, {"5.4", GP_BOUNCE_INFRA, true},
	{"5.5", GP_BOUNCE_INFRA, true}, {"5.6", GP_BOUNCE_CONTENT, false},
	{"5.7.0", GP_BOUNCE_POLICY, true}, {"5.7.1", GP_BOUNCE_POLICY, true},
	{"5.7", GP_BOUNCE_POLICY, false}
};

static bool
has_status(const char *status, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(status, prefix, n) == 0 &&
	    (status[n] == '\0' || status[n] == '.' || prefix[n - 1] == '.');
}

static bool
judge_status(const char *status, bool vague, enum gp_bounce *out)
{
	size_t i;

	for (i = 0; i < GP_COUNT(statuses); i++) {
		if (!has_status(status, statuses[i].status))
			continue;
		*out = statuses[i].means;
		return vague || !statuses[i].vague;
	}
	return false;
}

static bool
judge_words(const char *text, enum gp_bounce *out)
{
	char *folded = gp_utf8_fold(NULL, text, gp_utf8_cut(text, strlen(text), 2000));
	const struct gp_phrase *p = gp_phrase_find(gp_report_reasons, folded);

	talloc_free(folded);
	if (p != NULL)
		*out = (enum gp_bounce)p->means;
	return p != NULL;
}

enum gp_bounce
gp_bounce_judge(const char *status, int code, const char *text)
{
	bool for_now = status[0] == '4' || (status[0] == '\0' && code >= 400 && code < 500);
	enum gp_bounce means = GP_BOUNCE_ADDRESS;

	if (judge_status(status, false, &means))
		return means;
	if (judge_words(text, &means))
		/* Given up after "user unknown, for now": not the address's last word. */
		return for_now && means == GP_BOUNCE_ADDRESS ? GP_BOUNCE_INFRA : means;
	if (judge_status(status, true, &means))
		return means;
	if (code == 552)
		return GP_BOUNCE_FULL;
	return for_now ? GP_BOUNCE_INFRA : GP_BOUNCE_ADDRESS;
}

/* ---- codes in a text ---------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5.1.1" at s: class 4 or 5, up to three digits each, nothing of a longer number. */
static size_t
status_at(struct gp_str s)
{
	size_t i = 1, part, n;

	if (s.n < 5 || (s.p[0] != '4' && s.p[0] != '5'))
		return 0;
	for (part = 0; part < 2; part++) {
		if (i >= s.n || s.p[i] != '.')
			return 0;
		for (n = 0, i++; i < s.n && is_digit(s.p[i]); i++)
			n++;
		if (n < 1 || n > 3)
			return 0;
	}
	if (i + 1 < s.n && s.p[i] == '.' && is_digit(s.p[i + 1]))
		return 0;
	return i < s.n && (s.p[i] == '@' || s.p[i] == '_') ? 0 : i;
}

static bool
code_at(struct gp_str s)
{
	return s.n >= 3 && (s.p[0] == '4' || s.p[0] == '5') && s.p[1] >= '0' && s.p[1] <= '5' &&
	    is_digit(s.p[2]) && (s.n == 3 || s.p[3] == ' ' || s.p[3] == '-' || s.p[3] == ':' ||
	    s.p[3] == '#' || s.p[3] == '\n' || s.p[3] == ')' || s.p[3] == ',');
}

void
gp_report_codes(struct gp_str text, int *code, char status[12])
{
	bool have_code = false, have_status = false;
	size_t i, n;

	for (i = 0; i < text.n && !(have_code && have_status); i++) {
		struct gp_str s = {text.p + i, text.n - i};

		if (i > 0 && (is_digit(s.p[-1]) || s.p[-1] == '.' || s.p[-1] == '@' || s.p[-1] == '-' ||
		    (s.p[-1] >= 'a' && s.p[-1] <= 'z') || (s.p[-1] >= 'A' && s.p[-1] <= 'Z')))
			continue;
		if (!have_status && (n = status_at(s)) > 0) {
			memcpy(status, s.p, n);
			status[n] = '\0';
			have_status = true;
			i += n - 1;
		} else if (!have_code && code_at(s)) {
			*code = (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + s.p[2] - '0';
			have_code = true;
			i += 2;
		}
	}
}

enum gp_bounce
gp_bounce_judge_reply(const char *text, char status[12], int *code)
{
	status[0] = '\0';
	*code = 0;
	gp_report_codes(GP_STR(text), code, status);
	return gp_bounce_judge(status, *code, text);
}
