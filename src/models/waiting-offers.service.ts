import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { batchPrice } from '../pricing/batch-price';
import type { Price } from '../pricing/price';
import { PriceBook } from '../pricing/price-book.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import type { Deployment, Model } from './model';

/** A way to pay less for calls that can wait. */
export interface WaitingOffer {
  way: 'batch' | 'flex';
  provider: string;
  price: Price;
}

const EMBEDDING = 'embedding';
/** Kinds of models whose calls can be lines of batches; undefined is a model that the catalogue does not know. */
const MODES: readonly (string | undefined)[] = [undefined, 'chat', 'responses', EMBEDDING];

/** What calls of a model cost where they can wait, by the prices of today. */
@Injectable()
export class WaitingOffers {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly prices: PriceBook,
    private readonly clock: Clock,
  ) {}

  /**
   * The deployment whose vendor's batches run the lines of a model; undefined where none does. Its answers are stored under the
   * model's name.
   */
  batchDeployment({ deployments, family, mode }: Model): Deployment | undefined {
    const isSold = ({ provider, upstreamModel }: Deployment) => {
      const api = this.providers.find(provider)?.api.batches;
      return api !== undefined && upstreamModel === family && (mode !== EMBEDDING || api.embeddings);
    };
    return MODES.includes(mode)
      ? deployments
          .filter(isSold)
          .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)[0]
      : undefined;
  }

  /** The price without waiting, and the ways to pay less. None where a price is a guess. */
  of(model: Model, teamId: string): { listPrice: Price; offers: WaitingOffer[] } | undefined {
    const priceAt = (deployment: Deployment) => this.prices.of(deployment, teamId, this.clock.now());
    const [first] = model.deployments;
    if (!first) return undefined;
    const listPrice = priceAt(first);
    if (listPrice.estimated) return undefined;
    const offers: WaitingOffer[] = [];
    const deployment = this.batchDeployment(model);
    const api = deployment && this.providers.find(deployment.provider)?.api.batches;
    if (deployment && api) {
      const price = batchPrice(priceAt(deployment), api.discount);
      if (!price.estimated) offers.push({ way: 'batch', provider: deployment.provider, price });
    }
    const flex = listPrice.serviceTiers?.flex;
    if (flex) offers.push({ way: 'flex', provider: first.provider, price: { ...listPrice, ...flex } });
    return { listPrice, offers };
  }
}
