// spec: test/faults/surface.spec.ts
// A model's second deployment is charged at the price of the first.
const { replace } = require('../replace.cjs');
const { PriceBook } = require('../../../dist/src/pricing/price-book.service.js');
const first = new Map();
replace(
  PriceBook.prototype,
  'of',
  (of) =>
    function (priced, teamId, nowMs) {
      const price = of.call(this, priced, teamId, nowMs);
      if (!first.has(priced.publicName)) first.set(priced.publicName, price);
      return first.get(priced.publicName);
    },
);
