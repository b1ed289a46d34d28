# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A year in the life of a community: sixty people, two thousand messages, a clock that is turned from one moment at
# which something happens to the next. In by LMTP, out to an SMTP server; who is asked something by mail answers it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl
export PYTHONDONTWRITEBYTECODE=1
! sanitized || skip_all "a year is for the plain build"
SINK=$(free_port)
year() { python3 "$E2E/year/year.py" "$LMTP" "$SINK" "$T/clock" "$T" "$@"; }
echo 2026-01-01T05:00:00Z >clock
site server.testing=yes server.test_now="file:$T/clock" outbound.relay="smtp://127.0.0.1:$SINK" \
	web.url=https://lists.example.org
gp list create bees@example.org title='The bees of the valley' >/dev/null
gp list set bees decisions=on circles=on letter=on library=moderators mentors=on anon=on anon_identity=dropped \
	circle_for=80d circle_quorum=5 first_posts=1 description='Who keeps bees between the lake and the pass' >/dev/null || exit 99
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
ok "a year goes by" year
figure() { python3 -c "import json, sys; y = json.load(open('year.json')); print(eval(sys.argv[1], {}, y))" "$1"; }
some() { # NAME FIGURE AT-LEAST
	local got
	got=$(figure "$2")
	ok "$1 ($got)" test "$got" -ge "$3"
}
serve_stop
is "the server ends well" $? 0
hasnt "no errors in its log" "$LOG" 'event=((mail|commit|housekeeping|digest|start)-failed|parser-lost|outbound-lost|web-lost|lost|kill) '
grep -v '^$' <(figure "'\n'.join(refused)") | sed 's/^/# refused: /'
is "nobody was sent anything twice" "$(figure 'len(twice)')" 0
some "messages that they wrote" sent 2000
is "who wanted each message from the beginning has as many as the others" "$(python3 - <<-'END'
	import collections, json
	copies = json.load(open('year.json'))['copies']
	print(collections.Counter(copies.values()).most_common(1)[0][1] >= 14)
	END
	)" True

# What became of it, as the archive shows it.
serve_start
page() { curl -fsS "http://127.0.0.1:$HTTP$1"; }
# The page of the thread whose subject this is.
thread() { # SUBJECT
	page "$(gp search bees "subject:\"$1\"" --json | sed -n 's/.*"url": ".*\(\/bees\/m\/[a-z0-9]*\)".*/\1/p' | tail -n 1)" >message.html
	page "$(grep -o '/bees/t/[a-z0-9]*' message.html | tail -n 1)"
}
wait_for 20 page / >/dev/null
page /bees/library/ >library.html
ok "a library" test "$(grep -c '<a href="/bees/library/' library.html)" -ge 30
has "with what was decided" library.html 'Shall we buy an extractor for all\?'
page /bees/library/shall-we-buy-an-extractor-for-all >decision.html
has "and how" decision.html 'yes: [0-9]+'
page /bees/questions >questions.html
has "questions: open, answered, solved" questions.html '[1-9][0-9]* open · [1-9][0-9]* with answers · [1-9][0-9]* solved'
some "somebody was asked who said they can help" "asked['help wanted']" 2
some "people met as mentors, in pairs" "asked['mentors met'] // 2" 3
some "and were asked how it goes" "asked['goes on']" 6
some "old pages were looked at again" "asked['still true']" 3
grep -o '/bees/library/[a-z0-9-]*' library.html | sort -u | while read -r u; do page "$u"; done >pages.html
has "and one is no longer true" pages.html 'better way this summer'
thread "lost all my colonies" >anon.html
has "the thread without a name is there" anon.html 'no name given'
has "with its answers" anon.html 'I have a nucleus for you in April'
has "and what its author said to them" anon.html 'I did not expect that'
hasnt "and not that name" anon.html "$(sed -n '31s/.*\t//p' people)"
some "moderators were told of a heated thread" "asked['heat']" 3
thread 'fire at the mill' >note.html
has "what not everybody wants to read is folded" note.html '<details.*|<summary>.*loss of hives'
thread 'what the inspector said' >unnamed.html
has "what was said without names is there" unnamed.html 'boil your hive tools'
hasnt "and no name" unnamed.html "$(sed -n '23s/.*\t//p;25,26s/.*\t/|/p' people | tr -d '\n')"
is "what is for members is for nobody else" "$(curl -s "http://127.0.0.1:$HTTP/bees/search?q=shed" | grep -c 'third frame of the old hive')" 0
is "a circle was born" "$(gp list ls | grep -c bees-queen-rearing)" 1
page /bees-queen-rearing/ >circle.html
has "its evenings are in its archive" circle.html 'Friday evening 9'
thread "circle Queen rearing" >born.html
has "it has ended" born.html 'has ended'
is "twelve letters came" "$(gp search bees 'subject:"how are we doing"' --json |
	grep -c '"subject": "The bees of the valley, [A-Z][a-z]* 202[67]: how are we doing')" 12
has "an advert was sent back" "$LOG" 'decision=command rule=hold .*(refused|rejected|sent back)'
ok "the last week's digest can be read" python3 - <<'END'
import email, email.policy
m = email.message_from_binary_file(open('digest.eml', 'rb'), policy=email.policy.default)
assert not m.defects and '2027' in m['date'], (m.defects, m['date'])
assert [p.get_content_type() for p in m.walk() if not p.is_multipart()] == ['text/plain', 'text/html']
END
serve_stop
finish
