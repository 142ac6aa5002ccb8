// spec: test/faults/cache-key.spec.ts
// The cache key depends on the order of the members of a message.
const { replace } = require('../replace.cjs');
const keys = require('../../../dist/src/cache/key/cache-key.js');
replace(
  keys,
  'cacheKey',
  (cacheKey) => (parts, body) => cacheKey(parts, { ...body, order: Object.keys(body.messages[0]).join() }),
);
