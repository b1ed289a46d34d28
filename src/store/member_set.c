/* SPDX-License-Identifier: ISC */
/*
 * Settings of memberships: one table drives parsing, defaults, `member show`, the help
 * and the manual. And what else changes in a membership: pauses, the address that it
 * delivers to, counts of posts, how far digests came.
 */
#include "config.h"

#include "private.h"

#define AT(field) offsetof(struct gp_member, field)

const char *const gp_role_names[] = {"member", "moderator", "owner", NULL};
const char *const gp_delivery_names[] = {"each", "daily", "weekly", "monthly", "none", NULL};

const struct gp_opt gp_member_options[] = {
	{"name", GP_OPT_TEXT, AT(name), "", 0, 0, NULL,
	    "the name that others see"},
	{"role", GP_OPT_CHOICE, AT(role), "member", 0, 0, "member|moderator|owner",
	    "what one may do here: member, moderator or owner; owners set it"},
	{"delivery", GP_OPT_CHOICE, AT(delivery), "each", 0, 0, "each|daily|weekly|monthly|none",
	    "how mail comes: each post by itself, a daily, weekly or monthly digest, or none"},
	{"language", GP_OPT_TEXT, AT(language), "", 0, 0, NULL,
	    "language of our mails, such as de; empty: that of the list"},
	{"timezone", GP_OPT_TEXT, AT(timezone), "", 0, 0, NULL,
	    "time zone of dates in our mails, such as Europe/Berlin; empty: that of the list"},
	{"own_copy", GP_OPT_CHOICE, AT(own_copy), "list", 0, 0, "list|yes|no",
	    "whether one's own posts come back: yes, no, or list: as the list does it"},
	{"duplicates", GP_OPT_BOOL, AT(duplicates), "yes", 0, 0, NULL,
	    "no: the list's copy of a post that was sent to the member directly, too, does not come"},
	{"attachments", GP_OPT_SIZE, AT(attachments), "0", 0, GP_MAX_MESSAGE, NULL,
	    "larger attachments come as links, such as 500k; 0: none does"},
	{"hidden", GP_OPT_BOOL, AT(hidden), "no", 0, 0, NULL,
	    "yes: other members do not see who this is, nor that they are on the list"},
	{"reminders", GP_OPT_BOOL, AT(reminders), "yes", 0, 0, NULL,
	    "no: nothing reminds of anything"},
	{"posting", GP_OPT_CHOICE, AT(posting), "list", 0, 0, "list|trusted|held|none",
	    "whether posts need a moderator: list: as the list does it; trusted: never; held: "
	    "always; none: no post is taken; moderators set it"},
	{"notes", GP_OPT_CHOICE, AT(notes), "fold", 0, 0, "show|fold|skip",
	    "posts with a content note, such as [note: loss of a hive]: fold: digests have the note and a link in place "
	    "of the text; skip: they do not come, and are in the archive; show: they come like all others"},
	{"digest_hour", GP_OPT_CHOICE, AT(digest_hour), "list", 0, 0,
	    "list|0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23",
	    "hour at which digests come, in your time zone: 0 to 23; list: as the list does it"},
	{"digest_day", GP_OPT_CHOICE, AT(digest_day), "list", 0, 0,
	    "list|sunday|monday|tuesday|wednesday|thursday|friday|saturday",
	    "day of weekly digests: sunday to saturday; list: as the list does it"},
	{"digest_form", GP_OPT_CHOICE, AT(digest_form), "summary", 0, 0, "summary|titles|mime|plain",
	    "how digests look: summary: made for you; titles: a line for each thread; mime: the whole "
	    "messages attached; plain: the whole texts one below the other"},
	{"digest_minutes", GP_OPT_INT, AT(digest_minutes), "0", 0, 240, NULL,
	    "minutes that reading a digest may take; 0: as long as it takes"},
	{"digest_posts", GP_OPT_INT, AT(digest_posts), "0", 0, 1000, NULL,
	    "a digest comes also as soon as so many new posts are there; 0: only at its time"},
	{"digest_together", GP_OPT_BOOL, AT(digest_together), "no", 0, 0, NULL,
	    "yes: the digests of all your lists come as one, at one time"},
};
const size_t gp_member_option_count = GP_COUNT(gp_member_options);

static bool
is_language(const char *value)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

	return value[0] == '\0' || (strlen(value) == 2 && strspn(value, letters) == 2);
}

/* What the table of options can't say. A name is made fit for a header when it is stored. */
static enum gp_status
check(const char *key, const char *value, struct gp_err *err)
{
	enum gp_status status = strcmp(key, "name") == 0 ? GP_OK :
	    gp_setting_check(key, value, false, err);

	if (status == GP_OK && strcmp(key, "language") == 0 && !is_language(value))
		return gp_fail(err, GP_E_PARSE, "language = %s: two letters are wanted, such as "
		    "en or de, or nothing", value);
	if (status == GP_OK && strcmp(key, "timezone") == 0 && value[0] != '\0' &&
	    !gp_setting_is_zone(value))
		return gp_fail(err, GP_E_PARSE, "timezone = %s: there is no such time zone here; "
		    "give a name such as UTC or Europe/Berlin, or nothing", value);
	return status;
}

static enum gp_status
no_such_member(struct gp_err *err)
{
	return gp_fail(err, GP_E_NOTFOUND, "there is no such member");
}

/* Who turns to a digest has had, or didn't want, every post until now. Who turns to each post gets a last
 * digest of what came since the one before. */
#define TO_DIGEST "(?3 IN (1, 2, 3) AND delivery NOT IN (1, 2, 3))"
#define FROM_DIGEST "(?3 = 0 AND delivery IN (1, 2, 3))"
#define NEWEST "(SELECT max(0, coalesce(max(id), 0)) FROM node)"

static enum gp_status
write_settings(struct gp_store *s, const struct gp_member *m, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE member SET role = ?2, delivery = ?3, "
	    "language = ?4, timezone = ?5, own_copy = ?6, duplicates = ?7, attachments = ?8, "
	    "hidden = ?9, reminders = ?10, posting = ?11, notes = ?13, "
	    /* Back to a digest before the last one of before went: that is still to come. */
	    "digest_upto = iif(" TO_DIGEST " AND digest_next IS NULL, " NEWEST ", digest_upto), "
	    "digest_until = iif(" FROM_DIGEST ", " NEWEST ", digest_until), "
	    "digest_next = CASE WHEN " FROM_DIGEST " THEN 1 WHEN ?3 IN (1, 2, 3) THEN iif(delivery = ?3 "
	    "AND timezone = ?5, digest_next, -?12) WHEN ?3 = delivery THEN digest_next ELSE NULL END "
	    "WHERE id = ?1",
	    GP_ARGS(GP_INT(m->id), GP_INT(m->role), GP_INT(m->delivery), GP_TEXT(m->language),
	    GP_TEXT(m->timezone), GP_INT(m->own_copy), GP_INT(m->duplicates),
	    GP_INT(m->attachments), GP_INT(m->hidden), GP_INT(m->reminders), GP_INT(m->posting),
	    GP_INT(gp_now()), GP_INT(m->notes)), err);

	return status != GP_OK ? status : gp_sql_run(s,
	    "UPDATE person SET name = ?2, folded = fold_name(?2) WHERE id = ?1",
	    GP_ARGS(GP_INT(m->person), GP_TEXT(m->name)), err);
}

/* Digests that come together are alike in all: what is set on one list is set on the others, too. */
static enum gp_status
write_digest(struct gp_store *s, const struct gp_member *m, bool was_together, struct gp_err *err)
{
	return gp_sql_run(s, "UPDATE member SET digest_hour = ?2, digest_day = ?3, digest_form = ?4, "
	    "digest_minutes = ?5, digest_posts = ?6, digest_together = ?7, timezone = iif(?7, ?8, timezone), "
	    "digest_next = iif(digest_next >= 10, -?11, digest_next) "
	    "WHERE id = ?1 OR ((?7 OR ?9) AND person = ?10)",
	    GP_ARGS(GP_INT(m->id), GP_INT(m->digest_hour), GP_INT(m->digest_day), GP_INT(m->digest_form),
	    GP_INT(m->digest_minutes), GP_INT(m->digest_posts), GP_INT(m->digest_together),
	    GP_TEXT(m->timezone), GP_INT(was_together), GP_INT(m->person), GP_INT(gp_now())), err);
}

enum gp_status
gp_member_set(struct gp_store *s, int64_t id, const char *key, const char *value,
    struct gp_err *err)
{
	const struct gp_opt *opt = gp_opt_find(gp_member_options, gp_member_option_count, key);
	struct gp_member *m;
	enum gp_status status = gp_member_find_id(NULL, s, id, &m, err);
	bool together;

	if (status == GP_E_NOTFOUND)
		return no_such_member(err);
	if (status != GP_OK)
		return status;
	together = m->digest_together;
	status = opt == NULL ? GP_OK : check(key, value, err);
	if (status == GP_OK)
		status = gp_opt_set(gp_member_options, gp_member_option_count, m, m, key, value,
		    err);
	if (status == GP_OK && strcmp(key, "name") == 0)
		m->name = gp_utf8_line(m, m->name, strlen(m->name), 200);
	if (status == GP_OK)
		status = write_settings(s, m, err);
	if (status == GP_OK && (gp_starts(key, "digest_") || strcmp(key, "timezone") == 0))
		status = write_digest(s, m, together, err);
	/* Who asks for mail is there. */
	if (status == GP_OK && strcmp(key, "delivery") == 0 && m->delivery != GP_DELIVERY_NONE)
		status = gp_bounces_clear(s, id, err);
	talloc_free(m);
	return status;
}

enum gp_status
gp_member_pause(struct gp_store *s, int64_t id, int64_t from, int64_t to, struct gp_err *err)
{
	enum gp_status status;

	if ((from != 0 || to != 0) && (from <= 0 || to <= from))
		return gp_fail(err, GP_E_PARSE, "a pause must end after it began");
	status = gp_sql_run(s, "UPDATE member SET pause_from = ?2, pause_to = ?3, "
	    "digest_next = iif(digest_next >= 10, -?4, digest_next) WHERE id = ?1",
	    GP_ARGS(GP_INT(id), GP_INT(from), GP_INT(to), GP_INT(gp_now())), err);
	return status == GP_OK && sqlite3_changes(s->db) == 0 ? no_such_member(err) : status;
}

enum gp_status
gp_member_count_post(struct gp_store *s, int64_t id, bool accepted, struct gp_err *err)
{
	enum gp_status status = gp_sql_run(s, "UPDATE member SET accepted = accepted + ?2, "
	    "refused = refused + (1 - ?2) WHERE id = ?1", GP_ARGS(GP_INT(id), GP_INT(accepted)),
	    err);

	return status == GP_OK && sqlite3_changes(s->db) == 0 ? no_such_member(err) : status;
}

enum gp_status
gp_member_use_address(struct gp_store *s, int64_t id, const char *address, struct gp_err *err)
{
	char *folded = gp_addr_fold(NULL, address);
	int64_t found = 0;
	enum gp_status status = GP_E_NOTFOUND;

	if (folded != NULL)
		status = gp_sql_int(s, &found, "SELECT a.id FROM member m JOIN address a ON "
		    "a.person = m.person WHERE m.id = ?1 AND a.folded = ?2",
		    GP_ARGS(GP_INT(id), GP_TEXT(folded)), err);
	talloc_free(folded);
	if (status == GP_E_NOTFOUND)
		return gp_fail(err, GP_E_NOTFOUND, "%s is not one of the member's addresses",
		    address);
	if (status == GP_OK)
		status = gp_sql_run(s, "UPDATE member SET address = ?2 WHERE id = ?1",
		    GP_ARGS(GP_INT(id), GP_INT(found)), err);
	/* What came back came from the other one. */
	return status == GP_OK ? gp_bounces_clear(s, id, err) : status;
}
