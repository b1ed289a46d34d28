/* SPDX-License-Identifier: ISC */
/*
 * render: from data to what people read. Templates (Mustache), Markdown (cmark),
 * plain text to HTML, HTML to clean HTML and to text (gumbo), and the derivation of
 * all that is shown of a message.
 *
 * Results hang on the context given. gp_html_clean, gp_html_text, gp_markdown_* and
 * gp_derive touch strangers' bytes with foreign libraries: on mail they run only in a
 * parser process (templates of ours and charters may be rendered anywhere).
 * Nothing here can open a file but the template loader.
 */
#ifndef GUILDPOST_RENDER_H
#define GUILDPOST_RENDER_H

#include "guildpost/base.h"
#include "guildpost/mail.h"

/* ---- mustache.c, template.c: one JSON document + one file ------------------------------------ */

/*
 * Mustache to the official specification (comments, delimiters, interpolation, inverted,
 * partials, sections, inheritance, dynamic names; no lambdas). Escaping follows the kind
 * of the file that the template is:
 *   NAME.html  HTML text and attribute values
 *   NAME.atom  XML
 *   NAME.md    Markdown: a message's text can never make markup there
 *   NAME.txt   none (plain text mail bodies), controls removed
 *   NAME.hdr   mail header: one line, controls removed (encoding is mail/compose's)
 * {{{raw}}} and {{&raw}} are raw in every kind; only names that end in _html or _md may
 * be raw in our templates (checked when loaded). A section is left out for: nothing there,
 * null, false, an empty list, an empty text, 0. {{>name}} is NAME with the same folder and
 * suffix as the template that says so (mail falls back to mail/en).
 */
enum gp_escape { GP_ESCAPE_NONE, GP_ESCAPE_HTML, GP_ESCAPE_XML, GP_ESCAPE_MD, GP_ESCAPE_HEADER };

struct gp_template;	/* compiled */
struct gp_templates;	/* a search path of folders and a cache of compiled templates */

/* Compile a text (copied); partials are looked up in `set` by whole names, "web/head.html"
 * (may be NULL: then they are empty). GP_E_PARSE says in which line. */
enum gp_status gp_template_compile(const void *ctx, const char *text, size_t n,
    enum gp_escape escape,
    struct gp_templates *set, struct gp_template **out, struct gp_err *err) GP_MUST_CHECK;
/* Render into b. GP_E_TOOBIG when b is full, partials recurse over 100 levels, or the
 * whole takes over twenty million steps. */
enum gp_status gp_template_render(struct gp_template *t, const json_t *data, struct gp_buf *b,
    struct gp_err *err) GP_MUST_CHECK;

/*
 * Folders in order of precedence, file by file; each holds mail/LANG/NAME.md and
 * web/NAME.html. Everything is read and compiled at once: a template with a syntax error, a
 * partial that is not there, or a variable that `variables` (a file beside them: a name, two
 * blanks, its meaning; each part of a dotted name counts) does not list is GP_E_CONFIG with
 * file and line. After this no file is opened any more.
 */
enum gp_status gp_templates_load(const void *ctx, const char *const *dirs, size_t n,
    struct gp_templates **out, struct gp_err *err) GP_MUST_CHECK;
/* "web/thread.html" or "mail/hold.md" in `lang`, falling back to "en"; NULL if none. */
struct gp_template *gp_templates_find(struct gp_templates *set, const char *name, const char *lang);
/* find + render in one; the text on ctx. GP_E_NOTFOUND names the template. */
enum gp_status gp_templates_render(const void *ctx, struct gp_templates *set, const char *name,
    const char *lang, const json_t *data, char **out, size_t *n, struct gp_err *err) GP_MUST_CHECK;
/* The languages that there are mails in ("de", "en"), by name; on ctx. */
/* A word of pages, such as the name of a month, in a language; as it is where that has none for it. */
const char *gp_templates_word(const struct gp_templates *set, const char *lang, const char *english);
const char *const *gp_templates_languages(const void *ctx, const struct gp_templates *set, size_t *n);
/* Is "mail/en/welcome.md" a whole mail, with a subject? And the names of all of these, on ctx. */
bool gp_templates_is_mail(struct gp_templates *set, const char *name);
const char *const *gp_templates_mails(const void *ctx, const struct gp_templates *set, size_t *n);
/* A hash of everything loaded: part of the web's ETags. 8 base32 characters. */
const char *gp_templates_version(const struct gp_templates *set);
/* A file of the set as it is (style sheets), or NULL. */
const char *gp_templates_file(struct gp_templates *set, const char *name, size_t *n);

/*
 * A mail of ours: template mail/LANG/NAME.md. Its first lines are header fields
 * ("Subject: ...", and "Preview: ..." for the line that mail programs show beside it), an
 * empty line, then Markdown. Gives subject, the text (gp_markdown_text) and its HTML.
 */
struct gp_mail_text {
	char *subject, *text, *html;
	char *markdown;		/* that they were made of */
};
enum gp_status gp_mail_template(const void *ctx, struct gp_templates *set, const char *name,
    const char *lang, const json_t *data, struct gp_mail_text *out,
    struct gp_err *err) GP_MUST_CHECK;
/* The same from a text that takes the place of mail/LANG/NAME.md (`name`); it is held to the same
 * rules: GP_E_PARSE and GP_E_CONFIG say in which line what is wrong. */
enum gp_status gp_mail_template_own(const void *ctx, struct gp_templates *set, const char *name,
    const char *text, size_t n, const json_t *data, struct gp_mail_text *out,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- markdown.c: cmark ----------------------------------------------------------------------- */

enum { GP_MD_WEB, GP_MD_MAIL };	/* classes for the web; inlined styles and a table for mail */
/* Markdown to HTML: raw HTML dropped, links to http, https and mailto only, images as links,
 * headings start at h`top`. GP_MD_MAIL gives a whole document (doctype, color-scheme). */
enum gp_status gp_markdown_html(const void *ctx, const char *md, size_t n, int kind, int top,
    const char *lang, const char *title, char **out, size_t *out_n,
    struct gp_err *err) GP_MUST_CHECK;
/* The same as text for people: no marks, "[label](url)" as "label: url", lines of at most 76 columns. */
char *gp_markdown_text(const void *ctx, const char *md, size_t n);
/* Escape text so that it can't become markup in Markdown. */
char *gp_markdown_escape(const void *ctx, const char *s, size_t n);

/* ---- text.c: plain text of a message to HTML ------------------------------------------------- */

enum {
	GP_TEXT_FLOWED = 1, GP_TEXT_DELSP = 2,
	GP_TEXT_FIXED = 4,	/* as sent, monospaced */
	GP_TEXT_OPEN_QUOTES = 8,/* don't fold */
	GP_TEXT_LINES = 16	/* id="L12" and a link to it on paragraphs and on lines of fixed text */
};
struct gp_text_opts {
	unsigned flags;
	/* Of the site, no slash at its end: links to it become paths. Or NULL. */
	const char *url;
	/* Words behind the number of lines that are folded ("quoted lines"), HTML. NULL: ">". */
	const char *folded;
};
/*
 * The inside of <div class="b">: quotes in levels (<blockquote class="q">) and folded into
 * <details> (over 8 lines, or at the end), attribution (class m) and signature (class sig)
 * dimmed, diffs coloured (ins, del, span hk and fh), prose unwrapped, links made (http,
 * https; rel=nofollow ugc noopener), addresses hidden ("jane@..."), controls and bidi
 * overrides made visible, everything escaped. *fixed (may be NULL): a patch or text that
 * was mostly aligned by hand, all of it shown in <pre>; the page adds class fx. With GP_TEXT_FIXED all lines as sent, marks
 * and all. Linear time; b->over when b was too small.
 */
void gp_text_html(struct gp_buf *b, const char *text, size_t n, const struct gp_text_opts *opts,
    bool *fixed);
/* Hide the local parts of addresses in one line of text: "jane@example.org" -> "jane@...". */
char *gp_text_hide_addrs(const void *ctx, const char *s, size_t n);
/* Own words without quotes, attribution, signature, list footer (for search and digests);
 * what was quoted goes to *quoted. */
void gp_text_split(const void *ctx, const char *text, size_t n, unsigned flags, char **own,
    size_t *own_n, char **quoted, size_t *quoted_n);
/* Where the message that is answered begins, though no mark shows it: its header, "Original Message", or
 * "On Monday Jane wrote:" with anything below; n: nowhere. (A page takes what stands below such a line
 * for the writer's own; who reads an answer must not.) */
size_t gp_text_own_end(const void *ctx, const char *own, size_t n);
/* First words of own text as one line of at most max code points; a greeting is left out,
 * addresses are hidden. */
char *gp_text_snippet(const void *ctx, const char *own, size_t n, size_t max);
/* HTML (XML) escaping of text into b. */
void gp_escape_html(struct gp_buf *b, const char *s, size_t n);

/* ---- html.c: gumbo --------------------------------------------------------------------------- */

/*
 * Written anew from an allow-list over the tree: no scripts, styles, forms, frames, remote
 * content or event handlers; links to http and https with rel; headings as h4 to h6; ids
 * and classes dropped; addresses hidden (mail links are only their text). An image of the
 * mail becomes a link <a href="cid:ID">, others their description. Depth and size are
 * capped: what is over is left out. Never fails.
 */
enum gp_status gp_html_clean(const void *ctx, const char *html, size_t n, char **out, size_t *out_n,
    struct gp_err *err) GP_MUST_CHECK;
/* Readable text: paragraphs, lists, quotes as "> ", links kept as text (url), no scripts or
 * styles; at most GP_MAX_TEXT bytes. Never fails. */
enum gp_status gp_html_text(const void *ctx, const char *html, size_t n, char **out, size_t *out_n,
    struct gp_err *err) GP_MUST_CHECK;

/* ---- derive.c: all that is shown of a message ------------------------------------------------ */

/*
 * What a parser process does with one canonical message: gp_mail_parse, then the HTML body
 * cleaned, text from HTML where there is no other or much less (GP_MAIL_TEXT_FROM_HTML), own
 * and quoted words, snippet. Images of the mail are links to "cid:N" in html, N the index
 * of the part: the page puts its own address there (`href="cid:` stands nowhere else).
 * With GP_MAIL_MARKDOWN and no HTML body, html is the Markdown as HTML (headings from h4).
 */
enum gp_status gp_derive(const void *ctx, const char *raw, size_t n, struct gp_mail *out,
    struct gp_err *err) GP_MUST_CHECK;
/* The last of it, from text alone, in any process: own, quoted and snippet. */
void gp_derive_words(const void *ctx, struct gp_mail *m);
/* Let pages show a Markdown text of n bytes in place of the message's text; one that is too long is not. */
void gp_derive_markdown(const void *ctx, struct gp_mail *m, const char *md, size_t n);

/* ---- forget.c: a person found in text, and neutral words put in their place -------- */

/*
 * Addresses are found in any case, with "@" in the ways that archives and programs write it,
 * but not as a part of a longer one. Names only where they tell who wrote: within two lines
 * of the address, by a word for "wrote" with a colon, behind "From:" and the like.
 */
struct gp_forget;
struct gp_forget *gp_forget_new(const void *ctx, const char *const *addresses, size_t n,
    const char *name, const char *address);
void gp_forget_name(struct gp_forget *f, const char *name);
/* Names that came behind _keep are forgotten by _reset: those of one message. */
void gp_forget_keep(struct gp_forget *f);
void gp_forget_reset(struct gp_forget *f);
bool gp_forget_is(const struct gp_forget *f, const char *address);
/* A quick look at text in small letters (ASCII): may there be something? */
bool gp_forget_suspects(const struct gp_forget *f, const char *small, size_t n);
/* OWN: what the person wrote: a name of several words anywhere, another in a line of its own.
 * HTML: of gp_derive, where only "ann@..." is left of an address. */
enum { GP_FORGET_OTHERS, GP_FORGET_OWN, GP_FORGET_HTML, GP_FORGET_ANYWHERE };
/* Is the address, or a name, anywhere? */
bool gp_forget_holds(const struct gp_forget *f, const char *p, size_t n);
/* The text with neutral words is added to out; false: there is nothing, nothing was added. */
bool gp_forget_text(const struct gp_forget *f, struct gp_buf *out, const char *p, size_t n,
    int where);

/* ---- pixels.c ----------------------------------------------------------------------- */

/* HTML (bytes of any charset that holds ASCII) without the images of other servers that are too small to be
 * seen; NULL: there is none. */
char *gp_html_without_pixels(const void *ctx, const char *p, size_t n, size_t *out_n);

#endif
