# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A year in the life of a community: sixty people, two thousand messages, a clock that is turned from one moment at
# which something happens to the next. In by LMTP, out to an SMTP server; who is asked something by mail answers it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
! sanitized || skip_all "a year is for the plain build"
SINK=$(free_port)
year() { python3 "$E2E/year/year.py" "$LMTP" "$SINK" "$T/clock" "$T" "$@"; }
echo 2026-01-01T05:00:00Z >clock
site server.testing=yes server.test_now="file:$T/clock" outbound.relay="smtp://127.0.0.1:$SINK" \
	web.url=https://lists.example.org
gp list create bees@example.org title='The bees of the valley' >/dev/null
gp list set bees decisions=on circles=on letter=on library=moderators mentors=on anon=on anon_identity=dropped \
	circle_for=80d circle_quorum=5 description='Who keeps bees between the lake and the pass' >/dev/null || exit 99
PYTHONPATH=$E2E/year python3 - >people <<'END'
import unicodedata
from words import PEOPLE
for name in PEOPLE:
    plain = unicodedata.normalize('NFKD', name).encode('ascii', 'ignore').decode().lower().replace(' ', '.')
    print(f'{plain}@valley.example\t{name}')
END
i=0
while IFS=$'\t' read -r who name; do
	i=$((i + 1))
	[ $i -le 50 ] || break
	case $((i % 10)) in 1 | 2 | 3 | 4) d=each ;; 5 | 6 | 7) d=daily ;; 8 | 9) d=weekly ;; 0) d=monthly ;; esac
	[ $i -gt 3 ] || d=each
	gp member add bees "$who" name="$name" delivery=$d >/dev/null || exit 99
done <people
gp member set bees marta.keller@valley.example role=owner >/dev/null
for who in ines.brandt paul.okafor; do gp member set bees $who@valley.example role=moderator >/dev/null; done
gp member set bees ines.brandt@valley.example delivery=weekly >/dev/null
serve_start
ok "a year goes by" year "${YEAR_MESSAGES:-2000}"
finish
