# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Digests as mail programs show them: the HTML against what programs support, narrow and wide, light and dark; the
# text as w3m and mutt have it. GP_NODE_MODULES: a folder with the linter and playwright-core (contrib/check makes one).
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need node chromium python3
modules=${GP_NODE_MODULES:-$GP_SRCDIR/tests/e2e/browser/node_modules}
[ -d "$modules/@jsx-email/doiuse-email" ] || skip_all "the linter is not here (npm install in tests/e2e/browser)"

at() { site server.testing=yes server.test_now="$1"; }
at 2026-11-23T12:00:00Z
bees 0
gp list set bees title='Bee-keepers of the valley' digest_note='**Summer party** on [Sunday](https://example.org/party).' >/dev/null
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null || exit 99
mail marta@example.org "A very_long_word_$(printf 'x%.0s' {1..200}) <script>alert(1)</script>" \
	<<<"https://example.org/$(printf 'y%.0s' {1..300}) <b>bold</b>

    code that is wider than any telephone could ever be, and $(printf 'z%.0s' {1..200})

- one
- two" | gp receive bees@example.org
cp "$GP_SRCDIR/tests/e2e/browser/mail.mjs" .
ln -s "$modules" node_modules

for form in summary titles; do
	gp digest bees --since 2020-01-01 --form $form --print html >$form.html
	ok "$form: programs, phones and the dark are served" timeout 120 node mail.mjs $form.html || timeout 120 node mail.mjs $form.html |
		head -n 20 | sed 's/^/# /'
done
gp digest bees --since 2020-01-01 --print mime >digest.eml
ok "text and HTML say the same threads" python3 -c "
import email, email.policy, re
m = email.message_from_binary_file(open('digest.eml', 'rb'), policy=email.policy.default)
text, html = m.get_body(('plain',)).get_content(), m.get_body(('html',)).get_content()
keys = lambda s: set(re.findall(r'/m/([a-z2-7]{12})', s))
assert keys(text) == keys(html) and len(keys(text)) > 5, keys(text) ^ keys(html)
assert '<script' not in html"
if command -v w3m >/dev/null; then
	ok "w3m shows it in 60 columns" sh -c "w3m -dump -T text/html -cols 60 summary.html | grep -q 'Bee-keepers of the valley'"
fi
finish
