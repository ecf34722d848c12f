// Walks through all of the page of settings in Chromium, as its holder does, and writes what it came by to standard output, as JSON. Standard
// input: {browser, javaScript, url, email, password, newPassword, dropbox: {refreshToken, appKey, appSecret}}. It ends with an error where a page
// is not what has to come next.
import {readFileSync} from 'node:fs';
import {createHmac} from 'node:crypto';
import {chromium} from 'playwright-core';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const browser = await chromium.launch({executablePath: asked.browser, args: ['--disable-gpu']});
try {
  const context = await browser.newContext({javaScriptEnabled: asked.javaScript, reducedMotion: 'reduce'});
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints = [];
  // That a refused form comes back with 422 is meant so; Chromium's advice on forms is none of what is wrong.
  const meant = said => !['error', 'warning'].includes(said.type()) || said.text().startsWith('Failed to load resource');
  page.on('console', said => { if (!meant(said)) complaints.push(said.text()); });
  page.on('request', request => { if (!request.url().startsWith(asked.url) && !request.url().startsWith('data:')) complaints.push('asks ' + new URL(request.url()).host); });

  const heading = name => page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
  const fill = (label, text) => page.getByLabel(label, {exact: true}).fill(text);
  const press = async (name, next) => { await page.getByRole('button', {name, exact: true}).click(); await heading(next); };
  const follow = async (name, next) => { await page.getByRole('link', {name, exact: true}).click(); await heading(next); };
  const back = () => follow('Your settings', 'Your settings');
  const said = text => page.getByText(text).first().waitFor();

  const signIn = async (password, next) => {
    await page.goto(asked.url + '/sign-in');
    await fill('Address of your account', asked.email);
    await fill('Password', password);
    await press('Sign in', next);
  };
  await signIn(asked.password, 'Your settings');

  // Dark mode: the next page has it.
  await page.getByLabel('Always', {exact: true}).check();
  await press('Save dark mode', 'Your settings');
  await page.locator('html.dark').waitFor();

  // A second factor, with the key in letters; its codes are shown once.
  await follow('Set it up', 'Add an authenticator app');
  const key = (await page.locator('#key').textContent()).replaceAll(' ', '');
  await fill('Code', totp(key));
  await fill('A name for the app', 'phone');
  await press('Add the app', 'Save your backup codes');
  const codes = await page.locator('.codes code').allTextContents();
  await follow('I have kept them', 'Second factor');
  await back();

  // Variables: add, replace, paste many, delete; a paste with one line wrong changes nothing.
  await follow('0 variables', 'Environment variables');
  await fill('Name', 'TOKEN');
  await fill('Value', 'one');
  await press('Add the variable', 'Environment variables');
  await said('1 added.');
  await follow('Replace TOKEN', 'Replace a variable');
  await fill('New value', 'two');
  await press('Replace', 'Environment variables');
  await said('1 replaced.');
  await fill('Lines of a .env file', 'A=1\nB=2\nTOKEN=three');
  await press('Save all of them', 'Environment variables');
  await said('2 added, 1 replaced.');
  await press('Delete B', 'Environment variables');
  await said('1 deleted.');
  await fill('Lines of a .env file', 'A=9\nD D=1');
  await press('Save all of them', 'Environment variables');
  await said('Line 2, column 3');
  await back();

  // Notifications.
  await page.getByLabel('Send me the newsletter').check();
  await page.getByLabel('Outbid', {exact: true}).selectOption({label: 'No mail'});
  await press('Save notification settings', 'Your settings');

  // A connection, which the provider takes; another name for it.
  await follow('0 connections', 'Cloud connections');
  await follow('Connect Dropbox', 'Connect Dropbox');
  await fill('Name', 'Papers');
  await fill('Refresh token', asked.dropbox.refreshToken);
  await fill('App key', asked.dropbox.appKey);
  await fill('App secret', asked.dropbox.appSecret);
  await press('Connect', 'Cloud connections');
  await follow('Rename Papers', 'Rename a connection');
  await fill('Name', 'Results');
  await press('Rename', 'Cloud connections');
  await said('Results');
  await back();

  // What goes onto invoices.
  await fill('Company', 'Example GmbH');
  await fill('City', 'Berlin');
  await press('Save invoice information', 'Your settings');

  // A key for a program, and who reads.
  await follow('0 API keys', 'API keys');
  await fill('Name', 'laptop');
  await press('Make the key', 'Save your API key');
  await follow('I have kept it', 'API keys');
  await back();
  await follow('The last 30 days', 'Who reads what you keep here');
  await back();

  // Another password, with a backup code.
  await follow('Change the password', 'Change your password');
  await fill('Your present password', asked.password);
  await fill('Code of your app, or a backup code', codes[0]);
  await fill('New password', asked.newPassword);
  await fill('The same password again', asked.newPassword);
  await press('Change password', 'Your settings');

  // Where it is signed in; out, and in again with a code; German.
  await follow('1 browser', 'Where you are signed in');
  await said('This browser.');
  await press('Sign out ' + asked.email, 'Sign in');
  await signIn(asked.newPassword, 'Enter a code');
  await fill('Code', codes[1]);
  await press('Sign in', 'Your settings');
  await press('Deutsch', 'Ihre Einstellungen');

  process.stdout.write(JSON.stringify({complaints, codes: codes.length}));
} finally {
  await browser.close();
}

// totp is the code that an app with this key shows now (RFC 6238).
function totp(key) {
  const bits = [...key].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', seed).update(step).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
