import type { Price } from '@thriftgate/contracts';

export type PriceStatus = 'planned' | 'in_force' | 'replaced';

/** Whether each price applies: of those of the same model, provider and team only the latest that has begun. */
export function priceStatuses(prices: readonly Price[], nowMs: number): Map<string, PriceStatus> {
  const begun = new Set<string>();
  const latestFirst = prices.toSorted(
    (a, b) =>
      Date.parse(b.valid_from) - Date.parse(a.valid_from) || Date.parse(b.created_at) - Date.parse(a.created_at),
  );
  return new Map(
    latestFirst.map((price) => {
      if (Date.parse(price.valid_from) > nowMs) return [price.id, 'planned'];
      const scope = JSON.stringify([price.model, price.provider, price.team_id, price.multiplier !== null]);
      const isReplaced = begun.has(scope);
      begun.add(scope);
      return [price.id, isReplaced ? 'replaced' : 'in_force'];
    }),
  );
}
