# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Bounces of real servers, where the corpora are: not fewer recognised than when it was measured, and never fewer than
# flufl.bounce (Mailman's own library) recognises of the same files.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 zstd tar
report=$GP_BUILDDIR/tests/bench/report
[ -x "$report" ] || skip_all "tests/bench/report is not built"
"$GP_SRCDIR/tests/bench/bounces" --json "$report" >figures 2>why || skip_all "$(tail -n 1 why)"

# figure SET SIDE NAME: a number, or nothing.
figure() {
	python3 -c 'import json, sys
v = json.load(open("figures")).get(sys.argv[1], {}).get(sys.argv[2], {}).get(sys.argv[3])
print("" if v is None else v)' "$@"
}
at_least() { # NAME GOT FLOOR
	ok "$1: $2, at least $3" test "${2:-0}" -ge "$3"
}

at_least "flufl.bounce's files right" "$(figure flufl.bounce ours right)" 111
at_least "its addresses found" "$(figure flufl.bounce ours found)" 129
at_least "delay or failure right" "$(figure flufl.bounce ours kind)" 108
ok "no more than 2 false addresses" test "$(figure flufl.bounce ours false)" -le 2
at_least "sisimai's files right" "$(figure sisimai-set ours right)" 195
at_least "its addresses found" "$(figure sisimai-set ours found)" 206
at_least "categories right" "$(figure sisimai-set ours category)" 155
ok "no false addresses there" test "$(figure sisimai-set ours false)" = 0
for set in flufl.bounce sisimai-set; do
	theirs=$(figure $set flufl right)
	if [ -n "$theirs" ]; then
		at_least "$set: more right than flufl.bounce" "$(figure $set ours right)" $((theirs + 1))
	else
		skip "$set: more right than flufl.bounce" "flufl.bounce is not here"
	fi
done
if [ -n "$(figure 'list mail' ours mails)" ]; then
	# The one is a real report that someone's server sent to the list.
	ok "ordinary list mail is none" test "$(figure 'list mail' ours bounces)" -le 1
else
	skip "ordinary list mail is none" "the mbox is not here"
fi
finish
