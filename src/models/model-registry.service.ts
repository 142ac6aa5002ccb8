import { Injectable } from '@nestjs/common';
import { GatewayConfig } from '../config/gateway-config';
import type { CatalogueModel } from '../pricing/catalogue';
import { PriceBook } from '../pricing/price-book.service';
import type { Deployment, Model } from './model';

/** Every model this gateway serves, by name: those of gateway.yaml, and the catalogue's of each provider that has a key. */
@Injectable()
export class ModelRegistry {
  private readonly models = new Map<string, Model>();

  constructor(
    private readonly config: GatewayConfig,
    private readonly priceBook: PriceBook,
  ) {
    for (const [provider, { catalogueVendor }] of Object.entries(config.providers)) {
      for (const entry of priceBook.catalogue.values()) {
        if (entry.mode !== 'chat') continue;
        if (catalogueVendor === '*' || catalogueVendor === entry.vendor) this.add(this.fromCatalogue(provider, entry));
      }
    }
    for (const name of Object.keys(config.models)) this.add(this.fromConfig(name));
  }

  resolve(name: string): Model | undefined {
    return this.models.get(name);
  }

  all(): Model[] {
    return [...this.models.values()];
  }

  private add(model: Model): void {
    this.models.set(model.name, model);
  }

  private fromCatalogue(provider: string, entry: CatalogueModel): Model {
    const deployment = this.deployment(entry.name, { provider, model: entry.upstreamModel, priority: 1, weight: 1 });
    return this.build(entry.name, [deployment], entry.maxOutputTokens);
  }

  private fromConfig(name: string): Model {
    const deployments = (this.config.models[name]?.deployments ?? []).map((each) => this.deployment(name, each));
    deployments.sort((a, b) => a.priority - b.priority);
    return this.build(
      name,
      deployments,
      this.priceBook.catalogue.get(deployments[0]?.upstreamModel ?? name)?.maxOutputTokens,
    );
  }

  private build(name: string, deployments: Deployment[], maxOutputTokens: number | undefined): Model {
    const cache = this.config.models[name]?.cache;
    return {
      name,
      ownedBy: deployments[0]?.provider ?? 'gateway',
      deployments,
      family: deployments[0]?.upstreamModel ?? name,
      cache: {
        ttlSeconds: cache?.ttl_seconds ?? this.config.cache.ttlSeconds,
        storeToolCalls: cache?.store_tool_calls ?? false,
        replayTokensPerSecond: cache?.replay_tokens_per_second,
      },
      maxOutputTokens,
    };
  }

  private deployment(
    publicName: string,
    row: { provider: string; model: string; priority: number; weight: number; max_parallel?: number | undefined },
  ): Deployment {
    return {
      id: `${row.provider}/${row.model}`,
      publicName,
      provider: row.provider,
      upstreamModel: row.model,
      priority: row.priority,
      weight: row.weight,
      maxParallel: row.max_parallel,
    };
  }
}
