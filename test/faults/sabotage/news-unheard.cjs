// spec: test/faults/invalidation.spec.ts
// env: ELSEWHERE_MS=100
// Changes are not announced; other instances only find them by polling.
const { replace } = require('../replace.cjs');
const { PubSubStore } = require('../../../dist/src/redis/pub-sub.store.js');
replace(PubSubStore.prototype, 'publish', () => () => undefined);
