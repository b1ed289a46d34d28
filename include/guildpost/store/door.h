/* SPDX-License-Identifier: ISC */
/*
 * store, the part about mailboxes that mail is taken out of (Maildir, IMAP). Included by store.h,
 * whose rules on memory, transactions and errors hold here too.
 */
#ifndef GUILDPOST_STORE_DOOR_H
#define GUILDPOST_STORE_DOOR_H

/*
 * A mark, committed together with what a mail caused at one of our addresses: whoever is killed
 * between that commit and the removal of the mail from its box finds the mark and only removes.
 * By content, not by name: names change (UIDVALIDITY). `kept`: the box keeps it, so do we.
 */
enum gp_status gp_taken_add(struct gp_store *s, const unsigned char digest[GP_SHA256_LEN],
    const char *rcpt, bool kept, struct gp_err *err) GP_MUST_CHECK;
/* Is there one? It counts as new again, as the box has the mail still. */
enum gp_status gp_taken_find(struct gp_store *s, const unsigned char digest[GP_SHA256_LEN],
    const char *rcpt, bool *found, struct gp_err *err) GP_MUST_CHECK;
/* Drop marks older than that, but for those that are kept. */
enum gp_status gp_taken_forget(struct gp_store *s, int64_t before, struct gp_err *err) GP_MUST_CHECK;

/* How a door stands; all zero when it was never used. */
struct gp_door_state {
	const char *name;	/* "maildir", "imap" */
	char *place;		/* folder, or account: another one begins anew */
	int64_t taken, refused;	/* mails, ever */
	int64_t last;		/* when the last one was taken or refused, 0: never */
	int64_t waiting;	/* that can't be taken now */
	int64_t large;		/* left where they are, as they are too large */
	int64_t validity, uid;	/* IMAP: UIDVALIDITY, and all up to that UID is done with */
	char *reason;		/* why the last one was refused */
	char *trouble;		/* what is wrong with the door, "" if nothing */
	int64_t since;		/* when the trouble began */
};
enum gp_status gp_door_read(const void *ctx, struct gp_store *s, const char *name, const char *place,
    struct gp_door_state *out, struct gp_err *err) GP_MUST_CHECK;
enum gp_status gp_door_write(struct gp_store *s, const struct gp_door_state *d, struct gp_err *err)
    GP_MUST_CHECK;

#endif
