import { Injectable } from '@nestjs/common';
import type { ModelCacheRules } from '@thriftgate/contracts';
import { GatewayConfig } from '../config/gateway-config';
import type { CatalogueModel } from '../pricing/catalogue';
import { PriceBook } from '../pricing/price-book.service';
import type { DeploymentSettings } from '../database/tables/model-tables';
import type { Deployment, Model } from './model';

/** What administrators set for a model; null is nothing. */
export interface AdminSettings {
  deployments: readonly DeploymentSettings[] | null;
  cache: ModelCacheRules | null;
}

/** Where a model's deployments are said. */
export type ModelSource = 'catalogue' | 'gateway.yaml' | 'admin';

/**
 * Every model this gateway serves, by name: those that administrators set, over those of gateway.yaml, over the
 * catalogue's of each provider that has a key.
 */
@Injectable()
export class ModelRegistry {
  /** Those of gateway.yaml and the catalogue. */
  private readonly configured = new Map<string, Model>();
  private laid = new Map<string, Model>();
  /** The names whose deployments administrators set, and not only rules. */
  private deployed = new Set<string>();
  private models = this.configured;

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

  /** Puts the models that administrators set in place of those of the same names; a provider that is gone takes its own away. */
  replaceAdminModels(rows: readonly ({ name: string } & AdminSettings)[]): void {
    const laid = rows.flatMap(({ name, ...settings }) => this.preview(name, settings) ?? []);
    this.deployed = new Set(rows.filter(({ deployments }) => deployments !== null).map(({ name }) => name));
    // What has not changed stays the same object: prices are kept with deployments.
    this.laid = new Map(laid.map((model) => [model.name, unchanged(this.laid.get(model.name), model)]));
    this.models = this.laid.size === 0 ? this.configured : new Map([...this.configured, ...this.laid]);
  }

  /** @returns undefined where none of the deployments has a provider, or rules are set for what is not served */
  preview(name: string, { deployments, cache }: AdminSettings): Model | undefined {
    if (deployments === null) {
      const configured = this.configured.get(name);
      return configured && { ...configured, cache: this.cacheRules(name, cache) };
    }
    const served = deployments.filter(({ provider }) => this.config.providers[provider] !== undefined);
    return served.length === 0 ? undefined : this.fromSettings(name, served, cache);
  }

  /** Whether administrators set anything for a model. */
  hasAdminSettings(name: string): boolean {
    return this.laid.has(name);
  }

  /** The model without what administrators set. */
  withoutAdmin(name: string): Model | undefined {
    return this.configured.get(name);
  }

  sourceOf(name: string): ModelSource {
    if (this.laid.has(name) && this.deployed.has(name)) return 'admin';
    return this.config.models[name] ? 'gateway.yaml' : 'catalogue';
  }

  resolve(name: string): Model | undefined {
    return this.models.get(name);
  }

  all(): Model[] {
    return [...this.models.values()];
  }

  private add(model: Model): void {
    this.configured.set(model.name, model);
  }

  private fromCatalogue(provider: string, entry: CatalogueModel): Model {
    const deployment = this.deployment(entry.name, { provider, model: entry.upstreamModel, priority: 1, weight: 1 });
    return this.build(entry.name, [deployment], entry);
  }

  private fromConfig(name: string): Model {
    return this.fromSettings(name, this.config.models[name]?.deployments ?? []);
  }

  private fromSettings(
    name: string,
    settings: readonly DeploymentSettings[],
    rules: ModelCacheRules | null = null,
  ): Model {
    const deployments = settings.map((each) => this.deployment(name, each));
    deployments.sort((a, b) => a.priority - b.priority);
    const entry = this.priceBook.catalogue.get(deployments[0]?.upstreamModel ?? name);
    return this.build(name, deployments, entry, rules);
  }

  private build(
    name: string,
    deployments: Deployment[],
    entry: CatalogueModel | undefined,
    rules: ModelCacheRules | null = null,
  ): Model {
    return {
      name,
      ownedBy: deployments[0]?.provider ?? 'gateway',
      deployments,
      family: deployments[0]?.upstreamModel ?? name,
      cache: this.cacheRules(name, rules),
      maxOutputTokens: entry?.maxOutputTokens,
      reasons: entry?.reasons ?? false,
    };
  }

  /** Administrators' rules, over those of gateway.yaml for the model, over those for all. */
  private cacheRules(name: string, laid: ModelCacheRules | null): Model['cache'] {
    const rules: ModelCacheRules = { ...this.config.cache.rules, ...this.config.models[name]?.cache, ...laid };
    return {
      enabled: rules.enabled,
      ttlSeconds: rules.ttl_seconds ?? this.config.cache.ttlSeconds,
      maxTtlSeconds: rules.max_ttl_seconds,
      shared: rules.shared,
      storeToolCalls: rules.store_tool_calls ?? false,
      replayTokensPerSecond: rules.replay_tokens_per_second,
      ignoreFingerprint: rules.ignore_fingerprint ?? false,
    };
  }

  private deployment(publicName: string, row: DeploymentSettings): Deployment {
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

function unchanged(old: Model | undefined, now: Model): Model {
  return old && JSON.stringify(old) === JSON.stringify(now) ? old : now;
}
