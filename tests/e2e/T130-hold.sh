# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Moderation by mail and on the command line: who is asked, whose answer counts, what the author
# hears, and that a post that waits is neither lost nor let through by an accident.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
site
bees 3
gp member add bees max@example.net role=moderator >/dev/null
gp list set bees max_size=20k
serve_start

post() { # FROM SUBJECT [HEADER...] < BODY: the reply to the list's address
	local from=${1##*<}
	mail "$@" | tee last.eml | lmtp "${from%>}" bees@example.org
}
delivered() { # ADDRESS PATTERN: files of the outbox for an address with a subject like this
	grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lEi "^Subject: .*$2" /dev/null
}
got() { wait_for 15 arrived "$@"; }
arrived() { [ -n "$(delivered "$@")" ]; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
settle() { wait_for 15 quiet; } # everything that is to be delivered is
state() { gp hold show bees "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])'; }
answer_to() { sed -n 's/^Reply-To: *//p' "$1" | head -n 1 | tr -d '<>\r'; }
held_as() { grep -o 'held as [0-9]*' | grep -o '[0-9]*'; }
# reply FROM TO [HEADER]... < TEXT: an answer as mail programs write it, with the question below
reply() {
	local from=$1 to=$2
	shift 2
	{ cat; printf '\nOn Monday, The bees wrote:\n> A message to **The bees** waits for a moderator.\n> no\n> ok\n'; } |
		MSGID=$RANDOM$RANDOM@moderators.example mail "$from" "Re: [bees] Held" "$@" | lmtp "$from" "$to"
}
clear_outbox() { settle; rm -f "$D"/outbox/new/*; }

# ---- held, and who is asked ----------------------------------------------------------------------
id=$(post 'Eve <eve@example.com>' 'May I' <<<$'May I say something? Gr\xc3\xbc\xc3\x9fe' | held_as)
is "a stranger's post is held" "$(state "$id")" waiting
is "not archived" "$(count messages)" 0
ok "the owner is asked" got marta@example.org 'Held: May I'
ok "the moderator is asked" got max@example.net 'Held: May I'
settle
ok "the author is told that it waits" got eve@example.com 'Your message waits: May I'
is "nobody else" "$(find "$D/outbox/new" -type f | wc -l)" 3
ask_marta=$(delivered marta@example.org Held)
ask_max=$(delivered max@example.net Held)
marta=$(answer_to "$ask_marta")
max=$(answer_to "$ask_max")
has "the answer goes to an address of its own" <(echo "$marta") '^bees\+hold-[a-z2-7]{26}@example\.org$'
ok "another for each" test "$marta" != "$max"
hasnt "the question is not sent by the author" <(sed '/^$/q' "$ask_marta") '^From:.*eve'
has "it is marked as automatic" "$ask_marta" '^Auto-Submitted: auto-generated'
ok "the post is enclosed as it came" python3 -c '
import email, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"))
inner = [p for p in m.walk() if p.get_content_type() == "message/rfc822"][0].get_payload(0)
want = email.message_from_binary_file(open("last.eml", "rb"))
assert inner["Message-ID"] == want["Message-ID"]
assert inner.get_payload(decode=True).split() == want.get_payload(decode=True).split()' "$ask_marta"
has "given again it waits once" <(lmtp eve@example.com bees@example.org <last.eml) '^250 .*waits already'
clear_outbox

# ---- answers that don't count ------------------------------------------------------------------------
reply m1@example.net "$marta" <<<ok >/dev/null
ok "a member with the owner's token: told that nothing was done" got m1@example.net 'Nothing was done'
reply eve@example.com "$marta" <<<ok >/dev/null
ok "the author with the owner's token: the same" got eve@example.com 'Nothing was done'
reply max@example.net "$marta" <<<ok >/dev/null
ok "a moderator with another's token: the same" got max@example.net 'Nothing was done'
reply marta@example.org bees+hold-aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org <<<ok >/dev/null
ok "a token of nobody: the same" got marta@example.org 'Nothing was done'
is "still waiting" "$(state "$id")" waiting
clear_outbox
reply marta@example.org "$marta" <<<'Hm, let me think about it.' >/dev/null
ok "neither ok nor no: asked again" got marta@example.org 'ok or no'
again=$(answer_to "$(delivered marta@example.org 'ok or no')")
is "at the same address" "$again" "$marta"
reply marta@example.org "$marta" </dev/null >/dev/null
reply marta@example.org "$marta" 'Auto-Submitted: auto-replied' <<<'ok' >/dev/null
reply marta@example.org "$marta" 'Precedence: bulk' <<<'ok' >/dev/null
mail marta@example.org ok <<<ok | lmtp '' "$marta" >/dev/null
{ printf 'X: %070000d\n' 0; mail marta@example.org ok <<<ok; } | lmtp marta@example.org "$marta" >replies
has "an answer that can't be read is taken" replies '^250 '
is "automatic, null and unreadable answers decide nothing" "$(state "$id")" waiting
is "nothing was archived" "$(count messages)" 0
clear_outbox

# ---- ok ----------------------------------------------------------------------------------------------------
reply marta@example.org "$marta" <<<$'OK, thanks.\n\nMarta' >replies
has "ok: archived and queued" replies '^250 2\.0\.0 archived'
is "approved" "$(state "$id")" approved
is "archived" "$(count messages)" 1
for who in marta@example.org max@example.net m1@example.net m3@example.net; do
	ok "$who gets it" got "$who" 'May I$'
done
ok "as it came" grep -q 'Grüße' "$(delivered m1@example.net 'May I$')"
has "from its author" "$(delivered m1@example.net 'May I$')" '^From: Eve <eve@example.com>'
clear_outbox
reply marta@example.org "$marta" <<<ok >/dev/null
settle
is "once more the same: that is all" "$(delivered marta@example.org . | wc -l)" 0
reply max@example.net "$max" <<<no >/dev/null
ok "another's late no: told, too" got max@example.net 'Already decided'
has "by whom" "$(delivered max@example.net 'Already decided')" 'marta@example\.org'
is "still approved" "$(state "$id")" approved
is "the author hears nothing" "$(delivered eve@example.com . | wc -l)" 0
is "archived once" "$(count messages)" 1
has "the author's copy comes again: known" <(lmtp eve@example.com bees@example.org <last.eml) '^250 '
is "and not held anew" "$(gp hold ls bees | wc -l)" 0

# ---- no --------------------------------------------------------------------------------------------------------
ask() { # SUBJECT [HEADER...]: a stranger's post; $id and $marta, $max for it
	clear_outbox
	id=$(post eve@example.com "$@" <<<"About $1." | held_as)
	got marta@example.org "Held: $1" && got max@example.net "Held: $1"
	marta=$(answer_to "$(delivered marta@example.org "Held: $1")")
	max=$(answer_to "$(delivered max@example.net "Held: $1")")
}
ask 'Wasps'
reply max@example.net "$max" <<<$'No\n\nThis list is about bees,\nnot about wasps.' >/dev/null
is "no: rejected" "$(state "$id")" rejected
ok "the author is told" got eve@example.com 'Not sent to the list: Wasps'
told=$(delivered eve@example.com 'Not sent')
has "the reason" "$told" 'about bees'
hasnt "not the moderator's quotation" "$told" 'The bees wrote'
hasnt "nor who it was" "$told" 'max@'
has "with the null sender" "$told" '^Return-Path: <>'
has "as an answer to the post" "$told" '^In-Reply-To: <'
has "marked as automatic" "$told" '^Auto-Submitted: auto-replied'
ask 'No reason'
reply marta@example.org "$marta" <<<'no.' >/dev/null
ok "no without a reason: the author is told" got eve@example.com 'Not sent to the list: No reason'
hasnt "without one" "$(delivered eve@example.com 'Not sent')" 'moderator says'
ask 'Spam'
reply marta@example.org "$marta" <<<'drop' >/dev/null
is "drop: discarded" "$(state "$id")" discarded
ask 'Robot' 'Auto-Submitted: auto-generated'
reply marta@example.org "$marta" <<<'no' >/dev/null
is "a machine's post rejected" "$(state "$id")" rejected
settle
is "neither of the two authors is told" "$(delivered eve@example.com . | wc -l)" 0
ask 'HTML'
printf '%s\n' 'From: Marta <Marta@Example.ORG>' "To: $marta" 'Subject: Re: Held' 'MIME-Version: 1.0' \
	'Content-Type: text/html; charset=utf-8' '' \
	'<html><body><div dir="ltr">Yes<br></div><blockquote type="cite">no no no</blockquote></body></html>' |
	lmtp marta@example.org "${marta^^}" >/dev/null
is "an answer in HTML, addresses in capitals: approved" "$(state "$id")" approved
ask 'Both'
reply marta@example.org "$marta" <<<ok >/dev/null &
one=$!
reply max@example.net "$max" <<<no >/dev/null
wait $one
settle
is "two answers at once: one counts" "$(state "$id" | grep -Ec '^(approved|rejected)$')" 1
is "and only one is carried out" "$(delivered m1@example.net 'Both$' | wc -l)" \
	"$([ "$(state "$id")" = approved ] && echo 1 || echo 0)"
is "the other one is told" "$(delivered '' 'Already decided' | wc -l)" 1

# ---- other reasons ------------------------------------------------------------------------------------------------
post m1@example.net 'Large' >replies < <(head -c 20000 /dev/urandom | base64)
has "a post over the list's size is held" replies 'held as'
large=$(held_as <replies)
has "for its size" <(gp hold show bees "$large") '^rule: size'
post m1@example.net 'Crowd' "Cc: $(for i in $(seq 30); do printf 'x%d@example.com, ' "$i"; done)y@example.com" <<<Hi >replies
has "a post to too many is held" replies 'held as'
crowd=$(held_as <replies)
mail m1@example.net 'Two' 'From: m2@example.net' <<<Hi | lmtp m1@example.net bees@example.org >replies
has "two authors: held" replies 'held as'
two=$(held_as <replies)
gp list set bees post=moderators
has "only moderators may post: a member's is held" <(post m1@example.net 'Announce' <<<Hi) 'held as'
has "a moderator's is not" <(post max@example.net 'Announced' <<<Hi) 'archived'
gp list set bees post=members

# ---- on the command line ------------------------------------------------------------------------------------------
clear_outbox
exits "show" 0 gp hold show bees "$large"
has "shows the message" "$out" '^Subject: Large'
exits "approve" 0 gp hold approve bees "$large"
is "approved there" "$(state "$large")" approved
ok "delivered by the server" got m2@example.net 'Large$'
exits "approve once more" 73 gp hold approve bees "$large"
has "says how it was decided" "$err" 'approved'
exits "reject with a reason" 0 gp hold reject bees "$crowd" --reason 'Too many people.'
ok "the author hears" got m1@example.net 'Not sent to the list: Crowd'
has "the reason" "$(delivered m1@example.net 'Not sent')" 'Too many people\.'
exits "discard" 0 gp hold discard bees "$two"
is "discarded there" "$(state "$two")" discarded
settle
is "nobody is told" "$(delivered m1@example.net Two | wc -l)" 0
exits "a number of none" 67 gp hold approve bees 999
gp list create wasps@example.org >/dev/null
gp list set bees reasons=$'Too long.\nOff topic.'
another() { id=$(post "$1" "$2" <<<"About $2." | held_as); }
another nell@example.com 'Trusted'
exits "trust" 0 gp hold trust bees "$id"
has "its author, who is not on the list, needs nobody any more" <(post nell@example.com 'Once more' <<<"Me again.") 'archived'
another eve@example.com 'Third reason'
exits "reject with a reason that isn't there" 65 gp hold reject bees "$id" --reason 3
exits "with the list's second" 0 gp hold reject bees "$id" --reason 2
ok "the author hears it" got eve@example.com 'Not sent to the list: Third reason'
has "in the list's words" "$(delivered eve@example.com 'Not sent to the list: Third reason')" 'Off topic\.'
another eve@example.com 'Elsewhere'
exits "move to nowhere" 65 gp hold move bees "$id" ants
exits "move" 0 gp hold move bees "$id" wasps
has "it waits there" <(gp hold ls wasps) 'Elsewhere'
another eve@example.com 'Edited'
exits "claim" 0 gp hold claim bees "$id"
is "which decides nothing" "$(state "$id")" waiting
exits "edit with nothing" 65 gp hold edit bees "$id" < <(:)
exits "edit" 0 gp hold edit bees "$id" < <(echo 'About bees alone.')
ok "sent so" got m1@example.net 'Edited$'
has "with the new text" "$(delivered m1@example.net 'Edited$')" 'About bees alone\.'
another eve@example.com 'Our winter'
exits "a content note of blanks" 65 gp hold note bees "$id" ' '
exits "a content note" 0 gp hold note bees "$id" 'loss of a hive'
ok "sent with it" got m1@example.net '\[note: loss of a hive\] Our winter$'
another zoe@spam.example 'Cheap'
exits "ban" 0 gp hold ban bees "$id" --reason spam
has "its author is kept out" <(post zoe@spam.example 'Cheaper' <<<Buy) '^550 '
exits "asked for at the command line: who is banned" 0 gp ask bees bans
has "is said there" "$out" 'zoe@spam\.example, by command line: spam'
exits "and taken back" 0 gp ask bees unban zoe@spam.example
exits "a text" 0 gp ask bees put charter < <(printf '# Bees\n')
exits "is read" 0 gp ask bees text charter
has "as it was given" "$out" '^# Bees$'
exits "bytes that are no text" 0 gp ask bees put charter < <(printf 'Bees \xff\xfe\n')
has "are marked as such" <(gp ask bees text charter) $'^Bees \xef\xbf\xbd'
exits "no such command" 64 gp ask bees frobnicate
exits "none for this place" 64 gp ask bees daily
exits "no number" 64 gp hold approve bees x
exits "another list's" 67 gp hold show wasps "$large"

# ---- time --------------------------------------------------------------------------------------------------------------
ask 'Forgotten'
serve_stop
site server.testing=yes server.test_now="$(date -u -d '+20 days' +%FT%TZ)"
serve_start
expired() { [ "$(state "$id")" = expired ]; }
ok "after its time nobody decides any more" wait_for 15 expired
reply marta@example.org "$marta" <<<ok >/dev/null
ok "a late ok: told so" got marta@example.org '(Nothing was done|Already decided)'
is "nothing is archived" "$(state "$id")" expired
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
hasnt "no tokens either" "$LOG" 'hold-[a-z2-7]{26}'
serve_stop
is "the server ends well" $? 0
finish
