# The commands of one group as an mdoc list: from the table of the program, which says for whom they
# are, and from the file of words that `help` uses.
# The group VERDICTS: what a moderator's reply can say.
#   awk -v group=MEMBERS -f commands.awk src/list/command_table.c templates/mail/en/words
FNR == NR {
	if ($0 ~ /^\t\{"/) {
		split($0, part, "[\",{} \t]+")
		of[part[2]] = part[3]
	}
	next
}
/^command / || /^verdict / {
	kind = $1
	sub(/^[a-z]+ +/, "")
	n = split($0, field, / *\| */)
	name = field[1]
	if (group == "VERDICTS" ? kind != "verdict" : kind != "command" || of[name] != group) next
	print ".It Ic " name (field[3] != "" ? " Ar " mdoc(field[3]) : "")
	text = mdoc(field[4])
	print toupper(substr(text, 1, 1)) substr(text, 2) "."
	# A full stop behind a word says that it must stand alone; the name is said already.
	sub("^" name "[.], *", "", field[2])
	gsub(/[.]/, "", field[2])
	if (field[2] == name) field[2] = ""
	if (field[2] != "") print "Also: " mdoc(field[2]) "."
}
# A word that mdoc knows as a macro, and a dot or quote in front, would be taken as one.
function mdoc(s) { gsub(/\\/, "\\e", s); gsub(/`/, "", s); return s }
