# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Which threads of real lists read like a question: 300 that were drawn by chance and judged by hand
# (tests/data/questions/labels), where the corpora are. Not fewer right than when it was measured.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 sqlite3 zstd tar
corpora=$GP_SRCDIR/../shared/corpora
[ -r "$corpora/dev.tar.zst" ] || skip_all "the corpora are not here"
zstd -dcq "$corpora/dev.tar.zst" | tar x dev/lists/caml-list-1992-1999.mbox dev/lists/pipermail-twisted-web ||
	skip_all "the corpora can't be unpacked"

site
list_of() { # NAME FILE...
	local name=$1
	shift
	gp list create "$name@example.org" >/dev/null
	exits "$name is imported" 0 gp import "$name" "$@"
}
list_of caml-list-1992-1999 dev/lists/caml-list-1992-1999.mbox
list_of twisted-web dev/lists/pipermail-twisted-web/*.txt
# Patches, mostly, and no question is found in them; but it is large, and slow with sanitizers.
if ! grep -q __asan_init "$GP" && [ -r "$corpora/linux-man.mbox.zst" ]; then
	list_of linux-man "$corpora/linux-man.mbox.zst"
fi
sqlite3 -separator ' ' "$D/guildpost.db" "SELECT substr(l.address, 1, instr(l.address, '@') - 1), n.key, t.mark = 'question' \
	FROM node n JOIN thread t ON t.id = n.thread JOIN list l ON l.id = n.list WHERE n.state = 1" >found

python3 - "$GP_SRCDIR/tests/data/questions/labels" >figures <<'END'
import sys
found = {}
for line in open('found'):
    name, key, mark = line.split()
    found[name, key] = mark == '1'
right = {(g, y): 0 for g in (True, False) for y in (True, False)}
for line in open(sys.argv[1]):
    if line.startswith('#'):
        continue
    name, key, label = line.split()
    if (name, key) in found:
        right[found[name, key], label == 'yes'] += 1
called = right[True, True] + right[True, False]
asked = right[True, True] + right[False, True]
print('threads', sum(right.values()))
print('precision', round(100 * right[True, True] / called))
print('recall', round(100 * right[True, True] / asked))
END
figure() { sed -n "s/^$1 //p" figures; }
diag "$(tr '\n' ' ' <figures)"
ok "200 threads at least" test "$(figure threads)" -ge 200
ok "of 100 that are called questions, 84 are" test "$(figure precision)" -ge 84
ok "of 100 questions, 92 are found" test "$(figure recall)" -ge 92
finish
