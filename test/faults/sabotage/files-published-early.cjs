// spec: test/faults/batch-kills.spec.ts
// test: B2, B6
// A result file can be seen while it is written.
const { replace } = require('../replace.cjs');
const { FilesRepository } = require('../../../dist/src/batch/files/files.repository.js');

replace(
  FilesRepository.prototype,
  'create',
  (create) =>
    async function (file) {
      await create.call(this, file);
      if (file.purpose === 'batch_output') await this.publish(file.id, { bytes: 0, expiresAfterSeconds: undefined });
    },
);
