/* SPDX-License-Identifier: ISC */
/*
 * Who may see a thread, and whether the names of those who wrote in it are shown.
 *
 * A handle of the store looks with somebody's eyes: everything (the server's own work, the command
 * line), what goes to all members, or what one person may see. Every row of a message, thread or page of the
 * library that is read, every search and every body goes through these eyes; so a page or a command that
 * forgets to ask still shows nothing that it must not. Nothing here owns memory. No limits but those of threads.
 *
 * Without names: no author, no address, no ids of theirs, no header, no files, no HTML, no signature; their own
 * words as text, with the names and addresses of all who wrote in the thread taken out. What was mailed is not
 * changed by any of this.
 */
#ifndef GUILDPOST_STORE_VEIL_H
#define GUILDPOST_STORE_VEIL_H

/* From the loosest to the strictest: two threads that become one are as strict as the stricter. */
enum gp_visible {
	GP_VISIBLE_LIST,	/* whoever may read the archive of the list */
	GP_VISIBLE_MEMBERS,	/* members of the list */
	GP_VISIBLE_THEN,	/* who was a member when the thread began, or wrote in it; and moderators */
	GP_VISIBLE_NONE		/* nobody: it is mailed and in digests, never in the archive */
};
extern const char *const gp_visible_names[];	/* "list", "members" ...; NULL at the end */

struct gp_veil {
	int visible;		/* GP_VISIBLE_ */
	bool unnamed;		/* words are shown without names */
};
/* GP_E_NOTFOUND with a sentence: no such thread. */
enum gp_status gp_thread_veil(struct gp_store *s, int64_t thread, struct gp_veil *out,
    struct gp_err *err) GP_MUST_CHECK;
/* What is in the archive follows: counters, search entries, versions of pages. Reads all of the thread. */
enum gp_status gp_thread_veil_set(struct gp_store *s, int64_t thread, const struct gp_veil *veil,
    struct gp_err *err) GP_MUST_CHECK;

/* Whose eyes. */
enum gp_look {
	GP_LOOK_ALL,		/* everything, with names: how a handle begins */
	GP_LOOK_MAILED,		/* what goes to members: everything, without names where there are to be none */
	GP_LOOK_PERSON		/* what `person` may see; 0: a stranger */
};
struct gp_looker {
	enum gp_look look;
	int64_t person;
	bool names;		/* with PERSON: names stay where they are hidden, for deciding, not for showing */
};
/* From now on; gives the eyes of before, for putting them back. */
struct gp_looker gp_store_look(struct gp_store *s, struct gp_looker who);
/* These eyes see that thread, too, until they change: who got its mails knows of it. */
void gp_store_look_too(struct gp_store *s, int64_t thread);
/* What stands in From for whoever is not to be named, in a language: this room has no words of its own. Without it
 * there is no name. */
typedef const char *gp_nobody_fn(void *arg, const char *language);
void gp_store_nobody(struct gp_store *s, gp_nobody_fn *fn, void *arg);
/* Is there any thread that not all may see, or see with names? */
bool gp_store_has_veils(struct gp_store *s);
/* Has the list any that only members may see? */
bool gp_list_has_more(struct gp_store *s, int64_t list);
/* May that person see it, whatever the eyes of the handle? */
enum gp_status gp_thread_seen_by(struct gp_store *s, int64_t thread, int64_t person, bool *yes,
    struct gp_err *err) GP_MUST_CHECK;
/* All that decides what a person sees: the same text, the same sight. */
enum gp_status gp_person_sight(const void *ctx, struct gp_store *s, int64_t person, char **out,
    struct gp_err *err) GP_MUST_CHECK;

/* Message-IDs name machines of their authors: without names a message is "KEY@" this (RFC 2606 section 2). An
 * answer to such an id finds its message. */
#define GP_UNNAMED_DOMAIN "unnamed.invalid"

#endif
