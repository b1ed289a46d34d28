# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Two servers of ours and one mlmmj whose lists are all members of each other, with a Postfix between: one post
# goes round for a while and ends by itself, within ten messages from list to list.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
MAILBOXES='ann@example.net'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
receive=$(command -v mlmmj-receive) || skip_all "mlmmj is not here"
bees=bees@example.org wasps=wasps@example.edu theirs=theirs@lists.example.edu
THEIRS=$T/mlmmj/theirs

# ---- the second server of ours: a folder, a port and a process of its own --------------------------------
site outbound.relay="smtp://127.0.0.1:$SMTP"
LMTP2=$(free_port)
"$GP" init "$T/second" --domain example.edu >/dev/null
sed "s/$LMTP/$LMTP2/; s/^listen=127.0.0.1:$HTTP/listen=off/; s/example\.org/example.edu/" \
	"$D/guildpost.conf" >"$T/second/guildpost.conf"
gp2() { "$GP" -c "$T/second/guildpost.conf" "$@"; }

gp list create $bees >/dev/null
gp2 list create $wasps >/dev/null
for who in ann@example.net $wasps $theirs; do gp member add bees $who >/dev/null; done
for who in ann@example.net $bees $theirs; do gp2 member add wasps $who >/dev/null; done
mkdir -p "$T/mlmmj"
printf 'lists.example.edu\n%s\nen\nn\n' olga@example.net | mlmmj-make-ml -L theirs -s "$T/mlmmj" >/dev/null 2>&1
echo $theirs >"$THEIRS/control/listaddress"
: >"$THEIRS/control/tocc"
echo 127.0.0.1 >"$THEIRS/control/relayhost"
echo "$SMTP" >"$THEIRS/control/smtpport"
for who in ann@example.net $bees $wasps; do "$(command -v mlmmj-sub)" -L "$THEIRS" -a $who -s >/dev/null 2>&1; done
chown -R nobody "$T/mlmmj"
PF_MASTER="mlmmj unix - n n - 10 pipe flags=ORhu user=nobody argv=$receive -F -L $THEIRS"
postfix_start 'relay_domains = example.org, example.edu, lists.example.edu' 'mlmmj_destination_recipient_limit = 1'
printf '%s\n' 'lists.example.edu mlmmj:' "example.edu lmtp:[127.0.0.1]:$LMTP2" >>"$POSTFIX/transport"
postfix -c "$POSTFIX" reload </dev/null >/dev/null 2>&1
wait_for 10 postfix_answers
serve_start
"$GP" -c "$T/second/guildpost.conf" serve </dev/null >>"$T/log2" 2>&1 &
SECOND=$!
ok "two servers of ours run" wait_for 20 grep -q event=ready "$T/log2"

send() { # FROM TO SUBJECT
	mail "$1" "$3" <<<"Text of $3." | sed "s/^To: .*/To: $2/" | python3 -c '
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60)
s.sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read())
s.quit()' "$SMTP" "$1" "$2"
}
idle() { ! pgrep -f "^[^ ]*mlmmj-[a-z]* .*$THEIRS" >/dev/null; }
quiet2() { [ "$(gp2 queue ls --json | grep -c '"id"')" = 0 ]; }
over() { all_quiet && quiet2 && idle && sleep 1 && all_quiet && quiet2 && idle && all_quiet; }
# From a list to a list: what Postfix took for one of the three, from one of the three.
between() { grep -cE "to=<(bees|wasps|theirs)@.*status=(sent|bounced|deferred)" "$POSTFIX/log"; }
round() { # NAME LIST
	local before
	before=$(between)
	send ann@example.net "$2" "$1"
	ok "$1: it ends" wait_for 90 over
	# The first of them is Ann's own.
	ok "within ten messages from list to list ($(($(between) - before - 1)))" test "$(($(between) - before))" -le 11
	is "our archive has it once" "$(gp export bees | grep -c "^Text of $1")" 1
	is "so has the other one of ours" "$(gp2 export wasps | grep -c "^Text of $1")" 1
}
round 'from the first' $bees
round 'from the second' $wasps
round 'from theirs' $theirs
gp list set bees prefix='[bees]' reply_to=list footer='The bees' >/dev/null
gp2 list set wasps prefix='[wasps]' footer='The wasps' >/dev/null
round 'changed on the way' $bees
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
hasnt "nor in the other" "$T/log2" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
serve_stop
kill -TERM $SECOND
wait $SECOND
is "the other ends well" $? 0
postfix_stop
finish
