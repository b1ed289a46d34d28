/* SPDX-License-Identifier: ISC */
/* What box.c (whatever mail comes out of a mailbox) and the doors share. */
#ifndef GP_SERVE_BOX_H
#define GP_SERVE_BOX_H

#include "guildpost/inbound.h"
#include "guildpost/serve.h"

struct gp_imap_box;
struct gp_maildir_box;

struct gp_boxes {
	struct gp_core *core;
	struct gp_maildir_box *maildir;	/* NULL: not configured */
	struct gp_imap_box *imap;
	struct gp_door_state maildir_state, imap_state;
	bool changed;			/* a state differs from the database's */
	size_t busy;
};

/* Note what is wrong with a door; "" for nothing. Logged when it changes. */
void gp_boxes_trouble(struct gp_boxes *b, struct gp_door_state *d, const char *what);
/* One mail of a door was taken or refused. */
void gp_boxes_count(struct gp_boxes *b, struct gp_door_state *d, const struct gp_parcel *p);

/* ---- box_maildir.c */

void gp_maildir_box_open(struct gp_boxes *b);
void gp_maildir_box_tick(struct gp_maildir_box *m);
void gp_maildir_box_close(struct gp_maildir_box *m);

/* ---- box_imap.c */

void gp_imap_box_open(struct gp_boxes *b);
void gp_imap_box_connect(struct gp_imap_box *m, int fd);
void gp_imap_box_close(struct gp_imap_box *m);

#endif
