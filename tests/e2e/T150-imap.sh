# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail that comes in by IMAP, from a Dovecot of the test's own: each mail once, whatever is killed, made anew or
# locked; no word to a server that can't show who it is, or that says something in front of TLS.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
once
need python3 pgrep sqlite3 dovecot doveadm openssl
[ -x /usr/lib/dovecot/imap ] || skip_all "Dovecot's IMAP is not here"
[ "$(id -u)" = 0 ] || skip_all "Dovecot needs root"
IMAP=$(free_port) IMAPS=$(free_port) FAKE=$(free_port)
V=$T/dovecot
DOVECOT_PID=
mkdir -p "$V/run" "$V/state" "$V/mail" && chown -R nobody "$V" && chmod 711 "$T"
trap 'serve_kill; [ -z "$DOVECOT_PID" ] || kill "$DOVECOT_PID"; for p in $(jobs -p); do kill "$p"; done 2>/dev/null
	[ -n "${KEEP-}" ] || { wait; rm -rf "$T"; }' EXIT

# ---- a server, its certificate and who vouches for it ------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=authority' -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' -keyout imap.key -out imap.csr 2>/dev/null
printf 'subjectAltName=DNS:localhost\n' >ext
openssl x509 -req -in imap.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out imap.pem 2>/dev/null
cat >"$V/conf" <<END
base_dir = $V/run
state_dir = $V/state
log_path = $V/log
protocols = imap
default_internal_user = nobody
default_internal_group = $(id -gn nobody)
default_login_user = nobody
default_vsz_limit = 0
first_valid_gid = 0
auth_verbose = yes
mail_location = maildir:$V/mail/%u
mail_uid = $(id -u nobody)
mail_gid = $(id -g nobody)
mailbox_idle_check_interval = 1s
ssl = yes
ssl_cert = <$T/imap.pem
ssl_key = <$T/imap.key
disable_plaintext_auth = no
passdb {
  driver = static
  args = password=Sesam%%1
}
userdb {
  driver = static
  args = uid=$(id -u nobody) gid=$(id -g nobody) home=$V/mail/%u
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = $IMAP
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $IMAPS
    ssl = yes
  }
}
END
listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
dovecot_start() {
	dovecot -F -c "$V/conf" &
	DOVECOT_PID=$!
	wait_for 20 listening "$IMAP" || { diag "$(cat "$V/log")"; skip_all "Dovecot does not start here"; }
}
dovecot_stop() {
	kill "$DOVECOT_PID"
	wait "$DOVECOT_PID" 2>/dev/null
	DOVECOT_PID=
}
adm() { doveadm -c "$V/conf" "$@"; }
save() { adm save -u lists -m "${FOLDER:-INBOX}"; } # < MAIL
there() { adm mailbox status -u lists messages "${FOLDER:-INBOX}" 2>/dev/null | grep -o '[0-9]*$'; }
there_n() { [ "$(there)" = "$1" ]; }
logins() { grep -c 'imap-login.*Login: user=<lists>' "$V/log"; }
dovecot_start

printf 'Sesam%%1\nand more\n' >secret
chmod 600 secret
common=(inbound.imap_password_file="$T/secret" inbound.imap_poll=1s inbound.max_size=100k)
site "${common[@]}" inbound.imap="imap://lists@127.0.0.1:$IMAP"
bees 2
post() { # SUBJECT [TOP-FIELD]...
	local subject=$1
	shift
	{ [ $# = 0 ] || printf '%s\n' "$@"; mail marta@example.org "$subject" <<<"The words of $subject."; }
}
has_n() { [ "$(count messages)" = "$1" ]; }
delivered() { [ "$(count jobs)" = 0 ]; }
says() { gp status >status; grep -Eq "$1" status; }

# ---- taken and removed --------------------------------------------------------------------------------------
post 'waiting at the start' | save
exits "check looks into the mailbox" 0 gp check
has "and says how many are there" "$out" 'ok .*imap .*1 mails'
serve_start
ok "what waits in the mailbox is taken" wait_for 20 has_n 1
ok "and removed from there" wait_for 10 there_n 0
post 'while it runs' 'Return-Path: <marta@example.org>' 'Delivered-To: bees@example.org' | save
ok "one that comes later as well" wait_for 20 has_n 2
ok "delivered to all" wait_for 20 delivered
has "the log says by what way" "$LOG" 'event=mail .*via=IMAP decision=accept'
ok "status counts" wait_for 10 says '^imap_taken: 2$'
printf 'From: x@example.net\nTo: nobody@example.org\nSubject: astray\n\nx\n' | save
ok "what names none of our addresses is put aside" wait_for 20 says '^refused_mails: 1$'
has "with the reason" "$(grep -l 'Subject: astray' "$D"/refused/new/*)" '^X-Guildpost-Refused: IMAP: it names no'
ok "and removed from there" wait_for 10 there_n 0
{ post 'too large'; head -c 150000 /dev/zero | base64; } | save
ok "what is too large" wait_for 20 says '^imap_too_large: 1$'
ok "stays" there_n 1
post 'behind the large one' | save
ok "and keeps no other back" wait_for 20 has_n 3
adm expunge -u lists mailbox INBOX all

# ---- Dovecot away and back ------------------------------------------------------------------------------------
dovecot_stop
ok "a server that is away is told of" wait_for 20 says '^imap_trouble: since .*127.0.0.1'
exits "check says it as well" 1 gp check
has "with the reason" "$out" 'wrong .*imap'
dovecot_start
post 'after the pause' | save
ok "and looked for again" wait_for 60 has_n 4
ok "then all is well" wait_for 20 says '^imap_trouble: *-?$'
pid=$(child imap)
kill -9 "$pid"
changed() { [ -n "$(child imap)" ] && [ "$(child imap)" != "$pid" ]; }
ok "a lost process is replaced" wait_for 20 changed
post 'after the loss' | save
ok "and mail taken" wait_for 20 has_n 5

# ---- killed in the middle ----------------------------------------------------------------------------------------
exits "TERM ends it well" 0 serve_stop
for ((i = 1; i <= 60; i++)); do
	MSGID="load.$i@test.example" mail marta@example.org "load $i" <<<"words $i" >"$V/mail/lists/tmp/$i.load"
	chown nobody "$V/mail/lists/tmp/$i.load"
	mv "$V/mail/lists/tmp/$i.load" "$V/mail/lists/new/$i.load"
done
ok "sixty mails" wait_for 20 there_n 60
for ((r = 1; r <= 4; r++)); do
	want=$((5 + r * 12 + RANDOM % 6))
	serve_start
	enough() { [ "$(sqlite3 "$D/guildpost.db" 'SELECT count(*) FROM node WHERE state = 1')" -ge "$want" ] || there_n 0; }
	wait_for 40 enough
	serve_kill
done
serve_start
ok "after four kills the mailbox is empty" wait_for 60 there_n 0
is "all of them are there" "$(count messages)" 65
is "each once" "$(gp export bees --format json | python3 -c '
import collections, json, sys
print(sum(n > 1 for n in collections.Counter(m["message_id"] for m in json.load(sys.stdin)).values()))')" 0
serve_stop

# ---- kept there, and UIDVALIDITY --------------------------------------------------------------------------------
decisions() { grep -c 'via=IMAP decision=' "$LOG"; }
site "${common[@]}" inbound.imap="imap://lists@127.0.0.1:$IMAP/Kept" inbound.imap_keep=yes
FOLDER=Kept
adm mailbox create -u lists Kept
for i in 1 2; do post "kept $i" | save; done
printf 'From: marta@example.org\nTo: bees+help@example.org\nSubject: a command\n\n\n' | save
serve_start
ok "kept mails are taken" wait_for 20 has_n 67
ok "a command as well" wait_for 20 says '^imap_taken: 3$'
ok "and stay" there_n 3
before=$(decisions)
serve_stop
serve_start
known() { sqlite3 "$D/guildpost.db" "SELECT uid FROM door WHERE name = 'imap'" | grep -qx "$1"; }
ok "up to which UID all is taken is kept" known 3
dovecot_stop
was=$(head -n 1 "$V/mail/lists/.Kept/dovecot-uidlist")
rm -f "$V/mail/lists/.Kept/"dovecot*
echo "3 V1234567 N1 G$(openssl rand -hex 16)" >"$V/mail/lists/.Kept/dovecot-uidlist"
chown nobody "$V/mail/lists/.Kept/dovecot-uidlist"
dovecot_start
validity() { grep -q 'event=imap-validity was=.* is=1234567' "$LOG"; }
ok "UIDVALIDITY changes: it is noticed" wait_for 60 validity || diag "$was"
again() { [ "$(grep -c 'event=again via=IMAP' "$LOG")" -ge 3 ]; }
ok "the same three mails are looked at" wait_for 20 again
is "and nothing is done a second time" "$(decisions)" "$before"
is "nor posted" "$(count messages)" 67
post 'after the change' | save
ok "the next one is taken" wait_for 20 has_n 68
ok "what was kept is still there" there_n 4
serve_stop

# ---- who it is ------------------------------------------------------------------------------------------------------
FOLDER=INBOX
adm expunge -u lists mailbox INBOX all
try() { # NAME PATTERN OPTION...: no log-in, and the reason
	local name=$1 want=$2 before
	shift 2
	before=$(logins)
	site "${common[@]}" "$@"
	serve_start
	ok "$name" wait_for 20 says "^imap_trouble: since .*$want"
	is "$name: nobody logs in" "$(logins)" "$before"
	exits "$name: check says it" 1 gp check
	is "$name: nor does check" "$(logins)" "$before"
	serve_stop
}
try "TLS: a certificate that nobody vouches for" '(certificate|verif|issuer)' inbound.imap="imaps://lists@localhost:$IMAPS"
try "STARTTLS: a certificate that nobody vouches for" '(certificate|verif|issuer)' inbound.imap="imap://lists@localhost:$IMAP" inbound.imap_tls=always
try "another name than the certificate's" '(certificate|name|match)' inbound.imap="imaps://lists@127.0.0.1:$IMAPS" inbound.imap_ca="$T/ca.pem"
try "a wrong password" '(denied|AUTHENTICATIONFAILED|Authentication)' inbound.imap="imap://lists@127.0.0.1:$IMAP" inbound.imap_password_file="$T/ext"
post 'by TLS' | save
site "${common[@]}" inbound.imap="imaps://lists@localhost:$IMAPS" inbound.imap_ca="$T/ca.pem"
serve_start
ok "TLS with a certificate that is vouched for" wait_for 20 has_n 69
serve_stop
post 'by STARTTLS' | save
site "${common[@]}" inbound.imap="imap://lists@localhost:$IMAP" inbound.imap_ca="$T/ca.pem" inbound.imap_tls=always
serve_start
ok "STARTTLS as well" wait_for 20 has_n 70
ok "out of the mailbox" wait_for 10 there_n 0
serve_stop

# ---- servers that want to harm --------------------------------------------------------------------------------------
fake() { # MODE
	python3 "$E2E/imapd.py" "$FAKE" "fake.$1" "$1" 2>/dev/null &
	FAKE_PID=$!
	wait_for 10 listening "$FAKE"
}
fake_end() {
	kill "$FAKE_PID"
	wait "$FAKE_PID" 2>/dev/null
}
for mode in inject preauth nostarttls rubbish; do
	fake "$mode"
	site "${common[@]}" inbound.imap="imap://lists@localhost:$FAKE" inbound.imap_tls=always inbound.imap_ca="$T/ca.pem"
	serve_start
	ok "$mode: refused" wait_for 60 says '^imap_trouble: since .*localhost'
	hasnt "$mode: neither name nor password was said" "fake.$mode" 'LOGIN|AUTHENTICATE|lists|Sesam'
	[ "$mode" != inject ] || has "text behind the answer to STARTTLS: the connection was ended without a byte of TLS" fake.inject '^after STARTTLS: 0 bytes'
	serve_stop
	fake_end
done
fake huge
site "${common[@]}" inbound.imap="imap://lists@localhost:$FAKE" inbound.imap_tls=never
serve_start
ok "a mail without end is cut off" wait_for 60 says '^imap_too_large: 1$'
serve_stop
fake_end
is "none of them brought a post" "$(count messages)" 70
hasnt "no errors of ours" "$LOG" 'Sanitizer|runtime error|event=lost process=(core|imap) exit'
hasnt "the password is in no log" "$LOG" 'Sesam'
site
exits "the database is sound" 0 gp check --full

# ---- wrong configurations --------------------------------------------------------------------------------------------
site inbound.imap="imap://lists:Sesam@localhost"
exits "a password in the address is refused" 78 gp status
site inbound.imap="pop3://lists@localhost"
exits "so is another protocol" 78 gp status
dovecot_stop
finish
