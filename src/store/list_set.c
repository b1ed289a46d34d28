/* SPDX-License-Identifier: ISC */
/*
 * Settings of lists. One table drives parsing, defaults, `list show`, the help and the
 * manual; a setting is a row only where it differs from its default there. And what
 * such a table can't say of a value, for members' settings too.
 */
#include "config.h"

#include "private.h"

#include <stdio.h>
#include <sys/stat.h>

#define AT(member) offsetof(struct gp_list_settings, member)
#define MAY "same|anyone|members|moderators|nobody"
#define ELSE "hold|refuse|discard"
#define FEATURE "off|on|moderators"

const struct gp_opt gp_list_options[] = {
	{"title", GP_OPT_TEXT, AT(title), "", 0, 0, NULL,
	    "phrase of the List-Id and heading of the archive; empty: the name"},
	{"description", GP_OPT_TEXT, AT(description), "", 0, 0, NULL,
	    "what the list is about, in one line"},
	{"charter", GP_OPT_TEXT, AT(charter), "", 0, 0, NULL,
	    "domain and customs of the list, in Markdown"},
	{"language", GP_OPT_TEXT, AT(language), "en", 0, 0, NULL,
	    "language of mails and pages"},
	{"timezone", GP_OPT_TEXT, AT(timezone), "UTC", 0, 0, NULL,
	    "time zone of digests, pages and quiet hours, such as Europe/Berlin"},
	{"tag", GP_OPT_TEXT, AT(tag), "", 0, 0, NULL,
	    "[tag] of the list in subjects, taken off in titles; empty: none"},
	/* Who may do what. */
	{"post", GP_OPT_CHOICE, AT(post), "members", 0, 0, "members|anyone|moderators",
	    "whose posts need no approval"},
	{"start", GP_OPT_CHOICE, AT(start), "same", 0, 0, MAY,
	    "who may begin a thread; same: as post says"},
	{"reply", GP_OPT_CHOICE, AT(reply), "same", 0, 0, MAY,
	    "who may reply in a thread; same: as post says"},
	{"strangers", GP_OPT_CHOICE, AT(strangers), "hold", 0, 0, ELSE,
	    "what becomes of posts of people who are not on the list and may not post"},
	{"members", GP_OPT_CHOICE, AT(members), "hold", 0, 0, ELSE,
	    "what becomes of posts of members who may not post"},
	{"archive", GP_OPT_CHOICE, AT(archive), "public", 0, 0, "public|off|members|owners",
	    "who finds the archive, on the web and by mail: public: everybody; members; owners; off: nobody; "
	    "all but public log in by a link that is mailed to them"},
	{"robots", GP_OPT_CHOICE, AT(robots), "index", 0, 0, "index|noindex",
	    "whether search engines are asked to pass the archive over: index; noindex"},
	{"people", GP_OPT_BOOL, AT(people), "yes", 0, 0, NULL,
	    "the archive has pages of who wrote, and what"},
	{"history", GP_OPT_CHOICE, AT(history), "all", 0, 0, "all|joined",
	    "what members find in the archive: all, or what came since they joined (then it is not public)"},
	{"join", GP_OPT_CHOICE, AT(join), "confirm", 0, 0, "confirm|moderated|closed",
	    "who can join: confirm: whoever confirms; moderated: a moderator agrees, too; "
	    "closed: by invitation"},
	{"questions", GP_OPT_TEXT, AT(questions), "", 0, 0, NULL,
	    "what those who ask to join are asked, one question a line"},
	{"roster", GP_OPT_CHOICE, AT(roster), "members", 0, 0, "members|moderators|anyone",
	    "who sees who is on the list"},
	/* When posts wait. */
	{"first_posts", GP_OPT_INT, AT(first_posts), "0", 0, 100, NULL,
	    "so many first posts of a new member wait for a moderator"},
	{"daily_posts", GP_OPT_INT, AT(daily_posts), "0", 0, 1000, NULL,
	    "more posts of one member in a day wait for a moderator; 0: any number goes"},
	{"repeats", GP_OPT_BOOL, AT(repeats), "no", 0, 0, NULL,
	    "no: what says the same again within a day waits; yes, where machines write: it goes"},
	{"quiet_from", GP_OPT_INT, AT(quiet_from), "0", 0, 23, NULL,
	    "hour from which posts wait, in the time zone of the list"},
	{"quiet_to", GP_OPT_INT, AT(quiet_to), "0", 0, 23, NULL,
	    "hour until which posts wait; the same as quiet_from: none wait"},
	{"emergency", GP_OPT_BOOL, AT(emergency), "no", 0, 0, NULL,
	    "every post waits for a moderator"},
	{"approvals", GP_OPT_INT, AT(approvals), "1", 1, 9, NULL,
	    "so many moderators must say ok to a post that waits"},
	{"reasons", GP_OPT_TEXT, AT(reasons), "", 0, 0, NULL,
	    "reasons to refuse with, one a line: \"no 3\" gives the third"},
	{"tell_author", GP_OPT_BOOL, AT(tell_author), "yes", 0, 0, NULL,
	    "authors are told that their post waits"},
	{"closed", GP_OPT_BOOL, AT(closed), "no", 0, 0, NULL,
	    "the list takes no posts any more"},
	{"own_copy", GP_OPT_BOOL, AT(own_copy), "yes", 0, 0, NULL,
	    "authors get their own posts"},
	/* What posts may carry, and what is changed in them. */
	{"types", GP_OPT_TEXT, AT(types), "", 0, 0, NULL,
	    "types of parts that posts may carry, such as text/html image/* application/pdf; empty: all"},
	{"block_files", GP_OPT_TEXT, AT(block_files), "exe bat cmd com pif scr vbs vbe js jse wsf wsh hta "
	    "cpl lnk msi ps1 jar iso img one", 0, 0, NULL,
	    "ends of the names of files, or whole names, that posts may not carry, such as winmail.dat"},
	{"blocked", GP_OPT_CHOICE, AT(blocked), "hold", 0, 0, "hold|refuse|drop",
	    "what becomes of posts that carry such: hold; refuse; drop: the file is taken out, and the "
	    "post says so"},
	{"attachments", GP_OPT_CHOICE, AT(attachments), "keep", 0, 0, "keep|drop|link",
	    "files in posts: keep; drop: they are taken out; link: they stand in the archive, and the mail "
	    "says where"},
	{"pixels", GP_OPT_CHOICE, AT(pixels), "keep", 0, 0, "keep|drop",
	    "images of other servers in HTML that are too small to be seen, and tell who reads: keep; drop"},
	{"html", GP_OPT_CHOICE, AT(html), "accept", 0, 0, "accept|refuse|text",
	    "posts whose only text is HTML: accept; refuse; text: they become plain text"},
	{"html_view", GP_OPT_CHOICE, AT(html_view), "formatted", 0, 0, "formatted|plain",
	    "how the archive shows posts whose only text is HTML first: formatted; plain; the other form is one link "
	    "away"},
	{"prefix", GP_OPT_TEXT, AT(prefix), "", 0, 0, NULL,
	    "put in front of subjects, such as [bees]; a # in it becomes the number of the post; "
	    "empty: subjects stay as they are"},
	{"footer", GP_OPT_TEXT, AT(footer), "", 0, 0, NULL,
	    "put under each post; empty: nothing; what is signed or encrypted stays as it is"},
	{"reply_to", GP_OPT_CHOICE, AT(reply_to), "author", 0, 0, "author|list|only-list",
	    "where replies go: author: as the author wants; list: to the list too; only-list"},
	{"reply_address", GP_OPT_TEXT, AT(reply_address), "", 0, 0, NULL,
	    "address for replies in place of the list's own, where they go to the list"},
	{"dmarc", GP_OPT_CHOICE, AT(dmarc), "rewrite", 0, 0, "rewrite|wrap|always|leave",
	    "when the author's domain forbids others its name (DMARC): rewrite: From becomes the "
	    "list's; wrap: the post goes within a mail of the list; always: rewrite every post; leave"},
	{"personal", GP_OPT_BOOL, AT(personal), "yes", 0, 0, NULL,
	    "each member gets a mail of their own, with an unsubscribe link that needs no log-in"},
	{"max_size", GP_OPT_SIZE, AT(max_size), "1M", 1024, GP_MAX_MESSAGE, NULL,
	    "larger posts wait for a moderator"},
	{"max_recipients", GP_OPT_INT, AT(max_recipients), "20", 1, 1000, NULL,
	    "posts with more addresses in To and Cc wait for a moderator"},
	{"hold_expire", GP_OPT_DURATION, AT(hold_expire), "7d", 3600, 366 * 86400, NULL,
	    "after this time a post that nobody decided on waits no longer"},
	{"hold_end", GP_OPT_CHOICE, AT(hold_end), "return", 0, 0, "return|accept|discard",
	    "what becomes of it then: return: it goes back to its author"},
	/* What makes it a community. */
	{"answers", GP_OPT_CHOICE, AT(answers), "on", 0, 0, FEATURE,
	    "questions are followed until they are answered and solved; moderators: only they say what is "
	    "a question, and what solved it"},
	{"open_after", GP_OPT_DURATION, AT(open_after), "1d", 0, 90 * 86400, NULL,
	    "a question that nobody answered for so long counts as open"},
	{"help_after", GP_OPT_DURATION, AT(help_after), "2d", 0, 90 * 86400, NULL,
	    "after this time without an answer a member who can help is asked, then the next, five at most; "
	    "0: nobody is"},
	{"help_cap", GP_OPT_INT, AT(help_cap), "4", 1, 100, NULL,
	    "no member is asked about more questions in 30 days"},
	{"letter", GP_OPT_CHOICE, AT(letter), "off", 0, 0, FEATURE,
	    "a letter each month: how are we doing, what did we learn; moderators: to them alone"},
	{"learned", GP_OPT_CHOICE, AT(learned), "off", 0, 0, FEATURE,
	    "each month: what we learned: what was kept, summed up and solved, a line each; moderators: to them alone"},
	{"welcome", GP_OPT_CHOICE, AT(welcome), "on", 0, 0, "off|on",
	    "newcomers are told the charter, three threads worth reading, and who is around; their first post is "
	    "marked for the others"},
	{"mentors", GP_OPT_CHOICE, AT(mentors), "off", 0, 0, FEATURE,
	    "members who offer a topic are proposed to those who seek it; moderators: only they bring two "
	    "together"},
	{"mentor_cap", GP_OPT_INT, AT(mentor_cap), "2", 1, 50, NULL,
	    "so many people one mentor has at once"},
	{"circles", GP_OPT_CHOICE, AT(circles), "off", 0, 0, FEATURE,
	    "with circle: Name in the subject a member (moderators: only they) proposes a group with a list of "
	    "its own"},
	{"circle_quorum", GP_OPT_INT, AT(circle_quorum), "4", 2, 1000, NULL,
	    "so many must want a circle, with whoever proposes it"},
	{"circle_for", GP_OPT_DURATION, AT(circle_for), "180d", 7 * 86400, 3650 * 86400, NULL,
	    "so long a circle lives, unless its steward keeps it going"},
	{"decisions", GP_OPT_CHOICE, AT(decisions), "off", 0, 0, FEATURE,
	    "with #decide in the subject a member (moderators: only they) begins a round of yes, no, abstain, "
	    "block"},
	{"decide_for", GP_OPT_DURATION, AT(decide_for), "7d", 3600, 90 * 86400, NULL,
	    "so long members can answer in such a round"},
	{"heat", GP_OPT_INT, AT(heat), "10", 0, 1000, NULL,
	    "so many posts in one thread in three hours, by few people or far more than is usual here, and the "
	    "moderators get one mail; 0: never"},
	{"anon", GP_OPT_CHOICE, AT(anon), "off", 0, 0, FEATURE,
	    "members (moderators: only they) can write without their name, to NAME+anon; each such post waits "
	    "for a moderator"},
	{"anon_identity", GP_OPT_CHOICE, AT(anon_sealed), "dropped", 0, 0, "dropped|sealed",
	    "who wrote such a post: dropped: it is kept nowhere once the post is out; sealed: whoever runs the "
	    "server can look it up, and that is logged"},
	{"anon_keep", GP_OPT_DURATION, AT(anon_keep), "30d", 86400, 3650 * 86400, NULL,
	    "so long after the last such post in a thread each of its authors keeps the same name there"},
	{"visible", GP_OPT_CHOICE, AT(visible), "list", 0, 0, "list|members|then",
	    "who finds a new thread in the archive: list: all who may read that; members: of the list; then: who "
	    "was a member when it began"},
	{"narrow", GP_OPT_CHOICE, AT(narrow), "on", 0, 0, FEATURE,
	    "with #members, #members-then or #not-archived in the first post its author (moderators: only they) "
	    "says who finds a thread"},
	{"unnamed", GP_OPT_CHOICE, AT(unnamed), "on", 0, 0, FEATURE "|all",
	    "with #chatham in the first post its author (moderators: only they) has a thread shown without names; "
	    "all: every thread is shown so"},
	{"share", GP_OPT_CHOICE, AT(share), "moderators", 0, 0, FEATURE,
	    "threads can be shared with another list, and others' with this one: on: who began a thread "
	    "may ask, too; moderators: they alone; off"},
	{"library", GP_OPT_CHOICE, AT(library), "moderators", 0, 0, FEATURE,
	    "threads can be kept in the library, a page each: on: every member keeps; moderators: "
	    "they alone; off"},
	{"summary_after", GP_OPT_DURATION, AT(summary_after), "7d", 0, 90 * 86400, NULL,
	    "so long after the last answer whoever asked is invited, once, to sum up; 0: never"},
	{"confirm_after", GP_OPT_DURATION, AT(confirm_after), "365d", 0, 3650 * 86400, NULL,
	    "so long after a page of the library was last confirmed its keeper is asked whether it "
	    "is still true; 0: never"},
	{"kinds", GP_OPT_TEXT, AT(kinds), "story: what somebody lived through\npractice: a way of doing "
	    "something that was tried\ntool: something to work with", 0, 0, NULL,
	    "kinds of threads that authors can name in the subject as #story, a line each: the name, a colon, "
	    "what it is"},
	{"digest_hour", GP_OPT_INT, AT(digest_hour), "7", 0, 23, NULL,
	    "hour of digests, in the time zone of the list"},
	{"digest_weekday", GP_OPT_INT, AT(digest_weekday), "1", 0, 6, NULL,
	    "day of weekly digests, 0 is Sunday"},
	{"digest_monthday", GP_OPT_INT, AT(digest_monthday), "1", 1, 28, NULL,
	    "day of monthly digests"},
	{"digest_note", GP_OPT_TEXT, AT(digest_note), "", 0, 0, NULL,
	    "a note of the owners in all digests, in Markdown; empty: none"},
	/* Mail that comes back. */
	{"bounce_score", GP_OPT_INT, AT(bounce_score), "5", 0, 100, NULL,
	    "a member whose mail came back on so many days is asked by a probe; 0: never"},
	{"bounce_decay", GP_OPT_DURATION, AT(bounce_decay), "7d", 3600, 366 * 86400, NULL,
	    "what came back is forgotten when mail has gone well for so long"},
	{"bounce_probe", GP_OPT_DURATION, AT(bounce_probe), "3d", 3600, 30 * 86400, NULL,
	    "a probe that has not come back by then was read"},
	{"bounce_notices", GP_OPT_INT, AT(bounce_notices), "3", 0, 10, NULL,
	    "so many notices go to a suspended member before it is removed"},
	{"bounce_notice_every", GP_OPT_DURATION, AT(bounce_notice_every), "7d", 3600, 90 * 86400,
	    NULL, "time between these notices"},
	{"bounce_brake", GP_OPT_INT, AT(bounce_brake), "20", 0, 10000, NULL,
	    "when so many bounce for one reason in a day, nobody is counted and the owners are told; "
	    "0: never"},
};
const size_t gp_list_option_count = GP_COUNT(gp_list_options);

bool
gp_setting_is_zone(const char *name)
{
	char path[128];
	struct stat st;

	if (strcmp(name, "UTC") == 0)
		return true;
	if (name[0] == '/' || name[0] == '\0' || strstr(name, "..") != NULL ||
	    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name) >= (int)sizeof(path))
		return false;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum gp_status
gp_setting_check(const char *key, const char *value, bool lines, struct gp_err *err)
{
	const char *p;

	if (!gp_utf8_valid(value, strlen(value)))
		return gp_fail(err, GP_E_PARSE, "%s: the value is not valid UTF-8", key);
	for (p = value; *p != '\0'; p++) {
		if ((unsigned char)*p >= 0x20 && *p != 0x7f)
			continue;
		if (!lines)
			return gp_fail(err, GP_E_PARSE, "%s: the value must be one line", key);
		if (strchr("\t\r\n", *p) == NULL)
			return gp_fail(err, GP_E_PARSE,
			    "%s: the value must not hold control characters", key);
	}
	return GP_OK;
}

/* What the table of options can't say. */
static enum gp_status
check(const char *key, const char *value, struct gp_err *err)
{
	bool lines = strcmp(key, "charter") == 0 || strcmp(key, "questions") == 0 ||
	    strcmp(key, "reasons") == 0 || strcmp(key, "footer") == 0 || strcmp(key, "kinds") == 0 ||
	    strcmp(key, "digest_note") == 0;
	enum gp_status status = gp_setting_check(key, value, lines, err);

	if (status == GP_OK && strcmp(key, "timezone") == 0 && !gp_setting_is_zone(value))
		return gp_fail(err, GP_E_PARSE, "timezone = %s: there is no such time zone here; "
		    "give a name such as UTC or Europe/Berlin", value);
	return status;
}

enum gp_status
gp_list_set(struct gp_store *s, struct gp_list *list, const char *key, const char *value,
    struct gp_err *err)
{
	const struct gp_opt *opt = gp_opt_find(gp_list_options, gp_list_option_count, key);
	enum gp_status status = opt == NULL ? GP_OK : check(key, value, err);
	char *text;

	if (status == GP_OK)
		status = gp_opt_set(gp_list_options, gp_list_option_count, &list->set, list, key,
		    value, err);
	if (status != GP_OK)
		return status;
	text = gp_opt_get(NULL, opt, &list->set);
	if (gp_streq(text, opt->def))
		status = gp_sql_run(s, "DELETE FROM list_setting WHERE list = ?1 AND name = ?2",
		    GP_ARGS(GP_INT(list->id), GP_TEXT(key)), err);
	else
		status = gp_sql_run(s, "INSERT INTO list_setting(list, name, value) "
		    "VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value",
		    GP_ARGS(GP_INT(list->id), GP_TEXT(key), GP_TEXT(text)), err);
	talloc_free(text);
	if (status == GP_OK && (strcmp(key, "timezone") == 0 || gp_starts(key, "digest_")))
		status = gp_digest_reckon(s, list->id, err);
	if (status == GP_OK)	/* pages show settings */
		status = gp_list_touch(s, list->id, err);
	return status;
}
