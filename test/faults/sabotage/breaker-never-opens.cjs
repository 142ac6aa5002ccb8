// spec: test/faults/failover.spec.ts
// A deployment that fails keeps getting calls.
const { replace } = require('../replace.cjs');
const { Breaker } = require('../../../dist/src/routing/breakers/breaker.js');

replace(Breaker.prototype, 'failed', () => () => undefined);
