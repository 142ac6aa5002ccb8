// spec: test/faults/single-flight.spec.ts
// The flight ends when the leader's client disconnects, although others have subscribed.
const { replace } = require('../replace.cjs');
const { Flight } = require('../../../dist/src/single-flight/flight.js');
replace(
  Flight.prototype,
  'subscribe',
  (subscribe) =>
    function (client, read) {
      const subscription = subscribe.call(this, client, read);
      client?.addEventListener('abort', () => this.abandoned.abort());
      return subscription;
    },
);
