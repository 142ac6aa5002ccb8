import type { PicoUsd } from '../common/money';

/** Amounts in pico-dollars. */
export interface Costs {
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
}

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
export function settlementOf<Status extends string>(failed: FailedCosts, cacheStatus: Status, answer: Costs) {
  const listCostPusd = failed.listCostPusd + answer.listCostPusd;
  const costPusd = failed.costPusd + answer.costPusd;
  return { cacheStatus, listCostPusd, costPusd, savedPusd: listCostPusd - costPusd };
}
