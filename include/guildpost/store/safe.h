/* SPDX-License-Identifier: ISC */
/*
 * store, the part about what is said without a name. Included by store.h, whose rules on memory,
 * transactions and errors hold here too.
 *
 * Nothing here ties a post to who wrote it but a row of anon_post, which stands while the post waits and, where
 * the list seals identities, behind it. Names are made with a secret of the thread; when that is forgotten nobody
 * can make the same name again. While any list takes such posts, whatever is deleted is overwritten in the file,
 * and the server cuts the WAL soon after.
 */
#ifndef GUILDPOST_STORE_SAFE_H
#define GUILDPOST_STORE_SAFE_H

/* ---- anon.c ----------------------------------------------------------------------- */

enum { GP_ANON_SECRET = 32 };
struct gp_anon_key { int64_t id; unsigned char secret[GP_ANON_SECRET]; };
/* The secret of the thread that holds the message; message 0: of a thread that is still to be. Made when there is
 * none; the time of its use is kept. */
enum gp_status gp_anon_key(struct gp_store *s, int64_t list, int64_t message, int64_t now,
    struct gp_anon_key *out, struct gp_err *err) GP_MUST_CHECK;
/* The post that begins the thread of such a key was archived. */
enum gp_status gp_anon_key_begun(struct gp_store *s, int64_t key, int64_t message, struct gp_err *err)
    GP_MUST_CHECK;
/* Forget those of a list that were not used since. */
enum gp_status gp_anon_key_forget(struct gp_store *s, int64_t list, int64_t before, struct gp_err *err)
    GP_MUST_CHECK;

struct gp_anon {
	int64_t hold, key;
	char *address;		/* folded */
};
/* The post waits as that hold. */
enum gp_status gp_anon_wait(struct gp_store *s, int64_t list, const struct gp_anon *a, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_anon_waits(const void *ctx, struct gp_store *s, int64_t hold, struct gp_anon **out,
    struct gp_err *err) GP_MUST_CHECK;
/* It waits no longer: archived as that message and sealed, or (message 0) forgotten. */
enum gp_status gp_anon_end(struct gp_store *s, int64_t hold, int64_t message, struct gp_err *err)
    GP_MUST_CHECK;
/* The names under which posts without a name stand, wait for a moderator or (tokens of that purpose) for a yes of their
 * author in a thread: those of its key, and of all who wrote there, whether it is kept or not. */
struct gp_alias { char *name, *address; };
enum gp_status gp_anon_names(const void *ctx, struct gp_store *s, int64_t thread, int64_t key, const char *purpose,
    int64_t now, struct gp_alias ***out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Who wrote a sealed one. GP_E_NOTFOUND: it is not known here. */
enum gp_status gp_anon_unseal(const void *ctx, struct gp_store *s, int64_t message, char **address,
    struct gp_err *err) GP_MUST_CHECK;
/* Drafts that wait for a yes of that address: unused tokens of that purpose. */
enum gp_status gp_anon_drafts(struct gp_store *s, const char *purpose, int64_t list, const char *address,
    int64_t now, int64_t *n, struct gp_err *err) GP_MUST_CHECK;
/* Take a token away, used or not, with all that it held. */
enum gp_status gp_token_erase(struct gp_store *s, const char *token, struct gp_err *err) GP_MUST_CHECK;
/* Something was deleted that must not stay in the WAL: cut it, unless someone reads just now. */
enum gp_status gp_store_cut(struct gp_store *s, struct gp_err *err) GP_MUST_CHECK;

/* ---- note.c: content notes ---------------------------------------------------------- */

enum { GP_NOTE_LONGEST = 80 };	/* characters */
/* note "": none. person: somebody said so afterwards; that stays when what the post says of itself is read again. */
enum gp_status gp_message_set_note(struct gp_store *s, int64_t message, const char *note, bool person,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- pace.c: heated threads -------------------------------------------------------- */

struct gp_pace {
	int64_t slow;		/* seconds between two posts of one person; 0: any */
	int64_t cool;		/* posts wait until then; 0: none do */
};
enum gp_status gp_thread_pace(struct gp_store *s, int64_t thread, struct gp_pace *out, struct gp_err *err)
    GP_MUST_CHECK;
enum gp_status gp_thread_pace_set(struct gp_store *s, int64_t thread, const struct gp_pace *pace,
    struct gp_err *err) GP_MUST_CHECK;
/* When the person last wrote in the thread; 0: never. */
enum gp_status gp_thread_wrote(struct gp_store *s, int64_t thread, int64_t person, int64_t *last,
    struct gp_err *err) GP_MUST_CHECK;
/* The same of an address. */
enum gp_status gp_thread_wrote_from(struct gp_store *s, int64_t thread, const char *address, int64_t *last,
    struct gp_err *err) GP_MUST_CHECK;
/* How much was written in a thread since a time, by how many, by who wrote most of it but one, and how much the whole list usually has in as long
 * (by the 30 days before; rounded up). What machines wrote counts for nobody. Where it is less than `least` posts,
 * usual is 0: nobody has to know. */
struct gp_heat { int64_t posts, people, second, usual; };
enum gp_status gp_thread_heat(struct gp_store *s, int64_t list, int64_t thread, int64_t since, int64_t least,
    struct gp_heat *out, struct gp_err *err) GP_MUST_CHECK;
/* What waits on a list by that rule is looked at by the clock now. */
enum gp_status gp_hold_wake(struct gp_store *s, int64_t list, const char *rule, int64_t now,
    struct gp_err *err) GP_MUST_CHECK;

#endif
