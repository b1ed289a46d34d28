/* SPDX-License-Identifier: ISC */
/*
 * One table of options drives parsing, defaults, `show` and the manual. A table
 * says for each option which member of a struct it fills and what is allowed.
 */
#include "config.h"

#include "guildpost/base.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { MAX_WORD = 62 };

const struct gp_opt *
gp_opt_find(const struct gp_opt *table, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

size_t
gp_distance(const char *a, const char *b)
{
	size_t d[3][MAX_WORD + 1], an = strlen(a), bn = strlen(b), i, k;

	if (an > MAX_WORD || bn > MAX_WORD)
		return SIZE_MAX;
	for (k = 0; k <= bn; k++)
		d[0][k] = k;
	for (i = 1; i <= an; i++) {
		size_t *row = d[i % 3], *above = d[(i + 2) % 3], *higher = d[(i + 1) % 3];

		row[0] = i;
		for (k = 1; k <= bn; k++) {
			size_t best = above[k - 1] + (a[i - 1] != b[k - 1]);

			if (above[k] + 1 < best)
				best = above[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    higher[k - 2] + 1 < best)
				best = higher[k - 2] + 1;
			row[k] = best;
		}
	}
	return d[an % 3][bn];
}

const char *
gp_nearest(const char *name, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t i, d, least = strlen(name) / 3 + 2;

	for (i = 0; i < n; i++) {
		d = gp_distance(name, names[i]);
		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return best;
}

static bool
parse_bool(const char *s, bool *out)
{
	static const char *const yes[] = {"yes", "on", "true", "1"}, *const no[] = {"no", "off",
	    "false", "0"};
	size_t i;

	for (i = 0; i < GP_COUNT(yes); i++) {
		if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0) {
			*out = strcasecmp(s, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

/* Index of word s in "a|b|c", or -1. */
static int
choice_index(const char *choices, const char *s)
{
	size_t n = strlen(s), len;
	int i = 0;

	for (;; choices += len + 1, i++) {
		len = strcspn(choices, "|");
		if (len == n && strncasecmp(choices, s, n) == 0)
			return i;
		if (choices[len] == '\0')
			return -1;
	}
}

static enum gp_status
set_number(const struct gp_opt *o, int64_t *to, const char *value, struct gp_err *err)
{
	int64_t v;
	bool ok;

	if (o->type == GP_OPT_SIZE)
		ok = gp_parse_size(value, &v);
	else if (o->type == GP_OPT_DURATION)
		ok = gp_parse_duration(value, &v);
	else
		ok = gp_parse_int(value, INT64_MIN, INT64_MAX, &v);
	if (!ok)
		return gp_fail(err, GP_E_PARSE, "%s = %s: a %s is wanted, such as %s", o->name,
		    value, o->type == GP_OPT_SIZE ? "size" :
		    o->type == GP_OPT_DURATION ? "time span" : "number",
		    o->type == GP_OPT_SIZE ? "25M" : o->type == GP_OPT_DURATION ? "5d" : "10");
	if ((o->min != 0 || o->max != 0) && (v < o->min || v > o->max))
		return gp_fail(err, GP_E_PARSE,
		    "%s = %s: it must be from %" PRId64 " to %" PRId64, o->name, value, o->min,
		    o->max);
	*to = v;
	return GP_OK;
}

static enum gp_status
set_value(const struct gp_opt *o, char *target, const void *ctx, const char *value,
    struct gp_err *err)
{
	void *to = target + o->offset;
	int i;

	switch (o->type) {
	case GP_OPT_TEXT:
		*(char **)to = gp_strdup(ctx, value);
		return GP_OK;
	case GP_OPT_BOOL:
		if (parse_bool(value, to))
			return GP_OK;
		return gp_fail(err, GP_E_PARSE, "%s = %s: yes or no is wanted", o->name, value);
	case GP_OPT_CHOICE:
		i = choice_index(o->choices, value);
		if (i < 0)
			return gp_fail(err, GP_E_PARSE, "%s = %s: one of %s is wanted", o->name,
			    value, o->choices);
		*(int *)to = i;
		return GP_OK;
	default:
		return set_number(o, to, value, err);
	}
}

void
gp_opt_defaults(const struct gp_opt *table, size_t n, void *target, const void *ctx)
{
	struct gp_err err;
	size_t i;

	for (i = 0; i < n; i++)
		if (table[i].def != NULL && set_value(&table[i], target, ctx, table[i].def, &err))
			gp_bug("default of %s: %s", table[i].name, err.msg);
}

enum gp_status
gp_opt_set(const struct gp_opt *table, size_t n, void *target, const void *ctx, const char *name,
    const char *value, struct gp_err *err)
{
	const struct gp_opt *o = gp_opt_find(table, n, name);
	const char **names, *near;
	size_t i;

	if (o != NULL)
		return set_value(o, target, ctx, value, err);
	names = gp_array(ctx, const char *, n);
	for (i = 0; i < n; i++)
		names[i] = table[i].name;
	near = gp_nearest(name, names, n);
	talloc_free(names);
	if (near != NULL)
		return gp_fail(err, GP_E_NOTFOUND, "there is no option %s; %s is meant, perhaps",
		    name, near);
	return gp_fail(err, GP_E_NOTFOUND, "there is no option %s", name);
}

static char *
size_text(const void *ctx, int64_t v)
{
	static const char units[] = "GMk";
	int i;

	for (i = 0; i < 3; i++) {
		int64_t f = (int64_t)1 << (30 - 10 * i);

		if (v >= f && v % f == 0)
			return gp_asprintf(ctx, "%" PRId64 "%c", v / f, units[i]);
	}
	return gp_asprintf(ctx, "%" PRId64, v);
}

static char *
duration_text(const void *ctx, int64_t v)
{
	static const struct { int64_t f; char c; } units[] = {
	    {86400, 'd'}, {3600, 'h'}, {60, 'm'}};
	size_t i;

	for (i = 0; i < GP_COUNT(units); i++)
		if (v > 0 && v % units[i].f == 0)
			return gp_asprintf(ctx, "%" PRId64 "%c", v / units[i].f, units[i].c);
	return gp_asprintf(ctx, "%" PRId64 "s", v);
}

char *
gp_opt_get(const void *ctx, const struct gp_opt *o, const void *source)
{
	const void *from = (const char *)source + o->offset;
	const char *c;
	int i;

	switch (o->type) {
	case GP_OPT_TEXT:
		return gp_strdup(ctx, *(char *const *)from != NULL ? *(char *const *)from : "");
	case GP_OPT_BOOL:
		return gp_strdup(ctx, *(const bool *)from ? "yes" : "no");
	case GP_OPT_CHOICE:
		for (c = o->choices, i = *(const int *)from; i > 0 && strchr(c, '|') != NULL; i--)
			c = strchr(c, '|') + 1;
		return gp_strndup(ctx, c, strcspn(c, "|"));
	case GP_OPT_SIZE:
		return size_text(ctx, *(const int64_t *)from);
	case GP_OPT_DURATION:
		return duration_text(ctx, *(const int64_t *)from);
	default:
		return gp_asprintf(ctx, "%" PRId64, *(const int64_t *)from);
	}
}
