// SPDX-License-Identifier: ISC
// HTML of a mail against what mail programs are known to support (data of caniemail.com), and in a browser at the
// widths of a phone and of a reading pane, light and dark. Prints a line for each thing that is wrong.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { doIUseEmail } from '@jsx-email/doiuse-email';

// What some program lacks, and why the mail is whole without it.
const harmless = {
  '@media': 'colours for the dark: others invert by themselves',
  'display:none': 'hidden by size and colour, too',
  '<body> element': 'the table has its ground itself',
  'overflow': 'the same',
  'opacity': 'the same',
  'max-width': 'a table of 600 pixels for Outlook',
  'table-layout': 'keeps long words from widening; that table has a width of its own',
  'word-break': 'the same',
  'overflow-wrap': 'the same',
  'white-space': 'pre has it by itself',
  'role attribute': 'for screen readers of the others',
  'dir attribute': 'right to left text is read in the order that programs guess',
  'lang attribute': 'a voice may speak with an accent',
  '<meta> element': 'the same as @media',
  ':root': 'the same as @media',
  '<style> element': 'the same as @media',
  '!important': 'the same as @media',
};
const clients = ['gmail.desktop-webmail', 'gmail.ios', 'gmail.android', 'gmail.mobile-webmail', 'outlook.windows',
  'outlook.windows-mail', 'outlook.macos', 'outlook.ios', 'outlook.android', 'apple-mail.macos',
  'apple-mail.ios', 'samsung-email.android', 'thunderbird.macos', 'yahoo.desktop-webmail', 'fastmail.desktop-webmail', 'protonmail.desktop-webmail'];
const html = readFileSync(process.argv[2], 'utf8');
let wrong = 0;
const say = (text) => { wrong++; console.log(text); };

function lint(client) {
  let text = html.replace(/<!--[^]*?-->/g, '');
  for (let tries = 0; tries < 30; tries++) {
    try {
      const r = doIUseEmail(text, { emailClients: [client] });
      for (const e of new Set(r.success ? [] : r.errors)) {
        const name = /^`(.*?)`/.exec(e)?.[1] ?? e;
        if (!harmless[name]) say(`${client}: ${e}`);
      }
      return;
    } catch (e) {
      // The table says nothing of it for this program: look at the rest.
      const name = /Feature `(.*?)` not found/.exec(e.message)?.[1];
      if (!name) return say(`${client}: ${e.message}`);
      text = text.replaceAll(new RegExp(`${name.replace(/[^a-z-]/gi, '.')}\\s*:[^;"}]*;?`, 'g'), '')
        .replaceAll(new RegExp(`<${name.replace(/[^a-z]/gi, '')}\\b[^>]*>`, 'g'), '');
    }
  }
  say(`${client}: can't be looked at`);
}

clients.forEach(lint);
if (html.length > 100 * 1024) say(`${html.length} bytes: Gmail cuts it`);
for (const bad of [/<img/i, /<script/i, /<form/i, /<link/i, /@import/, /javascript:/i, /<h1[^>]*>[^]*<h1\b/])
  if (bad.test(html)) say(`there is ${bad}`);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const width of [320, 600]) for (const colorScheme of ['light', 'dark']) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const asked = [];
  page.on('request', (r) => asked.push(r.url()));
  await page.setContent(html);
  const seen = await page.evaluate(() => {
    const of = (e) => getComputedStyle(e);
    const td = [...document.querySelectorAll('td')].pop();
    return { width: document.documentElement.scrollWidth, fg: of(td).color, bg: of(td).backgroundColor,
      body: of(document.body).backgroundColor, size: parseFloat(of(td).fontSize) };
  });
  if (seen.width > width) say(`${width}: as wide as ${seen.width}`);
  if (seen.size < 16) say(`${width}: letters of ${seen.size} pixels`);
  const light = (c) => { const v = (c.match(/[\d.]+/g) ?? []).map(Number); return v[3] === 0 ? null : (v[0] + v[1] + v[2]) / 3; };
  const ground = light(seen.bg) ?? light(seen.body) ?? 255;
  if (Math.abs(ground - light(seen.fg)) < 120) say(`${width} ${colorScheme}: ${seen.fg} on ${seen.bg}`);
  if ((ground < 128) !== (colorScheme === 'dark')) say(`${width}: ${colorScheme} has a ground of ${ground}`);
  if (asked.some((u) => /^https?:/.test(u))) say(`asks for ${asked}`);
  if (process.argv[3]) await page.screenshot({ path: `${process.argv[3]}-${width}-${colorScheme}.png` });
  await page.close();
}
await browser.close();
process.exit(wrong > 0 ? 1 : 0);
