# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The archive in a real Chromium: every page light and dark, on a desktop and a phone; nothing of a
# hostile post runs. GP_NODE_MODULES: a folder with playwright-core (contrib/check makes one).
. "${GP_SRCDIR:?make check sets it}/tests/e2e/lib.sh"
need node chromium python3
modules=${GP_NODE_MODULES:-$GP_SRCDIR/tests/e2e/browser/node_modules}
[ -d "$modules/playwright-core" ] || skip_all "playwright-core is not here (npm install in tests/e2e/browser)"
sanitized && skip_all "pages are shown by the plain build"

site
bees 0
gp list set bees title='Bee-keepers of the valley'
gp import bees "$GP_SRCDIR/contrib/demo/bees.mbox" >/dev/null || exit 99
cat >hostile.eml <<'END'
From: "<img src=x onerror=window.pwned=1>" <eve@evil.example>
Subject: pwnedmarker <script>window.pwned=1</script> "><svg onload=alert(1)>
Message-ID: <pwned"><script>@evil.example>
Date: Sun, 22 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain

pwnedmarker <script>window.pwned=1</script> http://x.example/"onmouseover="alert(1)
javascript:alert(1) <a href="javascript:alert(1)">x</a> {{{raw_html}}} {{>web/head}}
--B
Content-Type: text/html; name="a\"><script>alert(1)</script>.html"
Content-Disposition: attachment; filename="../../x\"><script>alert(1)</script>.html"

<script>window.pwned=1</script>
--B--
END
gp import bees hostile.eml >/dev/null || exit 99
gp list create bienen@example.org title=Bienen language=de description='Auf Deutsch' >/dev/null
gp list create wasps@example.org archive=members >/dev/null
serve_start
cp "$GP_SRCDIR/tests/e2e/browser/pages.mjs" .
ln -s "$modules" node_modules
timeout 300 node pages.mjs "http://127.0.0.1:$HTTP"
