/* SPDX-License-Identifier: ISC */
/*
 * Searching the library, by the query language of the messages. A page has no entry in FTS5, which
 * could not forget it without being written anew: its words stand in a column, as the tokenizer gives
 * them, each with a blank before and behind, and their stems, which begin with \1, behind them; the
 * title's on the first line. So a word or a phrase is there when it is found between blanks. There are
 * some hundreds of pages at most, and lists without a library cost nothing.
 *
 * A page also shows the question that was kept and what solved it: when one of these is among the
 * messages that were found, the page is, too.
 */
#include "config.h"

#include "message.h"
#include "search.h"
#include "search_query.h"
#include "stem.h"
#include "tokenizer.h"

enum { STEM = 64 };
#define NEEDLES "gp_needles"	/* the type of a pointer given to SQLite */

/* ---- the words of a page -------------------------------------------------------------------- */

struct splitter {
	struct gp_buf words, stems;
	struct gp_stemmer *by;	/* or NULL */
};

static int
add_token(void *arg, int flags, const char *word, int len, int from, int to)
{
	struct splitter *s = arg;
	char stem[STEM];

	(void)flags;
	(void)from;
	(void)to;
	gp_buf_printf(&s->words, "%.*s ", len, word);
	if (s->by != NULL && gp_stem(s->by, word, (size_t)len, stem, sizeof(stem)) > 0)
		gp_buf_printf(&s->stems, "\1%s ", stem);
	return 0;
}

/* " how we mark queens \1how \1we \1mark \1queen " */
static void
add_words(struct gp_buf *b, const void *ctx, struct gp_stemmer *by, const char *text)
{
	struct splitter s = {.by = by};

	gp_buf_init(&s.words, ctx, 4 * GP_MAX_MARKDOWN);
	gp_buf_init(&s.stems, ctx, 4 * GP_MAX_MARKDOWN);
	gp_tokenize(text, strlen(text), add_token, &s);
	gp_buf_putc(b, ' ');
	gp_buf_add(b, s.words.p, s.words.len);
	gp_buf_add(b, s.stems.p, s.stems.len);
}

/* page_words(TITLE, TEXT, LANGUAGE) */
static void
sql_page_words(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *title = (const char *)sqlite3_value_text(v[0]), *text = (const char *)sqlite3_value_text(v[1]);
	const char *language = (const char *)sqlite3_value_text(v[2]);
	void *tmp = gp_ctx(NULL);
	struct gp_stemmer *by;
	struct gp_buf b;

	(void)n;
	language = language != NULL ? language : "";
	by = gp_stemmer_new(tmp, gp_strndup(tmp, language, strcspn(language, "-_ ")));
	gp_buf_init(&b, tmp, 16 * GP_MAX_MARKDOWN);
	add_words(&b, tmp, by, title != NULL ? title : "");
	gp_buf_putc(&b, '\n');
	add_words(&b, tmp, by, text != NULL ? text : "");
	sqlite3_result_text(c, b.p, (int)b.len, SQLITE_TRANSIENT);
	talloc_free(tmp);
}

enum gp_status
gp_page_words_thread(struct gp_store *s, int64_t thread, struct gp_err *err)
{
	return gp_sql_run(s, GP_PAGE_WORDS " WHERE " GP_PAGE_THREAD " = ?1", GP_ARGS(GP_INT(thread)), err);
}

enum gp_status
gp_page_words_set(struct gp_store *s, int64_t list, struct gp_err *err)
{
	return gp_sql_run(s, GP_PAGE_WORDS " WHERE ?1 = 0 OR list = ?1", GP_ARGS(GP_INT(list)), err);
}

/* ---- a query ---------------------------------------------------------------------------------- */

/* What stands in the words of a page: of each group one, and nothing that is not wanted. */
struct needle {
	char *text;
	size_t group;
	bool title, negated;
};

struct needles {
	struct needle *v;
	size_t n;
	bool any;		/* of those that are wanted */
};

static void
add_needle(struct needles *all, const struct gp_query_word *w, const char *sign, const char *text, const char *end)
{
	all->v = gp_store_grow(all, all->v, all->n, sizeof(*all->v));
	all->v[all->n++] = (struct needle){gp_asprintf(all, " %s%s%s", sign, text, end), w->group, w->title,
	    w->negated};
	all->any |= !w->negated;
}

static void
add_stems(struct needles *all, const struct gp_query_word *w, const char *languages)
{
	struct gp_stemmer *by;
	char stem[STEM];
	size_t n;

	if (w->quoted || w->prefix || strchr(w->folded, ' ') != NULL)
		return;
	for (; languages != NULL && *languages != '\0'; languages += n) {
		languages += strspn(languages, " ");
		n = strcspn(languages, " ");
		by = gp_stemmer_new(all, gp_strndup(all, languages, strcspn(languages, "-_ ")));
		if (by != NULL && gp_stem(by, w->folded, strlen(w->folded), stem, sizeof(stem)) > 0)
			add_needle(all, w, "\1", stem, " ");
		talloc_free(by);
	}
}

static struct needles *
needles_of(const void *ctx, const struct gp_query *q, const char *languages)
{
	struct needles *all = gp_new(ctx, struct needles);
	size_t i;

	for (i = 0; i < q->words_n; i++) {
		const struct gp_query_word *w = &q->words[i];

		if (q->of_messages && !w->negated)
			continue;
		/* Other forms share a stem with it. */
		add_needle(all, w, "", w->folded, w->prefix ? "" : " ");
		add_stems(all, w, languages);
	}
	return all;
}

/* page_fits(WORDS, NEEDLES): 0 something is there that must not be, 1 something is missing, 2 it fits. */
static void
sql_page_fits(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *words = (const char *)sqlite3_value_text(v[0]), *end, *at;
	const struct needles *all = sqlite3_value_pointer(v[1], NEEDLES);
	bool found = true, fits = all != NULL && all->any;
	size_t i;

	(void)n;
	if (words == NULL || all == NULL) {
		sqlite3_result_int(c, 1);
		return;
	}
	end = strchrnul(words, '\n');
	for (i = 0; i < all->n; i++) {
		const struct needle *one = &all->v[i];

		if (!one->negated && (i == 0 || all->v[i - 1].negated || all->v[i - 1].group != one->group)) {
			fits &= found;
			found = false;
		}
		if (found && !one->negated)
			continue;
		at = strstr(words, one->text);
		if (at == NULL || (one->title && at > end))
			continue;
		if (one->negated) {
			sqlite3_result_int(c, 0);
			return;
		}
		found = true;
	}
	sqlite3_result_int(c, fits && found ? 2 : 1);
}

int
gp_page_words_register(sqlite3 *db)
{
	int rc = sqlite3_create_function_v2(db, "page_words", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC |
	    SQLITE_DIRECTONLY, NULL, sql_page_words, NULL, NULL, NULL);

	return rc != SQLITE_OK ? rc : sqlite3_create_function_v2(db, "page_fits", 2, SQLITE_UTF8 |
	    SQLITE_DIRECTONLY, NULL, sql_page_fits, NULL, NULL, NULL);
}

/* Threads of messages that a page shows. */
#define SHOWN "(SELECT m.thread FROM json_each(:hits) h CROSS JOIN node m ON m.id = h.value " \
	"CROSS JOIN thread t ON t.id = m.thread WHERE m.parent = 0 OR m.id = t.mark_message)"

static void
build(struct gp_buf *b, const struct gp_search *search, const struct gp_query *q)
{
	gp_buf_puts(b, PRACTICE_QUERY "JOIN (SELECT x.id, page_fits(x.words, :needles) AS fits FROM practice x WHERE "
	    "x.list NOT IN (SELECT list FROM list_setting WHERE name = 'library' AND value = 'off')");
	gp_search_lists(b, search, "x.list", "x.kept");
	if (q->list != NULL)
		gp_buf_puts(b, " AND x.list IN (SELECT id FROM list WHERE name = :name OR address = :name)");
	gp_buf_puts(b, ") f ON f.id = p.id WHERE look(n.thread) AND ((f.fits = 2 AND p.confirmed >= :from AND "
	    "p.confirmed < :to) OR (f.fits > 0 AND n.thread IN " SHOWN ")) "
	    "ORDER BY f.fits DESC, p.doubt <> '', p.confirmed DESC, p.id LIMIT :limit");
}

static void
bind(const void *ctx, sqlite3_stmt *st, const struct gp_search *search, const struct gp_query *q, const char *hits)
{
	int i = sqlite3_bind_parameter_index(st, ":needles");

	sqlite3_bind_pointer(st, i, needles_of(ctx, q, search->languages), NEEDLES, NULL);
	gp_search_bind_text(st, ":hits", hits);
	gp_search_bind_text(st, ":name", q->list);
	gp_search_bind_int(st, ":from", q->from);
	gp_search_bind_int(st, ":to", q->to);
	gp_search_bind_int(st, ":limit", (int64_t)search->pages);
	gp_search_bind_lists(st, search);
}

static enum gp_status
read_all(const void *ctx, struct gp_store *s, sqlite3_stmt *st, struct gp_practice ***out, size_t *n,
    struct gp_err *err)
{
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		*out = gp_store_grow(ctx, *out, *n, sizeof(**out));
		(*out)[(*n)++] = gp_practice_read(ctx, st);
	}
	return rc == SQLITE_DONE ? GP_OK : gp_sql_fail(s, rc, "can't look into the library", err);
}

enum gp_status
gp_practice_match(const void *ctx, struct gp_store *s, const struct gp_search *search,
    const struct gp_query *q, const char *hits, struct gp_practice ***out, size_t *n, struct gp_err *err)
{
	enum gp_status status;
	void *tmp = gp_ctx(NULL);
	struct gp_buf b;
	sqlite3_stmt *st;
	int64_t any;
	int rc;

	*out = NULL;
	*n = 0;
	status = gp_sql_int(s, &any, "SELECT 1 FROM practice WHERE ?1 = 0 OR list = ?1 LIMIT 1",
	    GP_ARGS(GP_INT(search->list)), err);
	if (status == GP_OK) {
		gp_buf_init(&b, tmp, 1 << 16);
		build(&b, search, q);
		rc = sqlite3_prepare_v2(s->db, b.p, (int)b.len, &st, NULL);
		if (rc != SQLITE_OK) {
			status = gp_sql_fail(s, rc, "can't look into the library", err);
		} else {
			bind(tmp, st, search, q, hits);
			status = read_all(ctx, s, st, out, n, err);
			sqlite3_finalize(st);
		}
	}
	talloc_free(tmp);
	return gp_sql_end(status);
}

enum gp_status
gp_practice_search(const void *ctx, struct gp_store *s, const struct gp_search *search,
    struct gp_practice ***out, size_t *n, struct gp_err *err)
{
	struct gp_query *q = gp_query_parse(ctx, search->query, search->now, &(struct gp_query_forms){
	    gp_forms_find, gp_forms_new(ctx, s, search->languages)});

	*n = 0;
	return q->words_n == 0 ? GP_OK : gp_practice_match(ctx, s, search, q, "[]", out, n, err);
}
