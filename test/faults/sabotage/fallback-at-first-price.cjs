// Breaks the gateway on purpose: a model's second deployment is charged at the price of the first. The surface must then go red.
const { PriceBook } = require('../../../dist/src/pricing/price-book.service.js');
const { of } = PriceBook.prototype;
const first = new Map();
PriceBook.prototype.of = function (priced, teamId, nowMs) {
  const price = of.call(this, priced, teamId, nowMs);
  if (!first.has(priced.publicName)) first.set(priced.publicName, price);
  return first.get(priced.publicName);
};
