/** Breaks single flight on purpose: who boards is not counted, so a leader's client that leaves takes the answer along. */
const { Flight } = require('../../../dist/src/cache/single-flight/flight.js');

const { board } = Flight.prototype;
Flight.prototype.board = function (client) {
  const seat = board.call(this, client);
  client?.addEventListener('abort', () => this.departure.abort());
  return seat;
};
