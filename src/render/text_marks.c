/* SPDX-License-Identifier: ISC */
/*
 * What the lines of a message are: patches, signature, footer of a list, PGP armour,
 * the line that says who is quoted, and all that stands below "Original Message".
 * Only the form of the lines is looked at, and of words only the few that mail programs
 * write by themselves; what is not recognised stays the writer's own text.
 *
 * Each pass goes once over the lines and looks only a fixed number of lines around.
 */
#include "config.h"

#include "text.h"

#include <string.h>

enum {
	SIGNATURE_LINES = 30,	/* not blank, below "-- ": more is no signature */
	FOOTER_LINES = 12,	/* below a line of underscores */
	DASHES_LINES = 6,	/* below a bare "--" */
	ATTRIBUTION_LINES = 4
};

static bool
is_run_of(const struct line *l, char c, size_t least)
{
	size_t i;

	if (l->n < least || l->p[0] != c)
		return false;
	for (i = 0; i < l->n; i++)
		if (l->p[i] != c)
			return false;
	return true;
}

static bool
is_signature_mark(const struct line *l)
{
	return (l->n == 3 && !memcmp(l->p, "-- ", 3)) || (l->n >= 4 && l->n <= 5 &&
	    !memcmp(l->p, "- --", 4) && (l->n == 4 || l->p[4] == ' '));
}

/* Footers that list programs put below, told by their first line. */
static bool
is_footer_mark(const struct line *l)
{
	return is_run_of(l, '_', 20) || line_starts(l, "-=-=-=-=-=-=-=-=-=-=-=-");
}

/* From the end upwards: where does what is no longer the message begin? */
static void
mark_signature(struct text *t)
{
	size_t i, own = 0, from = t->n;

	for (i = t->n; i > 0 && own <= SIGNATURE_LINES; i--) {
		const struct line *l = &t->v[i - 1];

		if (l->kind == LINE_BLANK)
			continue;
		if (l->depth || l->look != LOOK_PLAIN)
			break;
		if (is_signature_mark(l) ||
		    (own <= FOOTER_LINES && is_footer_mark(l)) ||
		    (own <= DASHES_LINES && l->n == 2 && !memcmp(l->p, "--", 2))) {
			from = i - 1;
			continue; /* the writer's own may stand above the list's */
		}
		own++;
	}
	for (i = from; i < t->n; i++)
		if (t->v[i].kind != LINE_BLANK)
			t->v[i].kind = LINE_SIGNATURE;
}

/*
 * A signature above a quote ("-- ", name, then the whole message that is answered): it
 * reaches to the first quoted line.
 */
static void
mark_upper_signature(struct text *t)
{
	size_t i, j, own;

	for (i = 0; i < t->n; i++) {
		if (t->v[i].depth || t->v[i].kind != LINE_TEXT || t->v[i].look != LOOK_PLAIN ||
		    !is_signature_mark(&t->v[i]))
			continue;
		for (j = i + 1, own = 0; j < t->n && !t->v[j].depth && own <= SIGNATURE_LINES; j++)
			own += t->v[j].kind != LINE_BLANK;
		if (j < t->n && t->v[j].depth && own <= SIGNATURE_LINES) {
			/* The line in front of the quote says who is quoted. */
			while (j > i && (t->v[j - 1].kind == LINE_BLANK ||
			    t->v[j - 1].kind == LINE_ATTRIBUTION))
				j--;
			for (; i < j; i++)
				if (t->v[i].kind == LINE_TEXT)
					t->v[i].kind = LINE_SIGNATURE;
		}
		i = j > i ? j - 1 : i;
	}
}

/* "-----BEGIN PGP ...": the armour is no text; what is signed in clear is. */
static size_t
mark_armour(struct text *t, size_t i)
{
	bool clear = line_starts(&t->v[i], "-----BEGIN PGP SIGNED MESSAGE-----");
	size_t end = i + 1;

	if (clear) {
		while (end < t->n && t->v[end].kind != LINE_BLANK)
			end++;
	} else {
		while (end < t->n && !line_starts(&t->v[end], "-----END PGP "))
			end++;
		if (end < t->n)
			end++;
	}
	for (; i < end; i++)
		if (t->v[i].kind != LINE_BLANK)
			t->v[i].kind = LINE_SIGNATURE;
	return end;
}

static bool
has(const char *p, size_t n, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (gp_memmem(p, n, words[i], strlen(words[i])))
			return true;
	return false;
}

/* "-----Original Message-----" in the languages of mail programs; and forwarded ones. */
static bool
is_original_mark(const struct line *l)
{
	static const char *const words[] = {"Original Message", "Original message",
	    "Original Appointment", "Forwarded message", "Forwarded Message", "Forwarded by",
	    "Ursprüngliche Nachricht", "Weitergeleitete Nachricht", "Message d'origine",
	    "Message original", "Message transféré", "Mensaje original", "Mensaje reenviado",
	    "Messaggio originale", "Messaggio inoltrato", "Mensagem original",
	    "Mensagem encaminhada",
	    "Oorspronkelijk bericht", "Doorgestuurd bericht", "Originalmeddelande",
	    "Oprindelig meddelelse", "Opprinnelig melding", "Alkuperäinen viesti",
	    "Исходное сообщение", "Пересылаемое сообщение", "原始邮件", "转发邮件", "元のメッセージ",
	    "Original-Nachricht", "Originalnachricht", "Message d’origine",
	    /* Notes: "-----Jane <jane@example.org> wrote: -----" */
	    "wrote:", "schrieb:", "écrit", "escribió:", "ha scritto:"};

	if (l->n < 8 || l->n > 120 || l->p[0] != '-' || l->p[1] != '-')
		return line_starts(l, "Begin forwarded message:") && l->n < 30;
	return has(l->p, l->n, words, GP_COUNT(words)) && l->p[l->n - 1] == '-';
}

enum { H_FROM = 1, H_SENT = 2, H_TO = 4, H_SUBJECT = 8, H_DATE = 16, H_CC = 32 };

static const struct {
	const char *word;
	unsigned bit;
} header_words[] = {
	{"From", H_FROM}, {"Von", H_FROM}, {"De", H_FROM}, {"Da", H_FROM}, {"Van", H_FROM},
	{"Från", H_FROM}, {"Fra", H_FROM}, {"Lähettäjä", H_FROM}, {"Od", H_FROM}, {"От", H_FROM},
	{"Sent", H_SENT}, {"Gesendet", H_SENT}, {"Envoyé", H_SENT}, {"Envoyé le", H_SENT},
	{"Enviado", H_SENT}, {"Enviado el", H_SENT}, {"Enviada em", H_SENT}, {"Inviato", H_SENT},
	{"Verzonden", H_SENT}, {"Skickat", H_SENT}, {"Sendt", H_SENT}, {"Lähetetty", H_SENT},
	{"Wysłano", H_SENT}, {"Отправлено", H_SENT},
	{"Date", H_DATE}, {"Datum", H_DATE}, {"Fecha", H_DATE}, {"Data", H_DATE}, {"Dato", H_DATE},
	{"To", H_TO}, {"An", H_TO}, {"À", H_TO}, {"A", H_TO}, {"Para", H_TO}, {"Aan", H_TO},
	{"Till", H_TO}, {"Til", H_TO}, {"Do", H_TO}, {"Кому", H_TO}, {"Vastaanottaja", H_TO},
	{"Subject", H_SUBJECT}, {"Betreff", H_SUBJECT}, {"Objet", H_SUBJECT},
	{"Asunto", H_SUBJECT}, {"Assunto", H_SUBJECT}, {"Oggetto", H_SUBJECT},
	{"Onderwerp", H_SUBJECT}, {"Ämne", H_SUBJECT}, {"Emne", H_SUBJECT}, {"Aihe", H_SUBJECT},
	{"Temat", H_SUBJECT}, {"Тема", H_SUBJECT},
	{"Cc", H_CC}, {"CC", H_CC}, {"Kopie", H_CC}, {"Copie", H_CC}, {"Kopia", H_CC}
};

/* "From: ", "*Sent:* " (bold, as text), "De : "; Notes puts tabs behind. 0: none of them. */
static unsigned
header_bit(const struct line *l)
{
	const char *p = l->p, *colon = memchr(p, ':', l->n < 24 ? l->n : 24);
	struct gp_str name;
	size_t i;

	if (colon == NULL || colon == p)
		return 0;
	name = gp_str_trim((struct gp_str){p, (size_t)(colon - p)});
	while (name.n > 0 && *name.p == '*')
		name = (struct gp_str){name.p + 1, name.n - 1};
	/* French programs put a no-break space in front of the colon. */
	if (name.n > 2 && memcmp(name.p + name.n - 2, "\xc2\xa0", 2) == 0)
		name.n -= 2;
	for (i = 0; i < GP_COUNT(header_words); i++)
		if (gp_str_eq(name, header_words[i].word))
			return header_words[i].bit;
	return 0;
}

/*
 * The header that many programs put in front of what is answered: "From:" and "Sent:", or
 * "From:", "To:" and "Subject:", in any order. A patch begins with "From:" and "Subject:" too.
 */
static bool
is_quoted_header(const struct text *t, size_t i)
{
	unsigned bits = header_bit(&t->v[i]), bit;
	bool address = false;
	size_t k;

	if ((bits & (H_FROM | H_SENT | H_TO | H_SUBJECT | H_DATE)) == 0)
		return false;
	for (k = i; k < t->n && k < i + 8 && !t->v[k].depth && t->v[k].kind != LINE_BLANK; k++) {
		bit = header_bit(&t->v[k]);
		if (bit == 0 && t->v[k].p[0] != ' ' && t->v[k].p[0] != '\t' && k > i + 2)
			break;
		bits |= bit;
		address |= bit == H_FROM && memchr(t->v[k].p, '@', t->v[k].n) != NULL;
	}
	if ((bits & H_FROM) == 0)
		return false;
	return (bits & H_SENT) != 0 || ((bits & H_TO) != 0 && ((bits & H_SUBJECT) != 0 ||
	    ((bits & H_DATE) != 0 && address)));
}

/* The line that programs draw above such a header goes with it. */
size_t
text_above(const struct text *t, size_t i)
{
	size_t k = i;

	while (k > 0 && i - k < 2 && t->v[k - 1].kind == LINE_BLANK)
		k--;
	if (k > 0 && t->v[k - 1].depth == 0 &&
	    (is_run_of(&t->v[k - 1], '_', 5) || is_run_of(&t->v[k - 1], '-', 5)))
		return k - 1;
	return i;
}

bool
text_quotes_all(const struct text *t, size_t i)
{
	return !t->v[i].depth && (is_original_mark(&t->v[i]) || is_quoted_header(t, i));
}

/* All below is the message that is answered: one level of quoting more. */
static void
quote_rest(struct text *t, size_t i)
{
	for (; i < t->n; i++)
		if (t->v[i].kind != LINE_SIGNATURE && t->v[i].depth < TEXT_MAX_DEPTH)
			t->v[i].depth++;
}

static void
mark_blocks(struct text *t)
{
	size_t i = 0;

	while (i < t->n) {
		const struct line *l = &t->v[i];

		if (l->depth || l->kind != LINE_TEXT || l->look != LOOK_PLAIN) {
			i++;
		} else if (line_starts(l, "-----BEGIN PGP ")) {
			i = mark_armour(t, i);
		} else if (text_quotes_all(t, i)) {
			quote_rest(t, text_above(t, i));
			return;
		} else {
			i++;
		}
	}
}

bool
text_says_wrote(const char *p, size_t n)
{
	static const char *const words[] = {"wrote", "writes", "write", "said", "says", "schrieb",
	    "schrijft", "schreef", "écrit", "ecrit", "escribió", "escreveu", "scritto", "scrisse",
	    "skrev", "napisa", "kirjoitti", "написал", "пишет", "Quoting ", "写道", "wrote on",
	    "yazd"};

	return has(p, n, words, GP_COUNT(words));
}

/* A year, a time, an address, or a word for "wrote": the marks of such a line. */
static bool
is_evidence(const char *p, size_t n)
{
	size_t i;

	if (memchr(p, '@', n) || text_says_wrote(p, n))
		return true;
	for (i = 0; i + 4 < n; i++)
		if (((p[i] == '1' && p[i + 1] == '9') || (p[i] == '2' && p[i + 1] == '0')) &&
		    p[i + 2] >= '0' && p[i + 2] <= '9' && p[i + 3] >= '0' && p[i + 3] <= '9')
			return true;
	return false;
}

static bool
starts_attribution(const struct line *l)
{
	static const char *const words[] = {"On ", "Am ", "Le ", "El ", "Il ", "Op ", "Den ", "Em ",
	    "At ", "In ", "W dniu ", "Dnia ", "Quoting ", "* ", "20", "19"};
	size_t i;

	for (i = 0; i < GP_COUNT(words); i++)
		if (line_starts(l, words[i]))
			return true;
	return false;
}

static bool
ends_with_colon(const struct line *l)
{
	return l->n && l->n < 200 && (l->p[l->n - 1] == ':' ||
	    (l->n > 3 && !memcmp(l->p + l->n - 3, "\xef\xbc\x9a", 3)));
}

/*
 * "On Monday, 23 November Jane <jane@example.org> wrote:", on up to four lines, whatever
 * stands below: programs that mark no quotes begin them so.
 */
bool
text_is_attribution(const struct text *t, size_t i)
{
	static const char *const wrote[] = {"wrote:", "writes:", "wrote in <", "schrieb:"};
	bool evidence = false, digit = false;
	struct line l = t->v[i];
	size_t k, c;

	while (l.n > 0 && (*l.p == ' ' || *l.p == '\t')) {
		l.p++;
		l.n--;
	}
	if (l.depth || l.n == 0)
		return false;
	if (!starts_attribution(&l))
		return ends_with_colon(&l) && memchr(l.p, '@', l.n) &&
		    has(l.p, l.n, wrote, GP_COUNT(wrote));
	for (k = i; k < t->n && k < i + ATTRIBUTION_LINES && t->v[k].kind == LINE_TEXT; k++) {
		for (c = 0; c < t->v[k].n; c++)
			digit |= t->v[k].p[c] >= '0' && t->v[k].p[c] <= '9';
		evidence |= is_evidence(t->v[k].p, t->v[k].n);
		if (ends_with_colon(&t->v[k]))
			return evidence && digit;
	}
	return false;
}

/* Quoted text begins at line q: is who wrote it said in the lines above? */
static void
mark_attribution(struct text *t, size_t q)
{
	size_t last = q, first, i;
	bool evidence;

	while (last > 0 && q - last < 2 && t->v[last - 1].kind == LINE_BLANK &&
	    !t->v[last - 1].depth)
		last--;
	if (!last || t->v[last - 1].depth || t->v[last - 1].kind != LINE_TEXT ||
	    t->v[last - 1].look != LOOK_PLAIN || !ends_with_colon(&t->v[last - 1]))
		return;
	first = --last;
	evidence = is_evidence(t->v[last].p, t->v[last].n);
	for (i = last; !starts_attribution(&t->v[first]) && i > 0 &&
	    last - i < ATTRIBUTION_LINES - 1;) {
		i--;
		if (t->v[i].kind != LINE_TEXT || t->v[i].depth || t->v[i].n > 200)
			break;
		if (starts_attribution(&t->v[i]) && is_evidence(t->v[i].p, t->v[i].n)) {
			first = i;
			evidence = true;
		}
	}
	for (i = first; evidence && i <= last; i++)
		t->v[i].kind = LINE_ATTRIBUTION;
}

void
text_mark(struct text *t)
{
	size_t i;

	text_mark_diffs(t);
	mark_signature(t);
	mark_blocks(t);
	for (i = 1; i < t->n; i++)
		if (t->v[i].depth && !t->v[i - 1].depth)
			mark_attribution(t, i);
	mark_upper_signature(t);
}
