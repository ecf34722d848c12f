// docs/ is written for those who read it in the repository: links lead from file to file, and leave docs/ where the chart or
// the code is meant. Here each gets its address on the site, or at the repository.
import {dirname, join} from 'node:path/posix';

// linksOnSite makes markdown-it do so. Whatever is not on the site is shown at source.
export function linksOnSite(md, source) {
  md.core.ruler.push('links-on-site', state => {
    for (const token of state.tokens.flatMap(token => [token, ...(token.children ?? [])])) {
      if (token.type === 'link_open') token.attrSet('href', onSite(token.attrGet('href'), state.env.relativePath, source));
      // VitePress takes an image of HTML for a part of the site only if it begins so.
      if (token.type.startsWith('html_')) token.content = token.content.replace(/(src=")(?![./]|[a-z]+:)/g, '$1./');
    }
  });
}

function onSite(href, page, source) {
  if (/^([a-z]+:|#)/.test(href)) return href;
  const [, file, anchor] = /^([^#]*)(.*)$/.exec(href);
  const path = join('docs', dirname(page), file);
  if (!path.startsWith('docs/') || !path.endsWith('.md')) return `${source}/${path}${anchor}`;
  return file.replace(/README\.md$/, 'index.md') + anchor;
}

// headingID is the anchor that GitHub gives a heading, so that links to one work in both places.
export const headingID = heading => heading.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
