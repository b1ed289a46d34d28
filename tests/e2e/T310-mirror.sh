# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# An archive elsewhere: what came since, and a Maildir that is kept up, as Dovecot shows it.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
site
bees 0
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null || exit 99
all=$(gp export bees | grep -c '^X-No-Archive:' | awk -v n="$(gp export bees | grep -c '^From ')" '{ print n - $1 }')
cat >late.eml <<'END'
From: Ann <ann@example.org>
Subject: Latecomer
Message-ID: <late@x.example>
Date: Sun, 22 Nov 2026 10:00:00 +0000

It came last.
END
last=$(gp export bees --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)[-1]["key"])')
exits "a mirror" 0 gp export bees --mirror mirror
is "has all that the archive shows" "$(find mirror/cur -type f | wc -l)" "$all"
before=$(find mirror/cur -type f -printf '%p %T@\n' | sort)
exits "again" 0 gp export bees --mirror mirror
is "writes nothing twice" "$(find mirror/cur -type f -printf '%p %T@\n' | sort)" "$before"
gp import bees late.eml >/dev/null || exit 99
is "since a message: what came after it" "$(gp export bees --since "$last" | grep -c '^From ')" 1
has "that is it" <(gp export bees --since "$last") '^Subject: Latecomer'
is "since a time" "$(gp export bees --since 2026-11-22 | grep -c '^From ')" \
	"$(gp export bees | python3 -c '
import mailbox, sys, email.utils, tempfile
f = tempfile.NamedTemporaryFile(); f.write(sys.stdin.buffer.read()); f.flush()
print(sum(email.utils.parsedate_to_datetime(m["Date"]).timestamp() >= 1795305600 for m in mailbox.mbox(f.name)))')"
is "all of it" "$(gp export bees --since 1990 | grep -c '^From ')" "$(gp export bees | grep -c '^From ')"
is "nothing" "$(gp export bees --since 2099 | wc -c)" 0
exits "neither time nor message" 64 gp export bees --since nonsense
has "is told so" "$err" 'neither'
exits "not with a thread" 64 gp export bees --since 3d --thread "$last"
exits "a mirror takes nothing else" 64 gp export bees --mirror x --format json
# A mail program marked one; one is removed from the archive.
some=$(find mirror/cur -name "*.$last.*")
mv "$some" "${some%:2,S}:2,FS"
gone=$(gp export bees --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)[3]["key"])')
gp thread remove bees "$gone" >/dev/null || exit 99
exits "it is kept up" 0 gp export bees --mirror mirror
is "with what is new, without what is gone" "$(find mirror/cur -type f | wc -l)" "$all"
ok "what was removed is gone there too" test -z "$(find mirror -name "*$gone*")"
ok "a mark stays" test -f "${some%:2,S}:2,FS"
echo x >mirror/guildpost-mirror
exits "a cursor that is none is no reason to begin anew" 65 gp export bees --mirror mirror
if [ -x /usr/lib/dovecot/imap ]; then
	# Root may have no mail.
	who=$(id -u)
	[ "$who" != 0 ] || { who=$(id -u nobody); chmod 711 "$T"; chown -R nobody mirror; }
	cat >dovecot.conf <<-END
		mail_location = maildir:$T/mirror
		base_dir = $T/dovecot
		ssl = no
		mail_uid = $who
		mail_gid = $(id -g "$(id -un "$who")")
		first_valid_uid = 0
		first_valid_gid = 0
		log_path = $T/dovecot.log
	END
	printf '%s\r\n' '1 EXAMINE INBOX' '2 SEARCH SUBJECT Latecomer' '3 FETCH * (BODY.PEEK[HEADER.FIELDS (SUBJECT)])' \
		'4 SEARCH FLAGGED' '5 LOGOUT' |
		USER=reader HOME=$T/mirror /usr/lib/dovecot/imap -c dovecot.conf >imap 2>&1
	has "Dovecot shows it" imap "^\\* $all EXISTS"
	has "finds in it" imap '^\* SEARCH [0-9]'
	has "fetches from it" imap '^Subject: '
	is "and knows the mark" "$(grep -c '^\* SEARCH [0-9]' imap)" 2
else
	skip "as Dovecot shows it" "Dovecot's IMAP is not here"
fi
finish
