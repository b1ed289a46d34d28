# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A list from its first day on, as the people on it live it: a real Postfix takes their mail and
# brings it, they read and write with mutt, and nobody needs anything else. Marta founds a list of
# bee-keepers; Max moderates; Ann, Bob and Dora join; Eve is a stranger; Ada runs the server.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3 pgrep curl mutt
MAILBOXES='ada@example.net marta@example.net max@example.net ann@example.net bob@example.net dora@example.net eve@example.com'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"

ada=ada@example.net marta=marta@example.net max=max@example.net ann=ann@example.net
bob=bob@example.net dora=dora@example.net eve=eve@example.com
bees=bees@example.org request=bees+request@example.org
BASE=http://127.0.0.1:$(free_port)
HTTP=${BASE##*:}
settings=(outbound.relay="smtp://127.0.0.1:$SMTP" web.url=https://lists.example.org server.admin=$ada
	server.create=request)
site "${settings[@]}"
mutt_rc $ada Ada; mutt_rc $marta 'Marta Imker'; mutt_rc $max Max; mutt_rc $ann 'Ann Zürcher'; mutt_rc $bob Bob
mutt_rc $dora Dora; mutt_rc $eve Eve
gp list create town@example.org title='Town hall' >/dev/null
gp member add town $ada name=Ada role=owner >/dev/null
postfix_start
serve_start

page() { curl -s -m 20 -o page "$BASE$1"; }
on() { gp member ls bees | grep -q "$1"; }
off() { ! on "$1"; }
setting() { gp list show bees | sed -n "s/^$1 *//p"; }
hold() { gp hold ls bees --json | python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["subject"], json.loads(line)["state"])'; }
posts() { # FROM SUBJECT < TEXT: a new thread
	mutt_send "$1" $bees "$2"
}
confirms() { # NAME ADDRESS PATTERN [TEXT]: gets a question, says yes
	gets "$1" "$2" "$3" && mutt_reply "$2" "$mail" <<<"${4-yes}"
}
path_of() { sed -n 's/^Archived-At: <https:\/\/lists\.example\.org\(.*\)>.*/\1/p' "$1" | tr -d '\r'; }
same_thread() { # NAME FILE FILE: mail programs show the second below the first
	local id
	id=$(mail=$2 field Message-ID)
	has "$1" <(mail=$3 field References; mail=$3 field In-Reply-To) "$id"
}

# ---- a list is founded ------------------------------------------------------------------------------
mutt_send $marta town+request@example.org 'a list for us' <<<"create bees@example.org The bees of the valley

Thank you!
Marta"
confirms "Marta asks for a list, and is asked whether it was her" $marta 'Was that you'
gets "she hears that it is on its way" $marta 'answer'
has "from Ada, who must say yes" said 'was asked for the list bees@example\.org'
hasnt "it is not made yet" <(gp list ls) bees
confirms "Ada is asked" $ada 'Shall there be a new list' 'Yes, with pleasure.

-- 
Ada'
has "by whom, and for what" said 'marta@example\.net asks for a new list'
gets "Marta hears that it is there" $marta 'Your list is there'
has "the list is there" <(gp list ls) '^bees@example\.org'
has "it has the title that she gave it" <(setting title) 'The bees of the valley'
has "she is its owner" <(gp member ls bees) 'marta@example\.net.*owner'

# ---- the charter, by changing a mail and sending it back ------------------------------------------------
mutt_send $marta $request 'text charter' </dev/null
gets "she gets the charter to write it" $marta 'The text "charter"'
cat >"$T/home/$marta/charter" <<'END'
> **We keep bees** in the valley, and tell each other what we saw.
>
> - Questions of beginners are welcome.
END
# She writes between the two lines; mutt has put "> " in front of everything.
echo "awk -v f='$T/home/$marta/charter' '{ print } /^> *~~~/ && !n++ { while ((getline line < f) > 0) print line }' \"\$1\" \
>'$T/home/$marta/edited' && cp '$T/home/$marta/edited' \"\$1\"" >"$T/home/$marta/edit"
mutt_reply $marta "$mail" </dev/null
mutt_rc $marta 'Marta Imker'
gets "it is kept" $marta 'answer'
has "as version 1" said 'this is version 1'
page /bees/about
has "it is on the page about the list" page '<strong>We keep bees</strong> in the valley'
mutt_send $eve bees+info@example.org '' </dev/null
gets "anybody gets it by mail" $eve answer
has "as it was written" said 'Questions of beginners are welcome'

# ---- how it shall be, and who helps --------------------------------------------------------------------
mutt_send $marta $request '' <<'END'
configure join moderated
configure questions How did you hear of us?
add max@example.net Max
role max@example.net moderator
END
confirms "she sets how people join, and is asked once for all" $marta 'Was that you'
gets "one answer says all that was done" $marta 'What you asked for'
is "who joins is decided by moderators" "$(setting join | cut -d' ' -f1)" moderated
has "Max is a moderator" <(gp member ls bees) 'max@example\.net.*moderator'
gets "he hears of it" $max 'You were put on this list'

# ---- joining ---------------------------------------------------------------------------------------------
joins() { # ADDRESS ANSWER DELIVERY: asks to join, up to what the moderators get
	mutt_send "$1" bees+subscribe@example.org "$3" </dev/null
	confirms "$1 asks to join, and is asked a question" "$1" 'want to join' "$2"
	has "the one that the list has" said 'How did you hear of us'
	gets "the request waits" "$1" 'Your request waits'
	ok "$1 is not on the list yet" off "$1"
	gets "Max is asked, with the answer" $max "Wants to join: $1"
	has "which says how" said "$2"
}
joins $ann 'My neighbour Marta told me.' ''
asked=$mail
gets "so is Marta" $marta "Wants to join: $ann"
marta_asked=$mail
mutt_reply $max "$asked" <<<'ok'
gets "Max says ok: Ann is welcome" $ann Welcome
ok "she is on the list" on $ann
gets "Marta sees what he said" $marta "Wants to join: $ann"
has "and who" said 'max@example\.net.* said \*ok\*'
same_thread "below the question" "$marta_asked" "$mail"
mutt_reply $marta "$marta_asked" <<<'no: who is that?'
gets "her no comes too late, and says so" $marta 'Already decided'
ok "Ann stays" on $ann
joins $bob 'In the pub.' each
mutt_reply $max "$mail" <<<'Ok'
gets "Bob, too" $bob Welcome
mutt_send $eve bees+subscribe@example.org '' </dev/null
confirms "Eve asks to join" $eve 'want to join' 'I sell things.'
gets "her request waits" $eve 'Your request waits'
gets "Max is asked" $max "Wants to join: $eve"
mutt_reply $max "$mail" <<<'No. This list is not for selling things.'
gets "he says no: she hears it" $eve 'join|request'
has "with the reason" said 'not for selling'
ok "she is not on the list" off $eve
read_all $ada $marta $max $ann $bob $eve

# ---- posting ----------------------------------------------------------------------------------------------
echo 'hive,weight' >hives.csv
mutt_send $ann $bees 'Which hives for the hillside?' hives.csv <<<'Dear all,

it is windy up there. Grüße,
Ann'
gets "Ann writes: Bob gets it" $bob 'Which hives'
post=$mail
is "from her" "$(field From)" 'Ann Zürcher <ann@example.net>'
has "to the list" "$post" '^To: bees@example\.org'
for h in 'List-Id: The bees of the valley <bees\.example\.org>' 'List-Post: <mailto:bees@example\.org>' 'List-Help: ' \
	'List-Unsubscribe-Post: List-Unsubscribe=One-Click' 'Archived-At: <https://lists\.example\.org/bees/m/[a-z2-7]{12}>'; do
	has "with ${h%%:*}" "$post" "^$h"
done
has "unsubscribing is one click" <(field List-Unsubscribe) '<https://lists\.example\.org/u/[a-z2-7]+>'
has "the file is with it" "$post" 'filename="?hives\.csv'
bob_sender=$(field Return-Path)
gets "Max gets it" $max 'Which hives'
has "the envelope sender is the list's" <(field Return-Path) '^<bees\+bounce-[a-z2-7]+@example\.org>$'
ok "and another for each" test "$bob_sender" != "$(field Return-Path)"
gets "so does Marta" $marta 'Which hives'
gets "and Ann herself" $ann 'Which hives'
nothing_for "but not Eve" $eve 'Which hives'
path=$(path_of "$post")
page "$path"
has "the page that the mail names shows it" page 'windy up there. Grüße'
page /bees/
has "the list's page has it" page 'Which hives for the hillside'
has "and her name" page 'Ann Zürcher'
mutt_send $ann $request 'set duplicates no' </dev/null
gets "Ann wants nothing twice" $ann answer
mutt_reply $bob "$post" group-reply <<<'Heavy ones.'
gets "Bob answers to all: Max gets it" $max 'Re: Which hives'
same_thread "below the question" "$post" "$mail"
reply_path=$(path_of "$mail")
is "Ann, to whom he wrote as well, once" "$(still; mail_of $ann 'Re: Which hives' | wc -l)" 1
page "/bees/t/${path##*/}"
has "the page of the thread has both" page 'Heavy ones'
read_all $marta $max $ann $bob

# ---- a stranger ---------------------------------------------------------------------------------------------
posts $eve 'Cheap honey' <<<'Buy my honey now.'
gets "Eve writes: she hears that it waits" $eve 'Your message waits'
nothing_for "Bob gets nothing" $bob honey
gets "Max is asked" $max 'Held: Cheap honey'
has "and can read it at once" said 'Buy my honey now'
asked=$mail
gets "so is Marta" $marta 'Held: Cheap honey'
marta_asked=$mail
mutt_reply $max "$asked" <<<'no: Please, nothing for sale here.
The market list is the place.'
gets "Max says no: Eve hears of it" $eve 'Not sent to the list: Cheap honey'
has "with his reason" said 'Please, nothing for sale here'
has "all of it" said 'The market list is the place'
hasnt "but not her post, which anybody may have written" "$mail" "Buy my honey now"
gets "Marta sees it" $marta 'Held: Cheap honey'
same_thread "below the question" "$marta_asked" "$mail"
posts $eve 'Swarm in the park' <<<'There is a swarm in the park, on the old oak.'
gets "she writes something else" $max 'Held: Swarm in the park'
mutt_reply $max "$mail" <<<'OK, thank you!'
gets "which goes to all" $bob 'Swarm in the park'
has "in her name" <(field From) 'Eve <eve@example\.com>'
nothing_for "and not the other" $bob honey
page /bees/
has "the page has the one" page 'Swarm in the park'
hasnt "and not the other" page 'Cheap honey'
read_all $marta $max $ann $bob $eve

# ---- a new member, trusted after the first post ----------------------------------------------------------------
mutt_send $marta $request '' <<'END'
configure first_posts 2
trust ann@example.net
trust bob@example.net
END
confirms "the first two posts of new members shall wait" $marta 'Was that you'
gets "those who are known are trusted" $marta 'What you asked for'
joins $dora 'From the library.' weekly
mutt_reply $max "$mail" <<<'ok'
gets "Dora is welcome" $dora Welcome
is "as she wanted it" "$(gp member show bees $dora --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["delivery"])')" weekly
posts $dora 'My first bees' <<<'They came on Monday.'
gets "her first post waits" $max 'Held: My first bees'
mutt_reply $max "$mail" <<<'ok trust'
gets "ok trust: it goes to all" $bob 'My first bees'
gets "to Max, too" $max 'My first bees'
posts $dora 'My second bees' <<<'They came on Tuesday.'
gets "her second goes by itself" $bob 'My second bees'
nothing_for "no moderator was asked" $max 'Held: My second bees'
read_all $marta $max $ann $bob $dora

# ---- a pause -------------------------------------------------------------------------------------------------------
mutt_send $bob $request 'pause 2 weeks' </dev/null
gets "Bob pauses" $bob answer
has "for two weeks" said 'No mail of the list from'
posts $ann 'While Bob is away' <<<'He is at the sea.'
gets "Ann writes, Max gets it" $max 'While Bob is away'
nothing_for "Bob does not" $bob 'While Bob is away'
mutt_send $bob $request '' <<<'resume'
gets "he is back" $bob answer
posts $ann 'Bob is back' <<<'Welcome back.'
gets "and gets mail again" $bob 'Bob is back'

# ---- looking up, and not hearing more of it --------------------------------------------------------------------------
mutt_send $bob $request '' <<<'search windy
stop
-- 
Bob'
gets "he looks something up" $bob answer
has "it is found" said 'Which hives for the hillside'
number=$(sed -n 's/^ *[-*•]* *\([0-9]*\): .*Which hives.*/\1/p' said | head -n 1)
mutt_send $bob $request "get $number" </dev/null
gets "and gets it by mail" $bob 'Which hives'
has "as it came" <(python3 "$E2E/box.py" enclosed "$mail") 'windy'
mutt_send $bob $request "mute $number" </dev/null
gets "he mutes the thread" $bob answer
has "of that name" said 'Which hives for the hillside'
mutt_reply $ann "$post" group-reply <<<'Thank you. Heavy ones it is.'
gets "Ann answers: Max gets it" $max 'Re: Which hives'
has "this one" said 'Heavy ones it is'
nothing_for "Bob does not" $bob 'Re: Which hives'
posts $ann 'Wax' <<<'Where do you buy it?'
gets "of another thread he does" $bob '^Wax|Wax$'
read_all $marta $max $ann $bob $dora

# ---- one mail a day ------------------------------------------------------------------------------------------------
mutt_send $dora bees+daily@example.org '' </dev/null
gets "Dora wants one mail a day" $dora answer
posts $max 'Varroa, again' <<<'Have you counted?'
gets "Max writes: Ann gets it" $ann 'Varroa'
nothing_for "Dora not yet" $dora 'Varroa'
serve_stop
site "${settings[@]}" server.testing=yes server.test_now="$(date -u -d '+1 day' +%FT09:00:00Z)"
serve_start
gets "the next day she gets a digest" $dora '\[bees\].*messages?'
has "with what is new" said 'Varroa, again'
has "and its first words" said 'Have you counted'
is "of the list, for her" "$(field List-Id)" 'The bees of the valley <bees.example.org>'
nothing_for "nobody else does" $bob ': [0-9]+ messages?'

# ---- one click -----------------------------------------------------------------------------------------------------
posts $marta 'The last one for Bob' <<<'He wants to leave.'
gets "a post for Bob" $bob 'The last one'
link=$(field List-Unsubscribe | sed -n 's/.*<https:\/\/lists\.example\.org\(\/u\/[a-z2-7]*\)>.*/\1/p')
page "$link"
ok "looking at the link does nothing" on $bob
curl -s -m 20 -o page -X POST -d List-Unsubscribe=One-Click "$BASE$link"
ok "one click: he is off the list" off $bob
gets "and is told" $bob 'You have left'
posts $marta 'Without Bob' <<<'He is gone.'
gets "the others get mail" $ann 'Without Bob'
nothing_for "he does not" $bob 'Without Bob'

# ---- leaving, and being forgotten ------------------------------------------------------------------------------------
mutt_send $dora bees+unsubscribe@example.org '' </dev/null
confirms "Dora leaves" $dora 'want to leave' ''
gets "and is told" $dora 'You have left'
ok "she is off the list" off $dora
mutt_send $ann $request 'forget me' </dev/null
confirms "Ann wants to be forgotten" $ann 'Was that you'
gets "that is done" $ann 'You are forgotten'
ok "she is off the list" off $ann
forgotten() { # her name stands only where others quoted or addressed her
	local p
	for p in "/bees/t/${path##*/}" "$path" "$reply_path" /bees/ /bees/feed.atom /bees/threads.atom \
		'/bees/search?q=windy' "/bees/$(date -u +%Y/%m/)" /bees.json "/bees/t/${path##*/}.json"; do
		page "$p"
		[ "$(grep 'Zürcher' page | grep -vcE 'wrote:|<dt>(To|Cc)<')" = 0 ] || { cp page "named"; echo "$p" >>named; return 1; }
	done
	return 0
}
ok "her name is on no page any more" wait_for 10 forgotten || diag "$(grep Zürcher named; tail -n 1 named)"
page "/bees/t/${path##*/}"
has "what others answered is" page 'Heavy ones'
hasnt "nor is she the author of anything in the archive" <(gp export bees) '^(From|Sender|Reply-To): .*ann@'
has "of which there is something" <(gp export bees) '^From: '

mutt_send $marta bees+unsubscribe@example.org '' </dev/null
confirms "Marta leaves" $marta 'want to leave'
gets "not before someone else looks after the list" $marta 'You are the only owner'
ok "she stays" on $marta

# ---- what was done, by whom ----------------------------------------------------------------------------------------
mutt_send $marta $request 'log 200' </dev/null
confirms "she looks into the log" $marta 'Was that you'
gets "which says" $marta answer
has "for whom the list was made" <(tr -s '\n ' ' ' <said) 'list made: bees@example\.org, marta@example\.net'
has "who refused what" said 'max@example\.net: .*eve@example\.com'
hasnt "nothing of who was forgotten" said 'ann@example\.net'

still
is "Postfix has nothing left" "$(find "$POSTFIX/queue/deferred" -type f | wc -l)" 0
hasnt "and sent nothing back" "$POSTFIX/log" 'status=(bounced|deferred)|fatal|panic'
hasnt "no errors in the log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
serve_stop
is "the server ends well" $? 0
exits "the database is sound" 0 gp check --full
postfix_stop
finish
