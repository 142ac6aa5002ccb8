// spec: test/faults/batch-stops.spec.ts
// What a vendor has run of a batch that it was asked to stop is not read.
const { replace } = require('../replace.cjs');
const { ShardResults } = require('../../../dist/src/batch/native/shard-results.service.js');

replace(
  ShardResults.prototype,
  'collect',
  (collect) =>
    async function (shard, site, batch) {
      return shard.cancel_asked_at ? 0 : collect.call(this, shard, site, batch);
    },
);
