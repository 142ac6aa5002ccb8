// spec: test/faults/broken-disk.spec.ts
// test: \(write, JOURNAL_FSYNC=interval\)
// Lines that the disk did not write are acknowledged.
const { replace } = require('../replace.cjs');
const { Journal } = require('../../../dist/src/ledger/journal/journal.service.js');
for (const name of ['append', 'end'])
  replace(
    Journal.prototype,
    name,
    (write) =>
      function (key, json) {
        return write.call(this, key, json).catch(() => undefined);
      },
  );
