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
};
enum gp_status gp_store_stats(struct gp_store *s, struct gp_store_stats *out, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- list.c: lists and their settings --------------------------------------------- */

enum { GP_POST_MEMBERS, GP_POST_ANYONE, GP_POST_MODERATORS };	/* who may post without a hold */
enum { GP_ARCHIVE_PUBLIC, GP_ARCHIVE_OFF };

/* Settings of a list: filled from gp_list_options (names, types, defaults, meanings). */
struct gp_list_settings {
	char *title;		/* phrase of the List-Id, heading of the archive; "" : the name */
	char *description;	/* one line */
	char *charter;		/* Markdown */
	char *language;		/* "en" */
	char *timezone;		/* IANA name of digests and pages, "UTC" */
	char *tag;		/* [tag] that posters use in subjects, taken off titles; or "" */
	int post;		/* GP_POST_ */
	int archive;		/* GP_ARCHIVE_ */
	bool closed;		/* no posts any more */
	bool own_copy;		/* authors get their own posts */
	bool personal;		/* a mail for each recipient, with an envelope sender and an
				 * unsubscribe link of their own; no: one for all, in batches */
	int64_t max_size;	/* larger posts are held */
	int64_t max_recipients;	/* more in To and Cc are held */
	int64_t hold_expire;	/* seconds until an undecided hold is discarded */
	int64_t digest_hour;	/* 0-23, in timezone */
	int64_t digest_weekday;	/* 0 Sunday .. 6 */
	int64_t digest_monthday;/* 1-28 */
};
extern const struct gp_opt gp_list_options[];
extern const size_t gp_list_option_count;

struct gp_list {
	int64_t id;
	char *address;		/* name@domain, folded */
	char *name, *domain;
	int64_t created;
	int64_t version;	/* grows with every change of the archive */
	struct gp_list_settings set;
};

/* GP_E_PARSE: not an address, a reserved name (m t mid u d search static about ...), or one that
 * ends like a command (-request, -owner ...); GP_E_EXISTS. */
enum gp_status gp_list_create(const void *ctx, struct gp_store *s, const char *address,
    struct gp_list **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_list_find(const void *ctx, struct gp_store *s, const char *address,
    struct gp_list **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_list_find_id(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_list **out, struct gp_err *err) GP_MUST_CHECK;
/* By name alone (web addresses, command line): the first in alphabetical order of domains. */
enum gp_status gp_list_find_name(const void *ctx, struct gp_store *s, const char *name,
    struct gp_list **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_list_all(const void *ctx, struct gp_store *s, struct gp_list ***out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;	/* by address */
enum gp_status gp_list_set(struct gp_store *s, struct gp_list *list, const char *key,
    const char *value, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_list_rename(struct gp_store *s, struct gp_list *list, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
/* With everything that belongs to it. */
enum gp_status gp_list_delete(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;

/* ---- member.c: persons, addresses, members ---------------------------------------- */

enum gp_role { GP_ROLE_MEMBER, GP_ROLE_MODERATOR, GP_ROLE_OWNER };
enum gp_delivery { GP_DELIVERY_EACH, GP_DELIVERY_DAILY, GP_DELIVERY_WEEKLY, GP_DELIVERY_MONTHLY,
	GP_DELIVERY_NONE };
extern const char *const gp_role_names[], *const gp_delivery_names[];	/* NULL at the end */

struct gp_member {
	int64_t id, list, person;
	char *address;		/* as the person wrote it */
	char *name;		/* or "" */
	int role, delivery;
	int64_t joined;
	int64_t digest_upto;	/* id of the last message a digest covered */
	int64_t digest_last;	/* when the last digest was made, 0: never */
};
/* GP_E_EXISTS when the address (or another of the person) is on the list. */
enum gp_status gp_member_add(struct gp_store *s, int64_t list, const char *address,
    const char *name, int role, int delivery, int64_t now, int64_t *id, struct gp_err *err)
    GP_MUST_CHECK;
/* By any of the person's addresses. */
enum gp_status gp_member_find(const void *ctx, struct gp_store *s, int64_t list,
    const char *address, struct gp_member **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_member_find_id(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_member **out, struct gp_err *err) GP_MUST_CHECK;
/* key: name, role, delivery. GP_E_NOTFOUND / GP_E_PARSE as gp_opt_set. */
enum gp_status gp_member_set(struct gp_store *s, int64_t id, const char *key, const char *value,
    struct gp_err *err) GP_MUST_CHECK;
/* Also drops what is queued for this membership but not yet sent. */
enum gp_status gp_member_remove(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;
/* By address; role or delivery -1: all; role MODERATOR gives owners too. */
enum gp_status gp_member_all(const void *ctx, struct gp_store *s, int64_t list, int role,
    int delivery, struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_member_count(struct gp_store *s, int64_t list, int64_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* A digest up to message `upto` was queued (same transaction). */
enum gp_status gp_member_digest_mark(struct gp_store *s, int64_t member, int64_t upto, int64_t when,
    struct gp_err *err) GP_MUST_CHECK;

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
	char *mark;		/* "question", "solved", "story", "practice" or "" */
	int64_t mark_message;	/* the message that answers it, or 0 */
};

enum gp_status gp_message_find_key(const void *ctx, struct gp_store *s, int64_t list,
    const char *key, struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_message_find_id(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_message **out, struct gp_err *err) GP_MUST_CHECK;
/* list 0: on any list; several are possible. */
enum gp_status gp_message_find_msgid(const void *ctx, struct gp_store *s, int64_t list,
    const char *msgid, struct gp_message ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The canonical bytes, exactly as archived. */
enum gp_status gp_message_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Does it say the same as m: text and attachments, whatever relays and lists add on the way? */
enum gp_status gp_message_same(const void *ctx, struct gp_store *s, int64_t id,
    const struct gp_mail *m, const char *raw, size_t n, bool *same, struct gp_err *err) GP_MUST_CHECK;
/* What the parser derived (text, html, parts, addresses); raw may be NULL. */
enum gp_status gp_message_mail(const void *ctx, struct gp_store *s, int64_t id, struct gp_mail *out,
    char **raw, size_t *n, struct gp_err *err) GP_MUST_CHECK;
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
/* Moderators' corrections, kept as decisions of kind 5 that a rebuild repeats. */
enum gp_status gp_thread_split(struct gp_store *s, const struct gp_list *list, int64_t message,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_thread_join(struct gp_store *s, const struct gp_list *list, int64_t thread,
    int64_t under_message, struct gp_err *err) GP_MUST_CHECK;
/* "question", "solved", "story", "practice" or "" on a thread; by a person. */
enum gp_status gp_thread_mark(struct gp_store *s, int64_t thread, const char *mark, int64_t message,
    struct gp_err *err) GP_MUST_CHECK;

/* Messages for each month of a list, oldest first: for calendars. */
struct gp_month { int year, month; int64_t messages; };
enum gp_status gp_list_months(const void *ctx, struct gp_store *s, int64_t list,
    struct gp_month **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_list_stats { int64_t messages, threads, people, first, last, last_30_days; };
enum gp_status gp_list_stats(struct gp_store *s, int64_t list, int64_t now,
    struct gp_list_stats *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- search.c: FTS5 --------------------------------------------------------------- */

struct gp_search {
	const char *query;	/* as typed: words, "phrases", -not, OR, from: subject: body: list:
				 * before: after: on: has:attachment|patch|link id: thread: sort: */
	int64_t list;		/* 0: all public lists */
	size_t limit, offset;
	int64_t now;		/* for 3d, last-week */
};
struct gp_hits {
	struct gp_message **v; size_t n;
	int64_t total;		/* counted up to 1,000 */
	bool more;		/* stopped at a limit of time or hits */
	char **terms; size_t terms_n;	/* what to mark in the text: folded words and phrases */
	char *note;		/* what was mended: "open-quote", "unknown-prefix", "no-word" (signs
				 * only), "too-long"; or NULL */
};
/* Never fails on what people type: unknown x: is a word, open quotes are closed. */
enum gp_status gp_search_run(const void *ctx, struct gp_store *s, const struct gp_search *q,
    struct gp_hits *out, struct gp_err *err) GP_MUST_CHECK;

/* ---- queue.c: what is to be delivered --------------------------------------------- */

enum gp_job_kind { GP_JOB_POST, GP_JOB_NOTICE, GP_JOB_DIGEST };
struct gp_job {
	int64_t id, list;
	int kind;
	int64_t message;	/* a post: its body is raw[body_off..] of this message; else 0 */
	char *header; size_t header_n; /* header block for the wire, CRLF ends, no empty line;
				 * each recipient's own fields are put in front of it */
	char *body; size_t body_n; /* filled for posts too when read */
	size_t body_off;
	char *subject;		/* for people */
	int64_t created, expires;
	int64_t total, sent, failed, left;
	int64_t dropped;	/* members who left before it was tried, or given up by hand */
	unsigned flags;		/* GP_JOB_ */
};
enum { GP_JOB_8BIT = 1, GP_JOB_UTF8 = 2, /* needs 8BITMIME, SMTPUTF8 */
	GP_JOB_NULL_SENDER = 4, /* MAIL FROM:<> */
	GP_JOB_ONE_CLICK = 8,	/* add List-Unsubscribe and -Post for each recipient */
	GP_JOB_BATCH = 16	/* all get the same bytes: many recipients in one transaction */
};
/* GP_OK sets job->id. Give recipients in the same transaction. */
enum gp_status gp_job_add(struct gp_store *s, struct gp_job *job, struct gp_err *err) GP_MUST_CHECK;
/* All members with that delivery but one (0: nobody left out); *n: how many. */
enum gp_status gp_job_add_members(struct gp_store *s, int64_t job, int64_t list, int delivery,
    int64_t but_member, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
/* One address; member may be 0; with a member, it is dropped when the member leaves. */
enum gp_status gp_job_add_address(struct gp_store *s, int64_t job, const char *address,
    int64_t member, struct gp_err *err) GP_MUST_CHECK;

struct gp_rcpt {
	int64_t job, n;		/* together the name of a delivery */
	int64_t member;		/* or 0 */
	char *address;
	int tries;
	int64_t next;		/* when it is due; 0: never tried */
	char *last;		/* the relay's last words, or NULL */
};
/* Jobs with untried recipients beyond `after_n` of job..., oldest first: what core hands to
 * outbound. Retries that are due come from gp_queue_due. */
enum gp_status gp_queue_fresh(const void *ctx, struct gp_store *s, int64_t job, int64_t after_n,
    size_t limit, struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Ids of jobs that have untried recipients, oldest first. */
enum gp_status gp_queue_jobs(const void *ctx, struct gp_store *s, int64_t after, size_t limit,
    int64_t **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_due(const void *ctx, struct gp_store *s, int64_t now, size_t limit,
    struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* When the next retry is due, 0: none. */
enum gp_status gp_queue_next_due(struct gp_store *s, int64_t *when, struct gp_err *err)
    GP_MUST_CHECK;
/* The job with header and body for sending. */
enum gp_status gp_job_find(const void *ctx, struct gp_store *s, int64_t id, bool with_body,
    struct gp_job **out, struct gp_err *err) GP_MUST_CHECK;

enum gp_result_kind { GP_RESULT_SENT, GP_RESULT_DEFER, GP_RESULT_FAIL, GP_RESULT_DROPPED };
struct gp_result {
	int64_t job, n;
	enum gp_result_kind kind;
	int64_t next;		/* DEFER: when to try again */
	const char *text;	/* the relay's words, "550 5.1.1 no such user" */
};
/* Record results, all in the caller's transaction; finished jobs give up their bytes. A result for
 * a delivery that is gone already changes nothing. */
enum gp_status gp_queue_results(struct gp_store *s, const struct gp_result *r, size_t n,
    int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* For queue ls: unfinished jobs, or all of the last days; and their recipients with trouble. */
enum gp_status gp_queue_list(const void *ctx, struct gp_store *s, bool all, struct gp_job ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_failure { int64_t job, member, time; char *address, *text; bool bounced; };
enum gp_status gp_queue_failures(const void *ctx, struct gp_store *s, int64_t job,
    struct gp_failure **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_deferred(const void *ctx, struct gp_store *s, int64_t job,
    struct gp_rcpt **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* A delivery that was sent came back as a bounce: recorded beside the failures. */
enum gp_status gp_queue_bounce(struct gp_store *s, int64_t job, int64_t member, int64_t now,
    const char *text, struct gp_err *err) GP_MUST_CHECK;
/* Make retries due now (job 0: all) / give up what is left of a job. */
enum gp_status gp_queue_retry(struct gp_store *s, int64_t job, int64_t now, int64_t *n,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_queue_drop(struct gp_store *s, int64_t job, int64_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* Forget finished jobs that were made, and failures that happened, before that time. */
enum gp_status gp_queue_forget(struct gp_store *s, int64_t before, struct gp_err *err)
    GP_MUST_CHECK;

/* ---- hold.c: posts that wait, and what was thrown away ---------------------------- */

enum gp_hold_state { GP_HOLD_WAITING, GP_HOLD_APPROVED, GP_HOLD_REJECTED, GP_HOLD_DISCARDED,
	GP_HOLD_EXPIRED };
extern const char *const gp_hold_state_names[];
struct gp_hold {
	int64_t id, list;
	int state;
	char *rule;		/* name of the rule that held it: "stranger", "size" ... */
	char *reason;		/* a sentence for people */
	char *envelope_from, *from_name, *from_addr, *subject, *msgid, *snippet;
	int64_t size, created, expires, decided;
	char *decided_by;	/* an address, or "command line" */
	char *decision_reason;
};
/* A waiting post, or (state DISCARDED) one kept for a while so that an owner can see it. A waiting
 * hold of the same Message-ID and content on the list: GP_E_EXISTS and its id. */
enum gp_status gp_hold_add(struct gp_store *s, struct gp_hold *h, const char *raw, size_t n,
    struct gp_str wire, struct gp_err *err) GP_MUST_CHECK;	/* sets h->id */
enum gp_status gp_hold_find(const void *ctx, struct gp_store *s, int64_t id, struct gp_hold **out,
    struct gp_err *err) GP_MUST_CHECK;
/* Its bytes, and the wire form of its struct gp_mail as given to gp_hold_add (wire.n 0: it could
 * not be read). */
enum gp_status gp_hold_raw(const void *ctx, struct gp_store *s, int64_t id, char **raw, size_t *n,
    struct gp_str *wire, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_hold_all(const void *ctx, struct gp_store *s, int64_t list, int state,
    struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK; /* state -1: all */
/* Only one decision wins: GP_E_EXISTS when it was decided before (message says how). */
enum gp_status gp_hold_decide(struct gp_store *s, int64_t id, int state, const char *by,
    const char *reason, int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* Waiting holds past their time. And: forget decided ones older than `before`. */
enum gp_status gp_hold_expired(const void *ctx, struct gp_store *s, int64_t now,
    struct gp_hold ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_hold_forget(struct gp_store *s, int64_t before, struct gp_err *err) GP_MUST_CHECK;

/* ---- token.c: single-use tokens (design section 6.5) ------------------------------ */

struct gp_token {
	char *purpose;		/* "hold" ... */
	int64_t list, object;	/* what it is bound to */
	char *address;		/* whose it is, folded */
	int64_t expires, used;	/* used: when, or 0 */
};
/* A new token: its 26 characters on ctx; only the hash is stored. */
enum gp_status gp_token_add(const void *ctx, struct gp_store *s, const struct gp_token *t,
    char **token, struct gp_err *err) GP_MUST_CHECK;
/* GP_E_NOTFOUND for unknown, malformed or expired ones alike; a used one is found (see used). */
enum gp_status gp_token_find(const void *ctx, struct gp_store *s, const char *purpose,
    const char *token, int64_t now, struct gp_token **out, struct gp_err *err) GP_MUST_CHECK;
/* Spend it, once: GP_E_EXISTS when someone was faster. */
enum gp_status gp_token_use(struct gp_store *s, const char *token, int64_t now, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_token_forget(struct gp_store *s, int64_t now, struct gp_err *err) GP_MUST_CHECK;

/* ---- import.c: how far an import came --------------------------------------------- */

/* Progress of one source file, so that a killed import resumes: name (path, size, first bytes hashed
 * by the caller) to byte offset; and files done. */
enum gp_status gp_import_mark(struct gp_store *s, int64_t list, const char *source, int64_t offset,
    bool done, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_import_find(struct gp_store *s, int64_t list, const char *source, int64_t *offset,
    bool *done, struct gp_err *err) GP_MUST_CHECK;

#endif
