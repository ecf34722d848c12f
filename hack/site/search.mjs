// The site's own search, in the browser. Both functions travel there as text, so each stands alone.
export const search = {
  provider: 'local',
  options: {
    miniSearch: {
      options: {
        // A flag is one word beside its parts, so that --recovery-window is not every page on windows.
        tokenize: text => [...text.split(/[\n\r\p{Z}\p{P}]+/u), ...(text.match(/--[a-z][a-z-]+/g) ?? [])],
      },
      searchOptions: {
        // A flag is looked up where all of them are.
        boostDocument: (id, term) => (term.startsWith('--') && id.includes('/flags.html') ? 20 : 1),
      },
    },
  },
};
