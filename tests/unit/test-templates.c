/* SPDX-License-Identifier: ISC */
/*
 * Every mail in every language: each template is there, fills in the same names as the English one,
 * and comes out as a mail; and no name is listed that no template uses.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guildpost/render.h"
#include "guildpost/store.h"

#include "../../src/render/template.h"

#include <stdlib.h>
#include <string.h>

enum { SUBJECT = 120 };

static struct gp_templates *set;
static void *ctx;

static int
load(void **state)
{
	const char *src = getenv("GP_SRCDIR"), *dirs[1];
	struct gp_err err;

	(void)state;
	ctx = gp_ctx(NULL);
	dirs[0] = gp_path_join(ctx, src != NULL ? src : ".", "templates");
	if (gp_templates_load(ctx, dirs, 1, &set, &err) != GP_OK) {
		print_error("%s\n", err.msg);
		return 1;
	}
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	talloc_free(ctx);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The tags of a template, sorted, each once, a line each; comments left out. */
static char *
tags_of(const char *text)
{
	const char **v = gp_array(ctx, const char *, strlen(text) / 4 + 1), *p = text, *end;
	struct gp_buf b;
	size_t n = 0, i;

	while ((p = strstr(p, "{{")) != NULL && (end = strstr(p, "}}")) != NULL) {
		struct gp_str tag = gp_str_trim((struct gp_str){p + 2, (size_t)(end - p) - 2});

		p = end + 2;
		if (tag.n > 0 && *tag.p != '!')
			v[n++] = gp_strndup(ctx, tag.p, tag.n);
	}
	if (n > 0)
		qsort(v, n, sizeof(*v), compare);
	gp_buf_init(&b, ctx, 1 << 20);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(v[i], v[i - 1]) != 0)
			gp_buf_printf(&b, "%s\n", v[i]);
	return b.p != NULL ? b.p : gp_strdup(ctx, "");
}

/* The same file in another language. */
static char *
twin(const char *name, const char *language)
{
	return gp_asprintf(ctx, "mail/%s/%s", language, strchr(name + strlen("mail/"), '/') + 1);
}

static void
test_languages_have_the_same(void **state)
{
	const char *const *languages;
	size_t n, i, k, count = 0;

	(void)state;
	languages = gp_templates_languages(ctx, set, &n);
	assert_true(n >= 4);
	for (i = 0; i < set->n; i++) {
		const struct file *f = set->files[i];

		if (!gp_starts(f->name, "mail/"))
			continue;
		if (gp_templates_file(set, twin(f->name, "en"), NULL) == NULL)
			fail_msg("%s: there is no English one", f->name);
		for (k = 0; k < n; k++) {
			const char *other = gp_templates_file(set, twin(f->name, languages[k]), NULL);

			if (other == NULL)
				fail_msg("%s is missing", twin(f->name, languages[k]));
			if (f->t != NULL && strcmp(tags_of(f->text), tags_of(other)) != 0)
				fail_msg("%s and %s fill in other names:\n%s---\n%s", f->name,
				    twin(f->name, languages[k]), tags_of(f->text), tags_of(other));
			count++;
		}
	}
	assert_true(count > 500);
}

/* A name that is nothing but a text, or one with names of its own. */
static json_t *
sample(bool with_names)
{
	json_t *v = gp_json_object(ctx);
	size_t i;

	for (i = 0; i < set->vars_n; i++) {
		if (with_names)
			json_object_set(v, set->vars[i], sample(false));
		else
			gp_json_text(v, set->vars[i], "Sample <b>*x*</b>");
	}
	return v;
}

/* Names that stand in front of a dot somewhere hold others; the rest are texts. */
static json_t *
everything(void)
{
	json_t *v = sample(false), *inner = sample(false);
	const char *p, *dot;
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (set->files[i]->t == NULL)
			continue;
		for (p = set->files[i]->text; (p = strstr(p, "{{")) != NULL; p += 2) {
			size_t from = 2 + strspn(p + 2, "{#^/& ");

			dot = strchr(p, '.');
			if (dot != NULL && dot > p + from && strcspn(p, "}") > (size_t)(dot - p))
				json_object_set(v, gp_strndup(ctx, p + from, (size_t)(dot - p) - from), inner);
		}
	}
	return v;
}

static void
check_mail(const char *name, const char *language, const json_t *data, bool filled)
{
	struct gp_mail_text out;
	struct gp_err err;

	if (gp_mail_template(ctx, set, gp_asprintf(ctx, "mail/%s.md", name), language, data, &out, &err) !=
	    GP_OK)
		fail_msg("%s.%s: %s", name, language, err.msg);
	if (out.subject[0] == '\0' || strstr(out.subject, "{{") != NULL)
		fail_msg("%s.%s: subject \"%s\"", name, language, out.subject);
	if (!filled && strlen(out.subject) > SUBJECT)
		fail_msg("%s.%s: a long subject: %s", name, language, out.subject);
	if (strlen(out.text) < 20 || strstr(out.text, "{{") != NULL)
		fail_msg("%s.%s: text \"%s\"", name, language, out.text);
	/* A text of someone's never is markup. */
	if (strstr(out.html, "<b>*x*") != NULL)
		fail_msg("%s.%s: markup gets through: %s", name, language, out.html);
}

static void
test_every_mail(void **state)
{
	const char *const *languages, *const *mails;
	json_t *all = everything(), *nothing = gp_json_object(ctx);
	size_t n, count, i, k;

	(void)state;
	languages = gp_templates_languages(ctx, set, &n);
	mails = gp_templates_mails(ctx, set, &count);
	assert_true(count > 20);
	for (i = 0; i < count; i++) {
		for (k = 0; k < n; k++) {
			check_mail(mails[i], languages[k], all, true);
			/* These two show texts of the list, and are nothing without. */
			if (strcmp(mails[i], "answer") != 0 && strcmp(mails[i], "text") != 0)
				check_mail(mails[i], languages[k], nothing, false);
		}
	}
}

/* Where a name stands in a tag of some template. */
static bool
is_used(const char *name)
{
	size_t len = strlen(name), i;
	const char *p, *end;

	for (i = 0; i < set->n; i++) {
		if (set->files[i]->t == NULL)
			continue;
		for (p = set->files[i]->text; (p = strstr(p, "{{")) != NULL && (end = strstr(p, "}}")) != NULL;
		    p = end) {
			const char *at = p;

			while ((at = strstr(at, name)) != NULL && at < end) {
				if (strchr("{#^/&>*. ", at[-1]) != NULL && strchr("}. ", at[len]) != NULL)
					return true;
				at += len;
			}
		}
	}
	return false;
}

static void
test_no_name_is_idle(void **state)
{
	struct gp_buf b;
	size_t i;

	(void)state;
	gp_buf_init(&b, ctx, 1 << 20);
	for (i = 0; i < set->vars_n; i++)
		if (!is_used(set->vars[i]))
			gp_buf_printf(&b, " %s", set->vars[i]);
	if (b.len > 0)
		fail_msg("listed in templates/variables, used by no template:%s", b.p);
}

/* "command pause | ..." of each kind with a name must stand in every language. */
static void
test_words(void **state)
{
	const char *const *languages;
	const char *p, *nl;
	size_t n, k, count = 0;

	(void)state;
	languages = gp_templates_languages(ctx, set, &n);
	for (p = gp_templates_file(set, "mail/en/words", NULL); *p != '\0'; p = nl + 1) {
		size_t bar;
		char *start;

		nl = p + strcspn(p, "\n");
		bar = strcspn(p, "|\n");
		if ((gp_starts(p, "command ") || gp_starts(p, "verdict ")) &&
		    p[bar] == '|') {
			start = gp_asprintf(ctx, "\n%.*s|", (int)bar, p);
			for (k = 0; k < n; k++)
				if (strstr(gp_templates_file(set, gp_asprintf(ctx, "mail/%s/words", languages[k]), NULL),
				    start) == NULL)
					fail_msg("mail/%s/words has no line \"%s\"", languages[k], start + 1);
			count++;
		}
		if (*nl == '\0')
			break;
	}
	assert_true(count > 50);
}

/* The words of a line "KIND NAME | WORDS" in a file of meanings; *count: how often it is there. */
static char *
meaning_of(const char *text, const char *kind, const char *name, size_t *count)
{
	char *start = gp_asprintf(ctx, "%s %s | ", kind, name), *found = NULL;
	struct gp_str line;

	*count = 0;
	while (gp_str_next_line(&text, &line)) {
		char *copy = gp_strndup(ctx, line.p, line.n);

		if (!gp_starts(copy, start))
			continue;
		found = copy + strlen(start);
		(*count)++;
	}
	return found;
}

static size_t
check_meaning(const char *language, const char *kind, const char *name, const char *help)
{
	const char *file = gp_asprintf(ctx, "mail/%s/meanings", language), *words;
	size_t count;

	words = meaning_of(gp_templates_file(set, file, NULL), kind, name, &count);
	if (count != 1)
		fail_msg("%s has %zu lines \"%s %s | ...\"", file, count, kind, name);
	if (words[0] == '\0' || words[0] == ' ' || gp_ends(words, " ") || gp_ends(words, "."))
		fail_msg("%s: \"%s %s\" is followed by \"%s\"", file, kind, name, words);
	if (help != NULL && strcmp(language, "en") == 0 && strcmp(words, help) != 0)
		fail_msg("%s: \"%s %s\" differs from the table in the program:\n%s\n%s", file, kind, name,
		    words, help);
	return 1;
}

/* Every option and act has its words in every language, and nothing else has. */
static void
test_meanings(void **state)
{
	const char *const *languages;
	struct gp_str line;
	const char *p;
	size_t n, k, i;

	(void)state;
	languages = gp_templates_languages(ctx, set, &n);
	for (k = 0; k < n; k++) {
		size_t want = 0, have = 0;

		for (i = 0; i < gp_list_option_count; i++)
			want += check_meaning(languages[k], "list", gp_list_options[i].name,
			    gp_list_options[i].help);
		for (i = 0; i < gp_member_option_count; i++)
			want += check_meaning(languages[k], "member", gp_member_options[i].name,
			    gp_member_options[i].help);
		for (i = 0; i < GP_VERB_COUNT; i++)
			want += check_meaning(languages[k], "act", gp_verb_names[i], NULL);
		want += check_meaning(languages[k], "who", "command line", NULL);
		want += check_meaning(languages[k], "who", "guildpost", NULL);
		p = gp_templates_file(set, gp_asprintf(ctx, "mail/%s/meanings", languages[k]), NULL);
		while (gp_str_next_line(&p, &line))
			have += line.n > 0 && line.p[0] != '#';
		if (have != want)
			fail_msg("mail/%s/meanings has %zu lines, %zu are wanted", languages[k], have, want);
	}
}

/* Does that piece stand in the text of a page? */
static bool
is_on_a_page(const char *english)
{
	const char *marked = gp_asprintf(ctx, "[[%s]]", english);
	size_t i;

	if (*english == '%')
		return true;	/* a pattern of dates or a month */
	for (i = 0; i < set->n; i++)
		if (set->files[i]->source != NULL && strstr(set->files[i]->source, marked) != NULL)
			return true;
	return false;
}

/* Whatever stands on pages is said in every language, with the same names and links; and nothing else is. */
static void
test_pages_in_every_language(void **state)
{
	const char *const *languages;
	const char *p, *end;
	const struct words *w;
	size_t n, i, k, count = 0;

	(void)state;
	languages = gp_templates_languages(ctx, set, &n);
	for (k = 0; k < n; k++) {
		if (strcmp(languages[k], "en") == 0)
			continue;
		for (w = set->words; w != NULL && strcmp(w->language, languages[k]) != 0;)
			w = w->next;
		if (w == NULL)
			fail_msg("there is no web/words.%s", languages[k]);
		for (i = 0; i < w->n; i++, count++) {
			if (!is_on_a_page(w->v[i].english))
				fail_msg("words.%s: no page says: %s", languages[k], w->v[i].english);
			if (strcmp(tags_of(w->v[i].english), tags_of(w->v[i].here)) != 0)
				fail_msg("words.%s: other names in: %s", languages[k], w->v[i].here);
		}
		for (i = 0; i < set->n; i++)
			for (p = set->files[i]->source; p != NULL && (p = strstr(p, "[[")) != NULL; p = end) {
				char *piece;

				end = strstr(p, "]]");
				assert_non_null(end);
				piece = gp_strndup(ctx, p + 2, (size_t)(end - p) - 2);
				if (gp_templates_word(set, languages[k], piece) == piece)
					fail_msg("words.%s: nothing for: %s", languages[k], piece);
			}
	}
	assert_true(count > 600);
}

/* Nothing that people read stands on a page without marks. */
static void
test_pages_are_marked(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < set->n; i++) {
		const char *p = set->files[i]->source, *from;
		bool tag = false, names = false, marked = false, code = false;

		if (p == NULL || !gp_ends(set->files[i]->name, ".html"))
			continue;
		for (from = p, k = 0; *p != '\0'; p++) {
			names = names ? strncmp(p, "}}", 2) != 0 : strncmp(p, "{{", 2) == 0;
			marked = marked ? strncmp(p, "]]", 2) != 0 : strncmp(p, "[[", 2) == 0;
			code = code ? strncmp(p, "</", 2) != 0 : gp_starts(p, "<code>") || gp_starts(p, "<pre>");
			tag = tag ? *p != '>' || names : *p == '<';
			k = tag || names || marked || code || !((*p | 32) >= 'a' && (*p | 32) <= 'z') ? 0 : k + 1;
			from = k <= 1 ? p : from;
			/* What is the same in every language. */
			if (k > 1 && !gp_starts(from, "mbox") && !gp_starts(from, "HTML") && !gp_starts(from, "Cc") &&
			    !gp_starts(from, "Message-ID") && !gp_starts(from, "ID<") && !gp_starts(from, "doctype"))
				fail_msg("%s: not marked: %.40s", set->files[i]->name, from);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages_have_the_same), cmocka_unit_test(test_every_mail),
		cmocka_unit_test(test_no_name_is_idle), cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_name_is_idle), cmocka_unit_test(test_pages_in_every_language),
		cmocka_unit_test(test_no_name_is_idle), cmocka_unit_test(test_pages_are_marked),
		cmocka_unit_test(test_meanings),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
