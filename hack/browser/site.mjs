// Opens the pages of the documentation's site in Chromium, as its readers do, and writes what it sees to standard output, as
// JSON; the Go test that starts it judges. Standard input: {browser, screenshots, origin, pages, judged, searches}.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const asked = JSON.parse(readFileSync(0, 'utf8'));

const browser = await chromium.launch({executablePath: asked.browser, args: ['--disable-gpu', '--force-color-profile=srgb']});
try {
  const page = await (await browser.newContext({reducedMotion: 'reduce'})).newPage();
  page.setDefaultTimeout(20_000);
  let complaints = [];
  page.on('console', said => { if (said.type() === 'error' || said.type() === 'warning') complaints.push(said.text()); });
  page.on('pageerror', error => complaints.push(String(error)));
  // What was fetched ahead is given up when another page is opened.
  const givenUp = request => request.failure().errorText === 'net::ERR_ABORTED';
  page.on('requestfailed', request => { if (!givenUp(request)) complaints.push(`${request.method()} ${request.url()} failed`); });
  page.on('request', request => { if (!request.url().startsWith(asked.origin)) complaints.push(`asks for ${request.url()}`); });

  const seen = {pages: [], searches: []};
  for (const path of asked.pages) {
    complaints = [];
    seen.pages.push({path, ...await look(page, path), complaints});
  }
  complaints = [];
  for (const typed of asked.searches) seen.searches.push(await search(page, typed));
  seen.complaints = complaints;
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}

// open waits until the page's own scripts have taken it over.
async function open(page, path) {
  await page.goto(asked.origin + path);
  await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__);
}

async function look(page, path) {
  await page.emulateMedia({colorScheme: 'light'});
  await page.setViewportSize({width: 320, height: 800});
  await open(page, path);
  const seen = {
    heading: (await page.locator('h1').first().innerText()).replace(/\s*\u200b$/, ''), // the anchor beside it
    overflows: await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
    violations: [],
    backgrounds: [],
  };
  await picture(page, path, 'light-320');
  if (!asked.judged.includes(path)) return seen;
  await page.setViewportSize({width: 1280, height: 900});
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme});
    await open(page, path);
    seen.backgrounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    seen.violations.push(...(await judge(page)).map(text => `${colorScheme}: ${text}`));
    await picture(page, path, `${colorScheme}-1280`);
  }
  return seen;
}

async function judge(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => axe.run({runOnly: ['color-contrast', 'image-alt', 'heading-order', 'link-name']}));
  return violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.any[0]?.message}`));
}

// search goes by keyboard alone, and to what is found first.
async function search(page, typed) {
  await open(page, '/');
  await page.evaluate(() => sessionStorage.clear()); // where it keeps what was searched last
  await page.keyboard.press('Control+k');
  await page.locator('.search-input').fill(typed); // at once, so that the first results are those of all of it
  await page.locator('.results .result.selected').waitFor();
  await picture(page, 'search-' + typed, 'open');
  await page.keyboard.press('Enter');
  await page.locator('.search-input').waitFor({state: 'detached'});
  await page.waitForURL(url => url.pathname !== '/');
  return {typed, path: new URL(page.url()).pathname, anchor: new URL(page.url()).hash};
}

async function picture(page, path, how) {
  if (!asked.screenshots) return;
  const name = path.replace(/\.html$|^\/|\/$/g, '').replaceAll('/', '-') || 'index';
  await page.screenshot({path: `${asked.screenshots}/${name}-${how}.png`});
}
