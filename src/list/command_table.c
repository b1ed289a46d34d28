/* SPDX-License-Identifier: ISC */
/*
 * The commands that can be asked for by mail. What they are called in each language, their
 * arguments and what they do in a line stand in templates/mail/LANG/words; help and the
 * manual pages are made from there.
 */
#include "config.h"

#include "command.h"

#include <string.h>

#define MEMBERS GP_FOR_MEMBERS
#define MODERATORS GP_FOR_MODERATORS
#define OWNERS GP_FOR_OWNERS
enum {
	PLAIN = GP_CMD_ADDRESS,
	MEMBER = GP_CMD_ADDRESS | GP_CMD_MEMBER,
	SUBJECT = GP_CMD_ADDRESS | GP_CMD_SUBJECT,
	MEMBER_SUBJECT = SUBJECT | GP_CMD_MEMBER,
	PROOF = GP_CMD_PROOF,
	REPLY = GP_CMD_REPLY,
	MARKED = GP_CMD_REPLY | GP_CMD_MARKED,
	ONE_WORD = GP_CMD_REPLY | GP_CMD_ALONE | GP_CMD_FIRST
};

const struct gp_command gp_commands[] = {
	{"help", MEMBERS, SUBJECT, gp_do_help},
	/* Joining and leaving ask back by themselves: the address that joins, not the one that asks. */
	{"subscribe", MEMBERS, SUBJECT, gp_do_subscribe},
	{"unsubscribe", MEMBERS, PLAIN, gp_do_unsubscribe},
	{"confirm", MEMBERS, 0, gp_do_confirm},
	{"each", MEMBERS, MEMBER, gp_do_each},
	{"daily", MEMBERS, MEMBER, gp_do_daily},
	{"weekly", MEMBERS, MEMBER, gp_do_weekly},
	{"monthly", MEMBERS, MEMBER, gp_do_monthly},
	{"none", MEMBERS, MEMBER, gp_do_none},
	{"catchup", MEMBERS, MEMBER_SUBJECT, gp_do_catchup},
	{"pause", MEMBERS, MEMBER_SUBJECT, gp_do_pause},
	{"resume", MEMBERS, MEMBER, gp_do_resume},
	{"set", MEMBERS, MEMBER_SUBJECT, gp_do_set},
	{"show", MEMBERS, MEMBER, gp_do_show},
	{"which", MEMBERS, PLAIN, gp_do_which},
	{"who", MEMBERS, PLAIN, gp_do_who},
	{"info", MEMBERS, PLAIN, gp_do_info},
	{"lists", MEMBERS, PLAIN, gp_do_lists},
	{"get", MEMBERS, SUBJECT, gp_do_get},
	{"index", MEMBERS, SUBJECT, gp_do_index},
	{"last", MEMBERS, SUBJECT, gp_do_last},
	{"search", MEMBERS, SUBJECT, gp_do_search},
	{"follow", MEMBERS, MEMBER_SUBJECT | ONE_WORD, gp_do_follow},
	{"mute", MEMBERS, MEMBER_SUBJECT | ONE_WORD, gp_do_mute},
	{"unmute", MEMBERS, MEMBER_SUBJECT | ONE_WORD, gp_do_unmute},
	{"address", MEMBERS, MEMBER_SUBJECT, gp_do_address},
	{"export", MEMBERS, MEMBER, gp_do_export},
	{"erase", MEMBERS, MEMBER | GP_CMD_PROOF, gp_do_erase},
	{"withdraw", MEMBERS, SUBJECT, gp_do_withdraw},
	{"takedown", MEMBERS, SUBJECT | GP_CMD_PROOF, gp_do_takedown},
	{"solved", MEMBERS, SUBJECT | REPLY | GP_CMD_NAMELESS, gp_do_solved},
	{"reopen", MEMBERS, SUBJECT | REPLY | GP_CMD_NAMELESS, gp_do_reopen},
	{"kind", MEMBERS, SUBJECT | REPLY | GP_CMD_NAMELESS | GP_CMD_WORDS, gp_do_kind},
	{"can-help", MEMBERS, MEMBER_SUBJECT, gp_do_can_help},
	{"pass", MEMBERS, MEMBER_SUBJECT | REPLY, gp_do_pass},
	{"mentor", MEMBERS, MEMBER_SUBJECT, gp_do_mentor},
	{"introduce", MEMBERS, MEMBER_SUBJECT, gp_do_introduce},
	{"circle", MEMBERS, PLAIN, gp_do_circle},
	{"vote", MEMBERS, MEMBER_SUBJECT, gp_do_vote},
	{"summary", MEMBERS, MEMBER_SUBJECT, gp_do_summary},
	{"share", MEMBERS, PROOF | MEMBER_SUBJECT | REPLY | GP_CMD_LIST, gp_do_share},
	{"library", MEMBERS, SUBJECT, gp_do_library},
	{"learned", MEMBERS, SUBJECT, gp_do_learned},
	{"keep", MEMBERS, MEMBER_SUBJECT | REPLY | GP_CMD_WORDS, gp_do_keep},
	{"page", MEMBERS, MEMBER_SUBJECT, gp_do_page},
	{"write", MEMBERS, GP_CMD_MEMBER, gp_do_write},
	{"still-true", MEMBERS, MEMBER_SUBJECT, gp_do_still_true},
	{"outdated", MEMBERS, MEMBER_SUBJECT, gp_do_outdated},
	{"unkeep", MEMBERS, GP_CMD_MEMBER, gp_do_unkeep},
	/* With more below it is the note of the mail itself. */
	{"note", MEMBERS, SUBJECT | MARKED | GP_CMD_ALONE, gp_do_note},
	{"visible", MEMBERS, GP_CMD_MEMBER | PROOF | MARKED, gp_do_visible},
	{"unnamed", MEMBERS, GP_CMD_MEMBER | PROOF | MARKED, gp_do_unnamed},
	{"anon", MEMBERS, 0, gp_do_anon},
	{"stop", MEMBERS, 0, gp_do_stop},
	/* Whoever may be asked to make a list. */
	{"create", MEMBERS, 0, gp_do_create},
	{"queue", MODERATORS, PLAIN, gp_do_queue},
	{"trust", MODERATORS, PROOF, gp_do_trust},
	{"moderate", MODERATORS, PROOF, gp_do_moderate},
	{"ban", MODERATORS, PROOF, gp_do_ban},
	{"unban", MODERATORS, PROOF, gp_do_unban},
	{"bans", MODERATORS, PLAIN, gp_do_bans},
	{"close", MODERATORS, PROOF | MARKED, gp_do_close},
	{"open", MODERATORS, PROOF, gp_do_open},
	{"unshare", MODERATORS, PROOF | REPLY | GP_CMD_LIST, gp_do_unshare},
	{"slow", MODERATORS, PROOF | MARKED, gp_do_slow},
	{"cool", MODERATORS, PROOF | MARKED, gp_do_cool},
	{"nudge", MODERATORS, PROOF, gp_do_nudge},
	{"split", MODERATORS, PROOF, gp_do_split},
	{"merge", MODERATORS, PROOF, gp_do_merge},
	{"configure", OWNERS, 0, gp_do_configure},
	{"log", OWNERS, PROOF, gp_do_log},
	{"add", OWNERS, PROOF, gp_do_add},
	{"remove", OWNERS, PROOF, gp_do_remove},
	{"invite", OWNERS, PROOF, gp_do_invite},
	{"import", OWNERS, 0, gp_do_import},
	{"member", OWNERS, 0, gp_do_member},
	{"role", OWNERS, PROOF, gp_do_role},
	{"text", OWNERS, 0, gp_do_text},
	{"put", OWNERS, 0, gp_do_put},
	{"revert", OWNERS, 0, gp_do_revert},
};
const size_t gp_command_count = GP_COUNT(gp_commands);

const struct gp_command *
gp_command_find(const char *name)
{
	size_t i;

	for (i = 0; i < gp_command_count; i++)
		if (strcmp(gp_commands[i].name, name) == 0)
			return &gp_commands[i];
	return NULL;
}
