# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The house rules that a program can check: no arrow of an #include goes up a floor, foreign
# libraries stay in their rooms, functions and files have a size to read, banned functions are
# not called. Each check is first shown something that it must find.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
cd "$GP_SRCDIR" || exit 99
sources=$(find src -name '*.[ch]' | sort)

# Lines "FILE:LINE: INCLUDED" of the files given.
includes() {
	# shellcheck disable=SC2086
	awk '/^[ \t]*#[ \t]*include/ { gsub(/[<">]/, " "); sub(/.*include[ \t]+/, "");
		print FILENAME ":" FNR ": " $1 }' "$@"
}

# A room may use only rooms below it and itself; the doors may not use each other.
floors() {
	awk '
	BEGIN {
		split("base mail render store list", room, " ")
		for (i in room) floor[room[i]] = i
		floor["inbound"] = floor["outbound"] = floor["digest"] = floor["web"] = 6
		floor["serve"] = 7
		floor["cli"] = 8
	}
	{
		split($1, place, ":")
		file = place[1]
		here = file
		sub(/^(src|include\/guildpost)\//, "", here)
		sub(/(\/.*|\.h)$/, "", here)
		if (!(here in floor)) { print $1, "is in no room that has a floor"; next }
		if ($2 ~ /^guildpost\//) {
			there = $2
			sub(/^guildpost\//, "", there)
			sub(/(\/.*|\.h)$/, "", there)
			if (!(there in floor)) print $1, "includes an unknown room:", $2
			else if (there != here && floor[there] >= floor[here])
				print $1, here, "may not use", there
		} else if ($2 ~ /\.\.\/.*\.\.\/|\/\.\.\/[a-z]+\// || $2 ~ /^\.\.\/[a-z]+\// || $2 ~ /^src\//)
			print $1, "reaches into a room:", $2
	}'
}

# Which files may include a library: PATTERN-OF-HEADER PATTERN-OF-FILE.
libraries() {
	awk '
	function only(header, files) { if ($2 ~ header && file !~ files) print $1, "includes", $2 }
	{
		split($1, place, ":")
		file = place[1]
		only("^libetpan/", "^src/mail/")
		only("^sqlite3", "^src/store/")
		only("^libstemmer", "^src/store/stem\\.c$")
		only("^curl/", "^src/outbound/session\\.c$|^src/inbound/imap_curl\\.c$")
		only("^microhttpd", "^src/web/http\\.c$")
		only("^cmark", "^src/render/markdown[a-z_]*\\.c$")
		only("^gumbo", "^src/render/html[a-z_]*\\.c$")
		only("^event2?/|^event", "^src/base/loop\\.c$")
		only("^ares", "^src/base/dns\\.c$")
		only("^nettle/", "^src/base/token\\.c$")
		only("^seccomp", "^src/serve/sandbox\\.c$")
		only("^linux/landlock", "^src/serve/sandbox\\.c$")
		only("^ini\\.h", "^src/base/conf\\.c$")
		only("^idn2", "^src/mail/idn\\.c$")
		only("^iconv", "^src/mail/charset\\.c$")
		only("^(zlib|zstd|zdict)", "^src/base/(gzip|inflate)\\.c$|^src/store/(archive_zip|pack)\\.c$")
	}'
}

# C without comments, strings and character constants; lines stay where they are.
bare() {
	awk '
	{
		line = ""
		n = length($0)
		for (i = 1; i <= n; i++) {
			c = substr($0, i, 1)
			two = substr($0, i, 2)
			if (comment) {
				if (two == "*/") { comment = 0; i++ }
			} else if (quote != "") {
				if (c == "\\") i++
				else if (c == quote) { quote = ""; line = line c }
			} else if (two == "/*") { comment = 1; i++ }
			else if (two == "//") break
			else { if (c == "\"" || c == "\047") quote = c; line = line c }
		}
		quote = ""
		print FILENAME ":" FNR ": " line
	}' "$@"
}
call='[^A-Za-z0-9_>.]'
banned() {
	grep -E "$call(strcpy|strcat|strncat|sprintf|vsprintf|strtok|strtok_r|atoi|atol|atoll|gets|system|popen|rand|srand|random|localtime|gmtime|ctime|asctime|mktemp|tmpnam|alloca) *\(" -- "$@" |
		sed 's/$/   (banned)/'
	grep -E "$call(malloc|calloc|realloc|strdup|strndup|asprintf|vasprintf|reallocarray) *\(" -- "$@" |
		grep -v ^src/base/ | sed 's/$/   (memory is talloc)/'
	grep -E "$call(time|gettimeofday|localtime_r|gmtime_r|clock_gettime) *\(" -- "$@" |
		grep -v ^src/base/clock.c | sed 's/$/   (time is base\/clock.c)/'
}
long_functions() {
	ctags --fields=+ne -o - --kinds-C=f --langmap=C:.c.h "$@" | awk -F'\t' -v max="${MAX:-100}" '
	{
		from = to = 0
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/) from = substr($i, 6)
			if ($i ~ /^end:/) to = substr($i, 5)
		}
		if (to - from + 1 > max) print $2 ": " $1 " has " to - from + 1 " lines"
	}'
}
long_files() { wc -l "$@" | awk -v max="${MAX:-600}" '$2 != "total" && $1 > max { print $2 " has " $1 " lines" }'; }

none() { # NAME TEXT: there is nothing to complain about
	ok "$1" test -z "$2" || diag "$2"
}
finds() { # NAME LINES TEXT: the check sees what it must see
	is "a check that works: $1" "$(printf '%s' "$3" | grep -c '')" "$2" || diag "$3"
}

mkdir -p "$T/src/store" && cat >"$T/src/store/bad.c" <<'END'
#include "guildpost/web.h"
#include "../list/private.h"
# include <curl/curl.h>
/* strcpy(a, b) */ // atoi(x)
static const char *s = "strcat(a, \"b\")";
int f(void) { char *p = malloc(3); strcpy(p, s); return atoi(p) + time(0) + o.time(0) + x_time(0); }
END
finds floors 2 "$(cd "$T" && includes src/store/bad.c | floors)"
finds libraries 1 "$(cd "$T" && includes src/store/bad.c | libraries)"
bare "$T/src/store/bad.c" | sed "s#^$T/##" >"$T/bare"
finds "banned functions" 3 "$(banned "$T/bare")"
finds "a door does not use another" 1 "$(echo 'src/web/x.c:1: guildpost/digest.h' | floors)"
finds "headers have floors too" 1 "$(echo 'include/guildpost/mail.h:1: guildpost/store.h' | floors)"
finds "the ground floor is the lowest" 1 "$(echo 'src/base/x.c:1: guildpost/mail.h' | floors)"
finds "long files" 1 "$(MAX=5 long_files "$T/src/store/bad.c")"

# shellcheck disable=SC2086
includes $sources include/guildpost/*.h include/guildpost/*/*.h >"$T/includes"
ok "the sources are read" test "$(wc -l <"$T/includes")" -gt 300
none "no arrow goes up a floor" "$(floors <"$T/includes")"
none "every library is in its room" "$(libraries <"$T/includes")"
# shellcheck disable=SC2086
bare $sources >"$T/bare"
none "no banned function is called" "$(banned "$T/bare")"
# shellcheck disable=SC2086
none "no file has more than 600 lines" "$(long_files $sources)"
if ctags --version 2>/dev/null | grep -q Universal; then
	finds "long functions" 1 "$(printf 'int\nf(void)\n{\n\treturn 0;\n}\n' >"$T/f.c"; MAX=3 long_functions "$T/f.c")"
	# shellcheck disable=SC2086
	none "no function has more than 100 lines" "$(long_functions $sources)"
else
	skip "no function has more than 100 lines" "universal-ctags is not here"
fi
limits() { grep -ho '^	GP_MAX_[A-Z_]*' "$GP_SRCDIR"/include/guildpost/base/*.h | tr -d '\t'; }
is "every limit stands in guildpost.conf(5)" "$(limits | grep -vxFf <(grep -o 'GP_MAX_[A-Z_]*' "$GP_SRCDIR/doc/guildpost.conf.5"))" ''
# A name that nothing fills in leaves a hole that no reader misses: a whole section of a mail, perhaps.
unfilled() { # VARIABLES: names that stand in no source
	sed -n 's/^\([a-z_0-9]*\)  .*/\1/p' "$1" | sort -u | comm -23 - "$T/words"
}
# shellcheck disable=SC2086
(cd "$GP_SRCDIR" && cat $sources) | grep -oE '[a-z_0-9]+' | LC_ALL=C sort -u >"$T/words"
echo 'no_such_name_here  x' >"$T/names"
is "a name that nothing fills in is found" "$(LC_ALL=C unfilled "$T/names")" no_such_name_here
is "every name of the templates is filled in somewhere" "$(LC_ALL=C unfilled "$GP_SRCDIR/templates/variables")" ''
finish
