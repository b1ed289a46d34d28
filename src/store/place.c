/* SPDX-License-Identifier: ISC */
/*
 * Where a message belongs. Its own In-Reply-To (when it names exactly one message)
 * counts more than the last of its References: measured on real lists, it is right
 * in 94 of 100 cases where they differ. The References build a chain of ghosts for
 * what was never seen, so that siblings of a missing parent meet. Without either,
 * Exchange's Thread-Index is asked, and last the subject of a reply: only within
 * two weeks, never for general subjects or automatic mail, and shown as a guess.
 * RFC 5256 section 3 with these differences.
 */
#include "config.h"

#include "veil.h"

#include <strings.h>

enum {
	GUESS_DAYS = 14,
	GUESS_LOOK = 10,	/* messages whose text a reply may quote */
	QUOTE_MIN = 20,		/* bytes of a line that tells which */
	EXCHANGE_ROOT = 22, EXCHANGE_STEP = 5	/* bytes of a Thread-Index */
};

struct chain {
	const char *ids[GP_MAX_REFERENCES + 1];
	struct gp_place places[GP_MAX_REFERENCES + 1];
	char *keys[GP_MAX_REFERENCES + 1];
	size_t n;
};

/* ---- rule 1: the ids -------------------------------------------------------------- */

static bool
is_address_in(const struct gp_addrs *a, const char *id)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (gp_strieq(a->v[i].addr, id))
			return true;
	return false;
}

/* Some programs put an address, or the message's own id, where ids belong. */
static bool
is_usable(const struct gp_mail *m, const char *mid, const char *id)
{
	return strcmp(id, mid) != 0 && id[0] != '\0' && strlen(id) <= GP_MAX_MSGID &&
	    !gp_strieq(m->from_addr, id) && !is_address_in(&m->from, id) &&
	    !is_address_in(&m->to, id) && !is_address_in(&m->cc, id);
}

/* Append, or move to the end what is there already. */
static void
chain_push(struct chain *c, const char *id)
{
	size_t i;

	for (i = 0; i < c->n && strcmp(c->ids[i], id) != 0; i++)
		;
	if (i < c->n) {
		memmove(&c->ids[i], &c->ids[i + 1], (c->n - i - 1) * sizeof(c->ids[0]));
		c->n--;
	} else if (c->n == GP_MAX_REFERENCES) {
		/* Full: the first and the last 99 are kept. */
		memmove(&c->ids[1], &c->ids[2], (c->n - 2) * sizeof(c->ids[0]));
		c->n--;
	}
	c->ids[c->n++] = id;
}

static void
chain_build(struct chain *c, const struct gp_mail *m, const char *mid)
{
	const char *reply = NULL;
	size_t i, replies = 0;

	c->n = 0;
	for (i = 0; i < m->references_n; i++)
		if (is_usable(m, mid, m->references[i]))
			chain_push(c, m->references[i]);
	for (i = 0; i < m->in_reply_to_n; i++)
		if (is_usable(m, mid, m->in_reply_to[i])) {
			if (reply == NULL)
				reply = m->in_reply_to[i];
			replies++;
		}
	if (reply != NULL && (replies == 1 || c->n == 0))
		chain_push(c, reply);
}

/* ---- rules 3 and 4: the chain ----------------------------------------------------- */

static bool
may_link(const struct gp_place *p)
{
	return p->id == 0 || (p->state == GP_NODE_GHOST && p->parent == 0 &&
	    p->kind != GP_PARENT_PERSON);
}

/* Find the chain's nodes; make ghosts where one is needed to link what follows. */
static enum gp_status
chain_resolve(const void *ctx, struct gp_store *s, int64_t list, struct chain *c, int64_t date,
    struct gp_err *err)
{
	bool needed[GP_MAX_REFERENCES + 1] = {false}, done;
	enum gp_status status = GP_OK;
	struct gp_place *p;
	size_t i;

	for (i = 0; i < c->n && status == GP_OK; i++) {
		status = gp_veil_id(ctx, s, list, c->ids[i], &c->ids[i], err);
		if (status == GP_OK)
			status = gp_node_find(ctx, s, list, c->ids[i], &c->places[i], &c->keys[i], err);
	}
	for (i = c->n; i > 0 && status == GP_OK; i--)
		needed[i - 1] = i == c->n || (may_link(&c->places[i]) &&
		    (c->places[i].id != 0 || needed[i]));
	for (i = 0; i < c->n && status == GP_OK; i++) {
		p = &c->places[i];
		if (p->id == 0 && needed[i])
			status = gp_node_ghost(s, list, c->ids[i], c->keys[i],
			    i > 0 ? &c->places[i - 1] : NULL, date, p, err);
		else if (p->id != 0 && i > 0 && c->places[i - 1].id != 0 && may_link(p)) {
			status = gp_node_move(s, list, p->id, c->places[i - 1].id,
			    GP_PARENT_OTHERS, &done, err);
			/* Threads may have been joined. */
			if (status == GP_OK && done)
				status = gp_node_read(s, p->id, p, err);
		}
	}
	return status;
}

/* The last of the chain that makes no loop with the message's own node. */
static enum gp_status
chain_parent(struct gp_store *s, const struct chain *c, const struct gp_place *own,
    struct gp_place *parent, struct gp_err *err)
{
	enum gp_status status = GP_OK;
	bool loop = false;
	size_t i;

	for (i = c->n; i > 0 && status == GP_OK; i--) {
		if (c->places[i - 1].id == 0)
			continue;
		if (own->id != 0)
			status = gp_node_is_above(s, own->id, c->places[i - 1].id, &loop, err);
		if (status == GP_OK && !loop)
			return gp_node_read(s, c->places[i - 1].id, parent, err);
	}
	return status;
}

/* ---- rule 5: Thread-Index --------------------------------------------------------- */

static enum gp_status
exchange_value(const void *ctx, const struct gp_mail *m, char **value, size_t *n)
{
	if (m->thread_index == NULL || gp_cte_decode(ctx, GP_CTE_BASE64, m->thread_index,
	    strlen(m->thread_index), 4096, value, n, NULL) != GP_OK || *n < EXCHANGE_ROOT)
		return GP_E_NOTFOUND;
	return GP_OK;
}

enum gp_status
gp_place_note(struct gp_store *s, int64_t list, const struct gp_mail *m, int64_t id,
    struct gp_err *err)
{
	void *tmp;
	enum gp_status status = GP_OK;
	char *value;
	size_t n;

	if (m->thread_index == NULL)
		return GP_OK;
	tmp = gp_ctx(NULL);
	if (exchange_value(tmp, m, &value, &n) == GP_OK)
		status = gp_sql_run(s, "INSERT OR IGNORE INTO exchange(list, value, node) "
		    "VALUES(?1, ?2, ?3)", GP_ARGS(GP_INT(list), GP_BLOB(value, n), GP_INT(id)),
		    err);
	talloc_free(tmp);
	return status;
}

static enum gp_status
exchange_parent(struct gp_store *s, int64_t list, const struct gp_mail *m, int64_t own,
    struct gp_place *parent, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	enum gp_status status;
	char *value, last[EXCHANGE_ROOT + 1];
	int64_t id = 0;
	size_t n;

	status = exchange_value(tmp, m, &value, &n);
	if (status == GP_OK && n >= EXCHANGE_ROOT + EXCHANGE_STEP)
		status = gp_sql_int(s, &id, "SELECT max(node) FROM exchange WHERE list = ?1 AND "
		    "value = ?2 AND node <> ?3", GP_ARGS(GP_INT(list),
		    GP_BLOB(value, n - EXCHANGE_STEP), GP_INT(own)), err);
	if (status == GP_OK && id == 0) {
		memcpy(last, value, EXCHANGE_ROOT);
		last[EXCHANGE_ROOT] = '\xff';
		status = gp_sql_int(s, &id, "SELECT node FROM exchange WHERE list = ?1 AND "
		    "value >= ?2 AND value <= ?3 AND node <> ?4 ORDER BY value, node LIMIT 1",
		    GP_ARGS(GP_INT(list), GP_BLOB(value, EXCHANGE_ROOT),
		    GP_BLOB(last, sizeof(last)), GP_INT(own)), err);
	}
	if (status == GP_OK && id != 0)
		status = gp_node_read(s, id, parent, err);
	talloc_free(tmp);
	return gp_sql_end(status);
}

/* ---- rule 5: the subject ---------------------------------------------------------- */

int64_t
gp_place_base(const char *subject, const char *tag, bool *is_reply)
{
	static const char *const general[] = {"(no subject)", "no subject", "question", "questions",
		"help", "hello", "hi", "test", "problem", "bug", "update", "none"};
	bool forward;
	char *base = gp_subject_base(NULL, subject, tag, is_reply, &forward);
	size_t i, n = strlen(base);
	int64_t hash;

	/* More than three characters; a character of Chinese says as much as three of ours. */
	hash = n <= 3 ? 0 : gp_store_hash(0, base, n);
	for (i = 0; i < GP_COUNT(general); i++)
		if (gp_strieq(base, general[i]))
			hash = 0;
	talloc_free(base);
	return hash;
}

/* Mail by machines and of other lists is never placed by its subject. */
static bool
may_guess(const struct gp_list *list, const struct gp_mail *m)
{
	size_t i, n = strlen(list->name);

	if ((m->flags & (GP_MAIL_AUTO | GP_MAIL_BULK)) != 0)
		return false;
	for (i = 0; i < m->list_ids_n; i++)
		if (strncasecmp(m->list_ids[i], list->name, n) != 0 || m->list_ids[i][n] != '.')
			return false;
	return true;
}

/* Does `text` hold a line that `quoted` quotes? */
static bool
quotes(const char *quoted, size_t n, const char *text, size_t text_n)
{
	const char *p = quoted, *end = quoted + n, *eol;
	struct gp_str line;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		line = gp_str_trim((struct gp_str){p, (size_t)(eol - p)});
		while (line.n > 0 && (line.p[0] == '>' || line.p[0] == ' ')) {
			line.p++;
			line.n--;
		}
		if (line.n >= QUOTE_MIN && gp_memmem(text, text_n, line.p, line.n) != NULL)
			return true;
	}
	return false;
}

/* The newest messages of a thread. */
static enum gp_status
newest_of(struct gp_store *s, int64_t thread, int64_t own, int64_t ids[GUESS_LOOK], size_t *n,
    struct gp_err *err)
{
	sqlite3_stmt *st;
	enum gp_status status = gp_sql_open(s, &st, "SELECT id FROM node WHERE thread = ?1 AND "
	    "state = 1 AND id <> ?2 ORDER BY date DESC, id DESC LIMIT 10",
	    GP_ARGS(GP_INT(thread), GP_INT(own)), err);

	*n = 0;
	while (status == GP_OK && (status = gp_sql_next(s, st, err)) == GP_OK)
		if (*n < GUESS_LOOK)
			ids[(*n)++] = sqlite3_column_int64(st, 0);
	return gp_sql_end(status);
}

/* Of a thread's messages, the newest that m quotes, else its head. */
static enum gp_status
quoted_of(struct gp_store *s, const struct gp_mail *m, int64_t thread, int64_t head, int64_t own,
    struct gp_place *parent, struct gp_err *err)
{
	void *tmp = gp_ctx(NULL);
	int64_t ids[GUESS_LOOK];
	struct gp_mail other;
	enum gp_status status;
	size_t n = 0, i;

	status = m->quoted_n == 0 ? GP_OK : newest_of(s, thread, own, ids, &n, err);
	for (i = 0; i < n && status == GP_OK; i++)
		if (gp_body_mail(tmp, s, ids[i], &other, NULL, NULL, NULL) == GP_OK &&
		    quotes(m->quoted, m->quoted_n, other.text, other.text_n))
			break;
	if (status == GP_OK)
		status = gp_node_read(s, i < n ? ids[i] : head, parent, err);
	talloc_free(tmp);
	return status;
}

static enum gp_status
subject_parent(struct gp_store *s, const struct gp_list *list, const struct gp_mail *m, int64_t own,
    int64_t date, struct gp_place *parent, struct gp_err *err)
{
	bool is_reply = false;
	int64_t base = gp_place_base(m->subject, list->set.tag, &is_reply), thread, head;
	enum gp_status status;

	if (base == 0 || !is_reply || !may_guess(list, m))
		return GP_OK;
	status = gp_sql_ints(s, &thread, &head,
	    "SELECT id, head FROM thread WHERE list = ?1 AND base = ?2 "
	    "AND base <> 0 AND last BETWEEN ?3 AND ?4 AND first <= ?5 AND messages > 0 AND head <> ?6 "
	    "ORDER BY last DESC LIMIT 1",
	    GP_ARGS(GP_INT(list->id), GP_INT(base), GP_INT(date - GUESS_DAYS * 86400),
	    GP_INT(date + GUESS_DAYS * 86400), GP_INT(date), GP_INT(own)), err);
	if (status != GP_OK)
		return gp_sql_end(status);
	return quoted_of(s, m, thread, head, own, parent, err);
}

enum gp_status
gp_thread_guess(const void *ctx, struct gp_store *s, const struct gp_list *list, const struct gp_mail *m,
    struct gp_message **out, struct gp_err *err)
{
	struct gp_place parent = {0};
	enum gp_status status = subject_parent(s, list, m, 0, gp_now(), &parent, err);

	if (status != GP_OK || parent.id == 0)
		return status == GP_OK ? GP_E_NOTFOUND : status;
	return gp_message_find_id(ctx, s, parent.id, out, err);
}

/* ---- all of it -------------------------------------------------------------------- */

/* Rule 9: what a person decided for this Message-ID. *found: they did. */
static enum gp_status
corrected_parent(const void *ctx, struct gp_store *s, int64_t list, const char *mid, int64_t date,
    bool *found, struct gp_place *parent, struct gp_err *err)
{
	char *above, *key;
	enum gp_status status = gp_sql_string(ctx, s, &above,
	    "SELECT parent FROM correction WHERE list = ?1 AND child = ?2",
	    GP_ARGS(GP_INT(list), GP_TEXT(mid)), err);

	*found = status == GP_OK;
	if (status != GP_OK)
		return gp_sql_end(status);
	if (above[0] == '\0')
		return GP_OK;
	status = gp_node_find(ctx, s, list, above, parent, &key, err);
	if (status == GP_OK && parent->id == 0)
		status = gp_node_ghost(s, list, above, key, NULL, date, parent, err);
	return status;
}

enum gp_status
gp_place_find(struct gp_store *s, const struct gp_list *list, const struct gp_mail *m,
    const char *mid, const struct gp_place *own, int64_t date, struct gp_place *parent, int *kind,
    int64_t *origin, struct gp_err *err)
{
	struct chain *c = gp_new(NULL, struct chain);
	enum gp_status status;
	bool corrected, is_new = false;

	memset(parent, 0, sizeof(*parent));
	*origin = 0;
	*kind = GP_PARENT_PERSON;
	status = corrected_parent(c, s, list->id, mid, date, &corrected, parent, err);
	if (status != GP_OK || corrected)
		goto out;
	*kind = GP_PARENT_OWN;
	chain_build(c, m, mid);
	status = chain_resolve(c, s, list->id, c, date, err);
	if (status == GP_OK)
		status = chain_parent(s, c, own, parent, err);
	if (status == GP_OK)
		status = gp_place_is_new(s, list, m, parent, &is_new, err);
	if (is_new) {
		*origin = parent->id;
		*parent = (struct gp_place){0};
		*kind = GP_PARENT_SUBJECT;	/* it may answer something else */
		status = subject_parent(s, list, m, own->id, date, parent, err);
		if (parent->id != 0)
			*origin = 0;
	} else if (status == GP_OK && c->n == 0) {
		*kind = GP_PARENT_EXCHANGE;
		status = exchange_parent(s, list->id, m, own->id, parent, err);
		if (status == GP_OK && parent->id == 0) {
			*kind = GP_PARENT_SUBJECT;
			status = subject_parent(s, list, m, own->id, date, parent, err);
		}
	}
	if (parent->id == 0)
		*kind = GP_PARENT_NONE;
out:
	talloc_free(c);
	return status;
}
