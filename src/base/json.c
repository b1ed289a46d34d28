/* SPDX-License-Identifier: ISC */
/* jansson values that hang on talloc contexts and never hold bad UTF-8. */
#include "config.h"

#include "guildpost/base.h"

#include <stdlib.h>
#include <string.h>

struct holder {
	json_t *v;
};

static int
holder_free(struct holder *h)
{
	json_decref(h->v);
	return 0;
}

static json_t *
hold(const void *ctx, json_t *v)
{
	struct holder *h;

	if (v == NULL)
		gp_oom();
	h = gp_new(ctx, struct holder);
	h->v = v;
	talloc_set_destructor(h, holder_free);
	return v;
}

json_t *
gp_json_object(const void *ctx)
{
	return hold(ctx, json_object());
}

json_t *
gp_json_array(const void *ctx)
{
	return hold(ctx, json_array());
}

static void
put(json_t *obj, const char *key, json_t *v)
{
	if (v == NULL || json_object_set_new_nocheck(obj, key, v) != 0)
		gp_oom();
}

void
gp_json_textn(json_t *obj, const char *key, const char *s, size_t n)
{
	json_t *v;

	if (s == NULL) {
		put(obj, key, json_null());
		return;
	}
	if (gp_utf8_valid(s, n)) {
		v = json_stringn_nocheck(s, n);
	} else {
		char *clean = gp_utf8_clean(NULL, s, n);

		v = json_string_nocheck(clean);
		talloc_free(clean);
	}
	put(obj, key, v);
}

void
gp_json_text(json_t *obj, const char *key, const char *s)
{
	gp_json_textn(obj, key, s, s == NULL ? 0 : strlen(s));
}

void
gp_json_int(json_t *obj, const char *key, int64_t n)
{
	put(obj, key, json_integer(n));
}

void
gp_json_bool(json_t *obj, const char *key, bool b)
{
	put(obj, key, json_boolean(b));
}

json_t *
gp_json_new_object(json_t *obj, const char *key)
{
	json_t *v = json_object();

	put(obj, key, v);
	return v;
}

json_t *
gp_json_new_array(json_t *obj, const char *key)
{
	json_t *v = json_array();

	put(obj, key, v);
	return v;
}

void
gp_json_push_text(json_t *array, const char *s)
{
	char *clean = gp_utf8_clean(NULL, s, strlen(s));
	json_t *v = json_string_nocheck(clean);

	talloc_free(clean);
	if (v == NULL || json_array_append_new(array, v) != 0)
		gp_oom();
}

json_t *
gp_json_push_object(json_t *array)
{
	json_t *v = json_object();

	if (v == NULL || json_array_append_new(array, v) != 0)
		gp_oom();
	return v;
}

json_t *
gp_json_load(const void *ctx, const char *text)
{
	json_t *v = json_loads(text, 0, NULL);

	return hold(ctx, v != NULL ? v : json_object());
}

char *
gp_json_dump(const void *ctx, const json_t *v, bool pretty)
{
	size_t flags = JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT);
	char *s = json_dumps(v, flags), *copy;

	if (s == NULL)
		gp_oom();
	copy = gp_strdup(ctx, s);
	free(s);
	return copy;
}
