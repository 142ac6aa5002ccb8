// Breaks the gateway on purpose: a stream whose client leaves is not settled. The bar of abandoned calls must then go red.
const { StreamRelay } = require('../../../dist/src/calls/attempts/stream-relay.js');
StreamRelay.prototype.settleAbandoned = () => Promise.resolve();
