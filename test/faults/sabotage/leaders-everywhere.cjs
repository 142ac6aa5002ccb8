/** Breaks C5 on purpose: every process leads, whoever holds the lease. */
const { FlightLeaseStore } = require('../../../dist/src/single-flight/lease.store.js');

const { take } = FlightLeaseStore.prototype;
FlightLeaseStore.prototype.take = async function (...args) {
  const taken = await take.apply(this, args);
  return { ...taken, lease: { ...taken.lease, replica: this.replica } };
};
