# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A thread of two lists through the shipped program: shared by a reply, agreed to by a reply; what is written to
# either goes to the members of both, once; one page; one removal; and no sharing where strangers would see words of members.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 curl
site web.url=https://lists.example.org
for list in bees wasps; do gp list create $list@example.org repeats=yes >/dev/null; done
gp member add bees ann@a.example name=Ann role=owner >/dev/null
gp member add bees bob@b.example name=Bob >/dev/null
gp member add bees cleo@c.example name=Cleo >/dev/null
gp member add wasps wim@w.example name=Wim role=owner >/dev/null
gp member add wasps xena@x.example name=Xena >/dev/null
gp member add wasps bob@b.example name=Bob >/dev/null

told_of() { grep -lF "Delivered-To: $1" "$D"/outbox/new/* 2>/dev/null | xargs -r grep -lE "$2" /dev/null; }
arrived() { [ -n "$(told_of "$@")" ]; }
got() { wait_for 15 arrived "$@"; }
asked_twice() { [ "$(copies ann@a.example '^Reply-To: .*confirm-')" = 2 ]; }
quiet() { [ "$(gp queue ls | wc -l)" = 0 ]; }
copies() { told_of "$1" "$2" | wc -l; }
answer_to() { told_of "$1" "$2" | xargs ls -t | head -n 1 | xargs sed -n "s/^Reply-To: *//p" | head -n 1 | tr -d "<>\r"; }
write() { # FROM TO ID UNDER SUBJECT: the text from standard input
	{
		printf 'From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s@t.example>\n' "$1" "$2" "$5" "$3"
		[ -z "$4" ] || printf 'In-Reply-To: <%s@t.example>\n' "$4"
		printf 'DKIM-Signature: v=1; a=rsa-sha256; d=t.example; s=x; h=from:subject; bh=eA==; b=eA==\n\n'
		cat
	} | python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" "$1" "$2" >reply
}
say_yes() { # WHO WHAT
	printf 'From: %s\nTo: x@example.org\nSubject: Re: that\nMessage-ID: <y%s@t.example>\n\nyes\n' "$1" "$RANDOM" |
		python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" "$1" "$(answer_to "$1" "$2")" >reply
}

serve_start
url=http://127.0.0.1:$HTTP
write cleo@c.example bees@example.org q '' Nests <<<'Where do they build, marker?'
write bob@b.example bees@example.org a q 'Re: Nests' <<<'Under roofs.'
write ann@a.example bees@example.org s a 'Re: Nests' <<<'share wasps'
has "a reply that says so is taken" reply '^250'
ok "who wrote it is asked, as nothing proves the address" got ann@a.example '^Reply-To: .*confirm-'
say_yes ann@a.example '^Reply-To: .*confirm-'
ok "the other list's moderators are asked" got wim@w.example '^Subject: .*Would you have'
is "and nobody else there" "$(copies xena@x.example .)" 0
key=$(gp thread ls bees --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["key"])')
is "before a yes there is nothing on their pages" "$(curl -s -o /dev/null -w '%{http_code}' "$url/wasps/t/$key")" 404
say_yes wim@w.example '^Subject: .*Would you have'
ok "after it their members get what began it" got xena@x.example 'Where do they build, marker'
ok "and a word of it" got xena@x.example 'have this thread in common'
ok "as do ours" got cleo@c.example 'have this thread in common'
wait_for 15 quiet
copy=$(told_of xena@x.example 'Where do they build')
has "by their list" "$copy" '^List-Id: .*wasps\.example\.org'
has "with its author's signature as it was" "$copy" '^DKIM-Signature: v=1; a=rsa-sha256; d=t\.example; s=x; h=from:subject; bh=eA==; b=eA=='
is "who is on both has the first once" "$(copies bob@b.example 'Where do they build')" 1

write xena@x.example wasps@example.org x q 'Re: Nests' <<<'Ours like sheds.'
ok "an answer to theirs comes to ours" got cleo@c.example 'Ours like sheds'
wait_for 15 quiet
has "by ours" "$(told_of cleo@c.example 'Ours like sheds')" '^List-Id: .*bees\.example\.org'
is "once to who is on both" "$(copies bob@b.example 'Ours like sheds')" 1
{
	printf 'From: cleo@c.example\nTo: bees@example.org\nCc: wasps@example.org\nSubject: Re: Nests\nMessage-ID: <c@t.example>\n'
	printf 'In-Reply-To: <x@t.example>\n\nSheds it is.\n'
} | python3 "$E2E/lmtp.py" "127.0.0.1:$LMTP" cleo@c.example bees@example.org wasps@example.org >reply
ok "an answer to both" got xena@x.example 'Sheds it is'
wait_for 15 quiet
for who in xena@x.example bob@b.example wim@w.example ann@a.example; do
	is "comes once: $who" "$(copies "$who" 'Sheds it is')" 1
done
is "nothing is held by it" "$(gp hold ls wasps | wc -l)" 0

is "their page leads to ours" "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' "$url/wasps/t/$key")" \
	"301 $url/bees/t/$key"
curl -s "$url/bees/t/$key" >page
has "which has all answers" page 'Ours like sheds'
has "and says whose it is, too" page 'Also a thread of.*href="/wasps/"'
curl -s "$url/wasps/" >page
has "their home has it" page "/t/$key"
curl -s "$url/wasps/feed.atom" >page
has "their feed has it" page 'Ours like sheds'
curl -s "$url/search?q=sheds" >page
is "a search of all has a message once" "$(grep -c 'wasps/t/' page)" 0
has "where it began" page '/bees/t/'
gp digest wasps --print text >news.txt 2>/dev/null
has "their digest has it" news.txt 'Nests'

id=$(gp search bees 'like sheds' --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["key"])')
gp thread remove bees "$id" >/dev/null
is "one removal" "$(gp search bees '"like sheds"' | wc -l)" 0
is "is one on both" "$(gp search wasps '"like sheds"' | wc -l)" 0
curl -s "$url/wasps/feed.atom" >page
hasnt "also on pages" page 'Ours like sheds'

gp list set bees archive=members >/dev/null
write cleo@c.example bees@example.org q2 '' Secrets <<<'For us alone.'
write ann@a.example bees@example.org s2 q2 'Re: Secrets' <<<'share wasps'
ok "what is for members" wait_for 15 asked_twice
wait_for 15 quiet
say_yes ann@a.example '^Reply-To: .*confirm-'
ok "does not come before strangers" got ann@a.example 'would be'
is "nothing of it is there" "$(gp search wasps alone | wc -l)" 0
is "a search over all that somebody may read has it" "$(gp search --as cleo@c.example alone | wc -l)" 1
is "for a member of the list alone" "$(gp search --as xena@x.example alone | wc -l)" 0
is "and one over all for whoever runs the server" "$(gp search --all alone | wc -l)" 1
exits "of somebody who is not here" 67 gp search --as nobody@n.example alone
exits "without words" 64 gp search --all
serve_stop >/dev/null
finish
