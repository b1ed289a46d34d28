/* SPDX-License-Identifier: ISC */
/* A site in a folder of its own, for unit tests of the rooms above the store. */
#ifndef TESTS_UNIT_SITE_H
#define TESTS_UNIT_SITE_H

#include "guildpost/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
	char dir[64];
	void *ctx;
	struct gp_config *conf;
	struct gp_site *site;
	struct gp_list *bees;
};

static inline void
must(enum gp_status st, const struct gp_err *err)
{
	if (st != GP_OK)
		fail_msg("%s: %s", gp_status_text(st), err->msg);
}

/* A list bees@example.org with Ann (owner), Bob (member), Cleo (member, daily digest). */
static inline void
place_open(struct place *p)
{
	static const char conf[] = "[server]\ndomain = example.org\ntesting = yes\n"
	    "test_now = 2026-11-23T12:00:00Z\n[web]\nurl = https://lists.example.org\n";
	static const struct { const char *addr, *name; int role, delivery; } people[] = {
	    {"ann@example.org", "Ann", GP_ROLE_OWNER, GP_DELIVERY_EACH},
	    {"bob@example.net", "Bob", GP_ROLE_MEMBER, GP_DELIVERY_EACH},
	    {"cleo@example.com", "Cleo", GP_ROLE_MEMBER, GP_DELIVERY_DAILY}};
	const char *src = getenv("GP_SRCDIR");
	struct gp_err err;
	int64_t id;
	size_t i;
	char *path;

	memset(p, 0, sizeof(*p));
	p->ctx = gp_ctx(NULL);
	snprintf(p->dir, sizeof(p->dir), "/tmp/guildpost-unit-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	path = gp_path_join(p->ctx, p->dir, "guildpost.conf");
	must(gp_file_write(path, conf, strlen(conf), 0600, &err), &err);
	setenv("GUILDPOST_TEMPLATES", gp_path_join(p->ctx, src != NULL ? src : ".", "templates"), 1);
	must(gp_config_load(p->ctx, path, &p->conf, &err), &err);
	must(gp_store_create(p->conf->db_path, &err), &err);
	must(gp_site_open(p->ctx, p->conf, GP_STORE_CORE, &p->site, &err), &err);
	must(gp_store_begin(p->site->store, &err), &err);
	must(gp_list_create(p->ctx, p->site->store, "bees@example.org", &p->bees, &err), &err);
	for (i = 0; i < GP_COUNT(people); i++)
		must(gp_member_add(p->site->store, p->bees->id, people[i].addr, people[i].name,
		    people[i].role, people[i].delivery, gp_now() - 86400 * 30, &id, &err), &err);
	must(gp_store_commit(p->site->store, &err), &err);
}

static inline void
place_close(struct place *p)
{
	char command[128];

	gp_store_close(p->site->store);
	talloc_free(p->ctx);
	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	assert_int_equal(system(command), 0);
}

/* For the set-up and tear-down of a test: *state is a struct place. */
static inline int
place_set_up(void **state)
{
	struct place *p = gp_new(NULL, struct place);

	place_open(p);
	*state = p;
	return 0;
}

static inline int
place_tear_down(void **state)
{
	place_close(*state);
	talloc_free(*state);
	return 0;
}

/* A message (LF line ends) as it would come in: canonical and parsed. */
static inline void
incoming(const void *ctx, const char *text, const char *sender, struct gp_inbound *in)
{
	struct gp_mail *m = gp_new(ctx, struct gp_mail);
	struct gp_err err;
	unsigned changes;

	memset(in, 0, sizeof(*in));
	in->raw = gp_mail_canon(ctx, text, strlen(text), &in->n, &changes);
	in->envelope_from = sender;
	in->via = "LMTP";
	in->received = gp_now();
	must(gp_derive(ctx, in->raw, in->n, m, &err), &err);
	in->mail = m;
}

#endif
