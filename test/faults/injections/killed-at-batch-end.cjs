// Loaded before the gateway: while the file of KILLED_AT_BATCH_END exists, the process is killed right after the transaction
// that ends a batch. The file is deleted then.
const { existsSync, rmSync } = require('node:fs');
const { replace } = require('../replace.cjs');
const { FinishingRepository } = require('../../../dist/src/batch/output/finishing.repository.js');

replace(
  FinishingRepository.prototype,
  'publish',
  (publish) =>
    async function (...values) {
      const made = await publish.apply(this, values);
      if (!existsSync(process.env.KILLED_AT_BATCH_END)) return made;
      rmSync(process.env.KILLED_AT_BATCH_END);
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    },
);
