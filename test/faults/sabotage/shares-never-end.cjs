// Breaks the gateway on purpose: what was asked in a share is stored there also after its team has left. The stories of
// sharing must then go red.
const { ShareBook } = require('../../../dist/src/cache/sharing/share-book.js');
const { lay } = ShareBook.prototype;
ShareBook.prototype.lay = function (shares) {
  const old = [...this.scopes.values()];
  lay.call(this, shares);
  for (const scope of old) scope.ended = false;
};
