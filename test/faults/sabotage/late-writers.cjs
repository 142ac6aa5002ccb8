// spec: test/faults/invalidation.spec.ts
// A response is stored under the generation and the rules at its end, not at its start.
const { replace } = require('../replace.cjs');
const { ResponseCache } = require('../../../dist/src/cache/response-cache.service.js');
replace(
  ResponseCache.prototype,
  'store',
  (store) =>
    function (slot, entry) {
      const { generation } = this.generations.current(slot.model.name);
      const key = slot.key.replace(/:\d+:(?=[^:]+$)/, `:${generation}:`);
      const late = { ...slot, key, generation, rulesSeen: this.rules.newest, askedAt: Date.now() };
      return store.call(this, late, entry);
    },
);
