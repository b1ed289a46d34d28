# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Stories of moderators over LMTP: several who must agree, a text that is edited, a queue that is
# answered by number, people who ask to join, bans and refusals at the door, and the clock.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
NOW=$(date -u -d "2026-11-23 12:00" +%s)
at() { # SECONDS: the clock stands there from now on; the server runs
	[ -z "$SERVER" ] || serve_stop
	site server.testing=yes server.test_now="$(date -u -d "@$1" +%FT%TZ)" inbound.authserv=mx.example.org
	serve_start
}
site
bees 2
gp member add bees max@example.net role=moderator >/dev/null
at "$NOW"

post() { # FROM SUBJECT [HEADER...] < BODY
	local from=${1##*<}
	mail "$@" | tee last.eml | lmtp "${from%>}" bees@example.org
}
delivered() { # ADDRESS PATTERN
	grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lEi "^Subject: .*$2" /dev/null
}
got() { wait_for 15 arrived "$@"; }
arrived() { [ -n "$(delivered "$@")" ]; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
settle() { wait_for 15 quiet; }
state() { gp hold show bees "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])'; }
answer_to() { sed -n 's/^Reply-To: *//p' "$1" | head -n 1 | tr -d '<>\r'; }
held_as() { grep -o 'held as [0-9]*' | grep -o '[0-9]*'; }
clear_outbox() { settle; rm -f "$D"/outbox/new/*; }
# reply FROM SUBJECT < TEXT: an answer to the mail to FROM with that subject
reply() {
	local to
	got "$1" "$2" || return
	to=$(answer_to "$(delivered "$1" "$2" | tail -n 1)")
	{ cat; printf '\nOn Monday, The bees wrote:\n> waits for a moderator.\n> no\n> ok\n'; } |
		MSGID=$RANDOM$RANDOM@moderators.example mail "$1" "Re: $2" | lmtp "$1" "$to"
}
# command FROM LINE: asked by mail and confirmed
command() {
	clear_outbox
	mail "$1" '' <<<"$2" | lmtp "$1" bees+request@example.org >/dev/null
	got "$1" . || return
	case $(answer_to "$(delivered "$1" .)") in
	*+confirm-*) reply "$1" . <<<yes >/dev/null ;;
	esac
	settle
}

# ---- two must agree ------------------------------------------------------------------------------
gp list set bees approvals=2
id=$(post 'Eve <eve@example.com>' 'Two keys' <<<'Please read.' | held_as)
reply marta@example.org 'Held: Two keys' <<<'ok' >replies
has "one ok is a vote" replies '^250 .*vote'
is "it still waits" "$(state "$id")" waiting
ok "the other one sees it" got max@example.net '^Subject: Re: .*Held: Two keys|Re: \[bees\] Held: Two keys'
first=$(sed -n 's/^Message-ID: *//Ip' "$(delivered max@example.net '\[bees\] Held: Two keys' | xargs grep -L '^In-Reply-To' | head -n 1)")
ok "in the thread of the question" grep -qF "In-Reply-To: $first" "$(delivered max@example.net 'Re: .bees. Held: Two keys')"
gp hold show bees "$id" >shown
has "the command line shows votes" shown '^votes: .*"marta@example\.org".*"ok"'
has "and how many are wanted" shown '^approvals: 2'
reply max@example.net 'Held: Two keys' <<<'OK' >replies
has "the second ok sends it" replies '^250 .*archived'
is "approved" "$(state "$id")" approved
clear_outbox
id=$(post eve@example.com 'Never' <<<'Please read.' | held_as)
reply max@example.net 'Held: Never' <<<$'veto: not here' >/dev/null
is "one veto is enough" "$(state "$id")" rejected
ok "the author hears why" got eve@example.com 'Not sent to the list: Never'
has "in these words" "$(delivered eve@example.com 'Not sent')" 'not here'
hasnt "without the post: it may be somebody else's" "$(delivered eve@example.com 'Not sent')" '^Content-Type: message/rfc822|Please read'
gp list set bees approvals=1

# ---- edited ------------------------------------------------------------------------------------------
clear_outbox
post eve@example.com 'Honey' 'DKIM-Signature: v=1; b=x' <<<'Buy my honey. And beware of the frost.' >/dev/null
reply marta@example.org 'Held: Honey' <<<$'edit\n\n----------\nBeware of the frost.\n----------\n' >replies
has "an edited text is sent" replies '^250 .*archived'
ok "members get it" got m1@example.net 'Honey$'
copy=$(delivered m1@example.net 'Honey$')
has "the new text" "$copy" '^Beware of the frost'
has "marked" "$copy" 'Edited by a moderator of The bees'
hasnt "without the old one, or a signature that would be broken" "$copy" 'Buy my honey|DKIM-Signature'

# ---- by number ---------------------------------------------------------------------------------------
clear_outbox
for i in 1 2 3 4; do post eve@example.com "Number $i" <<<"Text $i" >/dev/null; done
clear_outbox
mail max@example.net '' <<<queue | lmtp max@example.net bees+request@example.org >/dev/null
ok "the queue comes when asked" got max@example.net '4 wait for you'
reply max@example.net '4 wait for you' <<<$'1 ok, 2-3 drop, 4 no: please write to wasps@' >/dev/null
ok "one answer" got max@example.net 'What was done'
done=$(delivered max@example.net 'What was done')
has "says what was done for each" "$done" '"Number 4".*refused'
is "one sent, two dropped, one refused" "$(gp hold ls bees --all --json | python3 -c '
import json, sys
print(" ".join(h["state"] for h in json.load(sys.stdin)[-4:]))')" 'approved discarded discarded rejected'
ok "the refused one's author hears" got eve@example.com 'Not sent to the list: Number 4'
settle
is "the dropped ones' doesn't" "$(delivered eve@example.com 'Number [123]' | wc -l)" 0

# ---- at the door -----------------------------------------------------------------------------------------
command marta@example.org 'ban @evil.example until 2026-12-24 spam'
has "who is banned is refused at the door" <(post x@sub.evil.example 'Hi' <<<Hi) '^550 5\.7\.1 .*bees\+owner'
has "others are not" <(post x@evil.example.org 'Hi' <<<Hi) '^250'
has "explain names the rule" <(mail x@evil.example Hi <<<Hi | gp explain bees@example.org) '^rule: banned'
gp list set bees strangers=refuse
has "strangers are refused at the door" <(post x@example.com 'Hello' <<<Hi) '^550 5\.7\.1 only members may write to this list; to join write to bees\+subscribe@'
has "members are not" <(MSGID=root@m1.example post m1@example.net 'Topic' <<<Hi) '^250 .*archived'
number=$(gp search bees topic --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0].get("id", ""))' 2>/dev/null)
key=$(gp search bees subject:topic --json | grep -o '"key": "[a-z2-7]*"' | head -n 1 | cut -d'"' -f4)
command marta@example.org "close thread ${key:-$number} this has been answered"
has "a closed thread takes no reply" <(post m2@example.net 'Re: Topic' 'In-Reply-To: <root@m1.example>' <<<Hi) '^550 5\.7\.1 this thread is closed: this has been answered'
command marta@example.org "open thread ${key:-$number}"
has "opened, it does" <(post m2@example.net 'Re: Topic' 'In-Reply-To: <root@m1.example>' <<<Hi) '^250 .*archived'
gp list set bees strangers=hold first_posts=2
gp member add bees new@example.net >/dev/null
clear_outbox
has "a new member's first post waits" <(post new@example.net 'First' <<<Hi) 'held as'
reply marta@example.org 'Held: First' <<<'ok trust' >/dev/null
has "trusted, the second doesn't" <(post new@example.net 'Second' <<<Hi) 'archived'
clear_outbox
has "what our server calls forged waits" <(post m1@example.net 'Forged' 'Authentication-Results: mx.example.org; dmarc=fail' <<<Hi) 'held as'
settle
is "and its author is not told: who is that?" "$(delivered m1@example.net . | wc -l)" 0

# ---- joining -----------------------------------------------------------------------------------------------
gp list set bees join=moderated questions='How did you hear of us?'
clear_outbox
mail 'Dora <dora@example.com>' '' <<<'' | lmtp dora@example.com bees+subscribe@example.org >/dev/null
reply dora@example.com . <<<'From my aunt, who keeps bees.' >/dev/null
ok "the moderators are asked" got max@example.net 'Wants to join: dora@example.com'
has "with the answer" "$(delivered max@example.net 'Wants to join')" 'From my aunt'
ok "she hears that it waits" got dora@example.com 'Your request waits'
has "the command line tells it from a post" <(gp hold ls bees --json) '"kind": "join"'
reply max@example.net 'Wants to join: dora@example.com' <<<'ok, welcome' >/dev/null
ok "she is welcomed" got dora@example.com 'Welcome'
has "and on the list" <(gp member ls bees) 'dora@example\.com'

# ---- the clock ------------------------------------------------------------------------------------------------
clear_outbox
for id in $(gp hold ls bees --json | grep -o '"id": [0-9]*' | grep -o '[0-9]*'); do gp hold discard bees "$id" >/dev/null; done
clear_outbox
id=$(post eve@example.com 'Forgotten' <<<'Hello?' | held_as)
clear_outbox
at $((NOW + 86400 + 60))
ok "after a day: reminded" got marta@example.org 'Re: .bees. Held: Forgotten'
ok "and the mail with all that waits" got max@example.net 'One waits for you'
clear_outbox
serve_stop
serve_start
sleep 1
settle
is "once" "$(find "$D/outbox/new" -type f | wc -l)" 0
at $((NOW + 7 * 86400 + 60))
ok "after seven: its author hears of it" got eve@example.com 'Nobody decided: Forgotten'
hasnt "without the post" "$(delivered eve@example.com 'Nobody decided')" 'Hello\?'
is "it waits no longer" "$(state "$id")" expired
gp list set bees quiet_from=11 quiet_to=14 first_posts=0
clear_outbox
has "in quiet hours a post waits" <(post m1@example.net 'Lunch' <<<Hi) 'held as'
settle
is "no moderator is asked" "$(delivered marta@example.org Lunch | wc -l)" 0
at $((NOW + 7 * 86400 + 2 * 3600))
ok "and goes when they are over" got m2@example.net 'Lunch$'

gp list log bees 1000 >acts
for verb in 'vote ok' approve refuse edit drop ban trust 'close thread' 'open thread' join expire; do
	has "the log of acts has it: $verb" acts "  $verb  "
done
has "with who did it, and by which mail" acts '^[^ ]+  (marta|max)@example\.[a-z]+ +approve .* [^ ]+@[^ ]+$'
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill|hold-end-failed|housekeeping-failed)|Sanitizer|runtime error'
hasnt "no tokens either" "$LOG" 'hold-[a-z2-7]{26}'
serve_stop
is "the server ends well" $? 0
finish
