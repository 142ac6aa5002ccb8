// spec: test/faults/redis-away.spec.ts
// The breaker does not open on a timeout: each call waits for a Redis that does not respond.
const { replace } = require('../replace.cjs');
const { Breaker } = require('../../../dist/src/redis/breaker/breaker.js');
replace(
  Breaker.prototype,
  'trip',
  (trip) =>
    function (reason) {
      if (reason !== 'no answer in time') trip.call(this, reason);
    },
);
