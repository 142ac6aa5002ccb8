import { Injectable } from '@nestjs/common';
import type { PicoUsd } from '../../common/money';
import type { Model } from '../../models/model';
import { ModelRegistry } from '../../models/model-registry.service';
import { WaitingOffers } from '../../models/waiting-offers.service';
import { costOf, type Price } from '../../pricing/price';
import type { UsageFilter } from '../reports/report-span';
import type { Opportunity } from './opportunity';
import { type LiveTraffic, SavingsRepository } from './savings.repository';

/** Why calls cost the full price although they could wait. */
type Reason = 'not_batched' | 'not_flex' | 'short_window';

/** What calls that can wait would have cost at batch and flex prices. */
@Injectable()
export class DeferrableTraffic {
  constructor(
    private readonly repository: SavingsRepository,
    private readonly models: ModelRegistry,
    private readonly offers: WaitingOffers,
  ) {}

  /** By model and reason, with what would have been saved; nothing that saves nothing. */
  async opportunities(filter: UsageFilter): Promise<Opportunity[]> {
    const found = new Map<string, Opportunity>();
    for (const traffic of await this.repository.live(filter)) {
      const model = this.models.resolve(traffic.model);
      const best = model && this.bestOf(model, traffic);
      if (!model || !best) continue;
      const name = `${best.reason} ${model.name}`;
      const sum = found.get(name) ?? this.opportunity(model, best.reason, best.provider);
      sum.calls += traffic.calls;
      sum.costPusd += traffic.costPusd;
      sum.couldSavePusd += best.savedPusd;
      found.set(name, sum);
    }
    return [...found.values()];
  }

  private bestOf(
    model: Model,
    traffic: LiveTraffic,
  ): { reason: Reason; provider: string; savedPusd: PicoUsd } | undefined {
    const found = this.offers.of(model, traffic.teamId);
    if (!found) return undefined;
    const [best] = found.offers
      .map(({ way, provider, price }) => ({ way, provider, savedPusd: savedWith(traffic, found.listPrice, price) }))
      .filter(({ savedPusd }) => savedPusd > 0n)
      .toSorted(
        (one, other) =>
          Number(other.savedPusd - one.savedPusd) || Number(other.way === 'batch') - Number(one.way === 'batch'),
      );
    if (!best) return undefined;
    // A line whose window is too short is in a batch already.
    if (traffic.isBatch && best.way !== 'batch') return undefined;
    const reason = best.way === 'flex' ? 'not_flex' : traffic.isBatch ? 'short_window' : 'not_batched';
    return { reason, provider: best.provider, savedPusd: best.savedPusd };
  }

  private opportunity({ name }: Model, reason: Reason, provider: string): Opportunity {
    return {
      kind: 'deferrable_traffic',
      reason,
      model: name,
      keyId: null,
      calls: 0,
      costPusd: 0n,
      couldSavePusd: 0n,
      estimated: false,
      setting: SETTINGS[reason](provider),
    };
  }
}

const SETTINGS: Record<Reason, (provider: string) => string> = {
  not_batched: (provider) =>
    `Send calls that can wait as lines of POST /v1/batches with a completion_window of 3h or more: ${provider} runs them in its batches.`,
  not_flex: (provider) =>
    `Send service_tier: "flex" with calls that can wait some minutes, and repeat those that ${provider} refuses with 429.`,
  short_window: (provider) =>
    `Give these batches a completion_window of 3h or more, or gateway: {"escalate": true}: their lines run live, and not in batches of ${provider}.`,
};

/**
 * What calls would have saved at a lower price. Where prices depend on the length of the prompt or have changed since, the
 * saving is the same share of what was paid; it is never more than what was paid above the lower price.
 */
function savedWith({ usage, costPusd }: LiveTraffic, listPrice: Price, lowerPrice: Price): PicoUsd {
  // The sums are of many calls: none of them is that long.
  const before = costOf(usage, { ...listPrice, tiers: [] }).costPusd;
  const after = costOf(usage, { ...lowerPrice, tiers: [] }).costPusd;
  if (before <= after) return 0n;
  const share = (costPusd * (before - after)) / before;
  return share < costPusd - after ? share : costPusd - after;
}
