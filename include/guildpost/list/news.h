/* SPDX-License-Identifier: ISC */
/*
 * list, the part about digests: what is new on a list, put in order for one reader and written as a mail.
 * Included by list.h, whose rules hold here too.
 *
 * A pool holds what is new on one list until some time, read once, with the own words of its messages; many
 * readers draw on it. An issue is what one reader gets of it: which threads, under which heading, in which
 * order. Two readers whose issues have the same print get the same mail, byte for byte: it is written once.
 * The order of the headings, and all words, are the template's (mail/LANG/digest.md, or the owners' own).
 */
#ifndef GUILDPOST_LIST_NEWS_H
#define GUILDPOST_LIST_NEWS_H

enum { GP_NEWS_MESSAGES = 4000 };	/* newest that one digest covers at most; the rest comes in the next */

/* The time that a digest is about, [from, to): for its date; a member's mark says where it begins. */
struct gp_digest_span {
	int delivery;		/* GP_DELIVERY_DAILY, WEEKLY, MONTHLY; else any span */
	int64_t from, to;
};

/* ---- news_pool.c ------------------------------------------------------------------------ */

struct gp_news_pool;
/* For members: messages with id > after that came in before `to`. */
enum gp_status gp_news_pool_after(const void *ctx, struct gp_site *site, const struct gp_list *list,
    int64_t after, int64_t to, struct gp_news_pool **out, struct gp_err *err) GP_MUST_CHECK;
/* For a look at a time: those dated within [from, to). */
enum gp_status gp_news_pool_between(const void *ctx, struct gp_site *site, const struct gp_list *list,
    int64_t from, int64_t to, struct gp_news_pool **out, struct gp_err *err) GP_MUST_CHECK;
/* The id of the newest message in it, 0: there is none. */
int64_t gp_news_pool_upto(const struct gp_news_pool *pool);

/* ---- news_pick.c ------------------------------------------------------------------------- */

struct gp_issue;
/*
 * What a reader gets of a pool: messages with id > after (-1: all) and not over `until` (0: all), and what was solved
 * since a time (0: since the last digest). member NULL: what everybody may read. The issue draws on the pool, which
 * must outlive it.
 */
enum gp_status gp_issue_pick(const void *ctx, struct gp_site *site, struct gp_news_pool *pool,
    const struct gp_member *member, int64_t after, int64_t until, int64_t since, struct gp_issue **out,
    struct gp_err *err) GP_MUST_CHECK;
/* How many messages it tells of that others wrote; 0: there is nothing to send. */
size_t gp_issue_count(const struct gp_issue *issue);
/* When the first of them came in, 0: there is none. */
int64_t gp_issue_first(const struct gp_issue *issue);
/* Was all that was new left out, as the reader wants none of it? */
bool gp_issue_is_muted(const struct gp_issue *issue);

/* ---- news_write.c, news_form.c ------------------------------------------------------------ */

/* For whom and how. */
struct gp_digest_how {
	struct gp_digest_span span;
	const char *language, *timezone;
	int form;			/* GP_FORM_ */
	int64_t minutes;		/* of reading, 0: any */
	int hour, day;			/* when they come, for the words at the end; -1: at no hour */
	bool personal;			/* a member's; else it says why it came in other words */
	bool asked;			/* someone asked for this one */
	const char *root;		/* of addresses, in place of the archive's own: of a page; or NULL */
};
/* Two with the same print are the same mail. */
void gp_digest_print(const struct gp_digest_how *how, struct gp_issue *const *issues, size_t n,
    unsigned char print[GP_SHA256_LEN]);
/* A digest as it would be sent. */
struct gp_digest {
	char *subject, *text, *html;	/* html NULL: text alone */
	size_t messages, threads;
	const struct gp_enclosure *originals; size_t originals_n;
	json_t *data;			/* what the template was given */
};
/* Of one list, or of several of one reader. */
enum gp_status gp_digest_write(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, struct gp_digest **out, struct gp_err *err) GP_MUST_CHECK;
/* Its data alone, for a page. */
enum gp_status gp_digest_data(const void *ctx, struct gp_site *site, const struct gp_digest_how *how,
    struct gp_issue *const *issues, size_t n, json_t **out, struct gp_err *err) GP_MUST_CHECK;
/* As one whole message of the list; to_addr NULL: each recipient's To is put in front when it is sent. */
char *gp_digest_mime(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *to_addr, size_t *n);
/* Queue it, without recipients yet; inside a transaction. */
enum gp_status gp_digest_queue(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_digest *d, const char *whole, size_t n, int64_t *job, struct gp_err *err) GP_MUST_CHECK;

#endif
