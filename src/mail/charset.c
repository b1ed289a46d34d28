/* SPDX-License-Identifier: ISC */
/*
 * Charsets to UTF-8 (RFC 2045 section 5.2, RFC 7103 section 7.6). A table of the
 * names that mail uses, each with what it really means today, is at the same time
 * the list of what iconv is ever asked for: UTF-7 and ISO-2022-CN-EXT, say, are
 * unknown here. UTF-8 and the Latin-1 family never go through iconv.
 *
 * A parser process can't open files, and iconv loads a module for most charsets:
 * gp_charset_preload() opens all of them before the doors are closed.
 */
#include "private.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define CHUNK 16384

enum kind { UTF8, ASCII, CP1252, ICONV, WIDE };

struct charset {
	const char *iconv;	/* its name for iconv */
	enum kind kind;		/* WIDE: bytes below 128 are not ASCII text */
	const char *names;	/* lower case, parted by blanks */
	iconv_t cd;
	bool open;
};

#define CS(to, how, known_as) { .iconv = (to), .kind = (how), .names = (known_as) }

static struct charset charsets[] = {
	CS(NULL, UTF8, "utf-8 utf8 utf_8 unicode-1-1-utf-8 cp65001"),
	CS(NULL, ASCII, "us-ascii ascii ansi_x3.4-1968 iso646-us 7bit 646"),
	CS(NULL, CP1252, "windows-1252 cp1252 cp-1252 iso-8859-1 iso8859-1 iso_8859-1 "
	    "iso8859_1 latin1 latin-1 l1 iso-8859-1-windows-3.1-latin-1 ansi"),
	CS("ISO-8859-2", ICONV, "iso-8859-2 iso8859-2 iso_8859-2 latin2 latin-2"),
	CS("ISO-8859-3", ICONV, "iso-8859-3 iso8859-3 latin3"),
	CS("ISO-8859-4", ICONV, "iso-8859-4 iso8859-4 latin4"),
	CS("ISO-8859-5", ICONV, "iso-8859-5 iso8859-5 cyrillic"),
	CS("ISO-8859-6", ICONV, "iso-8859-6 iso-8859-6-i iso-8859-6-e iso8859-6 arabic"),
	CS("ISO-8859-7", ICONV, "iso-8859-7 iso8859-7 greek"),
	CS("ISO-8859-8", ICONV, "iso-8859-8 iso-8859-8-i iso-8859-8-e iso8859-8 hebrew"),
	CS("CP1254", ICONV, "windows-1254 cp1254 iso-8859-9 iso8859-9 latin5"),
	CS("ISO-8859-10", ICONV, "iso-8859-10 iso8859-10 latin6"),
	CS("ISO-8859-13", ICONV, "iso-8859-13 iso8859-13"),
	CS("ISO-8859-14", ICONV, "iso-8859-14 iso8859-14"),
	CS("ISO-8859-15", ICONV, "iso-8859-15 iso8859-15 iso_8859-15 latin-9 latin9"),
	CS("ISO-8859-16", ICONV, "iso-8859-16 iso8859-16"),
	CS("CP1250", ICONV, "windows-1250 cp1250 cp-1250"),
	CS("CP1251", ICONV, "windows-1251 cp1251 cp-1251 win-1251"),
	CS("CP1253", ICONV, "windows-1253 cp1253"),
	CS("CP1255", ICONV, "windows-1255 cp1255"),
	CS("CP1256", ICONV, "windows-1256 cp1256"),
	CS("CP1257", ICONV, "windows-1257 cp1257"),
	CS("CP1258", ICONV, "windows-1258 cp1258"),
	CS("CP874", ICONV, "windows-874 cp874 tis-620 tis620 iso-8859-11"),
	CS("CP437", ICONV, "cp437 ibm437"),
	CS("CP850", ICONV, "cp850 ibm850 cp-850"),
	CS("CP852", ICONV, "cp852 ibm852"),
	CS("CP866", ICONV, "cp866 ibm866 cp-866"),
	CS("KOI8-R", ICONV, "koi8-r koi8r"),
	CS("KOI8-U", ICONV, "koi8-u koi8-ru koi8u"),
	CS("MACINTOSH", ICONV, "macintosh x-mac-roman mac"),
	CS("GB18030", ICONV, "gb18030 gbk gb2312 gb_2312-80 cp936 x-gbk euc-cn gb-2312"),
	CS("BIG5-HKSCS", ICONV, "big5 big5-hkscs cp950 x-big5 big-5 big5hkscs"),
	CS("EUC-TW", ICONV, "euc-tw"),
	CS("CP949", ICONV, "euc-kr ks_c_5601-1987 ks_c_5601 ks_c_5601-1989 ksc5601 cp949 uhc"),
	CS("ISO-2022-KR", ICONV, "iso-2022-kr"),
	CS("EUC-JP-MS", ICONV, "euc-jp x-euc-jp eucjp"),
	CS("CP932", ICONV, "shift_jis shift-jis sjis x-sjis ms_kanji cp932 windows-31j"),
	CS("ISO-2022-JP-2", ICONV, "iso-2022-jp iso-2022-jp-2 iso-2022-jp-1 csiso2022jp jis"),
	CS("VISCII", ICONV, "viscii"),
	CS("ARMSCII-8", ICONV, "armscii-8"),
	CS("GEORGIAN-PS", ICONV, "georgian-ps"),
	CS("PT154", ICONV, "pt154"),
	CS("UTF-16", WIDE, "utf-16 utf16 unicode ucs-2 iso-10646-ucs-2"),
	CS("UTF-16LE", WIDE, "utf-16le"),
	CS("UTF-16BE", WIDE, "utf-16be"),
	CS("UTF-32", WIDE, "utf-32 utf32 ucs-4"),
};

/* windows-1252 0x80 to 0x9f; the five holes are C1 controls and vanish. */
static const uint16_t cp1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178
};

/* ---- names ----------------------------------------------------------------- */

static bool
has_word(const char *words, struct gp_str w)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		if (n == w.n && gp_mail_ieq(words, w.p, n))
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

/* NULL: unknown, missing or not wanted. */
static struct charset *
find(const char *name)
{
	struct gp_str w = { name, name == NULL ? 0 : strlen(name) };
	size_t i;

	while (w.n > 0 && (gp_mail_space(*w.p) || *w.p == '"' || *w.p == '\'')) {
		w.p++;
		w.n--;
	}
	while (w.n > 0 && (gp_mail_space(w.p[w.n - 1]) || strchr("\"';", w.p[w.n - 1]) != NULL))
		w.n--;
	for (i = 0; i < GP_COUNT(charsets) && w.n > 0; i++)
		if (has_word(charsets[i].names, w))
			return &charsets[i];
	return NULL;
}

static iconv_t
converter(struct charset *cs)
{
	if (!cs->open) {
		cs->cd = iconv_open("UTF-8", cs->iconv);
		cs->open = true;
	}
	return cs->cd;
}

void
gp_charset_preload(void)
{
	size_t i;

	for (i = 0; i < GP_COUNT(charsets); i++)
		if (charsets[i].iconv != NULL)
			converter(&charsets[i]);
}

/* ---- cleaning ---------------------------------------------------------------- */

/* C0 but tab and LF, DEL, C1: no part of a text. */
static bool
is_control(uint32_t cp)
{
	return (cp < 32 && cp != '\t' && cp != '\n') || (cp >= 127 && cp < 160);
}

/* One code point cleaned; nothing for a control. */
static void
put(struct gp_buf *b, uint32_t cp)
{
	char u[4];

	if (cp == 0)
		cp = 0xfffd;
	if (!is_control(cp))
		gp_buf_add(b, u, gp_utf8_put(u, cp));
}

/* A line end, or a lone CR, which is one too. Returns its length. */
static size_t
put_eol(struct gp_buf *b, const char *p, size_t n)
{
	gp_buf_putc(b, '\n');
	return n > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 1;
}

static void
clean_utf8(struct gp_buf *b, const char *p, size_t n)
{
	while (n > 0 && !b->over) {
		uint32_t cp;
		size_t len = gp_mail_plain_run(p, n);

		if (len > 0) {
			gp_buf_add(b, p, len);
		} else if (*p == '\r' || *p == '\n') {
			len = put_eol(b, p, n);
		} else {
			len = gp_utf8_next(p, n, &cp);
			put(b, len == 0 ? 0xfffd : cp);
			len += len == 0;
		}
		p += len;
		n -= len;
	}
}

static void
clean_cp1252(struct gp_buf *b, const char *p, size_t n)
{
	while (n > 0 && !b->over) {
		size_t len = gp_mail_plain_run(p, n);
		unsigned char c = (unsigned char)*p;

		if (len > 0) {
			gp_buf_add(b, p, len);
		} else if (c == '\r' || c == '\n') {
			len = put_eol(b, p, n);
		} else {
			len = 1;
			if (c < 128 || c >= 160)
				put(b, c);
			else if (cp1252[c - 128] != 0)
				put(b, cp1252[c - 128]);
		}
		p += len;
		n -= len;
	}
}

static void
clean_iconv(struct gp_buf *b, iconv_t cd, const char *p, size_t n)
{
	char *in = (char *)p, chunk[CHUNK / 4];
	size_t left = n;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (left > 0 && b->len < b->max - CHUNK) {
		char *out = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(cd, &in, &left, &out, &room);

		clean_utf8(b, chunk, (size_t)(out - chunk));
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;
		put(b, 0xfffd);
		if (errno == EINVAL)	/* cut off in the middle of a character */
			break;
		in++;
		left--;
	}
}

/* ---- the whole way ------------------------------------------------------------- */

/* Is a UTF-8 byte order mark in front? */
static size_t
bom(const char *p, size_t n)
{
	return n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Unlabelled bytes: UTF-8 if they are, but for some damage (a character cut off). */
static bool
looks_utf8(const char *p, size_t n)
{
	size_t good = 0, bad = 0;

	while (n > 0) {
		uint32_t cp;
		size_t len = gp_mail_plain_run(p, n);

		if (len == 0) {
			len = gp_utf8_next(p, n, &cp);
			good += len > 1;
			bad += len == 0;
			len += len == 0;
		}
		p += len;
		n -= len;
	}
	return bad * 8 <= good;
}

static void
convert(struct gp_buf *b, const char *charset, const char *p, size_t n, size_t max)
{
	struct charset *cs = find(charset);
	enum kind kind = cs == NULL ? ASCII : cs->kind;

	/* What can't fit is not looked at. */
	if (kind != ICONV && kind != WIDE && n > max)
		n = gp_utf8_cut(p, n, max);
	/* Unlabelled, or labelled as ASCII: what it looks like. */
	if (kind == ASCII)
		kind = looks_utf8(p, n) ? UTF8 : CP1252;
	if ((kind == ICONV || kind == WIDE) && converter(cs) == (iconv_t)-1)
		kind = looks_utf8(p, n) ? UTF8 : CP1252;
	switch (kind) {
	case CP1252:
		clean_cp1252(b, p, n);
		break;
	case ICONV:
	case WIDE:
		clean_iconv(b, cs->cd, p, n);
		break;
	case UTF8:
	case ASCII:
		clean_utf8(b, p + bom(p, n), n - bom(p, n));
		break;
	}
}

char *
gp_charset_text(const void *ctx, const char *charset, const char *p, size_t n, size_t max,
    size_t *out_n)
{
	struct gp_buf b;

	/* The last piece out of iconv may go over; then it is cut between characters. */
	gp_buf_init(&b, ctx, max + CHUNK);
	convert(&b, charset, p, n, max);
	if (b.len > max)
		gp_buf_cut(&b, gp_utf8_cut(b.p, b.len, max));
	*out_n = b.len;
	return b.p;
}

bool
gp_charset_is_identity(const char *charset, const char *p, size_t n)
{
	struct charset *cs = find(charset);
	bool ascii = true;

	if ((cs != NULL && cs->kind == WIDE) || bom(p, n) > 0)
		return false;
	while (n > 0) {
		uint32_t cp;
		size_t len = gp_mail_plain_run(p, n);

		if (len == 0 && (n > 1 && p[0] == '\r' && p[1] == '\n')) {
			len = 2;
		} else if (len == 0) {
			len = gp_utf8_next(p, n, &cp);
			if (len == 0 || is_control(cp))
				return false;
			ascii = ascii && cp < 128;
		}
		p += len;
		n -= len;
	}
	return ascii || cs == NULL || cs->kind == UTF8 || cs->kind == ASCII;
}
