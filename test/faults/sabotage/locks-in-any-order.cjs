// spec: test/faults/contention.spec.ts
// env: ROWS=60000
// Sums are updated in any order, so that several instances lock rows in different orders.
const { Client } = require('pg');
const { replace } = require('../replace.cjs');
const ORDER = /ORDER BY (?:grain, period(?:, [a-z_"]+)+|account|\d(?:, \d+)+)/g;
replace(
  Client.prototype,
  'query',
  (query) =>
    function (text, ...rest) {
      if (typeof text !== 'string' || !text.includes('cache_rolled')) return query.call(this, text, ...rest);
      const shuffled = text.replaceAll(ORDER, 'ORDER BY random()');
      if (shuffled === text) throw new Error('sabotage: there is no order of locks');
      return query.call(this, shuffled, ...rest);
    },
);
