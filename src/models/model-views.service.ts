import { Injectable } from '@nestjs/common';
import type { ModelList, ModelObject } from '@thriftgate/contracts';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import { formatUsdPerMillionTokens } from '../common/money';
import { PriceBook } from '../pricing/price-book.service';
import { GenerationsService } from './generations.service';
import type { Model } from './model';
import { ModelRegistry } from './model-registry.service';

/** The time that models have as `created`. */
export const startedAtSeconds = Math.floor(Date.now() / 1000);

/** Models in OpenAI's shape, with the prices of a caller's team. */
@Injectable()
export class ModelViews {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly generations: GenerationsService,
    private readonly prices: PriceBook,
    private readonly clock: Clock,
  ) {}

  /** The models that a caller may use. */
  list(caller: Caller): ModelList {
    const models = this.registry.all().filter((model) => mayUse(caller, model.name));
    return { object: 'list', data: models.map((model) => this.of(model, caller)) };
  }

  of(model: Model, caller: Caller): ModelObject {
    const { version, generation } = this.generations.current(model.name);
    const [deployment] = model.deployments;
    const price = deployment && this.prices.of(deployment, caller.teamId, this.clock.now());
    return {
      id: model.name,
      object: 'model',
      created: startedAtSeconds,
      owned_by: model.ownedBy,
      gateway: {
        version,
        generation,
        providers: [...new Set(model.deployments.map(({ provider }) => provider))],
        input_usd_per_mtok: formatUsdPerMillionTokens(price?.inputPusd ?? 0n),
        cached_input_usd_per_mtok: formatUsdPerMillionTokens(price?.cachedInputPusd ?? 0n),
        output_usd_per_mtok: formatUsdPerMillionTokens(price?.outputPusd ?? 0n),
        deprecation_date: (deployment && this.prices.catalogue.get(deployment.upstreamModel)?.retiresOn) ?? null,
        price_estimated: price?.estimated ?? true,
      },
    };
  }
}

/** Whether a caller may use a model. */
export function mayUse(caller: Caller, model: string): boolean {
  return caller.models === null || caller.models.includes(model);
}
