// spec: test/integration/late-truth.spec.ts
// The late settlement of an attempt that was closed as unknown is dropped.
const { replace } = require('../replace.cjs');
const { LedgerRepository } = require('../../../dist/src/ledger/ledger.repository.js');
replace(LedgerRepository.prototype, 'correctUnknown', () => () => Promise.resolve());
