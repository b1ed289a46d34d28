/* SPDX-License-Identifier: ISC */
/*
 * The words of a post without a name, the name that it gets instead, and the message that carries them. It is a
 * new message: nothing of the mail that came is in it but these words, so nothing has to be found and taken out of
 * headers, attachments or HTML.
 */
#include "config.h"

#include "anon.h"

#include <string.h>

enum { SHORTEST = 3,	/* bytes of a part of a name that is looked for by itself */
	LABEL = 4,	/* of one that is looked for within other words, and of a name within a domain */
	MOST_LEFT = 20, LONGEST_LEFT = 100,
	TAG = 5 };	/* bytes of the MAC in the address: 8 letters */

/* ---- without names --------------------------------------------------------------------------- */

static bool
is_inside_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The next place where the name stands as words of their own, or NULL. */
static const char *
find_name(const char *text, const char *from, const char *name)
{
	size_t n = strlen(name);
	const char *p;

	for (p = from; *p != '\0'; p++) {
		if (!gp_istarts(p, name) || (p > text && is_inside_word((unsigned char)p[-1])))
			continue;
		if (!is_inside_word((unsigned char)p[n]))
			return p;
	}
	return NULL;
}

static char *
without(const void *ctx, const char *text, const char *name)
{
	const char *p = text, *hit;
	struct gp_buf b;

	if (strlen(name) < SHORTEST || find_name(text, text, name) == NULL)
		return gp_strdup(ctx, text);
	gp_buf_init(&b, ctx, 2 * strlen(text) + 16);
	while ((hit = find_name(text, p, name)) != NULL) {
		gp_buf_add(&b, p, (size_t)(hit - p));
		gp_buf_puts(&b, "[...]");
		p = hit + strlen(name);
	}
	gp_buf_puts(&b, p);
	return b.p;
}

char *
gp_anon_line(const void *ctx, const char *line, const struct gp_called *who)
{
	char *text = gp_strdup(ctx, line);
	size_t i;

	for (i = 0; i < who->n; i++)
		text = without(ctx, text, who->addresses[i]);
	for (i = 0; i < GP_COUNT(who->names); i++)
		if (strchr(who->names[i], ' ') != NULL)
			text = without(ctx, text, who->names[i]);
	return text;
}

/* The next word of a name: letters and digits. */
static bool
next_word(const char **p, struct gp_str *word)
{
	while (**p != '\0' && !is_inside_word((unsigned char)**p))
		(*p)++;
	word->p = *p;
	while (is_inside_word((unsigned char)**p))
		(*p)++;
	word->n = (size_t)(*p - word->p);
	return word->n > 0;
}

static bool
is_part_of(const struct gp_called *who, struct gp_str word)
{
	struct gp_str part;
	const char *p;
	size_t i;

	for (i = 0; i < GP_COUNT(who->names); i++)
		for (p = who->names[i]; next_word(&p, &part);)
			if (part.n == word.n && strncasecmp(part.p, word.p, part.n) == 0)
				return true;
	return false;
}

/* A line of nothing but parts of the author's name. */
static bool
is_sign_off(const char *line, size_t n, const struct gp_called *who)
{
	char *text = gp_strndup(NULL, line, n);
	const char *p = text;
	struct gp_str word;
	bool some = false, all = true;

	while (next_word(&p, &word)) {
		some = true;
		all = all && is_part_of(who, word);
	}
	talloc_free(text);
	return some && all;
}

char *
gp_anon_text(const void *ctx, const struct gp_mail *m, const struct gp_called *who)
{
	size_t n = m->own_n > 0 ? gp_text_own_end(ctx, m->own, m->own_n) : 0, line;
	const char *text = m->own;

	for (;;) {
		while (n > 0 && strchr(" \t\n", text[n - 1]) != NULL)
			n--;
		for (line = n; line > 0 && text[line - 1] != '\n';)
			line--;
		if (n == 0 || !is_sign_off(text + line, n - line, who))
			break;
		n = line;
	}
	return gp_anon_line(ctx, n > 0 ? gp_strndup(ctx, text, n) : "", who);
}

/* ---- what still tells who it was ---------------------------------------------------------------- */

static bool
is_in(const json_t *rows, const char *word)
{
	size_t k;

	for (k = 0; k < json_array_size(rows); k++)
		if (gp_strieq(json_string_value(json_object_get(json_array_get(rows, k), "name")), word))
			return true;
	return false;
}

static void
add_once(json_t *rows, const char *word)
{
	if (!is_in(rows, word))
		gp_json_text(gp_json_push_object(rows), "name", word);
}

/* The words of a name or an address that can tell something by themselves. */
static void
add_parts(const void *ctx, json_t *parts, const char *p)
{
	struct gp_str part;

	while (next_word(&p, &part))
		if (part.n >= SHORTEST)
			add_once(parts, gp_strndup(ctx, part.p, part.n));
}

/* "mail.bobs-bees.example", "bobs-bees.example", and "bobs-bees": its short labels say what it is for, or where. */
static void
add_domain(const void *ctx, json_t *parts, const char *domain)
{
	const char *dot;

	add_once(parts, domain);
	for (; (dot = strchr(domain, '.')) != NULL; domain = dot + 1) {
		if (dot - domain < LABEL)
			continue;
		add_once(parts, domain);
		if (strchr(dot + 1, '.') == NULL || strcspn(dot + 1, ".") < LABEL)
			add_once(parts, gp_strndup(ctx, domain, (size_t)(dot - domain)));
	}
}

/* Written in one with other words, as it is in "bobquibbleson.example". */
static bool
is_within(const char *text, const json_t *parts)
{
	const char *p, *part;
	size_t k;

	for (k = 0; k < json_array_size(parts); k++) {
		part = json_string_value(json_object_get(json_array_get(parts, k), "name"));
		if (find_name(text, text, part) != NULL)
			return true;
		for (p = text; strlen(part) >= LABEL && *p != '\0'; p++)
			if (gp_istarts(p, part))
				return true;
	}
	return false;
}

/* "https://...", "www.", "bees.example/bob", "bob@...", without the marks of the sentence around it. */
static bool
next_address(const void *ctx, const char **p, char **out)
{
	size_t n;

	for (; **p != '\0'; *p += n) {
		*p += strspn(*p, " \t\n<>()[]{}\"'*_,;");
		n = strcspn(*p, " \t\n<>()[]{}\"',;");
		*out = gp_strndup(ctx, *p, n);
		while (n > 0 && strchr(".:!?*_", (*out)[n - 1]) != NULL)
			(*out)[--n] = '\0';
		n = strcspn(*p, " \t\n<>()[]{}\"',;");
		if (strstr(*out, "://") != NULL || gp_istarts(*out, "www.") ||
		    (strchr(*out, '.') != NULL && strpbrk(*out, "/@") != NULL)) {
			*p += n;
			return true;
		}
	}
	return false;
}

void
gp_anon_left(const void *ctx, const char *text, const struct gp_called *who, json_t *names, json_t *addresses)
{
	json_t *all = gp_json_object(ctx), *parts = gp_json_new_array(all, "names"),
	    *where = gp_json_new_array(all, "addresses");
	const char *p = text, *word;
	char *address;
	size_t i;

	for (i = 0; i < GP_COUNT(who->names); i++)
		add_parts(ctx, parts, who->names[i]);
	for (i = 0; i < who->n; i++) {
		size_t local = strcspn(who->addresses[i], "@");

		add_once(where, gp_strndup(ctx, who->addresses[i], local));
		add_parts(ctx, where, gp_strndup(ctx, who->addresses[i], local));
		if (who->addresses[i][local] == '@')
			add_domain(ctx, where, who->addresses[i] + local + 1);
	}
	for (i = 0; i < json_array_size(parts); i++) {
		word = json_string_value(json_object_get(json_array_get(parts, i), "name"));
		if (find_name(text, text, word) != NULL)
			add_once(names, word);
	}
	for (i = 0; i < json_array_size(where); i++) {
		word = json_string_value(json_object_get(json_array_get(where, i), "name"));
		if (strlen(word) >= SHORTEST && !is_in(parts, word) && find_name(text, text, word) != NULL)
			add_once(addresses, word);
	}
	while (json_array_size(addresses) < MOST_LEFT && next_address(ctx, &p, &address))
		if (is_within(address, parts) || is_within(address, where))
			add_once(addresses, gp_utf8_line(ctx, address, strlen(address), LONGEST_LEFT));
}

/* ---- a name ------------------------------------------------------------------------------------ */

/* Line `n` of the names in the language of the list; how they are shown stands in the first. */
static char *
name_of(const void *ctx, const struct gp_site *site, const struct gp_list *list, unsigned n)
{
	const char *all = gp_templates_file(site->templates, gp_asprintf(ctx, "mail/%s/aliases",
	    list->set.language), NULL), *p, *star;
	struct gp_str line, form = {"*", 1};
	unsigned count = 0, i;

	if (all == NULL)
		all = gp_templates_file(site->templates, "mail/en/aliases", NULL);
	for (p = all; all != NULL && gp_str_next_line(&p, &line); count++)
		if (count == 0)
			form = line;
	if (count < 2)
		return gp_strdup(ctx, "?");
	n = 1 + n % (count - 1);
	for (p = all, i = 0; gp_str_next_line(&p, &line) && i < n;)
		i++;
	star = memchr(form.p, '*', form.n);
	if (star == NULL)
		return gp_strndup(ctx, line.p, line.n);
	return gp_asprintf(ctx, "%.*s%.*s%.*s", (int)(star - form.p), form.p, (int)line.n, line.p,
	    (int)(form.n - (size_t)(star - form.p) - 1), star + 1);
}

enum gp_status
gp_anon_name(const void *ctx, struct gp_site *site, const struct gp_list *list, const struct gp_anon_key *key,
    int64_t person, int64_t thread, struct gp_draft *out, struct gp_err *err)
{
	char *who = gp_asprintf(ctx, "person %lld", (long long)person), *base;
	unsigned char mac[GP_SHA256_LEN];
	struct gp_alias **others = NULL;
	size_t i, n = 0;
	enum gp_status st;
	bool taken = true;
	int k;

	gp_hmac(key->secret, sizeof(key->secret), who, strlen(who), mac);
	out->address = gp_route_address(ctx, site, list, "anon", gp_base32(ctx, mac, TAG));
	base = out->name = name_of(ctx, site, list, (unsigned)mac[TAG] << 8 | mac[TAG + 1]);
	st = gp_anon_names(ctx, site->store, thread, key->id, GP_PURPOSE_ANON, gp_now(), &others, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		if (gp_strieq(others[i]->address, out->address)) {
			out->name = others[i]->name;
			return GP_OK;
		}
	/* Somebody else has that name here, or will have it. */
	for (k = 2; st == GP_OK && taken; k++) {
		for (i = 0, taken = false; i < n; i++)
			taken |= strcmp(others[i]->name, out->name) == 0;
		if (taken)
			out->name = gp_asprintf(ctx, "%s %d", base, k);
	}
	return st;
}

/* ---- the message --------------------------------------------------------------------------------- */

enum gp_status
gp_anon_compose(const void *ctx, const struct gp_list *list, const struct gp_draft *d, const char *msgid,
    int64_t date, struct gp_inbound *out, struct gp_err *err)
{
	struct gp_compose c = {.from_name = d->name, .from_addr = d->address, .to_name = "",
	    .to_addr = list->address, .reply_to = list->address, .subject = d->subject, .text = d->text,
	    .in_reply_to = d->under, .domain = list->domain, .date = date};
	struct gp_mail *m = gp_new(ctx, struct gp_mail);
	enum gp_status st;

	c.msgid = msgid != NULL ? msgid : gp_msgid_new(ctx, list->domain);
	memset(out, 0, sizeof(*out));
	out->envelope_from = "";
	out->via = "guildpost";
	out->received = date;
	st = gp_say_compose(ctx, &c, out, m, err);
	m->flags &= ~(unsigned)GP_MAIL_AUTO;
	out->mail = m;
	return st;
}
