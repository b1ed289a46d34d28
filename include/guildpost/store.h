/* SPDX-License-Identifier: ISC */
/*
 * store: the archive and everything that must not be lost. The ONLY room that
 * knows SQL or SQLite; its functions speak of lists, members, threads and jobs.
 *
 * One writer: core opens with GP_STORE_CORE and is the only one of the server to
 * write and to checkpoint (SQLite before 3.51.3 can corrupt a WAL file when two
 * connections do both at once). The command line opens with GP_STORE_TOOL: short
 * BEGIN IMMEDIATE transactions; it checkpoints only while no server runs. Web opens
 * with GP_STORE_READ. A handle never crosses a fork.
 *
 * Every function that writes must run inside gp_store_begin/commit. Results hang
 * on the ctx given; "_find": GP_E_NOTFOUND is normal and sets no message; "_get": it
 * is an error with a message. Any function can return GP_E_DB, GP_E_FULL, GP_E_BUSY or
 * GP_E_IO: later may help, nothing was changed, roll back.
 *
 * Raw messages are kept exactly as they came (canonical bytes), compressed (zstd with a
 * dictionary learnt from the site's own mail) in one frame with what the parser derived.
 * Own and quoted words and names of files (gp_mail.own, quoted, files) are for the search
 * alone: they go into its index and don't come back.
 *
 * Ids of messages grow with every message archived, over all lists, and are never used
 * twice: digests count by them. A Message-ID that was only mentioned is a ghost with a
 * negative id; when its message comes, that gets a new id like every other. Parents and
 * nodes of threads are named by these same ids.
 *
 * The lock file NAME.lock beside NAME.db: one server for each file, and all processes
 * take turns in writing and checkpointing (the bug above), whoever waits being next.
 */
#ifndef GUILDPOST_STORE_H
#define GUILDPOST_STORE_H

#include "guildpost/base.h"
#include "guildpost/mail.h"

struct gp_store;

#include "guildpost/store/bounce.h"
#include "guildpost/store/door.h"
#include "guildpost/store/people.h"
#include "guildpost/store/practice.h"
#include "guildpost/store/library.h"
#include "guildpost/store/decision.h"
#include "guildpost/store/mentor.h"
#include "guildpost/store/circle.h"
#include "guildpost/store/health.h"
#include "guildpost/store/queue.h"
#include "guildpost/store/safe.h"
#include "guildpost/store/share.h"
#include "guildpost/store/veil.h"

/* ---- db.c, schema.c: open, transactions, migrations ------------------------------- */

enum gp_store_mode { GP_STORE_READ, GP_STORE_TOOL, GP_STORE_CORE };

/* A new database file; GP_E_EXISTS when there is one. */
enum gp_status gp_store_create(const char *path, struct gp_err *err) GP_MUST_CHECK;
/* Open. CORE and TOOL apply outstanding migrations, each numbered, inside a transaction; a file newer
 * than the program is refused with GP_E_CONFIG. READ never writes, and refuses a file that is to be
 * migrated. GP_E_BUSY: CORE, and another server has the file. */
enum gp_status gp_store_open(const void *ctx, const char *path, enum gp_store_mode mode,
    struct gp_store **out, struct gp_err *err) GP_MUST_CHECK;
void gp_store_close(struct gp_store *s);
/* BEGIN IMMEDIATE (waits up to 10 s for the lock), COMMIT (durable), ROLLBACK. */
enum gp_status gp_store_begin(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_store_commit(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_store_rollback(struct gp_store *s);
/* One unit inside a group: what fails is undone alone. Nest one level. */
enum gp_status gp_store_mark(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_store_keep(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_store_undo(struct gp_store *s);
/* A read transaction, so that a page sees one state; ended by gp_store_read_end. */
enum gp_status gp_store_read_begin(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
void gp_store_read_end(struct gp_store *s);
/* Changes whenever another process committed something (PRAGMA data_version): cheap. */
int64_t gp_store_version(struct gp_store *s);
/* Checkpoint the WAL (core, now and then; `full`: and shorten the file). */
enum gp_status gp_store_checkpoint(struct gp_store *s, bool full, struct gp_err *err) GP_MUST_CHECK;
/* Bytes of the WAL that wait, as of the last checkpoint, because someone reads an older state; 0: none. */
int64_t gp_store_wal_kept(const struct gp_store *s);
/* Page for page copy of a consistent state, while in use. GP_E_EXISTS if `to` is there. */
enum gp_status gp_store_backup(struct gp_store *s, const char *to,
    void (*progress)(int64_t done, int64_t total, void *arg), void *arg, struct gp_err *err)
    GP_MUST_CHECK;
/* quick: PRAGMA quick_check; else integrity_check. Problems are one text each line. */
enum gp_status gp_store_check(const void *ctx, struct gp_store *s, bool quick, char **problems,
    struct gp_err *err) GP_MUST_CHECK;
/* Site-wide values by name ("secret": 32 random bytes made at creation). */
enum gp_status gp_store_meta_get(const void *ctx, struct gp_store *s, const char *name,
    char **value, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_store_meta_set(struct gp_store *s, const char *name, const char *value, size_t n,
    struct gp_err *err) GP_MUST_CHECK;
/* Tables and figures for status: file size, WAL size, counts. */
struct gp_store_stats {
	int64_t bytes, wal_bytes, lists, members, messages, threads, holds;
	int64_t jobs;		/* unfinished ones */
	int64_t waiting, deferred, failed; /* deliveries */
	int64_t suspended;	/* members who get no mail, for bounces or a complaint */
};
enum gp_status gp_store_stats(struct gp_store *s, struct gp_store_stats *out, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- archive.c, thread.c: messages and their threads ------------------------------ */

struct gp_archived {
	int64_t id;		/* of the message */
	int64_t thread;
	char key[GP_SHA256_LEN * 2]; /* permalink */
	char *msgid;		/* as archived (made, if the mail had none), on the ctx */
	bool duplicate;		/* same Message-ID and same content: nothing was added */
	bool hidden;		/* X-No-Archive: mailed, kept for digests, never on the web */
};
/*
 * Take a message into the archive of a list: raw, derived, search entry, place in its thread
 * (archive.md 3.4), counters and versions. `received`: seconds. A repeated Message-ID with the
 * same content is a duplicate (GP_OK, out->duplicate); with other content it is a message of
 * its own beside the first. Cost does not grow with the archive.
 */
enum gp_status gp_archive_add(const void *ctx, struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, const char *raw, size_t n, int64_t received, struct gp_archived *out,
    struct gp_err *err) GP_MUST_CHECK;
/* Settings for a bulk load on this handle: larger caches, merges put off; then the merges. */
enum gp_status gp_archive_bulk_begin(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_archive_bulk_end(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;
/* Learn a compression dictionary from sample messages if there is none yet. */
enum gp_status gp_archive_learn(struct gp_store *s, const struct gp_str *samples, size_t n,
    struct gp_err *err) GP_MUST_CHECK;
/*
 * Packing what is kept of messages, in a process that has no database (import): a packer with
 * the dictionary of gp_archive_dictionary, or one that was learnt from samples and then handed
 * to gp_archive_learnt, which keeps it unless there is one already: ask again for that which
 * counts. Dictionary n 0: none, or too few samples.
 */
struct gp_packer;
struct gp_packer *gp_packer_new(const void *ctx);
void gp_packer_use(struct gp_packer *p, struct gp_str dictionary);
struct gp_str gp_packer_learn(const void *ctx, const struct gp_str *samples, size_t n);
/* *out is good until the next call. GP_E_TOOBIG. */
enum gp_status gp_packer_message(struct gp_packer *p, const struct gp_mail *m, const char *raw,
    size_t n, struct gp_str *out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_archive_dictionary(const void *ctx, struct gp_store *s, struct gp_str *out,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_archive_learnt(struct gp_store *s, struct gp_str dictionary, struct gp_err *err)
    GP_MUST_CHECK;
/* As gp_archive_add, with what a packer made of the message; raw_n: its size. m may lack text
 * and HTML. */
enum gp_status gp_archive_add_packed(const void *ctx, struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, struct gp_str packed, size_t raw_n, int64_t received,
    struct gp_archived *out, struct gp_err *err) GP_MUST_CHECK;
/* Text, search entry and thread anew from m (rebuild). An entry whose texts changed is passed over
 * from then on, and a new one is added. */
enum gp_status gp_archive_rederive(struct gp_store *s, int64_t id, const struct gp_mail *m,
    struct gp_err *err) GP_MUST_CHECK;
/* Remove a message for good: bytes, words and names; its place in the thread stays, state 3, and no
 * import brings it back. Reads the whole search index: some seconds for a large archive. */
enum gp_status gp_message_remove(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;

/* A message as lists of messages show it. Never any address of a stranger but from_addr. */
struct gp_message {
	int64_t id, list, thread;
	char *key, *msgid;
	int64_t parent;		/* message or ghost id, 0: none */
	char *parent_key;	/* of the parent when it is archived, else NULL */
	int parent_kind;	/* 0 none 1 own header 2 others' References 3 Thread-Index
				 * 4 guess by the subject 5 a person's decision */
	int64_t origin;		/* begins a thread: the message that it was started from by a
				 * reply that is none, or that it was split from; 0: none */
	int64_t date;		/* shown and sorted by: Date clamped to received */
	int64_t received;
	int zone;		/* minutes east, as sent */
	char *from_name, *from_addr;
	char *subject;		/* decoded */
	char *title;		/* without reply words and tag */
	char *snippet;
	int64_t size;
	unsigned flags;		/* GP_MAIL_ */
	int attachments;
	int state;		/* 1 present 2 no-archive 3 removed */
	bool first;		/* the first post of a member */
	char *note;		/* content note; with one, the snippet is that in brackets, none of its words. Or "" */
	bool unnamed;		/* is shown without names: from_name and from_addr are "", msgid is made */
};
struct gp_thread {
	int64_t id, list;
	char *key;		/* of the root (or the oldest archived message) */
	char *title;
	int64_t first, last;	/* dates */
	int64_t messages, people;
	int64_t version;
	char *authors;		/* the names below, with commas */
	char **names; size_t names_n; /* distinct authors in order, at most 5 */
	char *snippet;		/* of the root */
	int64_t last_id;	/* newest message id */
	char *mark;		/* "question", "solved", a kind that the list defines, or "" */
	int64_t mark_message;	/* the message that answers it, or 0 */
	int64_t mark_at;	/* since when it is that, */
	enum gp_mark_by mark_by; /* and by whose word */
	struct gp_veil veil;	/* who may see it; without names the authors are "" */
};

enum gp_status gp_message_find_key(const void *ctx, struct gp_store *s, int64_t list,
    const char *key, struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_message_find_id(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
/* The message that a reply which names none that we know will stand under, by its subject (place.c: the rule of the
 * archive for programs that lose References). GP_E_NOTFOUND: it begins a thread. */
enum gp_status gp_thread_guess(const void *ctx, struct gp_store *s, const struct gp_list *list,
    const struct gp_mail *m, struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
/* list 0: on any list; several are possible. */
enum gp_status gp_message_find_msgid(const void *ctx, struct gp_store *s, int64_t list,
    const char *msgid, struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The canonical bytes, exactly as archived; without names: bytes made of the words. */
enum gp_status gp_message_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Does it say the same as m: text and attachments, whatever relays and lists add on the way? */
enum gp_status gp_message_same(const void *ctx, struct gp_store *s, int64_t id,
    const struct gp_mail *m, const char *raw, size_t n, bool *same, struct gp_err *err) GP_MUST_CHECK;
/* What the parser derived (text, html, parts, addresses); raw may be NULL. */
enum gp_status gp_message_mail(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out,
    char **raw, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The message that a thread is shown by, or its oldest where none is in the archive. GP_E_NOTFOUND: it has none. */
enum gp_status gp_thread_begins(const void *ctx, struct gp_store *s, const struct gp_thread *t,
    struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
/* All of a thread that was mailed, in the order of their dates, also what is in no archive. */
enum gp_status gp_message_mailed(const void *ctx, struct gp_store *s, int64_t thread,
    struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Direct replies of a message, by date. */
enum gp_status gp_message_replies(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Messages of a list with id > after, at most limit, in order of id (digests, export, rebuild). */
enum gp_status gp_message_since(const void *ctx, struct gp_store *s, int64_t list, int64_t after,
    size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Newest first, before (date, id) or from the newest when date is 0. */
enum gp_status gp_message_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t date,
    int64_t id, size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- old_path.c: addresses of the archive that was before ------------------------- */

/* That path (with a slash in front) led to the message. GP_E_NOTFOUND: it is not in the archive. */
enum gp_status gp_old_path_add(struct gp_store *s, int64_t list, const char *path,
    const char *msgid, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_old_path_find(const void *ctx, struct gp_store *s, const char *path,
    struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;

/* ---- author.c: who wrote on a list ------------------------------------------------ */

struct gp_author {
	int64_t id;		/* within a list */
	char *key;		/* of their first message: names them in addresses */
	char *name, *addr;	/* as in their newest one; the name may be "" */
	int64_t messages, first, last;
};
/* Who wrote last comes first; before (last, id), or all when last is 0. Reads all authors of the list. */
enum gp_status gp_author_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t last,
    int64_t id, size_t limit, struct gp_author ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Of a message that is shown. GP_E_NOTFOUND sets no message. */
enum gp_status gp_author_of(const void *ctx, struct gp_store *s, int64_t message,
    struct gp_author **out, struct gp_err *err) GP_MUST_CHECK;
/* Newest first, before (date, id), or from the newest when date is 0. */
enum gp_status gp_message_of_author(const void *ctx, struct gp_store *s, int64_t list, int64_t author,
    int64_t date, int64_t id, size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err)
    GP_MUST_CHECK;

/* Is any message of a person's addresses shown on the list? */
enum gp_status gp_person_wrote(struct gp_store *s, int64_t list, int64_t person, bool *yes, struct gp_err *err)
    GP_MUST_CHECK;
/* It is the first post of a member. */
enum gp_status gp_message_set_first(struct gp_store *s, int64_t message, struct gp_err *err) GP_MUST_CHECK;
/* Messages with that address in From, on all lists, oldest first. Reads the whole archive. */
enum gp_status gp_message_by(const void *ctx, struct gp_store *s, const char *address, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

enum gp_status gp_thread_find(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_thread **out, struct gp_err *err) GP_MUST_CHECK;
/* Newest activity first, before (last, id) of the page before, or last = 0. List 0: all public
 * lists. */
enum gp_status gp_thread_newest(const void *ctx, struct gp_store *s, int64_t list, int64_t last,
    int64_t id, size_t limit, struct gp_thread ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Threads with a message dated in [from, to), by first date then id, after (first, id). */
enum gp_status gp_thread_between(const void *ctx, struct gp_store *s, int64_t list, int64_t from,
    int64_t to, int64_t after_first, int64_t after_id, size_t limit, struct gp_thread ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* One thread: every node in order of date; ghosts have id < 0 ... see `state`. */
struct gp_node {
	int64_t id, parent;	/* node ids; a node of a message has the message's id */
	int state;		/* 0 ghost 1 present 2 no-archive 3 removed */
	int kind;		/* how the parent was found, as gp_message.parent_kind */
	struct gp_message *msg;	/* NULL unless present */
};
enum gp_status gp_thread_nodes(const void *ctx, struct gp_store *s, int64_t thread,
    struct gp_node **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Threads that were started from messages of this one, by the date of their first message. */
struct gp_started {
	int64_t from;		/* message of this thread */
	struct gp_thread *thread;
};
enum gp_status gp_thread_started(const void *ctx, struct gp_store *s, int64_t thread,
    struct gp_started **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Moderators' corrections, kept as decisions of kind 5 that a rebuild repeats. */
enum gp_status gp_thread_split(struct gp_store *s, const struct gp_list *list, int64_t message,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_thread_join(struct gp_store *s, const struct gp_list *list, int64_t thread,
    int64_t under_message, struct gp_err *err) GP_MUST_CHECK;
/* Messages for each month of a list, oldest first: for calendars. */
struct gp_month { int year, month; int64_t messages; };
/* Messages of each day (1 to 31) of the month [from, to), of those received from `since` on. */
enum gp_status gp_list_days(struct gp_store *s, int64_t list, int64_t from, int64_t to, int64_t since,
    int64_t counts[32], struct gp_err *err) GP_MUST_CHECK;
/* Messages of a thread that came after a date, and the key of the first; "" when there is none. */
enum gp_status gp_thread_news(const void *ctx, struct gp_store *s, int64_t thread, int64_t date, int64_t *n,
    char **key, struct gp_err *err) GP_MUST_CHECK;
/* Messages with files, before (date, id); date 0: from the newest. */
enum gp_status gp_message_files(const void *ctx, struct gp_store *s, int64_t list, int64_t date, int64_t id,
    size_t limit, struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Messages whose Message-ID begins like this one, on all lists. */
enum gp_status gp_message_near(const void *ctx, struct gp_store *s, const char *msgid, size_t limit,
    struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_list_months(const void *ctx, struct gp_store *s, int64_t list,
    struct gp_month **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_list_stats { int64_t messages, threads, people, first, last, last_30_days; };
enum gp_status gp_list_stats(struct gp_store *s, int64_t list, int64_t now,
    struct gp_list_stats *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- search.c: FTS5 --------------------------------------------------------------- */

/* The lists that a person may read, member or not, and from when on (0: all); those of a stranger (person 0) are the
 * public ones. Everything: for whoever runs the server. */
struct gp_reach_list { int64_t list, since; };
struct gp_reach {
	struct gp_reach_list *v; size_t n;
	char *languages;	/* of these lists: "en de" */
};
enum gp_status gp_reach_of(const void *ctx, struct gp_store *s, int64_t person, struct gp_reach **out,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_reach_all(const void *ctx, struct gp_store *s, struct gp_reach **out, struct gp_err *err)
    GP_MUST_CHECK;

struct gp_search {
	const char *query;	/* as typed: words, "phrases", -not, OR, from: subject: body: list:
				 * before: after: on: has:attachment|patch|link id: thread: sort: */
	int64_t list;		/* 0: all in reach */
	struct gp_reach *reach;	/* NULL: all public lists */
	size_t limit, offset;
	int64_t now;		/* for 3d, last-week */
	int64_t since;		/* only what was received from then on, 0: all */
	bool facets;		/* count them, too */
	size_t pages;		/* look for so many pages of the library, too */
	const char *languages;	/* of its words, for their other forms: "en de"; NULL: only as they stand */
};
struct gp_facets;
struct gp_hits {
	struct gp_facets *facets; /* when they were asked for */
	struct gp_message **v; size_t n;
	struct gp_practice **pages; size_t pages_n;	/* of the library: the best first */
	int64_t total;		/* counted up to 1,000 */
	bool more;		/* stopped at a limit of time or hits */
	char **terms; size_t terms_n;	/* what to mark in the text: folded words, word*, phrases */
	char *note;		/* what was mended: "open-quote", "unknown-prefix", "no-word" (signs
				 * only), "too-long"; or NULL */
};
/* Who wrote what was found, in which years, with what: of the best thousand. */
struct gp_facet { char *name; int64_t n; };
struct gp_facets {
	struct gp_facet *authors; size_t authors_n;	/* names, the most frequent first, at most 8 */
	struct gp_facet *years; size_t years_n;		/* newest first */
	struct gp_facet *lists; size_t lists_n;		/* names, the most frequent first, at most 8 */
	int64_t files, solved, questions;		/* messages with files; in such threads */
};
/* Where the terms stand in a text: [from, to) of each, in order. */
struct gp_mark { size_t from, to; };
void gp_hits_marks(const void *ctx, const struct gp_hits *hits, const char *text, size_t n,
    struct gp_mark **out, size_t *out_n);
/* For a search that found nothing: the query with words that people wrote, which finds something. *out
 * NULL: there is none. */
enum gp_status gp_search_suggest(const void *ctx, struct gp_store *s, const struct gp_search *q, char **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Never fails on what people type: unknown x: is a word, open quotes are closed. */
enum gp_status gp_search_run(const void *ctx, struct gp_store *s, const struct gp_search *q,
    struct gp_hits *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- import.c: how far an import came --------------------------------------------- */

/* Progress of one source file, so that a killed import resumes: name (path, size, first bytes hashed
 * by the caller) to byte offset; and files done. */
enum gp_status gp_import_mark(struct gp_store *s, int64_t list, const char *source, int64_t offset,
    bool done, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_import_find(struct gp_store *s, int64_t list, const char *source, int64_t *offset,
    bool *done, struct gp_err *err) GP_MUST_CHECK;

#include "guildpost/store/news.h"

#endif
