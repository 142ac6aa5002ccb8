// spec: test/faults/budgets.spec.ts
// test: at 1 process
// Leases of a budget are granted regardless of earlier leases.
const { replace } = require('../replace.cjs');
const { LeasesRepository } = require('../../../dist/src/ledger/leases/leases.repository.js');
replace(
  LeasesRepository.prototype,
  'lease',
  (lease) =>
    async function (window, wish) {
      const state = await lease.call(this, window, { ...wish, leastPusd: 0n });
      return { ...state, grantedPusd: wish.idealPusd > wish.leastPusd ? wish.idealPusd : wish.leastPusd };
    },
);
