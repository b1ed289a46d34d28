/* SPDX-License-Identifier: ISC */
/*
 * What came of a line, as data: the words stand in mail/LANG/said.md, a section for each kind of
 * result, and in mail/LANG/meanings, a line for each option and act.
 */
#include "config.h"

#include "command.h"

#include <string.h>

json_t *
gp_said(struct asked *a, const char *what)
{
	json_t *said = json_object_get(a->result, "said");

	return gp_json_new_object(said != NULL ? said : gp_json_new_object(a->result, "said"), what);
}

void
gp_said_elsewhere(struct asked *a, const char *what)
{
	gp_json_bool(gp_said(a, what), "done", true);
	gp_json_bool(a->result, "elsewhere", true);
}

/* The rest of the line "KIND NAME | " of a file of meanings, or NULL. */
static char *
find_meaning(struct asked *a, const char *language, const char *kind, const char *name)
{
	const char *file = gp_asprintf(a->ctx, "mail/%s/meanings", language);
	const char *p = gp_templates_file(a->site->templates, file, NULL);
	char *start = gp_asprintf(a->ctx, "%s %s |", kind, name);
	struct gp_str line;

	while (p != NULL && gp_str_next_line(&p, &line)) {
		size_t n = strlen(start);

		if (line.n <= n || memcmp(line.p, start, n) != 0)
			continue;
		line = gp_str_trim((struct gp_str){line.p + n, line.n - n});
		return gp_strndup(a->ctx, line.p, line.n);
	}
	return NULL;
}

const char *
gp_said_meaning(struct asked *a, const char *kind, const char *name)
{
	const char *found = find_meaning(a, a->language, kind, name);

	if (found == NULL)
		found = find_meaning(a, "en", kind, name);
	return found != NULL ? found : name;
}

/* A bound of an option, written as its values are. */
static const char *
bound(struct asked *a, const struct gp_opt *option, int64_t value)
{
	struct gp_opt o = *option;

	o.offset = 0;
	return gp_opt_get(a->ctx, &o, &value);
}

/* What a value of this option must be: a kind, for the template to name. */
static const char *
wanted(const struct gp_opt *option)
{
	static const char *const kinds[] = {[GP_OPT_TEXT] = "one_line", [GP_OPT_BOOL] = "yes_no",
	    [GP_OPT_INT] = "a_number", [GP_OPT_SIZE] = "a_size", [GP_OPT_DURATION] = "a_span",
	    [GP_OPT_CHOICE] = "a_choice"};

	if (strcmp(option->name, "timezone") == 0)
		return "a_zone";
	return strcmp(option->name, "language") == 0 ? "a_language" : kinds[option->type];
}

enum gp_status
gp_said_bad_value(struct asked *a, enum gp_status st, const struct gp_opt *option,
    const struct gp_err *why)
{
	json_t *said;

	if (st != GP_E_PARSE && st != GP_E_USAGE) {
		*a->err = *why;
		return st;
	}
	said = gp_said(a, "bad_value");
	gp_json_text(said, "option", option->name);
	gp_json_bool(gp_json_new_object(said, "wanted_is"), wanted(option), true);
	if (option->choices != NULL)
		gp_json_text(said, "choices", option->choices);
	if (option->min != 0 || option->max != 0) {
		gp_json_text(said, "least", bound(a, option, option->min));
		gp_json_text(said, "most", bound(a, option, option->max));
	}
	return GP_OK;
}

void
gp_said_unknown_option(struct asked *a, const char *name, const struct gp_opt *table, size_t n)
{
	const char **names = gp_array(a->ctx, const char *, n);
	json_t *said = gp_said(a, "unknown_option");
	const char *near;
	size_t i;

	for (i = 0; i < n; i++)
		names[i] = table[i].name;
	gp_json_text(said, "option", name);
	near = gp_nearest(name, names, n);
	if (near != NULL && strcmp(near, name) != 0)
		gp_json_text(said, "near", near);
}
