// spec: test/faults/single-flight.spec.ts
// Every instance leads the flight, whichever has the lease.
const { replace } = require('../replace.cjs');
const { FlightLeaseStore } = require('../../../dist/src/single-flight/lease.store.js');
replace(
  FlightLeaseStore.prototype,
  'take',
  (take) =>
    async function (...args) {
      const taken = await take.apply(this, args);
      return { ...taken, lease: { ...taken.lease, replica: this.replica } };
    },
);
