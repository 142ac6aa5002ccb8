// spec: test/faults/cache-key.spec.ts
// The cache key does not depend on the tools.
const { replace } = require('../replace.cjs');
const keys = require('../../../dist/src/cache/key/cache-key.js');
replace(
  keys,
  'cacheKey',
  (cacheKey) =>
    (parts, { tools: _tools, ...body }) =>
      cacheKey(parts, body),
);
