/* SPDX-License-Identifier: ISC */
/*
 * Finding a person in text, to put neutral words in their place: the address in every way
 * that archives and mail programs write it, wherever it stands; the name only where it
 * tells who wrote, near the address, a word for "wrote" or a "From:", since a name in
 * a sentence may be anybody's.
 */
#include "config.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
	NEAR = 200,		/* bytes between a name and the address that it goes with */
	ATTRIBUTION = 120,	/* behind a name: "... wrote:" */
	BEFORE = 80,		/* in front of it: "Am Montag schrieb ..." */
	FIELD = 24		/* "From:", with marks of quoting and HTML between */
};

struct address {
	char *whole;		/* as it was given */
	char *local, *domain;	/* in small letters */
	size_t local_n, domain_n;
};
struct name {
	char *small;
	size_t first_n;		/* of its first word */
	size_t n;
	bool words;		/* several: hardly a word of the language */
};
struct gp_forget {
	struct address *addresses;
	size_t addresses_n;
	struct name *names, *kept;
	size_t names_n, kept_n;
	void *memory;		/* of names that are not kept */
	char *name, *address;	/* what is put in their place */
};
struct hit {
	size_t at, end;
	bool name;
};
struct hits {
	const void *ctx;
	struct hit *v;
	size_t n;
};

/* "@" in text, in VERP, in addresses of the web, in HTML, and as archives hide it. */
static const char *const signs[] = {"@", "=", "%40", "&#64;", " at ", " (at) ", " [at] ", "(at)",
	"[at]", "&#x40;"};
/* How our own HTML and first words hide the domain; whoever's it was. */
static const char hidden[] = "@...";

/* ---- whom to forget --------------------------------------------------------------------- */

static void
add_one_name(struct gp_forget *f, char *small)
{
	struct name *v;
	size_t i;

	for (i = 0; i < f->names_n; i++)
		if (gp_streq(f->names[i].small, small))
			return;
	v = gp_array(f->memory, struct name, f->names_n + 1);
	if (f->names_n > 0)
		memcpy(v, f->names, f->names_n * sizeof(*v));
	v[f->names_n].small = small;
	v[f->names_n].n = strlen(small);
	v[f->names_n].first_n = strcspn(small, " ");
	v[f->names_n++].words = strchr(small, ' ') != NULL;
	f->names = v;
}

/* The same in the bytes of ISO 8859-1, or NULL when they are no others. */
static char *
in_latin1(const void *ctx, const char *s)
{
	char *out = gp_array(ctx, char, strlen(s) + 1), *o = out;
	const char *end = s + strlen(s);
	uint32_t cp = 0;
	bool other = false;
	size_t n;

	for (; s < end; s += n) {
		n = gp_utf8_next(s, (size_t)(end - s), &cp);
		if (n == 0 || cp > 255)
			return NULL;
		other |= cp > 127;
		*o++ = (char)cp;
	}
	*o = '\0';
	return other ? out : NULL;
}

void
gp_forget_name(struct gp_forget *f, const char *name)
{
	char *small = gp_utf8_line(f->memory, name, strlen(name), 200), *latin;

	gp_str_lower(small);
	/* One letter, or an address: that is looked for as one. */
	if (strlen(small) < 2 || strchr(small, '@') != NULL || gp_strieq(small, f->name))
		return;
	add_one_name(f, small);
	latin = in_latin1(f->memory, small);
	if (latin != NULL)
		add_one_name(f, latin);
}

struct gp_forget *
gp_forget_new(const void *ctx, const char *const *addresses, size_t n, const char *name,
    const char *address)
{
	struct gp_forget *f = gp_new(ctx, struct gp_forget);
	struct address *a;
	char *at;
	size_t i;

	f->memory = gp_ctx(f);
	f->name = gp_strdup(f, name);
	f->address = gp_strdup(f, address);
	f->addresses = gp_array(f, struct address, n + 1);
	for (i = 0; i < n; i++) {
		a = &f->addresses[f->addresses_n];
		a->whole = gp_strdup(f, addresses[i]);
		a->local = gp_strdup(f, addresses[i]);
		gp_str_lower(a->local);
		at = strrchr(a->local, '@');
		if (at == NULL || at == a->local || at[1] == '\0')
			continue;
		*at = '\0';
		a->domain = at + 1;
		a->local_n = strlen(a->local);
		a->domain_n = strlen(a->domain);
		f->addresses_n++;
	}
	return f;
}

void
gp_forget_keep(struct gp_forget *f)
{
	f->kept = f->names;
	f->kept_n = f->names_n;
	f->memory = gp_ctx(f);
}

void
gp_forget_reset(struct gp_forget *f)
{
	f->names = f->kept;
	f->names_n = f->kept_n;
	talloc_free(f->memory);
	f->memory = gp_ctx(f);
}

bool
gp_forget_is(const struct gp_forget *f, const char *address)
{
	const char *at = strrchr(address, '@');
	size_t i, local = at == NULL ? 0 : (size_t)(at - address);
	bool found = false;
	char *folded;

	for (i = 0; i < f->addresses_n && !found && at != NULL; i++) {
		const struct address *a = &f->addresses[i];
		char *head;

		/* Folding costs something, and most are of others. */
		if (a->local_n != local)
			continue;
		head = gp_strndup(NULL, address, local);
		if (gp_strieq(head, a->local)) {
			folded = gp_addr_fold(head, address);
			found = gp_strieq(address, a->whole) ||
			    (folded != NULL && gp_strieq(folded, a->whole));
		}
		talloc_free(head);
	}
	return found;
}

/* ---- looking for them, in small letters ------------------------------------------------- */

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* Does an address, or a name, begin at p[at], or does something longer? */
static bool
begins(const char *p, size_t at)
{
	if (at == 0)
		return true;
	if (at > 1 && strchr("._+-", p[at - 1]) != NULL && p[at - 1] != '\0')
		return !is_word(p[at - 2]);
	return !is_word(p[at - 1]);
}

static bool
ends(const char *p, size_t n, size_t end)
{
	if (end < n && (p[end] == '.' || p[end] == '-'))
		return end + 1 >= n || !is_word(p[end + 1]);
	return end >= n || !is_word(p[end]);
}

/* Where the address ends whose local part is at p[at]; 0: that is another. */
static size_t
address_end(const struct address *a, const char *p, size_t n, size_t at, int where)
{
	size_t k, sign, from = at + a->local_n;

	if ((where == GP_FORGET_HTML || where == GP_FORGET_ANYWHERE) && n - from >= strlen(hidden) &&
	    memcmp(p + from, hidden, strlen(hidden)) == 0)
		return from + strlen(hidden);

	for (k = 0; k < GP_COUNT(signs); k++) {
		sign = strlen(signs[k]);
		if (n - from < sign + a->domain_n || memcmp(p + from, signs[k], sign) != 0 ||
		    memcmp(p + from + sign, a->domain, a->domain_n) != 0)
			continue;
		return from + sign + a->domain_n;
	}
	return 0;
}

/* Where the name ends that begins at p[at]: between its words any blanks, folds, quotes. */
static size_t
name_end(const struct name *m, const char *p, size_t n, size_t at)
{
	const char *s = m->small, *end = s + m->n;
	size_t blanks;

	while (s < end && at < n) {
		if (*s != ' ') {
			if (p[at++] != *s++)
				return 0;
			continue;
		}
		for (blanks = 0; at < n && strchr(" \t\r\n>|", p[at]) != NULL && p[at] != '\0';)
			at++, blanks++;
		if (blanks == 0 || blanks > 20)
			return 0;
		s++;
	}
	return s == end ? at : 0;
}

bool
gp_forget_suspects(const struct gp_forget *f, const char *small, size_t n)
{
	const char *p, *end = small + n;
	size_t i;

	for (i = 0; i < f->addresses_n; i++) {
		const struct address *a = &f->addresses[i];

		for (p = small; (p = gp_memmem(p, (size_t)(end - p), a->local, a->local_n)); p++)
			if (address_end(a, small, n, (size_t)(p - small),
			    GP_FORGET_OTHERS) > 0)
				return true;
	}
	for (i = 0; i < f->names_n; i++) {
		const struct name *m = &f->names[i];

		for (p = small; (p = gp_memmem(p, (size_t)(end - p), m->small, m->first_n)); p++)
			if (name_end(m, small, n, (size_t)(p - small)) > 0)
				return true;
	}
	return false;
}

static void
add_hit(struct hits *h, size_t at, size_t end, bool name)
{
	struct hit *v;

	if ((h->n & (h->n - 1)) == 0) {
		v = gp_array(h->ctx, struct hit, h->n > 0 ? 2 * h->n : 1);
		if (h->n > 0)
			memcpy(v, h->v, h->n * sizeof(*v));
		h->v = v;
	}
	h->v[h->n++] = (struct hit){at, end, name};
}

static int
by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) :
	    (x->end < y->end) - (x->end > y->end);
}

static void
find_addresses(const struct gp_forget *f, struct hits *h, const char *small, size_t n, int where)
{
	const char *p, *end = small + n;
	size_t i, at, to;

	for (i = 0; i < f->addresses_n; i++) {
		const struct address *a = &f->addresses[i];

		for (p = small; (p = gp_memmem(p, (size_t)(end - p), a->local, a->local_n)); p++) {
			at = (size_t)(p - small);
			to = address_end(a, small, n, at, where);
			if (to > 0 && begins(small, at) && ends(small, n, to))
				add_hit(h, at, to, false);
		}
	}
	if (h->n > 0)
		qsort(h->v, h->n, sizeof(*h->v), by_place);
}

/* ---- where a name tells who wrote ------------------------------------------------------- */

/* Is there at most one end of a line? */
static bool
is_close(const char *p, size_t n)
{
	const char *nl = memchr(p, '\n', n);

	return nl == NULL || memchr(nl + 1, '\n', n - (size_t)(nl + 1 - p)) == NULL;
}

static bool
is_by_address(const struct hits *h, size_t addresses, const char *p, size_t at, size_t end)
{
	size_t low = 0, high = addresses, mid, i;

	/* The first that begins behind the name; then the one before. */
	while (low < high) {
		mid = (low + high) / 2;
		if (h->v[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	for (i = low > 0 ? low - 1 : 0; i < addresses && i <= low; i++) {
		if (h->v[i].at >= end && h->v[i].at - end <= NEAR &&
		    is_close(p + end, h->v[i].at - end))
			return true;
		if (h->v[i].end <= at && at - h->v[i].end <= NEAR &&
		    is_close(p + h->v[i].end, at - h->v[i].end))
			return true;
	}
	return false;
}

/* "Ann wrote:", "schrieb Ann:". */
static bool
is_attribution(const char *p, size_t n, size_t at, size_t end)
{
	size_t from = at < BEFORE ? 0 : at - BEFORE;
	size_t to = n - end < ATTRIBUTION ? n : end + ATTRIBUTION;
	const char *colon = memchr(p + end, ':', to - end);

	while (colon != NULL && is_close(p + end, (size_t)(colon - p) - end)) {
		if (text_says_wrote(p + from, at - from) ||
		    text_says_wrote(p + end, (size_t)(colon - p) - end))
			return true;
		colon = memchr(colon + 1, ':', to - (size_t)(colon + 1 - p));
	}
	return false;
}

/* "From: Ann", "<b>Von:</b> Ann". */
static bool
is_field(const char *p, size_t at)
{
	static const char *const words[] = {"from:", "to:", "cc:", "von:", "an:", "de:", "para:", "da:",
	    "van:", "aan:", "sender:", "author:", "quoting "};
	size_t from = at < FIELD ? 0 : at - FIELD, i;
	const char *nl = memrchr(p + from, '\n', at - from);

	if (nl != NULL)
		from = (size_t)(nl + 1 - p);
	for (i = 0; i < GP_COUNT(words); i++)
		if (gp_memmem(p + from, at - from, words[i], strlen(words[i])))
			return true;
	return false;
}

/* The whole line, but for signs: how somebody signs. */
static bool
is_alone(const char *p, size_t n, size_t at, size_t end)
{
	while (at > 0 && strchr(" \t-~*_>", p[at - 1]) != NULL && p[at - 1] != '\0')
		at--;
	while (end < n && strchr(" \t-~*_.,\r", p[end]) != NULL && p[end] != '\0')
		end++;
	return (at == 0 || p[at - 1] == '\n') && (end == n || p[end] == '\n');
}

static void
find_names(const struct gp_forget *f, struct hits *h, const char *small, size_t n, int where)
{
	size_t i, at, to, addresses = h->n;
	const char *p, *end = small + n;

	for (i = 0; i < f->names_n; i++) {
		const struct name *m = &f->names[i];

		for (p = small; (p = gp_memmem(p, (size_t)(end - p), m->small, m->first_n)); p++) {
			at = (size_t)(p - small);
			to = name_end(m, small, n, at);
			if (to == 0 || !begins(small, at) || (to < n && is_word(small[to])))
				continue;
			if (where == GP_FORGET_ANYWHERE || (where == GP_FORGET_OWN &&
			    (m->words || is_alone(small, n, at, to))) ||
			    is_by_address(h, addresses, small, at, to) ||
			    is_attribution(small, n, at, to) || is_field(small, at))
				add_hit(h, at, to, true);
		}
	}
	if (h->n > addresses)
		qsort(h->v, h->n, sizeof(*h->v), by_place);
}

static struct hits
find_all(const void *ctx, const struct gp_forget *f, const char *p, size_t n, int where)
{
	struct hits h = {.ctx = ctx};
	char *small = gp_memdup(ctx, p, n);
	size_t i;

	for (i = 0; i < n; i++)
		if (small[i] >= 'A' && small[i] <= 'Z')
			small[i] = (char)(small[i] + 32);
	find_addresses(f, &h, small, n, where);
	find_names(f, &h, small, n, where);
	return h;
}

bool
gp_forget_holds(const struct gp_forget *f, const char *p, size_t n)
{
	void *tmp = gp_ctx(NULL);
	bool yes = find_all(tmp, f, p, n, GP_FORGET_ANYWHERE).n > 0;

	talloc_free(tmp);
	return yes;
}

bool
gp_forget_text(const struct gp_forget *f, struct gp_buf *out, const char *p, size_t n, int where)
{
	void *tmp = gp_ctx(NULL);
	struct hits h = find_all(tmp, f, p, n, where);
	size_t at = 0, i, k;

	for (i = 0; i < h.n; i++) {
		const struct hit *x = &h.v[i];

		if (x->at < at)
			continue;	/* within the one before */
		gp_buf_add(out, p + at, x->at - at);
		gp_buf_puts(out, x->name ? f->name : f->address);
		/* The end of a line in it, with the marks of the next. */
		for (k = x->at; x->name && k < x->end; k++)
			if (p[k] == '\n' || p[k] == '\r') {
				gp_buf_add(out, p + k, strspn(p + k, " \t\r\n>|"));
				break;
			}
		at = x->end;
	}
	if (h.n > 0)
		gp_buf_add(out, p + at, n - at);
	talloc_free(tmp);
	return h.n > 0;
}
