# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Right on the wire: each case of tests/wire/cases by the one runner, and the table that says where we stand.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
once
PYTHON=/usr/bin/python3	# Debian's own, which has Debian's modules
[ -x $PYTHON ] || skip_all "$PYTHON is not here"
TMPDIR=$T $PYTHON "$GP_SRCDIR/tests/wire/run.py" >run.out 2>run.err
grep -v '^1\.\.' run.out
diag "$(tail -n 20 run.err)"
n=$(grep -cE '^(not )?ok ' run.out)
ok "the runner came to its end" grep -q '^1\.\.' run.out
$PYTHON "$GP_SRCDIR/tests/wire/run.py" --table >table
is "doc/WIRE is what tests/wire/run.py --table writes" "$(diff table "$GP_SRCDIR/doc/WIRE" | head -n 5)" ''
finish
