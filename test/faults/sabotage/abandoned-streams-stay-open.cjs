// Breaks the gateway on purpose: a stream whose client leaves is not settled. The bar of abandoned calls must then go red.
const { StreamRelayService } = require('../../../dist/src/calls/attempts/stream-relay.service.js');
StreamRelayService.prototype.settleAbandoned = () => Promise.resolve();
