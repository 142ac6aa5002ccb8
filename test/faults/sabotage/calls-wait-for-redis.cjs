// spec: test/faults/redis-away.spec.ts
// The circuit breaker does not open on a time-out: each call waits for a Redis that does not answer.
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
