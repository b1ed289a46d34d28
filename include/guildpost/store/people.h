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

#endif
