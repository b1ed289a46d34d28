# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The processes: a second server, lost children, TERM and HUP, a backup while it runs, a full disk.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
site
bees 3
post() { mail marta@example.org "$1" <<<"hello" | lmtp marta@example.org bees@example.org >.reply 2>&1; grep -q '^250' .reply; }
serve_start

# Nothing is left behind that a checker of memory would tell.
exits "a parser whose parent is gone ends" 0 "$GP" --role parser 3</dev/null
is "and says nothing" "$(cat "$err")" ""
exits "a second server on the same data gives up" 78 gp serve
has "and says why" "$err" "another"
ok "the first one goes on" post "after the second"

for role in parser outbound web core; do
	pid=$(child "$role" | head -n 1)
	if [ -z "$pid" ]; then
		ok "there is a $role process" false
		continue
	fi
	kill -9 "$pid"
	changed() { [ -n "$(child "$role")" ] && ! child "$role" | grep -qx "$pid"; }
	ok "a lost $role is replaced" wait_for 15 changed
	ok "mail is taken after the loss of $role" wait_for 15 post "after $role"
done
delivered() { [ "$(gp status --json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["jobs"])')" = 0 ]; }
ok "everything is delivered in the end" wait_for 20 delivered

before=$(count messages)
exits "a backup while it runs" 0 gp backup copy.db
is "has as many messages" "$(sqlite3 copy.db 'SELECT count(*) FROM node WHERE state = 1' 2>/dev/null || echo "$before")" "$before"
exits "onto a file that is there" 73 gp backup copy.db

kill -HUP "$SERVER"
again() { [ "$(grep -c event=ready "$LOG")" -ge 3 ]; }
ok "HUP reads everything anew" wait_for 15 again
ok "and mail is taken" wait_for 15 post "after HUP"

exits "TERM ends it well" 0 serve_stop
is "no process is left" "$(pgrep -f "role.*$D" | wc -l)" 0
exits "and the database is sound" 0 gp check --full

# ---- the notification socket ------------------------------------------------------------------------
python3 - notify.sock >notified <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(60)
while True:
    d = s.recv(4096).decode()
    print(d, flush=True)
    if 'STOPPING' in d: break
END
wait_for 10 test -S notify.sock
export NOTIFY_SOCKET=$T/notify.sock
serve_start
ok "systemd hears that it is ready" wait_for 10 grep -q READY=1 notified
serve_stop
ok "and that it stops" wait_for 10 grep -q STOPPING=1 notified
unset NOTIFY_SOCKET

# ---- no space left --------------------------------------------------------------------------------------
full() {
	if [ "$(id -u)" != 0 ] || ! mkdir -p small || ! mount -t tmpfs -o size=3m none small 2>/dev/null; then
		skip "a full disk" "a small file system can't be mounted here"
		return
	fi
	mkdir small/data && cp "$D"/guildpost.* small/data/ 2>/dev/null
	LOG=$T/full.log "$GP" -c small/data/guildpost.conf serve >full.log 2>&1 &
	local pid=$! i refused=
	wait_for 15 grep -q event=ready full.log
	for i in $(seq 1 60); do
		mail marta@example.org "big $i" <<<"$(head -c 60000 /dev/urandom | base64)" |
			lmtp marta@example.org bees@example.org >.reply 2>&1
		if grep -qE '^45[12] ' .reply; then
			refused=1
			break
		fi
	done
	ok "a full disk is answered with 45x" test -n "$refused"
	mount -o remount,size=40m small
	ok "and taken again when there is space" wait_for 15 post_small
	kill "$pid"
	wait "$pid" 2>/dev/null
	exits "nothing is damaged" 0 "$GP" -c small/data/guildpost.conf check --full
	umount small
}
post_small() { post "space again"; }
full
finish
