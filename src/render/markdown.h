/* SPDX-License-Identifier: ISC */
/* Private to render/: Markdown to HTML with all that a mail of ours wants. */
#ifndef RENDER_MARKDOWN_H
#define RENDER_MARKDOWN_H

#include "guildpost/render.h"

struct markdown_opts {
	int kind, top;		/* GP_MD_WEB or GP_MD_MAIL; level of the first heading */
	const char *lang, *title;
	bool foreign;		/* someone's post: addresses hidden, no links to addresses */
	const char *preview;	/* the line that mail programs show beside the subject, or NULL */
};
enum gp_status markdown_write(const void *ctx, const char *md, size_t n,
    const struct markdown_opts *o, char **out, size_t *out_n, struct gp_err *err) GP_MUST_CHECK;
/*
 * Markdown on ctx without the signs of quotes and lists that a line opens beyond GP_MAX_MARKDOWN_DEPTH, its length
 * in *out_n; NULL: there are none, md will do.
 */
char *markdown_shallow(const void *ctx, const char *md, size_t n, size_t *out_n);
/* Words of a paragraph, an item, a heading of n bytes, as plain text; line ends become blanks, but hard ones. */
void markdown_words(struct gp_buf *b, const char *s, size_t n);

#endif
