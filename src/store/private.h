/* SPDX-License-Identifier: ISC */
/* What the files of this room share. Only files of src/store include this. */
#ifndef GP_STORE_PRIVATE_H
#define GP_STORE_PRIVATE_H

#include "guildpost/render.h"
#include "guildpost/store.h"

#include <sqlite3.h>
#include <string.h>

enum {
	GP_STORE_APPLICATION = 0x67706f73, /* "gpos", PRAGMA application_id */
	GP_STORE_PAGE = 16384,		/* halves the waste of blobs against 4096 */
	GP_STORE_WAIT_MS = 10000,	/* for the write lock */
	GP_STORE_STATEMENTS = 512	/* slots; a power of two, far more than we have */
};

struct gp_zip;		/* archive_zip.c: compressors and dictionaries */
struct gp_pending;	/* search_index.c: search entries that wait for the commit */
struct gp_veil_names;	/* veil_words.c: who wrote in a thread */

struct gp_store {
	sqlite3 *db;
	char *path;
	enum gp_store_mode mode;
	int lock_fd;		/* lock.c; -1 in READ */
	bool writing;		/* between begin and commit or rollback */
	bool marked;
	bool reading;
	bool bulk;
	bool careful;		/* a list takes posts without a name: what is deleted is overwritten */
	bool cut;		/* the WAL holds what must not stay there */
	int64_t wal_kept;	/* bytes that the last checkpoint had to leave in the WAL */
	struct gp_zip *zip;
	struct gp_pending *pending;
	struct {
		struct gp_looker who;
		int64_t too;		/* a thread that they see whatever it is */
		int any;		/* is there anything to hide? 0: not known yet, -1: no */
		int64_t thread;		/* what was looked at last, */
		int seen;		/* and what is seen of it */
		struct gp_veil_names *names;
	} look;			/* look.c: whose eyes */
	gp_nobody_fn *nobody;	/* what is said for whoever is not named */
	void *nobody_arg;
	struct {
		const char *sql;	/* by address: every statement is a literal */
		sqlite3_stmt *st;
	} statements[GP_STORE_STATEMENTS];
};

/* ---- db.c ------------------------------------------------------------------------- */

/* Holding the lock: a checkpoint, and what it had to leave. A result code of SQLite. */
int gp_db_checkpoint(struct gp_store *s, bool full);
/* From now on pages that are freed are overwritten; or as it is set for this file. */
enum gp_status gp_db_overwrite(struct gp_store *s, bool on, struct gp_err *err);
/* anon.c: as the settings of the lists want it. At the beginning of each transaction. */
enum gp_status gp_anon_careful(struct gp_store *s, struct gp_err *err);

/* ---- sql.c: statements and errors ------------------------------------------------- */

/* One bound value. Text and blobs are not copied: they outlive the statement's run. */
struct gp_arg {
	char kind;		/* i integer, t text or NULL, b blob, 0 end */
	int64_t i;
	const void *p;
	size_t n;
};
#define GP_INT(v) {'i', (v), NULL, 0}
#define GP_TEXT(v) {'t', 0, (v), 0}
#define GP_BLOB(v, len) {'b', 0, (v), (len)}
#define GP_ARGS(...) ((const struct gp_arg[]){__VA_ARGS__, {0, 0, NULL, 0}})
#define GP_NOARGS ((const struct gp_arg[]){{0, 0, NULL, 0}})

/* A result code of SQLite as one of ours, with a sentence. */
enum gp_status gp_sql_fail(struct gp_store *s, int rc, const char *what, struct gp_err *err);
/* Several statements, no results: schema and settings. */
enum gp_status gp_sql_script(struct gp_store *s, const char *sql, struct gp_err *err) GP_MUST_CHECK;
/*
 * `sql` is a string literal (kept prepared, found by its address). Start it; then
 * gp_sql_next gives GP_OK for each row and GP_E_NOTFOUND (no message) at the end, where it is
 * reset by itself, as on errors; a caller that leaves early calls gp_sql_done.
 */
enum gp_status gp_sql_open(struct gp_store *s, sqlite3_stmt **st, const char *sql,
    const struct gp_arg *args, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_sql_next(struct gp_store *s, sqlite3_stmt *st, struct gp_err *err) GP_MUST_CHECK;
void gp_sql_done(sqlite3_stmt *st);
/* Without rows. */
enum gp_status gp_sql_run(struct gp_store *s, const char *sql, const struct gp_arg *args,
    struct gp_err *err) GP_MUST_CHECK;
/* The first row, to be read and done with; GP_E_NOTFOUND when there is none, and then all is done already. */
enum gp_status gp_sql_first(struct gp_store *s, sqlite3_stmt **st, const char *sql, const struct gp_arg *args,
    struct gp_err *err) GP_MUST_CHECK;
/* The first column of the first row; GP_E_NOTFOUND when there is no row. */
enum gp_status gp_sql_int(struct gp_store *s, int64_t *out, const char *sql,
    const struct gp_arg *args, struct gp_err *err) GP_MUST_CHECK;
/* The first two columns of it. */
enum gp_status gp_sql_ints(struct gp_store *s, int64_t *out, int64_t *second, const char *sql,
    const struct gp_arg *args, struct gp_err *err) GP_MUST_CHECK;
/* The text in the first column of it, on ctx. */
enum gp_status gp_sql_string(const void *ctx, struct gp_store *s, char **out, const char *sql,
    const struct gp_arg *args, struct gp_err *err) GP_MUST_CHECK;
/* Columns: NULL gives "" (gp_sql_text), NULL (gp_sql_text_null), 0. */
char *gp_sql_text(const void *ctx, sqlite3_stmt *st, int col);
char *gp_sql_text_null(const void *ctx, sqlite3_stmt *st, int col);
char *gp_sql_blob(const void *ctx, sqlite3_stmt *st, int col, size_t *n);
/* A growing array of pointers on ctx: room for one more behind n. */
void *gp_store_grow(const void *ctx, void *v, size_t n, size_t size);
/* Makes a record of the current row, on ctx. */
typedef void *gp_row_fn(const void *ctx, sqlite3_stmt *st);
/* All rows of a statement that gp_sql_open started, as an array of pointers to records, put
 * into *(struct X ***)out; NULL when there are none. */
enum gp_status gp_sql_rows(const void *ctx, struct gp_store *s, sqlite3_stmt *st, gp_row_fn *read,
    void *out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Its first row, put into *(struct X **)out; GP_E_NOTFOUND when there is none. */
enum gp_status gp_sql_row(const void *ctx, struct gp_store *s, sqlite3_stmt *st, gp_row_fn *read,
    void *out, struct gp_err *err) GP_MUST_CHECK;
/* The first column of all rows of a started statement, on ctx. */
enum gp_status gp_sql_numbers(const void *ctx, struct gp_store *s, sqlite3_stmt *st, int64_t **out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* GP_E_NOTFOUND becomes GP_OK: the normal end of a loop of gp_sql_next. */
enum gp_status gp_sql_end(enum gp_status status);

/* ---- lock.c: one server, one writer ----------------------------------------------- */

enum gp_status gp_lock_open(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_lock_server(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
bool gp_lock_server_runs(struct gp_store *s);
enum gp_status gp_lock_write(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_lock_release(struct gp_store *s);
void gp_lock_close(struct gp_store *s);

/* ---- schema.c: migrations --------------------------------------------------------- */

/* Bring a file from its version to `to` (0: the newest); the caller holds the write lock. */
enum gp_status gp_schema_migrate(struct gp_store *s, int64_t to, struct gp_err *err) GP_MUST_CHECK;
/* GP_E_CONFIG when the file is not ours, or not of our version. */
enum gp_status gp_schema_check(struct gp_store *s, bool *old, struct gp_err *err) GP_MUST_CHECK;
int64_t gp_schema_newest(void);

struct gp_migration {
	int version;
	const char *const *sql;	/* statements, NULL at the end */
};
/* ---- archive_zip.c, pack.c ---------------------------------------------------------------- */

enum {
	GP_FIRST_DICTIONARY = 32768 /* lower ids belong to others (RFC 8878 section 5) */
};
/* The database's own packer, with its newest dictionary. */
enum gp_status gp_zip_packer(struct gp_store *s, struct gp_packer **out, struct gp_err *err)
    GP_MUST_CHECK;
/* Any bytes as a frame, good until the next call. */
enum gp_status gp_packer_bytes(struct gp_packer *p, const char *bytes, size_t n, struct gp_str *out,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_zip_unpack(const void *ctx, struct gp_store *s, const void *p, size_t n,
    char **out, size_t *out_n, struct gp_err *err) GP_MUST_CHECK;
/* Load them anew: after a rollback the newest may be gone. */
void gp_zip_forget_dictionaries(struct gp_zip *z);

/* ---- node.c: places in threads ---------------------------------------------------- */

/* What threading needs to know of a node. id 0: there is none. */
struct gp_place {
	int64_t id, thread, parent, date;
	int state, kind;
};
enum { GP_NODE_GHOST, GP_NODE_PRESENT, GP_NODE_HIDDEN, GP_NODE_REMOVED };
enum { GP_PARENT_NONE, GP_PARENT_OWN, GP_PARENT_OTHERS, GP_PARENT_EXCHANGE, GP_PARENT_SUBJECT,
	GP_PARENT_PERSON };
/* The node of a Message-ID on a list; *key (if not NULL): its key, or the one that a new node
 * would get. GP_OK also when there is none (out->id 0). */
enum gp_status gp_node_find(const void *ctx, struct gp_store *s, int64_t list, const char *mid,
    struct gp_place *out, char **key, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_node_read(struct gp_store *s, int64_t id, struct gp_place *out,
    struct gp_err *err) GP_MUST_CHECK;
/* A ghost: under `parent` (then in its thread) or in a thread of its own. */
enum gp_status gp_node_ghost(struct gp_store *s, int64_t list, const char *mid, const char *key,
    const struct gp_place *parent, int64_t date, struct gp_place *out, struct gp_err *err)
    GP_MUST_CHECK;
/* Is `id` met on the way from `from` to its root (or is the way too long)? */
enum gp_status gp_node_is_above(struct gp_store *s, int64_t id, int64_t from, bool *yes,
    struct gp_err *err) GP_MUST_CHECK;
/* Give a node (with all below it) another parent; 0: none. Threads are joined and split as
 * needed: a thread is always one tree. Refuses a loop: *done false, nothing changed. */
enum gp_status gp_node_move(struct gp_store *s, int64_t list, int64_t id, int64_t parent, int kind,
    bool *done, struct gp_err *err) GP_MUST_CHECK;

/* ---- thread.c --------------------------------------------------------------------- */

enum gp_status gp_thread_new(struct gp_store *s, int64_t list, int64_t *id, struct gp_err *err)
    GP_MUST_CHECK;
/* Count everything in a thread anew, or delete it when it has no nodes. */
enum gp_status gp_thread_head(struct gp_store *s, int64_t thread, int64_t head, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_thread_names(struct gp_store *s, int64_t thread, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_thread_recount(struct gp_store *s, int64_t list, int64_t thread,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- place.c: where a message belongs --------------------------------------------- */

/* The rules 1 to 6: ids, ghosts, chain, Thread-Index, subject. `own`: its node when it stands
 * already (a ghost that was filled, a rebuild), or id 0. parent->id 0: begins a thread; then
 * *origin is the message that it was started from, by a reply that is none, or 0. */
enum gp_status gp_place_find(struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, const char *mid, const struct gp_place *own, int64_t date,
    struct gp_place *parent, int *kind, int64_t *origin, struct gp_err *err) GP_MUST_CHECK;
/* Remember the Thread-Index of a message. */
enum gp_status gp_place_note(struct gp_store *s, int64_t list, const struct gp_mail *m, int64_t id,
    struct gp_err *err) GP_MUST_CHECK;
/* Hash of the base subject; 0 for one that many threads share. is_reply may be NULL. */
int64_t gp_place_base(const char *subject, const char *tag, bool *is_reply);

/* ---- hijack.c: a reply that begins something new ----------------------------------- */

enum gp_status gp_place_is_new(struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, const struct gp_place *parent, bool *is_new, struct gp_err *err)
    GP_MUST_CHECK;
/* How much of the words of the shorter base subject stands in the other, too: 0 to 100. */
int gp_subjects_alike(const char *a, const char *b, const char *tag);
/* Note that the message was started from another (0: no longer), whose page says so. */
enum gp_status gp_place_set_origin(struct gp_store *s, int64_t id, int64_t origin,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- message.c, archive*.c, search_index.c ---------------------------------------- */

/* For finding the same again: not against anybody who tries. */
int64_t gp_store_hash(int64_t seed, const void *p, size_t n);
/* Derived data and raw bytes of a node; the second of what a packer made of them. */
enum gp_status gp_body_write(struct gp_store *s, int64_t id, const struct gp_mail *m,
    const char *raw, size_t n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_body_write_packed(struct gp_store *s, int64_t id, struct gp_str data,
    struct gp_err *err) GP_MUST_CHECK;
/* The two out of their frame, on ctx. */
enum gp_status gp_body_unpack(const void *ctx, struct gp_store *s, struct gp_str data,
    struct gp_str *wire, struct gp_str *raw, struct gp_err *err) GP_MUST_CHECK;
/* As gp_message_mail, for whoever looks: what is to be written again, compared or sent. */
enum gp_status gp_body_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_body_mail(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out, char **raw,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_body_read(const void *ctx, struct gp_store *s, int64_t id, struct gp_str *wire,
    struct gp_str *raw, struct gp_err *err) GP_MUST_CHECK;
/* Do two messages say the same, but for what lists and relays add? */
bool gp_mail_same(const struct gp_mail *a, const char *a_raw, size_t a_n, const struct gp_mail *b,
    const char *b_raw, size_t b_n);
/* Counters of a list: n messages of an author came (or went), so did threads. */
enum gp_status gp_archive_count(struct gp_store *s, int64_t list, int64_t author, int64_t date,
    int n, int64_t threads, struct gp_err *err) GP_MUST_CHECK;
/* Hash of who wrote it; the date that counts. */
int64_t gp_archive_author(const struct gp_mail *m);
char *gp_archive_author_name(const void *ctx, const char *name, const char *addr);
int64_t gp_archive_date(const struct gp_mail *m, int64_t received, const struct gp_place *parent);
/* Messages of a person lose their author's name and address, in every place; others' the address,
 * and the name where it tells who wrote. *messages grows by how many were the person's. */
enum gp_status gp_archive_erase_author(struct gp_store *s, struct gp_forget *forget,
    int64_t *messages, struct gp_err *err) GP_MUST_CHECK;
/* One message, as gp_mail_rewrite; then own, quoted and snippet are made anew. `own`: by them. */
bool gp_forget_mail(const void *ctx, struct gp_forget *forget, bool own, const char *raw,
    size_t n, struct gp_mail *m, struct gp_rewritten *out);
/* Who stands in the header of such a message; and its author as derived: nobody. */
#define GP_ERASED_NAME "someone who left"
#define GP_ERASED_ADDRESS "erased@invalid"
void gp_archive_nameless(struct gp_mail *m);
/* What else names them: posts that wait, mail on its way, what people wrote. */
enum gp_status gp_erase_texts(struct gp_store *s, struct gp_forget *forget, struct gp_err *err)
    GP_MUST_CHECK;
/* After a bulk load that was killed. */
enum gp_status gp_archive_bulk_mend(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_archive_forget_list(struct gp_store *s, int64_t list, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- what the files do for each other --------------------------------------------- */

/* Is that a time zone that base can reckon in? One of the system's, such as Europe/Berlin. */
bool gp_setting_is_zone(const char *name);
/* Valid UTF-8 without control characters; `lines`: but for ends of lines and tabs. GP_E_PARSE. */
enum gp_status gp_setting_check(const char *key, const char *value, bool lines,
    struct gp_err *err) GP_MUST_CHECK;
/* Pages of the list changed. */
enum gp_status gp_list_touch(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;
/* A member as a row of this query, and a reader of such rows. */
#define GP_MEMBER_QUERY "SELECT m.id, m.list, m.person, a.written, p.name, m.role, m.delivery, " \
	"m.joined, m.digest_upto, m.digest_last, m.language, m.timezone, m.own_copy, " \
	"m.duplicates, m.attachments, m.hidden, m.reminders, m.posting, m.pause_from, " \
	"m.pause_to, m.accepted, m.refused, coalesce((SELECT state FROM bounce WHERE member = m.id), 0), " \
	"m.digest_hour, m.digest_day, m.digest_form, m.digest_minutes, m.digest_posts, " \
	"m.digest_together, m.digest_next, m.digest_until, m.notes " \
	"FROM member m JOIN address a ON a.id = m.address " \
	"JOIN person p ON p.id = m.person "
void *gp_member_read(const void *ctx, sqlite3_stmt *st);
/* fold_name(TEXT) of this connection. Gives a code of SQLite. */
int gp_names_register(sqlite3 *db);
/* library_search.c: the words of pages of the library, of one list or (0) of all, as they are now. */
int gp_page_words_register(sqlite3 *db);
enum gp_status gp_page_words_set(struct gp_store *s, int64_t list, struct gp_err *err) GP_MUST_CHECK;
/* The same of the page of a thread. */
enum gp_status gp_page_words_thread(struct gp_store *s, int64_t thread, struct gp_err *err) GP_MUST_CHECK;
/* A page without a text of its own shows the summary of whoever asked. What is shown goes between `open` and `close`. */
#define GP_PAGE_WORDS_AS(open, close) "UPDATE practice SET words = page_words(" open "title" close ", " \
	open "tags || ' ' || coalesce(nullif(" \
	"(SELECT t.body FROM text t WHERE t.list = practice.list AND t.name = 'practice-' || slug AND " \
	"t.language = 'page' ORDER BY t.version DESC LIMIT 1), ''), " \
	"(SELECT t.body FROM text t WHERE t.list = practice.list AND t.name = 'summary-' || " \
	"(SELECT h.key FROM node n JOIN thread x ON x.id = n.thread JOIN node h ON h.id = x.head " \
	"WHERE n.id = practice.node) AND t.language = 'page' ORDER BY t.version DESC LIMIT 1), '')" close ", " \
	"coalesce((SELECT value FROM list_setting l WHERE l.list = practice.list AND l.name = 'language'), 'en'))"
/* Where a page is shown without names they find nothing either. */
#define GP_PAGE_THREAD "(SELECT n.thread FROM node n WHERE n.id = practice.node)"
#define GP_PAGE_WORDS GP_PAGE_WORDS_AS("nameless(" GP_PAGE_THREAD ", ", ")")
/* look.c: the functions of SQL that say what is seen; and that it may have changed. */
int gp_look_register(struct gp_store *s);
void gp_look_forget(struct gp_store *s);
/* Who joins a list that trusted the address (folded) so far. */
enum gp_status gp_trusted_join(struct gp_store *s, int64_t list, const char *folded, int64_t member,
    struct gp_err *err) GP_MUST_CHECK;
/* Persons who are on no list any more. */
enum gp_status gp_person_forget(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
/* What is queued of a message, or of a list. */
/* To addresses that are no members': a JSON array of them in small letters. */
enum gp_status gp_queue_forget_addresses(struct gp_store *s, const char *json,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_forget_message(struct gp_store *s, int64_t message, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_queue_forget_list(struct gp_store *s, int64_t list, struct gp_err *err)
    GP_MUST_CHECK;

extern const struct gp_migration gp_schema_1, gp_schema_2, gp_schema_3, gp_schema_4,
    gp_schema_5, gp_schema_6, gp_schema_7, gp_schema_8, gp_schema_9, gp_schema_10, gp_schema_11,
    gp_schema_12, gp_schema_13, gp_schema_14, gp_schema_15;
extern const struct gp_migration gp_schema_16, gp_schema_17;
extern const struct gp_migration gp_schema_18;
extern const struct gp_migration gp_schema_19, gp_schema_20;
extern const struct gp_migration gp_schema_21;
extern const struct gp_migration gp_schema_22;
extern const struct gp_migration gp_schema_23;
extern const struct gp_migration gp_schema_24, gp_schema_25, gp_schema_26;
extern const struct gp_migration gp_schema_27, gp_schema_28;

/* Threads that are one with that of the message ?1: itself, and where other lists have it (share.c). */
#define GP_THREADS_AS_ONE "(WITH own(t) AS (SELECT thread FROM node WHERE id = ?1), " \
	"home(t) AS (SELECT t FROM own UNION SELECT h.thread FROM own JOIN node g ON g.thread = own.t " \
	"JOIN share x ON x.guest = g.id AND x.guest <> 0 AND x.state = 1 JOIN node h ON h.id = x.home) " \
	"SELECT t FROM home UNION SELECT g.thread FROM home JOIN node h ON h.thread = home.t " \
	"JOIN share x ON x.home = h.id AND x.state = 1 JOIN node g ON g.id = x.guest)"

#endif
