// The pages in the order in which a reader needs them, each by its file; its title is its heading.
import {readFileSync, readdirSync} from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);

const all = folder => readdirSync(new URL(folder, docs)).filter(file => file.endsWith('.md') && file !== 'README.md').map(file => folder + file);

const order = {
  'Begin here': ['README.md', 'quick-start.md', 'concepts.md', 'install.md'],
  'How to': ['accounts.md', 'env-vars.md', 'cloud-connections.md', 'ssh-keys.md', 'portal.md', 'settings-page.md', 'openid.md', 'account-api.md', 'reading.md', 'account-env.md', 'gitops.md', 'kubectl-account.md'],
  'Run it': ['operations.md', 'stores.md', 'key-management.md', 'security.md', 'troubleshooting.md', 'metrics.md', 'logs.md'],
  'When an alert fires': ['runbooks/README.md', ...all('runbooks/')],
  Reference: ['api.md', 'flags.md', 'sealed-format.md', 'versions.md'],
  'How good it is': ['reliability.md', ...all('').filter(file => file.startsWith('benchmarks'))],
  'Work on it': ['life-of-a-rotation.md', 'life-of-a-deletion.md', 'adding-a-field.md', 'adding-a-kind.md'],
  'Why it is so': ['adr/README.md', ...all('adr/')],
};

const lost = all('').filter(file => !Object.values(order).flat().includes(file));
if (lost.length > 0) throw new Error(`no reader finds ${lost.join(', ')}; next step: add it to hack/site/sidebar.mjs`);

const title = file => /^# (.*)$/m.exec(readFileSync(new URL(file, docs), 'utf8'))[1].replaceAll('`', '');

export const sidebar = Object.entries(order).map(([text, files]) => ({
  text,
  collapsed: files.length > 7,
  items: files.map(file => ({text: title(file), link: '/' + file.replace(/README\.md$/, '').replace(/\.md$/, '')})),
}));
