#!/bin/sh
# SPDX-License-Identifier: ISC
# One manual page out of its .in: manual.sh SRCDIR guildpost-member.7
set -eu
src=$1 page=$2
case $page in
*-member.*) group=MEMBERS ;;
*-moderator.*) group=MODERATORS ;;
*) group=OWNERS ;;
esac
list() { awk -v group="$1" -f "$src/doc/commands.awk" "$src/src/list/command_table.c" "$src/templates/mail/en/words"; }
while IFS= read -r line; do
	case $line in
	@COMMANDS@) list "$group" ;;
	@VERDICTS@) list VERDICTS ;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$src/doc/$page.in" |
	# A list without entries is none.
	awk 'held != "" { if ($0 != ".El") { print held; print } held = ""; next } /^\.Bl -tag/ { held = $0; next } { print }'
