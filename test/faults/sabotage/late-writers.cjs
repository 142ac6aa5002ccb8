// Breaks the gateway on purpose: answers are stored under the generation and rules of when they end, not of when they were
// asked. The bar of invalidations must then go red.
const { ResponseCache } = require('../../../dist/src/cache/response-cache.service.js');
const { store } = ResponseCache.prototype;
ResponseCache.prototype.store = function (place, entry) {
  const { generation } = this.generations.current(place.model.name);
  const key = place.key.replace(/:\d+:(?=[^:]+$)/, `:${generation}:`);
  return store.call(this, { ...place, key, generation, rulesSeen: this.rules.newest, askedAt: Date.now() }, entry);
};
