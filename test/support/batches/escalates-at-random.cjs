/**
 * Loaded before a gateway: vendors' batches of those with `escalate` are to stop at some instant of their short lives, and not near
 * the end of a window of hours. The shard's id says which instant: one in five before it is sent, the others while its vendor runs
 * it, for `ESCALATES_WITHIN_MS`.
 */
const { createHash } = require('node:crypto');
const { replace } = require('../../faults/replace.cjs');
const { NativeRunner } = require('../../../dist/src/batch/native/native-runner.service.js');

const WITHIN_MS = Number(process.env.ESCALATES_WITHIN_MS);
const UNSENT_SHARE = 0.2;

replace(
  NativeRunner.prototype,
  'stopAt',
  (stopAt) =>
    function (shard) {
      if (!shard.escalate) return stopAt.call(this, shard);
      const share = createHash('sha256').update(shard.id).digest().readUInt32BE(0) / 2 ** 32;
      if (share < UNSENT_SHARE) return shard.batchCreatedAt.getTime() + share * WITHIN_MS;
      return (shard.creating_at?.getTime() ?? Infinity) + share * WITHIN_MS;
    },
);
