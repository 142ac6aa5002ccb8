// Breaks C1 on purpose: who asks is no part of the key, as where a cache is one for all.
const keys = require('../../../dist/src/cache/key/cache-key.js');
const { cacheKey } = keys;
keys.cacheKey = (parts, ...rest) => cacheKey({ ...parts, scope: 'everybody' }, ...rest);
