/**
 * Loaded before the gateway, it disables the journal and the ledger, so that the bench can measure their cost. Only for the
 * bench: calls are not recorded.
 */
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  require('reflect-metadata');
  const { LedgerService } = require('../dist/src/ledger/ledger.service.js');
  const done = Promise.resolve();
  Object.assign(LedgerService.prototype, {
    open: (_intent, inputTokens, holdPusd) => Promise.resolve({ key: '', head: {}, inputTokens, holdPusd }),
    settle: () => done,
    record: () => done,
  });
}
