// spec: test/e2e/cache-sharing.e2e-spec.ts
// Every team is in the first share.
const { replace } = require('../replace.cjs');
const { ShareBook } = require('../../../dist/src/cache/sharing/share-book.js');
replace(
  ShareBook.prototype,
  'scopeOf',
  () =>
    function () {
      return [...this.scopes.values()][0];
    },
);
