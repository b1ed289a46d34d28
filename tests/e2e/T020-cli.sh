# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The command line: help, wrong use, JSON, errors of the config file, and that manuals and
# `list show` name every option there is.
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need python3
site
bees 2

# ---- help and wrong use -----------------------------------------------------------------
commands=$("$GP" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
is "the help lists the commands of the design" "$(echo "$commands" | sort | tr '\n' ' ')" \
	"ask backup check digest explain export hold import init list member queue rebuild receive search serve status thread "
for c in $commands; do
	exits "$c --help" 0 gp "$c" --help
	has "$c --help shows how to use it" "$out" "^Usage: guildpost $c"
	has "guildpost(1) has $c" "$GP_SRCDIR/doc/guildpost.1" "^\.It Cm $c( |$)"
	# A mail server must never bounce for a wrong call: 75.
	want=64
	[ "$c" = receive ] && want=75
	exits "$c: an unknown option is wrong use" $want gp "$c" --no-such-option x y z
	has "$c: it names the option" "$err" "no option --no-such-option"
	case $c in serve | check | status | receive | queue) continue ;; esac
	exits "$c: without arguments is wrong use" 64 gp "$c"
	has "$c: it shows how to use it" "$err" "^Usage: guildpost $c"
done
exits "no command is wrong use" 64 "$GP"
exits "an unknown command is wrong use" 64 "$GP" serach
has "it suggests the one that was meant" "$err" "search is meant"
exits "an unknown command far from any other" 64 "$GP" qqqqqqqqqqq
hasnt "suggests nothing" "$err" "meant"
exits "--version" 0 "$GP" --version
has "it is a version" "$out" '^guildpost [0-9]+\.[0-9]+'
for c in list member hold queue thread; do
	exits "$c: an unknown verb is wrong use" 64 gp $c dance bees
done
exits "serve takes no arguments" 64 gp serve now
exits "--help wins over what stands before it" 0 gp list create --help
exits "an option without its value" 64 gp search bees x --limit
exits "-- ends the options" 1 gp search bees -- --json
exits "an unknown list" 67 gp member ls wasps
has "it names the list and the way on" "$err" "wasps.*list ls"

# ---- standard output is for programs to read ----------------------------------------------
MSGID=one@test.example mail marta@example.org "First" </dev/null >one.eml
mail stranger@example.net "Held" </dev/null >two.eml
exits "receive" 0 gp receive bees@example.org <one.eml
exits "receive a stranger's" 0 gp receive bees@example.org <two.eml
key=$(gp search bees first --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["key"])')
json() { # NAME CODE TYPE COMMAND...
	local name=$1 code=$2 type=$3
	shift 3
	exits "$name exits $code" "$code" gp "$@" --json
	ok "$name is JSON" python3 -c '
import json, sys
v = json.load(open(sys.argv[1]))
sys.exit(type(v).__name__ != sys.argv[2] or not v)' "$out" "$type" || diag "$(head -c 400 "$out")"
}
json "list ls" 0 list list ls
json "list show" 0 list list show bees
json "member ls" 0 list member ls bees
json "member show" 0 dict member show bees marta@example.org
json "hold ls" 0 list hold ls bees
json "hold show" 0 dict hold show bees 1
json "queue ls" 0 list queue ls --all
json "queue show" 0 dict queue show 1
json "thread ls" 0 list thread ls bees
json "thread show" 0 list thread show bees "$key"
json "search" 0 list search bees first
json "check" 0 list check
json "status" 0 dict status
exits "explain --json" 0 gp explain --json bees@example.org <two.eml
ok "explain is JSON" python3 -m json.tool "$out" /dev/null
exits "export --json" 0 gp export bees --json
ok "export is JSON, a record a line or a document" python3 -c '
import json, sys
text = open(sys.argv[1]).read()
try: json.loads(text)
except ValueError: [json.loads(l) for l in text.splitlines()]' "$out"
exits "an empty result is an empty list" 1 gp search bees nothingatall --json
is "of JSON" "$(tr -d ' \n' <"$out")" "[]"
exits "an error has nothing on standard output" 67 gp member show bees x@example.com --json
is "nothing" "$(cat "$out")" ""

# ---- options of lists ------------------------------------------------------------------------
gp list show bees >shown
options=0
for key in $(sed -n '/gp_list_options\[\] = {/,/^};/s/^	{"\([a-z_]*\)".*/\1/p' "$GP_SRCDIR/src/store/list_set.c"); do
	has "list show has $key, its default and its meaning" shown "^$key .*  .*  .*[a-z]"
	exits "$key can be set to its own value" 0 gp list set bees "$key=$(gp list show bees --json |
		python3 -c 'import json, sys
print([r["value"] for r in json.load(sys.stdin) if r["key"] == sys.argv[1]][0])' "$key")"
	options=$((options + 1))
done
is "list show has every option" "$(grep -c "^[a-z_]*  " shown)" "$options"
ok "there are options" test "$options" -gt 30
gp member show bees marta@example.org >shown
for key in $(sed -n '/gp_member_options\[\] = {/,/^};/s/^	{"\([a-z_]*\)".*/\1/p' "$GP_SRCDIR/src/store/member_set.c"); do
	has "member show has $key" shown "^$key"
	exits "$key of a member can be set to its own value" 0 gp member set bees marta@example.org \
		"$key=$(gp member show bees marta@example.org --json |
		python3 -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$key")"
done
exits "a member's language" 0 gp member set bees marta@example.org language=de duplicates=no
has "is shown" <(gp member show bees marta@example.org) "^language: de"
exits "no language" 65 gp member set bees marta@example.org language=german
has "says what is one" "$err" "two letters"
exits "an unknown key of a list" 64 gp list set bees titel=x
has "suggests the one that was meant" "$err" "title is meant"
exits "an unknown key of a member" 64 gp member set bees m1@example.net rolle=owner
has "suggests it too" "$err" "role is meant"
exits "an unknown member" 67 gp member set bees x@example.com role=owner
exits "a value that is not allowed" 65 gp list set bees post=everyone
has "says what is" "$err" "members.*anyone.*moderators"
exits "several, of which one is wrong" 65 gp list set bees title=changed max_size=huge
hasnt "change nothing" <(gp list show bees) "changed"
exits "a reserved name" 65 gp list create search@example.org
exits "a list that is there already" 73 gp list create bees@example.org
has "says so" "$err" "there"

# ---- the config file --------------------------------------------------------------------------
conf() { # NAME PATTERN: the config in ./bad.conf is refused with 78
	exits "config: $1" 78 "$GP" -c bad.conf status
	has "config: $1: says what" "$err" "$2"
}
printf '[server]\ndomain = example.org\n\n[outbound]\nrelai = x\n' >bad.conf
conf "an unknown option" '^guildpost: status: .*bad\.conf:5: .*relai.*relay'
printf '[server]\ndomain = example.org\nparsers = 99\n' >bad.conf
conf "a number out of range" 'bad\.conf:3: .*parsers.*16'
printf '[server]\ndomain = example.org\n[inbound]\nmax_size = lots\n' >bad.conf
conf "no size" 'bad\.conf:4: .*max_size'
printf '[server]\ndomain = example.org\nthis is no option\n' >bad.conf
conf "no option at all" 'bad\.conf:3: '
printf '[server]\nlog = info\n' >bad.conf
conf "no domain" 'bad\.conf: .*domain'
printf '[server]\ndomain = example.org\nlog = loud\n' >bad.conf
conf "an unknown log level" 'bad\.conf.* log .*debug'
printf '[servre]\ndomain = example.org\n' >bad.conf
conf "an unknown section" 'bad\.conf:2: .*servre'
printf '[server]\ndomain = example.org\n[web]\nurl = https://%0200d\n' 1 >bad.conf
conf "a line too long for the library" 'bad\.conf:4: .*longer than'
printf '[server]\ndomain = example.org\n[web]\nurl = https://%0184d\n' 1 >bad.conf
cp "$D/guildpost.db" "$T/"
exits "config: a line as long as it may be" 0 "$GP" -c bad.conf status
has "is read whole" "$out" 'archive: https://0{183}1$'
exits "config: no such file" 78 "$GP" -c none.conf status
has "config: no such file: says which" "$err" 'none\.conf'
exits "config: a folder" 78 "$GP" -c "$T" status
(cd / && env -u GUILDPOST_CONFIG "$GP" status) >"$out" 2>"$err"
is "config: none at all" $? 78
has "config: none at all: says what to do" "$err" 'guildpost init'
exits "config: from the environment" 0 env GUILDPOST_CONFIG="$D/guildpost.conf" "$GP" status

options=$(sed -n 's/^	OPT("\([a-z]*\.[a-z_]*\)".*/\1/p' "$GP_SRCDIR/src/base/conf.c")
ok "config: there are options" test "$(echo "$options" | wc -l)" -gt 20
for option in $options; do
	ok "guildpost.conf(5) has $option" awk -v section="${option%.*}" -v name="${option#*.}" '
		/^\.Ss/ { here = $2 == "[" section "]" }
		here && /^\.(It )?Cm/ { for (i = 2; i <= NF; i++) if ($i == name) found = 1 }
		END { exit !found }' "$GP_SRCDIR/doc/guildpost.conf.5"
done

# ---- init --------------------------------------------------------------------------------------
exits "init makes a site" 0 "$GP" init new --domain example.net
exits "init never overwrites one" 73 "$GP" init new --domain example.net
exits "init wants a domain" 64 "$GP" init other
exits "what init made works" 0 "$GP" -c new/guildpost.conf list create ants
exits "a name gets the site's domain" 0 "$GP" -c new/guildpost.conf list show ants@example.net

# ---- texts: the list's own before the site's before ours ---------------------------------------
mkdir -p new/own/mail/en
printf 'Subject: Hi\n\nFrom the site, {{list_title}}.\n' >new/own/mail/en/welcome.md
sed -i 's/^\[server\]/[server]\ntemplates = own/' new/guildpost.conf
asks() { "$GP" -c new/guildpost.conf ask ants "$@"; }
has "the site's text in place of ours" <(asks text welcome) '^From the site'
has "all others are ours" <(asks text goodbye) '^You have left'
asks put welcome < <(printf 'Subject: Ho\n\nFrom the list.\n') >/dev/null
has "the list's in place of the site's" <(asks text welcome) '^From the list'
asks revert welcome >/dev/null
has "and back" <(asks text welcome) '^From the site'
echo 'Hello {{no_such_name}}' >>new/own/mail/en/welcome.md
exits "a text of the site that can't be filled in" 78 asks text welcome
has "is named, with the line" "$err" 'own/mail/en/welcome.md:4: .*no_such_name'
finish
