// spec: test/faults/batch-kills.spec.ts
// test: frozen
// A process that has lost its leases writes its results all the same.
const { sql } = require('kysely');
const { replace } = require('../replace.cjs');
const { LinesRepository } = require('../../../dist/src/batch/lines/lines.repository.js');

replace(
  LinesRepository.prototype,
  'record',
  (record) =>
    async function (batchId, results, from = 'running', db = this.database.db) {
      if (from === 'running')
        for (const { line } of results)
          await sql`UPDATE batch_lines SET state = 'running', lease_token = ${line.token}
            WHERE batch_id = ${batchId} AND line_no = ${line.lineNo}`.execute(db);
      return record.call(this, batchId, results, from, db);
    },
);
