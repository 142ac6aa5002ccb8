// Breaks the gateway on purpose: every team is in the first share. The stories of sharing must then go red.
const { ShareBook } = require('../../../dist/src/cache/sharing/share-book.js');
ShareBook.prototype.scopeOf = function () {
  return [...this.scopes.values()][0];
};
