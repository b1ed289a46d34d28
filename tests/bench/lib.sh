# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # what one file sets the other uses
# For tests/bench/run: rows of the table, time and memory of commands, a server to measure.

# ---- the table ----------------------------------------------------------------------------------

row() { printf '%-44s %9s %9s %7s  %-20s %s\n' "$@"; }
# row_of WHAT OURS THEIRS LARGER|SMALLER [LIMIT]: which is the better one; ratio is how many times better
# ours is. LIMIT is an expression of ours and theirs; it is printed, and decides on pass or fail.
row_of() {
	local ratio='' verdict=''
	if [ -n "$3" ]; then
		if [ "$4" = smaller ]; then ratio=$(quotient "$3" "$2"); else ratio=$(quotient "$2" "$3"); fi
	fi
	[ -z "${5:-}" ] || verdict=$(verdict "$2" "$3" "$5")
	row "$1" "$2" "${3:--}" "${ratio:--}" "${5:-}" "$verdict"
}
quotient() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.1f", a / b; else print "-" }'; }
verdict() { # OURS THEIRS LIMIT
	case "$2$3" in
	theirs*|ours*theirs*) echo "no peer" ;;
	*) awk -v ours="$1" -v theirs="$2" \
		"BEGIN { print (ours ~ /^[0-9.]+\$/ && ours > 0 && $3) ? \"pass\" : \"FAIL\" }" ;;
	esac
}
skipped() { row "$1" - - - "" "skipped: $2"; }
have() { command -v "$1" >/dev/null; }
per_second() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%d", n / s }'; }
# How long a part took, and how busy the machine was: above the number of cores, others were at work.
part() { # NAME
	local start=$SECONDS
	"$1"
	printf '%-44s took %s s, load %s\n' "--- $1" $((SECONDS - start)) "$(cut -d' ' -f1 /proc/loadavg)"
}

# ---- time and memory ----------------------------------------------------------------------------------

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# A process and all below it.
tree() {
	local p
	echo "$1"
	for p in $(pgrep -P "$1"); do tree "$p"; done
}
# Their memory, each page counted once: kB.
pss() {
	local p
	for p in $(tree "$1"); do
		awk '/^Pss:/ { print $2 }' "/proc/$p/smaps_rollup" 2>/dev/null
	done | awk '{ n += $1 } END { print n + 0 }'
}
# Run a command; then $seconds is its time. Its output goes to files.
timed() {
	local start status
	start=$(now)
	"$@" >out 2>err
	status=$?
	seconds=$(since "$start")
	return "$status"
}
# weighed PAUSE COMMAND: the same, and $peak is the most memory that was seen at once, in MB. To look takes
# time from a command of a second or two, so ours is run once more for it.
weighed() {
	local pause=$1 kb most=0 pid start
	shift
	start=$(now)
	(exec "$@") >out 2>err &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		kb=$(pss "$pid")
		[ "$kb" -le "$most" ] || most=$kb
		sleep "$pause"
	done
	wait "$pid"
	seconds=$(since "$start")
	peak=$((most / 1024))
}

# ---- servers ------------------------------------------------------------------------------------------

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# site NAME RELAY: a data folder; $lmtp and $web are its ports.
site() {
	rm -rf "$1"
	lmtp=$(port) web=$(port)
	"$gp" init "$1" --domain example.org >/dev/null
	sed -i "s#127.0.0.1:8024#127.0.0.1:$lmtp#; s#127.0.0.1:8080#127.0.0.1:$web#
		s#^relay = .*#relay = $2\\ndns = off#" "$1/guildpost.conf"
}
cmd() { "$gp" -c "$1/guildpost.conf" "${@:2}"; }
serve() {
	"$gp" -c "$1/guildpost.conf" serve 2>"$1/log" & # not cmd: $! is to be the server, not a shell around it
	server=$!
	for _ in $(seq 100); do
		grep -q event=ready "$1/log" && break
		sleep 0.1
	done
	sleep 0.5
}
stop() {
	kill "$1"
	wait "$1"
} 2>/dev/null
# A list with that many members.
list_of() { # SITE MEMBERS SETTING...
	cmd "$1" list create bees@example.org repeats=yes "${@:3}" >/dev/null
	seq 1 "$2" | sed 's/.*/m&@example.net/' | cmd "$1" member import bees >/dev/null
}
# One number out of a site's database.
number() { # SITE SQL
	python3 -c '
import sqlite3, sys
db = sqlite3.connect("file:" + sys.argv[1] + "/guildpost.db?mode=ro", uri=True)
print(db.execute(sys.argv[2]).fetchone()[0])' "$@"
}
# sink OPTION...: smtp-sink; $relay is its port. It is not asked how far it came, which would cost it time:
# with -M it ends after so many messages.
sink() {
	relay=$(port)
	timeout 300 smtp-sink "$@" -u "$(id -un)" "127.0.0.1:$relay" 1000 >/dev/null 2>&1 &
	sink=$!
	sleep 0.3
}
