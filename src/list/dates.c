/* SPDX-License-Identifier: ISC */
/*
 * Dates as people write them. The data of our mails has them in numbers ("2026-12-06", with a time behind it or
 * not), so that programs can read them; a mail says them in its reader's language. How that is done stands in
 * mail/LANG/date.txt.
 */
#include "config.h"

#include "dates.h"

#include <string.h>

struct wording {
	const void *ctx;
	struct gp_templates *templates;
	const char *language;
	struct gp_err *err;
};

/* Does a text have the form of the other, where 0 stands for any digit? */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++)
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return *text == '\0';
}

static int64_t
number(const void *ctx, const char *p, size_t n)
{
	int64_t out = 0;

	return gp_parse_int(gp_strndup(ctx, p, n), 0, 9999, &out) ? out : 0;
}

/* The names of fields that hold dates; texts of people may look like one. */
static bool
is_date_field(const char *name)
{
	return strcmp(name, "date") == 0 || strcmp(name, "month") == 0 || strcmp(name, "expires") == 0 || gp_ends(name, "_date");
}

static enum gp_status
in_words(struct wording *w, const char *date, char **out)
{
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct",
	    "nov", "dec"};
	int64_t month = number(w->ctx, date + 5, 2), day = date[7] != '\0' ? number(w->ctx, date + 8, 2) : 0;
	json_t *data = gp_json_object(w->ctx);
	enum gp_status st;
	char *text;
	size_t n;

	*out = gp_strdup(w->ctx, date);
	if (month < 1 || month > 12 || (day < 1 && date[7] != '\0'))
		return GP_OK;
	if (day > 0)
		gp_json_int(data, "day", day);
	gp_json_bool(data, "is_first", day == 1);
	gp_json_bool(gp_json_new_object(data, "month_is"), months[month - 1], true);
	gp_json_int(data, "year", number(w->ctx, date, 4));
	if (day > 0 && date[10] != '\0')
		gp_json_text(data, "time", date + 11);
	st = gp_templates_render(w->ctx, w->templates, "mail/date.txt", w->language, data, &text, &n, w->err);
	if (st == GP_OK)
		*out = gp_utf8_line(w->ctx, text, n, 80);
	return st;
}

static enum gp_status
write_all(struct wording *w, json_t *data)
{
	enum gp_status st = GP_OK;
	const char *name, *text;
	json_t *value;
	size_t i;
	char *words;

	json_array_foreach(data, i, value)
		if (st == GP_OK)
			st = write_all(w, value);
	json_object_foreach(data, name, value) {
		text = json_string_value(value);
		if (st == GP_OK && text == NULL)
			st = write_all(w, value);
		else if (st == GP_OK && is_date_field(name) &&
		    (has_form(text, "0000-00") || has_form(text, "0000-00-00") || has_form(text, "0000-00-00 00:00"))) {
			st = in_words(w, text, &words);
			if (st == GP_OK)
				json_string_set(value, words);
		}
	}
	return st;
}

enum gp_status
gp_dates_in_words(const void *ctx, struct gp_templates *templates, const char *language, const json_t *data,
    json_t **out, struct gp_err *err)
{
	struct wording w = {ctx, templates, language, err};
	json_t *copy = json_deep_copy(data);

	*out = gp_json_object(ctx);
	json_object_update(*out, copy);
	json_decref(copy);
	return write_all(&w, *out);
}
