# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Mail that comes back for real: Postfix and Dovecot turn it away, for each reason in their own words, Postfix's
# bounce(8) writes the report, and it counts against the one it is about, or against nobody. From the first of
# them to the day when mail to a dead address stops. And an answering machine (Dovecot's Sieve) that reads a list.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
MAILBOXES='marta@example.net bob@example.net holiday@example.net later@old.example picky@old.example'
. "$E2E/postfix.sh"
[ -z "$PF_SKIP" ] || skip_all "$PF_SKIP"
. "$E2E/reader.sh"
marta=marta@example.net bob=bob@example.net
NODSN=$(free_port)

# ---- how mail fails here ---------------------------------------------------------------------------------------
dovecot_user full@example.net 'userdb_quota_rule=*:bytes=10'
cat >"$READER.rules" <<-END
	later@old.example 452 4.2.2 the mailbox is full, try again when there is room
	picky@old.example REJECT no mail of lists for us
END
echo '/^Subject:.*casino/ REJECT 5.7.1 we have enough of this' >"$READER.words"
# A server of old, which doesn't know what a sender wants to hear of (DSN).
READER_MASTER="127.0.0.1:$NODSN inet n - n - - smtpd -o smtpd_discard_ehlo_keywords=dsn"
# What the first can't hand on at once it gives up; the second warns at once, and goes on trying.
FRONT=('maximal_queue_lifetime = 0')
NOW=$(date -u -d '2026-11-23 12:00' +%s)
settings=(outbound.relay="smtp://127.0.0.1:$SMTP" server.admin=$marta server.testing=yes)
at() { # DAYS: the clock stands there from now on; the server runs
	[ -z "$SERVER" ] || serve_stop
	site "${settings[@]}" server.test_now="$(date -u -d "@$((NOW + $1 * 86400))" +%FT%TZ)"
	serve_start
}
site "${settings[@]}"
gp list create bees@example.org bounce_score=3 >/dev/null
gp member add bees $marta role=owner >/dev/null
for who in $bob holiday@example.net gone@old.example nobody@example.net full@example.net later@old.example \
	picky@old.example ann@shut.example; do
	gp member add bees "$who" >/dev/null
done
readers_start "smtpd_recipient_restrictions = check_recipient_access texthash:$READER.rules, permit_mynetworks, reject" \
	"header_checks = regexp:$READER.words" 'delay_warning_time = 1s'
closed=$(free_port)
cat >>"$POSTFIX/transport" <<-END
	shut.example smtp:[127.0.0.1]:$closed
	nowhere.example smtp:[mail.nowhere.invalid]
	slow.example smtp:[127.0.0.1]:$NODSN
END
echo "slow.example smtp:[127.0.0.1]:$closed" >>"$READER/transport"
cat >"$DOVECOT/sieve/holiday@example.net.sieve" <<-END
	require ["vacation"];
	vacation :days 0 :subject "On the beach" "I read no mail until Monday.";
END

# ---- asking ----------------------------------------------------------------------------------------------------------
field_of() { gp member show bees "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"; }
score() { field_of "$1" bounce_score; }
number() { # of a member, as the log names it
	python3 -c 'import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT member.id FROM member JOIN address ON address.id = member.address WHERE address.folded = ?",
	sys.argv[2:]).fetchone())' "$D/guildpost.db" "$1"
}
counted() { # NAME ADDRESS CATEGORY POINTS: what the log says of the last one
	is "$1" "$(sed -n "s/.*event=bounce member=$(number "$2") .*category=\([a-z]*\) .*score=\([0-9]*\).*/\1 \2/p" "$LOG" | tail -n 1)" "$3 $4"
}
post() { # SUBJECT
	MSGID=$1@example.net mail $marta "$1" <<<"about $1" |
		python3 "$E2E/submit.py" "127.0.0.1:$SMTP" $marta '' '' bees@example.org >reply || diag "$(cat reply)"
	gets "${2:-a post arrives where it can}" $bob "$1"
	still
}
said_to() { # ADDRESS: what Postfix's reports said of it, by either server
	grep -hE "to=<$1>.*status=(bounced|deferred)" "$POSTFIX/log" "$READER/log"
}

# ---- one post, and all that comes back ------------------------------------------------------------------------------
at 0
post first
counted "nobody of that name, said at once" gone@old.example address 100
counted "or later, by Dovecot: a report of the other server" nobody@example.net address 100
counted "a full mailbox counts half" full@example.net full 50
counted "also one that was only full for now, and given up" later@old.example full 50
counted "a refusal of lists says nothing of the member" picky@old.example policy 0
counted "a server that is down counts half" ann@shut.example infra 50
has "those are Postfix's words: unknown" <(said_to gone@old.example) '550 5\.1\.1 .*User unknown in virtual mailbox table'
has "Dovecot's: unknown" <(said_to nobody@example.net) "550 5\.1\.1 .*User doesn't exist"
has "full" <(said_to full@example.net) '552 5\.2\.2 .*Quota exceeded'
has "policy" <(said_to picky@old.example) '554 5\.7\.1 .*no mail of lists'
has "down" <(said_to ann@shut.example) 'dsn=4\.4\.1.*Connection refused'
is "nothing counts against the others" "$(score $marta) $(score $bob)" '0.00 0.00'
is "and none was posted" "$(count messages)" 1
if python3 -c 'import socket, sys
try: socket.getaddrinfo("mail.nowhere.invalid", 25)
except socket.gaierror as e: sys.exit(e.errno != socket.EAI_NONAME)'; then
	gp member add bees ann@nowhere.example >/dev/null
	post second
	counted "so does a domain that isn't there" ann@nowhere.example address 100
	gp member remove bees ann@nowhere.example >/dev/null
else
	skip "a domain that isn't there" "no DNS says so here"
fi
# One day gives one point at most.
post third
is "the same day counts once" "$(score gone@old.example)" 1.00

# ---- refused for what it says ------------------------------------------------------------------------------------------
MSGID=casino@example.net mail $marta 'Free casino' <<<'Come in.' |
	python3 "$E2E/submit.py" "127.0.0.1:$SMTP" $marta '' '' bees@example.org >reply
gets "a post that everybody's server refuses: its author hears of it" $marta 'Mail comes back'
# Whichever comes first: one of them takes no mail of lists at all.
has "in its words" said '5\.7\.1 (we have enough of this|<picky@old\.example>)'
still
is "it counts against nobody" "$(score $marta) $(score $bob) $(score gone@old.example)" '0.00 0.00 1.00'

# ---- a dead address, until mail stops -----------------------------------------------------------------------------------
for day in 1 2; do
	at $day
	post "day$day"
done
is "after three days it is asked, by a probe that comes back itself" "$(field_of gone@old.example bounce)" suspended
is "so is Dovecot's unknown" "$(field_of nobody@example.net bounce)" suspended
is "the full one has a point for the first day, half a one for the others" \
	"$(score full@example.net) $(field_of full@example.net bounce)" '2.00 ok'
has "the probe went and came back" "$POSTFIX/log" 'to=<gone@old\.example>.*status=bounced'
before=$(said_to gone@old.example | wc -l)
post later
is "a post goes there no more" "$(said_to gone@old.example | wc -l)" "$before"
is "nor to any that nobody has" "$(grep -c 'to=<nobody@example.net>' "$READER/log")" "$(said_to nobody@example.net | wc -l)"

# ---- an answering machine ------------------------------------------------------------------------------------------------
ok "who is on holiday gets the posts" has_mail holiday@example.net later
if [ -n "$SIEVE" ]; then
	printf '%s\n' "From: $bob" 'To: holiday@example.net' 'Subject: Hello' 'Message-ID: <hello@example.net>' '' Hello. |
		python3 "$E2E/submit.py" "127.0.0.1:$RSMTP" $bob '' '' holiday@example.net >reply
	gets "and a machine that answers people" $bob 'On the beach'
else
	skip "a machine that answers people" "Dovecot's Sieve is not here"
fi
is "which said nothing to the list" "$(gp export bees | grep -c 'On the beach') $(gp hold ls bees | wc -l)" '0 0'
still
hasnt "nor to the address that reports go to" "$LOG" 'from=<holiday@example\.net>'

# ---- a report of delay ------------------------------------------------------------------------------------------------------
gp member add bees ann@slow.example >/dev/null
MSGID=slow@example.net mail $marta slow <<<'about patience' |
	python3 "$E2E/submit.py" "127.0.0.1:$SMTP" $marta '' '' bees@example.org >reply
delayed() { grep -q 'sender delay notification' "$READER/log"; }
ok "a server of old says that it will go on trying" wait_for 20 delayed
heard() { grep -q 'to=bounce .*result="no failure in it (delay)' "$LOG"; }
ok "guildpost hears it" wait_for 20 heard
is "and counts nothing" "$(grep -c "event=bounce member=$(number ann@slow.example) " "$LOG") $(score ann@slow.example)" '0 0.00'
postsuper -c "$READER" -d ALL deferred >/dev/null 2>&1

# ---- the end ------------------------------------------------------------------------------------------------------------------
hasnt "no Postfix complains" <(cat "$POSTFIX/log" "$READER/log") 'fatal:|panic:'
hasnt "no errors in guildpost's log" "$LOG" 'event=(mail-failed|commit-failed|parser-lost|lost|kill)|Sanitizer|runtime error'
hasnt "nor in Dovecot's" "$DOVECOT/log" '(Error|Fatal|Panic):'
serve_stop
is "the server ends well" $? 0
exits "the database is sound" 0 gp check --full
reader_stop
postfix_stop
finish
