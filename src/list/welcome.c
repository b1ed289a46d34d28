/* SPDX-License-Identifier: ISC */
/* What a newcomer gets to read first: the charter, three threads worth it, who is around. */
#include "config.h"

#include "command.h"

#include <string.h>

enum { FEW = 3, AROUND = 5, MANY = 40 };

static void
add_thread(const void *ctx, const struct gp_site *site, const struct gp_list *list, json_t *rows,
    const char *title, const char *path)
{
	json_t *row = gp_json_push_object(rows);

	gp_json_text(row, "title", title);
	gp_json_text(row, "url", gp_asprintf(ctx, "%s/%s/%s", site->conf->url, list->name, path));
}

/* What the library keeps, and questions that were solved lately. */
static enum gp_status
add_reading(const void *ctx, struct gp_site *site, const struct gp_list *list, json_t *rows, struct gp_err *err)
{
	struct gp_practice **kept;
	struct gp_thread **solved;
	size_t i, n = 0;
	enum gp_status st = GP_OK;

	if (list->set.library != GP_FEATURE_OFF)
		st = gp_practice_all(ctx, site->store, list->id, NULL, 0, INT64_MAX, FEW, &kept, &n, err);
	for (i = 0; st == GP_OK && i < n; i++)
		add_thread(ctx, site, list, rows, kept[i]->title, gp_asprintf(ctx, "library/%s", kept[i]->slug));
	if (st == GP_OK && n < FEW) {
		st = gp_question_solved(ctx, site->store, list->id, 0, gp_now() + 1, FEW - n, &solved, &n, err);
		for (i = 0; st == GP_OK && i < n; i++)
			add_thread(ctx, site, list, rows, solved[i]->title, gp_asprintf(ctx, "t/%s", solved[i]->key));
	}
	return st;
}

/* Who wrote lately, each once. */
static enum gp_status
add_people(const void *ctx, struct gp_site *site, const struct gp_list *list, json_t *data, struct gp_err *err)
{
	const char *names[AROUND];
	struct gp_message **v;
	struct gp_buf b;
	size_t i, k, n = 0, found = 0;
	enum gp_status st = gp_message_newest(ctx, site->store, list->id, 0, 0, MANY, &v, &n, err);

	gp_buf_init(&b, ctx, 1 << 14);
	for (i = 0; st == GP_OK && i < n && found < AROUND; i++) {
		for (k = 0; k < found && strcmp(names[k], v[i]->from_name) != 0;)
			k++;
		if (k < found || v[i]->from_name[0] == '\0')
			continue;
		names[found++] = v[i]->from_name;
		gp_buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", v[i]->from_name);
	}
	gp_json_text(data, "around", b.len > 0 ? b.p : NULL);
	return st;
}

enum gp_status
gp_welcome_data(const void *ctx, struct gp_site *site, const struct gp_list *list, json_t *data,
    struct gp_err *err)
{
	bool may_read = list->set.archive == GP_ARCHIVE_PUBLIC && list->set.history == GP_HISTORY_ALL;
	json_t *rows = gp_json_new_array(data, "reading");
	struct gp_looker before;
	enum gp_status st = GP_OK;

	if (list->set.welcome == GP_FEATURE_OFF)
		return GP_OK;
	gp_json_text(data, "charter_md", list->set.charter[0] != '\0' ? list->set.charter : NULL);
	/* Nothing that is for those who were here before. */
	before = gp_store_look(site->store, (struct gp_looker){GP_LOOK_PERSON, 0, false});
	if (may_read)
		st = add_reading(ctx, site, list, rows, err);
	gp_json_bool(data, "has_reading", json_array_size(rows) > 0);
	if (st == GP_OK && list->set.people)
		st = add_people(ctx, site, list, data, err);
	gp_store_look(site->store, before);
	return st;
}
