/* SPDX-License-Identifier: ISC */
/*
 * Content-Transfer-Encoding undone (RFC 2045 section 6; uuencode for old mail).
 * Lenient: what is no code is left out (base64) or kept as it stands (quoted-
 * printable), and no input is an error. Each decoder writes at most as many bytes
 * as it reads; with out == NULL it only counts.
 */
#include "private.h"

#include <string.h>

enum gp_cte
gp_cte_parse(const char *s, size_t n)
{
	static const struct {
		const char *name;
		enum gp_cte cte;
	} table[] = {
		{ "7bit", GP_CTE_IDENTITY }, { "8bit", GP_CTE_IDENTITY },
		{ "binary", GP_CTE_IDENTITY }, { "", GP_CTE_IDENTITY },
		{ "7-bit", GP_CTE_IDENTITY }, { "8-bit", GP_CTE_IDENTITY },
		{ "quoted-printable", GP_CTE_QP }, { "base64", GP_CTE_BASE64 },
		{ "x-uuencode", GP_CTE_UUENCODE }, { "uuencode", GP_CTE_UUENCODE },
		{ "x-uue", GP_CTE_UUENCODE },
	};
	struct gp_str v = gp_str_trim((struct gp_str){ s, n });
	size_t i;

	for (i = 0; i < v.n; i++)
		if (v.p[i] == ';' || v.p[i] == '(' || gp_mail_space(v.p[i]))
			v.n = i;
	for (i = 0; i < GP_COUNT(table); i++)
		if (gp_str_ieq(v, table[i].name))
			return table[i].cte;
	return GP_CTE_UNKNOWN;
}

/* ---- base64 (RFC 2045 section 6.8) ----------------------------------------- */

enum { B64_SKIP = 64, B64_PAD = 65 };

static unsigned char b64_table[256];

/* Filled on first use; always with the same values, so that order does not matter. */
static void
b64_init(void)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	int i;

	if (b64_table['='] == B64_PAD)
		return;
	memset(b64_table, B64_SKIP, sizeof(b64_table));
	for (i = 0; i < 64; i++)
		b64_table[(unsigned char)alphabet[i]] = (unsigned char)i;
	b64_table['='] = B64_PAD;
}

static size_t
decode_base64(const char *p, size_t n, char *out)
{
	unsigned bits = 0, have = 0;
	size_t i, len = 0;

	b64_init();
	for (i = 0; i < n; i++) {
		unsigned v = b64_table[(unsigned char)p[i]];

		if (v == B64_PAD && have > 0)
			break;	/* what comes behind the padding is no code: list footers */
		if (v >= 64)
			continue;
		bits = bits << 6 | v;
		if (++have < 4)
			continue;
		if (out != NULL) {
			out[len] = (char)(bits >> 16 & 255);
			out[len + 1] = (char)(bits >> 8 & 255);
			out[len + 2] = (char)(bits & 255);
		}
		len += 3;
		have = bits = 0;
	}
	if (have >= 2 && out != NULL)
		out[len] = (char)(bits >> (have == 2 ? 4 : 10) & 255);
	if (have == 3 && out != NULL)
		out[len + 1] = (char)(bits >> 2 & 255);
	return len + (have >= 2 ? have - 1 : 0);
}

/* ---- quoted-printable (RFC 2045 section 6.7) -------------------------------- */

/* One line without its end; true when it ends in a soft break. */
static bool
qp_line(const char *p, size_t n, char *out, size_t *len)
{
	size_t i;

	/* Blanks at the end were added on the way (rule 3). */
	while (n > 0 && gp_mail_blank(p[n - 1]))
		n--;
	for (i = 0; i < n; i++) {
		int c = (unsigned char)p[i], byte;

		if (c == '=' && i + 1 == n)
			return true;
		if (c == '=' && (byte = gp_hex_byte(p + i + 1, n - i - 1)) >= 0) {
			c = byte;
			i += 2;
		}
		if (out != NULL)
			out[*len] = (char)c;
		++*len;
	}
	return false;
}

static size_t
decode_qp(const char *p, size_t n, char *out)
{
	size_t len = 0;

	while (n > 0) {
		size_t line = gp_mail_line(p, n), text = line;
		size_t eol;

		while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
			text--;
		eol = line - text;
		if (!qp_line(p, text, out, &len)) {
			if (out != NULL)
				memcpy(out + len, p + text, eol);
			len += eol;
		}
		p += line;
		n -= line;
	}
	return len;
}

/* ---- uuencode ------------------------------------------------------------------ */

static unsigned
uu(const char *p, size_t n, size_t i)
{
	return i < n ? ((unsigned)(unsigned char)p[i] - 32) & 63 : 0;
}

static size_t
uu_line(const char *p, size_t n, char *out)
{
	size_t want = uu(p, n, 0), i, len = 0;

	for (i = 1; len < want && i < n; i += 4) {
		unsigned bits = uu(p, n, i) << 18 | uu(p, n, i + 1) << 12 |
		    uu(p, n, i + 2) << 6 | uu(p, n, i + 3);
		int k;

		for (k = 16; k >= 0 && len < want && len + 1 < n; k -= 8, len++)
			if (out != NULL)
				out[len] = (char)(bits >> k & 255);
	}
	return len;
}

static size_t
decode_uu(const char *p, size_t n, char *out)
{
	bool inside = false;
	size_t len = 0;

	while (n > 0) {
		size_t line = gp_mail_line(p, n), text = line;

		while (text > 0 && (p[text - 1] == '\n' || p[text - 1] == '\r'))
			text--;
		if (!inside)
			inside = text > 6 && memcmp(p, "begin ", 6) == 0;
		else if (text == 3 && memcmp(p, "end", 3) == 0)
			break;
		else if (text > 0)
			len += uu_line(p, text, out == NULL ? NULL : out + len);
		p += line;
		n -= line;
	}
	return len;
}

/* ---- all of them ------------------------------------------------------------------ */

static size_t
decode(enum gp_cte cte, const char *p, size_t n, char *out)
{
	switch (cte) {
	case GP_CTE_QP:
		return decode_qp(p, n, out);
	case GP_CTE_BASE64:
		return decode_base64(p, n, out);
	case GP_CTE_UUENCODE:
		return decode_uu(p, n, out);
	case GP_CTE_IDENTITY:
	case GP_CTE_UNKNOWN:
		break;
	}
	if (out != NULL)
		memcpy(out, p, n);
	return n;
}

size_t
gp_cte_size(enum gp_cte cte, const char *p, size_t n)
{
	return n == 0 ? 0 : decode(cte, p, n, NULL);
}

enum gp_status
gp_cte_decode(const void *ctx, enum gp_cte cte, const char *p, size_t n, size_t max,
    char **out, size_t *out_n, struct gp_err *err)
{
	size_t size = n;
	char *buf;

	/* Decoding never adds; only what might not fit is counted first. */
	if (n > max && (size = gp_cte_size(cte, p, n)) > max)
		return gp_fail(err, GP_E_TOOBIG, "the part has more than %zu bytes", max);
	buf = gp_mail_bytes(ctx, size);
	if (n > 0)
		size = decode(cte, p, n, buf);
	buf[size] = '\0';
	*out = buf;
	*out_n = size;
	return GP_OK;
}
