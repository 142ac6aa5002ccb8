// spec: test/faults/abandoned-calls.spec.ts
// A stream whose client leaves is not settled.
const { replace } = require('../replace.cjs');
const { StreamRelayService } = require('../../../dist/src/calls/attempts/stream-relay.service.js');
replace(StreamRelayService.prototype, 'settleAbandoned', () => () => Promise.resolve());
