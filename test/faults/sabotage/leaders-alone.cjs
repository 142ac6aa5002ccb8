/** Breaks single flight on purpose: who boards is not counted, so a leader's client that leaves takes the answer along. */
const { Flight } = require('../../../dist/src/single-flight/flight.js');

const { subscribe } = Flight.prototype;
Flight.prototype.subscribe = function (client) {
  const seat = subscribe.call(this, client);
  client?.addEventListener('abort', () => this.departure.abort());
  return seat;
};
