/* SPDX-License-Identifier: ISC */
/*
 * The one place that says what a reader sees of a thread: nothing, all, or words without names. Queries ask it by
 * functions of SQL, so that their limits count what is seen, and their rows come without names.
 *
 *   look(thread)               0 nothing, 1 all, 2 without names
 *   look_limited()             1: are these somebody's eyes, and is there anything to hide?
 *   look_name(thread, name)    '' where it is not to be seen
 *   look_words(thread, text)   without the names of those who wrote in the thread
 *   nameless(thread, text)     what all eyes may see: without names where the thread has none, whoever asks
 *   look_id(thread, mid, key)  another Message-ID where there are to be no names
 */
#include "config.h"

#include "veil.h"

const char *const gp_visible_names[] = {"list", "members", "then", "none", NULL};

#define SEEN "CASE t.visible WHEN 0 THEN 1 " \
	"WHEN 1 THEN EXISTS(SELECT 1 FROM member m WHERE m.list = t.list AND m.person = ?2) " \
	"WHEN 2 THEN EXISTS(SELECT 1 FROM member m WHERE m.list = t.list AND m.person = ?2 AND " GP_VEIL_THERE("t.id") ") " \
	"ELSE 0 END"

/* Does anything need hiding? Asked once until the eyes change, or what is hidden. */
static bool
has_veils(struct gp_store *s)
{
	int64_t any = 1;

	if (s->look.any == 0) {
		/* What can't be told is taken for yes. */
		if (gp_sql_int(s, &any, "SELECT EXISTS(SELECT 1 FROM thread WHERE list > 0 AND "
		    "visible + unnamed > 0)", GP_NOARGS,
		    NULL) != GP_OK)
			return true;
		s->look.any = any ? 1 : -1;
	}
	return s->look.any > 0;
}

bool
gp_store_has_veils(struct gp_store *s)
{
	s->look.any = 0;
	return has_veils(s);
}

bool
gp_list_has_more(struct gp_store *s, int64_t list)
{
	int64_t any = 0;

	return gp_sql_int(s, &any, "SELECT EXISTS(SELECT 1 FROM thread WHERE list = ?1 AND visible + unnamed > 0 AND "
	    "visible IN (1, 2))", GP_ARGS(GP_INT(list)), NULL) == GP_OK && any != 0;
}

void
gp_look_forget(struct gp_store *s)
{
	s->look.any = 0;
	s->look.thread = 0;
	TALLOC_FREE(s->look.names);
}

struct gp_looker
gp_store_look(struct gp_store *s, struct gp_looker who)
{
	struct gp_looker before = s->look.who;

	s->look.who = who;
	s->look.too = 0;
	gp_look_forget(s);
	return before;
}

void
gp_store_look_too(struct gp_store *s, int64_t thread)
{
	s->look.too = thread;
	gp_look_forget(s);
}

enum gp_status
gp_thread_seen_by(struct gp_store *s, int64_t thread, int64_t person, bool *yes, struct gp_err *err)
{
	int64_t seen = 0;
	enum gp_status status = gp_sql_int(s, &seen, "SELECT " SEEN " FROM thread t WHERE t.id = ?1",
	    GP_ARGS(GP_INT(thread), GP_INT(person)), err);

	*yes = status == GP_OK && seen != 0;
	return gp_sql_end(status);
}

void
gp_store_nobody(struct gp_store *s, gp_nobody_fn *fn, void *arg)
{
	s->nobody = fn;
	s->nobody_arg = arg;
}

const char *
gp_look_nobody(const struct gp_store *s, const char *language)
{
	return s->nobody != NULL ? s->nobody(s->nobody_arg, language) : "";
}

int
gp_look_at(struct gp_store *s, int64_t thread)
{
	const struct gp_looker *who = &s->look.who;
	int64_t seen = 0, unnamed = 1;

	if (who->look == GP_LOOK_ALL || thread == 0 || !has_veils(s))
		return GP_SEEN_WHOLE;
	if (s->look.thread == thread)
		return s->look.seen;
	/* A failure hides. */
	if (gp_sql_ints(s, &seen, &unnamed, "SELECT " SEEN ", t.unnamed FROM thread t WHERE t.id = ?1",
	    GP_ARGS(GP_INT(thread), GP_INT(who->person)), NULL) != GP_OK)
		return GP_SEEN_NOTHING;
	if (who->look == GP_LOOK_MAILED || thread == s->look.too)
		seen = 1;
	TALLOC_FREE(s->look.names);
	s->look.thread = thread;
	s->look.seen = seen == 0 ? GP_SEEN_NOTHING : unnamed && !who->names ? GP_SEEN_UNNAMED : GP_SEEN_WHOLE;
	return s->look.seen;
}

enum gp_status
gp_person_sight(const void *ctx, struct gp_store *s, int64_t person, char **out, struct gp_err *err)
{
	return gp_sql_string(ctx, s, out, "SELECT group_concat(list || ' ' || joined || ' ' || role) FROM "
	    "(SELECT list, joined, role FROM member WHERE person = ?1 ORDER BY list)", GP_ARGS(GP_INT(person)), err);
}

/* ---- functions of SQL ----------------------------------------------------------------------- */

static struct gp_store *
store_of(sqlite3_context *c)
{
	return sqlite3_user_data(c);
}

static void
look(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	(void)argc;
	sqlite3_result_int(c, gp_look_at(store_of(c), sqlite3_value_int64(argv[0])));
}

static void
look_limited(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	(void)argc;
	(void)argv;
	sqlite3_result_int(c, store_of(c)->look.who.look != GP_LOOK_ALL && has_veils(store_of(c)));
}

static void
look_name(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	(void)argc;
	if (gp_look_at(store_of(c), sqlite3_value_int64(argv[0])) == GP_SEEN_WHOLE)
		sqlite3_result_value(c, argv[1]);
	else
		sqlite3_result_text(c, "", 0, SQLITE_STATIC);
}

static void
look_words(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	const char *text = (const char *)sqlite3_value_text(argv[1]);
	char *words;

	(void)argc;
	if (text == NULL || gp_look_at(store_of(c), sqlite3_value_int64(argv[0])) == GP_SEEN_WHOLE) {
		sqlite3_result_value(c, argv[1]);
		return;
	}
	words = gp_veil_words(NULL, gp_look_names(store_of(c)), text, strlen(text));
	sqlite3_result_text(c, words, -1, SQLITE_TRANSIENT);
	talloc_free(words);
}

static void
nameless(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	const char *text = (const char *)sqlite3_value_text(argv[1]);
	int64_t thread = sqlite3_value_int64(argv[0]), unnamed = 0;
	struct gp_veil_names *names = NULL;
	struct gp_store *s = store_of(c);
	char *words;
	enum gp_status status = gp_sql_int(s, &unnamed, "SELECT unnamed FROM thread WHERE id = ?1", GP_ARGS(GP_INT(thread)),
	    NULL);

	(void)argc;
	if (text == NULL || status == GP_E_NOTFOUND || (status == GP_OK && unnamed == 0)) {
		sqlite3_result_value(c, argv[1]);
		return;
	}
	/* A failure hides. */
	if (gp_veil_names(NULL, s, thread, &names, NULL) != GP_OK)
		TALLOC_FREE(names);
	words = gp_veil_words(NULL, names, text, strlen(text));
	sqlite3_result_text(c, words, -1, SQLITE_TRANSIENT);
	talloc_free(words);
	talloc_free(names);
}

static void
look_id(sqlite3_context *c, int argc, sqlite3_value **argv)
{
	const char *key = (const char *)sqlite3_value_text(argv[2]);
	char *id;

	(void)argc;
	if (gp_look_at(store_of(c), sqlite3_value_int64(argv[0])) == GP_SEEN_WHOLE) {
		sqlite3_result_value(c, argv[1]);
		return;
	}
	id = gp_asprintf(NULL, "%s@" GP_UNNAMED_DOMAIN, key != NULL ? key : "");
	sqlite3_result_text(c, id, -1, SQLITE_TRANSIENT);
	talloc_free(id);
}

int
gp_look_register(struct gp_store *s)
{
	static const struct { const char *name; int args; void (*fn)(sqlite3_context *, int, sqlite3_value **); } all[] = {
		{"look", 1, look}, {"look_limited", 0, look_limited}, {"look_name", 2, look_name},
		{"look_words", 2, look_words}, {"look_id", 3, look_id}, {"nameless", 2, nameless},
	};
	size_t i;
	int rc = SQLITE_OK;

	for (i = 0; i < GP_COUNT(all) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(s->db, all[i].name, all[i].args, SQLITE_UTF8 | SQLITE_DIRECTONLY, s,
		    all[i].fn, NULL, NULL, NULL);
	return rc;
}
