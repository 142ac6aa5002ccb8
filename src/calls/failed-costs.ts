import type { PicoUsd } from '../common/money';
import type { CacheStatus, Settlement } from './call';

/** Amounts in pico-dollars. */
export type Costs = Pick<Settlement, 'listCostPusd' | 'costPusd'>;

/** What the attempts of a call have cost that brought no answer: all of them, also those at other models. */
export class FailedCosts implements Costs {
  listCostPusd: PicoUsd = 0n;
  costPusd: PicoUsd = 0n;

  add({ listCostPusd, costPusd }: Costs): void {
    this.listCostPusd += listCostPusd;
    this.costPusd += costPusd;
  }
}

/** What a call costs, as its rows say together. @param answer what the attempt costs that brought the answer */
export function settlementOf(failed: FailedCosts, cacheStatus: CacheStatus, answer: Costs): Settlement {
  const listCostPusd = failed.listCostPusd + answer.listCostPusd;
  const costPusd = failed.costPusd + answer.costPusd;
  return { cacheStatus, listCostPusd, costPusd, savedPusd: listCostPusd - costPusd };
}
