/* SPDX-License-Identifier: ISC */
/*
 * Message-IDs (RFC 5322 section 3.6.4), read with tolerance: what counts is that
 * the same id comes out of a Message-ID and of a References field that another
 * program folded or broke. So all white space inside <> goes, and nothing else is
 * changed.
 */
#include "private.h"

#include <string.h>

/* The inside of <...> without white space and controls as clean UTF-8; NULL when it
 * is no usable id. */
static char *
usable(const void *ctx, const char *p, size_t n)
{
	char *buf = gp_array(ctx, char, n + 1), *id;
	size_t i, len = 0;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] > 32 && p[i] != 127)
			buf[len++] = p[i];
	id = gp_utf8_line(ctx, buf, len, GP_MAX_MSGID + 1);
	talloc_free(buf);
	if (strchr(id, '@') != NULL && strlen(id) <= GP_MAX_MSGID)
		return id;
	talloc_free(id);
	return NULL;
}

/* The next <...> at or behind *at: [*from, *to) inside. A '<' inside starts anew. */
static bool
next_id(const char *s, size_t n, size_t *at, size_t *from, size_t *to)
{
	const char *open = *at < n ? memchr(s + *at, '<', n - *at) : NULL;
	size_t i;

	if (open == NULL)
		return false;
	*from = (size_t)(open - s) + 1;
	for (i = *from; i < n && s[i] != '>'; i++)
		if (s[i] == '<')
			*from = i + 1;
	*to = i;
	*at = i < n ? i + 1 : n;
	return i < n;
}

/* Is it among the ids kept so far? */
static bool
is_kept(char *const *kept, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(kept[i], id) == 0)
			return true;
	return false;
}

/* Where each <...> of the field starts and ends. */
static size_t
spans(const void *ctx, const char *s, size_t n, size_t (**out)[2])
{
	size_t at = 0, count = 0, i, from, to;

	while (next_id(s, n, &at, &from, &to))
		count++;
	*out = gp_alloc_array(ctx, sizeof(**out), count + 1, "span");
	for (at = 0, i = 0; i < count && next_id(s, n, &at, &from, &to); i++) {
		(*out)[i][0] = from;
		(*out)[i][1] = to;
	}
	return count;
}

/*
 * From the end, so that repeats keep their last place: up to 99 different ids, then
 * the first of the field that is none of them.
 */
char **
gp_msgids_parse(const void *ctx, const char *s, size_t n, size_t *count)
{
	const size_t max = GP_MAX_REFERENCES;
	char **v = gp_array(ctx, char *, max + 1), *tmp, *id;
	void *work = gp_ctx(ctx);
	size_t (*span)[2], left = spans(work, s, n, &span), kept = 0, i;

	while (left > 0 && kept < max - 1) {
		left--;
		id = usable(v, s + span[left][0], span[left][1] - span[left][0]);
		if (id != NULL && !is_kept(v, kept, id))
			v[kept++] = id;
	}
	for (i = 0; i < left; i++) {
		id = usable(v, s + span[i][0], span[i][1] - span[i][0]);
		if (id == NULL || is_kept(v, kept, id))
			continue;
		v[kept++] = id;
		break;
	}
	for (i = 0; i < kept / 2; i++) {
		tmp = v[i];
		v[i] = v[kept - 1 - i];
		v[kept - 1 - i] = tmp;
	}
	v[kept] = NULL;
	talloc_free(work);
	*count = kept;
	return v;
}

char *
gp_msgid_parse(const void *ctx, const char *s, size_t n)
{
	size_t at = 0, from, to, i;
	struct gp_str v = gp_str_trim((struct gp_str){ s, n });
	char *id;

	while (next_id(s, n, &at, &from, &to)) {
		id = usable(ctx, s + from, to - from);
		if (id != NULL)
			return id;
	}
	/* Without brackets, or with one: a single word. */
	if (v.n > 0 && v.p[0] == '<')
		v = gp_str_trim((struct gp_str){ v.p + 1, v.n - 1 });
	if (v.n > 0 && v.p[v.n - 1] == '>')
		v = gp_str_trim((struct gp_str){ v.p, v.n - 1 });
	for (i = 0; i < v.n; i++)
		if (gp_mail_space(v.p[i]) || v.p[i] == '<' || v.p[i] == '>')
			return NULL;
	return usable(ctx, v.p, v.n);
}

char *
gp_msgid_key(const void *ctx, const char *msgid, size_t len)
{
	unsigned char hash[GP_SHA256_LEN];
	char *bare = gp_array(ctx, char, strlen(msgid) + 1), *o = bare, *key;
	size_t n = strlen(msgid);

	if (n > 1 && msgid[0] == '<' && msgid[n - 1] == '>') {
		msgid++;
		n -= 2;
	}
	for (; n > 0; msgid++, n--)
		if (!gp_mail_space(*msgid))
			*o++ = *msgid;
	gp_sha256(bare, (size_t)(o - bare), hash);
	talloc_free(bare);
	key = gp_base32(ctx, hash, sizeof(hash));
	if (len < strlen(key))
		key[len] = '\0';
	return key;
}

char *
gp_msgid_new(const void *ctx, const char *domain)
{
	char *token = gp_token_new(ctx), *id;

	id = gp_asprintf(ctx, "%s@%s", token, domain);
	talloc_free(token);
	return id;
}
