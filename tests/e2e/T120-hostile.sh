# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail made to hurt: deep nesting, a hundred thousand of everything, endless lines, what crashes
# the MIME library. Through LMTP, a pipe and import each ends archived, held or known as a
# duplicate; nothing but parsers may die of it, and those are replaced.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep
site inbound.max_size=64M
mkdir bad
python3 "$E2E/hostile.py" bad
cp "$GP_SRCDIR"/../shared/corpora/hostile/*.eml bad/ 2>/dev/null
total=$(find bad -name '*.eml' | wc -l)
for l in lmtp pipe import; do
	gp list create $l@example.org post=anyone max_size=64M repeats=yes >/dev/null
	gp member add $l marta@example.org role=owner >/dev/null
done
serve_start
core=$(child core)
outbound=$(child outbound)

# What became of the mail of a list: archived, held or discarded (kept), duplicates (in the log).
ends() {
	local held
	held=$(gp hold ls "$1" --all --json | grep -c '"id"')
	echo "$(gp export "$1" --format json | grep -c '"key"') $held" \
		"$(grep -Ec "list=$1@.*(decision=duplicate|it waits already|was in the archive already)" "$LOG")"
}
adds_up() { # LIST: the numbers are shown, too
	local a h d
	read -r a h d <<<"$(ends "$1")"
	diag "$1: $a archived, $h held or discarded, $d duplicates"
	is "$1: every message is accounted for" $((a + h + d)) "$total"
	ok "$1: most are archived" test "$a" -gt $((total / 2))
}
alive() {
	is "$1: core lives" "$(child core)" "$core"
	is "$1: outbound lives" "$(child outbound)" "$outbound"
	ok "$1: there are two parsers" wait_for 10 two_parsers
	mail marta@example.org "next after $1" <<<'Still there?' >next.eml
	has "$1: the next message is taken" <(lmtp marta@example.org lmtp@example.org <next.eml) '^250 2.0.0 archived'
	total=$((total + 1)) # of the list lmtp, whose turn comes first
}
two_parsers() { [ "$(child parser | wc -l)" = 2 ]; }

taken=0
for f in bad/*.eml; do
	reply=$(lmtp a@b.example lmtp@example.org <"$f" 2>&1)
	case $reply in
	250*) taken=$((taken + 1)) ;;
	*) diag "$f: $reply" ;;
	esac
done
is "LMTP: 250 for each" $taken "$total"
alive LMTP
adds_up lmtp
total=$((total - 1))

taken=0
for f in bad/*.eml; do
	if gp receive --from a@b.example pipe@example.org <"$f" >"$out" 2>&1; then
		taken=$((taken + 1))
	else
		diag "$f: $(cat "$out")"
	fi
done
is "pipe: exit code 0 for each" $taken "$total"
adds_up pipe
alive pipe
total=$((total - 1))

exits "import" 0 gp import import --json bad
cp "$out" imported
exits "import: every file is accounted for" 0 python3 -c "
import json
d = json.load(open('imported'))
n = d['added'] + d['held'] + d['duplicates'] + d['skipped']
del d['notes']
print(n, d)
assert n >= $total and d['skipped'] == $(find bad -name '*.eml' -size 0 | wc -l) # only what holds no message"
diag "$(cut -c1-80 "$out")"
alive import
total=$((total - 1))

# One that kills its parser: the message is held, the one behind it is not to blame.
mapfile -t parsers < <(child parser)
kill -STOP "${parsers[@]}"
for i in 1 2 3 4; do
	mail a@b.example "killer $i" <<<'Bang.' | lmtp a@b.example lmtp@example.org >reply.$i &
	jobs[i]=$!
done
# Each parser has one in work and one behind it when four clients wait for their answers.
# (Whoever comes later is only answered sooner: the sleep asserts nothing.)
sleep 2
kill -9 "${parsers[@]}"
wait "${jobs[@]}"
is "each is answered" "$(cat reply.? | grep -c '^250 ')" 4
is "two are held" "$(cat reply.? | grep -c '^250 2.0.0 held')" 2
is "and two archived" "$(cat reply.? | grep -c '^250 2.0.0 archived')" 2
has "it is said why" <(gp hold show lmtp "$(grep -ho 'held as [0-9]*' reply.? | grep -o '[0-9]*' | head -n 1)") 'can.t be read: the parser ended'
is "the log knows" "$(grep -c event=parser-lost "$LOG")" 2
alive "lost parsers"
total=$((total - 1))

hasnt "nothing but parsers died" "$LOG" 'event=(lost|kill|mail-failed|commit-failed)|Sanitizer|runtime error'
diag "$(grep -c event=parser-lost "$LOG") parsers were replaced"
serve_stop
is "the server ends well" $? 0
exits "the database is sound" 0 gp check --full
exits "rebuild goes through it all" 0 gp rebuild lmtp
for l in lmtp pipe; do
	gp export $l >"$l.mbox"
	ok "export $l goes through it all" test -s $l.mbox
done
finish
