# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A post without a name, from a member's mail to the archive, through the shipped program. Then every byte is
# looked at that the server keeps, logs, shows and sends to others: nothing says who wrote it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl
site web.url=https://lists.example.org
bees 2
gp member add bees alice@private.example name='Alice Quibbleson' >/dev/null
gp list set bees anon=on >/dev/null

told_of() { grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lEi "^Subject: .*$2" /dev/null; }
arrived() { [ -n "$(told_of "$@")" ]; }
got() { wait_for 15 arrived "$@"; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
answer_to() { sed -n 's/^Reply-To: *//p' "$(told_of "$1" "$2" | tail -n 1)" | head -n 1 | tr -d '<>\r'; }
post() { python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" "$@" >reply; }
# What was done on the list, but for who was put on it at the beginning.
acts() { gp list log bees | grep -Ev ' (add|member) '; }
# How often something stands in what the server keeps, with the WAL put in its place.
times() { cat "$D"/*.db* | grep -aoF -e "$1" | wc -l; }

serve_start
mail Cleo\ \<m1@example.net\> 'Losses' <<<'Who lost hives?' | sed 's/^Message-ID.*/Message-ID: <first@cleo.example>/' |
	post m1@example.net bees@example.org
wait_for 15 quiet
serve_stop
address=$(times alice@private.example) name=$(times Quibbleson)
serve_start

{
	printf '%s\n' 'Received: from laptop.private.example ([192.0.2.77]) by mx.example.org; Mon, 2 Nov 2026 10:00:00 +0000' \
		'From: Alice Quibbleson <alice@private.example>' 'To: bees+anon@example.org' 'Subject: Re: Losses' \
		'Message-ID: <a1@laptop.private.example>' 'In-Reply-To: <first@cleo.example>' 'X-Mailer: Alicemail 7' \
		'X-Originating-IP: 192.0.2.77' 'Date: Mon, 2 Nov 2026 03:04:05 -0930' 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=b' '' '--b' 'Content-Type: text/plain' '' \
		'I lost all of mine, and it was my own mistake.' '' 'Alice' '-- ' 'Alice Quibbleson, phone 555-0161' \
		'--b' 'Content-Type: image/jpeg; name=alice-hives.jpg' 'Content-Disposition: attachment; filename=alice-hives.jpg' \
		'Content-Transfer-Encoding: base64' '' 'RXhpZgAAQWxpY2U=' '--b--'
} >anon.eml
post alice@private.example bees+anon@example.org <anon.eml
has "the mail is taken" reply '^250'
ok "its author gets a preview" got alice@private.example 'Please look'
preview=$(told_of alice@private.example 'Please look')
has "which shows what is left out" "$preview" 'alice-hives.jpg'
hasnt "and not the signature" "$preview" 555-0161
is "nobody else gets anything yet" "$(grep -LF 'Delivered-To: alice@' "$D"/outbox/new/* | xargs grep -lF 'my own mistake' | wc -l)" 0
printf 'From: alice@private.example\nTo: %s\nSubject: Re: that\nMessage-ID: <a2@laptop.private.example>\n\nyes\n' \
	"$(answer_to alice@private.example 'Please look')" | post alice@private.example "$(answer_to alice@private.example 'Please look')"
ok "a moderator is asked" got marta@example.org 'Held: Re: Losses'
held=$(told_of marta@example.org 'Held: Re: Losses')
has "who learns the year" "$held" "since 20[0-9][0-9], who gives no name"
hasnt "and no more" "$held" 'lice|private\.example|Quibbleson'
printf 'From: marta@example.org\nTo: x@example.org\nSubject: Re: Held\nMessage-ID: <m1@marta.example>\n\nok\n' |
	post marta@example.org "$(answer_to marta@example.org 'Held: Re: Losses')"
ok "it goes out" got m1@example.net 'Re: Losses'
ok "to its author, too" got alice@private.example 'Re: Losses'
copy=$(told_of m1@example.net 'Re: Losses' | tail -n 1)
has "from a name that the list made" "$copy" '^From: .*no name given.*<bees\+anon-[a-z2-7]{8}@example\.org>'
has "in its thread" "$copy" '^In-Reply-To: <first@cleo\.example>'
has "answers go to the list" "$copy" '^Reply-To: .*bees@example\.org'
hasnt "and not with the clock of its author" "$copy" '^Date: .*-0930|03:04:05'
wait_for 15 quiet

# ---- what is shown -------------------------------------------------------------------------------
base=http://127.0.0.1:$HTTP
key=$(sed -n 's/^Archived-At: .*\/m\/\([^>]*\)>.*/\1/p' "$copy" | tr -d '\r')
for path in / /bees/ "/bees/m/$key" "/bees/m/$key/raw" /bees/people /bees/search?q=mistake /bees/search?q=alice \
	"/bees/search?q=from:alice" /bees/feed.atom /search?q=quibbleson; do
	curl -s -m 20 "$base$path"
done >shown
gp export bees >>shown 2>/dev/null
acts >>shown
gp hold ls bees --all --json >>shown
gp queue ls --all --json >>shown 2>/dev/null
has "the archive has it" shown 'my own mistake'
# What was looked for is shown in the field of the search.
grep -v 'name="q"\|<title>\|q=' shown >shown.less
hasnt "no page, no search, no export and no log of acts tells who" shown.less \
	'lice@|private\.example|Quibbleson|Alicemail|192\.0\.2\.77|555-0161|alice-hives'
exits "whoever runs the server can't tell either" 67 gp hold unseal bees "$key"

# ---- every byte that is kept, logged and sent to others ---------------------------------------------
serve_stop
traces='laptop.private.example Alicemail 192.0.2.77 555-0161 alice-hives RXhpZgAAQWxpY2U Losses@ 0930'
for trace in $traces; do
	is "kept: no $trace" "$(times "$trace")" 0
done
is "her address stands there as often as before" "$(times alice@private.example)" "$address"
is "so does her name" "$(times Quibbleson)" "$name"
for trace in alice@ private.example Quibbleson Alicemail 192.0.2.77; do
	is "logged: no $trace" "$(grep -cF "$trace" "$LOG")" 0
done
grep -LF 'Delivered-To: alice@private.example' "$D"/outbox/new/* | xargs cat >sent
for trace in alice@ private.example Quibbleson Alicemail 192.0.2.77 555-0161 alice-hives; do
	is "sent to others: no $trace" "$(grep -cF "$trace" sent)" 0
done
other=$(find "$D" -type f ! -path "*/outbox/*" ! -name '*.db*' -exec grep -laF -e private.example {} +)
is "nor in any other file of the server" "$other" ""

# ---- where the list seals it -------------------------------------------------------------------------
gp list set bees anon_identity=sealed >/dev/null
serve_start
rm -f "$D"/outbox/new/*
sed 's/a1@laptop/a3@laptop/' anon.eml | post alice@private.example bees+anon@example.org
got alice@private.example 'Please look'
to=$(answer_to alice@private.example 'Please look')
printf 'From: alice@private.example\nTo: %s\nSubject: Re: that\nMessage-ID: <a4@laptop.private.example>\n\nyes\n' "$to" |
	post alice@private.example "$to"
got marta@example.org 'Held: Re: Losses'
to=$(answer_to marta@example.org 'Held: Re: Losses')
printf 'From: marta@example.org\nTo: %s\nSubject: Re: Held\nMessage-ID: <m3@marta.example>\n\nok\n' "$to" | post marta@example.org "$to"
got m1@example.net 'Re: Losses'
second=$(told_of m1@example.net 'Re: Losses' | tail -n 1)
is "in one thread its author keeps the name" "$(grep '^From: ' "$second")" "$(grep -m 1 '^From: .*no name given' sent)"
key=$(sed -n 's/^Archived-At: .*\/m\/\([^>]*\)>.*/\1/p' "$second" | tr -d '\r')
is "sealed: the command line tells who it was" "$(gp hold unseal bees "$key" --reason 'a life in danger')" alice@private.example
has "and the log says that it did" <(gp list log bees) 'unseal.*a life in danger'
hasnt "without the answer" <(acts) 'private\.example'
finish
