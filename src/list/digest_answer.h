/* SPDX-License-Identifier: ISC */
/* Posts that answer a digest: which of its messages is meant? */
#ifndef GP_LIST_DIGEST_ANSWER_H
#define GP_LIST_DIGEST_ANSWER_H

#include "words.h"

/* A message that a text names: by its key, or by its number. */
struct gp_digest_mark {
	char *key;		/* or NULL */
	int64_t id;
};
/* All of them, as digests write them: what stands behind one of `starts` (NULL ends them), else numbers. At most
 * 200. */
struct gp_digest_mark *gp_digest_marks(const void *ctx, const struct gp_words *words, const char *const *starts,
    const char *text, size_t *n);

/* Is it an answer to a digest of this list? */
bool gp_digest_is_answered(const struct gp_list *list, const struct gp_mail *m);
/*
 * The post as what it is meant to be: an answer to the one message of the digest that it quotes, with that
 * message's subject (RFC 5322 section 3.6.4 for the references). Where it quotes none, or several, *which is
 * false and it begins a thread of its own, named by its first words: "Re: 12 messages" says nothing to anybody.
 * *out is `in` for every other post. The body stays byte for byte.
 */
enum gp_status gp_digest_answer(const void *ctx, struct gp_site *site, const struct gp_list *list,
    const struct gp_inbound *in, const struct gp_inbound **out, bool *which, struct gp_err *err) GP_MUST_CHECK;

/* ---- digest_strip.c -------------------------------------------------------------------------------------- */

/*
 * The same without what is quoted of the digest, but for lines of the message that is meant: the writer's words and
 * those. A text alone, or with its HTML twin, is written anew; what is signed stays, so do files. *out changes
 * when anything does.
 */
enum gp_status gp_digest_strip(const void *ctx, struct gp_site *site, const struct gp_message *meant,
    const struct gp_inbound **out, struct gp_err *err) GP_MUST_CHECK;
/* Has it any words of its writer's own? */
bool gp_digest_has_words(const void *ctx, const struct gp_mail *m);

#endif
