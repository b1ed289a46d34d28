# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the scripts of tests/e2e share: TAP, a site of its own for each script, its server.
#
# A script says `. "$GP_SRCDIR/tests/e2e/lib.sh"`, makes a site, tries things and ends with
# `finish`. It works in $T, a fresh folder; its server is killed whatever happens. Nothing is
# asserted after a fixed sleep: `wait_for` polls, with patience for slow machines and sanitizers.
set -u
export LC_ALL=C.UTF-8 GUILDPOST_TEMPLATES=$GP_SRCDIR/templates
unset GUILDPOST_CONFIG NOTIFY_SOCKET JOURNAL_STREAM SENDER
GP=$GP_BUILDDIR/guildpost
E2E=$GP_SRCDIR/tests/e2e
SERVER=
n=0

T=$(mktemp -d "${TMPDIR:-/tmp}/gp-e2e.XXXXXX") || exit 99
cd "$T" || exit 99
out=$T/.out err=$T/.err
# at_end COMMAND: when the script ends, however it does; what was said last is done first.
ENDS=
at_end() { ENDS="$*; $ENDS"; }
trap 'eval "$ENDS"; serve_kill; for p in $(jobs -p); do kill "$p"; done 2>/dev/null; [ -n "${KEEP-}" ] || rm -rf "$T"' EXIT
trap 'exit 99' INT TERM HUP

diag() { printf '%s\n' "$@" | sed 's/^/# /'; }

# ok NAME COMMAND...: the command succeeds.
ok() {
	local name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		diag "failed: $*"
		return 1
	fi
}

is() { # NAME GOT WANT
	ok "$1" test "$2" = "$3" || { diag "got:  $2" "want: $3"; return 1; }
}

# exits NAME CODE COMMAND...: standard output and error are left in $out and $err.
exits() {
	local name=$1 want=$2 got=0
	shift 2
	"$@" >"$out" 2>"$err" || got=$?
	ok "$name" test "$got" = "$want" ||
		{ diag "exit code $got, not $want: $*"; head -n 20 "$out" "$err" | sed 's/^/# /'; return 1; }
}

has() { # NAME FILE PATTERN (extended)
	ok "$1" grep -Eq -e "$3" "$2" || { diag "no /$3/ in:"; tail -n 20 "$2" | sed 's/^/# /'; return 1; }
}
hasnt() {
	ok "$1" test "$(grep -Ec -e "$3" "$2")" = 0 ||
		{ grep -E -e "$3" "$2" | head -n 5 | sed 's/^/# /'; return 1; }
}

skip() { # NAME REASON
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}
need() { # the script can't do without these
	local p
	for p in "$@"; do
		command -v "$p" >/dev/null || skip_all "$p is not here"
	done
}
finish() {
	echo "1..$n"
	exit 0
}

sanitized() { grep -q '^#define GP_SANITIZE 1' "$GP_BUILDDIR/config.h"; }

# A script that takes minutes and says the same in either build: with sanitizers is enough, but for contrib/check --long.
once() {
	sanitized || [ -n "${GP_LONG-}" ] || skip_all "tried with sanitizers, here by contrib/check --long"
}

# wait_for SECONDS COMMAND...: until it succeeds. Three times the patience with sanitizers.
wait_for() {
	local end=$1
	shift
	sanitized && end=$((end * 3))
	end=$((SECONDS + end + 1))
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# A port of 127.0.0.1 that nobody has, outside of those that the kernel hands out.
# No test beside this one gets it: all count up in one file.
free_port() {
	python3 -c '
import fcntl, os, socket
with open("/tmp/gp-e2e-ports.%d" % os.getuid(), "a+") as f:
    fcntl.flock(f, fcntl.LOCK_EX)
    f.seek(0)
    p = int(f.read() or 10240)
    while True:
        p = p + 1 if p < 32000 else 10240
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try: s.bind(("127.0.0.1", p))
            except OSError: continue
        break
    f.truncate(0)
    f.write(str(p))
print(p)'
}

# site [SECTION.NAME=VALUE]...: a data folder in $T/data, with these options; $LMTP and $HTTP are
# its ports; gp COMMAND... works on it. Once more: only the options are written anew.
site() {
	local s
	: "${LMTP:=$(free_port)}" "${HTTP:=$(free_port)}"
	D=$T/data LOG=$T/log
	[ -d "$D" ] || "$GP" init "$D" --domain example.org >/dev/null || exit 99
	set -- server.domain=example.org inbound.listen="127.0.0.1:$LMTP" \
		outbound.relay=maildir:outbox outbound.dns=off web.listen="127.0.0.1:$HTTP" "$@"
	for s in server inbound outbound web; do
		echo "[$s]"
		printf '%s\n' "$@" | sed -n "s/^$s\.//p" | awk -F= '
			!($1 in at) { at[$1] = ++n } { line[at[$1]] = $0 }
			END { for (i = 1; i <= n; i++) print line[i] }'
	done >"$D/guildpost.conf"
}
gp() { "$GP" -c "$D/guildpost.conf" "$@"; }

# A list bees@example.org with an owner marta@example.org and so many members m1@example.net ...
bees() {
	local i
	gp list create bees@example.org title='The bees' >/dev/null || exit 99
	gp member add bees marta@example.org role=owner >/dev/null || exit 99
	for ((i = 1; i <= ${1:-0}; i++)); do echo "m$i@example.net"; done |
		gp member import bees >/dev/null || exit 99
}

# The server in a process group of its own; its log grows in $LOG.
serve_start() {
	: >>"$LOG"
	local before
	before=$(grep -c event=ready "$LOG")
	set -m
	"$GP" -c "$D/guildpost.conf" serve </dev/null >>"$LOG" 2>&1 &
	SERVER=$!
	set +m
	wait_for 20 ready_after "$before" || { diag "the server did not start"; diag "$(tail "$LOG")"; exit 99; }
}
ready_after() { [ "$(grep -c event=ready "$LOG")" -gt "$1" ]; }
serve_stop() { # its exit code
	local code=0
	[ -n "$SERVER" ] || return 0
	kill -TERM "$SERVER"
	wait_for 12 gone "$SERVER" || kill -9 -- "-$SERVER"
	wait "$SERVER" || code=$?
	SERVER=
	return $code
}
serve_kill() { # everything at once, as a power cut does
	[ -n "$SERVER" ] || return 0
	kill -9 -- "-$SERVER" 2>/dev/null
	wait "$SERVER" 2>/dev/null
	wait_for 10 group_gone "$SERVER"	# whoever dies last has the database's lock
	SERVER=
}
group_gone() { ! pgrep -g "$1" -r D,R,S,T; } # but zombies
gone() { ! [ -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
child() { pgrep -g "$SERVER" -f -- "--role $1"; } # process ids of a role

# mail FROM SUBJECT [HEADER]... < BODY: a message on standard output.
mail() {
	printf 'From: %s\nTo: bees@example.org\nSubject: %s\nMessage-ID: <%s>\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n' \
		"$1" "$2" "${MSGID:-$RANDOM.$RANDOM.$$@test.example}"
	shift 2
	[ $# = 0 ] || printf '%s\n' "$@"
	echo
	cat
}
# lmtp FROM RCPT... < MESSAGE: one line a recipient, the server's replies. $WHERE: where, if not $LMTP.
lmtp() { python3 "$E2E/lmtp.py" "${WHERE:-127.0.0.1:$LMTP}" "$@"; }
count() { gp status --json | python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }
