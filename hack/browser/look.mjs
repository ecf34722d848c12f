// Opens pages in Chromium without JavaScript and writes what it sees to standard output, as JSON; the Go test that
// starts it judges. Standard input: {browser, screenshots, visits: [{name, url, steps: [{press, type, submits, goto}]}]}.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const asked = JSON.parse(readFileSync(0, 'utf8'));

// WCAG 2.2 asks for 320 CSS pixels without scrolling sideways, and for text at twice its size.
// axe-core takes longest, and sees nothing new in the third look.
const looks = [
  {scheme: 'light', width: 1280, text: '100%', axe: true},
  {scheme: 'dark', width: 1280, text: '100%'},
  {scheme: 'light', width: 320, text: '100%'},
  {scheme: 'dark', width: 320, text: '100%', axe: true},
  {scheme: 'light', width: 640, text: '200%'},
];

const browser = await chromium.launch({executablePath: asked.browser, args: ['--disable-gpu', '--force-color-profile=srgb']});
try {
  const seen = [];
  for (const visit of asked.visits) seen.push(await make(visit));
  process.stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}

async function make(visit) {
  const context = await browser.newContext({reducedMotion: 'reduce'});
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const scripts = disabled => session.send('Emulation.setScriptExecutionDisabled', disabled);
  await scripts({value: true});
  const complaints = [];
  // That a page came with a status like 410 is meant so; it would be a complaint of a stylesheet.
  const meant = said => said.location().url === page.url() && said.text().startsWith('Failed to load resource');
  page.on('console', said => { if (!meant(said)) complaints.push(said.text()); });
  // What was still loading when the visitor went on is broken off, and no complaint. What the policy forbids is on the console.
  page.on('requestfailed', request => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.method()} ${new URL(request.url()).pathname}: ${why}`);
  });
  await page.goto(visit.url);
  for (const step of visit.steps ?? []) {
    if (step.goto) await page.goto(new URL(step.goto, visit.url).href);
    if (step.type) await page.keyboard.type(step.type);
    if (step.submits) await Promise.all([page.waitForNavigation(), page.keyboard.press(step.press)]);
    else if (step.press) await page.keyboard.press(step.press);
  }
  await scripts({value: false}); // the page has come and was used without; what judges it is one
  const seen = {
    name: visit.name, title: await page.title(), tree: await page.locator('html').ariaSnapshot(),
    focused: await page.evaluate(describeFocus), looks: [],
  };
  for (const look of looks) seen.looks.push(await take(page, visit.name, look));
  seen.stops = await tabStops(page);
  seen.complaints = complaints;
  await context.close();
  return seen;
}

async function take(page, name, look) {
  await page.emulateMedia({colorScheme: look.scheme});
  await page.setViewportSize({width: look.width, height: 800});
  await page.evaluate(size => { document.documentElement.style.fontSize = size; }, look.text);
  if (asked.screenshots) {
    await page.screenshot({fullPage: true, path: `${asked.screenshots}/${name}-${look.scheme}-${look.width}.png`});
  }
  const seen = {...look, ...await page.evaluate(measure)};
  if (look.axe) {
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => axe.run({resultTypes: ['violations']}));
    seen.violations = violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`);
  }
  return seen;
}

// measure runs in the page.
function measure() {
  const root = document.documentElement;
  const targets = [...document.querySelectorAll('a, button, label.choice, input:not([type=hidden], label.choice *)')];
  return {
    overflows: root.scrollWidth > root.clientWidth,
    small: targets.filter(t => t.getBoundingClientRect().height < 44).map(t => t.outerHTML.slice(0, 40)),
    background: getComputedStyle(document.body).backgroundColor,
  };
}

// describeFocus runs in the page.
function describeFocus() {
  const on = document.activeElement;
  if (!on || on === document.body) return '';
  const {outlineStyle} = getComputedStyle(on);
  const name = on.matches('a, button') ? on.textContent.trim() : on.className || on.value;
  return `${on.id || name}${outlineStyle === 'none' ? ' (invisible)' : ''}`;
}

// tabStops presses Tab from the top of the page until the focus has left it.
async function tabStops(page) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.click(1, 1);
  const stops = [];
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(describeFocus);
    if (stop === '' || stop === stops[0]) break;
    stops.push(stop);
  }
  return stops;
}
