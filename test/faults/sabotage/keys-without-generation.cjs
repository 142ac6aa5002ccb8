// spec: test/faults/invalidation.spec.ts
// The cache key does not depend on the generation.
const { replace } = require('../replace.cjs');
const keys = require('../../../dist/src/cache/key/cache-key.js');
const { ResponseCacheStore } = require('../../../dist/src/cache/store/response-cache.store.js');
replace(
  keys,
  'cacheKey',
  (cacheKey) =>
    (parts, ...rest) =>
      cacheKey({ ...parts, generation: 1 }, ...rest),
);
replace(ResponseCacheStore.prototype, 'sweep', () => () => Promise.resolve());
