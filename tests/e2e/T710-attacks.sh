# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Those who would rather not be members: forged senders, tokens that are stolen, guessed, used twice
# or elsewhere, headers smuggled through names, floods, robots. Nothing of it changes anything that
# is not theirs, nobody is flooded through us, and no exchange of machines goes on for ever.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
once
need python3 pgrep curl
# What is asked in a test must not be too much for the limit that another test is about.
site inbound.answers=1000
gp list create bees@example.org title='The bees' >/dev/null
gp list create wasps@example.org title='The wasps' >/dev/null
gp member add bees marta@example.net name=Marta role=owner >/dev/null
gp member add bees max@example.net name=Max role=moderator >/dev/null
gp member add bees ann@example.net name=Ann >/dev/null
gp member add bees bob@example.net name=Bob >/dev/null
gp member add wasps wanda@example.net name=Wanda role=owner >/dev/null
serve_start

box() { python3 "$E2E/box.py" "$@"; }
delivered() { # ADDRESS PATTERN: files of the outbox for an address with a subject like this
	grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lEi "^Subject: .*$2" /dev/null
}
arrived() { [ -n "$(delivered "$@")" ]; }
got() { wait_for 15 arrived "$@"; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
settle() { wait_for 20 quiet; }
sent() { find "$D/outbox/new" -type f 2>/dev/null | wc -l; }
fresh() { settle; rm -f "$D"/outbox/new/* "$D"/outbox/seen.*; }
others() { # WHO...: who but these got anything
	grep -h '^Delivered-To:' "$D"/outbox/new/* | grep -vE "($(IFS='|'; echo "$*"))@example" | sort -u
}
says() { # NAME ADDRESS SUBJECT TEXT: a mail with that subject says it
	delivered "$2" "$3" | xargs -r python3 "$E2E/box.py" text >said
	has "$1" said "$4"
}
token() { # WORD ADDRESS PATTERN: of the newest mail that asks
	box token "$1" "$(delivered "$2" "$3" | tail -n 1)"
}
hears() { # NAME ADDRESS SUBJECT TEXT: is told this
	got "$2" "$3" && settle
	says "$@"
}
is_nothing() { settle; is "$1" "$(sent)" 0; } # NAME: nobody gets anything
option() { gp member show "$1" "$2" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$3"; }
on() { gp member ls "$1" | grep -q "$2"; }
off() { ! on "$@"; }
everything() { # what a list is: members, settings; and what lies in its archive
	gp member ls "$1" --json
	gp list show "$1"
	gp search "$1" the --json
}
unchanged() { is "$1" "$(everything bees)" "$before"; } # NAME: as it was when $before was taken
state() { gp hold show bees "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])'; }
held_as() { grep -o 'held as [0-9]*' | grep -o '[0-9]*'; }

# say FROM TO SUBJECT [HEADER]... < BODY: by way of Eve's own server, as a forger has it.
# $BOUNCE: the envelope sender, if not hers.
say() {
	local from=$1 to=$2 subject=$3
	shift 3
	MSGID=$RANDOM$RANDOM$RANDOM@evil.example mail "$from" "$subject" "$@" | lmtp "${BOUNCE-eve@example.com}" "$to"
}
ask() { say "$1" bees+request@example.org "$2" >/dev/null; }
yes_to() { say "$1" "bees+$2-$3@example.org" 'Re: that' <<<"${4-yes}" >/dev/null; } # FROM WORD TOKEN [BODY]

# ---- forged senders --------------------------------------------------------------------------------
before=$(everything bees)
for line in 'configure title Stolen' 'configure post anyone' 'role eve@example.com owner' 'add eve@example.com' \
	'remove bob@example.net' 'member bob@example.net delivery none' 'invite eve@example.com' \
	'ban bob@example.net' 'revert welcome' 'log'; do
	ask 'Marta <marta@example.net>' "$line" <<<''
done
printf 'put welcome\n\n~~~~~~~~~~\nSubject: Pay here\nPreview: x\n\nhttps://evil.example/\n~~~~~~~~~~\n' |
	ask marta@example.net ''
printf 'import\neve@example.com\neve2@example.com\n' | ask marta@example.net ''
ask ann@example.net erase <<<''
ask ann@example.net 'address add eve@example.com' <<<''
ask ann@example.net unsubscribe <<<''
say ann@example.net bees+unsubscribe@example.org '' <<<'' >/dev/null
ask max@example.net 'ban ann@example.net' <<<''
ask max@example.net 'trust eve@example.com' <<<''
unchanged "who writes another's sender changes nothing"
ok "the one who was impersonated is asked" got ann@example.net 'Was that you|want to leave'
ok "so is the owner" got marta@example.net 'Was that you'
settle
is "the forger hears nothing" "$(delivered eve@example.com . | wc -l)" 0
is "nor learns any secret" "$(delivered eve2@example.com . | wc -l)" 0
fresh
say ann@example.net bees+request@example.org export 'Reply-To: eve@example.com' 'Sender: eve@example.com' \
	'Errors-To: eve@example.com' 'Return-Receipt-To: eve@example.com' 'Disposition-Notification-To: eve@example.com' \
	'X-Original-From: eve@example.com' <<<'' >/dev/null
say ann@example.net bees+request@example.org show 'Resent-From: eve@example.com' 'Cc: eve@example.com' <<<'' >/dev/null
ok "what is asked for goes to the address on the list" got ann@example.net 'What is kept'
settle
is "and to nobody whom the mail names besides" "$(delivered eve@example.com . | wc -l)" 0
fresh
ask ann@example.net 'set language fr
none' <<<''
hears "an option that a forger sets: its owner is told" ann@example.net answer 'fr'
gp member set bees ann@example.net language=en delivery=each
fresh
before=$(everything bees)
id=$(say 'Ann <eve@example.com>' bees@example.org 'I am Ann' 'Sender: ann@example.net' 'Reply-To: ann@example.net' <<<'the truth' | held_as)
is "a name is no address: held" "$(state "$id")" waiting
id=$(say '"ann@example.net" <eve@example.com>' bees@example.org 'I am Ann, too' <<<'the truth' | held_as)
is "an address as a name: held" "$(state "$id")" waiting
unchanged "neither is posted"
gp hold ls bees | grep -o '^[0-9]*' | while read -r id; do gp hold discard bees "$id" >/dev/null; done
fresh
say ann@example.net bees+request@example.org erase 'From: eve@example.com' <<<'' >/dev/null
say 'eve@example.com, ann@example.net' bees+request@example.org erase 'Sender: eve@example.com' <<<'' >/dev/null
say 'ann@example.net, eve@example.com' bees+request@example.org 'configure title Two' <<<'' >/dev/null
say 'marta@example.net, eve@example.com' bees+request@example.org 'configure title Two' <<<'' >/dev/null
say 'undisclosed:;' bees+request@example.org 'configure title None' <<<'' >/dev/null
say '' bees+request@example.org 'configure title None' <<<'' >/dev/null
say '<>' bees+request@example.org help <<<'' >/dev/null
unchanged "two senders, or none: nothing is done"
settle
is "nobody but them hears of it" "$(others ann eve marta)" ''
fresh

# ---- what the receiving server says about the sender ------------------------------------------------------
serve_stop
site inbound.answers=1000 inbound.authserv=mx.example.org
serve_start
pass='Authentication-Results: mx.example.org; dmarc=pass header.from=example.net; spf=pass smtp.mailfrom=ann@example.net'
fail='Authentication-Results: mx.example.org; dmarc=fail header.from=example.net; spf=fail smtp.mailfrom=eve@example.com'
other='Authentication-Results: mx.evil.example; dmarc=pass header.from=example.net'
before=$(everything bees)
say marta@example.net bees+request@example.org 'configure title Forged' "$fail" <<<'' >/dev/null
say ann@example.net bees+request@example.org daily "$fail" <<<'' >/dev/null
say ann@example.net bees+unsubscribe@example.org '' "$fail" <<<'' >/dev/null
is_nothing "forged, says our server: no answer, not even to the one whose name it bears"
unchanged "and nothing is done"
say marta@example.net bees+request@example.org 'configure title Forged' "$other" <<<'' >/dev/null
say marta@example.net bees+request@example.org 'configure title Forged' "$fail" "$other" <<<'' >/dev/null
say marta@example.net bees+request@example.org 'configure title Forged' \
	'Authentication-Results: mx.example.org; dmarc=pass header.from=example.com' <<<'' >/dev/null
say marta@example.net bees+request@example.org 'configure title Forged' \
	'Authentication-Results: mx.example.org; none (dmarc=pass header.from=example.net)' <<<'' >/dev/null
say marta@example.net bees+request@example.org 'configure title Forged' \
	'X-Note: x; Authentication-Results: mx.example.org; dmarc=pass header.from=example.net' <<<'' >/dev/null
unchanged "another server's word, about another domain, in a comment, elsewhere: no proof"
fresh
say marta@example.net bees+request@example.org 'configure description All of them' "$pass" <<<'' >/dev/null
has "our server says that it is her: done at once" <(gp list show bees) '^description +All of them'
hears "and answered, with no question" marta@example.net answer 'is now'
fresh
id=$(say eve@example.com bees@example.org 'Auth' <<<'Hi' | held_as)
got marta@example.net 'Held: Auth'
marta=$(token hold marta@example.net Held)
say marta@example.net "bees+hold-$marta@example.org" 'Re: Held' "$fail" <<<ok >/dev/null
is "a verdict with a stolen token and a forged sender: none" "$(state "$id")" waiting
say marta@example.net "bees+hold-$marta@example.org" 'Re: Held' "$pass" <<<drop >/dev/null
is "with her own: it counts" "$(state "$id")" discarded
serve_stop
site inbound.answers=1000
serve_start
fresh

# ---- tokens: used twice, guessed, crossed -------------------------------------------------------------------
ask carl@example.net subscribe <<<''
got carl@example.net 'want to join'
carl=$(token confirm carl@example.net 'want to join')
has "a token has 128 bits" <(echo "$carl") '^[a-z2-7]{26}$'
yes_to eve@example.com confirm "$carl"
ok "another's yes is none" off bees carl@
say carl@example.net "wasps+confirm-$carl@example.org" 'Re: that' <<<yes >/dev/null
ok "on another list it is none" off bees carl@
ok "nor does it join that list" off wasps carl@
yes_to carl@example.net hold "$carl" ok
yes_to carl@example.net bounce "$carl"
yes_to carl@example.net thread "$carl"
ok "for another purpose it is none" off bees carl@
for i in 1 2 3 4 5 6 7 8; do
	guess=$(python3 -c 'import random; print("".join(random.choices("abcdefghijklmnopqrstuvwxyz234567", k=26)))')
	yes_to carl@example.net confirm "$guess"
	# The beginning is not enough, nor is more.
	yes_to carl@example.net confirm "${carl::$((26 - i))}"
	yes_to carl@example.net confirm "$carl${guess::$i}"
	curl -s -o page -X POST -d confirm=1 "http://127.0.0.1:$HTTP/u/$guess"
done
for t in "''" '%25' '..' "$carl.." "$carl%00" "$(printf 'a%.0s' {1..5000})" 'ok@' '=?utf-8?q?x?='; do
	say carl@example.net "bees+confirm-$t@example.org" 'Re: that' <<<yes >>replies 2>&1
	curl -s -o page -X POST -d confirm=1 "http://127.0.0.1:$HTTP/u/$t"
done
ok "guesses, parts and rubbish join nobody" off bees carl@
# Two addresses of ours, one of them for nothing: the other one counts once.
mail carl@example.net 'Re: that' "Cc: bees+confirm-$carl@example.org, bees+owner@example.org" <<<yes |
	lmtp carl@example.net bees+owner@example.org "bees+confirm-$carl@example.org" bees+help@example.org >/dev/null
ok "a reply to all: the yes counts" on bees carl@
settle
is "once" "$(delivered carl@example.net Welcome | wc -l)" 1
gp member remove bees carl@example.net >/dev/null
yes_to carl@example.net confirm "$carl"
curl -s -o page -X POST -d confirm=1 "http://127.0.0.1:$HTTP/u/$carl"
ok "a second time it is none" off bees carl@
says "and its owner is told" carl@example.net 'too late, or twice' 'Nothing was done'
fresh
ask carl@example.net 'subscribe daily' <<<''
got carl@example.net 'want to join'
settle
carl=$(token confirm carl@example.net 'want to join')
ask carl@example.net 'subscribe weekly' <<<''
two() { [ "$(delivered carl@example.net 'want to join' | wc -l)" = 2 ]; }
wait_for 10 two
yes_to carl@example.net confirm "$carl"
ok "one question is open at a time: the older token is none" off bees carl@
fresh
# Tokens that live long, out of delivered mail.
say ann@example.net bees@example.org 'About tokens' <<<'The tokens' >/dev/null
got bob@example.net 'About tokens'
settle
copy=$(delivered bob@example.net 'About tokens')
click=$(box token none "$copy")
verp=$(sed -n 's/^Return-Path: <bees+bounce-\(.*\)@.*/\1/p' "$copy")
before=$(everything bees)
yes_to bob@example.net confirm "$click"
yes_to bob@example.net hold "$click" ok
yes_to bob@example.net confirm "$verp"
yes_to bob@example.net hold "$verp" ok
curl -s -o page -X POST -d List-Unsubscribe=One-Click "http://127.0.0.1:$HTTP/u/$verp"
# Another end than it has.
other=${click::-2}aa
[ "$other" != "$click" ] || other=${click::-2}ba
curl -s -o page -X POST -d List-Unsubscribe=One-Click "http://127.0.0.1:$HTTP/u/$other"
unchanged "tokens of deliveries are no other tokens"
fresh

# ---- links that are looked into --------------------------------------------------------------------------------
url=http://127.0.0.1:$HTTP/u
ask dan@example.net subscribe <<<''
got dan@example.net 'want to join'
dan=$(token confirm dan@example.net 'want to join')
before=$(everything bees)
for i in 1 2 3 4 5; do
	for t in "$dan" "$click"; do
		for how in -G -I '-X OPTIONS' '-X PUT' '-X DELETE' '-A Microsoft-Office' '-X POST' '-X POST -d x=1' \
			'-G -d confirm=1' '-G -d List-Unsubscribe=One-Click' '-L -H X-Purpose:preview'; do
			# shellcheck disable=SC2086 # several words
			curl -s -m 20 -o page $how "$url/$t"
		done
	done
done
unchanged "GET, HEAD, a POST that no button made: nothing is changed"
curl -s -o page "$url/$dan"
has "a GET shows a button" page '<button'
curl -s -o page -X POST -d confirm=1 "$url/$dan"
ok "the button joins" wait_for 10 on bees dan@
curl -s -o page -X POST -d List-Unsubscribe=One-Click "$url/$click"
ok "one click leaves" wait_for 10 off bees bob@
curl -s -o page -X POST -d List-Unsubscribe=One-Click "$url/$click"
is "clicked again: the page says the same" "$(curl -s -o /dev/null -w '%{http_code}' -X POST -d List-Unsubscribe=One-Click "$url/$click")" 200
gp member add bees bob@example.net name=Bob >/dev/null
curl -s -o page -X POST -d List-Unsubscribe=One-Click "$url/$click"
ok "an old link doesn't end a new membership" on bees bob@
gp member remove bees dan@example.net >/dev/null
fresh

# ---- headers smuggled in ------------------------------------------------------------------------------------------
nl='=?utf-8?Q?'
smuggled="${nl}Eve=0D=0ABcc=3A_victim=40example.com=0D=0AX-Evil=3A_1=0D=0A=0D=0ABody?="
bare=$'Eve\rX-Evil: 1\x0b\x0c\x00X'
for where in bees+help bees+subscribe bees+request bees+owner bees+confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa \
	bees+hold-aaaaaaaaaaaaaaaaaaaaaaaaaa bees+search bees+get bees; do
	for name in "$smuggled" "$bare" '=?utf-8?B?RXZlCkJjYzogdmljdGltQGV4YW1wbGUuY29tCg==?=' \
		"\"Eve\\\" <victim@example.com>, \"" "=?utf-16?Q?=00E=00=0A=00X?=" '=?utf-8?Q?=E2=80=A8X-Evil:_1?='; do
		say "$name <eve@example.com>" "$where@example.org" "$smuggled $name" "In-Reply-To: <a$name@b>" \
			"References: $bare" >/dev/null <<<"search $name
create new$name@example.org $name
index
$bare"
	done
done
printf 'From: "Eve\r\n \r\n X-Evil: 1" <eve@example.com>\r\nSubject: a\r\n \r\n b\r\nMessage-ID: <x\r\n y@z>\r\n\r\nhelp\r\n' |
	lmtp eve@example.com bees+request@example.org >/dev/null
gp list set bees title=$'The bees\xe2\x80\xae' description='a =?utf-8?Q?=0AX-Evil:_1?= b'
gp member set bees ann@example.net name='=?utf-8?Q?=0AX-Evil:_1?=' 2>/dev/null
ask ann@example.net help <<<''
ask ann@example.net show <<<''
settle
ok "there are many answers" test "$(sent)" -gt 30
is "no header has anything new in it" "$(box strange "$D"/outbox/new/* | head -n 5)" ''
is "nobody else gets anything" "$(others ann eve marta max victim)" ''
is "an address in the subject of who joins is asked, and no more" "$(delivered victim@example.com . | wc -l)" \
	"$(delivered victim@example.com 'want to join' | wc -l)"
gp hold ls bees | grep -o '^[0-9]*' >ids
while read -r id; do gp hold reject bees "$id" --reason $'Bad\r\nX-Evil: 1\r\n\r\nBody' >/dev/null; done <ids
settle
is "nor has that of a refusal" "$(box strange "$D"/outbox/new/* | head -n 5)" ''
hasnt "no list was made by it" <(gp list ls) 'new'
gp list set bees title='The bees' description=
gp member set bees ann@example.net name=Ann
fresh

# ---- bytes ---------------------------------------------------------------------------------------------------------
before=$(everything bees)
head -c 3000 /dev/urandom | tr -d '\r\n' | { printf 'From: eve@example.com\nSubject: '; cat; printf '\n\n'; head -c 20000 /dev/urandom; } |
	lmtp eve@example.com bees+request@example.org >replies
has "8-bit garbage is taken" replies '^(250|5)'
{ printf 'From: eve@example.com\nSubject: \n\n'; for ((i = 0; i < 10000; i++)); do echo who; done; } | lmtp eve@example.com bees+request@example.org >replies
has "10,000 command lines are taken" replies '^250'
settle
ok "and answered shortly" test "$(cat "$D"/outbox/new/* | wc -c)" -lt 60000
says "not all are read" eve@example.com . 'more lines were not read'
{ printf 'From: eve@example.com\nSubject: \n\n'; printf 'subscribe eve@example.com %.0s' {1..20000}; } |
	lmtp eve@example.com bees+request@example.org >replies
has "a line of half a megabyte, too" replies '^250'
printf '%s\n' 'From: Ann <ann@example.net>' 'Subject: ' 'MIME-Version: 1.0' 'Content-Type: text/html; charset=utf-8' '' \
	'<html><head><style>daily{}</style><script>weekly</script></head><body><!-- none --><div>weekly<br>stop<br>none</div><blockquote>monthly</blockquote></body></html>' |
	lmtp ann@example.net bees+request@example.org >/dev/null
is "HTML alone: what its reader sees is read" "$(option bees ann@example.net delivery)" weekly
gp member set bees ann@example.net delivery=each
unchanged "of all else nothing is left"
fresh

# ---- floods --------------------------------------------------------------------------------------------------------
many() { # COUNT FROM TO BODY: so many mails on one connection
	python3 -c '
import smtplib, sys
server, count, sender, to, body = sys.argv[1:6]
l = smtplib.LMTP(*server.split(":"), timeout=120)
for i in range(int(count)):
    try:
        l.sendmail("eve@example.com", [to], ("From: %s\r\nTo: %s\r\nSubject: \r\nMessage-ID: <%s.%d.%s>\r\n\r\n%s\r\n"
            % (sender, to, abs(hash(body)), i, sender, body)).encode())
    except smtplib.SMTPException:
        pass
l.quit()' "127.0.0.1:$LMTP" "$@"
}
serve_stop
site inbound.answers=10
serve_start
for where in help request confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa hold-aaaaaaaaaaaaaaaaaaaaaaaaaa search get; do
	fresh
	many 60 victim1@example.com "bees+$where@example.org" 'info'
	settle
	ok "60 mails to bees+${where%%-*} in a victim's name: it gets few" test "$(delivered victim1@example.com . | wc -l)" -le 25
done
fresh
many 30 victim2@example.com bees+request@example.org $'which\ninfo\nhelp\nlists\nwho\nget 1\nhelp search\nlast'
settle
ok "8 commands a mail, 30 times: few" test "$(delivered victim2@example.com . | wc -l)" -le 25
fresh
many 60 victim3@example.com bees+subscribe@example.org ''
for i in 1 2 3 4 5 6; do many 3 "eve$i@example.com" bees+request@example.org 'subscribe victim3@example.com'; done
for i in 1 2 3 4 5 6; do many 3 "eve$i@example.com" wasps+request@example.org 'subscribe victim3@example.com'; done
settle
ok "bombed with sign-ups: the victim is asked three times in a day" test "$(delivered victim3@example.com . | wc -l)" -le 3
says "each says that nothing need be done" victim3@example.com . 'do nothing'
fresh
many 40 eve7@example.com bees+request@example.org "$(for i in 1 2 3 4 5 6 7 8; do echo "subscribe v$i@example.com"; done)"
settle
ok "one asker asks for few" test "$(grep -lE '^Delivered-To: v[0-9]' "$D"/outbox/new/* | wc -l)" -le 10
fresh
many 60 victim4@example.com bees@example.org 'a post of a stranger'
settle
ok "posts in a victim's name: it gets few" test "$(delivered victim4@example.com . | wc -l)" -le 25
gp hold ls bees | grep -o '^[0-9]*' | while read -r id; do gp hold reject bees "$id" >/dev/null 2>&1; done
settle
ok "refused: not more" test "$(delivered victim4@example.com . | wc -l)" -le 25
fresh

# ---- robots ---------------------------------------------------------------------------------------------------------
# Mail of machines is never answered.
for h in 'Auto-Submitted: auto-replied' 'Auto-Submitted: auto-generated (vacation)' 'Precedence: bulk' 'Precedence: junk' \
	'Precedence: auto_reply' 'X-Autoreply: yes' 'X-Autorespond: x' 'List-Id: <other.example.net>' \
	'Content-Type: multipart/report; report-type=delivery-status; boundary=x'; do
	for where in help subscribe request confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa hold-aaaaaaaaaaaaaaaaaaaaaaaaaa; do
		say "r$RANDOM@example.com" "bees+$where@example.org" help "$h" <<<help >/dev/null
	done
done
BOUNCE='' say eve@example.com bees+request@example.org help <<<help >/dev/null
for from in mailer-daemon@example.com noreply@example.com wasps-request@example.com owner-x@example.com; do
	say "$from" bees+request@example.org help <<<help >/dev/null
done
is_nothing "machines are not answered"
say eve8@example.com bees+help@example.org '' 'X-Auto-Response-Suppress: OOF, AutoReply' 'Precedence: first-class' <<<'' >/dev/null
ok "people whose program says what it wants no answer to, are" got eve8@example.com 'How this list works'
for from in bees@example.org bees+request@example.org bees+help@example.org bees+owner@example.org wasps@example.org; do
	say "$from" bees+request@example.org help <<<help >/dev/null
	say "$from" bees+subscribe@example.org '' <<<'' >/dev/null
	say "$from" wasps@example.org 'from a list' <<<'Hi' >/dev/null
	ask eve9@example.com "subscribe $from" <<<''
done
fresh

# An exchange with a robot that answers everything: ends by itself, and decides nothing.
exchange() { # ADDRESS KIND WHERE [HEADER...]: rounds until nothing is answered any more, or 40
	local i
	for ((i = 0; i < 40; i++)); do
		settle
		[ "$(python3 "$E2E/robot.py" "$D/outbox" "127.0.0.1:$LMTP" "$@")" != 0 ] || break
	done
	echo "$i"
}
for kind in polite office bare; do
	for where in reply from list; do
		what="a robot that is $kind and answers to $where"
		robot=$kind.$where@example.com
		gp list create "$kind$where@example.org" >/dev/null
		list=$kind$where
		gp member add "$list" "marta$kind$where@example.net" role=owner >/dev/null
		# asked to join
		say "$robot" "$list+help@example.org" '' <<<'' >/dev/null
		ok "$what, a stranger: it ends" test "$(exchange "$robot" "$kind" "$where")" -lt 40
		# a member
		gp member add "$list" "$robot" >/dev/null
		say "marta$kind$where@example.net" "$list@example.org" "A post" <<<'Hi' >/dev/null
		say "$robot" "$list+request@example.org" show <<<'' >/dev/null
		ok "$what, a member: it ends" test "$(exchange "$robot" "$kind" "$where")" -lt 40
		# a moderator
		gp member set "$list" "$robot" role=moderator >/dev/null
		id=$(say stranger@example.com "$list@example.org" 'May I' <<<'Hi' | held_as)
		ok "$what, a moderator: it ends" test "$(exchange "$robot" "$kind" "$where")" -lt 40
		is "$what decides nothing" \
			"$(gp hold show "$list" "$id" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])')" waiting
		# the owner
		gp member set "$list" "$robot" role=owner >/dev/null
		say eve@example.com "$list+owner@example.org" 'To the owners' <<<'Hi' >/dev/null
		ok "$what, an owner: it ends" test "$(exchange "$robot" "$kind" "$where")" -lt 40
		ok "few posts came of it" test "$(gp search "$list" mountains --json | grep -c '"key"')" -le 20
		fresh
	done
done
# Another list that is a member of ours, and we of it, behind a gateway that leaves no mark on what it passes on.
storm() { # [HOW]: rounds until nothing comes back any more, or 40
	local i
	for ((i = 0; i < 40; i++)); do
		settle
		[ "$(python3 "$E2E/gateway.py" "$D/outbox" "127.0.0.1:$LMTP" theirs@example.com round@example.org "$@")" != 0 ] || break
	done
	echo "$i"
}
gp list create round@example.org >/dev/null
for who in marta@example.net ann@example.net theirs@example.com; do gp member add round "$who" >/dev/null; done
gp member set round marta@example.net role=owner >/dev/null
say ann@example.net round@example.org 'Round it goes' <<<'The same words.' >/dev/null
ok "a gateway that takes off every mark: it ends" test "$(storm)" -le 3
settle
is "the post is in the archive once" "$(gp search round same --json | grep -c '"key"')" 1
is "what came back waits for a moderator" "$(gp hold ls round | grep -c 'Round it goes')" 1
has "by a rule of its own" "$LOG" 'decision=hold rule=repeated'
got marta@example.net 'Held.*Round it goes'
says "who is told why" marta@example.net 'Held.*Round it goes' 'same words'
say ann@example.net round@example.org 'It grows' <<<'One word more.' >/dev/null
ok "and one that adds a footer each time: it ends" test "$(storm footer)" -le 8
is "after few posts" "$(gp search round '"word"' --json | grep -c '"key"')" 5
has "by a rule of its own, too" "$LOG" 'decision=hold rule=storm'
ok "its author may write of something else" grep -q 'archived' <(say ann@example.net round@example.org 'What else' <<<'And now?')
fresh
for kind in polite office; do
	robot=joins.$kind@example.com
	gp member remove bees "$robot" >/dev/null 2>&1
	ask eve10@example.com "subscribe $robot" <<<''
	got "$robot" 'want to join'
	exchange "$robot" "$kind" reply >/dev/null
	ok "a robot that is $kind doesn't say yes to joining" off bees "$robot"
done

# ---- time ----------------------------------------------------------------------------------------------------------
serve_stop
site inbound.answers=1000
serve_start
fresh
ask frida@example.net subscribe <<<''
got frida@example.net 'want to join'
frida=$(token confirm frida@example.net 'want to join')
ask marta@example.net 'configure title Late' <<<''
got marta@example.net 'Was that you'
marta=$(token confirm marta@example.net 'Was that you')
id=$(say eve@example.com bees@example.org 'Wait' <<<'Hi' | held_as)
got max@example.net 'Held: Wait'
max=$(token hold max@example.net 'Held: Wait')
fresh
serve_stop
site server.testing=yes server.test_now="$(date -u -d '+20 days' +%FT%TZ)"
serve_start
yes_to frida@example.net confirm "$frida"
curl -s -o page -X POST -d confirm=1 "$url/$frida"
yes_to marta@example.net confirm "$marta"
yes_to max@example.net hold "$max" ok
ok "a yes that comes too late joins nobody" off bees frida@
hasnt "and sets nothing" <(gp list show bees) 'Late'
ok "nor does a verdict" test "$(state "$id")" != approved
ok "they are told" got frida@example.net 'too late'

hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
hasnt "no tokens either" "$LOG" '(hold|confirm)-[a-z2-7]{26}'
serve_stop
is "the server ends well" $? 0
exits "the database is sound" 0 gp check --full
finish
