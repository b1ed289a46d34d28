# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Threads that not all may see, and words without names, through the shipped program: posts come in, then every kind
# of address of the archive, of answers by mail and of digests is read by a stranger, by members, and by one who came
# later. Each thread has words of its own; who may not see it finds none of them.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl zcat
site web.url=http://lists.example.org
bees 2
gp member set bees m2@example.net delivery=daily >/dev/null
gp member add bees bob@private.example name='Bob Quibbleson' >/dev/null
gp list set bees people=yes >/dev/null

post() { python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" "$@" >reply; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
# write ID SUBJECT FROM [HEADER]... < TEXT
write() {
	local id=$1 subject=$2 from=$3
	shift 3
	local address=${from##*<}
	MSGID=$id mail "$from" "$subject" "$@" | post "${address%>}" bees@example.org
}

serve_start
write open@x.example 'An open matter' 'Marta <marta@example.org>' <<<'Openword for all who read.'
write mem@x.example 'A matter #members' 'Cora <m1@example.net>' <<<'Memberword is what we keep among us.'
write then@x.example 'Another matter [members then]' 'Cora <m1@example.net>' <<<'Thenword is for those who are here now.'
write none@x.example 'One more #not-archived' 'Cora <m1@example.net>' <<<'Goneword is said once.'
write quiet@laptop.private.example 'A quiet matter #chatham #question' 'Bob Quibbleson <bob@private.example>' \
	'Received: from laptop.private.example ([192.0.2.77]) by mx.example.org; Mon, 2 Nov 2026 10:00:00 +0000' \
	'X-Mailer: Bobmail 7' 'DKIM-Signature: v=1; d=private.example; b=AAAA' 'MIME-Version: 1.0' \
	'Content-Type: multipart/mixed; boundary=b' <<'END'
--b
Content-Type: text/plain

Quietword lost me a hive.

--
Bob Quibbleson, phone 555-0161
--b
Content-Type: text/plain; name=bob-notes.txt
Content-Disposition: attachment; filename=bob-notes.txt

Fileword of Bob.
--b--
END
write quiet2@laptop.private.example 'Re: A quiet matter #chatham #question' 'Cora Quill <m1@example.net>' \
	'In-Reply-To: <quiet@laptop.private.example>' <<'END'
Dear Bob,

Softword happened to me, too.

Cora Quill

On Monday, Bob Quibbleson <bob@private.example> wrote:
> Quietword lost me a hive.
END
wait_for 15 quiet
is "each was mailed to who gets each" "$(cat "$D"/outbox/new/* | grep -cE '^(Memberword|Thenword|Goneword|Quietword)')" 12
# Who comes a second later was not there then.
came() { [ "$(date +%s)" != "$start" ]; }
start=$(date +%s)
wait_for 5 came
gp member add bees late@example.net >/dev/null

# ---- readers ----------------------------------------------------------------------------------------
url=http://127.0.0.1:$HTTP
keys=$(gp thread ls bees --json | python3 -c 'import json, sys
print(*[t["key"] for t in json.load(sys.stdin)])')
key_of() { grep -lF "Message-ID: <$1@" "$D"/outbox/new/* | head -n 1 | xargs sed -n 's/^Archived-At: .*\/m\/\([^>]*\)>.*/\1/p' | tr -d '\r'; }
mem=$(key_of mem) quiet2=$(key_of quiet2)
is "what is not archived is at no address" "$(key_of none)" ""
log_in() { # ADDRESS JAR
	rm -f "$D"/outbox/new/*
	curl -sS -o /dev/null -d "address=$1&to=/bees/" "$url/bees/log-in"
	wait_for 15 grep -rqs "^To: .*$1" "$D"/outbox/new
	curl -sS -o /dev/null -c "$2" -d confirm=1 "$url/u/$(cat "$D"/outbox/new/* | grep -oE '/u/[a-z2-7]+' | head -n 1 | cut -c4-)"
}
log_in m1@example.net there
log_in late@example.net late
: >stranger
has "a member gets a cookie, on a list that all may read" there gp_reader
month=$(date -u +%Y-%m) year=$(date -u +%Y)
{
	for key in $keys "$quiet2"; do
		for path in t/K t/K?view=flat t/K.json t/K.mbox t/K.mbox.gz t/K.atom m/K m/K.json m/K.eml m/K?view=fixed \
			m/K?view=html m/K/2-bob-notes.txt people/K people/K.atom; do
			echo "/bees/${path//K/$key}"
		done
	done
	for path in '' about "$year/" 2026/11/ 2026/11/02 people/ files questions questions.atom library/ feed.atom \
		threads.atom d/ d/feed.atom d/2026-11 d/2026-11-02 "d/$month" 2026/sitemap.xml sitemap.xml 2026-11.mbox.gz \
		'search?q=matter' 'search.json?q=matter' 'search.atom?q=matter' 'search.mbox.gz?q=matter' 'search?q=from:bob' \
		'search?q=quibbleson' 'search?q=hive' health; do
		echo "/bees/$path"
	done
	printf '%s\n' / /index.json '/search?q=matter' '/search.atom?q=matter' '/search?q=hive' /sitemap.xml
} >paths
read_all() { # JAR: every page of that reader's, twice, into $1.got
	local i=0
	mkdir -p "$1.d"
	while read -r path; do
		i=$((i + 1))
		printf 'url = "%s%s"\noutput = "%s.d/%03d"\n' "$url" "$path" "$1" $i
	done <paths >conf
	curl -sS -b "$1" -K conf 2>/dev/null
	curl -sS -b "$1" -K conf 2>/dev/null
	for f in "$1.d"/*; do zcat -f "$f"; done >"$1.got"
}
for who in there stranger late; do read_all $who; done
hasnt "what is asked of the server is answered" "$LOG" 'event=page-failed'
for who in there stranger late; do has "$who: sees what is for all" $who.got Openword; done
has "a member sees what is for members" there.got Memberword
has "so does who came later" late.got Memberword
hasnt "a stranger does not" stranger.got 'Memberword|A matter'
has "who was there sees what is for those" there.got Thenword
hasnt "who came later does not" late.got 'Thenword|Another matter'
hasnt "nor does a stranger" stranger.got 'Thenword|Another matter'
for who in there stranger late; do
	hasnt "$who: what is not archived is nowhere" $who.got 'Goneword|One more'
	has "$who: words are there" $who.got Quietword
	has "$who: of all who spoke" $who.got Softword
	sed -E 's/q=[^"& ]*//g; s/from:bob//g; s/value="[^"]*"//g' $who.got | grep -Ev '<title>|Search The bees for' >$who.less
	hasnt "$who: but no names" $who.less \
		'Quibbleson|Quill|[Bb]ob[^a-z]|Bobmail|private\.example|192\.0\.2\.77|555-0161|bob-notes|Fileword|DKIM'
done
is "nothing of it is for caches that others share" "$(curl -sS -b there -D - -o /dev/null "$url/bees/" |
	grep -ci '^cache-control: private')" 1
code() { curl -sS -o body -w '%{http_code}' -b "$1" "$url/bees/$2"; }
is "a stranger is asked who they are" "$(code stranger "t/$mem")" 403
has "and how to get in" body 'action="/bees/log-in"'
is "also by the Message-ID" "$(curl -sS -o /dev/null -w '%{http_code}' "$url/mid/mem@x.example")" 404

# ---- by mail ------------------------------------------------------------------------------------------
asks() { # ADDRESS FILE LINE...
	rm -f "$D"/outbox/new/*
	printf '%s\n' "${@:3}" | mail "$1" ask | sed 's/^To: .*/To: bees+request@example.org/' |
		post "$1" bees+request@example.org
	wait_for 15 quiet
	cat "$D"/outbox/new/* >"$2"
}
numbers=$(seq 1 6 | sed 's/^/get thread /')
readarray -t lines <<<"last
index
search matter
catchup 2 weeks
$numbers"
asks m1@example.net m1.got "${lines[@]}"
asks late@example.net late.got "${lines[@]}"
asks eve@evil.example eve.got last index 'search matter' 'get 2' 'get 3' 'get 4' 'get 5'
for word in Openword Memberword Thenword Quietword; do has "by mail, a member: $word" m1.got $word; done
for word in Openword Memberword Quietword; do has "by mail, who came later: $word" late.got $word; done
hasnt "and nothing of before" late.got 'Thenword|Another matter'
has "by mail, anybody: what is open" eve.got 'An open matter'
hasnt "and no more" eve.got 'Memberword|A matter|Thenword|Another matter|Goneword'
for who in m1 late eve; do
	hasnt "by mail, $who: no names" $who.got 'Quibbleson|Quill|Bobmail|private\.example|192\.0\.2\.77|555-0161|Fileword'
	hasnt "nor what was said once" $who.got Goneword
done

# ---- digests --------------------------------------------------------------------------------------------
for form in summary titles mime plain; do gp digest m2@example.net --since 2026-01-01 --form $form --print mime; done >m2.digest
gp digest late@example.net --since 2026-01-01 --period weekly --print mime >late.digest
has "a digest has what was mailed" m2.digest Memberword
hasnt "who came later has nothing of before" late.digest 'Thenword|Another matter'
cat m2.digest late.digest >digests
has "words are in digests" digests Quietword
hasnt "without names" digests 'Quibbleson|Quill|Bobmail|private\.example|555-0161|Fileword'

# ---- who may say so, and what whoever runs the server has ------------------------------------------------
gp thread visible bees "$mem" list >/dev/null
is "once it is for all, all have it" "$(code stranger "t/$mem")" 200
gp export bees >whole
for word in Memberword Thenword Goneword Quibbleson; do has "an export is whole: $word" whole $word; done
has "the log says who changed what" <(gp list log bees) 'visible'
serve_stop >/dev/null
finish
