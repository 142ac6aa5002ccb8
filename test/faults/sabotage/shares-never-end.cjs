// spec: test/e2e/cache-sharing.e2e-spec.ts
// A response is stored in the share at its start, also if the team has left the share since.
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
