// spec: test/faults/abandoned-calls.spec.ts
// A stream is not settled if its client disconnects.
const { replace } = require('../replace.cjs');
const { StreamRelay } = require('../../../dist/src/calls/attempts/stream-relay.js');
replace(StreamRelay.prototype, 'settleAbandoned', () => () => Promise.resolve());
