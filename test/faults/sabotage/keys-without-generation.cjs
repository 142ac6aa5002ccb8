// Breaks the gateway on purpose: a cache key has no generation in it. The bar of invalidations must then go red.
const keys = require('../../../dist/src/cache/key/cache-key.js');
const { cacheKey } = keys;
keys.cacheKey = (parts, ...rest) => cacheKey({ ...parts, generation: 1 }, ...rest);
const { ResponseCacheStore } = require('../../../dist/src/cache/store/response-cache.store.js');
ResponseCacheStore.prototype.sweep = () => Promise.resolve();
