// Makes a picture of each section of the page of settings, and writes their names to standard output, as JSON. Standard input:
// {browser, folder, url, email, password, looks: [{scheme, width, style, called}]}; a style is one more, which the page does not have, and its
// name is added to that of the picture.
import {readFileSync} from 'node:fs';
import {chromium} from 'playwright-core';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({executablePath: asked.browser, args: ['--disable-gpu', '--force-color-profile=srgb']});
try {
  const page = await (await browser.newContext({reducedMotion: 'reduce', bypassCSP: true})).newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(asked.url + '/sign-in');
  await page.getByLabel('Address of your account').fill(asked.email);
  await page.getByLabel('Password').fill(asked.password);
  await page.getByRole('button', {name: 'Sign in', exact: true}).click();
  await page.getByRole('heading', {level: 1, name: 'Your settings'}).waitFor();
  const made = [];
  for (const {scheme, width, style, called} of asked.looks) {
    await page.goto(asked.url + '/settings');
    if (style) await page.addStyleTag({content: style});
    await page.emulateMedia({colorScheme: scheme});
    await page.setViewportSize({width, height: 800});
    for (const section of await page.locator('section[id]').all()) {
      const name = `${await section.getAttribute('id')}-${scheme}-${width}${called ?? ''}.png`;
      await section.screenshot({path: `${asked.folder}/${name}`});
      made.push(name);
    }
  }
  process.stdout.write(JSON.stringify(made));
} finally {
  await browser.close();
}
