# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Two list servers that are members of each other's lists: guildpost and mlmmj, with a Postfix between.
# Whatever one of them sends the other, it ends by itself, and nobody gets much of it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
once
need python3 pgrep
MAILBOXES='marta@example.net ann@example.net bob@example.net tom@example.net olga@example.net'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
receive=$(command -v mlmmj-receive) || skip_all "mlmmj is not here"
marta=marta@example.net ann=ann@example.net bob=bob@example.net tom=tom@example.net olga=olga@example.net
bees=bees@example.org theirs=theirs@lists.example.edu
THEIRS=$T/mlmmj/theirs

# Ann and Bob are on ours, Bob and Tom on theirs; and each list is on the other one.
site outbound.relay="smtp://127.0.0.1:$SMTP" inbound.answers=10
gp list create $bees title='The bees' >/dev/null
gp member add bees $marta role=owner >/dev/null
for who in $ann $bob $theirs; do gp member add bees $who >/dev/null; done
mkdir -p "$T/mlmmj"
printf 'lists.example.edu\n%s\nen\nn\n' $olga | mlmmj-make-ml -L theirs -s "$T/mlmmj" >/dev/null 2>&1
echo $theirs >"$THEIRS/control/listaddress"
: >"$THEIRS/control/tocc"	# posts that name another list in To are welcome
echo 127.0.0.1 >"$THEIRS/control/relayhost"
echo "$SMTP" >"$THEIRS/control/smtpport"
for who in $bob $tom $bees; do "$(command -v mlmmj-sub)" -L "$THEIRS" -a $who -s >/dev/null 2>&1; done
chown -R nobody "$T/mlmmj"
PF_MASTER="mlmmj unix - n n - 10 pipe flags=ORhu user=nobody argv=$receive -F -L $THEIRS"
postfix_start 'relay_domains = example.org, lists.example.edu' 'mlmmj_destination_recipient_limit = 1'
echo 'lists.example.edu mlmmj:' >>"$POSTFIX/transport"
postfix -c "$POSTFIX" reload </dev/null >/dev/null 2>&1
wait_for 10 postfix_answers
serve_start

# send FROM TO SUBJECT [HEADER]... < BODY
send() {
	local from=$1 to=$2 subject=$3
	shift 3
	mail "$from" "$subject" "$@" | sed "s/^To: .*/To: $to/" | python3 -c '
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60)
s.sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read())
s.quit()' "$SMTP" "$from" "$to"
}
idle() { ! pgrep -f "^[^ ]*mlmmj-[a-z]* .*$THEIRS" >/dev/null; }
# Nothing under way, nor a moment later: mlmmj works on after it has taken a mail.
over() { all_quiet && idle && sleep 1 && all_quiet && idle && all_quiet; }
transactions() { grep -cE 'status=(sent|bounced|deferred)' "$POSTFIX/log"; }
# ends NAME MOST: everything comes to rest, after so many deliveries at most.
ends() {
	ok "$1: it ends" wait_for 60 over
	ok "after few mails ($(($(transactions) - before)), not more than $2)" test "$(($(transactions) - before))" -le "$2"
	before=$(transactions)
}
copies() { # ADDRESS SUBJECT
	mail_of "$1" "$2" | xargs -r grep -lx "Subject: $2" | wc -l
}
before=0

# ---- posts ---------------------------------------------------------------------------------------------
send $ann $bees 'From ours' <<<'Ann writes.'
ends "a post to ours" 16
is "Ann has it once" "$(copies $ann 'From ours')" 1
is "Marta, too" "$(copies $marta 'From ours')" 1
is "Tom has it, from theirs" "$(copies $tom 'From ours')" 1
is "Bob has it from both" "$(copies $bob 'From ours')" 2
is "it is in our archive once" "$(count messages)" 1
has "it came back and was refused" "$LOG" 'decision=reject rule=loop'
hasnt "none is held" <(gp hold ls bees) .

send $bob $theirs 'From theirs' <<<'Bob writes.'
ends "a post to theirs" 24
is "Tom has it" "$(test "$(copies $tom 'From theirs')" -ge 1 && echo yes)" yes
ok "and not over and over" test "$(copies $tom 'From theirs')" -le 2
is "Ann has it once" "$(copies $ann 'From theirs')" 1
ok "Bob, who is on both, has few" test "$(copies $bob 'From theirs')" -le 3
is "it is in our archive once" "$(count messages)" 2

send $tom $theirs 'From a stranger' <<<'Tom writes.'
ends "a post of somebody whom we don't know" 24
is "it is held, once" "$(gp hold ls bees | grep -c 'From a stranger')" 1
gp hold approve bees "$(gp hold ls bees | grep 'From a stranger' | grep -o '^[0-9]*')" >/dev/null
ends "and let through" 24
is "Ann has it once" "$(copies $ann 'From a stranger')" 1
ok "Tom has few" test "$(copies $tom 'From a stranger')" -le 2

# A server that takes off every mark but the Message-ID.
printf '%s\n' 'List-' 'Received:' 'X-' 'Precedence:' 'Archived-At:' 'In-Reply-To:' >"$THEIRS/control/delheaders"
send $ann $bees 'With no marks' <<<'Ann writes again.'
ends "a post to ours that comes back with no mark" 24
is "Ann has it once" "$(copies $ann 'With no marks')" 1
ok "Tom has few" test "$(copies $tom 'With no marks')" -le 2
is "it is in our archive once" "$(gp search bees again --json | grep -c '"key"')" 1
rm "$THEIRS/control/delheaders"

# ---- what the servers themselves write to each other ----------------------------------------------------
# Someone makes them talk, in the name of the other one.
for word in '' +help +subscribe +owner +faq +get-1 +list +bounces-1; do
	for ours in '' +help +subscribe +unsubscribe +request +owner +which +none \
		+confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa +hold-aaaaaaaaaaaaaaaaaaaaaaaaaa; do
		send "theirs$word@lists.example.edu" "bees$ours@example.org" 'help' <<<'help'
	done
done
ends "our addresses, in the name of theirs" 450
for word in +help +subscribe +unsubscribe +subscribe-digest +faq +get-1 +list ''; do
	for ours in +help +subscribe +request +owner +confirm-aaaaaaaaaaaaaaaaaaaaaaaaaa ''; do
		send "bees$ours@example.org" "theirs$word@lists.example.edu" 'help' <<<'help'
	done
done
ends "theirs, in the name of ours" 250
ok "nobody has got much of it" test "$(find "$T"/mail/{ann,tom}@example.net/new -type f | wc -l)" -le 80
hasnt "their list has said yes to none of our questions" <(gp member ls bees) 'theirs\+'
hasnt "nor ours to any of theirs" <(cat "$THEIRS"/{subscribers,digesters,nomailsubs}.d/* 2>/dev/null) 'bees\+'
has "which has the members that it had" <(cat "$THEIRS"/subscribers.d/*) '^tom@example\.net$'
ok "their list is still a member of ours, or has left" test "$(gp member ls bees | grep -c theirs@)" -le 1
is "our list takes mail as before" "$(send $marta $bees 'Still here' <<<'Marta writes.'; wait_for 20 has_mail $ann 'Still here' && echo yes)" yes
ends "a last post" 24

hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
serve_stop
is "the server ends well" $? 0
postfix_stop
finish
