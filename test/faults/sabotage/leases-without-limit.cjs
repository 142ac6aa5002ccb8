// Breaks the gateway on purpose: leases are given whatever was leased before. The budget's bar must then go red.
const { LeasesRepository } = require('../../../dist/src/budgets/holds/leases.repository.js');
const { lease } = LeasesRepository.prototype;
LeasesRepository.prototype.lease = async function (window, wish) {
  const state = await lease.call(this, window, { ...wish, leastPusd: 0n });
  return { ...state, grantedPusd: wish.idealPusd > wish.leastPusd ? wish.idealPusd : wish.leastPusd };
};
