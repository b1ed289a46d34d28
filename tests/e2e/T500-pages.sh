# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Every page of the archive, as tidy, xmllint, lynx and a reader's program see it: the markup is
# right, copies of readers are told to be good, nobody's address is shown, nothing that a stranger
# wrote becomes markup.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 tidy xmllint lynx zstd
site
bees 0
gp list set bees title='Bee-keepers of the valley' charter="$(cat "$GP_SRCDIR/contrib/demo/charter.md")" >/dev/null
gp member import bees <"$GP_SRCDIR/contrib/demo/members.txt" >/dev/null || exit 99
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null || exit 99
cat >hostile.eml <<'END'
From: "<script>alert(1)</script><img src=x onerror=alert(2)>" <eve@secret.example>
To: "\"><svg onload=alert(3)>" <bees@example.org>
Subject: hostilemarker "><script>alert(4)</script> <b onclick=x>'&amp;
Message-ID: <h"><script>alert(5)</script>@x.example>
Date: Sun, 22 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=utf-8

hostilemarker <script>alert(6)</script> </div></main></body> <!-- --> <![CDATA[ ]]> &#x3c;
http://x.example/"onmouseover="alert(7)  javascript:alert(8)  <a href="javascript:alert(9)">x</a>
{{{raw_html}}} {{>web/head}} data:text/html,<script>alert(10)</script> mailto:x@y.example"onclick=
> </blockquote><script>alert(11)</script>
--B
Content-Type: text/html; name="a\"><script>alert(12)</script>.html"
Content-Disposition: attachment; filename="../../x\"><script>alert(13)</script> eve@secret.example.html"

<script>alert(14)</script>
--B--
END
cat >hostile2.eml <<'END'
From: Eve <eve@secret.example>
To: bees@example.org
Subject: hostilemarker, as HTML alone
Message-ID: <h2@x.example>
Date: Sun, 22 Nov 2026 10:01:00 +0000
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><base href="http://evil.example/"><style>*{display:none}</style></head>
<body onload="alert(1)" style="position:fixed"><p id="main" class="skip">hostilemarker
<a href="java&#10;script:alert(2)" onclick="alert(3)">one</a> <a href="//evil.example/">two</a>
<img src="x" onerror="alert(4)"><svg><script>alert(5)</script></svg><form action="/u/x"><input>
<table><tr><td>cell<table><tr><td>deeper</div></main></body><iframe srcdoc="<script>"></iframe>
<math><mi xlink:href="data:x,<script>">m</math><details open ontoggle=alert(6)>open
END
gp import bees hostile.eml hostile2.eml >/dev/null || exit 99
serve_start
url=http://127.0.0.1:$HTTP

none() { # NAME TEXT: there is nothing to complain about
	ok "$1" test -z "$2" || diag "$(head -n 30 <<<"$2")"
}
code() { # METHOD PATH [BODY]: the status
	python3 - "$url" "$@" <<'END'
import http.client, sys
c = http.client.HTTPConnection(sys.argv[1].split('//')[1])
c.request(sys.argv[2], sys.argv[3], body=sys.argv[4] if len(sys.argv) > 4 else None)
a = c.getresponse()
print(a.status, a.headers.get('Location') or a.headers.get('Allow') or '')
END
}

# ---- every page ------------------------------------------------------------------------------------
exits "the archive can be walked" 0 python3 "$E2E/pages.py" crawl "$url" pages / /robots.txt \
	/index.json '/bees/search?q=oxalic' '/bees/search?q=nothingofthekind' '/bees/search?q=%22%3Cb%3E' \
	'/search?q=hostilemarker' '/search.json?q=bees' '/bees/?before=1-1' /u/abcdefghijklmnop \
	"$(python3 -c 'import urllib.parse as u; print("/mid/" + u.quote("h2@x.example"))')"
diag "$(wc -l <pages/index) pages"
tab=$'\t' key='[a-z2-7]{12,}'
while read -r name type path; do
	has "there is $name" pages/index "^200$tab$type$tab$path$tab"
done <<END
the-lists text/html /
a-list text/html /bees/
about text/html /bees/about
a-year text/html /bees/2026/
a-month text/html /bees/2026/0[5-9]/
files text/html /bees/files
a-thread-with-news text/html /bees/t/$key/[a-z0-9-]+\?since=[0-9TZ:-]+
a-thread text/html /bees/t/$key/[a-z0-9-]+
a-thread-by-date text/html /bees/t/$key/[a-z0-9-]+\?view=flat
a-thread-newest-first text/html /bees/t/$key/[a-z0-9-]+\?view=flat&order=new
a-message text/html /bees/m/$key
a-message-as-sent text/html /bees/m/$key\?view=fixed
a-message-as-HTML text/html /bees/m/$key\?view=html
a-raw-message message/rfc822 /bees/m/$key\.eml
a-part [a-z]+/[a-z-]+ /bees/m/$key/[0-9]+-[^/]+
a-thread-as-mbox application/mbox /bees/t/$key\.mbox
a-thread-as-feed application/atom\+xml /bees/t/$key\.atom
a-feed application/atom\+xml /bees/feed\.atom
a-feed-of-threads application/atom\+xml /bees/threads\.atom
search text/html /bees/search\?q=oxalic
search-of-all-lists text/html /search\?q=hostilemarker
the-site-as-JSON application/json /index\.json
a-list-as-JSON application/json /bees\.json
a-month-as-JSON application/json /bees/2026/0[5-9]\.json
a-thread-as-JSON application/json /bees/t/$key/[a-z0-9-]+\.json
a-message-as-JSON application/json /bees/m/$key\.json
search-as-JSON application/json /bees/search\.json\?q=oxalic
leaving text/html /u/abcdefghijklmnop
the-style-sheet text/css /static/style\.[a-z0-9]+\.css
the-icon image/svg\+xml /static/icon\.[a-z0-9]+\.svg
robots.txt text/plain /robots\.txt
END
has "by Message-ID" pages/index "^301$tab.*$tab/mid/h2%40x.example$tab"
none "links lead somewhere; JSON, Atom and SVG are well-formed; no page has script, handlers, styles" \
	"$(python3 "$E2E/pages.py" markup pages)"
none "fields of every kind of page: policy, tag, date, HEAD, gzip" \
	"$(python3 "$E2E/pages.py" headers "$url" pages)"

# ---- HTML as tidy sees it ------------------------------------------------------------------------------
# tidy 5.6 is older than the attributes "loading" and "aria-current".
tidied() { # FOLDER: complaints
	local f
	for f in "$1"/*.html; do
		tidy -e -q --show-info no --drop-empty-elements no "$f" 2>&1 | sed "s#^#${f##*/}: #"
	done | grep -vE 'proprietary attribute "(loading|aria-current)"'
}
mkdir bad
printf '<!doctype html>\n<title>x</title><p><b onclick="x">a<script>b</script><a href="javascript:x">' >bad/1.html
printf '200\ttext/html\t/\t1.html\n200\tapplication/json\t/x\t1.html\n404\t-\t/y\t1.html\n' >bad/index
is "the checks see what they must" "$(tidied bad | wc -l) $(python3 "$E2E/pages.py" markup bad | wc -l)" "3 5"
none "tidy finds neither error nor warning" "$(tidied pages)"
none "xmllint takes every feed" "$(xmllint --noout pages/*.atomxml 2>&1)"
ok "the style sheet has less than 12,000 bytes" test "$(cat pages/*.css | wc -c)" -lt 12000

# ---- how heavy ------------------------------------------------------------------------------------------
# A thread of 50 messages of the usual length (some 120 words and a quote), as a browser gets it.
python3 - >fifty.mbox <<'END'
import itertools, random
random.seed(7)
words = ('hive frame comb brood queen swarm winter feed honey mite drone smoke veil super wax board floor moss rain '
    'weather count treat acid syrup autumn spring morning nobody always perhaps together because without').split()
def para(n): return ' '.join(random.choice(words) for _ in range(n))
def wrap(text, mark=''):
    line, out = '', []
    for w in text.split():
        if len(line) + len(w) > 70: out.append(mark + line); line = ''
        line += (' ' if line else '') + w
    return '\n'.join(out + [mark + line])
for i in range(50):
    print('From x Sun Nov 22 10:00:00 2026\nFrom: Person %d <p%d@example.net>\nSubject: %sWeighing\nMessage-ID: <w%d@x.example>'
          '\nDate: Sun, 22 Nov 2026 10:%02d:00 +0000%s\n\n%s%s\n\n%s\n' % (i % 9, i % 9, 'Re: ' if i else '', i, i,
          '\nIn-Reply-To: <w%d@x.example>' % (i // 2) if i else '', 'On Sunday somebody wrote:\n' + wrap(para(25), '> ') + '\n\n' if i else '',
          wrap(para(70)), wrap(para(50))))
END
gp import bees fifty.mbox >/dev/null || exit 99
heavy=$(curl -sL "$url/mid/w0@x.example" | grep -o -m 1 '/bees/t/[^"#]*')
is "a thread of 50 messages" "$(curl -s "$url$heavy" | grep -c '<article')" 50
weight=$(($(curl -s -H 'Accept-Encoding: gzip' "$url$heavy" | wc -c) + \
	$(curl -s -H 'Accept-Encoding: gzip' "$url$(curl -s "$url$heavy" | grep -o '/static/style[^"]*')" | wc -c)))
ok "with its style sheet weighs less than 60 kB" test "$weight" -lt 60000
diag "$weight bytes compressed, $(curl -s "$url$heavy" | wc -c) as they are"

# ---- who is not shown ------------------------------------------------------------------------------------
grep -ohE '[A-Za-z0-9._-]+@[a-z0-9.-]+\.(org|net|com|edu|example)' "$GP_SRCDIR/contrib/demo/members.txt" \
	>addresses
grep -hE '^(From|Return-Path|Cc):' "$GP_SRCDIR/contrib/demo/bees.mbox" |
	grep -oE '[A-Za-z0-9._-]+@[a-z0-9.-]+' >>addresses
echo eve@secret.example >>addresses
grep -v '^bees' addresses | sort -u >people
ok "addresses to look for" test "$(wc -l <people)" -gt 10
# A Message-ID may end like one ("20260628170211.48122-1-jane@example.net"): that is no address.
any="(?<![A-Za-z0-9._-])($(sed 's/[.]/\\./g' people | paste -sd '|'))"
ok "the pattern finds them" grep -qP "$any" <(echo "by <eve@secret.example>")
none "nobody's address is in any page, feed, document, file, path or field" "$(grep -rnP "$any" pages)"

# ---- what a stranger wrote -------------------------------------------------------------------------------
grep -lE 'hostilemarker' pages/*.html >marked
ok "the hostile posts are shown" test "$(wc -l <marked)" -gt 5
xargs grep -qF '&lt;script&gt;alert(6)' <marked
ok "as what they are" test $? = 0
for f in pages/*.atomxml; do
	python3 - "$f" <<'END'
import html.parser, sys, xml.etree.ElementTree as E
class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs):
        if tag in ('script', 'svg', 'iframe', 'form', 'style') or any(a.startswith('on') for a, _ in attrs):
            print(sys.argv[1], tag, attrs)
for e in E.parse(sys.argv[1]).iter('{http://www.w3.org/2005/Atom}content'):
    P().feed(e.text or '')
END
done >feeds.out
none "nor is it markup in the text of a feed" "$(cat feeds.out)"

# ---- in lynx ---------------------------------------------------------------------------------------------
thread=$(awk -F'\t' '$3 ~ /^\/bees\/t\/[a-z2-7]*\/quelle-couleur[^?.]*$/ { print $3; exit }' pages/index)
message=$(awk -F'\t' '$3 ~ /^\/bees\/m\/[a-z2-7]*$/ && $1 == 200 { print $3; exit }' pages/index)
dump() { lynx -dump -nolist -width=100 -assume_charset=utf-8 -display_charset=utf-8 "$url$1" >"$out" 2>&1; }
dump /bees/
has "lynx: the list" "$out" 'Quelle couleur pour la reine'
has "lynx: its authors" "$out" 'Hélène Duval'
dump "$thread"
has "lynx: the thread" "$out" 'Quelle couleur pour la reine cette année'
has "lynx: who answers" "$out" 'Marta Keller'
has "lynx: to whom" "$out" 'in reply to Hélène Duval'
has "lynx: the text" "$out" 'vingt-trois enfants autour de la ruche'
hasnt "lynx: no template shows" "$out" '\{\{|\}\}'
dump "$message"
has "lynx: a message" "$out" 'Message-ID'
dump '/bees/search?q=oxalic'
has "lynx: hits" "$out" '[0-9]+ messages? for oxalic'
has "lynx: excerpts" "$out" '[Oo]xalic acid'
hasnt "lynx: no template shows there" "$out" '\{\{|\}\}'
dump '/bees/search?q=nothingofthekind'
has "lynx: nothing found" "$out" 'No message has nothingofthekind'

# ---- what is not there -------------------------------------------------------------------------------------
mkdir wrong
while read -r method path want; do
	is "$method $path" "$(code "$method" "$path" | sed 's/ *$//')" "$want"
done <<'END'
GET /nowhere/ 404
GET /bees/m/aaaaaaaaaaaa 404
GET /bees/?before=x 400
GET /bees/%00 400
GET /favicon.ico 404
GET /bees 301 /bees/
GET //evil.example/ 404
POST /bees/ 405 GET, HEAD
DELETE /bees/ 405 GET, HEAD
POST /u/abcdefghijklmnop 400
END
is "a long path" "$(code GET "/$(printf 'a%.0s' {1..3000})")" '414 '
python3 "$E2E/pages.py" crawl "$url" wrong --only '^$' /nowhere/ /bees/m/aaaaaaaaaaaa /bees/oxalic-acid \
	'/bees/?before=x' /%00 "/$(printf 'a%.0s' {1..3000})"
none "pages that say so are right too" "$(tidied wrong)"
gp list set bees archive=off >/dev/null
is "an archive that was closed is not there" "$(code GET /bees/)" '404 '
is "nor its messages" "$(code GET "$message")" '404 '
hasnt "nor in a list of threads" <(python3 -c "
import urllib.request; print(urllib.request.urlopen('$url/').read().decode())") 'Quelle couleur'
gp list set bees archive=public >/dev/null

# ---- other people's mail -----------------------------------------------------------------------------------
gp list create odd@example.org >/dev/null
mkdir odd
python3 "$E2E/hostile.py" odd
corpora=$GP_SRCDIR/../shared/corpora
cp "$corpora"/hostile/*.eml odd/ 2>/dev/null
find odd -size +1M -delete
gp import odd odd >"$out" 2>&1
exits "pages of mail made to hurt" 0 python3 "$E2E/pages.py" crawl "$url" oddpages \
	--only '^/odd/(t/[^.]*$|m/[a-z2-7]*($|.view=html)|.before=|feed)' /odd/
# Mail may have blocks in "b"; a reader's program makes the tree of it that the parser made.
none "tidy finds nothing in them" "$(tidied oddpages |
	grep -vE 'missing </b> before <(div|blockquote)>|inserting implicit <b>|discarding unexpected </b>')"
none "nor is anything else wrong" "$(python3 "$E2E/pages.py" markup oddpages)"
if [ -f "$corpora/linux-man.mbox.zst" ]; then
	gp list create real@example.org >/dev/null
	zstd -dcq "$corpora/linux-man.mbox.zst" 2>/dev/null | head -c 3000000 >real.mbox
	gp import real real.mbox >"$out" 2>&1
	exits "pages of real mail" 0 python3 "$E2E/pages.py" crawl "$url" realpages \
		--only '^/real/(t/[^.?]*$|.before=|feed|2[0-9]*/)' /real/
	diag "$(wc -l <realpages/index) pages"
	none "tidy finds nothing in them" "$(tidied realpages | sed 's/:.* - /: /')"
	none "nor is anything else wrong" "$(python3 "$E2E/pages.py" markup realpages)"
else
	skip "pages of real mail" "there is none on this machine"
fi
finish
