// spec: test/faults/single-flight.spec.ts
// A leader's client that leaves ends the flight, whoever else has subscribed.
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
