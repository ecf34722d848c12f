import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitepress';
import {headingID, linksOnSite} from '../links.mjs';
import {sidebar} from '../sidebar.mjs';
import {search} from '../search.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

// docs/ has no packages beside it: what a page imports is that of this folder.
const packages = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(id, importer) {
    return /^vue(\/|$)/.test(id) && importer?.endsWith('.md') ? this.resolve(id, here, {skipSelf: true}) : null;
  },
};

// Where files are shown that are not on the site, such as the chart.
const source = process.env.SITE_SOURCE || 'https://github.com/account-operator/account-operator/blob/main';

export default defineConfig({
  title: 'account-operator',
  description: 'Cloud accounts as Kubernetes objects',
  lang: 'en',
  head: [['link', {rel: 'icon', href: 'data:,'}]], // none, or browsers ask for one
  srcDir: '../../docs',
  base: process.env.SITE_BASE || '/', // the site's path on its host
  rewrites: {'README.md': 'index.md', ':folder/README.md': ':folder/index.md'},
  vite: {plugins: [packages]},
  markdown: {
    languageAlias: {console: 'bash'},
    theme: {light: 'github-light-high-contrast', dark: 'github-dark-high-contrast'},
    anchor: {slugify: headingID},
    config: md => linksOnSite(md, source),
  },
  themeConfig: {sidebar, search, outline: 'deep', externalLinkIcon: true},
});
