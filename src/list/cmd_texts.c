/* SPDX-License-Identifier: ISC */
/*
 * The texts of a list by mail: owners get one, change it in their mail program and send it
 * back. Each change is a version; `revert` goes back. A text that could not be rendered is
 * refused with the reason, so that no member ever gets a broken mail. Settings of more than one line
 * are texts, too.
 */
#include "config.h"

#include "command.h"

#include <string.h>

/* Settings that may have lines, the charter first. */
static const char *const settings[] = {"charter", "questions", "reasons", "kinds", "footer"};

static const struct gp_opt *
setting_of(const char *name)
{
	size_t i;

	for (i = 0; i < GP_COUNT(settings); i++)
		if (strcmp(name, settings[i]) == 0)
			return gp_opt_find(gp_list_options, gp_list_option_count, name);
	return NULL;
}

/* "welcome", or "welcome.de" in another language than the list's. */
static char *
split_name(struct asked *a, struct gp_str word, const char **language)
{
	char *name = gp_strndup(a->ctx, word.p, word.n), *dot;

	gp_str_lower(name);
	dot = strchr(name, '.');
	*language = a->list->set.language;
	if (dot != NULL) {
		*dot = '\0';
		*language = dot + 1;
	}
	return name;
}

static char *
file_of(struct asked *a, const char *name, const char *language)
{
	return gp_asprintf(a->ctx, "mail/%s/%s.md", language, name);
}

/* Ours, in that language or English; NULL: there is no such text. */
static const char *
our_text(struct asked *a, const char *name, const char *language)
{
	const char *text;

	if (setting_of(name) != NULL)
		return "";
	/* Partials are parts of many mails: whoever changes them runs the site. */
	if (strchr(name, '/') != NULL ||
	    !gp_templates_is_mail(a->site->templates, file_of(a, name, "en")))
		return NULL;
	text = gp_templates_file(a->site->templates, file_of(a, name, language), NULL);
	return text != NULL ? text : gp_templates_file(a->site->templates, file_of(a, name, "en"), NULL);
}

/* The text as it is now: the owners', or ours. */
static enum gp_status
current_text(struct asked *a, const char *name, const char *language, const char **text,
    int64_t *version)
{
	const struct gp_opt *setting = setting_of(name);
	struct gp_list_text *own;
	enum gp_status st;

	*version = 0;
	*text = setting != NULL ? gp_opt_get(a->ctx, setting, &a->list->set) : our_text(a, name, language);
	st = gp_text_find(a->ctx, a->site->store, a->list->id, name, language, &own, a->err);
	if (st == GP_OK) {
		*version = own->version;
		if (setting == NULL)
			*text = own->body;
	}
	return st == GP_E_NOTFOUND ? GP_OK : st;
}

static void
add_text(json_t *rows, const char *name, struct gp_list_text *const *own, size_t n)
{
	json_t *row = gp_json_push_object(rows);
	size_t i;

	gp_json_text(row, "name", name);
	gp_json_bool(row, "is_setting", setting_of(name) != NULL);
	for (i = 0; i < n; i++)
		if (strcmp(own[i]->name, name) == 0 && own[i]->body[0] != '\0') {
			gp_json_int(row, "version", own[i]->version);
			gp_json_text(row, "by", own[i]->by);
		}
}

static enum gp_status
list_texts(struct asked *a)
{
	json_t *rows = gp_json_new_array(gp_said(a, "texts"), "texts");
	struct gp_list_text **own;
	const char *const *names;
	enum gp_status st;
	size_t i, n, count;

	st = gp_text_all(a->ctx, a->site->store, a->list->id, NULL, NULL, &own, &n, a->err);
	if (st != GP_OK)
		return st;
	for (i = 0; i < GP_COUNT(settings); i++)
		add_text(rows, settings[i], own, n);
	names = gp_templates_mails(a->ctx, a->site->templates, &count);
	for (i = 0; i < count; i++)
		add_text(rows, names[i], own, n);
	return GP_OK;
}

enum gp_status
gp_do_text(struct asked *a, const char *args)
{
	struct gp_str word = gp_command_word(&args);
	json_t *data = gp_json_object(a->ctx);
	const char *language, *text;
	char *name, *token;
	enum gp_status st;
	int64_t version;
	bool may;

	if (word.n == 0)
		return list_texts(a);
	name = split_name(a, word, &language);
	if (our_text(a, name, language) == NULL) {
		gp_json_text(gp_said(a, "no_text"), "name", name);
		return GP_OK;
	}
	st = gp_command_may_mail(a, &may);
	if (st != GP_OK || !may)
		return st;
	st = current_text(a, name, language, &text, &version);
	if (st == GP_OK && a->console != NULL) {
		gp_said_elsewhere(a, "text");
		gp_buf_puts(a->console, text);
		return GP_OK;
	}
	if (st == GP_OK)
		st = gp_text_token(a->ctx, a->site, a->list, a->member->address,
		    gp_asprintf(a->ctx, "put %s.%s", name, language), 30 * 86400, &token, a->err);
	if (st != GP_OK)
		return st;
	gp_said_elsewhere(a, "text");
	gp_json_text(data, "name", name);
	gp_json_text(data, "language", language);
	gp_json_text(data, "text_md", text);
	gp_json_int(data, "version", version);
	/* To the address on the list: what it brings back is believed. */
	return gp_command_mail(a, "text", a->name, a->member->address,
	    gp_route_address(a->ctx, a->site, a->list, "confirm", token), data);
}

/* Would a mail with this text come out right? */
static bool
is_usable(struct asked *a, const char *name, const char *language, const char *text,
    struct gp_err *why)
{
	struct gp_mail_text out;

	if (setting_of(name) != NULL)
		return true;
	return gp_mail_template_own(a->ctx, a->site->templates, file_of(a, name, language), text,
	    strlen(text), gp_json_object(a->ctx), &out, why) == GP_OK;
}

/* What is wrong with it, and where: errors of templates begin with "FILE:LINE:". */
static void
say_unusable(struct asked *a, const char *name, const char *file, const char *text,
    const struct gp_err *why)
{
	json_t *said = gp_said(a, "text_bad"), *wanted = gp_json_new_object(said, "wanted_is");
	size_t n = strlen(file);
	const char *line;
	int64_t number;

	gp_json_text(said, "name", name);
	if (!gp_istarts(text, "Subject:")) {
		gp_json_bool(wanted, "a_subject", true);
		return;
	}
	gp_json_bool(wanted, why->code == GP_E_CONFIG ? "known_names" :
	    why->code == GP_E_TOOBIG ? "less" : "closed_braces", true);
	if (strncmp(why->msg, file, n) != 0 || why->msg[n] != ':')
		return;
	line = why->msg + n + 1;
	if (gp_parse_int(gp_strndup(a->ctx, line, strcspn(line, ":")), 1, INT64_MAX, &number))
		gp_json_int(said, "number", number);
}

/* A setting that was never written as a text: what it is now can be gone back to. */
static enum gp_status
keep_before(struct asked *a, const char *name, const char *language)
{
	const char *now;
	int64_t version;
	enum gp_status st = current_text(a, name, language, &now, &version);

	if (st != GP_OK || version > 0 || *now == '\0')
		return st;
	return gp_text_put(a->site->store, a->list->id, name, language, now, a->from, gp_now(), &version, a->err);
}

/* Its last line end belongs to the mail; that of the charter to Markdown. */
static enum gp_status
set_setting(struct asked *a, const char *name, const char *language, const char *text)
{
	size_t n = strlen(text);
	enum gp_status st = keep_before(a, name, language);

	while (n > 0 && text[n - 1] == '\n' && strcmp(name, settings[0]) != 0)
		n--;
	return st == GP_OK ? gp_list_set(a->site->store, a->list, name, gp_strndup(a->ctx, text, n), a->err) : st;
}

static enum gp_status
keep(struct asked *a, const char *name, const char *language, const char *text, enum gp_verb verb)
{
	const struct gp_opt *setting = setting_of(name);
	enum gp_status st;
	int64_t version;
	json_t *said;

	st = setting != NULL ? set_setting(a, name, language, text) : GP_OK;
	if (setting != NULL && st == GP_E_PARSE)
		return gp_said_bad_value(a, st, setting, a->err);
	if (st == GP_OK)
		st = gp_text_put(a->site->store, a->list->id, name, language, text, a->from, gp_now(), &version,
		    a->err);
	if (st == GP_OK)
		st = gp_command_log(a, verb, name, gp_asprintf(a->ctx, "version %lld", (long long)version));
	said = gp_said(a, "text_put");
	gp_json_text(said, "name", name);
	gp_json_int(said, "version", version);
	return st;
}

/* The text stands behind the line (it waited for a proof with it), or below a line of dashes. */
static char *
brought_text(struct asked *a, const char **args)
{
	const char *nl = strchr(*args, '\n');
	char *text;

	if (nl != NULL) {
		text = gp_strdup(a->ctx, nl + 1);
		*args = gp_strndup(a->ctx, *args, (size_t)(nl - *args));
		return text;
	}
	return a->in != NULL ? gp_read_returned(a->ctx, a->in->mail) : NULL;
}

enum gp_status
gp_do_put(struct asked *a, const char *args)
{
	char *text = brought_text(a, &args), *name;
	struct gp_err why = {GP_OK, ""};
	const char *language;

	name = split_name(a, gp_command_word(&args), &language);
	/* Lines of the text are no commands. */
	a->stop = true;
	if (our_text(a, name, language) == NULL) {
		gp_json_text(gp_said(a, "no_text"), "name", name);
		return GP_OK;
	}
	if (text == NULL) {
		gp_json_text(gp_said(a, "text_where"), "name", name);
		return GP_OK;
	}
	if (!is_usable(a, name, language, text, &why)) {
		say_unusable(a, name, file_of(a, name, language), text, &why);
		return GP_OK;
	}
	a->line = gp_asprintf(a->ctx, "put %s.%s\n%s", name, language, text);
	return gp_command_is_proven(a) ? keep(a, name, language, text, GP_VERB_PUT) : GP_OK;
}

/* The version asked for, or the one before the newest; body "": ours. */
static const char *
older(struct gp_list_text *const *v, size_t n, int64_t version)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (version == 0 ? i == 1 : v[i]->version == version)
			return v[i]->body;
	return version == 0 ? "" : NULL;
}

enum gp_status
gp_do_revert(struct asked *a, const char *args)
{
	struct gp_list_text **v;
	const char *language, *text;
	char *name = split_name(a, gp_command_word(&args), &language);
	int64_t version = 0;
	enum gp_status st;
	size_t n;

	if (our_text(a, name, language) == NULL ||
	    (*args != '\0' && !gp_parse_int(args, 0, INT64_MAX, &version))) {
		gp_json_text(gp_said(a, "no_text"), "name", name);
		return GP_OK;
	}
	st = gp_text_all(a->ctx, a->site->store, a->list->id, name, language, &v, &n, a->err);
	if (st != GP_OK)
		return st;
	text = older(v, n, version);
	if (text == NULL) {
		gp_json_text(gp_said(a, "no_text"), "name", name);
		return GP_OK;
	}
	return gp_command_is_proven(a) ? keep(a, name, language, text, GP_VERB_REVERT) : GP_OK;
}
