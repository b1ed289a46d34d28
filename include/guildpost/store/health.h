/* SPDX-License-Identifier: ISC */
/*
 * store, the part about how a community is doing: figures of a span of time. Included by store.h, whose
 * rules hold here too. Aggregates only: nothing here names or ranks a person.
 */
#ifndef GUILDPOST_STORE_HEALTH_H
#define GUILDPOST_STORE_HEALTH_H

struct gp_health {
	int64_t messages, threads, people;	/* that were written, begun, that wrote */
	int64_t newcomers;	/* who wrote for the first time */
	int64_t questions, answered, solved;	/* begun in the span; of these with an answer, or solved, by now */
	int64_t median_answer;	/* seconds to the first answer of half of those that have one; 0: none has */
	int64_t loudest;	/* per cent of the messages that the five who wrote most have written */
	int64_t kept;		/* put into the library */
	int64_t members, joined;	/* on the list now; of these joined in the span */
};
/* What is dated in [from, to). Reads the messages of that span. Who writes from an address like `nameless` (GLOB) is
 * nobody: such messages are counted, and no person for them. */
enum gp_status gp_health(struct gp_store *s, int64_t list, int64_t from, int64_t to, const char *nameless, struct gp_health *out,
    struct gp_err *err) GP_MUST_CHECK;

#endif
