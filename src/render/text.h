/* SPDX-License-Identifier: ISC */
/*
 * Private to render/: the plain text of a message as lines that know what they are.
 * text_lines.c makes them, text_marks.c and text_align.c say what they are;
 * text_html.c and text_split.c read them.
 */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "guildpost/render.h"

enum line_kind {
	LINE_TEXT,		/* someone's words: the writer's own where depth is 0 */
	LINE_BLANK,
	LINE_ATTRIBUTION,	/* "On Monday Jane wrote:" in front of a quote */
	LINE_SIGNATURE		/* signature, footer of a list, PGP armour */
};

enum line_look { LOOK_PLAIN, LOOK_FILE, LOOK_HUNK, LOOK_ADDED, LOOK_REMOVED, LOOK_CONTEXT };

enum line_align {
	ALIGN_NONE,
	ALIGN_COLUMNS,		/* by hand: it stays as it is */
	ALIGN_HANGING,		/* goes on with the entry of a list above it */
	ALIGN_FIRST		/* of a paragraph, indented */
};

enum { TEXT_MAX_DEPTH = 16 };

struct line {
	const char *p;		/* without quote marks and line end */
	uint32_t n;		/* without blanks at the end */
	uint32_t number;	/* in the message as sent, from 1 */
	uint8_t depth;		/* of quoting */
	uint8_t kind, look, align;
};

struct text {
	struct line *v;
	size_t n;
	void *mem;		/* lines, and text that had to be joined */
};

/* Split into lines; with GP_TEXT_FLOWED soft line ends are joined (RFC 3676). */
void text_lines(struct text *t, const void *ctx, const char *text, size_t n, unsigned flags);
/* Set kind and look of all lines, and the depth of what stands below an "Original Message". */
void text_mark(struct text *t);
/* Is all from here on the message that is answered ("Original Message", "From: ... Sent: ...")? */
bool text_quotes_all(const struct text *t, size_t i);
/* The line above it that programs draw there, or i itself. */
size_t text_above(const struct text *t, size_t i);
/* Does a line that says who wrote what follows begin here? */
bool text_is_attribution(const struct text *t, size_t i);
/* Is there a word for "wrote", in one of the languages that we know? */
bool text_says_wrote(const char *p, size_t n);
/* The looks alone: where patches are. */
void text_mark_diffs(struct text *t);

/* Set align of all lines; kinds and looks are known. */
void text_mark_aligned(struct text *t);

/* Does the line start with this? */
bool line_starts(const struct line *l, const char *with);

enum { TEXT_NO_LINKS = 1 << 16 };	/* one more flag of gp_text_opts, for within a link */

/* One line of text as HTML: escaped, links made, addresses hidden. */
void text_inline(struct gp_buf *b, const char *p, size_t n, const struct gp_text_opts *opts);

#endif
