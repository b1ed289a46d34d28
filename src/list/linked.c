/* SPDX-License-Identifier: ISC */
/*
 * A post for those who want large attachments as links: the parts that are larger than their
 * limit are replaced by a line that says where the file stands. All other bytes stay as they
 * came. Only where the archive can be read by everyone is there a place to link to.
 */
#include "config.h"

#include "linked.h"

#include <inttypes.h>
#include <string.h>

/* Is it a file that can be replaced: a leaf, shown as a file? */
static bool
is_file(const struct gp_part *p)
{
	return (p->flags & GP_PART_ATTACHMENT) != 0 && (p->flags & GP_PART_SIGNATURE) == 0 &&
	    p->parent != 0 && !gp_starts(p->type, "multipart/");
}

int64_t
gp_linked_largest(const struct gp_list *list, const struct gp_mail *m)
{
	int64_t largest = 0;
	size_t i;

	if (!gp_list_has_archive(list))
		return 0;
	/* What is signed or encrypted as a whole would be broken. */
	for (i = 0; i < m->parts_n; i++)
		if (gp_streq(m->parts[i].type, "multipart/signed") ||
		    gp_streq(m->parts[i].type, "multipart/encrypted"))
			return 0;
	for (i = 0; i < m->parts_n; i++)
		if (is_file(&m->parts[i]) && (int64_t)m->parts[i].size > largest)
			largest = (int64_t)m->parts[i].size;
	return largest;
}

/* The part that stands in its place. */
static enum gp_status
put_link(const void *ctx, struct gp_site *site, const struct gp_list *list, const char *key,
    const struct gp_part *p, struct gp_buf *b, struct gp_err *err)
{
	const char *name = p->name != NULL ? p->name : p->type;
	json_t *data = gp_json_object(ctx);
	enum gp_status st;
	char *text;
	size_t n;

	gp_json_text(data, "name", gp_utf8_line(ctx, name, strlen(name), 200));
	gp_json_int(data, "size", (int64_t)((p->size + 1023) / 1024));
	gp_json_text(data, "url", gp_asprintf(ctx, "%s/%s/m/%s/%d-file", site->conf->url, list->name,
	    key, p->index));
	/* What the list wants for everybody, nobody can put off for themselves. */
	gp_json_bool(data, "by_list", list->set.attachments == GP_FILES_LINK);
	gp_json_text(data, "owner_address", gp_route_address(ctx, site, list, "owner", NULL));
	gp_json_text(data, "request_address", gp_route_address(ctx, site, list, "request", NULL));
	st = gp_templates_render(ctx, site->templates, "mail/linked.txt", list->set.language, data, &text,
	    &n, err);
	if (st != GP_OK)
		return st;
	gp_compose_text_part(b, text);
	return GP_OK;
}

/* The end of a part: the line end in front of the boundary belongs to the boundary. */
static size_t
end_of(const struct gp_part *p)
{
	return p->body + p->len;
}

enum gp_status
gp_linked_body(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, size_t body, const char *key, int64_t limit, char **out,
    size_t *n, struct gp_err *err)
{
	const struct gp_mail *m = in->mail;
	enum gp_status st = GP_OK;
	size_t at = body, i;
	struct gp_buf b;

	gp_buf_init(&b, ctx, (size_t)2 * GP_MAX_MESSAGE);
	/* Parts stand in the order of their bytes; what is inside a replaced one is behind `at`. */
	for (i = 0; st == GP_OK && i < m->parts_n; i++) {
		const struct gp_part *p = &m->parts[i];

		if (!is_file(p) || (int64_t)p->size <= limit || p->head < at || end_of(p) > in->n)
			continue;
		gp_buf_add(&b, in->raw + at, p->head - at);
		st = put_link(ctx, site, list, key, p, &b, err);
		at = end_of(p);
	}
	if (st != GP_OK)
		return st;
	gp_buf_add(&b, in->raw + at, in->n - at);
	*out = b.p;
	*n = b.len;
	return b.over ? gp_fail(err, GP_E_TOOBIG, "the message is too large") : GP_OK;
}
