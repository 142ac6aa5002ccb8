// Runs in each page of the console under test, before the page's own scripts.
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  globalThis.consolePage.violated.push(`policy: ${violatedDirective} ${blockedURI}`),
);

globalThis.consolePage = {
  /** What the page's policy has refused. */
  violated: [],

  /** How wide the content is, and how wide the window. */
  widths() {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  },

  /** Cells of the page's tables that are too narrow to be read: times over several lines, words over slivers. */
  slivers(narrowest) {
    const cells = [...document.querySelectorAll('main [role=region] td:not([colspan], [class*=number])')];
    const narrow = cells.filter((cell) => cell.textContent !== '' && cell.getBoundingClientRect().width < narrowest);
    const broken = cells.filter((cell) =>
      [...cell.querySelectorAll('time')].some((time) => time.getClientRects().length > 1),
    );
    return [...narrow, ...broken].map(({ textContent }) => textContent);
  },

  /** The page's tables that are wider than their frame, by their names. */
  sideways() {
    const regions = [...document.querySelectorAll('main [role=region]')];
    return regions
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((region) => `${region.getAttribute('aria-label')}: ${region.scrollWidth} of ${region.clientWidth}`);
  },

  /** Every text and label that people see or hear, without what is marked as another language. */
  texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement?.closest('[lang=en], script, style')) texts.push(textContent.trim());
    }
    const labels = ['aria-label', 'placeholder', 'title'].flatMap((name) =>
      [...document.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name)),
    );
    return [...texts, ...labels];
  },

  /** All in which a key could be left. */
  everything() {
    const fields = [...document.querySelectorAll('input, textarea')].map(({ value }) => value);
    const storages = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
    return [document.documentElement.outerHTML, location.href, document.cookie, ...storages, ...fields].join('\n');
  },

  /** The size of the JS and CSS that the page has loaded, as it is sent. */
  loadedBytes() {
    const files = performance.getEntriesByType('resource').filter(({ name }) => /\.(js|css)$/.test(name));
    return files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  },

  /** What axe finds, each violation with its element. */
  async violations(tags) {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `axe ${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
    );
  },
};
