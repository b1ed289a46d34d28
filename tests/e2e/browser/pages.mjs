// SPDX-License-Identifier: ISC
// The archive in a real browser: node pages.mjs URL. Speaks TAP. The list is bees, with the demo's
// posts and one hostile post (see T520-browser.sh).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const site = process.argv[2];
const shots = process.env.GP_SHOTS; // a folder: keep screenshots there
let n = 0;
let bad = 0;

function ok(good, name, why = '') {
  n += 1;
  if (!good) bad += 1;
  console.log(`${good ? 'ok' : 'not ok'} ${n} - ${name}`);
  if (!good && why) console.log(`# ${String(why).replaceAll('\n', '\n# ')}`);
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function firstThread() {
  const doc = await (await fetch(`${site}/bees.json`)).json();
  const page = await browser.newPage();
  await page.goto(`${site}/bees/`);
  const href = await page.locator('main a[href*="/t/"]').first().getAttribute('href');
  await page.close();
  return { doc, href };
}

const { doc, href } = await firstThread();
ok(doc !== null && typeof doc === 'object', 'the list home is a JSON document too');

const key = href.split('/')[3];
const search = '/bees/search?q=oxalic';
const pages = { index: '/', home: '/bees/', month: '/bees/2026/08/', thread: href,
  flat: `${href}?view=flat`, search, about: '/bees/about', people: '/bees/people/',
  message: `/bees/m/${key}` };
// Shown once more, for their accessibility alone.
const more = { year: '/bees/2026/', newest: `${href}?view=flat&order=new`, person: `/bees/people/${key}`,
  'as sent': `/bees/m/${key}?view=fixed`, 'empty search': '/bees/search', 'search without hits': '/bees/search?q=xyzzyx',
  'search of all': '/search?q=oxalic', files: '/bees/files', questions: '/bees/questions', library: '/bees/library/',
  'thread with news': `${href}?since=2026-01-01`, 'home with news': '/bees/?since=2026-06-01', day: '/bees/2026/06/10',
  'search that narrows': '/bees/search?q=hive', 'a time in words': '/bees/search?q=hive+since+may', 'Märzbienen': '/bienen/',
  'search in German': '/bienen/search?q=xyzzyx', 'a closed list': '/wasps/', 'log out': '/log-out',
  'nearly a Message-ID': '/mid/20261109204533@', 'no such page': '/bees/nothing-here', leaving: '/u/abcdefghijklmnop' };

for (const [name, path] of Object.entries(pages)) {
  for (const scheme of ['light', 'dark']) {
    for (const width of [1200, 375, 320]) {
      const context = await browser.newContext({ colorScheme: scheme,
        viewport: { width, height: 900 } });
      const page = await context.newPage();
      const errors = [];
      const outside = [];
      page.on('console', (m) => { if (m.type() === 'error') errors.push(m.text()); });
      page.on('pageerror', (e) => errors.push(String(e)));
      page.on('request', (r) => { if (!r.url().startsWith(site)) outside.push(r.url()); });
      const answer = await page.goto(new URL(path, site).href);
      const where = `${name} ${scheme} ${width}`;
      const seen = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        h1: document.querySelectorAll('h1').length,
        scripts: document.scripts.length,
        styles: document.querySelectorAll('[style]').length,
        lang: document.documentElement.lang,
        main: document.querySelectorAll('main#main').length,
        unlabelled: [...document.querySelectorAll('input:not([type=hidden])')]
          .filter((i) => !i.labels.length && !i.getAttribute('aria-label')).length,
        dark: (() => {
          const rgb = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
          return rgb[0] + rgb[1] + rgb[2] < 200;
        })(),
      }));
      ok(answer.status() === 200 && errors.length === 0 && outside.length === 0,
        `${where}: loads without errors and from here alone`,
        [answer.status(), ...errors, ...outside].join('\n'));
      ok(seen.wide <= 0, `${where}: no sideways scrolling`, `${seen.wide} px too wide`);
      ok(seen.h1 === 1 && seen.main === 1 && seen.lang !== '' && seen.unlabelled === 0,
        `${where}: one h1, a main part, a language, labelled inputs`, JSON.stringify(seen));
      ok(seen.scripts === 0 && seen.styles === 0, `${where}: no script, no inline style`);
      ok(seen.dark === (scheme === 'dark'), `${where}: the background follows the scheme`);
      if (shots) await page.screenshot({ path: `${shots}/${name}-${scheme}-${width}.png` });
      await context.close();
    }
  }
}

// WCAG 2.2 AA and good practice, as far as a program can tell. The policy of our pages lets no script run, not even this.
{
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  for (const [name, path] of Object.entries({ ...pages, ...more })) {
    for (const [scheme, width] of [['light', 1200], ['dark', 320]]) {
      const context = await browser.newContext({ colorScheme: scheme, bypassCSP: true, viewport: { width, height: 900 } });
      const page = await context.newPage();
      await page.goto(new URL(path, site).href);
      await page.evaluate(axe);
      const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), tags);
      ok(violations.length === 0, `${name} ${scheme} ${width}: axe finds nothing`, violations.map((v) =>
        `${v.id} (${v.impact}): ${v.help}\n${v.nodes.slice(0, 3).map((o) => `  ${o.target} ${o.failureSummary}`).join('\n')}`).join('\n'));
      await context.close();
    }
  }
}

// What strangers write stays text.
{
  const page = await browser.newPage();
  let dialogs = 0;
  page.on('dialog', (d) => { dialogs += 1; d.dismiss(); });
  await page.goto(`${site}/bees/search?q=pwnedmarker`);
  const link = await page.locator('main a[href*="/m/"], main a[href*="/t/"]').first()
    .getAttribute('href');
  await page.goto(new URL(link, site).href);
  const hurt = await page.evaluate(() => ({ flag: window.pwned === 1,
    scripts: document.scripts.length, frames: document.querySelectorAll('iframe,object').length,
    handlers: [...document.querySelectorAll('*')].filter((e) =>
      [...e.attributes].some((a) => a.name.startsWith('on'))).length,
    odd: [...document.querySelectorAll('a[href]')].filter((a) =>
      !/^(https?|mailto):/.test(a.protocol + '')).length }));
  ok(dialogs === 0 && !hurt.flag && hurt.scripts === 0 && hurt.frames === 0 &&
    hurt.handlers === 0 && hurt.odd === 0, 'a hostile post stays text', JSON.stringify(hurt));
  const text = await page.locator('main').innerText();
  ok(text.includes('<script>'), 'and can be read as what it is');
  await page.close();
}

// Quotes fold and open; every link of the thread leads somewhere.
{
  const page = await browser.newPage();
  await page.goto(`${site}/bees/`);
  const thread = await page.locator('main a', { hasText: 'Hive scale' }).first().getAttribute('href');
  await page.goto(new URL(thread, site).href);
  const folds = page.locator('article details');
  if (await folds.count() > 0) {
    const fold = folds.first();
    const before = await fold.evaluate((d) => d.open);
    await fold.locator('summary').click();
    ok(await fold.evaluate((d) => d.open) !== before, 'a folded quote opens without script');
  } else {
    ok(false, 'the long thread has a folded quote');
  }
  const links = await page.evaluate(() => [...document.querySelectorAll('a[href]')]
    .map((a) => a.href).filter((h) => h.startsWith(location.origin)));
  const dead = [];
  for (const h of [...new Set(links)]) {
    const r = await fetch(h, { redirect: 'manual' });
    if (![200, 301, 302].includes(r.status)) dead.push(`${r.status} ${h}`);
  }
  ok(dead.length === 0, `all ${links.length} links of a thread lead somewhere`, dead.join('\n'));
  // The list's own addresses and the Message-IDs of the reply links may stand there.
  const rest = (await page.content()).replaceAll(/bees(%2B|[+a-z2-7-])*@example\.org/g, '')
    .replaceAll(/In-Reply-To=[^"&]*/g, '');
  ok(!/[a-z]@example\.(org|com|net|edu)/i.test(rest), 'no address of a member stands in the page');
  await page.close();
}

await browser.close();
console.log(`1..${n}`);
process.exit(bad ? 1 : 0);
