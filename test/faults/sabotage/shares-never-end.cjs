// spec: test/e2e/cache-sharing.e2e-spec.ts
// A response is stored in the share of its start, also once the team has left it.
const { replace } = require('../replace.cjs');
const { ShareBook } = require('../../../dist/src/cache/sharing/share-book.js');
replace(
  ShareBook.prototype,
  'replace',
  (replaceShares) =>
    function (shares) {
      const old = [...this.scopes.values()];
      replaceShares.call(this, shares);
      for (const scope of old) scope.ended = false;
    },
);
