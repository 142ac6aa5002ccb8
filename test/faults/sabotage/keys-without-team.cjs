// spec: test/faults/tenancy.spec.ts
// The cache key does not depend on the team.
const { replace } = require('../replace.cjs');
const keys = require('../../../dist/src/cache/key/cache-key.js');
replace(
  keys,
  'cacheKey',
  (cacheKey) =>
    (parts, ...rest) =>
      cacheKey({ ...parts, scope: 'everybody' }, ...rest),
);
