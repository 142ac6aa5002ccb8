// spec: test/faults/batch-poison.spec.ts
// test: crash the gateway
// Lines that were running when the process died run again at the same time.
const { replace } = require('../replace.cjs');
const { BatchWorker } = require('../../../dist/src/batch/runner/batch-worker.service.js');

replace(
  BatchWorker.prototype,
  'runInterrupted',
  () =>
    async function (batchId) {
      const lines = [];
      for (
        let [line] = await this.lines.claimInterrupted(batchId);
        line;
        [line] = await this.lines.claimInterrupted(batchId)
      )
        lines.push(line);
      for (const line of lines) void this.start(line, 0);
      return lines.length > 0;
    },
);
