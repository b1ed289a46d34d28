/* SPDX-License-Identifier: ISC */
/*
 * Private to render/: HTML of strangers in three steps. html_tame.c turns it into a small
 * HTML of known tags and attributes, bounded in depth; html.c has gumbo make a tree of
 * that and walks it; html_clean.c and html_text.c write what the walk meets.
 */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "guildpost/render.h"

enum {
	HTML_VOID = 1,		/* has no end: br, hr, img */
	HTML_NEST = 2,		/* counts for depth; the others end by themselves */
	HTML_LINE = 4,		/* starts a line of its own in text */
	HTML_APART = 8,		/* an empty line around it in text */
	HTML_RAW = 16		/* dropped with all that stands in it */
};

enum html_kind { HTML_PLAIN, HTML_LINK, HTML_IMAGE, HTML_BREAK, HTML_RULE, HTML_QUOTE, HTML_PRE,
	HTML_BULLETS, HTML_NUMBERS, HTML_ITEM, HTML_CELL };

struct html_tag {
	const char *name;	/* in mail */
	const char *tame;	/* what it is taken for; NULL: only the tag is dropped */
	const char *clean;	/* what is written */
	unsigned flags;
	enum html_kind kind;
};

struct html_attrs {
	const char *href, *src, *alt, *colspan, *rowspan, *start, *dir;
	bool hidden, signature;
};

/* NULL for tags that are not in the table: they are dropped, their text is kept. */
const struct html_tag *html_tag_find(const char *name, size_t n);

/* The small HTML of any HTML. Linear; out is at most some times as long. */
void html_tame(struct gp_buf *out, const char *html, size_t n);

struct html_sink {
	void (*open)(void *arg, const struct html_tag *tag, const struct html_attrs *attrs);
	void (*close)(void *arg, const struct html_tag *tag);
	void (*text)(void *arg, const char *p, size_t n);
};
/* Parse once, give the tree to each sink in turn. */
void html_walk(const char *html, size_t n, const struct html_sink *const *sinks, void *const *args,
    size_t count);

struct html_clean_sink {
	struct gp_buf *b;
	unsigned links;		/* open */
	bool full;
	unsigned skipped;	/* elements open that were not written */
};
struct html_text_sink {
	struct gp_buf *b;
	unsigned lines;		/* line ends before the next text: 0, 1, 2 */
	bool space, gap;	/* a blank, two blanks before the next text */
	bool line;		/* something stands on this line */
	unsigned quotes, pre, lists;
	unsigned last_quotes;	/* of the text before */
	struct {
		bool ordered;
		unsigned number;
	} list[8];
	bool item;		/* the mark of a list entry is due */
	char *href;		/* of the open link, or NULL */
	size_t href_from;	/* where its text starts in b */
};
extern const struct html_sink html_clean_ops, html_text_ops;
void html_text_end(struct html_text_sink *t);

/* Input beyond this is cut: no mail needs more. */
enum { HTML_MAX_INPUT = 8 << 20 };

#endif
