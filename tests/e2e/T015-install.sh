# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What `make install` puts in place, and that it works from there.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need make

root=$T/root
exits "make install" 0 make -C "$GP_BUILDDIR" install DESTDIR="$root"
prefix=$root$(sed -n 's/^prefix = //p' "$GP_BUILDDIR/Makefile")
ok "the program" test -x "$prefix/bin/guildpost"
is "every template" "$(cd "$prefix/share/guildpost/templates" && find . -type f | sort)" \
	"$(cd "$GP_SRCDIR/templates" && find . -type f | sort)"
for page in guildpost.1 guildpost.conf.5 guildpost-community.7 guildpost-member.7 guildpost-moderator.7 guildpost-owner.7; do
	file=$prefix/share/man/man${page##*.}/$page
	ok "the manual page $page" test -s "$file"
	if command -v mandoc >/dev/null; then
		is "has no fault" "$(mandoc -T lint -W warning "$file" 2>&1 | grep -v 'outdated mandoc.db')" ""
		hasnt "has nothing left to fill in" "$file" '@[A-Z]+@'
	else
		skip "has no fault" "mandoc is not here"
	fi
done
# help and the manual say the same, as they are made from the same.
for word in subscribe pause erase; do
	has "guildpost-member(7) knows $word" "$prefix/share/man/man7/guildpost-member.7" "^\.It Ic $word( |\$)"
done
has "guildpost-owner(7) knows configure" "$prefix/share/man/man7/guildpost-owner.7" '^\.It Ic configure '
has "guildpost-moderator(7) knows veto" "$prefix/share/man/man7/guildpost-moderator.7" '^\.It Ic veto '
hasnt "what owners do is not for members" "$prefix/share/man/man7/guildpost-member.7" '^\.It Ic configure'

unit=$prefix/lib/systemd/system/guildpost.service
has "the unit starts the installed program" "$unit" "^ExecStart=${prefix#"$root"}/bin/guildpost serve"
if command -v systemd-analyze >/dev/null; then
	sed "s#^ExecStart=#ExecStart=$root#" "$unit" >"$T/guildpost.service"
	is "systemd takes it" "$(systemd-analyze verify --man=no "$T/guildpost.service" 2>&1 |
		grep -F guildpost.service)" ""
else
	skip "systemd takes it" "systemd is not here"
fi

GUILDPOST_TEMPLATES=$prefix/share/guildpost/templates
export GUILDPOST_TEMPLATES
exits "the installed program runs" 0 "$prefix/bin/guildpost" init "$T/d" --domain example.org
finish
