/* SPDX-License-Identifier: ISC */
/*
 * store, the part about people: lists and their settings, persons with their addresses,
 * memberships. Included by store.h, whose rules on memory, transactions and errors hold
 * here too.
 */
#ifndef GUILDPOST_STORE_PEOPLE_H
#define GUILDPOST_STORE_PEOPLE_H

/* ---- list.c: lists and their settings --------------------------------------------- */

enum { GP_POST_MEMBERS, GP_POST_ANYONE, GP_POST_MODERATORS };	/* who may post without a hold */
/* Who may begin a thread, or reply, when that is not as GP_POST_ says. */
enum { GP_MAY_SAME, GP_MAY_ANYONE, GP_MAY_MEMBERS, GP_MAY_MODERATORS, GP_MAY_NOBODY };
/* What becomes of a post of those who may not. */
enum { GP_ELSE_HOLD, GP_ELSE_REFUSE, GP_ELSE_DISCARD };
enum { GP_ARCHIVE_PUBLIC, GP_ARCHIVE_OFF, GP_ARCHIVE_MEMBERS, GP_ARCHIVE_OWNERS };	/* who finds it */
enum { GP_JOIN_CONFIRM, GP_JOIN_MODERATED, GP_JOIN_CLOSED };	/* CLOSED: by invitation */
enum { GP_ROSTER_MEMBERS, GP_ROSTER_MODERATORS, GP_ROSTER_ANYONE };
enum { GP_HISTORY_ALL, GP_HISTORY_JOINED };	/* what members find of it */
enum { GP_END_RETURN, GP_END_ACCEPT, GP_END_DISCARD };	/* of a hold that nobody decided */

/* Settings of a list: filled from gp_list_options (names, types, defaults, meanings). */
struct gp_list_settings {
	char *title;		/* phrase of the List-Id, heading of the archive; "" : the name */
	char *description;	/* one line */
	char *charter;		/* Markdown */
	char *language;		/* "en" */
	char *timezone;		/* IANA name of digests and pages, "UTC" */
	char *tag;		/* [tag] that posters use in subjects, taken off titles; or "" */
	int post;		/* GP_POST_ */
	int start, reply;	/* GP_MAY_: who may begin a thread, who may reply */
	int strangers, members;	/* GP_ELSE_: posts of strangers, and of members, who may not */
	int archive;		/* GP_ARCHIVE_ */
	int history;		/* GP_HISTORY_ */
	int join;		/* GP_JOIN_ */
	char *questions;	/* asked of those who join, a line each */
	int roster;		/* GP_ROSTER_: who sees who is on the list */
	int64_t first_posts;	/* of a new member that are held, then trusted */
	int64_t daily_posts;	/* of one member in a day, 0: any number; more are held */
	bool repeats;		/* the same words again, or one subject over and over, need not wait */
	int64_t quiet_from, quiet_to; /* hours in timezone; posts between wait; equal: none */
	bool emergency;		/* every post is held */
	int64_t approvals;	/* moderators who must say ok */
	char *reasons;		/* to refuse with "no 3", a line each */
	bool tell_author;	/* that a post is held */
	bool closed;		/* no posts any more */
	bool own_copy;		/* authors get their own posts */
	char *types;		/* of parts that are taken, "text/plain image/..."; "": all */
	char *block_files;	/* ends of names of files that are not: "exe bat" */
	int blocked;		/* GP_BLOCKED_: what becomes of posts with others */
	int attachments;	/* GP_FILES_ */
	int robots;		/* GP_ROBOTS_ */
	bool people;		/* the archive has pages of who wrote what */
	int pixels;		/* GP_PIXELS_: remote images that nobody can see */
	int html;		/* GP_HTML_: posts whose only text is HTML */
	int html_view;		/* GP_HTML_VIEW_: what the archive shows of them first */
	char *footer;		/* put under each post; or "" */
	char *prefix;		/* in front of subjects, # is a number; or "" */
	int reply_to;		/* GP_REPLY_: where replies go */
	char *reply_address;	/* in place of the list's address there, or "" */
	int dmarc;		/* GP_DMARC_: posts whose author's domain forbids us its name */
	bool personal;		/* a mail for each recipient, with an envelope sender and an
				 * unsubscribe link of their own; no: one for all, in batches */
	int64_t max_size;	/* larger posts are held */
	int64_t max_recipients;	/* more in To and Cc are held */
	int64_t hold_expire;	/* seconds until an undecided hold ends */
	int hold_end;		/* GP_END_: how */
	int answers;		/* GP_FEATURE_: questions are followed until they are solved */
	int64_t open_after;	/* seconds without an answer after which a question is open */
	int64_t help_after;	/* seconds until somebody who can help is asked; 0: nobody is */
	int64_t help_cap;	/* questions that one member is asked about in 30 days */
	int letter;		/* GP_FEATURE_: a monthly letter, MODERATORS: to them only */
	int learned;		/* GP_FEATURE_: what we learned, monthly; MODERATORS: to them only */
	int welcome;		/* GP_FEATURE_ON: newcomers get the charter and something to read */
	int mentors;		/* GP_FEATURE_: who can be matched; MODERATORS: by hand only */
	int64_t mentor_cap;	/* pairs of one mentor at once */
	int circles;		/* GP_FEATURE_: who can propose one */
	int64_t circle_quorum;	/* members who want it, with who proposes it */
	int64_t circle_for;	/* seconds that one lives */
	int decisions;		/* GP_FEATURE_: who can begin a round of yes and no */
	int64_t decide_for;	/* seconds that it takes */
	int64_t heat;		/* posts in a thread in three hours from which on it may be a heated one; 0: never */
	int anon;		/* GP_FEATURE_: who can write without a name */
	int anon_sealed;	/* who it was is kept, for whoever runs the server */
	int64_t anon_keep;	/* seconds that the same author keeps a name in a thread where nobody writes so */
	int visible;		/* GP_VISIBLE_: of new threads */
	int narrow;		/* GP_FEATURE_: who can say so of a thread that they begin, and make it stricter */
	int unnamed;		/* GP_FEATURE_, GP_UNNAMED_ALL: who can have one shown without names */
	int library;		/* GP_FEATURE_: who keeps threads in the library */
	int share;		/* GP_FEATURE_: who shares threads with other lists */
	int64_t summary_after;	/* seconds after the last answer until who asked is invited to sum up; 0: never */
	int64_t confirm_after;	/* seconds until a kept thread is asked about: still true? 0: never */
	char *kinds;		/* of threads, a line each: "story: what somebody lived through" */
	int64_t digest_hour;	/* 0-23, in timezone */
	int64_t digest_weekday;	/* 0 Sunday .. 6 */
	int64_t digest_monthday;/* 1-28 */
	char *digest_note;	/* Markdown, in all digests; or "" */
	int64_t bounce_score;	/* bounces on so many days before a probe; 0: none count */
	int64_t bounce_decay;	/* seconds without one after which all are forgotten */
	int64_t bounce_probe;	/* seconds that a probe has to come back */
	int64_t bounce_notices;	/* to a suspended member before it is removed */
	int64_t bounce_notice_every; /* seconds between them */
	int64_t bounce_brake;	/* so many failures of one kind at once are nobody's fault; 0: off */
};
/* What a community can switch on: for nobody, for everybody on the list, for its moderators. */
enum { GP_FEATURE_OFF, GP_FEATURE_ON, GP_FEATURE_MODERATORS };
enum { GP_UNNAMED_ALL = GP_FEATURE_MODERATORS + 1 };	/* all threads are shown so */
enum { GP_BLOCKED_HOLD, GP_BLOCKED_REFUSE, GP_BLOCKED_DROP };
enum { GP_FILES_KEEP, GP_FILES_DROP, GP_FILES_LINK };
enum { GP_ROBOTS_INDEX, GP_ROBOTS_NOINDEX };
enum { GP_PIXELS_KEEP, GP_PIXELS_DROP };
enum { GP_HTML_VIEW_FORMATTED, GP_HTML_VIEW_PLAIN };
enum { GP_HTML_ACCEPT, GP_HTML_REFUSE, GP_HTML_TEXT };
enum { GP_REPLY_AUTHOR, GP_REPLY_LIST, GP_REPLY_ONLY_LIST };
enum { GP_DMARC_REWRITE, GP_DMARC_WRAP, GP_DMARC_ALWAYS, GP_DMARC_LEAVE };
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
/* What nobody may find but its members is theirs alone: an archive is public only with its whole history. */
bool gp_list_is_public(const struct gp_list *list);
/* Is there one for members? Links in their mail lead somewhere then. */
bool gp_list_has_archive(const struct gp_list *list);
/* What people call it: its title, or its name where it has none. Hangs on the list. */
const char *gp_list_title(const struct gp_list *list);
struct gp_member;
/* May they read it, on the web or by mail? NULL: whoever comes. */
bool gp_list_may_read(const struct gp_list *list, const struct gp_member *member);
/* ... and only what was received from then on; 0: all. */
int64_t gp_list_readable_from(const struct gp_list *list, const struct gp_member *member);
/* With everything that belongs to it. */
enum gp_status gp_list_delete(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;

/* ---- member.c: persons, addresses, members ---------------------------------------- */

enum gp_role { GP_ROLE_MEMBER, GP_ROLE_MODERATOR, GP_ROLE_OWNER };
enum gp_delivery { GP_DELIVERY_EACH, GP_DELIVERY_DAILY, GP_DELIVERY_WEEKLY, GP_DELIVERY_MONTHLY,
	GP_DELIVERY_NONE };
extern const char *const gp_role_names[], *const gp_delivery_names[];	/* NULL at the end */

/* What a moderator lets a member do, whatever the list says. */
enum { GP_POSTING_LIST, GP_POSTING_TRUSTED, GP_POSTING_HELD, GP_POSTING_NONE };
enum { GP_COPY_LIST, GP_COPY_YES, GP_COPY_NO };	/* of one's own posts; LIST: as own_copy says */

struct gp_member {
	int64_t id, list, person;
	char *address;		/* as the person wrote it */
	/* From here on settings, see gp_member_options. */
	char *name;		/* or "" */
	int role, delivery;
	char *language, *timezone; /* "": the list's */
	int own_copy;		/* GP_COPY_ */
	bool duplicates;	/* the list's copy also of posts addressed to the member too */
	int64_t attachments;	/* larger ones come as links; 0: none does */
	bool hidden;		/* not shown on the roster */
	bool reminders;		/* may be reminded of things */
	int posting;		/* GP_POSTING_ */
	int digest_hour;	/* 0: the list's, else the hour + 1 */
	int digest_day;		/* of weekly ones: 0: the list's, 1 Sunday .. 7 Saturday */
	int digest_form;	/* GP_FORM_ */
	int64_t digest_minutes;	/* that reading one may take, 0: any time */
	int64_t digest_posts;	/* so many new posts make one due, too; 0: never */
	bool digest_together;	/* one for all lists of the person, where they are due at once */
	int notes;		/* GP_NOTES_: posts with a content note */
	/* Not settings. */
	int64_t pause_from, pause_to; /* no mail between; 0 and 0: no pause */
	int64_t accepted, refused; /* posts of this member that moderators let through, or not; accepted
				 * counts those that needed no moderator, too */
	int bounces;		/* GP_BOUNCES_ */
	int64_t joined;
	int64_t digest_upto;	/* id of the last message a digest covered */
	int64_t digest_last;	/* when the last digest was made, 0: never */
	int64_t digest_next;	/* when the next is due, or below GP_DIGEST_TIMES */
	int64_t digest_until;	/* with GP_DIGEST_FINAL: the last message of it */
};
enum { GP_NOTES_SHOW, GP_NOTES_FOLD, GP_NOTES_SKIP };
enum { GP_FORM_SUMMARY, GP_FORM_TITLES, GP_FORM_MIME, GP_FORM_PLAIN };
/* Why the clock looks at a member's digest at once: as the member turned to each mail and had some messages in
 * neither; as enough posts came. Zero and below: to reckon when it is due, from that time on without its sign
 * (0: from now on). */
enum { GP_DIGEST_FINAL = 1, GP_DIGEST_EARLY, GP_DIGEST_TIMES = 10 };
#define GP_DIGEST_NONE INT64_MIN
extern const struct gp_opt gp_member_options[];
extern const size_t gp_member_option_count;
/* GP_E_EXISTS when the address (or another of the person) is on the list. */
enum gp_status gp_member_add(struct gp_store *s, int64_t list, const char *address,
    const char *name, int role, int delivery, int64_t now, int64_t *id, struct gp_err *err)
    GP_MUST_CHECK;
/* By any of the person's addresses. */
enum gp_status gp_member_find(const void *ctx, struct gp_store *s, int64_t list,
    const char *address, struct gp_member **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_member_of_person(const void *ctx, struct gp_store *s, int64_t list, int64_t person,
    struct gp_member **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_member_find_id(const void *ctx, struct gp_store *s, int64_t id,
    struct gp_member **out, struct gp_err *err) GP_MUST_CHECK;
/* key: one of gp_member_options. GP_E_NOTFOUND / GP_E_PARSE as gp_opt_set. */
enum gp_status gp_member_set(struct gp_store *s, int64_t id, const char *key, const char *value,
    struct gp_err *err) GP_MUST_CHECK;
/* Also drops what is queued for this membership but not yet sent. */
enum gp_status gp_member_remove(struct gp_store *s, int64_t id, struct gp_err *err) GP_MUST_CHECK;
/* By address; role or delivery -1: all; role MODERATOR gives owners too. */
enum gp_status gp_member_all(const void *ctx, struct gp_store *s, int64_t list, int role,
    int delivery, struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_member_count(struct gp_store *s, int64_t list, int64_t *n, struct gp_err *err)
    GP_MUST_CHECK;
/* From and to are times, to the later (else GP_E_PARSE); 0 and 0 ends a pause. */
enum gp_status gp_member_pause(struct gp_store *s, int64_t id, int64_t from, int64_t to,
    struct gp_err *err) GP_MUST_CHECK;
/* One more post of this member was accepted, or refused. */
enum gp_status gp_member_count_post(struct gp_store *s, int64_t id, bool accepted,
    struct gp_err *err) GP_MUST_CHECK;
/* Deliver to another of the person's addresses. GP_E_NOTFOUND: it is not one of them. */
enum gp_status gp_member_use_address(struct gp_store *s, int64_t id, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
/* All memberships of the person behind an address, by list address. */
enum gp_status gp_member_lists(const void *ctx, struct gp_store *s, const char *address,
    struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

/* ---- person.c: one human, several addresses --------------------------------------- */

/* Members of that name, in small letters of any script; at most `limit`, the oldest first. */
enum gp_status gp_member_named(const void *ctx, struct gp_store *s, int64_t list, const char *name,
    size_t limit, struct gp_member ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
struct gp_person {
	int64_t id;
	char *name;
	char **addresses; size_t n; /* as written, by folded form */
};
/* The person behind an address. */
enum gp_status gp_person_find(const void *ctx, struct gp_store *s, const char *address,
    struct gp_person **out, struct gp_err *err) GP_MUST_CHECK;
/* A number that is good for one span of being logged in to the archive: _end begins the next, and what was
 * signed with the one before is void. GP_E_NOTFOUND: no such person. */
enum gp_status gp_person_session(struct gp_store *s, int64_t person, int64_t *session, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_person_end_session(struct gp_store *s, int64_t person, struct gp_err *err)
    GP_MUST_CHECK;
/* How many messages from the addresses of that person are in the archive of the list. GP_E_NOTFOUND:
 * nobody has that address. */
enum gp_status gp_person_archived(struct gp_store *s, const char *address, int64_t list, int64_t *n,
    struct gp_err *err) GP_MUST_CHECK;
/* Another address of a person, which was proven. When it belongs to someone else already, the two
 * become one: memberships on the same list are merged, the higher role and the given person's
 * settings stay. */
enum gp_status gp_person_add_address(struct gp_store *s, int64_t person, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
/* GP_E_NOTFOUND: not one of the person's. GP_E_EXISTS: it is the only one, or a list delivers to it
 * and there is another (that is put in its place, and GP_OK): the last one can't go. */
enum gp_status gp_person_remove_address(struct gp_store *s, int64_t person, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
/*
 * Erase a person. Memberships, addresses, settings, interest, what is queued for them, tokens
 * and counts go. In the log of acts, in votes, in what moderators decided and in bans and texts
 * they made, their name and address become "someone who left". Posts of theirs that wait are
 * discarded, and the bytes of all that were held go.
 *
 * In archived messages of theirs the name and address that are shown become "", in the search
 * too; state and text stay, since others answered them (gp_message_remove takes one away). In
 * the bytes From becomes "someone who left" <erased@invalid>, and only such other fields stay
 * as say nothing of the author (Date, Subject, Message-ID, references, MIME; To and Cc where the
 * author is not among them).
 *
 * In all archived messages, in posts that wait and mail on its way, the address is taken out of
 * To, Cc and the like, fields of machines that hold it go, and in text (of every part, encoded,
 * attached or enclosed, that holds no NUL) it becomes erased@invalid, in all the ways that it is
 * written; the name becomes "someone who left" where it tells who wrote: near the address, by
 * "wrote:", behind "From:", and in texts of the person's own. Bytes, what is derived of them, and
 * the search change alike: no export and no rebuild brings them back. Signatures over such a
 * message (DKIM, OpenPGP, S/MIME) don't hold any more, and patches have another author. So do
 * texts of lists, settings and reasons.
 *
 * What stays: Message-IDs, even where a program made them of the address (links are made of
 * them); a name in a sentence; other addresses, which we don't know to be theirs; text in
 * UTF-16, in uuencode, encrypted, or in a file that is no text; bans of the person. *messages: how many
 * were made nameless. The whole archive and the search index are read, the index is written:
 * seconds for a large archive, in the caller's one transaction.
 */
enum gp_status gp_person_erase(struct gp_store *s, int64_t person, int64_t *messages,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- interest.c: threads that members follow or mute ------------------------------ */

enum { GP_INTEREST_NONE, GP_INTEREST_FOLLOW, GP_INTEREST_MUTE };
struct gp_interest {
	int64_t message, thread; int kind; char *key, *title;
	int64_t since;	/* the newest message when it was said */
};
/* In the thread that holds the message: replaces what was said of any other message of it. NONE
 * forgets it. GP_E_NOTFOUND: no such message on the member's list. After a join that brings both
 * together, mute counts. */
enum gp_status gp_interest_set(struct gp_store *s, int64_t member, int64_t message, int kind,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_interest_all(const void *ctx, struct gp_store *s, int64_t member,
    struct gp_interest **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* No more posts in a thread; why "" opens it again. And what is so: "" or why. A thread that is
 * joined to a closed one is closed, one that is split off is not. */
enum gp_status gp_thread_close(struct gp_store *s, int64_t thread, const char *why,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_thread_closed(const void *ctx, struct gp_store *s, int64_t thread, char **why,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- ban.c ------------------------------------------------------------------------ */

struct gp_ban {
	int64_t id, list;	/* list 0: every list of the site */
	char *pattern;		/* an address, "@domain" (and all below it) */
	int64_t until;		/* it holds before that time; 0: for ever */
	char *reason, *by;
	int64_t created;
};
/* GP_E_PARSE: neither an address nor @domain. An older ban of the same pattern is replaced. */
enum gp_status gp_ban_add(struct gp_store *s, const struct gp_ban *ban, struct gp_err *err)
    GP_MUST_CHECK;
/* GP_E_NOTFOUND: there is none. */
enum gp_status gp_ban_remove(struct gp_store *s, int64_t list, const char *pattern,
    struct gp_err *err) GP_MUST_CHECK;
/* The ban that hits an address on a list (or site-wide) at that time: of the address before that
 * of its domain, the list's before the site's. GP_E_NOTFOUND: none. */
enum gp_status gp_ban_find(const void *ctx, struct gp_store *s, int64_t list, const char *address,
    int64_t now, struct gp_ban **out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_ban_all(const void *ctx, struct gp_store *s, int64_t list, struct gp_ban ***out,
    size_t *n, struct gp_err *err) GP_MUST_CHECK;	/* of that list alone, by pattern */
/* Those that ended before that time. */
enum gp_status gp_ban_forget(struct gp_store *s, int64_t now, struct gp_err *err) GP_MUST_CHECK;

/* ---- trusted.c: who is not on a list, and may write to it without a moderator ------- */

/* GP_E_PARSE: no address. Twice is once. */
enum gp_status gp_trusted_add(struct gp_store *s, int64_t list, const char *address, const char *by,
    int64_t now, struct gp_err *err) GP_MUST_CHECK;
/* GP_E_NOTFOUND: it was not trusted. Who joins is not here any more, but a member with `posting` trusted. */
enum gp_status gp_trusted_remove(struct gp_store *s, int64_t list, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_trusted_find(struct gp_store *s, int64_t list, const char *address,
    struct gp_err *err) GP_MUST_CHECK;
/* Their addresses, folded, sorted. */
enum gp_status gp_trusted_all(const void *ctx, struct gp_store *s, int64_t list, char ***out, size_t *n,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- text.c: texts of a list that its owners wrote -------------------------------- */

struct gp_list_text {
	char *name, *language;	/* "welcome", "de" */
	int64_t version, time;
	char *by, *body;	/* body "": ours counts again */
};
/* The newest version; GP_E_NOTFOUND: never written, or given back (body ""). */
enum gp_status gp_text_find(const void *ctx, struct gp_store *s, int64_t list, const char *name,
    const char *language, struct gp_list_text **out, struct gp_err *err) GP_MUST_CHECK;
/* A new version. GP_E_PARSE: not clean text, or no name ([a-z0-9-]); GP_E_TOOBIG. */
enum gp_status gp_text_put(struct gp_store *s, int64_t list, const char *name, const char *language,
    const char *body, const char *by, int64_t now, int64_t *version, struct gp_err *err)
    GP_MUST_CHECK;
/* All versions of one text, newest first; name NULL: the newest of each text of the list. */
enum gp_status gp_text_all(const void *ctx, struct gp_store *s, int64_t list, const char *name,
    const char *language, struct gp_list_text ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

/* ---- act.c: who did what ---------------------------------------------------------- */

/* Each has its words in templates/mail/LANG/meanings. The names are kept for ever; new ones go to the end. */
enum gp_verb {
	GP_VERB_JOIN, GP_VERB_LEAVE, GP_VERB_CONFIGURE, GP_VERB_ADD, GP_VERB_REMOVE,
	GP_VERB_MEMBER, GP_VERB_INVITE, GP_VERB_CREATE, GP_VERB_RENAME, GP_VERB_ADDRESS,
	GP_VERB_PUT, GP_VERB_REVERT, GP_VERB_FOLLOW, GP_VERB_MUTE, GP_VERB_UNMUTE, GP_VERB_SET,
	GP_VERB_PAUSE, GP_VERB_RESUME, GP_VERB_BACK, GP_VERB_POSTING, GP_VERB_BAN, GP_VERB_UNBAN,
	GP_VERB_CLOSE, GP_VERB_OPEN, GP_VERB_CLOSE_THREAD, GP_VERB_OPEN_THREAD,
	GP_VERB_ASK_TO_JOIN, GP_VERB_WITHDRAW, GP_VERB_EXPIRE, GP_VERB_VOTE_OK, GP_VERB_VOTE_NO,
	GP_VERB_TRUST, GP_VERB_MOVE, GP_VERB_EDIT, GP_VERB_CLAIM, GP_VERB_APPROVE, GP_VERB_REFUSE,
	GP_VERB_DROP, GP_VERB_BRAKE, GP_VERB_COMPLAINT, GP_VERB_PROBE, GP_VERB_SUSPEND,
	GP_VERB_SPLIT, GP_VERB_MERGE, GP_VERB_TAKE_DOWN, GP_VERB_SOLVE, GP_VERB_REOPEN, GP_VERB_KIND, GP_VERB_SKILL,
	GP_VERB_KEEP, GP_VERB_UNKEEP, GP_VERB_WRITE, GP_VERB_STILL_TRUE, GP_VERB_OUTDATED, GP_VERB_SUMMARY,
	GP_VERB_UNSEAL, GP_VERB_SLOW, GP_VERB_COOL, GP_VERB_SHARE, GP_VERB_UNSHARE, GP_VERB_NUDGE,
	GP_VERB_NOTE,
	GP_VERB_VISIBLE,
	GP_VERB_COUNT
};
extern const char *const gp_verb_names[];	/* "join", "close thread" */

struct gp_act_record {
	int64_t id, time, list;
	const char *who;	/* an address, "command line" or "guildpost" */
	const char *verb;	/* one of gp_verb_names */
	const char *what;	/* an address, a setting, a hold */
	const char *detail;	/* the new value, a reason, or "" */
	const char *msgid;	/* of the message that did it, or "" */
};
/* id and time (gp_now) are filled in. */
enum gp_status gp_act_add(struct gp_store *s, const struct gp_act_record *act, struct gp_err *err)
    GP_MUST_CHECK;
/* Newest first, before that id (0: from the newest). */
enum gp_status gp_act_all(const void *ctx, struct gp_store *s, int64_t list, int64_t before,
    size_t limit, struct gp_act_record ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* What an address did, or what was done to it, on all lists; newest first. */
enum gp_status gp_act_of(const void *ctx, struct gp_store *s, const char *address, size_t limit,
    struct gp_act_record ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;

#endif
