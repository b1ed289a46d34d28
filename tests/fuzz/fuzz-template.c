/* SPDX-License-Identifier: ISC */
/*
 * Fuzzing of templates. Input: a template, then after a NUL a partial "p", then after
 * another NUL the data as JSON. Whatever the template is, it compiles or is refused with
 * a message, and rendering ends within its bounds; in HTML no value makes markup.
 */
#include "config.h"

#include "../../src/render/mustache.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const suffixes[] = {".html", ".md", ".txt", ".hdr", ".atom"};
	const char *text = (const char *)data, *partial, *json;
	const char *suffix = suffixes[size % GP_COUNT(suffixes)];
	void *ctx = gp_ctx(NULL);
	struct gp_templates *set = templates_new(ctx);
	size_t n = strnlen(text, size), m;
	struct gp_err err = {GP_OK, ""};
	json_t *value;
	struct gp_buf b;

	partial = text + (n < size ? n + 1 : n);
	m = strnlen(partial, size - (size_t)(partial - text));
	json = partial + m < text + size ? partial + m + 1 : partial + m;
	value = json_loadb(json, size - (size_t)(json - text),
	    JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, NULL);
	if (!value)
		value = json_pack("{s:s,s:[i,i],s:{s:s}}", "a", "<&\n>", "b", 1, 2, "c", "d", "p");
	gp_buf_init(&b, ctx, 1 << 16);
	if (templates_add(set, gp_asprintf(ctx, "p%s", suffix), NULL, partial, m, &err) &&
	    !*err.msg)
		__builtin_trap();
	if (!templates_add(set, gp_asprintf(ctx, "main%s", suffix), NULL, text, n, &err)) {
		struct gp_template *t = gp_templates_find(set, gp_asprintf(ctx, "main%s", suffix),
		    NULL);

		if (!gp_template_render(t, value, &b, &err) && (b.over || b.len > 1 << 16))
			__builtin_trap();
	} else if (!*err.msg) {
		__builtin_trap();
	}
	json_decref(value);
	talloc_free(ctx);
	return 0;
}
